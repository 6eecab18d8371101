//! One company on the installation: its records, and what calls have done to them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::{codec, dates};

/// The kinds of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `Product`.
    Product,
    /// `InvoiceOrder`: offers, orders and invoices.
    Order,
    /// `Company`: customers and suppliers.
    Company,
}

impl Kind {
    /// The type in the services' descriptions.
    #[must_use]
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Product => "Product",
            Self::Order => "InvoiceOrder",
            Self::Company => "Company",
        }
    }

    /// The member that holds the record's number.
    #[must_use]
    pub fn id_member(self) -> &'static str {
        if self == Self::Order { "OrderId" } else { "Id" }
    }
}

/// A record as stored.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its members, element name to text, as in the fixtures.
    pub body: Value,
    /// The moment it says it was changed.
    pub changed: Timestamp,
    /// The moment it was first stored.
    pub registered: Timestamp,
    /// False once deactivated (companies).
    pub active: bool,
}

impl Record {
    /// The members as a service would return them, the time of change included.
    #[must_use]
    pub fn shown(&self) -> Value {
        let mut body = self.body.clone();
        if let Value::Object(members) = &mut body {
            members.insert("DateChanged".into(), dates::write(self.changed).into());
        }
        body
    }
}

/// What calls have done, each effect once a time it happened: a test that sees two sees a doubled effect.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    /// Goods taken from stock when an order went to Sent: order, product, quantity.
    pub goods_issues: Vec<(i64, i64, Decimal)>,
    /// Every `SetStockQuantity` that was carried out: product, quantity.
    pub stock_writes: Vec<(i64, Decimal)>,
    /// Every status change by a call: order, from, to.
    pub status_changes: Vec<(i64, String, String)>,
    /// Orders made by a call.
    pub orders_made: Vec<i64>,
    /// Invoices mailed to customers.
    pub mails: Vec<i64>,
    /// Items refused with an `APIException`.
    pub refusals: Vec<String>,
}

/// A company on the installation (a "client" of the vendor's), reached as an identity.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The identity's GUID.
    pub id: String,
    /// `Client.Id`.
    pub client_id: i64,
    /// `Client.Name`.
    pub client_name: String,
    /// A blocked identity refuses logins.
    pub blocked: bool,
    /// Delivery methods by number.
    pub delivery_methods: BTreeMap<i64, String>,
    /// What calls have done.
    pub effects: Effects,
    /// Whether times of change are kept to the minute.
    pub changes_to_the_minute: bool,
    /// Whether a save keeps the members that it leaves out, instead of taking them anew.
    pub saves_keep_members: bool,
    /// Whether an order that becomes Sent takes its goods from stock.
    pub sent_takes_stock: bool,
    records: BTreeMap<(Kind, i64), Record>,
    late: Vec<(Timestamp, Kind, i64, Record)>,
    next: i64,
}

impl Identity {
    /// A company without records.
    #[must_use]
    pub fn new(id: &str, client_id: i64, client_name: &str) -> Self {
        Self {
            id: id.to_ascii_lowercase(),
            client_id,
            client_name: client_name.into(),
            blocked: false,
            delivery_methods: BTreeMap::new(),
            effects: Effects::default(),
            changes_to_the_minute: false,
            saves_keep_members: false,
            sent_takes_stock: true,
            records: BTreeMap::new(),
            late: Vec::new(),
            next: 9000,
        }
    }

    /// Stores a record with every member as given; a record without number gets the next one.
    ///
    /// # Errors
    /// The path of a member that its type does not know or that does not fit.
    pub fn put(&mut self, kind: Kind, record: &Value, changed: Timestamp) -> Result<i64, String> {
        let (id, record) = self.prepare(kind, record, changed)?;
        self.records.insert((kind, id), record);
        Ok(id)
    }

    /// Stores a record whose transaction ends at `visible`, although it says it was changed at `changed`: until then the
    /// former version, or nothing, is seen.
    ///
    /// # Errors
    /// As [`Self::put`].
    pub fn put_late(
        &mut self,
        kind: Kind,
        value: &Value,
        changed: Timestamp,
        visible: Timestamp,
    ) -> Result<i64, String> {
        let (id, record) = self.prepare(kind, value, changed)?;
        self.write(kind, id, record, changed, visible);
        Ok(id)
    }

    fn stamped(&self, changed: Timestamp) -> Timestamp {
        let seconds = changed.as_second();
        let minute = Timestamp::from_second(seconds - seconds.rem_euclid(60)).unwrap_or(changed);
        if self.changes_to_the_minute { minute } else { changed }
    }

