//! Orders: the full replace, the steps, what is refused.

use serde_json::{Value, json};

use super::{Scene, json_of};
use crate::visma::RowIds;

fn order(scene: &mut Scene, number: i64) -> (String, Value) {
    let listed = scene.get(&format!("/v2/orders?$filter=Number%20eq%20{number}"));
    let order = listed["Data"][0].clone();
    (format!("/v2/orders/{}", order["Id"].as_str().unwrap()), order)
}

fn put(scene: &mut Scene, path: &str, order: &Value) -> Value {
    let response = scene.send("PUT", path, Some(order));
    assert_eq!(response.status, 200, "{response:?}");
    json_of(&response)
}

#[test]
fn a_put_resets_what_it_leaves_out_rows_included() {
    let mut scene = Scene::demo();
    let (path, order) = order(&mut scene, 1041);
    let lean = json!({"CustomerId": order["CustomerId"], "CurrencyCode": "SEK", "OrderDate": "2026-03-02", "Status": 2,
        "EuThirdParty": false, "ReverseChargeOnConstructionServices": false, "RotReducedInvoicingType": 0});
    put(&mut scene, &path, &lean);
    let after = scene.get(&path);
    assert_eq!(after["Rows"], json!([]));
    assert_eq!((&after["DeliveryAddress1"], &after["OurReference"]), (&Value::Null, &Value::Null));
    assert_eq!((&after["Number"], &after["CustomerNumber"]), (&json!(1041), &json!("1001")));
}

#[test]
fn a_create_fills_the_addresses_from_the_customer() {
    let mut scene = Scene::demo();
    let (_, order) = order(&mut scene, 1041);
    let lean = json!({"CustomerId": order["CustomerId"], "CurrencyCode": "SEK", "OrderDate": "2026-03-02", "Status": 1,
        "EuThirdParty": false, "ReverseChargeOnConstructionServices": false, "RotReducedInvoicingType": 0,
        "DeliveryAddress1": "Sidogatan 2"});
    let response = scene.send("POST", "/v2/orders", Some(&lean));
    let created = json_of(&response);
    assert_eq!((response.status, &created["Number"]), (201, &Value::Null), "a draft has no number");
    assert_eq!((&created["DeliveryAddress1"], &created["DeliveryCity"]), (&json!("Sidogatan 2"), &json!("Linköping")));
    let step = format!("/v2/orders/{}/converteddrafttoorder", created["Id"].as_str().unwrap());
    let ongoing = json_of(&scene.send("POST", &step, None));
    assert_eq!((&ongoing["Status"], &ongoing["Number"]), (&json!(2), &json!(1045)));
}

#[test]
fn required_members_are_asked_for_in_order_and_rows() {
    let mut scene = Scene::demo();
    let (path, mut order) = order(&mut scene, 1042);
    order.as_object_mut().unwrap().remove("EuThirdParty");
    order["Rows"][0].as_object_mut().unwrap().remove("IsWorkCost");
    let response = scene.send("PUT", &path, Some(&order));
    let errors = json_of(&response)["Errors"].clone();
    let fields: Vec<_> = errors.as_array().unwrap().iter().map(|error| error["Field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["EuThirdParty", "Rows[0].IsWorkCost"]);
}

#[test]
fn text_rows_and_service_rows_are_marked() {
    let mut scene = Scene::demo();
    let (_, order) = order(&mut scene, 1042);
    let kinds: Vec<_> = order["Rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["IsTextRow"].as_bool().unwrap(),
                row["IsServiceArticle"].as_bool().unwrap(),
                row["ArticleId"].is_null(),
            )
        })
        .collect();
    assert_eq!(kinds, [(false, false, false), (true, false, true), (false, true, false)]);
}

#[test]
fn delivered_quantities_are_refused_or_kept_with_two_decimals() {
    let mut scene = Scene::demo();
    let (path, mut order) = order(&mut scene, 1042);
    order["Rows"][0]["DeliveredQuantity"] = json!(1.005);
    let refused = scene.send("PUT", &path, Some(&order));
    assert_eq!(refused.status, 400);
    scene.visma.rules.refuses_decimals = false;
    let after = put(&mut scene, &path, &order);
    assert_eq!(after["Rows"][0]["DeliveredQuantity"].to_string(), "1.01");
}

