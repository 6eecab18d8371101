//! Runs every function and records which AWS actions it uses.

use std::collections::BTreeSet;
use std::time::Duration;

use acceptance::consent::{Browser, link, status_link};
use acceptance::shops::{self, Shop, VismaShop, article_number, story};
use acceptance::world::{Action, Ended, Happens, Peer, Rule, Site, World, tenant};
use bridge::doors::rotation::Step;
use bridge::words::envelope::Job;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use serde_json::json;
use simulators::Trouble;

/// Every function at its work: records in, shipments and stock back, with and without webhooks, and what is refused, parked,
/// unreadable or lost on the way.
pub async fn journeys() -> BTreeSet<Action> {
    let mut done = BTreeSet::new();
    for shop in Kind::ALL.map(shops::of) {
        let (world, orders) = story(shop.as_ref()).await;
        if shop.kind().takes_import_status() {
            let mut item = tenant("acme", shop.kind(), json!({ "import_status": "Pack" }));
            item["processes"] = json!({ "import_status": true });
            world.onboard(item);
        }
        journey(shop.as_ref(), &world, &orders).await;
        done.extend(world.memory.actions.done());
        for call in 0..6 {
            done.extend(refused(shop.as_ref(), call).await);
        }
    }
    for world in [
        visma_connects().await,
        procountor_connects().await,
        webhook_tokens_rotate().await,
        consent_rotates().await,
        somebody_looks().await,
    ] {
        done.extend(world.memory.actions.done());
    }
    done
}

async fn journey(shop: &dyn Shop, world: &World, orders: &[String]) {
    world.tick(shop.kind()).await;
    world.memory.put_message("group", "not JSON at all");
    shop.put_poisoned_order(world, 3);
    shop.change_order(world, 2);
    // An order waits for its article, which comes with the next tick.
    shop.put_order(world, 7, &[7]);
    let alone = Job { feeds: Some(vec![Feed::Orders]), ..Job::tick("acme") };
    world.pull(shop.kind(), &alone).await;
    world.import_all().await;
    shop.put_article(world, 7, "Late");
    // Ongoing does not answer for a while: records go back to the queue.
    let down = world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Refused).times(6));
    world.tick(shop.kind()).await;
    world.rules.remove(&down);
    fill_the_shelves(world);
    // The access tokens run out: the write-back gets its own.
    world.wait(Duration::from_secs(2 * 3600)).await;
    world.new_process();
    let mut seen = 0;
    for order in orders {
        world.warehouse("ship", &json!({ "orderNumber": order }));
        let (payloads, last) = world.webhooks(seen);
        seen = last;
        for payload in payloads {
            world.post(&payload).await;
        }
        // The write-back runs in a process of its own: it knows no secret that the webhooks have read.
        world.new_process();
        let down = world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Refused).times(6));
        world.write_back_all().await;
        world.rules.remove(&down);
    }
    world.reconcile().await;
    // The proof gets an access token of its own.
    world.wait(Duration::from_secs(2 * 3600)).await;
    world.new_process();
    world.prove().await;
    for _ in 0..3 {
        world.wait(Duration::from_secs(24 * 3600)).await;
        world.tick(shop.kind()).await;
        world.reconcile().await;
    }
}

/// A shipment whose write-back is refused at this call: what was begun is forgotten, and the rest is tried again.
async fn refused(shop: &dyn Shop, call: usize) -> BTreeSet<Action> {
    let (world, orders) = story(shop).await;
    world.tick(shop.kind()).await;
    fill_the_shelves(&world);
    world.warehouse("ship", &json!({ "orderNumber": orders[0] }));
    for payload in world.webhooks(0).0 {
        world.post(&payload).await;
    }
    let site = world.site(shop.site());
    site.plan(site.calls() + call, Trouble::Refused);
    world.write_back_all().await;
    // What is parked is offered again when its time has come.
    world.wait(Duration::from_secs(24 * 3600)).await;
    world.reconcile().await;
    world.memory.actions.done()
}

fn fill_the_shelves(world: &World) {
    for n in 0..2 {
        world.warehouse("count", &json!({ "articleNumber": article_number(n), "numberOfItems": 50 }));
    }
}

