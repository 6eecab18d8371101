//! A tenant that is paused and resumed.

use std::time::Duration;

use acceptance::shops::{PowerOfficeShop, Shop};
use acceptance::world::World;
use bridge::state::ledger::{Ledger, Parked};
use bridge::words::envelope::{Envelope, Hint, Notice};
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::json;

use crate::{arrived, article, enable, numbers};

async fn open() -> World {
    let world = World::new();
    PowerOfficeShop.onboard(&world, json!({}));
    world.tick(Kind::PowerOffice).await;
    world
}

#[tokio::test(start_paused = true)]
async fn what_was_queued_goes_with_the_first_tick_after_the_pause_in_order_and_once() {
    let world = open().await;
    let numbers = numbers(2_000);
    // Not in the order of their keys.
    let queued = numbers.iter().rev().enumerate().map(|(at, number)| Envelope {
        queued_at: world.now() + Duration::from_millis(at as u64),
        ..article(&world, number)
    });
    let queued: Vec<Envelope> = queued.collect();
    world.ports().queue.import(&queued).await.unwrap();
    enable(&world, Kind::PowerOffice, false);
    world.import_all().await;
    assert_eq!(arrived(&world, &numbers), 0);
    world.tick(Kind::PowerOffice).await;
    enable(&world, Kind::PowerOffice, true);
    let sent = world.sent().len();
    let mut ticks = 0;
    while arrived(&world, &numbers) < numbers.len() && ticks < 50 {
        world.tick(Kind::PowerOffice).await;
        ticks += 1;
    }
    println!(
        "figure: 7 | 2,000 queued records of a tenant paused and resumed: ticks until all are in (before: 19) | {ticks}"
    );
    assert_eq!(ticks, 1);
    assert_eq!(world.writes(), numbers.len(), "none is doubled");
    let sent = world.sent().split_off(sent);
    let place =
        |number: &String| sent.iter().position(|call| call.starts_with("PUT") && call.contains(number.as_str()));
    let places: Vec<_> = [&numbers[1_999], &numbers[1_000], &numbers[0]].into_iter().map(place).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}: in the order of the queue");
}

/// Nothing waits for a time of its own after the pause, however short it was.
#[tokio::test(start_paused = true)]
async fn a_short_pause_delays_nothing_longer_than_it_lasts() {
    let world = open().await;
    let numbers = numbers(3);
    let queued: Vec<Envelope> = numbers.iter().map(|number| article(&world, number)).collect();
    world.ports().queue.import(&queued).await.unwrap();
    let hint = |id| Notice {
        v: 1,
        tenant_id: "acme".into(),
        hint: Hint::Articles(vec![format!("gone-{id}")]),
        cause: "test".into(),
        correlation_id: "test".into(),
    };
    world.ports().queue.write_back(&(0..300).map(hint).collect::<Vec<_>>()).await.unwrap();
    enable(&world, Kind::PowerOffice, false);
    world.import_all().await;
    world.write_back_all().await;
    enable(&world, Kind::PowerOffice, true);
    assert_eq!(world.memory.items("tenant#acme", "due-back#").len(), 300);
    world.tick(Kind::PowerOffice).await;
    world.reconcile().await;
    assert_eq!(arrived(&world, &numbers), 3);
    assert_eq!(world.memory.items("tenant#acme", "due-back#").len(), 0);
}

/// However often a tenant is paused, its records keep the tries of their own.
#[tokio::test(start_paused = true)]
async fn a_pause_costs_a_record_none_of_its_tries() {
    let world = open().await;
    world.ports().queue.import(&[article(&world, "K-00001")]).await.unwrap();
    for _ in 0..20 {
        enable(&world, Kind::PowerOffice, false);
        world.import_all().await;
        // It is handed out, and the tenant is paused again before the import comes to it.
        enable(&world, Kind::PowerOffice, true);
        world.schedule(acceptance::world::deployment::pull_of(Kind::PowerOffice)).await;
        world.pull_jobs(Kind::PowerOffice).await;
        assert_eq!(world.queued().len(), 1);
        world.wait(Duration::from_secs(60)).await;
    }
    enable(&world, Kind::PowerOffice, false);
    world.import_all().await;
    let ports = world.ports();
    let entry = Ledger::new(&ports, "acme").get(Feed::Articles, "K-00001").await.unwrap().entry;
    assert_eq!(entry.outcome, Some(Outcome::Parked));
    assert_eq!(entry.parked.as_ref().map(Parked::tries), Some(0));
    assert!(world.logs.records().iter().all(|line| line["left_for_a_person"] != true));
    enable(&world, Kind::PowerOffice, true);
    world.tick(Kind::PowerOffice).await;
    assert_eq!(arrived(&world, &["K-00001".to_owned()]), 1);
}
