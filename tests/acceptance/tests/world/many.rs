//! Many companies, and what is counted of them.

use std::time::Duration;

use acceptance::shops::Companies;
use acceptance::world::deployment::{IMPORT, pull_of};
use acceptance::world::{Happens, Peer, Pump, Rule, Site, World};
use bridge::words::kind::Kind;
use serde_json::json;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn companies_of_all_erps_keep_to_their_own_goods_owners() {
    let world = World::new();
    let all = Kind::ALL.map(|kind| Companies::found(&world, kind, 5, &json!({ "start_date": "2026-01-01" })));
    let mut pump = Pump::new(&world).scheduled(Kind::ALL.map(pull_of));
    pump.run(MINUTE).await;
    for companies in &all {
        for at in 0..companies.count() {
            companies.put_article(&world, at, at, "Article");
            companies.put_order(&world, at, at, &[at]);
        }
    }
    pump.run(30 * MINUTE).await;
    for companies in &all {
        for at in 0..companies.count() {
            let state = world.vendors.ongoing.borrow().model.state(companies.goods_owner(at)).unwrap();
            let (articles, orders) = (&state["articles"], &state["orders"]);
            assert_eq!(articles.as_array().unwrap().len(), 1, "{state}");
            assert_eq!(orders[0]["orderNumber"], (20_000 + at).to_string(), "{state}");
            assert_eq!(orders.as_array().unwrap().len(), 1);
        }
    }
    assert!(world.vendors.ongoing.borrow().model.state(159).unwrap()["orders"].as_array().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_a_test_can_print_is_what_happened() {
    let world = World::new();
    let companies = Companies::found(&world, Kind::PowerOffice, 3, &json!({}));
    let slow = world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Latency(Duration::from_secs(2))));
    let mut pump = Pump::new(&world).scheduled([pull_of(Kind::PowerOffice)]);
    pump.run(14 * MINUTE).await;
    (0..3).for_each(|at| companies.put_article(&world, at, 0, "Article"));
    let ready = world.now();
    assert_eq!(world.freshness.took(ready, |_| true).waiting, [Duration::ZERO; 3]);
    world.counters.reset();
    pump.run(2 * MINUTE).await;

    assert_eq!(world.counters.calls_of(Peer::Vendor(Site::Ongoing), "PUT /acme/api/v1/articles"), 3);
    let invoked = world.counters.invoked(IMPORT.name);
    let count = u32::try_from(invoked.ended["ran"]).unwrap();
    assert!(invoked.paid >= 3 * Duration::from_secs(2) && invoked.longest >= invoked.paid / count, "{invoked:?}");
    assert_eq!(world.counters.deliveries("import.fifo"), [(1, 3)].into());
    // Two seconds after the tick that came a minute after they were ready.
    let took = world.freshness.took(world.now(), |goods_owner| companies.has(goods_owner));
    assert_eq!(took.arrived.len(), 3);
    assert!(took.arrived.iter().all(|time| (62..70).contains(&time.as_secs())), "{took}");
    assert_eq!(world.freshness.took(world.now(), |goods_owner| goods_owner == 1), Default::default());

    // What waits, how old it is, and what is dead.
    world.rules.remove(&slow);
    world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Refused));
    world.memory.put_message("group", "no JSON");
    companies.put_article(&world, 0, 1, "Article");
    pump.run(20 * MINUTE).await;
    let queue = world.memory.queue_of(IMPORT);
    let depth = queue.depth(world.now());
    assert_eq!((depth.waiting, depth.hidden), (0, 1));
    assert!(depth.oldest > MINUTE * 5, "{depth:?}");
    assert_eq!(world.freshness.took(world.now(), |_| true).waiting, [MINUTE * 20]);
    pump.run(5 * 24 * 60 * MINUTE).await;
    assert_eq!(queue.dead_letters(world.now()).len(), 1);
    let report = world.report();
    for wanted in ["wms-import", "import.fifo", "1 dead letters", "Vendor(Ongoing) PUT /acme/api/v1/articles"] {
        assert!(report.contains(wanted), "{wanted} is not in\n{report}");
    }
    let (paid, slept) = world.counters.paid();
    assert!(slept > Duration::ZERO && slept < paid, "{paid:?} {slept:?}");
}

#[tokio::test(start_paused = true)]
async fn hundreds_of_companies_are_cheap() {
    let world = World::new();
    world.keep_no_record();
    let companies = Companies::found(&world, Kind::Procountor, 250, &json!({}));
    let mut pump = Pump::new(&world).scheduled([pull_of(Kind::Procountor)]);
    pump.run(15 * MINUTE).await;
    (0..companies.count()).for_each(|at| companies.put_article(&world, at, 0, "Article"));
    pump.run(15 * MINUTE).await;
    println!("{}\n{}", world.report(), world.freshness.took(world.now(), |_| true));
    assert!(world.logs.text().is_empty() && world.sent().is_empty());
    assert!(world.site(Site::Procountor).calls() > 500 && world.site(Site::Procountor).log().is_empty());
}
