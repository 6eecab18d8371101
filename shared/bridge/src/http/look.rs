//! How a vendor answers, for whoever asks that and not for an answer: tokens and sessions that are not kept, and time that
//! passes.

use std::time::Duration;

use serde_json::Value;

use super::login::Session;
use super::{Call, Client, Exchange};
use crate::ports::Ports;
use crate::words::fault::{Fault, Result};

impl Client {
    /// Lets time pass.
    pub async fn pause(&self, pause: Duration) {
        self.ports.clock.sleep(pause).await;
    }

    /// How long a token lives, as the vendor says when it gives one; the token is not used.
    ///
    /// # Errors
    /// As a login's; [`Fault::Unexpected`] of a login that says nothing of it.
    pub async fn token_lifetime(&self) -> Result<Duration> {
        self.login.token_lifetime(&self.exchange()).await
    }

    /// A session that nobody else uses, and that is not kept.
    ///
    /// # Errors
    /// As a login's; [`Fault::Unexpected`] of a login without sessions.
    pub async fn own_session(&self) -> Result<Session> {
        self.login.own_session(&self.exchange()).await
    }

    /// Whether a session lives, by the service's word.
    ///
    /// # Errors
    /// As classified.
    pub async fn lives(&self, session: &Session) -> Result<bool> {
        self.login.lives(&self.exchange(), session).await
    }

    /// Sends a call once as somebody whose session was never one.
    ///
    /// # Errors
    /// What the service says of it.
    pub async fn with_no_session(&self, call: &Call) -> Result<Value> {
        let mut call = call.clone().once();
        call.headers.extend(Session::none().headers()?);
        Ok(self.exchange().send(self.service, &call).await?.1)
    }

    fn exchange(&self) -> Exchange<'_> {
        Exchange { ports: &self.ports, budget: self.budget.as_ref(), deadline: self.deadline }
    }
}

/// Waits until a limit that is spent may be free again.
///
/// # Errors
/// Any other fault, and a limit that asks for a longer pause.
pub async fn wait_for_limit(ports: &Ports, fault: Fault, longest: Duration) -> Result<()> {
    match fault {
        Fault::RateLimited { after, .. } if after <= longest => {
            // A pause of nothing would be asked for again and again.
            ports.clock.sleep(after.max(Duration::from_secs(1))).await;
            Ok(())
        }
        fault => Err(fault),
    }
}

/// What a service said of a refusal, in its words; `None` where it did not refuse.
#[must_use]
pub fn refusal(fault: &Fault) -> Option<&str> {
    match fault {
        Fault::Rejected { status: Some(_), why, .. }
        | Fault::Unavailable { status: Some(_), why, .. }
        | Fault::Unauthorized(why) => Some(why),
        _ => None,
    }
}
