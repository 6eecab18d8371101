//! What the ticks of a feed handed out, day by day: what a tenant costs goes by it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How many records the ticks of a feed handed to the import queue, day by day of UTC. What its first run, a backfill or a
/// replay brought is no part of it: it says nothing of the days to come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// The day of the last count, counted from the beginning of 1970.
    #[serde(default)]
    last: i64,
    /// The oldest first, at most [`Days::KEPT`].
    #[serde(default)]
    counts: Vec<u64>,
}

impl Days {
    /// The day that runs, a week, and the day on which the counting began and which is not whole.
    const KEPT: usize = 9;

    pub(super) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    fn day(at: Timestamp) -> i64 {
        at.as_second().div_euclid(24 * 60 * 60)
    }

    /// The same with the days in between and the one that runs.
    fn until(&self, now: Timestamp) -> Vec<u64> {
        // Another process's clock may be a moment behind over midnight.
        let gap = Self::day(now).max(self.last).checked_sub(self.last).and_then(|gap| usize::try_from(gap).ok());
        let mut counts = match gap {
            Some(gap) if gap < Self::KEPT => self.counts.clone(),
            // What a clock, or a release to come, wrote wrongly is begun anew, as is what is older than a week.
            _ => Vec::new(),
        };
        let days = if counts.is_empty() { 1 } else { counts.len() + gap.unwrap_or_default() };
        counts.resize(days, 0);
        counts.drain(..days.saturating_sub(Self::KEPT));
        counts
    }

    pub(super) fn add(&mut self, records: usize, now: Timestamp) {
        let mut counts = self.until(now);
        if let Some(last) = counts.last_mut() {
            *last = last.saturating_add(records as u64);
        }
        *self = Self { last: Self::day(now).max(self.last), counts };
    }

    /// Records a day, of the last whole days, a week at most; `None` where there is no whole one yet.
    #[must_use]
    pub fn a_day(&self, now: Timestamp) -> Option<f64> {
        let counts = self.until(now);
        let whole = counts.get(1..counts.len() - 1).filter(|whole| !whole.is_empty())?;
        Some(whole.iter().sum::<u64>() as f64 / whole.len() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::health::{Ended, Health};
    use crate::words::feed::Feed;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    const DAY: i64 = 24 * 60;

    #[test]
    fn a_feed_s_records_are_counted_by_the_day_once_its_first_run_is_over() {
        let (mut health, first) = (Health::default(), Health::default());
        health.ended(Feed::Articles, Ended::Good(at(0)), at(1));
        health.count(&first, Feed::Articles, 100_000, at(1));
        assert!(health.feeds["articles"].handed_out.is_empty());
        assert_eq!(health.feeds["articles"].first_at, Some(at(0)));
        let tick = |health: &mut Health, records, minute| {
            let before = health.clone();
            health.ended(Feed::Articles, Ended::Good(at(minute)), at(minute));
            health.count(&before, Feed::Articles, records, at(minute));
        };
        // Neither the day on which the counting began nor the one that runs is whole.
        tick(&mut health, 40, DAY / 2);
        tick(&mut health, 7, DAY + 5);
        assert_eq!(health.feeds["articles"].handed_out.a_day(at(DAY + 6)), None);
        tick(&mut health, 3, DAY + 600);
        tick(&mut health, 900, 2 * DAY + 5);
        assert_eq!(health.feeds["articles"].handed_out.a_day(at(2 * DAY + 6)), Some(10.0));
        // A day without a tick had none; a week is looked at; later nothing is known.
        assert_eq!(health.feeds["articles"].handed_out.a_day(at(4 * DAY)), Some(910.0 / 3.0));
        for day in 3..30 {
            tick(&mut health, 70, day * DAY);
        }
        let days = &health.feeds["articles"].handed_out;
        assert_eq!((days.counts.len(), days.a_day(at(29 * DAY))), (Days::KEPT, Some(70.0)));
        assert_eq!(days.a_day(at(60 * DAY)), None);
        // A week later all that comes is fresh.
        assert_eq!(health.feeds["articles"].first_at, None);
    }
}
