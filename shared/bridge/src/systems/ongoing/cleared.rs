//! Values that were there and are empty now. A member that is left out of a write is left alone, or may be (Ongoing sheet,
//! sections 2.1 and 8): a bar code that moves from one article to another would stay on both. So what our last body had and
//! this one has not goes as an explicit `null`, and nothing else does: what a person wrote in Ongoing is not ours to clear.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::diff::between;
use crate::state::ledger::SentRows;
use crate::words::feed::Feed;

/// Members that no body is without.
const REQUIRED: [&str; 6] =
    ["/goodsOwnerId", "/articleNumber", "/orderNumber", "/purchaseOrderNumber", "/deliveryDate", "/consignee"];

/// The members of a body that have a value, as JSON pointers; rows are replaced whole, and are not among them.
#[must_use]
pub fn members(body: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, all: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, value)| walk(value, &format!("{at}/{name}"), all))
            }
            Value::Null | Value::Array(_) => {}
            _ => all.push(at.to_owned()),
        }
    }
    let mut all = Vec::new();
    walk(body, "", &mut all);
    all.retain(|member| !REQUIRED.contains(&member.as_str()));
    all
}

/// The lists of rows in a body; text rows are told by the same members.
const LISTS: [&str; 3] = ["/orderLines", "/purchaseOrderLines", "/advanced/orderTextLines"];

/// Members that no row is without, or that say how much.
const OF_EVERY_ROW: [&str; 3] = ["/rowNumber", "/articleNumber", "/numberOfItems"];

/// Characters of row numbers that are kept of a body: beyond it nothing is known of its rows, and nothing is cleared in them.
const MOST: usize = 32 * 1024;

/// The members of a body's rows that have a value, by rows that have the same.
#[must_use]
pub fn rows(body: &Value) -> Vec<SentRows> {
    let mut found: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for row in LISTS.iter().filter_map(|list| body.pointer(list)?.as_array()).flatten() {
        let mut had = members(row);
        had.retain(|member| !OF_EVERY_ROW.contains(&member.as_str()));
        if let (false, Some(number)) = (had.is_empty(), row["rowNumber"].as_str()) {
            found.entry(had).or_default().push(number.to_owned());
        }
    }
    let size: usize = found.values().flatten().map(String::len).sum();
    if size > MOST {
        return Vec::new();
    }
    found.into_iter().map(|(members, rows)| SentRows { members, rows }).collect()
}

/// Says `null` for what a row of the last body had and the same row of this one has not.
pub fn clear_rows(body: &mut Value, had: &[SentRows]) {
    for list in LISTS {
        for row in body.pointer_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            let Some(number) = row["rowNumber"].as_str().map(str::to_owned) else { continue };
            for sent in had.iter().filter(|sent| sent.rows.contains(&number)) {
                clear(row, &sent.members);
            }
        }
    }
}

/// Says `null` for what the last body had and this one has not. Of a code and its name the pair is said to be none: half a
/// pair may be no pair.
pub fn clear(body: &mut Value, had: &[String]) {
    for member in had {
        if body.pointer(member).is_some() {
            continue;
        }
        let pair = member.strip_suffix("/code").or_else(|| member.strip_suffix("/name"));
        let pair = pair.filter(|pair| had.contains(&format!("{pair}/code")) && had.contains(&format!("{pair}/name")));
        match pair {
            Some(pair) if body.pointer(pair).is_none() => set_null(body, pair),
            // The pair is there with another value, or is said to be none by now.
            Some(_) => {}
            None => set_null(body, member),
        }
    }
}

/// Whether a body says of anything that it is empty.
#[must_use]
pub fn clears(body: &Value) -> bool {
    match body {
        Value::Object(members) => members.values().any(|value| value.is_null() || clears(value)),
        Value::Array(rows) => rows.iter().any(clears),
        _ => false,
    }
}

/// What a write said to be empty and Ongoing still shows: whether an explicit `null` clears is not known (Ongoing sheet,
/// section 8).
#[must_use]
pub fn left(feed: Feed, body: &Value, shown: &Value) -> Vec<String> {
    let changes = between(feed, body, shown).changes.into_iter();
    changes.filter(|change| change.after.is_null()).map(|change| change.path).collect()
}

fn set_null(body: &mut Value, pointer: &str) {
    let mut place = body;
    for name in pointer.split('/').skip(1) {
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        let Some(members) = place.as_object_mut() else { return };
        place = members.entry(name).or_insert(Value::Null);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_was_sent_and_is_gone_is_cleared() {
        let before = json!({"goodsOwnerId": 1, "articleNumber": "A", "articleName": "x", "weight": 2,
            "barCodeInfo": {"barCode": "7"}, "articleGroup": {"code": "G", "name": "Group"},
            "supplierInfo": {"supplierNumber": "1", "advanced": {"supplierAddress": {"city": "Oslo"}}}});
        let had = members(&before);
        let mut body = json!({"goodsOwnerId": 1, "articleNumber": "A", "articleName": "y", "supplierInfo": {"supplierNumber": "1"}});
        clear(&mut body, &had);
        let expected = json!({"goodsOwnerId": 1, "articleNumber": "A", "articleName": "y", "weight": null,
            "barCodeInfo": {"barCode": null}, "articleGroup": null,
            "supplierInfo": {"supplierNumber": "1", "advanced": {"supplierAddress": {"city": null}}}});
        assert_eq!(body, expected);
        // What is none is not sent again.
        assert!(!members(&body).contains(&"/weight".to_owned()));
        let mut same = before.clone();
        clear(&mut same, &had);
        assert_eq!(same, before);
    }

    #[test]
    fn a_row_is_cleared_of_what_it_had_itself() {
        let row = |number: &str, more: Value| {
            let mut row = json!({"rowNumber": number, "articleNumber": "A", "numberOfItems": 1});
            row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            row
        };
        let full = json!({"comment": "x", "prices": {"discountPercentage": 5}});
        let before = json!({"orderLines": [row("1", full.clone()), row("2", json!({})), row("3", full.clone())],
            "advanced": {"orderTextLines": [{"rowNumber": "4", "numberOfItems": 1, "comment": "read"}]}});
        let had = rows(&before);
        assert_eq!(had.iter().map(|sent| sent.rows.len()).collect::<Vec<_>>(), [1, 2]);
        let mut body = json!({"orderLines": [row("1", json!({})), row("2", json!({})), row("3", full.clone())],
            "advanced": {"orderTextLines": [{"rowNumber": "4", "numberOfItems": 1}]}});
        clear_rows(&mut body, &had);
        let expected = json!({
            "orderLines": [
                row("1", json!({"comment": null, "prices": {"discountPercentage": null}})), row("2", json!({})), row("3", full),
            ],
            "advanced": {"orderTextLines": [{"rowNumber": "4", "numberOfItems": 1, "comment": null}]}});
        assert_eq!(body, expected);
        let many: Vec<Value> = (0..3000).map(|n| row(&format!("{n:036}"), json!({"comment": "x"}))).collect();
        assert_eq!(rows(&json!({ "orderLines": many })), [], "what is kept of rows is bounded");
    }
}
