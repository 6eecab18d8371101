//! Procountor login: client credentials with the company's API key (Procountor sheet, section 1).

use std::time::Duration;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde::Deserialize;
use url::Url;

use super::{cached_or_fetched, digest, read, schema, under};
use crate::http::{Call, Exchange};
use crate::ports::token_cache::EARLY;
use crate::words::fault::Result;
use crate::words::secret::Secret;

/// A token is not used in the last five minutes of its hour.
const MARGIN: Duration = Duration::from_secs(300 - EARLY.as_secs());

/// `procountor/app`.
#[derive(Deserialize)]
pub(crate) struct App {
    pub client_id: String,
    pub client_secret: Secret,
    pub redirect_uri: Option<String>,
}

/// `procountor/<tenant_id>`.
#[derive(Deserialize)]
pub(crate) struct Company {
    pub api_key: Secret,
}

pub(super) async fn headers(
    exchange: &Exchange<'_>,
    tenant_id: &str,
    auth_url: &Url,
    renew: bool,
    headers: &mut HeaderMap,
) -> Result<()> {
    let ports = exchange.ports;
    let name = format!("procountor/{tenant_id}");
    let app: App = read(ports, "procountor/app", renew).await?;
    let company: Company = read(ports, &name, renew).await?;
    let of = of(&app, &company);
    let call = || Ok(call(auth_url, &app, &company));
    let until = ports.clock.now() + MARGIN;
    let token = cached_or_fetched(exchange, &name, of, until, renew, &schema::PROCOUNTOR, call).await?;
    headers.insert(AUTHORIZATION, token.header("Bearer ")?);
    Ok(())
}

/// Names what an access token was made from.
pub(crate) fn of(app: &App, company: &Company) -> String {
    digest(&[&app.client_id, app.client_secret.expose(), company.api_key.expose()])
}

/// All of it in the body: neither Basic nor the query is taken. Some clients of the vendor's send the redirect address and
/// some do not; where it is known it goes along.
pub(crate) fn call(auth_url: &Url, app: &App, company: &Company) -> Call {
    let mut fields = vec![
        ("grant_type", "client_credentials"),
        ("client_id", &app.client_id),
        ("client_secret", app.client_secret.expose()),
        ("api_key", company.api_key.expose()),
    ];
    fields.extend(app.redirect_uri.as_deref().map(|uri| ("redirect_uri", uri)));
    let call = Call::form(under(auth_url, "api/oauth/token"), &fields);
    call.secret(&app.client_secret).secret(&company.api_key)
}
