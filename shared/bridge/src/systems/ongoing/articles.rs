//! Articles and orders by their numbers, many in one call.
//!
//! The numbers stand in the address, whose query is bounded (Ongoing sheet, section 8: 2,048 characters, inferred); and a
//! number that is refused must not keep the others from being read.

use std::collections::HashMap;

use serde_json::Value;

use super::wire::{self, ExistingArticle, ExistingOrder, ExistingPurchaseOrder};
use super::{Call, Ongoing, schema};
use crate::systems::bisect::{self, Batch};
use crate::words::fault::{Fault, Result};

/// The longest query, with room for a host that counts its own way.
const QUERY: usize = 1900;

/// Articles asked for in one call.
const BATCH: usize = 50;

/// The parameter of a number.
const NUMBERS: &str = "articleNumbers";

/// What Ongoing shows of articles.
#[derive(Debug, Default)]
pub struct Articles {
    /// Those that are there, each with all that is shown of it.
    pub found: Vec<(ExistingArticle, Value)>,
    /// The numbers that cannot be read, each with its own fault, which does not pass by itself.
    pub refused: Vec<(String, Fault)>,
}

struct Numbers<'a>(&'a Ongoing);

impl Batch for Numbers<'_> {
    type Key = String;
    type Row = Value;

    async fn read(&self, numbers: &[String], once: bool) -> Result<Vec<Value>> {
        let call = self.0.by_numbers(numbers);
        let answer = self.0.client.json(&if once { call.once() } else { call }).await?;
        self.0.looked(&schema::ARTICLE, &answer, usize::MAX);
        wire::list(&answer)
    }

    async fn probe(&self) -> Result<()> {
        self.0.reads_goods_owner().await
    }

    fn has_time(&self) -> bool {
        self.0.client.has_time()
    }
}

impl Ongoing {
    fn by_numbers(&self, numbers: &[String]) -> Call {
        // Repeated keys: a comma list would be one value (Ongoing sheet, section 0).
        let filters: Vec<(&str, &str)> = numbers.iter().map(|number| (NUMBERS, number.as_str())).collect();
        self.list("articles", &filters)
    }

    /// The articles of these numbers.
    ///
    /// # Errors
    /// What concerns all of them, as classified.
    pub async fn articles(&self, numbers: &[String]) -> Result<Articles> {
        let mut articles = Articles::default();
        let bare = self.by_numbers(&[]).url.query().map_or(0, str::len);
        for batch in batches(numbers, NUMBERS, QUERY.saturating_sub(bare)) {
            let read = bisect::read(&Numbers(self), batch).await?;
            if read.done < batch.len() {
                return Err(Fault::unavailable("the time ran out"));
            }
            articles.refused.extend(read.unread.into_iter().map(|(number, fault)| (number, lasting(fault))));
            for row in read.rows {
                match (wire::one(&row), row["articleNumber"].as_str()) {
                    (Ok(article), _) => articles.found.push((article, row)),
                    (Err(fault), Some(number)) => articles.refused.push((number.to_owned(), fault)),
                    (Err(fault), None) => return Err(fault),
                }
            }
        }
        Ok(articles)
    }

    /// The orders of these numbers, each with all that is shown of it; of duplicates the oldest one counts. What is not
    /// there is left out.
    ///
    /// # Errors
    /// As classified.
    pub async fn orders_shown(&self, numbers: &[String]) -> Result<HashMap<String, (ExistingOrder, Value)>> {
        let mut found: HashMap<String, (ExistingOrder, Value)> = HashMap::new();
        for row in self.rows_of("orders", "orderNumbers", numbers).await? {
            let order: ExistingOrder = wire::one(&row)?;
            let Some(number) = order.order_info.order_number.clone() else { continue };
            let older = |(kept, _): &(ExistingOrder, Value)| kept.order_info.order_id < order.order_info.order_id;
            if !found.get(&number).is_some_and(older) {
                found.insert(number, (order, row));
            }
        }
        Ok(found)
    }

    /// As [`Ongoing::orders_shown`], of purchase orders.
    ///
    /// # Errors
    /// As classified.
    pub async fn purchase_orders_shown(
        &self,
        numbers: &[String],
    ) -> Result<HashMap<String, (ExistingPurchaseOrder, Value)>> {
        let mut found = HashMap::new();
        for row in self.rows_of("purchaseOrders", "purchaseOrderNumbers", numbers).await? {
            let order: ExistingPurchaseOrder = wire::one(&row)?;
            if let Some(number) = order.purchase_order_info.purchase_order_number.clone() {
                found.entry(number).or_insert((order, row));
            }
        }
        Ok(found)
    }

    async fn rows_of(&self, path: &str, name: &str, numbers: &[String]) -> Result<Vec<Value>> {
        let mut rows = Vec::new();
        let bare = self.list(path, &[]).url.query().map_or(0, str::len);
        for batch in batches(numbers, name, QUERY.saturating_sub(bare)) {
            let filters: Vec<(&str, &str)> = batch.iter().map(|number| (name, number.as_str())).collect();
            rows.extend(wire::list::<Value>(&self.client.json(&self.list(path, &filters)).await?)?);
        }
        Ok(rows)
    }
}

/// What holds one number alone does not pass with the next call.
fn lasting(fault: Fault) -> Fault {
    if fault.passes_by_itself() { Fault::Unexpected(format!("it cannot be read: {fault}")) } else { fault }
}

/// Splits numbers so that the parameters of this name of each part are no longer than `most`, a number that is longer by
/// itself aside.
fn batches<'a>(numbers: &'a [String], name: &str, most: usize) -> impl Iterator<Item = &'a [String]> {
    let name = name.len();
    let encoded = move |number: &String| {
        let value: usize = url::form_urlencoded::byte_serialize(number.as_bytes()).map(str::len).sum();
        "&=".len() + name + value
    };
    let mut left = numbers;
    std::iter::from_fn(move || {
        let mut length = 0;
        let fits = left.iter().take(BATCH).take_while(|number| {
            length += encoded(number);
            length <= most
        });
        let (batch, rest) = left.split_at(fits.count().max(1).min(left.len()));
        left = rest;
        (!batch.is_empty()).then_some(batch)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(numbers: &[&str], most: usize) -> Vec<usize> {
        let numbers: Vec<String> = numbers.iter().map(|number| (*number).to_owned()).collect();
        batches(&numbers, NUMBERS, most).map(<[String]>::len).collect()
    }

    #[test]
    fn batches_are_bounded_by_their_encoded_length_and_lose_nothing() {
        assert_eq!(lengths(&[], 100), [0; 0]);
        // 16 characters of `&articleNumbers=`, and one each.
        assert_eq!(lengths(&["a", "b", "c"], 34), [2, 1]);
        assert_eq!(lengths(&["a", "b", "c"], 33), [1, 1, 1]);
        // An umlaut is six characters.
        assert_eq!(lengths(&["ä", "b"], 38), [1, 1]);
        assert_eq!(lengths(&["ä", "b"], 39), [2]);
        assert_eq!(lengths(&["a", &"x".repeat(99), "b"], 50), [1, 1, 1]);
        assert_eq!(lengths(&["a"; 120], 10_000), [50, 50, 20]);
    }
}
