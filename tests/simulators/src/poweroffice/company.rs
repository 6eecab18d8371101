//! A client company: its records, and what a change to one of them does to the time stamps.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::problem::Fault;
use super::records::{Kind, decimal, key, line, number, stamp, written};
use super::table::Table;
use crate::Response;

/// One client company in Go, behind its client key.
pub struct Company {
    /// The secret that makes its tokens.
    pub client_key: String,
    /// Go's own number of the company.
    pub client_id: String,
    /// The company's name.
    pub name: String,
    /// Privileges that work.
    pub privileges: BTreeSet<String>,
    /// Privileges that were granted while the company lacks the module for them.
    pub invalid_privileges: BTreeSet<String>,
    /// Set once the company has removed the integration: its keys and tokens are refused.
    pub removed: bool,
    /// Whether patches are answered and change nothing.
    pub passes_over_patches: bool,
    /// Whether a filter of a moment takes in what is of that very moment.
    pub filter_takes_edge: bool,
    /// Whether lists leave out what is archived where nobody asks for it.
    pub hides_archived: bool,
    /// Whether a credit note says its invoice's number.
    pub notes_name_invoices: bool,
    /// Whether a credit note has the match of the invoice that it leaves nothing of.
    pub notes_match_invoices: bool,
    /// How much later than its time stamp a row becomes visible to readers.
    pub commit_delay: SignedDuration,
    /// Whether what changes moves rows from page to page: nobody promises an order (section 2.1).
    pub rows_move: bool,
    /// Records stored so far.
    stored: usize,
    next_id: i64,
    tables: BTreeMap<Kind, Table>,
    lines: BTreeMap<String, Vec<Value>>,
}

impl Company {
    pub(super) fn new(client_key: &str) -> Self {
        let privileges = ["Product", "Product_Full", "OutgoingInvoice", "Customer", "CommonServices"];
        Self {
            client_key: client_key.to_owned(),
            client_id: (10_000 + hash(client_key) % 90_000).to_string(),
            name: "Fjordbutikken AS".to_owned(),
            privileges: privileges.map(str::to_owned).into(),
            invalid_privileges: BTreeSet::new(),
            removed: false,
            passes_over_patches: false,
            filter_takes_edge: false,
            hides_archived: false,
            notes_name_invoices: true,
            notes_match_invoices: true,
            commit_delay: SignedDuration::ZERO,
            rows_move: false,
            stored: 0,
            next_id: 1001,
            tables: BTreeMap::new(),
            lines: BTreeMap::new(),
        }
    }

