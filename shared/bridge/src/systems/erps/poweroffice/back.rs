//! Stock into PowerOffice Go: its document names nothing else that flows back (PowerOffice sheet, section 2.5).

use http::{HeaderValue, Method};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::PowerOffice;
use crate::http::Call;
use crate::words::domain::{Effect, StockLevel};
use crate::words::fault::{Fault, Result};
use crate::words::wire::{exact, number};

impl PowerOffice<'_> {
    /// Writes the levels that differ. A product that is no stock item keeps none: making it one is the customer's choice.
    pub(super) async fn stock(&self, levels: &[StockLevel]) -> Result<Vec<Effect>> {
        let products = self.products(levels).await?;
        let mut effects = Vec::new();
        for level in levels {
            let product = products.iter().find(|product| product["Code"].as_str() == Some(&level.article_number));
            let Some(product) = product else {
                effects.push(Effect::Unchanged("PowerOffice Go has no product of this code".into()));
                continue;
            };
            effects.push(self.level(level, product).await?);
        }
        Ok(effects)
    }

    async fn level(&self, level: &StockLevel, product: &Value) -> Result<Effect> {
        if product["IsStockItem"].as_bool() != Some(true) {
            return Ok(Effect::Unchanged("the product is not a stock item in PowerOffice Go".into()));
        }
        let before = match &product["StockOnHand"] {
            Value::Number(before) => exact(&before.to_string()).ok(),
            _ => None,
        };
        if before == Some(level.quantity) {
            return Ok(Effect::Unchanged("the stock is the same".into()));
        }
        let id = product["Id"].as_i64().ok_or_else(|| Fault::Unexpected("a product without an Id".into()))?;
        let patch = json!([{ "op": "replace", "path": "/StockOnHand", "value": number(level.quantity) }]);
        let url = self.url(&format!("Products/{id}"), &[]);
        // An absolute value: it may be written again.
        let mut call = Call::with_json(Method::PATCH, url, &patch, true);
        if let Some((content_type, _)) = &mut call.body {
            *content_type = HeaderValue::from_static("application/json-patch+json");
        }
        self.client.json(&call).await?;
        let before = before.unwrap_or(Decimal::ZERO).normalize();
        Ok(Effect::Written(format!("stock {before} -> {}", level.quantity.normalize())))
    }

    /// The products of these codes. The filter has no escape for a comma in a code (section 2.1): such a product is not
    /// found, and says so.
    async fn products(&self, levels: &[StockLevel]) -> Result<Vec<Value>> {
        let codes = levels.iter().map(|level| level.article_number.as_str()).filter(|code| !code.contains(','));
        let codes = codes.collect::<Vec<_>>().join(",");
        if codes.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.get("Products", &[("codes", codes)]).await?.as_array().cloned().unwrap_or_default())
    }
}
