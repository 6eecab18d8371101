//! How many of a tenant's records are on the import queue. A FIFO queue looks at its first 120,000 messages only (SQS
//! developer guide, "FIFO queue quotas"), and a goods owner's records are imported one after the other: what is not on the
//! queue yet waits in the ERP, behind the cursor, where it disturbs nobody.
//!
//! One item a tenant lists the pages that were handed out. A message group is delivered in order, so a page whose last record
//! was dealt with is done, and so is every page before it. A page whose messages are gone (purged, expired, dead) is
//! forgotten: it is overtaken by a later one; or the queue is shorter than the list; or it is older than [`SILENCE`] and for
//! as long nothing of the tenant was dealt with or failed.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::ports::{Fifo, Item, Ports, Put};
use crate::state::delivery_fault::DeliveryFault;
use crate::state::ledger::Ledger;
use crate::tenant::Tenant;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

/// The sort key of the item.
pub const SK: &str = "on-queue";

/// Records of one tenant on the queue at which no more articles and suppliers are handed out: five minutes of imports at
/// 300 ms each. A page more may be on it.
pub const ARTICLES: usize = 1_000;

/// As [`ARTICLES`], of orders and purchase orders: articles never hold them up.
pub const ORDERS: usize = 2_000;

/// Records of all tenants on the queue at which no more articles and suppliers are handed out: half of what it looks at.
pub const ALL_ARTICLES: usize = 60_000;

/// As [`ALL_ARTICLES`], of orders and purchase orders.
pub const ALL_ORDERS: usize = 90_000;

/// Two ticks. What waits for an Ongoing that is down is tried at least every twelve minutes ([`crate::words::backoff`]).
pub const SILENCE: Duration = Duration::from_secs(30 * 60);

/// What the clocks of two functions may be apart.
const APART: Duration = Duration::from_secs(60);

/// Conditional writes tried before the store is called unavailable.
const TRIES: usize = 20;

/// Records that were handed out together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Page {
    feed: Feed,
    /// The last of them.
    key: String,
    /// When the last of them was queued, as its message says.
    queued_at: Timestamp,
    records: usize,
    /// When they were handed out.
    at: Timestamp,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Pages {
    /// The oldest first.
    pages: Vec<Page>,
    /// When the last record was dealt with whose page is forgotten.
    #[serde(default)]
    moved: Option<Timestamp>,
}

/// A tenant's records on the import queue, as one run knows them.
pub struct OnQueue<'a> {
    ports: &'a Ports,
    tenant_id: String,
    rev: Cell<u64>,
    pages: RefCell<Pages>,
    /// Of all tenants, when the run began.
    depth: usize,
    /// Handed out by this run.
    added: Cell<usize>,
}

impl<'a> OnQueue<'a> {
    /// What is on the queue now.
    ///
    /// # Errors
    /// When the store or the queue cannot be reached.
    pub async fn read(ports: &'a Ports, ledger: &Ledger<'_>, tenant_id: &str) -> Result<Self> {
        let (rev, mut pages) = stored(ports, tenant_id).await?;
        let depth = ports.queue.import_depth().await?;
        let now = ports.clock.now();
        forget_done(&mut pages, ledger).await?;
        if let Some(first) = pages.pages.first()
            && first.at + SILENCE < now
        {
            let fault = DeliveryFault::read(ports, Fifo::Import, tenant_id).await?;
            let sign = pages.moved.max(fault.map(|fault| fault.at));
            if sign.is_none_or(|sign| sign + SILENCE < now) {
                pages.pages.retain(|page| page.at + SILENCE >= now);
            }
        }
        let (rev, pages) = (Cell::new(rev), RefCell::new(pages));
        Ok(Self { ports, tenant_id: tenant_id.to_owned(), rev, pages, depth, added: Cell::default() })
    }

    /// Of this tenant.
    #[must_use]
    pub fn records(&self) -> usize {
        let listed: usize = self.pages.borrow().pages.iter().map(|page| page.records).sum();
        listed.min(self.depth + self.added.get())
    }

    /// Whether nothing of anybody was on the queue when the run began.
    #[must_use]
    pub fn found_nothing(&self) -> bool {
        self.depth == 0
    }

