//! The road in, first half: what changed in the ERP, mapped, past the ledger, on to the import queue.
//!
//! The order of the steps is the protocol: queue, then ledger, then cursor. A crash after any step makes the next run do
//! some of it again, and the ledger or the import absorbs it; none loses a record.

pub(crate) mod decision;
mod gone;
pub(crate) mod page;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;

use crate::http::MARGIN;
use crate::ports::{Ports, Run};
use crate::state::cursor::{self, StoredCursor};
use crate::state::lease::HANDING_OUT;
use crate::state::lease::Lease;
use crate::state::ledger::Ledger;
use crate::state::tenants::valid;
use crate::systems::erp::{Aside, Erp, Known, Page, Standing};
use crate::systems::erps;
use crate::tenant::Tenant;
use crate::words::cursor::Cursor;
use crate::words::envelope::Job;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::kind::Kind;

pub use page::Counts;

/// What a pull did, feed by feed.
#[derive(Debug, Default, Serialize)]
pub struct Summary {
    /// Whose.
    pub tenant_id: String,
    /// One each, in the order of pulling.
    pub feeds: Vec<FeedSummary>,
}

/// What a pull did with one feed.
#[derive(Debug, Serialize)]
pub struct FeedSummary {
    /// Which.
    pub feed: Feed,
    /// How many records went where.
    #[serde(flatten)]
    pub counts: Counts,
    /// How it ended.
    pub end: End,
    /// Why, where it did not end well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// How a pull of a feed ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// All there is has been read.
    Complete,
    /// The invocation's time was up; the next one goes on from here.
    ToBeContinued,
    /// Another invocation is at it.
    Leased,
    /// A fault; the next tick begins again where this one stood.
    Failed,
}

/// The pause after which a backfill that met a lease comes again.
const AGAIN: Duration = Duration::from_secs(60);

/// On a schedule event: one job per enabled tenant of this kind. An invalid item is logged and disturbs nobody else.
///
/// # Errors
/// When the tenants cannot be listed or the jobs not be queued.
pub async fn schedule(ports: &Ports, kind: Kind) -> Result<usize> {
    let mut jobs = Vec::new();
    for item in ports.tenants.list(kind).await? {
        if let Some(tenant) = valid(ports, &item)
            && tenant.enabled
            && tenant.erp.kind == kind
        {
            jobs.push(Job::tick(&tenant.tenant_id));
        }
    }
    ports.queue.jobs(&jobs, Duration::ZERO).await?;
    tracing::info!(target: "tick", erp = kind.word(), jobs = jobs.len(), "tick");
    Ok(jobs.len())
}

/// On a job: pulls the tenant's feeds. A feed's fault is in the summary and stops the other feeds only where they cannot
/// go better.
///
/// # Errors
/// When the tenant cannot be read, or a backfill must be tried again.
pub async fn job(ports: &Ports, run: &Run, kind: Kind, job: &Job) -> Result<Summary> {
    let mut summary = Summary { tenant_id: job.tenant_id.clone(), feeds: Vec::new() };
    let Some(item) = ports.tenants.get(&job.tenant_id).await? else {
        tracing::warn!(target: "tenant", tenant_id = job.tenant_id, outcome = "unknown", "tenant");
        return Ok(summary);
    };
    let Some(tenant) = valid(ports, &item).filter(|tenant| tenant.enabled && tenant.erp.kind == kind) else {
        return Ok(summary);
    };
    let mut wanted = tenant.feeds();
    wanted.retain(|feed| job.feeds.as_ref().is_none_or(|feeds| feeds.contains(feed)));
    // One lease for all feeds: orders must not be pulled by one run while another still holds the articles that they name.
    let Some(lease) = Lease::take(ports, &tenant.tenant_id, "pull", run).await? else {
        let leased = |feed| FeedSummary { feed, counts: Counts::default(), end: End::Leased, fault: None };
        summary.feeds.extend(wanted.into_iter().map(leased));
        if job.since.is_some() {
            // A tick that meets a lease has its work done by the other; a backfill is nobody else's.
            ports.queue.jobs(std::slice::from_ref(job), AGAIN).await?;
        }
        return Ok(summary);
    };
    let pulled = feeds(ports, run, &tenant, job, wanted, &mut summary).await;
    // A lease that cannot be given back runs out by itself.
    let returned = lease.give_back(ports).await;
    pulled?;
    returned?;
    Ok(summary)
}

