//! What `bridgectl where` says in a situation, whole.

use std::time::Duration;

use acceptance::shops::{PowerOfficeShop, Shop, VismaShop, article_number};
use acceptance::world::{Happens, Peer, Rule, Site, World, tenant};
use bridge::roads::story::{self, tell};
use bridge::words::kind::Kind;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::pages::page_is;
use crate::screen::{MINUTE, open, pump, refuse_article, wrong_password};

/// The story of a record by the clocks of Oslo.
async fn told(world: &World, number: &str) -> String {
    told_of(world, "acme", number).await
}

/// The same of a tenant's record.
pub async fn told_of(world: &World, tenant_id: &str, number: &str) -> String {
    let items = world.memory.items(&format!("tenant#{tenant_id}"), "ledger#");
    let item = items.into_iter().find(|item| item.body["number"] == number);
    let mut tenants = world.memory.tenant_items().into_iter();
    let tenant = tenants.find(|tenant| tenant["tenant_id"] == tenant_id).unwrap();
    let deadline = world.now() + Duration::from_secs(60);
    let facts = story::read(&world.ports(), &tenant, item.unwrap(), deadline).await.unwrap().unwrap();
    let text = story::text(&tell(&facts, world.now()), world.now(), &TimeZone::get("Europe/Oslo").unwrap());
    assert!(text.lines().all(|line| line.chars().count() <= 80), "wider than 80 columns:\n{text}");
    text
}

#[tokio::test(start_paused = true)]
async fn an_order_that_ongoing_s_login_holds_up() {
    let world = open(&PowerOfficeShop).await;
    wrong_password(&world);
    let order = PowerOfficeShop.put_order(&world, 1, &[0]);
    pump(&world, Kind::PowerOffice).run(130 * MINUTE).await;
    assert_eq!(
        told(&world, &order).await,
        r#"acme order 20001: it is on its way to the warehouse
  waits since 08:15 (2 h): Ongoing refuses the login
  → bridgectl secret put ongoing/acme
  08:15  2 h  changed in PowerOffice
  08:15  2 h  pulled from PowerOffice"#
    );
    page_is(&world, "an-order-that-ongoing-s-login-holds-up", Some(&order)).await;
}

#[tokio::test(start_paused = true)]
async fn an_order_while_ongoing_is_down() {
    let world = open(&PowerOfficeShop).await;
    world.rules.add(Rule::to(Peer::Vendor(Site::Ongoing), Happens::Refused));
    let order = PowerOfficeShop.put_order(&world, 1, &[0]);
    pump(&world, Kind::PowerOffice).run(40 * MINUTE).await;
    assert_eq!(
        told(&world, &order).await,
        r#"acme order 20001: it is on its way to the warehouse
  waits since 08:15 (39 min): Ongoing is down
  08:15  40 min  changed in PowerOffice
  08:15  40 min  pulled from PowerOffice"#
    );
    page_is(&world, "an-order-while-ongoing-is-down", Some(&order)).await;
}

#[tokio::test(start_paused = true)]
async fn an_order_that_waits_for_an_article() {
    let world = open(&PowerOfficeShop).await;
    refuse_article(&world, &article_number(1));
    PowerOfficeShop.put_article(&world, 1, "Refused");
    let order = PowerOfficeShop.put_order(&world, 1, &[1]);
    world.tick(Kind::PowerOffice).await;
    assert_eq!(
        told(&world, &order).await,
        r#"acme order 20001: it is parked, and tried again by itself
  waits for article A-00001: it goes as soon as that is in the warehouse
  → bridgectl where A-00001 --tenant acme
  08:15  15 min  changed in PowerOffice
  08:15  15 min  pulled from PowerOffice
  08:15  14 min  parked: 400 Article with article number 'A-00001' was not
                 found.; not in Ongoing: A-00001 (freight, fees and the like are
                 listed in the setting not_goods)
  08:29  now     due: the next tick tries it again"#
    );
    assert_eq!(
        told(&world, &article_number(1)).await,
        r#"acme article A-00001: it is parked, and tried again by itself
  08:15  15 min  changed in PowerOffice
  08:15  15 min  pulled from PowerOffice
  08:15  15 min  parked: refused without a reason (400)
  08:29  1 min   due: the next tick tries it again"#
    );
    page_is(&world, "an-order-that-waits-for-an-article", Some(&order)).await;
}

