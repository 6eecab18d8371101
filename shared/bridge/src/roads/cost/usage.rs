//! What the work for a tenant takes of the cloud.

use serde::{Deserialize, Serialize};

/// Ticks a day, of the pull and of the reconcile.
pub const TICKS: usize = 96;

/// What some work takes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    /// Invocations of functions.
    pub invocations: f64,
    /// Seconds that are paid for.
    pub seconds: f64,
    /// Items that are read of both tables; an empty query is one, and the query for all tenants of an ERP a quarter for each.
    pub reads: f64,
    /// Items that are written or deleted.
    pub writes: f64,
    /// Calls to Secrets Manager.
    pub secret_calls: f64,
    /// Messages that are sent, received and deleted on the job queues.
    pub standard: f64,
    /// The same on the FIFO queues.
    pub fifo: f64,
    /// Calls to the API.
    pub webhooks: f64,
    /// Bytes that are logged.
    pub log_bytes: f64,
    /// Records that arrive in Ongoing.
    pub arrived: f64,
}

impl Usage {
    /// Member by member.
    fn with(&self, other: &Self, both: impl Fn(f64, f64) -> f64) -> Self {
        Self {
            invocations: both(self.invocations, other.invocations),
            seconds: both(self.seconds, other.seconds),
            reads: both(self.reads, other.reads),
            writes: both(self.writes, other.writes),
            secret_calls: both(self.secret_calls, other.secret_calls),
            standard: both(self.standard, other.standard),
            fifo: both(self.fifo, other.fifo),
            webhooks: both(self.webhooks, other.webhooks),
            log_bytes: both(self.log_bytes, other.log_bytes),
            arrived: both(self.arrived, other.arrived),
        }
    }

    /// Both together, the other `times` over.
    #[must_use]
    pub fn plus(&self, other: &Self, times: f64) -> Self {
        self.with(other, |a, b| a + b * times)
    }

    /// What is left beside `other`, for each of `count`; never less than nothing.
    #[must_use]
    pub fn beside(&self, other: &Self, count: f64) -> Self {
        self.with(other, |a, b| ((a - b) / count).max(0.0))
    }

    /// The mean of several.
    #[must_use]
    pub fn mean(all: &[Self]) -> Self {
        let sum = all.iter().fold(Self::default(), |sum, one| sum.plus(one, 1.0));
        sum.beside(&Self::default(), all.len() as f64)
    }
}

/// What the parts of a tenant's day take, the mean of the four ERPs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// How it was counted.
    pub source: String,
    /// A tick to which nothing happens: its pull and its reconcile.
    pub tick: Usage,
    /// An order that is imported, shipped and reported.
    pub order: Usage,
    /// An article that is changed.
    pub article: Usage,
}

impl Work {
    /// As `cargo xtask cost` counted it; a test holds the file against a count.
    ///
    /// # Panics
    /// Where the file is not as it has to be.
    #[must_use]
    pub fn counted() -> Self {
        serde_json::from_str(include_str!("usage.json")).expect("usage.json")
    }

    /// A day with so many orders and changed articles.
    #[must_use]
    pub fn day(&self, orders: f64, articles: f64) -> Usage {
        Usage::default().plus(&self.tick, TICKS as f64).plus(&self.order, orders).plus(&self.article, articles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_its_ticks_and_what_came() {
        let of = |reads| Usage { reads, ..Usage::default() };
        let work = Work { source: String::new(), tick: of(2.0), order: of(10.0), article: of(3.0) };
        assert_eq!(work.day(2.0, 4.0), of(192.0 + 20.0 + 12.0));
        assert_eq!(work.day(2.0, 0.0).beside(&work.day(0.0, 0.0), 2.0), of(10.0));
        assert_eq!(Usage::mean(&[of(1.0), of(4.0)]), of(2.5));
        assert_eq!(of(1.0).beside(&of(2.0), 1.0), of(0.0));
    }
}
