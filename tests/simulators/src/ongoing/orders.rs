//! Orders: upsert by number or update by id until the warehouse has started, and cancelling.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::owner::{House, Order, OrderLine, Owner, renumber};
use super::routes::Body;
use super::rules::SameArticle;
use super::values::{decimal, merge, number, text};
use super::webhooks::Origin;
use super::written::{WrittenRow, existing, lines, rows};
use super::{articles, refusal, stock};
use crate::Response;

impl OrderLine {
    /// Whether anybody picks this row at all; fees are not (Ongoing sheet, section 2.3).
    pub(super) fn is_goods(&self) -> bool {
        self.head.get("shouldBePicked") != Some(&Value::Bool(false))
    }
}

/// The order's id, out of a path.
pub(super) fn by_id(owner: &Owner, id: &str) -> Result<i64, Response> {
    let known = id.parse().ok().filter(|id| owner.orders.contains_key(id));
    known.ok_or_else(|| refusal::message(404, &format!("OrderId {id} not found")))
}

/// The order's id by its number.
pub(super) fn by_number(owner: &Owner, number: &str) -> Result<i64, Response> {
    let found = owner.order_numbers.get(number).copied();
    found.ok_or_else(|| refusal::message(404, &format!("Order number {number} not found")))
}

/// Refuses what may not be changed any more.
fn untouched(owner: &Owner, id: i64, wish: &str) -> Result<(), Response> {
    let order = &owner.orders[&id];
    let number = &order.number;
    if order.status == owner.rules.cancelled_status {
        if owner.rules.opens_cancelled && wish == "updated" {
            return Ok(());
        }
        return Err(refusal::message(owner.rules.refusal_status, &format!("Order {number} is already cancelled.")));
    }
    let handled = order.lines.iter().any(|line| line.allocated > Decimal::ZERO || line.picked > Decimal::ZERO);
    if handled || order.status >= owner.rules.started_from_status {
        let text = format!("Order {number} cannot be {wish}: the warehouse has started working on it.");
        return Err(refusal::message(owner.rules.refusal_status, &text));
    }
    Ok(())
}

/// Creates (201) or updates (200) by number; with an id only updates, and the number may change.
pub(super) fn put(
    owner: &mut Owner,
    house: &mut House,
    now: Timestamp,
    target: Option<i64>,
    body: Body,
) -> Result<Response, Response> {
    let Body { raw, mut head } = body;
    let order_number = text(&head, "orderNumber").unwrap_or_default().to_owned();
    let holder = by_number(owner, &order_number).ok();
    let taken = format!("Another order already has order number '{order_number}'.");
    let existing = existing(target, holder, &taken)?;
    if let Some(id) = existing {
        untouched(owner, id, "updated")?;
    }
    let written = head.remove("orderLines").filter(Value::is_array);
    articles::make_named(owner, house, now, written.as_ref());
    let written = written.map(|lines| rows(owner, &lines)).transpose()?;
    let written = written.map(|written| by_article(written, owner.rules.same_article));
    let said = owner.remember_customer(house, &head);
    let id = existing.unwrap_or_else(|| house.order_ids.next());
    let (merging, keeps) = (owner.rules.merging(), owner.rules.keeps_missing_rows);
    let start_status = owner.rules.start_status;
    let order = owner.orders.entry(id).or_insert_with(|| Order::new(id, &order_number, start_status, now));
    renumber(&mut owner.order_numbers, id, &order.number, &order_number);
    order.number.clone_from(&order_number);
    if order.status == owner.rules.cancelled_status {
        (order.status, order.status_changed) = (start_status, now);
    }
    order.head = merge(&order.head, &head, merging);
    order.body = raw;
    order.updated = now;
    let mut touched: Vec<i64> = order.lines.iter().map(|line| line.article).collect();
    if let Some(written) = written {
        let before = std::mem::take(&mut order.lines);
        order.lines = lines(house, before, written, merging, keeps);
    }
    touched.extend(order.lines.iter().map(|line| line.article));
    stock::touch(owner, touched.into_iter(), now);
    if existing.is_none() {
        house.journal.order(&Origin::of(owner, now), &owner.orders[&id]);
    }
    let status = if existing.is_none() { 201 } else { 200 };
    let message = format!("{said}Order number {order_number} created/updated");
    Ok(owner.accepted(house, status, "orderId", id, &message))
}

/// The rows of a body, where those of one article may not stay apart.
fn by_article(written: Vec<WrittenRow>, same: SameArticle) -> Vec<WrittenRow> {
    let mut rows: Vec<WrittenRow> = Vec::new();
    for (row, article, mut head) in written {
        let pieces = |head: &Map<String, Value>| head.get("numberOfItems").and_then(decimal).unwrap_or_default();
        match rows.iter_mut().find(|(_, other, _)| *other == article && same != SameArticle::Apart) {
            None => rows.push((row, article, head)),
            Some((_, _, first)) if same == SameArticle::Merged => {
                let sum = pieces(first) + pieces(&head);
                first.insert("numberOfItems".into(), number(sum));
            }
            Some(before) => {
                head.insert("rowNumber".into(), row.clone().into());
                *before = (row, article, head);
            }
        }
    }
    rows
}

/// Deleting is cancelling: the order stays, with the status of cancelled ones (Ongoing sheet, section 6.12).
pub(super) fn cancel(owner: &mut Owner, house: &mut House, now: Timestamp, id: i64) -> Result<Response, Response> {
    let number = owner.orders[&id].number.clone();
    if owner.rules.cancels_again && owner.orders[&id].status == owner.rules.cancelled_status {
        return Ok(owner.accepted(house, 200, "orderId", id, &format!("Order {number} cancelled.")));
    }
    untouched(owner, id, "cancelled")?;
    set_status(owner, house, now, id, owner.rules.cancelled_status);
    Ok(owner.accepted(house, 200, "orderId", id, &format!("Order {number} cancelled.")))
}

/// Moves the order to a status, and announces it where that is a change.
pub(super) fn set_status(owner: &mut Owner, house: &mut House, now: Timestamp, id: i64, status: i64) {
    let origin = Origin::of(owner, now);
    let cancelled = owner.rules.cancelled_status;
    // What has left went to the address that it had then.
    let shared = owner.orders.get(&id).map(|order| ("consignee".to_owned(), owner.consignee(order)));
    let Some(order) = owner.orders.get_mut(&id) else { return };
    if order.status == status {
        return;
    }
    order.status = status;
    order.updated = now;
    order.status_changed = now;
    // 450 and up is on its way; a cancelled order has never been.
    if status >= 450 && status != cancelled {
        order.head.extend(shared);
        order.shipped.get_or_insert(now);
    }
    house.journal.order(&origin, order);
    let touched: Vec<i64> = order.lines.iter().map(|line| line.article).collect();
    stock::touch(owner, touched.into_iter(), now);
}
