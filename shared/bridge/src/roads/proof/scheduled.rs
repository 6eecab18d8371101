//! The proof by schedule, weekly and off by default: a job a tenant and feed, each within one invocation. What differs is
//! looked at a second time a quarter of an hour later; what differs then as well, or did at the last proof, raises the alarm.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Proof, prove};
use crate::ports::{Item, Ports, Run};
use crate::state::tenants::valid;
use crate::tenant::Tenant;
use crate::words::envelope::{Job, Look};
use crate::words::fault::Result;
use crate::words::feed::Feed;
use crate::words::kind::Kind;

/// From the first look to the second: what is under way for no longer than a tick is over by then.
const AGAIN: Duration = Duration::from_secs(15 * 60);

/// Differences that are kept for the next proof, and told in the log one by one.
const KEPT: usize = 200;

/// What the last proof of a feed found.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Last {
    at: Option<Timestamp>,
    whole: bool,
    differences: usize,
    /// Kind, feed and key of each.
    named: BTreeSet<(String, String, String)>,
}

/// On the proof's schedule event: one job for each feed of every enabled tenant.
///
/// # Errors
/// When the tenants cannot be listed or the jobs not be queued.
pub async fn schedule(ports: &Ports) -> Result<usize> {
    let mut jobs: Vec<Job> = Vec::new();
    for kind in Kind::ALL {
        for item in ports.tenants.list(kind).await? {
            let Some(tenant) = valid(ports, &item).filter(|tenant| tenant.enabled && tenant.erp.kind == kind) else {
                continue;
            };
            let feeds = tenant.feeds().into_iter().filter(|feed| *feed != Feed::Suppliers);
            jobs.extend(feeds.map(|feed| of(&tenant.tenant_id, feed, Look::First)));
        }
    }
    ports.queue.jobs(&jobs, Duration::ZERO).await?;
    Ok(jobs.len())
}

fn of(tenant_id: &str, feed: Feed, look: Look) -> Job {
    Job { feeds: Some(vec![feed]), proof: Some(look), ..Job::tick(tenant_id) }
}

/// On such a job: the proof of one feed. Returns how many differences stay.
///
/// # Errors
/// When something cannot be reached: the job comes again.
pub async fn job(ports: &Ports, run: &Run, job: &Job) -> Result<usize> {
    let (Some(look), Some(feeds)) = (job.proof, &job.feeds) else { return Ok(0) };
    let item = ports.tenants.get(&job.tenant_id).await?;
    let Some(tenant) = item.and_then(|item| valid(ports, &item)).filter(|tenant| tenant.enabled) else {
        return Ok(0);
    };
    let mut staying = 0;
    for feed in feeds.iter().filter(|feed| tenant.feeds().contains(feed)) {
        let proof = prove(ports, run, &tenant, Some(&[*feed]), &|_| ()).await?;
        staying += note(ports, run, *feed, &proof).await?;
        if look == Look::First && proof.found() > 0 {
            ports.queue.jobs(&[of(&tenant.tenant_id, *feed, Look::Second)], AGAIN).await?;
        }
    }
    Ok(staying)
}

/// Keeps and logs what a proof found; how much of it was found the last time as well.
async fn note(ports: &Ports, run: &Run, feed: Feed, proof: &Proof) -> Result<usize> {
    let (pk, sk) = (Tenant::partition(&proof.tenant_id), format!("proof#{feed}"));
    let item = ports.state.get(&pk, &sk).await?;
    let rev = item.as_ref().map_or(0, |item| item.rev);
    let last: Last = item.and_then(|item| serde_json::from_value(item.body).ok()).unwrap_or_default();
    let names = proof.differences.iter().map(|one| (one.kind.word().to_owned(), one.feed.clone(), one.key.clone()));
    let named: BTreeSet<_> = names.take(KEPT).collect();
    let staying = named.intersection(&last.named).count();
    let (tenant_id, correlation_id, feed) = (&proof.tenant_id, &run.id, feed.word());
    for one in proof.differences.iter().take(KEPT) {
        let (kind, number) = (one.kind.word(), one.number.as_deref());
        tracing::info!(target: "proof", tenant_id, correlation_id, feed = one.feed, key = one.key, number, kind, "difference");
    }
    for fault in proof.feeds.iter().filter_map(|feed| feed.fault.as_deref()) {
        tracing::warn!(target: "proof", tenant_id, correlation_id, feed, reason = fault, "not compared to its end");
    }
    tracing::info!(
        target: "proof", tenant_id, correlation_id, feed, whole = proof.whole, differences = proof.found(),
        differences_stay = staying, under_way = proof.under_way.len() + proof.more_under_way, seconds = proof.seconds,
        "proof"
    );
    // A feed that was not read to its end says nothing of what it did not come to.
    let named = if proof.whole { named } else { named.union(&last.named).take(KEPT).cloned().collect() };
    let body = json!(Last { at: Some(proof.at), whole: proof.whole, differences: proof.found(), named });
    // A conflict: another proof of the same has said how it is.
    ports.state.put(Item { pk, sk, rev: rev + 1, body, expires: None }).await?;
    Ok(staying)
}
