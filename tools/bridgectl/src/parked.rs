//! `parked`: records and write-backs that wait for a retry or for a person.

use bridge::ports::{Item, State as _};
use bridge::state::journal::Note;
use bridge::state::ledger::Entry;
use bridge::tenant::Tenant;
use bridge::words::outcome::Outcome;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::deployment::{Deployment, MAX_ITEMS};
use crate::output::{Failure, Output, note};
use crate::table::table;

/// A record, or a write-back, that waits.
#[derive(Clone, Debug, Serialize)]
pub struct ParkedRecord {
    pub tenant_id: String,
    /// The feed, in or back.
    pub feed: String,
    /// The number a person knows; the key where there is none.
    pub number: String,
    pub key: String,
    pub reason: String,
    /// How often it was tried again.
    pub attempt: u32,
    /// When it is tried again by itself; `None`: it is left for a person.
    pub retry_at: Option<Timestamp>,
}

pub async fn run(deployment: &Deployment, tenant: Option<&str>) -> Result<Output, Failure> {
    let ids = match tenant {
        Some(id) => vec![deployment.stored(id).await?.0.tenant_id().to_owned()],
        None => deployment.tenants.all().await?.iter().map(|stored| stored.tenant_id().to_owned()).collect(),
    };
    let mut all = Vec::new();
    for id in &ids {
        all.extend(of(deployment, id).await?);
    }
    if all.is_empty() {
        return Ok(Output::good(json!([]), "nothing is parked"));
    }
    let row = |one: &ParkedRecord| {
        let next = one.retry_at.map_or_else(|| "a person".to_owned(), |at| format!("{at:.0}"));
        let (tenant, feed, number, reason) =
            (one.tenant_id.clone(), one.feed.clone(), one.number.clone(), one.reason.clone());
        vec![tenant, feed, number, one.attempt.to_string(), next, reason]
    };
    let text = table(&["tenant", "feed", "number", "tries", "next try", "reason"], all.iter().map(row));
    let again = "\nput right what the reason names; then: bridgectl pull TENANT --feeds FEED --since DATE";
    Ok(Output::good(json!(all), text + again))
}

/// The indexes of records that wait: what is tried again, what is left for a person, and both as an earlier release had it.
pub const RECORDS: [&str; 3] = ["due#", "left#", "parked#"];

/// The same of write-backs.
pub const NOTES: [&str; 3] = ["due-back#", "left-back#", "parked-back#"];

/// The sort key of what an index item stands for.
fn pointed_at(item: &Item, target: &str) -> Option<String> {
    let text = |name: &str| item.body[name].as_str();
    let kind = text("feed").or_else(|| text("back"))?;
    Some(format!("{target}{kind}#{}", text("key")?))
}

/// What waits of one tenant's: records, then write-backs.
pub async fn of(deployment: &Deployment, id: &str) -> Result<Vec<ParkedRecord>, Failure> {
    let mut waiting = Vec::new();
    for (prefixes, target) in [(RECORDS, "ledger#"), (NOTES, "back#")] {
        let mut sks = Vec::new();
        for prefix in prefixes {
            let (index, more) = deployment.index(id, prefix).await?;
            if more {
                note(&format!("{id}: more than {MAX_ITEMS} of {prefix} wait; the first {MAX_ITEMS} are shown"));
            }
            sks.extend(index.iter().filter_map(|item| pointed_at(item, target)));
        }
        sks.sort_unstable();
        sks.dedup();
        let mut items = deployment.state.get_many(&Tenant::partition(id), &sks).await?;
        items.sort_by(|a, b| a.sk.cmp(&b.sk));
        waiting.extend(items.into_iter().filter_map(|item| read(id, target, item)));
    }
    Ok(waiting)
}

/// An index may be one too many: what is no longer parked is left out.
fn read(id: &str, target: &str, item: Item) -> Option<ParkedRecord> {
    let (feed, key) = item.sk.strip_prefix(target)?.split_once('#')?;
    let (feed, key) = (feed.to_owned(), key.to_owned());
    let (outcome, number, reason, attempt, retry_at) = if target == "ledger#" {
        let entry: Entry = serde_json::from_value(item.body).ok()?;
        let (attempt, retry_at) = entry.parked.map_or((0, None), |parked| (parked.attempt, parked.retry_at));
        (entry.outcome, entry.number, entry.reason, attempt, retry_at)
    } else {
        let note: Note = serde_json::from_value(item.body).ok()?;
        (note.outcome, note.number, note.reason, note.attempt, note.retry_at)
    };
    (outcome == Some(Outcome::Parked)).then(|| ParkedRecord {
        tenant_id: id.to_owned(),
        number: number.unwrap_or_else(|| key.clone()),
        feed,
        key,
        reason: reason.unwrap_or_default(),
        attempt,
        retry_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(sk: &str, body: serde_json::Value) -> Item {
        Item { pk: "tenant#a".into(), sk: sk.into(), rev: 1, body, expires: None }
    }

    #[test]
    fn what_is_parked_is_told_by_number_and_reason() {
        let body = json!({ "number": "10023", "outcome": "parked", "reason": "no city",
            "parked": { "attempt": 2, "retry_at": "2026-01-01T00:00:00Z" } });
        let one = read("a", "ledger#", item("ledger#orders#k#1", body)).unwrap();
        assert_eq!((&*one.feed, &*one.key, &*one.number, one.attempt), ("orders", "k#1", "10023", 2));
        assert!(one.retry_at.is_some());
        let back = json!({ "outcome": "parked", "reason": "closed period", "attempt": 12 });
        let one = read("a", "back#", item("back#shipments#77", back)).unwrap();
        assert_eq!((&*one.feed, &*one.number, one.retry_at), ("shipments", "77", None));
    }

    #[test]
    fn an_index_item_says_whose_it_is() {
        let due = item("due#orders#001772000000000#k#1", json!({ "feed": "orders", "key": "k#1" }));
        assert_eq!(pointed_at(&due, "ledger#").unwrap(), "ledger#orders#k#1");
        let left = item("left-back#stock#A", json!({ "back": "stock", "key": "A" }));
        assert_eq!(pointed_at(&left, "back#").unwrap(), "back#stock#A");
    }

    #[test]
    fn an_index_item_too_many_is_left_out() {
        assert!(read("a", "ledger#", item("ledger#orders#1", json!({ "outcome": "created" }))).is_none());
    }
}
