//! The way back into Finago Office: the state of shipped and of imported orders, and stock (Finago sheet, sections 2.3 to
//! 2.5).

use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::Value;

use super::write_back_requests::Standing;
use super::{Finago, values};
use crate::http::soap;
use crate::state::intents::{Begun, Intents};
use crate::words::domain::{Effect, ImportedOrder, Shipment, StockLevel};
use crate::words::fault::{Fault, Result};
use crate::words::vocabulary::finago::{self as states, Meaning, Stage};
use crate::words::wire::exact;

/// The vendor's clock and ours agree at least so well; and nobody moves an order back so soon after it was set.
const CLOCKS: Duration = Duration::from_secs(5);

/// The stored intent of setting a shipped order's state.
pub(super) fn shipped_intent(number: i64) -> String {
    format!("shipped/{number}")
}

impl Finago<'_> {
    /// The state of a shipped order, also of one shipped in part: the service has no quantity that could be delivered by
    /// a call. Setting it takes the goods from the ERP's stock (section 2.3), so that it is set once only.
    pub(super) async fn shipped(&self, shipment: &Shipment, intents: &Intents<'_>) -> Result<Effect> {
        let wanted = self.tenant.settings.shipped_status.as_deref().unwrap_or(states::SENT);
        let Some(order) = self.standing(&shipment.key).await? else {
            return Err(Fault::rejected("/OrderId", "the order was shipped, and is gone in Finago Office"));
        };
        if let Some(why) = self.keeps(&order, wanted) {
            return Ok(why);
        }
        let (word, meaning) = states::of(&order.state);
        if meaning == Meaning::Withdrawn && !self.pulls(&order.state) {
            let why = format!("the order was shipped, and is {word} in Finago Office: {wanted} is for a person to set");
            return Err(Fault::rejected("/OrderStatus", why));
        }
        self.set_state(&order, wanted, &shipped_intent(order.number), intents).await
    }

    /// The state of an imported order, unless somebody has moved it on since.
    pub(super) async fn arrived(&self, order: &ImportedOrder, intents: &Intents<'_>) -> Result<Effect> {
        let Some(wanted) = self.tenant.settings.import_status.as_deref() else {
            return Ok(Effect::Unchanged("the setting import_status names no state".into()));
        };
        let Some(order) = self.standing(&order.key).await? else {
            return Ok(Effect::Unchanged("the order is gone in Finago Office".into()));
        };
        if let Some(why) = self.keeps(&order, wanted) {
            return Ok(why);
        }
        if !self.pulls(&order.state) {
            return Ok(Effect::Unchanged(format!("the order is {} by now", states::of(&order.state).0)));
        }
        self.set_state(&order, wanted, &format!("imported/{}", order.number), intents).await
    }

    async fn standing(&self, key: &str) -> Result<Option<Standing>> {
        let number = key.parse().map_err(|_| Fault::rejected("/OrderId", format!("{key} is no number of an order")))?;
        self.services.standing(number).await
    }

    /// Why an order keeps its state, if it does: it has the wanted one, or is further on its way.
    fn keeps(&self, order: &Standing, wanted: &str) -> Option<Effect> {
        let (state, stage) = (order.state.as_str(), states::stage(&order.state));
        let beyond = stage == Stage::Invoiced || stage > states::stage(wanted) && !self.pulls(state);
        (state == wanted || beyond).then(|| Effect::Unchanged(format!("the order is {} already", states::of(state).0)))
    }

    /// Sets a state once. An earlier try that had no effect left the order as it was then; one that changed since has had
    /// the state, or been edited in the very moment, and what to do is for a person to say.
    async fn set_state(&self, order: &Standing, wanted: &str, intent: &str, intents: &Intents<'_>) -> Result<Effect> {
        let (before, after) = (states::of(&order.state).0, states::of(wanted).0);
        if let Begun::Before(at) = intents.begin(intent).await?
            && order.changed.is_none_or(|changed| changed > at + CLOCKS)
        {
            let why = format!("the order was set to {after} at {at:.0}, was changed since and is {before}: left alone");
            return Err(Fault::rejected("/OrderStatus", why));
        }
        match self.services.save_state(order, wanted).await {
            Ok(()) => Ok(Effect::Written(format!("{before} -> {after}"))),
            Err(fault) => {
                // Whether it took effect is not known of these.
                if !matches!(fault, Fault::Unavailable { .. } | Fault::Unexpected(_)) {
                    intents.forget(intent).await?;
                }
                Err(fault)
            }
        }
    }

    /// Writes the levels that differ. A product that keeps no stock gets none: that is the customer's choice.
    pub(super) async fn stock(&self, levels: &[StockLevel]) -> Result<Vec<Effect>> {
        let numbers: Vec<i64> = levels.iter().filter_map(product).collect();
        let known = if numbers.is_empty() { Vec::new() } else { self.services.stock_of(&numbers).await? };
        let mut effects = Vec::new();
        for level in levels {
            let found = match product(level) {
                Some(number) => known.iter().find(|row| values::number(row, "Id") == Some(number)).cloned(),
                None => self.product_by_number(&level.article_number).await?,
            };
            effects.push(match found {
                Some(row) => self.level(level, &row).await?,
                None => Effect::NotTaken("Finago Office has no such product".into()),
            });
        }
        Ok(effects)
    }

    async fn product_by_number(&self, number: &str) -> Result<Option<Value>> {
        let mut rows = self.services.stock_by_number(number).await?;
        if rows.len() > 1 {
            return Err(Fault::rejected("/No", format!("{} products have this number", rows.len())));
        }
        Ok(rows.pop())
    }

    async fn level(&self, level: &StockLevel, row: &Value) -> Result<Effect> {
        if let Some(refusal) = soap::refusal(row) {
            return Err(refusal);
        }
        // Never to another product than the warehouse counted: its number may have been given away since.
        let theirs = row["No"].as_str().map(str::trim).unwrap_or_default();
        if theirs != level.article_number {
            let why = format!(
                "the product is {theirs:?} in Finago Office, and the article {} in Ongoing",
                level.article_number
            );
            return Err(Fault::rejected("/No", why));
        }
        if row["StockControlled"].as_str().map(str::trim) != Some("true") {
            return Ok(Effect::NotTaken("the product keeps no stock in Finago Office".into()));
        }
        let before = row["Stock"].as_str().and_then(|stock| exact(stock.trim()).ok());
        if before == Some(level.quantity) {
            return Ok(Effect::Unchanged("the stock is the same".into()));
        }
        let number = values::number(row, "Id").ok_or_else(|| Fault::Unexpected("a product without an Id".into()))?;
        if !self.services.set_stock(number, level.quantity).await? {
            return Err(Fault::rejected("/Stock", "Finago Office does not take the stock of this product"));
        }
        let mut after = self.stock_now(number).await?;
        let mut how = "";
        // Where a write adds (the fact `finago.stock-write`), what is too much is taken back.
        // Of nothing that was written it cannot be told: where it still shows what was there, it may show it late.
        if let (Some(sum), Some(before)) = (after, before)
            && sum != level.quantity
            && !level.quantity.is_zero()
            && sum == before + level.quantity
            && self.services.set_stock(number, level.quantity - sum).await?
        {
            after = self.stock_now(number).await?;
            how = ", by what is missing: a write adds to the stock there";
        }
        if after != Some(level.quantity) {
            let after = after.map_or_else(|| "no stock".into(), |after| after.normalize().to_string());
            let took = level.quantity.normalize();
            let why = format!("Finago Office took {took} and answers with {after} (finago.stock-write)");
            return Err(Fault::rejected("/Stock", why));
        }
        let before = before.unwrap_or_default().normalize();
        Ok(Effect::Written(format!("stock {before} -> {}{how}", level.quantity.normalize())))
    }

    /// A product's stock as it is answered with.
    pub(super) async fn stock_now(&self, number: i64) -> Result<Option<Decimal>> {
        let rows = self.services.stock_of(&[number]).await?;
        let row = rows.iter().find(|row| values::number(row, "Id") == Some(number));
        Ok(row.and_then(|row| row["Stock"].as_str()).and_then(|stock| exact(stock.trim()).ok()))
    }
}

/// The product's number of record, which the document keeps as the article's product code.
fn product(level: &StockLevel) -> Option<i64> {
    level.product_code.as_ref()?.trim().parse().ok().filter(|number| *number > 0)
}
