//! What a PUT means by an article, an order or a purchase order, and what becomes of the rows of the latter two.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::owner::{House, OrderLine, Owner, PurchaseOrderLine};
use super::refusal;
use super::values::{Merging, decimal, merge, text};
use crate::Response;

/// The one that is written: with an id that one, else the one that has the number, else none yet. A number that another
/// one has is refused.
pub(super) fn existing(target: Option<i64>, holder: Option<i64>, taken: &str) -> Result<Option<i64>, Response> {
    match (target, holder) {
        (Some(target), Some(holder)) if target != holder => Err(refusal::message(400, taken)),
        _ => Ok(target.or(holder)),
    }
}

/// A row of a body: its number, its article, all of it.
pub(super) type WrittenRow = (String, i64, Map<String, Value>);

/// The rows of a body with their articles; row numbers are unique in the body, and the articles known.
pub(super) fn rows(owner: &Owner, lines: &Value) -> Result<Vec<WrittenRow>, Response> {
    let mut rows: Vec<WrittenRow> = Vec::new();
    for line in lines.as_array().into_iter().flatten().filter_map(Value::as_object) {
        let row = text(line, "rowNumber").unwrap_or_default().to_owned();
        let article = owner.known_article(text(line, "articleNumber").unwrap_or_default())?;
        if rows.iter().any(|(other, ..)| *other == row) {
            return Err(refusal::message(400, &format!("The row number '{row}' occurs more than once.")));
        }
        if owner.rules.refuses_nothing
            && line.get("numberOfItems").and_then(decimal).unwrap_or_default() <= Decimal::ZERO
        {
            return Err(refusal::message(
                400,
                &format!("The number of items of row '{row}' must be greater than zero."),
            ));
        }
        for part in line.get("subOrderLines").and_then(Value::as_array).into_iter().flatten() {
            owner.known_article(part["articleNumber"].as_str().unwrap_or_default())?;
        }
        rows.push((row, article, line.clone()));
    }
    Ok(rows)
}

/// A row as it is stored.
pub(super) trait Line: Sized {
    /// Its number in the document.
    fn row(&self) -> &str;
    /// Its id, and all members ever written.
    fn stored(&self) -> (i64, &Map<String, Value>);
    /// The row anew, with nothing done to it in the warehouse.
    fn new(id: i64, row: String, article: i64, head: Map<String, Value>) -> Self;
}

/// The rows after a write: a row keeps its id by its number. `keeps`: rows that are left out stay.
pub(super) fn lines<L: Line>(
    house: &mut House,
    mut before: Vec<L>,
    written: Vec<WrittenRow>,
    merging: Merging,
    keeps: bool,
) -> Vec<L> {
    let mut lines = Vec::new();
    for (row, article, head) in written {
        let known = before.iter().position(|line| line.row() == row).map(|index| before.remove(index));
        let (id, head) = match known.as_ref().map(Line::stored) {
            Some((id, stored)) => (id, merge(stored, &head, merging)),
            None => (house.line_ids.next(), merge(&Map::new(), &head, Merging::NEW)),
        };
        lines.push(L::new(id, row, article, head));
    }
    if keeps {
        lines.extend(before);
    }
    lines
}

fn quantity(head: &Map<String, Value>) -> Decimal {
    head.get("numberOfItems").and_then(decimal).unwrap_or_default()
}

impl Line for OrderLine {
    fn row(&self) -> &str {
        &self.row
    }

    fn stored(&self) -> (i64, &Map<String, Value>) {
        (self.id, &self.head)
    }

    fn new(id: i64, row: String, article: i64, head: Map<String, Value>) -> Self {
        let ordered = quantity(&head);
        let (allocated, picked) = (Decimal::ZERO, Decimal::ZERO);
        Self { id, row, article, ordered, head, allocated, picked, reported: None, items: Vec::new() }
    }
}

impl Line for PurchaseOrderLine {
    fn row(&self) -> &str {
        &self.row
    }

    fn stored(&self) -> (i64, &Map<String, Value>) {
        (self.id, &self.head)
    }

    fn new(id: i64, row: String, article: i64, head: Map<String, Value>) -> Self {
        let advised = quantity(&head);
        Self { id, row, article, advised, head, received: Decimal::ZERO, reported: None, items: Vec::new() }
    }
}
