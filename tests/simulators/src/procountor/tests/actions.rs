use super::*;
use crate::Trouble;

fn act(desk: &mut Desk, action: &str, args: Value) -> Result<Value, String> {
    desk.sim.act(desk.now, action, &args)
}

#[test]
fn the_demo_company_is_what_its_name_says() {
    let mut desk = Desk::new();
    let founded = act(&mut desk, "demo_company", json!({ "api_key": "demo-key" })).unwrap();
    assert_eq!(founded["api_key"], "demo-key");
    desk.company = founded["company"].as_i64().unwrap();
    desk.log_in();
    assert_eq!(desk.ids("/api/products?type=SALES").len(), 7);
    assert_eq!(desk.ids("/api/products?type=PURCHASE").len(), 3);
    assert_eq!(desk.ids("/api/invoices?types=SALES_ORDER").len(), 4);
    assert_eq!(desk.ids("/api/invoices?types=SALES_ORDER&isOffer=true").len(), 1);
    let purchases = desk.ids("/api/invoices?types=PURCHASE_ORDER");
    assert_eq!(purchases.len(), 2);
    let order = desk.get(&format!("/api/invoices/{}", purchases[0]));
    assert_eq!(order["invoiceRows"][0]["productCode"], "SA-9001");
    assert_eq!(order["counterParty"]["counterPartyAddress"]["country"], "GERMANY");
}

#[test]
fn records_are_put_renamed_changed_and_deleted_by_hand() {
    let mut desk = Desk::new();
    let company = desk.company;
    let product =
        act(&mut desk, "put_product", json!({ "company": company, "record": { "code": "A", "name": "old" } })).unwrap();
    let renamed = act(&mut desk, "rename_product", json!({ "company": company, "code": "A", "name": "new" })).unwrap();
    assert_eq!((&renamed["id"], &renamed["name"]), (&product["id"], &json!("new")));
    let invoice = act(&mut desk, "put_invoice", json!({ "company": company, "record": { "notes": "n" } })).unwrap();
    let id = &invoice["id"];
    let merged =
        json!({ "company": company, "id": id, "change": { "notes": null, "paymentInfo": { "currency": "SEK" } } });
    let changed = act(&mut desk, "change_invoice", merged).unwrap();
    assert!(changed.get("notes").is_none());
    assert_eq!(changed["paymentInfo"]["paymentMethod"], "BANK_TRANSFER");
    act(&mut desk, "set_status", json!({ "company": company, "id": id, "status": "STARTED" })).unwrap();
    assert_eq!(desk.record(Kind::Invoice, id.as_i64().unwrap())["status"], "STARTED");
    act(&mut desk, "invalidate", json!({ "company": company, "id": id })).unwrap();
    let state = act(&mut desk, "state", json!({ "company": company })).unwrap();
    assert_eq!(state["invoices"][0]["status"], "INVALIDATED");
    act(&mut desk, "delete_invoice", json!({ "company": company, "id": id })).unwrap();
    assert_eq!(act(&mut desk, "state", json!({ "company": company })).unwrap()["invoices"], json!([]));
}

#[test]
fn a_wrong_action_says_what_is_wrong() {
    let mut desk = Desk::new();
    let company = desk.company;
    assert_eq!(act(&mut desk, "put_product", json!({ "company": 1 })), Err("no company 1".into()));
    assert_eq!(act(&mut desk, "fly", json!({ "company": company })), Err("no action fly".into()));
    let status = json!({ "company": company, "id": 1, "status": "LOST" });
    assert_eq!(act(&mut desk, "set_status", status), Err("status: LOST is none".into()));
}

#[test]
fn business_partners_are_read_by_number_and_id() {
    let mut desk = Desk::new();
    let partner = json!({
        "name": "Kahvila", "invoicingInfo": { "customerNumber": "C-1" }, "registryInfo": { "active": true, "phone": "040" },
    });
    let id = desk.sim.put(desk.now, desk.company, Kind::Partner, partner).unwrap();
    assert_eq!(desk.ids("/api/businesspartners?customerNumber=C-1"), [id]);
    assert_eq!(desk.ids("/api/businesspartners?customerNumber=C-2"), Vec::<i64>::new());
    assert_eq!(desk.ids("/api/businesspartners?active=false"), Vec::<i64>::new());
    assert_eq!(desk.get(&format!("/api/businesspartners/{id}"))["registryInfo"]["phone"], "040");
}

#[test]
fn troubles_come_in_the_vendors_shapes() {
    let desk = Desk::new();
    let list = request("GET", "/api/invoices?types=SALES_ORDER", &[], "");
    let send = request("PUT", "/api/invoices/5/send", &[], "");
    let token = login("k");
    let spell = |trouble, request: &Request| desk.sim.spell(trouble, request);
    for (trouble, request, status) in [
        (Trouble::TokenExpired, &list, 401),
        (Trouble::TooManyRequests { retry_after: None }, &list, 429),
        (Trouble::ServerError(500), &send, 500),
        (Trouble::Refused, &send, 403),
        (Trouble::Refused, &list, 400),
    ] {
        let response = spell(trouble, request).unwrap();
        assert_eq!((response.status, &body(&response)["errors"][0]["status"]), (status, &json!(status)));
    }
    assert!(spell(Trouble::TokenExpired, &token).is_none());
    assert_eq!(body(&spell(Trouble::Refused, &token).unwrap())["error"], "invalid_grant");
    let throttled = spell(Trouble::TooManyRequests { retry_after: Some(2) }, &send).unwrap();
    assert!(throttled.headers.contains(&("Retry-After".into(), "2".into())));
    assert!(spell(Trouble::ServerError(503), &list).unwrap().body.starts_with(b"<html>"));
}