/// A company that says no, then yes, and then yes again by another link; and strangers.
async fn visma_connects() -> World {
    use acceptance::consent::visma::{consent, consenting, open};
    let world = open();
    let (browser, first) = (Browser::new(&world), link(&world, "acme", false).await);
    let stranger = Browser::new(&world);
    assert_eq!(stranger.get(&first.replace("ticket=", "ticket=x")).await.status, 404);
    consenting(&world, None);
    let back = consent(&world, &browser, &first).await;
    assert_eq!(browser.get(&back).await.status, 403);
    consenting(&world, Some("acme"));
    for replace in [false, true] {
        let link = link(&world, "acme", replace).await;
        assert_eq!(browser.get(&first).await.status, 404);
        world.new_process();
        let back = consent(&world, &browser, &link).await;
        assert_eq!(stranger.get(&back).await.status, 403);
        assert_eq!(browser.get(&back).await.status, 200);
        assert_eq!(browser.get(&back).await.status, 400);
    }
    world
}

/// A key that is none, the company's own by login, another company's, and the company's own pasted.
async fn procountor_connects() -> World {
    use acceptance::consent::procountor::{COMPANY, consent, key, open, paste};
    let world = open();
    let other = world.vendors.procountor.borrow_mut().model.add_company(world.now(), "Toinen Oy");
    let (browser, first) = (Browser::new(&world), link(&world, "acme", false).await);
    assert_eq!(paste(&browser, &first, "no key").await.status, 400);
    let back = consent(&world, &browser, &first, COMPANY).await;
    assert_eq!(browser.get(&back).await.status, 200);
    world.new_process();
    let second = link(&world, "acme", false).await;
    assert_eq!(paste(&browser, &second, &key(&world, other)).await.status, 403);
    assert_eq!(paste(&browser, &second, &key(&world, COMPANY)).await.status, 200);
    world
}

/// A customer looks at an order, the warehouse at all tenants, and a stranger at nothing.
async fn somebody_looks() -> World {
    let (world, orders) = story(&VismaShop).await;
    for _ in 0..2 {
        world.tick(VismaShop.kind()).await;
    }
    VismaShop.put_poisoned_order(&world, 3);
    world.tick(VismaShop.kind()).await;
    let own = status_link(&world, Some("acme")).await;
    let all = status_link(&world, None).await;
    let browser = Browser::new(&world);
    world.new_process();
    for (address, status) in
        [(format!("{own}&number={}", orders[0]), 200), (all, 200), (own.replace("acme", "other"), 403)]
    {
        assert_eq!(browser.get(&address).await.status, status);
    }
    world
}

const STEPS: [Step; 4] = [Step::CreateSecret, Step::SetSecret, Step::TestSecret, Step::FinishSecret];

/// Whether every step of a rotation went well.
async fn rotated(world: &World, secret: &str, version: &str) -> bool {
    let mut all = true;
    for step in STEPS {
        all &= matches!(world.rotate(secret, version, step).await, Ended::Ran(Ok(())));
    }
    all
}

/// A rotation, one that nobody began, one that a new password overtakes, one with nothing to rotate.
async fn webhook_tokens_rotate() -> World {
    let (world, secret) = (World::new(), "ongoing/acme");
    assert!(!rotated(&world, secret, "unknown").await);
    assert!(world.begin_rotation(secret, "first") && rotated(&world, secret, "first").await);
    assert!(world.begin_rotation(secret, "overtaken"));
    assert!(matches!(world.rotate(secret, "overtaken", Step::CreateSecret).await, Ended::Ran(Ok(()))));
    world.memory.secret(secret, &json!({ "username": "WSI-acme", "password": "new", "webhook_tokens": [] }));
    assert!(!rotated(&world, secret, "overtaken").await);
    assert!(world.begin_rotation(secret, "empty") && !rotated(&world, secret, "empty").await);
    world
}

/// A refresh token that works once, and what of Visma's and of others is refused.
async fn consent_rotates() -> World {
    let (world, secret) = (World::new(), "visma/acme");
    world.vendors.visma.borrow_mut().model.oauth.rules.refresh_rotates = true;
    VismaShop.onboard(&world, json!({}));
    assert!(!rotated(&world, secret, "unknown").await);
    assert!(world.begin_rotation(secret, "first") && rotated(&world, secret, "first").await);
    assert!(world.begin_rotation("visma/app", "first") && !rotated(&world, "visma/app", "first").await);
    assert!(!rotated(&world, "procountor/acme", "first").await);
    world
}
