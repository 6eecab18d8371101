//! Reads a tenant's ledger from the stack.

use std::collections::BTreeMap;

use bridge::ports::{Fifo, State as _};
use bridge::state::delivery_fault::DeliveryFault;
use bridge::state::journal::Note;
use bridge::state::ledger::Entry;
use bridge::tenant::Tenant;
use bridge::words::feed::Feed;
use bridge::words::outcome::Outcome;
use bridge_aws::state_table::StateTable;

use crate::Result;
use crate::stack::Stack;

/// A source record's place in the ledger: feed and the ERP's own id.
pub type Key = (Feed, String);

/// More than any company here has.
const LIMIT: usize = 10_000;

impl Stack {
    /// The tenant's whole ledger.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn ledger(&self, tenant_id: &str) -> Result<BTreeMap<Key, Entry>> {
        let table = StateTable::new(self.dynamo.clone(), &self.outputs.state_table_name);
        let items = table.list(&Tenant::partition(tenant_id), "ledger#", LIMIT).await?;
        let row = |item: bridge::ports::Item| {
            let (feed, key) =
                item.sk.trim_start_matches("ledger#").split_once('#').ok_or("a ledger item has no key")?;
            Ok(((feed.parse::<Feed>()?, key.to_owned()), serde_json::from_value(item.body)?))
        };
        items.into_iter().map(row).collect()
    }

    /// Write-backs that the ERP refused: what they are, the number, and why.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn parked_back(&self, tenant_id: &str) -> Result<Vec<(String, String, String)>> {
        let table = StateTable::new(self.dynamo.clone(), &self.outputs.state_table_name);
        let items = table.list(&Tenant::partition(tenant_id), "back#", LIMIT).await?;
        let parked = items.into_iter().filter_map(|item| {
            let note: Note = serde_json::from_value(item.body).ok()?;
            let back = item.sk.trim_start_matches("back#").split('#').next()?.to_owned();
            (note.outcome == Some(Outcome::Parked))
                .then(|| (back, note.number.unwrap_or_default(), note.reason.unwrap_or_default()))
        });
        Ok(parked.collect())
    }

    /// Whether the imports of a tenant fail at present.
    ///
    /// # Errors
    /// When that cannot be read.
    pub async fn import_fails(&self, tenant_id: &str) -> Result<bool> {
        let fault = DeliveryFault::read(&self.ports().await?, Fifo::Import, tenant_id).await?;
        Ok(fault.is_some_and(|fault| fault.trouble().is_some()))
    }

    /// Messages that the import could not read and keeps.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub async fn unreadable(&self) -> Result<usize> {
        let table = StateTable::new(self.dynamo.clone(), &self.outputs.state_table_name);
        Ok(table.list("unreadable", "import#", LIMIT).await?.len())
    }
}
