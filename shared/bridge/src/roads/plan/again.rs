//! A replay: records are read again from the ERP and mapped as they would be now, held against the ledger or against Ongoing,
//! and what differs is handed out once more. A plan first, as for a pull ([`super::assess`], [`super::apply`]); no cursor moves.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use super::read::{FeedReading, Reading, begins, feed, first};
use super::{Plan, Progress, Step};
use crate::http::MARGIN;
use crate::ports::{Ports, Run};
use crate::state::cursor;
use crate::state::ledger::{Entry, Ledger};
use crate::systems::erp::{Page, What};
use crate::systems::erps;
use crate::tenant::Tenant;
use crate::words::cursor::Cursor;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

/// Records read by their keys in one go.
const READ: usize = 200;

/// More entries of a ledger than any has.
const ALL: usize = 10_000_000;

/// Which records are replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those with these keys in the ERP, feed by feed. They go out where Ongoing shows something else.
    Keys(Vec<(Feed, Vec<String>)>),
    /// All that the ERP shows as changed since then. They go out where Ongoing shows something else.
    Since(Timestamp),
    /// All of the feeds, from where the tenant's first pull began or from this moment on: those that are mapped to something
    /// else than what was handed out.
    Changed(Option<Timestamp>),
}

/// Reads the records of a replay, of these feeds alone.
///
/// # Errors
/// When the state cannot be read.
pub async fn read_again(
    ports: &Ports,
    run: &Run,
    tenant: &Tenant,
    which: &Which,
    feeds: &[Feed],
    progress: &dyn Fn(Progress),
) -> Result<Reading> {
    let whatever_was_sent = !matches!(which, Which::Changed(_));
    let mut reading = Reading { since: None, feeds: Vec::new(), replays: Some(whatever_was_sent) };
    // A replay moves no cursor and offers what waits, as a backfill.
    let begins = begins(ports, tenant).await?;
    reading.since = Some(match which {
        Which::Keys(_) | Which::Changed(None) => begins,
        Which::Since(since) | Which::Changed(Some(since)) => *since,
    });
    for feed_wanted in tenant.feeds().into_iter().filter(|feed| feeds.contains(feed)) {
        let read = match which {
            Which::Keys(keys) => {
                let Some((_, keys)) = keys.iter().find(|(of, keys)| *of == feed_wanted && !keys.is_empty()) else {
                    continue;
                };
                by_key(ports, run, tenant, feed_wanted, keys, progress).await?
            }
            Which::Since(since) | Which::Changed(Some(since)) => {
                feed(ports, run, tenant, feed_wanted, Cursor::Since(*since), true, progress).await?
            }
            Which::Changed(None) => {
                let from = first(ports, tenant, feed_wanted).await?;
                feed(ports, run, tenant, feed_wanted, from, true, progress).await?
            }
        };
        let stop = matches!(read.fault, Some(Fault::Unauthorized(_)));
        reading.feeds.push(read);
        if stop {
            break;
        }
    }
    Ok(reading)
}

async fn by_key(
    ports: &Ports,
    run: &Run,
    tenant: &Tenant,
    feed: Feed,
    keys: &[String],
    progress: &dyn Fn(Progress),
) -> Result<FeedReading> {
    let erp = erps::connect(ports, tenant, run.deadline);
    let stored = cursor::read(ports, &tenant.tenant_id, feed).await?;
    let mut reading = FeedReading { feed, stored, from: Cursor::Beginning, pages: Vec::new(), fault: None };
    let (mut read, mut left) = (0, keys.to_vec());
    while !left.is_empty() {
        if ports.clock.now() + MARGIN > run.deadline {
            reading.fault = Some(Fault::unavailable("there is more than could be read in the time"));
            break;
        }
        let some: Vec<String> = left.drain(..left.len().min(READ)).collect();
        let changes = match erp.read(feed, &some).await {
            Ok(changes) => changes,
            Err(fault) => {
                reading.fault = Some(fault);
                break;
            }
        };
        let answered: HashSet<&str> = changes.iter().map(|change| change.key.as_str()).collect();
        // Keys are left out for want of time alone.
        if some.iter().any(|key| !answered.contains(key.as_str())) {
            reading.fault = Some(Fault::unavailable("there is more than could be read in the time"));
        }
        read += changes.len();
        progress(Progress::Read(feed, read));
        reading.pages.push(Page { changes, cursor: Cursor::Beginning, more: false });
        if reading.fault.is_some() {
            break;
        }
    }
    Ok(reading)
}

