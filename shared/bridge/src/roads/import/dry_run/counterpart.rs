//! What Ongoing has of a record, whoever put it there, held against what an import would send: for a ledger that was lost.
//!
//! An order that the warehouse has started is compared as well, which an import does not do: it keeps what it has.

use serde_json::Value;

use super::DryRun;
use crate::roads::import::{body, order, purchase_order};
use crate::state::ledger::{InOngoing, Stored};
use crate::systems::ongoing::diff::between;
use crate::systems::ongoing::{cleared, map};
use crate::words::domain::{Article, Order, PurchaseOrder, Record};
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

/// Members that are named where something differs.
const NAMED: usize = 4;

/// What Ongoing has of a record.
#[derive(Debug)]
pub(crate) enum Counterpart {
    /// Nothing of its number.
    Absent,
    /// Everything that is sent and shown is the same.
    Same(InOngoing),
    /// It is another one, or says something else: in which way.
    Other(String),
}

impl DryRun<'_> {
    /// What Ongoing has of a record.
    ///
    /// # Errors
    /// What passes by itself, and what concerns more than this record.
    pub(crate) async fn counterpart(&self, stored: &Stored, record: &Record) -> Result<Counterpart> {
        let found = match record {
            Record::Article(article) => self.article_there(stored, article),
            Record::Order(order) => self.order_as_sent(stored, order).await,
            Record::PurchaseOrder(order) => self.purchase_order_as_sent(stored, order).await,
            Record::Withdrawal(withdrawal) => Ok(Counterpart::Other(withdrawal.reason.clone())),
        };
        match found {
            Err(fault @ (Fault::Rejected { .. } | Fault::Unexpected(_))) => Ok(Counterpart::Other(fault.to_string())),
            other => other,
        }
    }

    fn article_there(&self, stored: &Stored, article: &Article) -> Result<Counterpart> {
        let number = &article.article_number;
        if let Some(fault) = self.refused.get(number) {
            return Err(fault.clone());
        }
        let sent = body(stored, map::article(article, self.ongoing.goods_owner_id(), self.values()))?;
        let Some(shown) = self.shown.get(number).and_then(Option::as_ref) else { return Ok(Counterpart::Absent) };
        let id = shown["articleSystemId"].as_i64();
        Ok(id.map_or(Counterpart::Absent, |id| held(Feed::Articles, &sent, shown, id, number, false)))
    }

    async fn order_as_sent(&self, stored: &Stored, order: &Order) -> Result<Counterpart> {
        let order = self.with_article_numbers(order).await?;
        let number = &order.order_info.goods_owner_order_number;
        let Some((existing, shown)) = self.order_there(number).await? else { return Ok(Counterpart::Absent) };
        let names = (&order.order_info.goods_owner_order_id, &existing.order_info.goods_owner_order_id);
        if let Some(why) = not_its_own(names, existing.status() == Some(order::CANCELLED)) {
            return Ok(Counterpart::Other(why));
        }
        let sent = body(stored, map::order(&order, self.ongoing.goods_owner_id(), self.values()))?;
        let for_want_of_a_date = !order.order_info.delivery_date.given;
        Ok(held(Feed::Orders, &sent, &shown, existing.order_info.order_id, number, for_want_of_a_date))
    }

    async fn purchase_order_as_sent(&self, stored: &Stored, order: &PurchaseOrder) -> Result<Counterpart> {
        let order = self.purchase_with_article_numbers(order).await?;
        let number = &order.order_number;
        let Some((existing, shown)) = self.purchase_order_there(number).await? else {
            return Ok(Counterpart::Absent);
        };
        let info = &existing.purchase_order_info;
        let names = (&order.goods_owner_purchase_order_id, &info.goods_owner_purchase_order_id);
        if let Some(why) = not_its_own(names, existing.status() == Some(purchase_order::CANCELLED)) {
            return Ok(Counterpart::Other(why));
        }
        let sent = body(stored, map::purchase_order(&order, self.ongoing.goods_owner_id(), self.values()))?;
        Ok(held(Feed::PurchaseOrders, &sent, &shown, info.purchase_order_id, number, false))
    }

    /// Ongoing's id of the order that names this record of the ERP's and is open, where it was read ahead or is there now.
    ///
    /// # Errors
    /// As classified.
    pub(crate) async fn open_order(&self, feed: Feed, key: &str, number: &str) -> Result<Option<i64>> {
        if feed == Feed::PurchaseOrders {
            let there = self.purchase_order_there(number).await?.map(|(existing, _)| existing);
            let open = |status: Option<i64>| status != Some(purchase_order::CANCELLED);
            return Ok(there.filter(|order| open(order.status())).and_then(|order| {
                let info = order.purchase_order_info;
                (info.goods_owner_purchase_order_id.as_deref() == Some(key)).then_some(info.purchase_order_id)
            }));
        }
        let Some((existing, _)) = self.order_there(number).await? else { return Ok(None) };
        let info = &existing.order_info;
        // The ERP's id where the document has one, else its number is the id.
        let names = info.goods_owner_order_id.as_deref().or(info.order_number.as_deref());
        Ok((existing.status() != Some(order::CANCELLED) && names == Some(key)).then_some(info.order_id))
    }
}

/// Why an order of this number is not the record's, or does not count as it.
fn not_its_own((ours, theirs): (&Option<String>, &Option<String>), cancelled: bool) -> Option<String> {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) if ours != theirs => {
            Some(format!("the number is taken in Ongoing by the ERP's record {theirs}"))
        }
        _ => cancelled.then(|| "it is cancelled in Ongoing".to_owned()),
    }
}

/// What is sent and not shown tells nothing; a delivery date for want of one is the day of the import.
fn held(feed: Feed, sent: &Value, shown: &Value, id: i64, number: &str, undated: bool) -> Counterpart {
    let mut changes = between(feed, sent, shown).changes;
    changes.retain(|change| !(undated && change.path == "/deliveryDate"));
    if changes.is_empty() {
        let (members, rows) = (cleared::members(sent), cleared::rows(sent));
        return Counterpart::Same(InOngoing { id, number: number.to_owned(), members, rows });
    }
    let named: Vec<&str> = changes.iter().take(NAMED).map(|change| change.path.as_str()).collect();
    let more = changes.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Counterpart::Other(format!("Ongoing shows another {}{more}", named.join(", ")))
}
