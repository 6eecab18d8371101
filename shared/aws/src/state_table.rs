//! The state table in DynamoDB.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use bridge::ports::{Item, Put, State};
use bridge::words::fault::{Fault, Result};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::error_mapping::fault;
use crate::item::{Attributes, item, key};
use crate::state_writes::{Writes, settled};

/// Keys of one BatchGetItem.
const BATCH: usize = 100;

/// Batches of many partitions that are asked side by side.
const AT_ONCE: usize = 8;

/// Times a batch is asked for what it left out.
const ROUNDS: u32 = 6;

/// The state table: `pk`, `sk`, `rev` (N), `body` in plain attributes, `expires` (N, seconds, the table's TTL attribute).
///
/// DynamoDB writes a number in its own way (`1.50` as `1.5`): a body comes back with equal numbers, not always with the
/// same text. An item past `expires` that is not removed yet still counts.
pub struct StateTable {
    client: Client,
    table: String,
    writes: Writes,
}

impl StateTable {
    /// The table of this name.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        let table = table.into();
        Self { writes: Writes::new(client.clone(), table.clone()), client, table }
    }

    /// Batch by batch, so many side by side.
    async fn batches<'k>(&self, places: impl Iterator<Item = (&'k str, &'k str)>, at_once: usize) -> Result<Vec<Item>> {
        // BatchGetItem refuses a key that is named twice.
        let places: Vec<(&str, &str)> = places.collect::<BTreeSet<_>>().into_iter().collect();
        let read = stream::iter(places.chunks(BATCH)).map(|some| self.batch(some)).buffer_unordered(at_once);
        Ok(read.try_collect::<Vec<_>>().await?.concat())
    }

    /// One batch, asked again for what DynamoDB leaves out when it is busy.
    async fn batch(&self, places: &[(&str, &str)]) -> Result<Vec<Item>> {
        let mut keys: Vec<Attributes> = places.iter().map(|(pk, sk)| key(pk, sk)).collect();
        let mut found = Vec::with_capacity(keys.len());
        for round in 0..ROUNDS {
            let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
            let wanted = wanted.map_err(|_| Fault::Unexpected("BatchGetItem: the call cannot be built".into()))?;
            let asked = self.client.batch_get_item().request_items(&self.table, wanted).send().await;
            let answer = asked.map_err(|error| fault("BatchGetItem", &error))?;
            for attributes in answer.responses.unwrap_or_default().remove(&self.table).unwrap_or_default() {
                found.push(item(attributes)?);
            }
            let left_out = answer.unprocessed_keys.unwrap_or_default().remove(&self.table);
            keys = left_out.map(|left_out| left_out.keys).unwrap_or_default();
            if keys.is_empty() {
                return Ok(found);
            }
            tokio::time::sleep(Duration::from_millis(50 << round)).await;
        }
        Err(Fault::unavailable(format!("BatchGetItem: {} keys were left out {ROUNDS} times", keys.len())))
    }

    /// Items of one partition whose sort key begins with `prefix`, at most `limit`, from the first or from the last on.
    async fn query(&self, pk: &str, prefix: &str, limit: usize, from_the_first: bool) -> Result<Vec<Item>> {
        let mut found = Vec::new();
        let mut from: Option<Attributes> = None;
        while found.len() < limit {
            let mut call = self.client.query().table_name(&self.table).consistent_read(true);
            call = call.scan_index_forward(from_the_first);
            call = call.expression_attribute_values(":pk", AttributeValue::S(pk.into()));
            call = if prefix.is_empty() {
                call.key_condition_expression("pk = :pk")
            } else {
                call.key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                    .expression_attribute_values(":prefix", AttributeValue::S(prefix.into()))
            };
            let rest = i32::try_from(limit - found.len()).unwrap_or(i32::MAX);
            let asked = call.limit(rest).set_exclusive_start_key(from).send().await;
            let answer = asked.map_err(|error| fault("Query", &error))?;
            for attributes in answer.items.unwrap_or_default() {
                found.push(item(attributes)?);
            }
            from = answer.last_evaluated_key.filter(|key| !key.is_empty());
            if from.is_none() {
                break;
            }
        }
        Ok(found)
    }

    /// The sort keys under a prefix with the `number` of each item: the items whole would be many times as much.
    ///
    /// # Errors
    /// When the table cannot be reached.
    pub async fn numbers(&self, pk: &str, prefix: &str) -> Result<Vec<(String, String)>> {
        let call = self.client.query().table_name(&self.table);
        let call = call.key_condition_expression("pk = :pk AND begins_with(sk, :prefix)");
        let call = call.projection_expression("sk, body.#number").expression_attribute_names("#number", "number");
        let call = call.expression_attribute_values(":pk", AttributeValue::S(pk.into()));
        let call = call.expression_attribute_values(":prefix", AttributeValue::S(prefix.into()));
        let mut found = Vec::new();
        let mut pages = call.into_paginator().send();
        while let Some(page) = pages.next().await {
            for attributes in page.map_err(|error| fault("Query", &error))?.items.unwrap_or_default() {
                let sk = attributes.get("sk").and_then(|sk| sk.as_s().ok());
                let number =
                    attributes.get("body").and_then(|body| body.as_m().ok()).and_then(|body| body.get("number"));
                let number = number.and_then(|number| number.as_s().ok());
                found.extend(sk.cloned().zip(number.cloned()));
            }
        }
        Ok(found)
    }
}

