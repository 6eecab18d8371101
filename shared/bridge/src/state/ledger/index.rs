//! The index of what is parked: what is tried again by when it is due, what is left for a person apart from it, and what
//! waits for an article by that article.

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{Entry, Ledger, Stored, WaitsFor};
use crate::ports::Item;
use crate::state::due::{self, LEFT, PAGE};
use crate::words::fault::Result;
use crate::words::feed::Feed;
use crate::words::outcome::Outcome;

/// What an index item points at.
#[derive(Deserialize)]
struct Target {
    feed: Feed,
    key: String,
}

/// A record that was found by an index.
pub type Found = (String, Stored);

/// Records that are due.
#[derive(Debug, Default)]
pub struct Due {
    /// By key, what has been due longest first.
    pub records: Vec<Found>,
    /// Index items that answer to nothing and stay for now.
    pub kept: usize,
    /// Whether more may be due.
    pub more: bool,
}

/// An article that arrived, as records may wait for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The ERP's key of it.
    pub key: String,
    /// Its number in Ongoing.
    pub number: String,
}

impl Arrival {
    fn names(&self) -> [WaitsFor; 2] {
        [WaitsFor::ArticleNumber(self.number.clone()), WaitsFor::ArticleKey(self.key.clone())]
    }
}

const WAITS: &str = "waits#";

const DUE: &str = "due#";

fn due_prefix(feed: Feed) -> String {
    format!("{DUE}{feed}#")
}

/// Where earlier releases kept what is parked, and what is left for a person.
const EARLIER: [&str; 2] = ["parked#", "left#"];

fn waits_prefix(waits_for: &WaitsFor) -> Option<String> {
    match waits_for {
        WaitsFor::ArticleNumber(number) => Some(format!("{WAITS}article#{number}#")),
        WaitsFor::ArticleKey(key) => Some(format!("{WAITS}article_key#{key}#")),
        WaitsFor::Tenant => None,
    }
}

/// The index items that an entry has. What it waits for stands by when it is due as well: whoever removes the item of an
/// earlier try, late, does not take that of the later one.
pub(super) fn places(feed: Feed, key: &str, entry: &Entry) -> Vec<String> {
    let Some(parked) = entry.parked.as_ref().filter(|_| entry.outcome == Some(Outcome::Parked)) else {
        return Vec::new();
    };
    let queued_at = parked.envelope.as_ref().map(|envelope| envelope.queued_at);
    let first = match parked.retry_at {
        Some(at) => due::sk(&due_prefix(feed), at, queued_at, key),
        None => format!("{LEFT}#{feed}#{key}"),
    };
    let due = parked.retry_at.map(|at| format!("#{}", at.as_millisecond())).unwrap_or_default();
    let waits = parked.waits_for.as_ref().and_then(waits_prefix).map(|prefix| format!("{prefix}{feed}#{key}{due}"));
    [Some(first), waits].into_iter().flatten().collect()
}

/// Whether an index item answers to an entry; an earlier release placed what waits by its key alone.
fn answers(sk: &str, feed: Feed, key: &str, entry: &Entry) -> bool {
    let waits_for = entry.parked.as_ref().and_then(|parked| parked.waits_for.as_ref());
    let earlier = waits_for.and_then(waits_prefix).map(|prefix| format!("{prefix}{feed}#{key}"));
    let places = places(feed, key, entry);
    places.iter().any(|place| place == sk) || !places.is_empty() && earlier.as_deref() == Some(sk)
}

