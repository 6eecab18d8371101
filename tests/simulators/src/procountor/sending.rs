//! `/approve` and `/send`: the status machine of a document, and the mails that leave (section 2, "Status calls").

use jiff::Timestamp;
use serde_json::{Value, json};

use super::paging::Query;
use super::records::Kind;
use super::{Procountor, clock, errors};
use crate::{Request, Response};

const LONGEST_COMMENT: usize = 100;

/// The answer of a call that only says that it worked.
pub(super) fn done(message: &str) -> Response {
    Response::json(200, &json!({ "message": message }))
}

impl Procountor {
    /// Type, status and channel of a document the user may change.
    pub(super) fn changeable(
        &self,
        now: Timestamp,
        company: i64,
        id: i64,
    ) -> Result<(String, String, String), Response> {
        let company = self.of(company)?;
        let seen = company.shelf(Kind::Invoice).get(now, id).ok_or_else(|| errors::not_found("Invoice not found."))?;
        if !company.rights.changes_invoices(seen.text("type")) {
            return Err(errors::forbidden("Insufficient user rights."));
        }
        let text = |name| seen.text(name).to_owned();
        Ok((text("type"), text("status"), text("invoiceChannel")))
    }

    /// Moves a document to another status, which raises its `version`, and logs it.
    pub(super) fn move_to(
        &mut self,
        now: Timestamp,
        company: i64,
        id: i64,
        status: &str,
        log: &str,
    ) -> Result<(), Response> {
        let change = json!({ "status": status });
        let moved = match self.quirks.own_calls_keep_version {
            true => self.change_silently(now, company, Kind::Invoice, id, &change),
            false => self.change(now, company, Kind::Invoice, id, &change),
        };
        moved.map_err(|_| errors::not_found("Invoice not found."))?;
        let at = clock::spell(clock::local(&self.quirks.zone, now), self.quirks.fraction_digits);
        if let Some(company) = self.companies.get_mut(&company) {
            company.log(id, log, at, status);
        }
        Ok(())
    }

    /// `PUT /invoices/{id}/send`: the document leaves for the customer, every time it is called.
    pub(super) fn send_invoice(&mut self, now: Timestamp, company: i64, id: &str) -> Result<Response, Response> {
        let id = self.invoice_id(now, company, id)?;
        let (invoice_type, status, _) = self.changeable(now, company, id)?;
        let sendable =
            invoice_type == "SALES_INVOICE" || (invoice_type == "SALES_ORDER" && self.quirks.orders_can_be_sent);
        if !sendable || !matches!(status.as_str(), "NOT_SENT" | "SENT") {
            return Err(errors::forbidden("Invalid invoice status or not supported invoice type."));
        }
        self.move_to(now, company, id, "SENT", "SEND")?;
        if let Some(company) = self.companies.get_mut(&company) {
            *company.mails.entry(id).or_default() += 1;
        }
        Ok(done("Invoice was sent."))
    }

    /// `PUT /invoices/{id}/approve`.
    pub(super) fn approve_invoice(
        &mut self,
        now: Timestamp,
        company: i64,
        id: &str,
        query: &Query,
        request: &Request,
    ) -> Result<Response, Response> {
        let id = self.invoice_id(now, company, id)?;
        self.check_comment(request)?;
        let update_inventory = query.flag("updateInventory")?.unwrap_or_default();
        let (invoice_type, status, channel) = self.changeable(now, company, id)?;
        let (open, approved): (&[&str], &str) = match invoice_type.as_str() {
            "SALES_ORDER" if !self.quirks.orders_can_be_sent => (&[], ""),
            "SALES_ORDER" | "SALES_INVOICE" if channel == "NO_SENDING" => (&["UNFINISHED"], "APPROVED"),
            "SALES_ORDER" | "SALES_INVOICE" => (&["UNFINISHED"], "NOT_SENT"),
            "PURCHASE_INVOICE" | "TRAVEL_INVOICE" | "BILL_OF_CHARGES" => {
                (&["UNFINISHED", "RECEIVED", "VERIFIED"], "APPROVED")
            }
            _ => (&[], ""),
        };
        if !open.contains(&status.as_str()) {
            return Err(errors::forbidden("Insufficient user rights or invalid invoice status."));
        }
        self.move_to(now, company, id, approved, "APPROVAL")?;
        if let Some(company) = self.companies.get_mut(&company).filter(|_| update_inventory) {
            company.inventory_updates.push(id);
        }
        Ok(done("Invoice was approved."))
    }

    fn check_comment(&self, request: &Request) -> Result<(), Response> {
        if request.body.is_empty() && !self.quirks.approve_needs_body {
            return Ok(());
        }
        let body = request.json().ok().filter(Value::is_object);
        let body =
            body.ok_or_else(|| errors::refusal(400, None, "Request body is missing or is not a JSON object."))?;
        match &body["comment"] {
            Value::Null => Ok(()),
            Value::String(comment) if comment.chars().count() <= LONGEST_COMMENT => Ok(()),
            _ => Err(errors::invalid("comment", "The comment must be a text of at most 100 characters.")),
        }
    }
}
