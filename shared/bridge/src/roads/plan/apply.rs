//! Doing what was planned: the very records that were read, or none of them and the names of those that moved.

use std::collections::HashMap;

use serde::Serialize;

use super::read::{FeedReading, Reading};
use super::{Plan, Planned, Progress, Step, assess, read_only};
use crate::ports::{Ports, Run};
use crate::roads::pull;
use crate::state::cursor;
use crate::state::ledger::Ledger;
use crate::state::pull_lease::{HANDING_OUT, PullLease, Taken, Work};
use crate::tenant::Tenant;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::outcome::Outcome;

/// A record, or a whole feed, that is not as it was planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Moved {
    /// Of which feed.
    pub feed: Feed,
    /// The ERP's own id; left out where it is the feed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Article or order number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What is different.
    pub why: String,
}

/// Why nothing was done.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    /// Something moved in between.
    #[error("{} moved since the plan was made", .0.len())]
    Moved(Vec<Moved>),
    /// A feed could not be read to its end.
    #[error("the plan is not whole: {0}")]
    NotWhole(String),
    /// It could not be looked at, or the item not be stored.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The item is stored, and the handing out broke off: what was handed out until then is safe, and the next pull goes on
    /// from there.
    #[error("the item is stored, and the handing out broke off: {0}")]
    BrokeOff(Fault),
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Applied {
    /// Feed by feed.
    pub feeds: Vec<(Feed, pull::Counts)>,
}

/// Assesses `reading` once more and compares it with `plan`; when nothing moved, calls `store`, which puts the tenant item
/// where the functions find it, and hands out the records. Those of a tenant that is not enabled are not handed out.
///
/// # Errors
/// [`Refused`]; nothing was written then, unless it is [`Refused::BrokeOff`].
pub async fn apply(
    ports: &Ports,
    run: &Run,
    tenant: &Tenant,
    reading: Reading,
    plan: &Plan,
    store: impl AsyncFnOnce() -> Result<()>,
    progress: &dyn Fn(Progress),
) -> Result<Applied, Refused> {
    let now = assess(&read_only(ports, &tenant.tenant_id), run, tenant, &reading, progress).await?;
    for feed in plan.feeds.iter().chain(&now.feeds) {
        if let Some(fault) = &feed.fault {
            return Err(Refused::NotWhole(format!("{}: {fault}", feed.feed)));
        }
    }
    let moved = moved(plan, &now);
    if !moved.is_empty() {
        return Err(Refused::Moved(moved));
    }
    if !tenant.enabled {
        store().await?;
        return Ok(Applied::default());
    }
    let brief = Run { id: run.id.clone(), deadline: ports.clock.now() + HANDING_OUT };
    let mut lease = match PullLease::take(ports, &tenant.tenant_id, Work::Part, None, &brief).await? {
        Taken::Mine(lease) => lease,
        Taken::Held(_) | Taken::Overtaken => return Err(Refused::Moved(at_work(&reading))),
    };
    // From here on no tick pulls the tenant.
    let done = match nothing_was_pulled(ports, tenant, &reading).await {
        Ok(()) => hand_out(ports, &brief, tenant, reading, plan, &mut lease, store).await,
        Err(refused) => Err(refused),
    };
    // One that cannot be given back runs out by itself.
    let _ = lease.give_back(ports).await;
    done
}

fn at_work(reading: &Reading) -> Vec<Moved> {
    let why = "a pull is at work on it";
    let moved = |of: &FeedReading| Moved { feed: of.feed, key: None, number: None, why: why.into() };
    reading.feeds.iter().map(moved).collect()
}

/// Whether no pull was at work on the feeds since they were read.
async fn nothing_was_pulled(ports: &Ports, tenant: &Tenant, reading: &Reading) -> Result<(), Refused> {
    let moved = |feed: Feed, why: &str| Moved { feed, key: None, number: None, why: why.into() };
    for feed in &reading.feeds {
        // A backfill neither reads a cursor nor moves it.
        let backfill = reading.since.is_some();
        if !backfill && cursor::read(ports, &tenant.tenant_id, feed.feed).await?.rev != feed.stored.rev {
            return Err(Refused::Moved(vec![moved(feed.feed, "a pull has moved its cursor")]));
        }
    }
    Ok(())
}

async fn hand_out(
    ports: &Ports,
    run: &Run,
    tenant: &Tenant,
    mut reading: Reading,
    plan: &Plan,
    lease: &mut PullLease,
    store: impl AsyncFnOnce() -> Result<()>,
) -> Result<Applied, Refused> {
    store().await?;
    if reading.replays.is_some() {
        reading.keep_what_is_sent(plan);
        reading.forget_what_was_sent(ports, tenant).await.map_err(Refused::BrokeOff)?;
    }
    let mut applied = Applied::default();
    for FeedReading { feed, stored, pages, .. } in reading.feeds {
        let replayed = pull::replay(ports, run, tenant, reading.since, feed, stored, pages, lease).await;
        applied.feeds.push((feed, replayed.map_err(Refused::BrokeOff)?));
    }
    Ok(applied)
}

