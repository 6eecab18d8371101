//! Reading a list to its end, over several runs if need be (PowerOffice sheet, sections 2.1 and 7).
//!
//! Lists are paged by number, in an order nobody promises, and a record that changes while the pages are read may move
//! from a page not yet read to one that was. So a pass over more than one page is followed by a second pass from the same
//! moment: the ledger drops what is known. The next run begins at the latest change that was seen, less an overlap, or at what
//! has settled since: else the rows of one evening would be read all night.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::http::json::{self, Row};
use crate::http::{Call, Client};
use crate::systems::erp::{Change, Page};
use crate::words::cursor::Cursor;
use crate::words::fault::{Fault, Result};

/// Products and groups asked for at a time.
pub(super) const ROWS: usize = 1000;

/// Invoices asked for at a time: each takes a call for its lines.
pub(super) const INVOICES: usize = 200;

/// Rows may become visible a little after their time stamp (PowerOffice sheet, section 5).
const OVERLAP: Duration = Duration::from_secs(120);

/// Taken for longer than any row takes to become visible: inferred, no sheet tells of more than a minute (the fact
/// `poweroffice.replica-lag`).
const SETTLED: Duration = Duration::from_secs(60 * 60);

/// Where in a list we are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Position {
    /// Only what changed after it; `None`: everything.
    since: Option<Timestamp>,
    /// The page to read next, from 1.
    page: u32,
    /// Whether this is the second pass.
    #[serde(default)]
    again: bool,
    /// The latest change seen since `since`.
    #[serde(default)]
    latest: Option<Timestamp>,
    /// The server's time when the first pass began: nothing after it can be claimed.
    #[serde(default)]
    began: Option<Timestamp>,
}

impl Position {
    pub fn from(since: Option<Timestamp>) -> Self {
        Self { since, page: 1, again: false, latest: None, began: None }
    }

    pub fn of(cursor: &Cursor) -> Result<Self> {
        match cursor {
            Cursor::Beginning => Ok(Self::from(None)),
            Cursor::Since(moment) => Ok(Self::from(Some(*moment))),
            Cursor::At(position) => serde_json::from_value(position.clone())
                .map_err(|error| Fault::Unexpected(format!("the cursor cannot be read: {error}"))),
        }
    }

    /// The page's query, with the moment under the name of this list's filter.
    pub fn query(&self, size: usize, filter: &'static str) -> Vec<(&'static str, String)> {
        let mut query = vec![("PageNumber", self.page.to_string()), ("PageSize", size.to_string())];
        query.extend(self.since.map(|since| (filter, since.to_string())));
        query
    }

    /// Reads the page that `call` asks for: its rows, and whether it is the last one. They are read one by one, since texts are long and
    /// what a row becomes may be many times as long.
    pub async fn read(&mut self, client: &Client, size: usize, call: &Call) -> Result<(Vec<Row>, bool)> {
        let (answer, page) = client.read(call, &|body| json::list(body, None)).await?;
        if self.began.is_none() {
            self.began = answer.server_time();
        }
        let rows = match (page.rows, page.rest) {
            (Some(rows), _) => rows,
            (None, Value::Null) => Vec::new(),
            (None, other) => {
                return Err(Fault::Unexpected(format!(
                    "a list is expected, not {}",
                    crate::words::wire::shape(&other)
                )));
            }
        };
        let next = answer
            .headers
            .get("x-pagination")
            .and_then(|text| serde_json::from_slice::<Value>(text.as_bytes()).ok())
            .map(|pagination| pagination["nextPageLink"].as_str().is_some_and(|link| !link.is_empty()));
        let last = rows.is_empty() || !next.unwrap_or(rows.len() >= size);
        Ok((rows, last))
    }

    /// On to the next page.
    pub fn turn(&mut self) {
        self.page += 1;
    }

    pub fn seen(&mut self, changed: Option<Timestamp>) {
        self.latest = self.latest.max(changed);
    }

    /// A page that ended early: the next run begins with it again.
    pub fn early(before: Self, changes: Vec<Change>) -> Page {
        Page { changes, cursor: before.cursor(), more: true }
    }

    fn cursor(&self) -> Cursor {
        // A position always becomes JSON.
        Cursor::At(serde_json::to_value(self).unwrap_or_default())
    }

    /// The page of changes, with where to go on.
    pub fn page(mut self, changes: Vec<Change>, last: bool) -> Page {
        let more = if !last {
            self.turn();
            true
        } else if self.page > 1 && !self.again {
            (self.page, self.again) = (1, true);
            true
        } else {
            self = Self::from(self.next());
            false
        };
        Page { changes, cursor: self.cursor(), more }
    }

    fn next(&self) -> Option<Timestamp> {
        let claimed = match (self.latest, self.began) {
            (Some(latest), Some(began)) => Some(latest.min(began).max(began - SETTLED)),
            (latest, _) => latest,
        };
        let next = claimed.and_then(|claimed| claimed.checked_sub(OVERLAP).ok());
        next.max(self.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_run_begins_at_the_latest_change_or_at_what_has_settled_less_the_overlap() {
        let at = |text: &str| text.parse::<Timestamp>().ok();
        for (latest, next) in
            [("2026-03-02T09:30:00Z", "2026-03-02T09:28:00Z"), ("2026-03-01T20:00:00Z", "2026-03-02T08:58:00Z")]
        {
            let mut position = Position::from(at("2026-02-01T00:00:00Z"));
            position.began = at("2026-03-02T10:00:00Z");
            position.seen(at(latest));
            assert_eq!(position.next(), at(next));
        }
    }
}
