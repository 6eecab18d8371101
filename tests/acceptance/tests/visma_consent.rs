//! What becomes of a tenant whose consent is in danger: answers that are lost, processes that die in a refresh, passwords
//! that change. One alarm, no loop, and a new consent heals it.

use std::time::Duration;

use acceptance::shops::{Shop, VismaShop};
use acceptance::world::{GOODS_OWNER, World};
use bridge::words::kind::Kind;
use serde_json::json;
use simulators::Trouble;

/// A tenant at work whose access token has just run out, with a new order to fetch.
async fn expired(rotates: bool) -> (World, String) {
    let world = World::new();
    VismaShop.onboard(&world, json!({}));
    world.vendors.visma.borrow_mut().model.oauth.rules.refresh_rotates = rotates;
    world.tick(Kind::Visma).await;
    world.wait(Duration::from_secs(3600)).await;
    VismaShop.put_article(&world, 0, "Article");
    let order = VismaShop.put_order(&world, 1, &[0]);
    (world, order)
}

fn arrived(world: &World, order: &str) -> bool {
    world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, order).is_some()
}

fn alarms(world: &World) -> usize {
    world.logs.text().lines().filter(|line| line.contains("needs_consent") && line.contains("ERROR")).count()
}

/// What the alarm's line says is to be done.
fn actions(world: &World) -> Vec<String> {
    let lines = world.logs.text();
    let lines = lines.lines().filter(|line| line.contains("needs_consent") && line.contains("ERROR"));
    let lines = lines.filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    lines.map(|line| line["action"].as_str().unwrap_or_default().to_owned()).collect()
}

fn token_calls(world: &World) -> usize {
    world.vendors.visma.borrow().log.iter().filter(|(_, target)| target.starts_with("/connect/token")).count()
}

async fn ticks(world: &World, count: usize) {
    for _ in 0..count {
        world.tick(Kind::Visma).await;
    }
}

/// It stands still with one alarm and without asking again, and goes on after a new consent.
async fn stands_still_until_consent(world: &World, order: &str, when: &str) {
    assert_eq!(alarms(world), 1, "{when}");
    assert_eq!(actions(world), ["bridgectl connect-link acme"], "{when}");
    let asked = token_calls(world);
    ticks(world, 6).await;
    assert_eq!((token_calls(world), alarms(world)), (asked, 1), "{when}: it loops");
    assert!(!arrived(world, order), "{when}");
    VismaShop::consent(world, "acme");
    ticks(world, 2).await;
    assert!(arrived(world, order), "{when}: the new consent did not heal it");
    assert_eq!(alarms(world), 1, "{when}");
}

#[tokio::test(start_paused = true)]
async fn a_changed_password_stops_the_tenant_with_one_alarm() {
    let (world, order) = expired(true).await;
    world.vendors.visma.borrow_mut().model.oauth.change_password("acme");
    ticks(&world, 1).await;
    stands_still_until_consent(&world, &order, "password").await;
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_costs_a_rotating_client_its_consent_and_another_nothing() {
    for trouble in [Trouble::LostAnswer, Trouble::MalformedBody, Trouble::Gateway { retry_after: 2 }] {
        for rotates in [true, false] {
            let (world, order) = expired(rotates).await;
            let call = world.vendors.visma.borrow().calls;
            world.vendors.visma.borrow_mut().plan(call, trouble);
            let asked = token_calls(&world);
            ticks(&world, 1).await;
            assert_eq!(token_calls(&world), asked + 1, "nobody sends the token while the call may be under way");
            assert_eq!(alarms(&world), 0);
            ticks(&world, 1).await;
            assert_eq!(token_calls(&world), asked + 2);
            if rotates {
                let said =
                    world.logs.text().contains("the answer to an earlier refresh was lost, and its token with it");
                assert!(said, "{trouble:?}: whoever is called does not learn why");
                stands_still_until_consent(&world, &order, "lost answer").await;
            } else {
                assert!(arrived(&world, &order));
                assert_eq!(alarms(&world), 0);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_identity_host_that_is_down_costs_nothing_however_long() {
    for status in [500, 503] {
        let (world, order) = expired(true).await;
        for _ in 0..8 {
            let call = world.vendors.visma.borrow().calls;
            world.vendors.visma.borrow_mut().plan(call, Trouble::ServerError(status));
            let asked = token_calls(&world);
            ticks(&world, 1).await;
            assert_eq!(token_calls(&world), asked + 1);
        }
        ticks(&world, 1).await;
        assert!(arrived(&world, &order));
        let counts = world.vendors.visma.borrow().model.oauth.counts;
        assert_eq!((counts.families_revoked, alarms(&world)), (0, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_client_secret_is_not_taken_for_a_dead_consent() {
    let (world, order) = expired(true).await;
    world.memory.secret("visma/app", &json!({"client_id": "visma-client-0001", "client_secret": "wrong"}));
    ticks(&world, 2).await;
    assert_eq!(alarms(&world), 0);
    world.memory.secret("visma/app", &json!({"client_id": "visma-client-0001", "client_secret": "visma-secret-0001"}));
    ticks(&world, 1).await;
    assert!(arrived(&world, &order));
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_any_step_of_a_tick_that_refreshes() {
    for rotates in [true, false] {
        let (world, order) = expired(rotates).await;
        world.steps.plan(None);
        ticks(&world, 1).await;
        assert!(arrived(&world, &order));
        let names = world.steps.names();
        let position = |name: &str| names.iter().position(|step| step == name).unwrap();
        // From the moment the vendor has answered until the new token is kept, it exists in this process alone.
        let alone = position("after POST /connect/token")..=position("before put secret visma/acme");
        for (step, name) in names.iter().enumerate() {
            let when = format!("rotates: {rotates}, crash at step {step}, {name}");
            let (world, order) = expired(rotates).await;
            let asked = token_calls(&world);
            world.steps.plan(Some(step));
            ticks(&world, 1).await;
            world.steps.plan(None);
            ticks(&world, 1).await;
            if rotates && alone.contains(&step) {
                assert_eq!(token_calls(&world), asked + 2, "{when}");
                stands_still_until_consent(&world, &order, &when).await;
            } else {
                assert!(arrived(&world, &order), "{when}");
                assert_eq!(alarms(&world), 0, "{when}");
                let counts = world.vendors.visma.borrow().model.oauth.counts;
                assert_eq!((counts.refused, counts.families_revoked), (0, 0), "{when}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn neither_secrets_nor_tokens_are_stored_or_logged() {
    let (world, order) = expired(true).await;
    ticks(&world, 1).await;
    assert!(arrived(&world, &order));
    let kept = world.memory.secret_value("visma/acme").unwrap();
    let secrets = [&kept["refresh_token"], &kept["access_token"], &json!("visma-secret-0001")];
    for secret in secrets {
        let secret = secret.as_str().unwrap();
        assert!(!world.memory.dump().contains(secret), "stored");
        assert!(!world.logs.text().contains(secret), "logged");
    }
}

#[test]
fn the_runbook_says_what_the_alarm_says() {
    let runbook = include_str!("../../../infra/runbook.md");
    let row = runbook.lines().find(|line| line.starts_with("| `NeedsConsentAlarm`")).unwrap();
    assert!(row.contains("`bridgectl connect-link <tenant_id>`"), "{row}");
}
