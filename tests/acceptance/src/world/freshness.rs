//! From ready in the ERP to in Ongoing.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use simulators::Request;

/// A record of a goods owner, by its number.
type Key = (i64, String);

/// How long records took. Only those that were said to be ready are followed.
#[derive(Default)]
pub struct Freshness {
    records: RefCell<BTreeMap<Key, (Timestamp, Option<Timestamp>)>>,
}

/// How long some records took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Took {
    /// Those that arrived, the quickest first.
    pub arrived: Vec<Duration>,
    /// Those that have not: how long they have waited, the newest first.
    pub waiting: Vec<Duration>,
}

impl Took {
    /// What so many of a hundred arrived within; `None` where nothing arrived.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> Option<Duration> {
        let last = self.arrived.len().checked_sub(1)?;
        self.arrived.get(last * percent.min(100) / 100).copied()
    }
}

impl Freshness {
    /// The article or order with this number is ready in the ERP from now on, in the version that is meant.
    pub fn ready(&self, now: Timestamp, goods_owner: i64, number: &str) {
        self.records.borrow_mut().insert((goods_owner, number.to_owned()), (now, None));
    }

    /// A write that Ongoing accepted.
    pub(super) fn accepted(&self, now: Timestamp, request: &Request) {
        if request.method != "PUT" || self.records.borrow().is_empty() {
            return;
        }
        let Ok(body) = serde_json::from_slice::<Value>(&request.body) else { return };
        let names = ["orderNumber", "purchaseOrderNumber", "articleNumber"];
        let number = names.into_iter().find_map(|name| body[name].as_str());
        let (Some(number), Some(goods_owner)) = (number, body["goodsOwnerId"].as_i64()) else { return };
        if let Some((_, arrived)) = self.records.borrow_mut().get_mut(&(goods_owner, number.to_owned())) {
            arrived.get_or_insert(now);
        }
    }

    /// When a record was ready, and when it was in Ongoing.
    #[must_use]
    pub fn of(&self, goods_owner: i64, number: &str) -> Option<(Timestamp, Option<Timestamp>)> {
        self.records.borrow().get(&(goods_owner, number.to_owned())).copied()
    }

    /// How long the records of these goods owners took until now.
    #[must_use]
    pub fn took(&self, now: Timestamp, of: impl Fn(i64) -> bool) -> Took {
        let mut took = Took::default();
        for ((goods_owner, _), (ready, arrived)) in &*self.records.borrow() {
            if of(*goods_owner) {
                let time = Duration::try_from(arrived.unwrap_or(now).duration_since(*ready)).unwrap_or_default();
                if arrived.is_some() { &mut took.arrived } else { &mut took.waiting }.push(time);
            }
        }
        took.arrived.sort_unstable();
        took.waiting.sort_unstable();
        took
    }

    /// Follows nothing of what was ready so far.
    pub fn forget(&self) {
        self.records.borrow_mut().clear();
    }
}

impl fmt::Display for Took {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in Ongoing", self.arrived.len())?;
        for (name, percent) in [("median", 50), ("95 %", 95), ("longest", 100)] {
            if let Some(time) = self.percentile(percent) {
                write!(f, ", {name} {} s", time.as_secs())?;
            }
        }
        if let Some(longest) = self.waiting.last() {
            write!(f, "; {} not yet, the oldest for {} s", self.waiting.len(), longest.as_secs())?;
        }
        Ok(())
    }
}
