//! Reading what changed, over several runs if need be (Finago sheet, sections 2.1, 2.2 and 5.3).
//!
//! Nothing is paged or ordered by the vendor. So a pass lists the numbers of what changed since a moment, sorts them, and
//! reads the records slice by slice; its place is the last number read. A record that changes behind that place is read
//! again by the next pass, since no pass claims more than the moment it began. The next pass begins at the latest change
//! that was seen, or at what has settled since, less an overlap, and the ledger absorbs what comes twice.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use crate::systems::erp::{Change, Page};
use crate::words::cursor::Cursor;
use crate::words::fault::{Fault, Result};

/// Covers a server that reads filters as Norwegian time, and rows that become visible late (Finago sheet, section 5.3).
const OVERLAP: Duration = Duration::from_secs(3 * 60 * 60);

/// Taken, with the overlap, for longer than any row takes to become visible: inferred, the sheet tells of no such delay. What
/// changed in one evening is not listed all night.
const SETTLED: Duration = Duration::from_secs(3 * 60 * 60);

/// Records read in one call; the vendor allows 1000 (Finago sheet, section 2.2).
pub(super) const SLICE: usize = 250;

/// Where we are in what changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Position {
    /// Nothing that changed before it is handed out, also where the overlap shows it.
    #[serde(default)]
    pub floor: Option<Timestamp>,
    /// What changed before it has been handed out; `None`: nothing has.
    #[serde(default)]
    pub since: Option<Timestamp>,
    /// The same for the suppliers that travel with articles; `None`: never looked at.
    #[serde(default)]
    pub suppliers_since: Option<Timestamp>,
    /// The pass under way.
    #[serde(default)]
    pub pass: Option<Pass>,
}

/// A pass under way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Pass {
    /// When it began: nothing later can be claimed.
    pub began: Timestamp,
    /// The last number read; 0 at the beginning.
    pub after: i64,
    /// The latest change seen.
    #[serde(default)]
    pub latest: Option<Timestamp>,
    /// Whether it looks at suppliers too. They are claimed up to its beginning: up to the latest change that was seen, the
    /// overlap would show that supplier, and all products be listed for it, for ever.
    #[serde(default)]
    pub suppliers: bool,
}

impl Position {
    pub fn of(cursor: &Cursor) -> Result<Self> {
        match cursor {
            Cursor::Beginning => Ok(Self::default()),
            Cursor::Since(moment) => Ok(Self { floor: Some(*moment), since: Some(*moment), ..Self::default() }),
            Cursor::At(position) => serde_json::from_value(position.clone())
                .map_err(|error| Fault::Unexpected(format!("the cursor cannot be read: {error}"))),
        }
    }

    /// The pass under way; one that begins now if there is none.
    pub fn pass(&mut self, now: Timestamp) -> &mut Pass {
        self.pass.get_or_insert_with(|| Pass { began: now, ..Pass::default() })
    }

    /// Notes when a record changed; `false` where that is before everything that is wanted.
    pub fn seen(&mut self, changed: Option<Timestamp>) -> bool {
        if let Some(pass) = &mut self.pass {
            pass.latest = pass.latest.max(changed);
        }
        self.floor.is_none() || changed.is_none() || changed >= self.floor
    }

    /// The numbers to read now out of the sorted list of a pass, and whether they are the last ones.
    pub fn slice(&self, numbers: &[i64]) -> (Vec<i64>, bool) {
        let after = self.pass.as_ref().map_or(0, |pass| pass.after);
        let left = &numbers[numbers.partition_point(|number| *number <= after)..];
        (left.iter().take(SLICE).copied().collect(), left.len() <= SLICE)
    }

    /// The page of changes, with where to go on.
    pub fn page(mut self, changes: Vec<Change>, read: &[i64], last: bool) -> Page {
        if last {
            self.finish();
        } else if let (Some(pass), Some(number)) = (&mut self.pass, read.last()) {
            pass.after = *number;
        }
        // A position always becomes JSON.
        Page { changes, cursor: Cursor::At(serde_json::to_value(&self).unwrap_or_default()), more: !last }
    }

    fn finish(&mut self) {
        let Some(pass) = self.pass.take() else { return };
        self.since = self.since.max(pass.latest.map(|latest| latest.min(pass.began).max(pass.began - SETTLED)));
        self.suppliers_since = self.suppliers_since.max(pass.suppliers.then_some(pass.began));
    }
}

/// A moment as a filter: UTC without an offset, an overlap earlier; and never a time of day that does not exist in Norway,
/// which a server that reads it as Norwegian time would refuse (Finago sheet, section 5.3).
pub(super) fn filter(since: Option<Timestamp>) -> String {
    let Some(moment) = since.and_then(|since| since.checked_sub(OVERLAP).ok()) else {
        return "1900-01-01T00:00:00".into();
    };
    let mut utc: DateTime = moment.to_zoned(TimeZone::UTC).datetime();
    let oslo = TimeZone::get("Europe/Oslo").unwrap_or(TimeZone::UTC);
    if matches!(oslo.to_ambiguous_timestamp(utc).offset(), AmbiguousOffset::Gap { .. }) {
        utc = utc.saturating_sub(1.hour());
    }
    utc.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn cursor(page: &Page) -> Position {
        Position::of(&page.cursor).unwrap()
    }

    #[test]
    fn filters_are_utc_with_an_overlap_and_exist_in_norway() {
        assert_eq!(filter(None), "1900-01-01T00:00:00");
        assert_eq!(filter(Some(at("2026-02-03T10:00:00.9Z"))), "2026-02-03T07:00:00");
        // 02:30 on the last Sunday of March does not exist in Norway.
        assert_eq!(filter(Some(at("2026-03-29T05:30:00Z"))), "2026-03-29T01:30:00");
    }

    #[test]
    fn a_pass_claims_the_latest_change_but_nothing_after_its_beginning() {
        let began = at("2026-03-02T10:00:00Z");
        for (changed, claimed) in [
            ("2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z"),
            ("2026-03-02T11:00:00Z", "2026-03-02T10:00:00Z"),
            ("2026-03-01T09:00:00Z", "2026-03-02T07:00:00Z"),
        ] {
            let mut position = Position::of(&Cursor::Since(at("2026-03-01T00:00:00Z"))).unwrap();
            position.pass(began);
            assert!(position.seen(Some(at(changed))));
            assert!(!position.seen(Some(at("2026-02-28T23:59:59Z"))), "before the floor");
            let page = position.page(Vec::new(), &[], true);
            assert_eq!(cursor(&page).since, Some(at(claimed)));
            assert_eq!(cursor(&page).pass, None);
        }
    }

    #[test]
    fn a_pass_goes_on_after_the_last_number_read_and_keeps_its_beginning() {
        let numbers: Vec<i64> = (1..=600).collect();
        let mut position = Position::default();
        let mut read = Vec::new();
        loop {
            position.pass(at("2026-03-02T10:00:00Z"));
            let (slice, last) = position.slice(&numbers);
            read.extend(slice.iter().copied());
            let page = position.page(Vec::new(), &slice, last);
            position = cursor(&page);
            if !page.more {
                break;
            }
            assert_eq!(position.pass.as_ref().unwrap().began, at("2026-03-02T10:00:00Z"));
        }
        assert_eq!(read, numbers);
    }
}
