//! `InvoiceService.asmx`, the reading side: orders and invoices are one type (Finago sheet, sections 2.2 and 2.3).

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::model::{Identity, Kind};
use super::soap::Fault;
use super::{Rules, codec, invoice_save, selection};

/// A `ChangedAfter` older than this walks the whole order table.
const FAR_BACK: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Answers an operation on the identity's orders, `None` when the service has no such operation.
pub(super) fn answer(
    identity: &mut Identity,
    now: Timestamp,
    rules: &Rules,
    operation: &str,
    args: &Value,
) -> Option<Result<Value, Fault>> {
    Some(match operation {
        "GetInvoices" => get(identity, now, rules, args),
        "GetOrderSyncList" => sync_list(identity, rules, args),
        "GetDeliveryMethods" => Ok(delivery_methods(identity)),
        "SaveInvoices" => Ok(invoice_save::save(identity, now, args)),
        "UpdateInvoices" => Ok(invoice_save::update(identity, now, args)),
        _ => return None,
    })
}

fn get(identity: &Identity, now: Timestamp, rules: &Rules, args: &Value) -> Result<Value, Fault> {
    let names = selection::names(args, "invoiceReturnProperties", "InvoiceOrder")?;
    let row_names = selection::names(args, "rowReturnProperties", "InvoiceRow")?;
    let empty = json!({});
    let search = args.get("searchParams").unwrap_or(&empty);
    let filled = |name: &str| codec::ints(search, name).filter(|ids| !ids.is_empty());
    let [customers, invoices, orders, external] =
        ["CustomerIds", "InvoiceIds", "OrderIds", "ExternalStatus"].map(filled);
    let states = codec::list(search, "OrderStates", "OrderSlipStateType").filter(|states| !states.is_empty());
    let changed = rules.after(codec::text(search, "ChangedAfter"))?;
    let unfiltered = customers.is_none() && invoices.is_none() && orders.is_none() && external.is_none();
    if unfiltered && states.is_none() && changed.is_none() {
        return Err(Fault::server("At least one search parameter must be given"));
    }
    if orders.as_ref().is_some_and(|ids| ids.len() > rules.largest_batch) {
        return Err(Fault::server(&format!("OrderIds is limited to {} items", rules.largest_batch)));
    }
    let all = identity.records(Kind::Order);
    let far_back = changed.as_ref().is_some_and(|after| after(now - FAR_BACK));
    if orders.is_none() && far_back && all.len() > rules.largest_search {
        return Err(Fault::server("Timeout expired. The timeout period elapsed prior to completion of the operation."));
    }
    let among =
        |ids: &Option<Vec<i64>>, id: Option<i64>| ids.as_ref().is_none_or(|ids| id.is_some_and(|id| ids.contains(&id)));
    let found = all.into_iter().filter(|(id, record)| {
        among(&orders, Some(*id))
            && among(&customers, codec::number(&record.body, "CustomerId"))
            && among(&invoices, codec::number(&record.body, "InvoiceId"))
            && among(&external, codec::number(&record.body, "ExternalStatus"))
            && states.as_ref().is_none_or(|states| states.contains(&invoice_save::status(&record.body)))
            && changed.as_ref().is_none_or(|after| after(record.changed))
    });
    let list: Vec<Value> = found.map(|(_, record)| show(&record.shown(), &names, &row_names)).collect();
    // No order at all: the result element itself is missing, where the other services send an empty one.
    Ok(if list.is_empty() { Value::Null } else { json!({ "InvoiceOrder": list }) })
}

fn show(order: &Value, names: &[&str], row_names: &[&str]) -> Value {
    let mut shown = selection::pick(order, names);
    if let Some(rows) = shown.pointer_mut("/InvoiceRows/InvoiceRow").and_then(Value::as_array_mut) {
        for row in rows {
            *row = selection::pick(row, row_names);
        }
    }
    shown
}

fn sync_list(identity: &Identity, rules: &Rules, args: &Value) -> Result<Value, Fault> {
    let empty = json!({});
    let params = args.get("syncParams").unwrap_or(&empty);
    let changed = rules.after(codec::text(params, "ChangedAfter"))?;
    let registered = rules.after(codec::text(params, "RegisteredAfter"))?;
    let found = identity.records(Kind::Order).into_iter().filter(|(_, record)| {
        changed.as_ref().is_none_or(|after| after(record.changed))
            && registered.as_ref().is_none_or(|after| after(record.registered))
    });
    Ok(json!({ "int": found.map(|(id, _)| id.to_string()).collect::<Vec<_>>() }))
}

fn delivery_methods(identity: &Identity) -> Value {
    let one = |(id, description): (&i64, &String)| json!({ "Id": id.to_string(), "Description": description });
    json!({ "DeliveryMethod": identity.delivery_methods.iter().map(one).collect::<Vec<_>>() })
}
