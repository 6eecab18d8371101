//! The main job, played for every ERP: a company is onboarded, its products and orders arrive in Ongoing, something
//! changes, only that is sent, and a tick without a change sends nothing.

use std::process::ExitCode;

use end_to_end::console_output::{self, Progress};
use end_to_end::scenario::{self, Scenario};
use end_to_end::stack::Stack;
use end_to_end::tick::{self, Tick};
use end_to_end::vendor::Vendor;
use end_to_end::warehouse::Warehouse;
use end_to_end::{Result, mapping_coverage, write_back};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match play().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("the demo stopped: {fault}");
            ExitCode::FAILURE
        }
    }
}

async fn play() -> Result {
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
    let ongoing = Vendor::named("ongoing")?;
    for (place, scenario) in scenarios.iter().enumerate() {
        let sources = scenario.in_erp().await?;
        let warehouse = Warehouse::of(&ongoing, scenario.goods_owner).await?;
        println!(
            "\n{} -> Ongoing WMS, goods owner {}; times are since the tick began",
            scenario.label, scenario.goods_owner
        );
        println!("{}", console_output::table(scenario, &sources, &warehouse, &[&first[place], &second[place]]));
        let (reached, rows) = mapping_coverage::exercised(scenario, &ongoing).await?;
        println!("  {reached} of the {rows} rows of docs/mapping/{}.md have brought a value to Ongoing", scenario.kind);
    }
    if third.iter().any(|tick| tick.writes > 0) {
        return Err("the 3rd tick wrote to Ongoing although nothing had changed".into());
    }
    way_back(&stack, &scenarios).await
}

/// The warehouse ships and counts; what it tells arrives in the ERPs, and told a second time changes nothing.
async fn way_back(stack: &Stack, scenarios: &[Scenario]) -> Result {
    let ongoing = Vendor::named("ongoing")?;
    println!("\nthe way back: the warehouse counts its shelves and ships two orders, one of them partially");
    let (mut before, mut told) = (Vec::new(), Vec::new());
    for scenario in scenarios {
        before.push(write_back::rows(&ongoing, scenario).await?);
        let since = write_back::last_event(&ongoing).await?;
        write_back::work(&ongoing, scenario).await?;
        told.push((scenario, write_back::webhooks(&ongoing, scenario, since).await?));
    }
    let took = write_back::deliver(stack, &told).await?;
    let count: usize = told.iter().map(|(_, payloads)| payloads.len()).sum();
    println!("  {count} webhooks are delivered, and the ERPs told, in {:.1} s", took.as_secs_f64());
    let mut records = Vec::new();
    for (scenario, before) in scenarios.iter().zip(&before) {
        println!("\nOngoing WMS, goods owner {} -> {}", scenario.goods_owner, scenario.label);
        println!("{}", console_output::table_back(scenario, before, &write_back::rows(&ongoing, scenario).await?));
        for (back, number, reason) in stack.parked_back(&scenario.tenant_id).await? {
            println!("  {back} {number} parked: {reason}");
        }
        records.push(write_back::records(scenario).await?);
    }
    let took = write_back::deliver(stack, &told).await?;
    for (scenario, records) in scenarios.iter().zip(&records) {
        if write_back::records(scenario).await? != *records {
            return Err(format!("{}: a webhook that came twice changed something", scenario.label).into());
        }
    }
    println!("\nevery webhook is delivered once more ({:.1} s): nothing changed in any ERP", took.as_secs_f64());
    Ok(())
}

async fn watched(stack: &Stack, scenarios: &[Scenario]) -> Result<Vec<Tick>> {
    let mut progress = Progress::new(scenarios);
    let ticks = tick::run(stack, scenarios, |at| progress.look(at)).await;
    progress.end();
    let ticks = ticks?;
    for (scenario, tick) in scenarios.iter().zip(&ticks) {
        println!("{}", console_output::total(scenario.label, tick));
    }
    Ok(ticks)
}
