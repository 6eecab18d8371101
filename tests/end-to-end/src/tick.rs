//! Runs one tick of the schedule and observes it: what became of every record, and how long it took.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bridge::state::ledger::Entry;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;

use crate::Result;
use crate::ledger::Key;
use crate::scenario::Scenario;
use crate::stack::Stack;
use crate::vendor::Vendor;
use crate::warehouse::Warehouse;

/// What became of one record in a tick.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Its outcome.
    pub outcome: Outcome,
    /// Why, where there is a why.
    pub reason: Option<String>,
    /// Since the tick began.
    pub after: Duration,
}

/// What a tick did for one tenant.
#[derive(Debug, Default)]
pub struct Tick {
    /// What was dealt with; the rest was as it had been.
    pub arrivals: BTreeMap<Key, Arrival>,
    /// Accepted writes at Ongoing.
    pub writes: u64,
    /// Until nothing was under way any more.
    pub took: Duration,
}

impl Tick {
    /// How many records came to this outcome.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.arrivals.values().filter(|arrival| arrival.outcome == outcome).count()
    }
}

/// How far a tick is with one tenant.
pub struct TickProgress<'a> {
    /// The scenario's place in the list.
    pub scenario: usize,
    /// Records that it has dealt with.
    pub arrived: usize,
    /// Records that are still on the queue.
    pub waiting: usize,
    /// The record that came to its outcome last.
    pub last: Option<(&'a Entry, &'a Arrival)>,
}

/// Runs one tick for all scenarios at once, and tells `watch` how it goes.
///
/// # Errors
/// When a function fails, or the queues never become quiet.
pub async fn run(stack: &Stack, scenarios: &[Scenario], mut watch: impl FnMut(&TickProgress<'_>)) -> Result<Vec<Tick>> {
    let ongoing = Vendor::named("ongoing")?;
    let mut ticks: Vec<Tick> = Vec::new();
    let mut before: Vec<BTreeMap<Key, Entry>> = Vec::new();
    for scenario in scenarios {
        before.push(stack.ledger(&scenario.tenant_id).await?);
        let writes = Warehouse::of(&ongoing, scenario.goods_owner).await?.writes;
        ticks.push(Tick { writes, ..Tick::default() });
    }
    let kinds: Vec<Kind> = scenarios.iter().map(|scenario| scenario.kind).collect();
    let began = Instant::now();
    for kind in &kinds {
        stack.schedule(*kind).await?;
    }
    stack
        .until_quiet(&kinds, async || {
            for (place, scenario) in scenarios.iter().enumerate() {
                let ledger = stack.ledger(&scenario.tenant_id).await?;
                observe(place, &before[place], &ledger, began, &mut ticks[place], &mut watch);
            }
            Ok(())
        })
        .await?;
    for (tick, scenario) in ticks.iter_mut().zip(scenarios) {
        tick.took = began.elapsed();
        tick.writes = Warehouse::of(&ongoing, scenario.goods_owner).await?.writes - tick.writes;
    }
    Ok(ticks)
}

fn observe(
    scenario: usize,
    before: &BTreeMap<Key, Entry>,
    ledger: &BTreeMap<Key, Entry>,
    began: Instant,
    tick: &mut Tick,
    watch: &mut impl FnMut(&TickProgress<'_>),
) {
    let mut last = None;
    let mut waiting = 0;
    for (key, entry) in ledger {
        let Some(outcome) = entry.outcome else { continue };
        if outcome == Outcome::Queued {
            waiting += 1;
            continue;
        }
        let as_before = before.get(key).is_some_and(|old| {
            old.outcome == entry.outcome && mapped(old) == mapped(entry) && old.settled == entry.settled
        });
        let noted = tick.arrivals.get(key).is_some_and(|arrival| arrival.outcome == outcome);
        if as_before || noted {
            continue;
        }
        let arrival = Arrival { outcome, reason: entry.reason.clone(), after: began.elapsed() };
        tick.arrivals.insert(key.clone(), arrival);
        last = Some((key, entry));
    }
    let last = last.and_then(|(key, entry)| Some((entry, tick.arrivals.get(key)?)));
    watch(&TickProgress { scenario, arrived: tick.arrivals.len(), waiting, last });
}

/// What a pull made of a record: its version moves with every change in the ERP, also with one that is nobody's affair here.
fn mapped(entry: &Entry) -> Option<(Option<&str>, bool)> {
    entry.seen.as_ref().map(|seen| (seen.fingerprint.as_deref(), seen.withdrawn))
}
