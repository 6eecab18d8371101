//! Purchase orders into Ongoing: never over one that the warehouse has begun to receive, never over somebody else's.

use serde_json::Value;

use super::Done;
use super::articles::article_number;
use super::own::{Own, cancelled};
use crate::state::ledger::{Ledger, Stored};
use crate::systems::erps::rows::NO_GOODS;
use crate::systems::ongoing::wire::ExistingPurchaseOrder;
use crate::systems::ongoing::{Ongoing, emptied_row, map};
use crate::tenant::Tenant;
use crate::words::domain::{PurchaseOrder, Withdrawal};
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::outcome::Outcome;

/// Ongoing's status of a cancelled purchase order.
pub(super) const CANCELLED: i64 = 900;

/// `PUT /purchaseOrders`.
pub(super) async fn sent(
    ongoing: &Ongoing,
    ledger: &Ledger<'_>,
    tenant: &Tenant,
    stored: &Stored,
    order: &PurchaseOrder,
) -> Result<Done> {
    let mut order = order.clone();
    for (index, line) in order.order_lines.iter_mut().enumerate() {
        if line.article_number.is_none() {
            let at = format!("/purchaseOrderLines/{index}/articleNumber");
            match article_number(ongoing, ledger, tenant, line.product_code.as_deref(), &at).await? {
                Ok(number) => line.article_number = Some(number),
                Err(missing) => return Ok(missing.into()),
            }
        }
    }
    set_aside_not_goods(&mut order, tenant);
    if order.order_lines.is_empty() {
        return Ok(Done::because(Outcome::Filtered, NO_GOODS));
    }
    let number = &order.order_number;
    let existing = ongoing.purchase_order(number).await?;
    if let Some(done) = existing.as_ref().and_then(|existing| kept(existing, stored, &order)) {
        return Ok(done);
    }
    let body = super::body(stored, map::purchase_order(&order, ongoing.goods_owner_id(), &tenant.settings.values))?;
    let sent = body.clone();
    let id = match ongoing.put_purchase_order(number, &body).await {
        // Reception may have begun between the look and the write (Ongoing sheet, section 2.4).
        Err(refusal @ Fault::Rejected { .. }) => {
            let now = ongoing.purchase_order(number).await?;
            return now.and_then(|now| kept(&now, stored, &order)).ok_or(refusal);
        }
        other => other?,
    };
    if let Some(existing) = &existing {
        empty_left_rows(ongoing, number, existing, &order, body).await?;
    }
    let outcome = if existing.is_some() { Outcome::Updated } else { Outcome::Created };
    let reason = super::kept(ongoing, Feed::PurchaseOrders, number, &sent).await;
    Ok(Done { reason, ..Done::plain(outcome) }.at(id, number).sent(&sent))
}

/// Drops lines of articles that are listed as no goods by now; the mapping knew what was listed then.
pub(super) fn set_aside_not_goods(order: &mut PurchaseOrder, tenant: &Tenant) {
    order.order_lines.retain(|line| !line.article_number.as_ref().is_some_and(|no| tenant.settings.is_not_goods(no)));
}

/// Why a purchase order that is there keeps what it has, if it does.
pub(super) fn kept(existing: &ExistingPurchaseOrder, stored: &Stored, order: &PurchaseOrder) -> Option<Done> {
    let (info, number) = (&existing.purchase_order_info, &order.order_number);
    let ours = order.goods_owner_purchase_order_id.as_deref();
    let theirs = info.goods_owner_purchase_order_id.as_deref();
    if let (Some(ours), Some(theirs)) = (ours, theirs)
        && ours != theirs
    {
        let reason = format!("the purchase order number {number} is taken in Ongoing by the ERP's record {theirs}");
        return Some(Done::because(Outcome::Parked, reason));
    }
    if existing.status() == Some(CANCELLED) {
        return Some(cancelled(&stored.entry, info.purchase_order_id, number));
    }
    if !existing.started() {
        return None;
    }
    Some(if stored.entry.ongoing.is_none() && ours.is_some() && ours == theirs {
        // Made by an import whose note was lost; the warehouse was quick.
        Done::because(Outcome::Created, "made by an earlier attempt").at(info.purchase_order_id, number)
    } else {
        let reason = format!("the warehouse has started receiving{}", status(existing));
        Done::because(Outcome::Blocked, reason).at(info.purchase_order_id, number)
    })
}

