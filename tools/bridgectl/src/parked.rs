//! `parked`: records and write-backs that wait for a retry or for a person.

use std::fmt::Write as _;

use bridge::ports::{Item, State};
use bridge::roads::repair::{self, Flow};
use bridge::roads::status::lines::moment;
use bridge::state::journal::Note;
use bridge::state::ledger::Entry;
use bridge::tenant::Tenant;
use bridge::words::fault::Fault;
use bridge::words::outcome::Outcome;
use bridge_operator::table::{self, Column};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::json;

use crate::args::{Choice, Parked, ParkedCommand};
use crate::deployment::{Deployment, MAX_ITEMS};
use crate::output::{Failure, Output, note};
use crate::prompt;
use crate::status::zone;

/// Tenants that are looked at side by side.
const AT_ONCE: usize = 16;

/// A record, or a write-back, that waits.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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

/// What was done with those that were chosen.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Repaired {
    /// Tried again with the next tick.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry: Option<Vec<ParkedRecord>>,
    /// Given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    drop: Option<Vec<ParkedRecord>>,
}

pub async fn run(deployment: &Deployment, what: &Parked, utc: bool) -> Result<Output, Failure> {
    let (now, zone) = (deployment.ports.clock.now(), zone(utc));
    let tenant = what.tenant.as_deref();
    let ids = match tenant {
        Some(id) => vec![deployment.stored(id).await?.0.tenant_id().to_owned()],
        None => deployment.tenants.all().await?.iter().map(|stored| stored.tenant_id().to_owned()).collect(),
    };
    // What is to be tried again or given up may be any of them.
    let most = if what.repair.is_some() { usize::MAX } else { MAX_ITEMS };
    let each: Vec<Vec<ParkedRecord>> =
        stream::iter(&ids).map(|id| waiting(deployment, id, most)).buffered(AT_ONCE).try_collect().await?;
    let all: Vec<ParkedRecord> = each.into_iter().flatten().collect();
    match &what.repair {
        Some(ParkedCommand::Retry(choice)) => repaired(deployment, chosen(all, choice), choice, true, &zone).await,
        Some(ParkedCommand::Drop(choice)) => repaired(deployment, chosen(all, choice), choice, false, &zone).await,
        None if all.is_empty() => Ok(Output::good(json!([]), "nothing is parked")),
        None => {
            let again = "\nput right what the reason names; then: bridgectl parked retry [NUMBER] [--tenant ID]";
            Ok(Output::good(json!(all), shown(&all, now, &zone) + again))
        }
    }
}

fn shown(all: &[ParkedRecord], now: Timestamp, zone: &TimeZone) -> String {
    table::table(columns(), all.iter().map(|one| cells(one, now, zone)))
}

fn columns() -> Vec<Column> {
    vec![
        Column::name("tenant").dropped(1),
        Column::name("feed").dropped(2),
        Column::name("number"),
        Column::number("tries").dropped(4),
        Column::name("next try").dropped(3),
        Column::text("reason"),
    ]
}

fn cells(one: &ParkedRecord, now: Timestamp, zone: &TimeZone) -> Vec<String> {
    let next = one.retry_at.map_or_else(|| "a person".to_owned(), |at| moment(at, now, zone));
    let (tenant, feed, number, reason) =
        (one.tenant_id.clone(), one.feed.clone(), one.number.clone(), one.reason.clone());
    vec![tenant, feed, number, one.attempt.to_string(), next, reason]
}

/// Of what is parked, what was chosen.
fn chosen(all: Vec<ParkedRecord>, choice: &Choice) -> Vec<ParkedRecord> {
    let same =
        |text: &str, wanted: &Option<String>| wanted.as_ref().is_none_or(|wanted| text.eq_ignore_ascii_case(wanted));
    let says = |one: &ParkedRecord| {
        let reason = one.reason.to_lowercase();
        choice.reason.as_ref().is_none_or(|wanted| reason.contains(&wanted.to_lowercase()))
    };
    let is = |one: &ParkedRecord| same(&one.number, &choice.number) && same(&one.feed, &choice.feed) && says(one);
    all.into_iter().filter(is).collect()
}

/// Shows what is going to happen, asks, and does it.
async fn repaired(
    deployment: &Deployment,
    chosen: Vec<ParkedRecord>,
    choice: &Choice,
    retry: bool,
    zone: &TimeZone,
) -> Result<Output, Failure> {
    if chosen.is_empty() {
        return Err(Failure::wrong("nothing that is parked is meant by that; bridgectl parked shows all"));
    }
    let (count, word) = (chosen.len(), if retry { "retry" } else { "drop" });
    note(&planned(&chosen, deployment.ports.clock.now(), zone));
    if !choice.yes && !prompt::confirm(&format!("{word} these {count}? [y/N]"), &["y", "yes"])? {
        return Err(Failure::wrong("nothing was done"));
    }
    let (mut done, mut not) = (Vec::new(), Vec::new());
    for one in chosen {
        let (ports, id, key) = (&deployment.ports, &one.tenant_id, &one.key);
        let was = match Flow::named(&one.feed) {
            Some(flow) if retry => repair::retry(ports, id, flow, key).await?,
            Some(flow) => repair::drop(ports, id, flow, key).await?,
            None => false,
        };
        if was { done.push(one) } else { not.push(one) }
    }
    let text = effects(retry, done.len(), &not);
    let (retry, drop) = if retry { (Some(done), None) } else { (None, Some(done)) };
    Ok(Output::of(not.is_empty(), json!(Repaired { retry, drop }), text))
}

