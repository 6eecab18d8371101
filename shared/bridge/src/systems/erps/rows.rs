//! What a row of an order is to the warehouse.

use rust_decimal::Decimal;

use crate::tenant::{Settings, Tenant};
use crate::words::feed::Feed;

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Something to pick.
    Goods,
    /// Something to read: a text, or what is no goods. It stays out where the document has no text lines.
    Text,
    /// Neither, for this reason.
    LeftOut(&'static str),
}

/// The reason of a row that is listed.
pub const LISTED: &str = "its article is listed in not_goods";

/// The reason of a row of which nothing is ordered, or which comes back: such a quantity is never to be picked.
pub const NOTHING_ORDERED: &str = "the row's quantity is not above zero";

/// The reason of an order none of whose rows is goods.
pub const NO_GOODS: &str = "no row of the order is goods to pick";

/// Whether a row of this article number is listed as no goods.
#[must_use]
pub fn is_listed(number: Option<&String>, settings: &Settings) -> bool {
    number.is_some_and(|number| settings.is_not_goods(number))
}

/// What goods of this quantity are. Without any quantity they are goods still: the mapping says what is missing.
#[must_use]
pub fn goods_of(quantity: Option<Decimal>) -> Part {
    match quantity {
        Some(quantity) if quantity <= Decimal::ZERO => Part::LeftOut(NOTHING_ORDERED),
        _ => Part::Goods,
    }
}

/// Tells of a member of a record that goes nowhere, once each time the record is read.
pub(super) fn log_left_out(tenant: &Tenant, feed: Feed, key: &str, path: &str, reason: &str) {
    let (tenant_id, feed) = (&tenant.tenant_id, feed.word());
    tracing::warn!(target: "left_out", tenant_id, feed, key, path, reason, "left out");
}
