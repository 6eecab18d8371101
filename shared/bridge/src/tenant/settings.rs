//! `settings` of the tenant item (contract, section 2): all optional.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::values::{ValueMap, text};
use crate::words::feed::Feed;
use crate::words::kind::Kind;

/// How a tenant differs from its ERP's document.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Orders and purchase orders changed before it are not pulled, unless a backfill asks for them: a date (its first moment
    /// in UTC), or a moment with a zone. Without it, the moment the tenant is first seen.
    #[serde(deserialize_with = "moment")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub start_date: Option<Timestamp>,
    /// Which orders come in.
    pub order_statuses: Option<Vec<Value>>,
    /// Which products come in, by their type; PowerOffice: all of them.
    pub product_types: Option<Vec<String>>,
    /// Article numbers of what is on orders and is no goods, such as freight and fees, which are never picked and never a
    /// reason to park.
    /// `*` at the end stands for any rest, as in `FEE-*`.
    pub not_goods: Vec<String>,
    /// Which rows of a bundle are picked: its main row, its parts, or both.
    pub bundles: Option<Bundles>,
    /// The unit of the ERP's weights. Ongoing's are kilograms.
    pub weight_unit: Option<WeightUnit>,
    /// What becomes of an order that was sent already when it is first seen: it comes in from `start_date` on, waits for a
    /// person, or stays out. A backfill brings what was left out.
    pub first_seen_sent: Option<FirstSeenSent>,
    /// Which address the goods go to: the counterparty's, or the delivery address where it has a street and a city.
    pub ship_to: Option<ShipTo>,
    /// Which number a customer has in Ongoing, where an address may be kept by it. Without it, the ERP's.
    pub customer_number: Option<CustomerNumber>,
    /// The order's status in the ERP after shipping.
    pub shipped_status: Option<String>,
    /// The order's status in the ERP after import, where `processes.import_status` is on.
    pub import_status: Option<String>,
    /// Whether an unfinished document is approved on the way to being sent.
    pub approve_before_send: Option<bool>,
    /// Whether a short delivery makes a backorder of the rest.
    pub create_backorder: Option<bool>,
    /// Which of Ongoing's quantities goes back: what is in the house, or what can still be promised.
    pub stock_quantity: Option<StockQuantity>,
    /// Whether the consignee is told by e-mail. PowerOffice: where the address is there; the others: not.
    pub notify_by_email: Option<bool>,
    /// Whether the consignee is told by text message. PowerOffice: where the number is there; the others: not.
    pub notify_by_sms: Option<bool>,
    /// Which of Ongoing's prices an article's price becomes.
    pub article_price: Option<ArticlePrice>,
    /// What the ERP's values are called in the warehouse: value maps.
    pub values: Vec<ValueMap>,
    /// Further members, from the ERP's record to Ongoing's body: JSON pointers, and only to members that Ongoing declares.
    pub extra_fields: Vec<ExtraField>,
    /// Which records come in: those whose value is listed.
    pub filters: Vec<Filter>,
}

/// Which rows of a bundle are picked: its main row, or its parts, which are hidden rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Bundles {
    /// Every row.
    #[default]
    Both,
    /// The main row: the warehouse knows the bundle as an article.
    Main,
    /// The parts: the warehouse knows these.
    Parts,
}

/// The unit of the ERP's weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum WeightUnit {
    /// Kilograms.
    #[default]
    #[serde(rename = "kg")]
    Kilogram,
    /// Grams.
    #[serde(rename = "g")]
    Gram,
}

/// What becomes of an order that was sent already when it is first seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FirstSeenSent {
    /// It comes in, since sending the confirmation of an order is ordinary.
    #[default]
    Import,
    /// It waits for a person, who knows whether it is shipped.
    Park,
    /// It stays out.
    Filter,
}

/// Which address of an order the goods go to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShipTo {
    /// The counterparty's.
    #[default]
    Counterparty,
    /// The delivery address, where it has a street and a city.
    Delivery,
}

/// Which number a customer has in Ongoing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CustomerNumber {
    /// The ERP's.
    #[default]
    Plain,
    /// The ERP's with a suffix, another one for each address.
    PerAddress,
}

/// Which of Ongoing's quantities goes back to the ERP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StockQuantity {
    /// What is in the house.
    Physical,
    /// What can still be promised.
    Sellable,
}

