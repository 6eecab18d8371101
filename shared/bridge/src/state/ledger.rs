//! The ledger knows what is true: one item per (tenant, feed, key), with the version last seen in the ERP, the version
//! last settled in Ongoing, and what became of it. It answers "where is order 10023?".

pub mod handed_out;
pub mod index;
pub mod names;

use std::collections::HashMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::handed_out::HandedOut;
use crate::ports::{Item, Ports, Put};
use crate::tenant::Tenant;
use crate::words::envelope::Envelope;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::outcome::Outcome;

/// What is known of one source record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Article or order number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The number of an order's customer, where it was handed out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The last version that a pull dealt with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    /// The last version that was put on the import queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_out: Option<HandedOut>,
    /// The last version that an import dealt with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settled>,
    /// What became of the newest version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Why, where there is a why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What it is in Ongoing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ongoing: Option<InOngoing>,
    /// How it is kept while parked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parked: Option<Parked>,
    /// Since when the ERP answers that it has no such record, although it showed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Timestamp>,
    /// The run that dealt with it last.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub correlation_id: String,
    /// When a backfill found nothing to do about the version that was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backfilled: Option<Timestamp>,
}

/// A version that a pull dealt with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Source version.
    pub version: String,
    /// Of the mapped record; `None` where nothing was mapped.
    pub fingerprint: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Whether it takes the record back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    /// Whether it was read so soon after it changed that it may have changed once more at the same time, as far as the
    /// vendor's times tell.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub young: bool,
}

/// A version that an import dealt with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settled {
    /// Source version.
    pub version: String,
    /// Of the mapped record.
    pub fingerprint: String,
    /// When it had been queued: orders equal versions.
    pub queued_at: Timestamp,
    /// Of its message, as [`HandedOut::attempt`].
    #[serde(default, skip_serializing_if = "is_zero")]
    pub attempt: u32,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether it took the record back, or was taken back itself before it could be imported.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawal: bool,
    /// When it was settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// A record's counterpart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InOngoing {
    /// Ongoing's internal id.
    pub id: i64,
    /// The number it has there.
    pub number: String,
    /// The members of the last body that was sent, so that what is empty since can be said to be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// The same of its rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<SentRows>,
}

/// Rows of the last body that had the same members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentRows {
    /// JSON pointers into each of the rows.
    pub members: Vec<String>,
    /// Their row numbers.
    pub rows: Vec<String>,
}

/// A record kept for another try.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Parked {
    /// The record; `None` where it could not be read or mapped: it is read again from the ERP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envelope: Option<Box<Envelope>>,
    /// How often it has been tried again.
    #[serde(default)]
    pub attempt: u32,
    /// When it is offered again by itself; `None`: left for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
    /// Whether the ERP could not hand it out; one that was read and not mapped may be mapped by a change of settings.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unread: bool,
    /// What it waits for, where that is known: it goes when that is there, and at `retry_at` at the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<WaitsFor>,
    /// Whether it failed again and again while Ongoing answered others: it is suspected sooner when it does so once more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stubborn: bool,
    /// How many of the attempts came since a reason was gone: they are not held against the record.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub released: u32,
}

/// What a parked record waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitsFor {
    /// The article with this number in Ongoing.
    ArticleNumber(String),
    /// The article with this key in the ERP.
    ArticleKey(String),
    /// Its tenant is not there, not valid or paused. It is due at once: nobody looks at what is due of such a tenant.
    Tenant,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Parked {
    /// How often it was tried in vain, for a reason of its own.
    #[must_use]
    pub fn tries(&self) -> u32 {
        self.attempt.saturating_sub(self.released)
    }

    /// Whether it is time to try again.
    #[must_use]
    pub fn due(&self, now: Timestamp) -> bool {
        self.retry_at.is_some_and(|at| at <= now)
    }
}

impl Entry {
    /// Whether a version that is to be imported needs no second look: it has been dealt with, is not waiting for better
    /// luck, and was not taken back meanwhile, for which a change time may be too coarse. What a list shows is not missing,
    /// whatever was answered before.
    #[must_use]
    pub fn knows(&self, version: &str, now: Timestamp) -> bool {
        let seen = self.seen.as_ref().filter(|seen| seen.version == version);
        let same = seen.is_some_and(|seen| !(seen.withdrawn && self.was_handed_out()));
        let young = seen.is_some_and(|seen| seen.young);
        same && !young && self.outcome != Some(Outcome::Parked) && !self.is_gone(now) && self.missing.is_none()
    }

