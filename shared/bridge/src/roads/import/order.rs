//! Orders into Ongoing: never over one that the warehouse has started on, never over somebody else's.

use rust_decimal::Decimal;
use serde_json::Value;

use super::Done;
use super::articles::article_number;
use super::own::{Own, cancelled};
use super::same_article::{self, Rows};
use crate::state::ledger::{Ledger, Stored};
use crate::systems::erps::rows::NO_GOODS;
use crate::systems::ongoing::wire::ExistingOrder;
use crate::systems::ongoing::{Ongoing, emptied_row, map};
use crate::tenant::{CustomerNumber, Settings, Tenant};
use crate::words::domain::{Order, OrderLine, OrderTextLine, Withdrawal};
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::kind::Kind;
use crate::words::outcome::Outcome;

/// Ongoing's status of a cancelled order.
pub(super) const CANCELLED: i64 = 1000;

/// Of an order that an import made whose note was lost.
pub(super) const MADE_EARLIER: &str = "made by an earlier attempt";

/// `PUT /orders`.
pub(super) async fn sent(
    ongoing: &Ongoing,
    ledger: &Ledger<'_>,
    tenant: &Tenant,
    stored: &Stored,
    order: &Order,
) -> Result<Done> {
    let mut order = order.clone();
    for (index, line) in order.order_lines.iter_mut().enumerate() {
        if line.article_number.is_none() {
            let at = format!("/orderLines/{index}/articleNumber");
            match article_number(ongoing, ledger, tenant, line.product_code.as_deref(), &at).await? {
                Ok(number) => line.article_number = Some(number),
                Err(missing) => return Ok(missing.into()),
            }
        }
    }
    as_set(&mut order, tenant.erp.kind, &tenant.settings);
    if order.order_lines.is_empty() {
        return Ok(Done::because(Outcome::Filtered, NO_GOODS));
    }
    let number = &order.order_info.goods_owner_order_number;
    let existing = ongoing.order(number).await?;
    if let Some(done) = existing.as_ref().and_then(|existing| kept(existing, tenant, stored, &order)) {
        return Ok(done);
    }
    let body = super::body(stored, map::order(&order, ongoing.goods_owner_id(), &tenant.settings.values))?;
    let sent = body.clone();
    let id = match ongoing.put_order(number, &body).await {
        // The warehouse may have started between the look and the write (Ongoing sheet, section 2.4).
        Err(refusal @ Fault::Rejected { .. }) => {
            let now = ongoing.order(number).await?;
            return match now.and_then(|now| kept(&now, tenant, stored, &order)) {
                Some(done) => Ok(done),
                None => Err(refusal),
            };
        }
        other => other?,
    };
    let last = match &existing {
        Some(existing) => empty_left_rows(ongoing, number, existing, &order, body).await?,
        None => body,
    };
    let sent = match same_article::looked_after(ongoing, number, &last).await? {
        Rows::Stand => sent,
        Rows::Joined(body) => body,
        Rows::Lost(reason) => return Ok(Done::for_a_person(reason).at(id, number)),
    };
    let outcome = if existing.is_some() { Outcome::Updated } else { Outcome::Created };
    let reason = super::kept(ongoing, Feed::Orders, number, &sent).await;
    Ok(Done { reason, ..Done::plain(outcome) }.at(id, number).sent(&sent))
}

/// What the settings of now make of an order, which may have been mapped under others.
pub(in crate::roads) fn as_set(order: &mut Order, kind: Kind, settings: &Settings) {
    set_aside_not_goods(order, kind, settings);
    if settings.customer_number == Some(CustomerNumber::PerAddress) {
        order.customer.number = order.customer.number_of_address();
    }
}

/// Lines of articles that are listed as no goods by now. The mapping sets them aside where it knows the article number; a
/// record that was mapped before the setting said so, or names its articles by product ids, comes here with them.
fn set_aside_not_goods(order: &mut Order, kind: Kind, settings: &Settings) {
    let listed = |line: &OrderLine| line.article_number.as_ref().is_some_and(|no| settings.is_not_goods(no));
    let (aside, goods) = std::mem::take(&mut order.order_lines).into_iter().partition(listed);
    order.order_lines = goods;
    if kind.has_text_lines() {
        order.order_text_lines.extend(Vec::into_iter(aside).map(|line: OrderLine| OrderTextLine {
            external_order_line_code: line.external_order_line_code,
            number_of_items: Decimal::ONE,
            order_line_comment: line.order_line_comment,
        }));
    }
}

