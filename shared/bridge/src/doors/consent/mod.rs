//! The consent pages (contract, section 4): a company's bookkeeper gets one link, clicks, and the company is connected.
//!
//! Three things stand between a stranger and a connection. The *ticket* is in the link that the operator's command makes;
//! whoever has it may look at the page as often as they like. The *state* begins at the click, goes to the ERP and comes
//! back once. The *cookie* ties that state to the browser in which the click was. Of none of them is more kept than a digest.

mod company;
mod connecting;
mod failure;
mod oauth_state;
mod page;
mod procountor;
mod request;
mod response;
mod steps;
pub mod ticket;
mod translations;
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
    let visit = request::Visit::read(payload)?;
    Ok(steps::Steps { ports, run, api_url, visit: &visit }.answer().await.http())
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
