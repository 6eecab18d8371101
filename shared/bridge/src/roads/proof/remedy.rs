//! What ends a difference: a command, or what a person does in which system.

use jiff::{SignedDuration, Timestamp};

use crate::words::feed::Feed;

/// A record that the next pull would not bring by itself: a backfill from just before its version, or from where orders
/// begin, where the ERP counts versions.
pub(super) fn pull(tenant_id: &str, feed: Feed, version: &str, begins: Timestamp) -> String {
    let before = |at: Timestamp| at.checked_sub(SignedDuration::from_secs(1)).unwrap_or(at);
    let since = version.parse::<Timestamp>().map(before).unwrap_or(begins);
    format!("bridgectl pull {tenant_id} --feeds {feed} --since {since:.0}")
}

/// A record that was sent as it is in the ERP, and that nobody sends again by itself.
pub(super) fn replay(tenant_id: &str, number: &str) -> String {
    format!("bridgectl replay {tenant_id} {number}")
}

/// A record that is Ongoing's alone.
pub(super) fn end_in_ongoing(feed: Feed, tenant_id: &str, number: &str, known: bool) -> String {
    let what = match feed {
        Feed::Articles | Feed::Suppliers => "in Ongoing, set the article inactive if nobody needs it",
        Feed::Orders | Feed::PurchaseOrders => "in Ongoing, cancel it if nobody needs it",
    };
    if known { format!("{what}; its story: bridgectl where {number} --tenant {tenant_id}") } else { what.to_owned() }
}
