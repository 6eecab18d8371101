//! Every trap, by what a caller sees of it.

mod desk;
mod fixtures;
mod gateway;
mod invoices;
mod lists;
mod stock;

use base64::Engine as _;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Company, PowerOffice};
use crate::{Request, Response, Simulator as _};

const START: &str = "2026-03-02T08:00:00.1234567Z";
const PRODUCTS: &str = "/v2/Products";
const INVOICES: &str = "/v2/OutgoingInvoices";

/// An installation with the company `berg` and a caller who keeps to the limit of calls.
struct Desk {
    model: PowerOffice,
    now: Timestamp,
    token: String,
}

impl Desk {
    fn new() -> Self {
        let mut model = PowerOffice::new("app", "sub");
        model.client("berg");
        let mut desk = Self { model, now: START.parse().unwrap(), token: String::new() };
        desk.log_in("berg");
        desk
    }

    fn berg(&mut self) -> &mut Company {
        self.model.client("berg")
    }

    fn log_in(&mut self, client_key: &str) {
        let response = self.send(&token_request("app", client_key));
        self.token = body(&response)["access_token"].as_str().unwrap().to_owned();
    }

    fn pass(&mut self, milliseconds: i64) {
        self.now += SignedDuration::from_millis(milliseconds);
    }

    fn send(&mut self, request: &Request) -> Response {
        self.pass(150);
        self.model.handle(self.now, request)
    }

    fn get(&mut self, target: &str) -> Response {
        let request = with_token(request("GET", target), &self.token);
        self.send(&request)
    }

    /// The rows of a list call; none for 204.
    fn rows(&mut self, target: &str) -> Vec<Value> {
        let response = self.get(target);
        if response.status == 204 {
            assert!(response.body.is_empty());
            return Vec::new();
        }
        assert_eq!(response.status, 200, "{response:?}");
        body(&response).as_array().unwrap().clone()
    }

    fn patch(&mut self, target: &str, operations: &Value) -> Response {
        let mut request = with_token(request("PATCH", target), &self.token);
        request.headers.push(("Content-Type".into(), "application/json-patch+json".into()));
        request.body = Bytes::from(operations.to_string());
        self.send(&request)
    }
}

fn request(method: &str, target: &str) -> Request {
    let headers = vec![("Ocp-Apim-Subscription-Key".to_owned(), "sub".to_owned())];
    Request { method: method.into(), target: target.into(), headers, body: Bytes::new() }
}

fn with_token(mut request: Request, token: &str) -> Request {
    request.headers.push(("Authorization".into(), format!("Bearer {token}")));
    request
}

fn token_request(application: &str, client: &str) -> Request {
    let mut request = request("POST", "/OAuth/Token");
    let pair = base64::prelude::BASE64_STANDARD.encode(format!("{application}:{client}"));
    request.headers.push(("Authorization".into(), format!("Basic {pair}")));
    request.headers.push(("Content-Type".into(), "application/x-www-form-urlencoded".into()));
    request.body = Bytes::from_static(b"grant_type=client_credentials");
    request
}

fn body(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

fn names(rows: &[Value], member: &str) -> Vec<String> {
    rows.iter().map(|row| row[member].as_str().map_or_else(|| row[member].to_string(), str::to_owned)).collect()
}
