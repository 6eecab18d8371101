//! The way back into Visma: shipped orders (Visma sheet, section 2, write-back "shipped") and stock (`stock.rs`).
//!
//! There is neither an idempotency key nor an ETag. So an order is brought to where it should be one step at a time, and
//! read anew before each: whatever was lost or done by somebody else, the next step follows from what stands there.

mod delivery;
pub(super) mod replace;
mod stock;

pub(super) use stock::stock_module;

use serde_json::Value;

use self::delivery::Delivery;
use super::{ONGOING, Visma, status_name};
use crate::http::classify::{has_backorder, refuses_second_backorder};
use crate::state::intents::{Begun, Intents};
use crate::words::domain::{Effect, Shipment};
use crate::words::fault::{Fault, Result};

const SHIPPED: i64 = 3;
const INVOICED: i64 = 4;

/// Undo, write, complete, correct, and a look after each; more is no progress.
const STEPS: usize = 6;

/// What was done in this run.
#[derive(Default)]
struct Done {
    /// The delivered quantities were written to the ongoing order.
    delivered: bool,
    completed: bool,
    /// The delivered quantities were written to the shipped order.
    corrected: bool,
    /// Something was written with fewer decimals than it has.
    rounded: bool,
}

impl Visma<'_> {
    /// Makes the order say what left the house: delivered quantities and status shipped.
    pub(super) async fn shipped(&self, shipment: &Shipment, intents: &Intents<'_>) -> Result<Effect> {
        let (company, key) = (&self.company, &shipment.key);
        let mut done = Done::default();
        // Read first: nothing is to come between an order that was read and its write.
        let home = company.settings().await?;
        for _ in 0..STEPS {
            let order = company.existing_to_replace(&company.orders, key).await?;
            let delivery = Delivery::read(&order, shipment, &self.tenant.settings)?;
            match delivery.status {
                ONGOING if !done.delivered && !delivery.stands() => {
                    done.rounded |= self.write_order(key, &delivery.whole(&order)?, &home).await?;
                    done.delivered = true;
                }
                ONGOING if delivery.goods_stand() => {
                    company.step(key, "completed").await?;
                    done.completed = true;
                }
                ONGOING => break,
                SHIPPED if delivery.goods_stand() => return self.shipped_right(&delivery, &done, key, intents).await,
                // More was picked since it was shipped, or it was shipped by hand with other quantities.
                SHIPPED if !done.completed => {
                    // Not undone before it is known that it can be written.
                    delivery.whole(&order)?;
                    match company.step(key, "voided").await {
                        Err(refusal) if has_backorder(&refusal) => {
                            return Ok(Effect::Unchanged(format!("the rest has its own order: {refusal}")));
                        }
                        other => other?,
                    }
                }
                // It is not known whether `/completed` takes everything for delivered.
                SHIPPED if !done.corrected => {
                    done.rounded |= self.write_order(key, &delivery.whole(&order)?, &home).await?;
                    done.corrected = true;
                }
                SHIPPED => break,
                INVOICED => return Ok(Effect::Unchanged("the order is invoiced (status 4)".into())),
                other => {
                    let why = format!("the order's status is {other} ({}): it cannot be shipped", status_name(other));
                    return Err(Fault::rejected("/Status", why));
                }
            }
        }
        Err(Fault::rejected("/Rows", "Visma does not keep the delivered quantities that were written"))
    }

    /// Writes a whole order; whether its decimals had to be rounded.
    async fn write_order(&self, key: &str, whole: &Value, home: &Value) -> Result<bool> {
        let rounded = replace::order_rounded(whole, home["CurrencyCode"].as_str());
        self.company.replace_exact(&self.company.orders, key, whole, &rounded).await
    }

    /// The order is shipped as it should be; what was short may get an order of its own.
    async fn shipped_right(
        &self,
        delivery: &Delivery,
        done: &Done,
        key: &str,
        intents: &Intents<'_>,
    ) -> Result<Effect> {
        let wanted = self.tenant.settings.create_backorder.unwrap_or(false) && delivery.is_short();
        let backorder = wanted && self.backorder(key, intents).await?;
        let how = if done.rounded { format!(", {}", replace::ROUNDED) } else { String::new() };
        let quantities = delivery.quantities() + &how;
        Ok(match (done.completed, backorder) {
            (_, true) => Effect::Written(format!("shipped, {quantities}, with a backorder for the rest")),
            (true, false) => Effect::Written(format!("shipped, {quantities}")),
            (false, false) => Effect::Unchanged(format!("shipped already, {quantities}")),
        })
    }

    /// Has Visma make an order of the rest; whether it was made now. Visma makes no second one, so trying again does no
    /// harm; the intent tells its refusal of a second one from a refusal of the first.
    async fn backorder(&self, key: &str, intents: &Intents<'_>) -> Result<bool> {
        let what = format!("visma-backorder#{key}");
        let begun = intents.begin(&what).await?;
        match self.company.step(key, "backorder").await {
            Ok(()) => Ok(true),
            Err(refusal) if matches!(begun, Begun::Before(_)) && refuses_second_backorder(&refusal) => Ok(false),
            // Of an earlier try it is not known whether it came through: the intent stays.
            Err(refusal) if matches!(begun, Begun::Before(_)) => Err(refusal),
            Err(refusal @ Fault::Rejected { .. }) => {
                intents.forget(&what).await?;
                Err(refusal)
            }
            Err(fault) => Err(fault),
        }
    }
}
