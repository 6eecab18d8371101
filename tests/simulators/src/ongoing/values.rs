//! Reading and writing the values of Ongoing's JSON: exact numbers, times in two spellings, nulls for what is absent.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde_json::{Map, Number, Value};

/// A decimal out of a JSON number or a string of one.
pub(super) fn decimal(value: &Value) -> Option<Decimal> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    text.parse().ok().or_else(|| Decimal::from_scientific(&text).ok())
}

/// A JSON number in the vendor's form: at least one fraction digit (`2.0`).
pub(super) fn number(value: Decimal) -> Value {
    let mut text = value.normalize().to_string();
    if !text.contains('.') {
        text.push_str(".0");
    }
    Value::Number(Number::from_string_unchecked(text))
}

/// A time with its zone, or a plain date, which stands for its midnight in UTC.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    if text.len() == 10 {
        let date: Date = text.parse().ok()?;
        return date.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    }
    text.parse().ok()
}

/// A time as responses spell it: UTC with `Z` and as many fraction digits as it takes, at most three.
pub(super) fn utc(time: Timestamp) -> Value {
    let rounded = Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time);
    Value::String(rounded.to_string())
}

/// A time as responses spell it, or null.
pub(super) fn utc_or_null(time: Option<Timestamp>) -> Value {
    time.map_or(Value::Null, utc)
}

/// A member that responses give as a plain date, whatever it was written as (Ongoing sheet, section 1.6).
pub(super) fn plain_date(head: &Map<String, Value>, name: &str) -> Value {
    head.get(name)
        .and_then(Value::as_str)
        .and_then(moment)
        .map_or(Value::Null, |time| Value::String(time.to_zoned(TimeZone::UTC).date().to_string()))
}

/// A member that responses give as a time.
pub(super) fn time_of(head: &Map<String, Value>, name: &str) -> Value {
    utc_or_null(head.get(name).and_then(Value::as_str).and_then(moment))
}

/// A member as it was written, null where it never was.
pub(super) fn get(head: &Map<String, Value>, name: &str) -> Value {
    head.get(name).cloned().unwrap_or(Value::Null)
}

/// A member's text.
pub(super) fn text<'a>(head: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    head.get(name).and_then(Value::as_str)
}

/// The members named, in order, null where absent: responses have nulls, not gaps (Ongoing sheet, section 0.4).
pub(super) fn members(head: &Map<String, Value>, names: &str) -> Map<String, Value> {
    names.split_whitespace().map(|name| (name.to_owned(), get(head, name))).collect()
}

/// A nested object with all the members named, or null when it was never written.
pub(super) fn nested(head: &Map<String, Value>, name: &str, names: &str) -> Value {
    match head.get(name).and_then(Value::as_object) {
        Some(object) => Value::Object(members(object, names)),
        None => Value::Null,
    }
}

/// A list of objects with all the members named, or null when it was never written.
pub(super) fn nested_list(head: &Map<String, Value>, name: &str, names: &str) -> Value {
    match head.get(name).and_then(Value::as_array) {
        Some(items) => {
            items.iter().filter_map(Value::as_object).map(|item| Value::Object(members(item, names))).collect()
        }
        None => Value::Null,
    }
}

/// What a write does to members that an earlier one set. Neither is known (Ongoing sheet, sections 2.1 and 8).
#[derive(Clone, Copy)]
pub(super) struct Merging {
    /// What is left out is cleared.
    pub(super) clears: bool,
    /// What is said to be null stays.
    pub(super) keeps_nulls: bool,
}

impl Merging {
    /// Of a first write.
    pub(super) const NEW: Self = Self { clears: true, keeps_nulls: false };
}

/// What a later write makes of an earlier one. Lists are replaced as a whole.
pub(super) fn merge(old: &Map<String, Value>, new: &Map<String, Value>, merging: Merging) -> Map<String, Value> {
    let mut merged = if merging.clears { Map::new() } else { old.clone() };
    for (name, _) in new.iter().filter(|(_, value)| value.is_null()) {
        match old.get(name).filter(|_| merging.keeps_nulls) {
            Some(kept) => drop(merged.insert(name.clone(), kept.clone())),
            None => drop(merged.remove(name)),
        }
    }
    for (name, value) in new.iter().filter(|(_, value)| !value.is_null()) {
        let value = match (value, old.get(name)) {
            (Value::Object(new), Some(Value::Object(old))) => Value::Object(merge(old, new, merging)),
            (Value::Object(new), _) => Value::Object(merge(&Map::new(), new, merging)),
            _ => value.clone(),
        };
        merged.insert(name.clone(), value);
    }
    merged
}
