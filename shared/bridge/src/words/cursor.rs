//! A position in a feed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where to go on reading a feed.
///
/// A cursor is a promise about the past: every record version that the ERP showed before it has been handed out. It says
/// nothing about records at the cursor itself; they may come twice, and the ledger absorbs them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cursor {
    /// From the beginning of time.
    Beginning,
    /// Changes after this moment (a first run of orders, a backfill).
    Since(Timestamp),
    /// Where an earlier page ended, in the words of the ERP's own adapter.
    At(Value),
}
