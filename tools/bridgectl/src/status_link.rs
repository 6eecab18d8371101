//! `status-link`: an expiring link to the status page, alone on standard output.

use bridge::doors::status_page::link::{self, Scope};
use bridge::roads::status::lines::moment;
use bridge::words::fault::Fault;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;

use crate::deployment::Deployment;
use crate::output::{Failure, Output, note};
use crate::status::zone;

/// A link, which is a secret.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Link<'a> {
    /// `null`: it shows all tenants.
    tenant_id: Option<&'a str>,
    link: &'a str,
    until: Timestamp,
}

pub async fn run(
    deployment: &Deployment,
    tenant: Option<&str>,
    days: u32,
    new_key: bool,
    utc: bool,
) -> Result<Output, Failure> {
    if let Some(id) = tenant {
        deployment.stored(id).await?;
    }
    let url = deployment.stack.output("ApiUrl")?;
    let url = url.parse().map_err(|_| Failure::cloud(format!("the stack's ApiUrl {url} is no address")))?;
    if new_key {
        link::new_key(&deployment.ports).await?;
        note("all links that were given out before end within five minutes");
    }
    let scope = tenant.map_or(Scope::All, |id| Scope::Tenant(id.to_owned()));
    let lifetime = SignedDuration::from_hours(24 * i64::from(days));
    let (link, until) = link::make(&deployment.ports, scope, lifetime).await.map_err(|fault| match fault {
        Fault::Rejected { why, .. } => Failure::wrong(why),
        other => Failure::from(other),
    })?;
    let whose = tenant.map_or_else(|| "all tenants".to_owned(), |id| format!("{id} alone"));
    note(&format!(
        "shows {whose} until {}, without a password: whoever has it can look; --new-key ends all links",
        moment(until, deployment.ports.clock.now(), &zone(utc))
    ));
    let link = link.url(&url);
    Ok(Output::good(json!(Link { tenant_id: tenant, link: link.expose(), until }), link.expose()))
}
