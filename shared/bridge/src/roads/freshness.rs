//! How long records take: from their change in the ERP to the warehouse, and from their shipment back to the ERP. Nothing
//! is stored for it beyond what the ledger and the journal have; what they have is read when somebody asks. What changed
//! before its feed was read for the first time, or was brought by a backfill or a replay, says nothing of how fresh the feed
//! is: it is told how many these are.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future;
use jiff::Timestamp;
use serde::Serialize;

use crate::ports::{Item, Ports};
use crate::state::cursor;
use crate::state::health::{self, Health};
use crate::state::journal::{Back, Note};
use crate::state::ledger::Entry;
use crate::systems::erps::changed_at;
use crate::tenant::Tenant;
use crate::words::fault::Result;
use crate::words::feed::Feed;
use crate::words::kind::Kind;
use crate::words::outcome::Outcome;

/// Days that are looked at.
pub const DAYS: u32 = 7;

/// Records of a feed that are looked at for a person who waits for a command.
pub const OF_A_COMMAND: usize = 5_000;

/// Records of a feed that are looked at for a page.
pub const OF_A_PAGE: usize = 300;

/// Seconds by which the ERP's clock may be ahead of ours.
const CLOCKS: i64 = 300;

/// How long the records of a feed took, or the reports of shipments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Took {
    /// Those that are there.
    pub records: usize,
    /// What half of them took at most, in seconds.
    pub p50_seconds: Option<i64>,
    /// What 95 of 100 took at most, in seconds.
    pub p95_seconds: Option<i64>,
    /// Those that are still on their way or set aside.
    pub not_there: usize,
    /// Those that are there and not counted: they changed before the first run, or a backfill or a replay brought them.
    pub not_counted: usize,
}

/// How long the records of a tenant took.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Freshness {
    /// Days that were looked at.
    pub days: u32,
    /// From the change in the ERP to the warehouse.
    pub to_warehouse: BTreeMap<Feed, Took>,
    /// From the shipment to the ERP, where shipments are reported.
    pub to_erp: Option<Took>,
    /// Whether there may be more than was looked at.
    pub is_sample: bool,
}

impl Took {
    /// Of how long each took, in seconds, and how many are not there.
    #[must_use]
    pub fn of(mut seconds: Vec<i64>, not_there: usize) -> Self {
        seconds.sort_unstable();
        let percentile = |percent| percentile(&seconds, percent);
        let (records, p50_seconds, p95_seconds) = (seconds.len(), percentile(50), percentile(95));
        Self { records, p50_seconds, p95_seconds, not_there, not_counted: 0 }
    }
}

/// The least of them, in order, which so many of 100 do not exceed (the nearest rank); `None` of nothing.
fn percentile(sorted: &[i64], percent: usize) -> Option<i64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

/// Of the entries of a feed, those that changed in the ERP from `from` on; `first`: when the feed was first read.
#[must_use]
pub fn to_warehouse<'a>(
    kind: Kind,
    entries: impl IntoIterator<Item = &'a Entry>,
    from: Timestamp,
    first: Option<Timestamp>,
) -> Took {
    let (mut seconds, mut not_there, mut not_counted) = (Vec::new(), 0, 0);
    let since = |version: &str| changed_at(kind, version).filter(|at| *at >= from);
    for entry in entries {
        if matches!(entry.outcome, Some(Outcome::Queued | Outcome::Parked)) {
            not_there += usize::from(entry.seen.as_ref().is_some_and(|seen| since(&seen.version).is_some()));
            continue;
        }
        let Some(settled) = entry.settled.as_ref().filter(|settled| is_there(settled.outcome)) else { continue };
        let Some((changed, at)) = changed_at(kind, &settled.version).zip(settled.at) else { continue };
        let by_hand = entry.handed_out.as_ref().is_some_and(|last| last.by_hand && last.version == settled.version);
        if by_hand || first.is_some_and(|first| changed < first) {
            not_counted += usize::from(at >= from);
            continue;
        }
        // A version that changed nothing leaves the time at which the one before it arrived.
        let took = at.as_second() - changed.as_second();
        seconds.extend((changed >= from && took > -CLOCKS).then_some(took.max(0)));
    }
    Took { not_counted, ..Took::of(seconds, not_there) }
}

