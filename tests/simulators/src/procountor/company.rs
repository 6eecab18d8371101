//! One company of the installation with all that is in it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::records::{Kind, Shelf};
use super::rights::Rights;

/// A company; ids in it are unique only within it (section 1), and companies do share them.
#[derive(Debug)]
pub struct Company {
    /// The company's id, `cid` of its tokens.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its country as an enum name, such as `FINLAND`.
    pub country: String,
    /// The user behind the API key.
    pub user_id: i64,
    /// What that user may do.
    pub rights: Rights,
    /// Whether that user is refused the list of its own rights (403; section 4).
    pub rights_are_secret: bool,
    /// The key that gives access tokens; `None` once it is revoked. Tokens given before live on until they run out.
    pub api_key: Option<String>,
    /// Documents approved with `updateInventory=true`, which lowers the vendor's own stock.
    pub inventory_updates: Vec<i64>,
    pub(super) products: Shelf,
    pub(super) invoices: Shelf,
    pub(super) partners: Shelf,
    pub(super) mails: BTreeMap<i64, u64>,
    pub(super) transactions: BTreeMap<i64, Vec<Value>>,
    next_row: i64,
    next_number: i64,
}

impl Company {
    pub(super) fn new(id: i64, name: &str, api_key: String) -> Self {
        Self {
            id,
            name: name.to_owned(),
            country: "FINLAND".into(),
            user_id: 501,
            rights: Rights::default(),
            rights_are_secret: false,
            api_key: Some(api_key),
            inventory_updates: Vec::new(),
            products: Shelf::from(3_001),
            invoices: Shelf::from(70_001),
            partners: Shelf::from(900),
            mails: BTreeMap::new(),
            transactions: BTreeMap::new(),
            next_row: 400_001,
            next_number: 1_001,
        }
    }

    pub(super) fn shelf(&self, kind: Kind) -> &Shelf {
        match kind {
            Kind::Product => &self.products,
            Kind::Invoice => &self.invoices,
            Kind::Partner => &self.partners,
        }
    }

    pub(super) fn shelf_mut(&mut self, kind: Kind) -> &mut Shelf {
        match kind {
            Kind::Product => &mut self.products,
            Kind::Invoice => &mut self.invoices,
            Kind::Partner => &mut self.partners,
        }
    }

    pub(super) fn next_number(&mut self) -> i64 {
        self.next_number += 1;
        self.next_number - 1
    }

    /// Gives an id to every row that has none, and the members a row cannot be without.
    pub(super) fn complete_rows(&mut self, invoice: &mut Map<String, Value>) {
        let Some(rows) = invoice.get_mut("invoiceRows").and_then(Value::as_array_mut) else { return };
        for row in rows.iter_mut().filter_map(Value::as_object_mut) {
            if !row.contains_key("id") {
                row.insert("id".into(), self.next_row.into());
                self.next_row += 1;
            }
            for (name, value) in [
                ("product", json!("Row")),
                ("quantity", json!(1)),
                ("unit", json!("PIECE")),
                ("unitPrice", json!(0)),
                ("discountPercent", json!(0)),
                ("vatPercent", json!(0)),
            ] {
                row.entry(name).or_insert(value);
            }
        }
    }

    /// Writes a line in the document's own log, `GET /invoices/{id}/transactions`.
    pub(super) fn log(&mut self, invoice: i64, action: &str, at: String, details: &str) {
        let line = json!({ "action": action, "name": "API", "date": at, "details": details });
        self.transactions.entry(invoice).or_default().push(line);
    }

    /// The newest version of a record, seen or not.
    #[must_use]
    pub fn newest(&self, kind: Kind, id: i64) -> Option<&Map<String, Value>> {
        self.shelf(kind).newest(id)
    }

    /// The whole of a record as it is visible at a time.
    #[must_use]
    pub fn record(&self, now: Timestamp, kind: Kind, id: i64) -> Option<Value> {
        self.shelf(kind).get(now, id).map(|seen| Value::Object(seen.body.clone()))
    }
}
