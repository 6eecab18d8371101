//! How each feed of a tenant does: when it was last pulled well, and what is in its way since when. One item a tenant, written
//! once a pull, so that whoever asks "is it fresh, and why not" reads one item. What is in the way of messages on a queue is
//! in [`crate::state::delivery_fault`].

mod days;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use self::days::Days;
use crate::ports::{Item, Ports, Put};
use crate::tenant::Tenant;
use crate::words::cause::Cause;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

/// The sort key of the item.
pub const SK: &str = "health";

/// What is in the way, and since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Why.
    pub cause: Cause,
    /// In the system's words.
    pub reason: String,
    /// When it was met first, of all times in a row.
    pub since: Timestamp,
    /// When it was met last.
    pub at: Timestamp,
    /// How often in a row.
    pub times: u32,
}

impl Trouble {
    /// A trouble that is met now, after what was met before; another cause begins to count anew.
    #[must_use]
    pub fn met(before: Option<&Self>, cause: Cause, reason: String, now: Timestamp) -> Self {
        let (since, times) = match before {
            Some(before) if before.cause == cause => (before.since, before.times.saturating_add(1)),
            _ => (now, 1),
        };
        Self { cause, reason, since, at: now, times }
    }
}

/// How one feed does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedHealth {
    /// What changed in the ERP before was handed out: when the last walk through all changes began that came to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good_at: Option<Timestamp>,
    /// The walk that goes on, where one run is not enough for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Reading>,
    /// What has been in the way since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
    /// How its pulls of the last day ended.
    #[serde(default, skip_serializing_if = "Day::is_empty")]
    pub day: Day,
    /// When its first walk began, for as long as how fresh it is is counted from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_at: Option<Timestamp>,
    /// What its ticks handed out.
    #[serde(default, skip_serializing_if = "Days::is_empty")]
    pub handed_out: Days,
}

/// How long [`FeedHealth::first_at`] is kept: more than the days of which freshness is told.
const FIRST_KEPT: Duration = Duration::from_secs(8 * 24 * 60 * 60);

/// A walk through all changes that several runs go on with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// When it began.
    pub since: Timestamp,
    /// When a run last got on with it.
    pub at: Timestamp,
}

/// How the pulls of a day ended, a letter for each quarter of an hour: it costs the item no second kilobyte.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// The quarter of the last letter, counted from the beginning of 1970.
    #[serde(default)]
    last: i64,
    /// `g` good, `t` trouble, `.` no pull; the oldest first, at most [`Day::QUARTERS`].
    #[serde(default)]
    marks: String,
}

/// How the pulls of a quarter of an hour ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Well.
    Good,
    /// Something was in the way of one.
    Trouble,
    /// There was none, or nothing is known of it.
    None,
}

impl Day {
    /// Quarters of an hour in a day.
    pub const QUARTERS: usize = 96;

    fn quarter(at: Timestamp) -> i64 {
        at.as_second().div_euclid(15 * 60)
    }

    fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// Notes how a pull ended; a trouble in a quarter outweighs what went well in it.
    pub fn note(&mut self, good: bool, at: Timestamp) {
        let quarter = Self::quarter(at);
        // What a release to come, or a clock, wrote wrongly is begun anew.
        let gap = quarter.checked_sub(self.last).and_then(|gap| usize::try_from(gap).ok());
        match gap.filter(|_| self.marks.is_ascii()) {
            Some(0) if !self.marks.is_empty() => {
                if !good {
                    self.marks.pop();
                    self.marks.push('t');
                }
                return;
            }
            Some(gap) if !self.marks.is_empty() && gap < Self::QUARTERS => {
                self.marks.extend(std::iter::repeat_n('.', gap - 1));
            }
            _ => self.marks.clear(),
        }
        self.last = quarter;
        self.marks.push(if good { 'g' } else { 't' });
        let over = self.marks.len().saturating_sub(Self::QUARTERS);
        self.marks.drain(..over);
    }

    /// The day that ends now, the oldest quarter first.
    #[must_use]
    pub fn marks(&self, now: Timestamp) -> [Mark; Self::QUARTERS] {
        let mut marks = [Mark::None; Self::QUARTERS];
        let last = Self::quarter(now);
        for (back, mark) in self.marks.chars().rev().enumerate() {
            let back = i64::try_from(back).unwrap_or(i64::MAX);
            let place = last.saturating_sub(self.last).saturating_add(back);
            let place = usize::try_from(place).ok().filter(|place| *place < Self::QUARTERS);
            if let Some(place) = place {
                marks[Self::QUARTERS - 1 - place] = match mark {
                    'g' => Mark::Good,
                    't' => Mark::Trouble,
                    _ => Mark::None,
                };
            }
        }
        marks
    }
}

