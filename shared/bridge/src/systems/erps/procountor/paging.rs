//! Reading a list to its end, over several runs if need be (Procountor sheet, section 2).
//!
//! A list is read by ids upwards, each page after the last id of the one before: a record that changes meanwhile keeps its
//! place. Where that turns out not to work, which the vendor's words leave open for invoices, its pages are read by number
//! instead, twice, since a record that vanishes meanwhile moves others to a page that was read already.
//!
//! Times carry no zone. So the next run begins at the largest version that was seen, as the vendor spelled it, less an
//! overlap that is longer than the hour that autumn repeats; the ledger drops what is known. What was seen of one evening is
//! not read all night: a while later it has settled, whatever zone the times are of.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::times;
use crate::systems::erp::{Change, Page};
use crate::words::cursor::Cursor;
use crate::words::fault::{Fault, Result};

/// Rows asked for at a time: the most there are.
pub(super) const SIZE: usize = 200;

/// Longer than the hour that autumn repeats, with ten minutes for rows that become visible late.
const OVERLAP: SignedDuration = SignedDuration::from_mins(70);

/// Taken, with the overlap, for longer than any row takes to become visible, also where the times are UTC and so three hours
/// behind (the fact `procountor.zone`): inferred, the sheet tells of no such delay.
const SETTLED: SignedDuration = SignedDuration::from_hours(5);

/// From one reading of the open documents to the next.
const LOOK: SignedDuration = SignedDuration::from_hours(1);

/// How old, by its date, a purchase order may be that is read whole.
const LATELY: SignedDuration = SignedDuration::from_hours(180 * 24);

/// A further reading of the products of a type: whether the list has those that are not active where nobody asks is not
/// known (`procountor.inactive`).
pub(super) fn inactive(of: &str) -> String {
    format!("{of} {INACTIVE}=false")
}

/// A further reading of the documents of a type, of all that are in these statuses: whether every edit of a row moves the
/// version is not known (`procountor.row-edits`).
pub(super) fn open(of: &str, statuses: &[&str]) -> Option<String> {
    (!statuses.is_empty()).then(|| format!("{of} {OPEN}={}", statuses.join(",")))
}

/// What a reading is narrowed by, beside its type.
const INACTIVE: &str = "active";
const OPEN: &str = "status";

/// Whether a reading is of all open documents, whatever their versions.
pub(super) fn is_open(of: &str) -> bool {
    narrowed(of).is_some_and(|(name, _)| name == OPEN)
}

fn narrowed(of: &str) -> Option<(&'static str, &str)> {
    let (name, value) = of.split_once(' ')?.1.split_once('=')?;
    Some((if name == OPEN { OPEN } else { INACTIVE }, value))
}

/// Which list is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    /// `/products`: has no pages by number.
    Products,
    /// `/invoices`.
    Invoices,
}

/// Where in a feed we are. A feed may be made of several types, read one after the other.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Position {
    /// Where a type begins of which nothing was seen yet; `None`: everything.
    #[serde(default)]
    start: Option<DateTime>,
    /// The largest version seen, by type.
    #[serde(default)]
    marks: BTreeMap<String, DateTime>,
    /// A reading that is under way.
    #[serde(default)]
    reading: Option<Reading>,
    /// When the open documents were read last, by the vendor's clocks.
    #[serde(default)]
    looked: Option<DateTime>,
}

/// A reading of one type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Reading {
    of: String,
    /// The last id read.
    after: i64,
    /// The page to read next, where ids do not lead on.
    #[serde(default)]
    page: Option<u32>,
    /// The first id of the page before.
    #[serde(default)]
    top: Option<i64>,
    /// Whether this is the second pass by number.
    #[serde(default)]
    again: bool,
    /// The largest version seen in this reading.
    #[serde(default)]
    latest: Option<DateTime>,
    /// What the clocks showed when it began: no version counts that claims to be later.
    #[serde(default)]
    began: Option<DateTime>,
}

impl Position {
    pub fn of(cursor: &Cursor, zone: &TimeZone) -> Result<Self> {
        match cursor {
            Cursor::Beginning => Ok(Self::default()),
            Cursor::Since(moment) => Ok(Self { start: Some(start(*moment, zone)), ..Self::default() }),
            Cursor::At(position) => serde_json::from_value(position.clone())
                .map_err(|error| Fault::Unexpected(format!("the cursor cannot be read: {error}"))),
        }
    }

    /// The type to read now: the one under way, unless the feed is not made of it any more, else the first.
    pub fn turn_to(&mut self, types: &[String]) -> String {
        let under_way = self.reading.take().filter(|reading| types.contains(&reading.of));
        let first = || Reading { of: types.first().cloned().unwrap_or_default(), ..Reading::default() };
        self.reading.insert(under_way.unwrap_or_else(first)).of.clone()
    }

    fn reading(&mut self) -> &mut Reading {
        self.reading.get_or_insert_default()
    }