    /// Rows in the order in which a list has them now.
    pub(super) fn ordered<'a>(&self, rows: impl Iterator<Item = &'a Value>) -> Vec<&'a Value> {
        let mut rows: Vec<&Value> = rows.collect();
        if self.rows_move && !rows.is_empty() {
            let by = self.stored % rows.len();
            rows.rotate_left(by);
        }
        rows
    }

    /// Adds or replaces a record and stamps it with `now`; members left out get the vendor's defaults, a missing `Id` is
    /// the next one. Returns the id.
    pub fn put(&mut self, now: Timestamp, kind: Kind, record: Value) -> Value {
        let mut whole = kind.complete(record.as_object().unwrap_or(&Map::new()));
        if whole.get("Id").is_none_or(Value::is_null) {
            let id = self.take_id();
            whole.insert("Id".into(), if kind == Kind::Invoice { self.uuid(id) } else { id.into() });
        }
        for name in kind.created() {
            whole.entry(*name).or_insert_with(|| stamp(now));
        }
        whole.insert("LastChangedDateTimeOffset".into(), stamp(now));
        match kind {
            Kind::Invoice => {
                whole.insert("BalanceLastChangedDateTimeOffset".into(), stamp(now));
            }
            Kind::Product if !whole["StockOnHand"].is_null() => {
                whole.insert("StockOnHandLastChangedDatetimeOffset".into(), stamp(now));
                if whole["StockAvailable"].is_null() {
                    whole.insert("StockAvailable".into(), whole["StockOnHand"].clone());
                }
            }
            Kind::Customer => self.complete_mail_address(now, &mut whole),
            Kind::DeliveryAddress if whole.get("IsPrimary").is_none() => {
                // The first one made for a contact becomes primary by itself (section 3).
                let others = self.all(kind).iter().any(|other| other.get("ContactId") == whole.get("ContactId"));
                whole.insert("IsPrimary".into(), (!others).into());
            }
            _ => {}
        }
        let id = whole["Id"].clone();
        self.store(now, kind, Value::Object(whole));
        id
    }

    /// Adds or replaces a record exactly as it is given, time stamps included.
    pub fn place(&mut self, kind: Kind, record: Value) {
        self.keep_ids_ascending(&record);
        self.table(kind).put(Timestamp::MIN, Timestamp::MIN, record);
    }

    /// Adds an invoice with its lines; lines without `Id` or `SortOrder` get them. Returns the id.
    pub fn put_invoice(&mut self, now: Timestamp, header: Value, lines: &[Value]) -> Value {
        let id = self.put(now, Kind::Invoice, header);
        let lines = lines.iter().enumerate().map(|(index, record)| {
            let mut whole = line(record.as_object().unwrap_or(&Map::new()));
            if whole["Id"].is_null() {
                whole["Id"] = self.take_id().into();
            }
            if whole["SortOrder"].is_null() {
                whole["SortOrder"] = index.into();
            }
            whole
        });
        let lines = lines.collect();
        self.place_lines(id.as_str().unwrap_or_default(), lines);
        id
    }

    /// Sets the lines of an invoice exactly as given.
    pub fn place_lines(&mut self, invoice_id: &str, lines: Vec<Value>) {
        self.lines.insert(invoice_id.to_ascii_lowercase(), lines);
    }

    /// Changes a record by hand, then stamps what that kind of change stamps: a product's stock and an invoice's balance
    /// have times of their own, and a customer's time does not move with the address (sections 2.2 to 2.4).
    /// Returns the record as it is then, or `None` when there is no such id.
    pub fn change(&mut self, now: Timestamp, kind: Kind, id: &str, edit: impl FnOnce(&mut Value)) -> Option<Value> {
        let before = self.get(kind, id)?;
        let mut after = before.clone();
        edit(&mut after);
        if after == before {
            return Some(before);
        }
        let mut apart: Vec<&str> = Vec::new();
        match kind {
            Kind::Product if after["StockOnHand"] != before["StockOnHand"] => {
                apart.extend(["StockOnHand", "StockAvailable"]);
                after["StockOnHandLastChangedDatetimeOffset"] = stamp(now);
                if let Some(on_hand) = decimal(&after["StockOnHand"]) {
                    let count = |name: &str| decimal(&before[name]).unwrap_or_default();
                    after["StockAvailable"] = number(on_hand - (count("StockOnHand") - count("StockAvailable")));
                }
            }
            Kind::Invoice if after["Balance"] != before["Balance"] => {
                apart.push("Balance");
                after["BalanceLastChangedDateTimeOffset"] = stamp(now);
            }
            Kind::Customer if after["MailAddress"] != before["MailAddress"] => {
                apart.push("MailAddress");
                if after["MailAddress"].is_object() {
                    after["MailAddress"]["LastChangedDateTimeOffset"] = stamp(now);
                }
            }
            _ => {}
        }
        apart.extend(["StockOnHandLastChangedDatetimeOffset", "BalanceLastChangedDateTimeOffset"]);
        let members = after.as_object().into_iter().flatten();
        if members.into_iter().any(|(name, value)| !apart.contains(&name.as_str()) && before.get(name) != Some(value)) {
            after["LastChangedDateTimeOffset"] = stamp(now);
        }
        self.store(now, kind, after.clone());
        Some(after)
    }

    /// Deletes a record; says whether there was one.
    pub fn delete(&mut self, now: Timestamp, kind: Kind, id: &str) -> bool {
        let found = self.get(kind, id).is_some();
        self.stored += 1;
        let visible_from = now + self.commit_delay;
        self.table(kind).delete(now, visible_from, id);
        found
    }

    /// A record as its last writer left it.
    #[must_use]
    pub fn get(&self, kind: Kind, id: &str) -> Option<Value> {
        self.tables.get(&kind)?.latest(id).cloned()
    }

    /// Every record of a kind as its last writer left it.
    #[must_use]
    pub fn all(&self, kind: Kind) -> Vec<&Value> {
        self.tables.get(&kind).map_or_else(Vec::new, Table::all_latest)
    }

    /// The lines of an invoice.
    #[must_use]
    pub fn lines_of(&self, invoice_id: &str) -> &[Value] {
        self.lines.get(&invoice_id.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The whole company as JSON; invoices carry their lines in `Lines`.
    #[must_use]
    pub fn state(&self) -> Value {
        let mut state = json!({"ClientKey": self.client_key, "Name": self.name});
        for kind in Kind::ALL {
            let mut rows: Vec<Value> = self.all(kind).into_iter().map(written).collect();
            if kind == Kind::Invoice {
                for row in &mut rows {
                    row["Lines"] = self.lines_of(&key(row)).iter().map(written).collect();
                }
            }
            state[kind.name()] = rows.into();
        }
        state
    }

    pub(super) fn rows(&self, kind: Kind) -> impl Iterator<Item = &Value> {
        self.tables.get(&kind).into_iter().flat_map(Table::rows)
    }

    /// The answer to a GET of one object.
    pub(super) fn one(&self, kind: Kind, id: &str) -> Result<Response, Fault> {
        if kind != Kind::Invoice && id.parse::<i64>().is_err() {
            return Err(Fault::new(400, format!("The value '{id}' is not valid.")));
        }
        let found = self.tables.get(&kind).and_then(|table| table.visible(id));
        let record = found.ok_or_else(|| Fault::new(404, format!("There is no object with id {id}.")))?;
        Ok(Response::json(200, &written(record)))
    }

    pub(super) fn may(&self, any_of: &[&str]) -> bool {
        any_of.is_empty() || any_of.iter().any(|privilege| self.privileges.contains(*privilege))
    }

    pub(super) fn settle(&mut self, now: Timestamp) {
        self.tables.values_mut().for_each(|table| table.settle(now));
    }

    fn store(&mut self, now: Timestamp, kind: Kind, record: Value) {
        self.keep_ids_ascending(&record);
        self.stored += 1;
        let visible_from = now + self.commit_delay;
        self.table(kind).put(now, visible_from, record);
    }

    fn table(&mut self, kind: Kind) -> &mut Table {
        self.tables.entry(kind).or_default()
    }

    fn keep_ids_ascending(&mut self, record: &Value) {
        self.next_id = self.next_id.max(record["Id"].as_i64().unwrap_or_default() + 1);
    }

    fn take_id(&mut self) -> i64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    /// Two companies never share an invoice id, as uuids would have it.
    fn uuid(&self, id: i64) -> Value {
        let hash = hash(&self.client_key);
        format!("{:08x}-{:04x}-4e0a-9b3f-{id:012x}", hash & 0xffff_ffff, hash >> 48).into()
    }

    fn complete_mail_address(&mut self, now: Timestamp, customer: &mut Map<String, Value>) {
        let Some(given) = customer["MailAddress"].as_object() else { return };
        let mut address = Kind::DeliveryAddress.complete(given);
        if address.get("Id").is_none() {
            address.insert("Id".into(), self.take_id().into());
        }
        address.insert("LastChangedDateTimeOffset".into(), stamp(now));
        customer.insert("MailAddress".into(), Value::Object(address));
    }
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325_u64;
    text.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}
