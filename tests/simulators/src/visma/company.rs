//! One company that uses the product: its registers, its settings, and what lies between it and the API.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::fault::Fault;
use super::members::{Body, Member, text};
use super::{articles, customers, order_members};

/// A register that the API shows: its segment of the path and its members.
#[derive(Clone, Copy, Debug)]
pub struct Resource {
    /// `articles`, `orders`, …
    pub path: &'static str,
    /// The record's members.
    pub members: &'static [Member],
    /// The member that is stamped when a record changes.
    pub stamp: Option<&'static str>,
}

/// Every register, the ones that are only read included.
pub const RESOURCES: &[Resource] = &[
    Resource { path: "articles", members: articles::MEMBERS, stamp: Some("ChangedUtc") },
    Resource { path: "orders", members: order_members::MEMBERS, stamp: Some("ModifiedUtc") },
    Resource { path: "customers", members: customers::MEMBERS, stamp: Some("ChangedUtc") },
    Resource { path: "units", members: customers::UNIT, stamp: None },
    Resource { path: "deliverymethods", members: customers::DELIVERY, stamp: None },
    Resource { path: "deliveryterms", members: customers::DELIVERY, stamp: None },
    Resource { path: "termsofpayments", members: customers::TERMS_OF_PAYMENT, stamp: None },
    Resource { path: "articlelabels", members: articles::LABEL, stamp: None },
    Resource { path: "articleaccountcodings", members: articles::CODING, stamp: Some("ChangedUtc") },
    Resource { path: "notes", members: customers::NOTE, stamp: Some("ModifiedUtc") },
    Resource { path: "suppliers", members: customers::SUPPLIER, stamp: Some("ModifiedUtc") },
];

/// The register with this path.
#[must_use]
pub fn resource(path: &str) -> Option<&'static Resource> {
    RESOURCES.iter().find(|resource| resource.path == path)
}

/// The records of one register, in the order the database gives them back: what is written moves to the end.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: Vec<Body>,
    /// Their ids in lower case: a register of thousands is not searched for one that is not there.
    ids: HashSet<String>,
    late: Vec<(Timestamp, Body)>,
}

impl Table {
    /// Shows the records whose transaction has ended by now.
    pub fn settle(&mut self, now: Timestamp) {
        let (due, waiting) = std::mem::take(&mut self.late).into_iter().partition(|(at, _)| *at <= now);
        self.late = waiting;
        let due: Vec<(Timestamp, Body)> = due;
        for (_, record) in due {
            self.put(record);
        }
    }

    /// Writes a record in place of the one with its id.
    pub fn put(&mut self, record: Body) {
        self.remove(text(&record, "Id"));
        self.ids.insert(text(&record, "Id").to_ascii_lowercase());
        self.rows.push(record);
    }

    /// Writes a record that nobody sees before `at`, although its stamps are older: a transaction that ends late.
    pub fn put_late(&mut self, at: Timestamp, record: Body) {
        self.late.push((at, record));
    }

    /// Takes out what is written of this record and not seen yet.
    pub fn take_late(&mut self, id: &str) -> Option<(Timestamp, Body)> {
        let at = self.late.iter().rposition(|(_, record)| text(record, "Id").eq_ignore_ascii_case(id))?;
        Some(self.late.remove(at))
    }

    /// What was written last of the record with this id, seen or not.
    #[must_use]
    pub fn newest(&self, id: &str) -> Option<&Body> {
        let late = self.late.iter().rev().find(|(_, record)| text(record, "Id").eq_ignore_ascii_case(id));
        late.map(|(_, record)| record).or_else(|| self.get(id))
    }

    /// The record with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Body> {
        let row = || self.rows.iter().find(|row| text(row, "Id").eq_ignore_ascii_case(id));
        self.ids.contains(&id.to_ascii_lowercase()).then(row).flatten()
    }

    /// The first record whose member has this value.
    #[must_use]
    pub fn find(&self, member: &str, value: &Value) -> Option<&Body> {
        self.rows.iter().find(|row| row.get(member) == Some(value))
    }

    /// Takes a record out.
    pub fn remove(&mut self, id: &str) -> Option<Body> {
        if !self.ids.remove(&id.to_ascii_lowercase()) {
            return None;
        }
        let at = self.rows.iter().position(|row| text(row, "Id").eq_ignore_ascii_case(id))?;
        Some(self.rows.remove(at))
    }

    /// All records that can be seen.
    #[must_use]
    pub fn rows(&self) -> &[Body] {
        &self.rows
    }
}

