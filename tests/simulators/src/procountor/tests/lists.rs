use super::*;

#[test]
fn lists_come_newest_first_unless_told_otherwise() {
    let mut desk = Desk::new();
    let (one, two) = (desk.invoice(json!({})), desk.invoice(json!({})));
    assert_eq!(desk.ids("/api/invoices"), [two, one]);
    assert_eq!(desk.ids("/api/invoices?orderById=ASC"), [one, two]);
    desk.wait(5);
    desk.sim.change(desk.now, desk.company, Kind::Invoice, one, &json!({ "notes": "x" })).unwrap();
    assert_eq!(desk.ids("/api/invoices?orderByVersion=DESC"), [one, two]);
}

#[test]
fn products_have_no_pages_and_previous_id_goes_only_upwards() {
    let mut desk = Desk::new();
    let ids: Vec<i64> = (0..5).map(|n| desk.product(json!({ "code": format!("C{n}") }))).collect();
    let next = |from: i64| format!("/api/products?orderById=ASC&size=2&previousId={from}");
    assert_eq!(desk.ids(&next(0)), ids[..2]);
    assert_eq!(desk.ids(&next(ids[1])), ids[2..4]);
    assert_eq!(desk.ids(&next(ids[3])), ids[4..]);
    assert_eq!(desk.ids(&next(ids[4])), Vec::<i64>::new());
    // `page` is passed over, and downwards the keyset stands still.
    assert_eq!(desk.ids("/api/products?orderById=ASC&size=2&page=1"), ids[..2]);
    assert_eq!(desk.ids(&format!("/api/products?orderById=DESC&size=2&previousId={}", ids[1])), [ids[4], ids[3]]);
}

#[test]
fn an_absent_product_type_means_sales_and_purchase() {
    let mut desk = Desk::new();
    let sales = desk.product(json!({ "type": "SALES", "active": false }));
    let purchase = desk.product(json!({ "type": "PURCHASE" }));
    let travel = desk.product(json!({ "type": "TRAVEL" }));
    assert_eq!(desk.ids("/api/products?orderById=ASC"), [sales, purchase]);
    assert_eq!(desk.ids("/api/products?type=TRAVEL"), [travel]);
    assert_eq!(desk.ids("/api/products?active=true"), [purchase]);
    assert_eq!(desk.status_of("/api/products?type=SALES,PURCHASE"), 400);
}

#[test]
fn the_envelope_counts_and_the_size_ends_at_200() {
    let mut desk = Desk::new();
    for _ in 0..51 {
        desk.product(json!({}));
    }
    let meta = json!({ "pageNumber": 0, "pageSize": 50, "resultCount": 50, "totalCount": 51 });
    assert_eq!(desk.get("/api/products")["meta"], meta);
    assert_eq!(desk.status_of("/api/products?size=200"), 200);
    assert_eq!(desk.status_of("/api/products?size=201"), 400);
    desk.sim.quirks.total_count = false;
    assert!(desk.get("/api/products")["meta"].get("totalCount").is_none());
}

#[test]
fn orders_and_invoices_share_the_list_and_offers_stay_out() {
    let mut desk = Desk::new();
    let order = desk.invoice(json!({ "type": "SALES_ORDER" }));
    let offer = desk.invoice(json!({ "type": "SALES_ORDER", "isOffer": true }));
    let invoice = desk.invoice(json!({ "type": "SALES_INVOICE", "status": "SENT" }));
    let purchase = desk.invoice(json!({ "type": "PURCHASE_ORDER" }));
    assert_eq!(desk.ids("/api/invoices"), [purchase, invoice, order]);
    assert_eq!(desk.ids("/api/invoices?types=SALES_ORDER,PURCHASE_ORDER"), [purchase, order]);
    assert_eq!(desk.ids("/api/invoices?types=SALES_ORDER&isOffer=true"), [offer]);
    assert_eq!(desk.ids("/api/invoices?status=SENT,PAID"), [invoice]);
    assert_eq!(desk.status_of("/api/invoices?types=SalesOrder"), 400);
    desk.sim.quirks.offers_leak = true;
    assert_eq!(desk.ids("/api/invoices?types=SALES_ORDER&isOffer=false"), [offer, order]);
}

