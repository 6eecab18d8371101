//! The ERP's whole list, held against what Ongoing shows.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::edges::Looking;
use super::{Found, Keys, Progress};
use crate::http::MARGIN;
use crate::http::look::wait_for_limit;
use crate::ports::{Ports, Run};
use crate::roads::import::dry_run::{Counterpart, DryRun};
use crate::roads::pull::decision;
use crate::roads::pull::page::newest;
use crate::roads::repair::Flow;
use crate::state::journal::Journal;
use crate::state::ledger::{Entry, InOngoing, Ledger, Seen, Settled, Stored};
use crate::systems::erp::{Aside, Change, Erp, Known, Standing, What};
use crate::systems::erps;
use crate::systems::ongoing::Ongoing;
use crate::tenant::Tenant;
use crate::words::cursor::Cursor;
use crate::words::domain::Record;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::outcome::Outcome;

/// Records held against Ongoing with one read of the ledger, and one or two calls.
const CHUNK: usize = 50;

/// Said of what is noted.
const REBUILT: &str = "Ongoing had it as the ERP did when the state table was rebuilt";

/// The longest pause that is waited for.
const LONGEST: Duration = Duration::from_secs(900);

/// What a call comes to, where nothing but a limit that is spent is in its way: whoever rebuilds waits.
macro_rules! patiently {
    ($reading:expr, $call:expr) => {
        loop {
            match $call.await {
                Ok(done) => break done,
                Err(fault) => $reading.rest(fault).await?,
            }
        }
    };
}

pub(super) use patiently;

/// The systems of a tenant, and what was found out so far.
pub(super) struct Reading<'a> {
    pub looking: &'a Looking,
    pub run: &'a Run,
    pub tenant: &'a Tenant,
    pub since: Timestamp,
    pub progress: &'a dyn Fn(Progress),
    pub erp: Box<dyn Erp + 'a>,
    pub ongoing: Ongoing,
    pub ledger: Ledger<'a>,
    pub journal: Journal<'a>,
    /// Numbers of articles by the ERP's keys, as an import before the orders would have noted them.
    articles: BTreeMap<String, String>,
    pub found: BTreeMap<(Flow, String), (Option<String>, Found)>,
    pub by_id: BTreeMap<(Feed, String), InOngoing>,
    pub intents: BTreeSet<String>,
    /// What the ERP has, whatever becomes of it.
    pub has: Keys,
    pub article_numbers: HashSet<String>,
}

impl<'a> Reading<'a> {
    pub fn new(
        looking: &'a Looking,
        run: &'a Run,
        tenant: &'a Tenant,
        since: Timestamp,
        progress: &'a dyn Fn(Progress),
    ) -> Self {
        let ports: &Ports = &looking.ports;
        Self {
            looking,
            run,
            tenant,
            since,
            progress,
            erp: erps::connect(ports, tenant, run.deadline),
            ongoing: Ongoing::new(ports, tenant, run.deadline),
            ledger: Ledger::new(ports, &tenant.tenant_id),
            journal: Journal::new(ports, &tenant.tenant_id),
            articles: BTreeMap::new(),
            found: BTreeMap::new(),
            by_id: BTreeMap::new(),
            intents: BTreeSet::new(),
            has: Keys::new(),
            article_numbers: HashSet::new(),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.looking.ports.clock.now()
    }

    pub fn in_time(&self) -> Result<()> {
        if self.now() + MARGIN > self.run.deadline {
            return Err(Fault::unavailable("there is more than could be read in the time"));
        }
        Ok(())
    }

    /// Waits until a limit may be free again.
    pub async fn rest(&self, fault: Fault) -> Result<()> {
        if matches!(fault, Fault::RateLimited { .. }) {
            self.in_time()?;
        }
        wait_for_limit(&self.looking.ports, fault, LONGEST).await
    }

    /// Everything that the ERP has of a feed.
    pub async fn records(&mut self, feed: Feed) -> Result<()> {
        let ledger = self.ledger_of_now();
        let known = ThisTime { versions: RefCell::default(), ledger: &ledger, begins: self.since };
        let mut at = if feed.starts_at_a_date() { Cursor::Since(self.since) } else { Cursor::Beginning };
        let mut done = 0;
        loop {
            self.in_time()?;
            let read_at = self.now();
            let page = patiently!(self, self.erp.changes(feed, &at, &known));
            let moved = page.cursor != at;
            for chunk in newest(page.changes).chunks(CHUNK) {
                patiently!(self, self.chunk(feed, chunk, read_at));
                done += chunk.len();
                (self.progress)(Progress::Records(feed, done));
                known.add(chunk);
            }
            if !page.more {
                return Ok(());
            }
            if !moved {
                return Err(Fault::unavailable("the ERP's list does not go on"));
            }
            at = page.cursor;
        }
    }

    fn ledger_of_now(&self) -> Ledger<'a> {
        Ledger::new(&self.looking.ports, &self.tenant.tenant_id)
    }

