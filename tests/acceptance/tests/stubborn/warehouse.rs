//! What the warehouse does with orders beside shipping them once, and orders that cannot be read: nothing is told wrongly, and
//! somebody is told.

use std::time::Duration;

use acceptance::shops::{self, Shop};
use acceptance::world::{Call, GOODS_OWNER, Happens, Peer, Rule, Site, World};
use bridge::doors::webhook::Reply;
use bridge::roads::repair::{self, Flow};
use bridge::state::journal::Back;
use bridge::words::metric::Metric;
use serde_json::{Value, json};

/// An order of two pieces in the warehouse, where there are fifty.
async fn open(shop: &dyn Shop) -> (World, String) {
    let world = World::new();
    shop.onboard(&world, json!({}));
    shop.put_article(&world, 0, "Article");
    world.tick(shop.kind()).await;
    let order = shop.put_order(&world, 1, &[0]);
    world.tick(shop.kind()).await;
    world.warehouse("count", &json!({ "articleNumber": shops::article_number(0), "numberOfItems": 50 }));
    (world, order)
}

fn of_those_that_take_shipments() -> impl Iterator<Item = Box<dyn Shop>> {
    shops::all().into_iter().filter(|shop| shop.kind().takes_shipments())
}

/// Each of them twice, with and without something.
fn either_way() -> impl Iterator<Item = (Box<dyn Shop>, bool)> {
    of_those_that_take_shipments().flat_map(|shop| [true, false].map(|way| (shops::of(shop.kind()), way)))
}

/// Ongoing tells what happened after the last webhook that it sent, and it is written back.
async fn tells(world: &World, last: &mut i64) {
    let (payloads, now) = world.webhooks(*last);
    *last = now;
    for payload in payloads {
        assert_eq!(world.post(&payload).await, Reply::Accepted);
    }
    world.write_back_all().await;
}

/// The journal's notes of shipments, by Ongoing's id of the order.
fn notes(world: &World) -> Vec<(String, Value)> {
    let notes = world.memory.items("tenant#acme", "back#shipments#").into_iter();
    notes.map(|item| (item.sk.trim_start_matches("back#shipments#").to_owned(), item.body)).collect()
}

fn left(world: &World) -> usize {
    world.logs.counted().iter().filter(|one| one.metric == Metric::RecordsParked).count()
}

#[tokio::test(start_paused = true)]
async fn a_back_order_waits_for_a_person_whether_it_names_the_record_or_not() {
    for (shop, names) in either_way() {
        let kind = shop.kind();
        let (world, order) = open(shop.as_ref()).await;
        let mut last = 0;
        let body = world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, &order).cloned().unwrap();
        let row = body["orderLines"][0]["rowNumber"].as_str().unwrap();
        world.warehouse("ship", &json!({ "orderNumber": order, "rows": { row: 1 } }));
        tells(&world, &mut last).await;
        let told = notes(&world);
        assert_eq!(told[0].1["outcome"], "updated", "{kind}: {told:?}");

        let rest = json!({ "orderNumber": order, "number": format!("{order}-1"), "namesRecord": names });
        let id = world.warehouse("back_order", &rest)["orderInfo"]["orderId"].to_string();
        world.warehouse("ship", &json!({ "orderNumber": format!("{order}-1") }));
        tells(&world, &mut last).await;
        let after = notes(&world);
        let note = after.iter().find(|(key, _)| *key == id).map(|(_, note)| note.clone()).unwrap_or_default();
        let reason = note["reason"].as_str().unwrap_or_default();
        assert!(note["outcome"] == "parked" && reason.contains(&order), "{kind}, names it: {names}: {after:?}");
        assert_eq!(after.iter().find(|(key, _)| *key != id), told.first(), "{kind}: of the first one nothing changed");
        assert_eq!(left(&world), 1, "{kind}: {}", world.logs.text());

        assert!(repair::drop(&world.ports(), "acme", Flow::Back(Back::Shipments), &id).await.unwrap());
        for _ in 0..2 {
            world.reconcile().await;
            world.wait(Duration::from_secs(24 * 3600)).await;
        }
        let after = notes(&world);
        let note = after.iter().find(|(key, _)| *key == id).map(|(_, note)| note.clone()).unwrap_or_default();
        assert_eq!(
            (note["outcome"].as_str(), left(&world)),
            (Some("filtered"), 1),
            "{kind}: what is given up stays so"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_that_went_on_before_its_shipment_was_told_waits_for_a_person_until_a_setting_says_what_it_is() {
    for shop in of_those_that_take_shipments() {
        let kind = shop.kind();
        let (world, order) = open(shop.as_ref()).await;
        world.warehouse("ship", &json!({ "orderNumber": order }));
        world.warehouse("set_status", &json!({ "orderNumber": order, "number": 800 }));
        // No webhook came.
        world.reconcile().await;
        let parked = notes(&world);
        let reason = parked[0].1["reason"].as_str().unwrap_or_default();
        assert!(
            parked[0].1["outcome"] == "parked" && reason.contains("add 800 to shipped_statuses"),
            "{kind}: {parked:?}"
        );
        let mut item = world.memory.tenant_items().remove(0);
        item["ongoing"]["shipped_statuses"] = json!([450, 500, 800]);
        world.memory.tenant(item);
        for _ in 0..2 {
            world.reconcile().await;
        }
        assert_eq!(notes(&world)[0].1["outcome"], "updated", "{kind}: {:?}", notes(&world));
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_that_was_told_in_time_is_left_alone_when_it_comes_back() {
    for shop in of_those_that_take_shipments() {
        let (world, order) = open(shop.as_ref()).await;
        let mut last = 0;
        world.warehouse("ship", &json!({ "orderNumber": order }));
        tells(&world, &mut last).await;
        let told = notes(&world);
        world.warehouse("set_status", &json!({ "orderNumber": order, "number": 800 }));
        tells(&world, &mut last).await;
        world.reconcile().await;
        assert_eq!(notes(&world), told, "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn a_shipped_order_that_is_not_as_promised_is_parked_and_told_with_a_webhook_and_without() {
    for (shop, webhook) in either_way() {
        let kind = shop.kind();
        let (world, order) = open(shop.as_ref()).await;
        world.warehouse("ship", &json!({ "orderNumber": order }));
        let orders = |call: &Call<'_>| call.what.starts_with("GET") && call.what.contains("/orders");
        let odd = Happens::Replaced("\"orderStatus\":{\"number\":450", "\"orderStatus\":{\"number\":null");
        let rule = world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), odd).and(orders));
        match webhook {
            true => tells(&world, &mut 0).await,
            false => world.reconcile().await,
        }
        let parked = notes(&world);
        assert_eq!(
            parked.first().map(|(_, note)| &note["outcome"]),
            Some(&json!("parked")),
            "{kind}, webhook: {webhook}"
        );
        assert_eq!(left(&world), 1, "{kind}: {}", world.logs.text());
        world.rules.remove(&rule);
        for _ in 0..2 {
            world.reconcile().await;
        }
        assert_eq!(notes(&world)[0].1["outcome"], "updated", "{kind}: {:?}", notes(&world));
    }
}
