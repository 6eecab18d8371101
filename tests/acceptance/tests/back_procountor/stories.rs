//! Write-back end to end: shipments of a working day, and Procountor's state after them.

use std::time::Duration;

use acceptance::shops::ProcountorShop;
use acceptance::world::{GOODS_OWNER, World, tenant};
use bridge::words::kind::Kind;
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::{Value, json};
use simulators::procountor::Kind as Record;

use crate::{COMPANY, SHOP, act, calls, document, mails, number, open, post, set_status, ship, status, ticks, told};

#[tokio::test(start_paused = true)]
async fn sent_then_collected_many_webhooks_and_the_reconcile_make_one_mail() {
    let world = open(1, json!({})).await;
    let payloads = ship(&world, 1);
    assert!(payloads.len() >= 3, "{payloads:?}");
    post(&world, &payloads).await;
    assert_eq!((status(&world, 1).as_str(), mails(&world, 1)), ("SENT", 1));
    assert_eq!(told(&world, 1), ("updated".into(), "UNFINISHED -> SENT".into()));
    let erp = calls(&world, "GET /invoices/{id}");
    post(&world, &payloads).await;
    let collected = act(&world, "collect", 1, json!({}));
    assert!(!collected.is_empty());
    post(&world, &collected).await;
    ticks(&world, 3).await;
    assert_eq!(calls(&world, "GET /invoices/{id}"), erp, "the journal knows, the ERP is not even asked");
    assert_eq!((calls(&world, "PUT /invoices/{id}/send"), calls(&world, "PUT /invoices/{id}/approve")), (1, 1));
    assert_eq!(mails(&world, 1), 1);
    // Our own approval and sending come back with the next pull, and change nothing in the warehouse.
    let writes = world.writes();
    world.tick(Kind::Procountor).await;
    assert_eq!(world.writes(), writes);
    assert!(world.vendors.procountor.borrow().model.company(COMPANY).is_some_and(|it| it.inventory_updates.is_empty()));
}

#[tokio::test(start_paused = true)]
async fn collected_alone_is_shipped_too() {
    let world = open(1, json!({})).await;
    post(&world, &act(&world, "set_status", 1, json!({"number": 500}))).await;
    assert_eq!(mails(&world, 1), 1);
    assert!(told(&world, 1).1.contains("short: row"), "{:?}", told(&world, 1));
}

#[tokio::test(start_paused = true)]
async fn with_every_webhook_lost_for_a_day_one_tick_makes_it_right() {
    let world = open(3, json!({})).await;
    ticks(&world, 1).await;
    ship(&world, 1);
    ship(&world, 2);
    act(&world, "collect", 2, json!({}));
    world.wait(Duration::from_secs(30 * 3600)).await;
    ticks(&world, 1).await;
    assert_eq!([1, 2, 3].map(|n| mails(&world, n)), [1, 1, 0]);
    ticks(&world, 5).await;
    assert_eq!([1, 2, 3].map(|n| mails(&world, n)), [1, 1, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_part_is_told_in_the_reason_and_the_rest_changes_nothing() {
    let world = open(1, json!({})).await;
    let row = document(&world, 1)["invoiceRows"][0]["id"].to_string();
    post(&world, &act(&world, "ship", 1, json!({"rows": {row.clone(): 1}}))).await;
    assert_eq!(mails(&world, 1), 1);
    assert_eq!(told(&world, 1).1, format!("UNFINISHED -> SENT; short: row {row} 1 of 2"));
    act(&world, "pick", 1, json!({}));
    post(&world, &act(&world, "collect", 1, json!({}))).await;
    ticks(&world, 2).await;
    assert_eq!(mails(&world, 1), 1);
    assert_eq!(told(&world, 1), ("unchanged".into(), "the order is SENT already".into()));
}

#[tokio::test(start_paused = true)]
async fn an_order_that_is_not_the_erps_is_left_alone() {
    let world = open(1, json!({})).await;
    // The same key in Ongoing as document 2, which was never imported.
    SHOP.put(&world, Record::Invoice, {
        let mut other = ProcountorShop::document(2, "SALES_ORDER", &[0]);
        other["status"] = json!("SENT");
        other
    });
    let mut body =
        world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, &number(1)).cloned().unwrap_or_default();
    body["orderNumber"] = json!(number(2));
    body["goodsOwnerOrderId"] = json!(ProcountorShop::id(2).to_string());
    put(&world, &body);
    set_status(&world, 2, "NOT_SENT");
    post(&world, &ship(&world, 2)).await;
    ticks(&world, 3).await;
    assert_eq!((status(&world, 2).as_str(), mails(&world, 2)), ("NOT_SENT", 0));
    assert_eq!(told(&world, 2), Default::default());
}

/// Somebody else's order in Ongoing.
fn put(world: &World, body: &Value) {
    world.warehouse_api("PUT", "orders", body);
}

#[tokio::test(start_paused = true)]
async fn switched_off_nothing_is_written() {
    let world = open(1, json!({})).await;
    let mut item = tenant("acme", Kind::Procountor, json!({}));
    item["processes"] = json!({"shipments": false});
    world.onboard(item);
    post(&world, &ship(&world, 1)).await;
    ticks(&world, 2).await;
    assert_eq!((status(&world, 1).as_str(), mails(&world, 1)), ("UNFINISHED", 0));
    assert_eq!(calls(&world, "GET /invoices/{id}/transactions"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_days_orders_are_each_mailed_once() {
    let world = open(25, json!({})).await;
    let payloads: Vec<Value> = (1..=25).flat_map(|n| ship(&world, n)).collect();
    post(&world, &payloads).await;
    ticks(&world, 2).await;
    assert!((1..=25).all(|n| mails(&world, n) == 1));
    assert_eq!(world.vendors.procountor.borrow().model.throttled, 0);
}

/// When the order's status changed last in the ERP, by its own clock.
fn changed_at(world: &World, n: usize) -> Timestamp {
    let zone = world.vendors.procountor.borrow().model.quirks.zone.clone();
    let local = document(world, n)["version"].as_str().and_then(|text| text.parse::<DateTime>().ok());
    local.and_then(|local| local.to_zoned(zone).ok()).map(|zoned| zoned.timestamp()).unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn freshness_with_a_webhook_and_without() {
    let world = open(2, json!({})).await;
    ticks(&world, 1).await;
    let shipped = world.now();
    post(&world, &ship(&world, 1)).await;
    let with = world.now().duration_since(shipped);
    // The worst case: shipped just after the tick began.
    let shipped = world.now();
    ship(&world, 2);
    world.wait(Duration::from_secs(15 * 60)).await;
    ticks(&world, 1).await;
    assert_eq!((status(&world, 1).as_str(), status(&world, 2).as_str()), ("SENT", "SENT"));
    let without = changed_at(&world, 2).duration_since(shipped);
    println!("shipped -> sent in Procountor: {with:#} with a webhook, {without:#} without");
    assert!(with.as_secs() < 60, "{with:#}");
    assert!(without.as_secs() <= 15 * 60 + 60, "{without:#}");
}
