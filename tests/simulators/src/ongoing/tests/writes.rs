use serde_json::{Value, json};

use super::{Bench, OWNER, order, purchase_order, request, said};

#[test]
fn the_vendor_s_full_article_is_accepted_with_its_numbers_as_strings() {
    let mut bench = Bench::new();
    let body = json!({
        "goodsOwnerId": OWNER, "articleNumber": "T1", "articleName": "Article name 1", "quantityPerPackage": "10",
        "weight": "1.5", "stockValuationPrice": "11", "purcaseCurrencyCode": "EUR",
        "supplierInfo": { "supplierNumber": "S1", "supplierName": "Supplier Inc.",
            "advanced": { "supplierAddress": { "address": "Street 1" } } },
        "articleGroup": { "code": "G", "name": "Group" },
    });
    let first = bench.put("articles", &body);
    assert_eq!((first.0, &first.1["articleSystemId"]), (200, &json!(18_001)));
    assert!(said(&first).starts_with("Supplier S1 Supplier Inc. Created <br/> <br/>Article T1"));
    let second = bench.put("articles", &body);
    assert_eq!(second.1, json!({ "articleSystemId": 18_001, "message": "Article T1 Article name 1 Updated/Created" }));
    let read = bench.get("articles/18001").1;
    assert_eq!(read["weight"].to_string(), "1.5");
    assert_eq!(bench.ongoing.article_body(OWNER, "T1"), Some(&body));
    assert_eq!(bench.act("state", &json!({}))["suppliers"][0]["number"], "S1");
    assert_eq!(bench.ongoing.writes(), 2);
}

#[test]
fn an_unknown_key_anywhere_in_the_tree_is_refused_by_name() {
    let mut bench = Bench::stocked();
    let writes = bench.ongoing.writes();
    for (pointer, path) in [
        ("", "colour"),
        ("/consignee", "consignee.colour"),
        ("/orderLines/1", "orderLines[1].colour"),
        ("/orderLines/0/prices", "orderLines[0].prices.colour"),
        ("/advanced", "advanced.colour"),
    ] {
        let mut body = order("1");
        body["orderLines"][0]["prices"] = json!({ "linePrice": 10 });
        body["advanced"] = json!({ "orderTextLines": [{ "rowNumber": "9", "comment": "text" }] });
        assert_eq!(bench.put("orders", &body).0 / 100, 2);
        body.pointer_mut(pointer).unwrap()["colour"] = json!("red");
        let refused = bench.put("orders", &body);
        assert_eq!(refused.0, 400);
        assert!(said(&refused).contains(&format!("'{path}'")), "{path}: {refused:?}");
    }
    // The address sits in another place on a purchase order than on an article.
    let mut body = purchase_order("P1");
    body["supplierInfo"]["advanced"] = json!({ "supplierAddress": { "address": "x" } });
    assert!(said(&bench.put("purchaseOrders", &body)).contains("'supplierInfo.advanced'"));
    let article = json!({ "goodsOwnerId": OWNER, "articleNumber": "A", "purchaseCurrencyCode": "EUR" });
    assert!(said(&bench.put("articles", &article)).contains("'purchaseCurrencyCode'"));
    assert_eq!(bench.ongoing.writes(), writes + 5, "refused ones are no writes");
}

#[test]
fn missing_members_and_wrong_kinds_come_back_as_model_state() {
    let mut bench = Bench::stocked();
    for (pointer, member) in [
        ("/deliveryDate", "model.deliveryDate"),
        ("/consignee", "model.consignee"),
        ("/orderNumber", "model.orderNumber"),
        ("/orderLines/0/articleNumber", "model.orderLines[0].articleNumber"),
        ("/goodsOwnerId", "model.goodsOwnerId"),
    ] {
        let mut body = order("1");
        *body.pointer_mut(pointer).unwrap() = Value::Null;
        let (status, refused) = bench.put("orders", &body);
        assert_eq!((status, &refused["Message"]), (400, &json!("The request is invalid.")));
        assert!(refused["ModelState"][member][0].as_str().unwrap().contains("is required"), "{refused}");
    }
    for (pointer, wrong) in [
        ("/orderLines/0/numberOfItems", json!("many")),
        ("/orderLines/0/rowNumber", json!(1)),
        ("/deliveryDate", json!("1899-12-31")),
        ("/deliveryDate", json!("5/3/2026")),
        ("/orderNumber", json!("x".repeat(51))),
        ("/goodsOwnerId", json!(1.5)),
    ] {
        let mut body = order("1");
        *body.pointer_mut(pointer).unwrap() = wrong;
        let (status, refused) = bench.put("orders", &body);
        assert!(status == 400 && refused["ModelState"].is_object(), "{pointer}: {refused}");
    }
    let mut sent = request("PUT", "orders", Some(&order("1")));
    sent.headers.retain(|(name, _)| name != "Content-Type");
    assert_eq!(bench.send(&sent).0, 415);
    let long = json!({ "goodsOwnerId": OWNER, "articleNumber": "x".repeat(101) });
    assert_eq!(bench.put("articles", &long).0, 400);
    assert!(bench.ongoing.order_body(OWNER, "1").is_none());
}

