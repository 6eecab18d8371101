use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Bench, OWNER, order, purchase_order};
use crate::Simulator;

fn stock(bench: &mut Bench, number: &str) -> Vec<String> {
    let read = bench.get(&format!("articles?goodsOwnerId=159&articleNumber={number}")).1;
    let info = &read[0]["inventoryInfo"];
    let of = |name: &str| info[name].to_string();
    vec![
        of("numberOfItems"),
        of("numberOfBookedItems"),
        of("allocatedNumberOfItems"),
        of("pickedToBeCollectedNumberOfItems"),
        of("sellableNumberOfItems"),
    ]
}

#[test]
fn the_quantities_follow_an_order_through_the_house() {
    let mut bench = Bench::stocked();
    assert_eq!(stock(&mut bench, "A"), ["10.0", "0.0", "0.0", "0.0", "10.0"]);
    bench.put("orders", &order("1"));
    assert_eq!(stock(&mut bench, "A"), ["10.0", "2.0", "0.0", "0.0", "8.0"]);
    bench.act("allocate", &json!({ "orderNumber": "1" }));
    assert_eq!(bench.ongoing.order_status(OWNER, "1"), Some(320));
    assert_eq!(stock(&mut bench, "A"), ["10.0", "2.0", "2.0", "0.0", "8.0"]);
    bench.act("pick", &json!({ "orderNumber": "1", "rows": { "1": 2 } }));
    assert_eq!(bench.ongoing.order_status(OWNER, "1"), Some(320), "one row is still to be picked");
    assert_eq!(stock(&mut bench, "A"), ["8.0", "0.0", "0.0", "2.0", "8.0"]);
    bench.act("pick", &json!({ "orderNumber": "1" }));
    assert_eq!(bench.ongoing.order_status(OWNER, "1"), Some(400));
    bench.act("ship", &json!({ "orderNumber": "1", "waybill": "W1", "parcels": ["0037"] }));
    bench.act("collect", &json!({ "orderNumber": "1" }));
    assert_eq!(stock(&mut bench, "A"), ["8.0", "0.0", "0.0", "0.0", "8.0"]);
    let read = bench.get("orders?goodsOwnerId=159&orderNumber=1").1[0].clone();
    assert_eq!(read["orderInfo"]["orderStatus"], json!({ "number": 500, "text": "Collected" }));
    assert_eq!((&read["orderInfo"]["wayBill"], &read["tracking"][0]["waybill"]), (&json!("W1"), &json!("W1")));
    assert_eq!(read["parcels"][0]["parcelNumber"], "0037");
    assert_eq!(read["orderLines"][0]["pickedNumberOfItems"].to_string(), "2.0");
}

#[test]
fn an_order_may_leave_short() {
    let mut bench = Bench::stocked();
    bench.put("orders", &order("1"));
    bench.act("ship", &json!({ "orderNumber": "1", "rows": { "2": 1.25 } }));
    let read = bench.get("orders?goodsOwnerId=159&orderNumber=1").1[0].clone();
    assert_eq!(read["orderLines"][0]["pickedNumberOfItems"].to_string(), "0.0");
    assert_eq!(read["orderLines"][1]["pickedNumberOfItems"].to_string(), "1.25");
    assert_eq!(read["orderInfo"]["pickedNumberOfItems"].to_string(), "1.25");
    assert_eq!(read["orderInfo"]["shippedTime"], "2026-03-02T08:00:00Z");
    let again = bench.ongoing.act(bench.now, "ship", &json!({ "orderNumber": "1" }));
    assert!(again.unwrap_err().contains("already sent"));
}

#[test]
fn nothing_is_picked_that_is_not_on_the_shelf_or_not_for_picking() {
    let mut bench = Bench::stocked();
    let mut body = order("1");
    body["orderLines"][0]["numberOfItems"] = json!(11);
    body["orderLines"][1]["shouldBePicked"] = json!(false);
    bench.put("orders", &body);
    assert_eq!(stock(&mut bench, "A")[4], "-1.0", "sellable may be negative");
    assert_eq!(stock(&mut bench, "B")[1], "0.0");
    let refused = bench.ongoing.act(bench.now, "pick", &json!({ "orderNumber": "1" }));
    assert!(refused.unwrap_err().contains("there are 10, not 11"));
    assert_eq!(stock(&mut bench, "A")[0], "10.0");
    bench.act("count", &json!({ "articleNumber": "A", "numberOfItems": 11 }));
    bench.act("pick", &json!({ "orderNumber": "1" }));
    assert_eq!(bench.ongoing.order_status(OWNER, "1"), Some(400));
    assert_eq!((stock(&mut bench, "A")[0].as_str(), stock(&mut bench, "B")[0].as_str()), ("0.0", "10.0"));
}

