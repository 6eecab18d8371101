//! A login that is refused and good again: what it put off goes at the next tick at the latest.

use acceptance::shops::{self, Shop, article_number};
use acceptance::world::deployment::{RECONCILE, pull_of};
use acceptance::world::{GOODS_OWNER, Happens, Peer, Pump, Rule, World};
use bridge::ports::Item;
use serde_json::json;

use crate::reasons::{MINUTE, seconds_until};

/// A company with an article in Ongoing, whose ticks go on.
async fn open(shop: &dyn Shop) -> World {
    let world = World::new();
    shop.onboard(&world, json!({}));
    shop.put_article(&world, 0, "Article");
    world.tick(shop.kind()).await;
    world
}

fn is_in(world: &World, orders: &[String]) -> bool {
    let ongoing = world.vendors.ongoing.borrow();
    orders.iter().all(|order| ongoing.model.order_body(GOODS_OWNER, order).is_some())
}

#[tokio::test(start_paused = true)]
async fn records_go_when_ongoings_login_is_good_again() {
    for shop in shops::all() {
        let (shop, kind) = (shop.as_ref(), shop.kind());
        let world = open(shop).await;
        let mut pump = Pump::new(&world).scheduled([pull_of(kind)]).with_new_processes();
        let secret = world.memory.secret_value("ongoing/acme").unwrap();
        let mut wrong = secret.clone();
        wrong["password"] = json!("wrong");
        world.memory.secret("ongoing/acme", &wrong);
        let orders: Vec<String> = (1..=12).map(|n| shop.put_order(&world, n, &[0])).collect();
        pump.run(48 * 60 * MINUTE).await;
        assert!(!is_in(&world, &orders[..1]), "{kind}");
        world.memory.secret("ongoing/acme", &secret);
        let took = seconds_until(&mut pump, &world, || is_in(&world, &orders)).await;
        println!(
            "figure: 8 | {kind}: Ongoing's login is good again after two days: seconds until 12 orders are in (before: the same) | {took}"
        );
        assert!(took <= 15 * 60 + 10, "{kind}: {took}");
    }
}

#[tokio::test(start_paused = true)]
async fn records_and_write_backs_go_when_the_erps_login_is_good_again() {
    for shop in shops::all() {
        let (shop, kind) = (shop.as_ref(), shop.kind());
        let world = open(shop).await;
        let mut pump = Pump::new(&world).scheduled([pull_of(kind), RECONCILE]).with_new_processes();
        pump.run(MINUTE).await;
        let refused = world.rules.add(Rule::to(Peer::Vendor(shop.site()), Happens::Status(401)));
        let orders: Vec<String> = (1..=12).map(|n| shop.put_order(&world, n, &[0])).collect();
        world.warehouse("count", &json!({ "articleNumber": article_number(0), "numberOfItems": 50 }));
        pump.run(48 * 60 * MINUTE).await;
        assert!(!is_in(&world, &orders[..1]), "{kind}");
        world.rules.remove(&refused);
        shop.put_right(&world);
        let written = || {
            let note = world.memory.items("tenant#acme", &format!("back#stock#{}", article_number(0)));
            // PowerOffice keeps no stock of this product, and says so once it is asked.
            let told = |note: &Item| note.body["written"] == "50" || note.body["outcome"] == "filtered";
            !kind.takes_stock() || note.first().is_some_and(told)
        };
        let took = seconds_until(&mut pump, &world, || is_in(&world, &orders) && written()).await;
        println!(
            "figure: 8 | {kind}: the ERP's login is good again after two days: seconds until 12 orders are in and a stock is back (before: the same) | {took}"
        );
        assert!(took <= 15 * 60 + 10, "{kind}: {took}");
    }
}
