//! Finago Office: its session, its limits, and what it leaves open.

use std::time::Duration;

use acceptance::shops::Shop;
use acceptance::shops::finago::{FinagoShop, IDENTITY, PASSWORD, USER};
use acceptance::world::{GOODS_OWNER, World};
use bridge::words::kind::Kind;
use serde_json::json;
use simulators::finago::{FilterClock, Identity, Kind as Table};

const SHOP: FinagoShop = FinagoShop;

#[tokio::test(start_paused = true)]
async fn one_session_serves_all_invocations_and_is_renewed_when_it_is_gone() {
    let world = FinagoShop::open(json!({})).await;
    assert_eq!(FinagoShop::calls(&world, "Login"), 1);
    // A process that knows nothing takes the session from the table.
    world.new_process();
    SHOP.put_article(&world, 0, "Article");
    world.tick(Kind::Finago).await;
    assert_eq!((FinagoShop::calls(&world, "Login"), FinagoShop::article(&world, 0).is_some()), (1, true));
    world.vendors.finago.borrow_mut().model.expire_sessions();
    SHOP.put_article(&world, 1, "Article");
    world.tick(Kind::Finago).await;
    assert_eq!((FinagoShop::calls(&world, "Login"), FinagoShop::article(&world, 1).is_some()), (2, true));
    assert_eq!(world.memory.items("session#finago", "acme").len(), 1);
    let session = world.memory.items("session#finago", "acme")[0].body["session"].as_str().unwrap().to_owned();
    assert!(!session.is_empty());
    for secret in [session.as_str(), PASSWORD] {
        assert!(!world.logs.text().contains(secret), "a secret is logged");
    }
    assert!(!world.memory.dump().contains(PASSWORD));
    FinagoShop::assert_described(&world);
}

#[tokio::test(start_paused = true)]
async fn the_identity_of_the_secret_is_the_company_that_is_pulled() {
    const OTHER: &str = "11111111-2222-4333-8444-555555555555";
    let world = FinagoShop::open(json!({})).await;
    {
        let mut erp = world.vendors.finago.borrow_mut();
        let mut other = Identity::new(OTHER, 730_115, "Other AS");
        other.put(Table::Product, &json!({"Id": 1, "No": "OTHER", "Name": "Other"}), world.now()).unwrap();
        erp.model.add_identity(other);
        erp.model.users.clear();
        erp.model.add_user(USER, PASSWORD, &[IDENTITY, OTHER]);
    }
    let exists = |number: &str| world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, number).is_some();
    world.tick(Kind::Finago).await;
    assert!(!exists("OTHER"));
    // Another identity in the secret is another session.
    world.memory.secret("finago/acme", &json!({"username": USER, "password": PASSWORD, "identity_id": OTHER}));
    world.tick(Kind::Finago).await;
    assert!(exists("OTHER"));
    assert_eq!(FinagoShop::calls(&world, "Login"), 2);
}

