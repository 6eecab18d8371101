//! What the consents of both vendors share: the tenant, the ticket, and the deadline of the page that somebody waits
//! for.

use jiff::Timestamp;

use super::company::{self, Company};
use super::ticket::Ticket;
use super::{Failed, Why};
use crate::http::classify::client_is_refused;
use crate::http::{Exchange, within};
use crate::ports::Ports;
use crate::tenant::Tenant;
use crate::words::fault::{Fault, Result};

/// A connection that is being made.
pub(super) struct ConnectionAttempt<'a> {
    pub ports: &'a Ports,
    pub tenant: &'a Tenant,
    pub ticket: &'a Ticket,
    /// Deadline of the vendor's calls.
    pub deadline: Timestamp,
}

impl<'a> ConnectionAttempt<'a> {
    /// Calls to the vendor, without a rate budget, since a person waits.
    pub fn exchange(&self) -> Exchange<'a> {
        Exchange { ports: self.ports, budget: None, deadline: self.deadline }
    }

    /// A token or key from the vendor, before the deadline. `refused` is the reason where the vendor gives none.
    pub async fn granted<T>(&self, work: impl Future<Output = Result<T>>, refused: Why) -> Result<T, Failed> {
        within(self.ports, self.deadline, work).await.map_err(|fault| match fault {
            fault if client_is_refused(&fault) => Failed::setup(fault),
            Fault::Unauthorized(_) => Failed::of(refused, fault),
            fault => Failed::of(Why::Unreachable, fault),
        })
    }

    /// Binds the connection to the chosen company before the deadline; returns the company's name, where the vendor gave it.
    pub async fn company(
        &self,
        chosen: impl Future<Output = Result<Option<Company>>>,
    ) -> Result<Option<String>, Failed> {
        let chosen = within(self.ports, self.deadline, chosen).await;
        let chosen = chosen.map_err(|fault| Failed::of(Why::Unreachable, fault))?;
        company::bind(self.ports, self.tenant, self.ticket, chosen.as_ref()).await?;
        Ok(chosen.and_then(|chosen| chosen.name))
    }
}
