//! Decodes the vendors' representations, so that no mapping row parses anything: `17` and `"17"`, blank and absent,
//! date formats.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize as _;
use serde::de::{self, DeserializeOwned, Deserializer};
use serde_json::Value;

use crate::words::fault::{Fault, Result};

/// Reads a wire struct out of a source record.
///
/// # Errors
/// [`Fault::Rejected`] with the JSON pointer of the member at fault.
pub fn decode<T: DeserializeOwned>(value: &Value) -> Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = pointer(error.path());
        Fault::rejected(path, error.into_inner().to_string())
    })
}

/// A serde path as a JSON pointer: `Lines[1].Quantity` is `/Lines/1/Quantity`.
#[must_use]
pub fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}

/// Text that may come as a number; blank is absent. Outer white space goes.
///
/// # Errors
/// When it is neither.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let text = match &value {
        Value::Null => return Ok(None),
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            return Err(de::Error::custom(format!("text is expected, not {}", shape(&value))));
        }
    };
    Ok((!text.is_empty()).then_some(text))
}

/// An e-mail address: the first where a field holds several, with semicolons, commas or blanks between them.
///
/// # Errors
/// As [`text`].
pub fn email<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let Some(text) = text(deserializer)? else { return Ok(None) };
    Ok(Some(first_address(&text).to_owned()))
}

/// The first e-mail address of a text; all of it, where there is none.
#[must_use]
pub fn first_address(text: &str) -> &str {
    text.split([';', ',', ' ', '\n', '\t']).find(|part| part.contains('@')).unwrap_or(text)
}

/// An exact decimal that may come as text; blank is absent.
///
/// # Errors
/// When it is no decimal, or has more digits than an exact decimal holds.
pub fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    let Some(text) = text(deserializer)? else { return Ok(None) };
    exact(&text).map(Some).map_err(de::Error::custom)
}

/// Text as an exact decimal.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn exact(text: &str) -> Result<Decimal, String> {
    let parsed = if text.contains(['e', 'E']) { Decimal::from_scientific(text) } else { Decimal::from_str_exact(text) };
    parsed.map_err(|_| format!("a decimal number is expected, not {text:?}"))
}

/// A calendar date, also where it comes with a time of day, which is dropped; blank is absent.
///
/// # Errors
/// When it is no date, and as [`storable`].
pub fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let Some(text) = text(deserializer)? else { return Ok(None) };
    let day = text.get(..10).unwrap_or(&text);
    let day = day.parse().map_err(|_| de::Error::custom(format!("a date is expected, not {text:?}")))?;
    storable(day).map_err(de::Error::custom)
}

/// A date as Ongoing can store it; absent where it is the first or the last that .NET has, by which it says that none is set.
///
/// # Errors
/// A sentence, for a date before 1900 (Ongoing sheet, section 1.6).
pub fn storable(day: Date) -> Result<Option<Date>, String> {
    match day {
        day if day == Date::constant(1, 1, 1) || day == Date::constant(9999, 12, 31) => Ok(None),
        day if day.year() < 1900 => Err(format!("a date since 1900 is expected, not {day}")),
        day => Ok(Some(day)),
    }
}

/// `null` where a list was promised is an empty one.
///
/// # Errors
/// When an element cannot be read.
pub fn list<'de, D: Deserializer<'de>, T: serde::Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Option::<Vec<T>>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// What a value is, without saying it.
#[must_use]
pub fn shape(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A JSON number with exactly this decimal's digits, without trailing zeros.
#[must_use]
pub fn number(decimal: Decimal) -> Value {
    let text = decimal.normalize().to_string();
    // Unreachable else: a decimal's text is always a JSON number.
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Row {
        #[serde(default, deserialize_with = "text")]
        code: Option<String>,
        #[serde(default, deserialize_with = "decimal")]
        quantity: Option<Decimal>,
        #[serde(default, deserialize_with = "date")]
        day: Option<Date>,
    }

    #[derive(Debug, Deserialize)]
    struct Rows {
        #[serde(default, deserialize_with = "list")]
        rows: Vec<Row>,
    }

    #[test]
    fn representation_is_absorbed() {
        let row: Row = decode(&json!({"code": 17, "quantity": " 2.50 ", "day": "2026-03-02T23:00:00"})).unwrap();
        assert_eq!(row.code.as_deref(), Some("17"));
        assert_eq!(row.quantity.map(|quantity| quantity.to_string()).as_deref(), Some("2.50"));
        assert_eq!(row.day, Some(jiff::civil::date(2026, 3, 2)));
        for several in ["a@x.fi; b@x.fi", "a@x.fi,b@x.fi", " a@x.fi b@x.fi", "; a@x.fi"] {
            assert_eq!(first_address(several), "a@x.fi");
        }
        assert_eq!(first_address("ask at the desk"), "ask at the desk");
        let row: Row = decode(&json!({"code": "  ", "quantity": null})).unwrap();
        assert!(row.code.is_none() && row.quantity.is_none() && row.day.is_none());
        assert!(decode::<Rows>(&json!({"rows": null})).unwrap().rows.is_empty());
        // A date that is not set in .NET, and one that cannot be stored.
        for unset in ["0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999"] {
            assert_eq!(decode::<Row>(&json!({"day": unset})).unwrap().day, None);
        }
        let fault = decode::<Row>(&json!({"day": "1899-12-31"})).unwrap_err().to_string();
        assert_eq!(fault, "rejected at /day: a date since 1900 is expected, not 1899-12-31");
    }

    #[test]
    fn decimals_are_exact() {
        let exactly = |text: &str| exact(text).unwrap().to_string();
        assert_eq!(exactly("0.1"), "0.1");
        assert_eq!(exactly("79228162514264337593543950335"), "79228162514264337593543950335");
        assert_eq!(exactly("1.5e3"), "1500");
        assert!(exact("0.12345678901234567890123456789012345").is_err());
        assert!(exact("many").is_err());
        let value: Value = serde_json::from_str("0.1").unwrap();
        assert_eq!(number("0.10".parse().unwrap()), value);
    }

    #[test]
    fn a_fault_has_the_pointer_to_it() {
        let fault = decode::<Rows>(&json!({"rows": [{}, {"quantity": "many"}]})).unwrap_err();
        assert_eq!(fault.to_string(), "rejected at /rows/1/quantity: a decimal number is expected, not \"many\"");
    }
}
