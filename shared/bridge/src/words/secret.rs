//! Secret text that cannot be logged or serialized by accident.

use base64::Engine as _;
use http::HeaderValue;
use serde::Deserialize;

use crate::words::fault::{Fault, Result};

/// Secret text: no `Display`, `Debug` or `Serialize`, so that it cannot end up in a log, an error or a message.
#[derive(Clone, Deserialize, PartialEq, Eq)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes text into keeping.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A header value marked as sensitive.
    ///
    /// # Errors
    /// [`Fault::Unauthorized`] when the secret has characters that no header can carry.
    pub fn header(&self, prefix: &str) -> Result<HeaderValue> {
        sensitive(format!("{prefix}{}", self.0))
    }

    /// `Basic` of an OAuth client and this secret, each form-encoded before (RFC 6749, section 2.3.1): the server decodes
    /// them, so that a `+` or `%` of the secret would be another character.
    ///
    /// # Errors
    /// As [`Secret::header`].
    pub fn client_basic(&self, client: &str) -> Result<HeaderValue> {
        let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        Self::new(encoded(&self.0)).basic(&encoded(client))
    }

    /// `Basic` of a user and this password.
    ///
    /// # Errors
    /// As [`Secret::header`].
    pub fn basic(&self, user: &str) -> Result<HeaderValue> {
        let pair = base64::prelude::BASE64_STANDARD.encode(format!("{user}:{}", self.0));
        sensitive(format!("Basic {pair}"))
    }
}

fn sensitive(text: String) -> Result<HeaderValue> {
    let mut value = HeaderValue::try_from(text)
        .map_err(|_| Fault::Unauthorized("a secret has characters that no HTTP header can carry".into()))?;
    value.set_sensitive(true);
    Ok(value)
}
