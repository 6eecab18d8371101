//! What became of a record version: one outcome, one log line.

use serde::{Deserialize, Serialize};

/// What became of a record version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Handed to the import queue.
    Queued,
    /// New in Ongoing.
    Created,
    /// Changed in Ongoing.
    Updated,
    /// Cancelled in Ongoing, since it was withdrawn in the ERP.
    Cancelled,
    /// As it already was; nothing was sent.
    Unchanged,
    /// A newer version had been settled before this one arrived.
    Superseded,
    /// Left out by a filter.
    Filtered,
    /// The warehouse has started on the order; it keeps what it has.
    Blocked,
    /// Kept with a reason, to be offered again.
    Parked,
}

impl Outcome {
    /// The word in logs, metrics and tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Cancelled => "cancelled",
            Self::Unchanged => "unchanged",
            Self::Superseded => "superseded",
            Self::Filtered => "filtered",
            Self::Blocked => "blocked",
            Self::Parked => "parked",
        }
    }
}

/// The names by which a record is found in the logs.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Tenant.
    pub tenant_id: &'a str,
    /// Feed, in or back: the word of the contract.
    pub feed: &'a str,
    /// The ERP's id.
    pub key: &'a str,
    /// The number a person asks for.
    pub number: Option<&'a str>,
    /// Source version.
    pub version: &'a str,
    /// The run that read it.
    pub correlation_id: &'a str,
}

/// Writes the one log line of a record's outcome. `reason` never carries a body, an address or a secret.
pub fn log(subject: &Subject<'_>, outcome: Outcome, reason: Option<&str>) {
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                target: "record",
                tenant_id = subject.tenant_id,
                feed = subject.feed,
                key = subject.key,
                number = subject.number,
                version = subject.version,
                correlation_id = subject.correlation_id,
                outcome = outcome.word(),
                reason,
                "record"
            )
        };
    }
    match outcome {
        Outcome::Parked => line!(error),
        Outcome::Blocked => line!(warn),
        _ => line!(info),
    }
}

/// Says that a parked record is tried no more by itself: an alarm listens for `left_for_a_person`. Beside the outcome's
/// own line, and without an outcome, so that nothing is counted twice.
pub fn left_for_a_person(subject: &Subject<'_>) {
    tracing::warn!(
        target: "record",
        tenant_id = subject.tenant_id,
        feed = subject.feed,
        key = subject.key,
        number = subject.number,
        correlation_id = subject.correlation_id,
        left_for_a_person = true,
        "left for a person"
    );
}
