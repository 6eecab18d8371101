//! The budgets: calls an hour and a second for the whole address, logins for one user (Finago sheet, sections 1.3, 5.1).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Rules;
use super::dates;
use super::soap::Fault;
use crate::Response;

const HOUR: i64 = 3600;

/// What has been used up.
#[derive(Debug, Default)]
pub(super) struct Limits {
    hour: i64,
    in_hour: u32,
    second: i64,
    in_second: u32,
    logins: BTreeMap<String, Vec<Timestamp>>,
}

impl Limits {
    /// Counts a call; the response that blocks it when a budget is used up.
    pub(super) fn take(&mut self, now: Timestamp, rules: &Rules) -> Option<Response> {
        let second = now.as_second();
        if self.hour != second.div_euclid(HOUR) {
            (self.hour, self.in_hour) = (second.div_euclid(HOUR), 0);
        }
        if self.second != second {
            (self.second, self.in_second) = (second, 0);
        }
        self.in_hour += 1;
        self.in_second += 1;
        if self.in_hour > rules.calls_per_hour {
            let over = self.in_hour - rules.calls_per_hour;
            let end = dates::write(self.reset());
            let text = format!("Limit exceeded by {over}. Your request is blocked. Quarantine ends {end}.");
            return Some(Fault { status: rules.hourly_limit_status, ..Fault::server(&text) }.response());
        }
        let burst = rules.calls_per_second.is_some_and(|most| self.in_second > most);
        burst.then(|| Response::text(429, "text/html; charset=utf-8", "Too Many Requests"))
    }

    /// The headers every answer carries.
    pub(super) fn headers(&self, response: Response, rules: &Rules) -> Response {
        let remaining = rules.calls_per_hour.saturating_sub(self.in_hour);
        response
            .with("APILimitRemaining", remaining.to_string())
            .with("APILimitReset", format!("{}Z", dates::write(self.reset())))
    }

    /// Counts a login of a user; false when there were too many within the hour.
    pub(super) fn login(&mut self, now: Timestamp, username: &str, rules: &Rules) -> bool {
        let logins = self.logins.entry(username.to_owned()).or_default();
        logins.retain(|at| now.duration_since(*at) < SignedDuration::from_secs(HOUR));
        logins.push(now);
        logins.len() <= rules.logins_per_hour
    }

    fn reset(&self) -> Timestamp {
        Timestamp::from_second((self.hour + 1) * HOUR).unwrap_or_default()
    }
}