#[tokio::test(start_paused = true)]
async fn an_order_that_cannot_be_mapped() {
    let world = open(&VismaShop).await;
    let (order, _) = VismaShop.put_poisoned_order(&world, 1);
    world.tick(Kind::Visma).await;
    assert_eq!(
        told(&world, &order).await,
        r#"acme order 1001: it is parked, and tried again by itself
  08:15  15 min  changed in Visma
  08:15  15 min  pulled from Visma
                 parked: rejected at /Rows/0/ArticleNumber: a value is expected
  08:29  1 min   due: the next tick tries it again"#
    );
    pump(&world, Kind::Visma).run(8 * 24 * 60 * MINUTE).await;
    assert_eq!(
        told(&world, &order).await,
        r#"acme order 1001: it is parked, and needs a person
  → put it right, then bridgectl parked retry 1001 --tenant acme
  2 Mar 08:15  8 d   changed in Visma
  Sun 14:15    42 h  pulled from Visma
                     parked: rejected at /Rows/0/ArticleNumber: a value is
                     expected
                     tried again 12 times so far"#
    );
    page_is(&world, "an-order-that-cannot-be-mapped", Some(&order)).await;
}

#[tokio::test(start_paused = true)]
async fn an_order_of_a_paused_tenant() {
    let world = open(&PowerOfficeShop).await;
    let order = PowerOfficeShop.put_order(&world, 1, &[0]);
    world.schedule(acceptance::world::deployment::pull_of(Kind::PowerOffice)).await;
    world.pull_jobs(Kind::PowerOffice).await;
    let mut item = tenant("acme", Kind::PowerOffice, json!({}));
    item["enabled"] = json!(false);
    world.onboard(item);
    world.import_all().await;
    world.wait(20 * MINUTE).await;
    assert_eq!(
        told(&world, &order).await,
        r#"acme order 20001: it is parked, and tried again by itself
  waits for the tenant, which is paused
  → bridgectl tenant resume acme
  08:15  20 min  changed in PowerOffice
  08:15  20 min  pulled from PowerOffice
  08:15  20 min  parked: the tenant is not there, not valid or not enabled"#
    );
    page_is(&world, "an-order-of-a-paused-tenant", Some(&order)).await;
}

