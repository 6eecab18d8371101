//! The demo: the main job played for every ERP ([`play`]), a tick of one that was kept ([`tick_once`]), and what is broken
//! in it to be found ([`breaks`]).

pub mod breaks;
mod ending;
mod way_back;

use std::time::Duration;

use crate::console_output::{self, Progress};
use crate::scenario::{self, Scenario};
use crate::stack::Stack;
use crate::tick::{self, Tick};
use crate::vendor::Vendor;
use crate::warehouse::Warehouse;
use crate::{Result, mapping_coverage};

use ending::Happened;

/// A company is onboarded on every ERP, its products and orders arrive in Ongoing, something changes, only that is sent, a
/// tick without a change sends nothing, and what the warehouse does arrives in the ERPs.
///
/// # Errors
/// What is not so.
pub async fn play() -> Result {
    let stack = Stack::find().await?;
    let scenarios = scenario::all();
    for scenario in &scenarios {
        scenario.fill().await?;
        let found = scenario.in_erp().await?.len();
        scenario.onboard(&stack).await?;
        println!("{}: a company with {found} products and orders; tenant {} added", scenario.label, scenario.tenant_id);
    }
    println!("\n1st tick: everything there is");
    let first = watched(&stack, &scenarios).await?;
    println!("\nmeanwhile");
    for scenario in &scenarios {
        for act in &scenario.changes {
            scenario.act(act).await?;
            if !act.said.is_empty() {
                println!("  {}: {}", scenario.label, act.said);
            }
        }
    }
    println!("\n2nd tick: what changed, and nothing else");
    let second = watched(&stack, &scenarios).await?;
    println!("\n3rd tick: nothing changed, nothing is sent");
    let third = watched(&stack, &scenarios).await?;
    if third.iter().any(|tick| tick.writes > 0) {
        return Err("the 3rd tick wrote to Ongoing although nothing had changed".into());
    }
    let mut happened = Happened { companies: scenarios.len(), ..Happened::default() };
    let ongoing = Vendor::named("ongoing")?;
    for (place, scenario) in scenarios.iter().enumerate() {
        let sources = scenario.in_erp().await?;
        let warehouse = Warehouse::of(&ongoing, scenario.goods_owner).await?;
        let ticks = [&first[place], &second[place]];
        happened.add(&sources, &warehouse, &ticks);
        println!(
            "\n{} -> Ongoing WMS, goods owner {}; times are since the tick began",
            scenario.label, scenario.goods_owner
        );
        println!("{}", console_output::table(scenario, &sources, &warehouse, &ticks));
        let (reached, rows) = mapping_coverage::exercised(scenario, &ongoing).await?;
        println!("  {reached} of the {rows} rows of docs/mapping/{}.md have brought a value to Ongoing", scenario.kind);
    }
    way_back::play(&stack, &scenarios, &mut happened).await?;
    println!("\n{happened}");
    Ok(())
}

/// A tick of every ERP and of the reconcile, as the schedule makes them. What it did, in a line.
///
/// # Errors
/// When a function fails, or the queues never become quiet.
pub async fn tick_once(stack: &Stack) -> Result<String> {
    let scenarios = scenario::all();
    let ticks = tick::run(stack, &scenarios, |_| ()).await?;
    for scenario in &scenarios {
        stack.reconcile(&scenario.tenant_id).await?;
    }
    stack.until_written_back(|_| ()).await?;
    Ok(told(&jiff::Zoned::now().strftime("%H:%M:%S").to_string(), &scenarios, &ticks))
}

fn told(time: &str, scenarios: &[Scenario], ticks: &[Tick]) -> String {
    let news: Vec<String> = scenarios
        .iter()
        .zip(ticks)
        .filter(|(_, tick)| !tick.arrivals.is_empty())
        .map(|(scenario, tick)| format!("{}: {}", scenario.label, console_output::counts(tick)))
        .collect();
    let news = if news.is_empty() { "nothing new".to_owned() } else { news.join("; ") };
    format!("{time} tick: {news}")
}

async fn watched(stack: &Stack, scenarios: &[Scenario]) -> Result<Vec<Tick>> {
    let mut progress = Progress::new(scenarios, "is asked for what is new");
    let ticks = tick::run(stack, scenarios, |at| progress.look(at)).await;
    progress.end();
    let ticks = ticks?;
    for (scenario, tick) in scenarios.iter().zip(&ticks) {
        println!("{}", console_output::total(scenario.label, tick));
    }
    Ok(ticks)
}

/// What is told of a time, everywhere alike.
fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use bridge::words::feed::Feed;
    use bridge::words::outcome::Outcome;

    use super::*;
    use crate::tick::Arrival;

    #[test]
    fn a_tick_is_told_in_a_line() {
        let scenarios = scenario::all();
        let mut ticks: Vec<Tick> = scenarios.iter().map(|_| Tick::default()).collect();
        assert_eq!(told("14:03:12", &scenarios, &ticks), "14:03:12 tick: nothing new");
        let arrival = Arrival { outcome: Outcome::Updated, reason: None, after: Duration::ZERO };
        ticks[3].arrivals.insert((Feed::Articles, "1".into()), arrival);
        assert_eq!(told("14:03:12", &scenarios, &ticks), "14:03:12 tick: Visma eAccounting: 1 updated");
    }
}
