//! The road in, first half: what changed in the ERP, mapped, past the ledger, on to the import queue.
//!
//! The order of the steps is the protocol: queue, then ledger, then cursor. A crash after any step makes the next run do
//! some of it again, and the ledger or the import absorbs it; none loses a record.

mod ahead;
mod backfill;
pub(crate) mod decision;
mod gone;
mod health;
pub(crate) mod page;
mod parked;
mod replay;
mod rest;
mod schedule;
mod start;
mod summary;

use std::cell::Cell;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use self::rest::{Rest, again, wanted};
use self::start::Start;
use crate::http::classify::cause::cause;
use crate::http::{MARGIN, has_time};
use crate::ports::{Ports, Run};
use crate::state::backfill::Records;
use crate::state::cursor::{self, StoredCursor};
use crate::state::ledger::Ledger;
use crate::state::on_queue::OnQueue;
use crate::state::pull_lease::{PullLease, SeenTo, Taken, Work};
use crate::state::schema_drift;
use crate::state::tenants::valid;
use crate::systems::erp::{Aside, Erp, Known, Standing};
use crate::systems::erps;
use crate::tenant::Tenant;
use crate::words::backoff;
use crate::words::cursor::Cursor;
use crate::words::envelope::Job;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::kind::Kind;

pub use page::Counts;
pub(crate) use replay::replay;
pub use schedule::schedule;
pub use summary::{End, FeedSummary, Summary};

/// The pause after which a job comes again that met another one's lease.
const AGAIN: Duration = Duration::from_secs(60);

/// The pause after which a tenant is looked at again of which enough is on the import queue. Half of it is imported by then.
const NO_ROOM: Duration = Duration::from_secs(120);

/// On a job: pulls the tenant's feeds. A feed's fault is in the summary and stops the other feeds only where they cannot
/// go better. What there was no time, room or budget for is gone on with by another job, which costs no receive.
///
/// # Errors
/// When tenant, state or queue cannot be reached.
pub async fn job(ports: &Ports, run: &Run, kind: Kind, job: &Job) -> Result<Summary> {
    let mut summary = Summary { tenant_id: job.tenant_id.clone(), feeds: Vec::new() };
    let Some(item) = ports.tenants.get(&job.tenant_id).await? else {
        tracing::warn!(target: "tenant", tenant_id = job.tenant_id, outcome = "unknown", "tenant");
        return Ok(summary);
    };
    let Some(tenant) = valid(ports, &item).filter(|tenant| tenant.enabled && tenant.erp.kind == kind) else {
        return Ok(summary);
    };
    if job.is_a_late_tick(ports.clock.now()) {
        let (tenant_id, erp, correlation_id) = (&job.tenant_id, kind.word(), &run.id);
        tracing::warn!(target: "tick", tenant_id, erp, correlation_id, outcome = "dropped", "tick");
        return Ok(summary);
    }
    let feeds = wanted(&tenant, job, ports.clock.now());
    let work = match (job.since, &job.feeds) {
        (Some(_), _) => Work::Backfill,
        (None, Some(_)) => Work::Part,
        (None, None) => Work::Whole,
    };
    let mut lease = match PullLease::take(ports, &tenant.tenant_id, work, job.queued_at, run).await? {
        Taken::Mine(lease) => lease,
        Taken::Overtaken => {
            tracing::info!(target: "tick", tenant_id = job.tenant_id, correlation_id = run.id, "overtaken");
            return Ok(summary);
        }
        Taken::Held(by) => {
            let leased = |feed| FeedSummary {
                feed,
                counts: Counts::default(),
                end: End::Leased,
                fault: None,
                cause: None,
                walk_began: None,
                walked: None,
            };
            backfill::met_lease(ports, job, &feeds).await?;
            summary.feeds.extend(feeds.into_iter().map(leased));
            // A tick that meets another one has its work done by that; nobody else does what a person asks for.
            if work == Work::Part || work == Work::Whole && by != Work::Whole {
                again(ports, job.clone(), AGAIN).await?;
            }
            return Ok(summary);
        }
    };
    let ports = if work == Work::Backfill { &ports.for_backfill() } else { ports };
    let pulled = pull_feeds(ports, run, &tenant, job, feeds, &mut lease.seen_to, &mut summary).await;
    health::note(ports, run, kind, work, &summary).await;
    // A lease that cannot be given back runs out by itself.
    let returned = lease.give_back(ports).await;
    let ended = async {
        let rest = pulled?;
        returned?;
        // After the lease: the next one would meet it.
        for (job, pause) in rest {
            again(ports, job, pause).await?;
        }
        Ok(())
    };
    let ended = ended.await;
    schema_drift::keep(ports, run).await;
    ended.map(|()| summary)
}

