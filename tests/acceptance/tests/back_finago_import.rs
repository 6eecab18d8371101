//! The state of an imported order in Finago Office, and the order that waits for its article.

use acceptance::shops::{FinagoShop, Shop};
use acceptance::world::{GOODS_OWNER, Site, World};
use bridge::state::journal::Back;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::{Value, json};
use simulators::Trouble;
use simulators::finago::Kind as Table;

const ORDER: &str = "20001";

/// Order 1 has just been put, nothing of it imported.
async fn open(settings: Value, on: bool) -> World {
    let world = FinagoShop::stocked(settings, json!({ "import_status": on, "stock": false })).await;
    world.write_back_all().await;
    world
}

fn order(world: &World) -> Value {
    world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, ORDER).cloned().unwrap_or_default()
}

fn changes(world: &World) -> Vec<(i64, String, String)> {
    FinagoShop::effects(world).status_changes
}

async fn tick(world: &World) {
    world.tick(Kind::Finago).await;
    world.write_back_all().await;
}

#[tokio::test(start_paused = true)]
async fn an_imported_order_gets_the_state_once_and_still_lives() {
    let world = open(json!({ "import_status": "Pack" }), true).await;
    let once = vec![(20_001, "Confirmed".to_owned(), "Pack".to_owned())];
    assert_eq!(changes(&world), once);
    let note = FinagoShop::note(&world, Back::ImportStatus, ORDER).await.unwrap();
    assert_eq!(note.outcome, Some(Outcome::Updated));

    // The change that we made ourselves neither withdraws the order nor sends it again.
    let (body, writes) = (order(&world), world.writes());
    for _ in 0..3 {
        tick(&world).await;
    }
    assert_eq!((order(&world), world.writes()), (body, writes));
    let status = || world.vendors.ongoing.borrow().model.order_status(GOODS_OWNER, ORDER);
    assert!(status() < Some(320), "{:?}", status());
    let entry = world.find("acme", Feed::Orders, ORDER).unwrap();
    assert_eq!(entry.outcome, Some(Outcome::Created));

    // What somebody changes in that state comes in, and sets nothing again.
    FinagoShop.change_order(&world, 1);
    tick(&world).await;
    assert_eq!(order(&world)["referenceNumber"], "Changed");
    FinagoShop::set_state(&world, 1, "Confirmed");
    FinagoShop::change(&world, Table::Order, 20_001, &json!({ "ReferenceNumber": "Confirmed again" }));
    tick(&world).await;
    assert_eq!(order(&world)["referenceNumber"], "Confirmed again");
    assert_eq!((changes(&world), FinagoShop::state(&world, 1)), (once.clone(), "Confirmed".to_owned()));

    // From there it is sent like any other, and a withdrawal is one.
    FinagoShop::set_state(&world, 1, "Pack");
    world.warehouse("ship", &json!({ "orderNumber": ORDER }));
    world.reconcile().await;
    assert_eq!(FinagoShop::state(&world, 1), "OrderState_Sent");
    FinagoShop.put_order(&world, 2, &[0]);
    tick(&world).await;
    assert_eq!(FinagoShop::state(&world, 2), "Pack");
    FinagoShop.withdraw_order(&world, 2);
    tick(&world).await;
    assert_eq!(world.vendors.ongoing.borrow().model.order_status(GOODS_OWNER, "20002"), Some(1000));
}

#[tokio::test(start_paused = true)]
async fn switched_off_nothing_is_set_and_that_state_is_not_pulled() {
    let world = open(json!({ "import_status": "Pack" }), false).await;
    assert!(changes(&world).is_empty());
    FinagoShop::set_state(&world, 1, "Pack");
    FinagoShop.change_order(&world, 1);
    tick(&world).await;
    assert_ne!(order(&world)["referenceNumber"], "Changed");
    // On, but without a state to set.
    let world = open(json!({}), true).await;
    assert!(changes(&world).is_empty());
    assert_eq!(FinagoShop::state(&world, 1), "Confirmed");
}

