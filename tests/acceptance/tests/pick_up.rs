//! A secret that was replaced is used by every function after five minutes at the latest, and at once where the old one is
//! answered 401, unless the name was looked at after a refusal within the last ten seconds: also where a token or session
//! that the old one gave would work for longer. What is looked at is what went over the wire.

use std::time::Duration;

use acceptance::shops::{self, PowerOfficeShop, Shop, article_number};
use acceptance::world::{Ended, Site, World};
use bridge::doors::webhook::Reply;
use bridge::words::envelope::Job;
use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::Trouble;

/// Every secret with a member of it, and what that is replaced with.
const ERP_SECRETS: [(Kind, &str, &str, &str); 9] = [
    (Kind::PowerOffice, "poweroffice/app", "application_key", "replaced-application-key"),
    (Kind::PowerOffice, "poweroffice/app", "subscription_key", "replaced-subscription-key"),
    (Kind::PowerOffice, "poweroffice/acme", "client_key", "replaced-client-key"),
    (Kind::Finago, "finago/app", "application_id", "11111111-2222-4333-8444-555555555555"),
    (Kind::Finago, "finago/acme", "password", "replaced-password"),
    (Kind::Procountor, "procountor/app", "client_secret", "replaced-client-secret"),
    (Kind::Procountor, "procountor/acme", "api_key", "replaced-api-key"),
    (Kind::Visma, "visma/app", "client_secret", "replaced-client-secret"),
    (Kind::Visma, "visma/acme", "refresh_token", "replaced-refresh-token"),
];

const FIVE_MINUTES: Duration = Duration::from_secs(300);

/// How often a function looks at a name after refusals.
const TEN_SECONDS: Duration = Duration::from_secs(10);

/// When the function runs after the secret was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// Five minutes later.
    Later,
    /// At once, and the next call to the vendor is answered 401.
    Refused,
}

fn shop(kind: Kind) -> Box<dyn Shop> {
    shops::of(kind)
}

fn replace(world: &World, name: &str, member: &str, value: &str) {
    let mut secret = world.memory.secret_value(name).unwrap_or_else(|| panic!("{name} is there"));
    assert!(secret[member].is_string(), "{name} has {member}");
    secret[member] = json!(value);
    if name.starts_with("visma/") {
        // A new consent comes without what the old one gave.
        secret.as_object_mut().into_iter().for_each(|members| members.retain(|name, _| !name.ends_with("s_token")));
    }
    world.memory.secret(name, &secret);
}

/// Waits, or has the next call refused.
async fn until(world: &World, site: Site, when: When) {
    match when {
        When::Later => world.wait(FIVE_MINUTES).await,
        When::Refused => {
            let next = world.site(site).calls();
            world.site(site).plan(next, Trouble::TokenExpired);
        }
    }
}

/// How many of the requests since `from` have a text in them.
fn said(world: &World, from: usize, text: &str) -> usize {
    world.sent()[from..].iter().filter(|request| request.contains(text)).count()
}

/// Requests for a token or a session.
fn logins(world: &World, from: usize) -> usize {
    ["/OAuth/Token", "/api/oauth/token", "/connect/token", "Login>"].iter().map(|text| said(world, from, text)).sum()
}

/// A tenant with two orders in the warehouse and its functions warm.
async fn at_work(kind: Kind) -> World {
    let world = World::new();
    let shop = shop(kind);
    shop.onboard(&world, json!({}));
    shop.put_article(&world, 0, "First");
    world.tick(kind).await;
    for n in 1..=2 {
        shop.put_order(&world, n, &[0]);
    }
    world.tick(kind).await;
    world.warehouse("count", &json!({ "articleNumber": article_number(0), "numberOfItems": 100 }));
    world
}

/// The warehouse does something that the ERP is told of, and its webhooks come.
async fn happens(world: &World, kind: Kind, n: usize, after: i64) -> i64 {
    if kind.takes_shipments() {
        let numbers: Vec<Value> = world.wms()["orders"].as_array().cloned().unwrap_or_default();
        world.warehouse("ship", &json!({ "orderNumber": numbers[n - 1]["orderNumber"], "waybill": "WB" }));
    } else {
        world.warehouse("count", &json!({ "articleNumber": article_number(0), "numberOfItems": n + 6 }));
    }
    let (payloads, last) = world.webhooks(after);
    assert!(!payloads.is_empty());
    for payload in payloads {
        assert_eq!(world.post(&payload).await, Reply::Accepted);
    }
    last
}

