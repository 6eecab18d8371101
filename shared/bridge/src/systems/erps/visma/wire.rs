//! Visma's records as they come (Visma sheet, section 3), as far as the mapping reads them. A source record is the vendor's
//! object with what is joined to it as further members: an article with the settings of the company as `Company`, an order
//! with `Customer` and `Company`.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::super::rows::{self, Part};
use crate::tenant::Settings;
use crate::words::domain::CodeName;
use crate::words::wire::{date, decimal, email, list, text};

/// `ArticleApi`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Article {
    /// Article id.
    #[serde(default, deserialize_with = "text")]
    pub id: Option<String>,
    /// Article number.
    #[serde(default, deserialize_with = "text")]
    pub number: Option<String>,
    /// Name.
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
    /// Sales price without VAT.
    #[serde(default, deserialize_with = "decimal")]
    pub net_price: Option<Decimal>,
    /// Purchase price in the company's currency.
    #[serde(default, deserialize_with = "decimal")]
    pub purchase_price: Option<Decimal>,
    /// The unit's short form.
    #[serde(default, deserialize_with = "text")]
    pub unit_abbreviation: Option<String>,
    /// The unit's name.
    #[serde(default, deserialize_with = "text")]
    pub unit_name: Option<String>,
    /// At most one.
    #[serde(default, deserialize_with = "list")]
    pub barcodes: Vec<Barcode>,
    /// Whether it may be sold.
    pub is_active: Option<bool>,
    /// Whether it is a service.
    #[serde(default, deserialize_with = "truth")]
    pub is_service_article: bool,
    /// Whether Visma keeps its stock.
    pub is_stock: Option<bool>,
    /// The company's settings.
    pub company: Option<Company>,
}

/// `ArticleBarcodeApi`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Barcode {
    /// The digits.
    #[serde(default, deserialize_with = "text")]
    pub barcode: Option<String>,
}

/// `CompanySettingsApi`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Company {
    /// The company's currency.
    #[serde(default, deserialize_with = "text")]
    pub currency_code: Option<String>,
    /// The company's country.
    #[serde(default, deserialize_with = "text")]
    pub country_code: Option<String>,
}

/// What decides about an order before anything is joined to it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OrderHead {
    /// Draft, ongoing, shipped, invoiced.
    pub status: i64,
    /// Whose order.
    #[serde(default, deserialize_with = "text")]
    pub customer_id: Option<String>,
    /// The rows.
    #[serde(default, deserialize_with = "list")]
    pub rows: Vec<Row>,
}

