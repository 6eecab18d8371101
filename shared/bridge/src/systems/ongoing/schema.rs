//! The shape of Ongoing's records as far as they are read (Ongoing sheet, section 3).

use crate::systems::schema::{Is, Schema, always, required, sometimes};

/// An article.
pub(super) const ARTICLE: Schema = Schema {
    system: "ongoing",
    call: "GET articles",
    members: &[
        required("/articleSystemId", Is::Number),
        required("/articleNumber", Is::Text),
        sometimes("/productCode", Is::Text),
        sometimes("/isStockArticle", Is::Flag),
        sometimes("/isActive", Is::Flag),
        sometimes("/articleKind", Is::Text)
            .one_of(|word| word.as_str().is_some_and(|word| ["Stock", "Production", "Structure"].contains(&word))),
        sometimes("/inventoryInfo", Is::Object),
        sometimes("/inventoryInfo/numberOfItems", Is::Number),
        sometimes("/inventoryInfo/sellableNumberOfItems", Is::Number),
    ],
};

/// An order.
pub(super) const ORDER: Schema = Schema {
    system: "ongoing",
    call: "GET orders",
    members: &[
        required("/orderInfo", Is::Object),
        required("/orderInfo/orderId", Is::Number),
        required("/orderInfo/orderNumber", Is::Text),
        required("/orderInfo/orderStatus", Is::Object),
        required("/orderInfo/orderStatus/number", Is::Number),
        sometimes("/orderInfo/goodsOwnerOrderId", Is::Text),
        sometimes("/orderInfo/shippedTime", Is::Text),
        sometimes("/orderInfo/allocatedNumberOfItems", Is::Number),
        sometimes("/orderInfo/pickedNumberOfItems", Is::Number),
        sometimes("/orderInfo/advanced", Is::Object),
        sometimes("/orderInfo/advanced/backOrderInfo", Is::Object),
        sometimes("/orderInfo/advanced/backOrderInfo/backOrderForOrderId", Is::Number),
        sometimes("/orderLines", Is::List),
        required("/orderLines/*/rowNumber", Is::Text),
        sometimes("/orderLines/*/article", Is::Object),
        sometimes("/orderLines/*/article/articleNumber", Is::Text),
        sometimes("/orderLines/*/orderedNumberOfItems", Is::Number),
        required("/orderLines/*/pickedNumberOfItems", Is::Number),
        sometimes("/orderLines/*/subOrderLines", Is::List),
        sometimes("/orderLines/*/subOrderLines/*/orderedNumberOfItems", Is::Number),
        sometimes("/orderLines/*/subOrderLines/*/pickedNumberOfItems", Is::Number),
        sometimes("/tracking", Is::List),
        sometimes("/tracking/*/waybill", Is::Text),
        sometimes("/parcels", Is::List),
        sometimes("/parcels/*/parcelNumber", Is::Text),
        sometimes("/parcels/*/isReturnParcel", Is::Flag),
    ],
};

/// A purchase order.
pub(super) const PURCHASE_ORDER: Schema = Schema {
    system: "ongoing",
    call: "GET purchaseOrders",
    members: &[
        required("/purchaseOrderInfo", Is::Object),
        required("/purchaseOrderInfo/purchaseOrderId", Is::Number),
        required("/purchaseOrderInfo/purchaseOrderNumber", Is::Text),
        required("/purchaseOrderInfo/purchaseOrderStatus", Is::Object),
        required("/purchaseOrderInfo/purchaseOrderStatus/number", Is::Number),
        sometimes("/purchaseOrderLines", Is::List),
        sometimes("/purchaseOrderLines/*/rowNumber", Is::Text),
        sometimes("/purchaseOrderLines/*/receivedNumberOfItems", Is::Number),
    ],
};

/// What a write of an article is answered with; its id may be `null`.
pub(super) const WRITTEN_ARTICLE: Schema = Schema {
    system: "ongoing",
    call: "PUT articles",
    members: &[always("/articleSystemId", Is::Number), sometimes("/message", Is::Text)],
};

/// The same of an order,
pub(super) const WRITTEN_ORDER: Schema = Schema {
    system: "ongoing",
    call: "PUT orders",
    members: &[always("/orderId", Is::Number), sometimes("/message", Is::Text)],
};

/// of its cancellation,
pub(super) const CANCELLED_ORDER: Schema = Schema {
    system: "ongoing",
    call: "DELETE orders/*",
    members: &[always("/orderId", Is::Number), sometimes("/message", Is::Text)],
};

/// of a purchase order,
pub(super) const WRITTEN_PURCHASE_ORDER: Schema = Schema {
    system: "ongoing",
    call: "PUT purchaseOrders",
    members: &[always("/purchaseOrderId", Is::Number), sometimes("/message", Is::Text)],
};

/// and of its cancellation.
pub(super) const CANCELLED_PURCHASE_ORDER: Schema = Schema {
    system: "ongoing",
    call: "DELETE purchaseOrders/*",
    members: &[always("/purchaseOrderId", Is::Number), sometimes("/message", Is::Text)],
};
