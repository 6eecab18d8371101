//! What `PUT /purchaseOrders` declares (Ongoing sheet, section 2.6).

use super::{CODE_NAME, SUPPLIER_ADDRESS, Shape};

pub static PURCHASE_ORDER: Shape = Shape {
    required: "goodsOwnerId purchaseOrderNumber",
    texts: "purchaseOrderNumber supplierOrderNumber goodsOwnerReference referenceNumber purchaseOrderRemark \
        invoiceNumber goodsOwnerPurchaseOrderId",
    whole: "goodsOwnerId warehouseId",
    times: "inDate",
    limits: &[("purchaseOrderNumber", 50)],
    objects: &[
        ("supplierInfo", &SUPPLIER_INFO),
        ("purchaseOrderType", &CODE_NAME),
        ("freeValues", &FREE_VALUES),
        ("advanced", &ADVANCED),
        ("customsInfo", &CUSTOMS),
        ("sellerInfo", &SELLER_INFO),
        ("wayOfDelivery", &CODE_NAME),
    ],
    lists: &[("purchaseOrderLines", &LINE), ("classes", &CLASS), ("tracking", &TRACKING), ("textLines", &TEXT_LINE)],
    ..Shape::EMPTY
};

static SUPPLIER_INFO: Shape = Shape {
    texts: "supplierNumber supplierName remark",
    objects: &[("supplierAddress", &SUPPLIER_ADDRESS)],
    ..Shape::EMPTY
};

static FREE_VALUES: Shape = Shape {
    texts: "freeText1 freeText2 freeText3 freeText4 freeText5",
    decimals: "freeDecimal1 freeDecimal2",
    flags: "freeBoolean1 freeBoolean2",
    ..Shape::EMPTY
};

static ADVANCED: Shape = Shape {
    texts: "container",
    whole: "purchaseOrderStatusCreated",
    flags: "purchaseOrderIsReturnType",
    times: "orderDate advisedDate",
    objects: &[("customer", &CUSTOMER)],
    ..Shape::EMPTY
};

static CUSTOMER: Shape =
    Shape { texts: "customerNumber customerName", objects: &[("address", &CUSTOMER_ADDRESS)], ..Shape::EMPTY };

static CUSTOMER_ADDRESS: Shape = Shape {
    texts: "name address1 address2 address3 postCode city countryCode email telephone mobilePhone",
    ..Shape::EMPTY
};

static CUSTOMS: Shape =
    Shape { texts: "termsOfDeliveryTypeLocation", objects: &[("termsOfDeliveryType", &CODE_NAME)], ..Shape::EMPTY };

static SELLER_INFO: Shape =
    Shape { texts: "sellerNumber sellerName", objects: &[("sellerAddress", &SUPPLIER_ADDRESS)], ..Shape::EMPTY };

static LINE: Shape = Shape {
    required: "rowNumber articleNumber",
    texts: "rowNumber articleNumber comment currencyCode batchNumber externalOrderLineId serialNumber",
    whole: "articleItemStatusId",
    decimals: "numberOfItems rowPrice weight",
    times: "inDate expiryDate productionDate",
    objects: &[
        ("lineFreeValues", &LINE_FREE_VALUES),
        ("lineType", &CODE_NAME),
        ("returnCause", &CODE_NAME),
        ("articleItemStatus", &CODE_NAME),
    ],
    lists: &[("textLines", &TEXT_LINE)],
    ..Shape::EMPTY
};

static LINE_FREE_VALUES: Shape = Shape { texts: "freeText1 freeText2", decimals: "freeDecimal1", ..Shape::EMPTY };

static TEXT_LINE: Shape = Shape { texts: "rowNumber comment", decimals: "numberOfItems", ..Shape::EMPTY };

static CLASS: Shape = Shape { texts: "code name comment", ..Shape::EMPTY };

static TRACKING: Shape = Shape { texts: "waybill trackingUrl", ..Shape::EMPTY };
