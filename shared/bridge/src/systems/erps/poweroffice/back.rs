//! Stock into PowerOffice Go: its document names nothing else that flows back (PowerOffice sheet, section 2.5).

use http::{HeaderValue, Method};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{PowerOffice, schema};
use crate::http::Call;
use crate::http::classify::is_gone;
use crate::words::domain::{Effect, StockLevel};
use crate::words::fault::{Fault, Result};
use crate::words::wire::{exact, number};

impl PowerOffice<'_> {
    /// Writes the levels that differ. A product that is no stock item keeps none: making it one is the customer's choice.
    pub(super) async fn stock(&self, levels: &[StockLevel]) -> Result<Vec<Effect>> {
        let products = self.products(levels).await?;
        let mut effects = Vec::new();
        for level in levels {
            let listed = products.iter().find(|product| is_of(product, level)).cloned();
            let product = match (listed, id(level)) {
                (Some(product), _) => Some(product),
                (None, Some(id)) => self.product_by_id(id).await?,
                (None, None) => None,
            };
            effects.push(match product {
                Some(product) => self.level(level, &product).await?,
                None => Effect::NotTaken("PowerOffice Go has no product of this id or code".into()),
            });
        }
        Ok(effects)
    }

    async fn level(&self, level: &StockLevel, product: &Value) -> Result<Effect> {
        if product["IsStockItem"].as_bool() != Some(true) {
            return Ok(Effect::NotTaken("the product is not a stock item in PowerOffice Go".into()));
        }
        let before = on_hand(product);
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
        // A patch that changed nothing has been answered with 200 (PowerOffice sheet, section 9).
        let answer = self.client.json(&call).await?;
        schema::WRITTEN.look(&self.client, &answer);
        let after = on_hand(&answer);
        if after != Some(level.quantity) {
            let after = after.map_or_else(|| "no stock".into(), |after| after.normalize().to_string());
            let why = format!("PowerOffice Go took {} and answers with {after}", level.quantity.normalize());
            return Err(Fault::rejected("/StockOnHand", why));
        }
        let before = before.unwrap_or(Decimal::ZERO).normalize();
        Ok(Effect::Written(format!("stock {before} -> {}", level.quantity.normalize())))
    }

    /// The products of these codes, in one call. The filter has no escape for a comma in a code (section 2.1), and a code
    /// may have blanks at its ends (section 9): what it does not bring is asked for by its id.
    async fn products(&self, levels: &[StockLevel]) -> Result<Vec<Value>> {
        let codes = levels.iter().map(|level| level.article_number.as_str()).filter(|code| !code.contains(','));
        let codes = codes.collect::<Vec<_>>().join(",");
        if codes.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.get("Products", &[("codes", codes)]).await?.as_array().cloned().unwrap_or_default())
    }

    async fn product_by_id(&self, id: i64) -> Result<Option<Value>> {
        match self.get(&format!("Products/{id}"), &[]).await {
            Err(fault) if is_gone(&fault) => Ok(None),
            other => other.map(Some),
        }
    }
}

/// Whether this is the level's product: the one of its id, else, where the article came in without one, of its code.
fn is_of(product: &Value, level: &StockLevel) -> bool {
    match id(level) {
        Some(id) => product["Id"].as_i64() == Some(id),
        None => product["Code"].as_str().map(str::trim) == Some(&level.article_number),
    }
}

/// The product's id, which the article has as its product code.
fn id(level: &StockLevel) -> Option<i64> {
    level.product_code.as_ref()?.trim().parse().ok().filter(|id| *id > 0)
}

fn on_hand(product: &Value) -> Option<Decimal> {
    match &product["StockOnHand"] {
        Value::Number(stock) => exact(&stock.to_string()).ok(),
        _ => None,
    }
}