/// Pulls feed after feed.
async fn feeds(
    ports: &Ports,
    run: &Run,
    tenant: &Tenant,
    job: &Job,
    wanted: Vec<Feed>,
    summary: &mut Summary,
) -> Result<()> {
    let erp = erps::connect(ports, tenant, run.deadline);
    let ledger = Ledger::new(ports, &tenant.tenant_id);
    let job = &Job { begun: job.begun.or(job.since.map(|_| ports.clock.now())), ..job.clone() };
    let pull = Pull { ports, run, tenant, job, ledger: &ledger };
    for feed in wanted {
        let mut counts = Counts::default();
        let ended = pull.feed(erp.as_ref(), feed, &mut counts).await;
        let stop = matches!(ended, Err(Fault::Unauthorized(_)));
        let (end, fault) = match ended {
            Ok(end) => (end, None),
            Err(fault) => {
                pull.failed(feed, &fault);
                if job.since.is_some() && fault.passes_by_itself() {
                    return Err(fault);
                }
                (End::Failed, Some(fault.to_string()))
            }
        };
        summary.feeds.push(FeedSummary { feed, counts, end, fault });
        if stop {
            break;
        }
    }
    Ok(())
}

/// Hands out pages that were read before, as if they were read now, and moves the cursor as they say; a backfill (`since`)
/// moves none. The feed's lease is held by whoever calls, and renewed with every page.
///
/// # Errors
/// When the queue or the state cannot be reached, or somebody moved the cursor all the same.
#[expect(clippy::too_many_arguments, reason = "what a pull knows of a feed, held by the caller since it was read")]
pub(crate) async fn replay(
    ports: &Ports,
    run: &Run,
    tenant: &Tenant,
    since: Option<Timestamp>,
    feed: Feed,
    mut stored: StoredCursor,
    pages: Vec<Page>,
    lease: &mut Lease,
) -> Result<Counts> {
    let ledger = Ledger::new(ports, &tenant.tenant_id);
    let job = Job { since, ..Job::tick(&tenant.tenant_id) };
    let pull = Pull { ports, run, tenant, job: &job, ledger: &ledger };
    let mut counts = Counts::default();
    for page in pages {
        lease.renew(ports, ports.clock.now() + HANDING_OUT).await?;
        pull.hand_out(feed, page.changes, &mut counts).await?;
        pull.advance(feed, &mut stored, &page.cursor).await?;
    }
    Ok(counts)
}

/// A pull of one tenant.
struct Pull<'a> {
    ports: &'a Ports,
    run: &'a Run,
    tenant: &'a Tenant,
    job: &'a Job,
    ledger: &'a Ledger<'a>,
}

