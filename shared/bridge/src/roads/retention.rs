//! Names and addresses of customers are kept no longer than the deployment says (`PersonalDataDays`). In the state table only
//! the bodies of parked records have any: what is parked for longer loses its body, and is read again from the ERP when it is
//! tried again. Messages have an end of their own: a dead letter is gone after 14 days, which is the least that can be said.

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde_json::Value;

use crate::ports::Ports;
use crate::state::ledger::{Entry, Ledger};
use crate::tenant::Tenant;
use crate::words::domain::Record;
use crate::words::fault::Result;
use crate::words::feed::Feed;

/// The indexes of parked records; the last is that of an earlier release.
const INDEXES: [&str; 3] = ["due#", "due-left#", "left#"];

/// More records than are parked.
const ALL: usize = 1_000_000;

/// Entries that are read side by side.
const AT_ONCE: usize = 8;

/// Takes the bodies off what has been parked for too long; how many there were.
///
/// # Errors
/// When the state cannot be reached.
pub async fn enforce(ports: &Ports, tenant_id: &str) -> Result<usize> {
    let before = ports.clock.now() - ports.personal_data;
    let mut parked: Vec<(Feed, String)> = Vec::new();
    for index in INDEXES {
        let items = ports.state.list(&Tenant::partition(tenant_id), index, ALL).await?;
        parked.extend(items.into_iter().filter_map(|item| pointed_at(&item.body)));
    }
    let ledger = &Ledger::new(ports, tenant_id);
    let taken: Vec<bool> = stream::iter(parked)
        .map(|(feed, key)| async move {
            let stored = ledger.get(feed, &key).await?;
            let too_old = is_too_old(&stored.entry, before);
            if too_old {
                ledger.update(feed, &key, stored, |entry| take_body(entry, before)).await?;
            }
            Ok(too_old)
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(taken.into_iter().filter(|taken| *taken).count())
}

fn pointed_at(body: &Value) -> Option<(Feed, String)> {
    Some((body["feed"].as_str()?.parse().ok()?, body["key"].as_str()?.to_owned()))
}

/// Whether a body with a person's name in it was made before then.
fn is_too_old(entry: &Entry, before: Timestamp) -> bool {
    let envelope = entry.parked.as_ref().and_then(|parked| parked.envelope.as_ref());
    envelope.is_some_and(|envelope| {
        matches!(envelope.record, Record::Order(_) | Record::PurchaseOrder(_)) && envelope.queued_at < before
    })
}

fn take_body(entry: &mut Entry, before: Timestamp) {
    if is_too_old(entry, before)
        && let Some(parked) = &mut entry.parked
    {
        parked.envelope = None;
        // What is tried again by itself is read again, and then has to be news to the ledger. What is left for a person is
        // when a person has it tried: else the next look at it would bring the names back.
        if parked.retry_at.is_some() {
            entry.forget_what_was_sent();
        }
    }
}
