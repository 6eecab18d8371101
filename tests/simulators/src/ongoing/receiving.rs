//! What a worker does with a purchase order: receive goods.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::owner::{House, Owner};
use super::values::{decimal, number, utc};
use super::webhooks::Origin;
use super::{purchase_order_view, purchase_orders};

const DEFLECTION: i64 = 400;
const RECEIVED: i64 = 500;

/// Receives `rows` (row number to quantity) of `purchaseOrderNumber`, or all that is outstanding; more than advised may come.
/// The status becomes `number` if given, else 500 when all has come and 400 when not.
pub(super) fn receive(owner: &mut Owner, house: &mut House, now: Timestamp, args: &Value) -> Result<Value, String> {
    let name = args["purchaseOrderNumber"].as_str().ok_or("purchaseOrderNumber is needed")?;
    let id = purchase_orders::by_number(owner, name).map_err(|_| format!("there is no purchase order '{name}'"))?;
    if owner.purchase_orders[&id].status == owner.rules.purchase_order_cancelled_status {
        return Err(format!("purchase order '{name}' is cancelled"));
    }
    let number_given = args["number"].as_i64();
    if let Some(status) = number_given
        && owner.rules.purchase_order_statuses.iter().all(|(number, _)| *number != status)
    {
        return Err(format!("this warehouse has no purchase order status {status}"));
    }
    let lines = &owner.purchase_orders[&id].lines;
    let rows = args["rows"].as_object();
    if let Some(stray) = rows.and_then(|rows| rows.keys().find(|row| lines.iter().all(|line| line.row != **row))) {
        return Err(format!("there is no row '{stray}'"));
    }
    let mut coming = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let quantity = match rows {
            None => line.advised - line.received,
            Some(rows) => match rows.get(&line.row) {
                None => continue,
                Some(value) => decimal(value).ok_or_else(|| format!("row '{}' has no quantity", line.row))?,
            },
        };
        if quantity > Decimal::ZERO {
            coming.push((index, quantity));
        }
    }
    let origin = Origin::of(owner, now);
    for (index, quantity) in coming {
        let Some(order) = owner.purchase_orders.get_mut(&id) else { continue };
        order.last_receive = Some(now);
        let line = &mut order.lines[index];
        line.received += quantity;
        line.items.push(json!({
            "originalArticleItemId": house.item_ids.next(),
            "numberOfItems": number(quantity),
            "inDate": utc(now),
            "serial": "",
            "batchNumber": "",
            "expiryDate": null,
            "articleItemStatus": null,
        }));
        let line = &order.lines[index];
        let Some(article) = owner.articles.get_mut(&line.article) else { continue };
        article.items += quantity;
        article.last_in = Some(now);
        article.stock_changed = now;
        house.journal.received(&origin, order, line, article, quantity);
    }
    let complete = owner.purchase_orders[&id].lines.iter().all(|line| line.received >= line.advised);
    let status = number_given.unwrap_or(if complete { RECEIVED } else { DEFLECTION });
    purchase_orders::set_status(owner, house, now, id, status);
    Ok(purchase_order_view::of(owner, id))
}
