//! Each trap of the model, proven.

mod articles;
mod lists;
mod oauth;
mod orders;
mod schema;
mod state;

use base64::Engine as _;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Visma;
use crate::{Request, Response, Simulator as _};

/// A model, a clock and a caller who holds a token of company `acme`.
struct Scene {
    visma: Visma,
    now: Timestamp,
    token: String,
    refresh: String,
}

impl Scene {
    fn new() -> Self {
        let mut visma = Visma::new("bridge", "s3cret");
        visma.add_company("acme");
        let now: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
        let refresh = visma.grant(now, "acme");
        let mut scene = Self { visma, now, token: String::new(), refresh };
        let answer = scene.refresh(&scene.refresh.clone());
        let answer = json_of(&answer);
        scene.token = answer["access_token"].as_str().unwrap().to_owned();
        scene.refresh = answer["refresh_token"].as_str().unwrap().to_owned();
        scene
    }

    fn demo() -> Self {
        let mut scene = Self::new();
        scene.act("demo_company", json!({}));
        scene
    }

    fn wait(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
    }

    fn act(&mut self, action: &str, mut args: Value) -> Value {
        args["company"] = json!("acme");
        self.visma.act(self.now, action, &args).unwrap()
    }

    fn put(&mut self, register: &str, given: Value) -> String {
        self.visma.put(self.now, "acme", register, &given).unwrap()
    }

    fn change(&mut self, register: &str, given: Value) -> String {
        self.visma.change(self.now, "acme", register, &given).unwrap()
    }

    fn send(&mut self, method: &str, target: &str, body: Option<&Value>) -> Response {
        let request = Request {
            method: method.into(),
            target: target.into(),
            headers: vec![("Authorization".into(), format!("Bearer {}", self.token))],
            body: body.map(|body| Bytes::from(body.to_string())).unwrap_or_default(),
        };
        self.visma.handle(self.now, &request)
    }

    fn get(&mut self, target: &str) -> Value {
        let response = self.send("GET", target, None);
        assert_eq!(response.status, 200, "{target}: {response:?}");
        json_of(&response)
    }

    fn list(&mut self, register: &str, options: &[(&str, &str)]) -> Response {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(options).finish();
        self.send("GET", &format!("/v2/{register}?{query}"), None)
    }

    /// One member of every hit, in order.
    fn hits(&mut self, register: &str, member: &str, options: &[(&str, &str)]) -> Vec<Value> {
        let response = self.list(register, options);
        assert_eq!(response.status, 200, "{options:?}: {response:?}");
        json_of(&response)["Data"].as_array().unwrap().iter().map(|row| row[member].clone()).collect()
    }

    /// Status and error code of a refusal.
    fn refusal(&mut self, method: &str, target: &str, body: Option<&Value>) -> (u16, i64) {
        let response = self.send(method, target, body);
        (response.status, json_of(&response)["ErrorCode"].as_i64().unwrap())
    }

    fn token_call(&mut self, form: &str) -> Response {
        let basic = base64::prelude::BASE64_STANDARD.encode("bridge:s3cret");
        let request = Request {
            method: "POST".into(),
            target: "/connect/token".into(),
            headers: vec![
                ("Authorization".into(), format!("Basic {basic}")),
                ("Content-Type".into(), "application/x-www-form-urlencoded".into()),
            ],
            body: Bytes::from(form.to_owned()),
        };
        self.visma.handle(self.now, &request)
    }

    fn refresh(&mut self, token: &str) -> Response {
        self.token_call(&format!("grant_type=refresh_token&refresh_token={token}"))
    }
}

fn json_of(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}