    /// The query of the next page.
    pub fn query(&mut self, list: List) -> Vec<(&'static str, String)> {
        let Reading { of, after, page, .. } = self.reading().clone();
        let since =
            self.marks.get(&of).map(|mark| mark.saturating_sub(OVERLAP)).or(self.start).filter(|_| !is_open(&of));
        // Nobody says of a purchase order that it is done.
        let lately = self.looked.filter(|_| is_open(&of) && of.starts_with(super::PURCHASE_ORDER));
        let narrowed = narrowed(&of).map(|(name, value)| (name, value.to_owned()));
        let of = of.split(' ').next().unwrap_or_default().to_owned();
        let mut query = match list {
            List::Products => vec![("type", of)],
            // Offers are sales orders; the parameter is for these alone (Procountor sheet, section 7).
            List::Invoices if of == super::SALES_ORDER => vec![("types", of), ("isOffer", "false".into())],
            List::Invoices => vec![("types", of)],
        };
        query.extend(narrowed);
        query.extend(lately.map(|at| ("startDate", at.date().saturating_sub(LATELY).to_string())));
        query.extend(since.map(|since| ("versionStartDate", times::spelled(since))));
        query.push(("orderById", "ASC".into()));
        query.push(page.map_or_else(|| ("previousId", after.to_string()), |page| ("page", page.to_string())));
        query.push(("size", SIZE.to_string()));
        query
    }

    /// Takes an answer in: its rows, and whether the type is read to its end.
    pub fn read(&mut self, list: List, answer: &Value, now: Option<Timestamp>, zone: &TimeZone) -> Result<Rows> {
        let rows = match &answer["results"] {
            Value::Null => Vec::new(),
            Value::Array(rows) => rows.clone(),
            other => {
                return Err(Fault::Unexpected(format!("a list is expected, not {}", crate::words::wire::shape(other))));
            }
        };
        // A size that was cut down on the other side must not look like the end.
        let size = answer["meta"]["pageSize"].as_u64().and_then(|size| usize::try_from(size).ok()).unwrap_or(SIZE);
        let full = !rows.is_empty() && rows.len() >= size.clamp(1, SIZE);
        let ids: Vec<i64> = rows.iter().filter_map(|row| row["id"].as_i64()).collect();
        let reading = self.reading();
        reading.began = reading.began.or_else(|| now.map(|now| zone.to_datetime(now)));
        let last = match reading.page {
            None => reading.by_id(list, &ids, full)?,
            Some(page) => reading.by_number(page, &ids, full)?,
        };
        Ok(Rows { rows, last })
    }

    pub fn seen(&mut self, version: Option<DateTime>) {
        let reading = self.reading();
        reading.latest = reading.latest.max(version);
    }

    /// A page that ended early: the next run begins with it again.
    pub fn early(&self, changes: Vec<Change>) -> Page {
        Page { changes, cursor: self.cursor(), more: true }
    }

    fn cursor(&self) -> Cursor {
        // A position always becomes JSON.
        Cursor::At(serde_json::to_value(self).unwrap_or_default())
    }

    /// The page of changes, with where to go on.
    pub fn page(mut self, changes: Vec<Change>, last: bool, types: &[String]) -> Page {
        if last && let Some(done) = self.reading.take() {
            // At the beginning all of them have just been read.
            if is_open(&done.of) || self.looked.is_none() {
                self.looked = done.began;
            }
            if let Some(mark) = done.claimed().max(self.marks.get(&done.of).copied()).filter(|_| !is_open(&done.of)) {
                self.marks.insert(done.of.clone(), mark);
            }
            let is_due = matches!((self.looked, done.began), (Some(at), Some(now)) if now.duration_since(at) >= LOOK);
            let next = types.iter().skip_while(|of| **of != done.of).skip(1).find(|of| is_due || !is_open(of));
            self.reading = next.map(|of| Reading { of: of.clone(), ..Reading::default() });
        }
        let more = self.reading.is_some();
        Page { changes, cursor: self.cursor(), more }
    }
}

/// A page's rows.
pub(super) struct Rows {
    pub rows: Vec<Value>,
    /// Whether the type is read to its end.
    pub last: bool,
}

impl Reading {
    /// Whether that was the last page. A page that does not lead upwards from the last id shows that the list is not read
    /// this way.
    fn by_id(&mut self, list: List, ids: &[i64], full: bool) -> Result<bool> {
        let upwards = ids.is_sorted_by(|one, other| one < other) && ids.first().is_none_or(|first| *first > self.after);
        let whole = !full && self.after == 0;
        if upwards || whole {
            self.after = ids.last().copied().unwrap_or(self.after);
            return Ok(!full);
        }
        match list {
            List::Products => Err(Fault::Unexpected("the products do not come by their ids upwards".into())),
            List::Invoices => {
                self.page = Some(0);
                Ok(false)
            }
        }
    }

    fn by_number(&mut self, page: u32, ids: &[i64], full: bool) -> Result<bool> {
        if full && self.top.is_some() && self.top == ids.first().copied() {
            return Err(Fault::Unexpected("the pages of the list do not lead on".into()));
        }
        if full {
            (self.page, self.top) = (Some(page + 1), ids.first().copied());
            return Ok(false);
        }
        if page == 0 || self.again {
            return Ok(true);
        }
        (self.page, self.top, self.again) = (Some(0), None, true);
        Ok(false)
    }

    fn claimed(&self) -> Option<DateTime> {
        match (self.latest, self.began) {
            (Some(latest), Some(began)) => Some(latest.min(began).max(began.saturating_sub(SETTLED))),
            (latest, _) => latest,
        }
    }
}

/// A moment as the vendor's clocks show it. A date, which is midnight in UTC by the time it comes here, is midnight there
/// too; any other moment is taken to be Finnish time, less the overlap.
fn start(moment: Timestamp, zone: &TimeZone) -> DateTime {
    let date = TimeZone::UTC.to_datetime(moment);
    if date.time() == Time::midnight() {
        return date;
    }
    zone.to_datetime(moment).saturating_sub(OVERLAP)
}

#[cfg(test)]
mod tests;
