//! Purchase orders, which only Procountor has.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use acceptance::shops::{ProcountorShop, Shop, article_number};
use acceptance::world::{GOODS_OWNER, World};
use bridge::state::ledger::Entry;
use bridge::words::envelope::Job;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::{Value, json};
use simulators::procountor::Kind as Record;

const SHOP: ProcountorShop = ProcountorShop;

/// A tenant that was seen before its first documents.
async fn open() -> World {
    let world = World::new();
    SHOP.onboard(&world, json!({}));
    tick(&world).await;
    world
}

async fn tick(world: &World) {
    world.tick(Kind::Procountor).await;
}

fn purchase_order(world: &World, n: usize) -> Option<Value> {
    world.vendors.ongoing.borrow().model.purchase_order_body(GOODS_OWNER, &(20_000 + n).to_string()).cloned()
}

fn purchase_state(world: &World, n: usize) -> Value {
    let orders = world.wms()["purchaseOrders"].as_array().cloned().unwrap_or_default();
    let number = json!((20_000 + n).to_string());
    orders.into_iter().find(|order| order["purchaseOrderNumber"] == number).unwrap()
}

fn entry(world: &World, n: usize) -> Entry {
    world.find("acme", Feed::PurchaseOrders, &(20_000 + n).to_string()).unwrap()
}

fn put_purchase_order(world: &World, n: usize, articles: &[usize]) {
    SHOP.put(world, Record::Invoice, ProcountorShop::document(n, "PURCHASE_ORDER", articles));
}

#[tokio::test(start_paused = true)]
async fn a_purchase_order_arrives_changes_and_is_cancelled() {
    for keeps_missing_rows in [false, true] {
        let world = open().await;
        world.warehouse("configure", &json!({"goodsOwnerId": GOODS_OWNER, "keeps_missing_rows": keeps_missing_rows}));
        (0..3).for_each(|n| SHOP.put_article(&world, n, "Article"));
        put_purchase_order(&world, 1, &[0, 1, 2]);
        tick(&world).await;
        let body = purchase_order(&world, 1).unwrap();
        assert_eq!(body["supplierInfo"]["supplierNumber"], "C-1");
        assert_eq!(body["purchaseOrderLines"][1]["articleNumber"], article_number(1));
        assert_eq!(entry(&world, 1).outcome, Some(Outcome::Created));

        let rows = ProcountorShop::document(1, "PURCHASE_ORDER", &[0])["invoiceRows"].clone();
        SHOP.change(&world, Record::Invoice, ProcountorShop::id(1), &json!({"invoiceRows": rows, "notes": "Kiire"}));
        tick(&world).await;
        assert_eq!(purchase_order(&world, 1).unwrap()["purchaseOrderRemark"], "Kiire");
        assert_eq!(entry(&world, 1).outcome, Some(Outcome::Updated));
        let rows = purchase_state(&world, 1)["rows"].as_array().cloned().unwrap();
        let expected: Vec<&Value> = rows.iter().filter(|row| row["advised"].as_f64() != Some(0.0)).collect();
        assert_eq!(expected.len(), 1, "{rows:?}");

        SHOP.change(&world, Record::Invoice, ProcountorShop::id(1), &json!({"status": "INVALIDATED"}));
        tick(&world).await;
        assert_eq!(purchase_state(&world, 1)["status"], 900);
        assert_eq!(entry(&world, 1).outcome, Some(Outcome::Cancelled));
        let writes = world.writes();
        tick(&world).await;
        assert_eq!(world.writes(), writes);
    }
}

#[tokio::test(start_paused = true)]
async fn a_purchase_order_under_reception_keeps_what_it_has() {
    for withdrawn in [false, true] {
        let world = open().await;
        SHOP.put_article(&world, 0, "Article");
        put_purchase_order(&world, 1, &[0]);
        tick(&world).await;
        world.warehouse("receive", &json!({"purchaseOrderNumber": "20001"}));
        let before = purchase_order(&world, 1);
        let change = if withdrawn { json!({"status": "INVALIDATED"}) } else { json!({"notes": "Kiire"}) };
        SHOP.change(&world, Record::Invoice, ProcountorShop::id(1), &change);
        tick(&world).await;
        assert_eq!(purchase_order(&world, 1), before);
        assert_ne!(purchase_state(&world, 1)["status"], 900);
        let entry = entry(&world, 1);
        assert_eq!(entry.outcome, Some(Outcome::Blocked));
        assert!(entry.reason.unwrap().contains("receiving"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_listed_as_no_goods_while_a_purchase_order_is_queued_stays_out_of_it() {
    let world = open().await;
    (0..2).for_each(|n| SHOP.put_article(&world, n, "Article"));
    put_purchase_order(&world, 1, &[0, 1]);
    put_purchase_order(&world, 2, &[1]);
    assert!(world.pull(Kind::Procountor, &Job::tick("acme")).await.ran().unwrap().is_ok());
    let settings = json!({"not_goods": [article_number(1)]});
    world.memory.tenant(acceptance::world::tenant("acme", Kind::Procountor, settings));
    world.import_all().await;
    let lines = purchase_order(&world, 1).unwrap()["purchaseOrderLines"].clone();
    assert_eq!(lines.as_array().map(Vec::len), Some(1), "{lines}");
    assert_eq!(lines[0]["articleNumber"], article_number(0));
    assert_eq!((purchase_order(&world, 2), entry(&world, 2).outcome), (None, Some(Outcome::Filtered)));
}

#[tokio::test(start_paused = true)]
async fn a_purchase_order_without_goods_is_cancelled_and_one_that_never_was_stays_out() {
    let world = open().await;
    SHOP.put_article(&world, 0, "Article");
    put_purchase_order(&world, 1, &[0]);
    put_purchase_order(&world, 2, &[]);
    tick(&world).await;
    assert_eq!(entry(&world, 2).outcome, Some(Outcome::Filtered));
    SHOP.change(&world, Record::Invoice, ProcountorShop::id(1), &json!({"invoiceRows": []}));
    tick(&world).await;
    assert_eq!(purchase_state(&world, 1)["status"], 900);
}
