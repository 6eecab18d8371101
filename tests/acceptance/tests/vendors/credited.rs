//! Credited is not paid.

use acceptance::shops::article_number;
use acceptance::world::World;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use serde_json::{Value, json};

use crate::scene::{body, entry, invoice, line, open};

fn credit(world: &World, n: usize, args: &Value) -> String {
    let id = format!("00000000-0000-4000-8000-{n:012}");
    let mut erp = world.vendors.poweroffice.borrow_mut();
    let note = erp.model.client("client-key-acme").credit(world.now(), &id, args).unwrap();
    note["InvoiceNo"].to_string()
}

fn goods() -> Vec<Value> {
    vec![line(1, 7000, &article_number(0), 3)]
}

fn status(world: &World, order: &str) -> Option<i64> {
    let wms = world.wms();
    let all = wms["orders"].as_array().unwrap();
    all.iter().find(|there| there["orderNumber"] == *order)?["status"].as_i64()
}

#[tokio::test(start_paused = true)]
async fn an_invoice_that_was_never_paid_and_credited_stays_out() {
    let world = open(Kind::PowerOffice, json!({})).await;
    let unpaid = invoice(&world, 1, &json!({"Balance": 100}), &goods());
    let paid = invoice(&world, 2, &json!({}), &goods());
    let note = credit(&world, 1, &json!({"lines": goods()}));
    world.tick(Kind::PowerOffice).await;
    assert_eq!(body(&world, &unpaid), None);
    let left = entry(&world, &unpaid);
    assert_eq!(left.outcome, Some(Outcome::Filtered));
    let reason = left.reason.unwrap();
    assert!(reason.contains("30001") && reason.contains(&note), "{reason}");
    assert!(body(&world, &paid).is_some());
}

#[tokio::test(start_paused = true)]
async fn an_invoice_that_is_credited_later_is_withdrawn() {
    let world = open(Kind::PowerOffice, json!({})).await;
    let order = invoice(&world, 1, &json!({}), &goods());
    let other = invoice(&world, 2, &json!({}), &goods());
    world.tick(Kind::PowerOffice).await;
    assert!(body(&world, &order).is_some());
    // A later invoice moves the pull past this one.
    world.wait(std::time::Duration::from_secs(48 * 3600)).await;
    invoice(&world, 3, &json!({}), &goods());
    world.tick(Kind::PowerOffice).await;
    world.wait(std::time::Duration::from_secs(3600)).await;
    credit(&world, 1, &json!({"lines": goods()}));
    world.tick(Kind::PowerOffice).await;
    assert_eq!(entry(&world, &order).outcome, Some(Outcome::Cancelled), "{:?}", status(&world, &order));
    for _ in 0..3 {
        world.tick(Kind::PowerOffice).await;
    }
    assert_eq!(entry(&world, &order).outcome, Some(Outcome::Cancelled));
    assert_eq!(entry(&world, &other).outcome, Some(Outcome::Created));
}

#[tokio::test(start_paused = true)]
async fn a_credit_note_on_another_page_than_its_invoice_is_found() {
    let world = open(Kind::PowerOffice, json!({})).await;
    world.pages.cut(Some(2));
    let orders: Vec<String> = (1..=5).map(|n| invoice(&world, n, &json!({}), &goods())).collect();
    credit(&world, 1, &json!({"lines": goods()}));
    world.tick(Kind::PowerOffice).await;
    assert_eq!(entry(&world, &orders[0]).outcome, Some(Outcome::Filtered));
    assert_eq!(body(&world, &orders[0]), None);
    orders[1..].iter().for_each(|order| assert!(body(&world, order).is_some(), "{order}"));
}

#[tokio::test(start_paused = true)]
async fn a_credit_of_an_invoice_from_before_the_tenant_makes_no_order() {
    let world = World::new();
    acceptance::shops::Shop::onboard(&acceptance::shops::PowerOfficeShop, &world, json!({}));
    let old = invoice(&world, 1, &json!({}), &goods());
    world.wait(std::time::Duration::from_secs(48 * 3600)).await;
    world.tick(Kind::PowerOffice).await;
    credit(&world, 1, &json!({"amount": 10}));
    world.tick(Kind::PowerOffice).await;
    assert_eq!(body(&world, &old), None);
}

#[tokio::test(start_paused = true)]
async fn a_credit_in_part_that_names_products_is_for_a_person_and_one_by_amount_comes_in() {
    let world = open(Kind::PowerOffice, json!({})).await;
    let pieces = invoice(&world, 1, &json!({}), &goods());
    let amount = invoice(&world, 2, &json!({}), &goods());
    let note = credit(&world, 1, &json!({"amount": 30, "lines": [line(9, 7000, &article_number(0), 1)]}));
    let text =
        json!({"Id": 10, "LineType": "Normal", "Description": "Goodwill", "NetAmount": 30, "ProductUnitPrice": 30});
    credit(&world, 2, &json!({"amount": 30, "lines": [text]}));
    world.tick(Kind::PowerOffice).await;
    assert_eq!(body(&world, &pieces), None);
    let parked = entry(&world, &pieces);
    assert_eq!(parked.outcome, Some(Outcome::Parked));
    let reason = parked.reason.unwrap();
    assert!(reason.contains("30001") && reason.contains(&note), "{reason}");
    assert!(body(&world, &amount).is_some());
    assert!(world.logs.text().contains("credited by amount"));
}

/// A vendor's answer that nobody has seen: notes that name no invoice, nor are matched with one.
fn names_no_invoice(world: &World) {
    let mut erp = world.vendors.poweroffice.borrow_mut();
    simulators::Simulator::assume(&mut erp.model, "poweroffice.credit-link", "not at all").unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_credit_note_that_names_no_invoice_leaves_those_of_its_customer_and_amount_to_a_person() {
    let world = open(Kind::PowerOffice, json!({})).await;
    names_no_invoice(&world);
    let order = |n, total| invoice(&world, n, &json!({ "TotalAmount": total }), &goods());
    let (credited, other) = (order(1, 100), order(2, 250));
    world.tick(Kind::PowerOffice).await;
    assert_eq!(
        (entry(&world, &credited).outcome, entry(&world, &other).outcome),
        (Some(Outcome::Created), Some(Outcome::Created))
    );
    world.wait(std::time::Duration::from_secs(48 * 3600)).await;
    let note = credit(&world, 1, &json!({"lines": goods()}));
    let younger = invoice(&world, 3, &json!({ "VoucherDate": "2026-03-05" }), &goods());
    world.tick(Kind::PowerOffice).await;
    let parked = entry(&world, &credited);
    let reason = parked.reason.clone().unwrap_or_default();
    let says = [&note, "poweroffice.credit-link"].iter().all(|word| reason.contains(*word));
    assert!(parked.outcome == Some(Outcome::Parked) && says, "{parked:?}\n{}", world.logs.text());
    for order in [&other, &younger] {
        assert_eq!(entry(&world, order).outcome, Some(Outcome::Created), "{order}");
    }
}
