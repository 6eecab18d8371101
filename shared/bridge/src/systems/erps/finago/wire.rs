//! The records of the SOAP services, as far as the mapping reads them. A source record is the vendor's element as JSON with
//! what is joined to it as a further member: `Product` with the company `Supplier`, `InvoiceOrder` with the `Company` of
//! its customer.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::values::{day, flag, id, lines};
use crate::words::vocabulary::finago as states;
use crate::words::wire::{decimal, email, first_address, list, text};

/// `Product`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Product {
    /// The number of the record.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    /// Article number.
    #[serde(default, deserialize_with = "text")]
    pub no: Option<String>,
    /// Name.
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
    /// Description.
    #[serde(default, deserialize_with = "text")]
    pub description: Option<String>,
    /// Bar code.
    #[serde(default, rename = "EAN1", deserialize_with = "text")]
    pub ean1: Option<String>,
    /// Weight; its unit is not known (`finago.weight-unit`).
    #[serde(default, deserialize_with = "decimal")]
    pub weight: Option<Decimal>,
    /// Whether the service keeps its stock; nil and absent are no.
    #[serde(default, deserialize_with = "flag")]
    pub stock_controlled: bool,
    /// The supplier, where suppliers are switched on.
    pub supplier: Option<Company>,
}

/// What decides about an order before its customer's company is joined.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OrderHead {
    /// The number of the record.
    #[serde(default, deserialize_with = "id")]
    pub order_id: Option<String>,
    /// The state.
    #[serde(default, deserialize_with = "text")]
    pub order_status: Option<String>,
    /// Whose order.
    #[serde(default, deserialize_with = "id")]
    pub customer_id: Option<String>,
    /// Who receives the goods, where it is not who pays.
    #[serde(default, deserialize_with = "id")]
    pub customer_delivery_id: Option<String>,
    /// Where the goods go: phone.
    #[serde(default, deserialize_with = "text")]
    pub customer_delivery_phone: Option<String>,
    /// Where the invoice goes: e-mail.
    #[serde(default, deserialize_with = "email")]
    pub invoice_email_address: Option<String>,
}

/// `InvoiceOrder`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InvoiceOrder {
    /// The number of the record.
    #[serde(default, deserialize_with = "id")]
    pub order_id: Option<String>,
    /// Customer number.
    #[serde(default, deserialize_with = "id")]
    pub customer_id: Option<String>,
    /// Who pays.
    #[serde(default, deserialize_with = "text")]
    pub customer_name: Option<String>,
    /// Who receives.
    #[serde(default, deserialize_with = "text")]
    pub customer_delivery_name: Option<String>,
    /// Phone where it is received.
    #[serde(default, deserialize_with = "text")]
    pub customer_delivery_phone: Option<String>,
    /// E-mail for the invoice.
    #[serde(default, deserialize_with = "email")]
    pub invoice_email_address: Option<String>,
    /// Addresses.
    pub addresses: Option<Addresses>,
    /// Delivery date.
    #[serde(default, deserialize_with = "day")]
    pub delivery_date: Option<Date>,
    /// Reference number.
    #[serde(default, deserialize_with = "text")]
    pub reference_number: Option<String>,
    /// The customer's reference.
    #[serde(default, deserialize_with = "text")]
    pub your_reference: Option<String>,
    /// Delivery method.
    pub delivery_method: Option<DeliveryMethod>,
    /// Title.
    #[serde(default, deserialize_with = "text")]
    pub invoice_title: Option<String>,
    /// Rows.
    pub invoice_rows: Option<InvoiceRows>,
    /// The customer's company, where the order lacks phone or e-mail.
    pub company: Option<Company>,
    /// The company that receives the goods, where it is another one and the order lacks a phone.
    pub delivery_company: Option<Company>,
}

/// `ArrayOfInvoiceRow`.
#[derive(Debug, Deserialize)]
pub struct InvoiceRows {
    /// The rows.
    #[serde(default, rename = "InvoiceRow", deserialize_with = "list")]
    pub rows: Vec<InvoiceRow>,
}

/// `InvoiceRow`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InvoiceRow {
    /// The product's number of record.
    #[serde(default, deserialize_with = "id")]
    pub product_id: Option<String>,
    /// The row's own.
    #[serde(default, deserialize_with = "text")]
    pub row_id: Option<String>,
    /// Quantity.
    #[serde(default, deserialize_with = "decimal")]
    pub quantity: Option<Decimal>,
    /// `Normal`, `Text`, `TextBold`; `None` is normal.
    #[serde(default, rename = "Type", deserialize_with = "text")]
    pub kind: Option<String>,
    /// The product's number.
    #[serde(default, deserialize_with = "text")]
    pub product_no: Option<String>,
    /// Whether it is on no document: a part of the bundle before it.
    #[serde(default, deserialize_with = "flag")]
    pub hidden: bool,
    /// Its place among the rows.
    #[serde(default, deserialize_with = "decimal")]
    pub sequence_number: Option<Decimal>,
}

/// `DeliveryMethod`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeliveryMethod {
    /// Number.
    #[serde(default, deserialize_with = "text")]
    pub id: Option<String>,
    /// Words.
    #[serde(default, deserialize_with = "text")]
    pub description: Option<String>,
}