/// Rows that the ERP no longer has and Ongoing still shows after the write are emptied (Ongoing sheet, section 2.5).
async fn empty_left_rows(
    ongoing: &Ongoing,
    number: &str,
    before: &ExistingPurchaseOrder,
    order: &PurchaseOrder,
    mut body: Value,
) -> Result<()> {
    let ours = |row: &str| order.order_lines.iter().any(|line| line.external_order_line_id == row);
    let gone = |existing: &ExistingPurchaseOrder| -> Vec<Value> {
        let rows = existing.purchase_order_lines.iter();
        rows.filter(|row| row.advised_number_of_items.is_none_or(|pieces| !pieces.is_zero()))
            .filter_map(|row| {
                let row_number = row.row_number.as_deref().filter(|row| !ours(row))?;
                Some(emptied_row(row_number, row.article.as_ref()?.article_number.as_deref()?))
            })
            .collect()
    };
    if gone(before).is_empty() {
        return Ok(());
    }
    let Some(after) = ongoing.purchase_order(number).await? else { return Ok(()) };
    let left = gone(&after);
    if let (false, Some(rows)) = (left.is_empty(), body["purchaseOrderLines"].as_array_mut()) {
        rows.extend(left);
        ongoing.put_purchase_order(number, &body).await?;
    }
    Ok(())
}

/// Cancels a purchase order that left the statuses that are pulled, unless reception has begun.
pub(super) async fn withdrawn(ongoing: &Ongoing, withdrawal: &Withdrawal, own: &Own<'_>) -> Result<Done> {
    let (number, why) = (&withdrawal.goods_owner_order_number, &withdrawal.reason);
    let Some(existing) = ongoing.purchase_order(number).await? else {
        return Ok(Done::because(Outcome::Cancelled, format!("{why}; it is not in Ongoing")));
    };
    if let Some(done) = kept_as_withdrawn(&existing, withdrawal, own) {
        return Ok(done);
    }
    if own.wanted_again {
        return Ok(Done::wanted_again());
    }
    let id = existing.purchase_order_info.purchase_order_id;
    match ongoing.cancel_purchase_order(id).await {
        Ok(()) => Ok(Done::because(Outcome::Cancelled, why).at(id, number)),
        // A refusal is an outcome, not an error: look once more at what it is.
        Err(refusal @ Fault::Rejected { .. }) => {
            let now = ongoing.purchase_order(number).await?;
            now.and_then(|now| kept_as_withdrawn(&now, withdrawal, own)).ok_or(refusal)
        }
        Err(fault) => Err(fault),
    }
}

/// Why a withdrawn purchase order is left as it is, if it is: another record's, cancelled already, or begun.
pub(super) fn kept_as_withdrawn(
    existing: &ExistingPurchaseOrder,
    withdrawal: &Withdrawal,
    own: &Own<'_>,
) -> Option<Done> {
    let (number, why) = (&withdrawal.goods_owner_order_number, &withdrawal.reason);
    let id = existing.purchase_order_info.purchase_order_id;
    if let Some(done) = own.is_not(id, existing.purchase_order_info.goods_owner_purchase_order_id.as_deref()) {
        return Some(done);
    }
    if existing.status() == Some(CANCELLED) {
        return Some(Done::because(Outcome::Cancelled, why).at(id, number));
    }
    let reason = || format!("{why}, but the warehouse has started receiving{}", status(existing));
    existing.started().then(|| Done::because(Outcome::Blocked, reason()).at(id, number))
}

fn status(existing: &ExistingPurchaseOrder) -> String {
    existing.status().map_or_else(String::new, |status| format!(" (status {status})"))
}
