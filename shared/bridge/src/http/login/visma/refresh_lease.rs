//! The lease of token refreshes with what is known about the tokens: one item per connection, partition
//! `refresh#visma`.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ports::{Item, Ports, Put};
use crate::words::fault::{Fault, Result};

/// Spent tokens remembered: a read of the secret is never further behind.
const SPENT: usize = 4;

/// What is known about a connection's refresh token. Tokens are named by their digest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct RefreshLease {
    /// Until when somebody refreshes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The token that was about to be sent; it stays where no answer came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// The tokens that were exchanged for others, the last one at the end.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spent: Vec<String>,
    /// The token that the vendor calls dead: nothing is asked until the secret holds another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs_consent: Option<String>,
    /// When the last refresh ended well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refreshed_at: Option<Timestamp>,
    /// By which application's credentials, as their digest: once they are replaced, the access token that they made is too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
}

pub(in crate::http::login) const PARTITION: &str = "refresh#visma";

/// What writing an item of the state table says of a Visma refresh token: whose, and whether it is about to be sent (`true`)
/// or what followed it is kept (`false`). `None` for any other item.
#[must_use]
pub fn refreshing(item: &Item) -> Option<(&str, bool)> {
    (item.pk == PARTITION).then(|| (item.sk.as_str(), item.body.get("until").is_some()))
}

/// More tenants than a stack has.
const LISTED: usize = 100_000;

/// The tenants whose refresh token the vendor calls dead.
///
/// # Errors
/// When the store cannot be reached.
pub async fn waiting_for_consent(ports: &Ports) -> Result<BTreeSet<String>> {
    let items = ports.state.list(PARTITION, "", LISTED).await?;
    let lost = |item: &Item| item.body["needs_consent"].is_string();
    Ok(items.into_iter().filter(lost).map(|item| item.sk).collect())
}

/// The lease item with its revision; 0 where there is none yet.
pub(super) async fn read(ports: &Ports, tenant_id: &str) -> Result<(u64, RefreshLease)> {
    let Some(item) = ports.state.get(PARTITION, tenant_id).await? else { return Ok((0, RefreshLease::default())) };
    let rev = item.rev;
    let lease = serde_json::from_value(item.body)
        .map_err(|error| Fault::Unexpected(format!("the refresh item of {tenant_id} cannot be read: {error}")))?;
    Ok((rev, lease))
}

/// Writes the lease item as revision `rev`, if the one before is still there.
pub(super) async fn write(ports: &Ports, tenant_id: &str, rev: u64, item: &RefreshLease) -> Result<Put> {
    let body = serde_json::to_value(item).map_err(|error| Fault::Unexpected(error.to_string()))?;
    ports.state.put(Item { pk: PARTITION.into(), sk: tenant_id.into(), rev, body, expires: None }).await
}

/// Remembers one more spent token.
pub(super) fn push(spent: &mut Vec<String>, token: String) {
    spent.push(token);
    if spent.len() > SPENT {
        spent.remove(0);
    }
}
