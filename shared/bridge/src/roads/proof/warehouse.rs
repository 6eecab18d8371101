//! What Ongoing has, held against the ERP; and what the ERP was told of it.

use std::collections::HashSet;
use std::time::Duration;

use jiff::Timestamp;

use super::compare::{CHUNK, Compare, Place};
use super::{Difference, FeedProof, Found, Kind, Progress, UnderWay, remedy};
use crate::roads::write_back::{Leaves, leaves, level, shipment};
use crate::state::journal::{Back, Journal, Note};
use crate::state::ledger::Stored;
use crate::systems::erp::What;
use crate::systems::ongoing::Ongoing;
use crate::systems::ongoing::wire::{CANCELLED, ExistingArticle, ExistingOrder, ExistingPurchaseOrder};
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::outcome::Outcome;

/// What the warehouse did in this time is on its way to the ERP: two ticks of the reconcile.
const RECENT: Duration = Duration::from_secs(30 * 60);

/// Ongoing's status of a cancelled purchase order.
const PURCHASE_CANCELLED: i64 = 900;

/// A record of Ongoing's that is open or in use.
struct Open {
    id: Option<i64>,
    number: Option<String>,
    /// The ERP's id that it names.
    key: Option<String>,
    started: bool,
}

/// What Ongoing has of one page.
#[derive(Default)]
struct Page {
    open: Vec<Open>,
    rows: usize,
    unread: Vec<(i64, Fault)>,
    last: Option<i64>,
}

