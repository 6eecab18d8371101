//! Reading a list to its end, over several runs if need be (Visma sheet, section 2).
//!
//! A list is asked for what changed after the cursor, sorted by id, which never changes: a record that changes meanwhile
//! joins the list and pushes others to later pages, where they come again. One that is deleted pulls others to an earlier
//! page, where nobody sees them: so a pass over more than one page is followed by another, and by yet another while the
//! number of results keeps changing. The next run begins at the server's time of the first page, less an overlap.
//!
//! That a list can be filtered by its time stamps is not confirmed. Where it is refused, the list is read unfiltered, the
//! time stamps are compared here, and the cursor remembers it for a day.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::wire::moment;
use crate::http::Answer;
use crate::systems::erp::{Change, Page};
use crate::words::cursor::Cursor;
use crate::words::fault::{Fault, Result};

/// Articles asked for at a time: the most that are allowed.
pub(super) const ARTICLES: usize = 1000;

/// Orders asked for at a time: each may take a call for its customer.
pub(super) const ORDERS: usize = 200;

/// Records may become visible a little after their time stamp.
const OVERLAP: Duration = Duration::from_secs(5 * 60);

/// Passes after which a list that keeps changing is left for the next run.
const PASSES: u32 = 5;

/// How long a refused filter is not tried again.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Where in a list we are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Position {
    /// Only what changed after it; `None`: everything.
    since: Option<Timestamp>,
    /// The page to read next, from 1.
    page: u32,
    /// The pass, from 0.
    #[serde(default)]
    pass: u32,
    /// The server's time at the first page of the first pass.
    #[serde(default)]
    began: Option<Timestamp>,
    /// The number of results when this pass began.
    #[serde(default)]
    total: Option<u64>,
    /// Whether that number changed during this pass.
    #[serde(default)]
    moved: bool,
    /// When the filter was refused.
    #[serde(default)]
    refused: Option<Timestamp>,
    /// When the order was refused: what comes in none is read in more than one pass as any list that moves.
    #[serde(default)]
    unordered: Option<Timestamp>,
    /// Whether the list has nothing.
    #[serde(skip)]
    empty: bool,
}

impl Position {
    fn from(since: Option<Timestamp>, refused: Option<Timestamp>, unordered: Option<Timestamp>) -> Self {
        Self { since, page: 1, pass: 0, began: None, total: None, moved: false, refused, unordered, empty: false }
    }

    pub fn of(cursor: &Cursor, now: Timestamp) -> Result<Self> {
        let mut position = match cursor {
            Cursor::Beginning => Self::from(None, None, None),
            Cursor::Since(moment) => Self::from(Some(*moment), None, None),
            Cursor::At(position) => serde_json::from_value(position.clone())
                .map_err(|error| Fault::Unexpected(format!("the cursor cannot be read: {error}")))?,
        };
        // Only where a run begins anew: the pages of a pass are all of one list.
        if position.page == 1 && position.pass == 0 {
            position.refused = position.refused.filter(|at| *at + DAY >= now);
            position.unordered = position.unordered.filter(|at| *at + DAY >= now);
        }
        Ok(position)
    }

    /// The page's query; `stamps` are the members that say when a record changed.
    pub fn query(&self, size: usize, stamps: &[&str]) -> Vec<(&'static str, String)> {
        let mut query = vec![("$pagesize", size.to_string()), ("$page", self.page.to_string())];
        if self.unordered.is_none() {
            query.insert(0, ("$orderby", "Id asc".to_owned()));
        }
        if let (Some(since), None) = (self.since, self.refused) {
            // Bare and in whole seconds: more digits than the server's own are not confirmed.
            let since = floor(since);
            let terms: Vec<String> = stamps.iter().map(|stamp| format!("{stamp} gt {since}")).collect();
            query.push(("$filter", terms.join(" or ")));
        }
        query
    }

    /// How else the list can be asked for, from its beginning: without its filter, without its order, without both.
    pub fn plainer(&self, now: Timestamp) -> Vec<Self> {
        let filtered = self.since.is_some() && self.refused.is_none();
        let (no_filter, no_order) = (self.refused.or(filtered.then_some(now)), self.unordered.or(Some(now)));
        let mut ways = vec![(no_filter, self.unordered), (self.refused, no_order), (no_filter, no_order)];
        ways.retain(|way| *way != (self.refused, self.unordered));
        ways.dedup();
        ways.into_iter().map(|(refused, unordered)| Self::from(self.since, refused, unordered)).collect()
    }

    /// Reads the envelope: the records that changed after the cursor, and whether the page is the last one.
    pub fn read(
        &mut self,
        answer: &Answer,
        mut body: Value,
        size: usize,
        stamps: &[&str],
    ) -> Result<(Vec<Value>, bool)> {
        let Value::Array(rows) = body["Data"].take() else {
            return Err(Fault::Unexpected("a list is expected as /Data".into()));
        };
        let meta = &body["Meta"];
        if self.began.is_none() {
            self.began = moment(&meta["ServerTimeUtc"]).or_else(|| answer.server_time());
        }
        let total = meta["TotalNumberOfResults"].as_u64();
        self.moved |= self.total.is_some() && self.total != total;
        self.total = self.total.or(total);
        let pages = meta["TotalNumberOfPages"].as_u64();
        self.empty = rows.is_empty() && self.page == 1;
        let last = rows.is_empty() || pages.map_or(rows.len() < size, |pages| u64::from(self.page) >= pages);
        let rows = rows.into_iter().filter(|row| self.wanted(row, stamps)).collect();
        Ok((rows, last))
    }

    /// Decided here where the filter was refused. A record without any time stamp is wanted always.
    fn wanted(&self, row: &Value, stamps: &[&str]) -> bool {
        let changed = changed(row, stamps);
        self.refused.is_none() || changed.is_none() || self.since.is_none_or(|since| changed > Some(since))
    }

    /// The page of changes, with where to go on.
    pub fn page(mut self, changes: Vec<Change>, last: bool) -> Page {
        let again = self.page > 1 && (self.pass == 0 || self.moved);
        let more = if !last {
            self.page += 1;
            true
        } else if again && self.pass + 1 < PASSES {
            (self.page, self.pass, self.total, self.moved) = (1, self.pass + 1, None, false);
            true
        } else {
            // A list that would not hold still is begun again where it was.
            // One that has nothing is asked for from where it was: that costs no write, and reads nothing twice.
            let next = if again || self.empty && self.since.is_some() { self.since } else { self.next() };
            self = Self::from(next, self.refused, self.unordered);
            false
        };
        Page { changes, cursor: self.cursor(), more }
    }

    /// A page that ends before its end, since the time runs out: it is read again by the next run.
    pub fn early(before: Self, changes: Vec<Change>) -> Page {
        Page { changes, cursor: before.cursor(), more: true }
    }

    /// A position always becomes JSON.
    fn cursor(&self) -> Cursor {
        Cursor::At(serde_json::to_value(self).unwrap_or_default())
    }

    fn next(&self) -> Option<Timestamp> {
        self.began.and_then(|began| began.checked_sub(OVERLAP).ok()).max(self.since)
    }
}

/// When a record changed last.
pub(super) fn changed(row: &Value, stamps: &[&str]) -> Option<Timestamp> {
    stamps.iter().filter_map(|stamp| moment(&row[*stamp])).max()
}

fn floor(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_millisecond().div_euclid(1000)).unwrap_or(moment)
}
