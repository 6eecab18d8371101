//! By which names `bridgectl where` finds a record, and what it says of what was never pulled.

use std::time::Duration;

use acceptance::shops::{self, PowerOfficeShop, Shop, VismaShop, article_number};
use acceptance::world::{Happens, Peer, Rule, World};
use bridge::roads::story::{self, find};
use bridge::state::ledger::names::NameOf;
use bridge::tenant::Tenant;
use bridge::words::kind::Kind;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::screen::{MINUTE, open};

/// The ERP's ids that a name finds, with what the name is; else what was perhaps meant.
async fn found(world: &World, name: &str) -> Result<Vec<(String, NameOf)>, Vec<String>> {
    let matches = find::by_name(&world.ports(), &["acme"], name).await.unwrap();
    let found: Vec<(String, NameOf)> =
        matches.found.into_iter().map(|found| (found.named.key, found.named.of)).collect();
    if found.is_empty() { Err(matches.like) } else { Ok(found) }
}

fn item(world: &World) -> Value {
    world.memory.tenant_items().remove(0)
}

/// What is said of a number that no pull brought, by the clocks of Oslo.
async fn unpulled(world: &World, number: &str) -> String {
    let tenant = Tenant::parse(&item(world), false).unwrap();
    let deadline = world.now() + Duration::from_secs(60);
    let records = find::in_erp(&world.ports(), &tenant, number, deadline).await.unwrap();
    let zone = TimeZone::get("Europe/Oslo").unwrap();
    let text = |record: &find::Unpulled| story::text(&record.story, world.now(), &zone);
    let text = records.iter().map(text).collect::<Vec<_>>().join("\n\n");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "wider than 80 columns:\n{text}");
    text
}

#[tokio::test(start_paused = true)]
async fn an_order_is_found_by_every_name_that_a_person_knows_it_by() {
    let world = open(&VismaShop).await;
    let order = VismaShop.put_order(&world, 1, &[0]);
    world.tick(Kind::Visma).await;
    let key = "0d0e0000-0000-4000-8000-000000000001".to_owned();
    let one = |of: NameOf| Ok(vec![(key.clone(), of)]);
    assert_eq!(found(&world, &order).await, one(NameOf::Number));
    assert_eq!(found(&world, " 1001 ").await, one(NameOf::Number));
    assert_eq!(found(&world, "50001").await, one(NameOf::Ongoing));
    assert_eq!(found(&world, "10001").await, one(NameOf::Customer));
    assert_eq!(found(&world, &key).await, one(NameOf::Key));
    assert_eq!(found(&world, &key.to_uppercase()).await, one(NameOf::Key));
    // By the beginning, which leaves one.
    assert_eq!(found(&world, "100").await, one(NameOf::Customer));
    assert_eq!(found(&world, "5000").await, one(NameOf::Ongoing));
    // A key pressed in a wrong way.
    assert_eq!(found(&world, "1011").await, Err(vec!["1001".to_owned()]));
    assert_eq!(found(&world, "777").await, Err(Vec::new()));
    world.reconcile().await;
    world.warehouse("count", &json!({ "articleNumber": article_number(0), "numberOfItems": 50 }));
    for step in ["allocate", "pick"] {
        world.warehouse(step, &json!({ "orderNumber": order }));
    }
    world.warehouse("ship", &json!({ "orderNumber": order, "waybill": "SE-4711" }));
    world.reconcile().await;
    assert_eq!(found(&world, "se-4711").await, one(NameOf::Shipment));
    assert_eq!(found(&world, &article_number(0).to_lowercase()).await.unwrap()[0].1, NameOf::Number);
}

/// A customer's orders, the last one first; no more of them are told than anybody reads.
#[tokio::test(start_paused = true)]
async fn a_customer_s_orders_are_found_the_last_first() {
    let world = open(&VismaShop).await;
    for n in [1, 8] {
        VismaShop.put_order(&world, n, &[0]);
        world.tick(Kind::Visma).await;
    }
    let keys: Vec<String> = found(&world, "10001").await.unwrap().into_iter().map(|(key, _)| key).collect();
    let key = |n: usize| format!("0d0e0000-0000-4000-8000-{n:012}");
    assert_eq!(keys, [key(8), key(1)]);
    (1..=14).for_each(|n| drop(VismaShop.put_order(&world, n * 7 + 8, &[0])));
    world.tick(Kind::Visma).await;
    let matches = find::by_name(&world.ports(), &["acme"], "10001").await.unwrap();
    assert_eq!((matches.found.len(), matches.more), (find::MOST, 6));
}

