//! `where`: what became of a record, found by the number that a person knows.

use std::fmt::Write as _;

use bridge::ports::{Item, State as _};
use bridge::state::journal::Note;
use bridge::state::ledger::Entry;
use bridge::tenant::Tenant;
use bridge::words::feed::Feed;
use bridge::words::outcome::Outcome;
use serde::Serialize;
use serde_json::{Value, json};

use crate::deployment::Deployment;
use crate::ongoing_order::OngoingOrder;
use crate::output::{Failure, Output, Paint};

/// A record that has the number.
#[derive(Debug, Serialize)]
struct Found {
    tenant_id: String,
    feed: String,
    key: String,
    /// In plain words.
    means: String,
    #[serde(flatten)]
    entry: Shown,
    /// In Ongoing at this moment, where it is an order that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    ongoing_now: Option<OngoingOrder>,
    /// What the ERP was told of it.
    back: Vec<Back>,
}

/// What the ledger knows, without the record's body.
#[derive(Debug, Serialize)]
struct Shown {
    number: Option<String>,
    outcome: Option<Outcome>,
    reason: Option<String>,
    ongoing: Option<Value>,
    seen: Option<Value>,
    retry_at: Option<String>,
    correlation_id: String,
}

/// A write-back.
#[derive(Debug, Serialize)]
struct Back {
    what: String,
    #[serde(flatten)]
    note: Note,
}

pub async fn run(deployment: &Deployment, number: &str, tenant: Option<&str>) -> Result<Output, Failure> {
    let ids = match tenant {
        Some(id) => vec![deployment.stored(id).await?.0.tenant_id().to_owned()],
        None => deployment.tenants.all().await?.iter().map(|stored| stored.tenant_id().to_owned()).collect(),
    };
    let mut found = Vec::new();
    for id in &ids {
        found.extend(of(deployment, id, number).await?);
    }
    if found.is_empty() {
        let among = tenant.map_or_else(|| format!("{} tenants", ids.len()), |id| format!("the tenant {id}"));
        return Err(Failure::wrong(format!(
            "nothing with the number {number} was pulled for {among}: it was changed before start_date, or is not in a \
             status that comes in, or the feed is behind (bridgectl tenant show ID says how far it is); \
             bridgectl pull ID --since DATE brings what is older"
        )));
    }
    let text: Vec<String> = found.iter().map(text).collect();
    Ok(Output::good(json!(found), text.join("\n\n")))
}

async fn of(deployment: &Deployment, id: &str, number: &str) -> Result<Vec<Found>, Failure> {
    let pk = Tenant::partition(id);
    let mut found = Vec::new();
    for item in deployment.state.numbered(&pk, "ledger#", number).await? {
        let Some((feed, key, entry)) = record(item) else { continue };
        let backs = [
            entry
                .ongoing
                .as_ref()
                .map(|there| ("shipments", there.id.to_string()))
                .filter(|_| feed == Feed::Orders.word()),
            (feed == Feed::Articles.word()).then(|| ("stock", number.to_owned())),
            (feed == Feed::Orders.word()).then(|| ("import_status", key.clone())),
        ];
        let mut back = Vec::new();
        for (what, key) in backs.into_iter().flatten() {
            let item = deployment.state.get(&pk, &format!("back#{what}#{key}")).await?;
            if let Some(note) = item.and_then(|item| serde_json::from_value(item.body).ok()) {
                back.push(Back { what: what.to_owned(), note });
            }
        }
        let ongoing_now = match &entry.ongoing {
            Some(there) if feed == Feed::Orders.word() => Some(OngoingOrder::read(deployment, id, there.id).await),
            _ => None,
        };
        let (tenant_id, means) = (id.to_owned(), means(&entry));
        found.push(Found { tenant_id, means, feed, key, entry: shown(entry), ongoing_now, back });
    }
    Ok(found)
}

fn record(item: Item) -> Option<(String, String, Entry)> {
    let (feed, key) = item.sk.strip_prefix("ledger#")?.split_once('#')?;
    Some((feed.to_owned(), key.to_owned(), serde_json::from_value(item.body).ok()?))
}

fn shown(entry: Entry) -> Shown {
    Shown {
        number: entry.number,
        outcome: entry.outcome,
        reason: entry.reason,
        ongoing: entry.ongoing.map(|there| json!(there)),
        seen: entry.seen.map(|seen| json!({ "version": seen.version, "at": seen.at })),
        retry_at: entry.parked.and_then(|parked| parked.retry_at).map(|at| format!("{at:.0}")),
        correlation_id: entry.correlation_id,
    }
}

