//! What Ongoing says, in the domain's words.

use rust_decimal::Decimal;

use crate::systems::ongoing::wire::{CANCELLED, ExistingArticle, ExistingOrder};
use crate::tenant::{StockQuantity, Tenant};
use crate::words::domain::{Delivered, Shipment, StockLevel};

/// Whether an order has left the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaves {
    /// It has not, or was cancelled.
    NotYet,
    /// It has: its status is one of those that say so.
    Shipped,
    /// It had, and went on to this status: it is ready to be collected, or came back (Ongoing sheet, section 3.3).
    Past(i64),
}

/// Whether an order has left the house, by the statuses that say so.
#[must_use]
pub fn leaves(order: &ExistingOrder, shipped: &[i64]) -> Leaves {
    let Some(status) = order.status() else { return Leaves::NotYet };
    let past = shipped.iter().min().is_some_and(|lowest| status > *lowest) && status != CANCELLED;
    match shipped.contains(&status) {
        true => Leaves::Shipped,
        false if past && order.order_info.shipped_time.is_some() => Leaves::Past(status),
        false => Leaves::NotYet,
    }
}

/// A shipped order; `None` for one without a number, which cannot be the ERP's.
#[must_use]
pub fn shipment(order: &ExistingOrder) -> Option<Shipment> {
    let info = &order.order_info;
    let number = info.order_number.clone()?;
    let lines = order.order_lines.iter().filter_map(|line| {
        Some(Delivered {
            row_number: line.row_number.clone()?,
            external_id: line.external_id.clone(),
            article_number: line.article.as_ref().and_then(|article| article.article_number.clone()),
            ordered: line.ordered_number_of_items.unwrap_or_default(),
            picked: line.picked(),
        })
    });
    Some(Shipment {
        // The ERP's id where the document has one, else its number is the id (Finago).
        key: info.goods_owner_order_id.clone().unwrap_or_else(|| number.clone()),
        number,
        lines: lines.collect(),
        tracking: order.tracking_numbers(),
        shipped_at: info.shipped_time.as_deref().and_then(|at| at.parse().ok()),
    })
}

/// An article's stock by the tenant's setting; `None` where it has none of its own. Negative is none in the house.
#[must_use]
pub fn level(article: &ExistingArticle, tenant: &Tenant) -> Option<StockLevel> {
    let info = article.inventory_info.as_ref().filter(|_| article.has_stock())?;
    let quantity = match tenant.settings.stock_quantity.unwrap_or(StockQuantity::Physical) {
        StockQuantity::Physical => info.number_of_items,
        StockQuantity::Sellable => info.sellable_number_of_items,
    }?;
    Some(StockLevel {
        article_number: article.article_number.clone()?,
        product_code: article.product_code.clone(),
        quantity: quantity.max(Decimal::ZERO),
    })
}