/// PowerOffice is told of no shipment, so that none is noted: Ongoing knows.
#[tokio::test(start_paused = true)]
async fn a_parcel_that_was_noted_nowhere_is_asked_of_ongoing() {
    let world = open(&PowerOfficeShop).await;
    let order = PowerOfficeShop.put_order(&world, 1, &[0]);
    world.tick(Kind::PowerOffice).await;
    world.warehouse("count", &json!({ "articleNumber": article_number(0), "numberOfItems": 50 }));
    for step in ["allocate", "pick"] {
        world.warehouse(step, &json!({ "orderNumber": order }));
    }
    world.warehouse("ship", &json!({ "orderNumber": order, "parcels": ["NO-0037"] }));
    assert_eq!(found(&world, "NO-0037").await, Err(Vec::new()));
    let tenant = Tenant::parse(&item(&world), false).unwrap();
    let deadline = world.now() + MINUTE;
    let there = find::in_ongoing(&world.ports(), &tenant, "NO-0037", deadline).await.unwrap();
    assert_eq!(
        there.iter().map(|found| found.named.key.as_str()).collect::<Vec<_>>(),
        ["00000000-0000-4000-8000-000000000001"]
    );
    assert_eq!(find::in_ongoing(&world.ports(), &tenant, "NO-0038", deadline).await.unwrap(), []);
}

/// The index answers with what it finds, however large the ledger is.
#[tokio::test(start_paused = true)]
async fn a_look_costs_the_same_in_a_large_ledger() {
    let world = open(&PowerOfficeShop).await;
    let reads = async |world: &World, number: &str| {
        let rule = world.rules.add(Rule::when(|call| call.peer == Peer::State, Happens::Latency(Duration::ZERO)));
        let matches = find::by_name(&world.ports(), &["acme"], number).await.unwrap();
        assert_eq!(matches.found.len(), 1, "{matches:?}");
        world.rules.remove(&rule);
        rule.met()
    };
    let few = reads(&world, &article_number(0)).await;
    (1..=400).for_each(|n| PowerOfficeShop.put_article(&world, n, "Article"));
    world.tick(Kind::PowerOffice).await;
    let many = reads(&world, &article_number(0)).await;
    println!("figure: where: reads of the state table for a number, of 1 and of 401 records | {few} and {many}");
    assert!(many == few && few <= 8, "{few}, {many}");
}

/// A record's number that is another by now is found by it, and by the former one no more.
#[tokio::test(start_paused = true)]
async fn a_number_that_was_changed_is_no_name_any_more() {
    let world = open(&PowerOfficeShop).await;
    let mut product = json!({ "Id": 7_000, "Code": "LAMP-9", "Name": "Lamp", "ProductType": "Product" });
    let put = |product: &Value| {
        let mut erp = world.vendors.poweroffice.borrow_mut();
        erp.model.client("client-key-acme").put(world.now(), simulators::poweroffice::Kind::Product, product.clone());
    };
    put(&product);
    world.tick(Kind::PowerOffice).await;
    assert_eq!(found(&world, "lamp-9").await, Ok(vec![("7000".to_owned(), NameOf::Number)]));
    assert_eq!(found(&world, &article_number(0)).await, Err(Vec::new()));
    product["Name"] = json!("Another");
    put(&product);
    world.tick(Kind::PowerOffice).await;
    assert_eq!(found(&world, "LAMP-9").await, Ok(vec![("7000".to_owned(), NameOf::Number)]));
}

/// What was never pulled is asked of the ERP, and told by the rules of the pull.
#[tokio::test(start_paused = true)]
async fn every_erp_is_asked_for_what_was_never_pulled() {
    for shop in shops::all() {
        let (shop, kind) = (shop.as_ref(), shop.kind());
        let world = open(shop).await;
        let order = shop.put_order(&world, 1, &[0]);
        shop.put_article(&world, 7, "Lamp");
        let said = unpulled(&world, &order).await;
        assert!(said.contains(&format!("order {order}: it is in ")), "{kind}: {said}");
        assert!(said.contains("comes with the next pull") && said.contains("→ bridgectl pull acme"), "{kind}: {said}");
        let said = unpulled(&world, &article_number(7)).await;
        assert!(said.contains(&format!("article {}: it is in", article_number(7))), "{kind}: {said}");
        assert_eq!(unpulled(&world, "99999").await, "", "{kind}");
        assert_eq!(unpulled(&world, "no such").await, "", "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_in_draft_that_was_never_pulled() {
    let world = World::new();
    VismaShop.onboard(&world, json!({ "start_date": "2026-03-02T09:00:00Z" }));
    world.tick(Kind::Visma).await;
    let (draft, early) = (VismaShop.put_order(&world, 1, &[0]), VismaShop.put_order(&world, 2, &[0]));
    VismaShop.withdraw_order(&world, 1);
    world.wait(120 * MINUTE).await;
    assert_eq!(found(&world, &draft).await, Err(Vec::new()));
    assert_eq!(
        unpulled(&world, &draft).await,
        r#"acme order 1001: it is in Visma, and does not come in: the order's status is 1
(draft)
  08:15  2 h     changed in Visma, before start_date
  10:00  15 min  from here on orders come in"#
    );
    assert_eq!(
        unpulled(&world, &early).await,
        r#"acme order 1002: it is in Visma, and was never pulled
  → bridgectl pull acme --feeds orders --since 2026-03-02
  08:15  2 h     changed in Visma, before start_date
  10:00  15 min  from here on orders come in"#
    );
}
