//! Purchase orders: upsert by number or update by id until goods reception has started, and cancelling.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::owner::{House, Owner, PurchaseOrder};
use super::routes::Body;
use super::values::{merge, text};
use super::webhooks::Origin;
use super::written::{existing, lines, rows};
use super::{articles, refusal, stock};
use crate::Response;

/// The purchase order's id, out of a path.
pub(super) fn by_id(owner: &Owner, id: &str) -> Result<i64, Response> {
    let known = id.parse().ok().filter(|id| owner.purchase_orders.contains_key(id));
    known.ok_or_else(|| refusal::message(404, &format!("PurchaseOrderId {id} not found")))
}

/// The purchase order's id by its number.
pub(super) fn by_number(owner: &Owner, number: &str) -> Result<i64, Response> {
    let found = owner.purchase_orders.values().find(|order| order.number == number).map(|order| order.id);
    found.ok_or_else(|| refusal::message(404, &format!("Purchase order number {number} not found")))
}

fn untouched(owner: &Owner, id: i64, wish: &str) -> Result<(), Response> {
    let order = &owner.purchase_orders[&id];
    let number = &order.number;
    if order.status == owner.rules.purchase_order_cancelled_status {
        if owner.rules.opens_cancelled && wish == "updated" {
            return Ok(());
        }
        let text = format!("Purchase order {number} is already cancelled.");
        return Err(refusal::message(owner.rules.refusal_status, &text));
    }
    let received = order.lines.iter().any(|line| line.received > Decimal::ZERO);
    if received || order.status >= owner.rules.purchase_order_started_from_status {
        let text = format!("Purchase order {number} cannot be {wish}: goods reception has started.");
        return Err(refusal::message(owner.rules.refusal_status, &text));
    }
    Ok(())
}

/// Creates or updates by number; with an id only updates, and the number may change.
pub(super) fn put(
    owner: &mut Owner,
    house: &mut House,
    now: Timestamp,
    target: Option<i64>,
    body: Body,
) -> Result<Response, Response> {
    let Body { raw, mut head } = body;
    let number = text(&head, "purchaseOrderNumber").unwrap_or_default().to_owned();
    let holder = by_number(owner, &number).ok();
    let taken = format!("Another purchase order already has number '{number}'.");
    let existing = existing(target, holder, &taken)?;
    if let Some(id) = existing {
        untouched(owner, id, "updated")?;
    }
    let written = head.remove("purchaseOrderLines").filter(Value::is_array);
    articles::make_named(owner, house, now, written.as_ref());
    let written = written.map(|lines| rows(owner, &lines)).transpose()?;
    let said = owner.remember_supplier(house, &head);
    let id = existing.unwrap_or_else(|| house.purchase_order_ids.next());
    let (merging, keeps) = (owner.rules.merging(), owner.rules.keeps_missing_rows);
    let start =
        head.get("advanced").and_then(|advanced| advanced["purchaseOrderStatusCreated"].as_i64()).unwrap_or(100);
    let order = owner.purchase_orders.entry(id).or_insert_with(|| PurchaseOrder {
        id,
        number: number.clone(),
        head: Map::new(),
        body: Value::Null,
        status: start,
        lines: Vec::new(),
        created: now,
        status_changed: now,
        last_receive: None,
    });
    order.number.clone_from(&number);
    if order.status == owner.rules.purchase_order_cancelled_status {
        (order.status, order.status_changed) = (start, now);
    }
    order.head = merge(&order.head, &head, merging);
    order.body = raw;
    let mut touched: Vec<i64> = order.lines.iter().map(|line| line.article).collect();
    if let Some(written) = written {
        let before = std::mem::take(&mut order.lines);
        order.lines = lines(house, before, written, merging, keeps);
    }
    touched.extend(order.lines.iter().map(|line| line.article));
    stock::touch(owner, touched.into_iter(), now);
    let verb = if existing.is_none() { "created" } else { "updated" };
    if existing.is_none() {
        house.journal.purchase_order(&Origin::of(owner, now), &owner.purchase_orders[&id]);
    }
    let message = format!("{said}Inorder with order number {number} {verb}. <br/>");
    Ok(owner.accepted(house, 200, "purchaseOrderId", id, &message))
}

/// Deleting is cancelling: the purchase order stays, with the status of cancelled ones.
pub(super) fn cancel(owner: &mut Owner, house: &mut House, now: Timestamp, id: i64) -> Result<Response, Response> {
    let number = owner.purchase_orders[&id].number.clone();
    if owner.rules.cancels_again && owner.purchase_orders[&id].status == owner.rules.purchase_order_cancelled_status {
        let text = format!("Inorder with order number {number} cancelled.");
        return Ok(owner.accepted(house, 200, "purchaseOrderId", id, &text));
    }
    untouched(owner, id, "cancelled")?;
    set_status(owner, house, now, id, owner.rules.purchase_order_cancelled_status);
    Ok(owner.accepted(house, 200, "purchaseOrderId", id, &format!("Inorder with order number {number} cancelled.")))
}

/// Moves the purchase order to a status, and announces it where that is a change.
pub(super) fn set_status(owner: &mut Owner, house: &mut House, now: Timestamp, id: i64, status: i64) {
    let origin = Origin::of(owner, now);
    let Some(order) = owner.purchase_orders.get_mut(&id) else { return };
    if order.status == status {
        return;
    }
    order.status = status;
    order.status_changed = now;
    house.journal.purchase_order(&origin, order);
    let touched: Vec<i64> = order.lines.iter().map(|line| line.article).collect();
    stock::touch(owner, touched.into_iter(), now);
}
