//! What people do in the vendor's screens, and what tests do behind the API's back.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::company::{Company, Resource, resource};
use super::members::{Body, blank, overlay, text};
use super::{Desk, Visma, articles, demo, orders};

/// The scopes that the bridge asks for.
pub const SCOPES: [&str; 3] = ["ea:api", "offline_access", "ea:sales"];

impl Visma {
    /// Adds a company, by the key that tests know it by.
    pub fn add_company(&mut self, key: &str) -> &mut Company {
        self.companies.entry(key.to_owned()).or_insert_with(|| Company::new(key))
    }

    /// A company.
    #[must_use]
    pub fn company(&self, key: &str) -> Option<&Company> {
        self.companies.get(key)
    }

    /// A company, to change.
    pub fn company_mut(&mut self, key: &str) -> Option<&mut Company> {
        self.companies.get_mut(key)
    }

    /// A fresh refresh token, as a consent to the scopes in [`SCOPES`] gives it.
    pub fn grant(&mut self, now: Timestamp, company: &str) -> String {
        self.oauth.grant(now, company, &SCOPES)
    }

    /// Has an action carried out after the next list was answered; several are taken one per list.
    pub fn after_page(&mut self, action: &str, args: Value) {
        self.after_pages.push_back((action.to_owned(), args));
    }

    /// Writes a whole record into a register: what `given` does not name is blank, an `Id` that exists is replaced. Every
    /// member can be given, read-only ones, stamps and nulls included. Answers with the id.
    ///
    /// # Errors
    /// Names the company, register or member that does not exist.
    pub fn put(&mut self, now: Timestamp, company: &str, register: &str, given: &Value) -> Result<String, String> {
        let (record, resource) = self.made(now, company, register, given, None)?;
        Ok(self.stored(company, resource, record))
    }

    /// The same, not to be seen before `seen_from`: stamped now, committed late.
    ///
    /// # Errors
    /// As for [`Visma::put`].
    pub fn put_late(
        &mut self,
        now: Timestamp,
        seen_from: Timestamp,
        company: &str,
        register: &str,
        given: &Value,
    ) -> Result<String, String> {
        let (record, resource) = self.made(now, company, register, given, None)?;
        let id = text(&record, "Id").to_owned();
        if let Some(company) = self.companies.get_mut(company) {
            company.table_mut(resource).put_late(seen_from, record);
        }
        Ok(id)
    }

    /// What was written last of a record, seen or not.
    #[must_use]
    pub fn newest(&self, company: &str, register: &str, id: &str) -> Option<&Body> {
        self.companies.get(company)?.table(register).newest(id)
    }

    /// As [`Visma::change`] of the record with the `Id` that is given, laid over what was written last of it and not seen
    /// before `seen_from`.
    ///
    /// # Errors
    /// As for [`Visma::change`].
    pub fn change_late(
        &mut self,
        now: Timestamp,
        seen_from: Timestamp,
        company: &str,
        register: &str,
        given: &Value,
    ) -> Result<String, String> {
        let id = given["Id"].as_str().unwrap_or_default();
        let table = resource(register).and_then(|of| Some(self.companies.get_mut(company)?.table_mut(of)));
        let before = table.and_then(|table| table.take_late(id));
        let (until, stored) = match before {
            Some((until, record)) => (until.max(seen_from), record),
            None => (seen_from, self.found(company, register, given)?.clone()),
        };
        let (record, resource) = self.made(now, company, register, given, Some(stored))?;
        if until <= now {
            return Ok(self.stored(company, resource, record));
        }
        let id = text(&record, "Id").to_owned();
        if let Some(company) = self.companies.get_mut(company) {
            company.table_mut(resource).put_late(until, record);
        }
        Ok(id)
    }

    /// Changes members of a record, found by `Id`, or `Number` or `CustomerNumber`. The change is stamped now, unless the
    /// stamp itself is given. Rows that are given replace all rows. Answers with the id.
    ///
    /// # Errors
    /// Names what does not exist.
    pub fn change(&mut self, now: Timestamp, company: &str, register: &str, given: &Value) -> Result<String, String> {
        let stored = self.found(company, register, given)?.clone();
        let (record, resource) = self.made(now, company, register, given, Some(stored))?;
        Ok(self.stored(company, resource, record))
    }

