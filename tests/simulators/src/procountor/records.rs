//! Records with their versions in time: what was written is seen from a moment on, which may be later than its stamp.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::DateTime};
use serde_json::{Map, Value};

use super::{Procountor, clock};

/// What a company keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `/products`.
    Product,
    /// `/invoices`: orders, offers and invoices alike, in one space of ids.
    Invoice,
    /// `/businesspartners`.
    Partner,
}

#[derive(Debug)]
struct Record {
    created: DateTime,
    /// From when on it is seen, and what is seen; in the order of writing.
    states: Vec<(Timestamp, Map<String, Value>)>,
}

#[derive(Debug)]
pub(super) struct Shelf {
    records: BTreeMap<i64, Record>,
    next_id: i64,
}

/// A record as it is visible.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) id: i64,
    pub(super) created: DateTime,
    pub(super) body: &'a Map<String, Value>,
}

impl<'a> Seen<'a> {
    pub(super) fn member(&self, name: &str) -> &'a Value {
        self.body.get(name).unwrap_or(&Value::Null)
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.body.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.body.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        self.body.get(name).and_then(Value::as_i64)
    }

    pub(super) fn version(&self) -> Option<DateTime> {
        clock::parse(self.text("version"))
    }
}

impl Shelf {
    pub(super) fn from(next_id: i64) -> Self {
        Self { records: BTreeMap::new(), next_id }
    }

    fn fresh_id(&mut self) -> i64 {
        while self.records.contains_key(&self.next_id) {
            self.next_id += 1;
        }
        self.next_id
    }

    pub(super) fn get(&self, now: Timestamp, id: i64) -> Option<Seen<'_>> {
        let record = self.records.get(&id)?;
        let (_, body) = record.states.iter().rev().find(|(from, _)| *from <= now)?;
        Some(Seen { id, created: record.created, body })
    }

    pub(super) fn all(&self, now: Timestamp) -> impl Iterator<Item = Seen<'_>> {
        self.records.keys().filter_map(move |id| self.get(now, *id))
    }

    /// The newest state, seen or not.
    pub(super) fn newest(&self, id: i64) -> Option<&Map<String, Value>> {
        self.records.get(&id)?.states.last().map(|(_, body)| body)
    }

    fn write(&mut self, created: DateTime, from: Timestamp, id: i64, body: Map<String, Value>) {
        let record = self.records.entry(id).or_insert_with(|| Record { created, states: Vec::new() });
        record.states.push((from, body));
    }

    fn remove(&mut self, id: i64) -> bool {
        self.records.remove(&id).is_some()
    }
}

impl Procountor {
    /// Puts a record with any members; an `id` that exists already replaces that record. What a record of its kind cannot
    /// be without is filled in, `version` is stamped unless it is given. Returns the id.
    ///
    /// # Errors
    /// When there is no such company or the record is no object.
    pub fn put(&mut self, now: Timestamp, company: i64, kind: Kind, record: Value) -> Result<i64, String> {
        self.put_late(now, now, company, kind, record)
    }

    /// [`Procountor::put`] of a row whose transaction commits late: stamped `now`, seen only from `visible_from` on.
    ///
    /// # Errors
    /// When there is no such company or the record is no object.
    pub fn put_late(
        &mut self,
        now: Timestamp,
        visible_from: Timestamp,
        company: i64,
        kind: Kind,
        record: Value,
    ) -> Result<i64, String> {
        let Value::Object(mut body) = record else { return Err("a record is a JSON object".into()) };
        let at = clock::local(&self.quirks.zone, now);
        let version = clock::spell(at, self.quirks.fraction_digits);
        let company = self.companies.get_mut(&company).ok_or_else(|| format!("no company {company}"))?;
        let id = body.get("id").and_then(Value::as_i64).unwrap_or_else(|| company.shelf_mut(kind).fresh_id());
        body.insert("id".into(), id.into());
        let kept = company.shelf(kind).newest(id).filter(|before| {
            self.quirks.row_edits_keep_version && !body.contains_key("version") && is_row_edit(before, &body)
        });
        let kept = kept.and_then(|before| before.get("version")).cloned();
        body.entry("version").or_insert_with(|| kept.unwrap_or_else(|| version.into()));
        if self.quirks.row_ids_renewed && company.shelf(kind).newest(id).is_some() {
            forget_row_ids(&mut body);
        }
        match kind {
            Kind::Product => super::products::complete(&mut body),
            Kind::Invoice => super::invoices::complete(company, at, &mut body),
            Kind::Partner => super::partners::complete(&mut body),
        }
        company.shelf_mut(kind).write(at, visible_from, id, body);
        Ok(id)
    }

