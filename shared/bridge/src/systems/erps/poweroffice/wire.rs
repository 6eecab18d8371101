//! PowerOffice Go's records as they come (PowerOffice sheet, section 3), as far as the mapping reads them. A source
//! record is the vendor's object with what is joined to it as further members: `Product` with `ProductGroup`,
//! `OutgoingInvoice` with `Lines`, `Customer` and `ContactDeliveryAddresses`.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::super::rows::{self, Part};
use super::credit_notes::{CreditNote, Credits};
use crate::tenant::Settings;
use crate::words::wire::{date, decimal, email, list, text};

/// `ProductDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Product {
    /// Product id: the safe key, where numbers have blanks and commas.
    #[serde(default, deserialize_with = "text")]
    pub id: Option<String>,
    /// Product number.
    #[serde(default, deserialize_with = "text")]
    pub code: Option<String>,
    /// Name.
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
    /// Sales price; `None` is inherited from the group.
    #[serde(default, deserialize_with = "decimal")]
    pub unit_price: Option<Decimal>,
    /// Cost price; `None` is inherited from the group.
    #[serde(default, deserialize_with = "decimal")]
    pub unit_cost: Option<Decimal>,
    /// Bar code.
    #[serde(default, deserialize_with = "text")]
    pub gtin: Option<String>,
    /// Description.
    #[serde(default, deserialize_with = "text")]
    pub description: Option<String>,
    /// Unit; `None` is inherited from the group.
    #[serde(default, deserialize_with = "text")]
    pub unit_of_measure_code: Option<String>,
    /// The group's code.
    #[serde(default, deserialize_with = "text")]
    pub product_group_code: Option<String>,
    /// Whether Go keeps its stock.
    pub is_stock_item: Option<bool>,
    /// The group.
    pub product_group: Option<ProductGroup>,
}

/// `ProductGroupDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProductGroup {
    /// Name.
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
    /// Sales price of products that have none.
    #[serde(default, deserialize_with = "decimal")]
    pub unit_price: Option<Decimal>,
    /// Cost price of products that have none.
    #[serde(default, deserialize_with = "decimal")]
    pub unit_cost: Option<Decimal>,
    /// Unit of products that have none.
    #[serde(default, deserialize_with = "text")]
    pub unit_of_measure_code: Option<String>,
}

/// What decides about an invoice before anything is joined to it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InvoiceHead {
    /// Its id.
    #[serde(default, deserialize_with = "text")]
    pub id: Option<String>,
    /// `OutgoingInvoice` or `OutgoingCreditNote`.
    #[serde(default, deserialize_with = "text")]
    pub voucher_type: Option<String>,
    /// What is left to pay.
    #[serde(default, deserialize_with = "decimal")]
    pub balance: Option<Decimal>,
    /// Whether it was reversed.
    #[serde(default)]
    pub is_reversed: bool,
    /// When what is left to pay changed.
    pub balance_last_changed_date_time_offset: Option<Timestamp>,
    /// When anything else changed.
    pub last_changed_date_time_offset: Option<Timestamp>,
    /// Its number.
    pub invoice_no: Option<i64>,
    /// Of a credit note: the invoice that it is about.
    pub related_invoice_no: Option<i64>,
    /// What it was matched with has the same.
    pub match_id: Option<i64>,
    /// Its total.
    #[serde(default, deserialize_with = "decimal")]
    pub total_amount: Option<Decimal>,
    /// Its day, for a filter.
    #[serde(default, deserialize_with = "text")]
    pub voucher_date: Option<String>,
    /// Its credit notes, as far as they were looked for.
    #[serde(skip)]
    pub(super) credits: Credits,
    /// Whose invoice.
    pub customer_id: Option<i64>,
    /// The customer's number.
    pub customer_no: Option<i64>,
}

