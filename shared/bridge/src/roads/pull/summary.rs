//! What a pull did, as its log line and its tests see it.

use jiff::Timestamp;
use serde::Serialize;

use super::Counts;
use crate::words::cause::Cause;
use crate::words::feed::Feed;

/// What a pull did, feed by feed.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    /// Whose.
    pub tenant_id: String,
    /// One each, in the order of pulling.
    pub feeds: Vec<FeedSummary>,
}

/// What a pull did with one feed.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FeedSummary {
    /// Which.
    pub feed: Feed,
    /// How many records went where.
    #[serde(flatten)]
    pub counts: Counts,
    /// How it ended.
    pub end: End,
    /// Why, where it did not end well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// What somebody can do about it, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// When the walk through all changes began that this run was in last.
    #[serde(skip)]
    pub walk_began: Option<Timestamp>,
    /// When the last walk began that came to its end in this run.
    #[serde(skip)]
    pub walked: Option<Timestamp>,
}

/// How a pull of a feed ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// All there is has been read.
    Complete,
    /// The time was up, or a backfill waits for what passes by itself; the next one goes on from here.
    ToBeContinued,
    /// Enough is on the import queue; the rest waits in the ERP.
    NoRoom,
    /// Another invocation is at it.
    Leased,
    /// A fault; the next tick begins again where this one stood.
    Failed,
}
