//! One call and its answer, as the systems see them.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use serde_json::Value;
use url::Url;

use super::LARGEST_ANSWER;
use crate::words::secret::Secret;

/// One call, before login and pace.
#[derive(Clone)]
pub struct Call {
    /// HTTP method.
    pub method: Method,
    /// Address with query.
    pub url: Url,
    /// Further headers.
    pub headers: HeaderMap,
    /// Body with its content type.
    pub body: Option<(HeaderValue, Bytes)>,
    /// Whether it may be sent again when it is not known whether it took effect.
    pub replayable: bool,
    /// Secrets in its body; those in its headers are marked there.
    pub secrets: Vec<Secret>,
    /// The most bytes that its answer may have.
    pub largest: usize,
    /// How many turns of the rate budget it takes: its own, and that of the call that follows upon its answer.
    pub turns: u8,
}

impl Call {
    /// A GET.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: None,
            replayable: true,
            secrets: Vec::new(),
            largest: LARGEST_ANSWER,
            turns: 1,
        }
    }

    /// Takes the turn of the next call as well, which is to follow upon the answer at once.
    #[must_use]
    pub fn with_next(mut self) -> Self {
        self.turns = 2;
        self
    }

    /// Says that the call before has taken its turn.
    #[must_use]
    pub fn at_once(mut self) -> Self {
        self.turns = 0;
        self
    }

    /// A PUT of JSON that is an upsert on the server: it may be replayed.
    #[must_use]
    pub fn put(url: Url, body: &Value) -> Self {
        Self::with_json(Method::PUT, url, body, true)
    }

    /// A DELETE, which may be replayed.
    #[must_use]
    pub fn delete(url: Url) -> Self {
        Self { method: Method::DELETE, ..Self::get(url) }
    }

    /// A call with a JSON body.
    #[must_use]
    pub fn with_json(method: Method, url: Url, body: &Value, replayable: bool) -> Self {
        let body = (HeaderValue::from_static("application/json"), Bytes::from(body.to_string()));
        Self { method, body: Some(body), replayable, ..Self::get(url) }
    }

    /// A POST of form fields.
    #[must_use]
    pub fn form(url: Url, fields: &[(&str, &str)]) -> Self {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let body = (HeaderValue::from_static("application/x-www-form-urlencoded"), Bytes::from(form));
        Self { method: Method::POST, body: Some(body), ..Self::get(url) }
    }

    /// Says that the body carries this secret: no error repeats it.
    #[must_use]
    pub fn secret(mut self, secret: &Secret) -> Self {
        self.secrets.push(secret.clone());
        self
    }

    /// Says that it is sent once: whoever asks goes another way where it fails, and nothing is sat out.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.replayable = false;
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}

/// A good answer, without its body: that is let go as soon as it is read.
#[derive(Debug)]
pub struct Answer {
    /// 2xx.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
}

impl Answer {
    /// The server's time by its `Date` header.
    #[must_use]
    pub fn server_time(&self) -> Option<Timestamp> {
        let text = self.headers.get(http::header::DATE)?.to_str().ok()?;
        Some(jiff::fmt::rfc2822::DateTimeParser::new().parse_zoned(text).ok()?.timestamp())
    }
}
