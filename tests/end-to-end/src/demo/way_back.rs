//! The way back: the warehouse ships and counts; what it tells arrives in the ERPs, and told a second time changes nothing.

use std::time::Duration;

use serde_json::Value;

use super::ending::Happened;
use super::seconds;
use crate::console_output::{self, Progress};
use crate::scenario::Scenario;
use crate::stack::Stack;
use crate::vendor::Vendor;
use crate::{Result, write_back};

pub(super) async fn play(stack: &Stack, scenarios: &[Scenario], happened: &mut Happened) -> Result {
    let ongoing = Vendor::named("ongoing")?;
    println!("\nthe way back: the warehouse counts its shelves and ships two orders, one of them partially");
    let (mut before, mut told) = (Vec::new(), Vec::new());
    for scenario in scenarios {
        before.push(write_back::rows(&ongoing, scenario).await?);
        let since = write_back::last_event(&ongoing).await?;
        write_back::work(&ongoing, scenario).await?;
        told.push((scenario, write_back::webhooks(&ongoing, scenario, since).await?));
        happened.shipped += scenario.ships.len();
    }
    let took = watched(stack, scenarios, &told).await?;
    happened.webhooks = told.iter().map(|(_, payloads)| payloads.len()).sum();
    println!("  {} webhooks are delivered, and the ERPs told, in {}", happened.webhooks, seconds(took));
    let mut records = Vec::new();
    for (scenario, before) in scenarios.iter().zip(&before) {
        println!("\nOngoing WMS, goods owner {} -> {}", scenario.goods_owner, scenario.label);
        println!("{}", console_output::table_back(scenario, before, &write_back::rows(&ongoing, scenario).await?));
        for (back, number, reason) in stack.parked_back(&scenario.tenant_id).await? {
            println!("  {back} {number} parked: {reason}");
        }
        records.push(write_back::records(scenario).await?);
    }
    println!();
    let took = watched(stack, scenarios, &told).await?;
    for (scenario, records) in scenarios.iter().zip(&records) {
        if write_back::records(scenario).await? != *records {
            return Err(format!("{}: a webhook that came twice changed something", scenario.label).into());
        }
    }
    println!("every webhook is delivered once more ({}): nothing changed in any ERP", seconds(took));
    Ok(())
}

async fn watched(stack: &Stack, scenarios: &[Scenario], told: &[(&Scenario, Vec<Value>)]) -> Result<Duration> {
    let mut progress = Progress::new(scenarios, "is told by the warehouse");
    let took = write_back::deliver(stack, told, |at| progress.look_back(at)).await;
    progress.end();
    took
}
