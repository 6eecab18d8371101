//! What a process has met of schema drift, until it is kept in the state.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::words::schema_drift::Drift;

/// More is not told: paths are few by their nature, and nothing that a vendor sends may fill the state.
const MOST: usize = 200;

/// What a process has met, and which of it was told on which day (UTC).
#[derive(Default)]
pub struct Drifts {
    met: RefCell<BTreeSet<Drift>>,
    told: RefCell<BTreeMap<Drift, Date>>,
}

impl Drifts {
    /// Notes what was met.
    pub fn meet(&self, drift: Drift) {
        let mut met = self.met.borrow_mut();
        if met.len() < MOST {
            met.insert(drift);
        }
    }

    /// What was met, to be told: what was told today is not told again. Nothing is met any more then.
    pub(crate) fn take(&self, today: Date) -> Vec<Drift> {
        let told = self.told.borrow();
        self.met.take().into_iter().filter(|drift| told.get(drift) != Some(&today)).collect()
    }

    /// It stands in the state that this was met today.
    pub(crate) fn told(&self, drift: Drift, today: Date) {
        self.told.borrow_mut().insert(drift, today);
    }

    /// What was met and not told yet.
    #[must_use]
    pub fn met(&self) -> Vec<Drift> {
        self.met.borrow().iter().cloned().collect()
    }
}
