//! Purchase orders.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{CodeName, Extra, Supplier};

/// A purchase order with everything that goes to Ongoing about it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PurchaseOrder {
    /// The ERP's internal id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goods_owner_purchase_order_id: Option<String>,
    /// The key in Ongoing, unique per goods owner, at most 50 characters.
    pub order_number: String,
    /// Remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_remark: Option<String>,
    /// Reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_number: Option<String>,
    /// Way of delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way_of_delivery: Option<CodeName>,
    /// Expected arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_date: Option<Date>,
    /// Who delivers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<Supplier>,
    /// `OrderLine`s.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order_lines: Vec<PurchaseOrderLine>,
    /// Members added by `extra_fields`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Extra,
    /// Members that the tenant's value maps made others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mapped: Extra,
}

/// `OrderLine` of a purchase order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PurchaseOrderLine {
    /// The ERP's row id, unique in the order.
    pub external_order_line_id: String,
    /// The article. `None` where the ERP names it by `product_code` only: resolved at import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article_number: Option<String>,
    /// The ERP's internal product id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_code: Option<String>,
    /// The ERP's own id of the article, where its row has one: to read the article by. It goes nowhere.
    #[serde(skip)]
    pub article_key: Option<String>,
    /// What the row calls the article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article_name: Option<String>,
    /// Pieces.
    pub number_of_items: Decimal,
}
