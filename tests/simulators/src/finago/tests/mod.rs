//! Every trap, proven.

mod companies;
mod described;
mod envelope;
mod limits;
mod orders;
mod products;
mod screens;
mod session;
mod troubles;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::xml::Element;
use super::{AUTHENTICATE, Finago, Identity, Kind};
use crate::{Request, Response, Simulator as _};

pub const APPLICATION: &str = "8e1f6c0a-2b43-4d5e-9f70-a1b2c3d4e5f6";
pub const FIRST: &str = "11111111-aaaa-4aaa-8aaa-000000000001";
pub const SECOND: &str = "11111111-aaaa-4aaa-8aaa-000000000002";

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn start() -> Timestamp {
    at("2026-02-03T10:00:00Z")
}

/// A caller with its own clock and session.
pub struct Caller {
    pub finago: Finago,
    pub now: Timestamp,
    pub session: Option<String>,
}

impl Caller {
    /// Two companies reached by one user, logged in to the first.
    pub fn new() -> Self {
        let mut finago = Finago::new(APPLICATION);
        finago.add_identity(Identity::new(FIRST, 1, "Første AS"));
        finago.add_identity(Identity::new(SECOND, 2, "Andre AS"));
        finago.add_user("user@example.test", "p<w&d", &[FIRST, SECOND]);
        let mut caller = Self { finago, now: start(), session: None };
        caller.session = Some(caller.login("p&lt;w&amp;d", ""));
        caller
    }

    pub fn login(&mut self, password: &str, identity: &str) -> String {
        let identity = if identity.is_empty() { String::new() } else { format!("<IdentityId>{identity}</IdentityId>") };
        let credential = format!(
            "<credential><ApplicationId>{APPLICATION}</ApplicationId>{identity}<Password>{password}</Password><Username>user@example.test</Username></credential>"
        );
        self.ok(AUTHENTICATE, "Login", &credential).text
    }

    pub fn identity(&mut self) -> &mut Identity {
        self.finago.identity_mut(FIRST).unwrap()
    }

    pub fn put(&mut self, kind: Kind, record: Value) -> i64 {
        let now = self.now;
        self.identity().put(kind, &record, now).unwrap()
    }

    pub fn request(&self, path: &str, operation: &str, content: &str) -> Request {
        let body = format!(
            r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><{operation} xmlns="http://24sevenOffice.com/webservices">{content}</{operation}></s:Body></s:Envelope>"#
        );
        let mut headers = vec![
            ("Content-Type".to_owned(), "text/xml; charset=utf-8".to_owned()),
            ("SOAPAction".to_owned(), format!("\"http://24sevenOffice.com/webservices/{operation}\"")),
        ];
        if let Some(session) = &self.session {
            headers.push(("Cookie".into(), format!("other=1; ASP.NET_SessionId={session}")));
        }
        Request { method: "POST".into(), target: path.into(), headers, body: body.into() }
    }

    pub fn call(&mut self, path: &str, operation: &str, content: &str) -> Response {
        let request = self.request(path, operation, content);
        self.finago.handle(self.now, &request)
    }

    /// The result element of a call that must succeed; an empty one when it is missing.
    pub fn ok(&mut self, path: &str, operation: &str, content: &str) -> Element {
        let response = self.call(path, operation, content);
        let text = String::from_utf8(response.body.to_vec()).unwrap();
        assert_eq!(response.status, 200, "{text}");
        let document = Element::parse(&text).unwrap();
        let answer = document.at(&["Body", &format!("{operation}Response")]).unwrap();
        answer.child(&format!("{operation}Result")).cloned().unwrap_or_default()
    }

    /// Status and text of the fault of a call that must fail.
    pub fn fault(&mut self, path: &str, operation: &str, content: &str) -> (u16, String) {
        let response = self.call(path, operation, content);
        (response.status, fault_text(&response))
    }

    pub fn pass(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
    }
}

/// `faultcode: faultstring`.
pub fn fault_text(response: &Response) -> String {
    let document = Element::parse(std::str::from_utf8(&response.body).unwrap()).unwrap();
    let fault = document.at(&["Body", "Fault"]).unwrap();
    format!("{}: {}", fault.child("faultcode").unwrap().text, fault.child("faultstring").unwrap().text)
}

/// The texts of one member of every child.
pub fn column(result: &Element, name: &str) -> Vec<String> {
    result.children.iter().map(|row| row.child(name).map(|leaf| leaf.text.clone()).unwrap_or_default()).collect()
}

pub fn sorted(mut list: Vec<String>) -> Vec<String> {
    list.sort();
    list
}

pub fn strings(names: &[&str]) -> String {
    names.iter().map(|name| format!("<string>{name}</string>")).collect()
}

/// A stocked product, its customer, and a confirmed order of three.
pub fn small_shop() -> Caller {
    let mut caller = Caller::new();
    caller.put(Kind::Product, json!({ "Id": 7, "Name": "Kopp", "No": "K-7", "Stock": "10", "StockControlled": true }));
    caller.put(Kind::Company, json!({ "Id": 5, "Name": "Kunde AS", "Type": "Business" }));
    caller.put(
        Kind::Order,
        json!({
            "OrderId": 1001, "CustomerId": 5, "CustomerName": "Kunde AS", "OrderStatus": "Confirmed", "ReferenceNumber": "R-1",
            "InvoiceRows": { "InvoiceRow": [
                { "ProductId": 7, "RowId": 1, "Quantity": "3", "Name": "Kopp", "ProductNo": "K-7" },
                { "RowId": 2, "Name": "Hilsen", "Type": "Text" },
            ] },
        }),
    );
    caller
}
