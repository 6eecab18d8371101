//! Client credentials with the company's API key (Procountor sheet, section 1).

use std::time::Duration;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde::Deserialize;
use url::Url;

use super::{EARLY, fetch, read};
use crate::fault::Result;
use crate::http::{Call, Exchange};
use crate::secret::Secret;

/// A token is not used in the last five minutes of its hour.
const MARGIN: Duration = Duration::from_secs(300 - EARLY.as_secs());

/// `procountor/app`.
#[derive(Deserialize)]
struct App {
    client_id: String,
    client_secret: Secret,
    redirect_uri: Option<String>,
}

/// `procountor/<tenant_id>`.
#[derive(Deserialize)]
struct Company {
    api_key: Secret,
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
    let cached = if renew { None } else { ports.tokens.get(&name, ports.clock.now() + MARGIN) };
    let token = match cached {
        Some(token) => token,
        None => {
            let app: App = read(ports, "procountor/app", renew).await?;
            let company: Company = read(ports, &name, renew).await?;
            fetch(exchange, &name, &call(auth_url, &app, &company)).await?
        }
    };
    headers.insert(AUTHORIZATION, token.header("Bearer ")?);
    Ok(())
}

/// All of it in the body: neither Basic nor the query is taken. Some clients of the vendor's send the redirect address and
/// some do not; where it is known it goes along.
fn call(auth_url: &Url, app: &App, company: &Company) -> Call {
    let mut fields = vec![
        ("grant_type", "client_credentials"),
        ("client_id", &app.client_id),
        ("client_secret", app.client_secret.expose()),
        ("api_key", company.api_key.expose()),
    ];
    fields.extend(app.redirect_uri.as_deref().map(|uri| ("redirect_uri", uri)));
    let mut url = auth_url.clone();
    url.set_path(&format!("{}/api/oauth/token", auth_url.path().trim_end_matches('/')));
    Call::form(url, &fields).secret(&app.client_secret).secret(&company.api_key)
}
