//! A shipped order, with a crash at every step and every trouble at every call.

use acceptance::shops::{Shop, VismaShop};
use acceptance::world::{Call, Happens, Peer, Rule, Site, World};
use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::Trouble;
use simulators::visma::RowIds;

use crate::fixture::{Form, NUMBER, delivered, effects, note, open_with, orders, partly, post_all, rows, ship};

/// What is not known of Visma, in its kind form and in its harsh one.
fn forms() -> [(bool, Form); 2] {
    [
        (true, |_| {}),
        (false, |rules| {
            rules.row_ids = RowIds::Renewed;
            rules.completed_delivers_all = true;
        }),
    ]
}

async fn disturbed(rules: Form) -> (World, Vec<Value>) {
    let world = open_with(json!({"create_backorder": true}), json!({"stock": false}), rules).await;
    let payloads = ship(&world, partly());
    (world, payloads)
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_any_step() {
    for (kind, rules) in forms() {
        let (world, payloads) = disturbed(rules).await;
        world.steps.plan(None);
        post_all(&world, &payloads).await;
        let names = world.steps.names();
        assert!(names.iter().any(|name| name.starts_with("after POST /v2/orders")), "{names:?}");
        for (step, name) in names.iter().enumerate() {
            let (world, payloads) = disturbed(rules).await;
            world.steps.plan(Some(step));
            post_all(&world, &payloads).await;
            world.steps.plan(None);
            world.reconcile().await;
            let when = format!("crash at step {step}, {name}");
            assert_eq!(delivered(&world), (3, rows(["3", "0", "1.5", "1"])), "{when}");
            let made = effects(&world);
            assert_eq!(orders(&world), 2, "{when}: {made:?}");
            assert!(made[3] <= 2, "{when}");
            assert!(!kind || made[..3] == [1, 1, 0], "{when}: {made:?}");
            world.reconcile().await;
            assert_eq!(effects(&world), made, "{when}");
        }
        println!("visma shipments: {} crash steps", names.len());
    }
}

async fn every_trouble(site: Site) {
    for (kind, rules) in forms() {
        let (world, payloads) = disturbed(rules).await;
        let first = world.site(site).calls();
        post_all(&world, &payloads).await;
        let calls = world.site(site).calls() - first;
        let log = world.site(site).log();
        assert!(calls > 0);
        for (call, request) in log.iter().enumerate().skip(first) {
            for trouble in Trouble::ALL {
                let when = format!("{trouble:?} at {request:?}");
                let (world, payloads) = disturbed(rules).await;
                world.site(site).plan(call, trouble);
                post_all(&world, &payloads).await;
                VismaShop.put_right(&world);
                for _ in 0..3 {
                    world.reconcile().await;
                }
                assert_eq!(delivered(&world), (3, rows(["3", "0", "1.5", "1"])), "{when}: {}", note(&world));
                let made = effects(&world);
                assert_eq!(orders(&world), 2, "{when}: {made:?}");
                if matches!(trouble, Trouble::LostAnswer | Trouble::MalformedBody) {
                    assert!(!kind || made[..3] == [1, 1, 0], "{when}: {made:?}");
                }
                assert!(made[0] <= 4 && made[1] <= 2 && made[2] <= 1 && made[3] <= 2, "{when}: {made:?}");
                world.reconcile().await;
                assert_eq!(effects(&world), made, "{when}");
            }
        }
        println!("visma shipments: {} troubles at {calls} calls to {site:?}", Trouble::ALL.len());
    }
}

#[tokio::test(start_paused = true)]
async fn every_trouble_at_every_call_to_visma() {
    every_trouble(Site::Visma).await;
}

#[tokio::test(start_paused = true)]
async fn every_trouble_at_every_call_to_ongoing() {
    every_trouble(Site::Ongoing).await;
}

/// Shipped in part, and the rest is picked now.
async fn followed(rules: Form) -> World {
    let world = open_with(json!({}), json!({"stock": false}), rules).await;
    let payloads = ship(&world, partly());
    post_all(&world, &payloads).await;
    world.warehouse("pick", &json!({"orderNumber": NUMBER}));
    world
}

fn assert_followed(world: &World, when: &str) {
    assert_eq!(delivered(world), (3, rows(["5", "0", "1.5", "2"])), "{when}: {}", note(world));
    assert_eq!(orders(world), 1, "{when}");
}

#[tokio::test(start_paused = true)]
async fn a_crash_while_the_rest_follows() {
    for (_, rules) in forms() {
        let world = followed(rules).await;
        world.steps.plan(None);
        world.reconcile().await;
        assert_followed(&world, "without a crash");
        let names = world.steps.names();
        assert!(names.iter().any(|name| name.starts_with("after POST") && name.ends_with("voided")), "{names:?}");
        for (step, name) in names.iter().enumerate() {
            let when = format!("crash at step {step}, {name}");
            let world = followed(rules).await;
            let (writes, wms) = (world.writes(), world.wms());
            world.steps.plan(Some(step));
            world.reconcile().await;
            world.steps.plan(None);
            // The order may stand at "ongoing" again: it is not sent to the warehouse for that.
            world.tick(Kind::Visma).await;
            world.reconcile().await;
            assert_followed(&world, &when);
            let made = effects(&world);
            world.tick(Kind::Visma).await;
            world.reconcile().await;
            assert_eq!((effects(&world), world.writes(), world.wms()), (made, writes, wms), "{when}");
        }
        println!("visma shipments: {} crash steps while the rest follows", names.len());
    }
}

#[tokio::test(start_paused = true)]
async fn every_trouble_while_the_rest_follows() {
    for (_, rules) in forms() {
        let world = followed(rules).await;
        let first = world.site(Site::Visma).calls();
        world.reconcile().await;
        let log = world.site(Site::Visma).log();
        assert!(log.len() >= first + 6);
        for (call, request) in log.iter().enumerate().skip(first) {
            for trouble in Trouble::ALL {
                let world = followed(rules).await;
                world.site(Site::Visma).plan(call, trouble);
                world.reconcile().await;
                VismaShop.put_right(&world);
                for _ in 0..3 {
                    world.reconcile().await;
                }
                assert_followed(&world, &format!("{trouble:?} at {request:?}"));
            }
        }
    }
}

/// An answer of the first try was lost. What refuses the second one for another reason says nothing of a backorder.
#[tokio::test(start_paused = true)]
async fn a_refusal_of_another_kind_is_no_backorder_that_was_made_already() {
    let (world, payloads) = disturbed(|_| {}).await;
    let backorder = |call: &Call<'_>| call.what.contains("/backorder");
    let vendor = Peer::Vendor(Site::Visma);
    world.rules.add(Rule::to(vendor, Happens::Status(400)).and(backorder).times(20));
    let first = world.rules.add(Rule::to(vendor, Happens::Status(503)).and(backorder).times(1));
    post_all(&world, &payloads).await;
    world.reconcile().await;
    assert_eq!((first.met(), orders(&world)), (1, 1), "it was not made");
    assert_eq!(note(&world)["outcome"], "parked", "{}", note(&world));
    world.rules.clear();
    world.wait(std::time::Duration::from_secs(24 * 3600)).await;
    world.reconcile().await;
    assert_eq!(orders(&world), 2, "{}", note(&world));
}