    /// Changes a record: objects are merged, `null` takes a member away, anything else replaces it. `version` is stamped
    /// unless the change carries one.
    ///
    /// # Errors
    /// When there is no such record.
    pub fn change(
        &mut self,
        now: Timestamp,
        company: i64,
        kind: Kind,
        id: i64,
        change: &Value,
    ) -> Result<Value, String> {
        self.change_late(now, now, company, kind, id, change)
    }

    /// [`Procountor::change`] that commits late: stamped `now`, seen only from `visible_from` on.
    ///
    /// # Errors
    /// When there is no such record.
    pub fn change_late(
        &mut self,
        now: Timestamp,
        visible_from: Timestamp,
        company: i64,
        kind: Kind,
        id: i64,
        change: &Value,
    ) -> Result<Value, String> {
        let at = clock::local(&self.quirks.zone, now);
        let company = self.companies.get_mut(&company).ok_or_else(|| format!("no company {company}"))?;
        let newest = company.shelf(kind).newest(id).ok_or_else(|| format!("no {kind:?} {id}"))?;
        let mut whole = Value::Object(newest.clone());
        let of_rows = |change: &Map<String, Value>| change.keys().all(|name| name == "invoiceRows");
        if !(self.quirks.row_edits_keep_version && change.as_object().is_some_and(of_rows)) {
            whole["version"] = clock::spell(at, self.quirks.fraction_digits).into();
        }
        merge(&mut whole, change);
        let Value::Object(mut body) = whole else { return Err("a change is a JSON object".into()) };
        if kind == Kind::Invoice {
            if self.quirks.row_ids_renewed && change.get("status").is_none() {
                forget_row_ids(&mut body);
            }
            company.complete_rows(&mut body);
            if change.get("invoiceSumInfo").is_none() {
                super::sums::renew(&mut body);
            }
        }
        company.shelf_mut(kind).write(at, visible_from, id, body.clone());
        Ok(Value::Object(body))
    }

    /// [`Procountor::change`] that leaves `version` as it was (section 4, open question 11).
    ///
    /// # Errors
    /// When there is no such record.
    pub fn change_silently(
        &mut self,
        now: Timestamp,
        company: i64,
        kind: Kind,
        id: i64,
        change: &Value,
    ) -> Result<Value, String> {
        let found = self.companies.get(&company).and_then(|company| company.shelf(kind).newest(id));
        let version = found.and_then(|body| body.get("version")).cloned().ok_or_else(|| format!("no {kind:?} {id}"))?;
        let mut change = change.clone();
        change["version"] = version;
        self.change(now, company, kind, id, &change)
    }

    /// Deletes a record; it leaves no trace (section 2, "Cursor rules").
    ///
    /// # Errors
    /// When there is no such record.
    pub fn delete(&mut self, company: i64, kind: Kind, id: i64) -> Result<(), String> {
        let found = self.companies.get_mut(&company).is_some_and(|company| company.shelf_mut(kind).remove(id));
        if found { Ok(()) } else { Err(format!("no {kind:?} {id} in company {company}")) }
    }

    /// Replaces a record's whole body.
    pub(super) fn replace(&mut self, now: Timestamp, company: i64, kind: Kind, id: i64, body: Map<String, Value>) {
        let at = clock::local(&self.quirks.zone, now);
        if let Some(company) = self.companies.get_mut(&company) {
            company.shelf_mut(kind).write(at, now, id, body);
        }
    }
}

/// Whether what is put differs from what is there in its rows alone.
fn is_row_edit(before: &Map<String, Value>, put: &Map<String, Value>) -> bool {
    let same = |(name, value): (&String, &Value)| name == "invoiceRows" || before.get(name) == Some(value);
    put.iter().all(same) && before.get("invoiceRows") != put.get("invoiceRows")
}

/// JSON merge patch (RFC 7396).
fn merge(target: &mut Value, change: &Value) {
    let Value::Object(change) = change else {
        *target = change.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(members) = target.as_object_mut() else { return };
    for (name, value) in change {
        if value.is_null() {
            members.remove(name);
        } else {
            merge(members.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

/// Rows without an id get a new one.
pub(super) fn forget_row_ids(document: &mut Map<String, Value>) {
    for row in document.get_mut("invoiceRows").and_then(Value::as_array_mut).into_iter().flatten() {
        row.as_object_mut().and_then(|row| row.remove("id"));
    }
}
