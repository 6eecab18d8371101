//! The webhook's door: who may knock, and what it makes of what is said.

use std::time::Duration;

use acceptance::shops::{PowerOfficeShop, Shop};
use acceptance::world::{Ended, Happens, Peer, Rule, World};
use bridge::doors::webhook::{LARGEST, Payload, Reply};
use bridge::words::envelope::Hint;
use proptest::prelude::*;
use serde_json::json;

async fn open() -> World {
    let world = World::new();
    PowerOfficeShop.onboard(&world, json!({}));
    world
}

async fn reply(world: &World, tenant: &str, token: &str, body: &str) -> Reply {
    match world.post_once(tenant, token, body).await {
        Ended::Ran(reply) => reply,
        Ended::Crashed | Ended::TimedOut => panic!("no crash was planned"),
    }
}

fn order() -> String {
    json!({"webhookOrdersId": 1, "webhookEventId": 7, "orderId": 5, "orderNumber": "20001", "goodsOwnerId": 159})
        .to_string()
}

#[tokio::test(start_paused = true)]
async fn only_a_live_token_of_the_tenant_opens_the_door() {
    let world = open().await;
    world.memory.secret(
        "ongoing/acme",
        &json!({"username": "u", "password": "p", "webhook_tokens": ["current-token", "previous-token"]}),
    );
    for token in ["current-token", "previous-token"] {
        assert_eq!(reply(&world, "acme", token, &order()).await, Reply::Accepted);
    }
    for (tenant, token) in [
        ("acme", "wrong"),
        ("acme", ""),
        ("acme", "current-token "),
        ("nobody", "current-token"),
        ("app", "current-token"),
        ("../acme", "current-token"),
    ] {
        assert_eq!(reply(&world, tenant, token, &order()).await, Reply::Unauthorized, "{tenant} {token:?}");
    }
    // A tenant without tokens lets nobody in, not even an empty token.
    world.memory.secret("ongoing/acme", &json!({"username": "u", "password": "p", "webhook_tokens": [""]}));
    assert_eq!(reply(&world, "acme", "", &order()).await, Reply::Unauthorized);
}

/// Ongoing comes again; an invocation that is ended at its deadline answers nothing that we chose.
#[tokio::test(start_paused = true)]
async fn whatever_is_slow_there_is_an_answer_in_time() {
    for peer in [Peer::Tenants, Peer::Secrets, Peer::Queues] {
        let world = open().await;
        let slow = world.rules.add(Rule::to(peer, Happens::Latency(Duration::from_secs(12))));
        let before = world.now();
        assert_eq!(reply(&world, "acme", "webhook-token-0001", &order()).await, Reply::Unavailable, "{peer:?}");
        assert!(world.now().duration_since(before).as_secs() < 10, "{peer:?}");
        world.rules.remove(&slow);
        assert_eq!(reply(&world, "acme", "webhook-token-0001", &order()).await, Reply::Accepted, "{peer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_webhook_or_too_large_is_refused_and_never_stored() {
    let world = open().await;
    for body in ["", "{}", "[]", "not JSON", r#"{"webhookEventId": 1}"#, r#"{"webhookOrdersId": 1, "orderId": 5}"#] {
        assert_eq!(reply(&world, "acme", "webhook-token-0001", body).await, Reply::NotAWebhook, "{body}");
    }
    let large = " ".repeat(LARGEST + 1);
    assert_eq!(reply(&world, "acme", "webhook-token-0001", &large).await, Reply::TooLarge);
    assert!(world.memory.write_back_queue().is_empty());
}

#[tokio::test(start_paused = true)]
async fn yes_is_said_only_after_it_is_stored() {
    let world = open().await;
    world.steps.plan(None);
    reply(&world, "acme", "webhook-token-0001", &order()).await;
    let steps = world.steps.taken();
    for step in 0..steps {
        let world = open().await;
        world.steps.plan(Some(step));
        let ended = world.post_once("acme", "webhook-token-0001", &order()).await;
        assert!(matches!(ended, Ended::Crashed), "step {step}");
        assert_eq!(world.post(&serde_json::from_str(&order()).unwrap()).await, Reply::Accepted);
        assert_eq!(world.memory.write_back_queue().len(), 1, "step {step}");
    }
}

#[test]
fn every_kind_is_told_by_the_id_that_only_it_has() {
    let article = json!({"articleSystemId": 3, "articleNumber": "A-1"});
    let rows = [
        ("webhookInventoryId", Some(Hint::Articles(vec!["A-1".into()]))),
        ("webhookPickingId", Some(Hint::Articles(vec!["A-1".into()]))),
        ("webhookMovesId", Some(Hint::Articles(vec!["A-1".into()]))),
        ("webhookArticleItemsId", Some(Hint::Articles(vec!["A-1".into()]))),
        ("webhookPurchaseOrdersId", None),
        ("webhookArticlesId", None),
    ];
    for (id, hint) in rows {
        // A forged template decides nothing.
        let body = json!({id: 1, "webhookEventId": 2, "article": article, "webhookTemplate": "Order"}).to_string();
        assert_eq!(Payload::read(body.as_bytes()).unwrap().hint, hint, "{id}");
    }
    assert_eq!(Payload::read(order().as_bytes()).unwrap().hint, Some(Hint::Order(5)));
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|value| json!(value)),
        any::<i64>().prop_map(|value| json!(value)),
        ".{0,20}".prop_map(|value| json!(value)),
    ];
    let name = prop_oneof![
        Just("webhookOrdersId".to_owned()),
        Just("webhookInventoryId".to_owned()),
        Just("webhookEventId".to_owned()),
        Just("orderId".to_owned()),
        Just("article".to_owned()),
        Just("articleNumber".to_owned()),
        Just("timestamp".to_owned()),
        ".{0,8}",
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(|all| json!(all)),
            prop::collection::btree_map(name.clone(), inner, 0..8).prop_map(|all| json!(all)),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn any_bytes_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = Payload::read(&bytes);
    }

    #[test]
    fn any_json_is_read_without_harm(value in json_value()) {
        if let Some(payload) = Payload::read(value.to_string().as_bytes()) {
            prop_assert!(value["webhookEventId"].is_number());
            prop_assert!(payload.cause.len() < 200);
        }
    }
}
