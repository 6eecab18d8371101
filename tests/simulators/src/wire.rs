//! HTTP as the simulators see it: header names keep the case they came in, since one vendor cares.

use base64::Engine as _;
use bytes::Bytes;
use serde_json::Value;

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, `PUT`, …
    pub method: String,
    /// Path and query, still percent-encoded: `/v2/Products?PageSize=10`.
    pub target: String,
    /// Header names in the case they were sent in, with their values.
    pub headers: Vec<(String, String)>,
    /// The body; empty when there was none.
    pub body: Bytes,
}

impl Request {
    /// The path, percent-decoded, without the query.
    #[must_use]
    pub fn path(&self) -> String {
        let raw = self.target.split('?').next().unwrap_or_default();
        url::form_urlencoded::parse(format!("p={}", raw.replace('+', "%2B")).as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    }

    /// The query's names and values, decoded, in order, repeated keys kept apart.
    #[must_use]
    pub fn query(&self) -> Vec<(String, String)> {
        let raw = self.target.split_once('?').map_or("", |(_, query)| query);
        url::form_urlencoded::parse(raw.as_bytes()).into_owned().collect()
    }

    /// The first value of a query parameter; names compare without regard to case.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<String> {
        self.query().into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The first value of a header; names compare without regard to case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// User and password of HTTP Basic.
    #[must_use]
    pub fn basic(&self) -> Option<(String, String)> {
        let encoded = self.header("authorization")?.strip_prefix("Basic ")?;
        let text = String::from_utf8(base64::prelude::BASE64_STANDARD.decode(encoded).ok()?).ok()?;
        text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
    }

    /// The token of `Authorization: Bearer`.
    #[must_use]
    pub fn bearer(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// The parser's message.
    pub fn json(&self) -> Result<Value, String> {
        serde_json::from_slice(&self.body).map_err(|error| error.to_string())
    }
}

/// A response before it goes over the wire.
#[derive(Clone, Debug)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Header names and values; `Content-Length` and `Date` are added by the server.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Response {
    /// A response without a body.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Bytes::new() }
    }

    /// A JSON response.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json; charset=utf-8", body.to_string())
    }

    /// A response with a body of another type.
    #[must_use]
    pub fn text(status: u16, content_type: &str, body: impl Into<String>) -> Self {
        Self { status, headers: vec![("Content-Type".into(), content_type.into())], body: Bytes::from(body.into()) }
    }

    /// Adds a header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}
