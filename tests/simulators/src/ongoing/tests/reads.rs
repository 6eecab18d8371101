use serde_json::{Value, json};

use super::{Bench, OWNER, order, purchase_order};

fn numbers(list: &Value) -> Vec<&str> {
    let number = |one: &'static str| move |item: &&Value| item.pointer(one).is_some();
    let list = list.as_array().unwrap();
    list.iter()
        .filter(number("/orderInfo/orderNumber"))
        .map(|item| item["orderInfo"]["orderNumber"].as_str().unwrap())
        .chain(list.iter().filter_map(|item| item["articleNumber"].as_str()))
        .collect()
}

#[test]
fn absent_values_are_null() {
    let mut bench = Bench::stocked();
    let id = bench.put("orders", &order("1")).1["orderId"].clone();
    let read = bench.get(&format!("orders/{id}")).1;
    for pointer in [
        "/tracking",
        "/parcels",
        "/returnTracking",
        "/transporter",
        "/classes",
        "/orderInfo/shippedTime",
        "/orderInfo/wayOfDelivery",
        "/orderInfo/emailNotification",
        "/orderInfo/goodsOwnerOrderId",
        "/consignee/address1",
        "/consignee/invoiceAddress",
        "/orderLines/0/reportedNumberOfItems",
        "/orderLines/0/pickedArticleItems",
        "/orderLines/0/prices",
        "/advanced/orderTextLines",
    ] {
        assert_eq!(read.pointer(pointer), Some(&Value::Null), "{pointer}");
    }
    let article = bench.get("articles/18001").1;
    for pointer in ["/barCodeInfo", "/supplierInfo", "/weight", "/inventoryInfo/lastInDate"] {
        assert_eq!(article.pointer(pointer), Some(&Value::Null), "{pointer}");
    }
}

#[test]
fn times_are_utc_and_delivery_dates_plain() {
    let mut bench = Bench::stocked();
    bench.now = "2026-03-02T08:00:00.123456Z".parse().unwrap();
    let mut body = order("1");
    body["deliveryDate"] = json!("2026-03-05T23:30:00-02:00");
    let id = bench.put("orders", &body).1["orderId"].clone();
    let read = bench.get(&format!("orders/{id}")).1;
    assert_eq!(read["orderInfo"]["createdDate"], "2026-03-02T08:00:00.123Z");
    assert_eq!(read["orderInfo"]["deliveryDate"], "2026-03-06");
    bench.put("purchaseOrders", &purchase_order("P1"));
    let bought = bench.get("purchaseOrders?goodsOwnerId=159&purchaseOrderNumber=P1").1;
    assert_eq!(bought[0]["purchaseOrderInfo"]["inDate"], "2026-03-09");
}

#[test]
fn lists_repeat_the_key_and_a_comma_matches_nothing() {
    let mut bench = Bench::stocked();
    for number in ["1", "2", "3"] {
        bench.put("orders", &order(number));
    }
    let some = bench.get("orders?goodsOwnerId=159&orderNumbers=1&orderNumbers=3");
    assert_eq!(numbers(&some.1), ["1", "3"]);
    assert_eq!(bench.get("orders?goodsOwnerId=159&orderNumbers=1,3"), (200, json!([])));
    let articles = bench.get("articles?goodsOwnerId=159&articleNumbers=A&articleNumbers=B");
    assert_eq!(numbers(&articles.1), ["A", "B"]);
    assert_eq!(bench.get("articles?goodsOwnerId=159&articleNumbers=A%2CB").1, json!([]));
    assert_eq!(bench.get("orders?orderNumbers=1").0, 400, "goodsOwnerId is required");
    assert_eq!(bench.get("orders?goodsOwnerId=159&page=2").0, 400, "what is not modelled is not ignored");
}

#[test]
fn an_article_is_found_by_its_product_code() {
    let mut bench = Bench::stocked();
    for (number, product) in [("X", "100"), ("Y", "101"), ("Z", "100")] {
        let body = json!({ "goodsOwnerId": OWNER, "articleNumber": number, "productCode": product });
        bench.put("articles", &body);
    }
    assert_eq!(numbers(&bench.get("articles?goodsOwnerId=159&productCode=100").1), ["X", "Z"]);
    assert_eq!(numbers(&bench.get("articles?goodsOwnerId=159&productCodes=101&productCodes=7").1), ["Y"]);
}

