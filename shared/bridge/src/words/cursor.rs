//! A position in a feed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where to go on reading a feed.
///
/// Every record version before the cursor has been handed out. Records at the cursor itself may come twice; the ledger
/// drops the duplicates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Cursor {
    /// From the beginning of time.
    Beginning,
    /// Changes after this moment (a first run of orders, a backfill).
    Since(Timestamp),
    /// Where an earlier page ended, in the words of the ERP's own adapter.
    At(Value),
}

impl Cursor {
    /// The newest change before it, where it says one: every adapter that keeps it calls it `latest`, in its pass where it
    /// reads in passes, and `since` is where the pass began.
    #[must_use]
    pub fn newest(&self) -> Option<Timestamp> {
        let Self::At(at) = self else { return None };
        [&at["latest"], &at["pass"]["latest"], &at["since"]]
            .into_iter()
            .find_map(|moment| moment.as_str()?.parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_newest_change_is_where_an_adapter_keeps_it() {
        let newest = |at: Value| Cursor::At(at).newest().map(|at| at.to_string());
        let (old, new) = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
        assert_eq!(newest(json!({ "since": old, "page": 2, "latest": new })).as_deref(), Some(new));
        assert_eq!(newest(json!({ "since": old, "pass": { "latest": new } })).as_deref(), Some(new));
        assert_eq!(newest(json!({ "since": old, "latest": null })).as_deref(), Some(old));
        assert_eq!(newest(json!({ "page": 2 })), None);
        assert_eq!(Cursor::Beginning.newest(), None);
    }
}
