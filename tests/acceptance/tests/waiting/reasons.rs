//! What waits for a reason goes when the reason is gone.

use std::time::Duration;

use acceptance::shops::{self, ProcountorShop, Shop};
use acceptance::world::deployment::pull_of;
use acceptance::world::{GOODS_OWNER, Pump, World};
use bridge::words::envelope::Job;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::json;
use simulators::procountor::Kind as Record;

pub const MINUTE: Duration = Duration::from_secs(60);

pub fn only(feed: Feed) -> Job {
    Job { feeds: Some(vec![feed]), ..Job::tick("acme") }
}

/// One pull of a feed by hand, and its imports.
pub async fn pull(world: &World, kind: Kind, feed: Feed) {
    world.pull(kind, &only(feed)).await;
    world.import_all().await;
}

/// Seconds until this holds, with a tick every quarter of an hour.
pub async fn seconds_until(pump: &mut Pump<'_>, world: &World, holds: impl Fn() -> bool) -> i64 {
    let began = world.now();
    while !holds() {
        pump.run(Duration::from_secs(1)).await;
        assert!(world.now().duration_since(began).as_secs() < 100_000, "never");
    }
    world.now().duration_since(began).as_secs()
}

#[tokio::test(start_paused = true)]
async fn an_order_goes_when_its_article_has_arrived() {
    for shop in shops::all() {
        let (shop, kind) = (shop.as_ref(), shop.kind());
        let world = World::new();
        shop.onboard(&world, json!({}));
        let mut pump = Pump::new(&world).scheduled([pull_of(kind)]);
        pump.run(MINUTE).await;
        let orders: Vec<String> = (1..=3).map(|n| shop.put_order(&world, n, &[0])).collect();
        pull(&world, kind, Feed::Orders).await;
        shop.put_article(&world, 0, "Article");
        let outcome = |order: &String| world.find("acme", Feed::Orders, order).unwrap().outcome;
        assert!(orders.iter().all(|order| outcome(order) == Some(Outcome::Parked)), "{kind}: it is not there yet");
        world.wait(MINUTE).await;
        world.pull(kind, &only(Feed::Articles)).await;
        let is_in = |order: &String| world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, order).is_some();
        let took = seconds_until(&mut pump, &world, || orders.iter().all(is_in)).await;
        println!(
            "figure: 8 | {kind}: an article one minute after its orders: seconds until they are in (before: 1680) | {took}"
        );
        assert!(took < 10, "{kind}: {took}");
        assert_eq!(world.memory.items("tenant#acme", "waits#").len(), 0, "{kind}");
        // Nothing of it is sent twice afterwards.
        let writes = world.writes();
        pump.run(40 * MINUTE).await;
        assert_eq!(world.writes(), writes, "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_purchase_order_goes_when_its_article_has_arrived() {
    let (shop, kind) = (ProcountorShop, Kind::Procountor);
    let world = World::new();
    shop.onboard(&world, json!({}));
    let mut pump = Pump::new(&world).scheduled([pull_of(kind)]);
    pump.run(MINUTE).await;
    shop.put(&world, Record::Invoice, ProcountorShop::document(1, "PURCHASE_ORDER", &[0]));
    pull(&world, kind, Feed::PurchaseOrders).await;
    shop.put_article(&world, 0, "Article");
    world.wait(MINUTE).await;
    world.pull(kind, &only(Feed::Articles)).await;
    let is_in = || world.vendors.ongoing.borrow().model.purchase_order_body(GOODS_OWNER, "20001").is_some();
    let took = seconds_until(&mut pump, &world, is_in).await;
    println!("figure: 8 | {kind}: an article one minute after its purchase order: seconds (before: 1680) | {took}");
    assert!(took < 10, "{took}");
}

/// An order that has waited for days is tried once a day; it need not wait for that.
#[tokio::test(start_paused = true)]
async fn an_order_that_has_waited_long_waits_no_longer_than_its_article() {
    for shop in shops::all() {
        let (shop, kind) = (shop.as_ref(), shop.kind());
        let world = World::new();
        shop.onboard(&world, json!({}));
        let mut pump = Pump::new(&world).scheduled([pull_of(kind)]);
        pump.run(MINUTE).await;
        let order = shop.put_order(&world, 1, &[0]);
        pull(&world, kind, Feed::Orders).await;
        shop.put_article(&world, 0, "Article");
        // The articles are switched off, by mistake.
        let mut item = acceptance::world::tenant("acme", kind, json!({}));
        item["processes"] = json!({ "articles": false });
        world.onboard(item.clone());
        pump.run(5 * 24 * 60 * MINUTE).await;
        let is_in = || world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, &order).is_some();
        assert!(!is_in(), "{kind}");
        item["processes"] = json!({ "articles": true });
        world.onboard(item);
        let took = seconds_until(&mut pump, &world, is_in).await;
        println!(
            "figure: 8 | {kind}: articles switched on after five days: seconds until the order is in (before: 22440) | {took}"
        );
        assert!(took <= 15 * 60 + 10, "{kind}: {took}");
    }
}
