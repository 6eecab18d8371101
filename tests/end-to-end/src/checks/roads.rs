//! The main job, for every ERP.

use bridge::words::outcome::Outcome;

use super::{Stage, ensure};
use crate::Result;
use crate::scenario::{Scenario, Source};
use crate::warehouse::Warehouse;

/// Onboarding by item and secrets, then one tick: Ongoing has what the ERP has, and nothing it should not have.
///
/// # Errors
/// What is not so.
pub async fn everything_arrives_as_the_erp_has_it(stage: &Stage) -> Result {
    for scenario in &stage.scenarios {
        scenario.fill().await?;
        scenario.onboard(&stage.stack).await?;
    }
    let ticks = stage.tick().await?;
    for (scenario, tick) in stage.scenarios.iter().zip(&ticks) {
        let sources = scenario.in_erp().await?;
        let wanted = sources.iter().filter(|source| source.wanted.is_some()).count();
        ensure(wanted > 0 && wanted < sources.len(), || format!("{}: the company shows nothing", scenario.label))?;
        equal(scenario, &sources, &stage.warehouse(scenario).await?)?;
        let created = tick.count(Outcome::Created);
        ensure(created == wanted, || format!("{}: {created} created instead of {wanted}", scenario.label))?;
        ensure(tick.writes == wanted as u64, || format!("{}: {} writes for {wanted}", scenario.label, tick.writes))?;
    }
    Ok(())
}

/// A tick without a change writes nothing and notes nothing.
///
/// # Errors
/// What is not so.
pub async fn a_tick_without_a_change_writes_nothing(stage: &Stage) -> Result {
    let ticks = stage.tick().await?;
    for (scenario, tick) in stage.scenarios.iter().zip(&ticks) {
        ensure(tick.writes == 0, || format!("{}: {} writes", scenario.label, tick.writes))?;
        ensure(tick.arrivals.is_empty(), || format!("{}: {:?}", scenario.label, tick.arrivals))?;
    }
    Ok(())
}

/// Each record that changed is written once; the others not at all.
///
/// # Errors
/// What is not so.
pub async fn each_change_is_one_write(stage: &Stage) -> Result {
    let mut before = Vec::new();
    for scenario in &stage.scenarios {
        before.push(scenario.in_erp().await?);
        for act in &scenario.changes {
            scenario.act(act).await?;
        }
    }
    let ticks = stage.tick().await?;
    for ((scenario, tick), before) in stage.scenarios.iter().zip(&ticks).zip(&before) {
        let sources = scenario.in_erp().await?;
        let as_before = |source: &&Source| {
            let old = before.iter().find(|old| (old.feed, &old.key) == (source.feed, &source.key));
            source.wanted.is_none() || old.is_some_and(|old| old.wanted == source.wanted)
        };
        let changed = sources.iter().filter(|source| !as_before(source)).count();
        ensure(changed > 1, || format!("{}: the changes change nothing", scenario.label))?;
        ensure(tick.writes == changed as u64, || format!("{}: {} writes for {changed}", scenario.label, tick.writes))?;
        let (created, updated) = (tick.count(Outcome::Created), tick.count(Outcome::Updated));
        ensure(created > 0 && updated > 0, || format!("{}: {created} created, {updated} updated", scenario.label))?;
        equal(scenario, &sources, &stage.warehouse(scenario).await?)?;
    }
    Ok(())
}

/// What cannot be mapped is parked with a reason that names the member; it came with the changes above, which arrived.
///
/// # Errors
/// What is not so.
pub async fn what_cannot_be_mapped_is_parked_with_the_member(stage: &Stage) -> Result {
    for scenario in &stage.scenarios {
        let ledger = stage.stack.ledger(&scenario.tenant_id).await?;
        let parked: Vec<_> = ledger.values().filter(|entry| entry.outcome == Some(Outcome::Parked)).collect();
        ensure(parked.len() == scenario.parks.len(), || format!("{}: {} are parked", scenario.label, parked.len()))?;
        for (number, member) in &scenario.parks {
            let entry = parked.iter().find(|entry| entry.number.as_deref() == Some(number));
            let reason = entry.and_then(|entry| entry.reason.as_deref()).unwrap_or_default();
            ensure(reason.contains(member), || format!("{}: {number} is parked because: {reason:?}", scenario.label))?;
        }
    }
    Ok(())
}

/// Ongoing has exactly what the ERP's records ask for.
pub(super) fn equal(scenario: &Scenario, sources: &[Source], warehouse: &Warehouse) -> Result {
    for source in sources {
        let there = warehouse.records.get(&(source.feed, source.number.clone()));
        ensure(there == source.wanted.as_ref(), || {
            let wanted = &source.wanted;
            format!("{}: {} {}: {there:?} instead of {wanted:?}", scenario.label, source.feed, source.number)
        })?;
    }
    let wanted = sources.iter().filter(|source| source.wanted.is_some()).count();
    ensure(warehouse.records.len() == wanted, || {
        format!("{}: {} records in Ongoing instead of {wanted}", scenario.label, warehouse.records.len())
    })
}