    /// Whether a backfill that began then has dealt with this version.
    #[must_use]
    pub fn is_backfilled(&self, version: &str, begun: Timestamp) -> bool {
        let since = |seen: &Seen| seen.at >= begun || self.backfilled.is_some_and(|at| at >= begun);
        self.seen.as_ref().is_some_and(|seen| seen.version == version && since(seen))
    }

    /// Whether a person gave up what was parked: it is tried no more.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        self.outcome == Some(Outcome::Parked) && self.parked.is_none()
    }

    /// Whether a version could not be read: it is read again where parked records are, or by a person. An empty one stands
    /// for any.
    fn waits(&self, version: &str) -> bool {
        let unread = self.parked.as_ref().is_some_and(|parked| parked.unread);
        let same = || version.is_empty() || self.seen.as_ref().is_some_and(|seen| seen.version == version);
        self.outcome == Some(Outcome::Parked) && unread && same()
    }

    /// The fingerprint that Ongoing has, where the last import left the record in place.
    #[must_use]
    pub fn applied(&self) -> Option<&str> {
        let settled = self.settled.as_ref()?;
        matches!(settled.outcome, Outcome::Created | Outcome::Updated | Outcome::Unchanged | Outcome::Cancelled)
            .then_some(settled.fingerprint.as_str())
    }
}

/// An entry with the revision it was read at; 0 where there is none yet.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    /// Revision.
    pub rev: u64,
    /// The entry.
    pub entry: Entry,
}

/// The ledger of one tenant.
pub struct Ledger<'a> {
    ports: &'a Ports,
    pk: String,
}

/// Entries that are written side by side; the table takes 25 in one call.
pub(crate) const AT_ONCE: usize = 100;

/// Conditional writes tried before the store is called unavailable.
const TRIES: usize = 20;

/// How often a parked record is tried again by itself: after a pause just shorter than a tick, doubled up to a day.
const OFFERS: u32 = 12;

impl<'a> Ledger<'a> {
    /// The ledger of a tenant.
    #[must_use]
    pub fn new(ports: &'a Ports, tenant_id: &str) -> Self {
        Self { ports, pk: Tenant::partition(tenant_id) }
    }

    fn sk(feed: Feed, key: &str) -> String {
        format!("ledger#{feed}#{key}")
    }

