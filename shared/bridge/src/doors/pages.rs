//! The pages that people open in a browser, by their paths: the status page, and else the consent pages.

use serde_json::Value;
use url::Url;

use super::{consent, status_page};
use crate::ports::{Ports, Run};

/// Answers a call to a page; `api_url` is the deployment's own address.
///
/// # Errors
/// A sentence, when the payload is no call of the HTTP API.
pub async fn answer(ports: &Ports, run: &Run, api_url: &Url, payload: &Value) -> Result<Value, String> {
    if status_page::is_asked_for(payload) {
        return status_page::answer(ports, run, payload).await;
    }
    consent::answer(ports, run, api_url, payload).await
}
