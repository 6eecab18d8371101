//! Reads what is in Ongoing.

use std::collections::BTreeMap;

use bridge::words::feed::Feed;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::Result;
use crate::vendor::Vendor;

/// A goods owner's records.
#[derive(Debug, Default)]
pub struct Warehouse {
    /// Accepted writes so far.
    pub writes: u64,
    /// By feed and number.
    pub records: BTreeMap<(Feed, String), There>,
}

/// A record in Ongoing, as far as a person would compare it.
#[derive(Clone, Debug, PartialEq)]
pub struct There {
    /// An article's name, an order's consignee, a purchase order's supplier.
    pub name: String,
    /// An article's price.
    pub price: Option<Decimal>,
    /// Lines with an article.
    pub lines: usize,
}

impl There {
    /// An article.
    #[must_use]
    pub fn article(name: String, price: Option<Decimal>) -> Self {
        Self { name, price, lines: 0 }
    }

    /// An order or purchase order.
    #[must_use]
    pub fn order(name: String, lines: usize) -> Self {
        Self { name, price: None, lines }
    }
}

impl Warehouse {
    /// Looks at a goods owner.
    ///
    /// # Errors
    /// When Ongoing's simulator does not answer.
    pub async fn of(ongoing: &Vendor, goods_owner: i64) -> Result<Self> {
        let state = ongoing.act("state", &json!({ "goodsOwnerId": goods_owner })).await?;
        let mut records = BTreeMap::new();
        for article in list(&state["articles"]) {
            let price = decimal(&article["body"]["customerPrice"]);
            let there = There::article(text(&article["body"]["articleName"]), price);
            records.insert((Feed::Articles, text(&article["articleNumber"])), there);
        }
        let orders = [
            (Feed::Orders, "orders", "orderNumber", "orderLines", "/consignee/name"),
            (
                Feed::PurchaseOrders,
                "purchaseOrders",
                "purchaseOrderNumber",
                "purchaseOrderLines",
                "/supplierInfo/supplierName",
            ),
        ];
        for (feed, all, number, lines, name) in orders {
            for order in list(&state[all]) {
                let name = order["body"].pointer(name).map(text).unwrap_or_default();
                let there = There::order(name, list(&order["body"][lines]).len());
                records.insert((feed, text(&order[number])), there);
            }
        }
        Ok(Self { writes: state["writes"].as_u64().ok_or("Ongoing tells no count of writes")?, records })
    }
}

/// A number exactly, however it is spelt.
#[must_use]
pub fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => number.to_string().parse().ok(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A text, or a number as text.
#[must_use]
pub fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
}

/// A list, or nothing.
#[must_use]
pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