#[tokio::test(start_paused = true)]
async fn by_the_pulls() {
    for (kind, name, member, value) in ERP_SECRETS {
        for when in [When::Later, When::Refused] {
            let world = at_work(kind).await;
            let pull = async || world.pull(kind, &Job::tick("acme")).await;
            pull().await;
            let from = world.sent().len();
            pull().await;
            world.wait(FIVE_MINUTES).await;
            pull().await;
            assert_eq!(logins(&world, from), 0, "{kind}: what was not replaced needs no login");
            replace(&world, name, member, value);
            until(&world, shop(kind).site(), when).await;
            let from = world.sent().len();
            pull().await;
            assert!(said(&world, from, value) > 0, "{name} {member}, {when:?}: not used");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn by_the_write_back() {
    let ongoing = ERP_SECRETS.map(|(kind, ..)| (kind, "ongoing/acme", "password", "replaced-ongoing-password"));
    let told = |kind: Kind| kind.takes_shipments() || kind.takes_stock();
    for (kind, name, member, value) in ERP_SECRETS.into_iter().chain(ongoing).filter(|(kind, ..)| told(*kind)) {
        for when in [When::Later, When::Refused] {
            let world = at_work(kind).await;
            let (_, last) = world.webhooks(0);
            let last = happens(&world, kind, 1, last).await;
            world.write_back_all().await;
            happens(&world, kind, 2, last).await;
            replace(&world, name, member, value);
            let site = if name.starts_with("ongoing") { Site::Ongoing } else { shop(kind).site() };
            until(&world, site, when).await;
            let from = world.sent().len();
            world.write_back().await;
            assert!(said(&world, from, value) > 0, "{kind}: {name} {member}, {when:?}: not used");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn by_the_import_and_the_reconcile() {
    let value = "replaced-ongoing-password";
    for when in [When::Later, When::Refused] {
        for import in [true, false] {
            let world = at_work(Kind::PowerOffice).await;
            world.reconcile().await;
            PowerOfficeShop.put_article(&world, 1, "Second");
            world.pull(Kind::PowerOffice, &Job::tick("acme")).await;
            // Read now, so that it is known for five minutes.
            let _ = world.ports().secrets.get("ongoing/acme", true).await;
            replace(&world, "ongoing/acme", "password", value);
            until(&world, Site::Ongoing, when).await;
            let from = world.sent().len();
            if import {
                world.import().await;
            } else {
                world.reconcile().await;
            }
            assert!(said(&world, from, value) > 0, "import: {import}, {when:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn by_the_webhook() {
    let world = at_work(Kind::PowerOffice).await;
    let knock = async |token: &str| {
        let body = json!({"webhookOrdersId": 1, "webhookEventId": 7, "orderId": 5, "goodsOwnerId": 159}).to_string();
        match world.post_once("acme", token, &body).await {
            Ended::Ran(reply) => reply,
            Ended::Crashed | Ended::TimedOut => panic!("no crash was planned"),
        }
    };
    let tokens = |tokens: Value| {
        let mut secret = world.memory.secret_value("ongoing/acme").unwrap_or_default();
        secret["webhook_tokens"] = tokens;
        world.memory.secret("ongoing/acme", &secret);
    };
    assert_eq!(knock("webhook-token-0001").await, Reply::Accepted);
    // The new one opens the door at once where none was tried within the last ten seconds, and else after them.
    tokens(json!(["second"]));
    assert_eq!(knock("second").await, Reply::Accepted);
    for new in ["third", "fourth"] {
        world.wait(TEN_SECONDS).await;
        assert_eq!(knock(new).await, Reply::Unauthorized);
        tokens(json!([new]));
        world.wait(TEN_SECONDS).await;
        assert_eq!(knock(new).await, Reply::Accepted);
    }
    // The old one is shut out after five minutes.
    tokens(json!(["fifth"]));
    world.wait(FIVE_MINUTES).await;
    assert_eq!(knock("fourth").await, Reply::Unauthorized);
    assert_eq!(knock("fifth").await, Reply::Accepted);
}
