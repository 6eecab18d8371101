//! The dry run of a tenant: what its next pull and the imports behind it would do, record by record, and the way to have
//! exactly that done.
//!
//! [`read`] pulls and maps with the real credentials and keeps what it read; [`assess`] holds it against the ledger and
//! against Ongoing; [`apply`] assesses once more, names what moved in between, and else hands out the very records that were
//! read. A plan changes nothing: no record, no cursor, no ledger entry, no message ([`read_only`] sees to it). What it shares
//! with the functions is kept up: the rate budgets, the session, the rotating token.

mod again;
mod apply;
mod dry_run;
pub(in crate::roads) mod read;
mod read_only;
pub mod values;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::systems::ongoing::diff::Change;
use crate::words::cursor::Cursor;
use crate::words::feed::Feed;

pub use again::{Which, members, numbered, read_again, with_reason};
pub use apply::{Applied, Became, Moved, Refused, apply, became};
pub use dry_run::assess;
pub use read::{Reading, read};
pub use read_only::read_only;

/// What a pull and its imports would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Plan {
    /// The plan's own version; a greater one than is known is refused.
    pub v: u32,
    /// Whose.
    pub tenant_id: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Backfill: everything changed after this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Feed by feed, in the order of pulling.
    pub feeds: Vec<FeedPlan>,
}

impl Plan {
    /// The version written by this release.
    pub const VERSION: u32 = 1;

    /// Whether every feed could be read to its end.
    #[must_use]
    pub fn whole(&self) -> bool {
        self.feeds.iter().all(|feed| feed.fault.is_none())
    }

    /// How many records would be dealt with in this way.
    #[must_use]
    pub fn count(&self, what: &str) -> usize {
        self.feeds.iter().flat_map(|feed| &feed.records).filter(|record| record.step.word() == what).count()
    }
}

/// What would be done with one feed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FeedPlan {
    /// Which.
    pub feed: Feed,
    /// Where its reading began.
    pub from: Cursor,
    /// The revision of the stored cursor; 0 where there was none.
    pub rev: u64,
    /// Record by record, in the order in which they would be imported.
    pub records: Vec<Planned>,
    /// Records that are parked and tried again by the ticks, beside this plan; at most [`PARKED`](Self::PARKED) are counted.
    #[serde(default)]
    pub parked: usize,
    /// Why it could not be read to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// Whether that is for want of credentials, rights or consent: a person's turn.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unauthorized: bool,
}

impl FeedPlan {
    /// Parked records that are counted.
    pub const PARKED: usize = 1000;
}

/// What would be done with one record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Planned {
    /// The ERP's own id.
    pub key: String,
    /// Article or order number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Source version.
    pub version: String,
    /// Hash of the mapped record; left out where nothing was mapped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// What a person should know of it beside: values that are mapped, a state it came in by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<String>,
    /// What.
    #[serde(flatten)]
    pub step: Step,
}

/// What would be done with a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// It would be new in Ongoing.
    Create,
    /// It would be changed in Ongoing.
    Update {
        /// Member by member.
        changes: Vec<Change>,
        /// Members that are sent and that Ongoing does not show: they may be others.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unseen: Vec<String>,
    },
    /// It would be cancelled in Ongoing.
    Cancel {
        /// Why.
        reason: String,
    },
    /// Nothing would be another.
    Unchanged,
    /// The warehouse has started on it: it would keep what it has.
    Blocked {
        /// How far the warehouse is.
        reason: String,
    },
    /// It could not be imported: it would be parked with this reason.
    Rejected {
        /// With the path of the member at fault.
        reason: String,
    },
    /// Left out by the document's filters or the tenant's.
    Filtered {
        /// Which.
        reason: String,
    },
}

impl Step {
    /// The word in tables.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update { .. } => "update",
            Self::Cancel { .. } => "cancel",
            Self::Unchanged => "unchanged",
            Self::Blocked { .. } => "blocked",
            Self::Rejected { .. } => "rejected",
            Self::Filtered { .. } => "filtered",
        }
    }

    /// The words of all, in the order of the tables.
    pub const WORDS: [&'static str; 7] = ["create", "update", "cancel", "unchanged", "blocked", "rejected", "filtered"];
}

/// How far a long plan is, for whoever waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many records of the feed are read.
    Read(Feed, usize),
    /// So many of so many records of the feed are held against Ongoing.
    Assessed(Feed, usize, usize),
}
