//! The settings that a probe names make it right.

use std::time::Duration;

use acceptance::answers;
use acceptance::shops::{FinagoShop, ProcountorShop, Shop as _, article_number};
use acceptance::world::{GOODS_OWNER, World, tenant};
use bridge::roads::check;
use bridge::tenant::Tenant;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::facts::Fact;
use simulators::procountor::Kind as Record;

use crate::scene::under;

fn answer(id: &str, word: &'static str) -> answers::Answers {
    vec![(Fact::named(id).unwrap(), word)]
}

/// Whether an order that is made right after the tenant is first seen arrives.
fn arrives(settings: Value) -> bool {
    under(&answer("procountor.zone", "UTC"), || async {
        let world = World::new();
        ProcountorShop.onboard(&world, settings);
        world.tick(Kind::Procountor).await;
        ProcountorShop.put_article(&world, 0, "Article");
        world.wait(Duration::from_secs(60)).await;
        let order = ProcountorShop.put_order(&world, 1, &[0]);
        for _ in 0..2 {
            world.wait(Duration::from_secs(900)).await;
            world.tick(Kind::Procountor).await;
        }
        world.find("acme", Feed::Orders, &order).is_some()
    })
}

#[test]
fn where_times_are_utc_an_earlier_start_date_misses_nothing() {
    assert!(!arrives(json!({})), "the setting is not needed any more");
    assert!(arrives(json!({ "start_date": "2026-03-02T04:00:00Z" })));
}

/// Whether an order keeps its address when another of its customer comes in.
fn keeps_its_address(settings: Value) -> bool {
    under(&answer("ongoing.shared-address", "it takes the other's"), || async {
        let world = World::new();
        FinagoShop.onboard(&world, settings);
        world.tick(Kind::Finago).await;
        FinagoShop.put_article(&world, 0, "Article");
        // The shop has seven customers.
        let order = FinagoShop.put_order(&world, 1, &[0]);
        FinagoShop.put_order(&world, 8, &[0]);
        world.wait(Duration::from_secs(120)).await;
        world.tick(Kind::Finago).await;
        let query = format!("orders?goodsOwnerId={GOODS_OWNER}&orderNumber={order}");
        let shown = world.warehouse_api("GET", &query, &Value::Null)[0]["consignee"]["address1"].clone();
        let sent = world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, &order).unwrap().clone();
        shown == sent["consignee"]["address1"]
    })
}

#[test]
fn where_customers_share_an_address_a_number_for_each_keeps_orders_apart() {
    assert!(!keeps_its_address(json!({})), "the setting is not needed any more");
    assert!(keeps_its_address(json!({ "customer_number": "per_address" })));
}

/// An article's weight, where the ERP's are grams, and what a check says of it.
fn weight(settings: Value) -> (String, String) {
    under(&answer("finago.weight-unit", "grams"), || async {
        let world = World::new();
        FinagoShop.onboard(&world, settings.clone());
        FinagoShop.put_article(&world, 0, "Article");
        world.wait(Duration::from_secs(120)).await;
        world.tick(Kind::Finago).await;
        let body = world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, &article_number(0)).unwrap().clone();
        let item = Tenant::parse(&tenant("acme", Kind::Finago, settings), false).unwrap();
        let deadline = world.now() + Duration::from_secs(900);
        let found = check::goods(&world.ports(), &item, deadline).await.unwrap();
        (body["weight"].to_string(), found.advice)
    })
}

#[test]
fn where_weights_are_grams_the_unit_makes_them_kilograms_and_a_check_says_so() {
    let (heavy, advice) = weight(json!({}));
    assert_eq!(heavy, "620", "the setting is not needed any more");
    assert!(advice.contains("1 of 1 articles would weigh more than 100 kg"), "{advice}");
    assert!(advice.contains("weight_unit"), "{advice}");
    assert_eq!(weight(json!({ "weight_unit": "g" })), ("0.62".to_owned(), String::new()));
}

/// Whether a shipment is left for a person.
fn is_left(shipments: bool) -> bool {
    under(&answer("procountor.send-orders", "refused"), || async {
        let world = World::new();
        ProcountorShop.onboard(&world, json!({}));
        let mut item = tenant("acme", Kind::Procountor, json!({}));
        item["processes"] = json!({ "shipments": shipments });
        world.onboard(item);
        world.tick(Kind::Procountor).await;
        ProcountorShop.put_article(&world, 0, "Article");
        world.wait(Duration::from_secs(120)).await;
        world.tick(Kind::Procountor).await;
        let order = ProcountorShop.put_order(&world, 1, &[0]);
        ProcountorShop.change(&world, Record::Invoice, ProcountorShop::id(1), &json!({ "status": "NOT_SENT" }));
        world.tick(Kind::Procountor).await;
        world.reconcile().await;
        world.warehouse("count", &json!({ "articleNumber": article_number(0), "numberOfItems": 10 }));
        world.warehouse("ship", &json!({ "orderNumber": order }));
        for _ in 0..3 {
            world.wait(Duration::from_secs(3600)).await;
            world.reconcile().await;
        }
        world.logs.text().contains("not supported invoice type")
    })
}

#[test]
fn where_orders_cannot_be_sent_no_shipment_is_left_without_the_process() {
    assert!(is_left(true), "the setting is not needed any more");
    assert!(!is_left(false));
}
