//! What happened in the warehouse, as read from Ongoing's API. A webhook only says where to look.

use jiff::Timestamp;
use rust_decimal::Decimal;

/// What happened in the warehouse.
#[derive(Clone, Debug, PartialEq)]
pub enum WarehouseEvent {
    /// An order was shipped, whole or in part.
    Shipped(Shipment),
    /// What is in the house of some articles, whether or not it changed.
    Stock(Vec<StockLevel>),
    /// An order was imported (`processes.import_status`).
    Imported(ImportedOrder),
}

/// A shipped order.
#[derive(Clone, Debug, PartialEq)]
pub struct Shipment {
    /// The ERP's own key of the order: the ledger's.
    pub key: String,
    /// The order's number.
    pub number: String,
    /// Its rows.
    pub lines: Vec<Delivered>,
    /// Shipment and parcel numbers, without doubles; returns left out.
    pub tracking: Vec<String>,
    /// When it was shipped, where Ongoing says so.
    pub shipped_at: Option<Timestamp>,
}

/// A row of a shipped order.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivered {
    /// The ERP's row id (Ongoing sheet, section 5.4).
    pub row_number: String,
    /// What the mapping gave the row beside its id: Visma's line number.
    pub external_id: Option<String>,
    /// The article.
    pub article_number: Option<String>,
    /// Ordered pieces.
    pub ordered: Decimal,
    /// Picked pieces: what was delivered (Ongoing sheet, section 3.1).
    pub picked: Decimal,
}

/// What is in the house of one article.
#[derive(Clone, Debug, PartialEq)]
pub struct StockLevel {
    /// The article.
    pub article_number: String,
    /// The ERP's product id, where the document keeps it in Ongoing.
    pub product_code: Option<String>,
    /// Pieces, physical or sellable by the tenant's setting, never negative.
    pub quantity: Decimal,
}

/// An order that arrived in Ongoing.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedOrder {
    /// The ERP's own key of the order.
    pub key: String,
    /// The order's number.
    pub number: String,
}

/// What a write-back did in the ERP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Something was written: what.
    Written(String),
    /// It was right already: why nothing was written.
    Unchanged(String),
    /// It may not be right, and the ERP has no place for it: why. Nothing was written, and the next look tries again.
    NotTaken(String),
}

impl Shipment {
    /// Equal for the same delivered quantities: what is written back once.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut rows: Vec<String> =
            self.lines.iter().map(|line| format!("{}={}", line.row_number, line.picked.normalize())).collect();
        rows.sort();
        rows.join(" ")
    }

    /// Whether everything that was ordered was picked.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.lines.iter().all(|line| line.picked >= line.ordered)
    }
}
