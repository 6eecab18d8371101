//! What a run says of the health of the feeds that it pulled.

use std::time::Duration;

use super::{End, FeedSummary, Summary};
use crate::ports::{Ports, Run};
use crate::state::health::{self, Ended, Health, Pulled};
use crate::state::pull_lease::Work;
use crate::words::cause::Cause;
use crate::words::feed::Feed;
use crate::words::kind::Kind;

/// What passes by itself is told when the next tick meets it again: a moment less than a tick, which is not to the second.
const AGAIN: Duration = Duration::from_secs(14 * 60);

/// Said of a feed of which the rest waits in the ERP.
const NO_ROOM_SAYS: &str = "enough of the tenant waits for the warehouse; the rest waits in the ERP";

/// Notes how the feeds do. What cannot be noted is noted by the next run.
pub(super) async fn note(ports: &Ports, run: &Run, kind: Kind, work: Work, summary: &Summary) {
    // It has a note of its own, and begins somewhere else.
    if work == Work::Backfill {
        return;
    }
    let pulled = |feed: &FeedSummary| Some((feed.feed, feed.health()?, handed_out(summary, feed)));
    let pulled: Vec<Pulled> = summary.feeds.iter().filter_map(pulled).collect();
    let feeds: Vec<Feed> = pulled.iter().map(|(feed, ..)| *feed).collect();
    match health::note(ports, &summary.tenant_id, pulled).await {
        Ok((before, now)) => tell(run, kind, summary, &feeds, &before, &now),
        Err(fault) => tracing::warn!(
            target: "health", tenant_id = summary.tenant_id, correlation_id = run.id, reason = %fault, "health"
        ),
    }
}

/// Records of a feed that the run handed out: of articles also those ahead of the orders that name them.
fn handed_out(summary: &Summary, feed: &FeedSummary) -> usize {
    let ahead = summary.feeds.iter().map(|other| other.counts.articles_ahead).sum::<usize>();
    feed.counts.queued + if feed.feed == Feed::Articles { ahead } else { 0 }
}

/// Says how fresh the feeds that were pulled are, and which are not pulled: the lines that the alarms are counted from.
fn tell(run: &Run, kind: Kind, summary: &Summary, feeds: &[Feed], before: &Health, now: &Health) {
    let (tenant_id, correlation_id, erp) = (&summary.tenant_id, &run.id, kind.word());
    let mut age = None;
    for feed in feeds {
        let Some(health) = now.feeds.get(feed.word()) else { continue };
        if let Some(trouble) = &health.trouble {
            let told = !trouble.cause.passes_by_itself() || trouble.since + AGAIN <= trouble.at;
            if told {
                tracing::warn!(
                    target: "health", tenant_id, feed = feed.word(), erp, correlation_id, outcome = "not_pulled",
                    cause = trouble.cause.word(), since = %trouble.since, times = trouble.times, "health"
                );
            }
            continue;
        }
        let good_before = before.feeds.get(feed.word()).and_then(|health| health.good_at);
        // Of a walk that goes on nothing is known but when it began.
        let fresh = health.reading.as_ref().map(|reading| reading.at).or(health.good_at);
        let since = good_before.or_else(|| Some(health.reading.as_ref()?.since));
        let passed = fresh.zip(since).map(|(at, before)| at.duration_since(before).as_secs());
        age = age.max(passed);
    }
    if let Some(age_seconds) = age {
        tracing::info!(target: "health", tenant_id, erp, correlation_id, outcome = "pulled", age_seconds, "health");
    }
}

impl FeedSummary {
    /// What it says of the feed; nothing where somebody else is at it.
    fn health(&self) -> Option<Ended> {
        match (self.end, self.cause) {
            (End::Leased, _) => None,
            (_, Some(cause)) => Some(Ended::Trouble(cause, self.fault.clone().unwrap_or_default())),
            (End::NoRoom, None) => Some(Ended::Trouble(Cause::NoRoom, NO_ROOM_SAYS.to_owned())),
            (End::ToBeContinued, None) => Some(Ended::Reading { since: self.walk_began?, good_at: self.walked }),
            (End::Complete | End::Failed, None) => Some(Ended::Good(self.walked.or(self.walk_began)?)),
        }
    }
}
