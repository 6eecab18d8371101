//! The one-time ticket in the link that a company's bookkeeper gets.
//!
//! It expires after a day, when a company was connected with it, or when the tenant gets a newer one. Opening the page
//! does not use it up: mail scanners open every link before its reader does.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use url::Url;

use crate::ports::{Item, Ports, Put, Random};
use crate::tenant::Tenant;
use crate::words::digest::sha256;
use crate::words::fault::{Fault, Result};
use crate::words::kind::Kind;
use crate::words::secret::Secret;

/// How long a link works (contract, section 4).
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// The sort key of a tenant's ticket, in the partition of [`partition`].
const KEY: &str = "ticket";

/// Attempts of the conditional write, against another operator's command.
const MAX_ATTEMPTS: u32 = 4;

/// A ticket that is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    /// Its digest, by which states name it.
    pub digest: String,
    /// Whether another company than the tenant's present one may be connected.
    pub replace: bool,
    /// Until when it is good.
    pub until: Timestamp,
    rev: u64,
}

/// What is kept of a ticket.
#[derive(Serialize, Deserialize)]
struct Kept {
    digest: String,
    erp: Kind,
    #[serde(default)]
    replace: bool,
    until: Timestamp,
}

/// Makes a ticket for the tenant's consent page, in place of any it had. With `replace`, whoever uses it may connect another
/// company than the one that the tenant is connected to.
///
/// # Errors
/// [`Fault::Rejected`] for an ERP without a consent page: it says which secret to put instead. Otherwise the store's fault.
pub async fn issue(ports: &Ports, tenant: &Tenant, replace: bool) -> Result<Secret> {
    has_page(tenant)?;
    let ticket = unguessable(&*ports.random);
    let until = ports.clock.now() + LIFETIME;
    let kept = Kept { digest: digest(&ticket), erp: tenant.erp.kind, replace, until };
    let body = serde_json::to_value(kept).map_err(|error| Fault::Unexpected(error.to_string()))?;
    let pk = partition(&tenant.tenant_id);
    for _ in 0..MAX_ATTEMPTS {
        let rev = ports.state.get(&pk, KEY).await?.map_or(0, |item| item.rev);
        let item = Item { pk: pk.clone(), sk: KEY.into(), rev: rev + 1, body: body.clone(), expires: Some(until) };
        if ports.state.put(item).await? == Put::Done {
            return Ok(ticket);
        }
    }
    Err(Fault::unavailable(format!("another link for {} is being made at this moment", tenant.tenant_id)))
}

/// The whole link: `{ApiUrl}/connect/{erp}/{tenant_id}?ticket=…`.
#[must_use]
pub fn link(api_url: &Url, tenant: &Tenant, ticket: &Secret) -> Secret {
    let page = page(api_url, tenant.erp.kind, &tenant.tenant_id);
    Secret::new(format!("{page}?ticket={}", ticket.expose()))
}

/// The tenant's ticket, if this is it and it is still good.
pub(super) async fn check(ports: &Ports, tenant: &Tenant, given: &Secret) -> Result<Option<Ticket>> {
    known(ports, tenant, &digest(given)).await
}

/// The tenant's ticket, if this is its digest and it is still good. The store forgets late, so the time is looked at here.
pub(super) async fn known(ports: &Ports, tenant: &Tenant, digest: &str) -> Result<Option<Ticket>> {
    let Some(item) = ports.state.get(&partition(&tenant.tenant_id), KEY).await? else { return Ok(None) };
    let kept: Kept = serde_json::from_value(item.body)
        .map_err(|error| Fault::Unexpected(format!("the ticket of {} cannot be read: {error}", tenant.tenant_id)))?;
    let same = bool::from(kept.digest.as_bytes().ct_eq(digest.as_bytes()));
    let good = same && kept.erp == tenant.erp.kind && ports.clock.now() < kept.until;
    Ok(good.then_some(Ticket { digest: kept.digest, replace: kept.replace, until: kept.until, rev: item.rev }))
}

/// Uses up the ticket, once a company was connected with it.
pub(super) async fn spend(ports: &Ports, tenant: &Tenant, ticket: &Ticket) -> Result<()> {
    // Where it is not there as it was, a newer one has taken its place, or it is spent already.
    ports.state.delete(&partition(&tenant.tenant_id), KEY, ticket.rev).await.map(|_| ())
}

/// The page's address, without ticket.
pub(super) fn page(api_url: &Url, kind: Kind, tenant_id: &str) -> String {
    format!("{}/connect/{kind}/{tenant_id}", api_url.as_str().trim_end_matches('/'))
}

/// The state table's partition of a tenant's consents.
#[must_use]
pub fn partition(tenant_id: &str) -> String {
    format!("consent#{tenant_id}")
}

/// Text that nobody can guess, fit for an address, a form and a cookie.
pub(super) fn unguessable(random: &dyn Random) -> Secret {
    Secret::new(BASE64_URL_SAFE_NO_PAD.encode(random.bytes()))
}

/// What is kept of such a text.
pub(super) fn digest(secret: &Secret) -> String {
    sha256(secret.expose())
}

fn has_page(tenant: &Tenant) -> Result<()> {
    let id = &tenant.tenant_id;
    let instead = match tenant.erp.kind {
        Kind::Visma | Kind::Procountor => return Ok(()),
        Kind::PowerOffice => format!("put the company's client key into the secret poweroffice/{id}"),
        Kind::Finago => format!("put a user of the company's into the secret finago/{id}"),
    };
    Err(Fault::rejected("/erp/kind", format!("{} has no consent page: {instead}", tenant.erp.kind)))
}
