//! An order as it is read.

use serde_json::{Map, Value, json};

use super::owner::{Order, OrderLine, Owner};
use super::rules::status;
use super::stock;
use super::values::{decimal, get, members, nested, nested_list, number, plain_date, time_of, utc, utc_or_null};

const AS_WRITTEN: &str = "goodsOwnerOrderId referenceNumber salesCode orderRemark deliveryInstruction servicePointCode \
    freeText1 freeText2 freeText3 preparedTransportDocumentId customerPrice consigneeOrderNumber warehouseInstruction \
    pickingPriority productionCode freightPrice invoiceUrl languageCode";

pub(super) const ADDRESS: &str = "name address1 address2 address3 postCode city countryCode countryStateCode";

/// `GetOrderModel`.
pub(super) fn of(owner: &Owner, id: i64) -> Value {
    let order = &owner.orders[&id];
    let list_or_null = |list: &Vec<Value>| if list.is_empty() { Value::Null } else { json!(list) };
    let advanced = order.head.get("advanced").and_then(Value::as_object).cloned().unwrap_or_default();
    let class_names = "id code name";
    let mut shown = json!({
        "goodsOwner": { "id": owner.id, "name": owner.name },
        "orderInfo": info(owner, order),
        "consignee": consignee(owner, order),
        "parcels": list_or_null(&order.parcels),
        "orderLines": order.lines.iter().map(|line| self::line(owner, line)).collect::<Vec<_>>(),
        "transporter": transporter(&order.head, "transporter"),
        "returnTransporter": transporter(&order.head, "returnTransporter"),
        "tracking": list_or_null(&order.tracking),
        "classes": nested_list(&order.head, "classes", class_names),
        "shipmentInfo": null,
        "returnTracking": null,
        "advanced": { "orderTextLines": nested_list(&advanced, "orderTextLines", "rowNumber comment numberOfItems") },
        "nonTransporterParcels": null,
        "wayBillRows": null,
    });
    owner.rules.absent.spell(&mut shown);
    shown
}

fn info(owner: &Owner, order: &Order) -> Value {
    let head = &order.head;
    let code_name = |name: &str| nested(head, name, "code name");
    let notification = |name: &str| nested(head, name, "toBeNotified value");
    let sum = |of: fn(&OrderLine) -> rust_decimal::Decimal| number(order.lines.iter().map(of).sum());
    let advanced = head.get("advanced").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut read = members(head, AS_WRITTEN);
    let computed = json!({
        "orderId": order.id,
        "orderNumber": order.number,
        "orderType": code_name("orderType"),
        "wayOfDelivery": code_name("wayOfDelivery"),
        "termsOfDeliveryType": code_name("termsOfDeliveryType"),
        "deliveryDate": plain_date(head, "deliveryDate"),
        "createdDate": utc(order.created),
        "shippedTime": utc_or_null(order.shipped),
        "wayBill": order.tracking.first().map_or(&Value::Null, |parcel| &parcel["waybill"]),
        "returnWayBill": null,
        "orderStatus": status(&owner.rules.order_statuses, order.status),
        "emailNotification": notification("emailNotification"),
        "smsNotification": notification("smsNotification"),
        "telephoneNotification": notification("telephoneNotification"),
        "orderedNumberOfItems": sum(|line| line.ordered),
        "allocatedNumberOfItems": sum(|line| line.allocated),
        "pickedNumberOfItems": sum(|line| line.picked),
        "customsInfo": nested(head, "customsInfo", "customsValueCurrencyCode"),
        "warehouse": { "id": 1, "code": "MAIN", "name": "Main warehouse" },
        "marketPlace": nested(head, "marketPlace", "marketPlace marketPlaceOrderNumber"),
        "orderFreeDateTime1": time_of(head, "orderFreeDateTime1"),
        "sortLocation": null,
        "advanced": {
            "invoiceNumber": get(&advanced, "invoiceNumber"),
            "arrivalDate": time_of(&advanced, "arrivalDate"),
            "deliveryDateWithTime": time_of(head, "deliveryDate"),
            "backOrderInfo": order.back_order_for.map(|first| json!({ "backOrderForOrderId": first })),
            "orderHeaderUpdated": utc(order.updated),
            "transportPaymentType": null,
        },
    });
    if let Value::Object(computed) = computed {
        read.extend(computed);
    }
    Value::Object(read)
}

