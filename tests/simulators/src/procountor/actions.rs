//! What a person does in the vendor's screens.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::invoices::STATUSES;
use super::records::Kind;
use super::{Company, Procountor, Right};

fn integer(args: &Value, name: &str) -> Result<i64, String> {
    args[name].as_i64().ok_or_else(|| format!("{name}: a whole number is missing"))
}

fn text<'a>(args: &'a Value, name: &str) -> Result<&'a str, String> {
    args[name].as_str().ok_or_else(|| format!("{name}: a text is missing"))
}

impl Procountor {
    /// - `demo_company {name?, api_key?}` → `{company, api_key}`
    /// - `add_company {name, api_key?}` → the same
    /// - `put_product | put_invoice | put_partner {company, record}` → the record
    /// - `rename_product {company, id | code, name}` → the product
    /// - `change_product | change_invoice | change_partner {company, id, change, silently?}` → the record
    /// - `set_status {company, id, status}`, `invalidate {company, id}` → the invoice
    /// - `delete_product | delete_invoice | delete_partner {company, id}` → `{}`
    /// - `set_right {company, area: "send", right: "VIEWING_RIGHTS"}`: what the user may do with sales documents
    /// - `revoke_key {company}`, `expire_tokens {}` → `{}`
    /// - `registration {redirect_uri}` → `{}`: the one address that the client has registered
    /// - `state {company?}` → everything, with `mails` by invoice, `calls` by endpoint and `logins`
    pub(super) fn perform(&mut self, now: Timestamp, action: &str, args: &Value) -> Result<Value, String> {
        match action {
            "demo_company" => return self.act_demo(now, args),
            "add_company" => {
                let company = self.add_company(now, text(args, "name")?);
                return self.hand_over(company, args);
            }
            "expire_tokens" => {
                self.expire_tokens();
                return Ok(json!({}));
            }
            "registration" => {
                text(args, "redirect_uri")?.clone_into(&mut self.client.redirect_uri);
                return Ok(json!({}));
            }
            "state" => return self.state(now, args),
            _ => {}
        }
        let company = integer(args, "company")?;
        if !self.companies.contains_key(&company) {
            return Err(format!("no company {company}"));
        }
        if let Some((verb, kind)) = kind_of(action) {
            return self.write(now, company, verb, kind, args);
        }
        match action {
            "set_status" => self.set_status(now, company, integer(args, "id")?, text(args, "status")?),
            "invalidate" => self.set_status(now, company, integer(args, "id")?, "INVALIDATED"),
            "revoke_key" => {
                self.with(company, |company| company.api_key = None)?;
                Ok(json!({}))
            }
            "set_right" => {
                let right = match text(args, "right")? {
                    "ALL_RIGHTS" => Right::All,
                    "VIEWING_RIGHTS" => Right::Viewing,
                    "NO_ACCESS" => Right::None,
                    "NOT_ENABLED" => Right::NotEnabled,
                    other => return Err(format!("right: {other} is none")),
                };
                self.with(company, |company| company.rights.sales_or_group_invoices = right)?;
                Ok(json!({}))
            }
            _ => Err(format!("no action {action}")),
        }
    }

    fn with(&mut self, company: i64, change: impl FnOnce(&mut Company)) -> Result<(), String> {
        self.companies.get_mut(&company).map(change).ok_or_else(|| format!("no company {company}"))
    }

    fn write(&mut self, now: Timestamp, company: i64, verb: &str, kind: Kind, args: &Value) -> Result<Value, String> {
        match verb {
            "put" => {
                let id = self.put(now, company, kind, args["record"].clone())?;
                Ok(self.companies[&company].record(now, kind, id).unwrap_or_default())
            }
            "change" if args["silently"] == true => {
                self.change_silently(now, company, kind, integer(args, "id")?, &args["change"])
            }
            "change" => self.change(now, company, kind, integer(args, "id")?, &args["change"]),
            "rename" => {
                let id = match text(args, "code") {
                    Ok(code) => self.product_by_code(now, company, code)?,
                    Err(_) => integer(args, "id")?,
                };
                self.change(now, company, kind, id, &json!({ "name": text(args, "name")? }))
            }
            _ => {
                self.delete(company, kind, integer(args, "id")?)?;
                Ok(json!({}))
            }
        }
    }

    fn product_by_code(&self, now: Timestamp, company: i64, code: &str) -> Result<i64, String> {
        let found =
            self.companies[&company].products.all(now).find(|seen| seen.text("code") == code).map(|seen| seen.id);
        found.ok_or_else(|| format!("no product with code {code}"))
    }

    /// Sets any status, as the vendor's screens and its bank connection would.
    ///
    /// # Errors
    /// When there is no such invoice or no such status.
    pub fn set_status(&mut self, now: Timestamp, company: i64, id: i64, status: &str) -> Result<Value, String> {
        if !STATUSES.contains(&status) {
            return Err(format!("status: {status} is none"));
        }
        self.change(now, company, Kind::Invoice, id, &json!({ "status": status }))
    }

    /// Gives the company the key that is asked for, if any, and tells it.
    pub(super) fn hand_over(&mut self, company: i64, args: &Value) -> Result<Value, String> {
        let wanted = args["api_key"].as_str().map(str::to_owned);
        let company = self.companies.get_mut(&company).ok_or("no company")?;
        if wanted.is_some() {
            company.api_key = wanted;
        }
        Ok(json!({ "company": company.id, "api_key": company.api_key }))
    }

    fn state(&self, now: Timestamp, args: &Value) -> Result<Value, String> {
        if args["company"].is_null() {
            let companies: Vec<&i64> = self.companies.keys().collect();
            let (calls, logins) = (&self.calls, self.logins);
            return Ok(
                json!({ "companies": companies, "calls": calls, "logins": logins, "throttled": self.throttled }),
            );
        }
        let id = integer(args, "company")?;
        let company = self.companies.get(&id).ok_or_else(|| format!("no company {id}"))?;
        let all = |kind: Kind| -> Vec<Value> {
            company.shelf(kind).all(now).map(|seen| Value::Object(seen.body.clone())).collect()
        };
        let mails: Value = company.mails.iter().map(|(id, count)| (id.to_string(), json!(count))).collect();
        Ok(json!({
            "company": company.id, "name": company.name,
            "products": all(Kind::Product), "invoices": all(Kind::Invoice), "partners": all(Kind::Partner),
            "mails": mails, "inventoryUpdates": company.inventory_updates,
            "calls": self.calls, "logins": self.logins, "throttled": self.throttled,
        }))
    }
}

fn kind_of(action: &str) -> Option<(&str, Kind)> {
    let (verb, noun) = action.split_once('_')?;
    let kind = match noun {
        "product" => Kind::Product,
        "invoice" => Kind::Invoice,
        "partner" => Kind::Partner,
        _ => return None,
    };
    let known = matches!(verb, "put" | "change" | "delete") || (verb == "rename" && kind == Kind::Product);
    known.then_some((verb, kind))
}