    fn prepare(&mut self, kind: Kind, record: &Value, changed: Timestamp) -> Result<(i64, Record), String> {
        let changed = self.stamped(changed);
        let mut body = Value::Object(Map::new());
        codec::merge(&mut body, &codec::normalize(record, kind.type_name())?);
        let id = codec::number(&body, kind.id_member()).unwrap_or_else(|| {
            self.next += 1;
            self.next
        });
        self.next = self.next.max(id);
        codec::merge(&mut body, &serde_json::json!({ kind.id_member(): id.to_string(), "DateChanged": null }));
        let registered = self.records.get(&(kind, id)).map_or(changed, |former| former.registered);
        Ok((id, Record { body, changed, registered, active: true }))
    }

    /// Lays members over a record; `null` removes a member, arrays are replaced whole.
    ///
    /// # Errors
    /// No such record, or as [`Self::put`].
    pub fn change(&mut self, kind: Kind, id: i64, members: &Value, changed: Timestamp) -> Result<(), String> {
        let members = codec::normalize(members, kind.type_name())?;
        let changed = self.stamped(changed);
        let record = self.record_mut(kind, id).ok_or_else(|| format!("no {} {id}", kind.type_name()))?;
        codec::merge(&mut record.body, &members);
        record.changed = changed;
        Ok(())
    }

    /// The same, seen from `visible` on: laid over what was written last, seen or not.
    ///
    /// # Errors
    /// As [`Self::change`].
    pub fn change_late(
        &mut self,
        kind: Kind,
        id: i64,
        members: &Value,
        changed: Timestamp,
        visible: Timestamp,
    ) -> Result<(), String> {
        let members = codec::normalize(members, kind.type_name())?;
        let mut record = self.newest(kind, id).cloned().ok_or_else(|| format!("no {} {id}", kind.type_name()))?;
        codec::merge(&mut record.body, &members);
        record.changed = self.stamped(changed);
        self.write(kind, id, record, changed, visible);
        Ok(())
    }

    fn write(&mut self, kind: Kind, id: i64, record: Record, changed: Timestamp, visible: Timestamp) {
        // One transaction at a time has a row.
        let before = self.late.iter().position(|(_, of, other, _)| (*of, *other) == (kind, id));
        let visible = before.map_or(visible, |at| self.late.remove(at).0.max(visible));
        if visible <= changed {
            self.records.insert((kind, id), record);
        } else {
            self.late.push((visible, kind, id, record));
        }
    }

    /// The newest version of a record, seen or not.
    #[must_use]
    pub fn newest(&self, kind: Kind, id: i64) -> Option<&Record> {
        let late = self.late.iter().rev().find(|(_, of, other, _)| (*of, *other) == (kind, id));
        late.map(|(.., record)| record).or_else(|| self.record(kind, id))
    }

    /// Ends every transaction that is under way.
    pub fn commit_all(&mut self) {
        self.commit(Timestamp::MAX);
    }

    /// Removes a record, true when it was there. The services never tell of it.
    pub fn delete(&mut self, kind: Kind, id: i64) -> bool {
        self.records.remove(&(kind, id)).is_some()
    }

    /// A record.
    #[must_use]
    pub fn record(&self, kind: Kind, id: i64) -> Option<&Record> {
        self.records.get(&(kind, id))
    }

    /// A record, to change.
    pub fn record_mut(&mut self, kind: Kind, id: i64) -> Option<&mut Record> {
        self.records.get_mut(&(kind, id))
    }

    /// The records of a kind in the order the services return them: none that a caller could rely on.
    #[must_use]
    pub fn records(&self, kind: Kind) -> Vec<(i64, &Record)> {
        let all = self.records.iter().filter(|((of, _), _)| *of == kind).map(|((_, id), record)| (*id, record));
        let (even, odd): (Vec<_>, Vec<_>) = all.partition(|(id, _)| id % 2 == 0);
        even.into_iter().rev().chain(odd).collect()
    }

    /// Lets the late rows in whose time has come.
    pub(super) fn commit(&mut self, now: Timestamp) {
        let (due, late) = std::mem::take(&mut self.late).into_iter().partition(|(visible, ..)| *visible <= now);
        self.late = late;
        let due: Vec<(Timestamp, Kind, i64, Record)> = due;
        for (_, kind, id, record) in due {
            self.records.insert((kind, id), record);
        }
    }
}
