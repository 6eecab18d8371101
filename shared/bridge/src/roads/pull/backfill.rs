//! Backfills. There is one of a tenant's feed at a time, and its place is in the state table: a job only asks that it goes
//! on. So a second start joins the first, a job that comes twice does nothing twice, and one that is lost is started again
//! where it was. The jobs are counted, so that of several that a queue or a failure made of one only one has a successor: it is
//! the one that begins first.

use std::cell::Cell;
use std::time::Duration;

use jiff::Timestamp;

use super::rest::following;
use super::{Counts, Pull};
use crate::ports::Ports;
use crate::state::backfill::{Progress, Records, Standing, update};
use crate::words::cursor::Cursor;
use crate::words::envelope::Job;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

/// The pause after which a backfill that met a lease comes again.
const AFTER_LEASE: Duration = Duration::from_secs(60);

/// No invocation of a pull lives longer (`template.yaml`): a job that comes once more within it is another copy, and one that
/// comes after it is the same that was given back or whose process died.
const LIFE: Duration = Duration::from_secs(5 * 60);

/// The pause after a fault that passes by itself, and the longest one that the queue knows.
const AFTER_FAULT: Duration = Duration::from_secs(5 * 60);
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// A backfill that has not got on for so long is given up: its reason needs a person.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// One that stood still for longer begins anew: what it has dealt with may be another since.
const FORGOTTEN: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// Said of a backfill that met a lease.
const LEASED: &str = "another pull of the tenant is under way";

/// Said of a backfill of which enough waits for the warehouse.
const NO_ROOM: &str = "enough of the tenant waits for the warehouse";

/// A job for one feed, and what its backfill has dealt with before.
pub(super) struct Turn {
    pub job: Job,
    pub before: Option<Records>,
}

impl Turn {
    /// A job that is no backfill, or whose records the caller has read.
    pub fn of(job: &Job) -> Self {
        Self { job: job.clone(), before: None }
    }
}

/// The backfill that a job asks for, as it goes on now; `None` where there is nothing left to do for this job.
///
/// A start (no `begun`) joins what is under way, and what stands still if it is the same; where it reaches further back than
/// what is under way, it has that begin at its own moment. What was dealt with is not looked at again. A job that goes on
/// with another backfill than the present one is over.
fn goes_on(stored: Option<&Progress>, job: &Job, since: Timestamp, now: Timestamp) -> Option<Progress> {
    let under_way = |progress: &Progress| Progress {
        standing: Standing::UnderWay,
        reason: None,
        noted_at: now,
        moved_at: if progress.stands_still(now) { now } else { progress.moved_at },
        ..progress.clone()
    };
    let Some(begun) = job.begun else {
        let open = stored.filter(|stored| stored.standing != Standing::Complete && stored.noted_at + FORGOTTEN > now);
        return Some(match open {
            Some(open) if open.since == since => under_way(open),
            Some(open) if open.stands_still(now) => Progress::new(since, now, now),
            Some(open) if open.since < since => under_way(open),
            Some(open) => Progress { since, resume: None, ..under_way(open) },
            None => Progress::new(since, now, now),
        });
    };
    match stored {
        Some(stored) if stored.begun == begun && is_superseded(stored, job, now) => None,
        Some(stored) if stored.begun == begun => {
            let over = matches!(stored.standing, Standing::Complete | Standing::Failed);
            (!over).then(|| under_way(stored))
        }
        Some(_) => None,
        // Begun by a release that noted nothing.
        None => Some(Progress { resume: job.resume.clone(), ..Progress::new(since, begun, now) }),
    }
}

/// Whether a later job of the same backfill has begun, or another copy of this one.
fn is_superseded(stored: &Progress, job: &Job, now: Timestamp) -> bool {
    job.turn.is_some_and(|turn| turn < stored.turn) || is_copy(stored, job, now)
}

/// Whether another copy of this job has begun, and may live.
fn is_copy(stored: &Progress, job: &Job, now: Timestamp) -> bool {
    let lives = stored.turn_at.is_some_and(|at| at <= now && at + LIFE > now);
    let same = Some(stored.begun) == job.begun && Some(stored.turn) == job.turn;
    let over = matches!(stored.standing, Standing::Complete | Standing::Failed);
    same && lives && !over
}