/// `OutgoingInvoiceDto` with what is joined.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OutgoingInvoice {
    /// Invoice id.
    #[serde(default, deserialize_with = "text")]
    pub id: Option<String>,
    /// Order number.
    #[serde(default, deserialize_with = "text")]
    pub order_no: Option<String>,
    /// Order number of an imported invoice.
    #[serde(default, deserialize_with = "text")]
    pub imported_order_no: Option<String>,
    /// Document number.
    #[serde(default, deserialize_with = "text")]
    pub invoice_no: Option<String>,
    /// Delivery date.
    #[serde(default, deserialize_with = "date")]
    pub delivery_date: Option<Date>,
    /// Delivery term.
    #[serde(default, deserialize_with = "text")]
    pub delivery_term: Option<String>,
    /// The customer's reference.
    #[serde(default, deserialize_with = "text")]
    pub customer_reference: Option<String>,
    /// Currency.
    #[serde(default, deserialize_with = "text")]
    pub currency_code: Option<String>,
    /// Lines, in their own order.
    #[serde(default, deserialize_with = "list")]
    pub lines: Vec<Line>,
    /// The customer.
    pub customer: Option<Customer>,
    /// The customer's delivery addresses, which are street addresses in v1's words.
    #[serde(default, deserialize_with = "list")]
    pub contact_delivery_addresses: Vec<ContactAddress>,
}

/// `OutgoingInvoiceLineDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Line {
    /// Line id.
    #[serde(default, deserialize_with = "text")]
    pub id: Option<String>,
    /// `Normal`, `Text`, `Summary`, `InvoiceFee`, `TotalHours`.
    #[serde(default, deserialize_with = "text")]
    pub line_type: Option<String>,
    /// The product's id.
    #[serde(default, deserialize_with = "text")]
    pub product_id: Option<String>,
    /// Product number.
    #[serde(default, deserialize_with = "text")]
    pub product_code: Option<String>,
    /// Its product's type, which is joined: `Product` or `Service`.
    #[serde(default, deserialize_with = "text")]
    pub product_type: Option<String>,
    /// Text.
    #[serde(default, deserialize_with = "text")]
    pub description: Option<String>,
    /// Quantity.
    #[serde(default, deserialize_with = "decimal")]
    pub quantity: Option<Decimal>,
    /// Price of one.
    #[serde(default, deserialize_with = "decimal")]
    pub product_unit_price: Option<Decimal>,
    /// Discount in per cent; negative is a surcharge.
    #[serde(default, deserialize_with = "decimal")]
    pub allowance: Option<Decimal>,
    /// Net total of the line.
    #[serde(default, deserialize_with = "decimal")]
    pub net_amount: Option<Decimal>,
}

/// `CustomerDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Customer {
    /// Customer number.
    #[serde(default, deserialize_with = "text")]
    pub number: Option<String>,
    /// A company's registered name.
    #[serde(default, deserialize_with = "text")]
    pub legal_name: Option<String>,
    /// A company's name.
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
    /// A person's first name.
    #[serde(default, deserialize_with = "text")]
    pub first_name: Option<String>,
    /// A person's last name.
    #[serde(default, deserialize_with = "text")]
    pub last_name: Option<String>,
    /// E-mail.
    #[serde(default, deserialize_with = "email")]
    pub email_address: Option<String>,
    /// E-mail that invoices go to.
    #[serde(default, deserialize_with = "email")]
    pub invoice_email_address: Option<String>,
    /// Phone.
    #[serde(default, deserialize_with = "text")]
    pub phone_number: Option<String>,
    /// Mail address.
    pub mail_address: Option<ContactAddress>,
}

/// `ContactAddressDto` and `ContactDeliveryAddressDto`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContactAddress {
    /// First line.
    #[serde(default, deserialize_with = "text")]
    pub address_line1: Option<String>,
    /// Second line.
    #[serde(default, deserialize_with = "text")]
    pub address_line2: Option<String>,
    /// Postal code.
    #[serde(default, deserialize_with = "text")]
    pub zip_code: Option<String>,
    /// City.
    #[serde(default, deserialize_with = "text")]
    pub city: Option<String>,
    /// ISO 3166-1 alpha-2; `NO` by default, so it proves nothing.
    #[serde(default, deserialize_with = "text")]
    pub country_code: Option<String>,
    /// Whether it is the delivery address to use.
    pub is_primary: Option<bool>,
}

impl Product {
    /// The price, else the group's (PowerOffice sheet, section 2.2).
    #[must_use]
    pub fn sales_price(&self) -> Option<Decimal> {
        self.unit_price.or(self.product_group.as_ref()?.unit_price)
    }

    /// The cost, else the group's.
    #[must_use]
    pub fn cost_price(&self) -> Option<Decimal> {
        self.unit_cost.or(self.product_group.as_ref()?.unit_cost)
    }

