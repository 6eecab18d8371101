//! What a run leaves to the next one: there was no time for it, no room on the import queue, or no budget. It is asked for by
//! another job, so that no receive is counted that could end in a dead letter.

use std::time::Duration;

use jiff::Timestamp;

use crate::ports::Ports;
use crate::tenant::Tenant;
use crate::words::cursor::Cursor;
use crate::words::envelope::Job;
use crate::words::fault::Result;
use crate::words::feed::Feed;

/// The pause between two runs of a backfill: longer than that of a tick that waits for the lease.
const GIVE_WAY: Duration = Duration::from_secs(90);

/// The longest pause that a queue takes.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// After this the next tick goes on with what one could not finish.
const TICK: Duration = Duration::from_secs(15 * 60);

/// A job that waited longer stands in a line of others: orders first.
const LATE: Duration = Duration::from_secs(5 * 60);

/// The feeds of a job: articles before the orders that name them, but for a job that comes late or goes on with what did not
/// fit.
pub(super) fn wanted(tenant: &Tenant, job: &Job, now: Timestamp) -> Vec<Feed> {
    let mut feeds = tenant.feeds();
    feeds.retain(|feed| job.feeds.as_ref().is_none_or(|feeds| feeds.contains(feed)));
    let late = job.queued_at.is_some_and(|queued_at| queued_at + LATE < now);
    if job.since.is_none() && (late || job.orders_first) {
        feeds.sort_by_key(|feed| !feed.starts_at_a_date());
    }
    feeds
}

/// Sends a job anew: waiting is done in the queue, and no receive is counted for it.
pub(super) async fn again(ports: &Ports, job: Job, pause: Duration) -> Result<()> {
    let now = ports.clock.now();
    let pause = pause.min(LONGEST);
    let until = job.until.unwrap_or(now + TICK);
    // Also where a person asked for some feeds: a tick pulls them all.
    if job.since.is_none() && now + pause > until {
        return Ok(());
    }
    let until = job.since.is_none().then_some(until);
    ports.queue.jobs(&[Job { queued_at: Some(now), until, ..job }], pause).await
}

/// The job that comes after one of a backfill.
pub(super) fn following(job: &Job) -> Job {
    Job { turn: job.turn.map(|turn| turn + 1), ..job.clone() }
}

/// What a run leaves to the next one.
#[derive(Default)]
pub(super) struct Rest {
    /// Of a tick: the pause after which it is gone on with.
    pause: Option<Duration>,
    /// How often in a row the ERP took no more calls.
    pub put_off: u32,
    /// Of a backfill: feed by feed.
    backfill: Vec<(Job, Duration)>,
}

impl Rest {
    /// A tick goes on from the stored cursor after a pause, a backfill from where this run came to.
    pub fn goes_on(&mut self, job: &Job, feed: Feed, at: Cursor, pause: Duration) {
        if job.since.is_none() {
            return self.wait(pause);
        }
        let job = Job { feeds: Some(vec![feed]), resume: Some(at), ..following(job) };
        self.backfill.push((job, pause.max(GIVE_WAY)));
    }

    /// Of several reasons to come again the longest pause counts: none of them is gone before.
    pub fn wait(&mut self, pause: Duration) {
        self.pause = self.pause.max(Some(pause));
    }

    pub fn jobs(self, job: &Job) -> Vec<(Job, Duration)> {
        let tick = self.pause.filter(|_| job.since.is_none());
        let tick = tick.map(|pause| (Job { orders_first: true, put_off: self.put_off, ..job.clone() }, pause));
        self.backfill.into_iter().chain(tick).collect()
    }
}
