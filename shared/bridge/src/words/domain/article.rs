//! Articles and the suppliers that travel with them.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Extra;

/// `ArticleDefinition` of the mapping tables.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// The ERP's internal product id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_code: Option<String>,
    /// The key in Ongoing, unique per goods owner.
    pub article_number: String,
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article_name: Option<String>,
    /// Description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article_description: Option<String>,
    /// Unit, as the ERP spells its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article_unit_code: Option<String>,
    /// Bar code of one piece.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bar_code: Option<String>,
    /// Kilograms (Ongoing sheet, section 1.6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<Decimal>,
    /// Sales price of one piece.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_price: Option<Decimal>,
    /// Purchase price of one piece.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_price: Option<Decimal>,
    /// Valuation price of one piece.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock_valuation_price: Option<Decimal>,
    /// Currency of the purchase price, ISO 4217.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_currency_code: Option<String>,
    /// Group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article_group: Option<CodeName>,
    /// Whether it may still be ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Whether it is goods that are kept in stock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock_article: Option<bool>,
    /// Whether the ERP keeps its stock, which does not say whether it is goods to the warehouse: a check names those without.
    /// It goes nowhere.
    #[serde(skip)]
    pub erp_keeps_stock: Option<bool>,
    /// Its supplier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<Supplier>,
    /// Members added by `extra_fields`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Extra,
    /// Members that the tenant's value maps made others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mapped: Extra,
}

/// A code and its name; Ongoing makes unknown ones on the fly (Ongoing sheet, section 2.1).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CodeName {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
}

impl CodeName {
    /// A value that is both, where the ERP has only one.
    #[must_use]
    pub fn both(value: String) -> Self {
        Self { code: value.clone(), name: value }
    }
}

/// `Supplier` of the mapping tables.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Supplier {
    /// The key in Ongoing.
    pub supplier_number: String,
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier_name: Option<String>,
    /// Address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<SupplierAddress>,
}

/// `Supplier ⇒ Address`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SupplierAddress {
    /// Street.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_code: Option<String>,
    /// City.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}
