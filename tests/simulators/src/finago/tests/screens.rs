use super::*;
use crate::finago::INVOICE;

fn act(caller: &mut Caller, action: &str, args: Value) -> Result<Value, String> {
    let now = caller.now;
    caller.finago.act(now, action, &args)
}

#[test]
fn the_demo_company_can_be_pulled() {
    let mut finago = Finago::new(APPLICATION);
    let made =
        finago.act(start(), "demo_company", &json!({ "username": "user@example.test", "password": "pw" })).unwrap();
    assert_eq!((&made["products"], &made["companies"], &made["orders"]), (&json!(10), &json!(6), &json!(5)));
    let mut caller = Caller { finago, now: start(), session: None };
    caller.session = Some(caller.login("pw", ""));
    let content = format!(
        "<searchParams><OrderStates><OrderSlipStateType>Confirmed</OrderSlipStateType></OrderStates></searchParams><invoiceReturnProperties>{}</invoiceReturnProperties><rowReturnProperties>{}</rowReturnProperties>",
        strings(&["OrderId", "CustomerDeliveryPhone", "InvoiceEmailAddress", "InvoiceRows"]),
        strings(&["ProductId", "ProductNo"])
    );
    let found = caller.ok(INVOICE, "GetInvoices", &content);
    assert_eq!(sorted(column(&found, "OrderId")), ["20001", "20002", "20003"]);
    assert_eq!(column(&found, "CustomerDeliveryPhone").iter().filter(|phone| phone.is_empty()).count(), 1);
    let rows = found.children.iter().flat_map(|order| column(order.child("InvoiceRows").unwrap(), "ProductNo"));
    assert_eq!(rows.filter(|number| number.is_empty()).count(), 1);
    assert!(caller.finago.act(start(), "demo_company", &json!({})).unwrap_err().contains("already"));
}

#[test]
fn records_are_put_and_changed_by_hand() {
    let mut caller = Caller::new();
    assert_eq!(
        act(&mut caller, "put_product", json!({ "product": { "Name": "Ny", "Stock": 1.5 } })).unwrap(),
        json!({ "id": 9001 })
    );
    act(&mut caller, "rename_product", json!({ "id": 9001, "name": "Nyere" })).unwrap();
    act(&mut caller, "put_company", json!({ "company": { "Id": 5, "Name": "Kunde" } })).unwrap();
    act(&mut caller, "put_order", json!({ "order": { "OrderId": 1, "CustomerId": 5 } })).unwrap();
    caller.pass(30);
    act(&mut caller, "confirm_order", json!({ "id": "1" })).unwrap();
    let state = act(&mut caller, "state", json!({ "identity": FIRST })).unwrap();
    assert_eq!(
        state["products"][0],
        json!({ "Id": "9001", "Name": "Nyere", "Stock": "1.5", "DateChanged": "2026-02-03T10:00:00" })
    );
    assert_eq!(
        (&state["orders"][0]["OrderStatus"], &state["orders"][0]["DateChanged"]),
        (&json!("Confirmed"), &json!("2026-02-03T10:00:30"))
    );
    act(&mut caller, "cancel_order", json!({ "id": 1 })).unwrap();
    assert_eq!(act(&mut caller, "state", json!({})).unwrap()["orders"][0]["OrderStatus"], "Inactive");
    act(&mut caller, "invoice_order", json!({ "id": 1 })).unwrap();
    assert!(
        act(&mut caller, "change_order", json!({ "id": 1, "members": { "InvoiceTitle": "x" } }))
            .unwrap_err()
            .contains("invoiced")
    );
    assert_eq!(act(&mut caller, "state", json!({ "identity": SECOND })).unwrap()["orders"], json!([]));
    assert_eq!(act(&mut caller, "delete_order", json!({ "id": 1 })).unwrap(), json!({ "deleted": true }));
}

#[test]
fn what_the_types_do_not_know_is_refused() {
    let mut caller = Caller::new();
    for (record, reason) in [
        (json!({ "Barcode": "1" }), "no member Barcode"),
        (json!({ "Id": "seven" }), "Product/Id: 'seven' does not fit"),
        (json!([]), "not an object"),
    ] {
        assert!(act(&mut caller, "put_product", json!({ "product": record })).unwrap_err().contains(reason));
    }
    assert!(act(&mut caller, "dance", json!({})).unwrap_err().contains("no action dance"));
    assert!(act(&mut caller, "state", json!({ "identity": "x" })).unwrap_err().contains("no identity x"));
}

#[test]
fn sessions_end_by_hand() {
    let mut caller = Caller::new();
    assert_eq!(act(&mut caller, "expire_sessions", json!({})).unwrap(), json!({ "ended": 1 }));
    assert_eq!(caller.ok(AUTHENTICATE, "HasSession", "").text, "false");
    assert_eq!(act(&mut caller, "counts", json!({})).unwrap()["calls"]["HasSession"], 1);
}
