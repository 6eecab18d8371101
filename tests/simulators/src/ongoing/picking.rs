//! What a worker does with an order: allocate, pick, send, collect.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::owner::{House, Order, OrderLine, Owner};
use super::values::{decimal, number, utc};
use super::webhooks::{Origin, Picking};
use super::{order_view, orders, stock};

const ALLOCATED: i64 = 320;
const PICKED: i64 = 400;
const SENT: i64 = 450;
const COLLECTED: i64 = 500;

/// One action on the order that `orderNumber` names; the answer is the order as it is read.
pub(super) fn order(
    owner: &mut Owner,
    house: &mut House,
    now: Timestamp,
    action: &str,
    args: &Value,
) -> Result<Value, String> {
    let name = args["orderNumber"].as_str().ok_or("orderNumber is needed")?;
    let id = orders::by_number(owner, name).map_err(|_| format!("there is no order '{name}'"))?;
    let before = owner.orders[&id].status;
    if before == owner.rules.cancelled_status {
        return Err(format!("order '{name}' is cancelled"));
    }
    match action {
        "allocate" => {
            allocate(owner, house, now, id, args)?;
            orders::set_status(owner, house, now, id, before.max(ALLOCATED));
        }
        "pick" => {
            pick(owner, house, now, id, args)?;
            let complete = owner.orders[&id].lines.iter().all(|line| !line.is_goods() || line.picked >= line.ordered);
            let after = if complete { PICKED } else { ALLOCATED };
            orders::set_status(owner, house, now, id, before.max(after));
        }
        "ship" => {
            if before >= SENT {
                return Err(format!("order '{name}' is already sent"));
            }
            let status = args["number"].as_i64().map_or(Ok(SENT), |number| known(owner, number))?;
            pick(owner, house, now, id, args)?;
            send(owner, house, now, id, args)?;
            orders::set_status(owner, house, now, id, status);
        }
        "collect" => orders::set_status(owner, house, now, id, COLLECTED),
        _ => {
            let status = args["number"].as_i64().ok_or("number is needed")?;
            orders::set_status(owner, house, now, id, known(owner, status)?);
        }
    }
    // "Order is picked": an announcement of its own, beside the change of status (Ongoing sheet, section 4.4).
    let order = &owner.orders[&id];
    let something = order.lines.iter().any(|line| line.picked > Decimal::ZERO);
    if before < PICKED && order.status >= PICKED && something {
        house.journal.order(&Origin::of(owner, now), order);
    }
    Ok(order_view::of(owner, id))
}

/// Makes an order of its own, `number`, of what `orderNumber` did not ship (Ongoing sheet, section 6). It is not told whether
/// it has the first one's `goodsOwnerOrderId`: where `namesRecord` says so.
pub(super) fn back_order(owner: &mut Owner, house: &mut House, now: Timestamp, args: &Value) -> Result<Value, String> {
    let text = |name: &str| args[name].as_str().ok_or_else(|| format!("{name} is needed"));
    let (name, number) = (text("orderNumber")?, text("number")?);
    let first = orders::by_number(owner, name).map_err(|_| format!("there is no order '{name}'"))?;
    let of = &owner.orders[&first];
    let left = of.lines.iter().filter(|line| line.is_goods() && line.picked < line.ordered);
    let lines: Vec<OrderLine> = left
        .map(|line| OrderLine {
            id: house.item_ids.next(),
            row: line.row.clone(),
            article: line.article,
            head: line.head.clone(),
            ordered: line.ordered - line.picked,
            allocated: Decimal::ZERO,
            picked: Decimal::ZERO,
            reported: None,
            items: Vec::new(),
        })
        .collect();
    if lines.is_empty() {
        return Err(format!("order '{name}' has nothing left"));
    }
    let mut head = of.head.clone();
    head.insert("orderNumber".to_owned(), json!(number));
    if args["namesRecord"] != true {
        head.remove("goodsOwnerOrderId");
    }
    let id = house.order_ids.next();
    let order =
        Order { head, lines, back_order_for: Some(first), ..Order::new(id, number, owner.rules.start_status, now) };
    owner.order_numbers.insert(number.to_owned(), id);
    owner.orders.insert(id, order);
    Ok(order_view::of(owner, id))
}

fn known(owner: &Owner, status: i64) -> Result<i64, String> {
    let found = owner.rules.order_statuses.iter().any(|(number, _)| *number == status);
    found.then_some(status).ok_or_else(|| format!("this warehouse has no status {status}"))
}

