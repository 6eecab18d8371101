//! What an import of a record would do, without doing it. The same looks and the same decisions as the import's own.

mod counterpart;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::articles::article_number;
use super::order;
use super::own::Own;
use super::{Done, purchase_order};
use crate::state::ledger::{Ledger, Stored};
use crate::systems::ongoing::diff::{Change, Difference, between};
use crate::systems::ongoing::wire::{ExistingOrder, ExistingPurchaseOrder};
use crate::systems::ongoing::{Articles, Ongoing, map};
use crate::tenant::{Tenant, ValueMap};
use crate::words::domain::{Article, Order, PurchaseOrder, Record, Withdrawal};
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::outcome::Outcome;

pub(crate) use counterpart::Counterpart;

/// What an import would do.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It would be new.
    Create,
    /// These members would be others; the second are sent and not shown by Ongoing, so that they may be others too.
    Update(Vec<Change>, Vec<String>),
    /// It would be cancelled.
    Cancel(String),
    /// Nothing that Ongoing shows would be another.
    Same,
    /// The warehouse has started on it.
    Blocked(String),
    /// It would be parked.
    Rejected(String),
}

/// Assesses the records of one tenant.
pub(crate) struct DryRun<'a> {
    ongoing: &'a Ongoing,
    ledger: &'a Ledger<'a>,
    tenant: &'a Tenant,
    /// Articles that would arrive before: article number by the ERP's key.
    arriving: HashMap<String, String>,
    /// The same numbers.
    brought: HashSet<String>,
    /// What Ongoing shows of an article number, as far as it was read ahead; `None`: it has none.
    shown: HashMap<String, Option<Value>>,
    /// Why Ongoing does not say what it has of an article number.
    refused: HashMap<String, Fault>,
    /// What Ongoing shows of the order numbers that were read ahead.
    orders: RefCell<Ahead<ExistingOrder>>,
    purchase_orders: RefCell<Ahead<ExistingPurchaseOrder>>,
}

/// Orders that were read ahead, by their numbers; `None`: there is none.
type Ahead<T> = HashMap<String, Option<(T, Value)>>;

impl<'a> DryRun<'a> {
    pub(crate) fn new(ongoing: &'a Ongoing, ledger: &'a Ledger<'a>, tenant: &'a Tenant) -> Self {
        Self {
            ongoing,
            ledger,
            tenant,
            arriving: HashMap::new(),
            brought: HashSet::new(),
            shown: HashMap::new(),
            refused: HashMap::new(),
            orders: RefCell::default(),
            purchase_orders: RefCell::default(),
        }
    }

    /// Whether this article number was read ahead, or would arrive.
    pub(crate) fn knows(&self, number: &str) -> bool {
        self.shown.contains_key(number) || self.refused.contains_key(number)
    }

    /// Notes an article that would be imported before what is assessed next.
    pub(crate) fn arrives(&mut self, key: &str, number: &str) {
        self.arriving.insert(key.to_owned(), number.to_owned());
        self.brought.insert(number.to_owned());
    }

    /// Reads ahead what Ongoing shows of these articles.
    pub(crate) async fn read_articles(&mut self, numbers: &[String]) -> Result<()> {
        let mut found: HashMap<String, Value> = HashMap::new();
        let read = self.ongoing.articles(numbers).await?;
        for (article, shown) in read.found {
            found.extend(article.article_number.map(|number| (number, shown)));
        }
        self.refused.extend(read.refused);
        let known = numbers.iter().filter(|number| !self.refused.contains_key(*number));
        self.shown.extend(known.map(|number| (number.clone(), found.remove(number))));
        Ok(())
    }

    /// Of these articles only whether Ongoing has them is kept: all of them would take too much room.
    pub(crate) fn forget(&mut self, numbers: &[String]) {
        for number in numbers {
            if let Some(Some(shown)) = self.shown.get_mut(number) {
                *shown = Value::Null;
            }
        }
    }

    /// Reads ahead what Ongoing shows of these orders, each for one assessment, and forgets those before. What cannot be read
    /// together is read one by one.
    pub(crate) async fn read_orders(&mut self, feed: Feed, numbers: &[String]) -> Result<()> {
        let (orders, purchases) = (self.orders.get_mut(), self.purchase_orders.get_mut());
        orders.clear();
        purchases.clear();
        if numbers.is_empty() {
            return Ok(());
        }
        let alone = |fault: Fault| match fault {
            Fault::Rejected { .. } | Fault::Unexpected(_) => Ok(()),
            other => Err(other),
        };
        match feed {
            Feed::Orders => match self.ongoing.orders_shown(numbers).await {
                Ok(mut found) => orders.extend(numbers.iter().map(|number| (number.clone(), found.remove(number)))),
                Err(fault) => return alone(fault),
            },
            Feed::PurchaseOrders => match self.ongoing.purchase_orders_shown(numbers).await {
                Ok(mut found) => purchases.extend(numbers.iter().map(|number| (number.clone(), found.remove(number)))),
                Err(fault) => return alone(fault),
            },
            Feed::Articles | Feed::Suppliers => {}
        }
        Ok(())
    }

