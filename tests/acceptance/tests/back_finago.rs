//! Shipments back to Finago Office: an order is sent once, webhook or no webhook, whatever happens in between.

use std::time::Duration;

use acceptance::shops::FinagoShop;
use acceptance::world::{GOODS_OWNER, Site, World, tenant};
use bridge::state::journal::Back;
use bridge::systems::ongoing::Ongoing;
use bridge::tenant::Tenant;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::{Value, json};
use simulators::Trouble;
use simulators::finago::Kind as Table;

const ORDER: &str = "20001";
const SENT: &str = "OrderState_Sent";

async fn open() -> World {
    FinagoShop::stocked(json!({}), json!({})).await
}

fn ship(world: &World) {
    world.warehouse("ship", &json!({ "orderNumber": ORDER, "waybill": "SHIP-1" }));
}

/// Sent once, its goods taken once, and the ERP's stock what is in the house.
fn assert_sent_once(world: &World, when: &str) {
    let effects = FinagoShop::effects(world);
    let once = vec![(20_001, "Confirmed".to_owned(), SENT.to_owned())];
    assert_eq!((FinagoShop::state(world, 1).as_str(), effects.status_changes), (SENT, once), "{when}");
    let issued: Vec<i64> = effects.goods_issues.iter().map(|(_, product, _)| *product).collect();
    assert_eq!(issued, [7000, 7001], "{when}");
    let stock: Vec<String> = (0..3).map(|n| FinagoShop::stock(world, n)).collect();
    assert_eq!(stock, ["17.5", "17.5", "48"], "{when}");
    let ignored = world.vendors.finago.borrow().model.counts.ignored.clone();
    assert!(ignored.is_empty(), "{when}: {ignored:?}");
}

async fn post_all(world: &World, payloads: &[Value]) {
    for payload in payloads {
        world.post(payload).await;
    }
    world.write_back_all().await;
}