impl Compare<'_> {
    /// All that Ongoing has of a feed.
    pub async fn warehouse_side(&mut self, feed: Feed, proof: &mut FeedProof, found: &mut Found) -> Result<()> {
        let mut id_from = 0;
        let recent = self.ports.clock.now() - RECENT;
        loop {
            self.in_time()?;
            let page = match feed {
                Feed::Articles => self.articles(id_from, recent, found).await?,
                Feed::Orders => self.orders(id_from, recent, found).await?,
                Feed::PurchaseOrders => self.purchase_orders(id_from).await?,
                Feed::Suppliers => Page::default(),
            };
            proof.ongoing += page.rows;
            for (id, fault) in &page.unread {
                let why = format!("Ongoing's answer about it cannot be read: {fault}");
                let key = id.to_string();
                let place = Place { feed, key: &key, number: None };
                found.differs(place.difference(Kind::Different, why, Vec::new(), "ask Ongoing's support".to_owned()));
            }
            let extra: Vec<Open> = page.open.into_iter().filter(|open| !self.accounted(open)).collect();
            for some in extra.chunks(CHUNK) {
                self.extra(feed, some, proof, found).await?;
            }
            (self.progress)(Progress::Ongoing(feed, proof.ongoing));
            let Some(last) = page.last else { return Ok(()) };
            id_from = last + 1;
        }
    }

    fn accounted(&self, open: &Open) -> bool {
        open.key.as_ref().is_some_and(|key| self.seen.has("key", key))
            || open.number.as_ref().is_some_and(|number| self.seen.has("number", number))
            || open.id.is_some_and(|id| self.seen.has("id", &id.to_string()))
    }

    /// What the ERP's list did not have: older than where orders begin, left out, or not the ERP's at all.
    async fn extra(&mut self, feed: Feed, some: &[Open], proof: &mut FeedProof, found: &mut Found) -> Result<()> {
        let keys: Vec<String> = some.iter().filter_map(|open| open.key.clone()).collect();
        let entries = self.ledger.read(feed, &keys).await?;
        let known: Vec<String> = keys.iter().filter(|key| entries.contains_key(*key)).cloned().collect();
        let changes = if known.is_empty() { Vec::new() } else { self.erp.read(feed, &known).await? };
        for open in some {
            let key = open.key.as_deref().unwrap_or_default();
            let change = changes.iter().find(|change| change.key == key && !key.is_empty());
            if let Some(What::Import(_) | What::Parked(_) | What::Unread(_)) = change.map(|change| &change.what) {
                continue;
            }
            let reason = match change.map(|change| &change.what) {
                Some(What::Filtered(reason) | What::Withdrawn(reason)) => Some(reason.as_str()),
                _ => None,
            };
            self.is_extra(feed, open, entries.get(key), reason, found);
        }
        let rest: Vec<_> = changes
            .into_iter()
            .filter(|change| matches!(change.what, What::Import(_) | What::Parked(_) | What::Unread(_)))
            .collect();
        self.chunk(feed, &rest, proof, found).await
    }

    fn is_extra(&self, feed: Feed, open: &Open, stored: Option<&Stored>, reason: Option<&str>, found: &mut Found) {
        let number = open.number.as_deref();
        let key = open.key.as_deref().or(number).unwrap_or_default();
        let place = Place { feed, key, number };
        let (tenant_id, now) = (&self.tenant.tenant_id, self.ports.clock.now());
        if let Some(stored) = stored {
            if let Some(under_way) = self.on_its_way(&place, &stored.entry, now) {
                return found.is_under_way(under_way);
            }
            // Left out by a rule, and made in Ongoing by a person who wants it there.
            if stored.entry.ongoing.is_none() && stored.entry.outcome == Some(Outcome::Filtered) {
                return;
            }
        }
        let started = if open.started { ", and the warehouse works on it" } else { "" };
        let why = match (stored, reason) {
            (Some(_), Some(reason)) => {
                format!("it is in Ongoing{started}; the ERP has it no more for the warehouse: {reason}")
            }
            (Some(_), None) => format!("it is in Ongoing{started}; the ERP has it no more"),
            (None, _) if open.key.is_some() => format!("it is in Ongoing{started}; no pull has seen it"),
            (None, _) => format!("it is in Ongoing{started}, names no record of the ERP's, and none has its number"),
        };
        let remedy = remedy::end_in_ongoing(feed, tenant_id, place.name(), stored.is_some());
        found.differs(place.difference(Kind::Extra, why, Vec::new(), remedy));
    }

    async fn articles(&self, id_from: i64, recent: Timestamp, found: &mut Found) -> Result<Page> {
        let page = self.ongoing.articles_page(None, id_from, Ongoing::PAGE).await?;
        if self.tenant.sends_stock() {
            self.stock(&page.rows, id_from, recent, found).await?;
        }
        let in_use = |article: &&ExistingArticle| article.is_active != Some(false);
        let open = page.rows.iter().filter(in_use).map(|article| Open {
            id: article.article_system_id,
            number: article.article_number.clone(),
            key: article.product_code.clone(),
            started: false,
        });
        Ok(Page { open: open.collect(), rows: page.rows.len(), last: page.last, unread: page.unread })
    }

    /// Stock that the ERP was not told of. What it says itself is not read: a stock that is changed by hand there is put
    /// right by the daily look of the reconcile.
    async fn stock(
        &self,
        articles: &[ExistingArticle],
        id_from: i64,
        recent: Timestamp,
        found: &mut Found,
    ) -> Result<()> {
        let levels: Vec<_> = articles.iter().filter_map(|article| level(article, self.tenant)).collect();
        let keys: Vec<String> = levels.iter().map(|level| level.article_number.clone()).collect();
        let notes = self.journal().read(Back::Stock, &keys).await?;
        let mut untold = Vec::new();
        for level in &levels {
            let quantity = level.quantity.normalize().to_string();
            let note = notes.get(&level.article_number);
            // One that is not the ERP's was never offered to it.
            let is_erp_s = level.product_code.as_ref().is_some_and(|key| self.seen.has("key", key))
                || self.seen.has("number", &level.article_number);
            // Where there is none, there was nothing to tell.
            let nothing = !is_erp_s || level.quantity.is_zero();
            if !note.map_or(nothing, |note| is_told(note, &quantity)) {
                untold.push((level, quantity, note));
            }
        }
        if untold.is_empty() {
            return Ok(());
        }
        let just_now = self.stock_changed_since(recent, id_from, articles).await?;
        for (level, quantity, note) in untold {
            let number = &level.article_number;
            let at = Told { feed: Back::Stock, key: number, number: Some(number) };
            if let Some(under_way) = at.under_way(note, just_now.contains(number)) {
                found.is_under_way(under_way);
                continue;
            }
            let why = match note.and_then(|note| note.written.as_deref()) {
                Some(written) => format!("the warehouse has {quantity}, the ERP was told {written}"),
                None => format!("the warehouse has {quantity}, the ERP was never told"),
            };
            let remedy = at.remedy(&self.tenant.tenant_id);
            found.differs(at.difference(Kind::Stock, why, remedy));
        }
        Ok(())
    }

    /// The numbers of a page's articles whose stock changed since then.
    async fn stock_changed_since(
        &self,
        since: Timestamp,
        id_from: i64,
        articles: &[ExistingArticle],
    ) -> Result<HashSet<String>> {
        let page = self.ongoing.articles_page(Some(since), id_from, Ongoing::PAGE).await?;
        let here: HashSet<&str> = articles.iter().filter_map(|article| article.article_number.as_deref()).collect();
        Ok(page
            .rows
            .into_iter()
            .filter_map(|article| article.article_number)
            .filter(|number| here.contains(number.as_str()))
            .collect())
    }

    async fn orders(&self, id_from: i64, recent: Timestamp, found: &mut Found) -> Result<Page> {
        let page = self.ongoing.orders_page(id_from).await?;
        if self.tenant.sends_shipments() {
            self.shipments(&page.rows, id_from, recent, found).await?;
        }
        let done = self.tenant.ongoing.shipped_statuses.iter().min().copied().unwrap_or(i64::MAX);
        let is_open = |order: &&ExistingOrder| order.status().is_none_or(|status| status < done && status != CANCELLED);
        let open = page.rows.iter().filter(is_open).map(|order| Open {
            id: Some(order.order_info.order_id),
            number: order.order_info.order_number.clone(),
            // The ERP's id where the document has one, else its number is the id.
            key: order.order_info.goods_owner_order_id.clone().or_else(|| order.order_info.order_number.clone()),
            started: order.started(self.tenant.ongoing.started_from_status),
        });
        Ok(Page { open: open.collect(), rows: page.rows.len(), last: page.last, unread: page.unread })
    }

    /// Shipped orders of the ERP's that it was not told of.
    async fn shipments(
        &self,
        orders: &[ExistingOrder],
        id_from: i64,
        recent: Timestamp,
        found: &mut Found,
    ) -> Result<()> {
        let statuses = &self.tenant.ongoing.shipped_statuses;
        let shipped: Vec<_> = orders
            .iter()
            .map(|order| (order, leaves(order, statuses)))
            .filter(|(_, leaves)| *leaves != Leaves::NotYet)
            .filter_map(|(order, leaves)| Some((order.order_info.order_id, shipment(order)?, leaves)))
            .collect();
        let keys: Vec<String> = shipped.iter().map(|(id, ..)| id.to_string()).collect();
        let notes = self.journal().read(Back::Shipments, &keys).await?;
        let erp_keys: Vec<String> = shipped.iter().map(|(_, shipment, _)| shipment.key.clone()).collect();
        let entries = self.ledger.read(Feed::Orders, &erp_keys).await?;
        let mut untold = Vec::new();
        for (id, shipment, leaves) in &shipped {
            let note = notes.get(&id.to_string());
            let is_ours = entries
                .get(&shipment.key)
                .is_some_and(|stored| stored.entry.ongoing.as_ref().is_some_and(|there| there.id == *id));
            let told = note.is_some_and(|note| {
                matches!(leaves, Leaves::Past(_)) && note.written.is_some()
                    || is_told(note, &shipment.fingerprint())
                        && (note.outcome == Some(Outcome::Filtered) || note.tracking == shipment.tracking)
            });
            if is_ours && !told {
                untold.push((*id, shipment, note));
            }
        }
        if untold.is_empty() {
            return Ok(());
        }
        let lowest = statuses.iter().min().copied().unwrap_or_default();
        let page = self.ongoing.orders_changed(recent, lowest, id_from, Ongoing::PAGE).await?;
        let just_now: HashSet<i64> = page.rows.iter().map(|order| order.order_info.order_id).collect();
        for (id, shipment, note) in untold {
            let key = id.to_string();
            let at = Told { feed: Back::Shipments, key: &key, number: Some(&shipment.number) };
            if let Some(under_way) = at.under_way(note, just_now.contains(&id)) {
                found.is_under_way(under_way);
                continue;
            }
            let why = match note.and_then(|note| note.written.as_ref()) {
                Some(_) => "the warehouse has shipped it otherwise than the ERP was told",
                None => "the warehouse has shipped it, and the ERP was not told",
            };
            let remedy = at.remedy(&self.tenant.tenant_id);
            found.differs(at.difference(Kind::NotReported, why.to_owned(), remedy));
        }
        Ok(())
    }

    async fn purchase_orders(&self, id_from: i64) -> Result<Page> {
        let page = self.ongoing.purchase_orders_page(id_from).await?;
        // What was received is the warehouse's, and leaves the ERP's statuses.
        let is_open = |order: &&ExistingPurchaseOrder| order.status() != Some(PURCHASE_CANCELLED) && !order.started();
        let open = page.rows.iter().filter(is_open).map(|order| Open {
            id: Some(order.purchase_order_info.purchase_order_id),
            number: order.purchase_order_info.purchase_order_number.clone(),
            key: order.purchase_order_info.goods_owner_purchase_order_id.clone(),
            started: false,
        });
        Ok(Page { open: open.collect(), rows: page.rows.len(), last: page.last, unread: page.unread })
    }

    fn journal(&self) -> Journal<'_> {
        Journal::new(self.ports, &self.tenant.tenant_id)
    }
}

