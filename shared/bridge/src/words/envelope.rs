//! Queue messages: versioned JSON that a consumer one release older or newer still reads. Unknown members are ignored;
//! members may be added, never renamed.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::words::cursor::Cursor;
use crate::words::digest::sha256;
use crate::words::domain::Record;
use crate::words::feed::Feed;

/// A mapped record on its way to Ongoing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// The envelope's own version; a consumer refuses a greater one than it knows.
    pub v: u32,
    /// Whose record it is.
    pub tenant_id: String,
    /// Ongoing's base address and goods owner: the queue's message group, since Ongoing wants one call in flight per
    /// goods owner (Ongoing sheet, section 1.4).
    pub group: String,
    /// The feed it came from.
    pub feed: Feed,
    /// The ERP's own id of it.
    pub key: String,
    /// Article or order number.
    pub number: Option<String>,
    /// Source version.
    pub version: String,
    /// Hash of the mapped record.
    pub fingerprint: String,
    /// When it was handed to the queue; orders equal versions.
    pub queued_at: Timestamp,
    /// The run that read it, in every log line about it.
    pub correlation_id: String,
    /// How often this version has been offered before: after it was parked, after it was taken back or changed within one
    /// reading of the ERP's clock, after its message was gone.
    #[serde(default)]
    pub attempt: u32,
    /// The record.
    pub record: Record,
}

impl Envelope {
    /// The version written by this release.
    pub const VERSION: u32 = 1;

    /// The largest envelope that fits a message with its attributes: SQS takes 256 KiB everywhere.
    pub const LARGEST: usize = 250 * 1024;

    /// Whether it takes the record back.
    #[must_use]
    pub fn is_withdrawal(&self) -> bool {
        matches!(self.record, Record::Withdrawal(_))
    }

    /// Equal for the same version of the same record offered the same time, so that the queue drops a doubled send.
    #[must_use]
    pub fn deduplication_id(&self) -> String {
        sha256(format!(
            "{}\n{}\n{}\n{}\n{}\n{}",
            self.tenant_id, self.feed, self.key, self.version, self.fingerprint, self.attempt
        ))
    }
}

/// Something in the warehouse to look at, on its way to the write-back. It says where to look, never what is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// The notice's own version; a consumer refuses a greater one than it knows.
    pub v: u32,
    /// Whose goods.
    pub tenant_id: String,
    /// Where to look.
    pub hint: Hint,
    /// Tells two notices of the same apart: a webhook's event, a run of the reconcile.
    pub cause: String,
    /// The run that noticed it, in every log line about it.
    pub correlation_id: String,
}

/// Where to look.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// At the order with Ongoing's id.
    Order(i64),
    /// At these articles.
    Articles(Vec<String>),
    /// At an order that was imported: the ERP's key of it.
    Imported(String),
}

impl Notice {
    /// The version written by this release.
    pub const VERSION: u32 = 1;

    /// Articles in one notice: one read of Ongoing for all of them.
    pub const ARTICLES: usize = 50;

    /// The message group: what must happen one after the other.
    #[must_use]
    pub fn group(&self) -> String {
        match &self.hint {
            Hint::Order(id) => format!("{}.order.{id}", self.tenant_id),
            Hint::Articles(_) => format!("{}.stock", self.tenant_id),
            Hint::Imported(key) => format!("{}.imported.{key}", self.tenant_id),
        }
    }

    /// Equal for the same cause, so that the queue drops a doubled send.
    #[must_use]
    pub fn deduplication_id(&self) -> String {
        sha256(format!("{}\n{}\n{:?}", self.tenant_id, self.cause, self.hint))
    }
}

/// Work for a pull function: one tenant's feeds, now. Unknown members are ignored; a release before 2026-12 refuses them, and
/// the message then comes again every half hour for two and a half hours, within which the newer release meets it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Whose feeds.
    pub tenant_id: String,
    /// Only these; all that are switched on when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feeds: Option<Vec<Feed>>,
    /// Backfill: everything changed after this moment, without touching the cursors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Where an earlier invocation of the same backfill stopped, one feed at a time; what the state table says of it is newer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Cursor>,
    /// When the backfill began that is to go on: what it has dealt with since is not read again. A start has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun: Option<Timestamp>,
    /// Of a backfill: which of its jobs this is, counted up. One that comes when a later one has begun is over. A start, and an
    /// earlier release, counts none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<u32>,
    /// When it was put on the queue: a whole pull that began since has done its work. Without it, it is always done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued_at: Option<Timestamp>,
    /// What a run could not finish is gone on with after the orders that came meanwhile.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub orders_first: bool,
    /// After this nobody goes on with what a tick could not finish: the next tick does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// How often in a row it was put off, since its ERP takes no more calls.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub put_off: u32,
    /// Of the reconcile: nothing is looked for, and the feeds are held against the ERP and Ongoing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Look>,
}

/// Which look of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// The schedule's.
    First,
    /// A quarter of an hour after one that found something.
    Second,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Job {
    /// A tick's job that waited longer is not done: the next tick has queued another, or will. Two ticks.
    pub const LATE: Duration = Duration::from_secs(30 * 60);

    /// Whether it is a tick's job, for everything that is switched on, that waited too long. A backfill, and what a person
    /// asked for, waits as long as it has to.
    #[must_use]
    pub fn is_a_late_tick(&self, now: Timestamp) -> bool {
        let is_a_tick = self.since.is_none() && self.feeds.is_none();
        is_a_tick && self.queued_at.is_some_and(|queued_at| queued_at + Self::LATE < now)
    }

    /// A plain pull of everything that is switched on.
    #[must_use]
    pub fn tick(tenant_id: &str) -> Self {
        Self {
            tenant_id: tenant_id.to_owned(),
            feeds: None,
            since: None,
            resume: None,
            begun: None,
            turn: None,
            queued_at: None,
            orders_first: false,
            until: None,
            put_off: 0,
            proof: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_is_late_after_half_an_hour_and_what_somebody_asked_for_never() {
        let now: Timestamp = "2026-01-01T12:00:00Z".parse().unwrap();
        let queued = |minutes: u64| Some(now - Duration::from_secs(60 * minutes));
        let tick = |minutes| Job { queued_at: queued(minutes), ..Job::tick("acme") };
        assert!(!tick(30).is_a_late_tick(now) && tick(31).is_a_late_tick(now));
        assert!(!Job::tick("acme").is_a_late_tick(now), "an earlier release does not say when");
        assert!(!Job { since: Some(now), ..tick(600) }.is_a_late_tick(now), "a backfill waits as long as it has to");
        assert!(!Job { feeds: Some(vec![Feed::Orders]), ..tick(600) }.is_a_late_tick(now));
    }
}
