//! The tenant table.

use std::collections::HashMap;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use bridge::erp::Kind;
use bridge::fault::Result;
use bridge::ports::Tenants;
use serde_json::Value;

use crate::attributes::object;
use crate::refused::fault;

/// The tenant table: `tenant_id`, and the rest in plain attributes.
pub struct TenantTable {
    client: Client,
    table: String,
}

impl TenantTable {
    /// The table of this name.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }
}

#[async_trait(?Send)]
impl Tenants for TenantTable {
    async fn list(&self, kind: Kind) -> Result<Vec<Value>> {
        let mut found = Vec::new();
        let mut pages = self.client.scan().table_name(&self.table).consistent_read(true).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| fault("Scan", &error))?;
            found.extend(page.items().iter().filter(|item| may_be(item, kind)).filter_map(readable));
        }
        Ok(found)
    }

    async fn get(&self, tenant_id: &str) -> Result<Option<Value>> {
        if tenant_id.is_empty() {
            return Ok(None);
        }
        let call = self.client.get_item().table_name(&self.table).consistent_read(true);
        let call = call.key("tenant_id", AttributeValue::S(tenant_id.into()));
        let answer = call.send().await.map_err(|error| fault("GetItem", &error))?;
        Ok(answer.item.as_ref().and_then(readable))
    }
}

/// Whether an item may be of this kind: what surely is another's is left to the other's function, which also tells what
/// is wrong with it.
fn may_be(item: &HashMap<String, AttributeValue>, kind: Kind) -> bool {
    let erp = item.get("erp").and_then(|erp| erp.as_m().ok());
    let word = erp.and_then(|erp| erp.get("kind")?.as_s().ok());
    word.and_then(|word| Kind::named(word)).is_none_or(|named| named == kind)
}

/// An item as JSON. One with a value that JSON does not have is invalid: logged, and nobody else's trouble.
fn readable(item: &HashMap<String, AttributeValue>) -> Option<Value> {
    match object(item) {
        Ok(members) => Some(Value::Object(members)),
        Err(error) => {
            let tenant_id = item.get("tenant_id").and_then(|id| id.as_s().ok());
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