/// What a job does for one of its feeds; `None`: nothing, somebody else has done it.
///
/// # Errors
/// When the state cannot be reached.
pub(super) async fn turn(ports: &Ports, job: &Job, feed: Feed) -> Result<Option<Turn>> {
    let Some(since) = job.since else { return Ok(Some(Turn::of(job))) };
    let now = ports.clock.now();
    let begins =
        |progress: Progress| Progress { turn: job.turn.unwrap_or(progress.turn), turn_at: Some(now), ..progress };
    let copy = Cell::new(false);
    let change = |stored: Option<&Progress>| {
        copy.set(stored.is_some_and(|stored| is_copy(stored, job, now)));
        goes_on(stored, job, since, now).map(begins)
    };
    let progress = update(ports, &job.tenant_id, feed, change).await?;
    if copy.get() {
        // Both are one message to the queue, and this one ends it: where the other dies before it has asked for its successor,
        // nobody would go on. Comes it again, the successor has begun.
        let again = Job { feeds: Some(vec![feed]), ..job.clone() };
        ports.queue.jobs(&[again], LIFE).await?;
    }
    Ok(progress.map(|progress| {
        let job = Job {
            feeds: Some(vec![feed]),
            since: Some(progress.since),
            resume: progress.resume,
            begun: Some(progress.begun),
            turn: Some(progress.turn),
            ..Job::tick(&job.tenant_id)
        };
        Turn { job, before: Some(progress.records) }
    }))
}

/// A tick that meets a lease has its work done by the other; a backfill is nobody else's, and comes again.
///
/// # Errors
/// When state or queue cannot be reached.
pub(super) async fn met_lease(ports: &Ports, job: &Job, feeds: &[Feed]) -> Result<()> {
    for feed in feeds {
        if job.since.is_some()
            && let Some(turn) = turn(ports, job, *feed).await?
        {
            waits(ports, &turn.job, *feed, LEASED, AFTER_LEASE).await?;
        }
    }
    Ok(())
}

/// Asks for the rest of a backfill after a pause, and notes why it waits.
async fn waits(ports: &Ports, job: &Job, feed: Feed, reason: &str, pause: Duration) -> Result<()> {
    ports.queue.jobs(&[following(job)], pause).await?;
    stands(ports, job, feed, Standing::Waits, Some(reason)).await
}

async fn stands(ports: &Ports, job: &Job, feed: Feed, standing: Standing, reason: Option<&str>) -> Result<()> {
    let now = ports.clock.now();
    let change = |stored: Option<&Progress>| {
        let stored = stored.filter(|stored| Some(stored.begun) == job.begun)?;
        let moved_at = if standing == Standing::Complete { now } else { stored.moved_at };
        Some(Progress { standing, reason: reason.map(str::to_owned), noted_at: now, moved_at, ..stored.clone() })
    };
    update(ports, &job.tenant_id, feed, change).await.map(|_| ())
}