#[test]
fn invoices_page_by_key_in_both_directions_and_by_number() {
    let mut desk = Desk::new();
    let ids: Vec<i64> = (0..5).map(|_| desk.invoice(json!({}))).collect();
    assert_eq!(desk.ids(&format!("/api/invoices?orderById=ASC&size=2&previousId={}", ids[1])), ids[2..4]);
    assert_eq!(desk.ids(&format!("/api/invoices?size=2&previousId={}", ids[2])), [ids[1], ids[0]]);
    assert_eq!(desk.ids("/api/invoices?orderById=ASC&size=2&page=2"), ids[4..]);
    desk.sim.quirks.previous_id_on_invoices = false;
    assert_eq!(desk.ids(&format!("/api/invoices?orderById=ASC&size=2&previousId={}", ids[1])), ids[..2]);
}

#[test]
fn a_list_item_is_short_and_the_detail_whole() {
    let mut desk = Desk::new();
    let id = desk.invoice(json!({ "notes": "n", "deliveryAddress": { "street": "s" }, "invoiceRows": [{}] }));
    let item = desk.get("/api/invoices")["results"][0].clone();
    for absent in ["notes", "deliveryAddress", "invoiceRows", "paymentInfo"] {
        assert!(item.get(absent).is_none(), "{absent}");
    }
    assert_eq!(item["dueDate"], "2026-11-10");
    assert_eq!(desk.get(&format!("/api/invoices/{id}"))["notes"], "n");
}

#[test]
fn details_are_an_object_for_one_id_and_a_sorted_list_for_several() {
    let mut desk = Desk::new();
    let (one, two) = (desk.invoice(json!({})), desk.invoice(json!({})));
    assert_eq!(desk.get(&format!("/api/invoices/{one}"))["id"], one);
    let several = desk.get(&format!("/api/invoices/{two},{one},1"));
    let ids: Vec<&Value> = several.as_array().unwrap().iter().map(|each| &each["id"]).collect();
    assert_eq!(ids, [&json!(one), &json!(two)]);
    assert_eq!(desk.get(&format!("/api/invoices/{one},1")).as_array().unwrap().len(), 1);
    assert_eq!(desk.status_of("/api/invoices/1,2"), 404);
    let many = |count: i64| (1..=count).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
    assert_eq!(desk.status_of(&format!("/api/invoices/{}", many(200))), 404);
    assert_eq!(desk.status_of(&format!("/api/invoices/{}", many(201))), 400);
    let product = desk.product(json!({ "productLocalizations": [{ "language": "ENGLISH", "productName": "p" }] }));
    assert!(desk.get(&format!("/api/products/{product}")).get("productLocalizations").is_none());
    let localized = desk.get(&format!("/api/products/{product}?includeLocalizations=true"));
    assert_eq!(localized["productLocalizations"][0]["productName"], "p");
}

#[test]
fn rows_move_while_a_caller_pages_by_version_and_stay_when_it_pages_by_id() {
    let mut desk = Desk::new();
    let ids: Vec<i64> = (0..4).map(|_| desk.invoice(json!({}))).collect();
    desk.wait(60);
    let moved = json!({ "company": desk.company, "id": ids[0], "change": { "notes": "moved" } });
    desk.sim.interject("GET /invoices", 1, "change_invoice", moved.clone());
    let first = desk.ids("/api/invoices?orderByVersion=ASC&size=2&page=0");
    let second = desk.ids("/api/invoices?orderByVersion=ASC&size=2&page=1");
    assert_eq!((first, second), (vec![ids[0], ids[1]], vec![ids[3], ids[0]]), "the third is never seen");
    desk.sim.interject("GET /invoices", 1, "change_invoice", moved);
    let first = desk.ids("/api/invoices?orderById=ASC&size=2&previousId=0");
    let second = desk.ids(&format!("/api/invoices?orderById=ASC&size=2&previousId={}", ids[1]));
    assert_eq!([first, second].concat(), ids);
}

#[test]
fn a_deleted_record_leaves_no_trace() {
    let mut desk = Desk::new();
    let id = desk.invoice(json!({}));
    desk.sim.delete(desk.company, Kind::Invoice, id).unwrap();
    assert_eq!(desk.ids("/api/invoices"), Vec::<i64>::new());
    assert_eq!(desk.status_of(&format!("/api/invoices/{id}")), 404);
}

#[test]
fn absent_members_may_be_spelled_null() {
    let mut desk = Desk::new();
    let id = desk.invoice(json!({ "invoiceRows": [{ "product": "loose" }] }));
    assert!(desk.get(&format!("/api/invoices/{id}")).get("notes").is_none());
    desk.sim.quirks.nulls = true;
    let invoice = desk.get(&format!("/api/invoices/{id}"));
    assert_eq!(invoice.get("notes"), Some(&Value::Null));
    assert_eq!(invoice["invoiceRows"][0].get("productCode"), Some(&Value::Null));
}