impl Ledger<'_> {
    /// Places the index items of an entry that is about to be written.
    pub(super) async fn place(&self, feed: Feed, key: &str, entry: &Entry) -> Result<()> {
        for sk in places(feed, key, entry) {
            due::place(self.ports, &self.pk, sk, json!({ "feed": feed, "key": key })).await?;
        }
        Ok(())
    }

    /// Removes the index items of an entry that was replaced. One that stays is removed by a later look.
    pub(super) async fn displace(&self, feed: Feed, key: &str, before: &Entry, after: &Entry) {
        let kept = places(feed, key, after);
        for sk in places(feed, key, before).into_iter().filter(|sk| !kept.contains(sk)) {
            if self.ports.state.delete(&self.pk, &sk, 1).await.is_err() {
                return;
            }
        }
    }

    /// What is parked and due, after the first `skip` index items; index items that answer to nothing are removed.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn due(&self, feed: Feed, now: Timestamp, skip: usize) -> Result<Due> {
        let prefix = due_prefix(feed);
        let look = due::look(self.ports, &self.pk, &prefix, now, skip).await?;
        let mut due = Due { more: look.more, ..Due::default() };
        for (item, found) in self.targets(feed, look.items).await? {
            match found {
                Some((key, stored)) if places(feed, &key, &stored.entry).contains(&item.sk) => {
                    due.records.push((key, stored));
                }
                _ if due::is_stale(&prefix, &item, now) => {
                    self.ports.state.delete(&item.pk, &item.sk, item.rev).await?;
                }
                _ => due.kept += 1,
            }
        }
        Ok(due)
    }

    /// Of these feeds those of which something parked may be due, in their order.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn may_be_due(&self, feeds: &[Feed], now: Timestamp) -> Result<Vec<Feed>> {
        let words: Vec<(Feed, &str)> = feeds.iter().map(|feed| (*feed, feed.word())).collect();
        due::glance(self.ports, &self.pk, DUE, &words, now).await
    }

    /// Moves index items of earlier releases to where their entries belong; whether none is left.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn move_over(&self) -> Result<bool> {
        let mut whole = true;
        for (prefix, feed) in EARLIER.iter().flat_map(|prefix| Feed::ALL.map(|feed| (prefix, feed))) {
            let items = self.ports.state.list(&self.pk, &format!("{prefix}{feed}#"), PAGE).await?;
            whole &= items.len() < PAGE;
            let moved = stream::iter(self.targets(feed, items).await?).map(|(item, found)| async move {
                // What has no place may be ahead of its entry, and is looked at again.
                let Some((key, stored)) = found else { return Ok(()) };
                if places(feed, &key, &stored.entry).is_empty() {
                    return Ok(());
                }
                self.place(feed, &key, &stored.entry).await?;
                self.ports.state.delete(&item.pk, &item.sk, item.rev).await.map(|_| ())
            });
            moved.buffer_unordered(8).try_collect::<Vec<()>>().await?;
        }
        Ok(whole)
    }

    /// The entries that index items of one feed point at, in their order.
    async fn targets(&self, feed: Feed, items: Vec<Item>) -> Result<Vec<(Item, Option<Found>)>> {
        let key = |item: &Item| {
            let target = serde_json::from_value::<Target>(item.body.clone()).ok();
            target.filter(|target| target.feed == feed).map(|target| target.key)
        };
        // Several items may point at one entry: a writer that failed halfway leaves one behind, and all but one answer to
        // nothing.
        let keys: Vec<String> = items.iter().filter_map(key).collect();
        let entries = self.read(feed, &keys).await?;
        Ok(items
            .into_iter()
            .map(|item| {
                let found = key(&item).map(|key| {
                    let stored = entries.get(&key).cloned().unwrap_or_default();
                    (key, stored)
                });
                (item, found)
            })
            .collect())
    }

    /// What waits for one of these articles, at most `limit`, in the order of articles. Nothing waits most of the time: then
    /// it is one read, however many articles there are.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn waiting(&self, arrivals: &[Arrival], limit: usize) -> Result<Vec<(Feed, Found)>> {
        let names: Vec<WaitsFor> = arrivals.iter().flat_map(Arrival::names).collect();
        let mut items = self.ports.state.list(&self.pk, WAITS, limit).await?;
        if items.len() == limit {
            items.clear();
            for prefix in names.iter().filter_map(waits_prefix) {
                let rest = limit.saturating_sub(items.len());
                if rest > 0 {
                    items.extend(self.ports.state.list(&self.pk, &prefix, rest).await?);
                }
            }
        }
        let named = |item: &Item| names.iter().filter_map(waits_prefix).any(|prefix| item.sk.starts_with(&prefix));
        let mut waiting = Vec::new();
        for item in items.into_iter().filter(named) {
            let Ok(target) = serde_json::from_value::<Target>(item.body.clone()) else { continue };
            let stored = self.get(target.feed, &target.key).await?;
            let parked = stored.entry.parked.as_ref();
            if !answers(&item.sk, target.feed, &target.key, &stored.entry) {
                self.ports.state.delete(&item.pk, &item.sk, item.rev).await?;
            } else if parked.and_then(|parked| parked.waits_for.as_ref()).is_some_and(|name| names.contains(name)) {
                waiting.push((target.feed, (target.key, stored)));
            }
        }
        Ok(waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::ledger::Parked;

    /// The removal of an earlier try's items may come after the later ones are placed.
    #[test]
    fn two_tries_have_no_index_item_in_common() {
        let tried = |due: i64| {
            let waits_for = Some(WaitsFor::ArticleNumber("A-1".into()));
            let retry_at = Timestamp::from_second(due).ok();
            let parked = Some(Parked { retry_at, waits_for, ..Parked::default() });
            Entry { outcome: Some(Outcome::Parked), parked, ..Entry::default() }
        };
        let (first, second) = (tried(900), tried(1_800));
        let [before, after] = [&first, &second].map(|entry| places(Feed::Orders, "1", entry));
        assert_eq!((before.len(), after.len()), (2, 2));
        assert!(before.iter().all(|place| !after.contains(place)), "{before:?} {after:?}");
        assert!(answers("waits#article#A-1#orders#1", Feed::Orders, "1", &first), "of an earlier release");
    }
}
