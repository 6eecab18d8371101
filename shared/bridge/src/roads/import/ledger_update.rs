//! What the ledger says before an import, and what it is told after.

use super::Done;
use crate::ports::Ports;
use crate::roads::pull::page::subject;
use crate::state::ledger::{Entry, Ledger, Parked, Settled, Stored, next_offer};
use crate::words::envelope::Envelope;
use crate::words::fault::Result;
use crate::words::outcome::{self, Outcome};

/// What needs no call to Ongoing: a version older than the settled one, or the settled one again.
pub(super) fn settled(entry: &Entry, envelope: &Envelope) -> Option<Done> {
    let settled = entry.settled.as_ref()?;
    let order = (&settled.version, settled.queued_at).cmp(&(&envelope.version, envelope.queued_at));
    if order.is_gt() {
        return Some(Done::plain(Outcome::Superseded));
    }
    (entry.applied() == Some(&envelope.fingerprint)).then(|| Done::plain(Outcome::Unchanged))
}

/// Notes the outcome, and logs it.
pub(super) async fn note(
    ports: &Ports,
    ledger: &Ledger<'_>,
    envelope: &Envelope,
    stored: Stored,
    done: Done,
) -> Result<()> {
    let Done { outcome, reason, ongoing } = done;
    let now = ports.clock.now();
    let changed = |entry: &mut Entry| {
        if outcome == Outcome::Superseded
            || settled(entry, envelope).is_some_and(|done| done.outcome == Outcome::Superseded)
        {
            return;
        }
        if let Some(ongoing) = &ongoing {
            entry.ongoing = Some(ongoing.clone());
        }
        let settled_outcome = match (outcome, &entry.settled) {
            // What it was when it was sent says more than that it came twice.
            (Outcome::Unchanged, Some(before)) if entry.applied().is_some() => before.outcome,
            _ => outcome,
        };
        entry.settled = Some(Settled {
            version: envelope.version.clone(),
            fingerprint: envelope.fingerprint.clone(),
            queued_at: envelope.queued_at,
            outcome: settled_outcome,
        });
        // A newer version on its way has the last word on what became of the record.
        let newer =
            entry.seen.as_ref().is_some_and(|seen| (&seen.version, seen.at) > (&envelope.version, envelope.queued_at));
        if newer {
            return;
        }
        entry.number.clone_from(&envelope.number);
        entry.outcome = Some(settled_outcome);
        entry.reason.clone_from(&reason);
        entry.correlation_id.clone_from(&envelope.correlation_id);
        entry.parked = (outcome == Outcome::Parked).then(|| Parked {
            envelope: Some(Box::new(envelope.clone())),
            attempt: envelope.attempt,
            retry_at: next_offer(envelope.attempt, now),
            unread: false,
        });
    };
    ledger.update(envelope.feed, &envelope.key, stored, changed).await?;
    outcome::log(&subject(envelope), outcome, reason.as_deref());
    if outcome == Outcome::Parked && next_offer(envelope.attempt, now).is_none() {
        outcome::left_for_a_person(&subject(envelope));
    }
    Ok(())
}
