//! How the services spell values: numbers and times as text, and values that stand for "not set".

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer};
use serde_json::Value;

use crate::words::wire::{self, text};

/// The values that stand for "not set" (Finago sheet, section 5.4), which are as good as absent.
const UNSET: [&str; 4] = ["-2147483648", "-32768", "-79228162514264337593543950335", "-1.7976931348623157E+308"];

/// Removes every member that says "not set" by the value that stands for it.
pub fn without_unset(record: &mut Value) {
    match record {
        Value::Object(members) => {
            members.retain(|_, value| !is_unset(value));
            members.values_mut().for_each(without_unset);
        }
        Value::Array(elements) => elements.iter_mut().for_each(without_unset),
        _ => {}
    }
}

/// Whether a value stands for "not set".
#[must_use]
pub fn is_unset(value: &Value) -> bool {
    let text = value.as_str().map(str::trim);
    text.is_some_and(|text| UNSET.contains(&text) || text.starts_with("0001-01-01T00:00:00"))
}

/// A moment, which is UTC where it comes without an offset (Finago sheet, section 5.3).
#[must_use]
pub fn moment(record: &Value, member: &str) -> Option<Timestamp> {
    let text = record.get(member)?.as_str()?.trim();
    let utc = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok();
    text.parse().ok().or_else(|| utc().map(|zoned| zoned.timestamp()))
}

/// The number of a record; none is below 1.
#[must_use]
pub fn number(record: &Value, member: &str) -> Option<i64> {
    let number = record.get(member)?;
    number.as_str().map_or_else(|| number.as_i64(), |text| text.trim().parse().ok()).filter(|number| *number > 0)
}

/// The number of a record as text; none is below 1.
pub fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let Some(text) = text(deserializer)? else { return Ok(None) };
    let number: i64 = text.parse().map_err(|_| D::Error::custom(format!("a number is expected, not {text:?}")))?;
    Ok((number > 0).then(|| number.to_string()))
}

/// A truth, `false` where it is absent, nil or unknown.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Bool(truth) => truth,
        Value::String(text) => matches!(text.trim(), "true" | "1"),
        _ => false,
    })
}

/// Text of several lines as one.
pub fn lines<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = text(deserializer)?;
    let joined =
        |text: String| text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ");
    Ok(text.map(joined))
}

/// A day: the one it is in Norway at that moment, since the web shows local time and the services UTC (Finago sheet,
/// section 5.3).
pub fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let Some(text) = text(deserializer)? else { return Ok(None) };
    let wrong = || D::Error::custom(format!("a date is expected, not {text:?}"));
    // A date alone would be read as its midnight.
    if let Ok(date) = text.parse::<Date>()
        && !text.contains('T')
    {
        return wire::storable(date).map_err(D::Error::custom);
    }
    let utc = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    let moment = text.parse::<Timestamp>().ok().or_else(utc).ok_or_else(wrong)?;
    let oslo = TimeZone::get("Europe/Oslo").unwrap_or(TimeZone::UTC);
    wire::storable(moment.to_zoned(oslo).date()).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_stands_for_not_set_is_absent_and_zero_is_not() {
        let mut record = json!({
            "Id": "7", "Weight": "-79228162514264337593543950335", "SupplierId": "-2147483648", "Stock": "0",
            "DateChanged": "0001-01-01T00:00:00", "Rows": [{"Quantity": "-79228162514264337593543950335"}],
        });
        without_unset(&mut record);
        assert_eq!(record, json!({"Id": "7", "Stock": "0", "Rows": [{}]}));
    }

    #[test]
    fn times_without_an_offset_are_utc() {
        let record = json!({"a": "2026-02-03T07:41:13.217", "b": "2026-02-03T08:41:13.217+01:00", "c": "soon"});
        assert_eq!(moment(&record, "a"), moment(&record, "b"));
        assert_eq!(moment(&record, "a").unwrap().to_string(), "2026-02-03T07:41:13.217Z");
        assert_eq!(moment(&record, "c"), None);
    }

    #[test]
    fn every_hour_of_a_year_is_on_its_day_in_norway() {
        let day = |text: &str| day(json!(text)).unwrap().unwrap();
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        let mut hour: Timestamp = "2026-01-01T00:30:00Z".parse().unwrap();
        while hour < "2027-01-01T00:00:00Z".parse().unwrap() {
            let local = hour.to_zoned(oslo.clone());
            assert_eq!(day(&hour.strftime("%Y-%m-%dT%H:%M:%S").to_string()), local.date(), "{hour}");
            assert_eq!(day(&local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()), local.date(), "{hour}");
            hour += jiff::SignedDuration::from_hours(1);
        }
    }

    #[test]
    fn midnight_in_norway_is_the_next_day_in_winter_and_summer() {
        let day = |text: &str| day(json!(text)).unwrap().unwrap().to_string();
        assert_eq!(day("2026-02-10T23:00:00"), "2026-02-11");
        assert_eq!(day("2026-07-10T22:00:00"), "2026-07-11");
        assert_eq!(day("2026-07-10T21:00:00"), "2026-07-10");
        assert_eq!(day("2026-02-10T22:30:00"), "2026-02-10", "half past eleven in the evening");
        assert_eq!(day("2026-02-10T00:00:00"), "2026-02-10");
        assert_eq!(day("2026-02-11T00:00:00+01:00"), "2026-02-11");
        assert_eq!(day("2026-02-10"), "2026-02-10");
    }
}
