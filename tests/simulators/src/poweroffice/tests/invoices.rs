use super::*;
use crate::poweroffice::Kind;
use serde_json::json;

fn invoice(desk: &mut Desk, order: i64, balance: Value) -> String {
    desk.pass(1_000);
    let now = desk.now;
    let header = json!({"OrderNo": order, "VoucherNo": order + 100, "Balance": balance, "CustomerNo": 7});
    let lines = [json!({"ProductCode": "A", "Quantity": 2}), json!({"LineType": "Text", "Description": "hello"})];
    desk.berg().put_invoice(now, header, &lines).as_str().unwrap().to_owned()
}

#[test]
fn a_payment_moves_the_balances_time_and_not_the_invoices() {
    let mut desk = Desk::new();
    let id = invoice(&mut desk, 1, json!(99.5));
    invoice(&mut desk, 2, json!(10));
    let before = body(&desk.get(&format!("{INVOICES}/{id}")));
    let since = desk.now;
    desk.pass(1_000);
    let now = desk.now;
    assert!(desk.berg().pay(now, &id));
    let rows = desk.rows(&format!("{INVOICES}?balanceLastChangedDateTimeOffsetGreaterThan={since}"));
    assert_eq!(names(&rows, "OrderNo"), ["1"]);
    assert_eq!(rows[0]["Balance"].to_string(), "0.0");
    assert_eq!(rows[0]["LastChangedDateTimeOffset"], before["LastChangedDateTimeOffset"]);
    desk.pass(1_000);
    let later = desk.now;
    assert!(desk.berg().pay(later, &id));
    assert_eq!(body(&desk.get(&format!("{INVOICES}/{id}"))), rows[0], "paying twice changes nothing");
}

#[test]
fn the_list_is_newest_first_and_knows_no_paid_filter() {
    let mut desk = Desk::new();
    let first = invoice(&mut desk, 1, json!(0));
    invoice(&mut desk, 2, json!(5));
    invoice(&mut desk, 3, Value::Null);
    desk.pass(1_000);
    let now = desk.now;
    desk.berg().change(now, Kind::Invoice, &first, |row| row["IsReversed"] = true.into()).unwrap();
    desk.berg().put_invoice(now, json!({"OrderNo": 4, "Balance": 0, "VoucherType": "OutgoingCreditNote"}), &[]);
    let rows = desk.rows(INVOICES);
    assert_eq!(names(&rows, "OrderNo"), ["4", "3", "2", "1"]);
    assert_eq!(names(&rows, "VoucherType")[0], "OutgoingCreditNote");
    assert_eq!((&rows[3]["IsReversed"], &rows[1]["Balance"]), (&json!(true), &Value::Null));
    assert_eq!(names(&desk.rows(&format!("{INVOICES}?onlyUnpaidInvoices=true")), "OrderNo"), ["2"]);
    assert_eq!(desk.rows(&format!("{INVOICES}?onlyPaidInvoices=true")).len(), 4, "an unknown filter is ignored");
    assert_eq!(names(&desk.rows(&format!("{INVOICES}?voucherNos=101-102,%20104-")), "OrderNo"), ["2", "1"]);
    assert_eq!(names(&desk.rows(&format!("{INVOICES}?invoiceIds={}", first.to_uppercase())), "OrderNo"), ["1"]);
    assert_eq!(desk.get(&format!("{INVOICES}?voucherNos=x")).status, 400);
    assert_eq!(desk.rows(&format!("{INVOICES}?fromDate=2026-01-02&toDate=2026-01-02")).len(), 4);
    assert!(desk.rows(&format!("{INVOICES}?fromDate=2026-01-03")).is_empty());
}

#[test]
fn lines_are_a_resource_of_their_own() {
    let mut desk = Desk::new();
    let id = invoice(&mut desk, 1, json!(0));
    assert!(body(&desk.get(&format!("{INVOICES}/{id}"))).get("Lines").is_none());
    let lines = desk.rows(&format!("{INVOICES}/{id}/Lines"));
    assert_eq!(names(&lines, "LineType"), ["Normal", "Text"]);
    assert_eq!(names(&lines, "SortOrder"), ["0", "1"]);
    assert_eq!((lines[0]["Quantity"].to_string(), &lines[1]["Quantity"]), ("2.0".into(), &Value::Null));
    desk.berg().place_lines(&id, Vec::new());
    assert_eq!(desk.get(&format!("{INVOICES}/{id}/Lines")).status, 204);
    assert_eq!(desk.get(&format!("{INVOICES}/00000000-0000-0000-0000-000000000000/Lines")).status, 404);
}

#[test]
fn two_companies_never_share_an_invoice_id() {
    let mut desk = Desk::new();
    let id = invoice(&mut desk, 1, json!(0));
    let now = desk.now;
    assert_ne!(desk.model.client("dal").put_invoice(now, json!({}), &[]), json!(id));
}

#[test]
fn a_customers_time_does_not_move_with_an_address() {
    let mut desk = Desk::new();
    let now = desk.now;
    let record = json!({"Number": 7, "Name": "Berg", "MailAddress": {"City": "Oslo"}, "ContactDeliveryAddresses":
        [{"AddressLine1": "first"}, {"AddressLine1": "second"}]});
    let id = desk.berg().put_customer(now, record).unwrap()["Id"].to_string();
    let before = body(&desk.get(&format!("/v2/Customers/{id}")));
    desk.pass(1_000);
    let now = desk.now;
    desk.berg().change(now, Kind::Customer, &id, |row| row["MailAddress"]["City"] = "Moss".into()).unwrap();
    let after = desk.rows("/v2/Customers?customerNos=7").remove(0);
    assert_eq!(after["MailAddress"]["City"], "Moss");
    assert_ne!(after["MailAddress"]["LastChangedDateTimeOffset"], before["MailAddress"]["LastChangedDateTimeOffset"]);
    assert_eq!(after["LastChangedDateTimeOffset"], before["LastChangedDateTimeOffset"]);
    desk.berg().put(now, Kind::DeliveryAddress, json!({"ContactId": 99, "AddressLine1": "other"}));
    let addresses = desk.rows(&format!("/v2/ContactDeliveryAddresses?contactIds={id},98"));
    assert_eq!(names(&addresses, "AddressLine1"), ["first", "second"]);
    assert_eq!(names(&addresses, "IsPrimary"), ["true", "false"], "the first one is primary by itself");
    let one = format!("/v2/ContactDeliveryAddresses/{id}/{}", addresses[1]["Id"]);
    assert_eq!(body(&desk.get(&one)), addresses[1]);
    assert_eq!(desk.get(&format!("/v2/ContactDeliveryAddresses/98/{}", addresses[1]["Id"])).status, 404);
}
