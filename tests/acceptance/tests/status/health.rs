//! Health is state: what is in the way, since when, how often, and that it is over.

use std::time::Duration;

use acceptance::shops::{self, PowerOfficeShop, Shop, VismaShop, article_number};
use acceptance::world::deployment::{RECONCILE, pull_of};
use acceptance::world::{Happens, Peer, Pump, Rule, Site, World};
use bridge::ports::Fifo;
use bridge::state::delivery_fault::DeliveryFault;
use bridge::state::health::{self, FeedHealth, Trouble};
use bridge::words::cause::Cause;
use serde_json::json;

const MINUTE: Duration = Duration::from_secs(60);

async fn feed(world: &World, feed: &str) -> FeedHealth {
    health::read(&world.ports(), "acme").await.unwrap().feeds.get(feed).cloned().unwrap_or_default()
}

async fn in_the_way(world: &World, queue: Fifo) -> Option<(Trouble, Option<String>)> {
    let fault = DeliveryFault::read(&world.ports(), queue, "acme").await.unwrap()?;
    Some((fault.trouble()?, fault.system))
}

/// As [`Shop::onboard`], with an article that is in Ongoing.
async fn open(shop: &dyn Shop) -> World {
    let world = World::new();
    shop.onboard(&world, json!({}));
    shop.put_article(&world, 0, "Article");
    world.tick(shop.kind()).await;
    world
}

#[tokio::test(start_paused = true)]
async fn an_erp_that_refuses_the_login_is_told_with_since_and_how_often_and_then_it_is_over() {
    for shop in shops::all() {
        let (shop, kind) = (shop.as_ref(), shop.kind());
        let world = open(shop).await;
        let good_at = feed(&world, "articles").await.good_at.unwrap();
        let mut pump = Pump::new(&world).scheduled([pull_of(kind)]).with_new_processes();
        let refused = world.rules.add(Rule::to(Peer::Vendor(shop.site()), Happens::Status(401)));
        let began = world.now();
        pump.run(44 * MINUTE).await;
        // Nothing behind the first feed is tried that would be refused as well.
        let first = kind.feeds().iter().find(|feed| world_pulls(feed.word())).unwrap().word();
        let health = feed(&world, first).await;
        let trouble = health.trouble.unwrap();
        assert_eq!(trouble.cause, Cause::LoginRefused, "{kind}: {}", trouble.reason);
        assert_eq!((health.good_at.unwrap() <= good_at, trouble.times), (true, 3), "{kind}");
        assert!(trouble.since < began + MINUTE && trouble.at > began + 29 * MINUTE, "{kind}: {trouble:?}");
        world.rules.remove(&refused);
        shop.put_right(&world);
        pump.run(16 * MINUTE).await;
        let health = feed(&world, first).await;
        assert_eq!(health.trouble, None, "{kind}");
        assert!(health.good_at.unwrap() > trouble.at, "{kind}");
    }
}

/// Suppliers are off unless they are asked for.
fn world_pulls(feed: &str) -> bool {
    feed != "suppliers"
}

#[tokio::test(start_paused = true)]
async fn an_ongoing_that_refuses_the_login_is_what_the_queued_records_wait_for() {
    let world = open(&PowerOfficeShop).await;
    let kind = PowerOfficeShop.kind();
    let mut pump = Pump::new(&world).scheduled([pull_of(kind)]).with_new_processes();
    let secret = world.memory.secret_value("ongoing/acme").unwrap();
    let mut wrong = secret.clone();
    wrong["password"] = json!("wrong");
    world.memory.secret("ongoing/acme", &wrong);
    PowerOfficeShop.put_order(&world, 1, &[0]);
    let began = world.now();
    pump.run(120 * MINUTE).await;
    let (trouble, system) = in_the_way(&world, Fifo::Import).await.unwrap();
    assert_eq!((trouble.cause, system.as_deref()), (Cause::LoginRefused, Some("ongoing")));
    assert!(trouble.since < began + 2 * MINUTE && trouble.times > 5, "{trouble:?}");
    // The ERP is not to blame.
    assert_eq!(feed(&world, "orders").await.trouble, None);
    world.memory.secret("ongoing/acme", &secret);
    pump.run(15 * MINUTE).await;
    assert_eq!(in_the_way(&world, Fifo::Import).await, None);
}

#[tokio::test(start_paused = true)]
async fn what_a_write_back_met_names_the_system_that_failed() {
    let world = open(&VismaShop).await;
    let mut pump = Pump::new(&world).scheduled([RECONCILE]).with_new_processes();
    pump.run(MINUTE).await;
    let down = world.rules.add(Rule::to(Peer::Vendor(Site::Visma), Happens::Refused));
    world.warehouse("count", &json!({ "articleNumber": article_number(0), "numberOfItems": 50 }));
    pump.run(60 * MINUTE).await;
    let (trouble, system) = in_the_way(&world, Fifo::WriteBack).await.unwrap();
    assert_eq!((trouble.cause, system.as_deref()), (Cause::Down, Some("visma")), "{trouble:?}");
    world.rules.remove(&down);
    pump.run(15 * MINUTE).await;
    assert_eq!(in_the_way(&world, Fifo::WriteBack).await, None);
}

/// One read and one write a run, however many feeds it has and whatever became of them.
#[tokio::test(start_paused = true)]
async fn a_run_costs_one_read_and_one_write_more() {
    let world = open(&PowerOfficeShop).await;
    let rev = || world.memory.items("tenant#acme", "health")[0].rev;
    for n in 1..=3 {
        let before = rev();
        PowerOfficeShop.put_article(&world, n, "Another");
        world.tick(PowerOfficeShop.kind()).await;
        assert_eq!(rev(), before + 1);
    }
}

/// A batch of messages that come for the first time reads nothing of what was in the way.
#[tokio::test(start_paused = true)]
async fn a_good_batch_costs_nothing() {
    let world = open(&PowerOfficeShop).await;
    let notes = world.rules.add(Rule::when(|call| call.says("delivery-fault"), Happens::Latency(Duration::ZERO)));
    PowerOfficeShop.put_article(&world, 1, "Another");
    world.tick(PowerOfficeShop.kind()).await;
    assert_eq!(world.writes(), 2);
    assert_eq!(notes.met(), 0);
}
