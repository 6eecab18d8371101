//! Stock back to PowerOffice Go, the simplest way back: webhook or no webhook, once.

use std::time::Duration;

use acceptance::shops::{PowerOfficeShop, Shop, article_number};
use acceptance::world::{GOODS_OWNER, Site, World};
use bridge::doors::webhook::Reply;
use bridge::ports::Run;
use bridge::roads::reconcile;
use bridge::words::envelope::Job;
use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::Trouble;

const SHOP: PowerOfficeShop = PowerOfficeShop;

/// Three articles in Ongoing, the first two of them stock items in the ERP.
async fn open(settings: Value) -> World {
    let world = World::new();
    SHOP.onboard(&world, settings);
    world.tick(Kind::PowerOffice).await;
    for n in 0..3 {
        let product = json!({"Id": 7000 + n, "Code": article_number(n), "Name": "Article", "ProductType": "Product",
            "IsStockItem": n < 2, "StockOnHand": if n < 2 { json!(5) } else { Value::Null }});
        let table = simulators::poweroffice::Kind::Product;
        world.vendors.poweroffice.borrow_mut().model.client("client-key-acme").put(world.now(), table, product);
    }
    world.tick(Kind::PowerOffice).await;
    world
}

fn stock(world: &World, n: usize) -> Value {
    let mut erp = world.vendors.poweroffice.borrow_mut();
    let product =
        erp.model.client("client-key-acme").get(simulators::poweroffice::Kind::Product, &(7000 + n).to_string());
    product.map(|product| product["StockOnHand"].clone()).unwrap_or_default()
}

fn writes(world: &World) -> usize {
    world.vendors.poweroffice.borrow().model.calls_to("PATCH /v2/Products/{id}")
}