impl Pull<'_> {
    async fn feed(&self, erp: &dyn Erp, feed: Feed, counts: &mut Counts) -> Result<End> {
        let Some(lease) = Lease::take(self.ports, &self.tenant.tenant_id, feed.word(), self.run).await? else {
            return Ok(End::Leased);
        };
        let ended = self.leased(erp, feed, counts).await;
        // A lease that cannot be given back runs out by itself.
        let returned = lease.give_back(self.ports).await;
        let ended = ended?;
        returned?;
        Ok(ended)
    }

    async fn leased(&self, erp: &dyn Erp, feed: Feed, counts: &mut Counts) -> Result<End> {
        if self.job.since.is_none() {
            let offered = self.offer_parked(feed, counts).await;
            self.isolate(feed, offered)?;
            let offered = self.offer_gone(erp, feed, counts).await;
            self.isolate(feed, offered)?;
        }
        let mut stored = cursor::read(self.ports, &self.tenant.tenant_id, feed).await?;
        let mut at = self.start(feed, &stored).await?;
        loop {
            if self.ports.clock.now() + MARGIN > self.run.deadline {
                return self.to_be_continued(feed, at).await;
            }
            let page = erp.changes(feed, &at, self).await?;
            self.hand_out(feed, page.changes, counts).await?;
            self.advance(feed, &mut stored, &page.cursor).await?;
            at = page.cursor;
            if !page.more {
                return Ok(End::Complete);
            }
        }
    }

    /// What was handed out or parked before stops nothing that is new: it stays due, unless nobody may read anything.
    fn isolate(&self, feed: Feed, offered: Result<()>) -> Result<()> {
        let Err(fault) = offered else { return Ok(()) };
        // Whoever stops says so.
        if matches!(fault, Fault::Unauthorized(_)) {
            return Err(fault);
        }
        self.failed(feed, &fault);
        Ok(())
    }

    fn failed(&self, feed: Feed, fault: &Fault) {
        tracing::error!(
            target: "feed",
            tenant_id = self.tenant.tenant_id,
            feed = feed.word(),
            correlation_id = self.run.id,
            fault = fault.name(),
            reason = %fault,
            "feed"
        );
    }

    /// Moves the cursor to where a page ended; a backfill leaves it where it is.
    async fn advance(&self, feed: Feed, stored: &mut StoredCursor, to: &Cursor) -> Result<()> {
        if self.job.since.is_none() && stored.cursor.as_ref() != Some(to) {
            stored.rev = cursor::advance(self.ports, &self.tenant.tenant_id, feed, stored, to).await?;
            stored.cursor = Some(to.clone());
        }
        Ok(())
    }

    async fn start(&self, feed: Feed, stored: &StoredCursor) -> Result<Cursor> {
        if let Some(since) = self.job.since {
            return Ok(self.job.resume.clone().unwrap_or(Cursor::Since(since)));
        }
        if let Some(cursor) = &stored.cursor {
            return Ok(cursor.clone());
        }
        // Asked in any case, so that the moment is fixed by the first run.
        let first_seen = cursor::first_seen(self.ports, &self.tenant.tenant_id).await?;
        Ok(if feed.starts_at_a_date() {
            Cursor::Since(self.tenant.settings.start_date.unwrap_or(first_seen))
        } else {
            Cursor::Beginning
        })
    }

    /// The time is up: a tick goes on from the stored cursor, a backfill is handed to the next invocation.
    async fn to_be_continued(&self, feed: Feed, at: Cursor) -> Result<End> {
        if self.job.since.is_some() {
            let rest = Job { feeds: Some(vec![feed]), resume: Some(at), ..self.job.clone() };
            self.ports.queue.jobs(&[rest], Duration::ZERO).await?;
        }
        Ok(End::ToBeContinued)
    }
}

#[async_trait(?Send)]
impl Known for Pull<'_> {
    async fn known(&self, feed: Feed, versions: &[(String, String)]) -> Result<Vec<bool>> {
        self.ledger.known(feed, versions, self.job.begun).await
    }

    async fn known_aside(&self, feed: Feed, versions: &[Aside]) -> Result<Vec<bool>> {
        decision::known_aside(self.ports, self.ledger, feed, versions, self.job.begun).await
    }

    async fn waits(&self, feed: Feed, versions: &[(String, String)]) -> Result<Vec<bool>> {
        self.ledger.waits(feed, versions, self.job.begun).await
    }

    async fn standing(&self, feed: Feed, keys: &[String]) -> Result<Vec<Standing>> {
        decision::standing(self.ledger, feed, keys, self.job.since.is_some()).await
    }

    async fn begins(&self) -> Result<Option<Timestamp>> {
        let first_seen = cursor::first_seen(self.ports, &self.tenant.tenant_id).await?;
        Ok(Some(self.tenant.settings.start_date.unwrap_or(first_seen)))
    }
}
