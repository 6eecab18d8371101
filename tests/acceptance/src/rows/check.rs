//! Proves a section of a mapping table in both directions: every source leaf, and every body leaf.

use std::collections::BTreeSet;

use bridge::words::kind::Kind;
use serde_json::{Value, json};

use super::{Row, Section, What, body, fixture};

/// A source leaf, whether it is about its presence, the body leaf it goes to, and the row that says so.
pub(super) struct Link {
    pub(super) source: String,
    pub(super) presence: bool,
    pub(super) body: String,
    pub(super) row: String,
}

/// Proves every row of a section on every fixture. Returns the faults found, and the numbers of the rows proven.
#[must_use]
pub fn check(kind: Kind, section: &Section) -> (Vec<String>, BTreeSet<String>) {
    let mut faults = Vec::new();
    let mut proven = BTreeSet::new();
    for name in &section.fixtures {
        if let Err(fault) = check_fixture(kind, section, name, &mut faults, &mut proven) {
            faults.push(format!("{name}: {fault}"));
        }
    }
    for row in &section.rows {
        if row.bodies.iter().any(|body| matches!(body.what, What::None(_))) {
            proven.insert(row.number.clone());
        } else if !proven.contains(&row.number) {
            faults.push(format!("row {} ({}) is proven by no fixture", row.number, row.ongoing));
        }
    }
    (faults, proven)
}

fn check_fixture(
    kind: Kind,
    section: &Section,
    name: &str,
    faults: &mut Vec<String>,
    proven: &mut BTreeSet<String>,
) -> Result<(), String> {
    let source = fixture(kind, name)?;
    let mapped = body(kind, section.feed, &source)?;
    let links = links(section, name, &mapped, faults, proven)?;
    let decides: BTreeSet<String> = section.decides.iter().flat_map(|at| expand(section, at, true)).collect();

    let listed: BTreeSet<String> = links.iter().map(|link| link.body.clone()).chain(constants(section, name)).collect();
    for leaf in leaves(&mapped).into_iter().filter(|leaf| !listed.contains(leaf)) {
        if !section.always.iter().flat_map(|at| expand(section, at, false)).any(|always| always == leaf) {
            faults.push(format!("{name}: no row of the table fills {leaf}"));
        }
    }

    for leaf in leaves(&source).into_iter().filter(|leaf| !decides.contains(leaf)) {
        let mut changed = source.clone();
        let Some(place) = changed.pointer_mut(&leaf) else { continue };
        *place = another(section, place);
        let expected: BTreeSet<String> =
            links.iter().filter(|link| !link.presence && link.source == leaf).map(|link| link.body.clone()).collect();
        let found = match body(kind, section.feed, &changed) {
            Ok(after) => differences(&mapped, &after),
            Err(fault) => {
                faults.push(format!("{name}: with another value at {leaf} the record cannot be mapped: {fault}"));
                continue;
            }
        };
        if found == expected {
            let of = links.iter().filter(|link| !link.presence && link.source == leaf);
            proven.extend(of.map(|link| link.row.clone()));
        } else {
            faults.push(format!("{name}: {leaf} changes {found:?}, the table says {expected:?}"));
        }
    }
    presence(kind, section, name, &source, &mapped, &links, faults, proven)
}

/// Flags that follow the presence of a member: without it, they turn.
#[expect(clippy::too_many_arguments, reason = "one step of the check above, on the same things")]
fn presence(
    kind: Kind,
    section: &Section,
    name: &str,
    source: &Value,
    mapped: &Value,
    links: &[Link],
    faults: &mut Vec<String>,
    proven: &mut BTreeSet<String>,
) -> Result<(), String> {
    let rows: BTreeSet<&String> = links.iter().filter(|link| link.presence).map(|link| &link.row).collect();
    for row in rows {
        let mut without = source.clone();
        for link in links.iter().filter(|link| link.presence && link.row == *row) {
            if let Some(place) = without.pointer_mut(&link.source) {
                *place = Value::Null;
            }
        }
        let found = differences(mapped, &body(kind, section.feed, &without)?);
        for link in links.iter().filter(|link| link.presence && link.row == *row) {
            if found.contains(&link.body) {
                proven.insert(link.row.clone());
            } else {
                faults.push(format!("{name}: without {} the flag {} stays", link.source, link.body));
            }
        }
    }
    Ok(())
}

