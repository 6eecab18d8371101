//! What the ledger says before an import, and what it is told after.
//!
//! The rule that keeps a record right, however pulls and imports of it meet:
//!
//! 1. A pull puts the newest version on the queue and then notes it (`handed_out`, `seen`); what goes no further is noted
//!    alone (`seen`). Whoever writes the ledger decides again on the entry that the write meets.
//! 2. An import applies a message unless the ledger knows better: a newer message was *settled*; or the newest version
//!    *seen* takes the record back, and then the message acts as the withdrawal itself, since nobody else may know of it.
//!    A withdrawal cancels nothing where the newest version seen is wanted: nobody could undo it. Where the newest version
//!    is parked or left out, the older one goes.
//! 3. A withdrawal is queued for whatever was ever handed out or settled, and ends cancelled, kept by a warehouse that
//!    had begun, or parked and tried again; what is left out afterwards does not end it. What was never handed out is only
//!    noted as taken back: for a message that a pull which died has left, by 2.
//! 4. A withdrawal cancels an order that names its record, or, where Ongoing keeps no such name, the one that the ledger
//!    has the id of; never another one of that number.
//! 5. After the call the same questions are asked of the entry that the note meets. Was the record taken back meanwhile,
//!    the message is dealt with once more, as a withdrawal. Says the newest version something else, the record is read
//!    again by the next pull. Else the outcome of the newest *message* is the record's own, whatever was seen meanwhile
//!    without anything new being queued.
//! 6. A message that is gone is one that is not settled, and is older than any message can be or was overtaken in its
//!    group (`roads/pull/gone.rs`): the record is read again and offered with a greater `attempt`. Original and copy are
//!    ordered by the moment they were queued; whichever comes second finds the other settled.
//!
//! `interleavings` enumerates it.

use std::cell::Cell;

use jiff::Timestamp;

use super::Done;
use crate::ports::Ports;
use crate::roads::pull::page::subject;
use crate::state::ledger::{Entry, InOngoing, Ledger, Parked, Settled, Stored, WaitsFor, next_offer};
use crate::words::domain::Record;
use crate::words::envelope::Envelope;
use crate::words::fault::Result;
use crate::words::outcome::{self, Outcome};

/// What is to be done with a message.
pub(super) enum Before {
    /// Nothing.
    Done(Done),
    /// The record was taken back since: it is cancelled where it is in Ongoing.
    TakenBack,
    /// It is applied.
    Apply,
    /// It is a withdrawal, and the record is wanted again: nothing is cancelled, but it may have been by an earlier try.
    WantedAgain,
}

/// What became of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noted {
    /// It stands.
    Stands,
    /// Nothing was noted: the record was taken back while it was imported, and the message must be dealt with once more.
    TakenBack,
}

/// What the ledger says of a message before Ongoing is asked.
pub(super) fn before(entry: &Entry, envelope: &Envelope) -> Before {
    let order = (envelope.version.as_str(), envelope.queued_at);
    if is_older_than_settled(entry, envelope) {
        return Before::Done(Done::plain(Outcome::Superseded));
    }
    if is_taken_back(entry, envelope) {
        return Before::TakenBack;
    }
    // Of another version it need not be what Ongoing has: one in between may have taken effect and never come to its note.
    let settled = entry.settled.as_ref().is_some_and(|settled| settled.version == envelope.version);
    if settled && entry.applied() == Some(&envelope.fingerprint) {
        return Before::Done(Done::plain(Outcome::Unchanged));
    }
    if envelope.is_withdrawal() && entry.has_seen_otherwise(order, &envelope.fingerprint) {
        return Before::WantedAgain;
    }
    Before::Apply
}

/// Whether a newer version than this one was settled: nothing is done for it any more.
pub(crate) fn is_older_than_settled(entry: &Entry, envelope: &Envelope) -> bool {
    let order = (envelope.version.as_str(), envelope.queued_at);
    entry.settled.as_ref().is_some_and(|settled| {
        let there = (settled.version.as_str(), settled.queued_at);
        // Of one message that was dealt with as a withdrawal, the withdrawal is the newer.
        let ended = settled.withdrawal && !envelope.is_withdrawal() && settled.outcome != Outcome::Parked;
        there > order || there == order && ended
    })
}

fn is_taken_back(entry: &Entry, envelope: &Envelope) -> bool {
    let is_order = matches!(envelope.record, Record::Order(_) | Record::PurchaseOrder(_));
    is_order && entry.has_seen_taken_back((&envelope.version, envelope.queued_at))
}

/// Notes the outcome, and logs it. `withdrawal`: the message is one, or was dealt with as one.
pub(super) async fn note(
    ports: &Ports,
    ledger: &Ledger<'_>,
    envelope: &Envelope,
    stored: Stored,
    done: Done,
    withdrawal: bool,
) -> Result<Noted> {
    let now = ports.clock.now();
    let noted = Cell::new(Noted::Stands);
    let changed = |entry: &mut Entry| noted.set(after(entry, envelope, &done, withdrawal, now));
    let entry = ledger.update(envelope.feed, &envelope.key, stored, changed).await?;
    if noted.get() == Noted::TakenBack {
        return Ok(Noted::TakenBack);
    }
    outcome::log(&subject(envelope), done.outcome, done.reason.as_deref());
    let left = |parked: &Parked| parked.retry_at.is_none() && parked.envelope.as_deref() == Some(envelope);
    if done.outcome == Outcome::Parked && entry.parked.as_ref().is_some_and(left) {
        outcome::left_for_a_person(&subject(envelope));
    }
    Ok(Noted::Stands)
}

