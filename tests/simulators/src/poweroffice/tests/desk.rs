use super::*;
use serde_json::json;

fn act(desk: &mut Desk, action: &str, args: Value) -> Result<Value, String> {
    desk.pass(1_000);
    desk.model.act(desk.now, action, &args)
}

#[test]
fn the_demo_company_is_a_shop_with_four_paid_orders() {
    let mut desk = Desk::new();
    let summary = act(&mut desk, "demo_company", json!({"client_key": "fjord"})).unwrap();
    assert_eq!(summary["PaidOrderNos"], json!([20001, 20002, 20003, 20004]));
    desk.log_in("fjord");
    let products = desk.rows(PRODUCTS);
    assert_eq!((products.len(), desk.rows("/v2/ProductGroups").len()), (12, 2));
    assert!(products.iter().any(|row| row["UnitPrice"].is_null()));
    let customers = desk.rows("/v2/Customers");
    assert_eq!(customers.len(), 6);
    assert!(customers.iter().any(|row| row["IsPerson"] == true));
    let paid: Vec<Value> = desk
        .rows(INVOICES)
        .into_iter()
        .filter(|row| names(std::slice::from_ref(row), "Balance") == ["0.0"])
        .filter(|row| row["VoucherType"] == "OutgoingInvoice" && row["IsReversed"] == false)
        .collect();
    assert_eq!(names(&paid, "OrderNo"), ["20004", "20003", "20002", "20001"]);
    let lines = desk.rows(&format!("{INVOICES}/{}/Lines", paid[3]["Id"].as_str().unwrap()));
    assert_eq!(names(&lines, "LineType"), ["Normal", "Normal", "Text"]);
    assert_eq!(lines[0]["NetAmount"].to_string(), "6744.60", "6 * 1249.00 less 10 %");
    assert_eq!(desk.get(&format!("/v2/Customers/{}", paid[0]["CustomerId"])).status, 200);
}

#[test]
fn the_accountant_changes_what_the_screens_let_her_change() {
    let mut desk = Desk::new();
    act(&mut desk, "demo_company", json!({"client_key": "fjord"})).unwrap();
    let key = |more: Value| {
        let mut args = json!({"client_key": "fjord"});
        args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        args
    };
    let renamed = act(&mut desk, "rename_product", key(json!({"code": "TEL-600", "name": "Telt"}))).unwrap();
    assert_eq!(renamed["Name"], "Telt");
    let paid = act(&mut desk, "pay_invoice", key(json!({"OrderNo": 20005}))).unwrap();
    assert_ne!(paid["BalanceLastChangedDateTimeOffset"], paid["LastChangedDateTimeOffset"]);
    let reversed = act(&mut desk, "reverse_invoice", key(json!({"id": paid["Id"]}))).unwrap();
    assert_eq!(reversed["IsReversed"], true);
    assert_eq!(act(&mut desk, "delete_product", key(json!({"code": "SOK-210"}))).unwrap(), json!({"deleted": true}));
    for action in ["put_product", "put_group", "put_customer", "put_invoice", "put_address", "put_delivery_term"] {
        let record =
            json!({"record": {"Code": "NEW", "OrderNo": 5, "ContactId": 5, "Lines": [{"ProductCode": "NEW"}]}});
        let made = act(&mut desk, action, key(record)).unwrap();
        assert!(!made["Id"].is_null(), "{action}");
        assert!(act(&mut desk, action, key(json!({}))).is_err(), "{action} without a record");
    }
    act(&mut desk, "put_company", key(json!({"name": "Fjord AS", "privileges": ["Product"]}))).unwrap();
    let state = act(&mut desk, "state", key(json!({}))).unwrap();
    assert_eq!(state["Name"], "Fjord AS");
    assert_eq!(state["Products"].as_array().unwrap().len(), 12, "one gone, one new");
    let invoices = state["OutgoingInvoices"].as_array().unwrap();
    assert!(invoices.iter().any(|row| row["OrderNo"] == 5 && row["Lines"][0]["ProductCode"] == "NEW"));
}

#[test]
fn what_the_screens_do_not_have_is_refused() {
    let mut desk = Desk::new();
    assert!(act(&mut desk, "state", json!({"client_key": "nobody"})).is_err());
    assert!(act(&mut desk, "state", json!({})).is_err());
    assert!(act(&mut desk, "dance", json!({"client_key": "berg"})).is_err());
    assert!(act(&mut desk, "pay_invoice", json!({"client_key": "berg"})).is_err());
    assert!(act(&mut desk, "rename_product", json!({"client_key": "berg", "code": "x", "name": "y"})).is_err());
}
