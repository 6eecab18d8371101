//! Rows of one kind in the database's own order, and changes that are committed later than they are stamped.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::records::key;

enum Change {
    Put(Value),
    Delete(String),
}

/// One table of one company.
#[derive(Default)]
pub(super) struct Table {
    rows: BTreeMap<u64, Value>,
    places: BTreeMap<String, u64>,
    next_place: u64,
    pending: Vec<(Timestamp, Change)>,
}

impl Table {
    /// The rows a reader sees: a changed row has moved to the end, so it may move while somebody pages.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Value> {
        self.rows.values()
    }

    /// The row a reader sees.
    pub(super) fn visible(&self, id: &str) -> Option<&Value> {
        self.rows.get(self.places.get(&id.to_ascii_lowercase())?)
    }

    /// The row as its last writer left it, committed or not.
    pub(super) fn latest(&self, id: &str) -> Option<&Value> {
        let pending = self.pending.iter().rev().find_map(|(_, change)| match change {
            Change::Put(row) if key(row).eq_ignore_ascii_case(id) => Some(Some(row)),
            Change::Delete(gone) if gone.eq_ignore_ascii_case(id) => Some(None),
            _ => None,
        });
        pending.unwrap_or_else(|| self.visible(id))
    }

    /// Every row as its last writer left it.
    pub(super) fn all_latest(&self) -> Vec<&Value> {
        let pending = self.pending.iter().filter_map(|(_, change)| match change {
            Change::Put(row) => Some(row),
            Change::Delete(_) => None,
        });
        let mut seen = BTreeSet::new();
        let ids: Vec<String> = self.rows().chain(pending).map(key).filter(|id| seen.insert(id.clone())).collect();
        ids.iter().filter_map(|id| self.latest(id)).collect()
    }

    pub(super) fn put(&mut self, now: Timestamp, visible_from: Timestamp, row: Value) {
        // Never before what was written earlier of the same row.
        let before = self.pending.iter().filter_map(|(from, change)| match change {
            Change::Put(other) if key(other) == key(&row) => Some(*from),
            _ => None,
        });
        let visible_from = before.fold(visible_from, Timestamp::max);
        self.pending.push((visible_from, Change::Put(row)));
        self.settle(now);
    }

    pub(super) fn delete(&mut self, now: Timestamp, visible_from: Timestamp, id: &str) {
        self.pending.push((visible_from, Change::Delete(id.to_owned())));
        self.settle(now);
    }

    /// Commits what is due.
    pub(super) fn settle(&mut self, now: Timestamp) {
        let (due, waiting): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.pending).into_iter().partition(|(from, _)| *from <= now);
        self.pending = waiting;
        for (_, change) in due {
            let id = match &change {
                Change::Put(row) => key(row),
                Change::Delete(id) => id.clone(),
            };
            let id = id.to_ascii_lowercase();
            if let Some(place) = self.places.remove(&id) {
                self.rows.remove(&place);
            }
            if let Change::Put(row) = change {
                self.places.insert(id, self.next_place);
                self.rows.insert(self.next_place, row);
                self.next_place += 1;
            }
        }
    }
}
