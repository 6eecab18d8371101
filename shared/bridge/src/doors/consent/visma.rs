//! Consent at Visma eAccounting: the authorization code flow (Visma sheet, section 1).

use std::time::Duration;

use http::header::AUTHORIZATION;
use url::Url;

use super::company::Company;
use super::connection_attempt::ConnectionAttempt;
use super::{Failed, Why};
use crate::http::classify::Service;
use crate::http::login::visma::consent_lease::ConsentLease;
use crate::http::login::visma::{App, Granted, grant};
use crate::http::login::{read_now, under};
use crate::http::{Call, Exchange};
use crate::ports::Ports;
use crate::tenant::Tenant;
use crate::words::fault::{Fault, Result};
use crate::words::kind::Kind;
use crate::words::secret::Secret;

/// Articles, customers, orders and their registers, as long as the company wants it.
const SCOPES: &str = "ea:api offline_access ea:sales";

/// Lists only companies that have eAccounting.
const SERVICE: &str = "service:44643EB1-3F76-4C1C-A672-402AE8085934";

/// How long a refresh that is under way is waited for: API Gateway waits for all of a page for half a minute.
const PATIENCE: Duration = Duration::from_secs(6);

/// Where the person goes to agree; asked every time which company it is.
pub(super) async fn authorize(ports: &Ports, tenant: &Tenant, redirect_uri: &str, state: &Secret) -> Result<Url> {
    let app: App = read_now(ports, "visma/app").await?;
    let mut url = under(&tenant.erp.auth_url, "connect/authorize");
    url.query_pairs_mut().extend_pairs([
        ("client_id", app.client_id.as_str()),
        ("redirect_uri", redirect_uri),
        ("response_type", "code"),
        ("scope", SCOPES),
        ("state", state.expose()),
        ("prompt", "select_account"),
        ("acr_values", SERVICE),
    ]);
    Ok(url)
}

/// Exchanges the code, and keeps what it gives; answers with the company's name, where it was told. No refresh is under way
/// meanwhile: the lease is taken before the code is spent, so that who comes at a bad moment can come again.
pub(super) async fn connect(
    attempt: &ConnectionAttempt<'_>,
    code: &Secret,
    redirect_uri: &str,
) -> Result<Option<String>, Failed> {
    let ports = attempt.ports;
    let lease = ConsentLease::take(ports, &attempt.tenant.tenant_id, PATIENCE).await.map_err(Failed::ours)?;
    let asked = ports.clock.now();
    match consent(attempt, code, redirect_uri).await {
        Ok((app, granted, refresh, name)) => {
            lease.keep(&app, &granted, &refresh, asked).await.map_err(Failed::ours)?;
            Ok(name)
        }
        Err(failed) => {
            lease.release().await;
            Err(failed)
        }
    }
}

async fn consent(
    attempt: &ConnectionAttempt<'_>,
    code: &Secret,
    redirect_uri: &str,
) -> Result<(App, Granted, Secret, Option<String>), Failed> {
    let app: App = read_now(attempt.ports, "visma/app").await.map_err(Failed::setup)?;
    let (exchange, tenant) = (attempt.exchange(), attempt.tenant);
    let fields = [("grant_type", "authorization_code"), ("code", code.expose()), ("redirect_uri", redirect_uri)];
    let granted = grant(&exchange, &tenant.erp.auth_url, &app, &fields);
    let granted = attempt.granted(granted, Why::Exchange).await?;
    let Some(refresh) = granted.refresh_token.clone() else { return Err(Failed::new(Why::NoRefresh)) };
    let name = attempt.company(chosen(&exchange, tenant, &granted.access_token)).await?;
    Ok((app, granted, refresh, name))
}

/// The company that the token opens (Visma sheet, section 1, "After connecting"). One whose API module is switched off, or
/// that may not be read otherwise, cannot be told.
async fn chosen(exchange: &Exchange<'_>, tenant: &Tenant, token: &Secret) -> Result<Option<Company>> {
    let call =
        Call::get(under(&tenant.erp.base_url, "companysettings")).header(AUTHORIZATION, token.header("Bearer ")?);
    let settings = match exchange.send(Service::Visma, &call).await {
        Ok((_, settings)) => settings,
        Err(Fault::Unauthorized(_) | Fault::Rejected { .. }) => return Ok(None),
        Err(fault) => return Err(fault),
    };
    let text = |member: &str| settings[member].as_str().map(str::trim).filter(|text| !text.is_empty());
    let name = text("Name").map(str::to_owned);
    let numbered = || Some(format!("{} {}", text("CountryCode")?, text("CorporateIdentityNumber")?));
    let id = text("CompanyIdentifier").map(str::to_owned).or_else(numbered).or_else(|| name.clone());
    Ok(id.map(|id| Company { erp: Kind::Visma, id, name }))
}
