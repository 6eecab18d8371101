//! Ongoing accepts and never answers.

use std::time::Duration;

use acceptance::shops::Companies;
use acceptance::world::deployment::{IMPORT, pull_of};
use acceptance::world::{Happens, Pump, Rule, World};
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::json;

use crate::{MINUTE, arrived, numbers, queue_articles};

/// Two companies with five articles each on the queue.
async fn two() -> (World, Companies) {
    let world = World::new();
    let companies = Companies::found(&world, Kind::PowerOffice, 2, &json!({}));
    for at in 0..2 {
        queue_articles(&world, &companies.tenant_id(at), companies.goods_owner(at), &numbers(5)).await;
    }
    (world, companies)
}

#[tokio::test(start_paused = true)]
async fn an_invocation_ends_by_itself_and_the_others_of_its_batch_are_served() {
    let (world, companies) = two().await;
    let (sick, well) = (companies.goods_owner(0), companies.goods_owner(1));
    world.rules.add(Rule::when(move |call| call.about(sick), Happens::Hangs));
    let began = world.now();
    let mut pump = Pump::new(&world);
    pump.run(2 * MINUTE).await;
    assert_eq!(arrived(&world, well), 5);
    pump.run(60 * MINUTE).await;
    let invoked = world.counters.invoked(IMPORT.name);
    println!(
        "figure: 1 | Ongoing hangs, one hour: invocations killed | before every one; now {:?}",
        invoked.ended.get("timed out")
    );
    assert_eq!(invoked.ended.keys().collect::<Vec<_>>(), [&"ran"], "no invocation is killed");
    assert!(invoked.longest < Duration::from_secs(110), "{invoked:?}");
    assert!(world.memory.queue("import.fifo").dead_letters(world.now()).is_empty());
    // And when it is over, what waited goes at its next pause's end.
    world.rules.clear();
    pump.run(13 * MINUTE).await;
    assert_eq!(arrived(&world, sick), 5);
    println!("figure: 1 | all ten are in | before never; now {} s", world.now().duration_since(began).as_secs());
}

#[tokio::test(start_paused = true)]
async fn the_one_record_at_which_it_hangs_is_parked_and_its_group_goes_on() {
    let (world, companies) = two().await;
    let sick = companies.goods_owner(0);
    world.rules.add(Rule::when(move |call| call.about(sick) && call.says("10002"), Happens::Hangs));
    let began = world.now();
    let mut pump = Pump::new(&world);
    while arrived(&world, sick) < 4 {
        pump.run(MINUTE).await;
        assert!(world.now().duration_since(began).as_secs() < 3600, "the group goes on");
    }
    println!(
        "figure: 1 | the four behind a record that hangs are in | before never; now {} s",
        world.now().duration_since(began).as_secs()
    );
    let (_, entry) =
        &world.ledger(&companies.tenant_id(0), Feed::Articles).into_iter().find(|(key, _)| key == "10002").unwrap();
    assert_eq!(entry.outcome, Some(Outcome::Parked));
    assert!(
        entry.reason.as_deref().unwrap().starts_with("failed 5 times while its systems answer others"),
        "{entry:?}"
    );
    assert_eq!(world.counters.invoked(IMPORT.name).ended.keys().collect::<Vec<_>>(), [&"ran"]);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_hangs_at_every_try_holds_its_group_up_for_minutes_each_time() {
    let world = World::new();
    let companies = Companies::found(&world, Kind::PowerOffice, 1, &json!({ "start_date": "2026-01-01" }));
    let owner = companies.goods_owner(0);
    world.rules.add(Rule::when(move |call| call.about(owner) && call.says("A-00000"), Happens::Hangs));
    companies.put_article(&world, 0, 0, "It hangs");
    let mut pump = Pump::new(&world).scheduled([pull_of(Kind::PowerOffice)]);
    for n in 1..=36 {
        companies.put_article(&world, 0, n, "Article");
        pump.run(10 * MINUTE).await;
    }
    pump.run(60 * MINUTE).await;
    let took = world.freshness.took(world.now(), |_| true);
    let slowest = took.percentile(100).unwrap().as_secs();
    println!(
        "figure: 1 | beside a record that hangs at every try for six hours, the slowest | before 1,125 s; now {slowest} s"
    );
    assert_eq!(took.waiting.len(), 1, "{took}");
    let ledger = world.ledger(&companies.tenant_id(0), Feed::Articles);
    let (_, entry) = ledger.iter().find(|(_, entry)| entry.parked.is_some()).unwrap();
    let attempts = entry.parked.as_ref().unwrap().attempt;
    assert!(attempts > 2, "{attempts}: it was tried again");
    // Suspected of what it did before, it holds its group up for two exchanges.
    assert!(entry.reason.as_deref().unwrap().starts_with("failed 2 times"), "{entry:?}");
    // A tick, and the five tries after which it is suspected at first.
    assert!(slowest < 25 * 60, "{slowest} s");
}

#[tokio::test(start_paused = true)]
async fn tries_are_counted_when_the_process_is_killed_in_them() {
    let world = World::new();
    let companies = Companies::found(&world, Kind::PowerOffice, 1, &json!({}));
    queue_articles(&world, &companies.tenant_id(0), companies.goods_owner(0), &numbers(5)).await;
    let mut begun = 0;
    // At its first step a process has noted nothing yet, at all later ones that it begins.
    for (delivery, step) in [0, 0, 3, 0, 1, 2, 0, 4].into_iter().enumerate() {
        world.steps.plan(Some(step));
        assert!(!world.import().await, "the process dies at step {step}");
        begun += u64::from(delivery > 0 && step > 0);
    }
    let tries = world.memory.items(&format!("tenant#{}", companies.tenant_id(0)), "tries#import#");
    let counts: Vec<u64> = tries.iter().filter_map(|item| item.body["count"].as_u64()).collect();
    assert_eq!(counts.iter().max(), Some(&begun), "{counts:?}: as many as were begun, not as were received");
}