/// Pulls feed after feed. Returns the jobs that go on with the rest, and after which pause.
async fn pull_feeds(
    ports: &Ports,
    run: &Run,
    tenant: &Tenant,
    job: &Job,
    wanted: Vec<Feed>,
    seen_to: &mut SeenTo,
    summary: &mut Summary,
) -> Result<Vec<(Job, Duration)>> {
    let erp = erps::connect(ports, tenant, run.deadline);
    let ledger = Ledger::new(ports, &tenant.tenant_id);
    let on_queue = OnQueue::read(ports, &ledger, &tenant.tenant_id).await?;
    let start = Start::read(ports, &ledger, job, &wanted, seen_to).await?;
    let articles_are_complete = Cell::new(false);
    let mut rest = Rest::default();
    for (at, feed) in wanted.iter().copied().enumerate() {
        if job.since.is_none() && !has_time(ports, run.deadline) {
            rest.wait(Duration::ZERO);
            break;
        }
        let Some(turn) = backfill::turn(ports, job, feed).await? else { continue };
        let pull = Pull {
            ports,
            run,
            tenant,
            job: &turn.job,
            ledger: &ledger,
            before: turn.before,
            erp: erp.as_ref(),
            on_queue: &on_queue,
            start: &start,
            articles_are_complete: &articles_are_complete,
            walk_began: Cell::default(),
            walked: Cell::default(),
            read_at: Cell::new(ports.clock.now()),
        };
        let orders_follow = wanted[at + 1..].iter().any(|feed| feed.starts_at_a_date());
        let mut counts = Counts::default();
        let ended = pull.feed(feed, orders_follow, &mut counts, &mut rest).await;
        let slowed = matches!(ended, Err(Fault::RateLimited { .. })) && job.since.is_none();
        let cause = ended.as_ref().err().map(cause);
        let stop = slowed || matches!(ended, Err(Fault::Unauthorized(_)));
        let (end, fault) = match ended {
            Ok(end) => (end, None),
            Err(ref fault @ Fault::RateLimited { after, .. }) if job.since.is_none() => {
                pull.failed(feed, fault);
                rest.put_off = job.put_off + 1;
                rest.wait(after.max(backoff::after(rest.put_off)));
                (End::ToBeContinued, Some(fault.to_string()))
            }
            Err(fault) => {
                pull.failed(feed, &fault);
                let again = pull.backfill_failed(feed, &fault).await?;
                (if again { End::ToBeContinued } else { End::Failed }, Some(fault.to_string()))
            }
        };
        summary.feeds.push(FeedSummary {
            feed,
            counts,
            end,
            fault,
            cause,
            walk_began: pull.walk_began.get(),
            walked: pull.walked.get(),
        });
        if stop {
            break;
        }
    }
    if start.looks() && job.feeds.is_none() {
        seen_to.next_look = start.next_look(wanted.len());
    }
    Ok(rest.jobs(job))
}

/// A pull of one tenant.
struct Pull<'a> {
    ports: &'a Ports,
    run: &'a Run,
    tenant: &'a Tenant,
    job: &'a Job,
    ledger: &'a Ledger<'a>,
    erp: &'a dyn Erp,
    on_queue: &'a OnQueue<'a>,
    start: &'a Start,
    /// This run has handed out all articles that there are: what orders name is on the queue.
    articles_are_complete: &'a Cell<bool>,
    /// What a backfill has dealt with before; `None` where it is none.
    before: Option<Records>,
    /// When the walk through the feed began that this run is in, and the last one that it ended.
    walk_began: Cell<Option<Timestamp>>,
    walked: Cell<Option<Timestamp>>,
    /// What is handed out was read at this moment, or later.
    read_at: Cell<Timestamp>,
}

