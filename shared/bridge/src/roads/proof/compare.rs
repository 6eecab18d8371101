//! What the ERP has, held against the ledger and against Ongoing.

use std::cell::RefCell;
use std::collections::HashSet;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Difference, FeedProof, Found, Kind, Progress, SECOND_LOOK, Seen, UnderWay};
use crate::http::MARGIN;
use crate::ports::{Ports, Run};
use crate::roads::import::dry_run::{DryRun, Verdict};
use crate::roads::plan::read::{KnownVersions, first};
use crate::roads::pull::decision;
use crate::roads::pull::page::newest;
use crate::state::cursor;
use crate::state::ledger::{Ledger, Stored};
use crate::systems::erp::{Aside, Change, Erp, Known, Standing, What};
use crate::systems::ongoing::Ongoing;
use crate::systems::ongoing::diff;
use crate::tenant::Tenant;
use crate::words::domain::Record;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

/// Records held against the others with one read of the ledger, and one or two calls to Ongoing.
pub(super) const CHUNK: usize = 50;

/// The systems of a tenant, and what is known of the feed at work.
pub(super) struct Compare<'a> {
    pub ports: &'a Ports,
    pub run: &'a Run,
    pub tenant: &'a Tenant,
    pub erp: &'a dyn Erp,
    pub ongoing: &'a Ongoing,
    pub ledger: &'a Ledger<'a>,
    pub progress: &'a dyn Fn(Progress),
    /// From when on orders come in.
    pub begins: Timestamp,
    pub dry_run: DryRun<'a>,
    pub coming: Coming,
    /// Numbers and keys that the ERP has for the warehouse, and versions that were looked at.
    pub seen: Seen,
}

/// What the next pull would read of a feed.
#[derive(Default)]
pub(super) enum Coming {
    /// All of it: it was never pulled.
    All,
    #[default]
    Nothing,
    /// These keys.
    These(HashSet<String>),
}

impl Coming {
    pub fn has(&self, key: &str) -> bool {
        match self {
            Self::All => true,
            Self::Nothing => false,
            Self::These(keys) => keys.contains(key),
        }
    }
}

impl<'a> Compare<'a> {
    pub fn new(
        ports: &'a Ports,
        run: &'a Run,
        tenant: &'a Tenant,
        systems: (&'a dyn Erp, &'a Ongoing, &'a Ledger<'a>),
        begins: Timestamp,
        progress: &'a dyn Fn(Progress),
    ) -> Self {
        let (erp, ongoing, ledger) = systems;
        let dry_run = DryRun::new(ongoing, ledger, tenant);
        let (coming, seen) = (Coming::default(), Seen::default());
        Self { ports, run, tenant, erp, ongoing, ledger, progress, begins, dry_run, coming, seen }
    }

    /// One feed, both ways.
    pub async fn feed(&mut self, feed: Feed, proof: &mut FeedProof, found: &mut Found) -> Result<()> {
        self.coming = self.coming(feed).await?;
        self.seen = Seen::default();
        self.erp_side(feed, proof, found).await?;
        self.warehouse_side(feed, proof, found).await?;
        self.again(feed, proof, found).await
    }

    pub fn in_time(&self) -> Result<()> {
        if self.ports.clock.now() + MARGIN > self.run.deadline {
            return Err(Fault::unavailable("there is more than could be compared in the time"));
        }
        Ok(())
    }

    /// The keys of what the next pull would read. What it would find as it was handed out is none of it.
    async fn coming(&self, feed: Feed) -> Result<Coming> {
        let tenant_id = &self.tenant.tenant_id;
        let Some(mut at) = cursor::read(self.ports, tenant_id, feed).await?.cursor else { return Ok(Coming::All) };
        let known = KnownVersions {
            ports: self.ports,
            tenant: self.tenant,
            ledger: Ledger::new(self.ports, tenant_id),
            begun: None,
        };
        let mut keys = HashSet::new();
        loop {
            self.in_time()?;
            let page = self.erp.changes(feed, &at, &known).await?;
            keys.extend(page.changes.into_iter().filter(|change| !matches!(change.what, What::Known)).map(|c| c.key));
            if !page.more {
                return Ok(Coming::These(keys));
            }
            at = page.cursor;
        }
    }

