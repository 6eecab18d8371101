//! Shipped orders.

use std::time::Duration;

use acceptance::shops::article_number;
use acceptance::world::{GOODS_OWNER, World};
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::{Value, json};
use simulators::visma::{RowIds, Rules};

use crate::fixture::{
    Form, NUMBER, ORDER, act, delivered, effects, erp_order, note, open, open_with, orders, partly, post_all, rows,
    ship,
};

#[tokio::test(start_paused = true)]
async fn a_shipped_order_is_the_same_but_for_what_left() {
    let rules: [(&str, Form); 4] = [
        ("default", |_| {}),
        ("strict", |rules| {
            rules.refuse_read_only_members = true;
            rules.refuse_unknown_members = true;
        }),
        ("renewed", |rules| rules.row_ids = RowIds::Renewed),
        ("delivers all", |rules| rules.completed_delivers_all = true),
    ];
    for (name, rules) in rules {
        let world = open_with(json!({}), json!({"stock": false}), rules).await;
        let mut expected = erp_order(&world);
        let payloads = ship(&world, partly());
        post_all(&world, &payloads).await;
        let after = erp_order(&world);
        for member in ["ModifiedUtc", "DeliveredAmount"] {
            assert_ne!(expected[member], after[member], "{name}: {member}");
            expected[member] = after[member].clone();
        }
        expected["Status"] = json!(3);
        expected["ShippedDateTime"] = json!("2026-03-02T00:00:00Z");
        for (index, quantity) in [(0, "3"), (2, "1.5"), (3, "1")] {
            expected["Rows"][index]["DeliveredQuantity"] = serde_json::from_str(quantity).unwrap();
        }
        if name == "renewed" {
            for index in 0..4 {
                assert_ne!(expected["Rows"][index]["Id"], after["Rows"][index]["Id"]);
                expected["Rows"][index]["Id"] = after["Rows"][index]["Id"].clone();
            }
        }
        assert_eq!(after, expected, "{name}");
        assert_eq!(note(&world)["tracking"], json!(["WB-1", "P-1", "P-2"]), "{name}: {}", note(&world));
        assert_eq!(orders(&world), 1, "no backorder was asked for");
    }
}

#[tokio::test(start_paused = true)]
async fn sent_then_collected_three_webhooks_and_the_reconcile_are_one_effect() {
    let world = open(json!({})).await;
    let mut payloads = ship(&world, Value::Null);
    let sent = payloads.last().cloned().unwrap();
    payloads.extend([sent.clone(), sent]);
    post_all(&world, &payloads).await;
    assert_eq!(effects(&world), [1, 1, 0, 0]);
    let (_, before) = world.webhooks(0);
    world.warehouse("collect", &json!({"orderNumber": NUMBER}));
    let collected = world.webhooks(before).0;
    assert!(!collected.is_empty());
    for payload in collected.iter().chain(&payloads) {
        world.post(payload).await;
    }
    world.reconcile().await;
    world.reconcile().await;
    assert_eq!((delivered(&world), effects(&world)), ((3, rows(["5", "0", "1.5", "2"])), [1, 1, 0, 0]));
}

