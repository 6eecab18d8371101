//! A plan and its application under troubles and crashes: nothing left behind by the one, nothing lost or doubled by the
//! other.

use acceptance::shops;
use acceptance::world::{Ended, Site};
use bridge::roads::plan;
use bridge::words::outcome::Outcome;
use serde_json::json;
use simulators::Trouble;

use crate::scene::Scene;

#[tokio::test(start_paused = true)]
async fn a_plan_under_every_trouble_at_every_call_leaves_nothing_behind() {
    for shop in shops::all() {
        for site in [shop.site(), Site::Ongoing] {
            for trouble in Trouble::ALL {
                let mut call = 0;
                loop {
                    let scene = Scene::new(shop.as_ref(), json!({ "start_date": "2026-03-01" }));
                    scene.filled().await;
                    let before = scene.trace();
                    let (first, what) = (scene.world.site(site).calls(), format!("{} {trouble:?} {call}", shop.kind()));
                    scene.world.site(site).plan(first + call, trouble);
                    let planned = scene.try_plan().await;
                    assert_eq!(scene.trace(), before, "{what}");
                    if let Some(plan) = planned.ok().filter(plan::Plan::whole) {
                        // A record that could not be read is one to look at, never one that is left out.
                        assert_eq!(plan.count("create") + plan.count("rejected"), 3, "{what}: {plan:?}");
                        let refused = trouble == Trouble::Refused;
                        assert!(plan.count("create") == 3 || refused, "{what}: {plan:?}");
                    }
                    if scene.world.site(site).calls() <= first + call {
                        break;
                    }
                    call += 1;
                }
                assert!(call > 0, "{}: no call to {site:?}", shop.kind());
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_application_that_dies_at_any_step_is_finished_by_the_ticks() {
    for shop in shops::all() {
        for step in 0.. {
            let scene = Scene::new(shop.as_ref(), json!({ "start_date": "2026-03-01" }));
            let order = scene.filled().await;
            let (reading, plan) = scene.plan(None).await;
            scene.world.steps.plan(Some(step));
            let ended = scene.world.alive(scene.apply(reading, &plan)).await;
            scene.world.steps.plan(None);
            for _ in 0..3 {
                scene.world.tick(shop.kind()).await;
            }
            let became = scene.became(&plan).await;
            assert!(
                became.iter().all(|one| one.outcome == Some(Outcome::Created)),
                "{} {step}: {became:?}",
                shop.kind()
            );
            assert_eq!((became.len(), scene.world.writes()), (3, 3), "{} {step} {order}", shop.kind());
            if let Ended::Ran(applied) = ended {
                applied.unwrap();
                assert!(step > 5, "{}: {step} steps are too few to be true", shop.kind());
                break;
            }
        }
    }
}