/// `OrderApi` with what is joined.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Order {
    /// Order id.
    #[serde(default, deserialize_with = "text")]
    pub id: Option<String>,
    /// Order number; a draft has none.
    #[serde(default, deserialize_with = "text")]
    pub number: Option<String>,
    /// When it is to be delivered.
    #[serde(default, deserialize_with = "date")]
    pub delivery_date: Option<Date>,
    /// When it was made.
    #[serde(default, deserialize_with = "date")]
    pub order_date: Option<Date>,
    /// The buyer's own order number.
    #[serde(default, deserialize_with = "text")]
    pub buyers_order_reference: Option<String>,
    /// The buyer's reference.
    #[serde(default, deserialize_with = "text")]
    pub your_reference: Option<String>,
    /// The seller's reference.
    #[serde(default, deserialize_with = "text")]
    pub our_reference: Option<String>,
    /// Delivery method.
    #[serde(default, deserialize_with = "text")]
    pub delivery_method_code: Option<String>,
    /// Its name.
    #[serde(default, deserialize_with = "text")]
    pub delivery_method_name: Option<String>,
    /// Delivery term.
    #[serde(default, deserialize_with = "text")]
    pub delivery_term_code: Option<String>,
    /// Its name.
    #[serde(default, deserialize_with = "text")]
    pub delivery_term_name: Option<String>,
    /// Total.
    #[serde(default, deserialize_with = "decimal")]
    pub amount: Option<Decimal>,
    /// Currency.
    #[serde(default, deserialize_with = "text")]
    pub currency_code: Option<String>,
    /// Customer id.
    #[serde(default, deserialize_with = "text")]
    pub customer_id: Option<String>,
    /// Customer number.
    #[serde(default, deserialize_with = "text")]
    pub customer_number: Option<String>,
    /// The customer's name.
    #[serde(default, deserialize_with = "text")]
    pub customer_name: Option<String>,
    /// Who receives it.
    #[serde(default, deserialize_with = "text")]
    pub delivery_customer_name: Option<String>,
    /// Where.
    #[serde(default, deserialize_with = "text")]
    pub delivery_address1: Option<String>,
    /// Where.
    #[serde(default, deserialize_with = "text")]
    pub delivery_address2: Option<String>,
    /// Where.
    #[serde(default, deserialize_with = "text")]
    pub delivery_postal_code: Option<String>,
    /// Where.
    #[serde(default, deserialize_with = "text")]
    pub delivery_city: Option<String>,
    /// Where, ISO 3166-1 alpha-2.
    #[serde(default, deserialize_with = "text")]
    pub delivery_country_code: Option<String>,
    /// Who pays.
    #[serde(default, deserialize_with = "text")]
    pub invoice_customer_name: Option<String>,
    /// The payer's address.
    #[serde(default, deserialize_with = "text")]
    pub invoice_address1: Option<String>,
    /// The payer's address.
    #[serde(default, deserialize_with = "text")]
    pub invoice_address2: Option<String>,
    /// The payer's address.
    #[serde(default, deserialize_with = "text")]
    pub invoice_postal_code: Option<String>,
    /// The payer's address.
    #[serde(default, deserialize_with = "text")]
    pub invoice_city: Option<String>,
    /// The payer's address, ISO 3166-1 alpha-2.
    #[serde(default, deserialize_with = "text")]
    pub invoice_country_code: Option<String>,
    /// The rows, in their own order.
    #[serde(default, deserialize_with = "list")]
    pub rows: Vec<Row>,
    /// The customer.
    pub customer: Option<Customer>,
    /// The company's settings.
    pub company: Option<Company>,
}

/// `OrderRowApi`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Row {
    /// Row id.
    #[serde(default, deserialize_with = "text")]
    pub id: Option<String>,
    /// Its place, unique in the order.
    #[serde(default, deserialize_with = "text")]
    pub line_number: Option<String>,
    /// Article id.
    #[serde(default, deserialize_with = "text")]
    pub article_id: Option<String>,
    /// Article number.
    #[serde(default, deserialize_with = "text")]
    pub article_number: Option<String>,
    /// Whether it is nothing but text.
    #[serde(default, deserialize_with = "truth")]
    pub is_text_row: bool,
    /// Whether its article is a service.
    #[serde(default, deserialize_with = "truth")]
    pub is_service_article: bool,
    /// Text; the article's name, unless somebody wrote another.
    #[serde(default, deserialize_with = "text")]
    pub text: Option<String>,
    /// Pieces.
    #[serde(default, deserialize_with = "decimal")]
    pub quantity: Option<Decimal>,
    /// Pieces that left.
    #[serde(default, deserialize_with = "decimal")]
    pub delivered_quantity: Option<Decimal>,
    /// Whether its discount is an amount, which the API only shows.
    #[serde(default, deserialize_with = "truth")]
    pub is_discount_in_fixed_amount: bool,
    /// Price of one.
    #[serde(default, deserialize_with = "decimal")]
    pub unit_price: Option<Decimal>,
    /// A fraction: 0.1 is 10 %.
    #[serde(default, deserialize_with = "decimal")]
    pub discount_percentage: Option<Decimal>,
    /// Total after discount.
    #[serde(default, deserialize_with = "decimal")]
    pub amount: Option<Decimal>,
}

/// `CustomerApi`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Customer {
    /// For orders.
    #[serde(default, deserialize_with = "email")]
    pub email_address_order: Option<String>,
    /// The contact person's.
    #[serde(default, deserialize_with = "email")]
    pub contact_person_email: Option<String>,
    /// For invoices.
    #[serde(default, deserialize_with = "email")]
    pub email_address: Option<String>,
    /// The contact person's.
    #[serde(default, deserialize_with = "text")]
    pub contact_person_mobile: Option<String>,
    /// The company's.
    #[serde(default, deserialize_with = "text")]
    pub mobile_phone: Option<String>,
    /// The contact person's.
    #[serde(default, deserialize_with = "text")]
    pub contact_person_phone: Option<String>,
    /// The company's.
    #[serde(default, deserialize_with = "text")]
    pub telephone: Option<String>,
    /// Organisation number.
    #[serde(default, deserialize_with = "text")]
    pub corporate_identity_number: Option<String>,
    /// VAT number.
    #[serde(default, deserialize_with = "text")]
    pub vat_number: Option<String>,
    /// Language of its documents.
    #[serde(default, deserialize_with = "text")]
    pub sales_document_language: Option<String>,
    /// Note, up to 4000 characters.
    #[serde(default, deserialize_with = "text")]
    pub note: Option<String>,
}