/// The quantities by row number in `rows`, or all that is left of every row. Rows that nobody picks are left out.
fn quantities(
    lines: &[OrderLine],
    args: &Value,
    done: impl Fn(&OrderLine) -> Decimal,
) -> Result<Vec<(usize, Decimal)>, String> {
    let named: Option<&Map<String, Value>> = args["rows"].as_object();
    if let Some(stray) = named.and_then(|rows| rows.keys().find(|row| lines.iter().all(|line| line.row != **row))) {
        return Err(format!("there is no row '{stray}'"));
    }
    let mut wanted = Vec::new();
    for (index, line) in lines.iter().enumerate().filter(|(_, line)| line.is_goods()) {
        let left = line.ordered - done(line);
        let quantity = match named {
            None => left,
            Some(rows) => match rows.get(&line.row) {
                None => continue,
                Some(value) => decimal(value).ok_or_else(|| format!("row '{}' has no quantity", line.row))?,
            },
        };
        if quantity > left || quantity < Decimal::ZERO {
            return Err(format!("row '{}' has {left} left, not {quantity}", line.row));
        }
        if quantity > Decimal::ZERO {
            wanted.push((index, quantity));
        }
    }
    Ok(wanted)
}

/// Refuses before anything moves when the shelves do not hold all of it: the physical quantity is never negative.
fn on_shelf(
    owner: &Owner,
    lines: &[OrderLine],
    wanted: &[(usize, Decimal)],
    taken: impl Fn(i64) -> Decimal,
) -> Result<(), String> {
    for (index, _) in wanted {
        let article = &owner.articles[&lines[*index].article];
        let of_article = wanted.iter().filter(|(other, _)| lines[*other].article == article.id);
        let needed: Decimal = of_article.map(|(_, quantity)| *quantity).sum();
        let free = article.items - taken(article.id);
        if stock::is_stocked(article) && needed > free {
            return Err(format!("of article '{}' there are {free}, not {needed}", article.number));
        }
    }
    Ok(())
}

fn allocate(owner: &mut Owner, house: &mut House, now: Timestamp, id: i64, args: &Value) -> Result<(), String> {
    let lines = &owner.orders[&id].lines;
    let wanted = quantities(lines, args, |line| line.allocated.max(line.picked))?;
    on_shelf(owner, lines, &wanted, |article| stock::allocated(owner, article))?;
    let origin = Origin::of(owner, now);
    for (index, quantity) in wanted {
        let Some(order) = owner.orders.get_mut(&id) else { continue };
        order.updated = now;
        order.lines[index].allocated += quantity;
        let line = &order.lines[index];
        let Some(article) = owner.articles.get_mut(&line.article) else { continue };
        article.stock_changed = now;
        house.journal.picking(&origin, Picking::Allocated, order, line, article, quantity);
    }
    Ok(())
}

fn pick(owner: &mut Owner, house: &mut House, now: Timestamp, id: i64, args: &Value) -> Result<(), String> {
    let lines = &owner.orders[&id].lines;
    let wanted = quantities(lines, args, |line| line.picked)?;
    on_shelf(owner, lines, &wanted, |_| Decimal::ZERO)?;
    let origin = Origin::of(owner, now);
    for (index, quantity) in wanted {
        let Some(order) = owner.orders.get_mut(&id) else { continue };
        order.updated = now;
        order.last_picking = Some(now);
        let line = &mut order.lines[index];
        line.picked += quantity;
        line.allocated = line.allocated.max(line.picked);
        line.items.push(json!({
            "articleItemId": house.item_ids.next(),
            "numberOfItems": number(quantity),
            "serial": "",
            "batchNumber": "",
            "expiryDate": null,
            "isPicked": true,
            "isReturned": false,
            "pickedTime": utc(now),
            "returnDate": null,
            "returnCause": null,
            "parcel": null,
        }));
        let line = &order.lines[index];
        let Some(article) = owner.articles.get_mut(&line.article) else { continue };
        article.stock_changed = now;
        if stock::is_stocked(article) {
            article.items -= quantity;
        }
        house.journal.picking(&origin, Picking::Picked, order, line, article, quantity);
    }
    Ok(())
}

/// Adds the shipment's `waybill` (with `trackingUrl`) and the numbers of its `parcels`, all optional.
fn send(owner: &mut Owner, house: &mut House, now: Timestamp, id: i64, args: &Value) -> Result<(), String> {
    let order = owner.orders.get_mut(&id).ok_or("there is no such order")?;
    if let Some(waybill) = args["waybill"].as_str() {
        order.tracking.push(json!({
            "waybill": waybill,
            "trackingUrl": args["trackingUrl"],
            "created": utc(now),
            "freightPrice": null,
        }));
    }
    for parcel in args["parcels"].as_array().into_iter().flatten() {
        order.parcels.push(json!({
            "id": house.item_ids.next(),
            "parcelNumber": parcel,
            "isReturnParcel": false,
            "tracking": null,
        }));
    }
    Ok(())
}
