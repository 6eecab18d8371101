//! An order that was taken back is not open in the warehouse, however its withdrawal met its import.

use std::time::Duration;

use acceptance::shops::{self, FinagoShop, PowerOfficeShop, Shop};
use acceptance::world::{Call, Happens, Peer, Pump, Rule, Site};
use bridge::words::outcome::Outcome;
use simulators::Trouble;

use crate::scene::{CANCELLED, Edit, edit, entry, is_open, open, orders, pull, status, without_goods};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(start_paused = true)]
async fn before_its_import_ran_after_a_crash_at_any_step_of_the_pull() {
    let (mut crashes, mut left_open) = (0, Vec::new());
    for shop in shops::all() {
        let world = open(shop.as_ref()).await;
        shop.put_order(&world, 1, &[0]);
        world.steps.plan(None);
        pull(&world, shop.kind()).await;
        for (step, name) in world.steps.names().iter().enumerate() {
            let world = open(shop.as_ref()).await;
            let order = shop.put_order(&world, 1, &[0]);
            world.steps.plan(Some(step));
            pull(&world, shop.kind()).await;
            world.steps.plan(None);
            world.wait(HOUR).await;
            shop.withdraw_order(&world, 1);
            pull(&world, shop.kind()).await;
            world.import_all().await;
            for _ in 0..2 {
                world.tick(shop.kind()).await;
            }
            crashes += 1;
            if is_open(&world, &order) {
                left_open.push(format!("{}: crash at step {step}, {name}", shop.kind()));
            }
        }
    }
    println!(
        "figure: 9 | taken back after a crash of the pull: left open | before 8 of 92; now {} of {crashes}",
        left_open.len()
    );
    assert!(left_open.is_empty(), "{left_open:#?}");
}