impl Pull<'_> {
    async fn feed(&self, feed: Feed, orders_follow: bool, counts: &mut Counts, rest: &mut Rest) -> Result<End> {
        let ended = self.walk(feed, orders_follow, counts, rest).await?;
        if (feed, ended) == (Feed::Articles, End::Complete) {
            self.articles_are_complete.set(true);
        }
        Ok(ended)
    }

    async fn walk(&self, feed: Feed, orders_follow: bool, counts: &mut Counts, rest: &mut Rest) -> Result<End> {
        let until = self.until(feed, orders_follow);
        let room = self.on_queue.has_room(feed);
        if room && self.start.may_be_due(feed) {
            let offered = self.offer_parked(feed, counts).await;
            self.isolate(feed, offered)?;
        }
        if self.start.looks() {
            let offered = if room { self.offer_gone(feed, counts).await } else { Ok(None) };
            self.start.looked(offered.as_ref().ok().copied().flatten());
            self.isolate(feed, offered.map(|_| ()))?;
        }
        let mut stored = self.start.cursor(feed)?;
        let mut at = self.start(feed, &stored).await?;
        let mut resumed = stored.walk_began.is_some() && self.job.since.is_none();
        self.walk_began.set(stored.walk_began.filter(|_| resumed).or(Some(self.ports.clock.now())));
        loop {
            if self.ports.clock.now() + MARGIN > until {
                rest.goes_on(self.job, feed, at, Duration::ZERO);
                return Ok(End::ToBeContinued);
            }
            if !self.on_queue.has_room(feed) {
                rest.goes_on(self.job, feed, at, NO_ROOM);
                self.wait_for_room(feed).await?;
                return Ok(End::NoRoom);
            }
            self.read_at.set(self.ports.clock.now());
            let page = self.erp.changes(feed, &at, self).await?;
            if !self.hand_out(feed, page.changes, counts).await? {
                self.note_backfill(feed, &at, counts).await?;
                rest.goes_on(self.job, feed, at, Duration::ZERO);
                return Ok(End::ToBeContinued);
            }
            self.advance(feed, &mut stored, &page.cursor, page.more).await?;
            self.note_backfill(feed, &page.cursor, counts).await?;
            at = page.cursor;
            if !page.more {
                self.walked.set(self.walk_began.get());
            }
            if !page.more && resumed && self.ports.clock.now() + MARGIN <= until && self.on_queue.has_room(feed) {
                // What changed since an earlier run began this walk may stand behind it.
                resumed = false;
                self.walk_began.set(Some(self.ports.clock.now()));
            } else if !page.more {
                self.complete(feed).await?;
                return Ok(End::Complete);
            }
        }
    }

    /// No page is begun after it: articles leave half of the time to the orders behind them.
    fn until(&self, feed: Feed, orders_follow: bool) -> Timestamp {
        if self.job.since.is_some() || feed.starts_at_a_date() || !orders_follow {
            return self.run.deadline;
        }
        let left = Duration::try_from(self.run.deadline.duration_since(self.ports.clock.now())).unwrap_or_default();
        self.run.deadline - left.saturating_sub(MARGIN) / 2
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

    /// Says what a feed met. That an ERP has as many calls as it takes is no fault of anybody.
    fn failed(&self, feed: Feed, fault: &Fault) {
        if let Fault::RateLimited { after, why, .. } = fault {
            let (tenant_id, feed, after) = (&self.tenant.tenant_id, feed.word(), after.as_secs());
            return tracing::info!(
                target: "feed", tenant_id, feed, correlation_id = self.run.id, after, reason = why, "put off"
            );
        }
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

    /// Moves the cursor to where a page ended; a backfill leaves it where it is. `more`: the walk goes on from there.
    async fn advance(&self, feed: Feed, stored: &mut StoredCursor, to: &Cursor, more: bool) -> Result<()> {
        let moves = stored.cursor.as_ref() != Some(to) || !more && stored.walk_began.is_some();
        if self.job.since.is_none() && moves {
            let walk_began = self.walk_began.get().filter(|_| more);
            *stored = cursor::advance(self.ports, &self.tenant.tenant_id, feed, stored, to, walk_began).await?;
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
        let first_seen = self.start.first_seen(self.ports, &self.tenant.tenant_id).await?;
        Ok(if feed.starts_at_a_date() {
            Cursor::Since(self.tenant.settings.start_date.unwrap_or(first_seen))
        } else {
            Cursor::Beginning
        })
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
        let first_seen = self.start.first_seen(self.ports, &self.tenant.tenant_id).await?;
        Ok(Some(self.tenant.settings.start_date.unwrap_or(first_seen)))
    }
}
