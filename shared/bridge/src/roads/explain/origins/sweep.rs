//! Changes the members of a source record one at a time, and notes what of the body moves with each.
//!
//! A row is mapped alone, with the head of its record, where its part and its row of the body are the same alone as among the
//! others: else an order of many rows would be mapped whole for each member of each. Where they are not, as in a bundle, it is.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Input, Origins, differences, is_empty, leaves, row_of};
use crate::systems::erps;
use crate::systems::mapping_table::{Document, Section, fits};
use crate::words::feed::Feed;

/// The lists of a body's rows.
const LISTS: [&str; 3] = ["/orderLines", "/advanced/orderTextLines", "/purchaseOrderLines"];

/// A sweep over a record.
pub(super) struct Sweep<'a> {
    pub input: &'a Input<'a>,
    pub document: &'a Document,
    pub origins: &'a mut Origins,
}

/// A record that is swept, and what its pointers are called in the whole one.
struct Part<'a> {
    source: &'a Value,
    body: &'a Value,
    /// The row of the source here and in the whole record.
    row: Option<(String, String)>,
    /// The row of the body here and in the whole one.
    line: Option<(String, String)>,
}

impl Part<'_> {
    fn whole(pointer: &str, names: Option<&(String, String)>) -> String {
        let renamed = names.and_then(|(here, there)| Some(format!("{there}{}", pointer.strip_prefix(here.as_str())?)));
        renamed.unwrap_or_else(|| pointer.to_owned())
    }
}

impl Sweep<'_> {
    /// Sweeps the record whose body is `body`.
    pub(super) fn run(mut self, body: &Value) {
        let source = self.input.source;
        let list = erps::rows_at(self.input.kind, self.input.feed);
        let rows = list.and_then(|list| source.pointer(list)).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let (of_rows, head): (Vec<String>, Vec<String>) = leaves(source).into_iter().partition(|leaf| {
            list.is_some_and(|list| leaf.strip_prefix(list).is_some_and(|rest| rest.starts_with('/')))
        });
        let whole = Part { source, body, row: None, line: None };
        self.part(&whole, &head);
        let Some(list) = list else { return };
        let parts = erps::parts(self.input.kind, self.input.feed, source, self.input.settings);
        let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
        let mut alone = source.clone();
        for (at, row) in rows.iter().enumerate() {
            put(&mut alone, list, json!([row]));
            if !self.row_alone(&alone, body, list, at, &parts, &mut lines) {
                let prefix = format!("{list}/{at}/");
                let own: Vec<String> = of_rows.iter().filter(|leaf| leaf.starts_with(&prefix)).cloned().collect();
                self.part(&whole, &own);
            }
        }
    }

    /// Sweeps a row alone; whether it is the same so.
    fn row_alone(
        &mut self,
        alone: &Value,
        body: &Value,
        list: &str,
        at: usize,
        parts: &[(String, erps::rows::Part)],
        lines: &mut BTreeMap<&str, usize>,
    ) -> bool {
        let input = Input { source: alone, ..*self.input };
        let part = |parts: &[(String, erps::rows::Part)], at: usize| parts.get(at).map(|(_, part)| *part);
        if part(&erps::parts(input.kind, input.feed, alone, input.settings), 0) != part(parts, at) {
            return false;
        }
        let Ok(mapped) = input.named() else { return false };
        let line = LISTS.iter().find(|list| mapped.pointer(&format!("{list}/0")).is_some());
        let mut names = None;
        if let Some(line) = line {
            let place = lines.entry(*line).or_default();
            let (here, there) = (format!("{line}/0"), format!("{line}/{place}"));
            if mapped.pointer(&here) != body.pointer(&there) {
                return false;
            }
            *place += 1;
            names = Some((here, there));
        }
        let row = (format!("{list}/0"), format!("{list}/{at}"));
        let own: Vec<String> = leaves(alone).into_iter().filter(|leaf| row_of(leaf) == Some(&row.0)).collect();
        self.part(&Part { source: alone, body: &mapped, row: Some(row), line: names }, &own);
        true
    }

    fn part(&mut self, part: &Part<'_>, leaves: &[String]) {
        let input = self.input;
        let parts = erps::parts(input.kind, input.feed, part.source, input.settings);
        let mut changed = part.source.clone();
        for leaf in leaves {
            let Some(now) = part.source.pointer(leaf) else { continue };
            let named = Part::whole(leaf, part.row.as_ref());
            for instead in others(now) {
                put(&mut changed, leaf, instead);
                let parts_now = || erps::parts(input.kind, input.feed, &changed, input.settings);
                if decides(self.document, input.feed, leaf) || row_of(leaf).is_some() && parts_now() != parts {
                    self.origins.decide.insert(named);
                    break;
                }
                // With a word that is none of a closed list there may be no body: then the member is left out.
                let Ok(after) = (Input { source: &changed, ..*input }).named() else { continue };
                if rows(part.body) != rows(&after) {
                    self.origins.decide.insert(named);
                    break;
                }
                for member in differences(part.body, &after) {
                    let member = Part::whole(&member, part.line.as_ref());
                    if let (Some(row), Some(line)) = (row_of(&named), row_of(&member)) {
                        self.origins.rows.entry(line.to_owned()).or_insert_with(|| row.to_owned());
                    }
                    self.origins.members.entry(member).or_default().leaves.push(named.clone());
                }
                break;
            }
            put(&mut changed, leaf, now.clone());
        }
    }
}

/// Whether the table says of a member that it decides what becomes of the record or of a row, and of no row that its value
/// goes anywhere.
fn decides(document: &Document, feed: Feed, leaf: &str) -> bool {
    let listed = |section: &&Section| section.decides.iter().any(|at| fits(at, leaf));
    let taken = || document.of_feed(feed).flat_map(|section| &section.rows).any(|row| row.takes(leaf));
    document.of_feed(feed).any(|section| listed(&section)) && !taken()
}

/// How many rows a body has of each kind.
fn rows(body: &Value) -> [usize; 3] {
    ["/orderLines", "/advanced/orderTextLines", "/purchaseOrderLines"]
        .map(|list| body.pointer(list).and_then(Value::as_array).map_or(0, Vec::len))
}

fn put(record: &mut Value, pointer: &str, value: Value) {
    if let Some(place) = record.pointer_mut(pointer) {
        *place = value;
    }
}

/// Other values of the same kind, the likeliest first, and none as the last.
fn others(value: &Value) -> Vec<Value> {
    if is_empty(value) {
        return Vec::new();
    }
    let other = match value {
        Value::Bool(truth) => json!(!truth),
        Value::Number(number) => match number.as_i64() {
            Some(number) => json!(number.wrapping_add(7)),
            None => json!(number.as_f64().unwrap_or_default() + 7.5),
        },
        Value::String(text) => json!(other_text(text)),
        Value::Null | Value::Array(_) | Value::Object(_) => return Vec::new(),
    };
    vec![other, Value::Null]
}

/// A date stays a date and a moment a moment; of an address the first of several counts.
fn other_text(text: &str) -> String {
    let text = text.trim();
    if let Some((day, rest)) = text.split_at_checked(10)
        && let Ok(day) = day.parse::<Date>()
        && let Ok(other) = day.checked_add(2.days())
    {
        return format!("{other}{rest}");
    }
    if text.contains('@') {
        return format!("another.{text}");
    }
    match text.parse::<Decimal>() {
        Ok(number) => number.checked_add(Decimal::ONE).map_or_else(|| format!("{text}7"), |other| other.to_string()),
        Err(_) => format!("{text} 7"),
    }
}
