//! Sessions of Finago Office that are gone, in whatever words; secrets with letters that mean something elsewhere.

use std::time::Duration;

use acceptance::shops::{FinagoShop, Shop, VismaShop, article_number};
use acceptance::world::deployment::{RECONCILE, pull_of};
use acceptance::world::{Happens, Pump, Rule, World};
use bridge::words::kind::Kind;
use serde_json::json;
use simulators::Trouble;

use crate::scene::{body, open};

#[tokio::test(start_paused = true)]
async fn a_session_of_finago_that_is_gone_is_seen_in_any_words() {
    for words in [
        "Client is not authenticated on this identity",
        "System.Exception: The request to /Economy/InvoiceOrder/V001/InvoiceService.asmx is not authenticated",
        // Nothing in it says so: the service is asked.
        "Object reference not set to an instance of an object.",
    ] {
        let world = open(Kind::Finago, json!({})).await;
        world.tick(Kind::Finago).await;
        world.vendors.finago.borrow_mut().model.rules.session_words = words;
        let logins = world.vendors.finago.borrow().model.counts.logins;
        assert!(world.vendors.finago.borrow_mut().model.expire_sessions() > 0);
        let order = FinagoShop.put_order(&world, 1, &[0]);
        world.tick(Kind::Finago).await;
        assert!(body(&world, &order).is_some(), "{words}");
        let counts = &world.vendors.finago.borrow().model.counts;
        assert_eq!(counts.logins, logins + 1, "{words}");
        let asked = counts.calls.get("HasSession").copied().unwrap_or_default();
        assert_eq!(asked > 0, !words.contains("not authenticated"), "asked only where the words do not say: {words}");
    }
}

/// Each process knows a session of its own, and the one that is stored is gone as well: that is seen in the same call, and not
/// with the next tick.
#[tokio::test(start_paused = true)]
async fn a_session_that_another_process_left_may_be_gone_too() {
    let world = open(Kind::Finago, json!({})).await;
    world.tick(Kind::Finago).await;
    let first = world.ports();
    world.new_process();
    world.vendors.finago.borrow_mut().model.expire_sessions();
    world.tick(Kind::Finago).await;
    let logins = world.vendors.finago.borrow().model.counts.logins;
    world.vendors.finago.borrow_mut().model.expire_sessions();
    let order = FinagoShop.put_order(&world, 1, &[0]);
    world.go_on_as(first);
    world.tick(Kind::Finago).await;
    assert!(body(&world, &order).is_some());
    assert_eq!(world.vendors.finago.borrow().model.counts.logins, logins + 1);
}

#[tokio::test(start_paused = true)]
async fn after_too_many_logins_there_is_a_pause_and_then_one_is_let_in() {
    let world = open(Kind::Finago, json!({})).await;
    world.tick(Kind::Finago).await;
    world.vendors.finago.borrow_mut().model.rules.logins_per_hour = 15;
    world.vendors.finago.borrow_mut().model.expire_sessions();
    let lost = Rule::when(|call| call.says("/Login"), Happens::Trouble(Trouble::LostAnswer));
    let lost = world.rules.add(lost);
    let order = FinagoShop.put_order(&world, 1, &[0]);
    let mut pump = Pump::new(&world).scheduled([pull_of(Kind::Finago)]);
    pump.run(Duration::from_secs(2 * 3600)).await;
    world.rules.remove(&lost);
    pump.run(Duration::from_secs(3 * 3600)).await;
    let logins = world.vendors.finago.borrow().model.counts.logins;
    assert!(body(&world, &order).is_some(), "{logins} logins");
}

/// Twelve shipments wait for a session and nobody has one: more logins at once than are let in within an hour.
#[tokio::test(start_paused = true)]
async fn of_all_who_wait_for_the_end_of_a_pause_one_logs_in() {
    let world = open(Kind::Finago, json!({})).await;
    let orders: Vec<String> = (1..=12).map(|n| FinagoShop.put_order(&world, n, &[0])).collect();
    world.tick(Kind::Finago).await;
    world.warehouse("count", &json!({"articleNumber": article_number(0), "numberOfItems": 100}));
    let (_, last) = world.webhooks(0);
    for order in &orders {
        world.warehouse("ship", &json!({"orderNumber": order}));
    }
    world.vendors.finago.borrow_mut().model.rules.logins_per_hour = 6;
    world.vendors.finago.borrow_mut().model.expire_sessions();
    let lost = world.rules.add(Rule::when(|call| call.says("/Login"), Happens::Trouble(Trouble::LostAnswer)));
    for payload in world.webhooks(last).0 {
        world.post(&payload).await;
    }
    let mut pump = Pump::new(&world).scheduled([pull_of(Kind::Finago), RECONCILE]);
    pump.run(Duration::from_secs(1800)).await;
    world.rules.remove(&lost);
    pump.run(Duration::from_secs(3 * 3600)).await;
    let mut erp = world.vendors.finago.borrow_mut();
    let logins = erp.model.counts.logins;
    let identity = erp.model.identity_mut(acceptance::shops::finago::IDENTITY).unwrap();
    assert_eq!(identity.effects.status_changes.len(), orders.len(), "{logins} logins");
}

#[tokio::test(start_paused = true)]
async fn write_backs_whose_logins_end_each_other_s_session_come_through() {
    let world = open(Kind::Finago, json!({})).await;
    world.vendors.finago.borrow_mut().model.rules.one_session_per_user = true;
    let order = FinagoShop.put_order(&world, 1, &[0]);
    world.tick(Kind::Finago).await;
    world.reconcile().await;
    world.warehouse("count", &json!({"articleNumber": article_number(0), "numberOfItems": 10}));
    world.warehouse("ship", &json!({"orderNumber": order}));
    for _ in 0..3 {
        // By then the session is gone, and the order and the stock are written side by side.
        world.wait(Duration::from_secs(3600)).await;
        world.reconcile().await;
    }
    let mut erp = world.vendors.finago.borrow_mut();
    let identity = erp.model.identity_mut(acceptance::shops::finago::IDENTITY).unwrap();
    assert_eq!(identity.effects.status_changes.len(), 1);
    assert!(!identity.effects.stock_writes.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_client_secret_of_visma_may_have_any_letters() {
    let world = World::new();
    VismaShop.onboard(&world, json!({}));
    let secret = "a+b%2Fc:d e=&å";
    world.vendors.visma.borrow_mut().model.oauth.client_secret = secret.into();
    world.memory.secret("visma/app", &json!({"client_id": "visma-client-0001", "client_secret": secret}));
    world.new_process();
    world.tick(Kind::Visma).await;
    VismaShop.put_article(&world, 0, "Sweater");
    world.tick(Kind::Visma).await;
    let ongoing = world.vendors.ongoing.borrow();
    assert!(ongoing.model.article_body(acceptance::world::GOODS_OWNER, &article_number(0)).is_some());
}
