//! `SaveInvoices` and `UpdateInvoices`: what changes an order, and what refuses to (Finago sheet, section 2.4).

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::model::{Identity, Kind};
use super::{codec, dates, selection};

/// States that belong to the accounts: such an order cannot be changed any more.
const CLOSED: [&str; 3] = ["Invoiced", "InvoicedCashAccount", "InvoicedPack"];
const SENT: &str = "OrderState_Sent";

/// An order's state; one that was never set is `Web`.
pub(super) fn status(order: &Value) -> &str {
    Some(codec::text(order, "OrderStatus")).filter(|state| !state.is_empty()).unwrap_or("Web")
}

pub(super) fn save(identity: &mut Identity, now: Timestamp, args: &Value) -> Value {
    each(identity, args, |identity, order| match codec::number(order, "OrderId") {
        Some(id) => change(identity, now, id, order),
        None => make(identity, now, order),
    })
}

/// The only change an invoiced order allows: its title and its reference number.
pub(super) fn update(identity: &mut Identity, now: Timestamp, args: &Value) -> Value {
    each(identity, args, |identity, order| {
        let id = codec::number(order, "OrderId").ok_or("OrderId is required")?;
        let members = selection::pick(order, &["InvoiceTitle", "ReferenceNumber"]);
        identity.change(Kind::Order, id, &members, now).map_err(|_| format!("Order {id} does not exist"))?;
        Ok(id)
    })
}

fn each(
    identity: &mut Identity,
    args: &Value,
    mut one: impl FnMut(&mut Identity, &Value) -> Result<i64, String>,
) -> Value {
    let empty = Vec::new();
    let given = args.pointer("/invoices/InvoiceOrder").and_then(Value::as_array).unwrap_or(&empty);
    let answers = given.iter().map(|order| match one(identity, order) {
        Ok(id) => {
            let stored = identity.record(Kind::Order, id).map(|record| record.shown()).unwrap_or_default();
            selection::pick(&stored, &["OrderId", "CustomerId", "OrderStatus", "DateChanged"])
        }
        Err(message) => {
            identity.effects.refusals.push(message.clone());
            json!({ "OrderId": order["OrderId"], "APIException": selection::exception("InvoiceException", &message) })
        }
    });
    json!({ "InvoiceOrder": answers.collect::<Vec<_>>() })
}

fn make(identity: &mut Identity, now: Timestamp, order: &Value) -> Result<i64, String> {
    customer(identity, order)?;
    let mut order = order.clone();
    codec::merge(&mut order, &json!({ "APIException": null, "DateOrdered": dates::write(now) }));
    let id = identity.put(Kind::Order, &order, now)?;
    identity.effects.orders_made.push(id);
    Ok(id)
}

fn change(identity: &mut Identity, now: Timestamp, id: i64, order: &Value) -> Result<i64, String> {
    let stored = identity.record(Kind::Order, id).ok_or_else(|| format!("Order {id} does not exist"))?;
    let before = status(&stored.body).to_owned();
    if CLOSED.contains(&before.as_str()) {
        return Err(format!("Order {id} is invoiced and cannot be changed"));
    }
    let rows = rows_after(&stored.body, order)?;
    customer(identity, order)?;
    // A state that is not sent is the default of its member, and the default is what gets saved.
    let after = status(order).to_owned();
    let mut members = order.clone();
    codec::merge(
        &mut members,
        &json!({ "OrderId": null, "APIException": null, "DateChanged": null, "InvoiceRows": null }),
    );
    codec::merge(&mut members, &json!({ "OrderStatus": after }));
    if let Value::Object(members) = &mut members {
        let left_out = |name: &str| !members.contains_key(name) && !identity.saves_keep_members;
        // What a save takes anew where it is left out: the number from the customer's card, the others their defaults.
        let card = codec::number(order, "CustomerId").and_then(|id| identity.record(Kind::Company, id));
        let gln = card.map(|card| codec::text(&card.body, "GlnNumber").to_owned()).unwrap_or_default();
        let anew = [("GLNNumber", gln.as_str()), ("SendToFactoring", "true"), ("Distributor", "Default")];
        let anew: Vec<(&str, &str)> = anew.into_iter().filter(|(name, _)| left_out(name)).collect();
        // Nil says nothing about a member; it does not empty it.
        members.retain(|_, value| !value.is_null());
        members.extend(anew.into_iter().map(|(name, value)| (name.to_owned(), json!(value))));
    }
    if let Some(rows) = rows {
        codec::merge(&mut members, &json!({ "InvoiceRows": { "InvoiceRow": rows } }));
    }
    identity.change(Kind::Order, id, &members, now)?;
    if before != after {
        identity.effects.status_changes.push((id, before, after.clone()));
        moved(identity, now, id, &after);
    }
    Ok(id)
}

