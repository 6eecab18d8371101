//! Schema drift as the state keeps it: one item for each way in which a vendor's answers are new, written once a day at
//! most by whoever meets it first. Where nothing drifts, nothing is read and nothing is written.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::ports::{Item, Ports, Put, Run};
use crate::words::fault::Result;
use crate::words::schema_drift::Drift;

/// The partition of all of them: vendors are the same to every tenant.
pub const PK: &str = "schema-drift";

/// What was not met for so long is forgotten.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// One read and one write of the store take no longer.
const LEAST: Duration = Duration::from_secs(30);

/// More than anybody reads.
const MOST: usize = 200;

/// A way in which a vendor's answers are new, and since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Met {
    /// Which.
    #[serde(flatten)]
    pub drift: Drift,
    /// When it was met first.
    pub since: Timestamp,
    /// When it was met first on the last day on which it was.
    pub at: Timestamp,
    /// On how many days.
    pub days: u32,
}

fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// Keeps and logs what this process has met and nobody told today. What cannot be kept is met again: vendors that drift go
/// on doing so. For the end of a run, when all that matters more is done: it stops at the first that cannot be kept, and
/// begins none when the run's time is nearly up.
pub async fn keep(ports: &Ports, run: &Run) {
    let now = ports.clock.now();
    for drift in ports.drifts.take(day(now)) {
        if ports.clock.now() + LEAST > run.deadline {
            return;
        }
        match note(ports, &drift, now).await {
            Ok(is_new) => {
                if is_new {
                    let Drift { system, kind, path, required } = &drift;
                    tracing::warn!(
                        target: "schema_drift", correlation_id = run.id, erp = system, outcome = kind.word(), path, required,
                        "schema_drift"
                    );
                }
                ports.drifts.told(drift, day(now));
            }
            Err(fault) => {
                tracing::warn!(target: "schema_drift", correlation_id = run.id, reason = %fault, "not kept");
                return;
            }
        }
    }
}

/// Notes that it was met today; whether nobody had.
async fn note(ports: &Ports, drift: &Drift, now: Timestamp) -> Result<bool> {
    let sk = format!("{}#{}#{}", drift.system, drift.kind.word(), drift.path);
    let item = ports.state.get(PK, &sk).await?;
    let rev = item.as_ref().map_or(0, |item| item.rev);
    let before: Option<Met> = item.and_then(|item| serde_json::from_value(item.body).ok());
    if before.as_ref().is_some_and(|before| day(before.at) == day(now)) {
        return Ok(false);
    }
    let (since, days) = before.map_or((now, 1), |before| (before.since, before.days.saturating_add(1)));
    let met = Met { drift: drift.clone(), since, at: now, days };
    let item = Item { pk: PK.to_owned(), sk, rev: rev + 1, body: json!(met), expires: Some(now + KEPT) };
    // A conflict: another process has told it.
    Ok(ports.state.put(item).await? == Put::Done)
}

/// What was met in the last days, what concerns required members first.
///
/// # Errors
/// When the store cannot be reached.
pub async fn read(ports: &Ports) -> Result<Vec<Met>> {
    let now = ports.clock.now();
    let items = ports.state.list(PK, "", MOST).await?;
    let met = items.into_iter().filter_map(|item| serde_json::from_value::<Met>(item.body).ok());
    // The store forgets in its own time.
    let mut met: Vec<Met> = met.filter(|met| met.at + KEPT > now).collect();
    met.sort_by(|a, b| (!a.drift.required, &a.drift).cmp(&(!b.drift.required, &b.drift)));
    Ok(met)
}
