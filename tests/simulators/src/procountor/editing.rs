//! `PUT /invoices/{id}` and the calls that are not for orders (section 2, "Status calls").

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::records::Kind;
use super::sending::done;
use super::{Procountor, clock, errors};
use crate::{Request, Response};

const REQUIRED: [&str; 8] =
    ["type", "date", "counterParty", "paymentInfo", "extraInfo", "discountPercent", "invoiceRows", "invoiceChannel"];
const REQUIRED_IN_ROW: [&str; 6] = ["product", "quantity", "unit", "unitPrice", "discountPercent", "vatPercent"];
const LENGTHS: [(&str, usize); 5] = [
    ("orderReference", 70),
    ("originalInvoiceNumber", 40),
    ("deliveryInstructions", 255),
    ("additionalInformation", 10_000),
    ("notes", 10_000),
];
/// Set by the vendor; what the body says of them is passed over.
const READ_ONLY: [&str; 4] = ["id", "status", "invoiceNumber", "creatorId"];
/// What Windows-1252 has above Latin-1.
const ABOVE_LATIN_1: &str = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ";
/// The types whose notes and status may be changed outside of a whole update.
const NOT_ORDERS: [&str; 4] = ["BILL_OF_CHARGES", "PURCHASE_INVOICE", "SALES_INVOICE", "TRAVEL_INVOICE"];

impl Procountor {
    /// `PUT /invoices/{id}`: the whole document, with its newest `version`, and only while it is unfinished.
    pub(super) fn update_invoice(
        &mut self,
        now: Timestamp,
        company: i64,
        id: &str,
        request: &Request,
    ) -> Result<Response, Response> {
        let id = self.invoice_id(now, company, id)?;
        let mut body = object(request)?;
        let (invoice_type, status, _) = self.changeable(now, company, id)?;
        if status != "UNFINISHED" && !(invoice_type == "PURCHASE_ORDER" && status == "RECEIVED") {
            return Err(errors::forbidden("Invalid invoice status."));
        }
        validate(&body)?;
        if body["type"] != *invoice_type {
            return Err(errors::invalid("type", "The type of an invoice cannot be changed."));
        }
        let at = clock::spell(clock::local(&self.quirks.zone, now), self.quirks.fraction_digits);
        let company_id = company;
        let company = self.companies.get_mut(&company).ok_or_else(errors::unauthorized)?;
        let stored = company.shelf(Kind::Invoice).newest(id).cloned().unwrap_or_default();
        if body.get("version") != stored.get("version") {
            return Err(errors::invalid("version", "The invoice was changed by somebody else."));
        }
        for name in READ_ONLY {
            match stored.get(name) {
                Some(value) => body.insert(name.into(), value.clone()),
                None => body.remove(name),
            };
        }
        body.insert("version".into(), at.into());
        // A whole update rewrites the rows: their ids do not live on (section 4, "Quirks").
        super::records::forget_row_ids(&mut body);
        company.complete_rows(&mut body);
        super::sums::renew(&mut body);
        self.replace(now, company_id, Kind::Invoice, id, body.clone());
        Ok(Response::json(200, &Value::Object(body)))
    }

    /// `POST /invoices`: a new document, unfinished; the answer is the whole of it.
    pub(super) fn create_invoice(
        &mut self,
        now: Timestamp,
        company: i64,
        request: &Request,
    ) -> Result<Response, Response> {
        let mut body = object(request)?;
        validate(&body)?;
        let invoice_type = body["type"].as_str().unwrap_or_default().to_owned();
        if !self.of(company)?.rights.changes_invoices(&invoice_type) {
            return Err(errors::forbidden("Insufficient user rights."));
        }
        body.retain(|name, _| name != "version" && !READ_ONLY.contains(&name.as_str()));
        let id = self.put(now, company, Kind::Invoice, Value::Object(body));
        let id = id.map_err(|reason| errors::refusal(400, None, &reason))?;
        self.whole_invoices(now, company, &id.to_string(), false)
    }

