//! What is outstanding is bounded, and what bounds it heals itself.

use std::time::Duration;

use acceptance::shops::{PowerOfficeShop, Shop};
use acceptance::world::deployment::{IMPORT, TICK, pull_of};
use acceptance::world::{GOODS_OWNER, Happens, Peer, Pump, Rule, Site, World};
use bridge::state::on_queue;
use bridge::words::kind::Kind;
use serde_json::json;

use crate::CALL;

const ARTICLES: usize = 6_000;

fn arrived(world: &World) -> usize {
    world.vendors.ongoing.borrow().model.state(GOODS_OWNER).unwrap()["articles"].as_array().map_or(0, Vec::len)
}

async fn shop(articles: usize) -> World {
    let world = World::new();
    world.keep_no_record();
    PowerOfficeShop.onboard(&world, json!({ "start_date": "2026-01-01" }));
    (0..articles).for_each(|n| PowerOfficeShop.put_article(&world, n, "Article"));
    world
}

#[tokio::test(start_paused = true)]
async fn no_more_than_the_bound_is_on_the_queue_and_all_of_it_arrives() {
    let world = shop(ARTICLES).await;
    world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Latency(CALL)));
    let mut pump = Pump::new(&world).scheduled([pull_of(Kind::PowerOffice)]);
    let (began, mut most) = (world.now(), 0);
    while arrived(&world) < ARTICLES {
        pump.run(Duration::from_secs(20)).await;
        let depth = world.memory.queue_of(IMPORT).depth(world.now());
        most = most.max(depth.waiting + depth.hidden);
        assert!(world.now().duration_since(began).as_secs() < 4 * 3600, "{}", arrived(&world));
    }
    let took = world.now().duration_since(began).as_secs();
    println!(
        "figure: 18 | {ARTICLES} articles of a goods owner: most on the queue; seconds for the imports' 1800 | before all 6,000; 1,800; now {most}; {took}"
    );
    assert!(most <= 2 * on_queue::ARTICLES, "{most}");
    assert!(took < 1_800 * 11 / 10 + 300, "the import is never left without work: {took}");
}

#[tokio::test(start_paused = true)]
async fn a_purged_queue_is_filled_again_within_two_ticks() {
    for while_down in [false, true] {
        let world = shop(ARTICLES).await;
        world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Latency(CALL)));
        let down = while_down.then(|| world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Refused)));
        let mut pump = Pump::new(&world).scheduled([pull_of(Kind::PowerOffice)]);
        pump.run(Duration::from_secs(600)).await;
        let queue = world.memory.queue_of(IMPORT);
        let (purged, before) = (queue.depth(world.now()), arrived(&world));
        assert!(purged.waiting + purged.hidden > on_queue::ARTICLES / 3, "{purged:?}");
        queue.purge();
        if let Some(down) = &down {
            world.rules.remove(down);
        }
        pump.run(2 * TICK).await;
        let after = arrived(&world) - before;
        println!(
            "figure: 18 | the import queue is purged (Ongoing down: {while_down}): articles in the two ticks behind it | before 0 of what was purged; now {after}"
        );
        assert!(after > on_queue::ARTICLES, "{after}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_ongoing_that_is_down_for_a_day_does_not_fill_the_queue() {
    let world = shop(ARTICLES).await;
    world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Refused));
    let mut pump = Pump::new(&world).scheduled([pull_of(Kind::PowerOffice)]);
    pump.run(Duration::from_secs(24 * 3600)).await;
    let depth = world.memory.queue_of(IMPORT).depth(world.now());
    println!(
        "figure: 18 | Ongoing down for a day in a first run of {ARTICLES}: on the queue | before all 6,000; now {}",
        depth.waiting + depth.hidden
    );
    assert!(depth.waiting + depth.hidden <= 2 * on_queue::ARTICLES, "{depth:?}");
}