    async fn chunk(&mut self, feed: Feed, changes: &[Change], read_at: Timestamp) -> Result<()> {
        let keys: Vec<String> = changes.iter().map(|change| change.key.clone()).collect();
        let mut entries = self.ledger.read(feed, &keys).await?;
        let (ongoing, ledger) = (self.ongoing_of_now(), self.ledger_of_now());
        let mut dry_run = DryRun::new(&ongoing, &ledger, self.tenant);
        if feed == Feed::Articles {
            dry_run.read_articles(&numbers(changes)).await?;
        } else {
            for key in product_codes(changes) {
                if let Some(number) = self.articles.get(key) {
                    dry_run.arrives(key, number);
                }
            }
            dry_run.read_orders(feed, &numbers(changes)).await?;
        }
        for change in changes {
            let stored = entries.remove(&change.key).unwrap_or_default();
            self.has.insert((feed, change.key.clone()));
            if let Some(found) = self.record(feed, change, &stored, &dry_run, read_at).await? {
                let number = change.number.clone().or(stored.entry.number);
                self.found.insert((Flow::In(feed), change.key.clone()), (number, found));
            }
        }
        Ok(())
    }

    async fn record(
        &mut self,
        feed: Feed,
        change: &Change,
        stored: &Stored,
        dry_run: &DryRun<'_>,
        read_at: Timestamp,
    ) -> Result<Option<Found>> {
        let left = |why: String, comes: bool| Ok(Some(Found::Left { why, comes }));
        match &change.what {
            What::Known | What::Filtered(_) | What::Gone(_) => Ok(None),
            What::Parked(reason) => left(reason.clone(), false),
            What::Unread(fault) => left(format!("could not be read: {fault}"), false),
            What::Withdrawn(_) => {
                self.withdrawn(feed, change, stored, dry_run).await?;
                Ok(None)
            }
            What::Import(record) => {
                if let Record::Article(article) = &**record {
                    self.articles.insert(change.key.clone(), article.article_number.clone());
                    self.article_numbers.insert(article.article_number.clone());
                }
                if is_known(&stored.entry, &change.version, &record.fingerprint()) {
                    return Ok(Some(Found::Known));
                }
                match dry_run.counterpart(stored, record).await? {
                    Counterpart::Same(there) => {
                        Ok(Some(Found::Same(Box::new(self.entry(change, record, there, read_at)))))
                    }
                    Counterpart::Other(why) => left(why, true),
                    Counterpart::Absent => {
                        self.renumbered(&change.key, stored, record).await?;
                        left("Ongoing has none of this number".into(), true)
                    }
                }
            }
        }
    }

    /// An order that the ERP took back and that Ongoing has open: with its id the next pull's cancellation reaches it.
    async fn withdrawn(&mut self, feed: Feed, change: &Change, stored: &Stored, dry_run: &DryRun<'_>) -> Result<()> {
        let Some(number) = change.number.as_ref().filter(|_| feed != Feed::Articles) else { return Ok(()) };
        if stored.entry.was_handed_out() {
            return Ok(());
        }
        if let Some(id) = dry_run.open_order(feed, &change.key, number).await? {
            self.note_id(feed, &change.key, id, number);
        }
        Ok(())
    }

    /// An article that has another number in Ongoing: without its id the next pull would make a second one.
    async fn renumbered(&mut self, key: &str, stored: &Stored, record: &Record) -> Result<()> {
        let Record::Article(article) = record else { return Ok(()) };
        let Some(code) = article.product_code.as_deref().filter(|_| stored.entry.ongoing.is_none()) else {
            return Ok(());
        };
        let found = self.ongoing.articles_by_product_code(code).await?;
        if let [there] = found.as_slice()
            && let (Some(id), Some(number)) = (there.article_system_id, &there.article_number)
        {
            self.note_id(Feed::Articles, key, id, number);
        }
        Ok(())
    }