#[tokio::test(start_paused = true)]
async fn wrong_credentials_and_a_blocked_identity_stop_the_tenant() {
    for blocked in [false, true] {
        let world = World::new();
        SHOP.onboard(&world, json!({}));
        if blocked {
            world.vendors.finago.borrow_mut().model.identity_mut(IDENTITY).unwrap().blocked = true;
        } else {
            world.memory.secret("finago/acme", &json!({"username": USER, "password": "wrong"}));
        }
        let summaries = world.tick(Kind::Finago).await;
        assert_eq!(summaries[0].feeds.len(), 1, "the other feeds are not tried");
        let fault = summaries[0].feeds[0].fault.as_deref().unwrap();
        assert!(fault.starts_with("not authorized"), "{fault}");
        assert_eq!(FinagoShop::calls(&world, "Login"), 2, "once more with fresh secrets");
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_vendor_leaves_open_makes_no_difference() {
    let changes: [fn(&mut simulators::finago::Rules); 6] = [
        |rules| rules.write_defaults = true,
        |rules| rules.filter_inclusive = true,
        |rules| rules.filter_clock = FilterClock::Oslo,
        |rules| rules.filter_clock = FilterClock::Behind(jiff::SignedDuration::from_mins(150)),
        |rules| rules.one_session_per_user = true,
        |rules| rules.session_idle = jiff::SignedDuration::from_mins(5),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let world = FinagoShop::open(json!({})).await;
        change(&mut world.vendors.finago.borrow_mut().model.rules);
        SHOP.put_article(&world, 0, "Article");
        let number = SHOP.put_order(&world, 1, &[0]);
        // Not set, by whatever stands for it.
        FinagoShop::change(&world, Table::Product, FinagoShop::product(0), &json!({"Weight": null}));
        FinagoShop::change(
            &world,
            Table::Order,
            20_001,
            &json!({"DeliveryDate": null, "DeliveryMethod": {"Id": null}}),
        );
        world.tick(Kind::Finago).await;
        let (product, body) =
            (FinagoShop::article(&world, 0).unwrap(), FinagoShop::sent_order(&world, &number).unwrap());
        assert_eq!(product.get("weight"), None, "rule {index}");
        assert_eq!(body["deliveryDate"], "2026-03-02", "rule {index}");
        assert_eq!(body["wayOfDelivery"]["code"], "Parcel", "rule {index}");
        SHOP.change_order(&world, 1);
        world.tick(Kind::Finago).await;
        assert_eq!(FinagoShop::sent_order(&world, &number).unwrap()["referenceNumber"], "Changed", "rule {index}");
        let writes = world.writes();
        world.tick(Kind::Finago).await;
        assert_eq!(world.writes(), writes, "rule {index}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_filter_in_the_hour_that_norway_skips_is_never_sent() {
    let world = FinagoShop::open(json!({})).await;
    world.vendors.finago.borrow_mut().model.rules.filter_clock = FilterClock::Oslo;
    let target: jiff::Timestamp = "2026-03-29T05:29:00Z".parse().unwrap();
    world.wait(Duration::try_from(target.duration_since(world.now())).unwrap()).await;
    SHOP.put_article(&world, 0, "Article");
    for _ in 0..4 {
        for feed in &world.tick(Kind::Finago).await[0].feeds {
            assert_eq!(feed.fault, None);
        }
    }
    assert!(FinagoShop::article(&world, 0).is_some());
}

#[tokio::test(start_paused = true)]
async fn the_last_calls_of_the_hour_are_left_to_others() {
    let world = FinagoShop::open(json!({})).await;
    SHOP.put_article(&world, 0, "Article");
    // A few were made, and the next one leaves too few.
    world.vendors.finago.borrow_mut().model.rules.calls_per_hour = 102;
    let summaries = world.tick(Kind::Finago).await;
    let faults: Vec<&str> = summaries[0].feeds.iter().filter_map(|feed| feed.fault.as_deref()).collect();
    assert!(
        !faults.is_empty() && faults.iter().all(|fault| fault.contains("calls are left in this hour")),
        "{faults:?}"
    );
    // The hour turns.
    for _ in 0..4 {
        world.tick(Kind::Finago).await;
    }
    assert!(FinagoShop::article(&world, 0).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_quarantine_is_waited_for() {
    let world = FinagoShop::open(json!({})).await;
    world.vendors.finago.borrow_mut().model.rules.calls_per_hour = 2;
    world.vendors.finago.borrow_mut().model.rules.hourly_limit_status = 500;
    SHOP.put_article(&world, 0, "Article");
    let summaries = world.tick(Kind::Finago).await;
    let faults: Vec<&str> = summaries[0].feeds.iter().filter_map(|feed| feed.fault.as_deref()).collect();
    assert!(!faults.is_empty() && faults.iter().all(|fault| fault.starts_with("asked to slow down")), "{faults:?}");
    world.vendors.finago.borrow_mut().model.rules.calls_per_hour = 7200;
    world.tick(Kind::Finago).await;
    assert!(FinagoShop::article(&world, 0).is_some());
}
