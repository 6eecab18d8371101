//! Which members a write body may have, as one table per body, and the check against it.
//!
//! Every schema of a write body is declared closed (`additionalProperties: false`), so an unknown key anywhere in the tree
//! is refused (Ongoing sheet, section 0.5: the declaration is confirmed, that the server enforces it is assumed here).

mod articles;
mod orders;
mod purchase_orders;

use std::str::FromStr as _;

use rust_decimal::Decimal;
use serde_json::{Number, Value};

pub(super) use articles::ARTICLE;
pub(super) use orders::ORDER;
pub(super) use purchase_orders::PURCHASE_ORDER;

use super::refusal;
use super::values::{decimal, moment};
use crate::Response;

/// What of a body that is not as it is declared is taken all the same. Neither is known (Ongoing sheet, sections 0.5 and 8).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tolerance {
    /// A member that is not declared is passed over.
    pub(super) of_unknown_members: bool,
    /// A text that is too long is cut.
    pub(super) of_long_texts: bool,
}

/// One object of a write body: the names of its members, by what they hold.
pub(super) struct Shape {
    required: &'static str,
    texts: &'static str,
    whole: &'static str,
    decimals: &'static str,
    flags: &'static str,
    times: &'static str,
    /// Longest text, in characters.
    limits: &'static [(&'static str, usize)],
    objects: &'static [(&'static str, &'static Shape)],
    lists: &'static [(&'static str, &'static Shape)],
}

static CODE_NAME: Shape = Shape { texts: "code name", ..Shape::EMPTY };

static NOTIFICATION: Shape = Shape { flags: "toBeNotified", texts: "value", ..Shape::EMPTY };

static SUPPLIER_ADDRESS: Shape = Shape {
    texts: "name address address2 address3 postCode city telePhone remark email mobilePhone countryStateCode \
        countryCode deliveryInstruction",
    flags: "isVisible notifyBySMS notifyByEmail notifyByTelephone",
    ..Shape::EMPTY
};

enum Kind {
    Text,
    Whole,
    Decimal,
    Flag,
    Time,
    Object(&'static Shape),
    List(&'static Shape),
}

impl Shape {
    const EMPTY: Self = Self {
        required: "",
        texts: "",
        whole: "",
        decimals: "",
        flags: "",
        times: "",
        limits: &[],
        objects: &[],
        lists: &[],
    };

    /// The body as the server understands it: numbers sent as strings are numbers afterwards.
    pub(super) fn accept(&'static self, body: &Value, tolerance: Tolerance) -> Result<Value, Response> {
        if let Some(path) = self.unknown(body, "").filter(|_| !tolerance.of_unknown_members) {
            return Err(refusal::message(400, &format!("The property '{path}' is not known.")));
        }
        let mut understood = body.clone();
        let mut faults = Vec::new();
        self.check(&mut understood, "model", tolerance, &mut faults);
        if faults.is_empty() { Ok(understood) } else { Err(refusal::model_state(&faults)) }
    }

    fn kind(&'static self, member: &str) -> Option<Kind> {
        let named = |names: &str| names.split_whitespace().any(|name| name == member);
        let nested = |shapes: &'static [(&str, &'static Self)]| {
            shapes.iter().find(|(name, _)| *name == member).map(|(_, shape)| *shape)
        };
        if named(self.texts) {
            Some(Kind::Text)
        } else if named(self.whole) {
            Some(Kind::Whole)
        } else if named(self.decimals) {
            Some(Kind::Decimal)
        } else if named(self.flags) {
            Some(Kind::Flag)
        } else if named(self.times) {
            Some(Kind::Time)
        } else {
            nested(self.objects).map(Kind::Object).or_else(|| nested(self.lists).map(Kind::List))
        }
    }

    /// The path of the first member that no shape knows.
    fn unknown(&'static self, value: &Value, path: &str) -> Option<String> {
        let members = value.as_object()?;
        members.iter().find_map(|(name, value)| {
            let here = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match self.kind(name) {
                None => Some(here),
                Some(Kind::Object(shape)) => shape.unknown(value, &here),
                Some(Kind::List(shape)) => value
                    .as_array()?
                    .iter()
                    .enumerate()
                    .find_map(|(index, item)| shape.unknown(item, &format!("{here}[{index}]"))),
                Some(_) => None,
            }
        })
    }

    fn check(&'static self, value: &mut Value, path: &str, tolerance: Tolerance, faults: &mut Vec<(String, String)>) {
        let Some(members) = value.as_object_mut() else {
            faults.push((path.to_owned(), "An object is expected.".to_owned()));
            return;
        };
        for name in self.required.split_whitespace() {
            let missing = match members.get(name) {
                None | Some(Value::Null) => true,
                Some(Value::String(text)) => text.trim().is_empty(),
                Some(_) => false,
            };
            if missing {
                faults.push((format!("{path}.{name}"), format!("The {name} field is required.")));
            }
        }
        for (name, value) in members.iter_mut().filter(|(_, value)| !value.is_null()) {
            let here = format!("{path}.{name}");
            let limit = self.limits.iter().find(|(limited, _)| limited == name).map(|(_, limit)| *limit);
            if let (Some(limit), Some(text)) = (limit, value.as_str())
                && text.chars().count() > limit
            {
                if tolerance.of_long_texts {
                    *value = Value::String(text.chars().take(limit).collect());
                    continue;
                }
                faults.push((
                    here.clone(),
                    format!("The field {name} must be a string with at most {limit} characters."),
                ));
            }
            match self.kind(name) {
                Some(Kind::Object(shape)) => shape.check(value, &here, tolerance, faults),
                Some(Kind::List(shape)) => match value.as_array_mut() {
                    Some(items) => {
                        for (index, item) in items.iter_mut().enumerate() {
                            shape.check(item, &format!("{here}[{index}]"), tolerance, faults);
                        }
                    }
                    None => faults.push((here, "An array is expected.".to_owned())),
                },
                Some(kind) if !scalar(&kind, value) => {
                    faults.push((here, format!("The value {value} is not valid for {name}.")));
                }
                _ => {}
            }
        }
    }
}

/// Whether the value is of that kind; a number in a string becomes a number (Ongoing sheet, section 1.6).
fn scalar(kind: &Kind, value: &mut Value) -> bool {
    match kind {
        Kind::Text => value.is_string(),
        Kind::Flag => value.is_boolean(),
        // Dates before 1900 cannot be stored (Ongoing sheet, section 1.6).
        Kind::Time => {
            value.as_str().and_then(moment).is_some_and(|time| time.to_zoned(jiff::tz::TimeZone::UTC).year() >= 1900)
        }
        Kind::Decimal | Kind::Whole => {
            let Some(number) = decimal(value) else { return false };
            if matches!(kind, Kind::Whole) && i32::from_str(&number.normalize().to_string()).is_err() {
                return false;
            }
            if value.is_string() {
                *value = exact(number);
            }
            true
        }
        Kind::Object(_) | Kind::List(_) => true,
    }
}

fn exact(number: Decimal) -> Value {
    Value::Number(Number::from_string_unchecked(number.to_string()))
}
