//! Filters in the query: times, lists, numbers with ranges (section 2).

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use super::Company;
use super::problem::Fault;
use crate::Request;

/// The query of one list call.
pub(super) struct Filter<'a> {
    request: &'a Request,
    takes_edge: bool,
    hides_archived: bool,
}

impl<'a> Filter<'a> {
    pub(super) fn of(company: &Company, request: &'a Request) -> Self {
        Self { request, takes_edge: company.filter_takes_edge, hides_archived: company.hides_archived }
    }

    /// Whether what is archived is left out where nobody asks for it.
    pub(super) fn hides_archived(&self) -> bool {
        self.hides_archived
    }

    /// Keeps records whose time is after the one in the query, itself excluded but where the company's filters take it in. A `+` that was not percent-encoded has
    /// become a space by now, and is refused.
    pub(super) fn after(&self, name: &str, member: &'static str) -> Result<impl Fn(&Value) -> bool + use<>, Fault> {
        let limit = match self.request.param(name) {
            None => None,
            Some(text) if text.contains(['[', ' ']) => return Err(invalid(name, &text)),
            Some(text) => Some(text.parse::<Timestamp>().map_err(|_| invalid(name, &text))?),
        };
        let takes_edge = self.takes_edge;
        Ok(move |record: &Value| match limit {
            None => true,
            Some(limit) => {
                let time = record[member].as_str().and_then(|text| text.parse::<Timestamp>().ok());
                time.is_some_and(|time| time > limit || takes_edge && time == limit)
            }
        })
    }

    /// Keeps records whose text is in the comma list; compared as the database does, without regard to case.
    pub(super) fn listed(&self, name: &str, member: &'static str) -> impl Fn(&Value) -> bool + use<> {
        let wanted: Option<Vec<String>> =
            self.request.param(name).map(|list| list.split(',').map(|item| item.trim().to_lowercase()).collect());
        move |record: &Value| {
            let Some(wanted) = &wanted else { return true };
            record[member].as_str().is_some_and(|text| wanted.contains(&text.to_lowercase()))
        }
    }

    /// Keeps records whose number is in the list, which may have ranges: `1-5, 7, 9-`.
    pub(super) fn numbered(&self, name: &str, member: &'static str) -> Result<impl Fn(&Value) -> bool + use<>, Fault> {
        let ranges = match self.request.param(name) {
            None => None,
            Some(list) => {
                let ranges: Option<Vec<(i64, i64)>> = list.split(',').map(|item| range(item.trim())).collect();
                Some(ranges.ok_or_else(|| invalid(name, &list))?)
            }
        };
        Ok(move |record: &Value| {
            let Some(ranges) = &ranges else { return true };
            record[member]
                .as_i64()
                .is_some_and(|number| ranges.iter().any(|(low, high)| (*low..=*high).contains(&number)))
        })
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Fault> {
        let text = self.request.param(name);
        text.map(|text| text.to_ascii_lowercase().parse().map_err(|_| invalid(name, &text))).transpose()
    }

    pub(super) fn date(&self, name: &str) -> Result<Option<Date>, Fault> {
        let text = self.request.param(name);
        text.map(|text| text.parse().map_err(|_| invalid(name, &text))).transpose()
    }

    /// One of the values of an enumeration.
    pub(super) fn one_of(&self, name: &str, allowed: &[&'static str]) -> Result<Option<&'static str>, Fault> {
        let Some(text) = self.request.param(name) else { return Ok(None) };
        let found = allowed.iter().find(|value| value.eq_ignore_ascii_case(&text));
        found.copied().map(Some).ok_or_else(|| invalid(name, &text))
    }
}

fn range(item: &str) -> Option<(i64, i64)> {
    match item.split_once('-') {
        None => item.parse().ok().map(|number| (number, number)),
        Some((low, "")) => Some((low.trim().parse().ok()?, i64::MAX)),
        Some((low, high)) => Some((low.trim().parse().ok()?, high.trim().parse().ok()?)),
    }
}

fn invalid(name: &str, text: &str) -> Fault {
    Fault::new(400, format!("The value '{text}' is not valid for {name}."))
}