/// What an import leaves in the entry that its note meets.
pub(super) fn after(entry: &mut Entry, envelope: &Envelope, done: &Done, withdrawal: bool, now: Timestamp) -> Noted {
    let order = (envelope.version.as_str(), envelope.queued_at);
    if done.outcome == Outcome::Superseded || is_older_than_settled(entry, envelope) {
        return Noted::Stands;
    }
    if !withdrawal && is_taken_back(entry, envelope) && !entry.has_newer_message(envelope) {
        return Noted::TakenBack;
    }
    if let Some(ongoing) = &done.ongoing {
        // What was not written now keeps what was written before.
        let before = entry.ongoing.take().filter(|there| there.id == ongoing.id);
        let kept = before.filter(|_| ongoing.members.is_empty()).map(|there| (there.members, there.rows));
        let (members, rows) = kept.unwrap_or_else(|| (ongoing.members.clone(), ongoing.rows.clone()));
        entry.ongoing = Some(InOngoing { members, rows, ..ongoing.clone() });
    }
    let settled_outcome = match (done.outcome, &entry.settled) {
        // What it was when it was sent says more than that it came twice.
        (Outcome::Unchanged, Some(before)) if entry.applied().is_some() => before.outcome,
        _ => done.outcome,
    };
    let settled_at = match (done.outcome, &entry.settled) {
        (Outcome::Unchanged, Some(before)) => before.at.or(Some(now)),
        _ => Some(now),
    };
    // A record that was taken back has nothing in Ongoing that a later version could be equal to.
    let fingerprint = if withdrawal == envelope.is_withdrawal() { &envelope.fingerprint } else { TAKEN_BACK };
    entry.settled = Some(Settled {
        version: envelope.version.clone(),
        fingerprint: fingerprint.to_owned(),
        queued_at: envelope.queued_at,
        attempt: envelope.attempt,
        outcome: settled_outcome,
        withdrawal,
        at: settled_at,
    });
    if let Some(last) = entry.handed_out.as_mut().filter(|last| last.version == envelope.version) {
        if last.is(envelope) {
            last.at = envelope.queued_at;
        }
        last.attempt = last.attempt.max(envelope.attempt);
    }
    // A newer message on its way has the last word on what became of the record.
    if entry.has_newer_message(envelope) {
        return Noted::Stands;
    }
    if entry.has_seen_newer(order) {
        let seen = entry.seen.as_ref();
        let aside = seen.is_some_and(|seen| seen.fingerprint.is_none() && !seen.withdrawn);
        let unmapped = entry.outcome == Some(Outcome::Parked)
            && entry.parked.as_ref().is_some_and(|parked| parked.envelope.is_none());
        // What a pull could not map waits for better luck; what it left out belongs nowhere, but its cancellation goes on.
        if aside && (unmapped || !withdrawal) {
            return Noted::Stands;
        }
        // What the version before took back is wanted as it is, where the ERP's times told the two in the wrong order.
        let ended = withdrawal && !envelope.is_withdrawal();
        let wanted = seen.is_some_and(|seen| seen.fingerprint.is_some() && !seen.withdrawn);
        if ended && wanted || entry.has_seen_otherwise(order, &envelope.fingerprint) {
            read_again(entry, now);
            return Noted::Stands;
        }
    }
    entry.number.clone_from(&envelope.number);
    entry.outcome = Some(settled_outcome);
    entry.reason.clone_from(&done.reason);
    entry.correlation_id.clone_from(&envelope.correlation_id);
    entry.parked = (done.outcome == Outcome::Parked).then(|| parked(entry.parked.as_ref(), envelope, done, now));
    Noted::Stands
}

/// How a message is parked whose version may have been parked before.
fn parked(before: Option<&Parked>, envelope: &Envelope, done: &Done, now: Timestamp) -> Parked {
    let same = |parked: &&Parked| parked.envelope.as_ref().is_some_and(|before| before.version == envelope.version);
    let mut parked = Parked {
        envelope: Some(Box::new(envelope.clone())),
        attempt: envelope.attempt,
        waits_for: done.waits_for.clone(),
        stubborn: done.stubborn,
        released: before.filter(same).map_or(0, |parked| parked.released),
        ..Parked::default()
    };
    parked.retry_at = match &done.waits_for {
        Some(WaitsFor::Tenant) => Some(now),
        _ => next_offer(parked.tries(), now).filter(|_| !done.for_a_person),
    };
    parked
}

/// In place of the fingerprint of a record that was dealt with as a withdrawal.
const TAKEN_BACK: &str = "taken back";

/// The newest version that was seen is not what Ongoing has now, and no message of it will come.
fn read_again(entry: &mut Entry, now: Timestamp) {
    if let Some(seen) = &mut entry.seen {
        seen.fingerprint = None;
    }
    entry.outcome = Some(Outcome::Parked);
    entry.reason = Some("it was changed back while an older version was imported: it is read again".into());
    entry.parked = Some(Parked { retry_at: Some(now), ..Parked::default() });
}

impl Done {
    /// A withdrawal that cancels nothing.
    pub(super) fn wanted_again() -> Self {
        Self::because(Outcome::Superseded, "it is wanted again in the ERP")
    }
}
