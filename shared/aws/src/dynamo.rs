//! The state table and the tenant table.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use bridge::fault::{Fault, Result};
use bridge::ports::{Item, Put, State};
use jiff::Timestamp;

use crate::attributes::{attribute, json};
use crate::refused::fault;

/// Keys of one BatchGetItem.
const BATCH: usize = 100;

/// Times a batch is asked for what it left out.
const ROUNDS: u32 = 6;

/// An item as the SDK has it.
type Attributes = HashMap<String, AttributeValue>;

/// The state table: `pk`, `sk`, `rev` (N), `body` in plain attributes, `expires` (N, seconds, the table's TTL attribute).
///
/// DynamoDB writes a number in its own way (`1.50` as `1.5`): a body comes back with equal numbers, not always with the
/// same text. An item past `expires` that is not removed yet still counts.
pub struct StateTable {
    client: Client,
    table: String,
}

impl StateTable {
    /// The table of this name.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    /// One batch, asked again for what DynamoDB leaves out when it is busy.
    async fn batch(&self, pk: &str, sks: &[&String], found: &mut Vec<Item>) -> Result<()> {
        let mut keys: Vec<Attributes> = sks.iter().map(|sk| key(pk, sk)).collect();
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
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50 << round)).await;
        }
        Err(Fault::Unavailable(format!("BatchGetItem: {} keys were left out {ROUNDS} times", keys.len())))
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
        // BatchGetItem refuses a key that is named twice.
        let sks: Vec<&String> = sks.iter().collect::<BTreeSet<_>>().into_iter().collect();
        let mut found = Vec::with_capacity(sks.len());
        for sks in sks.chunks(BATCH) {
            self.batch(pk, sks, &mut found).await?;
        }
        Ok(found)
    }

    async fn list(&self, pk: &str, prefix: &str, limit: usize) -> Result<Vec<Item>> {
        let mut found = Vec::new();
        let mut from: Option<Attributes> = None;
        while found.len() < limit {
            let mut call = self.client.query().table_name(&self.table).consistent_read(true);
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

    async fn put(&self, item: Item) -> Result<Put> {
        let before = item.rev.checked_sub(1).ok_or_else(|| Fault::Unexpected("a revision begins at 1".into()))?;
        let mut call = self.client.put_item().table_name(&self.table);
        call = if before == 0 {
            call.condition_expression("attribute_not_exists(pk)")
        } else {
            call.condition_expression("rev = :before")
                .expression_attribute_values(":before", AttributeValue::N(before.to_string()))
        };
        let written = call.set_item(Some(attributes(&item)?)).send().await;
        settled("PutItem", written.err(), |error| error.is_conditional_check_failed_exception())
    }

    async fn delete(&self, pk: &str, sk: &str, rev: u64) -> Result<Put> {
        let call = self.client.delete_item().table_name(&self.table).set_key(Some(key(pk, sk)));
        let call = call.condition_expression("rev = :rev");
        let removed = call.expression_attribute_values(":rev", AttributeValue::N(rev.to_string())).send().await;
        settled("DeleteItem", removed.err(), |error| error.is_conditional_check_failed_exception())
    }
}

/// What a conditional write met. A write whose answer was lost and that the SDK sent again meets itself: that is a
/// conflict too, and the caller reads what is there.
fn settled<E, R>(
    what: &str,
    error: Option<aws_sdk_dynamodb::error::SdkError<E, R>>,
    conflict: impl Fn(&E) -> bool,
) -> Result<Put>
where
    E: aws_sdk_dynamodb::error::ProvideErrorMetadata,
{
    match error {
        None => Ok(Put::Done),
        Some(error) if error.as_service_error().is_some_and(&conflict) => Ok(Put::Conflict),
        // Two writers at the same instant: neither condition was looked at.
        Some(error) if error.code() == Some("TransactionConflictException") => Ok(Put::Conflict),
        Some(error) => Err(fault(what, &error)),
    }
}

fn key(pk: &str, sk: &str) -> Attributes {
    HashMap::from([("pk".into(), AttributeValue::S(pk.into())), ("sk".into(), AttributeValue::S(sk.into()))])
}

fn attributes(item: &Item) -> Result<Attributes> {
    let mut attributes = key(&item.pk, &item.sk);
    attributes.insert("rev".into(), AttributeValue::N(item.rev.to_string()));
    attributes.insert("body".into(), attribute(&item.body)?);
    if let Some(expires) = item.expires {
        attributes.insert("expires".into(), AttributeValue::N(expires.as_second().to_string()));
    }
    Ok(attributes)
}

fn item(mut attributes: Attributes) -> Result<Item> {
    let pk = text(attributes.remove("pk")).ok_or_else(|| odd("pk"))?;
    let sk = text(attributes.remove("sk")).ok_or_else(|| odd("sk"))?;
    let rev = attributes.remove("rev").and_then(|rev| rev.as_n().ok()?.parse().ok()).ok_or_else(|| odd("rev"))?;
    let body = json(&attributes.remove("body").ok_or_else(|| odd("body"))?)?;
    let expires = match attributes.remove("expires") {
        None => None,
        Some(at) => {
            let at = at.as_n().ok().and_then(|at| Timestamp::from_second(at.parse().ok()?).ok());
            Some(at.ok_or_else(|| odd("expires"))?)
        }
    };
    Ok(Item { pk, sk, rev, body, expires })
}

fn text(value: Option<AttributeValue>) -> Option<String> {
    match value {
        Some(AttributeValue::S(text)) => Some(text),
        _ => None,
    }
}

fn odd(member: &str) -> Fault {
    Fault::Unexpected(format!("an item of the state table has no good {member}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_item_is_plain_attributes_and_comes_back() {
        let expires = Some(Timestamp::from_second(1_800_000_000).unwrap());
        let item = Item { pk: "a".into(), sk: "b".into(), rev: 7, body: json!({ "c": [1, "x"] }), expires };
        let kept = attributes(&item).unwrap();
        assert_eq!(kept["expires"], AttributeValue::N("1800000000".into()));
        assert!(kept["body"].is_m());
        assert_eq!(super::item(kept).unwrap(), item);
        let plain = Item { expires: None, ..item };
        assert!(!attributes(&plain).unwrap().contains_key("expires"));
    }

    #[test]
    fn an_item_that_somebody_spoilt_is_named() {
        let mut kept =
            attributes(&Item { pk: "a".into(), sk: "b".into(), rev: 1, body: json!(null), expires: None }).unwrap();
        kept.insert("rev".into(), AttributeValue::S("one".into()));
        assert!(super::item(kept).unwrap_err().to_string().contains("rev"));
    }
}
