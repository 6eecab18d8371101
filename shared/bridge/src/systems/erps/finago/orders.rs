//! Orders: what changed, whatever its state, so that an order which left the pulled states is seen as well (Finago sheet,
//! sections 2.2 and 2.3).

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::super::rows::{self, Part};
use super::paging::{self, Position};
use super::wire::{InvoiceOrder, OrderHead};
use super::{Finago, change, names, record, slices, unread, values};
use crate::systems::erp::{Change, Known, Page, What, settle_known};
use crate::systems::erps::imported;
use crate::words::cursor::Cursor;
use crate::words::fault::Result;
use crate::words::feed::Feed;
use crate::words::vocabulary::finago::{self as states, Meaning};
use crate::words::wire::decode;

/// A search for changes from longer ago is asked as a list for synchronization: the plain one times out then.
const FAR_BACK: Duration = Duration::from_secs(24 * 60 * 60);

/// What an order is, before its company is joined.
enum Verdict {
    /// Import it.
    Pulled(OrderHead),
    /// Something else is to be done.
    Other(What),
}

impl Finago<'_> {
    /// The numbers of the orders that changed, with the server's time.
    pub(super) async fn orders_listed(&self, position: &Position) -> Result<(Vec<i64>, Option<Timestamp>)> {
        let filter = paging::filter(position.since);
        let lately = position.since.is_some_and(|since| since + FAR_BACK > self.now);
        let found = match lately {
            true => self.services.orders_changed(filter).await?,
            false => self.services.orders_changed_far_back(filter).await?,
        };
        Ok((found.numbers, found.at))
    }

    pub(super) async fn orders(&self, cursor: &Cursor, known: &dyn Known) -> Result<Page> {
        let mut position = Position::of(cursor)?;
        let list = self.list(Feed::Orders, &mut position).await?;
        let (numbers, last) = position.slice(&list);
        let mut slice = self.slice(Feed::Orders, &numbers, known).await?;
        let mut rows = std::mem::take(&mut slice.rows);
        rows.sort_by_key(|row| values::number(row, "OrderId"));
        rows.retain(|row| position.seen(values::moment(row, "DateChanged")));
        let (mut changes, left) = self.order_changes(rows).await?;
        if let Some(number) = left {
            slice.cut(number);
        }
        settle_known(Feed::Orders, &mut changes, known).await?;
        changes.extend(slice.unread.into_iter().map(|(number, fault)| slices::unread(Feed::Orders, number, fault)));
        Ok(position.page(changes, &slice.done, last && slice.done.len() == numbers.len()))
    }

    /// What is to be done with orders as they are, and the number of the first for which there was no time.
    pub(super) async fn order_changes(&self, rows: Vec<Value>) -> Result<(Vec<Change>, Option<i64>)> {
        let mut judged: Vec<(Value, Verdict)> = rows
            .into_iter()
            .map(|row| {
                let verdict = self.judged(&row);
                (row, verdict)
            })
            .collect();
        let needed = judged
            .iter()
            .flat_map(|(_, verdict)| self.needs_company(verdict).into_iter().chain(needs_receiver(verdict)));
        let needed = needed.collect();
        self.companies.read(&self.services, needed).await?;
        let unasked = |verdict: &Verdict| {
            let mut needed = self.needs_company(verdict).into_iter().chain(needs_receiver(verdict));
            needed.any(|id| !self.companies.knows(id))
        };
        let at = judged.iter().position(|(_, verdict)| unasked(verdict));
        let left = at.map(|at| values::number(&judged[at].0, "OrderId").unwrap_or_default());
        judged.truncate(at.unwrap_or(judged.len()));
        let changes = judged.into_iter().map(|(row, verdict)| match verdict {
            Verdict::Other(what) => order_change(&row, what),
            Verdict::Pulled(_) => self.pulled(row, &verdict),
        });
        Ok((changes.collect(), left))
    }

    fn judged(&self, row: &Value) -> Verdict {
        if let Some(what) = unread(row) {
            return Verdict::Other(what);
        }
        let head = match decode::<OrderHead>(row) {
            Ok(head) => head,
            Err(fault) => return Verdict::Other(What::Parked(fault.to_string())),
        };
        let state = head.state();
        let settings = &self.tenant.settings;
        if self.pulls(state) {
            return Verdict::Pulled(head);
        }
        let (word, meaning) = states::of(state);
        let reason = format!("the order is {word}");
        // The states that we set ourselves are no withdrawals, whatever they are.
        let ours =
            [&settings.shipped_status, &settings.import_status].iter().any(|ours| ours.as_deref() == Some(state));
        Verdict::Other(match meaning {
            Meaning::Withdrawn if !ours => What::Withdrawn(reason),
            _ => What::Filtered(reason),
        })
    }

    /// Whether orders in this state come in. Where orders are given a state after their import, that one does too: else
    /// no later change of them would.
    pub(super) fn pulls(&self, state: &str) -> bool {
        let settings = &self.tenant.settings;
        let listed = match &settings.order_statuses {
            Some(states) => states.iter().any(|wanted| wanted.as_str() == Some(state)),
            None => state == states::CONFIRMED,
        };
        listed || self.tenant.sends_import_status() && settings.import_status.as_deref() == Some(state)
    }

    /// The company that an order needs for its phone and e-mail, or for the tenant's own fields.
    fn needs_company(&self, verdict: &Verdict) -> Option<i64> {
        let Verdict::Pulled(head) = verdict else { return None };
        let asked = || names::points_to(&self.tenant.settings, Feed::Orders, "/Company");
        if !head.is_hard_to_reach() && !asked() {
            return None;
        }
        head.customer_id.as_ref()?.parse().ok()
    }

    fn pulled(&self, mut row: Value, verdict: &Verdict) -> Change {
        match self.needs_company(verdict).map(|number| self.companies.get(number)) {
            Some(Ok(Some(company))) => row["Company"] = company,
            Some(Ok(None)) | None => {}
            Some(Err(fault)) => return order_change(&row, What::Unread(fault)),
        }
        match needs_receiver(verdict).map(|number| self.companies.get(number)) {
            Some(Ok(Some(company))) => row["DeliveryCompany"] = company,
            Some(Ok(None)) | None => {}
            Some(Err(fault)) => return order_change(&row, What::Unread(fault)),
        }
        let settings = &self.tenant.settings;
        let what = match decode::<InvoiceOrder>(&row) {
            Ok(order) if order.goods(settings).is_empty() => What::Withdrawn(rows::NO_GOODS.into()),
            order => {
                order.iter().for_each(|order| self.log_left_out(&row, order));
                let mapped = record(Feed::Orders, &row, settings, self.today);
                imported(self.tenant, Feed::Orders, &row, mapped, self.sources.as_ref())
            }
        };
        order_change(&row, what)
    }

    fn log_left_out(&self, row: &Value, order: &InvoiceOrder) {
        let key = values::number(row, "OrderId").map(|number| number.to_string()).unwrap_or_default();
        for (at, part) in order.parts(&self.tenant.settings).into_iter().enumerate() {
            if let Part::LeftOut(reason) = part {
                let path = format!("/InvoiceRows/InvoiceRow/{at}");
                rows::log_left_out(self.tenant, Feed::Orders, &key, &path, reason);
            }
        }
    }
}

/// The company that receives the goods, where it is not the customer and the order has no phone.
fn needs_receiver(verdict: &Verdict) -> Option<i64> {
    let Verdict::Pulled(head) = verdict else { return None };
    let receiver = head.customer_delivery_id.as_ref().filter(|id| head.customer_id.as_ref() != Some(*id));
    receiver.filter(|_| head.customer_delivery_phone.is_none())?.parse().ok()
}

fn order_change(row: &Value, what: What) -> Change {
    let number = values::number(row, "OrderId").map(|number| number.to_string());
    change(row, "OrderId", number, values::moment(row, "DateChanged"), what)
}
