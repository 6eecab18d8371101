//! How a goods owner's warehouse is set up: its statuses, and what cannot be known from outside.

use serde_json::{Value, json};

/// How a tenant's warehouse is set up: statuses are its own, and so is what cannot be known from outside.
pub(super) struct Rules {
    pub(super) order_statuses: Vec<(i64, String)>,
    pub(super) purchase_order_statuses: Vec<(i64, String)>,
    /// What an order starts with when it comes through the API, usually 300.
    pub(super) start_status: i64,
    /// From here on the warehouse has begun: no PUT, no DELETE (Ongoing sheet, section 2.4).
    pub(super) started_from_status: i64,
    pub(super) purchase_order_started_from_status: i64,
    pub(super) cancelled_status: i64,
    pub(super) purchase_order_cancelled_status: i64,
    /// Whether rows that a later PUT leaves out stay (Ongoing sheet, section 2.5: open).
    pub(super) keeps_missing_rows: bool,
    /// Whether members that a later PUT leaves out are cleared (Ongoing sheet, section 2.1: open).
    pub(super) clears_missing_fields: bool,
    /// Whether purchase orders keep the ERP's id: older systems do not know it (Ongoing sheet, section 2.6).
    pub(super) keeps_purchase_order_ids: bool,
    /// Article numbers that no list of articles may be asked for.
    pub(super) refused_article_numbers: Vec<String>,
}

const ORDER_STATUSES: [(i64, &str); 9] = [
    (150, "Error"),
    (200, "Open"),
    (300, "Released"),
    (320, "Allocated"),
    (400, "Picked"),
    (450, "Sent"),
    (500, "Collected"),
    (800, "Returned"),
    (1000, "Cancelled"),
];

const PURCHASE_ORDER_STATUSES: [(i64, &str); 6] = [
    (100, "Notified"),
    (200, "Arrival space"),
    (300, "Inbound"),
    (400, "Deflection"),
    (500, "Received"),
    (900, "Cancelled"),
];

fn owned(statuses: &[(i64, &str)]) -> Vec<(i64, String)> {
    statuses.iter().map(|(number, text)| (*number, (*text).to_owned())).collect()
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            order_statuses: owned(&ORDER_STATUSES),
            purchase_order_statuses: owned(&PURCHASE_ORDER_STATUSES),
            start_status: 300,
            started_from_status: 320,
            purchase_order_started_from_status: 300,
            cancelled_status: 1000,
            purchase_order_cancelled_status: 900,
            keeps_missing_rows: false,
            clears_missing_fields: false,
            keeps_purchase_order_ids: true,
            refused_article_numbers: Vec::new(),
        }
    }
}

/// A status with its text, as responses carry it.
pub(super) fn status(statuses: &[(i64, String)], number: i64) -> Value {
    let text = statuses.iter().find(|(known, _)| *known == number).map(|(_, text)| text);
    json!({ "number": number, "text": text })
}

/// The answer of the two `statuses` calls: both use the same wrapper key.
pub(super) fn statuses(all: &[(i64, String)]) -> Value {
    let list: Vec<Value> = all.iter().map(|(number, text)| json!({ "number": number, "text": text })).collect();
    json!({ "orderStatuses": list })
}