impl Reading {
    /// Whether the ERP showed no record at all: each that was asked for is gone there, or could not be read.
    #[must_use]
    pub fn is_without_records(&self) -> bool {
        let mut changes = self.feeds.iter().flat_map(|feed| &feed.pages).flat_map(|page| &page.changes);
        changes.all(|change| matches!(change.what, What::Gone(_) | What::Unread(_)))
    }

    /// Leaves what a plan does not send.
    pub(super) fn keep_what_is_sent(&mut self, plan: &Plan) {
        for feed in &mut self.feeds {
            let planned = plan.feeds.iter().find(|planned| planned.feed == feed.feed);
            let sent: HashSet<&str> = planned
                .into_iter()
                .flat_map(|planned| &planned.records)
                .filter(|record| is_sent(&record.step))
                .map(|record| record.key.as_str())
                .collect();
            for page in &mut feed.pages {
                page.changes.retain(|change| sent.contains(change.key.as_str()));
            }
        }
    }

    /// Has the ledger forget that what is left was sent before, or neither a pull nor an import would send the same again.
    pub(super) async fn forget_what_was_sent(&self, ports: &Ports, tenant: &Tenant) -> Result<()> {
        let ledger = Ledger::new(ports, &tenant.tenant_id);
        for feed in &self.feeds {
            for change in feed.pages.iter().flat_map(|page| &page.changes) {
                let stored = ledger.get(feed.feed, &change.key).await?;
                ledger.update(feed.feed, &change.key, stored, Entry::forget_what_was_sent).await?;
            }
        }
        Ok(())
    }
}

/// What a replay hands out: nothing that the warehouse keeps as it is.
fn is_sent(step: &Step) -> bool {
    matches!(step, Step::Create | Step::Update { .. } | Step::Cancel { .. })
}

/// How many records of a plan would go out, of how many, and how often each member would be another; the most often first.
#[must_use]
pub fn members(plan: &Plan) -> (usize, usize, Vec<(String, usize)>) {
    let records = || plan.feeds.iter().flat_map(|feed| &feed.records);
    let mut members: BTreeMap<String, usize> = BTreeMap::new();
    for record in records() {
        if let Step::Update { changes, .. } = &record.step {
            let paths: HashSet<String> = changes.iter().map(|change| of_any_row(&change.path)).collect();
            for path in paths {
                *members.entry(path).or_default() += 1;
            }
        }
    }
    let mut members: Vec<(String, usize)> = members.into_iter().collect();
    members.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    (records().filter(|record| is_sent(&record.step)).count(), records().count(), members)
}

/// `/orderLines/3/articleName` as `/orderLines/*/articleName`.
fn of_any_row(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.parse::<usize>().is_ok() { "*" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Keys in the ledger, feed by feed, of the records whose reason has a text in it, in any spelling: what is parked, left out
/// or kept by the warehouse.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn with_reason(
    ports: &Ports,
    tenant_id: &str,
    feeds: &[Feed],
    text: &str,
) -> Result<Vec<(Feed, Vec<String>)>> {
    let text = text.to_lowercase();
    let says = |entry: &Entry| entry.reason.as_ref().is_some_and(|reason| reason.to_lowercase().contains(&text));
    keys(ports, tenant_id, feeds, says).await
}

/// Keys in the ledger, feed by feed, of the records with a number, in any spelling, or with this key.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn numbered(
    ports: &Ports,
    tenant_id: &str,
    feeds: &[Feed],
    number: &str,
) -> Result<Vec<(Feed, Vec<String>)>> {
    let is = |entry: &Entry| entry.number.as_ref().is_some_and(|known| known.eq_ignore_ascii_case(number));
    let mut found = keys(ports, tenant_id, feeds, is).await?;
    if found.is_empty() {
        // What was never pulled is asked for by its key in the ERP. A supplier is read with its articles, never by its key.
        let read = feeds.iter().filter(|feed| **feed != Feed::Suppliers);
        found = read.map(|feed| (*feed, vec![number.to_owned()])).collect();
    }
    Ok(found)
}

async fn keys(
    ports: &Ports,
    tenant_id: &str,
    feeds: &[Feed],
    wanted: impl Fn(&Entry) -> bool,
) -> Result<Vec<(Feed, Vec<String>)>> {
    let mut found = Vec::new();
    for feed in feeds {
        let prefix = format!("ledger#{feed}#");
        let items = ports.state.list(&Tenant::partition(tenant_id), &prefix, ALL).await?;
        let key = |item: crate::ports::Item| {
            let entry: Entry = serde_json::from_value(item.body).ok()?;
            wanted(&entry).then(|| item.sk.strip_prefix(&prefix).map(str::to_owned))?
        };
        let keys: Vec<String> = items.into_iter().filter_map(key).collect();
        if !keys.is_empty() {
            found.push((*feed, keys));
        }
    }
    Ok(found)
}
