//! What the ledger knows of a record's messages: which was put on the import queue last, whether it was dealt with, and
//! whether it is gone.
//!
//! Messages of one record are ordered by source version, and those of one version by the moment they were queued.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Entry, Seen, Settled};
use crate::words::envelope::Envelope;
use crate::words::outcome::Outcome;

/// No message lives longer: the import queue keeps it for 14 days, and the dead-letter queue for 14 more, counted from
/// when it got there (`template.yaml`; a test holds the two together). One that was redriven may; it meets a ledger that
/// knows better.
pub const GONE_AFTER: Duration = Duration::from_secs(28 * 24 * 3600);

/// In place of the fingerprint of what is sent again.
const SENT_AGAIN: &str = "to be sent again";

/// The version that was put on the queue last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HandedOut {
    /// Source version.
    pub version: String,
    /// Of the record in the message.
    pub fingerprint: String,
    /// When it was queued.
    pub at: Timestamp,
    /// The greatest `attempt` of this version so far: another message of it must have a greater one, or the queue takes it
    /// for a double.
    #[serde(default)]
    pub attempt: u32,
    /// Whether it takes the record back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawal: bool,
    /// Its message left the queue without having been dealt with.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
    /// A backfill or a replay put it there: how long it took says nothing of how fresh its feed is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_hand: bool,
}

/// A place among the messages of a record.
pub type Order<'a> = (&'a str, Timestamp);

impl HandedOut {
    fn order(&self) -> Order<'_> {
        (&self.version, self.at)
    }

    /// Whether this is the note of that message. A pull that died after its send is followed by one that sends the same
    /// anew: the queue drops the second, and the note has the second's time.
    #[must_use]
    pub fn is(&self, envelope: &Envelope) -> bool {
        let one = (&self.version, &self.fingerprint, self.attempt);
        one == (&envelope.version, &envelope.fingerprint, envelope.attempt)
    }
}

