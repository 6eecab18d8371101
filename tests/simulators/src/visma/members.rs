//! Records as tables of members: what a write takes, what it resets, what it refuses.

use std::str::FromStr as _;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Number, Value, json};

use super::Rules;
use super::fault::Detail;

/// One record, as the API spells it.
pub type Body = Map<String, Value>;

/// What a member holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A GUID.
    Id,
    /// Text of at most so many characters.
    Text(usize),
    /// A number, taken as it comes.
    Number,
    /// A number that is rounded to so many decimals when it is written.
    Decimals(u32),
    /// A whole number.
    Integer,
    /// One of these whole numbers.
    Choice(&'static [i64]),
    /// True or false.
    Truth,
    /// A moment or a day.
    Time,
    /// A list of texts.
    Texts,
    /// A list of records.
    Records(&'static [Member]),
    /// Anything: the vendor's document says nothing about its inside.
    Open,
}

/// A member of a record.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Its name on the wire.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether `null` is allowed, and stands where nothing was given.
    pub nullable: bool,
    /// Whether only the vendor sets it.
    pub read_only: bool,
    /// Whether a write must name it.
    pub required: bool,
}

impl Member {
    /// A member that may be null.
    #[must_use]
    pub const fn nullable(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, nullable: true, read_only: false, required: false }
    }

    /// A member that is never null.
    #[must_use]
    pub const fn plain(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, nullable: false, read_only: false, required: false }
    }

    /// The same, set by the vendor alone.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// The same, asked for in every write.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// What stands here when a write does not name the member.
    #[must_use]
    pub fn default(&self) -> Value {
        match self.kind {
            Kind::Records(_) => json!([]),
            _ if self.nullable => Value::Null,
            Kind::Id => json!("00000000-0000-0000-0000-000000000000"),
            Kind::Text(_) => json!(""),
            Kind::Number | Kind::Decimals(_) | Kind::Integer => json!(0),
            Kind::Choice(choices) => json!(choices.first()),
            Kind::Truth => json!(false),
            Kind::Time => json!("0001-01-01T00:00:00Z"),
            Kind::Texts => json!([]),
            Kind::Open => Value::Null,
        }
    }

    fn take(&self, path: &str, value: &Value, rules: &Rules, wrong: &mut Vec<Detail>) -> Value {
        if value.is_null() && self.nullable {
            return Value::Null;
        }
        let fits = match self.kind {
            Kind::Id => value.as_str().is_some_and(is_guid),
            Kind::Text(longest) => value.as_str().is_some_and(|text| text.chars().count() <= longest),
            Kind::Number | Kind::Decimals(_) => value.is_number(),
            Kind::Integer => value.as_i64().is_some(),
            Kind::Choice(choices) => value.as_i64().is_some_and(|choice| choices.contains(&choice)),
            Kind::Truth => value.is_boolean(),
            Kind::Time => value.as_str().and_then(moment).is_some(),
            Kind::Texts => value.as_array().is_some_and(|list| list.iter().all(Value::is_string)),
            Kind::Records(_) => value.as_array().is_some_and(|list| list.iter().all(Value::is_object)),
            Kind::Open => true,
        };
        if !fits {
            wrong.push(Detail::field(path, format!("The value of {path} is not valid.")));
            return self.default();
        }
        match self.kind {
            Kind::Decimals(scale) => rounded(decimal(value), scale),
            Kind::Records(members) => value.as_array().map_or(Value::Null, |list| {
                let inner = list.iter().enumerate().filter_map(|(index, entry)| {
                    let path = format!("{path}[{index}].");
                    Some(Value::Object(replace(members, None, entry.as_object()?, rules, &path, wrong)))
                });
                Value::Array(inner.collect())
            }),
            _ => value.clone(),
        }
    }
}

/// A record with nothing set.
#[must_use]
pub fn blank(members: &[Member]) -> Body {
    members.iter().map(|member| (member.name.to_owned(), member.default())).collect()
}

/// What is stored after a write: a full replace. Members the body leaves out fall back to their default; read-only ones
/// keep what was stored.
pub fn replace(
    members: &[Member],
    stored: Option<&Body>,
    body: &Body,
    rules: &Rules,
    path: &str,
    wrong: &mut Vec<Detail>,
) -> Body {
    for name in body.keys() {
        match members.iter().find(|member| member.name == name) {
            None if rules.refuse_unknown_members => {
                wrong.push(Detail::field(&format!("{path}{name}"), format!("Could not find member {name}.")));
            }
            Some(member) if member.read_only && rules.refuse_read_only_members => {
                wrong.push(Detail::field(&format!("{path}{name}"), format!("{name} is read-only.")));
            }
            _ => {}
        }
    }
    let mut whole = Body::new();
    for member in members {
        let field = format!("{path}{}", member.name);
        let value = if member.read_only {
            stored.and_then(|stored| stored.get(member.name)).cloned().unwrap_or_else(|| member.default())
        } else if let Some(value) = body.get(member.name) {
            member.take(&field, value, rules, wrong)
        } else {
            if member.required {
                wrong.push(Detail::field(&field, format!("The {} field is required.", member.name)));
            }
            member.default()
        };
        whole.insert(member.name.to_owned(), value);
    }
    whole
}

/// Lays `given` over `base`, nulls and odd values included: what a test sets by hand is not judged.
///
/// # Errors
/// Names the member that the vendor's record does not have.
pub fn overlay(members: &[Member], mut base: Body, given: &Body) -> Result<Body, String> {
    for (name, value) in given {
        let member = members.iter().find(|member| member.name == name).ok_or(format!("no member is called {name}"))?;
        let value = match (member.kind, value) {
            (Kind::Records(inner), Value::Array(list)) => list
                .iter()
                .map(|entry| {
                    let given = entry.as_object().ok_or(format!("{name} holds records"))?;
                    Ok(Value::Object(overlay(inner, blank(inner), given)?))
                })
                .collect::<Result<_, String>>()?,
            _ => value.clone(),
        };
        base.insert(name.clone(), value);
    }
    Ok(base)
}

/// The moment a text names: with or without zone (none means UTC), with or without time of day.
#[must_use]
pub fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    let civil: DateTime = text.parse().ok()?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// Whether a text has the form of a GUID.
#[must_use]
pub fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(index, letter)| match index {
            8 | 13 | 18 | 23 => letter == '-',
            _ => letter.is_ascii_hexdigit(),
        })
}

/// The exact value of a JSON number; zero for anything else.
#[must_use]
pub fn decimal(value: &Value) -> Decimal {
    let Value::Number(number) = value else { return Decimal::ZERO };
    let text = number.to_string();
    Decimal::from_str(&text).or_else(|_| Decimal::from_scientific(&text)).unwrap_or_default()
}

/// A decimal as a JSON number.
#[must_use]
pub fn number(value: Decimal) -> Value {
    Value::Number(Number::from_string_unchecked(value.normalize().to_string()))
}

fn rounded(value: Decimal, scale: u32) -> Value {
    number(value.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero))
}

/// A text member; empty where it is null or missing.
#[must_use]
pub fn text<'a>(body: &'a Body, name: &str) -> &'a str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A number member; zero where it is null or missing.
#[must_use]
pub fn amount(body: &Body, name: &str) -> Decimal {
    body.get(name).map(decimal).unwrap_or_default()
}