    /// `PUT /invoices/{id}/notes`: not for orders.
    pub(super) fn update_notes(
        &mut self,
        now: Timestamp,
        company: i64,
        id: &str,
        request: &Request,
    ) -> Result<Response, Response> {
        let id = self.invoice_id(now, company, id)?;
        let body = object(request)?;
        let (invoice_type, ..) = self.changeable(now, company, id)?;
        if !NOT_ORDERS.contains(&invoice_type.as_str()) {
            return Err(errors::refusal(400, None, "Invoice type not supported."));
        }
        check_texts("notes", &body["notes"])?;
        self.change(now, company, Kind::Invoice, id, &json!({ "notes": body["notes"] }))
            .map_err(|_| errors::not_found("Invoice not found."))?;
        Ok(done("Invoice notes were updated."))
    }

    /// `PUT /invoices/{id}/unfinished`: not for orders.
    pub(super) fn reopen_invoice(&mut self, now: Timestamp, company: i64, id: &str) -> Result<Response, Response> {
        let id = self.not_an_order(now, company, id)?;
        self.move_to(now, company, id, "UNFINISHED", "UNFINISHED")?;
        Ok(done("Invoice was marked as unfinished."))
    }

    /// `PUT /invoices/{id}/invalidate`: not for orders, and not for what has been sent.
    pub(super) fn invalidate_invoice(&mut self, now: Timestamp, company: i64, id: &str) -> Result<Response, Response> {
        let id = self.not_an_order(now, company, id)?;
        self.change(now, company, Kind::Invoice, id, &json!({ "status": "INVALIDATED" }))
            .map_err(|_| errors::not_found("Invoice not found."))?;
        Ok(done("Invoice was marked as invalidated."))
    }

    fn not_an_order(&self, now: Timestamp, company: i64, id: &str) -> Result<i64, Response> {
        let id = self.invoice_id(now, company, id)?;
        let (invoice_type, status, _) = self.changeable(now, company, id)?;
        if !NOT_ORDERS.contains(&invoice_type.as_str()) || status == "SENT" {
            return Err(errors::refusal(400, None, "Invoice type or status not supported."));
        }
        Ok(id)
    }
}

fn object(request: &Request) -> Result<Map<String, Value>, Response> {
    match request.json() {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(errors::refusal(400, None, "Request body is missing or is not a JSON object.")),
    }
}

fn validate(body: &Map<String, Value>) -> Result<(), Response> {
    for name in REQUIRED {
        if body.get(name).is_none_or(Value::is_null) {
            return Err(errors::invalid(name, "The field is required."));
        }
    }
    let rows = body["invoiceRows"].as_array().ok_or_else(|| errors::invalid("invoiceRows", "A list is expected."))?;
    for (index, row) in rows.iter().enumerate() {
        if let Some(name) = REQUIRED_IN_ROW.into_iter().find(|name| row[name].is_null()) {
            return Err(errors::invalid(&format!("invoiceRows[{index}].{name}"), "The field is required."));
        }
    }
    for (name, longest) in LENGTHS {
        let text = body.get(name).and_then(Value::as_str).unwrap_or_default();
        if text.chars().count() > longest {
            return Err(errors::invalid(name, &format!("At most {longest} characters.")));
        }
    }
    for (name, value) in body {
        check_texts(name, value)?;
    }
    Ok(())
}

/// Countries are enum names, never ISO codes; texts hold nothing that Windows-1252 does not have.
fn check_texts(path: &str, value: &Value) -> Result<(), Response> {
    match value {
        Value::String(text) => {
            if path.ends_with(".country") && text.len() < 4 {
                return Err(errors::invalid(path, "Unknown country."));
            }
            let known =
                |each: char| each < '\u{80}' || ('\u{a0}'..='\u{ff}').contains(&each) || ABOVE_LATIN_1.contains(each);
            if text.chars().all(known) { Ok(()) } else { Err(errors::invalid(path, "Unsupported character.")) }
        }
        Value::Array(items) => {
            items.iter().enumerate().try_for_each(|(at, item)| check_texts(&format!("{path}[{at}]"), item))
        }
        Value::Object(members) => {
            members.iter().try_for_each(|(name, member)| check_texts(&format!("{path}.{name}"), member))
        }
        _ => Ok(()),
    }
}