    /// The unit, else the group's.
    #[must_use]
    pub fn unit(&self) -> Option<String> {
        self.unit_of_measure_code.clone().or_else(|| self.product_group.as_ref()?.unit_of_measure_code.clone())
    }
}

impl InvoiceHead {
    /// Why it is not a paid invoice, if it is not (PowerOffice sheet, section 2.3).
    #[must_use]
    pub fn unpaid(&self) -> Option<&'static str> {
        match (self.voucher_type.as_deref(), self.balance) {
            (Some("OutgoingInvoice"), Some(balance)) if balance.is_zero() => None,
            (Some("OutgoingInvoice"), Some(_)) => Some("the invoice is not paid"),
            (Some("OutgoingInvoice"), None) => Some("the invoice's balance is not known"),
            _ => Some("the voucher is not an invoice"),
        }
    }

    /// The credit note that it is, if it is one.
    #[must_use]
    pub fn credit_note(&self) -> Option<CreditNote> {
        let is_note = self.voucher_type.as_deref() == Some("OutgoingCreditNote") && !self.is_reversed;
        is_note.then(|| CreditNote {
            id: self.id.clone().unwrap_or_default(),
            number: self.invoice_no,
            related: self.related_invoice_no,
            matched: self.match_id,
            total: self.total_amount,
            customer: self.customer_no,
            day: self.voucher_date.clone(),
            changed: self.changed(),
        })
    }

    /// When it changed last.
    #[must_use]
    pub fn changed(&self) -> Option<Timestamp> {
        let own = self.balance_last_changed_date_time_offset.max(self.last_changed_date_time_offset);
        own.max(self.credits.changed())
    }
}

impl OutgoingInvoice {
    /// The order number; an invoice that was imported into Go may only have the others (PowerOffice sheet, section 4).
    #[must_use]
    pub fn order_number(&self) -> Option<String> {
        self.order_no.clone().or_else(|| self.imported_order_no.clone()).or_else(|| self.invoice_no.clone())
    }

    /// The customer's mail address if it is set, else the primary delivery address, else the first one.
    #[must_use]
    pub fn address(&self) -> Option<&ContactAddress> {
        let mail = self.customer.as_ref().and_then(|customer| customer.mail_address.as_ref());
        let primary = || self.contact_delivery_addresses.iter().find(|address| address.is_primary == Some(true));
        mail.filter(|address| address.is_set()).or_else(primary).or_else(|| self.contact_delivery_addresses.first())
    }
}

impl Line {
    /// Goods, unless it is a text, names no product, or one that is a service or left out by the tenant's settings.
    #[must_use]
    pub fn part(&self, settings: &Settings) -> Part {
        let kind = self.product_type.as_deref();
        let no_goods = self.line_type.as_deref() == Some("Text")
            || self.product_code.is_none()
            || kind == Some("Service")
            || kind.is_some_and(|kind| !settings.takes_product_type(kind))
            || rows::is_listed(self.product_code.as_ref(), settings);
        if no_goods { Part::Text } else { rows::goods_of(self.quantity) }
    }

    /// Quantity times price of one.
    #[must_use]
    pub fn price(&self) -> Option<Decimal> {
        self.quantity?.checked_mul(self.product_unit_price?)
    }
}

impl Customer {
    /// Legal name, name and last name: what is there, without repeats. A company's name that is part of its legal name is
    /// one.
    #[must_use]
    pub fn full_name(&self) -> Option<String> {
        let said = self.legal_name.as_deref().unwrap_or_default();
        let name = self.name.as_ref().filter(|name| !said.contains(name.as_str()));
        let mut parts: Vec<&str> = Vec::new();
        for part in
            [self.legal_name.as_ref(), name, self.first_name.as_ref(), self.last_name.as_ref()].into_iter().flatten()
        {
            if !parts.contains(&part.as_str()) {
                parts.push(part);
            }
        }
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// The e-mail address, else the one for invoices.
    #[must_use]
    pub fn email(&self) -> Option<String> {
        self.email_address.clone().or_else(|| self.invoice_email_address.clone())
    }
}

impl ContactAddress {
    /// Whether it is filled in.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.address_line1.is_some() || self.zip_code.is_some() || self.city.is_some()
    }
}
