//! `where`: what became of a record, found by the number that a person knows. Its story is told by [`bridge::roads::story`].

use bridge::http::RESERVE;
use bridge::ports::State as _;
use bridge::roads::story::find::{self, Unpulled};
use bridge::roads::story::{self, Facts, Story, tell};
use bridge::state::journal::Note;
use bridge::tenant::Tenant;
use bridge::words::feed::Feed;
use bridge::words::outcome::Outcome;
use bridge_aws::tenant_table::Stored;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::deployment::Deployment;
use crate::output::{Failure, Output, note};
use crate::search::{TIMEOUT, search, spinner, tenants, valid};
use crate::status::zone;

/// Tenants whose ERPs are asked for what was never pulled.
const ASKED: usize = 3;

/// A record that has the number.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Found {
    tenant_id: String,
    feed: Feed,
    key: String,
    number: Option<String>,
    outcome: Option<Outcome>,
    reason: Option<String>,
    ongoing: Option<Value>,
    seen: Option<Seen>,
    retry_at: Option<Timestamp>,
    correlation_id: String,
    /// In Ongoing at this moment, where it is an order that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    ongoing_now: Option<Value>,
    /// What the ERP was told of it.
    back: Vec<Back>,
    story: Story,
}

/// A record that was pulled, or one that the ERP alone has.
#[derive(Debug, Serialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Answer {
    Pulled(Box<Found>),
    Unpulled(Unpulled),
}

/// The version that was seen last.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Seen {
    version: String,
    at: Timestamp,
}

/// A write-back.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Back {
    what: &'static str,
    #[serde(flatten)]
    note: Note,
}

pub async fn run(deployment: &Deployment, number: &str, tenant: Option<&str>, utc: bool) -> Result<Output, Failure> {
    let all = tenants(deployment, tenant).await?;
    let matches = search(deployment, &all, number).await?;
    let (now, zone) = (deployment.ports.clock.now(), zone(utc));
    let (mut found, mut text) = (Vec::new(), Vec::new());
    // What has the whole name may be in the ERP alone.
    let whole = matches.found.iter().any(|hit| hit.named.name.to_lowercase() == number.trim().to_lowercase());
    if !whole {
        for record in ask_erps(deployment, &all, number.trim()).await {
            text.push(format!("{}\n  id in the ERP: {}", story::text(&record.story, now, &zone), record.key));
            found.push(Answer::Unpulled(record));
        }
    }
    for hit in &matches.found {
        let Some(stored) = all.iter().find(|stored| stored.tenant_id() == hit.tenant_id) else { continue };
        let sk = format!("ledger#{}#{}", hit.named.feed, hit.named.key);
        let Some(item) = deployment.state.get(&Tenant::partition(&hit.tenant_id), &sk).await? else { continue };
        let tenant = stored.item().unwrap_or_else(|_| json!({ "tenant_id": stored.tenant_id() }));
        let Some(facts) = story::read(&deployment.ports, &tenant, item, now + TIMEOUT + RESERVE).await? else {
            continue;
        };
        let story = tell(&facts, now);
        text.push(with_names(story::text(&story, now, &zone), &facts));
        found.push(Answer::Pulled(Box::new(shown(facts, story))));
    }
    if !found.is_empty() {
        if matches.more > 0 {
            text.push(format!("and {} more of the name {number}; these were seen last", matches.more));
        }
        return Ok(Output::good(json!(found), text.join("\n\n")));
    }
    let among = tenant.map_or_else(|| format!("{} tenants", all.len()), |id| format!("the tenant {id}"));
    Err(Failure::wrong(find::nothing(number, &among, &matches.like, all.len() <= ASKED)))
}

/// What the ERPs have of this number, where it was never pulled; of a few tenants, since it costs calls of each.
async fn ask_erps(deployment: &Deployment, all: &[Stored], number: &str) -> Vec<Unpulled> {
    let mut found = Vec::new();
    if all.len() > ASKED {
        return found;
    }
    for stored in all {
        let Some(tenant) = valid(deployment, stored) else { continue };
        let bar = spinner(format!("asking the ERP of {} for {number}", tenant.tenant_id));
        let deadline = deployment.ports.clock.now() + TIMEOUT + RESERVE;
        let asked = find::in_erp(&deployment.ports, &tenant, number, deadline).await;
        bar.finish_and_clear();
        match asked {
            Ok(records) => found.extend(records),
            Err(fault) => note(&format!("the ERP of {} could not be asked for it: {fault}", tenant.tenant_id)),
        }
    }
    found
}

/// The names by which the record is found elsewhere.
fn with_names(text: String, facts: &Facts) -> String {
    let run = Some(&facts.entry.correlation_id).filter(|run| !run.is_empty());
    let run = run.map_or_else(String::new, |run| format!("\n  run in the logs: {run}"));
    format!("{text}\n  id in the ERP: {}{run}", facts.key)
}

/// A fraction of a second says nothing here.
fn whole(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

fn shown(facts: Facts, story: Story) -> Found {
    let entry = facts.entry;
    let unknown = |why: String| json!({ "unknown": why });
    Found {
        tenant_id: facts.tenant_id,
        feed: facts.feed,
        key: facts.key,
        number: entry.number,
        outcome: entry.outcome,
        reason: entry.reason,
        ongoing: entry.ongoing.map(|there| json!(there)),
        seen: entry.seen.map(|seen| Seen { version: seen.version, at: seen.at }),
        retry_at: entry.parked.and_then(|parked| parked.retry_at).map(whole),
        correlation_id: entry.correlation_id,
        ongoing_now: facts.there.map(|there| there.map_or_else(unknown, |there| json!(there))),
        back: facts.back.into_iter().map(|(back, note)| Back { what: back.word(), note }).collect(),
        story,
    }
}