impl Pull<'_> {
    /// Notes that a page was dealt with, and where the backfill goes on.
    pub(super) async fn note_backfill(&self, feed: Feed, at: &Cursor, counts: &Counts) -> Result<()> {
        let Some(before) = self.before else { return Ok(()) };
        let now = self.ports.clock.now();
        let change = |stored: Option<&Progress>| {
            // Another start has it begin further back: this page is dealt with, and the place is not here any more.
            let mine =
                |stored: &&Progress| Some(stored.begun) == self.job.begun && Some(stored.since) == self.job.since;
            let stored = stored.filter(mine)?;
            let records = Records {
                queued: before.queued + counts.queued,
                unchanged: before.unchanged + counts.unchanged,
                filtered: before.filtered + counts.filtered,
                parked: before.parked + counts.parked,
            };
            let moved = stored.resume.as_ref() != Some(at) || stored.records != records;
            Some(Progress {
                resume: Some(at.clone()),
                records,
                newest: at.newest().or(stored.newest),
                standing: Standing::UnderWay,
                reason: None,
                noted_at: now,
                moved_at: if moved { now } else { stored.moved_at },
                ..stored.clone()
            })
        };
        update(self.ports, &self.tenant.tenant_id, feed, change).await.map(|_| ())
    }

    /// All that the ERP has was read.
    pub(super) async fn complete(&self, feed: Feed) -> Result<()> {
        let Some(_) = self.before else { return Ok(()) };
        let now = self.ports.clock.now();
        let change = |stored: Option<&Progress>| {
            let stored = stored.filter(|stored| Some(stored.begun) == self.job.begun)?;
            // Another start has it begin further back, and its own job goes on with that.
            let all = Some(stored.since) == self.job.since;
            let standing = if all { Standing::Complete } else { stored.standing };
            Some(Progress { standing, reason: None, noted_at: now, moved_at: now, ..stored.clone() })
        };
        update(self.ports, &self.tenant.tenant_id, feed, change).await.map(|_| ())
    }

    /// Enough of the tenant is on the import queue: the job that goes on has been asked for.
    pub(super) async fn wait_for_room(&self, feed: Feed) -> Result<()> {
        match self.before {
            Some(_) => stands(self.ports, self.job, feed, Standing::Waits, Some(NO_ROOM)).await,
            None => Ok(()),
        }
    }

    /// What passes by itself is waited for on the queue, with no receive that would end in a dead letter, for a day;
    /// whatever else is for a person. Whether the backfill comes again.
    pub(super) async fn backfill_failed(&self, feed: Feed, fault: &Fault) -> Result<bool> {
        if self.before.is_none() {
            return Ok(false);
        }
        let now = self.ports.clock.now();
        let progress = update(self.ports, &self.tenant.tenant_id, feed, |stored| stored.cloned()).await?;
        let patient = progress.is_none_or(|progress| progress.moved_at + PATIENCE > now);
        if !fault.passes_by_itself() || !patient {
            stands(self.ports, self.job, feed, Standing::Failed, Some(&fault.to_string())).await?;
            return Ok(false);
        }
        let pause = match fault {
            Fault::RateLimited { after, .. } => (*after).clamp(AFTER_LEASE, LONGEST),
            _ => AFTER_FAULT,
        };
        waits(self.ports, self.job, feed, &fault.to_string(), pause).await?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-03-{text}Z").parse().unwrap()
    }

    fn stored(standing: Standing, noted_at: Timestamp) -> Progress {
        Progress {
            resume: Some(Cursor::Since(at("01T12:00:00"))),
            standing,
            noted_at,
            ..Progress::new(at("01T00:00:00"), at("02T00:00:00"), noted_at)
        }
    }

    fn start(since: Timestamp) -> Job {
        Job { since: Some(since), ..Job::tick("acme") }
    }

    #[test]
    fn a_start_joins_what_is_under_way_and_what_stands_still_if_it_is_the_same() {
        let (same, before, later) = (at("01T00:00:00"), at("01T00:00:00") - Duration::from_secs(1), at("01T06:00:00"));
        let now = at("02T01:00:00");
        let goes_on =
            |stored: Option<&Progress>, since: Timestamp, now| goes_on(stored, &start(since), since, now).unwrap();
        for standing in [Standing::UnderWay, Standing::Waits] {
            let open = stored(standing, now);
            for since in [same, later] {
                let joined = goes_on(Some(&open), since, now);
                assert_eq!((joined.since, joined.begun, &joined.resume), (open.since, open.begun, &open.resume));
            }
            let wider = goes_on(Some(&open), before, now);
            assert_eq!((wider.since, wider.begun, wider.resume), (before, open.begun, None));
        }
        let much_later = now + FORGOTTEN;
        for (standing, then) in [(Standing::Failed, now), (Standing::UnderWay, now + Duration::from_secs(7200))] {
            let still = stored(standing, now);
            assert_eq!(goes_on(Some(&still), same, then).begun, still.begun);
            // Another since, or too long ago: anew.
            for (since, then) in [(later, then), (before, then), (same, much_later)] {
                let anew = goes_on(Some(&still), since, then);
                assert_eq!(anew, Progress::new(since, then, then));
            }
        }
        assert_eq!(goes_on(Some(&stored(Standing::Complete, now)), same, now), Progress::new(same, now, now));
        assert_eq!(goes_on(None, same, now), Progress::new(same, now, now));
    }

    #[test]
    fn of_the_copies_of_a_job_one_goes_on() {
        let now = at("02T01:00:00");
        let open = Progress { turn: 7, turn_at: Some(now), ..stored(Standing::UnderWay, now) };
        let goes_on = |turn, then| {
            let job = Job { begun: Some(open.begun), turn, ..start(open.since) };
            goes_on(Some(&open), &job, open.since, then).is_some()
        };
        let soon = now + Duration::from_secs(20);
        assert!(!goes_on(Some(6), soon) && !goes_on(Some(7), soon) && goes_on(Some(8), soon));
        // Given back, or its process died: it comes when no invocation of it can live.
        let later = now + LIFE;
        assert!(!goes_on(Some(6), later) && goes_on(Some(7), later) && goes_on(Some(8), later));
        assert!(goes_on(None, soon), "of an earlier release");
    }

    #[test]
    fn a_job_goes_on_with_its_own_backfill_and_no_other() {
        let now = at("02T01:00:00");
        let open = stored(Standing::Waits, now);
        let job = |begun| Job { begun: Some(begun), ..start(open.since) };
        let mine = job(open.begun);
        let goes_on = |stored: Option<&Progress>, job: &Job| goes_on(stored, job, open.since, now);
        assert_eq!(goes_on(Some(&open), &mine).map(|progress| progress.resume), Some(open.resume.clone()));
        assert_eq!(goes_on(Some(&open), &job(now)), None);
        for over in [Standing::Complete, Standing::Failed] {
            assert_eq!(goes_on(Some(&stored(over, now)), &mine), None);
        }
        // Of a release that noted nothing, the job has the place.
        let resume = Some(Cursor::Since(at("01T18:00:00")));
        let resumed = goes_on(None, &Job { resume: resume.clone(), ..mine.clone() }).unwrap();
        assert_eq!((resumed.resume, resumed.begun), (resume, open.begun));
    }
}
