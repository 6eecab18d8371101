//! A full replace that loses nothing: the record as it was read, less what only Visma sets. Members that are not known
//! here go back as they came.

use rust_decimal::RoundingStrategy::MidpointAwayFromZero;
use serde_json::Value;

use crate::words::wire::{exact, number};

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
pub(in super::super) fn order(read: &Value) -> Value {
    let mut whole = without(read, ORDER);
    for (list, read_only) in [("Rows", ROW), ("Persons", PERSON)] {
        for entry in whole[list].as_array_mut().into_iter().flatten() {
            *entry = without(entry, read_only);
        }
    }
    whole
}

/// An article's body.
pub(in super::super) fn article(read: &Value) -> Value {
    without(read, ARTICLE)
}

/// What to say of a write whose decimals were refused.
pub(super) const ROUNDED: &str = "with decimals rounded, since Visma refused them as they were read";

/// An order's body with the decimals that Visma allows (Visma sheet, section 6): four in a price in foreign currency.
pub(super) fn order_rounded(whole: &Value, home_currency: Option<&str>) -> Value {
    let foreign = home_currency.is_some_and(|home| whole["CurrencyCode"].as_str().is_some_and(|code| code != home));
    let mut rounded = whole.clone();
    for row in rounded["Rows"].as_array_mut().into_iter().flatten() {
        round(row, "UnitPrice", if foreign { 4 } else { 2 });
        round(row, "Quantity", 4);
        round(row, "DeliveredQuantity", 2);
    }
    rounded
}

/// An article's body with the decimals that Visma allows.
pub(super) fn article_rounded(whole: &Value) -> Value {
    let mut rounded = whole.clone();
    for member in ["NetPrice", "GrossPrice"] {
        round(&mut rounded, member, 2);
    }
    rounded
}

fn round(record: &mut Value, member: &str, decimals: u32) {
    let exactly = match &record[member] {
        Value::Number(value) => exact(&value.to_string()).ok(),
        _ => None,
    };
    let rounded = exactly.map(|value| (value, value.round_dp_with_strategy(decimals, MidpointAwayFromZero)));
    if let Some((_, rounded)) = rounded.filter(|(value, rounded)| value != rounded) {
        record[member] = number(rounded);
    }
}

fn without(record: &Value, read_only: &[&str]) -> Value {
    let members = record.as_object().into_iter().flatten().filter(|(name, _)| !read_only.contains(&name.as_str()));
    members.map(|(name, value)| (name.clone(), value.clone())).collect()
}
