//! Rows of one article in one order. Whether they stay apart in Ongoing is not known (`ongoing.same-article`): they may become
//! one row with the pieces of all, which is as good, or one row with the pieces of the last. So the pieces are looked at after
//! the write, and where some are missing the rows are sent as one.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::systems::ongoing::Ongoing;
use crate::systems::ongoing::wire::ExistingOrder;
use crate::words::fault::{Fault, Result};
use crate::words::wire;

/// What became of the rows that were sent.
pub(super) enum Rows {
    /// All their pieces are there.
    Stand,
    /// They are, since the rows of one article were sent as one: this body.
    Joined(Value),
    /// They are not, and why.
    Lost(String),
}

/// Looks at an order after it was written with this body. One that names no article twice needs no look.
pub(super) async fn looked_after(ongoing: &Ongoing, number: &str, body: &Value) -> Result<Rows> {
    let wanted = named_twice(body);
    if wanted.is_empty() || missing(&wanted, ongoing.order(number).await?.as_ref()).is_none() {
        return Ok(Rows::Stand);
    }
    let joined = joined(body);
    let refused = match ongoing.put_order(number, &joined).await {
        Ok(_) => None,
        Err(Fault::Rejected { why, .. }) => Some(why),
        Err(fault) => return Err(fault),
    };
    Ok(match missing(&wanted, ongoing.order(number).await?.as_ref()) {
        None => Rows::Joined(joined),
        Some(article) => {
            let why = refused.map(|why| format!("; sent as one row it was refused: {why}")).unwrap_or_default();
            Rows::Lost(format!(
                "the order has several rows of article {article}, and Ongoing does not show the pieces of all \
                 (ongoing.same-article): they are to be put right there{why}"
            ))
        }
    })
}

fn lines(body: &Value) -> &[Value] {
    body["orderLines"].as_array().map_or(&[], Vec::as_slice)
}

fn pieces(row: &Value) -> Decimal {
    wire::exact(&row["numberOfItems"].to_string()).unwrap_or_default()
}

/// The pieces of each article that is on several rows.
fn named_twice(body: &Value) -> BTreeMap<String, Decimal> {
    let mut all: BTreeMap<&str, (usize, Decimal)> = BTreeMap::new();
    for row in lines(body) {
        let (rows, sum) = all.entry(row["articleNumber"].as_str().unwrap_or_default()).or_default();
        (*rows, *sum) = (*rows + 1, sum.saturating_add(pieces(row)));
    }
    let several = all.into_iter().filter(|(_, (rows, _))| *rows > 1);
    several.map(|(article, (_, sum))| (article.to_owned(), sum)).collect()
}

/// An article of which Ongoing shows other pieces. Of one that it shows under another spelling nothing can be said.
fn missing<'a>(wanted: &'a BTreeMap<String, Decimal>, shown: Option<&ExistingOrder>) -> Option<&'a str> {
    let of = |article: &str| {
        let rows = shown?
            .order_lines
            .iter()
            .filter(|row| row.article.as_ref().is_some_and(|shown| shown.article_number.as_deref() == Some(article)));
        rows.map(|row| row.ordered_number_of_items.unwrap_or_default()).reduce(Decimal::saturating_add)
    };
    let is_missing = |(article, sum): &(&String, &Decimal)| of(article).is_some_and(|shown| shown != **sum);
    wanted.iter().find(is_missing).map(|(article, _)| article.as_str())
}

/// The body with one row for each article, the first of its rows that has pieces: the pieces and the totals of all.
fn joined(body: &Value) -> Value {
    const TOTALS: [&str; 2] = ["/prices/linePrice", "/prices/customerLinePrice"];
    let mut rows: Vec<Value> = Vec::new();
    for row in lines(body) {
        match rows.iter_mut().find(|first| first["articleNumber"] == row["articleNumber"]) {
            Some(first) if !pieces(first).is_zero() => {
                first["numberOfItems"] = wire::number(pieces(first).saturating_add(pieces(row)));
                for at in TOTALS {
                    let total = |row: &Value| wire::exact(&row.pointer(at)?.to_string()).ok();
                    if let (Some(one), Some(other)) = (total(first), total(row))
                        && let Some(sum) = first.pointer_mut(at)
                    {
                        *sum = wire::number(one.saturating_add(other));
                    }
                }
            }
            Some(first) => *first = row.clone(),
            None => rows.push(row.clone()),
        }
    }
    let mut joined = body.clone();
    joined["orderLines"] = Value::Array(rows);
    joined
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(number: &str, article: &str, pieces: u32, total: &str) -> Value {
        let total: Value = serde_json::from_str(total).unwrap();
        json!({"rowNumber": number, "articleNumber": article, "numberOfItems": pieces, "prices": {"linePrice": total}})
    }

    #[test]
    fn rows_of_one_article_are_joined_with_their_pieces_and_totals() {
        let rows = [row("1", "A", 0, "0"), row("2", "A", 2, "3.5"), row("3", "B", 1, "1"), row("4", "A", 3, "1.25")];
        let body = json!({"orderNumber": "7", "orderLines": rows});
        assert_eq!(named_twice(&body), BTreeMap::from([("A".to_owned(), Decimal::from(5))]));
        let joined = joined(&body);
        let expected = json!([row("2", "A", 5, "4.75"), row("3", "B", 1, "1")]);
        assert_eq!(joined["orderLines"].to_string(), expected.to_string());
        assert_eq!(joined["orderNumber"], "7");
        assert!(named_twice(&joined).is_empty());
    }
}
