//! A position in a feed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where to go on reading a feed.
///
/// Every record version before the cursor has been handed out. Records at the cursor itself may come twice; the ledger
/// drops the duplicates.
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