    async fn erp_side(&mut self, feed: Feed, proof: &mut FeedProof, found: &mut Found) -> Result<()> {
        let mut at = first(self.ports, self.tenant, feed).await?;
        let mut done = 0;
        loop {
            self.in_time()?;
            let known = ThisTime {
                seen: RefCell::new(std::mem::take(&mut self.seen)),
                ledger: self.ledger,
                begins: self.begins,
            };
            let page = self.erp.changes(feed, &at, &known).await;
            self.seen = known.seen.into_inner();
            let page = page?;
            let moved = page.cursor != at;
            for chunk in newest(page.changes).chunks(CHUNK) {
                done += chunk.len();
                self.chunk(feed, chunk, proof, found).await?;
                (self.progress)(Progress::Erp(feed, done));
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

    /// Some records of the ERP, held against the ledger and Ongoing.
    pub async fn chunk(
        &mut self,
        feed: Feed,
        changes: &[Change],
        proof: &mut FeedProof,
        found: &mut Found,
    ) -> Result<()> {
        let keys: Vec<String> = changes.iter().map(|change| change.key.clone()).collect();
        let mut entries = self.ledger.read(feed, &keys).await?;
        let records: Vec<(&Change, Stored)> =
            changes.iter().map(|change| (change, entries.remove(&change.key).unwrap_or_default())).collect();
        let own = self.read_ahead(feed, &records).await?;
        for (change, stored) in &records {
            self.record(feed, change, stored, proof, found).await?;
        }
        self.dry_run.forget(&own);
        Ok(())
    }

    /// What Ongoing shows of these records, and of the articles that they name. The articles among them are returned.
    async fn read_ahead(&mut self, feed: Feed, records: &[(&Change, Stored)]) -> Result<Vec<String>> {
        let (mut articles, mut orders) = (Vec::new(), Vec::new());
        for (change, stored) in records {
            match &change.what {
                What::Import(record) => {
                    let knows = |number: &&str| feed == Feed::Articles || !self.dry_run.knows(number);
                    articles.extend(record.article_numbers().filter(knows).map(str::to_owned));
                    if feed != Feed::Articles {
                        orders.push(record.number().to_owned());
                    }
                }
                What::Withdrawn(_) if feed != Feed::Articles => {
                    orders.extend(stored.entry.ongoing.as_ref().map(|there| there.number.clone()));
                }
                _ => {}
            }
        }
        articles.sort_unstable();
        articles.dedup();
        for some in articles.chunks(CHUNK) {
            self.dry_run.read_articles(some).await?;
        }
        orders.sort_unstable();
        orders.dedup();
        self.dry_run.read_orders(feed, &orders).await?;
        Ok(articles)
    }

    async fn record(
        &mut self,
        feed: Feed,
        change: &Change,
        stored: &Stored,
        proof: &mut FeedProof,
        found: &mut Found,
    ) -> Result<()> {
        let first_time = self.seen.add("key", &change.key);
        self.seen.add(&change.key, &change.version);
        let counted = |count: &mut usize| *count += usize::from(first_time);
        let entry = &stored.entry;
        let number = change.number.clone().or_else(|| entry.number.clone());
        let place = Place { feed, key: &change.key, number: number.as_deref() };
        match &change.what {
            What::Known => {}
            What::Filtered(_) | What::Gone(_) => {
                counted(&mut proof.left_out);
                self.seen.remove("key", &change.key);
            }
            What::Withdrawn(reason) => {
                counted(&mut proof.left_out);
                self.withdrawn(&place, change, stored, reason, found).await?;
            }
            What::Parked(reason) => {
                counted(&mut proof.erp);
                self.not_mapped(&place, &change.version, entry, reason.clone(), found);
            }
            What::Unread(fault) => {
                counted(&mut proof.erp);
                self.not_mapped(&place, &change.version, entry, format!("could not be read: {fault}"), found);
            }
            What::Import(record) => {
                counted(&mut proof.erp);
                // By its id too: it may have another number there, and not every ERP's articles name their key.
                if let Some(there) = &entry.ongoing {
                    self.seen.add("id", &there.id.to_string());
                }
                self.seen.add("number", record.number());
                let verdict = without_import_day(self.dry_run.assess(feed, stored, record).await?, record);
                if let (Record::Article(article), false) = (&**record, matches!(verdict, Verdict::Rejected(_))) {
                    self.dry_run.arrives(&change.key, &article.article_number);
                }
                let place = Place { number: place.number.or(Some(record.number())), ..place };
                let is_same = self.mapped(&place, change, entry, &record.fingerprint(), verdict, found);
                if is_same {
                    counted(&mut proof.same);
                }
            }
        }
        Ok(())
    }

    /// Looks once more at what differs: both systems went on while they were read.
    async fn again(&mut self, feed: Feed, proof: &mut FeedProof, found: &mut Found) -> Result<()> {
        let at_erp = |kind: Kind| matches!(kind, Kind::Missing | Kind::Stale | Kind::Different);
        let keys: Vec<String> = found
            .differences
            .values()
            .filter(|difference| difference.feed == feed.word() && at_erp(difference.kind))
            .map(|difference| difference.key.clone())
            .take(SECOND_LOOK)
            .collect();
        let before = found.total() + found.under_way_total();
        for (done, keys) in keys.chunks(CHUNK).enumerate() {
            self.in_time()?;
            (self.progress)(Progress::Again(feed, done * CHUNK + keys.len()));
            let changes = self.erp.read(feed, keys).await?;
            let (known, moved): (Vec<Change>, Vec<Change>) =
                changes.into_iter().partition(|change| self.seen.has(&change.key, &change.version));
            for change in moved {
                let number = change.number.as_deref();
                let place = Place { feed, key: &change.key, number };
                found.is_under_way(place.under_way("changing", "it changed while it was looked at".to_owned()));
            }
            self.chunk(feed, &known, &mut FeedProof::of(feed), found).await?;
        }
        // What is the same by now.
        proof.same += before - found.total() - found.under_way_total();
        Ok(())
    }
}

/// Which record.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub feed: Feed,
    pub key: &'a str,
    pub number: Option<&'a str>,
}

impl Place<'_> {
    pub fn name(&self) -> &str {
        self.number.unwrap_or(self.key)
    }

    pub fn under_way(&self, state: &str, why: String) -> UnderWay {
        UnderWay {
            feed: self.feed.word().to_owned(),
            key: self.key.to_owned(),
            number: self.number.map(str::to_owned),
            state: state.to_owned(),
            why,
        }
    }

    pub fn difference(&self, kind: Kind, why: String, changes: Vec<diff::Change>, remedy: String) -> Difference {
        Difference {
            kind,
            feed: self.feed.word().to_owned(),
            key: self.key.to_owned(),
            number: self.number.map(str::to_owned),
            why,
            changes,
            remedy,
        }
    }
}

/// Without the delivery date that an order has for want of one in the ERP: it is the day of its import, whenever it is looked
/// at.
fn without_import_day(verdict: Verdict, record: &Record) -> Verdict {
    match (verdict, record) {
        (Verdict::Update(mut changes, unseen), Record::Order(order)) if !order.order_info.delivery_date.given => {
            changes.retain(|change| change.path != "/deliveryDate");
            Verdict::Update(changes, unseen)
        }
        (verdict, _) => verdict,
    }
}

/// Everything is read, once: only what this proof has looked at itself is known.
struct ThisTime<'a> {
    seen: RefCell<Seen>,
    ledger: &'a Ledger<'a>,
    begins: Timestamp,
}

#[async_trait(?Send)]
impl Known for ThisTime<'_> {
    async fn known(&self, _: Feed, versions: &[(String, String)]) -> Result<Vec<bool>> {
        let seen = self.seen.borrow();
        Ok(versions.iter().map(|(key, version)| seen.has(key, version)).collect())
    }

    async fn known_aside(&self, _: Feed, versions: &[Aside]) -> Result<Vec<bool>> {
        Ok(vec![false; versions.len()])
    }

    async fn standing(&self, feed: Feed, keys: &[String]) -> Result<Vec<Standing>> {
        decision::standing(self.ledger, feed, keys, false).await
    }

    async fn begins(&self) -> Result<Option<Timestamp>> {
        Ok(Some(self.begins))
    }
}
