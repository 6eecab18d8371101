//! The main job, played for every ERP: a company is onboarded, its products and orders arrive in Ongoing, something
//! changes, only that is sent, and a tick without a change sends nothing.

use std::process::ExitCode;

use end_to_end::Result;
use end_to_end::scene::{self, Scene};
use end_to_end::show::{self, Progress};
use end_to_end::stack::Stack;
use end_to_end::tick::{self, Tick};
use end_to_end::vendor::Vendor;
use end_to_end::warehouse::Warehouse;

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
            println!("  {}: {}", scene.label, act.said);
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
    }
    if third.iter().any(|tick| tick.writes > 0) {
        return Err("the 3rd tick wrote to Ongoing although nothing had changed".into());
    }
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
