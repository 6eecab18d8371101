//! Purchase orders: read by their number, written, cancelled (Ongoing sheet, sections 2.1, 2.6 and 3.3).

use serde_json::Value;

use super::wire::{ExistingPurchaseOrder, Written};
use super::{Ongoing, schema, shown, unknown};
use crate::http::Call;
use crate::words::fault::Result;

impl Ongoing {
    /// The purchase order of this number.
    ///
    /// # Errors
    /// As classified.
    pub async fn purchase_order(&self, number: &str) -> Result<Option<ExistingPurchaseOrder>> {
        Ok(self.purchase_order_shown(number).await?.map(|(order, _)| order))
    }

    /// As [`Ongoing::purchase_order`], with all that Ongoing shows of it.
    ///
    /// # Errors
    /// As classified.
    pub async fn purchase_order_shown(&self, number: &str) -> Result<Option<(ExistingPurchaseOrder, Value)>> {
        let answer = self.client.json(&self.list("purchaseOrders", &[("purchaseOrderNumber", number)])).await?;
        self.looked(&schema::PURCHASE_ORDER, &answer, usize::MAX);
        let found: Vec<(ExistingPurchaseOrder, Value)> = shown(&answer)?;
        let info = |order: &ExistingPurchaseOrder| order.purchase_order_info.purchase_order_number.clone();
        Ok(found.into_iter().find(|(order, _)| info(order).as_deref() == Some(number)))
    }

    /// Creates or changes a purchase order by its number. Returns its id.
    ///
    /// # Errors
    /// [`Rejected`](crate::words::fault::Fault::Rejected) when the body is refused, or reception has started; the others as classified.
    pub async fn put_purchase_order(&self, number: &str, body: &Value) -> Result<i64> {
        let call = Call::put(self.url("purchaseOrders"), body);
        let answer = self.written(&schema::WRITTEN_PURCHASE_ORDER, &call).await?;
        match Written::read(&answer)?.purchase_order_id {
            Some(id) => Ok(id),
            None => {
                let found = self.purchase_order(number).await?;
                found
                    .map(|order| order.purchase_order_info.purchase_order_id)
                    .ok_or_else(|| unknown("purchase order", number))
            }
        }
    }

    /// Cancels a purchase order.
    ///
    /// # Errors
    /// [`Rejected`](crate::words::fault::Fault::Rejected) when reception has started, or it is cancelled already.
    pub async fn cancel_purchase_order(&self, id: i64) -> Result<()> {
        let call = Call::delete(self.url(&format!("purchaseOrders/{id}")));
        self.written(&schema::CANCELLED_PURCHASE_ORDER, &call).await.map(|_| ())
    }
}