    /// Takes a record away, found as in [`Visma::change`]. The API never tells that it was there.
    ///
    /// # Errors
    /// Names what does not exist.
    pub fn delete(&mut self, company: &str, register: &str, given: &Value) -> Result<(), String> {
        let stored = self.found(company, register, given)?.clone();
        let resource = resource(register).ok_or(format!("no register {register}"))?;
        let company = self.companies.get_mut(company).ok_or("no such company")?;
        if register == "orders" {
            orders::store(company, Some(&stored), None);
        } else {
            company.table_mut(resource).remove(text(&stored, "Id"));
        }
        Ok(())
    }

    /// A record as it stands.
    #[must_use]
    pub fn record(&self, company: &str, register: &str, id: &str) -> Option<&Body> {
        resource(register)?;
        self.companies.get(company)?.table(register).get(id)
    }

    fn found(&self, company: &str, register: &str, given: &Value) -> Result<&Body, String> {
        let table = self.companies.get(company).ok_or(format!("no company {company}"))?;
        let table = table.table(resource(register).ok_or(format!("no register {register}"))?.path);
        let by_id = given["Id"].as_str().and_then(|id| table.get(id));
        let by = |member: &str| given.get(member).and_then(|value| table.find(member, value));
        let found = by_id.or_else(|| by("Number")).or_else(|| by("CustomerNumber")).or_else(|| by("Code"));
        found.ok_or(format!("no such record in {register}: {given}"))
    }

    fn made(
        &mut self,
        now: Timestamp,
        company: &str,
        register: &str,
        given: &Value,
        stored: Option<Body>,
    ) -> Result<(Body, &'static Resource), String> {
        let resource = resource(register).ok_or(format!("no register {register}"))?;
        let company = self.companies.get_mut(company).ok_or(format!("no company {company}"))?;
        let given = given.as_object().ok_or("a record is a JSON object")?;
        let at = now + self.rules.clock_ahead;
        let desk = Desk { company, rules: &self.rules, ids: &mut self.ids, at };
        let fresh = stored.is_none();
        let mut record = overlay(resource.members, stored.unwrap_or_else(|| blank(resource.members)), given)?;
        let absent = |member: &str| !given.contains_key(member);
        if fresh && absent("Id") {
            record.insert("Id".into(), json!(desk.ids.fresh()));
        }
        for member in ["CreatedUtc"].into_iter().chain(resource.stamp) {
            let due = if member == "CreatedUtc" { fresh } else { !fresh || !desk.rules.modified_is_null_until_edited };
            let due = due || (fresh && member == "ChangedUtc");
            if due && absent(member) && record.contains_key(member) {
                record.insert(member.into(), json!(desk.stamp()));
            }
        }
        match register {
            "orders" => order(desk, given, &mut record),
            "articles" => keep_given(given, &mut record, |record| articles::derive(desk.company, record)),
            _ => {}
        }
        Ok((record, resource))
    }

    fn stored(&mut self, company: &str, resource: &Resource, record: Body) -> String {
        let id = text(&record, "Id").to_owned();
        if let Some(company) = self.companies.get_mut(company) {
            if resource.path == "orders" {
                let before = company.table("orders").get(&id).cloned();
                orders::store(company, before.as_ref(), Some(&record));
            } else {
                company.table_mut(resource).put(record);
            }
        }
        id
    }
}

/// Lets `fill` set members, and sets back those that were given.
fn keep_given(given: &Body, record: &mut Body, fill: impl FnOnce(&mut Body)) {
    let kept: Body = given.keys().filter_map(|name| Some((name.clone(), record.get(name)?.clone()))).collect();
    fill(record);
    record.extend(kept);
}

