//! The pages that people open in a browser, by their paths: the status page, and else the consent pages.

use serde_json::Value;

use super::consent::Deployment;
use super::{consent, status_page};
use crate::ports::{Ports, Run};

/// Answers a call to a page.
///
/// # Errors
/// A sentence, when the payload is no call of the HTTP API.
pub async fn answer(ports: &Ports, run: &Run, deployment: &Deployment, payload: &Value) -> Result<Value, String> {
    if status_page::is_asked_for(payload) {
        return status_page::answer(ports, run, payload).await;
    }
    consent::answer(ports, run, deployment, payload).await
}
