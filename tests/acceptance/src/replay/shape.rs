//! The shape of a body: which members it has, and what kind of value each. Rows of a list are one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

type Shape = BTreeMap<String, BTreeSet<&'static str>>;

/// How the shape of what came differs from that of what a simulator answers, a line each.
pub(super) fn differences(came: &Value, answered: &Value) -> Vec<String> {
    let (mut one, mut other) = (Shape::new(), Shape::new());
    shape(came, "", &mut one);
    shape(answered, "", &mut other);
    let mut told = Vec::new();
    for (path, kinds) in &one {
        match other.get(path) {
            Some(same) if same == kinds => {}
            Some(others) => {
                told.push(format!("{path} is {}, the simulator's {}", list(kinds), list(others)));
            }
            None if has_parent(path, &other) => told.push(format!("{path} came, the simulator has none")),
            None => {}
        }
    }
    let more = other.keys().filter(|path| !one.contains_key(*path) && has_parent(path, &one));
    told.extend(more.map(|path| format!("{path} did not come, the simulator has it")));
    told
}

fn list(kinds: &BTreeSet<&str>) -> String {
    kinds.iter().copied().collect::<Vec<_>>().join(" or ")
}

/// Whether the object that a path is in is there: what an empty list or nothing would have had shows nothing.
fn has_parent(path: &str, shape: &Shape) -> bool {
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    shape.get(parent).is_some_and(|kinds| kinds.contains("an object"))
}

fn shape(value: &Value, path: &str, shape: &mut Shape) {
    let kind = match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a truth",
        Value::Number(_) => "a number",
        Value::String(text) => of_text(text),
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    shape.entry(path.to_owned()).or_default().insert(kind);
    match value {
        Value::Array(rows) => rows.iter().for_each(|row| self::shape(row, &format!("{path}/*"), shape)),
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| self::shape(value, &format!("{path}/{name}"), shape));
        }
        _ => {}
    }
}

fn of_text(text: &str) -> &'static str {
    let is_date = |text: &str| text.get(..10).is_some_and(|date| date.parse::<jiff::civil::Date>().is_ok());
    match text {
        "" => "an empty text",
        "true" | "false" => "a truth",
        text if is_date(text) => "a time",
        text if text.parse::<f64>().is_ok() => "a number",
        _ => "a text",
    }
}
