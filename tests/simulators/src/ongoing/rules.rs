//! How a goods owner's warehouse is set up: its statuses, and what cannot be known from outside.

use serde_json::{Value, json};

use super::values::Merging;

/// How a tenant's warehouse is set up: statuses are its own, and so is what cannot be known from outside.
#[derive(Clone)]
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
    /// Whether members that a later PUT says are `null` stay as they were (Ongoing sheet, section 8: open).
    pub(super) keeps_nulls: bool,
    /// Whether purchase orders keep the ERP's id: older systems do not know it (Ongoing sheet, section 2.6).
    pub(super) keeps_purchase_order_ids: bool,
    /// Whether an order may name an article that is not there, which makes one (Ongoing sheet, section 2.1: inferred).
    pub(super) makes_articles: bool,
    /// Whether a row of quantity 0 or less is refused (Ongoing sheet, section 8: inferred).
    pub(super) refuses_nothing: bool,
    /// The status with which a change is refused (Ongoing sheet, section 2.4: open).
    pub(super) refusal_status: u16,
    /// Whether what is cancelled may be cancelled again (Ongoing sheet, section 2.4: open).
    pub(super) cancels_again: bool,
    /// Whether a PUT opens what is cancelled (Ongoing sheet, section 6.12: open).
    pub(super) opens_cancelled: bool,
    /// Whether the picks of a kit stand on its parts alone (Ongoing sheet, section 3.1: inferred).
    pub(super) kits_pick_parts: bool,
    /// What becomes of rows of one article in one order (Ongoing sheet, section 2.3: inferred).
    pub(super) same_article: SameArticle,
    /// Whether an order that has not left shows the address that was last written under its customer number (Ongoing sheet,
    /// section 6.4: open).
    pub(super) shares_addresses: bool,
    /// How members that are not there are spelled (Ongoing sheet, section 0.4).
    pub(super) absent: Absent,
    /// Article numbers that no list of articles may be asked for.
    pub(super) refused_article_numbers: Vec<String>,
}

/// What becomes of rows of one article in one body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SameArticle {
    /// They stay apart.
    Apart,
    /// They become one row, the first, with the pieces of all.
    Merged,
    /// They become one row: each takes the place of the one before.
    Overwritten,
}

/// How a record that is read spells a member that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absent {
    /// As `null`.
    Null,
    /// Not at all.
    LeftOut,
    /// A list as an empty one, anything else as `null`.
    EmptyList,
}

impl Absent {
    /// A record so spelled.
    pub(super) fn spell(self, record: &mut Value) {
        const LISTS: [&str; 5] = ["tracking", "parcels", "returnTracking", "pickedArticleItems", "subOrderLines"];
        match record {
            Value::Array(rows) => rows.iter_mut().for_each(|row| self.spell(row)),
            Value::Object(members) if self != Self::Null => {
                members.retain(|_, member| self != Self::LeftOut || !member.is_null());
                for (name, member) in members.iter_mut() {
                    match member.is_null() && LISTS.contains(&name.as_str()) {
                        true => *member = json!([]),
                        false => self.spell(member),
                    }
                }
            }
            _ => {}
        }
    }
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
            keeps_nulls: false,
            keeps_purchase_order_ids: true,
            makes_articles: false,
            refuses_nothing: false,
            refusal_status: 400,
            cancels_again: false,
            opens_cancelled: false,
            kits_pick_parts: false,
            same_article: SameArticle::Apart,
            shares_addresses: false,
            absent: Absent::Null,
            refused_article_numbers: Vec::new(),
        }
    }
}

impl Rules {
    /// What a write does to members that an earlier one set.
    pub(super) fn merging(&self) -> Merging {
        Merging { clears: self.clears_missing_fields, keeps_nulls: self.keeps_nulls }
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
