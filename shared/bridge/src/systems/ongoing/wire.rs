//! Ongoing's answers, as far as they are read: everything but ids may be `null`, unknown members are ignored (Ongoing
//! sheet, section 0).

use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::words::fault::{Fault, Result};
use crate::words::wire;

/// The status of a cancelled order (Ongoing sheet, section 3.3).
pub const CANCELLED: i64 = 1000;

/// The answer to a write; each id may be `null` (Ongoing sheet, section 1.8).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Written {
    /// Of an article.
    pub article_system_id: Option<i64>,
    /// Of an order.
    pub order_id: Option<i64>,
    /// Of a purchase order.
    pub purchase_order_id: Option<i64>,
}

impl Written {
    /// Reads the answer; an empty one has no ids.
    ///
    /// # Errors
    /// [`Fault::Unexpected`] when it is something else.
    pub fn read(answer: &Value) -> Result<Self> {
        Option::<Self>::deserialize(answer).map(Option::unwrap_or_default).map_err(|error| promised(&error))
    }
}

/// An article that is there.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExistingArticle {
    /// Internal id.
    pub article_system_id: Option<i64>,
    /// Number.
    #[serde(default, deserialize_with = "wire::text")]
    pub article_number: Option<String>,
    /// The ERP's product id.
    #[serde(default, deserialize_with = "wire::text")]
    pub product_code: Option<String>,
    /// Whether it is kept in stock.
    pub is_stock_article: Option<bool>,
    /// Whether it is in use.
    #[serde(default)]
    pub is_active: Option<bool>,
    /// `Stock`, or a kit: `Production`, `Structure` (Ongoing sheet, section 3.4).
    #[serde(default, deserialize_with = "wire::text")]
    pub article_kind: Option<String>,
    /// What is in the house, of all warehouses together.
    pub inventory_info: Option<InventoryInfo>,
}

/// An article's quantities.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InventoryInfo {
    /// Physically in the house.
    #[serde(default, deserialize_with = "wire::decimal")]
    pub number_of_items: Option<Decimal>,
    /// What can still be promised; may be negative.
    #[serde(default, deserialize_with = "wire::decimal")]
    pub sellable_number_of_items: Option<Decimal>,
}

impl ExistingArticle {
    /// Whether it is an article of its own with a stock: no kit, no service.
    #[must_use]
    pub fn has_stock(&self) -> bool {
        self.is_stock_article != Some(false)
            && !matches!(self.article_kind.as_deref(), Some("Production" | "Structure"))
    }
}

/// An order that is there.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExistingOrder {
    /// Head.
    pub order_info: OrderInfo,
    /// Rows.
    #[serde(default, deserialize_with = "wire::list")]
    pub order_lines: Vec<ExistingRow>,
    /// Shipments.
    #[serde(default, deserialize_with = "wire::list")]
    pub tracking: Vec<Tracking>,
    /// Parcels.
    #[serde(default, deserialize_with = "wire::list")]
    pub parcels: Vec<Parcel>,
}

/// A shipment's number.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tracking {
    /// Number.
    #[serde(default, deserialize_with = "wire::text")]
    pub waybill: Option<String>,
}

/// A parcel.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parcel {
    /// Number.
    #[serde(default, deserialize_with = "wire::text")]
    pub parcel_number: Option<String>,
    /// Whether it comes back.
    pub is_return_parcel: Option<bool>,
    /// Its shipment; missing in older systems.
    pub tracking: Option<Tracking>,
}

/// An order's head.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderInfo {
    /// Internal id.
    pub order_id: i64,
    /// Number.
    #[serde(default, deserialize_with = "wire::text")]
    pub order_number: Option<String>,
    /// The ERP's id.
    #[serde(default, deserialize_with = "wire::text")]
    pub goods_owner_order_id: Option<String>,
    /// Status.
    pub order_status: Option<Status>,
    /// When it was shipped, UTC (Ongoing sheet, section 3.1).
    #[serde(default, deserialize_with = "wire::text")]
    pub shipped_time: Option<String>,
    /// Allocated pieces.
    #[serde(default, deserialize_with = "wire::decimal")]
    pub allocated_number_of_items: Option<Decimal>,
    /// Picked pieces.
    #[serde(default, deserialize_with = "wire::decimal")]
    pub picked_number_of_items: Option<Decimal>,
    /// Beside others, which order this one is the rest of; read by [`ExistingOrder::back_order_for`] alone.
    #[serde(default)]
    pub advanced: Option<Value>,
}

/// A status; its text is the warehouse's own and never read.
#[derive(Debug, Deserialize)]
pub struct Status {
    /// Number.
    pub number: i64,
}

/// An order row that is there.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExistingRow {
    /// The row's identity.
    #[serde(default, deserialize_with = "wire::text")]
    pub row_number: Option<String>,
    /// What stands beside it.
    #[serde(default, deserialize_with = "wire::text")]
    pub external_id: Option<String>,
    /// Its article.
    pub article: Option<RowArticle>,
    /// Ordered pieces.
    #[serde(default, deserialize_with = "wire::decimal")]
    pub ordered_number_of_items: Option<Decimal>,
    /// Picked pieces.
    #[serde(default, deserialize_with = "wire::decimal")]
    pub picked_number_of_items: Option<Decimal>,
    /// A kit's parts.
    pub sub_order_lines: Option<Vec<KitPart>>,
}

/// A part of a kit that was ordered.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KitPart {
    /// Pieces of all the kits together.
    #[serde(default, deserialize_with = "wire::decimal")]
    pub ordered_number_of_items: Option<Decimal>,
    /// Picked pieces.
    #[serde(default, deserialize_with = "wire::decimal")]
    pub picked_number_of_items: Option<Decimal>,
}

