//! The articles that orders name and that have not been handed out yet, ahead of the orders: a first run or a price update of
//! a hundred thousand articles must not hold up orders for hours.

use futures_util::FutureExt as _;

use super::page::Outgoing;
use super::{Counts, Pull};
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

impl Pull<'_> {
    /// Hands out what these records name, where the articles' own feed has not come so far. What cannot be read is left to
    /// that feed; the order then waits for it.
    pub(super) async fn articles_ahead(&self, outgoing: &[Outgoing], counts: &mut Counts) -> Result<()> {
        let named = outgoing.iter().flat_map(|out| out.envelope.record.article_keys());
        let mut keys: Vec<String> = named.filter(|_| !self.articles_are_complete.get()).collect();
        if keys.is_empty() {
            return Ok(());
        }
        keys.sort_unstable();
        keys.dedup();
        let seen = self.ledger.read(Feed::Articles, &keys).await?;
        keys.retain(|key| !seen.contains_key(key));
        if keys.is_empty() {
            return Ok(());
        }
        let changes = match self.erp.read(Feed::Articles, &keys).await {
            Ok(changes) => changes,
            Err(fault @ Fault::Unauthorized(_)) => return Err(fault),
            Err(fault) => {
                self.failed(Feed::Articles, &fault);
                return Ok(());
            }
        };
        let mut ahead = Counts::default();
        self.hand_out(Feed::Articles, changes, &mut ahead).boxed_local().await?;
        counts.articles_ahead += ahead.queued;
        Ok(())
    }
}
