use serde_json::json;

use super::{Bench, OWNER, order, purchase_order, said};

#[test]
fn an_order_the_warehouse_has_begun_is_neither_updated_nor_cancelled() {
    for status in [320, 400, 450, 500] {
        let mut bench = Bench::stocked();
        let id = bench.put("orders", &order("1")).1["orderId"].clone();
        bench.act("set_status", &json!({ "orderNumber": "1", "number": status }));
        let (before, writes) = (bench.get(&format!("orders/{id}")), bench.ongoing.writes());
        for refused in [
            bench.put("orders", &order("1")),
            bench.put(&format!("orders/{id}"), &order("1")),
            bench.delete(&format!("orders/{id}")),
            bench.delete("orders?goodsOwnerId=159&orderNumber=1"),
        ] {
            assert_eq!(refused.0, 400);
            assert!(said(&refused).contains("started"), "{refused:?}");
        }
        assert_eq!(bench.get(&format!("orders/{id}")), before);
        assert_eq!(bench.ongoing.writes(), writes);
    }
}

#[test]
fn goods_in_hand_count_as_begun_whatever_the_status_says() {
    let mut bench = Bench::stocked();
    bench.put("orders", &order("1"));
    bench.act("allocate", &json!({ "orderNumber": "1", "rows": { "1": 1 } }));
    bench.act("set_status", &json!({ "orderNumber": "1", "number": 300 }));
    assert_eq!(bench.put("orders", &order("1")).0, 400);
}

#[test]
fn where_begun_begins_is_the_tenant_s() {
    let mut bench = Bench::stocked();
    let list = json!([{ "number": 300, "text": "Frei" }, { "number": 310, "text": "Kommissionierung" }]);
    bench.act("configure", &json!({ "started_from_status": 310, "order_statuses": list }));
    bench.put("orders", &order("1"));
    assert_eq!(bench.put("orders", &order("1")).0, 200);
    bench.act("set_status", &json!({ "orderNumber": "1", "number": 310 }));
    assert_eq!(bench.put("orders", &order("1")).0, 400);
    assert_eq!(bench.get("orders/statuses?goodsOwnerId=159").1, json!({ "orderStatuses": list }));
}

#[test]
fn cancelling_keeps_the_order_and_works_once() {
    let mut bench = Bench::stocked();
    let id = bench.put("orders", &order("1")).1["orderId"].clone();
    let done = bench.delete("orders?goodsOwnerId=159&orderNumber=1");
    assert_eq!((done.0, &done.1["orderId"]), (200, &id));
    assert_eq!(bench.ongoing.order_status(OWNER, "1"), Some(1000));
    let again = bench.delete(&format!("orders/{id}"));
    assert_eq!(again.0, 400);
    assert!(said(&again).contains("already cancelled"));
    assert_eq!(bench.put("orders", &order("1")).0, 400);
    assert_eq!(bench.delete("orders/7").0, 404);
    assert_eq!(bench.delete("orders?goodsOwnerId=159&orderNumber=7").0, 404);
    assert_eq!(bench.delete("orders?goodsOwnerId=159").0, 400);
    let stock = bench.get("articles?goodsOwnerId=159&articleNumber=A").1;
    assert_eq!(stock[0]["inventoryInfo"]["numberOfBookedItems"].to_string(), "0.0");
}

#[test]
fn a_purchase_order_is_closed_once_goods_come_in() {
    let mut bench = Bench::stocked();
    let first = bench.put("purchaseOrders", &purchase_order("P1"));
    assert_eq!((first.0, first.1["purchaseOrderId"].is_i64()), (200, true));
    assert_eq!(bench.put("purchaseOrders", &purchase_order("P1")).1["purchaseOrderId"], first.1["purchaseOrderId"]);
    bench.act("receive", &json!({ "purchaseOrderNumber": "P1", "rows": { "1": 2.5 } }));
    for refused in [
        bench.put("purchaseOrders", &purchase_order("P1")),
        bench.delete("purchaseOrders?goodsOwnerId=159&purchaseOrderNumber=P1"),
    ] {
        assert_eq!(refused.0, 400);
        assert!(said(&refused).contains("reception has started"));
    }
    let id = bench.put("purchaseOrders", &purchase_order("P2")).1["purchaseOrderId"].clone();
    assert_eq!(bench.delete(&format!("purchaseOrders/{id}")).0, 200);
    assert!(said(&bench.delete(&format!("purchaseOrders/{id}"))).contains("already cancelled"));
}
