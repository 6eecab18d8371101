//! What both consents have in common: one tenant, one ticket, and a page that somebody waits for.

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
pub(super) struct Connecting<'a> {
    pub ports: &'a Ports,
    pub tenant: &'a Tenant,
    pub ticket: &'a Ticket,
    /// Until when the vendor may take its time.
    pub deadline: Timestamp,
}

impl<'a> Connecting<'a> {
    /// Calls to the vendor, without a budget: somebody waits.
    pub fn exchange(&self) -> Exchange<'a> {
        Exchange { ports: self.ports, budget: None, deadline: self.deadline }
    }

    /// A token or key from the vendor, in time. `refused` is what it means where it gives none.
    pub async fn granted<T>(&self, work: impl Future<Output = Result<T>>, refused: Why) -> Result<T, Failed> {
        within(self.ports, self.deadline, work).await.map_err(|fault| match fault {
            fault if client_is_refused(&fault) => Failed::setup(fault),
            Fault::Unauthorized(_) => Failed::of(refused, fault),
            fault => Failed::of(Why::Unreachable, fault),
        })
    }

    /// The company that was chosen, in time, if it is the one that the connection belongs to; its name, where it was told.
    pub async fn company(
        &self,
        chosen: impl Future<Output = Result<Option<Company>>>,
    ) -> Result<Option<String>, Failed> {
        let chosen = within(self.ports, self.deadline, chosen).await;
        let chosen = chosen.map_err(|fault| Failed::of(Why::Unreachable, fault))?;
        company::settle(self.ports, self.tenant, self.ticket, chosen.as_ref()).await?;
        Ok(chosen.and_then(|chosen| chosen.name))
    }
}
