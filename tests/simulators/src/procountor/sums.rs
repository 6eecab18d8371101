//! `invoiceSumInfo`: read-only totals, exact to the cent.

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Number, Value, json};

fn decimal(row: &Value, name: &str) -> Decimal {
    row.get(name).and_then(|value| value.to_string().parse().ok()).unwrap_or_default()
}

fn cents(amount: Decimal) -> Value {
    let rounded = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    Value::Number(Number::from_string_unchecked(rounded.normalize().to_string()))
}

/// Works the totals out anew from the rows.
pub(super) fn renew(invoice: &mut Map<String, Value>) {
    let including = invoice.get("extraInfo").is_some_and(|extra| extra["unitPricesIncludeVat"] == true);
    let share = |percent: Decimal| percent / Decimal::ONE_HUNDRED;
    let whole = Value::Object(invoice.clone());
    let document = Decimal::ONE - share(decimal(&whole, "discountPercent"));
    let (mut net, mut gross) = (Decimal::ZERO, Decimal::ZERO);
    for row in whole["invoiceRows"].as_array().into_iter().flatten() {
        let discount = Decimal::ONE - share(decimal(row, "discountPercent"));
        let priced = decimal(row, "quantity") * decimal(row, "unitPrice") * discount * document;
        let vat = Decimal::ONE + share(decimal(row, "vatPercent"));
        net += if including { priced / vat } else { priced };
        gross += if including { priced } else { priced * vat };
    }
    let currency = whole["paymentInfo"]["currency"].as_str().unwrap_or("EUR");
    let sums = json!([{
        "currency": currency,
        "inAccountingCurrency": true,
        "excludingVatTotal": cents(net),
        "vatSumTotal": cents(gross - net),
        "invoiceSumTotal": cents(gross),
    }]);
    invoice.insert("invoiceSumInfo".into(), sums);
}
