//! The consent pages (contract, section 4): a company's bookkeeper gets one link, clicks, and the company is connected.
//!
//! Three credentials protect a connection. The *ticket* is part of the link that the operator's command makes; whoever
//! has it may open the page any number of times. The *state* is made at the click, sent to the ERP, and accepted once
//! on the way back. The *cookie* binds the state to the browser that clicked. Only digests of the three are stored.

mod company;
mod connection_attempt;
mod failure;
pub mod mail;
mod oauth_state;
mod page;
mod procountor;
mod product;
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
use crate::tenant::Contact;

/// What the pages say of the deployment.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Its own address: what the ERPs were told to send people back to begins with it.
    pub api_url: Url,
    /// Who runs it; a tenant's own contact comes before it.
    pub contact: Contact,
}

/// Answers a call to the pages.
///
/// # Errors
/// A sentence, when the payload is no call of the HTTP API.
pub async fn answer(ports: &Ports, run: &Run, deployment: &Deployment, payload: &Value) -> Result<Value, String> {
    let request = request::ConsentRequest::read(payload)?;
    Ok(steps::Steps::new(ports, run, deployment, &request).answer().await.http())
}