#[tokio::test(start_paused = true)]
async fn while_its_import_is_under_way() {
    for shop in shops::all() {
        for crashed in [false, true] {
            let world = open(shop.as_ref()).await;
            shop.put_order(&world, 1, &[0]);
            world.steps.plan(None);
            pull(&world, shop.kind()).await;
            let sent = world.steps.names().iter().position(|name| name == "after queue import").unwrap();

            let world = open(shop.as_ref()).await;
            let order = shop.put_order(&world, 1, &[0]);
            if crashed {
                // The ledger does not know what is on the queue.
                world.steps.plan(Some(sent));
                pull(&world, shop.kind()).await;
                world.steps.plan(None);
                assert_eq!(world.queued().len(), 1);
                world.wait(HOUR).await;
            } else {
                pull(&world, shop.kind()).await;
            }
            // The write takes a while, and the order is taken back and pulled meanwhile.
            let slow = Rule::when(
                |call| call.peer == Peer::Vendor(Site::Ongoing) && call.what.starts_with("PUT"),
                Happens::Latency(Duration::from_secs(30)),
            );
            world.rules.add(slow.times(1));
            let meanwhile = async {
                world.wait(Duration::from_secs(5)).await;
                shop.withdraw_order(&world, 1);
                world.pull(shop.kind(), &orders()).await;
            };
            tokio::join!(world.import(), meanwhile);
            world.import_all().await;
            for _ in 0..2 {
                world.tick(shop.kind()).await;
            }
            assert_eq!(status(&world, &order), Some(CANCELLED), "{} crashed={crashed}", shop.kind());
            assert_eq!(entry(&world, &order).outcome, Some(Outcome::Cancelled), "{}", shop.kind());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn with_a_version_in_between_that_cannot_be_mapped() {
    let mut left_open = Vec::new();
    for shop in shops::all() {
        let world = open(shop.as_ref()).await;
        let order = shop.put_order(&world, 1, &[0]);
        pull(&world, shop.kind()).await;
        world.wait(HOUR).await;
        shop.put_poisoned_order(&world, 1);
        pull(&world, shop.kind()).await;
        assert_eq!(entry(&world, &order).outcome, Some(Outcome::Parked), "{}", shop.kind());
        world.wait(HOUR).await;
        shop.withdraw_order(&world, 1);
        pull(&world, shop.kind()).await;
        world.import_all().await;
        for _ in 0..2 {
            world.tick(shop.kind()).await;
        }
        if is_open(&world, &order) {
            left_open.push(shop.kind());
        }
    }
    println!(
        "figure: 9 | queued, then not mappable, then taken back: left open | before 4 of 4 ERPs; now {} of 4 ERPs",
        left_open.len()
    );
    assert!(left_open.is_empty(), "{left_open:?}");
}

#[tokio::test(start_paused = true)]
async fn where_the_newest_version_is_parked_the_older_one_still_goes() {
    for shop in shops::all() {
        let world = open(shop.as_ref()).await;
        let order = shop.put_order(&world, 1, &[0]);
        pull(&world, shop.kind()).await;
        world.wait(HOUR).await;
        shop.put_poisoned_order(&world, 1);
        pull(&world, shop.kind()).await;
        world.import_all().await;
        assert!(is_open(&world, &order), "{}", shop.kind());
        let entry = entry(&world, &order);
        assert_eq!(entry.outcome, Some(Outcome::Parked), "{}: the newest one waits", shop.kind());
        assert!(entry.ongoing.is_some(), "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_was_never_handed_out_is_not_withdrawn() {
    for shop in shops::all() {
        let world = open(shop.as_ref()).await;
        let order = shop.put_order(&world, 1, &[0]);
        shop.withdraw_order(&world, 1);
        pull(&world, shop.kind()).await;
        assert!(world.queued().is_empty(), "{}", shop.kind());
        assert_eq!(entry(&world, &order).outcome, Some(Outcome::Filtered), "{}", shop.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn at_the_change_time_of_the_imported_version() {
    let mut left_open = Vec::new();
    for shop in shops::all() {
        let world = open(shop.as_ref()).await;
        let at = world.now();
        let order = shop.put_order(&world, 1, &[0]);
        pull(&world, shop.kind()).await;
        world.import_all().await;
        assert!(is_open(&world, &order));
        edit(&world, shop.kind(), 1, Edit::Withdraw, at);
        for _ in 0..3 {
            world.tick(shop.kind()).await;
        }
        if is_open(&world, &order) {
            left_open.push(shop.kind());
        } else {
            assert_eq!(entry(&world, &order).outcome, Some(Outcome::Cancelled), "{}", shop.kind());
            let silent = (world.writes(), world.logs.records().len());
            world.tick(shop.kind()).await;
            assert_eq!((world.writes(), world.logs.records().len()), silent, "{}: not silent", shop.kind());
        }
    }
    println!(
        "figure: 11 | taken back at an equal change time: left open | before 4 of 4 ERPs; now {} of 4 ERPs",
        left_open.len()
    );
    assert!(left_open.is_empty(), "{left_open:?}");
}

#[tokio::test(start_paused = true)]
async fn since_it_lost_all_its_goods() {
    let world = open(&FinagoShop).await;
    let order = FinagoShop.put_order(&world, 1, &[0]);
    world.tick(FinagoShop.kind()).await;
    without_goods(&world, 1);
    world.tick(FinagoShop.kind()).await;
    let open_in_ongoing = is_open(&world, &order);
    println!(
        "figure: 11 | an imported order lost all its goods in Finago: left open | before true; now {open_in_ongoing}"
    );
    assert!(!open_in_ongoing);

    let world = open(&PowerOfficeShop).await;
    let order = PowerOfficeShop.put_order(&world, 1, &[0]);
    world.tick(PowerOfficeShop.kind()).await;
    PowerOfficeShop.put_order(&world, 1, &[]);
    world.tick(PowerOfficeShop.kind()).await;
    assert!(!is_open(&world, &order), "the same in PowerOffice Go");
}

#[tokio::test(start_paused = true)]
async fn though_ongoing_refused_the_cancellation_once() {
    for in_flight in [false, true] {
        let world = open(&FinagoShop).await;
        let order = FinagoShop.put_order(&world, 1, &[0]);
        world.tick(FinagoShop.kind()).await;
        let refused = Rule::when(|call| call.what.starts_with("DELETE"), Happens::Trouble(Trouble::Refused));
        world.rules.add(refused.times(1));
        FinagoShop.withdraw_order(&world, 1);
        pull(&world, FinagoShop.kind()).await;
        if !in_flight {
            world.import_all().await;
        }
        // Its state goes on to one that takes nothing back by itself.
        world.wait(Duration::from_secs(60)).await;
        FinagoShop::set_state(&world, 1, "Production");
        pull(&world, FinagoShop.kind()).await;
        world.import_all().await;
        for _ in 0..4 {
            world.tick(FinagoShop.kind()).await;
        }
        let forgotten = is_open(&world, &order);
        println!(
            "figure: 12 | a cancellation refused once is forgotten (in flight: {in_flight}) | before true; now {forgotten}"
        );
        assert!(!forgotten, "in flight: {in_flight}");
        assert_eq!(entry(&world, &order).outcome, Some(Outcome::Cancelled));
    }
}

#[tokio::test(start_paused = true)]
async fn though_its_message_was_parked_while_it_was_taken_back() {
    for shop in shops::all() {
        let world = open(shop.as_ref()).await;
        shop.put_order(&world, 1, &[0]);
        world.steps.plan(None);
        pull(&world, shop.kind()).await;
        let sent = world.steps.names().iter().position(|name| name == "after queue import").unwrap();

        // The ledger does not know what is on the queue.
        let world = open(shop.as_ref()).await;
        let order = shop.put_order(&world, 1, &[0]);
        world.steps.plan(Some(sent));
        pull(&world, shop.kind()).await;
        world.steps.plan(None);
        assert_eq!(world.queued().len(), 1);
        world.wait(HOUR).await;
        // Ongoing takes the order and never says so; from then on it answers for everything but orders.
        let about_orders = |call: &Call<'_>| call.peer == Peer::Vendor(Site::Ongoing) && call.what.contains("/orders");
        let ill = Rule::when(about_orders, Happens::Status(503));
        let taken = Rule::when(
            move |call| about_orders(call) && call.what.starts_with("PUT"),
            Happens::Trouble(Trouble::LostAnswer),
        );
        world.rules.add(ill.from(world.now() + Duration::from_secs(2)));
        world.rules.add(taken);
        let mut pump = Pump::new(&world);
        pump.run(Duration::from_secs(5)).await;
        assert!(is_open(&world, &order), "{}: it was taken", shop.kind());
        shop.withdraw_order(&world, 1);
        world.pull(shop.kind(), &orders()).await;
        assert!(pump.drain(world.now() + HOUR).await, "{}: its message is parked", shop.kind());
        assert_eq!(entry(&world, &order).outcome, Some(Outcome::Parked), "{}", shop.kind());
        world.rules.clear();
        for _ in 0..3 {
            world.tick(shop.kind()).await;
        }
        assert_eq!(status(&world, &order), Some(CANCELLED), "{}", shop.kind());
        assert_eq!(entry(&world, &order).outcome, Some(Outcome::Cancelled), "{}", shop.kind());
    }
}
