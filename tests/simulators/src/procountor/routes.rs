//! From a request to the resource that answers it: prefix, token, rate limit, path.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Procountor, errors, paging::Query};
use crate::{Request, Response};

impl Procountor {
    /// The path below `/api`, `/latest/api`, `/supported/api` or a pinned `/vYYMM/api` (section 1); `None` elsewhere.
    fn resource(&self, path: &str) -> Option<Vec<String>> {
        let mut parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let first = *parts.first()?;
        if matches!(first, "latest" | "supported") || self.quirks.pinned_versions.iter().any(|pinned| pinned == first) {
            parts.remove(0);
        }
        (parts.first() == Some(&"api")).then(|| parts[1..].iter().map(|&part| part.to_owned()).collect())
    }

    /// Method and path with ids replaced, whatever the prefix: the name a call is counted under.
    pub(super) fn endpoint(&self, request: &Request) -> String {
        let path = request.path();
        let Some(mut parts) = self.resource(&path) else { return format!("{} {path}", request.method) };
        let has_ids = matches!(parts.first().map(String::as_str), Some("products" | "invoices" | "businesspartners"));
        if let Some(id) =
            parts.get_mut(1).filter(|part| has_ids && part.starts_with(|first: char| first.is_ascii_digit()))
        {
            *id = "{id}".into();
        }
        format!("{} /{}", request.method, parts.join("/"))
    }

    pub(super) fn answer(&mut self, now: Timestamp, request: &Request) -> Result<Response, Response> {
        let path = request.path();
        match (request.method.as_str(), path.as_str()) {
            ("POST", "/api/oauth/token") => return Ok(self.access_token(now, request)),
            ("POST", "/api/oauth/key") => return self.api_key_for_code(now, request),
            ("GET", "/keylogin") => return Ok(self.key_login(now, request)),
            ("POST", "/logout") => return Ok(self.log_out(request)),
            _ => {}
        }
        // The gateway does not let a body or its type through with GET (section 1, "Headers").
        if request.method == "GET" && (!request.body.is_empty() || request.header("content-type").is_some()) {
            return Err(errors::gateway(400, "Bad Request"));
        }
        let parts = self.resource(&path).ok_or_else(|| errors::gateway(404, "Not Found"))?;
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        if let ("GET", ["status"]) = (request.method.as_str(), parts.as_slice()) {
            let status =
                json!({ "name": "Procountor API", "version": "26.04", "status": "OK", "procountorVersion": "58" });
            return Ok(Response::json(200, &status));
        }
        let company = self.authenticate(now, request)?;
        self.throttle(now)?;
        self.route(now, company, request, &parts)
    }

    /// The calls of the last second, over all companies of the client id (section 4). Without a pause in the answer: the
    /// vendor documents none.
    fn throttle(&mut self, now: Timestamp) -> Result<(), Response> {
        let second = SignedDuration::from_secs(1);
        while self.recent.front().is_some_and(|earlier| now.duration_since(*earlier) >= second) {
            self.recent.pop_front();
        }
        if self.recent.len() >= self.quirks.calls_per_second {
            self.throttled += 1;
            return Err(errors::too_many(None));
        }
        self.recent.push_back(now);
        Ok(())
    }

    fn route(&mut self, now: Timestamp, company: i64, request: &Request, parts: &[&str]) -> Result<Response, Response> {
        let query = Query::of(request);
        match (request.method.as_str(), parts) {
            ("GET", ["products"]) => self.list_products(now, company, &query),
            ("GET", ["products", ids]) => self.show_products(now, company, ids, &query),
            ("GET", ["invoices"]) => self.list_invoices(now, company, &query),
            ("GET", ["invoices", ids]) => self.show_invoices(now, company, ids),
            ("GET", ["invoices", id, "transactions"]) => self.show_transactions(now, company, id),
            ("POST", ["invoices"]) => self.create_invoice(now, company, request),
            ("PUT", ["invoices", id]) => self.update_invoice(now, company, id, request),
            ("PUT", ["invoices", id, "send"]) => self.send_invoice(now, company, id),
            ("PUT", ["invoices", id, "approve"]) => self.approve_invoice(now, company, id, &query, request),
            ("PUT", ["invoices", id, "notes"]) => self.update_notes(now, company, id, request),
            ("PUT", ["invoices", id, "unfinished"]) => self.reopen_invoice(now, company, id),
            ("PUT", ["invoices", id, "invalidate"]) => self.invalidate_invoice(now, company, id),
            ("GET", ["businesspartners"]) => self.list_partners(now, company, &query),
            ("GET", ["businesspartners", ids]) => self.show_partners(now, company, ids),
            ("GET", ["sessioninfo"]) => self.session(company),
            ("GET", ["users", "rights"]) if self.of(company)?.rights_are_secret => {
                Err(errors::forbidden("Insufficient user rights."))
            }
            ("GET", ["users", "rights"]) => Ok(Response::json(200, &self.of(company)?.rights.wire())),
            (_, ["products" | "invoices" | "businesspartners" | "sessioninfo", ..]) => {
                Err(errors::refusal(405, None, "Method not allowed."))
            }
            _ => Err(errors::not_found("Resource not found.")),
        }
    }

    /// The company of a token that has been checked.
    pub(super) fn of(&self, company: i64) -> Result<&super::Company, Response> {
        self.companies.get(&company).ok_or_else(errors::unauthorized)
    }

    fn session(&self, company: i64) -> Result<Response, Response> {
        let company = self.of(company)?;
        let body = json!({
            "companyId": company.id, "name": company.name, "country": company.country,
            "productVersion": "FINANCIALS_PREMIUM", "userId": company.user_id, "userName": "bridge",
            "companySettings": { "invoiceDiscussionEnabled": false },
        });
        Ok(Response::json(200, &body))
    }
}
