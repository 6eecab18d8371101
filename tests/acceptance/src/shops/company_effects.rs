//! What the ERPs hold at last, and how often something was done in them.

use bridge::words::kind::Kind;
use serde_json::Value;
use simulators::finago::Kind as Office;
use simulators::procountor::Kind as Record;

use super::Companies;
use super::companies::guid;
use crate::world::World;

/// What an ERP says of an order's shipment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErpShipment {
    /// Whether the order stands as shipped.
    pub shipped: bool,
    /// How often what cannot be done twice was done: a mail, a goods issue of a row, a backorder.
    pub effects: usize,
    /// How the order stands, in the ERP's word.
    pub state: String,
}

impl Companies {
    /// What the ERP says of order `n` of company `at`; `None` where it takes no shipments.
    #[must_use]
    pub fn shipment(&self, world: &World, at: usize, n: usize) -> Option<ErpShipment> {
        let number = i64::try_from(20_000 + n).unwrap_or_default();
        match self.kind {
            Kind::PowerOffice => None,
            Kind::Finago => {
                let mut erp = world.vendors.finago.borrow_mut();
                let identity = erp.model.identity_mut(&guid("1d0c4a1e", at))?;
                let state = identity.record(Office::Order, number)?.shown()["OrderStatus"].as_str()?.to_owned();
                let sent = |(order, _, to): &&(i64, String, String)| *order == number && to == "OrderState_Sent";
                let effects = identity.effects.status_changes.iter().filter(sent).count();
                Some(ErpShipment { shipped: state == "OrderState_Sent", effects, state })
            }
            Kind::Procountor => {
                let erp = world.vendors.procountor.borrow();
                let id = number + 50_000;
                let document = erp.model.company(self.ids[at])?.record(world.now(), Record::Invoice, id)?;
                let state = document["status"].as_str()?.to_owned();
                let effects = usize::try_from(erp.model.mails(self.ids[at], id)).unwrap_or_default();
                Some(ErpShipment { shipped: effects > 0, effects, state })
            }
            Kind::Visma => {
                let erp = world.vendors.visma.borrow();
                let order = erp.model.record(&self.tenant_id(at), "orders", &guid("0d0e0000", n))?;
                let state = order["Status"].to_string();
                let rows = order["Rows"].as_array()?;
                let decimal = |value: &Value| value.to_string().parse::<rust_decimal::Decimal>().unwrap_or_default();
                let delivered = rows.iter().all(|row| decimal(&row["DeliveredQuantity"]) == decimal(&row["Quantity"]));
                Some(ErpShipment { shipped: state == "3" && delivered, effects: usize::from(state == "3"), state })
            }
        }
    }

    /// Calls over a limit of the vendor's.
    #[must_use]
    pub fn calls_over_budget(&self, world: &World) -> u64 {
        match self.kind {
            Kind::PowerOffice => {
                u64::try_from(world.vendors.poweroffice.borrow().model.rate_exceeded).unwrap_or(u64::MAX)
            }
            // What it refuses it answers with 429, which the roads count as such.
            Kind::Finago => 0,
            Kind::Procountor => world.vendors.procountor.borrow().model.throttled,
            Kind::Visma => u64::from(world.vendors.visma.borrow().model.pace.refused),
        }
    }
}