fn count(world: &World, n: usize, quantity: i64) {
    world.warehouse("count", &json!({"articleNumber": article_number(n), "numberOfItems": quantity}));
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_webhooks_for_one_article_is_one_write() {
    let world = open(json!({})).await;
    let (_, before) = world.webhooks(0);
    for quantity in [7, 9, 12, 42] {
        count(&world, 0, quantity);
    }
    let (payloads, _) = world.webhooks(before);
    assert!(payloads.len() >= 4);
    for payload in payloads.iter().chain(payloads.iter().rev()) {
        assert_eq!(world.post(payload).await, Reply::Accepted);
    }
    world.write_back_all().await;
    assert_eq!((stock(&world, 0), writes(&world)), (json!(42), 1));
    for payload in &payloads {
        world.post(payload).await;
    }
    world.write_back_all().await;
    assert_eq!(writes(&world), 1);
}

#[tokio::test(start_paused = true)]
async fn with_every_webhook_lost_one_tick_makes_it_right() {
    let world = open(json!({})).await;
    world.reconcile().await;
    count(&world, 0, 3);
    count(&world, 1, 8);
    count(&world, 2, 4);
    let before = writes(&world);
    // A day and more: past the reach of Ongoing's filter.
    world.wait(Duration::from_secs(30 * 3600)).await;
    world.reconcile().await;
    assert_eq!((stock(&world, 0), stock(&world, 1), stock(&world, 2)), (json!(3), json!(8), Value::Null));
    assert_eq!(writes(&world) - before, 2, "an article that is no stock item is left alone");
    for _ in 0..5 {
        world.reconcile().await;
    }
    assert_eq!(writes(&world) - before, 2);
}

#[tokio::test(start_paused = true)]
async fn sellable_stock_is_clamped_at_nothing() {
    let world = open(json!({"stock_quantity": "sellable"})).await;
    count(&world, 0, 1);
    SHOP.put_order(&world, 1, &[0]);
    world.tick(Kind::PowerOffice).await;
    world.reconcile().await;
    // One in the house, two on the order: minus one to sell.
    assert_eq!(stock(&world, 0), json!(0));
}

#[tokio::test(start_paused = true)]
async fn crashes_and_troubles_change_nothing_of_the_end() {
    let world = open(json!({})).await;
    count(&world, 0, 3);
    let (payloads, _) = world.webhooks(0);
    let payload = payloads.last().cloned().unwrap_or_default();
    world.steps.plan(None);
    world.post(&payload).await;
    world.write_back_all().await;
    let steps = world.steps.taken();
    assert!(steps > 6);
    for step in 0..steps {
        let world = open(json!({})).await;
        count(&world, 0, 3);
        world.steps.plan(Some(step));
        world.post(&payload).await;
        world.write_back_all().await;
        world.steps.plan(None);
        world.reconcile().await;
        assert_eq!(stock(&world, 0), json!(3), "crash at step {step}");
        let written = writes(&world);
        world.reconcile().await;
        assert_eq!(writes(&world), written, "crash at step {step}");
    }
    for site in [Site::PowerOffice, Site::Ongoing] {
        for call in 0..4 {
            for trouble in Trouble::ALL {
                let world = open(json!({})).await;
                count(&world, 0, 3);
                world.site(site).plan(world.site(site).calls() + call, trouble);
                world.post(&payload).await;
                world.write_back_all().await;
                world.reconcile().await;
                world.reconcile().await;
                assert_eq!(stock(&world, 0), json!(3), "{trouble:?} at {site:?} call {call}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_tenant_that_is_paused_gets_its_stock_when_it_goes_on() {
    let world = open(json!({})).await;
    count(&world, 0, 3);
    let (payloads, _) = world.webhooks(0);
    world.post(payloads.last().unwrap()).await;
    let mut item = acceptance::world::tenant("acme", Kind::PowerOffice, json!({}));
    item["enabled"] = json!(false);
    world.onboard(item.clone());
    world.write_back_all().await;
    world.reconcile().await;
    assert_eq!(stock(&world, 0), json!(5));
    item["enabled"] = json!(true);
    world.onboard(item);
    world.reconcile().await;
    world.reconcile().await;
    assert_eq!(stock(&world, 0), json!(3));
}

#[tokio::test(start_paused = true)]
async fn a_stock_changed_by_hand_in_the_erp_is_right_again_within_a_day() {
    let world = open(json!({})).await;
    count(&world, 0, 3);
    world.reconcile().await;
    assert_eq!(stock(&world, 0), json!(3));
    let by_hand = |product: &mut Value| product["StockOnHand"] = json!(99);
    let table = simulators::poweroffice::Kind::Product;
    world.vendors.poweroffice.borrow_mut().model.client("client-key-acme").change(world.now(), table, "7000", by_hand);
    for _ in 0..(25 * 4) {
        world.reconcile().await;
    }
    assert_eq!(stock(&world, 0), json!(3));
}

#[tokio::test(start_paused = true)]
async fn what_no_longer_needs_writing_is_not_tried_for_ever() {
    let world = open(json!({})).await;
    count(&world, 0, 3);
    let (payloads, _) = world.webhooks(0);
    let mut payload = payloads.last().unwrap().clone();
    payload["article"]["articleNumber"] = json!("gone");
    world.post(&payload).await;
    let mut item = acceptance::world::tenant("acme", Kind::PowerOffice, json!({}));
    item["enabled"] = json!(false);
    world.onboard(item.clone());
    world.write_back_all().await;
    assert_eq!(world.memory.items("tenant#acme", "due-back#").len(), 1);
    item["enabled"] = json!(true);
    world.onboard(item);
    for _ in 0..3 {
        world.reconcile().await;
    }
    assert!(world.memory.items("tenant#acme", "due-back#").is_empty());
}

/// The articles that a look puts on the queue, in order.
async fn looked_at(world: &World) -> Vec<String> {
    let run = Run { id: "r".into(), deadline: world.now() + Duration::from_secs(300) };
    let found = reconcile::job(&world.ports(), &run, &Job::tick("acme")).await;
    found.unwrap_or_else(|fault| panic!("{fault}"));
    let queued = world.memory.write_back_queue().into_iter().flat_map(|message| {
        let notice: Value = serde_json::from_str(&message.body).unwrap_or_default();
        let numbers = notice["hint"]["articles"].as_array().cloned().unwrap_or_default();
        numbers.into_iter().filter_map(|number| Some(number.as_str()?.to_owned()))
    });
    let queued = queued.collect();
    world.write_back_all().await;
    queued
}

#[tokio::test(start_paused = true)]
async fn what_is_counted_now_goes_before_the_day_s_comparison_which_is_done_in_parts() {
    const ARTICLES: usize = 4_000;
    let world = open(json!({})).await;
    for n in 0..ARTICLES {
        let article =
            json!({ "goodsOwnerId": GOODS_OWNER, "articleNumber": format!("W-{n:05}"), "articleName": "Article" });
        world.warehouse_api("PUT", "articles", &article);
    }
    let first = looked_at(&world).await;
    assert!(first.len() >= ARTICLES, "where nothing is known all are looked at at once: {}", first.len());
    // Within what Ongoing tells of changes, and then a day after all were looked at.
    world.wait(Duration::from_secs(13 * 3600)).await;
    assert_eq!(looked_at(&world).await, Vec::<String>::new());
    world.wait(Duration::from_secs(13 * 3600)).await;
    count(&world, 0, 5);
    let (mut all, mut looks) = (Vec::new(), 0);
    while all.len() < ARTICLES {
        let part = looked_at(&world).await;
        if looks == 0 {
            assert_eq!(part[0], article_number(0), "what changed goes first");
        }
        assert!((1..=2_600).contains(&part.len()), "{} at look {looks}", part.len());
        all.extend(part);
        looks += 1;
        world.wait(Duration::from_secs(900)).await;
    }
    let each: std::collections::BTreeSet<&String> = all.iter().collect();
    assert!(each.len() >= ARTICLES, "{} of {ARTICLES}", each.len());
    assert!(looked_at(&world).await.is_empty(), "and then not until the next day");
}
