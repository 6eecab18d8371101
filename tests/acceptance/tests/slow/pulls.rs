//! Two pulls of one tenant at a time, and backfills that do not fit one invocation.

use std::time::Duration;

use acceptance::shops::{Companies, PowerOfficeShop, Shop};
use acceptance::world::deployment::pull_of;
use acceptance::world::{Happens, Peer, Pump, Rule, Site, World};
use bridge::state::health;
use bridge::words::envelope::Job;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use serde_json::json;

use crate::MINUTE;

#[tokio::test(start_paused = true)]
async fn no_pull_hands_out_orders_while_another_holds_the_articles_that_they_name() {
    let orders_alone = || Job { feeds: Some(vec![Feed::Orders]), ..Job::tick("acme") };
    for second in [Job::tick("acme"), orders_alone()] {
        let world = World::new();
        PowerOfficeShop.onboard(&world, json!({ "start_date": "2026-01-01" }));
        PowerOfficeShop.put_article(&world, 0, "Article");
        PowerOfficeShop.put_order(&world, 1, &[0]);
        let products = Rule::when(|call| call.what.contains("/Products"), Happens::Latency(Duration::from_secs(20)));
        world.rules.add(products.times(1));
        world.ports().queue.jobs(&[Job::tick("acme"), second], Duration::ZERO).await.unwrap();
        Pump::new(&world).run(5 * MINUTE).await;
        let sent = world.sent();
        let place = |what: &str| sent.iter().position(|call| call.starts_with("PUT") && call.contains(what));
        let (article, order) = (place("/api/v1/articles").unwrap(), place("/api/v1/orders").unwrap());
        assert!(article < order, "{article} {order}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_backfill_whose_page_does_not_fit_goes_on_where_it_was_and_ends() {
    let world = World::new();
    PowerOfficeShop.onboard(&world, json!({ "start_date": "2026-01-01" }));
    PowerOfficeShop.put_article(&world, 0, "Article");
    for n in 1..=150 {
        PowerOfficeShop.put_order(&world, n, &[0]);
    }
    world.tick(Kind::PowerOffice).await;
    world.rules.add(Rule::to(Peer::Vendor(Site::PowerOffice), Happens::Latency(Duration::from_secs(12))));
    world.counters.reset();
    let since = "2026-01-01T00:00:00Z".parse().ok();
    let began = world.now();
    world.ports().queue.jobs(&[Job { since, ..Job::tick("acme") }], Duration::ZERO).await.unwrap();
    let mut pump = Pump::new(&world);
    assert!(pump.drain(began + 120 * MINUTE).await, "the backfill ends");
    let calls = world.counters.calls(Peer::Vendor(Site::PowerOffice));
    let runs = world.counters.invoked(pull_of(Kind::PowerOffice).name).ended["ran"];
    let took = world.now().duration_since(began).as_secs();
    println!(
        "figure: 16 | a backfill of 150 orders at 12 s a call: invocations, calls, seconds | before never ends; now {runs}, {calls}, {took}"
    );
    assert!(runs > 1, "{runs}: it does not fit one");
    assert!(calls < 2 * 150 + 100, "{calls}: what it has dealt with is not read again");
}

#[tokio::test(start_paused = true)]
async fn a_backfill_that_meets_a_pull_comes_again_when_that_is_over() {
    let world = World::new();
    PowerOfficeShop.onboard(&world, json!({ "start_date": "2026-02-01" }));
    PowerOfficeShop.put_article(&world, 0, "Article");
    world.rules.add(Rule::to(Peer::Vendor(Site::PowerOffice), Happens::Latency(Duration::from_secs(20))).times(3));
    let since = "2026-01-01T00:00:00Z".parse().ok();
    let backfill = Job { since, feeds: Some(vec![Feed::Articles]), ..Job::tick("acme") };
    world.ports().queue.jobs(&[Job::tick("acme"), backfill], Duration::ZERO).await.unwrap();
    let mut pump = Pump::new(&world);
    pump.run(10 * MINUTE).await;
    let lists = world.site(Site::PowerOffice).log().iter().filter(|(_, target)| target.contains("/Products?")).count();
    assert!(lists >= 2, "{lists}: the tick's and the backfill's own");
    assert!(world.memory.queue("pull-poweroffice-jobs").is_empty(world.now()));
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_not_handed_out_in_time_goes_on_in_the_next_run() {
    let world = World::new();
    let companies = Companies::found(&world, Kind::Finago, 1, &json!({ "start_date": "2026-01-01" }));
    for n in 0..900 {
        companies.put_article(&world, 0, n, "Article");
    }
    world.rules.add(Rule::to(Peer::State, Happens::Latency(Duration::from_millis(1_500))));
    let pull = pull_of(Kind::Finago);
    let mut pump = Pump::new(&world).scheduled([pull]);
    pump.run(90 * MINUTE).await;
    let invoked = world.counters.invoked(pull.name);
    assert!(!invoked.ended.contains_key("timed out"), "{invoked:?}");
    assert_eq!(crate::arrived(&world, companies.goods_owner(0)), 900);
}

/// A walk goes by ids: what is edited behind it while several runs are at it is seen by the next walk, which does not wait
/// for a tick. And until a walk has come to its end the feed is as old as the last one.
#[tokio::test(start_paused = true)]
async fn a_walk_of_several_runs_is_followed_by_another_at_once_and_makes_nothing_fresh_before() {
    let world = World::new();
    let companies = Companies::found(&world, Kind::Procountor, 1, &json!({ "start_date": "2026-01-01" }));
    companies.put_article(&world, 0, 0, "Article");
    for n in 0..60 {
        companies.put_order(&world, 0, n, &[0]);
    }
    world.pages.cut(Some(2));
    world.rules.add(Rule::to(Peer::Vendor(Site::Procountor), Happens::Latency(Duration::from_secs(10))));
    let began = world.now();
    let mut pump = Pump::new(&world).scheduled([pull_of(Kind::Procountor)]);
    let orders = || async { health::read(&world.ports(), "procountor-0000").await.unwrap().feeds["orders"].clone() };
    pump.run(8 * MINUTE).await;
    let health = orders().await;
    assert_eq!((health.good_at, health.reading.map(|reading| reading.since < began + MINUTE)), (None, Some(true)));
    companies.refer(&world, 0, 0, "edited behind the walk");
    pump.run(14 * MINUTE - 8 * MINUTE).await;
    let body = world.vendors.ongoing.borrow().model.order_body(companies.goods_owner(0), "20000").unwrap().to_string();
    assert!(body.contains("edited behind the walk"), "{body}");
    let health = orders().await;
    assert!(health.reading.is_some_and(|reading| reading.since > began + 8 * MINUTE), "another walk is under way");
    assert!(health.good_at.is_some_and(|at| at < began + MINUTE), "as fresh as the beginning of the first");
}
