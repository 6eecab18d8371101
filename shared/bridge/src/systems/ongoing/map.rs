//! Ongoing's REST bodies out of the domain's words: the right column of section 5 of the Ongoing sheet. Absent members
//! are left out.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::values;
use crate::tenant::ValueMap;
use crate::words::domain::{
    Address, Article, CodeName, Customer, Extra, Order, OrderLine, OrderTextLine, PurchaseOrder, PurchaseOrderLine,
    Record, Supplier, SupplierAddress,
};
use crate::words::fault::Result;
use crate::words::feed::Feed;
use crate::words::vocabulary::{lengths, ongoing};
use crate::words::wire::number;

/// `PUT /articles`.
///
/// # Errors
/// [`Fault::Rejected`](crate::words::fault::Fault) with the path of a key that is too long, or of a value that is not to go
/// unmapped.
pub fn article(article: &Article, goods_owner_id: i64, values: &[ValueMap]) -> Result<Value> {
    finished(Feed::Articles, article_members(article, goods_owner_id), values)
}

fn article_members(article: &Article, goods_owner_id: i64) -> Value {
    let body = json!({
        "goodsOwnerId": goods_owner_id,
        "articleNumber": article.article_number,
        "articleName": article.article_name,
        "productCode": article.product_code,
        "description": article.article_description,
        "unitCode": article.article_unit_code,
        "barCodeInfo": { "barCode": article.bar_code },
        "weight": decimal(article.weight),
        "customerPrice": decimal(article.customer_price),
        "purchasePrice": decimal(article.purchase_price),
        "stockValuationPrice": decimal(article.stock_valuation_price),
        // Misspelt in the API (Ongoing sheet, section 6).
        "purcaseCurrencyCode": article.purchase_currency_code,
        "articleGroup": code_name(article.article_group.as_ref()),
        "isActive": article.active,
        "isStockArticle": article.stock_article,
        "supplierInfo": article.supplier.as_ref().map(|supplier| json!({
            "supplierNumber": supplier.supplier_number,
            "supplierName": supplier.supplier_name,
            "advanced": { "supplierAddress": supplier.address.as_ref().map(supplier_address) },
        })),
    });
    present(body, &article.extra)
}

/// `PUT /orders`.
///
/// # Errors
/// [`Fault::Rejected`](crate::words::fault::Fault) with the path of a key that is too long, or of a value that is not to go
/// unmapped.
pub fn order(order: &Order, goods_owner_id: i64, values: &[ValueMap]) -> Result<Value> {
    finished(Feed::Orders, order_members(order, goods_owner_id), values)
}

fn order_members(order: &Order, goods_owner_id: i64) -> Value {
    let info = &order.order_info;
    let notification = &info.order_notification;
    let body = json!({
        "goodsOwnerId": goods_owner_id,
        "goodsOwnerOrderId": info.goods_owner_order_id,
        "orderNumber": info.goods_owner_order_number,
        "deliveryDate": info.delivery_date.date.to_string(),
        "termsOfDeliveryType": code_name(info.terms_of_delivery_type.as_ref()),
        "productionCode": info.production_code,
        "referenceNumber": info.reference_number,
        "salesCode": info.sales_code,
        "wayOfDelivery": code_name(info.way_of_delivery_type.as_ref()),
        "orderRemark": info.order_remark,
        "languageCode": info.language,
        "deliveryInstruction": info.delivery_instruction,
        "customerPrice": decimal(info.customer_price),
        "emailNotification": { "value": notification.email, "toBeNotified": notification.notify_by_email },
        "smsNotification": { "value": notification.mobile_phone, "toBeNotified": notification.notify_by_sms },
        "telephoneNotification": { "value": notification.telephone },
        "consignee": consignee(&order.customer),
        "orderLines": order.order_lines.iter().map(order_line).collect::<Vec<_>>(),
        "advanced": {
            "wayOfDeliveryString": info.way_of_delivery,
            "termsOfPaymentString": info.terms_of_payment,
            "invoiceNumber": info.invoice_number,
            "orderTextLines": order.order_text_lines.iter().map(order_text_line).collect::<Vec<_>>(),
        },
    });
    present(body, &order.extra)
}

fn consignee(customer: &Customer) -> Value {
    json!({
        "customerNumber": customer.number,
        "name": customer.name,
        "address1": customer.address,
        "address2": customer.address2,
        "postCode": customer.post_code,
        "city": customer.city,
        "countryCode": customer.country_code,
        "countryStateCode": customer.country_state_code,
        "remark": customer.remark,
        "organisationNumber": customer.organisation_number,
        "vatNumber": customer.vat_number,
        "advanced": {
            "externalCustomerCode": customer.external_customer_code,
            "smsNotification": { "value": customer.mobile_phone },
            "telephoneNotification": { "value": customer.telephone },
            "emailNotification": { "value": customer.email },
        },
        "invoiceAddress": customer.invoice_address.as_ref().map(invoice_address),
    })
}

fn invoice_address(address: &Address) -> Value {
    json!({
        "name": address.name,
        "address1": address.address,
        "address2": address.address2,
        "postCode": address.post_code,
        "city": address.city,
        "countryCode": address.country_code,
        "countryStateCode": address.country_state_code,
    })
}