/// Whether the ERP was told this, or has no place for it.
fn is_told(note: &Note, what: &str) -> bool {
    note.was_offered(what) || note.outcome == Some(Outcome::Filtered)
}

/// Which write-back.
struct Told<'a> {
    feed: Back,
    key: &'a str,
    number: Option<&'a str>,
}

impl Told<'_> {
    fn under_way(&self, note: Option<&Note>, just_now: bool) -> Option<UnderWay> {
        let reason = |note: &Note| note.reason.clone().unwrap_or_else(|| "no reason was noted".to_owned());
        let (state, why) = match note.filter(|note| note.outcome == Some(Outcome::Parked)) {
            Some(note) if note.retry_at.is_some() => ("parked", reason(note)),
            Some(note) => ("left", reason(note)),
            None if just_now => ("queued", "it happened just now: the ERP is told within two ticks".to_owned()),
            None => return None,
        };
        Some(UnderWay {
            feed: self.feed.word().to_owned(),
            key: self.key.to_owned(),
            number: self.number.map(str::to_owned),
            state: state.to_owned(),
            why,
        })
    }

    fn difference(&self, kind: Kind, why: String, remedy: String) -> Difference {
        Difference {
            kind,
            feed: self.feed.word().to_owned(),
            key: self.key.to_owned(),
            number: self.number.map(str::to_owned),
            why,
            changes: Vec::new(),
            remedy,
        }
    }

    fn remedy(&self, tenant_id: &str) -> String {
        let number = self.number.unwrap_or(self.key);
        format!(
            "the reconcile tells it within a day; why it did not: bridgectl logs {number}, bridgectl where {number} --tenant {tenant_id}"
        )
    }
}
