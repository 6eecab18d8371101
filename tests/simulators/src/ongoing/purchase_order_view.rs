//! A purchase order as it is read, and `GET /purchaseOrders` (Ongoing sheet, section 3.3).

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::owner::{Owner, PurchaseOrder, PurchaseOrderLine};
use super::query::{Query, within};
use super::rules::status;
use super::values::{get, members, moment, nested, nested_list, number, plain_date, text, time_of, utc};
use crate::{Request, Response};

const FILTERS: &str = "goodsOwnerId purchaseOrderNumber purchaseOrderNumbers purchaseOrderStatusFrom \
    purchaseOrderStatusTo purchaseOrderStatusChangedTimeFrom lastReceiveTimeFrom lastReceiveTimeTo inDateFrom inDateTo \
    onlyPurchaseOrdersWithOrderLinesToReport articleNumbers purchaseOrderIdFrom maxPurchaseOrdersToGet";

/// All matches, ascending by id.
pub(super) fn list(owner: &Owner, request: &Request) -> Result<Response, Response> {
    let query = Query::of(request, FILTERS)?;
    let first = query.whole("purchaseOrderIdFrom")?.unwrap_or(0);
    let most = query.whole("maxPurchaseOrdersToGet")?.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(0));
    let (status_from, status_to) = (query.whole("purchaseOrderStatusFrom")?, query.whole("purchaseOrderStatusTo")?);
    let changed = query.time("purchaseOrderStatusChangedTimeFrom")?;
    let received = (query.time("lastReceiveTimeFrom")?, query.time("lastReceiveTimeTo")?);
    let expected = (query.time("inDateFrom")?, query.time("inDateTo")?);
    let to_report = query.flag("onlyPurchaseOrdersWithOrderLinesToReport")?;
    let matches = |order: &&PurchaseOrder| {
        let articles = order.lines.iter().map(|line| owner.articles[&line.article].number.as_str());
        query.admits("purchaseOrderNumber", Some(&order.number))
            && query.admits("purchaseOrderNumbers", Some(&order.number))
            && query.admits_any("articleNumbers", articles)
            && status_from.is_none_or(|from| order.status >= from)
            && status_to.is_none_or(|to| order.status <= to)
            && within(Some(order.status_changed), changed, None)
            && within(order.last_receive, received.0, received.1)
            && within(text(&order.head, "inDate").and_then(moment), expected.0, expected.1)
            && (!to_report || order.lines.iter().any(|line| line.received != line.reported.unwrap_or(Decimal::ZERO)))
    };
    let found = owner.purchase_orders.range(first..).map(|(_, order)| order).filter(matches);
    let list: Value = found.take(most).map(|order| of(owner, order.id)).collect();
    Ok(Response::json(200, &list))
}

/// `GetPurchaseOrderModel`.
pub(super) fn of(owner: &Owner, id: i64) -> Value {
    let order = &owner.purchase_orders[&id];
    let head = &order.head;
    json!({
        "goodsOwner": { "id": owner.id, "name": owner.name },
        "supplierInfo": nested(head, "supplierInfo", "supplierNumber supplierName"),
        "purchaseOrderInfo": info(owner, order),
        "purchaseOrderLines": order.lines.iter().map(|line| self::line(owner, line)).collect::<Vec<_>>(),
        "sellerInfo": nested(head, "sellerInfo", "sellerNumber sellerName"),
        "classes": nested_list(head, "classes", "code name"),
        "textLines": nested_list(head, "textLines", "rowNumber comment numberOfItems"),
    })
}

fn info(owner: &Owner, order: &PurchaseOrder) -> Value {
    let head = &order.head;
    let advanced = head.get("advanced").and_then(Value::as_object).cloned().unwrap_or_default();
    let as_written = "supplierOrderNumber goodsOwnerReference referenceNumber purchaseOrderRemark invoiceNumber \
        goodsOwnerPurchaseOrderId";
    let mut read = members(head, as_written);
    if !owner.rules.keeps_purchase_order_ids {
        read.remove("goodsOwnerPurchaseOrderId");
    }
    let computed = json!({
        "purchaseOrderId": order.id,
        "purchaseOrderNumber": order.number,
        "purchaseOrderStatus": status(&owner.rules.purchase_order_statuses, order.status),
        "purchaseOrderType": nested(head, "purchaseOrderType", "code name"),
        "inDate": plain_date(head, "inDate"),
        "warehouse": { "id": 1, "code": "MAIN", "name": "Main warehouse" },
        "createdDate": utc(order.created),
        "advanced": {
            "arrivalDate": null,
            "orderDate": time_of(&advanced, "orderDate"),
            "container": get(&advanced, "container"),
            "purchaseOrderIsReturnType": get(&advanced, "purchaseOrderIsReturnType"),
            "advisedDate": time_of(&advanced, "advisedDate"),
        },
        "freeValues": free_values(head),
        "createdByUser": null,
        "wayOfDelivery": nested(head, "wayOfDelivery", "code name"),
    });
    if let Value::Object(computed) = computed {
        read.extend(computed);
    }
    Value::Object(read)
}

/// Written as `freeBoolean1`, read as `freeBool1` (Ongoing sheet, section 6.2).
fn free_values(head: &Map<String, Value>) -> Value {
    let Some(written) = head.get("freeValues").and_then(Value::as_object) else { return Value::Null };
    let mut read = members(written, "freeText1 freeText2 freeText3 freeText4 freeText5 freeDecimal1 freeDecimal2");
    read.insert("freeBool1".to_owned(), get(written, "freeBoolean1"));
    read.insert("freeBool2".to_owned(), get(written, "freeBoolean2"));
    Value::Object(read)
}

fn line(owner: &Owner, line: &PurchaseOrderLine) -> Value {
    let article = &owner.articles[&line.article];
    let head = &line.head;
    let mut read = members(head, "comment rowPrice externalOrderLineId batchNumber weight");
    let currency = match get(head, "currencyCode") {
        Value::Null => Value::Null,
        code => json!({ "code": code, "name": null }),
    };
    let computed = json!({
        "id": line.id,
        "rowNumber": line.row,
        "article": {
            "articleSystemId": article.id,
            "articleNumber": article.number,
            "articleName": get(&article.head, "articleName"),
            "productCode": get(&article.head, "productCode"),
        },
        "advisedNumberOfItems": number(line.advised),
        "receivedNumberOfItems": number(line.received),
        "reportedNumberOfItems": line.reported.map_or(Value::Null, number),
        "articleItems": if line.items.is_empty() { Value::Null } else { json!(line.items) },
        "subPurchaseOrderLines": null,
        "lineType": nested(head, "lineType", "code name"),
        "returnCause": nested(head, "returnCause", "code name"),
        "freeValues": nested(head, "lineFreeValues", "freeText1 freeText2"),
        "inDate": plain_date(head, "inDate"),
        "textLines": nested_list(head, "textLines", "rowNumber comment numberOfItems"),
        "currency": currency,
    });
    if let Value::Object(computed) = computed {
        read.extend(computed);
    }
    Value::Object(read)
}
