//! What is parked: have it tried again now, or give it up. The records and write-backs are chosen by whoever calls.

use crate::ports::Ports;
use crate::state::journal::{Back, Journal};
use crate::state::ledger::{Entry, Ledger};
use crate::words::fault::Result;
use crate::words::feed::Feed;
use crate::words::outcome::Outcome;

/// What is parked: a record, or a write-back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flow {
    /// Into the warehouse.
    In(Feed),
    /// Back into the ERP.
    Back(Back),
}

impl Flow {
    /// By the word of a feed.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        let back = || [Back::Shipments, Back::Stock, Back::ImportStatus].into_iter().find(|back| back.word() == word);
        word.parse().ok().map(Self::In).or_else(|| back().map(Self::Back))
    }

    /// The word of the feed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::In(feed) => feed.word(),
            Self::Back(back) => back.word(),
        }
    }
}

/// Said of what was given up.
const DROPPED: &str = "given up by a person";

/// Makes it due at once: the next tick, or the next look of the reconcile, takes it along. Its tries count anew, since a
/// person put right what was in its way. Whether it was parked at all.
///
/// # Errors
/// When the state table cannot be reached.
pub async fn retry(ports: &Ports, tenant_id: &str, flow: Flow, key: &str) -> Result<bool> {
    let now = ports.clock.now();
    match flow {
        Flow::In(feed) => {
            let change = |entry: &mut Entry| {
                let Some(parked) = entry.parked.as_mut().filter(|_| entry.outcome == Some(Outcome::Parked)) else {
                    return;
                };
                parked.retry_at = Some(now);
                parked.released = parked.attempt;
                if parked.envelope.is_none() {
                    // It is read again, and goes out also where it is what was sent before its body was taken off it.
                    entry.forget_what_was_sent();
                }
            };
            let ledger = Ledger::new(ports, tenant_id);
            let after = ledger.update(feed, key, ledger.get(feed, key).await?, change).await?;
            Ok(after.outcome == Some(Outcome::Parked) && after.parked.is_some())
        }
        Flow::Back(back) => {
            let journal = Journal::new(ports, tenant_id);
            let after = journal.update(back, key, |note| {
                if note.outcome == Some(Outcome::Parked) {
                    note.retry_at = Some(now);
                    note.attempt = 0;
                }
            });
            Ok(after.await?.outcome == Some(Outcome::Parked))
        }
    }
}

/// Gives it up: it is tried no more. A record comes again when it is changed in the ERP, a write-back when the warehouse says
/// something new. Whether it was parked at all.
///
/// # Errors
/// When the state table cannot be reached.
pub async fn drop(ports: &Ports, tenant_id: &str, flow: Flow, key: &str) -> Result<bool> {
    match flow {
        Flow::In(feed) => {
            let ledger = Ledger::new(ports, tenant_id);
            let stored = ledger.get(feed, key).await?;
            let is_parked = |entry: &Entry| entry.outcome == Some(Outcome::Parked) && entry.parked.is_some();
            if !is_parked(&stored.entry) {
                return Ok(false);
            }
            let change = |entry: &mut Entry| {
                // Somebody else may have got it in meanwhile.
                if is_parked(entry) {
                    let why = entry.reason.take().unwrap_or_default();
                    entry.reason = Some(format!("{DROPPED}: {why}"));
                    // Not left out by a rule: that is asked again with every look at the record.
                    entry.parked = None;
                }
            };
            let after = ledger.update(feed, key, stored, change).await?;
            Ok(after.is_given_up())
        }
        Flow::Back(back) => {
            let journal = Journal::new(ports, tenant_id);
            let keys = [key.to_owned()];
            let before = journal.read(back, &keys).await?.remove(key);
            if before.is_none_or(|note| note.outcome != Some(Outcome::Parked)) {
                return Ok(false);
            }
            let after = journal.update(back, key, |note| note.give_up(DROPPED)).await?;
            Ok(after.outcome == Some(Outcome::Filtered))
        }
    }
}