fn consignee(owner: &Owner, order: &Order) -> Value {
    let names = format!("customerNumber {ADDRESS} remark doorCode organisationNumber vatNumber");
    let head = &Map::from_iter([("consignee".to_owned(), owner.consignee(order))]);
    let mut read = nested(head, "consignee", &names);
    let written = head.get("consignee").and_then(Value::as_object).cloned().unwrap_or_default();
    let customer = written.get("customerNumber").and_then(Value::as_str).and_then(|number| owner.customers.get(number));
    read["id"] = customer.map_or(Value::Null, |(id, _)| json!(id));
    read["advanced"] = nested(&written, "advanced", "telephoneNotification emailNotification smsNotification");
    read["invoiceAddress"] = nested(&written, "invoiceAddress", &format!("{ADDRESS} advanced"));
    read
}

fn transporter(head: &Map<String, Value>, name: &str) -> Value {
    match head.get(name).and_then(Value::as_object) {
        Some(written) => json!({
            "transporterName": null,
            "name": null,
            "code": get(written, "transporterCode"),
            "serviceCode": get(written, "transporterServiceCode"),
            "transporterContract": null,
            "serviceComment": null,
        }),
        None => Value::Null,
    }
}

fn line(owner: &Owner, line: &OrderLine) -> Value {
    let article = &owner.articles[&line.article];
    let head = &line.head;
    let parts = parts(owner, line);
    let picked = if parts.is_empty() { line.picked } else { rust_decimal::Decimal::ZERO };
    let as_written = "comment serialNumber lineTotalCustomsValue batchNumber customerArticleNumber externalId \
        minDaysToExpiryDate maxDaysToExpiryDate warehouseInstruction";
    let mut read = members(head, as_written);
    let computed = json!({
        "id": line.id,
        "rowNumber": line.row,
        "article": {
            "articleSystemId": article.id,
            "articleNumber": article.number,
            "articleName": get(&article.head, "articleName"),
            "productCode": get(&article.head, "productCode"),
            "articleKind": stock::kind(article),
        },
        "orderedNumberOfItems": number(line.ordered),
        "allocatedNumberOfItems": number(line.allocated),
        "pickedNumberOfItems": number(picked),
        "packedNumberOfItems": number(rust_decimal::Decimal::ZERO),
        "returnedNumberOfItems": number(rust_decimal::Decimal::ZERO),
        "reportedNumberOfItems": line.reported.map_or(Value::Null, number),
        "reportedReturnedNumberOfItems": null,
        "shouldBePicked": line.is_goods(),
        "pickedArticleItems": if line.items.is_empty() { Value::Null } else { json!(line.items) },
        "subOrderLines": if parts.is_empty() { Value::Null } else { json!(parts) },
        "lineType": nested(head, "lineType", "code name"),
        "prices": nested(head, "prices", "linePrice customerLinePrice currencyCode discountPercentage"),
        "freeValues": nested(head, "lineFreeValues", "freeText1 freeDecimal1"),
        "deliveryDate": plain_date(head, "deliveryDate"),
        "vat": nested(head, "vat", "code percent"),
        "pickOrderInfo": null,
    });
    if let Value::Object(computed) = computed {
        read.extend(computed);
    }
    Value::Object(read)
}

/// The rows of a kit's parts, where its picks stand on them.
fn parts(owner: &Owner, line: &OrderLine) -> Vec<Value> {
    let article = &owner.articles[&line.article];
    let rows = article.head.get("structureDefinition").and_then(|kit| kit["rows"].as_array());
    let rows = rows.filter(|_| owner.rules.kits_pick_parts).map_or(&[][..], Vec::as_slice);
    let part = |(at, part): (usize, &Value)| {
        let each = decimal(&part["numberOfItems"]).unwrap_or_default();
        json!({
            "id": line.id * 100 + at as i64,
            "rowNumber": format!("{}-{}", line.row, at + 1),
            "article": { "articleNumber": part["articleNumber"] },
            "orderedNumberOfItems": number(line.ordered * each),
            "pickedNumberOfItems": number(line.picked * each),
        })
    };
    rows.iter().enumerate().map(part).collect()
}
