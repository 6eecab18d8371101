//! `connect-link`: the one-time link with which a company consents, alone on standard output.

use bridge::doors::consent::ticket;
use bridge::words::fault::Fault;
use serde::Serialize;
use serde_json::json;

use crate::deployment::Deployment;
use crate::output::{Failure, Output, note};

/// A link, which is a secret.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Link<'a> {
    tenant_id: &'a str,
    link: &'a str,
    /// How long it is good.
    hours: i64,
}

pub async fn run(deployment: &Deployment, id: &str, replace: bool) -> Result<Output, Failure> {
    let tenant = deployment.tenant(id).await?;
    let url = deployment.stack.output("ApiUrl")?;
    let url = url.parse().map_err(|_| Failure::cloud(format!("the stack's ApiUrl {url} is no address")))?;
    let ticket = ticket::issue(&deployment.ports, &tenant, replace).await.map_err(|fault| match fault {
        Fault::Rejected { why, .. } => Failure::wrong(why),
        other => Failure::from(other),
    })?;
    let link = ticket::link(&url, &tenant, &ticket);
    let hours = ticket::LIFETIME.as_hours();
    note(&format!(
        "for {id}: good once, for {hours} hours; whoever has it may connect a company, so send it to one person"
    ));
    Ok(Output::good(json!(Link { tenant_id: id, link: link.expose(), hours }), link.expose()))
}
