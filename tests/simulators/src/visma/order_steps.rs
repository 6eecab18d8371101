//! The steps of an order that are calls of their own (Visma sheet, section 2).

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::Desk;
use super::fault::Fault;
use super::members::{Body, amount, number, text};
use super::orders::{DRAFT, INVOICED, ONGOING, SHIPPED, created, status, store, total};

/// Takes an order one step further; answers with the order, or with the new one for `backorder`.
///
/// # Errors
/// 3000 without such an order or step, 4000 where the order's status does not allow the step, 4028 for undoing an order
/// with a backorder.
pub fn step(desk: &mut Desk<'_>, id: &str, step: &str) -> Result<Body, Fault> {
    let before = desk.company.table("orders").get(id).cloned().ok_or_else(|| Fault::missing("order"))?;
    let mut after = before.clone();
    match (step, status(&before)) {
        ("converteddrafttoorder", DRAFT) => {
            after.insert("Status".into(), json!(ONGOING));
            if after["Number"].is_null() {
                after.insert("Number".into(), json!(desk.company.next_order));
                desk.company.next_order += 1;
            }
        }
        ("completed", ONGOING) => complete(desk, &mut after),
        ("voided", SHIPPED) => {
            if desk.company.backorders.contains_key(text(&before, "Id")) {
                return Err(Fault::new(400, 4028, "The order has backorders and cannot be undone."));
            }
            after.insert("Status".into(), json!(ONGOING));
            after.insert("ShippedDateTime".into(), Value::Null);
        }
        ("backorder", SHIPPED | INVOICED) => return backorder(desk, &before),
        ("converteddrafttoorder" | "completed" | "voided" | "backorder", _) => {
            return Err(Fault::conflict(&format!("The status of the order does not allow {step}.")));
        }
        _ => return Err(Fault::missing("resource")),
    }
    after.insert("ModifiedUtc".into(), json!(desk.stamp()));
    store(desk.company, Some(&before), Some(&after));
    Ok(after)
}

fn complete(desk: &Desk<'_>, order: &mut Body) {
    if let (true, Some(Value::Array(rows))) = (desk.rules.completed_delivers_all, order.get_mut("Rows")) {
        for row in rows.iter_mut().filter_map(Value::as_object_mut) {
            row.insert("DeliveredQuantity".into(), row["Quantity"].clone());
        }
    }
    order.insert("Status".into(), json!(SHIPPED));
    order.insert("ShippedDateTime".into(), json!(desk.today()));
    order.insert("DeliveredAmount".into(), number(total(order, "DeliveredQuantity")));
}

fn backorder(desk: &mut Desk<'_>, order: &Body) -> Result<Body, Fault> {
    if desk.company.backorders.contains_key(text(order, "Id")) {
        return Err(Fault::conflict("The order already has a backorder."));
    }
    let mut rest = order.clone();
    let Some(Value::Array(rows)) = rest.get_mut("Rows") else {
        return Err(Fault::conflict("Nothing is left to deliver."));
    };
    rows.retain_mut(|row| {
        let Some(row) = row.as_object_mut() else { return false };
        let left = amount(row, "Quantity") - amount(row, "DeliveredQuantity");
        row.insert("Quantity".into(), number(left));
        row.insert("DeliveredQuantity".into(), json!(0));
        row.insert("Id".into(), json!(desk.ids.fresh()));
        left > Decimal::ZERO
    });
    if rows.is_empty() {
        return Err(Fault::conflict("Nothing is left to deliver."));
    }
    for (member, value) in [
        ("Id", json!(desk.ids.fresh())),
        ("Number", json!(desk.company.next_order)),
        ("Status", json!(ONGOING)),
        ("ShippedDateTime", Value::Null),
        ("DeliveredAmount", json!(0)),
        ("Amount", number(total(&rest, "Quantity"))),
    ] {
        rest.insert(member.into(), value);
    }
    created(desk, &mut rest);
    desk.company.next_order += 1;
    desk.company.backorders.insert(text(order, "Id").to_owned(), text(&rest, "Id").to_owned());
    store(desk.company, None, Some(&rest));
    Ok(rest)
}