/// Whether the warehouse has what the ERP said.
fn is_there(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Created | Outcome::Updated | Outcome::Unchanged | Outcome::Cancelled)
}

/// Of the notes of shipments, those that were shipped from `from` on.
#[must_use]
pub fn to_erp<'a>(notes: impl IntoIterator<Item = &'a Note>, from: Timestamp) -> Took {
    let (mut seconds, mut not_there) = (Vec::new(), 0);
    for note in notes {
        match &note.reported {
            Some(reported) if reported.shipped_at >= from => {
                seconds.push((reported.at.as_second() - reported.shipped_at.as_second()).max(0));
            }
            Some(_) => {}
            None => {
                let parked = note.outcome == Some(Outcome::Parked);
                not_there += usize::from(parked && note.at.is_some_and(|at| at >= from));
            }
        }
    }
    Took::of(seconds, not_there)
}

/// How long a tenant's records took; `most`: records that are looked at of each feed, the last by their keys.
///
/// # Errors
/// When the state table cannot be reached.
pub async fn read(ports: &Ports, tenant: &Tenant, most: usize) -> Result<Freshness> {
    let from = ports.clock.now() - Duration::from_secs(u64::from(DAYS) * 24 * 60 * 60);
    let pk = Tenant::partition(&tenant.tenant_id);
    let seen = cursor::first_seen_before(ports, &tenant.tenant_id);
    let (health, seen) = future::try_join(ports.state.get(&pk, health::SK), seen).await?;
    let health = health.as_ref().and_then(Health::of).unwrap_or_default();
    let mut freshness = Freshness { days: DAYS, ..Freshness::default() };
    for feed in tenant.feeds() {
        let items = ports.state.list_last(&pk, &format!("ledger#{feed}#"), most).await?;
        freshness.is_sample |= items.len() == most;
        let entries: Vec<Entry> = items.into_iter().filter_map(body).collect();
        let first = health.feeds.get(feed.word()).and_then(|health| health.first_at).max(seen);
        freshness.to_warehouse.insert(feed, to_warehouse(tenant.erp.kind, &entries, from, first));
    }
    if tenant.sends_shipments() {
        let items = ports.state.list_last(&pk, &format!("back#{}#", Back::Shipments.word()), most).await?;
        freshness.is_sample |= items.len() == most;
        let notes: Vec<Note> = items.into_iter().filter_map(body).collect();
        freshness.to_erp = Some(to_erp(&notes, from));
    }
    Ok(freshness)
}