#[test]
fn row_ids_survive_a_put_or_do_not() {
    let mut scene = Scene::demo();
    let (path, order) = order(&mut scene, 1041);
    let ids = |order: &Value| [order["Rows"][0]["Id"].clone(), order["Rows"][1]["Id"].clone()];
    assert_eq!(ids(&put(&mut scene, &path, &order)), ids(&order));
    let mut stripped = order.clone();
    stripped["Rows"].as_array_mut().unwrap().iter_mut().for_each(|row| {
        row.as_object_mut().unwrap().remove("Id");
    });
    assert_eq!(ids(&put(&mut scene, &path, &stripped)), ids(&order), "found by line number");
    scene.visma.rules.row_ids = RowIds::Renewed;
    let renewed = ids(&put(&mut scene, &path, &order));
    assert!(renewed.iter().all(|id| !ids(&order).contains(id)));
}

#[test]
fn completed_ships_and_voided_takes_it_back() {
    let mut scene = Scene::demo();
    let (path, mut order) = order(&mut scene, 1041);
    order["Rows"][0]["DeliveredQuantity"] = json!(24);
    order["Rows"][1]["DeliveredQuantity"] = json!(20);
    put(&mut scene, &path, &order);
    let shipped = json_of(&scene.send("POST", &format!("{path}/completed"), None));
    assert_eq!((&shipped["Status"], &shipped["ShippedDateTime"]), (&json!(3), &json!("2026-03-02T00:00:00Z")));
    assert_eq!(shipped["Rows"][1]["DeliveredQuantity"], 20);
    assert_eq!(shipped["DeliveredAmount"].to_string(), "4412.8");
    assert_eq!(scene.refusal("POST", &format!("{path}/completed"), None), (400, 4000));
    assert_eq!(scene.refusal("DELETE", &path, None), (400, 4001));
    let again = json_of(&scene.send("POST", &format!("{path}/voided"), None));
    assert_eq!((&again["Status"], &again["ShippedDateTime"]), (&json!(2), &Value::Null));
}

#[test]
fn completed_may_deliver_everything() {
    let mut scene = Scene::demo();
    scene.visma.rules.completed_delivers_all = true;
    let (path, _) = order(&mut scene, 1041);
    let shipped = json_of(&scene.send("POST", &format!("{path}/completed"), None));
    assert_eq!(shipped["Rows"][0]["DeliveredQuantity"], 24);
}

#[test]
fn a_put_can_ship_too_and_a_draft_cannot_be_completed() {
    let mut scene = Scene::demo();
    let (path, mut order) = order(&mut scene, 1043);
    order["Status"] = json!(3);
    order["ShippedDateTime"] = json!("2026-03-02");
    assert_eq!(put(&mut scene, &path, &order)["Status"], 3);
    let draft = scene.hits("orders", "Id", &[("$filter", "Status eq 1")])[0].as_str().unwrap().to_owned();
    assert_eq!(scene.refusal("POST", &format!("/v2/orders/{draft}/completed"), None), (400, 4000));
}

