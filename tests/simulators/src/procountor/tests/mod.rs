//! Every trap of the simulator, proved from the caller's side.

mod actions;
mod changes;
mod lists;
mod schema;
mod sending;
mod times;
mod tokens;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Kind, Procountor};
use crate::{Request, Response, Simulator as _};

/// Somebody with a token of one company.
struct Desk {
    sim: Procountor,
    company: i64,
    token: String,
    now: Timestamp,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn request(method: &str, target: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Request {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Request { method: method.into(), target: target.into(), headers, body: body.into() }
}

fn form(target: &str, pairs: &[(&str, &str)]) -> Request {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    request("POST", target, &[("Content-Type", "application/x-www-form-urlencoded")], body)
}

fn body(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

/// The form of the M2M login with the default registration.
fn login(api_key: &str) -> Request {
    let pairs = [
        ("grant_type", "client_credentials"),
        ("client_id", "bridgeClient"),
        ("client_secret", "s3cret-of-the-bridge"),
        ("api_key", api_key),
    ];
    form("/api/oauth/token", &pairs)
}

impl Desk {
    fn new() -> Self {
        let now = at("2026-11-10T10:00:00Z");
        let mut sim = Procountor::new();
        let company = sim.add_company(now, "Pohjan Tarvike Oy");
        let mut desk = Self { sim, company, token: String::new(), now };
        desk.log_in();
        desk
    }

    fn log_in(&mut self) {
        let key = self.sim.company(self.company).unwrap().api_key.clone().unwrap();
        let response = self.sim.handle(self.now, &login(&key));
        assert_eq!(response.status, 200);
        self.token = body(&response)["access_token"].as_str().unwrap().to_owned();
    }

    /// Lets time pass.
    fn wait(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
    }

    fn call(&mut self, method: &str, target: &str, sent: Option<Value>) -> (u16, Value) {
        let authorization = format!("Bearer {}", self.token);
        let mut headers = vec![("Authorization", authorization.as_str())];
        if sent.is_some() {
            headers.push(("Content-Type", "application/json; charset=utf-8"));
        }
        let sent = sent.map(|sent| sent.to_string()).unwrap_or_default();
        let response = self.sim.handle(self.now, &request(method, target, &headers, sent));
        (response.status, serde_json::from_slice(&response.body).unwrap_or_default())
    }

    fn get(&mut self, target: &str) -> Value {
        let (status, answer) = self.call("GET", target, None);
        assert_eq!(status, 200, "{target}: {answer}");
        answer
    }

    fn status_of(&mut self, target: &str) -> u16 {
        self.call("GET", target, None).0
    }

    fn put(&mut self, target: &str) -> u16 {
        self.call("PUT", target, None).0
    }

    fn approve(&mut self, id: i64) -> u16 {
        self.call("PUT", &format!("/api/invoices/{id}/approve?updateInventory=false"), Some(json!({}))).0
    }

    /// The ids of a list.
    fn ids(&mut self, target: &str) -> Vec<i64> {
        let answer = self.get(target);
        answer["results"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
    }

    fn product(&mut self, record: Value) -> i64 {
        self.sim.put(self.now, self.company, Kind::Product, record).unwrap()
    }

    fn invoice(&mut self, record: Value) -> i64 {
        self.sim.put(self.now, self.company, Kind::Invoice, record).unwrap()
    }

    fn record(&self, kind: Kind, id: i64) -> Value {
        self.sim.company(self.company).unwrap().record(self.now, kind, id).unwrap()
    }
}
