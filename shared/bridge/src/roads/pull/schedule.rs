//! The tick: one job per tenant that is due.

use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde_json::json;

use crate::ports::{Item, Ports};
use crate::state::pull_lease;
use crate::state::tenants::valid;
use crate::tenant::Tenant;
use crate::words::envelope::Job;
use crate::words::fault::Result;
use crate::words::kind::Kind;
use crate::words::metric::NO_RUN;

/// Tenants looked at side by side.
const AT_ONCE: usize = 16;

/// A tenant whose last pull began no longer ago had its last tick in time.
const IN_TIME: Duration = Duration::from_secs(20 * 60);

/// A job that was queued no longer ago may still wait: one is enough. After two ticks it counts as lost.
const MAY_WAIT: Duration = Duration::from_secs(25 * 60);

/// Between two ticks, which do not come to the second.
const A_TICK: Duration = Duration::from_secs(14 * 60);

/// A mark that is older is not of the ticks just before.
const STALE: Duration = Duration::from_secs(40 * 60);

const SK: &str = "waiting-job";

/// On a schedule event: one job per enabled tenant of this kind, unless an earlier one still waits. An invalid item is logged
/// and disturbs nobody else.
///
/// # Errors
/// When the tenants cannot be listed or the jobs not be queued.
pub async fn schedule(ports: &Ports, kind: Kind) -> Result<usize> {
    let items = ports.tenants.list(kind).await?;
    let tenants = items.iter().filter_map(|item| valid(ports, item));
    let tenants = tenants.filter(|tenant| tenant.enabled && tenant.erp.kind == kind);
    let mut due: Vec<Due> = stream::iter(tenants)
        .map(|tenant| async move { due(ports, tenant.tenant_id).await })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let now = ports.clock.now();
    for late in due.iter().filter(|due| due.not_begun) {
        tracing::warn!(
            target: "tick", tenant_id = late.tenant_id, erp = kind.word(), outcome = "not_begun", cause = NO_RUN,
            begun = late.begun.map(tracing::field::display), "tick"
        );
    }
    // Whoever was pulled longest ago first: over capacity, the jobs that wait for too long must not be the same tenants' at
    // every tick.
    due.sort_by_key(|due| due.begun);
    let job = |tenant_id: &String| Job { queued_at: Some(now), ..Job::tick(tenant_id) };
    let jobs: Vec<Job> = due.iter().filter(|due| !due.waits).map(|due| job(&due.tenant_id)).collect();
    ports.queue.jobs(&jobs, Duration::ZERO).await?;
    // After the jobs: a crash in between leaves a job too many, which will be overtaken, never one too few.
    let marks: Vec<Item> = due.into_iter().filter_map(|due| due.mark).collect();
    let marks = marks.into_iter().map(|mark| ports.state.put(mark));
    stream::iter(marks).buffer_unordered(AT_ONCE).try_for_each(|_| async { Ok(()) }).await?;
    tracing::info!(target: "tick", erp = kind.word(), jobs = jobs.len(), "tick");
    Ok(jobs.len())
}

/// What is due of a tenant.
struct Due {
    tenant_id: String,
    /// When its last whole pull began.
    begun: Option<Timestamp>,
    /// The job of the tick before has not begun.
    not_begun: bool,
    /// An earlier tick's job still waits.
    waits: bool,
    /// Says that this tick's job waits, where the one before did not begin in time.
    mark: Option<Item>,
}

/// Nothing is written of a tenant that is pulled in time.
async fn due(ports: &Ports, tenant_id: String) -> Result<Due> {
    let now = ports.clock.now();
    let begun = pull_lease::begun(ports, &tenant_id).await?;
    if begun.is_some_and(|begun| begun + IN_TIME >= now) {
        return Ok(Due { tenant_id, begun, not_begun: false, waits: false, mark: None });
    }
    let pk = Tenant::partition(&tenant_id);
    let marked = ports.state.get(&pk, SK).await?;
    let queued_at = |item: &Item| item.body["queued_at"].as_str()?.parse::<Timestamp>().ok();
    let since = marked.as_ref().and_then(queued_at);
    let waits = since.is_some_and(|since| since + MAY_WAIT > now && Some(since) > begun);
    // A mark that is older is of a time before a pause.
    let not_begun = since.is_some_and(|since| since + A_TICK <= now && since + STALE > now && Some(since) > begun);
    let (rev, body) = (marked.map_or(0, |item| item.rev), json!({ "queued_at": now }));
    // A conflict: another tick at the same time; the second job will be overtaken by the first.
    let mark = Item { pk, sk: SK.to_owned(), rev: rev + 1, body, expires: None };
    Ok(Due { tenant_id, begun, not_begun, waits, mark: (!waits).then_some(mark) })
}