    /// Whether records of a feed may be handed out.
    #[must_use]
    pub fn has_room(&self, feed: Feed) -> bool {
        let (own, all) = match feed {
            Feed::Suppliers | Feed::Articles => (ARTICLES, ALL_ARTICLES),
            Feed::PurchaseOrders | Feed::Orders => (ORDERS, ALL_ORDERS),
        };
        self.records() < own && self.depth + self.added.get() < all
    }

    /// Notes records that are about to be put on the queue, with the key of the last one and when that was queued: a crash in between leaves a page too many, which
    /// is forgotten like one whose messages are gone.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn add(&self, feed: Feed, last: &str, queued_at: Timestamp, records: usize) -> Result<()> {
        let page = Page { feed, key: last.to_owned(), queued_at, records, at: self.ports.clock.now() };
        for _ in 0..TRIES {
            let mut pages = self.pages.borrow().clone();
            pages.pages.push(page.clone());
            let item = Item {
                pk: Tenant::partition(&self.tenant_id),
                sk: SK.to_owned(),
                rev: self.rev.get() + 1,
                body: json!(pages),
                expires: None,
            };
            if self.ports.state.put(item).await? == Put::Done {
                self.rev.set(self.rev.get() + 1);
                *self.pages.borrow_mut() = pages;
                self.added.set(self.added.get() + records);
                return Ok(());
            }
            // Another road hands out as well (a consent, a plan that is applied).
            let (rev, pages) = stored(self.ports, &self.tenant_id).await?;
            self.rev.set(rev);
            *self.pages.borrow_mut() = pages;
        }
        Err(Fault::unavailable(format!("too many writers on {SK} of {}", self.tenant_id)))
    }
}

/// What of a tenant is on the import queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Records; those of a page that is under way are all counted.
    pub records: usize,
    /// When the oldest of them was handed out.
    pub oldest: Option<Timestamp>,
}

/// What an item says is on the queue, less what was dealt with since: one read a feed where anything is.
///
/// # Errors
/// When the store cannot be reached.
pub async fn waiting(ports: &Ports, tenant_id: &str, item: Item) -> Result<Waiting> {
    // Shown, not acted upon: what cannot be read says nothing.
    let mut pages: Pages = serde_json::from_value(item.body).unwrap_or_default();
    forget_done(&mut pages, &Ledger::new(ports, tenant_id)).await?;
    let records = pages.pages.iter().map(|page| page.records).sum();
    Ok(Waiting { records, oldest: pages.pages.first().map(|page| page.at) })
}

async fn stored(ports: &Ports, tenant_id: &str) -> Result<(u64, Pages)> {
    let Some(item) = ports.state.get(&Tenant::partition(tenant_id), SK).await? else {
        return Ok((0, Pages::default()));
    };
    let pages = serde_json::from_value(item.body)
        .map_err(|error| Fault::Unexpected(format!("{SK} of {tenant_id} cannot be read: {error}")))?;
    Ok((item.rev, pages))
}

/// Forgets the pages up to the newest one whose last record was dealt with.
async fn forget_done(pages: &mut Pages, ledger: &Ledger<'_>) -> Result<()> {
    let mut settled: HashMap<(Feed, String), (Timestamp, Option<Timestamp>)> = HashMap::new();
    for feed in Feed::ALL {
        let keys = pages.pages.iter().filter(|page| page.feed == feed).map(|page| page.key.clone());
        let keys: Vec<String> = keys.collect();
        if keys.is_empty() {
            continue;
        }
        for (key, stored) in ledger.read(feed, &keys).await? {
            if let Some(last) = stored.entry.settled {
                settled.insert((feed, key), (last.queued_at, last.at));
            }
        }
    }
    let done = |page: &Page| {
        let (queued_at, at) = settled.get(&(page.feed, page.key.clone()))?;
        // A record that is offered again has the time at which it was queued first.
        let since = at.is_none_or(|at| at + APART >= page.at);
        (*queued_at >= page.queued_at && since).then_some(*at)
    };
    let newest = pages.pages.iter().enumerate().filter_map(|(place, page)| Some((place, done(page)?))).next_back();
    if let Some((place, at)) = newest {
        pages.pages.drain(..=place);
        pages.moved = pages.moved.max(at);
    }
    Ok(())
}