#[tokio::test(start_paused = true)]
async fn what_is_picked_later_follows() {
    for row_ids in [RowIds::Kept, RowIds::Renewed] {
        for delivers_all in [false, true] {
            let rules = |rules: &mut Rules| {
                rules.row_ids = row_ids;
                rules.completed_delivers_all = delivers_all;
            };
            let world = open_with(json!({}), json!({"stock": false}), rules).await;
            let before = erp_order(&world);
            post_all(&world, &ship(&world, partly())).await;
            assert_eq!(delivered(&world), (3, rows(["3", "0", "1.5", "1"])));
            world.warehouse("pick", &json!({"orderNumber": NUMBER}));
            world.reconcile().await;
            world.reconcile().await;
            assert_eq!(delivered(&world), (3, rows(["5", "0", "1.5", "2"])), "{row_ids:?} {delivers_all}");
            assert_eq!(effects(&world)[2], 1, "undone once");
            let after = erp_order(&world);
            for member in before.as_object().unwrap().keys().filter(|name| {
                !["Status", "ModifiedUtc", "ShippedDateTime", "DeliveredAmount", "Rows"].contains(&name.as_str())
            }) {
                assert_eq!(before[member], after[member], "{member}");
            }
            assert_eq!(orders(&world), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_short_delivery_makes_one_backorder_where_it_is_wanted() {
    let world = open(json!({"create_backorder": true})).await;
    let payloads = ship(&world, partly());
    post_all(&world, &payloads).await;
    post_all(&world, &payloads).await;
    world.reconcile().await;
    assert_eq!((orders(&world), effects(&world)), (2, [1, 1, 0, 1]));
    // The rest has an order of its own, and the first one is left as it is.
    world.warehouse("pick", &json!({"orderNumber": NUMBER}));
    world.reconcile().await;
    assert_eq!((orders(&world), delivered(&world)), (2, (3, rows(["3", "0", "1.5", "1"]))));
    assert_eq!(note(&world)["outcome"], "unchanged", "{}", note(&world));
    assert!(note(&world)["reason"].as_str().unwrap().contains("4028"));

    let whole = open(json!({"create_backorder": true})).await;
    post_all(&whole, &ship(&whole, Value::Null)).await;
    assert_eq!((orders(&whole), effects(&whole)), (1, [1, 1, 0, 0]));
}

#[tokio::test(start_paused = true)]
async fn what_people_did_in_visma_stands() {
    for (status, outcome, shipped) in [(4, "unchanged", 4), (1, "parked", 1)] {
        let world = open(json!({})).await;
        act(&world, "change_order", json!({"Id": ORDER, "Status": status}));
        post_all(&world, &ship(&world, Value::Null)).await;
        assert_eq!((delivered(&world).0, effects(&world)), (shipped, [0; 4]));
        assert_eq!(note(&world)["outcome"], outcome);
        assert!(note(&world)["reason"].as_str().unwrap().contains("status"), "{}", note(&world));
    }
    // Shipped by hand with the same quantities.
    let world = open(json!({})).await;
    let mut all = erp_order(&world)["Rows"].clone();
    for index in [0, 2, 3] {
        all[index]["DeliveredQuantity"] = all[index]["Quantity"].clone();
    }
    act(&world, "change_order", json!({"Id": ORDER, "Status": 3, "Rows": all}));
    post_all(&world, &ship(&world, Value::Null)).await;
    assert_eq!((note(&world)["outcome"].as_str(), effects(&world)), (Some("unchanged"), [0; 4]));
}

#[tokio::test(start_paused = true)]
async fn what_a_write_would_lose_and_what_has_no_row_is_left_to_a_person() {
    let world = open(json!({})).await;
    let mut lines = erp_order(&world)["Rows"].clone();
    lines[3]["IsDiscountInFixedAmount"] = json!(true);
    lines[3]["DiscountFixedAmount"] = json!(25);
    act(&world, "change_order", json!({"Id": ORDER, "Rows": lines}));
    let before = erp_order(&world);
    post_all(&world, &ship(&world, partly())).await;
    assert_eq!((erp_order(&world), effects(&world)), (before, [0; 4]));
    assert!(note(&world)["reason"].as_str().unwrap().contains("/Rows/3/DiscountFixedAmount"), "{}", note(&world));

    let world = open(json!({})).await;
    let mut lines = erp_order(&world)["Rows"].clone();
    lines.as_array_mut().unwrap().pop();
    act(&world, "change_order", json!({"Id": ORDER, "Rows": lines}));
    post_all(&world, &ship(&world, Value::Null)).await;
    assert_eq!((delivered(&world).0, effects(&world)), (2, [0; 4]));
    assert!(note(&world)["reason"].as_str().unwrap().contains(&article_number(1)), "{}", note(&world));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_the_erps_or_is_switched_off_writes_nothing() {
    let world = open_with(json!({}), json!({"stock": false, "shipments": false}), |_| {}).await;
    post_all(&world, &ship(&world, Value::Null)).await;
    world.reconcile().await;
    assert_eq!((delivered(&world).0, effects(&world)), (2, [0; 4]));

    let world = open(json!({})).await;
    let forgotten = world.memory.items("tenant#acme", "ledger#orders#");
    for item in forgotten {
        use bridge::ports::State as _;
        world.memory.delete(&item.pk, &item.sk, item.rev).await.unwrap();
    }
    post_all(&world, &ship(&world, Value::Null)).await;
    world.reconcile().await;
    assert_eq!((delivered(&world).0, effects(&world)), (2, [0; 4]));
}

#[tokio::test(start_paused = true)]
async fn our_own_write_does_not_come_back() {
    for row_ids in [RowIds::Kept, RowIds::Renewed] {
        let world = open_with(json!({}), json!({"stock": false}), |rules| rules.row_ids = row_ids).await;
        let payloads = ship(&world, partly());
        world.steps.plan(None);
        post_all(&world, &payloads).await;
        let names = world.steps.names();
        let written = names.iter().position(|name| name.starts_with("after PUT")).unwrap();

        let world = open_with(json!({}), json!({"stock": false}), |rules| rules.row_ids = row_ids).await;
        let payloads = ship(&world, partly());
        let (body, writes) = (world.wms(), world.writes());
        world.steps.plan(Some(written));
        for payload in &payloads {
            world.post(payload).await;
        }
        world.write_back().await;
        world.steps.plan(None);
        assert_eq!(delivered(&world), (2, rows(["3", "0", "1.5", "1"])), "between the write and `/completed`");
        world.tick(Kind::Visma).await;
        assert_eq!((world.writes(), world.wms()), (writes, body.clone()), "{row_ids:?}");
        if row_ids == RowIds::Kept {
            let entry = world.find("acme", Feed::Orders, NUMBER).unwrap();
            assert_eq!(entry.outcome, Some(Outcome::Created), "nothing of it is news");
        }
        world.write_back_all().await;
        assert_eq!(delivered(&world).0, 3);
        world.tick(Kind::Visma).await;
        world.tick(Kind::Visma).await;
        assert_eq!((world.writes(), world.wms()), (writes, body), "{row_ids:?}");
        assert_eq!(world.find("acme", Feed::Orders, NUMBER).unwrap().outcome, Some(Outcome::Filtered));
        assert_eq!(world.vendors.ongoing.borrow().model.order_status(GOODS_OWNER, NUMBER), Some(450));
    }
}

#[tokio::test(start_paused = true)]
async fn with_every_webhook_lost_for_a_day_one_tick_makes_it_right() {
    let world = open(json!({})).await;
    world.reconcile().await;
    ship(&world, Value::Null);
    world.wait(Duration::from_secs(30 * 3600)).await;
    world.reconcile().await;
    assert_eq!((delivered(&world), effects(&world)), ((3, rows(["5", "0", "1.5", "2"])), [1, 1, 0, 0]));
    for _ in 0..3 {
        world.reconcile().await;
    }
    assert_eq!(effects(&world), [1, 1, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn freshness() {
    const TICK: Duration = Duration::from_secs(15 * 60);
    let age = |world: &World, shipped: jiff::Timestamp| {
        let at: jiff::Timestamp = erp_order(world)["ModifiedUtc"].as_str().unwrap().parse().unwrap();
        assert_eq!(delivered(world).0, 3);
        Duration::try_from(at.duration_since(shipped)).unwrap()
    };
    let world = open(json!({})).await;
    let shipped = world.now();
    post_all(&world, &ship(&world, Value::Null)).await;
    let by_webhook = age(&world, shipped);

    let world = open(json!({})).await;
    world.reconcile().await;
    let shipped = world.now();
    ship(&world, Value::Null);
    // The last tick has just looked.
    world.wait(TICK).await;
    world.reconcile().await;
    let by_tick = age(&world, shipped);
    println!("visma: shipped -> ERP {by_webhook:?} with a webhook, {by_tick:?} without");
    assert!(by_webhook < Duration::from_secs(60), "{by_webhook:?}");
    assert!(by_tick < TICK + Duration::from_secs(60), "{by_tick:?}");
}
