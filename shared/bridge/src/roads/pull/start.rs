//! What a tick reads of a tenant before its first feed: one read for each kind of item, however many feeds there are, so that
//! a tick at which nothing happens costs few.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::ports::Ports;
use crate::state::cursor::{self, StoredCursor};
use crate::state::due::MOVED_OVER;
use crate::state::ledger::Ledger;
use crate::state::pull_lease::SeenTo;
use crate::words::envelope::Job;
use crate::words::fault::Result;
use crate::words::feed::Feed;

/// From one look at what was handed out to the next: longer than a message takes from its first receive to the dead-letter
/// queue.
pub(super) const LOOK: Duration = Duration::from_secs(24 * 3600);

/// What is known of a tenant when its pull begins.
#[derive(Default)]
pub(super) struct Start {
    /// Of each feed, until it is asked for.
    cursors: RefCell<HashMap<Feed, Result<StoredCursor>>>,
    /// Feeds of which something parked may be due.
    may_be_due: Vec<Feed>,
    /// Whether what was handed out is looked at.
    looks: bool,
    /// When the next look is due, as far as the looks of this run say; `None`: one of them did not come to its end.
    next_look: Cell<Option<Timestamp>>,
    /// How many feeds were looked at.
    looked: Cell<usize>,
    first_seen: Cell<Option<Timestamp>>,
}

impl Start {
    /// Reads what a pull of these feeds begins with; a backfill needs none of it.
    ///
    /// # Errors
    /// When the state cannot be reached.
    pub async fn read(
        ports: &Ports,
        ledger: &Ledger<'_>,
        job: &Job,
        feeds: &[Feed],
        seen_to: &mut SeenTo,
    ) -> Result<Self> {
        let now = ports.clock.now();
        if job.since.is_some() {
            return Ok(Self::default());
        }
        if seen_to.moved_over.is_none_or(|at| at + MOVED_OVER <= now) {
            // A record of an earlier release that cannot be read stops nothing that is new.
            seen_to.moved_over = match ledger.move_over().await {
                Ok(whole) => whole.then_some(now),
                Err(fault) => {
                    tracing::warn!(target: "index", tenant_id = job.tenant_id, reason = %fault, "index");
                    None
                }
            };
        }
        // A part of the feeds is what a person asked for, and says nothing of the others.
        let looks = job.feeds.is_some() || seen_to.next_look.is_none_or(|at| at <= now);
        Ok(Self {
            cursors: RefCell::new(cursor::read_all(ports, &job.tenant_id).await?),
            may_be_due: ledger.may_be_due(feeds, now).await?,
            looks,
            next_look: Cell::new(Some(now + LOOK)),
            looked: Cell::default(),
            first_seen: Cell::default(),
        })
    }

    /// A feed's cursor, which is asked for once.
    ///
    /// # Errors
    /// When what is stored is no cursor.
    pub fn cursor(&self, feed: Feed) -> Result<StoredCursor> {
        self.cursors.borrow_mut().remove(&feed).unwrap_or_else(|| Ok(StoredCursor::default()))
    }

    /// Whether something parked of a feed may be due.
    pub fn may_be_due(&self, feed: Feed) -> bool {
        self.may_be_due.contains(&feed)
    }

    /// Whether what was handed out is looked at.
    pub fn looks(&self) -> bool {
        self.looks
    }

    /// A feed's look came to its end, and no page of it is to be looked at before `next`; or it did not, and the next run
    /// looks again.
    pub fn looked(&self, next: Option<Timestamp>) {
        self.looked.set(self.looked.get() + 1);
        self.next_look.set(self.next_look.get().zip(next).map(|(one, other)| one.min(other)));
    }

    /// When the next run looks at what was handed out: of so many feeds, one that was not come to has not been looked at.
    pub fn next_look(&self, feeds: usize) -> Option<Timestamp> {
        self.next_look.get().filter(|_| self.looked.get() == feeds)
    }

    /// When the tenant was first seen: by now, where it never was.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn first_seen(&self, ports: &Ports, tenant_id: &str) -> Result<Timestamp> {
        if let Some(at) = self.first_seen.get() {
            return Ok(at);
        }
        let at = cursor::first_seen(ports, tenant_id).await?;
        self.first_seen.set(Some(at));
        Ok(at)
    }
}
