//! What Ongoing would announce: thin payloads, in order, each with its own event id (Ongoing sheet, section 4.5).

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::owner::{Article, Order, OrderLine, Owner, PurchaseOrder, PurchaseOrderLine};
use super::values::number;

/// Everything announced so far.
pub(super) struct Journal {
    system: String,
    events: Vec<Value>,
}

/// What happened to goods on their way out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Picking {
    Allocated,
    Picked,
}

/// Who and when: the part common to all payloads.
pub(super) struct Origin {
    goods_owner: (i64, String),
    now: Timestamp,
}

impl Origin {
    pub(super) fn of(owner: &Owner, now: Timestamp) -> Self {
        Self { goods_owner: (owner.id, owner.name.clone()), now }
    }
}

impl Journal {
    pub(super) fn new(system: &str) -> Self {
        Self { system: system.to_owned(), events: Vec::new() }
    }

    /// The payloads with an event id above `id`, oldest first.
    pub(super) fn since(&self, id: i64) -> Vec<Value> {
        // An event's id is its place, counted from 1.
        let known = usize::try_from(id).unwrap_or_default();
        self.events.iter().skip(known).cloned().collect()
    }

    fn add(&mut self, origin: &Origin, template: &str, own_id: &str, mut payload: Value) {
        let id = self.events.len() + 1;
        // Seven fraction digits and no zone, as in the vendor's samples.
        let timestamp = origin.now.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S%.7f").to_string();
        payload[own_id] = json!(id);
        payload["webhookEventId"] = json!(id);
        payload["system"] = json!(self.system);
        payload["timestamp"] = json!(timestamp);
        payload["goodsOwnerId"] = json!(origin.goods_owner.0);
        payload["webhookTemplate"] = json!(template);
        payload["byUser"] = json!({ "userId": 1 });
        payload["byComputer"] = json!({ "computerId": 1, "computerName": "DESK-1" });
        if template != "Article" {
            payload["goodsOwnerName"] = json!(origin.goods_owner.1);
        }
        self.events.push(payload);
    }

    pub(super) fn article(&mut self, origin: &Origin, article: &Article) {
        let payload = json!({
            "articleSystemId": article.id,
            "articleNumber": article.number,
            "path": format!("/{}/api/v1/articles/{}", self.system, article.id),
        });
        self.add(origin, "Article", "webhookArticlesId", payload);
    }

    pub(super) fn order(&mut self, origin: &Origin, order: &Order) {
        let tracking: Vec<Value> = order
            .tracking
            .iter()
            .map(|parcel| json!({ "trackingUrl": parcel["trackingUrl"], "waybill": parcel["waybill"], "isReturn": false }))
            .collect();
        let parcels: Vec<Value> = order
            .parcels
            .iter()
            .map(|parcel| {
                json!({
                    "id": parcel["id"],
                    "parcelNumber": parcel["parcelNumber"],
                    "isReturnParcel": false,
                    "tracking": { "trackingUrl": null },
                })
            })
            .collect();
        let payload = json!({
            "orderId": order.id,
            "orderNumber": order.number,
            "path": format!("/{}/api/v1/orders/{}", self.system, order.id),
            "orderStatus": { "number": order.status },
            "currentShipmentId": null,
            "goodsOwnerClasses": null,
            "tracking": tracking,
            "parcels": parcels,
        });
        self.add(origin, "Order", "webhookOrdersId", payload);
    }

    pub(super) fn purchase_order(&mut self, origin: &Origin, order: &PurchaseOrder) {
        let payload = json!({
            "purchaseOrderId": order.id,
            "purchaseOrderNumber": order.number,
            "path": format!("/{}/api/v1/purchaseOrders/{}", self.system, order.id),
            "purchaseOrderStatus": { "number": order.status },
            "purchaseOrderType": null,
        });
        self.add(origin, "PurchaseOrder", "webhookPurchaseOrdersId", payload);
    }

    pub(super) fn picking(
        &mut self,
        origin: &Origin,
        what: Picking,
        order: &Order,
        line: &OrderLine,
        article: &Article,
        quantity: Decimal,
    ) {
        let payload = json!({
            "isAllocated": what == Picking::Allocated,
            "isPicked": what == Picking::Picked,
            "isPacked": false,
            "isReturned": false,
            "isDeleted": false,
            "article": named(article),
            "articleItem": { "articleItemId": line.id, "numberOfItems": number(quantity), "location": null },
            "order": {
                "orderId": order.id,
                "orderNumber": order.number,
                "orderLine": { "orderLineId": line.id, "rowNumber": line.row, "parentOrderLine": null },
            },
        });
        self.add(origin, "PickingPackingAndReturns", "webhookPickingId", payload);
    }

    pub(super) fn received(
        &mut self,
        origin: &Origin,
        order: &PurchaseOrder,
        line: &PurchaseOrderLine,
        article: &Article,
        quantity: Decimal,
    ) {
        let payload = json!({
            "isReceive": true,
            "isMove": false,
            "article": named(article),
            "movement": { "from": null, "to": { "toLocationId": 1, "toLocation": "A13" } },
            "articleItem": { "articleItemId": line.id, "numberOfItems": number(quantity) },
            "purchaseOrder": {
                "purchaseOrderId": order.id,
                "purchaseOrderNumber": order.number,
                "purchaseOrderLine": { "id": line.id, "rowNumber": line.row, "reportedNumberOfItems": null },
                "purchaseOrderType": null,
            },
        });
        self.add(origin, "InboundAndMove", "webhookMovesId", payload);
    }

    /// A count that found another quantity; the number is the signed difference, never the balance.
    pub(super) fn counted(&mut self, origin: &Origin, article: &Article, difference: Decimal) {
        let payload = json!({
            "transaction": {
                "transactionNumberOfItems": number(difference),
                "inventoryAdjustmentCause": { "id": 1, "code": "COUNT" },
                "returnRemovedByOrder": null,
            },
            "inventory": { "inventoryId": article.id, "isCountInventory": true, "inventoryComment": null },
            "article": named(article),
            "articleItem": null,
            "purchaseOrder": null,
            "location": null,
        });
        self.add(origin, "Inventory", "webhookInventoryId", payload);
    }
}

fn named(article: &Article) -> Value {
    let bar_code = article.head.get("barCodeInfo").map_or(&Value::Null, |info| &info["barCode"]);
    json!({ "articleSystemId": article.id, "articleNumber": article.number, "barCode": bar_code })
}