fn order_line(line: &OrderLine) -> Value {
    json!({
        "rowNumber": line.external_order_line_code,
        "externalId": line.external_id,
        "articleNumber": line.article_number,
        "numberOfItems": number(line.number_of_items),
        "prices": {
            "linePrice": decimal(line.line_price),
            "currencyCode": line.currency_code,
            "discountPercentage": decimal(line.discount),
            "customerLinePrice": decimal(line.customer_line_price),
        },
        "comment": line.order_line_comment,
        "lineFreeValues": { "freeText1": line.line_free_text1 },
    })
}

fn order_text_line(line: &OrderTextLine) -> Value {
    json!({
        "rowNumber": line.external_order_line_code,
        "numberOfItems": number(line.number_of_items),
        "comment": line.order_line_comment,
    })
}

/// `PUT /purchaseOrders`.
///
/// # Errors
/// [`Fault::Rejected`](crate::words::fault::Fault) with the path of a key that is too long, or of a value that is not to go
/// unmapped.
pub fn purchase_order(order: &PurchaseOrder, goods_owner_id: i64, values: &[ValueMap]) -> Result<Value> {
    finished(Feed::PurchaseOrders, purchase_order_members(order, goods_owner_id), values)
}

fn purchase_order_members(order: &PurchaseOrder, goods_owner_id: i64) -> Value {
    let body = json!({
        "goodsOwnerId": goods_owner_id,
        "goodsOwnerPurchaseOrderId": order.goods_owner_purchase_order_id,
        "purchaseOrderNumber": order.order_number,
        "purchaseOrderRemark": order.order_remark,
        "referenceNumber": order.reference_number,
        "wayOfDelivery": code_name(order.way_of_delivery.as_ref()),
        "inDate": order.in_date.map(|date| date.to_string()),
        "supplierInfo": order.supplier.as_ref().map(purchase_supplier),
        "purchaseOrderLines": order.order_lines.iter().map(purchase_order_line).collect::<Vec<_>>(),
    });
    present(body, &order.extra)
}

fn purchase_supplier(supplier: &Supplier) -> Value {
    json!({
        "supplierNumber": supplier.supplier_number,
        "supplierName": supplier.supplier_name,
        "supplierAddress": supplier.address.as_ref().map(supplier_address),
    })
}

fn purchase_order_line(line: &PurchaseOrderLine) -> Value {
    json!({
        "rowNumber": line.external_order_line_id,
        "externalOrderLineId": line.external_order_line_id,
        "articleNumber": line.article_number,
        "numberOfItems": number(line.number_of_items),
        "comment": line.article_name,
        "lineFreeValues": { "freeText1": line.product_code },
    })
}

fn supplier_address(address: &SupplierAddress) -> Value {
    json!({
        "address": address.address,
        "postCode": address.post_code,
        "city": address.city,
        "countryCode": address.country_code,
        "email": address.email,
    })
}

fn code_name(pair: Option<&CodeName>) -> Option<Value> {
    pair.map(|pair| json!({ "code": pair.code, "name": pair.name }))
}

fn decimal(value: Option<Decimal>) -> Option<Value> {
    value.map(number)
}

/// What the maps make of a record: the members that become others, before anything is looked up for it.
///
/// # Errors
/// As [`values::apply`].
pub fn mapped_values(record: &Record, maps: &[ValueMap]) -> Result<Vec<values::Told>> {
    match (record.feed(), members(record, 0)) {
        (Some(feed), Some(mut body)) if !maps.is_empty() => values::apply(feed, &mut body, maps),
        _ => Ok(Vec::new()),
    }
}

/// The members of a record's body before its values are mapped and its texts cut; `None` of a withdrawal, which has none.
#[must_use]
pub fn members(record: &Record, goods_owner_id: i64) -> Option<Value> {
    match record {
        Record::Article(article) => Some(article_members(article, goods_owner_id)),
        Record::Order(order) => Some(order_members(order, goods_owner_id)),
        Record::PurchaseOrder(order) => Some(purchase_order_members(order, goods_owner_id)),
        Record::Withdrawal(_) => None,
    }
}

/// Without absent members, with the tenant's own.
fn present(body: Value, extra: &Extra) -> Value {
    let mut body = without_absent(body).unwrap_or_default();
    for (pointer, value) in extra {
        set(&mut body, pointer, ongoing::fitted(pointer, value));
    }
    body
}

/// With the tenant's words for its values, and no text longer than Ongoing takes.
fn finished(feed: Feed, mut body: Value, values: &[ValueMap]) -> Result<Value> {
    if !values::apply(feed, &mut body, values)?.is_empty() {
        body = without_absent(body).unwrap_or_default();
    }
    // Required, even when nothing is known of the consignee.
    if body.get("orderNumber").is_some() && body.get("consignee").is_none() {
        set(&mut body, "/consignee", json!({}));
    }
    lengths::fit(feed, &mut body)?;
    Ok(body)
}

/// Drops `null`s and the objects and lists that hold nothing else.
fn without_absent(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Object(members) => {
            let members: Map<String, Value> =
                members.into_iter().filter_map(|(name, value)| Some((name, without_absent(value)?))).collect();
            (!members.is_empty()).then_some(Value::Object(members))
        }
        Value::Array(elements) => {
            let elements: Vec<Value> = elements.into_iter().filter_map(without_absent).collect();
            (!elements.is_empty()).then_some(Value::Array(elements))
        }
        other => Some(other),
    }
}

fn set(body: &mut Value, pointer: &str, value: Value) {
    let mut place = body;
    for name in pointer.split('/').skip(1) {
        if !place.is_object() {
            *place = json!({});
        }
        place = &mut place[name];
    }
    *place = value;
}
