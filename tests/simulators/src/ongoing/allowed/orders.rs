//! What `PUT /orders` declares (Ongoing sheet, section 2.3).

use super::{CODE_NAME, NOTIFICATION, Shape};

pub static ORDER: Shape = Shape {
    required: "goodsOwnerId orderNumber deliveryDate consignee",
    texts: "orderNumber referenceNumber goodsOwnerOrderId salesCode orderRemark deliveryInstruction servicePointCode \
        freeText1 freeText2 freeText3 preparedTransportDocumentId consigneeOrderNumber warehouseInstruction \
        productionCode transporterBulkId invoiceUrl languageCode freeText4",
    whole: "goodsOwnerId warehouseId pickingPriority",
    decimals: "freightPrice customerPrice orderFreeDecimal1",
    times: "deliveryDate orderFreeDateTime1 orderFreeDateTime2 orderFreeDateTime3 orderFreeDateTime4",
    limits: &[
        ("orderNumber", 50),
        ("referenceNumber", 50),
        ("goodsOwnerOrderId", 50),
        ("productionCode", 30),
        ("orderRemark", 500),
        ("warehouseInstruction", 500),
        ("servicePointCode", 50),
        ("invoiceUrl", 200),
    ],
    objects: &[
        ("orderType", &CODE_NAME),
        ("wayOfDelivery", &CODE_NAME),
        ("consignee", &CONSIGNEE),
        ("emailNotification", &NOTIFICATION),
        ("smsNotification", &NOTIFICATION),
        ("telephoneNotification", &NOTIFICATION),
        ("transporter", &TRANSPORTER),
        ("returnTransporter", &RETURN_TRANSPORTER),
        ("customsInfo", &CUSTOMS_INFO),
        ("termsOfDeliveryType", &CODE_NAME),
        ("advanced", &ADVANCED),
        ("marketPlace", &MARKET_PLACE),
        ("transporterAddons", &TRANSPORTER_ADDONS),
        ("returnTransporterAddons", &TRANSPORTER_ADDONS),
    ],
    lists: &[("orderLines", &LINE), ("classes", &CLASS)],
    ..Shape::EMPTY
};

static CONSIGNEE: Shape = Shape {
    texts: "customerNumber name address1 address2 address3 postCode city countryCode countryStateCode remark \
        doorCode organisationNumber vatNumber deliveryInstruction",
    limits: &[
        ("customerNumber", 50),
        ("name", 200),
        ("address1", 200),
        ("address2", 200),
        ("postCode", 200),
        ("city", 200),
    ],
    objects: &[
        ("advanced", &CONSIGNEE_ADDRESS_ADVANCED),
        ("invoiceAddress", &CONSIGNEE_INVOICE_ADDRESS),
        ("customerGroup", &CODE_NAME),
    ],
    ..Shape::EMPTY
};

static CONSIGNEE_ADDRESS_ADVANCED: Shape = Shape {
    texts: "externalCustomerCode",
    objects: &[
        ("telephoneNotification", &NOTIFICATION),
        ("emailNotification", &NOTIFICATION),
        ("smsNotification", &NOTIFICATION),
    ],
    ..Shape::EMPTY
};

static CONSIGNEE_INVOICE_ADDRESS: Shape = Shape {
    texts: "name address1 address2 address3 postCode city countryCode countryStateCode",
    objects: &[("advanced", &INVOICE_ADDRESS_ADVANCED)],
    ..Shape::EMPTY
};

static INVOICE_ADDRESS_ADVANCED: Shape = Shape {
    objects: &[
        ("telephoneNotification", &NOTIFICATION),
        ("emailNotification", &NOTIFICATION),
        ("smsNotification", &NOTIFICATION),
    ],
    ..Shape::EMPTY
};

static TRANSPORTER: Shape = Shape {
    texts: "transporterCode transporterServiceCode",
    objects: &[("paymentAdvanced", &TRANSPORTER_PAYMENT)],
    ..Shape::EMPTY
};

static TRANSPORTER_PAYMENT: Shape = Shape {
    flags: "consigneeCollects",
    objects: &[
        ("consigneePays", &TRANSPORTER_CONSIGNEE_PAYS),
        ("thirdPartyPays", &TRANSPORTER_THIRD_PARTY_PAYS),
        ("senderPays", &TRANSPORTER_SENDER_PAYS_PAYS),
    ],
    ..Shape::EMPTY
};

