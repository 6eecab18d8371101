//! Between elements and JSON by the tables of [`super::schema`]: text stays text, a repeated element is an array.

use jiff::civil;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::schema::{self, Kind, Member};
use super::soap::Fault;
use super::xml::{Element, SERVICE};

/// Reads an element of a type as a strict service would: unknown names and names of another namespace are passed over
/// (and noted), a wrong order or a missing required member is a fault.
///
/// # Errors
/// The client's fault.
pub fn read(element: &Element, type_name: &str, ignored: &mut Vec<String>) -> Result<Value, Fault> {
    let members = schema::members(type_name).unwrap_or_default();
    let mut record = Map::new();
    let mut position = 0;
    for child in &element.children {
        let found = members.iter().position(|member| member.name == child.name);
        let (Some(index), Some(SERVICE)) = (found, child.namespace.as_deref()) else {
            ignored.push(format!("{type_name}/{}", child.name));
            continue;
        };
        let member = &members[index];
        if index < position || (record.contains_key(member.name) && !member.repeated) {
            return Err(Fault::unreadable(&format!("The element '{}' is not expected here.", child.name)));
        }
        position = index;
        let value = read_member(child, member, ignored)?;
        if member.repeated {
            let list = record.entry(member.name).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(list) = list {
                list.push(value);
            }
        } else {
            record.insert(member.name.into(), value);
        }
    }
    match members.iter().find(|member| member.required && !record.contains_key(member.name)) {
        Some(member) => Err(Fault::unreadable(&format!("The element '{}' is missing in {type_name}.", member.name))),
        None => Ok(Value::Object(record)),
    }
}

fn read_member(element: &Element, member: &Member, ignored: &mut Vec<String>) -> Result<Value, Fault> {
    if element.nil {
        let message = format!("'{}' cannot be nil.", member.name);
        return if member.nillable { Ok(Value::Null) } else { Err(Fault::unreadable(&message)) };
    }
    if let Kind::Of(type_name) = member.kind {
        return read(element, type_name, ignored);
    }
    let text = if member.kind == Kind::Str { element.text.as_str() } else { element.text.trim() };
    if fits(member.kind, text) {
        return Ok(Value::String(text.to_owned()));
    }
    Err(Fault::unreadable(&format!("'{text}' in '{}' was not in a correct format.", member.name)))
}

fn fits(kind: Kind, text: &str) -> bool {
    match kind {
        Kind::Int => text.parse::<i32>().is_ok(),
        Kind::Short => text.parse::<i16>().is_ok(),
        Kind::Long => text.parse::<i64>().is_ok(),
        Kind::Decimal => {
            // `rust_decimal` also reads exponents and underscores, which XML's decimal has not.
            text.chars().all(|char| char.is_ascii_digit() || "+-.".contains(char)) && text.parse::<Decimal>().is_ok()
        }
        Kind::Double => text.parse::<f64>().is_ok(),
        Kind::DateTime => super::dates::is_date_time(text),
        Kind::Bool => matches!(text, "true" | "false" | "1" | "0"),
        Kind::Guid => {
            text.len() == 36
                && text.chars().enumerate().all(|(at, char)| match at {
                    8 | 13 | 18 | 23 => char == '-',
                    _ => char.is_ascii_hexdigit(),
                })
        }
        Kind::Enum(name) => schema::words(name).contains(&text),
        Kind::Str | Kind::Of(_) => true,
    }
}

/// Writes a value as an element of a type. A member equal to its default is left out, as .NET does, unless
/// `write_defaults`, which writes every default of a member that is not there. Required nillable members come as nil.
#[must_use]
pub fn write(name: &str, value: &Value, type_name: &str, write_defaults: bool) -> Element {
    let mut element = Element::new(name);
    for member in schema::members(type_name).unwrap_or_default() {
        match value.get(member.name) {
            Some(Value::Array(items)) => {
                element.children.extend(items.iter().map(|item| write_member(item, member, write_defaults)));
            }
            Some(text) if text.as_str().is_some() && text.as_str() == member.default && !write_defaults => {}
            Some(Value::Null) | None if member.required && member.nillable => {
                element.children.push(Element { nil: true, ..Element::new(member.name) });
            }
            Some(Value::Null) | None => {
                let sentinel = member.default.filter(|text| write_defaults && !text.is_empty());
                element.children.extend(sentinel.map(|text| Element::leaf(member.name, text)));
            }
            Some(value) => element.children.push(write_member(value, member, write_defaults)),
        }
    }
    element
}

