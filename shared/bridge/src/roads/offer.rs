//! Parked records on their way to the import queue once more.

use crate::ports::Ports;
use crate::roads::pull::page::subject;
use crate::state::ledger::index::Found;
use crate::state::ledger::{Entry, Ledger, WaitsFor, next_offer};
use crate::words::envelope::Envelope;
use crate::words::fault::Result;
use crate::words::feed::Feed;
use crate::words::outcome::{self, Outcome};

/// Why a record is offered again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Its time has come.
    IsDue,
    /// What it waited for is there.
    ReasonIsGone,
}

/// Puts parked records that were mapped on the queue, and notes it after: a crash in between offers them once more. Returns
/// how many. They stay parked until an import says otherwise; only their next offer is put off.
///
/// # Errors
/// When the queue or the ledger cannot be reached; some may be on the queue then.
pub(crate) async fn parked(
    ports: &Ports,
    ledger: &Ledger<'_>,
    feed: Feed,
    found: Vec<Found>,
    why: Why,
) -> Result<usize> {
    let offered = found.into_iter().filter_map(|(key, stored)| {
        let parked = stored.entry.parked.as_ref()?;
        let envelope = Envelope { attempt: parked.attempt + 1, ..*parked.envelope.clone()? };
        Some((key, stored, envelope))
    });
    let offered: Vec<_> = offered.collect();
    if offered.is_empty() {
        return Ok(0);
    }
    let envelopes: Vec<Envelope> = offered.iter().map(|(_, _, envelope)| envelope.clone()).collect();
    ports.queue.import(&envelopes).await?;
    let now = ports.clock.now();
    let changes = offered.into_iter().map(|(key, stored, envelope)| {
        let change = move |entry: &mut Entry| {
            let Some(parked) = &mut entry.parked else { return };
            parked.attempt = envelope.attempt;
            // A pause of the tenant is no try of the record's own, and neither is a reason that is gone.
            if why == Why::ReasonIsGone || parked.waits_for == Some(WaitsFor::Tenant) {
                parked.released += 1;
            }
            parked.retry_at = next_offer(parked.tries(), now);
            parked.waits_for = None;
        };
        (key, stored, change)
    });
    ledger.update_all(feed, changes.collect()).await?;
    for envelope in &envelopes {
        outcome::log(&subject(envelope), Outcome::Queued, Some("offered again"));
    }
    Ok(envelopes.len())
}
