//! The status page: how a company's orders and articles do, for whoever has a signed link that expires: the company itself,
//! which sees its own records and no other name, or the warehouse, which sees all tenants.
//!
//! Nothing is written and nothing runs while nobody looks: a page is read from the state table when it is asked for, and an
//! order that is searched for is asked of Ongoing once. The page is HTML without scripts.

pub mod link;
mod page;
mod plot;
mod read;
mod request;
mod story;
mod translations;

use serde_json::Value;

use self::link::{Refused, Scope};
use self::request::StatusRequest;
use crate::doors::page_headers;
use crate::ports::{Ports, Run};
use crate::words::fault::Fault;

/// Whether an invocation's payload asks for this page.
#[must_use]
pub fn is_asked_for(payload: &Value) -> bool {
    // A stage that has a name stands before the route; a tenant may be called as the page is.
    let is_page = |path: &str| path.ends_with(link::PATH) && !path.contains("/connect/");
    payload["rawPath"].as_str().is_some_and(is_page)
}

/// Answers a call to the page.
///
/// # Errors
/// A sentence, when the payload is no call of the HTTP API.
pub async fn answer(ports: &Ports, run: &Run, payload: &Value) -> Result<Value, String> {
    let request = StatusRequest::read(payload)?;
    let words = translations::words(request.language);
    let page = match link::check(ports, &request.link).await {
        Ok(scope) => match shown(ports, run, &request, &scope).await {
            Ok(page) => page,
            Err(fault) => {
                tracing::error!(
                    target: "status_page", correlation_id = run.id, fault = fault.name(), reason = %fault, "status_page"
                );
                page::Page { status: 503, html: page::sorry(request.language, &words.unreachable) }
            }
        },
        Err(refused) => {
            let (said, outcome) = match refused {
                Refused::Expired => (&words.expired, "expired"),
                Refused::Forged => (&words.no_link, "refused"),
                Refused::Unknown(_) => (&words.unreachable, "unknown"),
            };
            let reason = if let Refused::Unknown(fault) = &refused { Some(fault.to_string()) } else { None };
            tracing::info!(target: "status_page", correlation_id = run.id, outcome, reason, "status_page");
            let status = if matches!(refused, Refused::Unknown(_)) { 503 } else { 403 };
            page::Page { status, html: page::sorry(request.language, said) }
        }
    };
    let policy = page_headers::policy(&page::STYLE_SOURCE, "'self'", None);
    Ok(page_headers::html(page.status, request.language.code(), &policy, page.html))
}

/// The page that the link opens: a tenant's, or the list of all and one of them.
async fn shown(ports: &Ports, run: &Run, request: &StatusRequest, scope: &Scope) -> Result<page::Page, Fault> {
    let words = translations::words(request.language);
    let wanted = match scope {
        Scope::Tenant(id) => Some(id.clone()),
        Scope::All => request.tenant.clone(),
    };
    let view = match &wanted {
        Some(id) => read::tenant(ports, run, id, request.number.as_deref()).await?.map(read::View::Tenant),
        None => Some(read::View::All(read::all(ports, run, request.number.as_deref()).await?)),
    };
    tracing::info!(
        target: "status_page", correlation_id = run.id, tenant_id = wanted, outcome = "shown",
        searched = request.number.is_some(), "status_page"
    );
    let Some(view) = view else {
        return Ok(page::Page { status: 404, html: page::sorry(request.language, &words.no_tenant) });
    };
    let html = page::html(request, scope, &view, ports.clock.now());
    Ok(page::Page { status: 200, html })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_consent_of_a_tenant_that_is_called_as_the_page_is_another_page() {
        for (path, is_page) in
            [("/status", true), ("/prod/status", true), ("/connect/visma/status", false), ("/", false)]
        {
            assert_eq!(is_asked_for(&json!({ "rawPath": path })), is_page, "{path}");
        }
    }
}
