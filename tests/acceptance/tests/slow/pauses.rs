//! How long what went back to the queue waits.

use std::time::Duration;

use acceptance::shops::Companies;
use acceptance::world::deployment::IMPORT;
use acceptance::world::{Happens, Peer, Pump, Rule, Site, World};
use bridge::words::kind::Kind;
use serde_json::json;

use crate::{MINUTE, arrived, numbers, queue_articles};

async fn one(articles: usize) -> (World, Companies) {
    let world = World::new();
    let companies = Companies::found(&world, Kind::PowerOffice, 1, &json!({}));
    queue_articles(&world, &companies.tenant_id(0), companies.goods_owner(0), &numbers(articles)).await;
    (world, companies)
}

async fn until_all(world: &World, goods_owner: i64, count: usize) -> i64 {
    let began = world.now();
    let mut pump = Pump::new(world);
    while arrived(world, goods_owner) < count {
        pump.run(Duration::from_secs(5)).await;
        assert!(world.now().duration_since(began).as_secs() < 12 * 3600, "{} of {count}", arrived(world, goods_owner));
    }
    world.now().duration_since(began).as_secs()
}

#[tokio::test(start_paused = true)]
async fn what_only_lacked_time_comes_again_at_once() {
    let (world, companies) = one(120).await;
    world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Latency(Duration::from_millis(4500))));
    let took = until_all(&world, companies.goods_owner(0), 120).await;
    println!("figure: 2 | 120 writes of 4.5 s (9 minutes of work) | before 81 min for 60 of them; now {took} s");
    assert!(took < 10 * 60, "{took}");
}

#[tokio::test(start_paused = true)]
async fn a_passing_fault_costs_seconds() {
    let (world, companies) = one(3).await;
    world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Status(503)).times(4));
    let took = until_all(&world, companies.goods_owner(0), 3).await;
    println!("figure: 2 | four 503 in a row | before 12 min; now {took} s");
    assert!(took < 30, "{took}");
}

#[tokio::test(start_paused = true)]
async fn the_pauses_grow_and_nothing_is_a_dead_letter_before_twenty_hours() {
    let (world, companies) = one(30).await;
    world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Status(503)));
    let mut pump = Pump::new(&world);
    pump.run(Duration::from_secs(3600)).await;
    // 15 s, 30 s, 1, 2, 4, 8, 12, 12, 12 minutes, and what each try takes.
    let tries = world.counters.invoked(IMPORT.name).ended["ran"];
    assert!((9..=10).contains(&tries), "{tries}");
    let mut hours = 1;
    while world.memory.queue("import.fifo").dead_letters(world.now()).is_empty() && hours < 24 * 14 {
        pump.run(Duration::from_secs(3600)).await;
        hours += 1;
    }
    println!("figure: 2 | hours until the first dead letter while Ongoing is down | before 20; now {hours}");
    assert!(hours >= 20, "{hours}");
    assert_eq!(arrived(&world, companies.goods_owner(0)), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_given_back_unbegun_does_not_shorten_the_way_to_the_dead_letters() {
    // Each of the ten of a batch is behind others: nine receives in vain, at each of which others end.
    let (world, companies) = one(200).await;
    world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Latency(Duration::from_secs(30))));
    until_all(&world, companies.goods_owner(0), 200).await;
    let most = *world.counters.deliveries("import.fifo").keys().max().unwrap();
    println!("figure: 2 | receives of a message behind slow ones, at most | before one for each pause; now {most}");
    assert!(most <= 10, "{most}");
    let _ = MINUTE;
}
