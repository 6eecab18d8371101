//! A simulation from its beginning to its judgement.

use std::time::Duration;

use jiff::SignedDuration;

use super::cost::Cost;
use super::fault::What;
use super::hot;
use super::judge::Judge;
use super::outcome::Outcome;
use super::plan::{Act, Plan};
use super::stage::Stage;
use super::stranded;
use super::workload::LARGEST;
use crate::answers;
use crate::world::World;

/// After so many hours of quiet the judge looks, and again while time may mend what is wrong: the longest pause of a record
/// is a day.
const QUIET: [i64; 6] = [1, 2, 4, 8, 16, 31];

/// And where a hundred thousand articles go to a warehouse that answers in two and a half seconds, one after the other.
const CATALOGUE: [i64; 3] = [48, 72, 96];

/// Runs a plan. With `keeps`, the outcome has the story; the hash of a run that keeps is not that of one that does not.
///
/// # Panics
/// On a fault of the simulation itself.
#[must_use]
pub fn run(plan: &Plan, keeps: bool) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.unwrap_or_else(|error| panic!("no runtime: {error}"));
    runtime.block_on(simulate(plan, keeps))
}

async fn simulate(plan: &Plan, keeps: bool) -> Outcome {
    let world = World::seeded_at(plan.seed, plan.begins);
    // Log lines are dear: every eighth seed looks at them.
    if plan.seed.is_multiple_of(8) {
        world.keep_log_lines_alone();
    } else {
        world.keep_no_record();
    }
    world.witness.begin(keeps);
    hot::settle(&world, plan.seed);
    // What is asked for goes before what the seed chose.
    answers::apply(&world.vendors);
    world.offered.begin();
    let mut stage = Stage::new(&world, plan);
    stage.play().await;
    stage.calm().await;
    let mut outcome = Outcome::default();
    let ended = world.now();
    let largest = plan.acts.iter().any(|(.., act)| *act == Act::Catalogue(LARGEST));
    let runs_away = stage.during.runs_away;
    let looks = QUIET.into_iter().chain(CATALOGUE.into_iter().filter(|_| largest));
    for hours in looks.filter(|_| !runs_away) {
        stage.until(ended + SignedDuration::from_hours(hours)).await;
        let apart = plan.faults.iter().any(|fault| matches!(fault.what, What::Clocks(_)));
        let (mut broken, checked) = Judge::new(&world, &stage.estate).clocks_apart(apart).judge();
        // A purge takes what is under way as well, and with it what holds the next message of its group back.
        let purged = plan.faults.iter().any(|fault| matches!(fault.what, What::Purge | What::Expire(_)));
        broken.retain(|broken| !(purged && broken.invariant == "I6" && broken.what.ends_with("writes at one time")));
        if hours == QUIET[0] {
            broken.extend(stranded::found(&world, &stage.estate, plan));
        }
        let mends = !stage.during.runs_away && !broken.is_empty() && broken.iter().all(|broken| broken.passes);
        (outcome.broken, outcome.checked, outcome.quiet) = (broken, checked, hours);
        if !mends {
            break;
        }
    }
    if outcome.broken.is_empty() && !stage.during.runs_away {
        stage.comes(&mut outcome).await;
    }
    let during = std::mem::take(&mut stage.during);
    outcome.broken.extend(during.broken);
    during.checked.into_iter().for_each(|(invariant, count)| *outcome.checked.entry(invariant).or_default() += count);
    outcome.told = during.findings;
    outcome.jobs = during.jobs;
    outcome.back = vec![Vec::new(); plan.tenants.len()];
    during.back.into_iter().for_each(|(tenant, took)| outcome.back[tenant].push(took));
    let of = |tenant| world.freshness.took(world.now(), |owner| owner == stage.estate.goods_owner(tenant)).arrived;
    outcome.arrived = (0..plan.tenants.len()).map(of).collect();
    outcome.cost = Cost::of(&world, outcome.arrived.iter().map(Vec::len).sum());
    outcome.hash = world.witness.hash();
    outcome.steps = world.witness.seen();
    outcome.story = world.witness.story();
    let took = Duration::try_from(world.now().duration_since(stage.began)).unwrap_or_default();
    outcome.tenant_time = took * u32::try_from(plan.tenants.len()).unwrap_or_default();
    outcome.faults = stage.struck();
    outcome.overwritten = stage.overwritten;
    outcome
}
