//! Messages that are gone: expired, purged, dead, not readable, or older than a table that was restored. Their records are
//! offered again by themselves.

use std::time::Duration;

use acceptance::shops::{self, PowerOfficeShop, Shop};
use acceptance::world::World;
use acceptance::world::deployment::{IMPORT, LONGEST_RETENTION};
use bridge::state::ledger::handed_out::GONE_AFTER;
use bridge::words::outcome::Outcome;
use serde_json::json;

use crate::scene::{entry, is_open, open, pull, restore, status};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Ticks once a day until the order is open in Ongoing; how many days that took.
async fn days_until_open(world: &World, shop: &dyn Shop, order: &str, most: usize) -> Option<usize> {
    for day in 1..=most {
        world.wait(DAY - Duration::from_secs(15 * 60)).await;
        world.tick(shop.kind()).await;
        world.import_all().await;
        if is_open(world, order) {
            return Some(day);
        }
    }
    None
}

#[test]
fn no_message_outlives_the_age_at_which_it_is_gone() {
    // The world's queues are held equal to the template's by a test of their own.
    assert!(GONE_AFTER >= IMPORT.mapping.unwrap().queue.retention + LONGEST_RETENTION);
}

#[tokio::test(start_paused = true)]
async fn a_purged_order_comes_again_though_nothing_changes() {
    for shop in shops::all() {
        let world = open(shop.as_ref()).await;
        let order = shop.put_order(&world, 1, &[0]);
        pull(&world, shop.kind()).await;
        world.memory.queue_of(IMPORT).purge();
        let days = days_until_open(&world, shop.as_ref(), &order, 35).await;
        println!(
            "figure: 13 | {}: a purged order, nothing else happens: days until right | before never; now {days:?}",
            shop.kind()
        );
        assert!(days.is_some_and(|days| (28..31).contains(&days)), "{}: {days:?}", shop.kind());
        assert_eq!(entry(&world, &order).outcome, Some(Outcome::Created), "{}", shop.kind());
        let writes = world.writes();
        world.wait(DAY * 40).await;
        world.tick(shop.kind()).await;
        assert_eq!(world.writes(), writes, "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_later_message_of_the_queue_overtook_comes_again_within_days() {
    let shop = PowerOfficeShop;
    let world = open(&shop).await;
    let order = shop.put_order(&world, 1, &[0]);
    pull(&world, shop.kind()).await;
    world.memory.queue_of(IMPORT).purge();
    let mut days = 0;
    while !is_open(&world, &order) && days < 35 {
        shop.put_order(&world, 100 + days, &[0]);
        world.tick(shop.kind()).await;
        world.import_all().await;
        world.wait(DAY).await;
        days += 1;
    }
    println!(
        "figure: 13 | PowerOffice: a purged order, one order a day behind it: days until right | before never; now {days}"
    );
    assert!(days <= 4, "{days}");
}

#[tokio::test(start_paused = true)]
async fn dead_letters_of_a_weekend_come_again_and_a_redrive_on_top_changes_nothing() {
    let shop = PowerOfficeShop;
    for redriven in [None, Some("before"), Some("after")] {
        let world = open(&shop).await;
        world.memory.secret("ongoing/acme", &json!({"username": "WSI-acme", "password": "wrong"}));
        let orders: Vec<String> = (1..=3).map(|n| shop.put_order(&world, n, &[0])).collect();
        pull(&world, shop.kind()).await;
        world.import_all().await;
        let dead = world.memory.queue_of(IMPORT).dead_letters(world.now()).len();
        assert!(dead >= 1, "the weekend was too short");
        world.memory.secret("ongoing/acme", &json!({"username": "WSI-acme", "password": "ongoing-pass-0001"}));
        world.wait(DAY).await;
        if redriven == Some("before") {
            world.memory.queue_of(IMPORT).redrive(world.now());
            world.import_all().await;
        }
        let mut days = 0;
        while !orders.iter().all(|order| is_open(&world, order)) && days < 35 {
            shop.put_order(&world, 100 + days, &[0]);
            world.tick(shop.kind()).await;
            world.import_all().await;
            world.wait(DAY).await;
            days += 1;
        }
        println!(
            "figure: 13 | {dead} dead letters, redriven {redriven:?}: days until right | before never; now {days}"
        );
        assert!(days <= 4, "{days}");
        let writes = world.writes();
        if redriven == Some("after") {
            world.memory.queue_of(IMPORT).redrive(world.now());
            world.import_all().await;
        }
        for _ in 0..3 {
            world.wait(DAY).await;
            world.tick(shop.kind()).await;
            world.import_all().await;
        }
        assert_eq!(world.writes(), writes, "redriven {redriven:?}");
        for order in &orders {
            assert_eq!(entry(&world, order).outcome, Some(Outcome::Created), "redriven {redriven:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_withdrawal_whose_message_is_gone_comes_again() {
    for shop in shops::all() {
        let world = open(shop.as_ref()).await;
        let order = shop.put_order(&world, 1, &[0]);
        world.tick(shop.kind()).await;
        shop.withdraw_order(&world, 1);
        pull(&world, shop.kind()).await;
        world.memory.queue_of(IMPORT).purge();
        let mut days = 0;
        while is_open(&world, &order) && days < 35 {
            world.wait(DAY).await;
            world.tick(shop.kind()).await;
            days += 1;
        }
        println!("figure: 13 | {}: a purged withdrawal: days until right | before never; now {days}", shop.kind());
        assert!(days <= 31, "{}: {days}", shop.kind());
        assert_eq!(entry(&world, &order).outcome, Some(Outcome::Cancelled), "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn a_restored_table_recognises_what_ongoing_has() {
    for shop in shops::all() {
        for started in [false, true] {
            let world = open(shop.as_ref()).await;
            let order = shop.put_order(&world, 1, &[0]);
            let refused = shop.put_order(&world, 2, &[0]);
            pull(&world, shop.kind()).await;
            let before = world.memory.items("tenant#acme", "");
            world.import_all().await;
            if started {
                for number in [&order, &refused] {
                    world.warehouse("set_status", &json!({"orderNumber": number, "number": 320}));
                }
            }
            // The table as it was before the import; what the import took off the queue is gone.
            restore(&world, "", before).await;
            world.wait(DAY * 29).await;
            for _ in 0..2 {
                world.tick(shop.kind()).await;
            }
            let when = format!("{} started={started}", shop.kind());
            assert_eq!(world.wms()["orders"].as_array().unwrap().len(), 2, "{when}: an order is doubled");
            for number in [&order, &refused] {
                let entry = entry(&world, number);
                let expected = if started { Outcome::Created } else { Outcome::Updated };
                assert_eq!(entry.outcome, Some(expected), "{when}: {:?}", entry.reason);
                assert!(entry.ongoing.is_some(), "{when}");
                assert_eq!(status(&world, number), Some(if started { 320 } else { 300 }), "{when}");
            }
        }
    }
}
