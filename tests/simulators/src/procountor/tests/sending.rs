use super::*;
use crate::procountor::Right;

fn order(desk: &mut Desk, extra: Value) -> i64 {
    desk.invoice(extra)
}

#[test]
fn approve_then_send_mails_once_and_raises_the_version_each_time() {
    let mut desk = Desk::new();
    let id = order(&mut desk, json!({}));
    desk.wait(1);
    assert_eq!(desk.approve(id), 200);
    let approved = desk.record(Kind::Invoice, id);
    assert_eq!((&approved["status"], &approved["version"]), (&json!("NOT_SENT"), &json!("2026-11-10T12:00:01")));
    assert_eq!(desk.sim.mails(desk.company, id), 0);
    desk.wait(1);
    assert_eq!(desk.put(&format!("/api/invoices/{id}/send")), 200);
    let sent = desk.record(Kind::Invoice, id);
    assert_eq!((&sent["status"], &sent["version"]), (&json!("SENT"), &json!("2026-11-10T12:00:02")));
    assert_eq!(desk.sim.mails(desk.company, id), 1);
    let log = desk.get(&format!("/api/invoices/{id}/transactions"));
    assert_eq!(
        (&log["transactions"][0]["action"], &log["transactions"][1]["action"]),
        (&json!("APPROVAL"), &json!("SEND"))
    );
}

#[test]
fn sending_what_is_sent_mails_it_again() {
    let mut desk = Desk::new();
    let id = order(&mut desk, json!({ "status": "NOT_SENT" }));
    assert_eq!(desk.put(&format!("/api/invoices/{id}/send")), 200);
    assert_eq!(desk.put(&format!("/api/invoices/{id}/send")), 200);
    assert_eq!(desk.sim.mails(desk.company, id), 2);
    assert_eq!(desk.sim.calls_of("PUT /invoices/{id}/send"), 2);
}

#[test]
fn every_other_status_refuses_to_be_sent_and_nothing_is_mailed() {
    let mut desk = Desk::new();
    for status in crate::procountor::invoices::STATUSES {
        let id = order(&mut desk, json!({ "status": status }));
        let sendable = matches!(status, "NOT_SENT" | "SENT");
        let expected = if sendable { 200 } else { 403 };
        assert_eq!(desk.put(&format!("/api/invoices/{id}/send")), expected, "{status}");
        assert_eq!(desk.sim.mails(desk.company, id), u64::from(sendable), "{status}");
        desk.wait(1);
    }
}

#[test]
fn approval_knows_channel_status_and_type() {
    let mut desk = Desk::new();
    let unsent = order(&mut desk, json!({ "invoiceChannel": "NO_SENDING" }));
    assert_eq!(desk.approve(unsent), 200);
    assert_eq!(desk.record(Kind::Invoice, unsent)["status"], "APPROVED");
    assert_eq!(desk.put(&format!("/api/invoices/{unsent}/send")), 403);
    let twice = order(&mut desk, json!({ "status": "NOT_SENT" }));
    assert_eq!(desk.approve(twice), 403);
    let purchase_order = order(&mut desk, json!({ "type": "PURCHASE_ORDER" }));
    assert_eq!(desk.approve(purchase_order), 403);
    assert_eq!(desk.put(&format!("/api/invoices/{purchase_order}/send")), 403);
    let purchase = order(&mut desk, json!({ "type": "PURCHASE_INVOICE", "status": "RECEIVED" }));
    assert_eq!(desk.approve(purchase), 200);
    assert_eq!(desk.record(Kind::Invoice, purchase)["status"], "APPROVED");
    assert_eq!(desk.approve(1), 404);
}

#[test]
fn where_orders_cannot_be_sent_an_invoice_still_can() {
    let mut desk = Desk::new();
    desk.sim.quirks.orders_can_be_sent = false;
    let id = order(&mut desk, json!({ "status": "NOT_SENT" }));
    let (status, answer) = desk.call("PUT", &format!("/api/invoices/{id}/send"), None);
    assert_eq!((status, &answer["errors"][0]["status"]), (403, &json!(403)));
    let open = order(&mut desk, json!({}));
    assert_eq!(desk.approve(open), 403);
    let invoice = order(&mut desk, json!({ "type": "SALES_INVOICE", "status": "NOT_SENT" }));
    assert_eq!(desk.put(&format!("/api/invoices/{invoice}/send")), 200);
}

#[test]
fn viewing_rights_see_and_do_not_send() {
    let mut desk = Desk::new();
    let id = order(&mut desk, json!({ "status": "NOT_SENT" }));
    desk.sim.company_mut(desk.company).unwrap().rights.sales_or_group_invoices = Right::Viewing;
    assert_eq!(desk.status_of(&format!("/api/invoices/{id}")), 200);
    assert_eq!(desk.put(&format!("/api/invoices/{id}/send")), 403);
    assert_eq!(desk.sim.mails(desk.company, id), 0);
    assert_eq!(desk.record(Kind::Invoice, id)["status"], "NOT_SENT");
}

#[test]
fn the_comment_of_an_approval_has_100_characters_at_most() {
    let mut desk = Desk::new();
    let id = order(&mut desk, json!({}));
    let target = format!("/api/invoices/{id}/approve?updateInventory=true");
    assert_eq!(desk.call("PUT", &target, Some(json!({ "comment": "x".repeat(101) }))).0, 400);
    assert_eq!(desk.put(&target), 400, "without a body");
    desk.sim.quirks.approve_needs_body = false;
    assert_eq!(desk.put(&target), 200);
    assert_eq!(desk.sim.company(desk.company).unwrap().inventory_updates, [id]);
    let other = order(&mut desk, json!({}));
    assert_eq!(desk.approve(other), 200);
    assert_eq!(desk.sim.company(desk.company).unwrap().inventory_updates, [id], "false leaves the stock alone");
}
