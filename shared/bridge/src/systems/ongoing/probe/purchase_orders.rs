//! What a probe asks Ongoing by a purchase order of its own (Ongoing sheet, section 2.6).

use serde_json::{Value, json};

use super::{NAME, Probe, refused};
use crate::systems::probe::Seen;
use crate::words::fault::Result;

const REMOVE_PURCHASE: &str = "find it in Ongoing under purchase orders by that number, and cancel it";

impl Probe<'_> {
    pub(super) async fn purchase_order(&mut self) -> Result<()> {
        (self.own.tell)("ongoing.purchase-order-id");
        let number = self.own.number;
        let seen = match refused(self.make_purchase(true).await)? {
            // It may be the member that is refused.
            Err(words) => match refused(self.make_purchase(false).await)? {
                Ok(_) => Seen::Answer("unknown", words),
                Err(words) => return self.no_purchase_order(&words),
            },
            Ok(_) => {
                let shown = self.ongoing.purchase_order_shown(number).await?;
                let id = shown.map(|(_, shown)| shown["purchaseOrderInfo"]["goodsOwnerPurchaseOrderId"] == number);
                let saw = "the ERP's id of a purchase order";
                Seen::either(id == Some(true), "kept", "unknown", saw)
            }
        };
        self.found("ongoing.purchase-order-id", seen);
        Ok(())
    }

    async fn make_purchase(&self, with_id: bool) -> Result<Value> {
        let number = self.own.number;
        let mut body = json!({
            "goodsOwnerId": self.ongoing.goods_owner_id,
            "purchaseOrderNumber": number,
            "purchaseOrderRemark": NAME,
            "inDate": self.own.day.to_string(),
            "purchaseOrderLines": [{ "rowNumber": "1", "articleNumber": number, "numberOfItems": 1 }],
        });
        if with_id {
            body["goodsOwnerPurchaseOrderId"] = json!(number);
        }
        let put = self.put("purchaseOrders", &body);
        self.own.documents.make(self.purchase_told(), REMOVE_PURCHASE, put).await
    }

    fn no_purchase_order(&mut self, words: &str) -> Result<()> {
        self.found("ongoing.purchase-order-id", Seen::open(format!("a purchase order is refused: {words}")));
        Ok(())
    }

    pub(super) fn purchase_told(&self) -> String {
        format!("purchase order {} in Ongoing", self.own.number)
    }

    /// Cancels its purchase order; whether there is one.
    pub(super) async fn cancel_purchase(&self) -> Result<bool> {
        let Some(order) = self.ongoing.purchase_order(self.own.number).await? else { return Ok(false) };
        self.ongoing.cancel_purchase_order(order.purchase_order_info.purchase_order_id).await.map(|()| true)
    }
}