    async fn order_there(&self, number: &str) -> Result<Option<(ExistingOrder, Value)>> {
        let ahead = self.orders.borrow_mut().remove(number);
        match ahead {
            Some(there) => Ok(there),
            None => self.ongoing.order_shown(number).await,
        }
    }

    async fn purchase_order_there(&self, number: &str) -> Result<Option<(ExistingPurchaseOrder, Value)>> {
        let ahead = self.purchase_orders.borrow_mut().remove(number);
        match ahead {
            Some(there) => Ok(there),
            None => self.ongoing.purchase_order_shown(number).await,
        }
    }

    /// # Errors
    /// What passes by itself, and what concerns more than this record.
    pub(crate) async fn assess(&self, feed: Feed, stored: &Stored, record: &Record) -> Result<Verdict> {
        let assessed = match record {
            Record::Article(article) => self.article(stored, article).await,
            Record::Order(order) => self.order(stored, order).await,
            Record::PurchaseOrder(order) => self.purchase_order(stored, order).await,
            Record::Withdrawal(withdrawal) => self.withdrawal(feed, stored, withdrawal).await,
        };
        match assessed {
            Err(fault @ (Fault::Rejected { .. } | Fault::Unexpected(_))) => Ok(Verdict::Rejected(fault.to_string())),
            other => other,
        }
    }

    fn values(&self) -> &[ValueMap] {
        &self.tenant.settings.values
    }

    async fn article(&self, stored: &Stored, article: &Article) -> Result<Verdict> {
        if let Some(fault) = self.refused.get(&article.article_number) {
            return Err(fault.clone());
        }
        let body = super::body(stored, map::article(article, self.ongoing.goods_owner_id(), self.values()))?;
        let before = stored.entry.ongoing.as_ref().filter(|there| there.number != article.article_number);
        // One that has another number now is renamed by its id.
        let renamed = match before {
            Some(there) => {
                let Articles { found, refused } = self.ongoing.articles(std::slice::from_ref(&there.number)).await?;
                if let Some((_, fault)) = refused.into_iter().next() {
                    return Err(fault);
                }
                found.into_iter().find(|(article, _)| article.article_system_id == Some(there.id))
            }
            None => None,
        };
        let there = renamed.as_ref().map(|(_, shown)| shown);
        let there = there.or_else(|| self.shown.get(&article.article_number)?.as_ref());
        Ok(against(Feed::Articles, &body, there))
    }

    /// An order as it is sent: each line with its article's number, lines that are no goods set aside.
    async fn with_article_numbers(&self, order: &Order) -> Result<Order> {
        let mut order = order.clone();
        for (index, line) in order.order_lines.iter_mut().enumerate() {
            if line.article_number.is_none() {
                let at = format!("/orderLines/{index}/articleNumber");
                line.article_number = Some(self.article_number(line.product_code.as_deref(), &at).await?);
            }
        }
        order::as_set(&mut order, self.tenant.erp.kind, &self.tenant.settings);
        Ok(order)
    }

    async fn purchase_with_article_numbers(&self, order: &PurchaseOrder) -> Result<PurchaseOrder> {
        let mut order = order.clone();
        for (index, line) in order.order_lines.iter_mut().enumerate() {
            if line.article_number.is_none() {
                let at = format!("/purchaseOrderLines/{index}/articleNumber");
                line.article_number = Some(self.article_number(line.product_code.as_deref(), &at).await?);
            }
        }
        purchase_order::set_aside_not_goods(&mut order, self.tenant);
        Ok(order)
    }

    async fn order(&self, stored: &Stored, order: &Order) -> Result<Verdict> {
        let order = self.with_article_numbers(order).await?;
        if order.order_lines.is_empty() {
            return Ok(Verdict::Same);
        }
        for (index, line) in order.order_lines.iter().enumerate() {
            self.will_be_there("orderLines", index, line.article_number.as_deref())?;
        }
        let there = self.order_there(&order.order_info.goods_owner_order_number).await?;
        let kept = there.as_ref().and_then(|(existing, _)| order::kept(existing, self.tenant, stored, &order));
        if let Some(done) = kept {
            return Ok(verdict(done));
        }
        let body = super::body(stored, map::order(&order, self.ongoing.goods_owner_id(), self.values()))?;
        Ok(against(Feed::Orders, &body, there.as_ref().map(|(_, shown)| shown)))
    }