/// Where it is, for somebody who does not know the words of the ledger.
fn means(entry: &Entry) -> String {
    let there =
        entry.ongoing.as_ref().map_or_else(String::new, |there| format!(" as {} (id {})", there.number, there.id));
    match entry.outcome {
        None => "it was seen, and nothing is known of it yet".into(),
        Some(Outcome::Queued) => "it is on its way: on the import queue".into(),
        Some(Outcome::Created | Outcome::Updated | Outcome::Unchanged) => format!("it is in Ongoing{there}"),
        Some(Outcome::Cancelled) => format!("it was withdrawn in the ERP, and cancelled in Ongoing{there}"),
        Some(Outcome::Filtered) => "it is left out by a rule".into(),
        Some(Outcome::Blocked) => {
            format!(
                "it is in Ongoing{there} as it was: the warehouse had started, a later change is to be arranged with it"
            )
        }
        Some(Outcome::Superseded) => "a newer version of it has been settled".into(),
        Some(Outcome::Parked) => match entry.parked.as_ref().and_then(|parked| parked.retry_at) {
            Some(at) => format!("it is parked, and tried again at {at:.0}"),
            None => "it is parked, and waits for a person".into(),
        },
    }
}

fn text(found: &Found) -> String {
    let number = found.entry.number.as_deref().unwrap_or_default();
    let head = format!("{} {} {number}", found.tenant_id, found.feed);
    let mut text = format!("{}: {}", Paint::of_stdout().strong(&head), found.means);
    let mut line = |name: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let _ = write!(text, "\n  {name:<12} {value}");
        }
    };
    line("outcome", found.entry.outcome.map(Outcome::word));
    line("reason", found.entry.reason.as_deref());
    line("in Ongoing", found.ongoing_now.as_ref().map(OngoingOrder::text).as_deref());
    line("ERP's id", Some(&found.key));
    let seen = found.entry.seen.as_ref();
    line("version", seen.and_then(|seen| seen["version"].as_str()));
    line("pulled at", seen.and_then(|seen| seen["at"].as_str()));
    line("run", Some(&found.entry.correlation_id));
    for back in &found.back {
        let outcome = back.note.outcome.map_or("", Outcome::word);
        let said = [back.note.written.as_deref(), back.note.reason.as_deref()];
        let said: Vec<&str> = said.into_iter().flatten().collect();
        line(&back.what, Some(&format!("{outcome} {}", said.join(", "))));
        line("tracking", Some(&back.note.tracking.join(", ")));
    }
    if found.back.is_empty() && found.feed == Feed::Orders.word() && found.entry.ongoing.is_some() {
        line("shipments", Some("nothing was reported yet"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(body: Value) -> Entry {
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn every_outcome_says_where_the_record_is() {
        let ongoing = json!({ "id": 7, "number": "10023" });
        for (body, said) in [
            (json!({ "outcome": "queued" }), "on its way"),
            (json!({ "outcome": "created", "ongoing": ongoing }), "it is in Ongoing as 10023 (id 7)"),
            (json!({ "outcome": "blocked", "ongoing": ongoing }), "the warehouse had started"),
            (json!({ "outcome": "filtered" }), "left out by a rule"),
            (json!({ "outcome": "parked" }), "waits for a person"),
            (
                json!({ "outcome": "parked", "parked": { "retry_at": "2026-01-01T00:00:00Z" } }),
                "again at 2026-01-01T00:00:00Z",
            ),
            (json!({ "outcome": "superseded" }), "newer version"),
            (json!({ "outcome": "cancelled", "ongoing": ongoing }), "cancelled in Ongoing as 10023"),
            (json!({}), "seen"),
        ] {
            let means = means(&entry(body.clone()));
            assert!(means.contains(said), "{body}: {means}");
        }
    }

    #[test]
    fn a_record_is_told_in_a_few_lines_and_without_its_body() {
        let body = json!({ "number": "10023", "outcome": "created", "correlation_id": "run-1",
            "ongoing": { "id": 7, "number": "10023" },
            "seen": { "version": "3", "fingerprint": "f", "at": "2026-01-01T00:00:00Z" } });
        let item = Item { pk: "p".into(), sk: "ledger#orders#a#b".into(), rev: 1, body, expires: None };
        let (feed, key, entry) = record(item).unwrap();
        let note = Note { written: Some("2 of 2".into()), outcome: Some(Outcome::Updated), ..Note::default() };
        let back = vec![Back { what: "shipments".into(), note }];
        let ongoing_now = Some(OngoingOrder { status: Some(450), started: Some(true), ..OngoingOrder::default() });
        let (tenant_id, means) = ("acme".into(), means(&entry));
        let found = Found { tenant_id, means, feed, key, entry: shown(entry), ongoing_now, back };
        assert_eq!(
            text(&found),
            "acme orders 10023: it is in Ongoing as 10023 (id 7)\n  \
               outcome      created\n  \
               in Ongoing   status 450, the warehouse has started\n  \
               ERP's id     a#b\n  \
               version      3\n  \
               pulled at    2026-01-01T00:00:00Z\n  \
               run          run-1\n  \
               shipments    updated 2 of 2"
        );
    }
}