fn write_member(value: &Value, member: &Member, write_defaults: bool) -> Element {
    match (member.kind, value) {
        (_, Value::Null) => Element { nil: true, ..Element::new(member.name) },
        (Kind::Of(type_name), value) => write(member.name, value, type_name, write_defaults),
        (_, Value::String(text)) => Element::leaf(member.name, text.as_str()),
        (_, other) => Element::leaf(member.name, other.to_string()),
    }
}

/// Brings a record given by hand into the stored form (numbers and booleans as text) and refuses what the type does not
/// know. `null` stays, for [`merge`] to remove a member.
///
/// # Errors
/// The path of what is wrong.
pub fn normalize(value: &Value, type_name: &str) -> Result<Value, String> {
    let Value::Object(given) = value else { return Err(format!("{type_name}: not an object")) };
    let members = schema::members(type_name).unwrap_or_default();
    let mut record = Map::new();
    for (name, value) in given {
        let member = members.iter().find(|member| member.name == name);
        let member = member.ok_or_else(|| format!("{type_name}: no member {name}"))?;
        let normalized = match value {
            Value::Array(items) if member.repeated => Value::Array(
                items.iter().map(|item| normalize_member(item, member, type_name)).collect::<Result<_, _>>()?,
            ),
            value if member.repeated => Value::Array(vec![normalize_member(value, member, type_name)?]),
            value => normalize_member(value, member, type_name)?,
        };
        record.insert(name.clone(), normalized);
    }
    Ok(Value::Object(record))
}

fn normalize_member(value: &Value, member: &Member, type_name: &str) -> Result<Value, String> {
    let text = match (member.kind, value) {
        (_, Value::Null) => return Ok(Value::Null),
        (Kind::Of(inner), value) => return normalize(value, inner).map_err(|error| format!("{type_name}/{error}")),
        (_, Value::String(text)) => text.clone(),
        (_, Value::Number(_) | Value::Bool(_)) => value.to_string(),
        _ => return Err(format!("{type_name}/{}: not a text", member.name)),
    };
    if fits(member.kind, &text) {
        Ok(Value::String(text))
    } else {
        Err(format!("{type_name}/{}: '{text}' does not fit", member.name))
    }
}

/// Lays the members of `change` over `record`; objects merge, arrays replace, `null` removes.
pub fn merge(record: &mut Value, change: &Value) {
    let (Value::Object(record), Value::Object(change)) = (record, change) else { return };
    for (name, value) in change {
        match (record.get_mut(name), value) {
            (_, Value::Null) => drop(record.remove(name)),
            (Some(inner @ Value::Object(_)), Value::Object(_)) => merge(inner, value),
            _ => drop(record.insert(name.clone(), value.clone())),
        }
    }
}

/// A member's text; empty when it is not there.
#[must_use]
pub fn text<'v>(record: &'v Value, name: &str) -> &'v str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A member's number, `None` when it is missing or stands for "not set".
#[must_use]
pub fn number(record: &Value, name: &str) -> Option<i64> {
    text(record, name).parse().ok().filter(|number| *number != i64::from(i32::MIN))
}

/// A member's decimal, `None` when missing or the sentinel for "not set".
#[must_use]
pub fn decimal(record: &Value, name: &str) -> Option<Decimal> {
    text(record, name).parse().ok().filter(|number| *number != Decimal::MIN)
}

/// The texts of an array member inside a member: `list(search, "OrderIds", "int")`.
#[must_use]
pub fn list<'v>(record: &'v Value, name: &str, item: &str) -> Option<Vec<&'v str>> {
    let inner = record.get(name)?;
    Some(inner.get(item).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect())
}

/// The numbers of an `ArrayOfInt` member.
#[must_use]
pub fn ints(record: &Value, name: &str) -> Option<Vec<i64>> {
    Some(list(record, name, "int")?.into_iter().filter_map(|text| text.parse().ok()).collect())
}

/// Midnight of a day, for `date` members.
#[must_use]
pub fn midnight(date: civil::Date) -> String {
    format!("{date}T00:00:00")
}
