//! What the next pull would read: the real pages of the ERP, mapped.

use async_trait::async_trait;
use jiff::Timestamp;

use super::Progress;
use crate::http::MARGIN;
use crate::ports::{Ports, Run};
use crate::roads::pull::decision;
use crate::state::cursor::{self, StoredCursor};
use crate::state::ledger::Ledger;
use crate::systems::erp::{Aside, Erp, Known, Page, Standing};
use crate::systems::erps;
use crate::tenant::Tenant;
use crate::words::cursor::Cursor;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

/// What was read, feed by feed.
#[derive(Debug)]
pub struct Reading {
    /// Backfill: from this moment on.
    pub(super) since: Option<Timestamp>,
    pub(super) feeds: Vec<FeedReading>,
    /// Of a replay, whether it goes by what Ongoing shows, whatever was sent before; else by what was handed out.
    pub(super) replays: Option<bool>,
}

/// What was read of one feed.
#[derive(Debug)]
pub(super) struct FeedReading {
    pub feed: Feed,
    pub stored: StoredCursor,
    pub from: Cursor,
    pub pages: Vec<Page>,
    pub fault: Option<Fault>,
}

/// Reads what the tenant's next pull would read, or with `since` what a backfill would. A tenant that was never pulled
/// begins where its first pull would, were it now; with `earlier`, where that plan began, as long as no pull has moved on.
/// A feed's fault is kept, and stops the other feeds only where they cannot go better.
///
/// # Errors
/// When the state cannot be read.
pub async fn read(
    ports: &Ports,
    run: &Run,
    tenant: &Tenant,
    since: Option<Timestamp>,
    earlier: Option<&super::Plan>,
    progress: &dyn Fn(Progress),
) -> Result<Reading> {
    let mut feeds = Vec::new();
    for wanted in tenant.feeds() {
        let stored = cursor::read(ports, &tenant.tenant_id, wanted).await?;
        let before = earlier.and_then(|plan| plan.feeds.iter().find(|planned| planned.feed == wanted));
        let from = match (since, &stored.cursor, before) {
            (Some(since), ..) => Cursor::Since(since),
            (None, Some(cursor), _) => cursor.clone(),
            (None, None, Some(before)) => before.from.clone(),
            (None, None, None) => first(ports, tenant, wanted).await?,
        };
        let reading = feed(ports, run, tenant, wanted, from, since.is_some(), progress).await?;
        let stop = matches!(reading.fault, Some(Fault::Unauthorized(_)));
        feeds.push(reading);
        if stop {
            break;
        }
    }
    Ok(Reading { since, feeds, replays: None })
}

/// Reads a feed from there on, for a backfill or else.
pub(super) async fn feed(
    ports: &Ports,
    run: &Run,
    tenant: &Tenant,
    feed: Feed,
    from: Cursor,
    backfill: bool,
    progress: &dyn Fn(Progress),
) -> Result<FeedReading> {
    let erp = erps::connect(ports, tenant, run.deadline);
    let begun = backfill.then(|| ports.clock.now());
    let known = KnownVersions { ports, tenant, ledger: Ledger::new(ports, &tenant.tenant_id), begun };
    let stored = cursor::read(ports, &tenant.tenant_id, feed).await?;
    let mut reading = FeedReading { feed, stored, from, pages: Vec::new(), fault: None };
    reading.fault = reading.read(ports, run, erp.as_ref(), &known, progress).await.err();
    Ok(reading)
}

/// Where a first pull begins.
pub(in crate::roads) async fn first(ports: &Ports, tenant: &Tenant, feed: Feed) -> Result<Cursor> {
    if !feed.starts_at_a_date() {
        return Ok(Cursor::Beginning);
    }
    begins(ports, tenant).await.map(Cursor::Since)
}

/// From when on orders would come in.
pub(in crate::roads) async fn begins(ports: &Ports, tenant: &Tenant) -> Result<Timestamp> {
    let seen = cursor::first_seen_before(ports, &tenant.tenant_id).await?;
    Ok(tenant.settings.start_date.or(seen).unwrap_or_else(|| ports.clock.now()))
}

impl FeedReading {
    async fn read(
        &mut self,
        ports: &Ports,
        run: &Run,
        erp: &dyn Erp,
        known: &dyn Known,
        progress: &dyn Fn(Progress),
    ) -> Result<()> {
        let mut at = self.from.clone();
        let mut read = 0;
        loop {
            if ports.clock.now() + MARGIN > run.deadline {
                return Err(Fault::unavailable("there is more than could be read in the time"));
            }
            let page = erp.changes(self.feed, &at, known).await?;
            read += page.changes.len();
            progress(Progress::Read(self.feed, read));
            at = page.cursor.clone();
            let more = page.more;
            self.pages.push(page);
            if !more {
                return Ok(());
            }
        }
    }
}

/// What the ledger knows, looked at and left alone.
pub(in crate::roads) struct KnownVersions<'a> {
    pub ports: &'a Ports,
    pub tenant: &'a Tenant,
    pub ledger: Ledger<'a>,
    /// Of a backfill: nothing was dealt with since now.
    pub begun: Option<Timestamp>,
}

#[async_trait(?Send)]
impl Known for KnownVersions<'_> {
    async fn known(&self, feed: Feed, versions: &[(String, String)]) -> Result<Vec<bool>> {
        self.ledger.known(feed, versions, self.begun).await
    }

    async fn known_aside(&self, feed: Feed, versions: &[Aside]) -> Result<Vec<bool>> {
        decision::known_aside(self.ports, &self.ledger, feed, versions, self.begun).await
    }

    async fn waits(&self, feed: Feed, versions: &[(String, String)]) -> Result<Vec<bool>> {
        self.ledger.waits(feed, versions, self.begun).await
    }

    async fn standing(&self, feed: Feed, keys: &[String]) -> Result<Vec<Standing>> {
        decision::standing(&self.ledger, feed, keys, self.begun.is_some()).await
    }

    async fn begins(&self) -> Result<Option<Timestamp>> {
        begins(self.ports, self.tenant).await.map(Some)
    }
}
