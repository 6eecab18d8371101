//! PowerOffice login: OAuth client credentials with three keys (PowerOffice sheet, section 1).

use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName};
use serde::Deserialize;
use url::Url;

use super::{cached_or_fetched, digest, read, schema};
use crate::http::classify::Service;
use crate::http::{Call, Exchange};
use crate::words::fault::{Fault, Result};
use crate::words::secret::Secret;

/// `poweroffice/app`.
#[derive(Deserialize)]
pub(super) struct App {
    application_key: String,
    subscription_key: Secret,
}

/// `poweroffice/<tenant_id>`.
#[derive(Deserialize)]
pub(super) struct Client {
    client_key: Secret,
}

pub(super) async fn headers(
    exchange: &Exchange<'_>,
    tenant_id: &str,
    auth_url: &Url,
    renew: bool,
    headers: &mut HeaderMap,
) -> Result<()> {
    let ports = exchange.ports;
    let app: App = read(ports, "poweroffice/app", renew).await?;
    headers.insert(subscription(), app.subscription_key.header("")?);
    let name = format!("poweroffice/{tenant_id}");
    let client: Client = read(ports, &name, renew).await?;
    let of = digest(&[&app.application_key, app.subscription_key.expose(), client.client_key.expose()]);
    let call = || call(auth_url, &app, &client);
    let token = cached_or_fetched(exchange, &name, of, ports.clock.now(), renew, &schema::POWEROFFICE, call).await?;
    headers.insert(AUTHORIZATION, token.header("Bearer ")?);
    Ok(())
}

/// How long a token lives, by the answer to a call for one.
pub(super) async fn lifetime(exchange: &Exchange<'_>, tenant_id: &str, auth_url: &Url) -> Result<Duration> {
    let app: App = read(exchange.ports, "poweroffice/app", false).await?;
    let client: Client = read(exchange.ports, &format!("poweroffice/{tenant_id}"), false).await?;
    let (_, body) = exchange.send(Service::Token(schema::POWEROFFICE.system), &call(auth_url, &app, &client)?).await?;
    let seconds = body["expires_in"].as_u64();
    let seconds = seconds.ok_or_else(|| Fault::Unexpected("the token answer has no expires_in".into()))?;
    Ok(Duration::from_secs(seconds))
}

fn call(auth_url: &Url, app: &App, client: &Client) -> Result<Call> {
    Ok(Call::form(auth_url.clone(), &[("grant_type", "client_credentials")])
        .header(AUTHORIZATION, client.client_key.basic(&app.application_key)?)
        .header(subscription(), app.subscription_key.header("")?))
}

fn subscription() -> HeaderName {
    HeaderName::from_static("ocp-apim-subscription-key")
}
