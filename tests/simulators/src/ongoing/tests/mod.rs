//! Each trap, proven.

mod framing;
mod picking;
mod reads;
mod started;
mod writes;

use base64::Engine as _;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Ongoing;
use crate::{Request, Response, Simulator};

const OWNER: i64 = 159;

/// A system with one goods owner, a clock, and a client that does everything right.
struct Bench {
    ongoing: Ongoing,
    now: Timestamp,
}

impl Bench {
    fn new() -> Self {
        let ongoing = Ongoing::new("acme").goods_owner(OWNER, "WSI-acme", "secret");
        Self { ongoing, now: "2026-03-02T08:00:00Z".parse().unwrap() }
    }

    /// A bench with the articles `A` and `B`, ten of each on the shelf.
    fn stocked() -> Self {
        let mut bench = Self::new();
        for number in ["A", "B"] {
            bench.put("articles", &json!({ "goodsOwnerId": OWNER, "articleNumber": number, "articleName": number }));
            bench.act("count", &json!({ "articleNumber": number, "numberOfItems": 10 }));
        }
        bench
    }

    fn wait(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
    }

    fn send(&mut self, request: &Request) -> (u16, Value) {
        let response: Response = self.ongoing.handle(self.now, request);
        (response.status, serde_json::from_slice(&response.body).unwrap_or(Value::Null))
    }

    fn get(&mut self, target: &str) -> (u16, Value) {
        self.send(&request("GET", target, None))
    }

    fn put(&mut self, target: &str, body: &Value) -> (u16, Value) {
        self.send(&request("PUT", target, Some(body)))
    }

    fn delete(&mut self, target: &str) -> (u16, Value) {
        self.send(&request("DELETE", target, None))
    }

    fn act(&mut self, action: &str, args: &Value) -> Value {
        self.ongoing.act(self.now, action, args).unwrap()
    }
}

fn request(method: &str, target: &str, body: Option<&Value>) -> Request {
    let credentials = base64::prelude::BASE64_STANDARD.encode("WSI-acme:secret");
    let mut headers = vec![
        ("Host".to_owned(), "api.ongoingsystems.se".to_owned()),
        ("Authorization".to_owned(), format!("Basic {credentials}")),
        ("Accept".to_owned(), "application/json".to_owned()),
    ];
    let body = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
    if !body.is_empty() {
        headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        headers.push(("Content-Length".to_owned(), body.len().to_string()));
    }
    Request { method: method.to_owned(), target: format!("/acme/api/v1/{target}"), headers, body }
}

/// An order of two rows: two of A, three of B.
fn order(number: &str) -> Value {
    json!({
        "goodsOwnerId": OWNER,
        "orderNumber": number,
        "deliveryDate": "2026-03-05",
        "consignee": { "customerNumber": "C1", "name": "Customer", "countryCode": "SE" },
        "orderLines": [
            { "rowNumber": "1", "articleNumber": "A", "numberOfItems": 2 },
            { "rowNumber": "2", "articleNumber": "B", "numberOfItems": 3 },
        ],
    })
}

fn purchase_order(number: &str) -> Value {
    json!({
        "goodsOwnerId": OWNER,
        "purchaseOrderNumber": number,
        "inDate": "2026-03-09",
        "supplierInfo": { "supplierNumber": "S1", "supplierName": "Supplier" },
        "purchaseOrderLines": [{ "rowNumber": "1", "articleNumber": "A", "numberOfItems": 7.5 }],
    })
}

fn said(answer: &(u16, Value)) -> &str {
    answer.1["message"].as_str().unwrap_or_default()
}