fn order(desk: Desk<'_>, given: &Body, record: &mut Body) {
    let sent = given.get("Rows").and_then(Value::as_array).cloned().unwrap_or_default();
    if let Some(Value::Array(rows)) = record.get_mut("Rows") {
        for (row, given) in rows.iter_mut().zip(&sent) {
            let (Some(row), Some(given)) = (row.as_object_mut(), given.as_object()) else { continue };
            if !given.contains_key("Id") {
                row.insert("Id".into(), json!(desk.ids.fresh()));
            }
            keep_given(given, row, |row| {
                orders::from_article(desk.company, row);
            });
        }
    }
    if !given.contains_key("Number") && record["Number"].is_null() && orders::status(record) != orders::DRAFT {
        record.insert("Number".into(), json!(desk.company.next_order));
        desk.company.next_order += 1;
    }
    keep_given(given, record, |record| orders::derive(desk.company, record));
}

/// Carries out an action of `POST /_sim/<action>`. Every one names a `company`; what else it names are the
/// record's members.
///
/// # Errors
/// Says what is wrong with the action or its arguments.
pub fn act(visma: &mut Visma, now: Timestamp, action: &str, args: &Value) -> Result<Value, String> {
    let mut given = args.as_object().cloned().ok_or("arguments are a JSON object")?;
    if action == "registration" {
        return registration(visma, args);
    }
    let company = given.remove("company").and_then(|name| name.as_str().map(str::to_owned));
    let company = company.ok_or("company is missing")?;
    let given = Value::Object(given);
    let id = |id: String| json!({ "Id": id });
    match action {
        "add_company" => {
            visma.add_company(&company);
            Ok(Value::Null)
        }
        "demo_company" => demo::company(visma, now, &company),
        "grant" => {
            visma.companies.get(&company).ok_or(format!("no company {company}"))?;
            Ok(json!({ "refresh_token": visma.grant(now, &company) }))
        }
        "consent_as" => {
            visma.oauth.rules.consenting = Some(company);
            Ok(Value::Null)
        }
        "change_password" => {
            visma.oauth.change_password(&company);
            Ok(Value::Null)
        }
        "expire_access" => {
            visma.oauth.expire_access(&company);
            Ok(Value::Null)
        }
        "stock_module" => {
            let found = visma.company_mut(&company).ok_or(format!("no company {company}"))?;
            found.set_stock_module(given["active"].as_bool().ok_or("active is true or false")?);
            Ok(Value::Null)
        }
        "after_page" => {
            let planned = given["action"].as_str().ok_or("action is missing")?;
            visma.after_page(planned, given["args"].clone());
            Ok(Value::Null)
        }
        "put_article" => visma.put(now, &company, "articles", &given).map(id),
        "put_customer" => visma.put(now, &company, "customers", &given).map(id),
        "put_order" => visma.put(now, &company, "orders", &given).map(id),
        "rename_article" | "change_article" => visma.change(now, &company, "articles", &given).map(id),
        "change_customer" => visma.change(now, &company, "customers", &given).map(id),
        "change_order" => visma.change(now, &company, "orders", &given).map(id),
        "cancel_order" | "delete_order" => visma.delete(&company, "orders", &given).map(|()| Value::Null),
        "state" => state(visma, &company),
        _ => Err(format!("no action is called {action}")),
    }
}

/// How the client is registered with the vendor: `redirect_uris`, and whether `shows_page` lets a person choose.
fn registration(visma: &mut Visma, args: &Value) -> Result<Value, String> {
    if let Some(uris) = args["redirect_uris"].as_array() {
        visma.oauth.rules.redirect_uris = uris.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    }
    if let Some(shows) = args["shows_page"].as_bool() {
        visma.oauth.rules.shows_page = shows;
    }
    Ok(Value::Null)
}

fn state(visma: &Visma, key: &str) -> Result<Value, String> {
    let company = visma.companies.get(key).ok_or(format!("no company {key}"))?;
    let registers: BTreeMap<&str, &[Body]> =
        super::company::RESOURCES.iter().map(|entry| (entry.path, company.table(entry.path).rows())).collect();
    let counts = visma.oauth.counts;
    Ok(json!({
        "settings": company.settings,
        "registers": registers,
        "backorders": company.backorders,
        "live_refresh_token": visma.oauth.live_refresh_token(key),
        "refreshes": counts.refreshes,
        "refreshes_refused": counts.refused,
        "families_revoked": counts.families_revoked,
        "calls_refused": visma.pace.refused,
    }))
}