/// Why an order that is there keeps what it has, if it does.
pub(super) fn kept(existing: &ExistingOrder, tenant: &Tenant, stored: &Stored, order: &Order) -> Option<Done> {
    let (id, number) = (existing.order_info.order_id, &order.order_info.goods_owner_order_number);
    let ours = order.order_info.goods_owner_order_id.as_deref();
    let theirs = existing.order_info.goods_owner_order_id.as_deref();
    if let (Some(ours), Some(theirs)) = (ours, theirs)
        && ours != theirs
    {
        let reason = format!("the order number {number} is taken in Ongoing by the ERP's record {theirs}");
        return Some(Done::because(Outcome::Parked, reason));
    }
    if existing.status() == Some(CANCELLED) {
        return Some(cancelled(&stored.entry, id, number));
    }
    if !existing.started(tenant.ongoing.started_from_status) {
        return None;
    }
    // The ledger has the id of every order that an import has noted.
    Some(if stored.entry.ongoing.is_none() && ours.is_some() && ours == theirs {
        // Made by an import whose note was lost, or after the state that a table was restored to; the warehouse was quick.
        Done::because(Outcome::Created, MADE_EARLIER).at(id, number)
    } else {
        let status = existing.status().map_or_else(String::new, |status| format!(" (status {status})"));
        Done::because(Outcome::Blocked, format!("the warehouse has started on the order{status}")).at(id, number)
    })
}

/// Rows that the ERP no longer has and Ongoing still shows after the write are emptied: whether a row left out of a PUT
/// is removed is not known (Ongoing sheet, section 2.5). Returns the body that was sent last.
async fn empty_left_rows(
    ongoing: &Ongoing,
    number: &str,
    before: &ExistingOrder,
    order: &Order,
    mut body: Value,
) -> Result<Value> {
    let ours = |row: &str| order.order_lines.iter().any(|line| line.external_order_line_code == row);
    let gone = |existing: &ExistingOrder| -> Vec<Value> {
        let rows = existing.order_lines.iter().filter(|row| row.ordered_number_of_items.is_none_or(|n| !n.is_zero()));
        rows.filter_map(|row| {
            let row_number = row.row_number.as_deref().filter(|row| !ours(row))?;
            Some(emptied_row(row_number, row.article.as_ref()?.article_number.as_deref()?))
        })
        .collect()
    };
    if gone(before).is_empty() {
        return Ok(body);
    }
    let Some(after) = ongoing.order(number).await? else { return Ok(body) };
    let left = gone(&after);
    if let (false, Some(rows)) = (left.is_empty(), body["orderLines"].as_array_mut()) {
        rows.extend(left);
        ongoing.put_order(number, &body).await?;
    }
    Ok(body)
}

/// Cancels an order that left the statuses that are pulled, unless the warehouse has started.
pub(super) async fn withdrawn(
    ongoing: &Ongoing,
    tenant: &Tenant,
    withdrawal: &Withdrawal,
    own: &Own<'_>,
) -> Result<Done> {
    let number = &withdrawal.goods_owner_order_number;
    let Some(existing) = ongoing.order(number).await? else {
        return Ok(Done::because(Outcome::Cancelled, format!("{}; it is not in Ongoing", withdrawal.reason)));
    };
    if let Some(done) = kept_as_withdrawn(&existing, tenant, withdrawal, own) {
        return Ok(done);
    }
    if own.wanted_again {
        return Ok(Done::wanted_again());
    }
    let id = existing.order_info.order_id;
    match ongoing.cancel_order(id).await {
        Ok(()) => Ok(Done::because(Outcome::Cancelled, &withdrawal.reason).at(id, number)),
        // A refusal is an outcome, not an error: look once more at what it is.
        Err(refusal @ Fault::Rejected { .. }) => {
            let now = ongoing.order(number).await?;
            now.and_then(|now| kept_as_withdrawn(&now, tenant, withdrawal, own)).ok_or(refusal)
        }
        Err(fault) => Err(fault),
    }
}

/// Why a withdrawn order is left as it is, if it is: another record's, cancelled already, or begun.
pub(super) fn kept_as_withdrawn(
    existing: &ExistingOrder,
    tenant: &Tenant,
    withdrawal: &Withdrawal,
    own: &Own<'_>,
) -> Option<Done> {
    let (id, number) = (existing.order_info.order_id, &withdrawal.goods_owner_order_number);
    if let Some(done) = own.is_not(id, existing.order_info.goods_owner_order_id.as_deref()) {
        return Some(done);
    }
    if existing.status() == Some(CANCELLED) {
        return Some(Done::because(Outcome::Cancelled, &withdrawal.reason).at(id, number));
    }
    existing.started(tenant.ongoing.started_from_status).then(|| {
        let status = existing.status().map_or_else(String::new, |status| format!(" (status {status})"));
        let reason = format!("{}, but the warehouse has started on the order{status}", withdrawal.reason);
        Done::because(Outcome::Blocked, reason).at(id, number)
    })
}
