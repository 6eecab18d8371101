//! What a run says of the health of the feeds that it pulled.

use super::{End, FeedSummary, Summary};
use crate::ports::{Ports, Run};
use crate::state::health::{self, Ended};
use crate::state::pull_lease::Work;
use crate::words::cause::Cause;

/// Said of a feed of which the rest waits in the ERP.
const NO_ROOM_SAYS: &str = "enough of the tenant waits for the warehouse; the rest waits in the ERP";

/// Notes how the feeds do. What cannot be noted is noted by the next run.
pub(super) async fn note(ports: &Ports, run: &Run, work: Work, summary: &Summary) {
    // It has a note of its own, and begins somewhere else.
    if work == Work::Backfill {
        return;
    }
    let ended = summary.feeds.iter().filter_map(|feed| Some((feed.feed, feed.health()?))).collect();
    if let Err(fault) = health::note(ports, &summary.tenant_id, ended).await {
        tracing::warn!(
            target: "health", tenant_id = summary.tenant_id, correlation_id = run.id, reason = %fault, "health"
        );
    }
}

impl FeedSummary {
    /// What it says of the feed; nothing where somebody else is at it.
    fn health(&self) -> Option<Ended> {
        match (self.end, self.cause) {
            (End::Leased, _) => None,
            (_, Some(cause)) => Some(Ended::Trouble(cause, self.fault.clone().unwrap_or_default())),
            (End::NoRoom, None) => Some(Ended::Trouble(Cause::NoRoom, NO_ROOM_SAYS.to_owned())),
            (End::Complete | End::ToBeContinued | End::Failed, None) => Some(Ended::Good),
        }
    }
}
