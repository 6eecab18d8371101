//! `explain`: where every value of a record comes from. What is read and said is in [`bridge::roads::explain`].

use bridge::http::RESERVE;
use bridge::ports::State as _;
use bridge::roads::explain::{self, Explained, text};
use bridge::roads::story::{self, find, find::Found, tell};
use bridge::tenant::Tenant;
use bridge::words::fault::Fault;
use bridge_aws::tenant_table::Stored;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::args::Explain;
use crate::deployment::Deployment;
use crate::output::{Failure, Output};
use crate::search::{TIMEOUT, search, spinner, tenants};
use crate::status::zone;

/// Records that share a number, such as two feeds' or two tenants'.
const MOST: usize = 3;

pub async fn run(deployment: &Deployment, asked: &Explain, utc: bool) -> Result<Output, Failure> {
    let all = tenants(deployment, asked.tenant.as_deref()).await?;
    let matches = search(deployment, &all, &asked.number).await?;
    if matches.found.is_empty() {
        let among =
            asked.tenant.as_ref().map_or_else(|| format!("{} tenants", all.len()), |id| format!("the tenant {id}"));
        let why = find::nothing(&asked.number, &among, &matches.like, false);
        return Err(Failure::wrong(format!("{why}; bridgectl where {} looks further", asked.number)));
    }
    if matches.found.len() > MOST {
        let names = matches.found.iter().map(|found| format!("{} {}", found.tenant_id, found.named.key));
        let names = names.collect::<Vec<_>>().join(", ");
        return Err(Failure::wrong(format!("{} is the name of several records: {names}; name one", asked.number)));
    }
    let (mut texts, mut records) = (Vec::new(), Vec::new());
    for found in &matches.found {
        let Some(stored) = all.iter().find(|stored| stored.tenant_id() == found.tenant_id) else { continue };
        let (life, explained) = one(deployment, stored, found, &zone(utc)).await?;
        let said = match &asked.field {
            None => text::whole(&explained),
            Some(field) => text::field(&explained, field).map_err(Failure::wrong)?,
        };
        texts.push(format!("{life}\n{said}"));
        records.push(explain::json(&explained, asked.field.as_deref()));
    }
    Ok(Output::good(json!(records), texts.join("\n\n")))
}

async fn one(
    deployment: &Deployment,
    stored: &Stored,
    found: &Found,
    zone: &TimeZone,
) -> Result<(String, Explained), Failure> {
    let item = stored
        .item()
        .map_err(|error| Failure::wrong(format!("the item of {} is no JSON: {error}", found.tenant_id)))?;
    let tenant = deployment.valid(&found.tenant_id, &item)?;
    let ports = &deployment.ports;
    let now = ports.clock.now();
    // A record may take several exchanges, and none begins that cannot end in time.
    let deadline = now + 8 * TIMEOUT + RESERVE;
    let bar = spinner(format!("reading {} from the ERP", found.named.name));
    let sk = format!("ledger#{}#{}", found.named.feed, found.named.key);
    let mut life = String::new();
    if let Some(entry) = deployment.state.get(&Tenant::partition(&found.tenant_id), &sk).await?
        && let Some(facts) = story::read(ports, &item, entry, deadline).await?
    {
        life = story::text(&tell(&facts, now), now, zone);
    }
    let read = explain::read(ports, &tenant, found.named.feed, &found.named.key, deadline, zone).await;
    bar.finish_and_clear();
    let explained = read.map_err(|fault| match fault {
        Fault::Unauthorized(_) => {
            Failure::wrong(format!("{fault}; bridgectl check {} says what is missing", found.tenant_id))
        }
        fault => Failure::wrong(format!("the record could not be read again: {fault}")),
    })?;
    Ok((life, explained))
}
