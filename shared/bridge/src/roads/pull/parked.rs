//! Parked records whose time has come: what has been due longest first, as many as a run can take.

use std::time::Duration;

use jiff::Timestamp;

use super::{Counts, Pull};
use crate::http::MARGIN;
use crate::roads::offer::{self, Why};
use crate::state::ledger::index::Found;
use crate::state::ledger::{Entry, next_offer};
use crate::systems::erps;
use crate::words::fault::Result;
use crate::words::feed::Feed;

/// Parked records take this part of the time that is left.
const SHARE: u32 = 4;

/// Records read again from the ERP in one go.
const READ: usize = 200;

impl Pull<'_> {
    /// Tries parked records of this feed again whose time has come: those that were mapped go to the queue once more,
    /// the others are read again from the ERP, each in a part of the time, so that however many there are leave some for
    /// what is new. What was not dealt with in that time is still due.
    pub(super) async fn offer_parked(&self, feed: Feed, counts: &mut Counts) -> Result<()> {
        let until = self.share();
        let in_time = || self.ports.clock.now() + MARGIN < until;
        let now = self.ports.clock.now();
        let mut unmapped = Vec::new();
        let mut skip = 0;
        loop {
            let due = self.ledger.due(feed, now, skip).await?;
            let is_mapped =
                |(_, stored): &Found| stored.entry.parked.as_ref().is_some_and(|parked| parked.envelope.is_some());
            let (mapped, rest): (Vec<Found>, Vec<Found>) = due.records.into_iter().partition(is_mapped);
            skip += due.kept + rest.len();
            unmapped.extend(rest.into_iter().map(|(key, _)| key));
            if let Some((key, stored)) = mapped.last()
                && let Some(envelope) = stored.entry.parked.as_ref().and_then(|parked| parked.envelope.as_ref())
            {
                self.on_queue.add(feed, key, envelope.queued_at, mapped.len()).await?;
            }
            counts.queued += offer::parked(self.ports, self.ledger, feed, mapped, Why::IsDue).await?;
            if !due.more || !in_time() || !self.on_queue.has_room(feed) {
                break;
            }
        }
        self.read_again(feed, &unmapped, counts).await
    }

    async fn read_again(&self, feed: Feed, keys: &[String], counts: &mut Counts) -> Result<()> {
        let until = self.share();
        for keys in keys.chunks(READ) {
            if self.ports.clock.now() + MARGIN >= until {
                return Ok(());
            }
            let erp = erps::connect(self.ports, self.tenant, until);
            let changes = erp.read(feed, keys).await?;
            let read: Vec<String> = changes.iter().map(|change| change.key.clone()).collect();
            if !self.hand_out(feed, changes, counts).await? {
                return Ok(());
            }
            self.put_off(feed, &read).await?;
            // Keys are left out for want of time alone.
            if read.len() < keys.len() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// What was read again and is still due, since nothing about it has changed, waits longer like what was refused again.
    async fn put_off(&self, feed: Feed, keys: &[String]) -> Result<()> {
        let now = self.ports.clock.now();
        let entries = self.ledger.read(feed, keys).await?;
        let is_due = |found: &Found| found.1.entry.parked.as_ref().is_some_and(|parked| parked.due(now));
        let changes = entries.into_iter().filter(is_due).map(|(key, stored)| {
            let change = move |entry: &mut Entry| {
                if let Some(parked) = entry.parked.as_mut().filter(|parked| parked.due(now)) {
                    parked.attempt += 1;
                    parked.retry_at = next_offer(parked.tries(), now);
                }
            };
            (key, stored, change)
        });
        self.ledger.update_all(feed, changes.collect()).await
    }

    /// When the share of parked records in the time that is left is over, with the margin of what is begun last.
    fn share(&self) -> Timestamp {
        let now = self.ports.clock.now();
        let left = Duration::try_from(self.run.deadline.duration_since(now)).unwrap_or_default();
        now + left.saturating_sub(MARGIN) / SHARE + MARGIN
    }
}