#[test]
fn rows_name_known_articles_and_have_numbers_of_their_own() {
    let mut bench = Bench::stocked();
    let mut unknown = order("1");
    unknown["orderLines"][1]["articleNumber"] = json!("C");
    assert!(said(&bench.put("orders", &unknown)).contains("'C'"));
    let mut twice = order("1");
    twice["orderLines"][1]["rowNumber"] = json!("1");
    assert!(said(&bench.put("orders", &twice)).contains("more than once"));
    let mut bought = purchase_order("P1");
    bought["purchaseOrderLines"][0]["articleNumber"] = json!("C");
    assert_eq!(bench.put("purchaseOrders", &bought).0, 400);
    assert_eq!(bench.get("orders?goodsOwnerId=159").1, json!([]));
}

#[test]
fn an_order_is_created_once_and_its_customer_too() {
    let mut bench = Bench::stocked();
    let first = bench.put("orders", &order("O1"));
    assert_eq!(first.0, 201);
    assert!(said(&first).starts_with("Customer with customer number 'C1'"));
    let again = bench.put("orders", &order("O1"));
    let expected = json!({ "orderId": first.1["orderId"], "message": "Order number O1 created/updated" });
    assert_eq!(again, (200, expected));
    let other = bench.put("orders", &order("O2"));
    assert!(other.1["orderId"].as_i64() > first.1["orderId"].as_i64());
}

#[test]
fn by_id_a_number_changes_but_never_to_one_that_is_taken() {
    let mut bench = Bench::stocked();
    let renamed = json!({ "goodsOwnerId": OWNER, "articleNumber": "A2" });
    assert_eq!(bench.put("articles/18001", &renamed).1["articleSystemId"], 18_001);
    assert_eq!(bench.get("articles?goodsOwnerId=159&articleNumber=A").1, json!([]));
    let taken = json!({ "goodsOwnerId": OWNER, "articleNumber": "B" });
    assert_eq!(bench.put("articles/18001", &taken).0, 400);
    let missing = bench.put("articles/99", &renamed);
    assert_eq!(missing, (404, json!({ "message": "ArticleSystemId 99 not found" })));
    let first = bench.put("orders", &{
        let mut body = order("O1");
        body["orderLines"] = json!([{ "rowNumber": "1", "articleNumber": "A2" }]);
        body
    });
    let mut other = order("O9");
    other["orderLines"] = json!([{ "rowNumber": "1", "articleNumber": "B", "numberOfItems": 1 }]);
    assert_eq!(bench.put(&format!("orders/{}", first.1["orderId"]), &other).0, 200);
    assert_eq!(bench.get("orders?goodsOwnerId=159&orderNumber=O9").1[0]["orderInfo"]["orderId"], first.1["orderId"]);
}

#[test]
fn rows_left_out_go_unless_the_warehouse_keeps_them() {
    for (keeps, rows) in [(false, 1), (true, 2)] {
        let mut bench = Bench::stocked();
        bench.act("configure", &json!({ "keeps_missing_rows": keeps }));
        let id = bench.put("orders", &order("1")).1["orderId"].clone();
        let mut fewer = order("1");
        let gone = fewer["orderLines"].as_array_mut().unwrap().remove(0);
        assert_eq!(gone["rowNumber"], "1");
        bench.put("orders", &fewer);
        let read = bench.get(&format!("orders/{id}")).1;
        assert_eq!(read["orderLines"].as_array().unwrap().len(), rows, "keeps_missing_rows: {keeps}");
        assert_eq!(read["orderLines"][0]["rowNumber"], "2");
    }
}

#[test]
fn members_left_out_stay_unless_the_warehouse_clears_them() {
    for (clears, remark) in [(false, json!("Careful")), (true, Value::Null)] {
        let mut bench = Bench::stocked();
        bench.act("configure", &json!({ "clears_missing_fields": clears }));
        let mut body = order("1");
        body["orderRemark"] = json!("Careful");
        let id = bench.put("orders", &body).1["orderId"].clone();
        bench.put("orders", &order("1"));
        assert_eq!(bench.get(&format!("orders/{id}")).1["orderInfo"]["orderRemark"], remark);
    }
}

#[test]
fn a_write_can_take_effect_and_answer_without_an_id() {
    let mut bench = Bench::stocked();
    bench.act("null_id_next", &json!({}));
    let (status, body) = bench.put("orders", &order("1"));
    assert_eq!((status, &body["orderId"]), (201, &Value::Null));
    assert!(bench.ongoing.order_body(OWNER, "1").is_some());
    assert!(bench.put("orders", &order("1")).1["orderId"].is_i64());
}
