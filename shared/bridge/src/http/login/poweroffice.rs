//! OAuth client credentials with three keys (PowerOffice sheet, section 1).

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName};
use serde::Deserialize;
use url::Url;

use super::{cached_or_fetched, digest, read};
use crate::http::{Call, Exchange};
use crate::words::fault::Result;
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
    let subscription = HeaderName::from_static("ocp-apim-subscription-key");
    headers.insert(subscription.clone(), app.subscription_key.header("")?);
    let name = format!("poweroffice/{tenant_id}");
    let client: Client = read(ports, &name, renew).await?;
    let of = digest(&[&app.application_key, app.subscription_key.expose(), client.client_key.expose()]);
    let call = || {
        let call = Call::form(auth_url.clone(), &[("grant_type", "client_credentials")])
            .header(AUTHORIZATION, client.client_key.basic(&app.application_key)?)
            .header(subscription, app.subscription_key.header("")?);
        Ok(call)
    };
    let token = cached_or_fetched(exchange, &name, of, ports.clock.now(), renew, call).await?;
    headers.insert(AUTHORIZATION, token.header("Bearer ")?);
    Ok(())
}