impl Entry {
    /// The newest message that a pull noted. An earlier release noted only the version that it saw.
    fn noted(&self) -> Option<Order<'_>> {
        let before = || {
            let seen = self.seen.as_ref().filter(|seen| seen.fingerprint.is_some())?;
            (self.outcome == Some(Outcome::Queued)).then_some((seen.version.as_str(), seen.at))
        };
        self.handed_out.as_ref().map(HandedOut::order).or_else(before)
    }

    fn settled_order(&self) -> Option<Order<'_>> {
        self.settled.as_ref().map(|settled| (settled.version.as_str(), settled.queued_at))
    }

    /// Whether anything of the record was ever on the queue or in Ongoing, as far as the ledger knows.
    #[must_use]
    pub fn was_handed_out(&self) -> bool {
        self.noted().is_some() || self.settled.is_some() || self.ongoing.is_some()
    }

    /// Whether the newest message took the record back. An import that was quicker than the note of a pull that died counts
    /// as well.
    #[must_use]
    pub fn is_taken_back(&self) -> bool {
        let settled = || {
            let settled = self.settled.as_ref();
            settled.is_some_and(|settled| settled.withdrawal || settled.outcome == Outcome::Cancelled)
        };
        match &self.handed_out {
            Some(last) if self.is_unsettled() => last.withdrawal,
            _ => settled(),
        }
    }

    /// Whether a newer message than this one was put on the queue.
    #[must_use]
    pub fn has_newer_message(&self, than: &Envelope) -> bool {
        let same = self.handed_out.as_ref().is_some_and(|last| last.is(than));
        !same && self.noted().is_some_and(|noted| noted > (than.version.as_str(), than.queued_at))
    }

    /// Whether no import has dealt with the newest message yet.
    #[must_use]
    pub fn is_unsettled(&self) -> bool {
        let noted = self.noted();
        let applied = || {
            let (last, settled) = (self.handed_out.as_ref(), self.settled.as_ref());
            last.zip(settled).is_some_and(|(last, settled)| last.version == settled.version)
                && last.map(|last| last.fingerprint.as_str()) == self.applied()
        };
        noted.is_some() && noted > self.settled_order() && !applied()
    }

    /// Whether the newest message is gone without having been dealt with: it was found to be, or is older than any message
    /// can be.
    #[must_use]
    pub fn is_gone(&self, now: Timestamp) -> bool {
        let marked = self.handed_out.as_ref().is_some_and(|last| last.gone);
        self.is_unsettled() && (marked || self.noted().is_some_and(|(_, at)| at + GONE_AFTER < now))
    }

    /// Whether the withdrawal that was handed out last is on its way, or kept for another try.
    #[must_use]
    pub fn is_withdrawal_open(&self, now: Timestamp) -> bool {
        let kept = self.outcome == Some(Outcome::Parked)
            && self.parked.as_ref().is_some_and(|parked| parked.envelope.is_some());
        self.is_taken_back() && !self.is_gone(now) && (self.is_unsettled() || kept)
    }

    /// Whether the withdrawal that was handed out last came to its end: cancelled, or refused by a warehouse that had begun.
    #[must_use]
    pub fn is_withdrawal_done(&self) -> bool {
        let ended = |outcome| matches!(outcome, Outcome::Cancelled | Outcome::Blocked);
        self.is_taken_back()
            && !self.is_unsettled()
            && self.settled.as_ref().is_some_and(|settled| ended(settled.outcome))
    }

    /// The `attempt` of another message of this version: 0 where there was none, else one that the queue has not seen.
    #[must_use]
    pub fn next_attempt(&self, version: &str) -> u32 {
        let offered =
            self.parked.as_ref().filter(|parked| parked.envelope.is_some()).map_or(0, |parked| parked.attempt);
        match &self.handed_out {
            Some(last) if last.version == version => last.attempt.max(offered) + 1,
            _ => {
                // A pull that died after the queue has left no note of its message.
                let seen = self.seen.as_ref().is_some_and(|seen| seen.version == version);
                let settled = self.settled.as_ref().is_some_and(|settled| settled.version == version);
                if seen || settled { offered + 1 } else { 0 }
            }
        }
    }

    /// Whether a mapped record is what was handed out last: noted by a pull, or by an import that was quicker than a pull
    /// that died before its note.
    #[must_use]
    pub fn has_handed_out(&self, fingerprint: &str) -> bool {
        let seen = self.seen.as_ref().map(|seen| (seen.version.as_str(), seen.at));
        if self.settled_order() > seen {
            return self.applied() == Some(fingerprint);
        }
        self.seen.as_ref().is_some_and(|seen| seen.fingerprint.as_deref() == Some(fingerprint) && !self.was_ended(seen))
    }

    /// Whether an import dealt with a wanted version as one that was taken back since, by a version that seemed to be newer.
    fn was_ended(&self, seen: &Seen) -> bool {
        let ended = |settled: &Settled| settled.withdrawal && settled.version == seen.version;
        !seen.withdrawn && !self.is_unsettled() && self.settled.as_ref().is_some_and(ended)
    }

    /// Has a mapped record sent again that was sent before: neither a pull nor an import finds its fingerprint any more.
    pub(crate) fn forget_what_was_sent(&mut self) {
        if let Some(seen) = self.seen.as_mut().filter(|seen| !seen.withdrawn) {
            seen.fingerprint = seen.fingerprint.take().map(|_| SENT_AGAIN.to_owned());
        }
        if let Some(settled) = self.settled.as_mut().filter(|settled| !settled.withdrawal) {
            SENT_AGAIN.clone_into(&mut settled.fingerprint);
        }
    }

    /// Whether a pull has seen a newer version than this one.
    #[must_use]
    pub fn has_seen_newer(&self, than: Order<'_>) -> bool {
        self.seen.as_ref().is_some_and(|seen| (seen.version.as_str(), seen.at) > than)
    }

    /// Whether the newest version that a pull saw is newer than this one, and takes the record back.
    #[must_use]
    pub fn has_seen_taken_back(&self, than: Order<'_>) -> bool {
        self.has_seen_newer(than) && self.seen.as_ref().is_some_and(|seen| seen.withdrawn)
    }

    /// Whether the newest version that a pull saw is newer than this one, is wanted, and says something else.
    #[must_use]
    pub fn has_seen_otherwise(&self, than: Order<'_>, fingerprint: &str) -> bool {
        let wanted = self.seen.as_ref().filter(|seen| !seen.withdrawn).and_then(|seen| seen.fingerprint.as_deref());
        self.has_seen_newer(than) && wanted.is_some_and(|wanted| wanted != fingerprint)
    }
}
