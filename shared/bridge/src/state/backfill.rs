//! How far the backfill of a feed is: one item a tenant and feed, written at most once a page. It is the place at which the
//! backfill goes on, whoever asks for it, so that a job that is lost costs no more than a start by hand.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ports::{Item, Ports, Put};
use crate::tenant::Tenant;
use crate::words::cursor::Cursor;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

/// What the sort key of such an item begins with; the feed's word follows.
pub const PREFIX: &str = "backfill#";

/// A living backfill notes something more often: a job that was given back is hidden for half an hour, and a job that waits
/// comes again within a quarter.
const SILENCE: Duration = Duration::from_secs(60 * 60);

/// How long what became of a backfill can be looked up.
const KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Conditional writes tried before the store is called unavailable.
const TRIES: usize = 20;

/// A backfill of one feed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Progress {
    /// Everything that changed after this moment is looked at.
    pub since: Timestamp,
    /// When it began; tells two backfills apart.
    pub begun: Timestamp,
    /// Where it goes on; at its beginning when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Cursor>,
    /// What it has dealt with.
    #[serde(default)]
    pub records: Records,
    /// The newest change that it has seen, where the ERP's cursor says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<Timestamp>,
    /// How it stands.
    pub standing: Standing,
    /// Why, where it waits or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Which of its jobs has begun last, counted up, and when.
    #[serde(default)]
    pub turn: u32,
    /// When that began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn_at: Option<Timestamp>,
    /// When anything was noted last.
    pub noted_at: Timestamp,
    /// When it was last known to get on.
    pub moved_at: Timestamp,
}

/// How many records went where. Of an invocation that was killed its last page is not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Records {
    /// Handed to the import queue.
    #[serde(default)]
    pub queued: usize,
    /// As they were.
    #[serde(default)]
    pub unchanged: usize,
    /// Left out.
    #[serde(default)]
    pub filtered: usize,
    /// Kept with a reason.
    #[serde(default)]
    pub parked: usize,
}

impl Records {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> usize {
        self.queued + self.unchanged + self.filtered + self.parked
    }
}

/// How a backfill stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// An invocation is at it, or the next one has been asked for.
    UnderWay,
    /// It comes again by itself: another pull had the lease, the ERP did not answer, a budget is spent.
    Waits,
    /// All there is has been dealt with.
    Complete,
    /// It was given up.
    Failed,
}

impl Progress {
    /// A backfill that begins.
    #[must_use]
    pub fn new(since: Timestamp, begun: Timestamp, now: Timestamp) -> Self {
        Self {
            since,
            begun,
            resume: None,
            records: Records::default(),
            newest: None,
            standing: Standing::UnderWay,
            reason: None,
            turn: 0,
            turn_at: None,
            noted_at: now,
            moved_at: now,
        }
    }

    /// Whether it does not get on any more before somebody starts it again: it was given up, or its job is gone.
    #[must_use]
    pub fn stands_still(&self, now: Timestamp) -> bool {
        match self.standing {
            Standing::UnderWay | Standing::Waits => self.noted_at + SILENCE < now,
            Standing::Complete => false,
            Standing::Failed => true,
        }
    }

    /// How a feed's backfill stands, with the feed; `None` where the item is none that this release knows.
    #[must_use]
    pub fn of(item: &Item) -> Option<(Feed, Self)> {
        let feed = item.sk.strip_prefix(PREFIX)?.parse().ok()?;
        Some((feed, serde_json::from_value(item.body.clone()).ok()?))
    }
}

/// Changes what is noted of a feed's backfill; on the newest note, where somebody else wrote in between. Nothing is written
/// where `change` says `None` or the same. What is noted afterwards.
///
/// # Errors
/// When the store cannot be reached, or holds something that is no backfill.
pub async fn update(
    ports: &Ports,
    tenant_id: &str,
    feed: Feed,
    change: impl Fn(Option<&Progress>) -> Option<Progress>,
) -> Result<Option<Progress>> {
    let (pk, sk) = (Tenant::partition(tenant_id), format!("{PREFIX}{feed}"));
    for _ in 0..TRIES {
        let item = ports.state.get(&pk, &sk).await?;
        let rev = item.as_ref().map_or(0, |item| item.rev);
        let stored = item.map(|item| serde_json::from_value::<Progress>(item.body)).transpose();
        let stored = stored.map_err(|error| {
            Fault::Unexpected(format!("the backfill of {tenant_id} {feed} cannot be read: {error}"))
        })?;
        let changed = change(stored.as_ref());
        if changed.is_none() || changed == stored {
            return Ok(changed);
        }
        let body = serde_json::to_value(&changed).map_err(|error| Fault::Unexpected(error.to_string()))?;
        let expires = Some(ports.clock.now() + KEPT);
        let item = Item { pk: pk.clone(), sk: sk.clone(), rev: rev + 1, body, expires };
        if ports.state.put(item).await? == Put::Done {
            return Ok(changed);
        }
    }
    Err(Fault::unavailable(format!("too many writers on the backfill of {tenant_id} {feed}")))
}