    /// Entries by key; keys without one are left out.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn read(&self, feed: Feed, keys: &[String]) -> Result<HashMap<String, Stored>> {
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let prefix = Self::sk(feed, "");
        let sks: Vec<String> = keys.iter().map(|key| Self::sk(feed, key)).collect();
        let items = self.ports.state.get_many(&self.pk, &sks).await?;
        items
            .into_iter()
            .map(|item| {
                let key = item.sk.strip_prefix(&prefix).unwrap_or(&item.sk).to_owned();
                Ok((key, Stored { rev: item.rev, entry: entry(item)? }))
            })
            .collect()
    }

    /// For each `(key, version)`, whether it needs no second look; a backfill looks at all that it has not dealt with itself
    /// since it began.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn known(
        &self,
        feed: Feed,
        versions: &[(String, String)],
        begun: Option<Timestamp>,
    ) -> Result<Vec<bool>> {
        let keys: Vec<String> = versions.iter().map(|(key, _)| key.clone()).collect();
        let (entries, now) = (self.read(feed, &keys).await?, self.ports.clock.now());
        let dealt_with = |entry: &Entry, version: &str| match begun {
            None => entry.knows(version, now),
            Some(begun) => entry.is_backfilled(version, begun),
        };
        let knows =
            |key: &String, version: &str| entries.get(key).is_some_and(|stored| dealt_with(&stored.entry, version));
        Ok(versions.iter().map(|(key, version)| knows(key, version)).collect())
    }

    /// For each `(key, version)`, whether it could not be read and waits for its next try; a backfill tries all that it has
    /// not tried itself since it began. An empty version stands for any.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn waits(
        &self,
        feed: Feed,
        versions: &[(String, String)],
        begun: Option<Timestamp>,
    ) -> Result<Vec<bool>> {
        let keys: Vec<String> = versions.iter().map(|(key, _)| key.clone()).collect();
        let entries = self.read(feed, &keys).await?;
        let backfilled =
            |entry: &Entry, begun| entry.seen.as_ref().is_some_and(|seen| entry.is_backfilled(&seen.version, begun));
        let tried = |entry: &Entry| begun.is_none_or(|begun| backfilled(entry, begun));
        let waits = |key: &String, version: &str| {
            entries.get(key).is_some_and(|stored| stored.entry.waits(version) && tried(&stored.entry))
        };
        Ok(versions.iter().map(|(key, version)| waits(key, version)).collect())
    }

    /// For each key, whether it was handed out, and else whether it was left out.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn standing(&self, feed: Feed, keys: &[String]) -> Result<Vec<(bool, bool)>> {
        let entries = self.read(feed, keys).await?;
        let of = |key: &String| entries.get(key).map(|stored| &stored.entry);
        let left_out = |entry: &Entry| entry.outcome == Some(Outcome::Filtered);
        Ok(keys.iter().map(|key| of(key).map_or((false, false), |e| (e.was_handed_out(), left_out(e)))).collect())
    }

    /// One entry.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn get(&self, feed: Feed, key: &str) -> Result<Stored> {
        let item = self.ports.state.get(&self.pk, &Self::sk(feed, key)).await?;
        item.map_or_else(|| Ok(Stored::default()), |item| Ok(Stored { rev: item.rev, entry: entry(item)? }))
    }

    /// Changes an entry, from the state it was read in where nobody else wrote since, else from the newest one.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn update(&self, feed: Feed, key: &str, read: Stored, change: impl Fn(&mut Entry)) -> Result<Entry> {
        let mut stored = read;
        for _ in 0..TRIES {
            let mut entry = stored.entry.clone();
            change(&mut entry);
            if entry == stored.entry {
                return Ok(entry);
            }
            self.name(feed, key, &stored.entry, &entry).await?;
            if self.put(feed, key, stored.rev, &entry).await? == Put::Done {
                self.unname(feed, key, &stored.entry, &entry).await;
                self.displace(feed, key, &stored.entry, &entry).await;
                return Ok(entry);
            }
            stored = self.get(feed, key).await?;
        }
        Err(Fault::unavailable(format!("too many writers on the ledger entry {feed}#{key}")))
    }

    async fn put(&self, feed: Feed, key: &str, rev: u64, entry: &Entry) -> Result<Put> {
        // The index stands before the entry that says so.
        self.place(feed, key, entry).await?;
        let body = serde_json::to_value(entry).map_err(|error| Fault::Unexpected(error.to_string()))?;
        let item = Item { pk: self.pk.clone(), sk: Self::sk(feed, key), rev: rev + 1, body, expires: None };
        self.ports.state.put(item).await
    }

    /// Applies `change` to many entries that were read before, side by side: what is ready together is written together.
    ///
    /// # Errors
    /// When the store cannot be reached; some may be written then.
    pub async fn update_all<F: Fn(&mut Entry)>(&self, feed: Feed, changes: Vec<(String, Stored, F)>) -> Result<()> {
        stream::iter(changes)
            .map(|(key, stored, change)| async move { self.update(feed, &key, stored, change).await })
            .buffer_unordered(AT_ONCE)
            .try_for_each(|_| async { Ok(()) })
            .await
    }
}

fn entry(item: Item) -> Result<Entry> {
    let sk = item.sk;
    serde_json::from_value::<Entry>(item.body)
        .map_err(|error| Fault::Unexpected(format!("the ledger entry {sk} cannot be read: {error}")))
}

/// When a record that has been tried again `attempt` times is tried once more; `None`: a person's turn.
#[must_use]
pub fn next_offer(attempt: u32, now: Timestamp) -> Option<Timestamp> {
    let minutes = 14_u64.saturating_mul(1 << attempt.min(OFFERS)).min(24 * 60 - 1);
    (attempt < OFFERS).then(|| now + Duration::from_secs(minutes * 60))
}

/// For reading an entry where it is shown, not acted upon.
#[must_use]
pub fn shown(entry: &Entry) -> Value {
    json!({ "number": entry.number, "outcome": entry.outcome, "reason": entry.reason, "ongoing": entry.ongoing })
}