impl ExistingRow {
    /// Picked pieces. Whether a kit's picks stand on its row or on its parts alone is not known (`ongoing.kit-picks`): where
    /// the row has none, as many kits went out as the part that is shortest allows.
    #[must_use]
    pub fn picked(&self) -> Decimal {
        let own = self.picked_number_of_items.unwrap_or_default();
        if !own.is_zero() {
            return own;
        }
        let kits = self.ordered_number_of_items.unwrap_or_default();
        let of_part = |part: &KitPart| {
            let (ordered, picked) = (part.ordered_number_of_items?, part.picked_number_of_items.unwrap_or_default());
            let whole = picked.checked_mul(kits)?.checked_div(ordered)?.floor();
            Some(whole.min(kits).normalize())
        };
        self.sub_order_lines.iter().flatten().filter_map(of_part).min().unwrap_or_default()
    }
}

/// A row's article.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RowArticle {
    /// Number.
    #[serde(default, deserialize_with = "wire::text")]
    pub article_number: Option<String>,
    /// Name: shown to a person, never compared.
    #[serde(default, deserialize_with = "wire::text")]
    pub article_name: Option<String>,
}

/// A purchase order that is there.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExistingPurchaseOrder {
    /// Head.
    pub purchase_order_info: PurchaseOrderInfo,
    /// Rows.
    #[serde(default, deserialize_with = "wire::list")]
    pub purchase_order_lines: Vec<ExistingPurchaseRow>,
}

/// A purchase order's head.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PurchaseOrderInfo {
    /// Internal id.
    pub purchase_order_id: i64,
    /// Number.
    #[serde(default, deserialize_with = "wire::text")]
    pub purchase_order_number: Option<String>,
    /// The ERP's id; older systems do not keep it.
    #[serde(default, deserialize_with = "wire::text")]
    pub goods_owner_purchase_order_id: Option<String>,
    /// Status.
    pub purchase_order_status: Option<Status>,
}

/// A purchase order row that is there.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExistingPurchaseRow {
    /// The row's identity.
    #[serde(default, deserialize_with = "wire::text")]
    pub row_number: Option<String>,
    /// Its article.
    pub article: Option<RowArticle>,
    /// Ordered pieces.
    #[serde(default, deserialize_with = "wire::decimal")]
    pub advised_number_of_items: Option<Decimal>,
    /// Received pieces.
    #[serde(default, deserialize_with = "wire::decimal")]
    pub received_number_of_items: Option<Decimal>,
}

impl ExistingPurchaseOrder {
    /// Whether the warehouse has begun to receive it (Ongoing sheet, section 3.2: 300 is Inbound).
    #[must_use]
    pub fn started(&self) -> bool {
        const INBOUND: i64 = 300;
        let received = |row: &ExistingPurchaseRow| row.received_number_of_items.is_some_and(|n| n > Decimal::ZERO);
        self.status().is_some_and(|status| status >= INBOUND) || self.purchase_order_lines.iter().any(received)
    }

    /// Its status number.
    #[must_use]
    pub fn status(&self) -> Option<i64> {
        self.purchase_order_info.purchase_order_status.as_ref().map(|status| status.number)
    }
}

impl ExistingOrder {
    /// Whether the warehouse works on it (Ongoing sheet, section 2.4).
    #[must_use]
    pub fn started(&self, from_status: i64) -> bool {
        let info = &self.order_info;
        let some = |pieces: Option<Decimal>| pieces.is_some_and(|pieces| pieces > Decimal::ZERO);
        info.order_status.as_ref().is_some_and(|status| status.number >= from_status)
            || some(info.allocated_number_of_items)
            || some(info.picked_number_of_items)
    }

    /// Shipment and parcel numbers of what went out, each once (Ongoing sheet, section 3.1).
    #[must_use]
    pub fn tracking_numbers(&self) -> Vec<String> {
        let out = self.parcels.iter().filter(|parcel| parcel.is_return_parcel != Some(true));
        let parcels = out.flat_map(|parcel| {
            [parcel.tracking.as_ref().and_then(|tracking| tracking.waybill.clone()), parcel.parcel_number.clone()]
        });
        let mut numbers: Vec<String> = Vec::new();
        for number in self.tracking.iter().map(|tracking| tracking.waybill.clone()).chain(parcels).flatten() {
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        numbers
    }

    /// The order that this one is the rest of: back orders are orders of their own (Ongoing sheet, section 6).
    #[must_use]
    pub fn back_order_for(&self) -> Option<i64> {
        self.order_info.advanced.as_ref()?["backOrderInfo"]["backOrderForOrderId"].as_i64()
    }

    /// Its status number.
    #[must_use]
    pub fn status(&self) -> Option<i64> {
        self.order_info.order_status.as_ref().map(|status| status.number)
    }
}

/// A list; `null` is an empty one.
///
/// # Errors
/// [`Fault::Unexpected`] when it is something else.
pub fn list<T: DeserializeOwned>(answer: &Value) -> Result<Vec<T>> {
    Option::<Vec<T>>::deserialize(answer).map(Option::unwrap_or_default).map_err(|error| promised(&error))
}

/// One object.
///
/// # Errors
/// [`Fault::Unexpected`] when it is something else.
pub fn one<T: DeserializeOwned>(answer: &Value) -> Result<T> {
    T::deserialize(answer).map_err(|error| promised(&error))
}

fn promised(error: &serde_json::Error) -> Fault {
    Fault::Unexpected(format!("Ongoing's answer is not as promised: {error}"))
}
