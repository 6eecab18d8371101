//! The index of the names that a person knows a record by, without case: its number, Ongoing's number and id of it, its
//! customer's number, the numbers of its shipments. One item a name, written when the record gets the name and not with every
//! change, so that a look reads what it finds and never the ledger.

use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Entry, Ledger, Stored, entry};
use crate::ports::Item;
use crate::state::due;
use crate::words::fault::Result;
use crate::words::feed::Feed;

const NAMED: &str = "named#";

/// What a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameOf {
    /// The number of the article or order.
    Number,
    /// Ongoing's number or id of it.
    Ongoing,
    /// The number of an order's customer.
    Customer,
    /// A shipment or parcel of an order.
    Shipment,
    /// The ERP's id.
    Key,
}

/// A record that has a name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Named {
    /// Of the record.
    pub feed: Feed,
    /// The ERP's id.
    pub key: String,
    /// As it is written.
    pub name: String,
    /// What it is.
    pub of: NameOf,
}

/// Without case and outer blanks.
fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

fn sk(name: &str, feed: Feed, key: &str) -> String {
    format!("{NAMED}{}#{feed}#{key}", folded(name))
}

/// The names that an entry has.
fn names(entry: &Entry) -> Vec<(NameOf, String)> {
    let there = entry.ongoing.as_ref();
    let all = [
        (NameOf::Number, entry.number.clone()),
        (NameOf::Ongoing, there.map(|there| there.number.clone())),
        (NameOf::Ongoing, there.map(|there| there.id.to_string())),
        (NameOf::Customer, entry.customer.clone()),
    ];
    let mut names: Vec<(NameOf, String)> = Vec::new();
    for (of, name) in all {
        let Some(name) = name.filter(|name| !name.trim().is_empty()) else { continue };
        if !names.iter().any(|(_, known)| folded(known) == folded(&name)) {
            names.push((of, name));
        }
    }
    names
}

impl Ledger<'_> {
    /// Places the names that an entry is about to get.
    pub(super) async fn name(&self, feed: Feed, key: &str, before: &Entry, after: &Entry) -> Result<()> {
        let had = names(before);
        let new: Vec<(NameOf, String)> = names(after).into_iter().filter(|name| !had.contains(name)).collect();
        try_join_all(new.iter().map(|(of, name)| self.place_name(feed, key, *of, name))).await.map(|_| ())
    }

    /// Removes the names that an entry has no more. One that stays is passed over by a look.
    pub(super) async fn unname(&self, feed: Feed, key: &str, before: &Entry, after: &Entry) {
        let has = names(after);
        for (_, name) in names(before) {
            if has.iter().any(|(_, kept)| folded(kept) == folded(&name)) {
                continue;
            }
            if self.ports.state.delete(&self.pk, &sk(&name, feed, key), 1).await.is_err() {
                return;
            }
        }
    }

    async fn place_name(&self, feed: Feed, key: &str, of: NameOf, name: &str) -> Result<()> {
        let body = json!({ "feed": feed, "key": key, "name": name, "of": of });
        due::place(self.ports, &self.pk, sk(name, feed, key), body).await
    }

    /// Notes the numbers of an order's shipments.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn shipped_as(&self, key: &str, numbers: &[String]) -> Result<()> {
        for number in numbers.iter().filter(|number| !number.trim().is_empty()) {
            self.place_name(Feed::Orders, key, NameOf::Shipment, number).await?;
        }
        Ok(())
    }

    /// The records of this name, in any spelling of its letters, or with this id of the ERP's; at most `limit`.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn named(&self, name: &str, limit: usize) -> Result<Vec<(Named, Stored)>> {
        let items = self.ports.state.list(&self.pk, &format!("{NAMED}{}#", folded(name)), limit).await?;
        let mut found = self.stand(items.iter().filter_map(read).collect()).await?;
        found.retain(|(named, _)| folded(&named.name) == folded(name));
        let keys = [name.trim().to_owned(), folded(name), name.trim().to_uppercase()];
        // Of all feeds in one read: whoever looks for a number looks at every tenant.
        let sks: Vec<String> = Feed::ALL.iter().flat_map(|feed| keys.iter().map(|key| Self::sk(*feed, key))).collect();
        for item in self.ports.state.get_many(&self.pk, &sks).await? {
            let place = item.sk.strip_prefix("ledger#").and_then(|rest| rest.split_once('#'));
            let Some((Ok(feed), key)) = place.map(|(feed, key)| (feed.parse::<Feed>(), key.to_owned())) else {
                continue;
            };
            if !found.iter().any(|(named, _)| named.feed == feed && named.key == key) {
                let stored = Stored { rev: item.rev, entry: entry(item)? };
                found.push((Named { feed, name: key.clone(), key, of: NameOf::Key }, stored));
            }
        }
        Ok(found)
    }

    /// The records whose name begins so, at most `limit` of them.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn names_beginning(&self, beginning: &str, limit: usize) -> Result<Vec<Named>> {
        if folded(beginning).is_empty() {
            return Ok(Vec::new());
        }
        let items = self.ports.state.list(&self.pk, &format!("{NAMED}{}", folded(beginning)), limit).await?;
        Ok(self.stand(items.iter().filter_map(read).collect()).await?.into_iter().map(|(named, _)| named).collect())
    }

    /// Those of which the entry says the same: another name may have come in its place.
    async fn stand(&self, found: Vec<Named>) -> Result<Vec<(Named, Stored)>> {
        let mut all = Vec::new();
        for feed in Feed::ALL {
            let of_feed: Vec<&Named> = found.iter().filter(|named| named.feed == feed).collect();
            let keys: Vec<String> = of_feed.iter().map(|named| named.key.clone()).collect();
            if keys.is_empty() {
                continue;
            }
            let entries = self.read(feed, &keys).await?;
            let stands = |named: &Named, stored: &Stored| {
                named.of == NameOf::Shipment || names(&stored.entry).iter().any(|(_, name)| *name == named.name)
            };
            all.extend(of_feed.into_iter().filter_map(|named| {
                let stored = entries.get(&named.key)?;
                stands(named, stored).then(|| (named.clone(), stored.clone()))
            }));
        }
        Ok(all)
    }
}

fn read(item: &Item) -> Option<Named> {
    serde_json::from_value(item.body.clone()).ok()
}