/// How a tenant's feeds do, by their words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Those that were ever pulled.
    #[serde(default)]
    pub feeds: BTreeMap<String, FeedHealth>,
}

/// How a pull of a feed ended, for its health.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Well; the walk that came to its end began then.
    Good(Timestamp),
    /// Well, and a walk goes on.
    Reading {
        /// When it began.
        since: Timestamp,
        /// When the walk before it began, where the same run ended that.
        good_at: Option<Timestamp>,
    },
    /// Not well, for this reason.
    Trouble(Cause, String),
}

impl Health {
    /// Notes how a pull of a feed ended.
    pub fn ended(&mut self, feed: Feed, ended: Ended, now: Timestamp) {
        let began = match &ended {
            Ended::Good(began) => Some(*began),
            Ended::Reading { since, .. } => Some(*since),
            // Nothing of it was read.
            Ended::Trouble(..) => None,
        };
        let health = self.feeds.entry(feed.word().to_owned()).or_default();
        if health.good_at.is_none() && health.reading.is_none() && health.first_at.is_none() {
            health.first_at = began;
        }
        health.first_at = health.first_at.filter(|at| *at + FIRST_KEPT > now);
        health.day.note(!matches!(ended, Ended::Trouble(..)), now);
        match ended {
            Ended::Good(began) => (health.good_at, health.reading, health.trouble) = (Some(began), None, None),
            Ended::Reading { since, good_at } => {
                // Where none came to its end, it is still the first that goes on.
                let first =
                    health.reading.as_ref().filter(|_| good_at.is_none()).map_or(since, |reading| reading.since);
                let since = since.min(first);
                health.good_at = good_at.or(health.good_at);
                (health.reading, health.trouble) = (Some(Reading { since, at: now }), None);
            }
            Ended::Trouble(cause, reason) => {
                health.trouble = Some(Trouble::met(health.trouble.as_ref(), cause, reason, now));
            }
        }
    }

    /// Counts what a tick handed out of a feed that was read to its end before.
    fn count(&mut self, before: &Self, feed: Feed, records: usize, now: Timestamp) {
        let first = before.feeds.get(feed.word()).is_none_or(|health| health.good_at.is_none());
        if let Some(health) = self.feeds.get_mut(feed.word()).filter(|_| !first) {
            health.handed_out.add(records, now);
        }
    }

    /// What an item says; `None` where it is not one that this release knows.
    #[must_use]
    pub fn of(item: &Item) -> Option<Self> {
        serde_json::from_value(item.body.clone()).ok()
    }
}

/// How a pull of a feed ended, and how many records it handed out.
pub type Pulled = (Feed, Ended, usize);

/// Notes how the feeds of a run ended: one read and one write. Nothing is done where none was pulled. Returns what was
/// known before, and what is known now.
///
/// # Errors
/// When the store cannot be reached.
pub async fn note(ports: &Ports, tenant_id: &str, pulled: Vec<Pulled>) -> Result<(Health, Health)> {
    if pulled.is_empty() {
        return Ok(Default::default());
    }
    let (first, health) = noted(ports, tenant_id, &pulled, true).await?;
    let handed_out = pulled.iter().any(|(_, _, records)| *records > 0);
    if first == Put::Conflict && handed_out {
        // A later run has said how it is now, and not what this one handed out.
        noted(ports, tenant_id, &pulled, false).await?;
    }
    Ok(health)
}

/// Counts what was handed out, and `with_ends` says how it ended.
async fn noted(ports: &Ports, tenant_id: &str, pulled: &[Pulled], with_ends: bool) -> Result<(Put, (Health, Health))> {
    let (pk, now) = (Tenant::partition(tenant_id), ports.clock.now());
    let item = ports.state.get(&pk, SK).await?;
    let rev = item.as_ref().map_or(0, |item| item.rev);
    // What cannot be read is begun anew: it says how things are now, which is known again with the next run.
    let before = item.as_ref().and_then(Health::of).unwrap_or_default();
    let mut health = before.clone();
    for (feed, ended, records) in pulled {
        if with_ends {
            health.ended(*feed, ended.clone(), now);
        }
        health.count(&before, *feed, *records, now);
    }
    let item = Item { pk, sk: SK.to_owned(), rev: rev + 1, body: json!(health), expires: None };
    Ok((ports.state.put(item).await?, (before, health)))
}