#[tokio::test(start_paused = true)]
async fn sent_then_collected_and_every_webhook_thrice_is_one_effect() {
    let world = open().await;
    let (_, before) = world.webhooks(0);
    ship(&world);
    let (shipped, after) = world.webhooks(before);
    for _ in 0..3 {
        post_all(&world, &shipped).await;
    }
    assert_sent_once(&world, "sent");
    let calls = world.site(Site::Finago).calls();
    world.warehouse("collect", &json!({ "orderNumber": ORDER }));
    let (collected, _) = world.webhooks(after);
    assert!(!collected.is_empty());
    for payload in collected.iter().chain(shipped.iter().rev()) {
        let twice = [payload.clone(), payload.clone()];
        post_all(&world, &twice).await;
    }
    assert_eq!(world.site(Site::Finago).calls(), calls, "the journal knows it");
    for _ in 0..3 {
        world.reconcile().await;
    }
    assert_sent_once(&world, "collected");
    let note = FinagoShop::note(&world, Back::Shipments, &FinagoShop::ongoing_id(&world, ORDER)).await.unwrap();
    assert_eq!((note.outcome, note.tracking), (Some(Outcome::Updated), vec!["SHIP-1".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn a_part_and_then_the_rest_is_sent_once() {
    let world = open().await;
    world.reconcile().await;
    world.warehouse("ship", &json!({ "orderNumber": ORDER, "rows": { "101": 1 } }));
    world.reconcile().await;
    assert_eq!(FinagoShop::state(&world, 1), SENT);
    let stock = (FinagoShop::stock(&world, 0), FinagoShop::stock(&world, 1));
    assert_eq!(stock, ("19".into(), "20".into()), "what the ERP took too much is put right");
    world.warehouse("pick", &json!({ "orderNumber": ORDER }));
    world.warehouse("collect", &json!({ "orderNumber": ORDER }));
    world.reconcile().await;
    assert_sent_once(&world, "the rest");
    let note = FinagoShop::note(&world, Back::Shipments, &FinagoShop::ongoing_id(&world, ORDER)).await.unwrap();
    assert_eq!(note.written.as_deref(), Some("101=2.5 102=2.5"));
}

#[tokio::test(start_paused = true)]
async fn with_every_webhook_lost_for_a_day_one_tick_makes_it_right() {
    let world = open().await;
    world.reconcile().await;
    ship(&world);
    world.wait(Duration::from_secs(30 * 3600)).await;
    world.reconcile().await;
    assert_sent_once(&world, "one tick");
    let written = FinagoShop::effects(&world).stock_writes.len();
    for _ in 0..4 {
        world.reconcile().await;
    }
    assert_eq!(FinagoShop::effects(&world).stock_writes.len(), written);
    assert_sent_once(&world, "and no more");
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_any_step_sends_once() {
    let story = async |webhook: bool, step: Option<usize>| {
        let world = open().await;
        ship(&world);
        let (payloads, _) = world.webhooks(0);
        world.steps.plan(step);
        if webhook {
            post_all(&world, &payloads[payloads.len() - 1..]).await;
        } else {
            world.reconcile().await;
        }
        world
    };
    for webhook in [true, false] {
        let steps = story(webhook, None).await.steps.taken();
        assert!(steps > 20, "{steps}");
        for step in 0..steps {
            let when = format!("webhook {webhook}, crash at step {step} of {steps}");
            let world = story(webhook, Some(step)).await;
            world.steps.plan(None);
            world.reconcile().await;
            world.reconcile().await;
            assert_sent_once(&world, &when);
        }
        println!("finago: webhook {webhook}: {steps} crash steps");
    }
}

#[tokio::test(start_paused = true)]
async fn every_trouble_at_every_call_sends_once() {
    for site in [Site::Finago, Site::Ongoing] {
        let story = async |trouble: Option<(usize, Trouble)>| {
            let world = open().await;
            ship(&world);
            let (payloads, _) = world.webhooks(0);
            let before = world.site(site).calls();
            if let Some((call, trouble)) = trouble {
                world.site(site).plan(before + call, trouble);
            }
            post_all(&world, &payloads[payloads.len() - 1..]).await;
            world.reconcile().await;
            let calls = world.site(site).calls() - before;
            (world, calls)
        };
        let (_, calls) = story(None).await;
        assert!(calls >= 4, "{calls}");
        for call in 0..calls {
            for trouble in Trouble::ALL {
                let (world, _) = story(Some((call, trouble))).await;
                for _ in 0..3 {
                    world.reconcile().await;
                }
                assert_sent_once(&world, &format!("{trouble:?} at {site:?} call {call}"));
            }
        }
        println!("finago: {} troubles at {calls} calls to {site:?}", Trouble::ALL.len());
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_further_on_its_way_is_left_alone_and_what_was_withdrawn_waits_for_a_person() {
    for (state, outcome) in [
        (SENT, Outcome::Unchanged),
        ("ForInvoicing", Outcome::Unchanged),
        ("Invoiced", Outcome::Unchanged),
        ("InvoicedPack", Outcome::Unchanged),
        ("Inactive", Outcome::Parked),
        ("Pack", Outcome::Updated),
    ] {
        let world = open().await;
        FinagoShop::set_state(&world, 1, state);
        ship(&world);
        world.reconcile().await;
        let expected = if outcome == Outcome::Updated { SENT } else { state };
        assert_eq!(FinagoShop::state(&world, 1), expected);
        assert_eq!(FinagoShop::effects(&world).status_changes.len(), usize::from(outcome == Outcome::Updated));
        let note = FinagoShop::note(&world, Back::Shipments, &FinagoShop::ongoing_id(&world, ORDER)).await.unwrap();
        assert_eq!(note.outcome, Some(outcome), "{state}: {note:?}");
        if outcome == Outcome::Parked {
            assert!(note.reason.unwrap().contains("inactive"));
            FinagoShop::set_state(&world, 1, "Confirmed");
            world.reconcile().await;
            world.reconcile().await;
            assert_sent_once(&world, "confirmed again");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_that_was_moved_back_is_not_sent_a_second_time() {
    let world = open().await;
    world.warehouse("ship", &json!({ "orderNumber": ORDER, "rows": { "101": 1 } }));
    world.reconcile().await;
    FinagoShop::set_state(&world, 1, "Confirmed");
    world.warehouse("pick", &json!({ "orderNumber": ORDER }));
    world.warehouse("collect", &json!({ "orderNumber": ORDER }));
    for _ in 0..4 {
        world.reconcile().await;
    }
    assert_eq!(FinagoShop::effects(&world).goods_issues.len(), 2);
    let note = FinagoShop::note(&world, Back::Shipments, &FinagoShop::ongoing_id(&world, ORDER)).await.unwrap();
    assert!(note.outcome == Some(Outcome::Parked) && note.attempt > 0, "{note:?}");
    assert!(note.reason.unwrap().contains("was changed since"));
}

#[tokio::test(start_paused = true)]
async fn somebody_elses_order_and_a_process_that_is_off_write_nothing() {
    let world = open().await;
    let mut body = world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, ORDER).cloned().unwrap();
    body["orderNumber"] = json!("HAND-1");
    body["goodsOwnerOrderId"] = json!("by-hand");
    let item = Tenant::parse(&tenant("acme", Kind::Finago, json!({})), false).unwrap();
    let ongoing = Ongoing::new(&world.ports(), &item, world.now() + Duration::from_secs(60));
    ongoing.put_order("HAND-1", &body).await.unwrap();
    world.warehouse("ship", &json!({ "orderNumber": "HAND-1" }));
    let (payloads, _) = world.webhooks(0);
    post_all(&world, &payloads).await;
    world.reconcile().await;
    assert!(FinagoShop::effects(&world).status_changes.is_empty());
    assert_eq!(FinagoShop::state(&world, 1), "Confirmed");

    let world = FinagoShop::stocked(json!({}), json!({ "shipments": false, "stock": false })).await;
    ship(&world);
    let (payloads, _) = world.webhooks(0);
    let calls = world.site(Site::Finago).calls();
    post_all(&world, &payloads).await;
    world.reconcile().await;
    assert_eq!(world.site(Site::Finago).calls(), calls);
}

#[tokio::test(start_paused = true)]
async fn the_tenant_names_the_state() {
    let world = FinagoShop::stocked(json!({ "shipped_status": "ForInvoicing" }), json!({})).await;
    ship(&world);
    world.reconcile().await;
    assert_eq!(FinagoShop::state(&world, 1), "ForInvoicing");
}

#[tokio::test(start_paused = true)]
async fn the_erp_knows_within_a_minute_with_a_webhook_and_a_tick_and_a_minute_without() {
    for webhook in [true, false] {
        let world = open().await;
        world.reconcile().await;
        // The worst moment: a tick has just looked.
        let shipped = async {
            world.wait(Duration::from_secs(30)).await;
            ship(&world);
            world.now()
        };
        let ((), shipped) = tokio::join!(world.reconcile(), shipped);
        assert_eq!(FinagoShop::state(&world, 1), "Confirmed");
        let shipped = if webhook { world.now() } else { shipped };
        if webhook {
            post_all(&world, &world.webhooks(0).0).await;
        } else {
            world.reconcile().await;
        }
        assert_sent_once(&world, "freshness");
        let changed = FinagoShop::member(&world, Table::Order, 20_001, "DateChanged");
        let age = format!("{changed}Z").parse::<jiff::Timestamp>().unwrap().duration_since(shipped);
        println!("finago: webhook {webhook}: shipped -> sent in {} ms of virtual time", age.as_millis());
        let limit = if webhook { 60 } else { 15 * 60 + 60 };
        assert!(age.as_secs() < limit && age.as_millis() > 0, "{age:?}");
    }
}