/// Rows of a plan that are shown.
const ROWS: usize = 100;

/// What is going to be dealt with.
fn planned(chosen: &[ParkedRecord], now: Timestamp, zone: &TimeZone) -> String {
    let some = shown(&chosen[..chosen.len().min(ROWS)], now, zone);
    match chosen.len().saturating_sub(ROWS) {
        0 => some,
        more => format!("{some}\nand {more} more"),
    }
}

/// Names of what could not be dealt with that are told.
const NAMES: usize = 10;

/// What was done, and which were not parked any more.
fn effects(retry: bool, done: usize, not: &[ParkedRecord]) -> String {
    let then = if retry {
        "due at once; the next tick takes them along,\nor bridgectl pull ID at once; what became of each: bridgectl where NUMBER"
    } else {
        "given up;\na record comes again when it is changed in the ERP"
    };
    let mut text = format!("{done} of {}: {then}", done + not.len());
    for one in not.iter().take(NAMES) {
        let ParkedRecord { tenant_id, feed, number, .. } = one;
        let _ = write!(text, "\nnot parked any more: {tenant_id} {feed} {number}");
    }
    if not.len() > NAMES {
        let _ = write!(text, "\nand {} more", not.len() - NAMES);
    }
    text
}

/// What the indexes of records and write-backs begin with: of what is left for a person, which nothing else may crowd out, of
/// what is tried again, and of both as earlier releases had them.
const WAITING: [&str; 4] = ["due-left", "due", "left", "parked"];

/// The sort key of what an index item stands for: a record's, or a write-back's.
fn pointed_at(item: &Item) -> Option<String> {
    let text = |name: &str| item.body[name].as_str();
    let of = |target: &str, kind: &str| Some(format!("{target}{kind}#{}", text("key")?));
    match text("feed") {
        Some(feed) => of(LEDGER, feed),
        None => of(BACK, text("back")?),
    }
}

const LEDGER: &str = "ledger#";
const BACK: &str = "back#";

/// What waits of one tenant's: records, then write-backs. At most [`MAX_ITEMS`] of a kind; that there are more is said.
pub async fn of(deployment: &Deployment, id: &str) -> Result<Vec<ParkedRecord>, Failure> {
    waiting(deployment, id, MAX_ITEMS).await
}

async fn waiting(deployment: &Deployment, id: &str, most: usize) -> Result<Vec<ParkedRecord>, Failure> {
    let (sks, more) = pointers(&deployment.state, id, most).await?;
    if more {
        note(&format!("{id}: more than {most} wait; the first {most} are shown"));
    }
    let mut items = deployment.state.get_many(&Tenant::partition(id), &sks).await?;
    items.sort_by(|a, b| (a.sk.starts_with(BACK), &a.sk).cmp(&(b.sk.starts_with(BACK), &b.sk)));
    let target = |item: &Item| if item.sk.starts_with(BACK) { BACK } else { LEDGER };
    Ok(items.into_iter().filter_map(|item| read(id, target(&item), item)).collect())
}

