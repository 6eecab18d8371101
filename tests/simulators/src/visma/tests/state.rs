//! Actions, the demo company, and troubles in the vendor's words.

use serde_json::{Value, json};

use super::{Scene, json_of};
use crate::{Request, Simulator as _, Trouble};

#[test]
fn the_demo_company_is_what_it_says() {
    let mut scene = Scene::demo();
    let state = scene.act("state", json!({}));
    let count = |register: &str| state["registers"][register].as_array().unwrap().len();
    assert_eq!((count("articles"), count("customers"), count("orders")), (10, 4, 5));
    let orders = state["registers"]["orders"].as_array().unwrap();
    let ongoing: Vec<&Value> = orders.iter().filter(|order| order["Status"] == 2).collect();
    assert_eq!(ongoing.len(), 3);
    let marked = |order: &&Value, mark: &str| order["Rows"].as_array().unwrap().iter().any(|row| row[mark] == true);
    let both = ongoing.iter().filter(|order| marked(order, "IsTextRow") && marked(order, "IsServiceArticle"));
    assert_eq!(both.count(), 1);
    assert_eq!(state["settings"]["CurrencyCode"], "SEK");
    assert_eq!(state["live_refresh_token"], json!(scene.refresh));
    let article = scene.get("/v2/articles")["Data"][0].clone();
    let path = format!("/v2/articles/{}", article["Id"].as_str().unwrap());
    assert_eq!(scene.send("PUT", &path, Some(&article)).status, 200, "its prices fit its VAT rate");
}

#[test]
fn every_member_can_be_set_by_hand_and_no_other() {
    let mut scene = Scene::demo();
    let id = scene
        .act("put_article", json!({"Number": "N", "StockBalanceReserved": 4, "ChangedUtc": "2020-01-01T00:00:00"}));
    let id = id["Id"].as_str().unwrap();
    let article = scene.visma.record("acme", "articles", id).unwrap();
    assert_eq!((&article["StockBalanceReserved"], &article["StockBalanceAvailable"]), (&json!(4), &json!(-4)));
    assert_eq!(article["ChangedUtc"], "2020-01-01T00:00:00");
    let wrong = scene.visma.act(scene.now, "put_article", &json!({"company": "acme", "Weight": 1}));
    assert_eq!(wrong, Err("no member is called Weight".into()));
    for (action, args) in [
        ("put_article", json!({"company": "nobody"})),
        ("put_article", json!({})),
        ("rename_article", json!({"company": "acme", "Number": "none", "Name": "x"})),
        ("grant", json!({"company": "nobody"})),
        ("dance", json!({"company": "acme"})),
    ] {
        assert!(scene.visma.act(scene.now, action, &args).is_err(), "{action} {args}");
    }
}

#[test]
fn people_change_records_and_the_stamps_tell() {
    let mut scene = Scene::demo();
    scene.wait(60);
    scene.act("rename_article", json!({"Number": "KP-28", "Name": "Stekpanna XL"}));
    scene.act("change_customer", json!({"CustomerNumber": "1003", "MobilePhone": "070-174 06 99"}));
    let rows = json!([{"LineNumber": 1, "ArticleNumber": "KN-09", "Quantity": 3}]);
    scene.act("change_order", json!({"Number": 1043, "Rows": rows}));
    scene.act("put_customer", json!({"CustomerNumber": "1005", "Name": "Ny Kund AB"}));
    let since = [("$filter", "ChangedUtc gt 2026-03-02T08:00:30Z")];
    assert_eq!(scene.hits("articles", "Name", &since), [json!("Stekpanna XL")]);
    assert_eq!(scene.hits("customers", "CustomerNumber", &since), [json!("1003"), json!("1005")]);
    let order =
        json_of(&scene.list("orders", &[("$filter", "ModifiedUtc gt 2026-03-02T08:00:30Z")]))["Data"][0].clone();
    assert_eq!((&order["Number"], &order["Rows"][0]["Text"]), (&json!(1043), &json!("Skalkniv 9 cm")));
    let pans = scene.hits("articles", "StockBalanceReserved", &[("$filter", "Number eq 'KP-28'")]);
    assert_eq!(pans, [json!(0)], "the pan is no longer on the order");
}

#[test]
fn small_registers_and_notes_are_read() {
    let mut scene = Scene::demo();
    for (register, expected) in [("units", 2), ("deliverymethods", 2), ("deliveryterms", 1), ("termsofpayments", 1)] {
        assert_eq!(scene.hits(register, "Id", &[]).len(), expected, "{register}");
    }
    let note = scene.put("notes", json!({"Text": "Ring innan leverans"}));
    assert_eq!(scene.get(&format!("/v2/notes/{note}"))["Text"], "Ring innan leverans");
    assert_eq!(scene.refusal("GET", "/v2/warehouses", None), (404, 3000));
}

#[test]
fn troubles_are_spelled_in_the_vendors_words() {
    let scene = Scene::new();
    let request = |method: &str, target: &str| Request {
        method: method.into(),
        target: target.into(),
        headers: Vec::new(),
        body: bytes::Bytes::new(),
    };
    let spelled = |trouble, method: &str, target: &str| {
        let response = scene.visma.spell(trouble, &request(method, target))?;
        let code = serde_json::from_slice::<Value>(&response.body).ok().and_then(|body| body["ErrorCode"].as_i64());
        Some((response.status, code))
    };
    let list = "/v2/orders?$page=1";
    let one = "/v2/orders/5a1e0000-0000-4000-8000-000000000001";
    for (trouble, method, target, expected) in [
        (Trouble::TokenExpired, "GET", list, Some((401, Some(4005)))),
        (Trouble::TokenExpired, "POST", "/connect/token", None),
        (Trouble::TooManyRequests { retry_after: None }, "GET", list, Some((429, Some(4010)))),
        (Trouble::TooManyRequests { retry_after: None }, "POST", "/connect/token", None),
        (Trouble::ServerError(500), "GET", list, Some((500, Some(5000)))),
        (Trouble::ServerError(503), "GET", list, Some((503, None))),
        (Trouble::ServerError(503), "POST", "/connect/token", Some((503, None))),
        (Trouble::Refused, "GET", list, Some((400, Some(6000)))),
        (Trouble::Refused, "GET", one, Some((404, Some(3000)))),
        (Trouble::Refused, "PUT", one, Some((400, Some(2000)))),
        (Trouble::Refused, "POST", &format!("{one}/completed"), Some((400, Some(4000)))),
        (Trouble::Refused, "GET", "/v2/companysettings", Some((403, Some(4011)))),
        (Trouble::Refused, "POST", "/connect/token", Some((400, None))),
        (Trouble::LostAnswer, "GET", list, None),
    ] {
        assert_eq!(spelled(trouble, method, target), expected, "{trouble:?} at {method} {target}");
    }
    let asked = Trouble::TooManyRequests { retry_after: Some(2) };
    let response = scene.visma.spell(asked, &request("GET", list)).unwrap();
    assert!(response.headers.contains(&("Retry-After".into(), "2".into())));
}