/// Which of Ongoing's prices an article's price becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum ArticlePrice {
    /// The price at which it is sold.
    CustomerPrice,
    /// The price at which the stock is valued.
    StockValuationPrice,
}

/// One further member: JSON pointers, ERP record to Ongoing body.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExtraField {
    /// Of which feed.
    pub feed: Feed,
    /// In the ERP's record.
    pub from: String,
    /// In Ongoing's body.
    pub to: String,
}

/// Keeps the records whose value at `path` is listed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Of which feed.
    pub feed: Feed,
    /// JSON pointer into the ERP's record.
    pub path: String,
    /// What may stand there.
    #[serde(rename = "in")]
    pub values: Vec<Value>,
}

impl Settings {
    /// The settings that exist for an ERP, beside those that exist for all.
    #[must_use]
    pub fn of(kind: Kind) -> &'static [&'static str] {
        match kind {
            Kind::PowerOffice => &["product_types", "stock_quantity"],
            Kind::Finago => {
                &["order_statuses", "bundles", "weight_unit", "shipped_status", "import_status", "stock_quantity"]
            }
            Kind::Procountor => &[
                "order_statuses",
                "product_types",
                "first_seen_sent",
                "ship_to",
                "approve_before_send",
                "article_price",
            ],
            Kind::Visma => &["order_statuses", "create_backorder", "stock_quantity"],
        }
    }

    /// The settings that exist for all ERPs.
    pub const OF_ALL: [&'static str; 8] = [
        "start_date",
        "not_goods",
        "customer_number",
        "notify_by_email",
        "notify_by_sms",
        "values",
        "extra_fields",
        "filters",
    ];

    /// Whether Visma has an order status of this number.
    pub(super) fn is_visma_status(status: &Value) -> bool {
        (1..=4).any(|number| same(&Value::from(number), status))
    }

    /// An ERP's weight in kilograms.
    #[must_use]
    pub fn kilograms(&self, weight: Decimal) -> Decimal {
        match self.weight_unit.unwrap_or_default() {
            WeightUnit::Kilogram => weight,
            WeightUnit::Gram => (weight / Decimal::ONE_THOUSAND).normalize(),
        }
    }

    /// Whether products of this type come in.
    #[must_use]
    pub fn takes_product_type(&self, kind: &str) -> bool {
        self.product_types.as_ref().is_none_or(|types| types.iter().any(|wanted| wanted == kind))
    }

    /// Whether an article of this number is listed as no goods.
    #[must_use]
    pub fn is_not_goods(&self, number: &str) -> bool {
        self.not_goods.iter().any(|listed| match listed.strip_suffix('*') {
            Some(beginning) => number.starts_with(beginning),
            None => number == listed,
        })
    }

    /// Why a record is left out by the tenant's filters, if it is.
    #[must_use]
    pub fn filtered(&self, feed: Feed, record: &Value) -> Option<String> {
        let refused = |filter: &&Filter| {
            let value = record.pointer(&filter.path).unwrap_or(&Value::Null);
            filter.feed == feed && !filter.values.iter().any(|listed| same(listed, value))
        };
        let filter = self.filters.iter().find(refused)?;
        Some(format!("{} is not among the values of the tenant's filter", filter.path))
    }

    /// The members that `extra_fields` take out of a record; absent ones are left out.
    #[must_use]
    pub fn extra(&self, feed: Feed, record: &Value) -> Vec<(String, Value)> {
        self.extra_fields
            .iter()
            .filter(|field| field.feed == feed)
            .filter_map(|field| Some((field.to.clone(), record.pointer(&field.from)?.clone())))
            .filter(|(_, value)| !value.is_null())
            .collect()
    }
}

/// A filter's value and a record's, where `17` and `"17"` are the same.
fn same(listed: &Value, value: &Value) -> bool {
    listed == value || text(listed).is_some_and(|listed| text(value).is_some_and(|value| value == listed))
}

/// A moment with a zone, or a date, which is its first moment in UTC.
fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(Some(moment));
    }
    let date: Date = text.parse().map_err(|_| {
        D::Error::custom("a moment such as 2026-01-01T00:00:00Z or a date such as 2026-01-01 is expected")
    })?;
    date.to_zoned(TimeZone::UTC).map(|zoned| Some(zoned.timestamp())).map_err(D::Error::custom)
}