#[test]
fn the_cursor_is_inclusive_and_ascending() {
    let mut bench = Bench::stocked();
    for number in ["1", "2", "3"] {
        bench.put("orders", &order(number));
    }
    let first = bench.get("orders?goodsOwnerId=159&maxOrdersToGet=2").1;
    assert_eq!(numbers(&first), ["1", "2"]);
    let last = first[1]["orderInfo"]["orderId"].as_i64().unwrap();
    assert_eq!(numbers(&bench.get(&format!("orders?goodsOwnerId=159&orderIdFrom={last}")).1), ["2", "3"]);
    assert_eq!(bench.get(&format!("orders?goodsOwnerId=159&orderIdFrom={}", last + 2)).1, json!([]));
    assert_eq!(numbers(&bench.get("orders?goodsOwnerId=159&sort=descending").1), ["3", "2", "1"]);
    let articles = bench.get("articles?goodsOwnerId=159&articleSystemIdFrom=18002&maxArticlesToGet=1").1;
    assert_eq!(numbers(&articles), ["B"]);
}

#[test]
fn windows_of_time_are_limited_where_the_vendor_limits_them() {
    let mut bench = Bench::stocked();
    let day_old = "articles?goodsOwnerId=159&stockInfoChangedFrom=2026-03-01T08:00:00Z";
    assert_eq!(bench.get(day_old).0, 200);
    let older = bench.get("articles?goodsOwnerId=159&stockInfoChangedFrom=2026-03-01T07:59:59Z");
    assert!(older.0 == 400 && older.1["message"].as_str().unwrap().contains("24 hours"), "{older:?}");
    assert_eq!(bench.get("orders?goodsOwnerId=159&orderUpdatedTimeFrom=2026-02-28T08:00:00Z").0, 200);
    assert_eq!(bench.get("orders?goodsOwnerId=159&orderUpdatedTimeFrom=2026-02-28T07:59:59Z").0, 400);
    assert_eq!(bench.get("orders?goodsOwnerId=159&orderStatusChangedTimeFrom=2001-01-01T00:00:00Z").0, 200);
    let unencoded = "orders?goodsOwnerId=159&orderUpdatedTimeFrom=2026-03-02T08:00:00+00:00";
    assert_eq!(bench.get(unencoded).0, 400, "a plus sign is a space");
    assert_eq!(bench.get(&unencoded.replace('+', "%2B")).0, 200);
}

#[test]
fn orders_are_found_by_status_and_by_when_it_changed() {
    let mut bench = Bench::stocked();
    let mut body = order("1");
    body["goodsOwnerOrderId"] = json!("erp-1");
    bench.put("orders", &body);
    bench.put("orders", &order("2"));
    bench.wait(3600);
    bench.act("ship", &json!({ "orderNumber": "2" }));
    let of = |bench: &mut Bench, filter: &str| {
        let list = bench.get(&format!("orders?goodsOwnerId=159&{filter}")).1;
        numbers(&list).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(of(&mut bench, "orderStatusFrom=450&orderStatusTo=500"), ["2"]);
    assert_eq!(of(&mut bench, "orderStatusTo=300"), ["1"]);
    assert_eq!(of(&mut bench, "orderStatusChangedTimeFrom=2026-03-02T09:00:00Z"), ["2"]);
    // The fraction of a second is dropped, so the bound lies before the change.
    assert_eq!(of(&mut bench, "orderUpdatedTimeFrom=2026-03-02T09:00:00.999Z"), ["2"]);
    assert_eq!(of(&mut bench, "shippedTimeFrom=2026-03-02T09:00:00Z&shippedTimeTo=2026-03-02T09:00:00Z"), ["2"]);
    assert!(of(&mut bench, "shippedTimeTo=2026-03-02T08:59:59Z").is_empty());
    assert_eq!(of(&mut bench, "goodsOwnerOrderId=erp-1"), ["1"]);
    assert_eq!(of(&mut bench, "onlyOrdersWithOrderLinesToReport=true"), ["2"]);
    let statuses = bench.get("purchaseOrders/statuses").1;
    assert_eq!(statuses["orderStatuses"][0], json!({ "number": 100, "text": "Notified" }));
}

#[test]
fn a_query_that_is_too_long_is_refused_by_the_web_server_and_a_number_by_the_warehouse() {
    let mut bench = Bench::stocked();
    let owner = format!("articles?goodsOwnerId={OWNER}");
    let query = |length: usize| {
        let room = length - format!("goodsOwnerId={OWNER}&articleNumbers=").len();
        format!("{owner}&articleNumbers={}", "x".repeat(room))
    };
    assert_eq!(bench.get(&query(2048)), (200, json!([])));
    assert_eq!(bench.get(&query(2049)), (404, Value::Null));
    bench.act("configure", &json!({ "refused_article_numbers": ["A"] }));
    let (status, refused) = bench.get(&format!("{owner}&articleNumbers=B&articleNumbers=A"));
    assert_eq!((status, refused["message"].as_str()), (400, Some("The article number 'A' is not valid.")));
    assert_eq!(numbers(&bench.get(&format!("{owner}&articleNumbers=B")).1), ["B"]);
}
