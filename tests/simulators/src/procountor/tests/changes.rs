use super::*;

/// The whole document, as a caller reads it before it writes it back.
fn read(desk: &mut Desk, id: i64) -> Value {
    desk.get(&format!("/api/invoices/{id}"))
}

fn update(desk: &mut Desk, id: i64, sent: Value) -> (u16, Value) {
    desk.call("PUT", &format!("/api/invoices/{id}"), Some(sent))
}

#[test]
fn a_whole_update_wants_the_newest_version_and_rewrites_the_rows() {
    let mut desk = Desk::new();
    let id = desk.invoice(json!({ "orderReference": "R", "invoiceRows": [{ "product": "a" }, { "product": "b" }] }));
    let mut whole = read(&mut desk, id);
    whole["notes"] = json!("changed");
    whole["status"] = json!("SENT");
    whole.as_object_mut().unwrap().remove("orderReference");
    desk.wait(1);
    let (status, answer) = update(&mut desk, id, whole.clone());
    assert_eq!((status, &answer["notes"], &answer["status"]), (200, &json!("changed"), &json!("UNFINISHED")));
    assert!(answer.get("orderReference").is_none(), "what is left out is gone");
    assert_ne!(answer["invoiceRows"][0]["id"], whole["invoiceRows"][0]["id"]);
    assert_eq!(answer, read(&mut desk, id));
    let (status, answer) = update(&mut desk, id, whole);
    assert_eq!((status, &answer["errors"][0]["field"]), (400, &json!("version")));
}

#[test]
fn only_what_is_unfinished_can_be_updated() {
    let mut desk = Desk::new();
    for (invoice_type, status, expected) in [
        ("SALES_ORDER", "UNFINISHED", 200),
        ("SALES_ORDER", "NOT_SENT", 403),
        ("SALES_ORDER", "SENT", 403),
        ("SALES_ORDER", "RECEIVED", 403),
        ("PURCHASE_ORDER", "RECEIVED", 200),
        ("PURCHASE_ORDER", "APPROVED", 403),
    ] {
        let id = desk.invoice(json!({ "type": invoice_type, "status": status }));
        let whole = read(&mut desk, id);
        assert_eq!(update(&mut desk, id, whole).0, expected, "{invoice_type} {status}");
    }
}

#[test]
fn an_update_names_the_member_that_is_wrong() {
    let mut desk = Desk::new();
    let id = desk.invoice(json!({ "invoiceRows": [{ "product": "a" }] }));
    let whole = read(&mut desk, id);
    let mut refused = |path: &str, value: Value| {
        let mut wrong = whole.clone();
        *wrong.pointer_mut(path).unwrap() = value;
        let (status, answer) = update(&mut desk, id, wrong);
        assert_eq!(status, 400, "{path}");
        answer["errors"][0]["field"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused("/invoiceRows/0/quantity", Value::Null), "invoiceRows[0].quantity");
    assert_eq!(refused("/invoiceChannel", Value::Null), "invoiceChannel");
    assert_eq!(refused("/type", json!("SALES_INVOICE")), "type");
    let address = json!({ "name": "N", "country": "FI" });
    assert_eq!(refused("/counterParty/counterPartyAddress", address), "counterParty.counterPartyAddress.country");
    assert_eq!(refused("/invoiceRows/0/product", json!("Тест")), "invoiceRows[0].product");
}

#[test]
fn notes_and_status_calls_are_not_for_orders() {
    let mut desk = Desk::new();
    let order = desk.invoice(json!({}));
    let invoice = desk.invoice(json!({ "type": "SALES_INVOICE" }));
    for (id, expected) in [(order, 400), (invoice, 200)] {
        assert_eq!(desk.call("PUT", &format!("/api/invoices/{id}/notes"), Some(json!({ "notes": "n" }))).0, expected);
        assert_eq!(desk.put(&format!("/api/invoices/{id}/unfinished")), expected);
        assert_eq!(desk.put(&format!("/api/invoices/{id}/invalidate")), expected);
    }
    assert_eq!(desk.record(Kind::Invoice, invoice)["status"], "INVALIDATED");
    assert_eq!(desk.record(Kind::Invoice, order)["status"], "UNFINISHED");
}

#[test]
fn totals_are_exact_and_follow_the_rows() {
    let mut desk = Desk::new();
    let row: Value = serde_json::from_str(
        r#"{"product":"a","quantity":3,"unitPrice":0.1,"discountPercent":10,"vatPercent":25.5,"unit":"PIECE"}"#,
    )
    .unwrap();
    let id = desk.invoice(json!({ "invoiceRows": [row] }));
    let sums = read(&mut desk, id)["invoiceSumInfo"][0].to_string();
    // 0.27 net, 0.06885 VAT.
    assert!(sums.contains(r#""excludingVatTotal":0.27"#) && sums.contains(r#""invoiceSumTotal":0.34"#), "{sums}");
    desk.sim.change(desk.now, desk.company, Kind::Invoice, id, &json!({ "invoiceRows": [] })).unwrap();
    assert_eq!(read(&mut desk, id)["invoiceSumInfo"][0]["invoiceSumTotal"], json!(0));
}

#[test]
fn a_new_document_is_unfinished_and_what_the_vendor_sets_is_passed_over() {
    let mut desk = Desk::new();
    let id = desk.invoice(json!({ "invoiceRows": [{ "product": "a" }] }));
    let mut whole = read(&mut desk, id);
    (whole["status"], whole["orderReference"]) = (json!("SENT"), json!("R"));
    let (status, made) = desk.call("POST", "/api/invoices", Some(whole.clone()));
    assert_eq!((status, &made["status"], &made["orderReference"]), (200, &json!("UNFINISHED"), &json!("R")));
    assert!(made["id"] != id && made["invoiceNumber"] != whole["invoiceNumber"], "{made}");
    assert_eq!(read(&mut desk, made["id"].as_i64().unwrap()), made);
    whole.as_object_mut().unwrap().remove("invoiceChannel");
    let (status, answer) = desk.call("POST", "/api/invoices", Some(whole));
    assert_eq!((status, &answer["errors"][0]["field"]), (400, &json!("invoiceChannel")));
}