/// An address on an order.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// First line.
    pub address1: Option<&'a String>,
    /// Second line.
    pub address2: Option<&'a String>,
    /// Postal code.
    pub postal_code: Option<&'a String>,
    /// City.
    pub city: Option<&'a String>,
    /// Country.
    pub country_code: Option<&'a String>,
}

impl Order {
    /// The invoice address.
    #[must_use]
    pub fn invoice_place(&self) -> Place<'_> {
        Place {
            address1: self.invoice_address1.as_ref(),
            address2: self.invoice_address2.as_ref(),
            postal_code: self.invoice_postal_code.as_ref(),
            city: self.invoice_city.as_ref(),
            country_code: self.invoice_country_code.as_ref(),
        }
    }

    /// The delivery address; the invoice address where it has neither street nor city.
    #[must_use]
    pub fn delivery_place(&self) -> Place<'_> {
        let place = Place {
            address1: self.delivery_address1.as_ref(),
            address2: self.delivery_address2.as_ref(),
            postal_code: self.delivery_postal_code.as_ref(),
            city: self.delivery_city.as_ref(),
            country_code: self.delivery_country_code.as_ref(),
        };
        let blank = place.address1.is_none() && place.address2.is_none() && place.city.is_none();
        if blank { self.invoice_place() } else { place }
    }
}

impl Row {
    /// Goods, unless it is a text, or its article is a service or listed as no goods. `Quantity` is a number that cannot be
    /// `null`, so that a row without it has the default of its type, none.
    #[must_use]
    pub fn part(&self, settings: &Settings) -> Part {
        let listed = || rows::is_listed(self.article_number.as_ref(), settings);
        if self.is_text_row || self.is_service_article || listed() {
            Part::Text
        } else {
            rows::goods_of(Some(self.quantity.unwrap_or_default()))
        }
    }

    /// Quantity times price of one.
    #[must_use]
    pub fn price(&self) -> Option<Decimal> {
        self.quantity?.checked_mul(self.unit_price?)
    }

    /// The discount in per cent.
    #[must_use]
    pub fn discount(&self) -> Option<Decimal> {
        self.discount_percentage?.checked_mul(Decimal::ONE_HUNDRED)
    }
}

/// A code with its name; where only one is there it is both.
#[must_use]
pub fn code_name(code: Option<&String>, name: Option<&String>) -> Option<CodeName> {
    let (code, name) = (code.or(name)?, name.or(code)?);
    Some(CodeName { code: code.clone(), name: name.clone() })
}

/// A moment that the vendor stamped: with or without zone, no zone is UTC (Visma sheet, section 2).
#[must_use]
pub fn moment(value: &Value) -> Option<Timestamp> {
    let text = value.as_str()?.trim();
    let zoned = text.parse().ok();
    zoned.or_else(|| Some(text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp()))
}

/// `null` is no.
fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Option::<bool>::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn moments_come_in_three_forms() {
        let expected: Timestamp = "2026-01-31T10:00:00.25Z".parse().unwrap();
        for text in ["2026-01-31T10:00:00.25Z", "2026-01-31T10:00:00.2500000", "2026-01-31T10:00:00.250"] {
            assert_eq!(moment(&json!(text)), Some(expected), "{text}");
        }
        assert_eq!(moment(&json!(null)), None);
    }

    #[test]
    fn a_code_or_a_name_alone_is_both() {
        let (code, name) = ("PNV".to_owned(), "PostNord".to_owned());
        assert_eq!(code_name(Some(&code), Some(&name)), Some(CodeName { code: code.clone(), name: name.clone() }));
        assert_eq!(code_name(None, Some(&name)), Some(CodeName::both(name)));
        assert_eq!(code_name(Some(&code), None), Some(CodeName::both(code)));
        assert_eq!(code_name(None, None), None);
    }
}