static TRANSPORTER_CONSIGNEE_PAYS: Shape =
    Shape { required: "customerNumber", texts: "customerNumber", ..Shape::EMPTY };

static TRANSPORTER_THIRD_PARTY_PAYS: Shape =
    Shape { required: "customerNumber", texts: "customerNumber", ..Shape::EMPTY };

static TRANSPORTER_SENDER_PAYS_PAYS: Shape = Shape { texts: "ediCode waybillTemplate customerNumber", ..Shape::EMPTY };

static RETURN_TRANSPORTER: Shape = Shape { texts: "transporterCode transporterServiceCode", ..Shape::EMPTY };

static CUSTOMS_INFO: Shape = Shape { texts: "customsValueCurrencyCode", ..Shape::EMPTY };

static ADVANCED: Shape = Shape {
    texts: "wayOfDeliveryString transporterOrderNumber invoiceNumber termsOfPaymentString termsOfDeliveryString \
        communication",
    times: "arrivalDate arrivalDateFrom",
    lists: &[("orderTextLines", &TEXT_LINE)],
    ..Shape::EMPTY
};

static TEXT_LINE: Shape = Shape {
    required: "rowNumber",
    texts: "rowNumber comment",
    decimals: "numberOfItems",
    limits: &[("comment", 300)],
    ..Shape::EMPTY
};

static MARKET_PLACE: Shape = Shape { texts: "marketPlace marketPlaceOrderNumber", ..Shape::EMPTY };

static TRANSPORTER_ADDONS: Shape = Shape {
    flags: "exactTime craneTruck carryIn optionalServicePoint deliveryAdvice deliveryWithoutPOD signatureAssurance \
        privateReceiver idCheck notToOutdoorParcelLocker flexibleDelivery greenDelivery collectionAtTerminal \
        deliveryBefore0700 deliveryBefore0900 deliveryBefore1000 deliveryBefore1200 deliveryBefore1500 tailLift \
        driverNotification exceptionNotificationByEmail exceptionNotificationBySMS noSignatureAssurance \
        temperatureControlledFrostFree temperatureControlledChilled temperatureControlledFrozen returnLabel \
        parcelLocker longGoods deliveryBefore1300 renewableFuel express temperatureControlledWarm \
        simplifiedDelivery reservationAgainstChange bulkSplit customNotificationBySms customNotificationByEmail \
        customNotificationByLetter insurance importOneStopShop doNotStack recycle extraPersonnel swap \
        returnOfPackaging notToParcelLocker dangerousGoods dangerousGoodsLimitedQuantities extendedRetentionTime \
        cashOnDelivery alternativeName digitalReturn deliveryDuringAM deliveryDuringEvening attendedDelivery \
        daytimeDeliveryWithAdviceAndPOD daytimeDeliveryWithoutNotificationAndReceipt \
        eveningDeliveryWithAdviceAndPOD isTrackable voec leaveAtDoor",
    ..Shape::EMPTY
};

static LINE: Shape = Shape {
    required: "rowNumber articleNumber",
    texts: "rowNumber articleNumber comment serialNumber batchNumber customerArticleNumber warehouseInstruction \
        externalId",
    limits: &[("comment", 300), ("articleNumber", 100)],
    whole: "minDaysToExpiryDate maxDaysToExpiryDate",
    decimals: "numberOfItems lineTotalCustomsValue weight minWeight maxWeight",
    flags: "shouldBePicked",
    times: "deliveryDate",
    objects: &[
        ("lineType", &CODE_NAME),
        ("prices", &LINE_PRICES),
        ("articleItemStatus", &CODE_NAME),
        ("lineFreeValues", &LINE_FREE_VALUES),
        ("vat", &LINE_VAT),
    ],
    lists: &[("subOrderLines", &LINE)],
};

static LINE_PRICES: Shape = Shape {
    texts: "currencyCode",
    decimals: "linePrice customerLinePrice discountPercentage totalVat",
    ..Shape::EMPTY
};

static LINE_FREE_VALUES: Shape = Shape { texts: "freeText1", decimals: "freeDecimal1", ..Shape::EMPTY };

static LINE_VAT: Shape = Shape { required: "code", texts: "code", decimals: "percent", ..Shape::EMPTY };

static CLASS: Shape = Shape { texts: "code name comment", flags: "isParcelTypeSuggestion", ..Shape::EMPTY };