/// Every (source leaf, body leaf) that the table lists for a fixture; constants are checked on the way.
pub(super) fn links(
    section: &Section,
    name: &str,
    mapped: &Value,
    faults: &mut Vec<String>,
    proven: &mut BTreeSet<String>,
) -> Result<Vec<Link>, String> {
    let mut links = Vec::new();
    for row in &section.rows {
        let bodies: Vec<&String> = Row::holding(&row.bodies, name)
            .into_iter()
            .filter_map(|what| match what {
                What::Value(pointer) => Some(pointer),
                _ => None,
            })
            .collect();
        for what in Row::holding(&row.sources, name) {
            let (pointer, presence) = match what {
                What::Value(pointer) => (pointer, false),
                What::IsSet(pointer) => (pointer, true),
                What::Constant(constant) => {
                    constant_row(section, row, &bodies, constant, mapped, faults, proven);
                    continue;
                }
                What::None(_) => return Err(format!("row {}: a source is expected", row.number)),
            };
            for body in &bodies {
                for (source, body) in pairs(section, pointer, body) {
                    links.push(Link { source, presence, body, row: row.number.clone() });
                }
            }
        }
    }
    Ok(links)
}

fn constant_row(
    section: &Section,
    row: &Row,
    bodies: &[&String],
    constant: &str,
    mapped: &Value,
    faults: &mut Vec<String>,
    proven: &mut BTreeSet<String>,
) {
    let expected: Value = serde_json::from_str(constant).unwrap_or_else(|_| json!(constant));
    for at in bodies.iter().flat_map(|body| expand(section, body, false)) {
        if mapped.pointer(&at) == Some(&expected) {
            proven.insert(row.number.clone());
        } else {
            faults.push(format!("row {}: {at} is {:?}, not {expected}", row.number, mapped.pointer(&at)));
        }
    }
}

fn constants(section: &Section, name: &str) -> Vec<String> {
    let constant = |row: &&Row| matches!(Row::holding(&row.sources, name).first(), Some(What::Constant(_)));
    let rows = section.rows.iter().filter(constant);
    rows.flat_map(|row| &row.bodies)
        .filter_map(|body| match &body.what {
            What::Value(pointer) => Some(expand(section, pointer, false)),
            _ => None,
        })
        .flatten()
        .collect()
}

/// A source and a body pointer with their placeholder filled in: the same row in both, every row where only one has it.
fn pairs(section: &Section, source: &str, body: &str) -> Vec<(String, String)> {
    for (name, indices) in &section.placeholders {
        if source.contains(name) || body.contains(name) {
            let filled = |(from, to): &(usize, usize)| {
                (source.replace(name, &from.to_string()), body.replace(name, &to.to_string()))
            };
            return indices.iter().map(filled).collect();
        }
    }
    vec![(source.to_owned(), body.to_owned())]
}

fn expand(section: &Section, pointer: &str, source: bool) -> Vec<String> {
    pairs(section, pointer, pointer).into_iter().map(|(from, to)| if source { from } else { to }).collect()
}

/// Pointers of every leaf; empty lists and objects have none.
pub(super) fn leaves(value: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, all: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, value)| walk(value, &format!("{at}/{name}"), all));
            }
            Value::Array(elements) => {
                elements.iter().enumerate().for_each(|(n, value)| walk(value, &format!("{at}/{n}"), all));
            }
            _ => all.push(at.to_owned()),
        }
    }
    let mut all = Vec::new();
    walk(value, "", &mut all);
    all
}

pub(super) fn differences(before: &Value, after: &Value) -> BTreeSet<String> {
    let all: BTreeSet<String> = leaves(before).into_iter().chain(leaves(after)).collect();
    all.into_iter().filter(|leaf| before.pointer(leaf) != after.pointer(leaf)).collect()
}

/// Another value of the same kind. What is `null` or blank stays so: a value instead of none is a case of its own.
pub(super) fn another(section: &Section, value: &Value) -> Value {
    match value {
        Value::Bool(truth) => json!(!truth),
        Value::Number(number) if number.is_i64() || number.is_u64() => {
            json!(number.as_i64().unwrap_or_default() + 7)
        }
        Value::Number(_) => json!(4321.75),
        Value::String(text) => match section.words.iter().find(|(word, _)| word == text) {
            Some((_, word)) => json!(word),
            None => json!(another_text(text)),
        },
        other => other.clone(),
    }
}

/// A date stays a date; other text gets longer.
fn another_text(text: &str) -> String {
    if text.trim().is_empty() {
        return text.to_owned();
    }
    if let Ok(date) = text.parse::<jiff::civil::Date>()
        && text.len() == 10
    {
        return date.tomorrow().map_or_else(|_| text.to_owned(), |next| next.to_string());
    }
    if text.len() > 10 && text.as_bytes()[4] == b'-' && text.contains('T') {
        return text.replacen("20", "19", 1);
    }
    // Of a field of addresses the first one counts.
    if text.contains('@') {
        return format!("another.{text}");
    }
    match text.parse::<rust_decimal::Decimal>() {
        Ok(number) => (number + rust_decimal::Decimal::ONE).to_string(),
        Err(_) => format!("{text} 7"),
    }
}
