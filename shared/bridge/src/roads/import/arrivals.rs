//! What waited for an article goes on the queue again when the article has arrived.
//!
//! Looked for once a batch and tenant: a batch of articles costs one read, whatever waits, and more only where something
//! does. Before the messages of the articles are deleted: a crash brings them again, they find the articles in place, and
//! this looks once more. What was released may go out twice then, and the ledger absorbs it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::http::{RESERVE, has_time, within};
use crate::ports::{Ports, Run};
use crate::roads::offer::{self, Why};
use crate::state::ledger::index::{Arrival, Found};
use crate::state::ledger::{Ledger, Stored};
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::received_message::ReceivedMessage;

/// Records released in one go.
const PAGE: usize = 200;

/// The articles that arrived in a batch, by tenant, with the messages that brought them.
#[derive(Default)]
pub(super) struct Arrivals {
    tenants: RefCell<BTreeMap<String, Vec<(String, Arrival)>>>,
}

impl Arrivals {
    pub(super) fn note(&self, tenant_id: &str, delivery: &ReceivedMessage, arrival: Arrival) {
        let mut tenants = self.tenants.borrow_mut();
        tenants.entry(tenant_id.to_owned()).or_default().push((delivery.id.clone(), arrival));
    }

    /// Releases what waited. Returns the ids of messages that have to come again, since what waits for their articles could
    /// not be released.
    pub(super) async fn release(self, ports: &Ports, run: &Run) -> Vec<String> {
        let mut again = Vec::new();
        for (tenant_id, arrived) in self.tenants.into_inner() {
            let (ids, arrivals): (Vec<String>, Vec<Arrival>) = arrived.into_iter().unzip();
            let released = released(ports, run, &tenant_id, &arrivals);
            if let Err(fault) = within(ports, run.deadline - RESERVE, released).await {
                tracing::warn!(
                    target: "batch", tenant_id, correlation_id = run.id, fault = fault.name(), reason = %fault,
                    "what waits for articles is not released yet"
                );
                again.extend(ids);
            }
        }
        again
    }
}

async fn released(ports: &Ports, run: &Run, tenant_id: &str, arrivals: &[Arrival]) -> Result<()> {
    let ledger = Ledger::new(ports, tenant_id);
    loop {
        let mut waiting = ledger.waiting(arrivals, PAGE).await?;
        if waiting.is_empty() {
            return Ok(());
        }
        if !has_time(ports, run.deadline) {
            return Err(Fault::unavailable("the time ran out"));
        }
        // As the pulls have them: purchase orders before orders, and of each the one that was queued first.
        waiting.sort_by_key(|(feed, (_, stored))| (*feed, queued_at(stored)));
        for feed in Feed::ALL {
            let of_feed = |(of, found): (Feed, Found)| (of == feed).then_some(found);
            let found: Vec<Found> = waiting.iter().cloned().filter_map(of_feed).collect();
            offer::parked(ports, &ledger, feed, found, Why::ReasonIsGone).await?;
        }
    }
}

fn queued_at(stored: &Stored) -> Option<Timestamp> {
    stored.entry.parked.as_ref()?.envelope.as_ref().map(|envelope| envelope.queued_at)
}
