//! Which company a tenant's connection belongs to. The first consent decides it; connecting another company needs a
//! ticket that allows it, so that nobody connects the wrong one without noticing.

use serde::{Deserialize, Serialize};

use super::ticket::{self, Ticket};
use super::{Failed, Why};
use crate::ports::{Item, Ports, Put};
use crate::tenant::Tenant;
use crate::words::fault::Fault;
use crate::words::kind::Kind;

/// The sort key, in the partition of [`ticket::partition`].
const KEY: &str = "company";

/// Attempts of the conditional write, against a consent in another window.
const MAX_ATTEMPTS: u32 = 4;

/// A company as its ERP knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Company {
    /// On which ERP.
    pub erp: Kind,
    /// The vendor's own id for it.
    pub id: String,
    /// Its name, where that was told.
    pub name: Option<String>,
}

impl Company {
    /// What a page calls it.
    fn called(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.id.clone())
    }
}

/// What the company is called that the tenant's connection belongs to; `None` where it was never connected.
pub(super) async fn known(ports: &Ports, tenant: &Tenant) -> Result<Option<String>, Failed> {
    let item = ports.state.get(&ticket::partition(&tenant.tenant_id), KEY).await.map_err(Failed::ours)?;
    let company = item.and_then(|item| serde_json::from_value::<Company>(item.body).ok());
    Ok(company.filter(|company| company.erp == tenant.erp.kind).and_then(|company| company.name))
}

/// Binds the tenant's connection to this company; `None` is a company that could not be identified.
///
/// # Errors
/// Where it belongs to another one already.
pub(super) async fn bind(
    ports: &Ports,
    tenant: &Tenant,
    ticket: &Ticket,
    chosen: Option<&Company>,
) -> Result<(), Failed> {
    let pk = ticket::partition(&tenant.tenant_id);
    for _ in 0..MAX_ATTEMPTS {
        let item = ports.state.get(&pk, KEY).await.map_err(Failed::ours)?;
        let rev = item.as_ref().map_or(0, |item| item.rev);
        // A company of another ERP, or in an unknown format, does not count.
        let before = item.and_then(|item| serde_json::from_value::<Company>(item.body).ok());
        let before = before.filter(|before| before.erp == tenant.erp.kind);
        let Some(chosen) = chosen else {
            return if before.is_some() { Err(Failed::new(Why::Unidentified)) } else { Ok(()) };
        };
        if let Some(before) = &before
            && before.id != chosen.id
            && !ticket.replace
        {
            return Err(Failed::new(Why::OtherCompany { connected: before.called(), chosen: chosen.called() }));
        }
        if before.as_ref() == Some(chosen) {
            return Ok(());
        }
        let body = serde_json::to_value(chosen).map_err(|error| Failed::ours(Fault::Unexpected(error.to_string())))?;
        let item = Item { pk: pk.clone(), sk: KEY.into(), rev: rev + 1, body, expires: None };
        if ports.state.put(item).await.map_err(Failed::ours)? == Put::Done {
            return Ok(());
        }
    }
    Err(Failed::ours(Fault::unavailable("the company is being settled in another window")))
}
