//! Consent at Procountor: the key login, and an API key that was made by hand (Procountor sheet, section 1, way B).

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::header::AUTHORIZATION;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::company::Company as Chosen;
use super::connection_attempt::ConnectionAttempt;
use super::{Failed, Why};
use crate::http::classify::Service;
use crate::http::login::procountor::{App, Company, call, of};
use crate::http::login::{fetch, read_now, schema, under};
use crate::http::{Call, Exchange};
use crate::ports::Ports;
use crate::tenant::Tenant;
use crate::words::fault::{Fault, Result};
use crate::words::kind::Kind;
use crate::words::secret::Secret;

/// The integration's registration.
pub(super) async fn app(ports: &Ports) -> Result<App> {
    read_now(ports, "procountor/app").await
}

/// Where the person goes to choose the company and to let its key be made.
pub(super) fn key_login(tenant: &Tenant, app: &App, redirect_uri: &str, state: &Secret) -> Url {
    let mut url = under(&tenant.erp.auth_url, "keylogin");
    url.query_pairs_mut().extend_pairs([
        ("response_type", "code"),
        ("client_id", app.client_id.as_str()),
        ("redirect_uri", redirect_uri),
        ("state", state.expose()),
    ]);
    url
}

/// Exchanges the code for the company's key, and keeps that; answers with the company's name, where it was told.
pub(super) async fn connect(
    attempt: &ConnectionAttempt<'_>,
    code: &Secret,
    redirect_uri: &str,
) -> Result<Option<String>, Failed> {
    let app = app(attempt.ports).await.map_err(Failed::setup)?;
    let mut call = Call::form(
        under(&attempt.tenant.erp.auth_url, "api/oauth/key"),
        &[
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("client_id", &app.client_id),
            ("client_secret", app.client_secret.expose()),
            ("redirect_uri", redirect_uri),
        ],
    );
    call = call.secret(code).secret(&app.client_secret);
    // A code works once.
    call.replayable = false;
    let exchange = attempt.exchange();
    let (_, body) =
        attempt.granted(exchange.send(Service::Token(schema::PROCOUNTOR_KEY.system), &call), Why::Exchange).await?;
    schema::look(&schema::PROCOUNTOR_KEY, exchange.ports, &body);
    let company: Company = serde_json::from_value(body)
        .map_err(|_| Failed::of(Why::Unreachable, Fault::Unexpected("the answer to the code has no api_key".into())))?;
    keep(attempt, &app, company, Why::Exchange).await
}

/// Keeps a key that a person has pasted, if it is one.
pub(super) async fn paste(attempt: &ConnectionAttempt<'_>, key: &Secret) -> Result<Option<String>, Failed> {
    let app = app(attempt.ports).await.map_err(Failed::setup)?;
    // Some mail programs and terminals break a long key into lines.
    let whole: String = key.expose().split_whitespace().collect();
    if !whole.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Failed::new(Why::Key));
    }
    keep(attempt, &app, Company { api_key: Secret::new(whole) }, Why::Key).await
}

/// Tries a key before it is stored: an invalid key must not replace a valid one.
async fn keep(
    attempt: &ConnectionAttempt<'_>,
    app: &App,
    company: Company,
    no_key: Why,
) -> Result<Option<String>, Failed> {
    let ConnectionAttempt { ports, tenant, .. } = attempt;
    // Cached under a name of its own: the token of a key that is not stored must not be used for the tenant.
    let trial = format!("procountor/{} on trial", tenant.tenant_id);
    let exchange = attempt.exchange();
    let call = call(&tenant.erp.auth_url, app, &company);
    let token =
        attempt.granted(fetch(&exchange, &trial, of(app, &company), &schema::PROCOUNTOR, &call), no_key).await?;
    let chosen = attempt.company(chosen(&exchange, tenant, &company.api_key, &token)).await?;
    let name = format!("procountor/{}", tenant.tenant_id);
    let value = Secret::new(json!({ "api_key": company.api_key.expose() }).to_string());
    ports.secrets.set(&name, &value).await.map_err(Failed::ours)?;
    ports.tokens.take_over(&trial, &name);
    Ok(chosen)
}

/// The company that the key opens: its id by the claim `cid`, which nobody but the vendor could check, and its name by the
/// session.
async fn chosen(exchange: &Exchange<'_>, tenant: &Tenant, key: &Secret, token: &Secret) -> Result<Option<Chosen>> {
    let base = &tenant.erp.base_url;
    // An address with a path of its own names a version of the API.
    let path = if base.path() == "/" { "api/sessioninfo" } else { "sessioninfo" };
    let call = Call::get(under(base, path)).header(AUTHORIZATION, token.header("Bearer ")?);
    let session = match exchange.send(Service::Procountor, &call).await {
        Ok((_, session)) => session,
        Err(Fault::Unauthorized(_) | Fault::Rejected { .. }) => Value::Null,
        Err(fault) => return Err(fault),
    };
    let id = cid(key).or_else(|| cid(token)).or_else(|| number(&session["companyId"]));
    let name = session["name"].as_str().map(str::to_owned);
    Ok(id.map(|id| Chosen { erp: Kind::Procountor, id, name }))
}

/// The claim `cid` of a JWT.
fn cid(jwt: &Secret) -> Option<String> {
    #[derive(Deserialize)]
    struct Claims {
        cid: Value,
    }
    let payload = jwt.expose().split('.').nth(1)?;
    let payload = BASE64_URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    number(&serde_json::from_slice::<Claims>(&payload).ok()?.cid)
}

fn number(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_company_is_read_off_a_key_and_anything_else_has_none() {
        let jwt = |claims: &str| Secret::new(format!("x.{}.y", BASE64_URL_SAFE_NO_PAD.encode(claims)));
        assert_eq!(cid(&jwt(r#"{"cid": 11001, "sub": "501"}"#)).as_deref(), Some("11001"));
        assert_eq!(cid(&jwt(r#"{"cid": "11001"}"#)).as_deref(), Some("11001"));
        for odd in [r#"{"cid": null}"#, r#"{"cid": ""}"#, "{}", "no JSON"] {
            assert_eq!(cid(&jwt(odd)), None, "{odd}");
        }
        for odd in ["", "a", "a.b", "a.!.c"] {
            assert_eq!(cid(&Secret::new(odd.into())), None, "{odd}");
        }
    }
}