/// What cannot be read says nothing of how long it took.
fn body<T: serde::de::DeserializeOwned>(item: Item) -> Option<T> {
    serde_json::from_value(item.body).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn entry(version: &str, settled: Option<&str>, outcome: &str) -> Entry {
        let mut entry = json!({
            "outcome": outcome, "seen": { "version": version, "fingerprint": "f", "at": "2026-03-02T08:00:00Z" },
        });
        if let Some(at) = settled {
            entry["settled"] = json!({
                "version": version, "fingerprint": "f", "queued_at": "2026-03-02T08:00:00Z", "outcome": outcome, "at": at,
            });
        }
        serde_json::from_value(entry).unwrap()
    }

    #[test]
    fn a_percentile_is_what_so_many_of_a_hundred_do_not_exceed() {
        let took = |seconds: Vec<i64>| {
            let took = Took::of(seconds, 0);
            (took.p50_seconds, took.p95_seconds)
        };
        assert_eq!(took(vec![]), (None, None));
        assert_eq!(took(vec![7]), (Some(7), Some(7)));
        assert_eq!(took(vec![4, 1, 3, 2]), (Some(2), Some(4)));
        assert_eq!(took((1..=100).rev().collect()), (Some(50), Some(95)));
        assert_eq!(took((1..=20).collect()), (Some(10), Some(19)));
    }

    #[test]
    fn what_changed_in_the_time_counts_from_its_change_until_it_is_there() {
        let from = at("2026-03-01T00:00:00Z");
        let entries = [
            entry("2026-03-02T07:50:00.000000000Z", Some("2026-03-02T08:00:00Z"), "created"),
            entry("2026-03-02T07:30:00.000000000Z", Some("2026-03-02T08:00:00Z"), "unchanged"),
            // Ahead of our clock, nothing new, before the time, on its way, set aside, left out.
            entry("2026-03-02T08:00:05.000000000Z", Some("2026-03-02T08:00:00Z"), "updated"),
            entry("2026-03-02T09:00:00.000000000Z", Some("2026-03-02T08:00:00Z"), "updated"),
            entry("2025-01-01T00:00:00.000000000Z", Some("2026-03-02T08:00:00Z"), "created"),
            entry("2026-03-02T07:55:00.000000000Z", None, "queued"),
            entry("2026-03-02T07:55:00.000000000Z", Some("2026-03-02T08:00:00Z"), "parked"),
            entry("2025-01-01T00:00:00.000000000Z", None, "parked"),
            entry("2026-03-02T07:00:00.000000000Z", Some("2026-03-02T08:00:00Z"), "filtered"),
        ];
        let took = to_warehouse(Kind::Visma, &entries, from, None);
        let told = Took { records: 3, p50_seconds: Some(600), p95_seconds: Some(1_800), not_there: 2, not_counted: 0 };
        assert_eq!(took, told);
        // One of them changed before the feed was first read, and so did the one of last year.
        let first = Some(at("2026-03-02T07:40:00Z"));
        let told = Took { records: 2, p95_seconds: Some(600), p50_seconds: Some(0), not_counted: 2, ..told };
        assert_eq!(to_warehouse(Kind::Visma, &entries, from, first), told);
    }

    #[test]
    fn what_a_backfill_or_a_replay_brought_is_not_counted_until_it_changes_again() {
        let mut brought = entry("2026-03-02T07:50:00.000000000Z", Some("2026-03-04T08:00:00Z"), "created");
        let by_hand = |version: &str| json!({ "version": version, "fingerprint": "f", "at": "2026-03-04T08:00:00Z", "by_hand": true });
        let told = |entry: &Entry| {
            let took = to_warehouse(Kind::Visma, [entry], at("2026-03-01T00:00:00Z"), None);
            (took.records, took.not_counted)
        };
        assert_eq!(told(&brought), (1, 0));
        for (version, told_as) in [("2026-03-02T07:50:00.000000000Z", (0, 1)), ("2026-03-01T07:50:00Z", (1, 0))] {
            brought.handed_out = serde_json::from_value(by_hand(version)).unwrap();
            assert_eq!(told(&brought), told_as, "{version}");
        }
    }

    #[test]
    fn an_erp_s_local_time_is_a_moment_by_its_own_clock() {
        let entries = [entry("2026-03-02T09:50:00.000000000", Some("2026-03-02T08:00:00Z"), "created")];
        let took = to_warehouse(Kind::Procountor, &entries, at("2026-03-01T00:00:00Z"), None);
        assert_eq!((took.records, took.p50_seconds), (1, Some(600)));
        let odd = [entry("7", Some("2026-03-02T08:00:00Z"), "created")];
        assert_eq!(to_warehouse(Kind::Procountor, &odd, at("2026-03-01T00:00:00Z"), None), Took::default());
    }

    #[test]
    fn a_report_counts_from_the_shipment() {
        let note = |value| serde_json::from_value::<Note>(value).unwrap();
        let notes = [
            note(json!({ "reported": { "shipped_at": "2026-03-02T07:00:00Z", "at": "2026-03-02T07:12:00Z" } })),
            note(json!({ "reported": { "shipped_at": "2026-02-02T07:00:00Z", "at": "2026-03-02T07:12:00Z" } })),
            note(json!({ "outcome": "parked", "at": "2026-03-02T07:00:00Z" })),
            note(json!({ "outcome": "filtered", "at": "2026-03-02T07:00:00Z" })),
        ];
        let took = to_erp(&notes, at("2026-03-01T00:00:00Z"));
        let told = Took { records: 1, p50_seconds: Some(720), p95_seconds: Some(720), not_there: 1, not_counted: 0 };
        assert_eq!(took, told);
    }
}