    pub fn note_id(&mut self, feed: Feed, key: &str, id: i64, number: &str) {
        let there = InOngoing { id, number: number.to_owned(), members: Vec::new(), rows: Vec::new() };
        self.by_id.insert((feed, key.to_owned()), there);
    }

    fn ongoing_of_now(&self) -> Ongoing {
        Ongoing::new(&self.looking.ports, self.tenant, self.run.deadline)
    }

    /// The entry as an import that met the same would have left it.
    fn entry(&self, change: &Change, record: &Record, there: InOngoing, read_at: Timestamp) -> Entry {
        let (version, fingerprint) = (change.version.clone(), record.fingerprint());
        let young = erps::is_young(self.tenant.erp.kind, &version, read_at);
        Entry {
            number: Some(change.number.clone().unwrap_or_else(|| record.number().to_owned())),
            customer: record.customer_number().map(str::to_owned),
            seen: Some(Seen {
                version: version.clone(),
                fingerprint: Some(fingerprint.clone()),
                at: read_at,
                withdrawn: false,
                young,
            }),
            settled: Some(Settled {
                version,
                fingerprint,
                queued_at: read_at,
                attempt: 0,
                outcome: Outcome::Unchanged,
                withdrawal: false,
                at: None,
            }),
            outcome: Some(Outcome::Unchanged),
            reason: Some(REBUILT.to_owned()),
            ongoing: Some(there),
            correlation_id: self.run.id.clone(),
            ..Entry::default()
        }
    }
}

/// Whether the ledger says that Ongoing has this, or something newer.
fn is_known(entry: &Entry, version: &str, fingerprint: &str) -> bool {
    let newer = entry.seen.as_ref().is_some_and(|seen| seen.version.as_str() > version);
    newer || entry.applied() == Some(fingerprint) && entry.has_handed_out(fingerprint)
}

/// The numbers by which Ongoing may have these.
fn numbers(changes: &[Change]) -> Vec<String> {
    let of = |change: &Change| match &change.what {
        What::Import(record) => Some(record.number().to_owned()),
        What::Withdrawn(_) => change.number.clone(),
        _ => None,
    };
    let mut numbers: Vec<String> = changes.iter().filter_map(of).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The ERP's keys of articles that rows name without a number.
fn product_codes(changes: &[Change]) -> Vec<&str> {
    let mut codes: Vec<&str> = Vec::new();
    for change in changes {
        let What::Import(record) = &change.what else { continue };
        match &**record {
            Record::Order(order) => {
                codes.extend(order.order_lines.iter().filter_map(|line| line.product_code.as_deref()))
            }
            Record::PurchaseOrder(order) => {
                codes.extend(order.order_lines.iter().filter_map(|line| line.product_code.as_deref()));
            }
            Record::Article(_) | Record::Withdrawal(_) => {}
        }
    }
    codes
}

/// Everything is read, once: only what this reading has looked at itself is known.
struct ThisTime<'a> {
    versions: RefCell<HashSet<(String, String)>>,
    ledger: &'a Ledger<'a>,
    begins: Timestamp,
}

impl ThisTime<'_> {
    fn add(&self, changes: &[Change]) {
        let versions = changes.iter().map(|change| (change.key.clone(), change.version.clone()));
        self.versions.borrow_mut().extend(versions);
    }
}

#[async_trait(?Send)]
impl Known for ThisTime<'_> {
    async fn known(&self, _: Feed, versions: &[(String, String)]) -> Result<Vec<bool>> {
        let seen = self.versions.borrow();
        Ok(versions.iter().map(|version| seen.contains(version)).collect())
    }

    async fn known_aside(&self, _: Feed, versions: &[Aside]) -> Result<Vec<bool>> {
        Ok(vec![false; versions.len()])
    }

    /// As a backfill asks: what was left out at first sight may be in the warehouse all the same.
    async fn standing(&self, feed: Feed, keys: &[String]) -> Result<Vec<Standing>> {
        decision::standing(self.ledger, feed, keys, true).await
    }

    async fn begins(&self) -> Result<Option<Timestamp>> {
        Ok(Some(self.begins))
    }
}