#[test]
fn the_rest_becomes_one_backorder_which_forbids_the_undo() {
    let mut scene = Scene::demo();
    let (path, mut order) = order(&mut scene, 1041);
    assert_eq!(scene.refusal("POST", &format!("{path}/backorder"), None), (400, 4000));
    order["Rows"][0]["DeliveredQuantity"] = json!(24);
    order["Rows"][1]["DeliveredQuantity"] = json!(20);
    put(&mut scene, &path, &order);
    scene.send("POST", &format!("{path}/completed"), None);
    let rest = json_of(&scene.send("POST", &format!("{path}/backorder"), None));
    assert_eq!((&rest["Status"], &rest["Number"]), (&json!(2), &json!(1045)));
    let rows = rest["Rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["LineNumber"], &rows[0]["Quantity"]), (1, &json!(2), &json!(4)));
    assert_eq!(rows[0]["DeliveredQuantity"], 0);
    assert_eq!(scene.refusal("POST", &format!("{path}/backorder"), None), (400, 4000));
    assert_eq!(scene.refusal("POST", &format!("{path}/voided"), None), (400, 4028));
    assert_eq!(scene.refusal("PUT", &path, Some(&order)), (400, 4028));
}

#[test]
fn a_full_delivery_leaves_nothing_for_a_backorder() {
    let mut scene = Scene::demo();
    scene.visma.rules.completed_delivers_all = true;
    let (path, _) = order(&mut scene, 1043);
    scene.send("POST", &format!("{path}/completed"), None);
    assert_eq!(scene.refusal("POST", &format!("{path}/backorder"), None), (400, 4000));
}

#[test]
fn an_invoiced_order_is_closed() {
    let mut scene = Scene::demo();
    let (path, order) = order(&mut scene, 1044);
    assert_eq!(scene.refusal("PUT", &path, Some(&order)), (400, 4002));
    assert_eq!(scene.refusal("DELETE", &path, None), (400, 4001));
}

#[test]
fn modified_is_null_until_the_first_edit_or_not() {
    let mut scene = Scene::demo();
    let (path, order) = order(&mut scene, 1041);
    assert_eq!(order["ModifiedUtc"], Value::Null);
    scene.wait(60);
    assert_eq!(put(&mut scene, &path, &order)["ModifiedUtc"], "2026-03-02T08:01:00Z");
    scene.visma.rules.modified_is_null_until_edited = false;
    let id = scene.put("orders", json!({"Status": 2}));
    assert_eq!(scene.get(&format!("/v2/orders/{id}"))["ModifiedUtc"], "2026-03-02T08:01:00Z");
}

#[test]
fn a_deleted_order_just_stops_appearing() {
    let mut scene = Scene::demo();
    let (path, _) = order(&mut scene, 1041);
    scene.act("cancel_order", json!({"Number": 1041}));
    assert_eq!(scene.refusal("GET", &path, None), (404, 3000));
    let (other, _) = order(&mut scene, 1042);
    assert_eq!(scene.send("DELETE", &other, None).status, 200);
    assert_eq!(scene.hits("orders", "Number", &[("$filter", "Status eq 2")]), [json!(1043)]);
}

#[test]
fn a_negative_quantity_passes_while_the_total_does_not_sink_below_zero() {
    let mut scene = Scene::demo();
    let (path, mut order) = order(&mut scene, 1041);
    order["Rows"][0]["Quantity"] = json!(-1);
    put(&mut scene, &path, &order);
    order["Rows"][0]["Quantity"] = json!(-1000);
    assert_eq!(scene.refusal("PUT", &path, Some(&order)), (400, 2000));
}

#[test]
fn an_order_names_a_customer_and_articles_that_exist() {
    let mut scene = Scene::demo();
    let (path, order) = order(&mut scene, 1041);
    let nobody = json!("00000000-0000-4000-8000-00000000dead");
    let mut wrong = order.clone();
    wrong["CustomerId"] = nobody.clone();
    assert_eq!(scene.refusal("PUT", &path, Some(&wrong)), (400, 3000));
    let mut wrong = order;
    wrong["Rows"][0]["ArticleId"] = nobody;
    assert_eq!(scene.refusal("PUT", &path, Some(&wrong)), (400, 3000));
}

#[test]
fn the_stock_module_draws_what_was_delivered() {
    for (active, left) in [(false, 144), (true, 120)] {
        let mut scene = Scene::demo();
        scene.act("stock_module", json!({"active": active}));
        scene.visma.rules.completed_delivers_all = true;
        let (path, order) = order(&mut scene, 1041);
        let article = format!("/v2/articles/{}", order["Rows"][0]["ArticleId"].as_str().unwrap());
        assert_eq!(scene.get(&article)["StockBalanceReserved"], 24);
        scene.send("POST", &format!("{path}/completed"), None);
        let after = scene.get(&article);
        assert_eq!((&after["StockBalance"], &after["StockBalanceReserved"]), (&json!(left), &json!(0)), "{active}");
    }
}
