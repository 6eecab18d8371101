//! Which versions were put on the import queue, and how far the cursors are: no cursor passes what is not on the queue.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use bridge::ports::Item;
use bridge::words::cursor::Cursor;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::witness::version;

/// A cursor that moved.
#[derive(Clone, Debug)]
pub struct CursorMove {
    /// Whose.
    pub tenant_id: String,
    /// The feed's word.
    pub feed: String,
    /// When it moved.
    pub at: Timestamp,
    /// What changed before it was handed out, as far as it could be seen.
    pub passed: Timestamp,
    /// What is read again of what was passed, for rows that are seen late.
    pub overlap: SignedDuration,
}

/// What was offered; sees nothing before [`Offered::begin`].
#[derive(Default)]
pub struct Offered {
    on: Cell<bool>,
    /// By tenant and number: versions, and when each was put on the queue first.
    versions: RefCell<BTreeMap<(String, String), BTreeMap<u64, Timestamp>>>,
    moves: RefCell<Vec<CursorMove>>,
    largest_message: Cell<usize>,
    largest_item: Cell<usize>,
}

impl Offered {
    /// Sees from now on.
    pub fn begin(&self) {
        self.on.set(true);
    }

    /// Whether this version of a record, or a later one, was on the import queue by then.
    #[must_use]
    pub fn by(&self, tenant_id: &str, number: &str, version: u64, then: Timestamp) -> bool {
        let versions = self.versions.borrow();
        let of = versions.get(&(tenant_id.to_owned(), number.to_owned()));
        of.is_some_and(|of| of.range(version..).any(|(_, at)| *at <= then))
    }

    /// When a record was on the import queue first.
    #[must_use]
    pub fn first(&self, tenant_id: &str, number: &str) -> Option<Timestamp> {
        let versions = self.versions.borrow();
        versions.get(&(tenant_id.to_owned(), number.to_owned()))?.values().min().copied()
    }

    /// The moves of cursors since this was asked.
    #[must_use]
    pub fn moves(&self) -> Vec<CursorMove> {
        self.moves.take()
    }

    /// The bytes of the largest message, and of the largest item's body.
    #[must_use]
    pub fn largest(&self) -> (usize, usize) {
        (self.largest_message.get(), self.largest_item.get())
    }

    pub(super) fn message(&self, now: Timestamp, body: &str) {
        if !self.on.get() {
            return;
        }
        self.largest_message.set(self.largest_message.get().max(body.len()));
        let Some(version) = version(body) else { return };
        let Ok(envelope) = serde_json::from_str::<Value>(body) else { return };
        let (Some(tenant_id), Some(number)) = (envelope["tenant_id"].as_str(), envelope["number"].as_str()) else {
            return;
        };
        let mut versions = self.versions.borrow_mut();
        versions.entry((tenant_id.to_owned(), number.to_owned())).or_default().entry(version).or_insert(now);
    }

    pub(super) fn item(&self, now: Timestamp, item: &Item) {
        if !self.on.get() {
            return;
        }
        // Measured where it could matter: most items are a line.
        let largest = self.largest_item.get();
        self.largest_item.set(largest.max(item.body.to_string().len()));
        let (Some(tenant_id), Some(feed)) = (item.pk.strip_prefix("tenant#"), item.sk.strip_prefix("cursor#")) else {
            return;
        };
        let cursor: Option<Cursor> = serde_json::from_value(item.body["cursor"].clone()).ok();
        if let Some((passed, overlap)) = cursor.and_then(|cursor| passed(&cursor)) {
            let (tenant_id, feed) = (tenant_id.to_owned(), feed.to_owned());
            self.moves.borrow_mut().push(CursorMove { tenant_id, feed, at: now, passed, overlap });
        }
    }
}

/// How far a cursor is, and what is read again of that. PowerOffice and Visma keep the moment from which they go on; Finago
/// keeps the latest change and goes on three hours earlier, Procountor its `marks`, which are Finnish time, and goes on
/// seventy minutes earlier.
fn passed(cursor: &Cursor) -> Option<(Timestamp, SignedDuration)> {
    let Cursor::At(at) = cursor else { return None };
    if let Some(since) = at["since"].as_str() {
        let finago = at.get("suppliers_since").is_some();
        let overlap = if finago { SignedDuration::from_hours(3) } else { SignedDuration::ZERO };
        return Some((since.parse().ok()?, overlap));
    }
    let marks = at["marks"].as_object()?.values().map(|mark| mark.as_str()?.parse::<DateTime>().ok());
    let earliest = marks.collect::<Option<Vec<DateTime>>>()?.into_iter().min()?;
    Some((earliest.in_tz("Europe/Helsinki").ok()?.timestamp(), SignedDuration::from_mins(70)))
}
