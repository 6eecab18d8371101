//! Orders.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{CodeName, Extra};
use crate::words::digest::sha256;

/// An order with everything that goes to Ongoing about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// `OrderInfo`.
    pub order_info: OrderInfo,
    /// `Customer`: who receives it.
    pub customer: Customer,
    /// `OrderLine`s.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order_lines: Vec<OrderLine>,
    /// `OrderTextLine`s.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order_text_lines: Vec<OrderTextLine>,
    /// Members added by `extra_fields`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Extra,
    /// Members that the tenant's value maps made others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mapped: Extra,
    /// The ERP's word for a state in which it comes in although it is not among those that are pulled, for a plan to tell. It
    /// goes nowhere.
    #[serde(skip)]
    pub first_seen_as: Option<String>,
}

/// A delivery date, and whether the ERP gave it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryDate {
    /// The date.
    pub date: Date,
    /// `false`: the ERP had none, and `date` is the day the order was read, since Ongoing requires one.
    pub given: bool,
}

impl DeliveryDate {
    /// The ERP's date, else today.
    #[must_use]
    pub fn or_today(given: Option<Date>, today: Date) -> Self {
        Self { date: given.unwrap_or(today), given: given.is_some() }
    }
}

/// `OrderInfo` of the mapping tables.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OrderInfo {
    /// The ERP's internal id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goods_owner_order_id: Option<String>,
    /// The key in Ongoing, unique per goods owner, at most 50 characters.
    pub goods_owner_order_number: String,
    /// Delivery date.
    pub delivery_date: DeliveryDate,
    /// Terms of delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms_of_delivery_type: Option<CodeName>,
    /// Production code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub production_code: Option<String>,
    /// The consignee's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_number: Option<String>,
    /// Your reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sales_code: Option<String>,
    /// Way of delivery as free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way_of_delivery: Option<String>,
    /// Way of delivery as a type that the warehouse maps to a carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way_of_delivery_type: Option<CodeName>,
    /// Remark, at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_remark: Option<String>,
    /// Language code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Terms of payment as free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms_of_payment: Option<String>,
    /// Instruction to the carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_instruction: Option<String>,
    /// Invoice number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_number: Option<String>,
    /// The order's amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_price: Option<Decimal>,
    /// Whom to tell that the order is on its way.
    pub order_notification: OrderNotification,
}

/// `OrderInfo ⇒ OrderNotification`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OrderNotification {
    /// Address for the e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether to send it.
    pub notify_by_email: bool,
    /// Number for the text message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile_phone: Option<String>,
    /// Whether to send it.
    pub notify_by_sms: bool,
    /// Number to call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
}

/// `Customer` of the mapping tables: Ongoing's consignee.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    /// Customer number; a shared record in Ongoing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The ERP's internal id of the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_customer_code: Option<String>,
    /// Organisation number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation_number: Option<String>,
    /// VAT number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<String>,
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Street.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Second address line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address2: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_code: Option<String>,
    /// City.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
    /// State.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country_state_code: Option<String>,
    /// Note on the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// Mobile phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile_phone: Option<String>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Who pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_address: Option<Address>,
}

impl Customer {
    /// Its number with a suffix that another address does not have; without an address, its number.
    #[must_use]
    pub fn number_of_address(&self) -> Option<String> {
        const DIGITS: usize = 8;
        let Self { name, address, address2, post_code, city, country_code, country_state_code, .. } = self;
        let address = [name, address, address2, post_code, city, country_code, country_state_code];
        let number = self.number.as_ref()?;
        if address.iter().all(|line| line.is_none()) {
            return Some(number.clone());
        }
        let digest = sha256(address.map(|line| line.as_deref().unwrap_or_default()).join("\n"));
        Some(format!("{number}-{}", &digest[..DIGITS]))
    }
}

/// `Customer ⇒ InvoiceAddress`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Address {
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Street.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Second address line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address2: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_code: Option<String>,
    /// City.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
    /// State.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country_state_code: Option<String>,
}

/// `OrderLine`: something to pick.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The ERP's row id, unique in the order.
    pub external_order_line_code: String,
    /// The same id once more, where the document asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The article. `None` where the ERP names it by `product_code` only: resolved at import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article_number: Option<String>,
    /// The ERP's own id of the article, where its row has one: to read the article by. It goes nowhere.
    #[serde(skip)]
    pub article_key: Option<String>,
    /// The ERP's internal product id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_code: Option<String>,
    /// Pieces.
    pub number_of_items: Decimal,
    /// The row's total before discount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_price: Option<Decimal>,
    /// ISO 4217.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency_code: Option<String>,
    /// Per cent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Decimal>,
    /// The row's net total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_line_price: Option<Decimal>,
    /// Text on the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_line_comment: Option<String>,
    /// Text of the ERP's for which Ongoing's rows have no member of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_free_text1: Option<String>,
}

/// `OrderTextLine`: something to read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OrderTextLine {
    /// The ERP's row id.
    pub external_order_line_code: String,
    /// By the tables: 1.
    pub number_of_items: Decimal,
    /// The text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_line_comment: Option<String>,
}

/// An order, or a purchase order where it comes by that feed, that left the statuses that are pulled.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// The order's number in Ongoing.
    pub goods_owner_order_number: String,
    /// The ERP's internal id of it, by which the order in Ongoing is told from another one of that number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goods_owner_order_id: Option<String>,
    /// Why.
    pub reason: String,
}