/// The sort keys of what waits, at most so many of each index, and whether there may be more.
async fn pointers(state: &dyn State, id: &str, most: usize) -> Result<(Vec<String>, bool), Fault> {
    let (partition, mut sks, mut more) = (Tenant::partition(id), Vec::new(), false);
    for prefix in WAITING {
        let index = state.list(&partition, prefix, most).await?;
        if index.len() == most {
            more = true;
            // Records stand before write-backs, which else would not be seen.
            let backs = state.list(&partition, &format!("{prefix}-back#"), most).await?;
            sks.extend(backs.iter().filter_map(pointed_at));
        }
        sks.extend(index.iter().filter_map(pointed_at));
    }
    sks.sort_unstable();
    sks.dedup();
    Ok((sks, more))
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
    use async_trait::async_trait;
    use bridge::ports::Put;

    use super::*;

    /// A state table that is only listed.
    struct Index(Vec<Item>);

    #[async_trait(?Send)]
    impl State for Index {
        async fn get(&self, _: &str, _: &str) -> Result<Option<Item>, Fault> {
            Ok(None)
        }

        async fn get_many(&self, _: &str, _: &[String]) -> Result<Vec<Item>, Fault> {
            Ok(Vec::new())
        }

        async fn list(&self, _: &str, prefix: &str, limit: usize) -> Result<Vec<Item>, Fault> {
            Ok(self.0.iter().filter(|item| item.sk.starts_with(prefix)).take(limit).cloned().collect())
        }

        async fn put(&self, _: Item) -> Result<Put, Fault> {
            Ok(Put::Conflict)
        }

        async fn delete(&self, _: &str, _: &str, _: u64) -> Result<Put, Fault> {
            Ok(Put::Conflict)
        }
    }

    #[test]
    fn what_is_to_be_tried_again_is_found_beyond_what_is_shown() {
        let due = |n: usize| item(&format!("due#orders#{n:06}"), json!({ "feed": "orders", "key": n.to_string() }));
        let index = Index((0..5_000).map(due).collect());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let found = |most: usize| runtime.block_on(pointers(&index, "a", most)).unwrap();
        let (shown, more) = found(MAX_ITEMS);
        assert_eq!((shown.len(), more), (MAX_ITEMS, true));
        let (all, more) = found(usize::MAX);
        assert_eq!((all.len(), more), (5_000, false));
    }

    #[test]
    fn what_was_done_is_told_and_what_was_not_is_named() {
        let one = |number: &str| ParkedRecord {
            tenant_id: "acme".into(),
            feed: "orders".into(),
            number: number.into(),
            key: number.into(),
            reason: "no city".into(),
            attempt: 1,
            retry_at: None,
        };
        let all = effects(true, 3, &[]);
        assert!(all.starts_with("3 of 3: due at once") && !all.contains("any more"), "{all}");
        let not: Vec<ParkedRecord> = (0..12).map(|n| one(&format!("SO-{n}"))).collect();
        let some = effects(false, 3, &not);
        assert!(some.starts_with("3 of 15: given up"), "{some}");
        assert!(some.contains("\nnot parked any more: acme orders SO-0\n") && some.ends_with("\nand 2 more"), "{some}");
        assert!([&all, &some].iter().flat_map(|text| text.lines()).all(|line| line.chars().count() <= 80));
        let many: Vec<ParkedRecord> = (0..ROWS + 1).map(|n| one(&format!("SO-{n}"))).collect();
        let plan = planned(&many, Timestamp::UNIX_EPOCH, &TimeZone::UTC);
        assert!(plan.contains("SO-0") && plan.ends_with("\nand 1 more"), "{plan}");
    }

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
    fn what_waits_keeps_to_the_terminal_with_its_number_and_its_reason() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let one = ParkedRecord {
            tenant_id: "nordlys-sport-og-fritid-as".into(),
            feed: "purchase_orders".into(),
            number: "PO-2026-100023".into(),
            key: "k".into(),
            reason: "rejected at /purchaseOrderLines/3/articleNumber: Ongoing does not have the article A-100023"
                .into(),
            attempt: 12,
            retry_at: Some(at("2026-03-03T23:41:00Z")),
        };
        for width in [80, 140] {
            let cells = [cells(&one, at("2026-03-02T09:00:00Z"), &TimeZone::UTC)];
            let text = table::within(width, columns(), cells);
            assert!(text.lines().all(|line| line.chars().count() <= width), "{width}:\n{text}");
            assert!(text.contains("PO-2026-100023") && text.contains("A-100023"), "{text}");
            assert_eq!(text.contains("Tue 23:41"), width == 140, "{text}");
        }
    }

    #[test]
    fn a_choice_is_by_number_feed_and_reason() {
        let one = |number: &str, feed: &str, reason: &str| ParkedRecord {
            tenant_id: "a".into(),
            feed: feed.into(),
            number: number.into(),
            key: number.into(),
            reason: reason.into(),
            attempt: 1,
            retry_at: None,
        };
        let all =
            || vec![one("SO-1", "orders", "No city"), one("A", "stock", "closed period"), one("SO-2", "orders", "x")];
        let count = |number: Option<&str>, feed: Option<&str>, reason: Option<&str>| {
            let [number, feed, reason] = [number, feed, reason].map(|text| text.map(str::to_owned));
            chosen(all(), &Choice { number, feed, reason, yes: true }).len()
        };
        assert_eq!(count(None, None, None), 3);
        assert_eq!(count(Some("so-1"), None, None), 1);
        assert_eq!(count(None, Some("orders"), Some("CITY")), 1);
        assert_eq!(count(Some("SO-1"), Some("stock"), None), 0);
    }

    #[test]
    fn an_index_item_says_whose_it_is() {
        let due = item("due#orders#001772000000000#k#1", json!({ "feed": "orders", "key": "k#1" }));
        assert_eq!(pointed_at(&due).unwrap(), "ledger#orders#k#1");
        let left = item("due-left-back#stock#A", json!({ "back": "stock", "key": "A" }));
        assert_eq!(pointed_at(&left).unwrap(), "back#stock#A");
    }

    #[test]
    fn an_index_item_too_many_is_left_out() {
        assert!(read("a", "ledger#", item("ledger#orders#1", json!({ "outcome": "created" }))).is_none());
    }
}