/// A company.
#[derive(Clone, Debug)]
pub struct Company {
    /// What `GET /companysettings` answers.
    pub settings: Body,
    /// Answers every call in the vendor's words while it is set: module not active, company inactive, read-only user, …
    pub barrier: Option<Fault>,
    /// Keeps the stock itself by a module whose name does not say so: how the module is called is not documented.
    pub keeps_stock: bool,
    /// The number of the next order.
    pub next_order: i64,
    /// The order made for the undelivered rest, by the order it was made from.
    pub backorders: BTreeMap<String, String>,
    /// What somebody edited between a reading of the article and a write of all of it, and is lost.
    pub overwritten: Vec<Overwritten>,
    /// Articles as they were read last, one by one.
    read: BTreeMap<String, (Timestamp, Body)>,
    tables: BTreeMap<&'static str, Table>,
}

/// An article whose edit was lost to a write of what was read before.
#[derive(Clone, Debug)]
pub struct Overwritten {
    /// Its id.
    pub id: String,
    /// When it was read.
    pub read: Timestamp,
    /// When it was written.
    pub written: Timestamp,
}

/// What a write of stock changes by itself.
const STOCK: [&str; 5] =
    ["StockBalance", "StockBalanceReserved", "StockBalanceAvailable", "StockBalanceManuallyChangedUtc", "ChangedUtc"];

impl Company {
    /// A company with empty registers.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut settings = super::members::blank(customers::COMPANY_SETTINGS);
        for (member, value) in [
            ("Name", json!(name)),
            ("CountryCode", json!("SE")),
            ("CurrencyCode", json!("SEK")),
            ("CompanyIdentifier", json!(identifier(name))),
            ("CompanyStatus", json!(1)),
            ("ProductVariant", json!(5)),
            ("ActivatedModules", json!(["api_standard", "sales_standard"])),
        ] {
            settings.insert(member.into(), value);
        }
        let tables = RESOURCES.iter().map(|resource| (resource.path, Table::default())).collect();
        let (backorders, read) = (BTreeMap::new(), BTreeMap::new());
        Self {
            settings,
            barrier: None,
            keeps_stock: false,
            next_order: 1,
            backorders,
            overwritten: Vec::new(),
            read,
            tables,
        }
    }

    /// Notes that an article was read.
    pub fn reads(&mut self, now: Timestamp, article: &Body) {
        self.read.insert(text(article, "Id").to_ascii_lowercase(), (now, article.clone()));
    }

    /// What is lost when all of an article is written now.
    pub fn overwrites(&self, now: Timestamp, id: &str) -> Option<Overwritten> {
        let (read, before) = self.read.get(&id.to_ascii_lowercase())?;
        let edited = |newest: &Body| {
            newest.iter().any(|(name, value)| !STOCK.contains(&name.as_str()) && before.get(name) != Some(value))
        };
        let newest = self.table("articles").newest(id).filter(|newest| edited(newest))?;
        Some(Overwritten { id: text(newest, "Id").to_owned(), read: *read, written: now })
    }

    /// A register. Every path of [`RESOURCES`] has one.
    #[must_use]
    pub fn table(&self, path: &str) -> &Table {
        &self.tables[path]
    }

    /// A register, to write in.
    pub fn table_mut(&mut self, resource: &Resource) -> &mut Table {
        self.tables.entry(resource.path).or_default()
    }

    /// Shows what was committed late and is due.
    pub fn settle(&mut self, now: Timestamp) {
        self.tables.values_mut().for_each(|table| table.settle(now));
    }

    /// Whether Visma keeps the stock itself. How the module is called is not documented; it is taken for any that begins
    /// with `stock`.
    #[must_use]
    pub fn stock_module(&self) -> bool {
        let modules = self.settings.get("ActivatedModules").and_then(Value::as_array);
        self.keeps_stock
            || modules
                .is_some_and(|list| list.iter().filter_map(Value::as_str).any(|module| module.starts_with("stock")))
    }

    /// Switches the stock module on or off.
    pub fn set_stock_module(&mut self, active: bool) {
        if let Some(Value::Array(modules)) = self.settings.get_mut("ActivatedModules") {
            modules.retain(|module| !module.as_str().unwrap_or_default().starts_with("stock"));
            if active {
                modules.push(json!("stock_standard"));
            }
        }
    }
}

/// A GUID that is a company's own, whatever it is called later.
fn identifier(key: &str) -> String {
    let sum = key.bytes().fold(0_u64, |sum, byte| (sum * 131 + u64::from(byte)) % 0x1_0000_0000_0000);
    format!("c0ffee34-1a2b-4c3d-8e4f-{sum:012x}")
}
