//! The members that Ongoing declares and a tenant's `extra_fields` may fill: single values only, no lists (Ongoing sheet,
//! sections 2.2, 2.3 and 2.6). Write bodies are closed: a member that is not declared must never be sent.

use serde_json::Value;

use crate::words::feed::Feed;
use crate::words::wire;

const ADDRESS: [&str; 8] =
    ["name", "address1", "address2", "address3", "postCode", "city", "countryCode", "countryStateCode"];

#[rustfmt::skip]
const ARTICLES: &[&str] = &[
    "/articleName", "/productCode", "/unitCode", "/description", "/isStockArticle", "/isActive",
    "/supplierInfo/supplierNumber", "/supplierInfo/supplierName", "/supplierInfo/supplierArticleNumber",
    "/supplierInfo/advanced/manufacturersIdentificationCode", "/barCodeInfo/barCode", "/barCodeInfo/barCodePackage",
    "/barCodeInfo/barCodePallet", "/quantityPerPackage", "/quantityPerPallet", "/quantityPerLayerOnPallet", "/weight",
    "/netWeight", "/length", "/width", "/height", "/volume", "/purchasePrice", "/stockValuationPrice",
    "/customerPrice", "/purcaseCurrencyCode", "/countryOfOriginCode", "/statisticsNumber", "/customsDescription",
    "/additionalStatisticsNumber", "/customsExportConditions", "/articleGroup/code", "/articleGroup/name",
    "/articleCategory/code", "/articleCategory/name", "/articleColor/code", "/articleColor/name",
    "/articleSize/code", "/articleSize/name", "/stockLimit", "/minimumReorderQuantity", "/subQuantityPerItem",
    "/linkToPicture", "/storageProperties/isObsolete", "/storageProperties/isSerialNumberArticle",
    "/storageProperties/isBatchArticle", "/storageProperties/isExpiryDateArticle", "/freeValues/freeText1",
    "/freeValues/freeText2", "/freeValues/freeText3", "/freeValues/freeText4", "/freeValues/freeText5",
    "/freeValues/freeText6", "/freeValues/freeText7", "/freeValues/freeText8", "/freeValues/freeDecimal1",
    "/freeValues/freeDecimal2", "/freeValues/freeDecimal3", "/freeValues/freeBoolean1", "/freeValues/freeBoolean2",
    "/freeValues/freeBoolean3", "/freeValues/freeDateTime1",
];

#[rustfmt::skip]
const ORDERS: &[&str] = &[
    "/deliveryDate", "/referenceNumber", "/goodsOwnerOrderId", "/salesCode", "/consigneeOrderNumber", "/orderRemark",
    "/deliveryInstruction", "/warehouseInstruction", "/servicePointCode", "/invoiceUrl", "/freeText1", "/freeText2",
    "/freeText3", "/orderType/code", "/orderType/name", "/wayOfDelivery/code", "/wayOfDelivery/name",
    "/termsOfDeliveryType/code", "/termsOfDeliveryType/name", "/productionCode", "/transporterBulkId",
    "/preparedTransportDocumentId", "/languageCode", "/warehouseId", "/pickingPriority", "/freightPrice",
    "/customerPrice", "/consignee/customerNumber", "/consignee/remark", "/consignee/doorCode",
    "/consignee/organisationNumber", "/consignee/vatNumber", "/consignee/customerGroup/code",
    "/consignee/customerGroup/name", "/consignee/advanced/externalCustomerCode", "/emailNotification/value",
    "/smsNotification/value", "/telephoneNotification/value", "/transporter/transporterCode",
    "/transporter/transporterServiceCode", "/returnTransporter/transporterCode",
    "/returnTransporter/transporterServiceCode", "/customsInfo/customsValueCurrencyCode", "/marketPlace/marketPlace",
    "/marketPlace/marketPlaceOrderNumber", "/advanced/wayOfDeliveryString", "/advanced/termsOfPaymentString",
    "/advanced/termsOfDeliveryString", "/advanced/invoiceNumber", "/advanced/transporterOrderNumber",
    "/advanced/communication", "/advanced/arrivalDate", "/advanced/arrivalDateFrom",
];

#[rustfmt::skip]
const PURCHASE_ORDERS: &[&str] = &[
    "/supplierOrderNumber", "/goodsOwnerReference", "/referenceNumber", "/purchaseOrderRemark", "/invoiceNumber",
    "/inDate", "/supplierInfo/supplierNumber", "/supplierInfo/supplierName", "/supplierInfo/remark",
    "/purchaseOrderType/code", "/purchaseOrderType/name", "/wayOfDelivery/code", "/wayOfDelivery/name",
    "/goodsOwnerPurchaseOrderId", "/warehouseId", "/advanced/container", "/advanced/orderDate",
    "/advanced/advisedDate", "/freeValues/freeText1", "/freeValues/freeText2", "/freeValues/freeText3",
    "/freeValues/freeText4", "/freeValues/freeText5", "/freeValues/freeDecimal1", "/freeValues/freeDecimal2",
    "/freeValues/freeBoolean1", "/freeValues/freeBoolean2",
];

