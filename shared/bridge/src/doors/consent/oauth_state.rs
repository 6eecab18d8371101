//! The one-time OAuth state: made at the click, sent to the ERP, consumed at the callback. It is bound to tenant, ERP,
//! ticket and browser, and expires after ten minutes.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::request::Cookie;
use super::ticket::{self, Ticket};
use super::translations::Language;
use crate::ports::{Item, Ports, Put};
use crate::tenant::Tenant;
use crate::words::fault::{Fault, Result};
use crate::words::kind::Kind;
use crate::words::secret::Secret;

/// Time from the click to the callback (contract, section 4).
const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// The state table's partition of all states: at the callback only the state says whose it is.
const PARTITION: &str = "consent-state";

/// What a state stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pending {
    /// Whose company.
    pub tenant_id: String,
    /// On which ERP.
    pub erp: Kind,
    /// The digest of the ticket that it was begun with.
    pub ticket: String,
    /// The language of the pages.
    pub language: Language,
    browser: String,
    until: Timestamp,
}

/// The result of consuming a state.
pub(super) enum Taken {
    /// Valid, and consumed by this call.
    Good(Pending),
    /// Returned to another browser than it began in; in the first one it is still valid.
    Elsewhere(Language),
    /// Expired, but its tenant is still known.
    Late(Pending),
    /// Unknown, used, or expired and deleted.
    Gone,
}

/// Begins a consent.
pub(super) async fn begin(
    ports: &Ports,
    tenant: &Tenant,
    ticket: &Ticket,
    cookie: &Cookie,
    language: Language,
) -> Result<Secret> {
    let state = ticket::unguessable(&*ports.random);
    let until = ports.clock.now() + LIFETIME;
    let pending = Pending {
        tenant_id: tenant.tenant_id.clone(),
        erp: tenant.erp.kind,
        ticket: ticket.digest.clone(),
        language,
        browser: ticket::digest(&cookie.browser),
        until,
    };
    let body = serde_json::to_value(pending).map_err(|error| Fault::Unexpected(error.to_string()))?;
    let item = Item { pk: PARTITION.into(), sk: ticket::digest(&state), rev: 1, body, expires: Some(until) };
    match ports.state.put(item).await? {
        Put::Done => Ok(state),
        Put::Conflict => Err(Fault::unavailable("this state is there already")),
    }
}

/// Consumes a state once: of several callers with the same state, even concurrent ones, all but one get [`Taken::Gone`].
pub(super) async fn take(ports: &Ports, kind: Kind, cookie: Option<&Cookie>, state: &Secret) -> Result<Taken> {
    let digest = ticket::digest(state);
    let Some(item) = ports.state.get(PARTITION, &digest).await? else { return Ok(Taken::Gone) };
    let pending: Pending = serde_json::from_value(item.body)
        .map_err(|error| Fault::Unexpected(format!("a state cannot be read: {error}")))?;
    if pending.erp != kind {
        return Ok(Taken::Gone);
    }
    // The table's TTL deletes late.
    let late = ports.clock.now() >= pending.until;
    let browser = cookie.map(|cookie| ticket::digest(&cookie.browser)).unwrap_or_default();
    if !bool::from(browser.as_bytes().ct_eq(pending.browser.as_bytes())) {
        return Ok(if late { Taken::Gone } else { Taken::Elsewhere(pending.language) });
    }
    if late {
        return Ok(Taken::Late(pending));
    }
    Ok(match ports.state.delete(PARTITION, &digest, item.rev).await? {
        Put::Done => Taken::Good(pending),
        Put::Conflict => Taken::Gone,
    })
}
