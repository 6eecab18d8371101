//! A full replace that loses nothing: the record as it was read, less what only Visma sets. Members that are not known
//! here go back as they came.

use serde_json::Value;

/// Read-only members of an order (Visma sheet, section 3).
const ORDER: &[&str] = &[
    "Id",
    "CreatedUtc",
    "CustomerNumber",
    "CustomerName",
    "DeliveryTermId",
    "DeliveryMethodId",
    "CustomerIsPrivatePerson",
    "IncludesVat",
    "Number",
    "ModifiedUtc",
    "SalesDocumentAttachments",
    "MessageThreads",
    "Notes",
    "MaxAllowedTaxReductionAmount",
    "RotReducedInvoicingPercent",
    "IsNotDelivered",
    "CreatedFromQuoteId",
    "BackgroundId",
];

/// Of an order's row: its id, too, which Visma finds again by the line number or gives anew.
const ROW: &[&str] = &[
    "Id",
    "IsServiceArticle",
    "UnitId",
    "IsDiscountInFixedAmount",
    "DiscountFixedAmount",
    "VatRate",
    "PurchasePrice",
    "FreightCosts",
];

/// Of a person in a tax reduction.
const PERSON: &[&str] = &["Id"];

/// Of an article. A label's id stays: it says which label.
const ARTICLE: &[&str] = &[
    "Id",
    "CodingName",
    "UnitName",
    "UnitAbbreviation",
    "StockBalanceManuallyChangedUtc",
    "StockBalanceReserved",
    "StockBalanceAvailable",
    "CreatedUtc",
    "ChangedUtc",
    "PurchasePriceManuallyChangedUtc",
    "MessageThreads",
    "Notes",
    "ShowStockInformation",
    "IsServiceArticle",
    "FreightCostsManuallyChangedUtc",
    "StockValue",
];

/// An order's body.
pub(super) fn order(read: &Value) -> Value {
    let mut whole = without(read, ORDER);
    for (list, read_only) in [("Rows", ROW), ("Persons", PERSON)] {
        for entry in whole[list].as_array_mut().into_iter().flatten() {
            *entry = without(entry, read_only);
        }
    }
    whole
}

/// An article's body.
pub(super) fn article(read: &Value) -> Value {
    without(read, ARTICLE)
}

fn without(record: &Value, read_only: &[&str]) -> Value {
    let members = record.as_object().into_iter().flatten().filter(|(name, _)| !read_only.contains(&name.as_str()));
    members.map(|(name, value)| (name.clone(), value.clone())).collect()
}
