//! Records whose message is gone: purged, expired, dead and not redriven, not readable, or older than a state table that
//! was restored. They are read again from the ERP and go the way of what changed.
//!
//! A day after a page was handed out, and once a day from then on, its records are looked at that no import has dealt with.
//! Gone is what is older than any message can be; what was overtaken: a message group is delivered in order, so that where a
//! later message was settled, an earlier one has left the queue; and everything where the queue is empty. It may lie in the
//! dead-letter queue, and be redriven on top; whichever comes second finds the other settled.
//!
//! The cost: one write and one delete for each page that was handed out, one read of each of its entries.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;

use super::start::LOOK;
use super::{Counts, Pull};
use crate::http::MARGIN;
use crate::state::ledger::Stored;
use crate::state::outstanding::{Due, Outstanding};
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

/// Pages looked at together: those that were overtaken are found by what was settled beside them.
const PAGES: usize = 20;

/// What is looked at here takes this part of the time that is left.
const SHARE: u32 = 4;

/// Records read again in one run; the rest is looked at by the next one.
const GONE: usize = 200;

/// What of the pages whose time has come was looked at.
enum Looked {
    /// All of them; the next one's time comes then.
    All(Option<Timestamp>),
    /// A part of them.
    Part,
    /// As many as one run looks at.
    Enough,
}

impl Pull<'_> {
    /// Notes that these are on the queue.
    pub(super) async fn note_outstanding(&self, feed: Feed, keys: &[String]) -> Result<()> {
        let due = self.ports.clock.now() + LOOK;
        Outstanding::new(self.ports, &self.tenant.tenant_id).note(feed, keys, due, &self.run.id).await
    }

    /// Looks at what was handed out a day ago or longer; what is gone is read again and offered again. When the next page is
    /// to be looked at; `None`: this look did not come to its end.
    pub(super) async fn offer_gone(&self, feed: Feed, counts: &mut Counts) -> Result<Option<Timestamp>> {
        let now = self.ports.clock.now();
        let left = Duration::try_from(self.run.deadline.duration_since(now)).unwrap_or_default();
        let until = now + left.saturating_sub(MARGIN) / SHARE;
        loop {
            match self.looked(feed, counts).await? {
                Looked::All(next) => return Ok(Some(next.unwrap_or(now + LOOK))),
                Looked::Enough => return Ok(None),
                Looked::Part if self.on_queue.has_room(feed) && self.ports.clock.now() < until => {}
                Looked::Part => return Ok(None),
            }
        }
    }

    /// Looks at some pages, as far as there is room for what is gone of them.
    async fn looked(&self, feed: Feed, counts: &mut Counts) -> Result<Looked> {
        let now = self.ports.clock.now();
        let outstanding = Outstanding::new(self.ports, &self.tenant.tenant_id);
        let (pages, next) = outstanding.due(feed, now, PAGES).await?;
        let more = pages.len() == PAGES;
        let mut looked_at: Vec<(Due, HashMap<String, Stored>)> = Vec::with_capacity(pages.len());
        for page in pages {
            let entries = self.ledger.read(feed, &page.keys).await?;
            looked_at.push((page, entries));
        }
        let settled = looked_at.iter().flat_map(|(_, entries)| entries.values());
        let settled = settled.filter_map(|stored| stored.entry.settled.as_ref());
        let last_settled = settled.map(|settled| settled.queued_at).max();
        let mut read = 0;
        for (page, mut entries) in looked_at {
            let unsettled: Vec<String> = page
                .keys
                .iter()
                .filter(|key| entries.get(*key).is_some_and(|stored| stored.entry.is_unsettled()))
                .cloned()
                .collect();
            let mut gone = Vec::new();
            for key in &unsettled {
                let Some(stored) = entries.remove(key) else { continue };
                let overtaken = |at| last_settled.is_some_and(|last| last > at);
                let is_gone = stored.entry.is_gone(now);
                let nowhere = self.on_queue.found_nothing();
                if is_gone || nowhere || stored.entry.handed_out.as_ref().is_some_and(|last| overtaken(last.at)) {
                    gone.push(key.clone());
                }
                if !is_gone && gone.last() == Some(key) {
                    // So that the decision, which knows no other record, finds it.
                    let mark = stored.entry.handed_out.clone();
                    self.ledger
                        .update(feed, key, stored, |entry| {
                            if let Some(last) = entry.handed_out.as_mut().filter(|last| Some(&**last) == mark.as_ref())
                            {
                                last.gone = true;
                            }
                        })
                        .await?;
                }
            }
            if read + gone.len() > GONE && read > 0 {
                return Ok(Looked::Enough);
            }
            read += gone.len();
            let mut left = unsettled;
            for some in gone.chunks(GONE) {
                let changes = match self.erp.read(feed, some).await {
                    Ok(changes) => changes,
                    Err(fault @ Fault::Unauthorized(_)) => return Err(fault),
                    // These wait for the next look; the feed goes on without them.
                    Err(fault) => {
                        self.could_not_look(feed, &fault);
                        Vec::new()
                    }
                };
                // What the ERP could not tell of is asked for at the next look.
                left.retain(|key| !changes.iter().any(|change| change.key == *key));
                if !self.hand_out(feed, changes, counts).await? {
                    // The next look begins with this page again.
                    return Ok(Looked::Enough);
                }
            }
            if !left.is_empty() {
                self.note_outstanding(feed, &left).await?;
            }
            outstanding.forget(&page).await?;
        }
        Ok(match (more, read) {
            (false, _) => Looked::All(next),
            (true, 0) => Looked::Part,
            (true, _) => Looked::Enough,
        })
    }

    fn could_not_look(&self, feed: Feed, fault: &Fault) {
        tracing::warn!(
            target: "feed",
            tenant_id = self.tenant.tenant_id,
            feed = feed.word(),
            correlation_id = self.run.id,
            fault = fault.name(),
            reason = %fault,
            "what is gone could not be read again"
        );
    }
}