#[async_trait(?Send)]
impl State for StateTable {
    async fn get(&self, pk: &str, sk: &str) -> Result<Option<Item>> {
        let call = self.client.get_item().table_name(&self.table).set_key(Some(key(pk, sk))).consistent_read(true);
        let answer = call.send().await.map_err(|error| fault("GetItem", &error))?;
        answer.item.map(item).transpose()
    }

    async fn get_many(&self, pk: &str, sks: &[String]) -> Result<Vec<Item>> {
        self.batches(sks.iter().map(|sk| (pk, sk.as_str())), 1).await
    }

    async fn get_across(&self, keys: &[(String, String)]) -> Result<Vec<Item>> {
        self.batches(keys.iter().map(|(pk, sk)| (pk.as_str(), sk.as_str())), AT_ONCE).await
    }

    async fn list(&self, pk: &str, prefix: &str, limit: usize) -> Result<Vec<Item>> {
        self.query(pk, prefix, limit, true).await
    }

    async fn list_last(&self, pk: &str, prefix: &str, limit: usize) -> Result<Vec<Item>> {
        self.query(pk, prefix, limit, false).await
    }

    // Filtered by the table.
    async fn numbered(&self, pk: &str, prefix: &str, number: &str) -> Result<Vec<Item>> {
        let call = self.client.query().table_name(&self.table).consistent_read(true);
        let call = call.key_condition_expression("pk = :pk AND begins_with(sk, :prefix)");
        // `number` is a word that expressions reserve for themselves.
        let call = call.filter_expression("body.#number = :number").expression_attribute_names("#number", "number");
        let values = [(":pk", pk), (":prefix", prefix), (":number", number)];
        let call = values
            .into_iter()
            .fold(call, |call, (name, value)| call.expression_attribute_values(name, AttributeValue::S(value.into())));
        let mut found = Vec::new();
        let mut pages = call.into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| fault("Query", &error))?;
            for attributes in page.items.unwrap_or_default() {
                found.push(item(attributes)?);
            }
        }
        Ok(found)
    }

    async fn put(&self, item: Item) -> Result<Put> {
        self.writes.put(item).await
    }

    async fn delete(&self, pk: &str, sk: &str, rev: u64) -> Result<Put> {
        let call = self.client.delete_item().table_name(&self.table).set_key(Some(key(pk, sk)));
        let call = call.condition_expression("rev = :rev");
        let removed = call.expression_attribute_values(":rev", AttributeValue::N(rev.to_string())).send().await;
        settled("DeleteItem", removed.err(), |error| error.is_conditional_check_failed_exception())
    }
}
