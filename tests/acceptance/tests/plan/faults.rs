//! A plan and its application under faults and crashes: a plan leaves nothing behind, an application loses and doubles
//! nothing.

use acceptance::shops;
use acceptance::world::{Ended, Site};
use bridge::roads::plan;
use bridge::words::outcome::Outcome;
use serde_json::json;
use simulators::Trouble;

use crate::fixture::Fixture;

#[tokio::test(start_paused = true)]
async fn a_plan_under_every_trouble_at_every_call_leaves_nothing_behind() {
    for shop in shops::all() {
        for site in [shop.site(), Site::Ongoing] {
            for trouble in Trouble::ALL {
                let mut call = 0;
                loop {
                    let fixture = Fixture::new(shop.as_ref(), json!({ "start_date": "2026-03-01" }));
                    fixture.filled().await;
                    let before = fixture.trace();
                    let (first, what) =
                        (fixture.world.site(site).calls(), format!("{} {trouble:?} {call}", shop.kind()));
                    fixture.world.site(site).plan(first + call, trouble);
                    let planned = fixture.try_plan().await;
                    assert_eq!(fixture.trace(), before, "{what}");
                    if let Some(plan) = planned.ok().filter(plan::Plan::whole) {
                        // A record that could not be read is one to look at, never one that is left out.
                        assert_eq!(plan.count("create") + plan.count("rejected"), 3, "{what}: {plan:?}");
                        let refused = trouble == Trouble::Refused;
                        assert!(plan.count("create") == 3 || refused, "{what}: {plan:?}");
                    }
                    if fixture.world.site(site).calls() <= first + call {
                        break;
                    }
                    call += 1;
                }
                assert!(call > 0, "{}: no call to {site:?}", shop.kind());
            }
        }
    }
}

/// Which of the two it was, is what a person has to know.
#[tokio::test(start_paused = true)]
async fn a_plan_that_cannot_be_made_names_the_system_that_did_not_answer() {
    for shop in shops::all() {
        for (site, name) in [(shop.site(), shop.kind().word()), (Site::Ongoing, "ongoing")] {
            let fixture = Fixture::new(shop.as_ref(), json!({ "start_date": "2026-03-01" }));
            fixture.filled().await;
            let first = fixture.world.site(site).calls();
            (0..500).for_each(|call| fixture.world.site(site).plan(first + call, Trouble::ServerError(500)));
            let told = match fixture.try_plan().await {
                Err(fault) => fault.to_string(),
                Ok(plan) => plan.feeds.into_iter().find_map(|feed| feed.fault).unwrap_or_default(),
            };
            assert!(told.starts_with(&format!("not available: {name}: ")), "{} {site:?}: {told}", shop.kind());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_application_that_dies_at_any_step_is_finished_by_the_ticks() {
    for shop in shops::all() {
        for step in 0.. {
            let fixture = Fixture::new(shop.as_ref(), json!({ "start_date": "2026-03-01" }));
            let order = fixture.filled().await;
            let (reading, plan) = fixture.plan(None).await;
            fixture.world.steps.plan(Some(step));
            let ended = fixture.world.alive(fixture.apply(reading, &plan)).await;
            fixture.world.steps.plan(None);
            for _ in 0..3 {
                fixture.world.tick(shop.kind()).await;
            }
            let became = fixture.became(&plan).await;
            assert!(
                became.iter().all(|one| one.outcome == Some(Outcome::Created)),
                "{} {step}: {became:?}",
                shop.kind()
            );
            assert_eq!((became.len(), fixture.world.writes()), (3, 3), "{} {step} {order}", shop.kind());
            if let Ended::Ran(applied) = ended {
                applied.unwrap();
                assert!(step > 5, "{}: {step} steps are too few to be true", shop.kind());
                break;
            }
        }
    }
}
