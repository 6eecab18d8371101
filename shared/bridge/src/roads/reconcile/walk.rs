//! Walks through Ongoing's lists by ascending ids, over several looks if need be, and past a record that no page can show.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::narrow::{self, BEHIND_ALL, Narrow};
use crate::ports::{Ports, Run};
use crate::systems::ongoing::{Listed, Ongoing};
use crate::tenant::Tenant;
use crate::words::fault::{Fault, Result};

/// Statuses and stock may show a little after their time.
const OVERLAP: Duration = Duration::from_secs(600);

/// Everything is looked at once in this long.
pub(super) const DAY: Duration = Duration::from_secs(24 * 3600);

/// How far a list has been read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Walk {
    /// Everything is known up to here.
    pub(super) known: Option<Timestamp>,
    /// When everything was last compared, not just what changed.
    pub(super) swept: Option<Timestamp>,
    /// A walk that ran out of time: the next run goes on with it.
    pub(super) under_way: Option<UnderWay>,
}

/// A walk through a list by ascending ids.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct UnderWay {
    /// Only what changed after it; `None`: everything.
    pub(super) since: Option<Timestamp>,
    /// Whether everything is compared.
    pub(super) whole: bool,
    /// The server's time when it began.
    pub(super) began: Option<Timestamp>,
    /// The id to go on with.
    pub(super) id_from: i64,
    /// The search for a record that keeps a page from being read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    narrow: Option<Narrow>,
}

impl Walk {
    /// Goes on with the walk that is under way, or begins one: over everything once a day.
    pub(super) fn begin(&self, now: Timestamp, first: Option<Timestamp>, back: Option<Duration>) -> UnderWay {
        if let Some(under_way) = &self.under_way {
            return under_way.clone();
        }
        let whole = self.swept.is_none_or(|swept| swept + DAY <= now);
        let known = self.known.or(first);
        let since = match (whole, back) {
            (true, None) => None,
            (true, Some(back)) => known.map(|known| known.min(now.checked_sub(back).unwrap_or(known))),
            (false, _) => known,
        };
        UnderWay { since, whole, began: None, id_from: 0, narrow: None }
    }

    /// Notes that a walk was read to its end; what is known never goes back.
    pub(super) fn end(&mut self, walked: &UnderWay, now: Timestamp) {
        let known = walked.began.and_then(|began| began.checked_sub(OVERLAP).ok());
        self.known = self.known.max(known).max(walked.since);
        self.under_way = None;
        if walked.whole {
            self.swept = Some(now);
        }
    }
}

/// What a call for the next page came to.
pub(super) enum Step<T> {
    /// A page of the walk.
    Page(Listed<T>),
    /// No page can be read that this record stands on: the walk goes on behind it.
    Passed(i64),
    /// It told where such a record is, and no more.
    Searches,
}

impl UnderWay {
    /// Asks for what comes next, by `list`: a page from an id on, of so many rows.
    ///
    /// # Errors
    /// What concerns all of them: a list that shows nobody is not answered either.
    pub(super) async fn step<T, F: Future<Output = Result<Listed<T>>>>(
        &mut self,
        (ports, run, tenant): (&Ports, &Run, &Tenant),
        list: impl Fn(Ongoing, i64, usize) -> F,
    ) -> Result<Step<T>> {
        let (from, rows) = narrow::asked(self.narrow.as_ref(), self.id_from, Ongoing::PAGE);
        let searches = narrow::searches(self.narrow.as_ref());
        let ongoing = |ports: &Ports| Ongoing::new(ports, tenant, run.deadline);
        let page = match list(ongoing(ports), from, rows).await {
            Ok(page) => Some(page),
            Err(fault @ (Fault::Unauthorized(_) | Fault::RateLimited { .. })) => return Err(fault),
            // Past the circuit breakers, which an answer closes.
            Err(fault) => match list(ongoing(&ports.past_circuits()), BEHIND_ALL, 1).await {
                Ok(_) => None,
                Err(_) => return Err(fault),
            },
        };
        let passed = match page {
            Some(_) => narrow::worked(&mut self.narrow, from, Ongoing::PAGE),
            None => narrow::failed(&mut self.narrow, from, Ongoing::PAGE),
        };
        if let Some(id) = passed {
            self.id_from = id + 1;
            return Ok(Step::Passed(id));
        }
        Ok(page.filter(|_| !searches).map_or(Step::Searches, Step::Page))
    }
}
