//! What the ledger says.

use bridge::state::ledger::Entry;
use bridge::words::feed::Feed;

use super::World;

impl World {
    /// The ledger's entries of a feed, by key.
    #[must_use]
    pub fn ledger(&self, tenant_id: &str, feed: Feed) -> Vec<(String, Entry)> {
        let prefix = format!("ledger#{feed}#");
        let items = self.memory.items(&format!("tenant#{tenant_id}"), &prefix);
        let read = |item: bridge::ports::Item| {
            Some((item.sk.strip_prefix(&prefix)?.to_owned(), serde_json::from_value(item.body).ok()?))
        };
        items.into_iter().filter_map(read).collect()
    }

    /// The entry of a number: the answer to "where is order 10023?".
    #[must_use]
    pub fn find(&self, tenant_id: &str, feed: Feed, number: &str) -> Option<Entry> {
        let entries = self.ledger(tenant_id, feed);
        entries.into_iter().map(|(_, entry)| entry).find(|entry| entry.number.as_deref() == Some(number))
    }
}
