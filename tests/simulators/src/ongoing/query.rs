//! The parameters of the list calls.

use jiff::{SignedDuration, Timestamp};

use super::refusal;
use super::values::moment;
use crate::{Request, Response};

/// A request's parameters. Array parameters are repeated keys; a comma is part of the value (Ongoing sheet, section 0.6).
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// The parameters, if all of them are in `modelled`: a filter that this model would silently ignore is refused, so that
    /// a test cannot pass by its being ignored.
    pub(super) fn of(request: &Request, modelled: &str) -> Result<Self, Response> {
        let query = request.query();
        for (name, _) in &query {
            if !modelled.split_whitespace().any(|known| known.eq_ignore_ascii_case(name)) {
                return Err(refusal::message(400, &format!("The parameter '{name}' is not modelled.")));
            }
        }
        Ok(Self(query.into_iter().filter(|(_, value)| !value.is_empty()).collect()))
    }

    /// All values of a parameter.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str()).collect()
    }

    /// Whether `value` is among the parameter's values, or the parameter is not there.
    pub(super) fn admits(&self, name: &str, value: Option<&str>) -> bool {
        let all = self.all(name);
        all.is_empty() || value.is_some_and(|value| all.contains(&value))
    }

    /// Whether any of `values` is among the parameter's values, or the parameter is not there.
    pub(super) fn admits_any<'a>(&self, name: &str, mut values: impl Iterator<Item = &'a str>) -> bool {
        let all = self.all(name);
        all.is_empty() || values.any(|value| all.contains(&value))
    }

    /// A parameter that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, Response> {
        self.all(name).first().copied().ok_or_else(|| refusal::unbound(name, &format!("The {name} field is required.")))
    }

    /// A whole number.
    pub(super) fn whole(&self, name: &str) -> Result<Option<i64>, Response> {
        self.parsed(name, |text| text.parse().ok())
    }

    /// True or false; absent is false.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Response> {
        Ok(self.parsed(name, |text| text.to_ascii_lowercase().parse().ok())?.unwrap_or(false))
    }

    /// A time, with its fraction of a second dropped (Ongoing sheet, section 1.6).
    pub(super) fn time(&self, name: &str) -> Result<Option<Timestamp>, Response> {
        self.parsed(name, |text| Timestamp::from_second(moment(text)?.as_second()).ok())
    }

    /// A time that may be at most `oldest` before `now` (Ongoing sheet, section 0.8).
    pub(super) fn recent(
        &self,
        name: &str,
        now: Timestamp,
        oldest: SignedDuration,
    ) -> Result<Option<Timestamp>, Response> {
        let time = self.time(name)?;
        if time.is_some_and(|time| now.duration_since(time) > oldest) {
            let hours = oldest.as_hours();
            return Err(refusal::message(400, &format!("{name} may be at most {hours} hours in the past.")));
        }
        Ok(time)
    }

    fn parsed<T>(&self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Response> {
        let Some(text) = self.all(name).first().copied() else { return Ok(None) };
        match parse(text) {
            Some(value) => Ok(Some(value)),
            None => Err(refusal::unbound(name, &format!("The value '{text}' is not valid for {name}."))),
        }
    }
}

/// Whether `time` lies between two bounds, both inclusive; an unset time lies within no bound.
pub(super) fn within(time: Option<Timestamp>, from: Option<Timestamp>, to: Option<Timestamp>) -> bool {
    from.is_none_or(|from| time.is_some_and(|time| time >= from))
        && to.is_none_or(|to| time.is_some_and(|time| time <= to))
}
