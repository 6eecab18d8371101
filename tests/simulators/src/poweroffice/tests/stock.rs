use super::*;
use crate::poweroffice::Kind;
use serde_json::json;

fn saw(desk: &mut Desk, stock_item: bool) -> String {
    let now = desk.now;
    let stock = if stock_item { json!(12) } else { Value::Null };
    let record = json!({"Code": "SAW", "Name": "Saw", "IsStockItem": stock_item, "StockOnHand": stock, "StockAvailable":
        if stock_item { json!(10) } else { Value::Null }});
    format!("/v2/Products/{}", desk.berg().put(now, Kind::Product, record))
}

fn replace(path: &str, value: Value) -> Value {
    json!({"op": "replace", "path": path, "value": value})
}

#[test]
fn stock_moves_its_own_time_only() {
    let mut desk = Desk::new();
    let target = saw(&mut desk, true);
    let before = body(&desk.get(&target));
    let unspelled = desk.patch(&target, &json!([replace("/stockOnHand", json!(42))]));
    assert_eq!((unspelled.status, body(&unspelled)), (200, before.clone()), "answered, and nothing changed");
    let response = desk.patch(&target, &json!([replace("/StockOnHand", json!(42))]));
    assert_eq!(response.status, 200);
    let after = body(&response);
    assert_eq!((after["StockOnHand"].to_string(), after["StockAvailable"].to_string()), ("42.0".into(), "40.0".into()));
    assert_eq!(after["LastChangedDateTimeOffset"], before["LastChangedDateTimeOffset"]);
    assert_ne!(after["StockOnHandLastChangedDatetimeOffset"], before["StockOnHandLastChangedDatetimeOffset"]);
    let since = before["LastChangedDateTimeOffset"].as_str().unwrap();
    assert!(desk.rows(&format!("/v2/Products?lastChangedDateTimeOffsetGreaterThan={since}")).is_empty());
    let rows = desk.rows(&format!("/v2/Products?stockOnHandLastChangedDatetimeOffsetGreaterThan={since}"));
    assert_eq!(rows, std::slice::from_ref(&after));
    let again = body(&desk.patch(&target, &json!([replace("/StockOnHand", json!(42.0))])));
    assert_eq!(again, after, "the same stock changes nothing");
    let renamed = body(&desk.patch(&target, &json!([replace("/Name", json!("Fine saw"))])));
    assert_ne!(renamed["LastChangedDateTimeOffset"], after["LastChangedDateTimeOffset"]);
}

#[test]
fn stock_of_a_product_that_keeps_none_is_refused() {
    let mut desk = Desk::new();
    let target = saw(&mut desk, false);
    assert_eq!(desk.patch(&target, &json!([replace("/StockOnHand", json!(1))])).status, 400);
    assert!(body(&desk.get(&target))["StockOnHand"].is_null());
    let both = json!([replace("/IsStockItem", json!(true)), replace("/StockOnHand", json!(1.25))]);
    assert_eq!(body(&desk.patch(&target, &both))["StockOnHand"].to_string(), "1.25");
}

#[test]
fn a_patch_is_refused_as_a_whole() {
    let mut desk = Desk::new();
    let target = saw(&mut desk, true);
    let good = replace("/StockOnHand", json!(3));
    for wrong in [
        replace("/StockAvailable", json!(1)),
        replace("/Nothing", json!(1)),
        replace("/StockOnHand", json!("5")),
        json!({"op": "test", "path": "/StockOnHand", "value": 99}),
        json!({"op": "jump", "path": "/StockOnHand"}),
        json!({"op": "replace", "path": "/StockOnHand"}),
    ] {
        assert_eq!(desk.patch(&target, &json!([good, wrong])).status, 400, "{wrong}");
    }
    assert_eq!(desk.patch(&target, &good).status, 400, "one operation is no array");
    assert_eq!(body(&desk.get(&target))["StockOnHand"].to_string(), "12.0");
    assert_eq!(desk.patch("/v2/Products/999", &json!([good])).status, 404);
    let mut plain = with_token(request("PATCH", &target), &desk.token.clone());
    plain.body = Bytes::from(json!([good]).to_string());
    assert_eq!(desk.send(&plain).status, 415);
    plain.headers.push(("Content-Type".into(), "application/json".into()));
    assert_eq!(desk.send(&plain).status, 415);
    assert_eq!(desk.patch(&target.to_uppercase(), &json!([good])).status, 200);
}

#[test]
fn a_product_is_made_and_deleted_and_lists_see_it_as_late_as_any_write() {
    let mut desk = Desk::new();
    desk.berg().commit_delay = SignedDuration::from_secs(2);
    let post = |desk: &mut Desk, record: Value| {
        let mut request = with_token(request("POST", PRODUCTS), &desk.token);
        request.headers.push(("Content-Type".into(), "application/json".into()));
        request.body = record.to_string().into();
        desk.send(&request)
    };
    let made = post(&mut desk, json!({"Code": "P", "Name": "Probe"}));
    assert_eq!((made.status, &body(&made)["Code"]), (200, &json!("P")));
    let target = format!("{PRODUCTS}/{}", body(&made)["Id"]);
    assert!(desk.rows(&format!("{PRODUCTS}?codes=P")).is_empty(), "a replica is late");
    desk.pass(2000);
    assert_eq!(desk.rows(&format!("{PRODUCTS}?codes=P")).len(), 1);
    for wrong in [json!({"Code": "P", "Name": "Twice"}), json!({"Code": "Q"}), json!({"Name": "Q"})] {
        assert_eq!(post(&mut desk, wrong).status, 400);
    }
    let delete = with_token(request("DELETE", &target), &desk.token);
    assert_eq!(desk.send(&delete).status, 200);
    desk.pass(2000);
    assert_eq!(desk.get(&target).status, 404);
    desk.berg().privileges.remove("Product_Full");
    assert_eq!(post(&mut desk, json!({"Code": "R", "Name": "R"})).status, 403);
}
