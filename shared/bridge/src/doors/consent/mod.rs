//! The consent pages (contract, section 4): a company's bookkeeper gets one link, clicks, and the company is connected.
//!
//! Three credentials protect a connection. The *ticket* is part of the link that the operator's command makes; whoever
//! has it may open the page any number of times. The *state* is made at the click, sent to the ERP, and accepted once
//! on the way back. The *cookie* binds the state to the browser that clicked. Only digests of the three are stored.

mod company;
mod connection_attempt;
mod failure;
mod oauth_state;
mod page;
mod procountor;
mod request;
mod response;
mod steps;
pub mod ticket;
pub(in crate::doors) mod translations;
mod visma;

use serde_json::Value;
use url::Url;

use self::failure::{Failed, Why};
use crate::ports::{Ports, Run};
use crate::words::kind::Kind;

/// Answers a call to the pages. `api_url` is the deployment's own address, without a slash at the end: what the ERPs were
/// told to send people back to begins with it.
///
/// # Errors
/// A sentence, when the payload is no call of the HTTP API.
pub async fn answer(ports: &Ports, run: &Run, api_url: &Url, payload: &Value) -> Result<Value, String> {
    let request = request::ConsentRequest::read(payload)?;
    Ok(steps::Steps { ports, run, api_url, request: &request }.answer().await.http())
}

/// The product's name, as its vendor writes it.
fn product(kind: Kind) -> &'static str {
    match kind {
        Kind::PowerOffice => "PowerOffice Go",
        Kind::Finago => "Finago Office",
        Kind::Procountor => "Procountor",
        Kind::Visma => "Visma eAccounting",
    }
}