/// How a tenant's feeds do.
///
/// # Errors
/// When the store cannot be reached.
pub async fn read(ports: &Ports, tenant_id: &str) -> Result<Health> {
    let Some(item) = ports.state.get(&Tenant::partition(tenant_id), SK).await? else { return Ok(Health::default()) };
    Health::of(&item).ok_or_else(|| Fault::Unexpected(format!("{SK} of {tenant_id} cannot be read")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    #[test]
    fn a_trouble_counts_in_a_row_and_another_begins_anew() {
        let mut health = Health::default();
        let refused = || Ended::Trouble(Cause::LoginRefused, "401".into());
        health.ended(Feed::Orders, Ended::Good(at(0)), at(0));
        health.ended(Feed::Orders, refused(), at(15));
        health.ended(Feed::Orders, refused(), at(30));
        let orders = &health.feeds["orders"];
        let trouble = orders.trouble.clone().unwrap();
        assert_eq!((orders.good_at, trouble.since, trouble.at, trouble.times), (Some(at(0)), at(15), at(30), 2));
        health.ended(Feed::Orders, Ended::Trouble(Cause::Down, "503".into()), at(45));
        let trouble = health.feeds["orders"].trouble.clone().unwrap();
        assert_eq!((trouble.since, trouble.times), (at(45), 1));
        health.ended(Feed::Orders, Ended::Good(at(60)), at(60));
        let orders = &health.feeds["orders"];
        assert_eq!((orders.good_at, &orders.trouble), (Some(at(60)), &None));
    }

    #[test]
    fn a_walk_of_several_runs_is_as_fresh_as_its_beginning() {
        let mut health = Health::default();
        // A run that came to no page begins anew; what waits has waited since the first.
        for (since, minute) in [(0, 15), (29, 30)] {
            health.ended(Feed::Orders, Ended::Reading { since: at(since), good_at: None }, at(minute));
        }
        let orders = &health.feeds["orders"];
        assert_eq!((orders.good_at, orders.reading.clone()), (None, Some(Reading { since: at(0), at: at(30) })));
        health.ended(Feed::Orders, Ended::Good(at(0)), at(45));
        let orders = &health.feeds["orders"];
        assert_eq!((orders.good_at, orders.reading.clone()), (Some(at(0)), None));
        // A run that ended one and is in the next.
        health.ended(Feed::Orders, Ended::Reading { since: at(60), good_at: None }, at(61));
        health.ended(Feed::Orders, Ended::Reading { since: at(75), good_at: Some(at(60)) }, at(76));
        let orders = &health.feeds["orders"];
        assert_eq!(
            (orders.good_at, orders.reading.clone()),
            (Some(at(60)), Some(Reading { since: at(75), at: at(76) }))
        );
    }

    #[test]
    fn a_day_has_a_mark_for_each_quarter_of_an_hour_and_forgets_the_day_before() {
        let mut day = Day::default();
        for (minute, good) in [(0, true), (15, true), (20, false), (25, true), (60, true)] {
            day.note(good, at(minute));
        }
        assert_eq!((day.marks.as_str(), day.last), ("gt..g", 4));
        let marks = day.marks(at(75));
        let tail = [Mark::Good, Mark::Trouble, Mark::None, Mark::None, Mark::Good, Mark::None];
        assert_eq!(marks[90..], tail);
        assert!(marks[..90].iter().all(|mark| *mark == Mark::None));
        // A day later nothing of it is left, and a whole day is never longer than that.
        assert!(day.marks(at(75 + 24 * 60)).iter().all(|mark| *mark == Mark::None));
        for quarter in 0..300 {
            day.note(true, at(60 + 15 * quarter));
        }
        assert_eq!(day.marks.len(), Day::QUARTERS);
        assert!(day.marks(at(60 + 15 * 299)).iter().all(|mark| *mark == Mark::Good));
        // A clock that went back, and what is no mark.
        day.note(false, at(0));
        assert_eq!(day.marks, "t");
        let odd = Day { last: i64::MIN, marks: "gé".into() };
        assert!(odd.marks(at(0)).iter().all(|mark| *mark == Mark::None));
        let mut odd = odd;
        odd.note(true, at(0));
        assert_eq!(odd.marks, "g");
    }

    #[test]
    fn three_feeds_of_a_busy_tenant_fit_in_a_kilobyte() {
        let mut health = Health::default();
        for (quarter, feed) in
            (0..10 * 96).flat_map(|n| [Feed::Articles, Feed::Orders, Feed::Suppliers].map(|f| (n, f)))
        {
            let (before, now) = (health.clone(), at(29_000_000 + 15 * quarter));
            health.ended(feed, Ended::Good(now), now);
            health.count(&before, feed, 100, now);
        }
        let size = json!(health).to_string().len();
        assert!(size < 950, "{size}: a write of the item costs twice as much from a kilobyte on");
    }
}
