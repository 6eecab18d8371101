//! Orders that were taken back and released again.

use acceptance::shops::{self, ProcountorShop, Shop};
use acceptance::world::{Happens, Rule};
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::json;
use simulators::Trouble;
use simulators::procountor::Kind as ProcountorRecord;

use crate::scene::{CANCELLED, Edit, edit, entry, is_open, left_for_a_person, open, pull, status};

#[tokio::test(start_paused = true)]
async fn with_an_equal_time_and_equal_content() {
    let mut lost = Vec::new();
    for shop in shops::all() {
        for import in ["not yet", "done", "refused"] {
            let world = open(shop.as_ref()).await;
            let at = world.now();
            let order = shop.put_order(&world, 1, &[0]);
            pull(&world, shop.kind()).await;
            if import == "refused" {
                let put = Rule::when(|call| call.what.starts_with("PUT"), Happens::Trouble(Trouble::Refused));
                world.rules.add(put.times(1));
            }
            if import != "not yet" {
                world.import_all().await;
            }
            edit(&world, shop.kind(), 1, Edit::Withdraw, at);
            pull(&world, shop.kind()).await;
            if import == "refused" {
                // There is nothing to cancel, and nothing that would be left to be dealt with.
                world.import_all().await;
                assert_eq!(entry(&world, &order).outcome, Some(Outcome::Cancelled), "{}", shop.kind());
            }
            edit(&world, shop.kind(), 1, Edit::Release, at);
            pull(&world, shop.kind()).await;
            world.import_all().await;
            for _ in 0..2 {
                world.tick(shop.kind()).await;
            }
            if !is_open(&world, &order) {
                lost.push(format!("{}, its import {import}", shop.kind()));
            }
        }
    }
    println!(
        "figure: 11 | released again at an equal time with equal content: lost | before 8 of 8; now {} of 12",
        lost.len()
    );
    assert!(lost.is_empty(), "{lost:?}");
}

#[tokio::test(start_paused = true)]
async fn after_the_cancellation_a_person_is_told_at_once() {
    for shop in shops::all() {
        let world = open(shop.as_ref()).await;
        let order = shop.put_order(&world, 1, &[0]);
        world.tick(shop.kind()).await;
        edit(&world, shop.kind(), 1, Edit::Withdraw, world.now());
        world.tick(shop.kind()).await;
        assert_eq!(status(&world, &order), Some(CANCELLED));
        edit(&world, shop.kind(), 1, Edit::Release, world.now());
        world.tick(shop.kind()).await;
        let entry = entry(&world, &order);
        let told = left_for_a_person(&world);
        println!(
            "figure: 15 | {}: released after a cancellation: told after one tick | before 0; now {told}",
            shop.kind()
        );
        let reason = entry.reason.unwrap();
        assert!(reason.contains("was cancelled here at 2026-03-02T"), "{}: {reason}", shop.kind());
        assert!(reason.contains("does not take it again under this number"), "{}: {reason}", shop.kind());
        assert_eq!((entry.outcome, told), (Some(Outcome::Parked), 1), "{}", shop.kind());
        assert_eq!(entry.parked.unwrap().retry_at, None, "{}", shop.kind());

        // Once; and taken back again it is what it was.
        world.tick(shop.kind()).await;
        assert_eq!(left_for_a_person(&world), 1, "{}", shop.kind());
        edit(&world, shop.kind(), 1, Edit::Withdraw, world.now());
        world.tick(shop.kind()).await;
        assert_eq!(crate::scene::entry(&world, &order).outcome, Some(Outcome::Cancelled), "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_of_purchase_orders_and_of_what_the_warehouse_cancelled() {
    let shop = ProcountorShop;
    let world = open(&shop).await;
    shop.put(&world, ProcountorRecord::Invoice, ProcountorShop::document(1, "PURCHASE_ORDER", &[0]));
    world.tick(Kind::Procountor).await;
    for status in ["INVALIDATED", "UNFINISHED"] {
        shop.change(&world, ProcountorRecord::Invoice, ProcountorShop::id(1), &json!({ "status": status }));
        world.tick(Kind::Procountor).await;
    }
    let entry_of = |feed, number: &str| world.find("acme", feed, number).unwrap();
    let purchase = entry_of(Feed::PurchaseOrders, "20001");
    assert!(purchase.reason.unwrap().contains("was cancelled here at"));
    assert_eq!((purchase.outcome, left_for_a_person(&world)), (Some(Outcome::Parked), 1));

    let order = shop.put_order(&world, 2, &[0]);
    world.tick(Kind::Procountor).await;
    world.warehouse("set_status", &json!({"orderNumber": order, "number": CANCELLED}));
    shop.change_order(&world, 2);
    world.tick(Kind::Procountor).await;
    let changed = entry_of(Feed::Orders, &order);
    let reason = changed.reason.unwrap();
    assert!(reason.contains("is cancelled in Ongoing"), "{reason}");
    assert_eq!((changed.outcome, left_for_a_person(&world)), (Some(Outcome::Parked), 2));
}