#[test]
fn receiving_fills_the_shelf_exactly() {
    let mut bench = Bench::stocked();
    bench.put("purchaseOrders", &purchase_order("P1"));
    let expected = |bench: &mut Bench| {
        let read = bench.get("articles?goodsOwnerId=159&articleNumber=A").1;
        let info = &read[0]["inventoryInfo"];
        [info["toReceiveNumberOfItems"].to_string(), info["receivedToBeFinishedNumberOfItems"].to_string()]
    };
    assert_eq!(expected(&mut bench), ["7.5", "0.0"]);
    let part = bench.act("receive", &json!({ "purchaseOrderNumber": "P1", "rows": { "1": 0.1 } }));
    assert_eq!(part["purchaseOrderInfo"]["purchaseOrderStatus"]["number"], 400);
    assert_eq!(expected(&mut bench), ["7.4", "0.1"]);
    let rest = bench.act("receive", &json!({ "purchaseOrderNumber": "P1" }));
    assert_eq!(rest["purchaseOrderInfo"]["purchaseOrderStatus"]["number"], 500);
    assert_eq!(rest["purchaseOrderLines"][0]["receivedNumberOfItems"].to_string(), "7.5");
    assert_eq!(expected(&mut bench), ["0.0", "0.0"]);
    assert_eq!(stock(&mut bench, "A")[0], "17.5");
}

#[test]
fn a_change_of_stock_is_seen_by_the_delta_and_only_then() {
    let mut bench = Bench::stocked();
    bench.wait(60);
    let since = bench.now;
    let changed = |bench: &mut Bench, since: Timestamp| {
        let list = bench.get(&format!("articles?goodsOwnerId=159&stockInfoChangedFrom={since}")).1;
        list.as_array().unwrap().iter().map(|article| article["articleNumber"].to_string()).collect::<Vec<_>>()
    };
    assert!(changed(&mut bench, since).is_empty());
    bench.act("count", &json!({ "articleNumber": "B", "numberOfItems": 4 }));
    assert_eq!(changed(&mut bench, since), ["\"B\""]);
    // A new order lowers what can be sold, with no webhook about stock.
    bench.put("orders", &order("1"));
    assert_eq!(changed(&mut bench, since).len(), 2);
}

#[test]
fn changes_are_announced_thinly_and_in_order() {
    let mut bench = Bench::stocked();
    let known = bench.act("webhooks", &json!({}))["webhooks"].as_array().unwrap().len();
    bench.put("orders", &order("1"));
    bench.put("orders", &order("1"));
    bench.act("ship", &json!({ "orderNumber": "1" }));
    bench.act("count", &json!({ "articleNumber": "A", "numberOfItems": 7 }));
    let events = bench.act("webhooks", &json!({ "since_id": known }))["webhooks"].as_array().unwrap().clone();
    let told: Vec<(&str, String)> = events
        .iter()
        .map(|event| (event["webhookTemplate"].as_str().unwrap(), event["orderStatus"]["number"].to_string()))
        .collect();
    let (order, picking) = ("Order", "PickingPackingAndReturns");
    assert_eq!(
        told,
        [
            (order, "300".to_owned()),
            (picking, "null".to_owned()),
            (picking, "null".to_owned()),
            (order, "450".to_owned()),
            (order, "450".to_owned()),
            ("Inventory", "null".to_owned()),
        ],
        "created; two rows picked; status changed; order is picked; counted"
    );
    assert_eq!(events[0]["timestamp"], "2026-03-02T08:00:00.0000000");
    assert_eq!(events[0]["goodsOwnerId"], OWNER);
    assert!(events[0].get("orderLines").is_none() && events[0].get("goodsOwnerOrderId").is_none());
    assert_eq!(events[5]["transaction"]["transactionNumberOfItems"].to_string(), "-1.0");
    let ids: Vec<i64> = events.iter().map(|event| event["webhookEventId"].as_i64().unwrap()).collect();
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]) && ids[0] > known as i64);
}

#[test]
fn an_order_sent_with_nothing_picked_is_announced_once() {
    let mut bench = Bench::stocked();
    bench.put("orders", &order("1"));
    let known = bench.act("webhooks", &json!({}))["webhooks"].as_array().unwrap().len();
    bench.act("ship", &json!({ "orderNumber": "1", "rows": {} }));
    let events = bench.act("webhooks", &json!({ "since_id": known }))["webhooks"].clone();
    assert_eq!(events.as_array().unwrap().len(), 1, "its status changed, and it is not picked");
}

#[test]
fn a_kit_sells_as_its_scarcest_part() {
    let mut bench = Bench::stocked();
    let rows = json!([{ "articleNumber": "A", "numberOfItems": 4 }, { "articleNumber": "B", "numberOfItems": 1 }]);
    let kit = json!({
        "goodsOwnerId": OWNER, "articleNumber": "K", "structureDefinition": { "articleKind": "Structure", "rows": rows },
    });
    bench.put("articles", &kit);
    assert_eq!(stock(&mut bench, "K")[4], "2.0");
    let kinds: Vec<Value> = ["A", "K"]
        .map(|number| {
            bench.get(&format!("articles?goodsOwnerId=159&articleNumber={number}")).1[0]["articleKind"].clone()
        })
        .to_vec();
    assert_eq!(kinds, ["Stock", "Structure"]);
}
