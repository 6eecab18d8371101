//! The quantities of an article (Ongoing sheet, section 3.4), and counting.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::articles;
use super::owner::{Article, House, Order, OrderLine, Owner, PurchaseOrder, PurchaseOrderLine};
use super::values::{decimal, get, number, utc_or_null};
use super::webhooks::Origin;

/// The standard number of "sent": what is left of an order then is no longer promised to it.
const SENT: i64 = 450;
/// The standard number of "collected" for orders, and of "received" for purchase orders.
const FINISHED: i64 = 500;

/// `Stock`, or the kind of kit.
pub(super) fn kind(article: &Article) -> String {
    match article.head.get("structureDefinition") {
        Some(kit) => kit["articleKind"].as_str().unwrap_or("Structure").to_owned(),
        None => "Stock".to_owned(),
    }
}

/// Whether the article lies on shelves at all.
pub(super) fn is_stocked(article: &Article) -> bool {
    kind(article) == "Stock" && get(&article.head, "isStockArticle") != Value::Bool(false)
}

fn on_orders(owner: &Owner, article: i64, of: impl Fn(&Order, &OrderLine) -> Decimal) -> Decimal {
    let live = owner.orders.values().filter(|order| order.status != owner.rules.cancelled_status);
    live.flat_map(|order| order.lines.iter().map(move |line| (order, line)))
        .filter(|(_, line)| line.article == article)
        .map(|(order, line)| of(order, line))
        .sum()
}

fn on_purchase_orders(
    owner: &Owner,
    article: i64,
    of: impl Fn(&PurchaseOrder, &PurchaseOrderLine) -> Decimal,
) -> Decimal {
    let live =
        owner.purchase_orders.values().filter(|order| order.status != owner.rules.purchase_order_cancelled_status);
    live.flat_map(|order| order.lines.iter().map(move |line| (order, line)))
        .filter(|(_, line)| line.article == article)
        .map(|(order, line)| of(order, line))
        .sum()
}

/// Allocated to orders and not yet picked.
pub(super) fn allocated(owner: &Owner, article: i64) -> Decimal {
    on_orders(
        owner,
        article,
        |order, line| {
            if order.status < SENT { line.allocated - line.picked } else { Decimal::ZERO }
        },
    )
}

fn booked(owner: &Owner, article: i64) -> Decimal {
    on_orders(owner, article, |order, line| {
        if order.status < SENT && line.is_goods() {
            (line.ordered - line.picked).max(Decimal::ZERO)
        } else {
            Decimal::ZERO
        }
    })
}

/// What can still be promised; may be negative. Of a kit: as many as its scarcest part makes.
fn sellable(owner: &Owner, article: &Article) -> Decimal {
    let own = article.items - booked(owner, article.id) - article.locked_for_sale;
    let parts = article.head.get("structureDefinition").and_then(|kit| kit["rows"].as_array());
    let makes = parts.into_iter().flatten().filter_map(|part| {
        let number = part["articleNumber"].as_str()?;
        let each = decimal(&part["numberOfItems"]).filter(|each| *each > Decimal::ZERO)?;
        let of = owner.articles.values().find(|other| other.number == number && other.id != article.id)?;
        Some((sellable_alone(owner, of) / each).floor())
    });
    makes.min().map_or(own, |makes| makes - booked(owner, article.id))
}

fn sellable_alone(owner: &Owner, article: &Article) -> Decimal {
    article.items - booked(owner, article.id) - article.locked_for_sale
}

/// `inventoryInfo`.
pub(super) fn inventory(owner: &Owner, article: &Article) -> Value {
    let id = article.id;
    let price = article.head.get("stockValuationPrice").and_then(decimal).unwrap_or(Decimal::ZERO);
    let to_receive = on_purchase_orders(owner, id, |order, line| {
        if order.status < FINISHED { (line.advised - line.received).max(Decimal::ZERO) } else { Decimal::ZERO }
    });
    let unfinished = on_purchase_orders(
        owner,
        id,
        |order, line| {
            if order.status < FINISHED { line.received } else { Decimal::ZERO }
        },
    );
    let to_collect =
        on_orders(owner, id, |order, line| if order.status < FINISHED { line.picked } else { Decimal::ZERO });
    let picked_to_report = on_orders(owner, id, |_, line| line.picked - line.reported.unwrap_or(Decimal::ZERO));
    let received_to_report =
        on_purchase_orders(owner, id, |_, line| line.received - line.reported.unwrap_or(Decimal::ZERO));
    json!({
        "numberOfItems": number(article.items),
        "numberOfBookedItems": number(booked(owner, id)),
        "numberOfLockedItems": number(article.locked),
        "toReceiveNumberOfItems": number(to_receive),
        "allocatedNumberOfItems": number(allocated(owner, id)),
        "lockedForSaleNumberOfItems": number(article.locked_for_sale),
        "pickedToBeCollectedNumberOfItems": number(to_collect),
        "receivedToBeFinishedNumberOfItems": number(unfinished),
        "lastInDate": utc_or_null(article.last_in),
        "sellableNumberOfItems": number(sellable(owner, article)),
        "totalStockValue": number(article.items * price),
        "reported": {
            "pickedToBeReportedNumberOfItems": number(picked_to_report),
            "returnedToBeReportedNumberOfItems": number(Decimal::ZERO),
            "receivedToBeReportedNumberOfItems": number(received_to_report),
        },
    })
}

/// Notes that a quantity of these articles changed, for `stockInfoChangedFrom`.
pub(super) fn touch(owner: &mut Owner, articles: impl Iterator<Item = i64>, now: Timestamp) {
    for id in articles {
        if let Some(article) = owner.articles.get_mut(&id) {
            article.stock_changed = now;
        }
    }
}

/// A worker counts the shelf: `articleNumber`, `numberOfItems`; `numberOfLockedItems` and `lockedForSaleNumberOfItems` lock
/// part of it.
pub(super) fn count(owner: &mut Owner, house: &mut House, now: Timestamp, args: &Value) -> Result<Value, String> {
    let name = args["articleNumber"].as_str().ok_or("articleNumber is needed")?;
    let found = owner.article_numbers.get(name).copied();
    let id = found.ok_or_else(|| format!("there is no article '{name}'"))?;
    let counted = |member: &str| match &args[member] {
        Value::Null => Ok(None),
        value => decimal(value)
            .filter(|quantity| *quantity >= Decimal::ZERO)
            .map(Some)
            .ok_or_else(|| format!("{member} is not a quantity")),
    };
    let (items, locked, for_sale) =
        (counted("numberOfItems")?, counted("numberOfLockedItems")?, counted("lockedForSaleNumberOfItems")?);
    let origin = Origin::of(owner, now);
    if let Some(article) = owner.articles.get_mut(&id) {
        let before = article.items;
        article.items = items.unwrap_or(before);
        article.locked = locked.unwrap_or(article.locked);
        article.locked_for_sale = for_sale.unwrap_or(article.locked_for_sale);
        article.stock_changed = now;
        if article.items != before {
            house.journal.counted(&origin, article, article.items - before);
        }
    }
    Ok(articles::view(owner, id)["inventoryInfo"].clone())
}