/// The members that `extra_fields` of a feed may fill, as JSON pointers; none for a feed without a body of its own.
#[must_use]
pub fn members(feed: Feed) -> Vec<String> {
    let listed = |all: &[&str]| all.iter().map(|member| (*member).to_owned()).collect::<Vec<_>>();
    let address = |prefix: &str| ADDRESS.iter().map(move |name| format!("{prefix}/{name}")).collect::<Vec<_>>();
    match feed {
        Feed::Articles => listed(ARTICLES),
        Feed::Orders => [listed(ORDERS), address("/consignee"), address("/consignee/invoiceAddress")].concat(),
        Feed::PurchaseOrders => listed(PURCHASE_ORDERS),
        Feed::Suppliers => Vec::new(),
    }
}

/// Whether `extra_fields` of a feed may fill this member.
///
/// # Errors
/// What would be right.
pub fn check(feed: Feed, pointer: &str) -> Result<(), String> {
    if feed == Feed::Suppliers {
        return Err("suppliers have no body of their own in Ongoing".into());
    }
    if members(feed).iter().any(|member| member == pointer) {
        return Ok(());
    }
    Err(format!(
        "Ongoing declares no single value {pointer} for {feed}; one such as /freeText1 (orders) or /freeValues/freeText1 is expected"
    ))
}

/// Members of rows whose values a tenant may map; `*` stands for every row.
const ORDER_ROWS: [&str; 3] =
    ["/orderLines/*/prices/currencyCode", "/orderLines/*/comment", "/orderLines/*/lineFreeValues/freeText1"];
const PURCHASE_ORDER_ROWS: [&str; 2] =
    ["/purchaseOrderLines/*/comment", "/purchaseOrderLines/*/lineFreeValues/freeText1"];

/// By these the bridge knows its records again, or they are days: no map of values touches them.
const NEVER_MAPPED: [&str; 9] = [
    "/productCode",
    "/goodsOwnerOrderId",
    "/goodsOwnerPurchaseOrderId",
    "/deliveryDate",
    "/inDate",
    "/advanced/arrivalDate",
    "/advanced/arrivalDateFrom",
    "/advanced/orderDate",
    "/advanced/advisedDate",
];

/// The members whose values a tenant may map.
#[must_use]
pub fn mapped_members(feed: Feed) -> Vec<String> {
    let rows: &[&str] = match feed {
        Feed::Orders => &ORDER_ROWS,
        Feed::PurchaseOrders => &PURCHASE_ORDER_ROWS,
        Feed::Articles | Feed::Suppliers => &[],
    };
    let mut all = members(feed);
    all.retain(|member| !NEVER_MAPPED.contains(&member.as_str()));
    all.extend(rows.iter().map(|row| (*row).to_owned()));
    all
}

/// Whether a tenant may map the values of this member.
///
/// # Errors
/// What would be right.
pub fn check_mapped(feed: Feed, pointer: &str) -> Result<(), String> {
    if mapped_members(feed).iter().any(|member| member == pointer) {
        return Ok(());
    }
    Err(format!(
        "{pointer} is no member of {feed} in Ongoing whose values can be mapped; one such as /wayOfDelivery/code (orders) or \
         /unitCode (articles) is expected"
    ))
}

/// The members that are numbers; those that begin with `is` or `freeBoolean` are truths, all others are text.
const NUMBERS: [&str; 22] = [
    "quantityPerPackage",
    "quantityPerPallet",
    "quantityPerLayerOnPallet",
    "weight",
    "netWeight",
    "length",
    "width",
    "height",
    "volume",
    "purchasePrice",
    "stockValuationPrice",
    "customerPrice",
    "freightPrice",
    "stockLimit",
    "minimumReorderQuantity",
    "subQuantityPerItem",
    "freeDecimal1",
    "freeDecimal2",
    "freeDecimal3",
    "warehouseId",
    "pickingPriority",
    "numberOfItems",
];

/// A value of the ERP's in the representation that this member of Ongoing's has: `17` is `"17"` in a text.
#[must_use]
pub fn fitted(pointer: &str, value: &Value) -> Value {
    let name = pointer.rsplit('/').next().unwrap_or_default();
    if NUMBERS.contains(&name) {
        let text = value.as_str().and_then(|text| wire::exact(text.trim()).ok());
        return text.map_or_else(|| value.clone(), wire::number);
    }
    if name.starts_with("is") || name.starts_with("freeBoolean") {
        return value.as_str().and_then(|text| text.parse().ok()).map_or_else(|| value.clone(), Value::Bool);
    }
    match value {
        Value::Number(number) => Value::String(number.to_string()),
        Value::Bool(truth) => Value::String(truth.to_string()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_take_the_shape_of_the_member() {
        assert_eq!(fitted("/freeText1", &json!(30001)), json!("30001"));
        assert_eq!(fitted("/freeValues/freeDecimal1", &json!("1.50")), wire::number("1.50".parse().unwrap()));
        assert_eq!(fitted("/isActive", &json!("true")), json!(true));
        assert_eq!(fitted("/warehouseId", &json!(3)), json!(3));
    }

    #[test]
    fn only_declared_single_values_may_be_filled() {
        assert!(check(Feed::Orders, "/freeText1").is_ok());
        assert!(check(Feed::Orders, "/consignee/invoiceAddress/name").is_ok());
        assert!(check(Feed::Orders, "/orderLines/0/comment").is_err());
        assert!(check(Feed::Orders, "/consigneename").is_err() && check(Feed::Orders, "/consignee//name").is_err());
        assert!(check(Feed::Articles, "/freeText1").unwrap_err().contains("/freeValues/freeText1"));
        assert!(check(Feed::Suppliers, "/name").is_err());
    }
}