    async fn purchase_order(&self, stored: &Stored, order: &PurchaseOrder) -> Result<Verdict> {
        let order = self.purchase_with_article_numbers(order).await?;
        if order.order_lines.is_empty() {
            return Ok(Verdict::Same);
        }
        for (index, line) in order.order_lines.iter().enumerate() {
            self.will_be_there("purchaseOrderLines", index, line.article_number.as_deref())?;
        }
        let there = self.purchase_order_there(&order.order_number).await?;
        let kept = there.as_ref().and_then(|(existing, _)| purchase_order::kept(existing, stored, &order));
        if let Some(done) = kept {
            return Ok(verdict(done));
        }
        let body = super::body(stored, map::purchase_order(&order, self.ongoing.goods_owner_id(), self.values()))?;
        Ok(against(Feed::PurchaseOrders, &body, there.as_ref().map(|(_, shown)| shown)))
    }

    /// As an import finds it, which comes after the articles of the same plan.
    async fn article_number(&self, product_code: Option<&str>, at: &str) -> Result<String> {
        match product_code.and_then(|code| self.arriving.get(code)) {
            Some(number) => Ok(number.clone()),
            None => {
                let number = article_number(self.ongoing, self.ledger, self.tenant, product_code, at).await?;
                number.map_err(|missing| missing.why)
            }
        }
    }

    /// A row with an article number that Ongoing does not have is refused (Ongoing sheet, section 2.1, inferred).
    fn will_be_there(&self, rows: &str, index: usize, number: Option<&str>) -> Result<()> {
        let Some(number) = number else { return Ok(()) };
        let absent = matches!(self.shown.get(number), Some(None));
        if absent && !self.brought.contains(number) {
            let why = format!("nothing read here brings the article; {}", super::articles::absence(number));
            return Err(Fault::rejected(format!("/{rows}/{index}/articleNumber"), why));
        }
        Ok(())
    }

    async fn withdrawal(&self, feed: Feed, stored: &Stored, withdrawal: &Withdrawal) -> Result<Verdict> {
        let number = &withdrawal.goods_owner_order_number;
        let own = Own::new(withdrawal, "", stored);
        let kept = if feed == Feed::PurchaseOrders {
            let there = self.purchase_order_there(number).await?;
            there.map(|(existing, _)| purchase_order::kept_as_withdrawn(&existing, withdrawal, &own))
        } else {
            let there = self.order_there(number).await?;
            there.map(|(existing, _)| order::kept_as_withdrawn(&existing, self.tenant, withdrawal, &own))
        };
        Ok(match kept {
            // It is not there, so there is nothing to cancel.
            None => Verdict::Same,
            Some(None) => Verdict::Cancel(withdrawal.reason.clone()),
            Some(Some(done)) => verdict(done),
        })
    }
}

/// What an import that sends nothing means.
fn verdict(done: Done) -> Verdict {
    let reason = done.reason.unwrap_or_default();
    match done.outcome {
        Outcome::Blocked => Verdict::Blocked(reason),
        Outcome::Parked => Verdict::Rejected(reason),
        _ => Verdict::Same,
    }
}

fn against(feed: Feed, body: &Value, shown: Option<&Value>) -> Verdict {
    let Some(shown) = shown else { return Verdict::Create };
    let Difference { changes, unseen } = between(feed, body, shown);
    // What is sent and not shown may be what changed: it must not be called unchanged.
    if changes.is_empty() && unseen.is_empty() { Verdict::Same } else { Verdict::Update(changes, unseen) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_sent_and_not_shown_is_never_called_unchanged() {
        let shown = json!({ "orderInfo": { "orderRemark": "x", "advanced": { "invoiceNumber": null } } });
        let sent = |body: Value| against(Feed::Orders, &body, Some(&shown));
        assert!(matches!(sent(json!({ "orderRemark": "x" })), Verdict::Same));
        let Verdict::Update(changes, unseen) =
            sent(json!({ "orderRemark": "x", "advanced": { "wayOfDeliveryString": "Posten" } }))
        else {
            panic!("it may be what changed")
        };
        assert_eq!((changes.len(), unseen.as_slice()), (0, &["/advanced/wayOfDeliveryString".to_owned()][..]));
    }
}
