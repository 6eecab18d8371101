//! Procountor's records as they come (Procountor sheet, section 3), as far as the mapping reads them. A source record is
//! the vendor's object with what is joined to it as further members: an invoice with `sessionInfo`, where its
//! counterparty has no country, and with `businessPartner`, where text messages are wanted.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::super::rows::{self, Part};
use crate::tenant::{Settings, ShipTo};
use crate::words::wire::{date, decimal, email, list, text};

/// `Product`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    /// Product code; may be missing.
    #[serde(default, deserialize_with = "text")]
    pub code: Option<String>,
    /// Name.
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
    /// Unit, a word such as `PIECE`.
    #[serde(default, deserialize_with = "text")]
    pub unit: Option<String>,
    /// Price of one.
    #[serde(default, deserialize_with = "decimal")]
    pub price: Option<Decimal>,
    /// Whether it is in use.
    pub active: Option<bool>,
    /// Currency, ISO 4217.
    #[serde(default, deserialize_with = "text")]
    pub currency: Option<String>,
}

/// What decides about an invoice, in the list and in the whole document alike.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceHead {
    /// `SALES_ORDER`, `PURCHASE_ORDER` and others.
    #[serde(rename = "type", default, deserialize_with = "text")]
    pub kind: Option<String>,
    /// Where it is in its life.
    #[serde(default, deserialize_with = "text")]
    pub status: Option<String>,
    /// Whether it is an offer, which is a sales order by its type.
    pub is_offer: Option<bool>,
    /// Its day.
    #[serde(default, deserialize_with = "date")]
    pub date: Option<Date>,
}

/// `Invoice`: sales orders and purchase orders.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invoice {
    /// Invoice id.
    #[serde(default, deserialize_with = "text")]
    pub id: Option<String>,
    /// Number of the order; a document that was never saved properly has none.
    #[serde(default, deserialize_with = "text")]
    pub invoice_number: Option<String>,
    /// Language, a word such as `FINNISH`.
    #[serde(default, deserialize_with = "text")]
    pub language: Option<String>,
    /// How it is paid.
    pub payment_info: Option<PaymentInfo>,
    /// Notes within the company.
    #[serde(default, deserialize_with = "text")]
    pub notes: Option<String>,
    /// What the carrier should know.
    #[serde(default, deserialize_with = "text")]
    pub delivery_instructions: Option<String>,
    /// Way of delivery, a word such as `COURIER`.
    #[serde(default, deserialize_with = "text")]
    pub delivery_method: Option<String>,
    /// The buyer's reference.
    #[serde(default, deserialize_with = "text")]
    pub order_reference: Option<String>,
    /// Billing date.
    #[serde(default, deserialize_with = "date")]
    pub date: Option<Date>,
    /// First day of delivery.
    #[serde(default, deserialize_with = "date")]
    pub delivery_start_date: Option<Date>,
    /// Last day of delivery.
    #[serde(default, deserialize_with = "date")]
    pub delivery_end_date: Option<Date>,
    /// The counterparty's entry in the register.
    #[serde(default, deserialize_with = "text")]
    pub partner_id: Option<String>,
    /// The buyer; in a purchase order the seller.
    pub counter_party: Option<CounterParty>,
    /// Where the goods go, where it is not the counterparty's address.
    pub delivery_address: Option<Address>,
    /// Rows.
    #[serde(default, deserialize_with = "list")]
    pub invoice_rows: Vec<InvoiceRow>,
    /// The company behind the login, where the counterparty has no country.
    pub session_info: Option<SessionInfo>,
    /// The counterparty's entry in the register, where text messages are wanted.
    pub business_partner: Option<BusinessPartner>,
}

/// `PaymentInfo`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentInfo {
    /// A word such as `BANK_TRANSFER`.
    #[serde(default, deserialize_with = "text")]
    pub payment_method: Option<String>,
}

/// `CounterParty`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CounterParty {
    /// Customer number; in a purchase order the supplier's.
    #[serde(default, deserialize_with = "text")]
    pub customer_number: Option<String>,
    /// E-mail.
    #[serde(default, deserialize_with = "email")]
    pub email: Option<String>,
    /// Address.
    pub counter_party_address: Option<Address>,
}

/// `Address`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// Name.
    #[serde(default, deserialize_with = "text")]
    pub name: Option<String>,
    /// Street.
    #[serde(default, deserialize_with = "text")]
    pub street: Option<String>,
    /// Postal code.
    #[serde(default, deserialize_with = "text")]
    pub zip: Option<String>,
    /// City.
    #[serde(default, deserialize_with = "text")]
    pub city: Option<String>,
    /// Country, a word such as `FINLAND`.
    #[serde(default, deserialize_with = "text")]
    pub country: Option<String>,
}

/// `InvoiceRow`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceRow {
    /// Row id.
    #[serde(default, deserialize_with = "text")]
    pub id: Option<String>,
    /// The product's id; a row that was written by hand has none.
    #[serde(default, deserialize_with = "text")]
    pub product_id: Option<String>,
    /// The product's name.
    #[serde(default, deserialize_with = "text")]
    pub product: Option<String>,
    /// The product's code.
    #[serde(default, deserialize_with = "text")]
    pub product_code: Option<String>,
    /// Quantity.
    #[serde(default, deserialize_with = "decimal")]
    pub quantity: Option<Decimal>,
    /// Discount in per cent.
    #[serde(default, deserialize_with = "decimal")]
    pub discount_percent: Option<Decimal>,
}

