//! `POST /OAuth/Token`: client credentials, no refresh token (section 1).

use base64::Engine as _;
use jiff::Timestamp;
use serde_json::json;

use super::PowerOffice;
use crate::{Request, Response};

/// A token that was given out.
pub(super) struct Token {
    pub(super) text: String,
    pub(super) client_key: String,
    pub(super) expires: Timestamp,
}

impl PowerOffice {
    pub(super) fn token(&mut self, now: Timestamp, request: &Request) -> Response {
        if request.method != "POST" {
            return Response::empty(405);
        }
        let form = request.header("content-type").unwrap_or_default();
        if !form.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
            return refused("invalid_request", "The body is not a form.");
        }
        let grant = url::form_urlencoded::parse(&request.body).find(|(name, _)| name == "grant_type");
        match grant {
            None => return refused("invalid_request", "grant_type is missing."),
            Some((_, grant)) if grant != "client_credentials" => {
                return refused("unsupported_grant_type", "Only client_credentials is known here.");
            }
            Some(_) => {}
        }
        let company = request
            .basic()
            .filter(|(application, _)| *application == self.application_key)
            .and_then(|(_, client)| self.companies.get(&client))
            .filter(|company| !company.removed);
        let Some(company) = company else {
            return refused("invalid_client", "No such integration with these keys in this environment.");
        };
        let client_key = company.client_key.clone();
        self.tokens_given += 1;
        let seed = format!("{client_key}/{}/{now}", self.tokens_given);
        let text = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(seed);
        self.tokens.retain(|token| token.expires > now);
        self.tokens.push(Token { text: text.clone(), client_key, expires: now + self.token_lifetime });
        let seconds = self.token_lifetime.as_secs();
        Response::json(200, &json!({"access_token": text, "token_type": "bearer", "expires_in": seconds}))
    }
}

fn refused(error: &str, description: &str) -> Response {
    Response::json(400, &json!({"error": error, "error_description": description}))
}