/// What is not as it was planned.
fn moved(plan: &Plan, now: &Plan) -> Vec<Moved> {
    let mut moved = Vec::new();
    for feed in &now.feeds {
        let Some(before) = plan.feeds.iter().find(|before| before.feed == feed.feed) else {
            moved.push(Moved { feed: feed.feed, key: None, number: None, why: "it is not in the plan".into() });
            continue;
        };
        if before.from != feed.from || (now.since.is_none() && before.rev != feed.rev) {
            let why = "a pull has moved its cursor".into();
            moved.push(Moved { feed: feed.feed, key: None, number: None, why });
            continue;
        }
        let mut left: HashMap<&str, &Planned> =
            before.records.iter().map(|record| (record.key.as_str(), record)).collect();
        let named = |record: &Planned, why: String| Moved {
            feed: feed.feed,
            key: Some(record.key.clone()),
            number: record.number.clone(),
            why,
        };
        for record in &feed.records {
            match left.remove(record.key.as_str()) {
                None => moved.push(named(record, "it came after the plan was made".into())),
                Some(before) => moved.extend(different(before, record).map(|why| named(record, why))),
            }
        }
        moved.extend(left.values().map(|record| named(record, "the ERP no longer shows it here".into())));
    }
    for before in &plan.feeds {
        if !now.feeds.iter().any(|feed| feed.feed == before.feed) {
            moved.push(Moved { feed: before.feed, key: None, number: None, why: "it is switched off now".into() });
        }
    }
    moved
}

fn different(before: &Planned, now: &Planned) -> Option<String> {
    if before.version != now.version || before.fingerprint != now.fingerprint {
        return Some("it was changed in the ERP".into());
    }
    if before.step == now.step {
        return None;
    }
    let (was, is) = (before.step.word(), now.step.word());
    Some(if was == is { "it was changed in Ongoing".into() } else { format!("{was} was planned, now it is {is}") })
}

/// What became of a planned record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Became {
    /// Of which feed.
    pub feed: Feed,
    /// The ERP's own id.
    pub key: String,
    /// Article or order number.
    pub number: Option<String>,
    /// What was planned.
    pub planned: &'static str,
    /// What became of it; `None` while it is under way. As planned, it is told in the plan's own terms.
    pub outcome: Option<Outcome>,
    /// Why, where there is a why.
    pub reason: Option<String>,
    /// Whether it is as it was planned.
    pub as_planned: bool,
}

/// What became of the records that a plan hands out, by the ledger.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn became(ports: &Ports, plan: &Plan) -> Result<Vec<Became>> {
    let ledger = Ledger::new(ports, &plan.tenant_id);
    let mut all = Vec::new();
    for feed in &plan.feeds {
        let sent: Vec<&Planned> = feed.records.iter().filter(|record| record.step.is_sent()).collect();
        let keys: Vec<String> = sent.iter().map(|record| record.key.clone()).collect();
        let mut entries = ledger.read(feed.feed, &keys).await?;
        for record in sent {
            let entry = entries.remove(&record.key).unwrap_or_default().entry;
            let newer = entry.seen.as_ref().is_some_and(|seen| seen.version > record.version);
            let outcome = entry.outcome.filter(|outcome| *outcome != Outcome::Queued);
            let fits = outcome.is_none_or(|outcome| record.step.fits(outcome)) && !newer;
            let outcome = outcome.map(|outcome| if fits { record.step.outcome(outcome) } else { outcome });
            all.push(Became {
                feed: feed.feed,
                key: record.key.clone(),
                number: record.number.clone(),
                planned: record.step.word(),
                outcome,
                reason: if newer { Some("a newer version came in between".into()) } else { entry.reason },
                as_planned: fits,
            });
        }
    }
    Ok(all)
}

impl Step {
    /// Whether it goes to the import.
    fn is_sent(&self) -> bool {
        matches!(self, Self::Create | Self::Update { .. } | Self::Cancel { .. } | Self::Blocked { .. })
    }

    /// What the plan calls an outcome that fits: what was in Ongoing before the first import of it was updated, though the
    /// ledger, which had not seen it, calls it created.
    fn outcome(&self, noted: Outcome) -> Outcome {
        match self {
            Self::Create => Outcome::Created,
            Self::Update { .. } => Outcome::Updated,
            _ => noted,
        }
    }

    /// Whether an outcome is what was planned. The ledger tells first from later imports, the plan what is in Ongoing.
    fn fits(&self, outcome: Outcome) -> bool {
        match self {
            Self::Create | Self::Update { .. } => {
                matches!(outcome, Outcome::Created | Outcome::Updated | Outcome::Unchanged)
            }
            Self::Cancel { .. } => outcome == Outcome::Cancelled,
            Self::Blocked { .. } => outcome == Outcome::Blocked,
            Self::Unchanged | Self::Rejected { .. } | Self::Filtered { .. } => true,
        }
    }
}