fn customer(identity: &Identity, order: &Value) -> Result<(), String> {
    let id = codec::number(order, "CustomerId").ok_or("CustomerId is required")?;
    identity.record(Kind::Company, id).map(drop).ok_or_else(|| format!("Customer {id} does not exist"))
}

/// The rows after the changes that were sent, `None` when none were.
fn rows_after(stored: &Value, order: &Value) -> Result<Option<Vec<Value>>, String> {
    let Some(sent) = order.pointer("/InvoiceRows/InvoiceRow").and_then(Value::as_array) else { return Ok(None) };
    let mut rows = stored.pointer("/InvoiceRows/InvoiceRow").and_then(Value::as_array).cloned().unwrap_or_default();
    for row in sent {
        let id = codec::number(row, "RowId");
        let place = rows.iter().position(|stored| id.is_some() && codec::number(stored, "RowId") == id);
        let mut members = row.clone();
        codec::merge(&mut members, &json!({ "ChangeState": null }));
        match (codec::text(row, "ChangeState"), place) {
            ("Add", _) => {
                let next = rows.iter().filter_map(|row| codec::number(row, "RowId")).max().unwrap_or(0) + 1;
                codec::merge(&mut members, &json!({ "RowId": next.to_string() }));
                rows.push(members);
            }
            ("Edit", Some(place)) => codec::merge(&mut rows[place], &members),
            ("Delete", Some(place)) => drop(rows.remove(place)),
            ("Edit" | "Delete", None) => return Err("RowId is required to change a row".into()),
            _ => return Err("ChangeState must be Add, Edit or Delete".into()),
        }
    }
    Ok(Some(rows))
}

/// What a new state sets off: Sent takes the goods from stock, Invoiced sends the invoice.
fn moved(identity: &mut Identity, now: Timestamp, id: i64, after: &str) {
    let order = identity.record(Kind::Order, id).map(|record| record.body.clone()).unwrap_or_default();
    if after == "Invoiced" {
        let number = (id + 50_000).to_string();
        let invoiced = json!({ "InvoiceId": number, "DateInvoiced": dates::write(now) });
        if let Some(record) = identity.record_mut(Kind::Order, id) {
            codec::merge(&mut record.body, &invoiced);
        }
        if codec::text(&order, "DistributionMethod") == "EMail" {
            identity.effects.mails.push(id);
        }
    }
    if after != SENT || !identity.sent_takes_stock || codec::text(&order, "SkipStock") == "true" {
        return;
    }
    for row in order.pointer("/InvoiceRows/InvoiceRow").and_then(Value::as_array).into_iter().flatten() {
        let (Some(product), Some(quantity)) = (codec::number(row, "ProductId"), codec::decimal(row, "Quantity")) else {
            continue;
        };
        let Some(record) = identity.record_mut(Kind::Product, product) else { continue };
        if codec::text(&record.body, "StockControlled") == "true" {
            let stock = codec::decimal(&record.body, "Stock").unwrap_or(Decimal::ZERO) - quantity;
            codec::merge(&mut record.body, &json!({ "Stock": stock.to_string() }));
            identity.effects.goods_issues.push((id, product, quantity));
        }
    }
}