#[tokio::test(start_paused = true)]
async fn an_order_that_moved_on_before_it_was_told_of_is_left_alone() {
    for state in ["Production", "Inactive", "OrderState_Sent", "Invoiced", "Pack"] {
        let world = FinagoShop::stocked(json!({ "import_status": "Pack" }), json!({ "import_status": true })).await;
        FinagoShop::set_state(&world, 1, state);
        world.write_back_all().await;
        assert_eq!((FinagoShop::state(&world, 1).as_str(), changes(&world).len()), (state, 0));
        let note = FinagoShop::note(&world, Back::ImportStatus, ORDER).await.unwrap();
        assert_eq!(note.outcome, Some(Outcome::Unchanged), "{state}");
    }
}

#[tokio::test(start_paused = true)]
async fn crashes_and_troubles_set_the_state_once() {
    let story = async |step: Option<usize>, trouble: Option<(Site, usize, Trouble)>| {
        let world = open(json!({ "import_status": "Pack" }), true).await;
        FinagoShop.put_order(&world, 2, &[0]);
        let began = [Site::Finago, Site::Ongoing].map(|site| world.site(site).calls());
        world.steps.plan(step);
        if let Some((site, call, trouble)) = trouble {
            world.site(site).plan(world.site(site).calls() + call, trouble);
        }
        tick(&world).await;
        let calls = [world.site(Site::Finago).calls() - began[0], world.site(Site::Ongoing).calls() - began[1]];
        (world, calls)
    };
    let right = async |world: World, when: &str| {
        world.steps.plan(None);
        for _ in 0..4 {
            tick(&world).await;
            world.reconcile().await;
        }
        let of_order: Vec<_> = changes(&world).into_iter().filter(|(order, ..)| *order == 20_002).collect();
        assert_eq!(of_order, [(20_002, "Confirmed".to_owned(), "Pack".to_owned())], "{when}");
        let status = world.vendors.ongoing.borrow().model.order_status(GOODS_OWNER, "20002");
        assert!(status.is_some_and(|status| status < 320), "{when}: {status:?}");
    };
    let (world, calls) = story(None, None).await;
    let steps = world.steps.taken();
    assert!(steps > 40 && calls[0] >= 4, "{steps} {calls:?}");
    for step in 0..steps {
        let (world, _) = story(Some(step), None).await;
        right(world, &format!("crash at step {step}")).await;
    }
    for (site, calls) in [Site::Finago, Site::Ongoing].into_iter().zip(calls) {
        for call in 0..calls {
            for trouble in Trouble::ALL {
                let (world, _) = story(None, Some((site, call, trouble))).await;
                right(world, &format!("{trouble:?} at {site:?} call {call}")).await;
            }
        }
    }
    println!("finago import status: {steps} crash steps, {} troubles at {calls:?} calls", Trouble::ALL.len());
}

#[tokio::test(start_paused = true)]
async fn an_order_parked_for_its_article_goes_through_when_the_article_arrives() {
    let world = open(json!({}), false).await;
    let number = FinagoShop.put_order(&world, 3, &[0, 9]);
    tick(&world).await;
    let entry = world.find("acme", Feed::Orders, &number).unwrap();
    assert_eq!(entry.outcome, Some(Outcome::Parked));
    assert!(entry.reason.unwrap().contains("7009 has not arrived yet"));
    for _ in 0..9 {
        tick(&world).await;
    }
    let parked = world.find("acme", Feed::Orders, &number).unwrap().parked.unwrap();
    assert!(parked.attempt >= 3, "offered {} times in vain", parked.attempt);
    assert!(world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, &number).is_none());

    FinagoShop.put_article(&world, 9, "Late");
    let due = parked.retry_at.unwrap();
    while world.now() <= due {
        tick(&world).await;
    }
    tick(&world).await;
    let body = world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, &number).cloned().unwrap();
    assert_eq!(body["orderLines"][1]["articleNumber"], "A-00009");
    let entry = world.find("acme", Feed::Orders, &number).unwrap();
    assert_eq!((entry.outcome, entry.parked), (Some(Outcome::Created), None));
    let writes = world.writes();
    tick(&world).await;
    assert_eq!(world.writes(), writes);
}