/// `SessionInfo`.
#[derive(Debug, Deserialize)]
pub struct SessionInfo {
    /// The company's country, a word such as `FINLAND`.
    #[serde(default, deserialize_with = "text")]
    pub country: Option<String>,
}

/// `BusinessPartner`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BusinessPartner {
    /// The partner's own numbers.
    pub registry_info: Option<RegistryInfo>,
    /// People there.
    #[serde(default, deserialize_with = "list")]
    pub contact_persons: Vec<ContactPerson>,
}

/// `RegistryInfo`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegistryInfo {
    /// Mobile phone.
    #[serde(default, deserialize_with = "text")]
    pub mobile_phone: Option<String>,
}

/// `ContactPerson`.
#[derive(Debug, Deserialize)]
pub struct ContactPerson {
    /// Phone.
    #[serde(default, deserialize_with = "text")]
    pub phone: Option<String>,
}

impl Invoice {
    /// The language's two-letter code, where the word is one of the six there are.
    #[must_use]
    pub fn language_code(&self) -> Option<&'static str> {
        Some(match self.language.as_deref()? {
            "DANISH" => "da",
            "ENGLISH" => "en",
            "ESTONIAN" => "et",
            "FINNISH" => "fi",
            "NORWEGIAN" => "no",
            "SWEDISH" => "sv",
            _ => return None,
        })
    }

    /// Where the goods go, with its path: the delivery address, where the tenant wants it and it has a street and a city;
    /// else the counterparty's. Left out, it is the counterparty's by the vendor's own word (Procountor sheet, section 7).
    #[must_use]
    pub fn ship_to(&self, settings: &Settings) -> Option<(&Address, &'static str)> {
        let wanted = settings.ship_to == Some(ShipTo::Delivery);
        let whole = |address: &&Address| wanted && address.street.is_some() && address.city.is_some();
        let delivery = self.delivery_address.as_ref().filter(whole).map(|address| (address, "/deliveryAddress"));
        delivery.or_else(|| Some((self.address()?, "/counterParty/counterPartyAddress")))
    }

    /// The counterparty's address.
    #[must_use]
    pub fn address(&self) -> Option<&Address> {
        self.counter_party.as_ref()?.counter_party_address.as_ref()
    }

    /// The country the goods go to, else the counterparty's, else the company's own, with the path it was found at.
    #[must_use]
    pub fn country(&self, settings: &Settings) -> Option<(&str, String)> {
        let own = || Some((self.session_info.as_ref()?.country.as_deref()?, "/sessionInfo/country".to_owned()));
        let shipped = self.ship_to(settings);
        let counterparty = self.address().map(|address| (address, "/counterParty/counterPartyAddress"));
        let theirs = shipped.into_iter().chain(counterparty);
        let mut found =
            theirs.filter_map(|(address, path)| Some((address.country.as_deref()?, format!("{path}/country"))));
        found.next().or_else(own)
    }

    /// The supplier's number, else its id in the register.
    #[must_use]
    pub fn supplier_number(&self) -> Option<String> {
        let number = self.counter_party.as_ref().and_then(|party| party.customer_number.clone());
        number.or_else(|| self.partner_id.clone())
    }

    /// The number for text messages.
    #[must_use]
    pub fn mobile_phone(&self) -> Option<String> {
        let partner = self.business_partner.as_ref()?;
        let own = partner.registry_info.as_ref().and_then(|info| info.mobile_phone.clone());
        own.or_else(|| partner.contact_persons.iter().find_map(|person| person.phone.clone()))
    }

    /// The rows that are goods, each with its place in the document.
    pub fn goods(&self, settings: &Settings) -> impl Iterator<Item = (usize, &InvoiceRow)> {
        self.invoice_rows.iter().enumerate().filter(|(_, row)| row.part(settings) == Part::Goods)
    }

    /// What of the document goes nowhere: its path and the reason.
    #[must_use]
    pub fn left_out(&self, settings: &Settings) -> Vec<(String, &'static str)> {
        let reason = |row: &InvoiceRow| match row.part(settings) {
            Part::LeftOut(reason) => Some(reason),
            Part::Goods | Part::Text => None,
        };
        let rows = self.invoice_rows.iter().enumerate();
        let mut left: Vec<_> =
            rows.filter_map(|(at, row)| Some((format!("/invoiceRows/{at}"), reason(row)?))).collect();
        if self.language.is_some() && self.language_code().is_none() {
            left.push(("/language".into(), "the language is none that is known"));
        }
        left
    }
}

impl InvoiceRow {
    /// Goods, unless it names no product code, or one that is listed as no goods. A row without any quantity is wrong, not
    /// empty: the mapping says so.
    pub(super) fn part(&self, settings: &Settings) -> Part {
        if self.product_code.is_none() {
            Part::LeftOut("the row names no product code")
        } else if rows::is_listed(self.product_code.as_ref(), settings) {
            Part::LeftOut(rows::LISTED)
        } else {
            rows::goods_of(self.quantity)
        }
    }
}