#[tokio::test(start_paused = true)]
async fn an_order_of_a_tenant_whose_item_is_not_valid() {
    let world = open(&PowerOfficeShop).await;
    let order = PowerOfficeShop.put_order(&world, 1, &[0]);
    world.schedule(acceptance::world::deployment::pull_of(Kind::PowerOffice)).await;
    world.pull_jobs(Kind::PowerOffice).await;
    let mut item = tenant("acme", Kind::PowerOffice, json!({}));
    item["settings"]["order_statuses"] = json!(["none"]);
    world.onboard(item);
    world.import_all().await;
    let told = told(&world, &order).await;
    assert!(told.contains("waits for the tenant, whose item is not valid: /settings/order_statuses"), "{told}");
    assert!(told.contains("→ bridgectl tenant edit acme") && !told.contains("paused"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn an_order_from_the_erp_to_the_customer_and_back() {
    let world = open(&VismaShop).await;
    let order = VismaShop.put_order(&world, 1, &[0]);
    world.wait(5 * MINUTE).await;
    world.tick(Kind::Visma).await;
    assert_eq!(
        told(&world, &order).await,
        r#"acme order 1001: it is in Ongoing as 1001 (id 50001)
  08:15  20 min  changed in Visma
  08:20  15 min  pulled from Visma
  08:20  15 min  in the warehouse as 1001
                 the warehouse has not started (status 300 in Ongoing)
                 2 × A-00000 Article"#
    );
    world.reconcile().await;
    world.warehouse("count", &json!({ "articleNumber": article_number(0), "numberOfItems": 50 }));
    for step in ["allocate", "pick"] {
        world.warehouse(step, &json!({ "orderNumber": order }));
    }
    assert_eq!(
        told(&world, &order).await,
        r#"acme order 1001: it is in Ongoing as 1001 (id 50001)
  08:15  35 min  changed in Visma
  08:20  30 min  pulled from Visma
  08:20  30 min  in the warehouse as 1001
                 the warehouse works on it (status 400 in Ongoing)
                 2 of 2 × A-00000 Article"#
    );
    world.warehouse("ship", &json!({ "orderNumber": order, "waybill": "SE-4711" }));
    world.reconcile().await;
    world.wait(30 * MINUTE).await;
    assert_eq!(
        told(&world, &order).await,
        r#"acme order 1001: it is in Ongoing as 1001 (id 50001)
  08:15  1 h     changed in Visma
  08:20  1 h     pulled from Visma
  08:20  1 h     in the warehouse as 1001
                 shipped (status 450 in Ongoing)
                 2 of 2 × A-00000 Article
                 tracking SE-4711
  08:50  45 min  Visma was told of the shipment: shipped, 2 of 2 delivered"#
    );
    page_is(&world, "an-order-from-the-erp-to-the-customer-and-back", Some(&order)).await;
}

#[tokio::test(start_paused = true)]
async fn an_order_that_was_changed_too_late_and_one_that_was_withdrawn() {
    let world = open(&VismaShop).await;
    let (first, second) = (VismaShop.put_order(&world, 1, &[0]), VismaShop.put_order(&world, 2, &[0]));
    world.tick(Kind::Visma).await;
    world.warehouse("count", &json!({ "articleNumber": article_number(0), "numberOfItems": 50 }));
    world.warehouse("allocate", &json!({ "orderNumber": first }));
    assert!(VismaShop.change_order(&world, 1));
    VismaShop.withdraw_order(&world, 2);
    world.tick(Kind::Visma).await;
    assert_eq!(
        told(&world, &first).await,
        r#"acme order 1001: it is in Ongoing as 1001 (id 50001) as it was before: the
warehouse had started, and the change is to be arranged with it
  08:30  15 min  changed in Visma
  08:30  15 min  pulled from Visma
  08:30  15 min  not changed in the warehouse: the warehouse has started on the
                 order (status 320)
                 the warehouse works on it (status 320 in Ongoing)
                 0 of 2 × A-00000 Article"#
    );
    assert_eq!(
        told(&world, &second).await,
        r#"acme order 1002: it was withdrawn in Visma, and is cancelled in Ongoing as 1002
(id 50002)
  08:30  15 min  taken back in Visma
  08:30  15 min  pulled from Visma
  08:30  15 min  cancelled in the warehouse as 1002"#
    );
    page_is(&world, "an-order-that-was-changed-too-late", Some(&first)).await;
    page_is(&world, "an-order-that-was-withdrawn", Some(&second)).await;
}

/// One that Visma has as a draft; one that was in the warehouse before is told above.
#[tokio::test(start_paused = true)]
async fn an_order_in_draft() {
    let world = open(&VismaShop).await;
    let order = VismaShop.put_order(&world, 1, &[0]);
    VismaShop.withdraw_order(&world, 1);
    world.tick(Kind::Visma).await;
    assert_eq!(
        told(&world, &order).await,
        r#"acme order 1001: it does not come in as it is in Visma now
  08:15  15 min  changed in Visma
  08:15  15 min  pulled from Visma
                 left out: the order's status is 1 (draft)"#
    );
    page_is(&world, "an-order-in-draft", Some(&order)).await;
}
