//! Articles: the full replace, the stock balance, what is refused.

use serde_json::{Value, json};

use super::{Scene, json_of};
use crate::visma::members::Body;

fn first(scene: &mut Scene) -> (String, Body) {
    let listed = scene.get("/v2/articles?$filter=Number%20eq%20'KP-28'");
    let article = listed["Data"][0].as_object().unwrap().clone();
    (format!("/v2/articles/{}", article["Id"].as_str().unwrap()), article)
}

#[test]
fn a_put_resets_what_it_leaves_out() {
    let mut scene = Scene::demo();
    let (path, article) = first(&mut scene);
    scene.wait(60);
    let lean = json!({"Number": "KP-28", "Name": "Stekpanna", "IsActive": true,
        "CodingId": article["CodingId"], "UnitId": article["UnitId"]});
    assert_eq!(scene.send("PUT", &path, Some(&lean)).status, 200);
    let after = scene.get(&path);
    assert_eq!(after["Name"], "Stekpanna");
    assert_eq!((&after["NetPrice"], &after["Barcodes"], &after["CurrencyCode"]), (&json!(0), &json!([]), &Value::Null));
    assert_eq!(after["CreatedUtc"], article["CreatedUtc"]);
    assert_eq!(after["ChangedUtc"], "2026-03-02T08:01:00Z");
}

#[test]
fn the_stock_balance_is_written_while_the_stock_module_is_off() {
    let mut scene = Scene::demo();
    let (path, mut article) = first(&mut scene);
    assert_eq!(article["StockBalanceReserved"], 1, "one pan is on an ongoing order");
    article.insert("StockBalance".into(), json!(17.5));
    assert_eq!(scene.send("PUT", &path, Some(&Value::Object(article))).status, 200);
    let after = scene.get(&path);
    assert_eq!(
        (after["StockBalance"].to_string(), after["StockBalanceAvailable"].to_string()),
        ("17.5".into(), "16.5".into())
    );
    assert_eq!(after["StockBalanceManuallyChangedUtc"], "2026-03-02T08:00:00Z");
}

#[test]
fn with_the_stock_module_the_balance_silently_does_not_stick() {
    let mut scene = Scene::demo();
    scene.act("stock_module", json!({"active": true}));
    let modules = scene.get("/v2/companysettings")["ActivatedModules"].to_string();
    assert!(modules.contains("stock"), "{modules}");
    let (path, mut article) = first(&mut scene);
    article.insert("StockBalance".into(), json!(99));
    let response = scene.send("PUT", &path, Some(&Value::Object(article)));
    assert_eq!((response.status, &json_of(&response)["StockBalance"]), (200, &json!(24)));
    assert_eq!(scene.get(&path)["StockBalance"], 24);
}

#[test]
fn prices_must_fit_the_vat_rate() {
    let mut scene = Scene::demo();
    let (path, mut article) = first(&mut scene);
    article.insert("GrossPrice".into(), json!(599.01));
    assert_eq!(scene.send("PUT", &path, Some(&Value::Object(article.clone()))).status, 200, "a cent is rounding");
    article.insert("GrossPrice".into(), json!(599.02));
    let response = scene.send("PUT", &path, Some(&Value::Object(article)));
    assert_eq!(response.status, 400);
    let body = json_of(&response);
    assert_eq!((&body["ErrorCode"], &body["Errors"][0]["Field"]), (&json!(2000), &json!("GrossPrice")));
}

#[test]
fn what_does_not_fit_the_model_is_named_field_by_field() {
    let mut scene = Scene::demo();
    let (path, mut article) = first(&mut scene);
    article.remove("UnitId");
    article.insert("Name".into(), json!("x".repeat(51)));
    article.insert("StockBalance".into(), json!("12"));
    article.insert("IsActive".into(), Value::Null);
    let response = scene.send("PUT", &path, Some(&Value::Object(article)));
    let errors = json_of(&response)["Errors"].clone();
    let fields: Vec<_> = errors.as_array().unwrap().iter().map(|error| error["Field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["IsActive", "Name", "UnitId", "StockBalance"]);
}

#[test]
fn read_only_and_unknown_members_are_passed_over_or_refused() {
    let mut scene = Scene::demo();
    let (path, mut article) = first(&mut scene);
    article.insert("StockValue".into(), json!(1));
    article.insert("Weight".into(), json!(2));
    let article = Value::Object(article);
    assert_eq!(scene.send("PUT", &path, Some(&article)).status, 200);
    assert_eq!(scene.get(&path)["StockValue"], 0);
    scene.visma.rules.refuse_unknown_members = true;
    assert_eq!(scene.refusal("PUT", &path, Some(&article)), (400, 2000));
    scene.visma.rules.refuse_unknown_members = false;
    scene.visma.rules.refuse_read_only_members = true;
    assert_eq!(scene.refusal("PUT", &path, Some(&article)), (400, 2000));
}

#[test]
fn an_article_with_stock_keeps_its_kind() {
    let mut scene = Scene::demo();
    let (path, mut article) = first(&mut scene);
    article.insert("IsStock".into(), json!(true));
    assert_eq!(scene.refusal("PUT", &path, Some(&Value::Object(article))), (400, 5003));
}

#[test]
fn a_number_is_taken_once() {
    let mut scene = Scene::demo();
    let (_, mut article) = first(&mut scene);
    assert_eq!(scene.refusal("POST", "/v2/articles", Some(&Value::Object(article.clone()))), (400, 2000));
    article.insert("Number".into(), json!("KP-32"));
    let created = scene.send("POST", "/v2/articles", Some(&Value::Object(article)));
    assert_eq!((created.status, &json_of(&created)["UnitAbbreviation"]), (201, &json!("st")));
}

#[test]
fn an_article_that_is_not_there_is_3000_and_there_is_no_patch_or_delete() {
    let mut scene = Scene::demo();
    let (path, _) = first(&mut scene);
    assert_eq!(scene.refusal("GET", "/v2/articles/5a1e0000-0000-4000-8000-ffffffffffff", None), (404, 3000));
    assert_eq!(scene.send("PATCH", &path, Some(&json!({}))).status, 404);
    assert_eq!(scene.send("DELETE", &path, None).status, 404);
}
