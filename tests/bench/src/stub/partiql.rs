//! The statements of PartiQL that a batch of conditional writes has:
//! `INSERT INTO "t" VALUE {'pk': ?, ...}` and `UPDATE "t" SET rev = ?, body = ? WHERE pk = ? AND sk = ? AND rev = ?`.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use super::table::{Refused, Statement, Table};

fn invalid(why: impl Into<String>) -> Refused {
    Refused("ValidationException", why.into())
}

pub(super) fn run(table: &mut Table, statement: &Statement<'_>) -> Result<(), Refused> {
    let text = statement.statement.trim();
    let unknown = || invalid(format!("the stub has no statement {text}"));
    if text.matches('?').count() != statement.parameters.len() {
        return Err(invalid("the number of parameters is not the number of question marks"));
    }
    if let Some((_, value)) = text.strip_prefix("INSERT INTO ").and_then(|rest| rest.split_once(" VALUE ")) {
        let members = value.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).ok_or_else(unknown)?;
        let names = members.split(',').map(|member| name(member, ':')).collect::<Option<Vec<_>>>();
        let members = names.ok_or_else(unknown)?.into_iter().zip(statement.parameters.iter().copied());
        return table.insert(&object(members)?);
    }
    let rest = text.strip_prefix("UPDATE ").and_then(|rest| rest.split_once(" SET ")).ok_or_else(unknown)?.1;
    let (set, conditions) = rest.split_once(" WHERE ").ok_or_else(unknown)?;
    let set = set.replace(" SET ", ",");
    let set = set.split(',').map(|part| name(part, '=')).collect::<Option<Vec<_>>>().ok_or_else(unknown)?;
    let wheres = conditions.split(" AND ").map(|part| name(part, '=')).collect::<Option<Vec<_>>>();
    let wheres = wheres.ok_or_else(unknown)?;
    let (new, old) = statement.parameters.split_at(set.len());
    let of = |wanted: &str| {
        let at = wheres.iter().position(|name| *name == wanted).ok_or_else(unknown)?;
        let value: Value = serde_json::from_str(old[at].get()).map_err(|error| invalid(error.to_string()))?;
        let text = value["S"].as_str().or_else(|| value["N"].as_str()).map(str::to_owned);
        text.ok_or_else(|| invalid("a condition is compared with a text or a number"))
    };
    let item = table.of_revision(&of("pk")?, &of("sk")?, &of("rev")?)?;
    let mut all: BTreeMap<&str, &RawValue> = item.iter().map(|(name, value)| (name.as_str(), value.as_ref())).collect();
    all.extend(set.iter().copied().zip(new.iter().copied()));
    table.replace(&object(all.into_iter())?)
}

/// The name before a mark and a question mark.
fn name(part: &str, mark: char) -> Option<&str> {
    let (name, value) = part.split_once(mark)?;
    (value.trim() == "?").then(|| name.trim().trim_matches(['\'', '"']))
}

fn object<'a>(members: impl Iterator<Item = (&'a str, &'a RawValue)>) -> Result<String, Refused> {
    let members: BTreeMap<&str, &RawValue> = members.collect();
    serde_json::to_string(&members).map_err(|error| invalid(error.to_string()))
}
