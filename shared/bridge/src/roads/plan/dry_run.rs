//! What was read, held against the ledger as a pull does, and against Ongoing as an import does.

use std::collections::HashMap;

use jiff::Timestamp;

use super::read::{FeedReading, Reading};
use super::{FeedPlan, Plan, Planned, Progress, Step};
use crate::ports::{Ports, Run};
use crate::roads::import::dry_run::{DryRun, Verdict};
use crate::roads::pull::decision::{self, Decision};
use crate::roads::pull::page::withdrawal;
use crate::state::ledger::{Ledger, Stored};
use crate::systems::erp::{Change, What};
use crate::systems::ongoing::{Ongoing, map};
use crate::tenant::{Tenant, ValueMap};
use crate::words::domain::Record;
use crate::words::envelope::Envelope;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

/// Records assessed with one read of the ledger, and articles with one call to Ongoing.
const CHUNK: usize = 50;

/// Assesses what was read.
///
/// # Errors
/// When the state or Ongoing cannot be read.
pub async fn assess(
    ports: &Ports,
    run: &Run,
    tenant: &Tenant,
    reading: &Reading,
    progress: &dyn Fn(Progress),
) -> Result<Plan> {
    let made_at = ports.clock.now();
    let ongoing = Ongoing::new(ports, tenant, run.deadline);
    let ledger = Ledger::new(ports, &tenant.tenant_id);
    let dry_run = DryRun::new(&ongoing, &ledger, tenant);
    let (backfill, maps) = (reading.since.is_some(), tenant.settings.values.as_slice());
    let whatever_was_sent = reading.replays == Some(true);
    let mut assessment =
        Assessment { ledger: &ledger, dry_run, backfill, whatever_was_sent, now: made_at, maps, progress };
    let mut feeds = Vec::new();
    for feed in &reading.feeds {
        feeds.push(FeedPlan {
            feed: feed.feed,
            from: feed.from.clone(),
            rev: feed.stored.rev,
            records: assessment.feed(feed).await?,
            parked: parked(ports, &tenant.tenant_id, feed.feed).await?,
            fault: feed.fault.clone().map(|fault| fault.named(tenant.erp.kind.word()).to_string()),
            unauthorized: matches!(feed.fault, Some(Fault::Unauthorized(_))),
        });
    }
    Ok(Plan { v: Plan::VERSION, tenant_id: tenant.tenant_id.clone(), made_at, since: reading.since, feeds })
}

/// Counted by their index alone: looking at each would take some of them up.
async fn parked(ports: &Ports, tenant_id: &str, feed: Feed) -> Result<usize> {
    let mut parked = 0;
    for index in ["due", "parked"] {
        let prefix = format!("{index}#{feed}#");
        parked += ports.state.list(&Tenant::partition(tenant_id), &prefix, FeedPlan::PARKED).await?.len();
    }
    Ok(parked.min(FeedPlan::PARKED))
}

struct Assessment<'a> {
    ledger: &'a Ledger<'a>,
    dry_run: DryRun<'a>,
    backfill: bool,
    /// What was handed out before is held against Ongoing all the same.
    whatever_was_sent: bool,
    now: Timestamp,
    maps: &'a [ValueMap],
    progress: &'a dyn Fn(Progress),
}

