//! The main job, played for every ERP: a company is onboarded, its products and orders arrive in Ongoing, something
//! changes, only that is sent, and a tick without a change sends nothing.

use std::process::ExitCode;

use end_to_end::scene::{self, Scene};
use end_to_end::show::{self, Progress};
use end_to_end::stack::Stack;
use end_to_end::tick::{self, Tick};
use end_to_end::vendor::Vendor;
use end_to_end::warehouse::Warehouse;
use end_to_end::{Result, back, mapping};

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
    let scenes = scene::all();
    for scene in &scenes {
        scene.fill().await?;
        let found = scene.in_erp().await?.len();
        scene.onboard(&stack).await?;
        println!("{}: a company with {found} products and orders; tenant {} added", scene.label, scene.tenant_id);
    }
    println!("\n1st tick: everything there is");
    let first = watched(&stack, &scenes).await?;
    println!("\nmeanwhile");
    for scene in &scenes {
        for act in &scene.changes {
            scene.act(act).await?;
            if !act.said.is_empty() {
                println!("  {}: {}", scene.label, act.said);
            }
        }
    }
    println!("\n2nd tick: what changed, and nothing else");
    let second = watched(&stack, &scenes).await?;
    println!("\n3rd tick: nothing changed, nothing is sent");
    let third = watched(&stack, &scenes).await?;
    let ongoing = Vendor::named("ongoing")?;
    for (place, scene) in scenes.iter().enumerate() {
        let sources = scene.in_erp().await?;
        let warehouse = Warehouse::of(&ongoing, scene.goods_owner).await?;
        println!("\n{} -> Ongoing WMS, goods owner {}; times are since the tick began", scene.label, scene.goods_owner);
        println!("{}", show::table(scene, &sources, &warehouse, &[&first[place], &second[place]]));
        let (reached, rows) = mapping::exercised(scene, &ongoing).await?;
        println!("  {reached} of the {rows} rows of docs/mapping/{}.md have brought a value to Ongoing", scene.kind);
    }
    if third.iter().any(|tick| tick.writes > 0) {
        return Err("the 3rd tick wrote to Ongoing although nothing had changed".into());
    }
    way_back(&stack, &scenes).await
}

/// The warehouse ships and counts; what it tells arrives in the ERPs, and told a second time changes nothing.
async fn way_back(stack: &Stack, scenes: &[Scene]) -> Result {
    let ongoing = Vendor::named("ongoing")?;
    println!("\nthe way back: the warehouse counts its shelves and ships two orders, one of them partially");
    let (mut before, mut told) = (Vec::new(), Vec::new());
    for scene in scenes {
        before.push(back::rows(&ongoing, scene).await?);
        let since = back::last_event(&ongoing).await?;
        back::work(&ongoing, scene).await?;
        told.push((scene, back::webhooks(&ongoing, scene, since).await?));
    }
    let took = back::deliver(stack, &told).await?;
    let count: usize = told.iter().map(|(_, payloads)| payloads.len()).sum();
    println!("  {count} webhooks are delivered, and the ERPs told, in {:.1} s", took.as_secs_f64());
    let mut records = Vec::new();
    for (scene, before) in scenes.iter().zip(&before) {
        println!("\nOngoing WMS, goods owner {} -> {}", scene.goods_owner, scene.label);
        println!("{}", show::table_back(scene, before, &back::rows(&ongoing, scene).await?));
        for (back, number, reason) in stack.parked_back(&scene.tenant_id).await? {
            println!("  {back} {number} parked: {reason}");
        }
        records.push(back::records(scene).await?);
    }
    let took = back::deliver(stack, &told).await?;
    for (scene, records) in scenes.iter().zip(&records) {
        if back::records(scene).await? != *records {
            return Err(format!("{}: a webhook that came twice changed something", scene.label).into());
        }
    }
    println!("\nevery webhook is delivered once more ({:.1} s): nothing changed in any ERP", took.as_secs_f64());
    Ok(())
}

async fn watched(stack: &Stack, scenes: &[Scene]) -> Result<Vec<Tick>> {
    let mut progress = Progress::new(scenes);
    let ticks = tick::run(stack, scenes, |glance| progress.look(glance)).await;
    progress.end();
    let ticks = ticks?;
    for (scene, tick) in scenes.iter().zip(&ticks) {
        println!("{}", show::total(scene.label, tick));
    }
    Ok(ticks)
}
