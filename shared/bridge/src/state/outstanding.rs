//! What was put on the import queue and may not have been dealt with: one item for each page that was handed out, by when
//! it is looked at. Most are looked at once and are gone then, so that a record costs no write of its own.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ports::{Item, Ports};
use crate::tenant::Tenant;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

/// Keys in one item: far below the 400 KB that an item may have, whatever an ERP's keys look like.
const KEYS: usize = 500;

/// Records that were handed out together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Page {
    keys: Vec<String>,
}

/// A page whose time has come.
#[derive(Clone, Debug)]
pub struct Due {
    /// Its records.
    pub keys: Vec<String>,
    sk: String,
    rev: u64,
}

/// The pages of one tenant.
pub struct Outstanding<'a> {
    ports: &'a Ports,
    pk: String,
}

impl<'a> Outstanding<'a> {
    /// The pages of a tenant.
    #[must_use]
    pub fn new(ports: &'a Ports, tenant_id: &str) -> Self {
        Self { ports, pk: Tenant::partition(tenant_id) }
    }

    /// Notes records that are to be looked at from `due` on; `by` tells apart who notes at one time.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn note(&self, feed: Feed, keys: &[String], due: Timestamp, by: &str) -> Result<()> {
        for keys in keys.chunks(KEYS) {
            // Fixed digits, so that the list is in the order of time; the first key tells pages of one run apart.
            let first = keys.first().map_or("", String::as_str);
            let sk = format!("queued#{feed}#{:012}#{by}#{first}", due.as_second());
            let body = serde_json::to_value(Page { keys: keys.to_vec() });
            let body = body.map_err(|error| Fault::Unexpected(error.to_string()))?;
            let item = Item { pk: self.pk.clone(), sk, rev: 1, body, expires: None };
            // A conflict means that the same page is noted already.
            self.ports.state.put(item).await?;
        }
        Ok(())
    }

    /// The pages whose time has come, the oldest first, at most `limit`; and when the time of the one behind them comes.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn due(&self, feed: Feed, now: Timestamp, limit: usize) -> Result<(Vec<Due>, Option<Timestamp>)> {
        let prefix = format!("queued#{feed}#");
        let items = self.ports.state.list(&self.pk, &prefix, limit).await?;
        let time = |item: &Item| item.sk.strip_prefix(&prefix)?.split('#').next()?.parse::<i64>().ok();
        let is_due = |item: &Item| time(item).is_none_or(|due| due <= now.as_second());
        let (due, later): (Vec<Item>, Vec<Item>) = items.into_iter().partition(is_due);
        let next = later.iter().filter_map(time).min().and_then(|at| Timestamp::from_second(at).ok());
        let due = due.into_iter().map(|item| {
            let page: Page = serde_json::from_value(item.body)
                .map_err(|error| Fault::Unexpected(format!("the page {} cannot be read: {error}", item.sk)))?;
            Ok(Due { keys: page.keys, sk: item.sk, rev: item.rev })
        });
        Ok((due.collect::<Result<_>>()?, next))
    }

    /// Forgets a page.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn forget(&self, page: &Due) -> Result<()> {
        // A conflict means that it is gone already.
        self.ports.state.delete(&self.pk, &page.sk, page.rev).await.map(|_| ())
    }
}
