//! What an import did counts, also where a pull has looked at the record again meanwhile and queued nothing.

use std::time::Duration;

use acceptance::shops::{PowerOfficeShop, Shop};
use acceptance::world::{Happens, Peer, Rule, Site};
use bridge::words::outcome::Outcome;
use serde_json::json;
use simulators::Trouble;
use simulators::poweroffice::Kind as Table;

use crate::scene::{Edit, POWEROFFICE_CLIENT, edit, entry, is_open, left_for_a_person, open, pull};

#[tokio::test(start_paused = true)]
async fn an_order_that_was_created_at_its_second_try_is_not_parked_for_ever() {
    let shop = PowerOfficeShop;
    let world = open(&shop).await;
    let order = shop.put_order(&world, 1, &[0]);
    let refused = Rule::when(
        |call| call.peer == Peer::Vendor(Site::Ongoing) && call.what.starts_with("PUT"),
        Happens::Trouble(Trouble::Refused),
    );
    world.rules.add(refused.times(1));
    world.tick(shop.kind()).await;
    assert_eq!(entry(&world, &order).outcome, Some(Outcome::Parked));
    // Somebody saves it again, as it is.
    let now = world.now();
    let id = "00000000-0000-4000-8000-000000000001";
    world.vendors.poweroffice.borrow_mut().model.client(POWEROFFICE_CLIENT).change(
        now,
        Table::Invoice,
        id,
        |invoice| invoice["BalanceLastChangedDateTimeOffset"] = json!(now.to_string()),
    );
    let mut ticks = 0;
    while entry(&world, &order).outcome != Some(Outcome::Created) && ticks < 700 {
        world.tick(shop.kind()).await;
        ticks += 1;
    }
    let told = left_for_a_person(&world);
    println!(
        "figure: 12 | created at its second try, seen meanwhile: ticks until the ledger says so | before never; now {ticks}"
    );
    assert!(is_open(&world, &order));
    assert!(ticks < 10 && told == 0, "{ticks} ticks, {told} left for a person");
    assert!(entry(&world, &order).parked.is_none());
}

/// A pull dies between queue and ledger, and the record is as before when the next one looks: what is on the queue is not
/// what the ERP says last.
#[tokio::test(start_paused = true)]
async fn a_change_that_was_taken_back_unseen_is_not_applied_last() {
    let shop = PowerOfficeShop;
    for slow in [false, true] {
        for withdrawn in [false, true] {
            let change = if withdrawn { Edit::Withdraw } else { Edit::Change };
            let steps = steps_to_the_send(&shop, change).await;
            let world = open(&shop).await;
            let order = shop.put_order(&world, 1, &[0]);
            world.tick(shop.kind()).await;
            let before = world.vendors.ongoing.borrow().model.order_body(159, &order).cloned();
            let original = |world: &acceptance::world::World| {
                let now = world.now();
                world.vendors.poweroffice.borrow_mut().model.client(POWEROFFICE_CLIENT).change(
                    now,
                    Table::Invoice,
                    "00000000-0000-4000-8000-000000000001",
                    |invoice| {
                        invoice["CustomerReference"] = json!("Ref 1");
                        invoice["IsReversed"] = json!(false);
                        invoice["BalanceLastChangedDateTimeOffset"] = json!(now.to_string());
                    },
                );
            };
            edit(&world, shop.kind(), 1, change, world.now());
            // The step after the send is the pull's last.
            world.steps.plan(Some(steps));
            pull(&world, shop.kind()).await;
            world.steps.plan(None);
            assert_eq!(world.queued().len(), 1, "it is on the queue");
            world.steps.plan(None);
            world.wait(Duration::from_secs(3600)).await;
            if slow {
                // The next pull looks while the import writes.
                let writes = Rule::when(
                    |call| call.peer == Peer::Vendor(Site::Ongoing) && !call.what.starts_with("GET"),
                    Happens::Latency(Duration::from_secs(30)),
                );
                world.rules.add(writes.times(1));
                let meanwhile = async {
                    world.wait(Duration::from_secs(5)).await;
                    original(&world);
                    pull(&world, shop.kind()).await;
                };
                tokio::join!(world.import(), meanwhile);
            } else {
                original(&world);
                pull(&world, shop.kind()).await;
            }
            world.import_all().await;
            for _ in 0..3 {
                world.tick(shop.kind()).await;
            }
            let when = format!("slow={slow} withdrawn={withdrawn}");
            if slow && withdrawn {
                // It is cancelled, which cannot be undone: a person is told.
                assert_eq!(left_for_a_person(&world), 1, "{when}");
                assert_eq!(entry(&world, &order).outcome, Some(Outcome::Parked), "{when}");
            } else {
                let after = world.vendors.ongoing.borrow().model.order_body(159, &order).cloned();
                assert_eq!(after, before, "{when}");
                assert!(is_open(&world, &order), "{when}");
            }
        }
    }
}

/// How many steps a pull of this change takes until it is on the queue.
async fn steps_to_the_send(shop: &PowerOfficeShop, change: Edit) -> usize {
    let world = open(shop).await;
    shop.put_order(&world, 1, &[0]);
    world.tick(shop.kind()).await;
    edit(&world, shop.kind(), 1, change, world.now());
    world.steps.plan(None);
    pull(&world, shop.kind()).await;
    world.steps.names().iter().position(|name| name == "after queue import").unwrap()
}
