//! The tenant table in DynamoDB.

use std::collections::HashMap;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use bridge::ports::{Put, Tenants};
use bridge::words::fault::{Fault, Result};
use bridge::words::kind::Kind;
use serde_json::Value;

use crate::attributes::{NotExact, attribute, object};
use crate::conditional_write::Unchanged;
use crate::error_mapping::fault;
use crate::item::Attributes;
use crate::state_writes::settled;

/// The tenant table: `tenant_id`, and the rest in plain attributes.
pub struct TenantTable {
    client: Client,
    table: String,
}

/// An item as it was read, to change it on the condition that nobody else did.
#[derive(Clone, Debug)]
pub struct Stored {
    attributes: Attributes,
}

impl Stored {
    /// Its partition key.
    #[must_use]
    pub fn tenant_id(&self) -> &str {
        self.attributes.get("tenant_id").and_then(|id| id.as_s().ok()).map_or("", String::as_str)
    }

    /// The item.
    ///
    /// # Errors
    /// A value that JSON does not have, with its path.
    pub fn item(&self) -> Result<Value, NotExact> {
        object(&self.attributes).map(Value::Object)
    }
}

impl TenantTable {
    /// The table of this name.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    /// Every item, ordered by tenant id, whatever is in it.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn all(&self) -> Result<Vec<Stored>> {
        let mut found = Vec::new();
        let mut pages = self.client.scan().table_name(&self.table).consistent_read(true).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| fault("Scan", &error))?;
            found.extend(page.items.unwrap_or_default().into_iter().map(|attributes| Stored { attributes }));
        }
        found.sort_by(|a, b| a.tenant_id().cmp(b.tenant_id()));
        Ok(found)
    }

    /// One item, whatever is in it.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn stored(&self, tenant_id: &str) -> Result<Option<Stored>> {
        if tenant_id.is_empty() {
            return Ok(None);
        }
        let call = self.client.get_item().table_name(&self.table).consistent_read(true);
        let call = call.key("tenant_id", AttributeValue::S(tenant_id.into()));
        let answer = call.send().await.map_err(|error| fault("GetItem", &error))?;
        Ok(answer.item.map(|attributes| Stored { attributes }))
    }

    /// Writes `item` where the table still has what was read: `before`, or nothing.
    ///
    /// # Errors
    /// When the item cannot be kept.
    pub async fn put(&self, item: &Value, before: Option<&Stored>) -> Result<Put> {
        let AttributeValue::M(attributes) = attribute(item)? else {
            return Err(Fault::Unexpected("a tenant item is an object".into()));
        };
        let unchanged = Unchanged::of(before.map(|stored| &stored.attributes));
        let call = self.client.put_item().table_name(&self.table).set_item(Some(attributes));
        let call = call.condition_expression(unchanged.condition);
        let call = call.set_expression_attribute_names(Some(unchanged.names));
        let written = call.set_expression_attribute_values(unchanged.values).send().await;
        settled("PutItem", written.err(), |error| error.is_conditional_check_failed_exception())
    }

    /// Sets `enabled` and leaves the rest of the item as it is; a conflict means that there is no such item.
    ///
    /// # Errors
    /// When the item cannot be kept.
    pub async fn enable(&self, tenant_id: &str, enabled: bool) -> Result<Put> {
        let call = self.client.update_item().table_name(&self.table);
        let call = call.key("tenant_id", AttributeValue::S(tenant_id.into()));
        let call = call.condition_expression("attribute_exists(tenant_id)");
        let call = call.update_expression("SET enabled = :enabled");
        let written = call.expression_attribute_values(":enabled", AttributeValue::Bool(enabled)).send().await;
        settled("UpdateItem", written.err(), |error| error.is_conditional_check_failed_exception())
    }

    /// Removes the item where it still is what was read.
    ///
    /// # Errors
    /// When the item cannot be removed.
    pub async fn remove(&self, stored: &Stored) -> Result<Put> {
        let unchanged = Unchanged::of(Some(&stored.attributes));
        let call = self.client.delete_item().table_name(&self.table);
        let call = call.key("tenant_id", AttributeValue::S(stored.tenant_id().into()));
        let call = call.condition_expression(unchanged.condition);
        let call = call.set_expression_attribute_names(Some(unchanged.names));
        let removed = call.set_expression_attribute_values(unchanged.values).send().await;
        settled("DeleteItem", removed.err(), |error| error.is_conditional_check_failed_exception())
    }
}

#[async_trait(?Send)]
impl Tenants for TenantTable {
    async fn list(&self, kind: Kind) -> Result<Vec<Value>> {
        let all = self.all().await?;
        Ok(all.iter().filter(|stored| may_be(&stored.attributes, kind)).filter_map(readable).collect())
    }

    async fn get(&self, tenant_id: &str) -> Result<Option<Value>> {
        Ok(self.stored(tenant_id).await?.as_ref().and_then(readable))
    }
}

/// Whether an item may be of this ERP. One that certainly belongs to another ERP is left to that ERP's function, which
/// also reports its faults.
fn may_be(item: &HashMap<String, AttributeValue>, kind: Kind) -> bool {
    let erp = item.get("erp").and_then(|erp| erp.as_m().ok());
    let word = erp.and_then(|erp| erp.get("kind")?.as_s().ok());
    word.and_then(|word| Kind::named(word)).is_none_or(|named| named == kind)
}

/// An item as JSON. One with a value that JSON does not have is invalid: it is logged and skipped.
fn readable(stored: &Stored) -> Option<Value> {
    match stored.item() {
        Ok(item) => Some(item),
        Err(error) => {
            let tenant_id = stored.attributes.get("tenant_id").and_then(|id| id.as_s().ok());
            let tenant_id = tenant_id.map_or("without a tenant_id", String::as_str);
            let (path, reason) = (error.path, error.problem);
            tracing::error!(target: "tenant", tenant_id, outcome = "invalid", path, reason, "tenant");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::attributes::attribute;

    fn item(value: &Value) -> HashMap<String, AttributeValue> {
        attribute(value).unwrap().as_m().unwrap().clone()
    }

    #[test]
    fn only_what_surely_is_another_s_is_left_to_it() {
        let of = |kind: Value| may_be(&item(&json!({ "erp": { "kind": kind } })), Kind::Finago);
        assert!(of(json!("finago")) && of(json!("24sevenoffice")));
        assert!(of(json!("finnago")) && of(json!(7)));
        assert!(!of(json!("visma")));
        assert!(may_be(&item(&json!({ "tenant_id": "a" })), Kind::Finago));
    }
}