impl Assessment<'_> {
    async fn feed(&mut self, reading: &FeedReading) -> Result<Vec<Planned>> {
        let changes = newest(reading);
        let mut planned = Vec::with_capacity(changes.len());
        for chunk in changes.chunks(CHUNK) {
            let keys: Vec<String> = chunk.iter().map(|change| change.key.clone()).collect();
            let mut entries = self.ledger.read(reading.feed, &keys).await?;
            let chunk: Vec<_> =
                chunk.iter().map(|change| (*change, entries.remove(&change.key).unwrap_or_default())).collect();
            self.read_ahead(&chunk).await.map_err(of_ongoing)?;
            for (change, stored) in &chunk {
                planned.push(self.record(reading.feed, change, stored).await?);
            }
            (self.progress)(Progress::Assessed(reading.feed, planned.len(), changes.len()));
        }
        Ok(planned)
    }

    /// The articles of a chunk, and those that its orders name, with one call.
    async fn read_ahead(&mut self, chunk: &[(&Change, Stored)]) -> Result<()> {
        let mut numbers: Vec<String> = Vec::new();
        for (change, stored) in chunk {
            let What::Import(record) = &change.what else { continue };
            if self.unchanged(change, stored, &record.fingerprint()) {
                continue;
            }
            numbers.extend(record.article_numbers().map(str::to_owned).filter(|number| !self.dry_run.knows(number)));
        }
        numbers.sort_unstable();
        numbers.dedup();
        for some in numbers.chunks(CHUNK) {
            self.dry_run.read_articles(some).await?;
        }
        Ok(())
    }

    fn unchanged(&self, change: &Change, stored: &Stored, fingerprint: &str) -> bool {
        !self.whatever_was_sent
            && decision::mapped(&stored.entry, &change.version, fingerprint, self.backfill, self.now)
                == Decision::Unchanged
    }

    async fn record(&mut self, feed: Feed, change: &Change, stored: &Stored) -> Result<Planned> {
        let mut planned = Planned {
            key: change.key.clone(),
            number: change.number.clone().or_else(|| stored.entry.number.clone()),
            version: change.version.clone(),
            fingerprint: None,
            marks: Vec::new(),
            step: Step::Unchanged,
        };
        planned.step = match &change.what {
            What::Known => Step::Unchanged,
            What::Filtered(reason) | What::Gone(reason) => Step::Filtered { reason: reason.clone() },
            What::Parked(reason) => Step::Rejected { reason: reason.clone() },
            What::Unread(fault) => Step::Rejected { reason: format!("could not be read: {fault}") },
            What::Withdrawn(reason) => {
                match decision::withdrawn(&stored.entry, &change.version, self.backfill, self.now) {
                    Decision::Withdraw(_) => {
                        let there = stored.entry.ongoing.as_ref().map(|there| there.number.clone());
                        let number = there.or_else(|| planned.number.clone()).unwrap_or_default();
                        let record = Record::Withdrawal(withdrawal(&change.key, number, reason));
                        step(self.dry_run.assess(feed, stored, &record).await.map_err(of_ongoing)?)
                    }
                    _ => Step::Filtered { reason: reason.clone() },
                }
            }
            What::Import(record) => {
                let fingerprint = record.fingerprint();
                planned.number = planned.number.or_else(|| Some(record.number().to_owned()));
                planned.fingerprint = Some(fingerprint.clone());
                planned.marks = marks(record, self.maps);
                let step = if self.unchanged(change, stored, &fingerprint) {
                    Step::Unchanged
                } else if let Some(reason) = too_large(record) {
                    Step::Rejected { reason }
                } else {
                    step(self.dry_run.assess(feed, stored, record).await.map_err(of_ongoing)?)
                };
                if let (Record::Article(article), false) = (&**record, matches!(step, Step::Rejected { .. })) {
                    self.dry_run.arrives(&change.key, &article.article_number);
                }
                step
            }
        };
        Ok(planned)
    }
}

/// A person has to know which of the two systems refused.
fn of_ongoing(fault: Fault) -> Fault {
    fault.named("ongoing")
}

/// What is to be known of a record beside what would be done with it.
fn marks(record: &Record, maps: &[ValueMap]) -> Vec<String> {
    let seen = match record {
        Record::Order(order) => order.first_seen_as.as_ref(),
        Record::Article(_) | Record::PurchaseOrder(_) | Record::Withdrawal(_) => None,
    };
    let seen =
        seen.map(|word| format!("it is {word} when it is first seen, and comes in all the same (first_seen_sent)"));
    let nothing = || "nothing".to_owned();
    let mapped = map::mapped_values(record, maps).unwrap_or_default().into_iter().map(|told| {
        let after = told.after.map_or_else(nothing, |after| after.to_string());
        format!("{}: {} -> {after} (/settings/values/{})", told.path, told.before, told.rule)
    });
    seen.into_iter().chain(mapped).collect()
}

/// The last version of every record, in the place of its last reading.
fn newest(reading: &FeedReading) -> Vec<&Change> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut kept: Vec<Option<&Change>> = Vec::new();
    for change in reading.pages.iter().flat_map(|page| &page.changes) {
        let before = places.get(change.key.as_str()).copied();
        if before.and_then(|at| kept[at]).is_some_and(|before| before.version > change.version) {
            continue;
        }
        if let Some(at) = before {
            kept[at] = None;
        }
        places.insert(&change.key, kept.len());
        kept.push(Some(change));
    }
    kept.into_iter().flatten().collect()
}

/// The queue's own limit, with room for the names around the record.
fn too_large(record: &Record) -> Option<String> {
    const NAMES: usize = 4 * 1024;
    let size = serde_json::to_string(record).map_or(usize::MAX, |text| text.len());
    (size > Envelope::LARGEST - NAMES).then(|| format!("the record is too large for the queue: {size} bytes"))
}

fn step(verdict: Verdict) -> Step {
    match verdict {
        Verdict::Create => Step::Create,
        Verdict::Update(changes, unseen) => Step::Update { changes, unseen },
        Verdict::Cancel(reason) => Step::Cancel { reason },
        Verdict::Same => Step::Unchanged,
        Verdict::Blocked(reason) => Step::Blocked { reason },
        Verdict::Rejected(reason) => Step::Rejected { reason },
    }
}
