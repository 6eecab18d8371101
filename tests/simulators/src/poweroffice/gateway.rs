//! What stands in front of the API: the subscription key, the limit of calls, the bearer token.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Company, PowerOffice, problem};
use crate::{Request, Response};

/// Calls a second for a subscription key (section 5).
pub const CALLS_A_SECOND: usize = 10;

/// The calls of the last second, all client keys together (section 5).
#[derive(Default)]
pub(super) struct Window {
    calls: VecDeque<Timestamp>,
}

impl Window {
    /// Whether one more call fits; calls exactly a second apart do not share a second.
    fn has_room(&mut self, now: Timestamp) -> bool {
        while self.calls.front().is_some_and(|oldest| now.duration_since(*oldest) >= SignedDuration::from_secs(1)) {
            self.calls.pop_front();
        }
        self.calls.len() < CALLS_A_SECOND
    }
}

impl PowerOffice {
    /// The gateway's checks, the same for the token call and the API.
    pub(super) fn admit(&mut self, now: Timestamp, request: &Request, token_call: bool) -> Result<(), Response> {
        let in_query = request.param("subscription-key");
        match request.header("Ocp-Apim-Subscription-Key").or(in_query.as_deref()) {
            Some(key) if key == self.subscription_key => {}
            Some(_) => return Err(problem::gateway(401, "Access denied: the subscription key is not valid.")),
            None => return Err(problem::gateway(401, "Access denied: the subscription key is missing.")),
        }
        if !self.window.has_room(now) {
            self.rate_exceeded += 1;
            if self.enforce_rate {
                return Err(throttled(token_call, self.retry_after));
            }
        }
        self.window.calls.push_back(now);
        Ok(())
    }

    /// The company whose token came with the call.
    pub(super) fn authorise(&mut self, now: Timestamp, request: &Request) -> Result<&mut Company, Response> {
        let bearer = request.bearer().ok_or_else(unauthorised)?;
        let token = self.tokens.iter().find(|token| token.text == bearer && token.expires > now);
        let key = token.map(|token| token.client_key.clone()).ok_or_else(unauthorised)?;
        self.companies.get_mut(&key).filter(|company| !company.removed).ok_or_else(unauthorised)
    }
}

pub(super) fn unauthorised() -> Response {
    Response::empty(401).with("WWW-Authenticate", "Bearer error=\"invalid_token\"")
}

/// The token endpoint gives the status as text, as in the vendor's sample; elsewhere it is a number (section 1).
pub(super) fn throttled(token_call: bool, retry_after: Option<u32>) -> Response {
    let wait = retry_after.unwrap_or(1);
    let status = if token_call { json!("429") } else { json!(429) };
    let message = format!("Rate limit is exceeded. Try again in {wait} seconds.");
    let response = Response::json(429, &json!({"statusCode": status, "message": message}));
    match retry_after {
        Some(seconds) => response.with("Retry-After", seconds.to_string()),
        None => response,
    }
}