/// `Addresses`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Addresses {
    /// Where post goes.
    pub post: Option<Address>,
    /// Where goods go.
    pub delivery: Option<Address>,
    /// Where invoices go.
    pub invoice: Option<Address>,
}

/// `Address`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Address {
    /// Street; several lines become one.
    #[serde(default, deserialize_with = "lines")]
    pub street: Option<String>,
    /// State.
    #[serde(default, deserialize_with = "text")]
    pub state: Option<String>,
    /// Postal code.
    #[serde(default, deserialize_with = "text")]
    pub postal_code: Option<String>,
    /// Post office, which Norwegian addresses have in place of a city.
    #[serde(default, deserialize_with = "text")]
    pub postal_area: Option<String>,
    /// City.
    #[serde(default, deserialize_with = "text")]
    pub city: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(default, deserialize_with = "text")]
    pub country: Option<String>,
}

/// `Company`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Company {
    /// The number of the record.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    /// Name.
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
    /// Addresses.
    pub addresses: Option<Addresses>,
    /// ISO 3166-1 alpha-2.
    #[serde(default, deserialize_with = "text")]
    pub country: Option<String>,
    /// Phone numbers.
    pub phone_numbers: Option<PhoneNumbers>,
    /// E-mail addresses.
    pub email_addresses: Option<EmailAddresses>,
}

/// `PhoneNumbers`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PhoneNumbers {
    home: Option<Contact>,
    mobile: Option<Contact>,
    primary: Option<Contact>,
    work: Option<Contact>,
}

/// `EmailAddresses`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EmailAddresses {
    home: Option<Contact>,
    invoice: Option<Contact>,
    primary: Option<Contact>,
    work: Option<Contact>,
    alternative: Option<Contact>,
}

/// `PhoneNumber` and `EmailAddress`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Contact {
    #[serde(default, deserialize_with = "text")]
    value: Option<String>,
}

impl OrderHead {
    /// The state; one that is not named is the service's default.
    #[must_use]
    pub fn state(&self) -> &str {
        self.order_status.as_deref().unwrap_or(states::UNNAMED)
    }

    /// Whether phone or e-mail are to be found with the customer's company.
    #[must_use]
    pub fn is_hard_to_reach(&self) -> bool {
        self.customer_delivery_phone.is_none() || self.invoice_email_address.is_none()
    }
}

impl InvoiceOrder {
    /// The delivery address, where it has a street or a place; else the invoice address.
    #[must_use]
    pub fn delivery(&self) -> Option<&Address> {
        let addresses = self.addresses.as_ref()?;
        let filled = |address: &&Address| address.street.is_some() || address.place().is_some();
        let (delivery, invoice) = (addresses.delivery.as_ref(), addresses.invoice.as_ref());
        delivery.filter(filled).or(invoice.filter(filled)).or(delivery)
    }

    /// The phone number where the goods go, else the receiving company's, else the customer's.
    #[must_use]
    pub fn phone(&self) -> Option<String> {
        let own = self.customer_delivery_phone.clone();
        own.or_else(|| self.delivery_company.as_ref()?.phone()).or_else(|| self.company.as_ref()?.phone())
    }

    /// The e-mail address on the order, else the company's.
    #[must_use]
    pub fn email(&self) -> Option<String> {
        self.invoice_email_address.clone().or_else(|| self.company.as_ref()?.email())
    }
}

impl Address {
    /// The post office, else the city: one of them is often empty (Finago sheet, section 3).
    #[must_use]
    pub fn place(&self) -> Option<String> {
        self.postal_area.clone().or_else(|| self.city.clone())
    }
}

impl Company {
    fn phone(&self) -> Option<String> {
        let PhoneNumbers { home, mobile, primary, work } = self.phone_numbers.as_ref()?;
        first([mobile, primary, work, home])
    }

    fn email(&self) -> Option<String> {
        let EmailAddresses { home, invoice, primary, work, alternative } = self.email_addresses.as_ref()?;
        let listed = first([invoice, primary, work, home, alternative])?;
        Some(first_address(&listed).to_owned())
    }
}

fn first<const N: usize>(contacts: [&Option<Contact>; N]) -> Option<String> {
    contacts.into_iter().flatten().find_map(|contact| contact.value.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::words::wire::decode;

    fn order(members: Value) -> InvoiceOrder {
        decode(&members).unwrap()
    }

    #[test]
    fn phone_and_e_mail_fall_back_to_the_company_in_this_order() {
        let company = json!({
            "PhoneNumbers": {"Home": {"Value": "h"}, "Mobile": {"Value": ""}, "Primary": {"Value": "p"}, "Fax": {"Value": "f"}},
            "EmailAddresses": {"Home": {"Value": "h@x"}, "Work": {"Value": "w@x"}, "Invoice": null},
        });
        let bare = order(json!({"Company": company, "CustomerDeliveryPhone": " "}));
        assert_eq!((bare.phone().as_deref(), bare.email().as_deref()), (Some("p"), Some("w@x")));
        let own = order(json!({"Company": company, "CustomerDeliveryPhone": "o", "InvoiceEmailAddress": "o@x"}));
        assert_eq!((own.phone().as_deref(), own.email().as_deref()), (Some("o"), Some("o@x")));
        assert_eq!(order(json!({})).phone(), None);
    }
}
