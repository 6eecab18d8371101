//! `tenant show`: the item with its defaults, the position of its feeds, what is parked and why.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bridge::tenant::Tenant;
use serde_json::{Value, json};

use super::defaults;
use crate::deployment::Deployment;
use crate::output::{Failure, Output};
use crate::parked::{self, ParkedRecord};
use crate::table::table;

pub async fn run(deployment: &Deployment, id: &str) -> Result<Output, Failure> {
    let (_, stored) = deployment.stored(id).await?;
    let read = Tenant::parse(&stored, deployment.stack.allows_local());
    let (item, faults) = match &read {
        Ok(tenant) => (defaults::filled(&stored, tenant.erp.kind), Vec::new()),
        Err(faults) => (stored, faults.iter().map(ToString::to_string).collect()),
    };
    let cursors: BTreeMap<String, Value> = deployment
        .index(id, "cursor#")
        .await?
        .0
        .into_iter()
        .map(|item| (item.sk.trim_start_matches("cursor#").to_owned(), item.body))
        .collect();
    let parked = parked::of(deployment, id).await?;
    let json = json!({
        "item": item, "valid": faults.is_empty(), "faults": faults, "cursors": cursors, "parked": reasons(&parked),
    });
    let mut text = format!("{item:#}\n");
    for fault in &faults {
        let _ = write!(text, "\nnot valid: {fault}");
    }
    let rows: Vec<Vec<String>> = cursors
        .iter()
        .map(|(feed, body)| {
            vec![feed.clone(), body["moved_at"].as_str().unwrap_or_default().to_owned(), begins(&body["cursor"])]
        })
        .collect();
    let feeds = if rows.is_empty() {
        "no feed was pulled yet".to_owned()
    } else {
        table(&["feed", "moved at", "the next pull begins at"], rows)
    };
    let _ = write!(text, "\n{feeds}\n\n{}", parked_table(&parked));
    Ok(Output::of(faults.is_empty(), json, text))
}

/// Where the next pull begins: a moment where the cursor has one, else the words of the ERP's adapter.
fn begins(cursor: &Value) -> String {
    let at = cursor.as_object().and_then(|members| members.values().next()).unwrap_or(cursor);
    at["since"].as_str().or_else(|| at.as_str()).map_or_else(|| at.to_string(), str::to_owned)
}

/// How many wait, by feed and reason.
fn reasons(parked: &[ParkedRecord]) -> Vec<Value> {
    let rows = counted(parked).into_iter();
    rows.map(|((feed, reason), count)| json!({ "feed": feed, "reason": reason, "count": count })).collect()
}

fn counted(parked: &[ParkedRecord]) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    for one in parked {
        *counts.entry((one.feed.clone(), one.reason.clone())).or_default() += 1;
    }
    counts
}

fn parked_table(parked: &[ParkedRecord]) -> String {
    if parked.is_empty() {
        return "nothing is parked".to_owned();
    }
    let rows = counted(parked).into_iter();
    table(&["feed", "parked", "reason"], rows.map(|((feed, reason), count)| vec![feed, count.to_string(), reason]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_told_by_its_moment_where_it_has_one() {
        let moment = "2026-01-01T00:00:00Z";
        assert_eq!(begins(&json!("beginning")), "beginning");
        assert_eq!(begins(&json!({ "since": moment })), moment);
        assert_eq!(begins(&json!({ "at": { "since": moment, "page": 2 } })), moment);
        assert_eq!(begins(&json!({ "at": { "page": 2 } })), r#"{"page":2}"#);
    }
}
