//! The journal of the way back: one item per shipped order and per article, with what was written last. It stops doubled
//! effects before the ERP is asked, and answers "was the shipment reported?".

use std::collections::HashMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::ports::{Item, Ports, Put};
use crate::state::due;
use crate::state::ledger::next_offer;
use crate::tenant::Tenant;
use crate::words::fault::{Fault, Result};
use crate::words::outcome::Outcome;

/// What flows back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Back {
    /// Shipments, by Ongoing's order id.
    Shipments,
    /// Stock, by article number.
    Stock,
    /// The ERP order's status after import, by the ERP's key.
    ImportStatus,
}

impl Back {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Shipments, Self::Stock, Self::ImportStatus];

    /// The word of the contract.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Shipments => "shipments",
            Self::Stock => "stock",
            Self::ImportStatus => "import_status",
        }
    }
}

/// The first report of a shipment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reported {
    /// When the warehouse had shipped it, as Ongoing says.
    pub shipped_at: Timestamp,
    /// When the ERP was told.
    pub at: Timestamp,
}

/// What is known of one write-back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Note {
    /// Order or article number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What the ERP says since the last effect: delivered quantities, or a stock level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<String>,
    /// What the ERP had no place for at the last look, so that it is not offered at every one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_taken: Option<String>,
    /// What became of the last look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Shipment and parcel numbers, where the ERP has no field for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tracking: Vec<String>,
    /// How often a refused write-back was tried again.
    #[serde(default)]
    pub attempt: u32,
    /// When it is tried again by itself; `None` while parked: a person's turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
    /// Whether it failed again and again while its systems answered others: it is suspected sooner when it does so once more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stubborn: bool,
    /// Whether a person gave it up: it is looked at again when the warehouse tells something of it, and not before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub given_up: bool,
    /// The run that dealt with it last.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub correlation_id: String,
    /// When; a release before 2026-12 did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// When the ERP was first told of a shipment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<Reported>,
}

impl Note {
    /// Whether this is what was written last, or had no place: nothing that is news to the ERP.
    #[must_use]
    pub fn was_offered(&self, what: &str) -> bool {
        self.written.as_deref() == Some(what) || self.not_taken.as_deref() == Some(what)
    }

    /// What a refusal leaves: the reason, and a later try.
    pub(crate) fn park(&mut self, reason: String, now: Timestamp) {
        let again = self.outcome == Some(Outcome::Parked);
        self.attempt = if again { self.attempt + 1 } else { 0 };
        self.retry_at = next_offer(self.attempt, now);
        self.outcome = Some(Outcome::Parked);
        self.reason = Some(reason);
        (self.stubborn, self.given_up) = (false, false);
    }

    /// What cannot be told to have been written or not: a person's turn, and no try of its own.
    pub(crate) fn leave(&mut self, reason: String) {
        self.outcome = Some(Outcome::Parked);
        self.reason = Some(reason);
        self.retry_at = None;
    }

    /// Keeps it for a tenant that is paused: due at once, since nobody looks at what is due of such a tenant. However often
    /// it is paused, that is no try.
    pub(crate) fn pause(&mut self, reason: &str, now: Timestamp) {
        self.outcome = Some(Outcome::Parked);
        self.reason = Some(reason.to_owned());
        self.retry_at = Some(now);
        self.given_up = false;
    }

    /// What is left when there is no longer anything to write: a parked note would be tried again for ever.
    pub(crate) fn drop_parked(&mut self, why: &str) {
        if self.outcome == Some(Outcome::Parked) {
            self.outcome = Some(Outcome::Filtered);
            self.reason = Some(why.to_owned());
            self.stubborn = false;
            self.attempt = 0;
            self.retry_at = None;
        }
    }

    /// What a person leaves who gives a parked one up.
    pub(crate) fn give_up(&mut self, why: &str) {
        self.given_up |= self.outcome == Some(Outcome::Parked);
        self.drop_parked(why);
    }

    /// What is left where the ERP has no place for it: not what was written, since nothing was.
    pub(crate) fn leave_not_taken(&mut self, reason: String, offered: String) {
        (self.written, self.not_taken) = (None, Some(offered));
        self.outcome = Some(Outcome::Filtered);
        self.reason = Some(reason);
        self.stubborn = false;
        self.attempt = 0;
        self.retry_at = None;
    }

    /// What an effect leaves.
    pub(crate) fn settle(&mut self, outcome: Outcome, reason: String, written: String) {
        (self.written, self.not_taken, self.given_up) = (Some(written), None, false);
        self.outcome = Some(outcome);
        self.reason = Some(reason);
        self.stubborn = false;
        self.attempt = 0;
        self.retry_at = None;
    }
}

/// The journal of one tenant.
pub struct Journal<'a> {
    ports: &'a Ports,
    pk: String,
}

/// Conditional writes tried before the store is called unavailable.
const TRIES: usize = 20;

/// A note that was put on the queue at its last try comes again after this if nobody dealt with it.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

impl<'a> Journal<'a> {
    /// The journal of a tenant.
    #[must_use]
    pub fn new(ports: &'a Ports, tenant_id: &str) -> Self {
        Self { ports, pk: Tenant::partition(tenant_id) }
    }

    fn sk(back: Back, key: &str) -> String {
        format!("back#{}#{key}", back.word())
    }

    /// Notes by key; keys without one are left out.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn read(&self, back: Back, keys: &[String]) -> Result<HashMap<String, Note>> {
        let prefix = Self::sk(back, "");
        let sks: Vec<String> = keys.iter().map(|key| Self::sk(back, key)).collect();
        let items = self.ports.state.get_many(&self.pk, &sks).await?;
        items
            .into_iter()
            .map(|item| Ok((item.sk.strip_prefix(&prefix).unwrap_or(&item.sk).to_owned(), note(item)?)))
            .collect()
    }

    /// Changes a note; returns what it is now.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn update(&self, back: Back, key: &str, change: impl Fn(&mut Note)) -> Result<Note> {
        let sk = Self::sk(back, key);
        for _ in 0..TRIES {
            let item = self.ports.state.get(&self.pk, &sk).await?;
            let rev = item.as_ref().map_or(0, |item| item.rev);
            let before = item.map_or_else(|| Ok(Note::default()), note)?;
            let mut after = before.clone();
            change(&mut after);
            if after == before {
                return Ok(after);
            }
            after.at = Some(self.ports.clock.now());
            // The index stands before the note that says so.
            for sk in places(back, key, &after) {
                due::place(self.ports, &self.pk, sk, json!({ "back": back, "key": key })).await?;
            }
            let body = serde_json::to_value(&after).map_err(|error| Fault::Unexpected(error.to_string()))?;
            let item = Item { pk: self.pk.clone(), sk: sk.clone(), rev: rev + 1, body, expires: None };
            if self.ports.state.put(item).await? == Put::Done {
                self.displace(back, key, &before, &after).await;
                return Ok(after);
            }
        }
        Err(Fault::unavailable(format!("too many writers on the journal's {sk}")))
    }

    /// Removes the index items of a note that was replaced. One that stays is removed by a later look.
    async fn displace(&self, back: Back, key: &str, before: &Note, after: &Note) {
        let kept = places(back, key, after);
        for sk in places(back, key, before).into_iter().filter(|sk| !kept.contains(sk)) {
            if self.ports.state.delete(&self.pk, &sk, 1).await.is_err() {
                return;
            }
        }
    }

    /// What is parked and due, what has been due longest first, after the first `skip` index items; index items that answer
    /// to nothing are removed.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn due(&self, back: Back, now: Timestamp, skip: usize) -> Result<Due> {
        let prefix = due_prefix(back);
        let look = due::look(self.ports, &self.pk, &prefix, now, skip).await?;
        let mut due = Due { more: look.more, ..Due::default() };
        let notes = self.targets(back, &look.items).await?;
        for item in look.items {
            match target(&item).and_then(|key| Some((notes.get(&key)?, key))) {
                Some((note, key)) if places(back, &key, note).contains(&item.sk) => due.keys.push(key),
                _ if due::is_stale(&prefix, &item, now) => {
                    self.ports.state.delete(&item.pk, &item.sk, item.rev).await?;
                }
                _ => due.kept += 1,
            }
        }
        Ok(due)
    }

    /// Those ways back of which something parked may be due.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn may_be_due(&self, now: Timestamp) -> Result<Vec<Back>> {
        due::glance(self.ports, &self.pk, DUE, &Back::ALL.map(|back| (back, back.word())), now).await
    }

    /// Moves index items of earlier releases to where their notes belong; whether none is left.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn move_over(&self) -> Result<bool> {
        let mut whole = true;
        for (prefix, back) in EARLIER.iter().flat_map(|prefix| Back::ALL.map(|back| (prefix, back))) {
            let items = self.ports.state.list(&self.pk, &format!("{prefix}{}#", back.word()), due::PAGE).await?;
            whole &= items.len() < due::PAGE;
            let notes = self.targets(back, &items).await?;
            for item in items {
                let Some((note, key)) = target(&item).and_then(|key| Some((notes.get(&key)?, key))) else { continue };
                let places = places(back, &key, note);
                // What has no place may be ahead of its note, and is looked at again.
                if places.is_empty() {
                    continue;
                }
                for sk in places {
                    due::place(self.ports, &self.pk, sk, json!({ "back": back, "key": key })).await?;
                }
                self.ports.state.delete(&item.pk, &item.sk, item.rev).await?;
            }
        }
        Ok(whole)
    }

    async fn targets(&self, back: Back, items: &[Item]) -> Result<HashMap<String, Note>> {
        let keys: Vec<String> = items.iter().filter_map(target).collect();
        self.read(back, &keys).await
    }

    /// Puts off notes that were put on the queue: they stay parked until the write-back says otherwise, and come again if it
    /// never does.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn put_off(&self, back: Back, keys: &[String]) -> Result<()> {
        let now = self.ports.clock.now();
        stream::iter(keys)
            .map(|key| {
                self.update(back, key, move |note| {
                    let is_due = note.outcome == Some(Outcome::Parked) && note.retry_at.is_some_and(|at| at <= now);
                    if is_due {
                        note.retry_at = Some(next_offer(note.attempt, now).unwrap_or(now + LONGEST));
                    }
                })
            })
            .buffer_unordered(8)
            .try_for_each(|_| async { Ok(()) })
            .await
    }
}

/// Notes that are due.
#[derive(Debug, Default)]
pub struct Due {
    /// What they are about, what has been due longest first.
    pub keys: Vec<String>,
    /// Index items that answer to nothing and stay for now.
    pub kept: usize,
    /// Whether more may be due.
    pub more: bool,
}

const DUE: &str = "due-back#";

/// Where earlier releases kept what is parked, and what is left for a person.
const EARLIER: [&str; 2] = ["parked-back#", "left-back#"];

fn due_prefix(back: Back) -> String {
    format!("{DUE}{}#", back.word())
}

/// The index items that a note has: by when it is due, and what is left for a person apart from it.
fn places(back: Back, key: &str, note: &Note) -> Vec<String> {
    if note.outcome != Some(Outcome::Parked) {
        return Vec::new();
    }
    vec![match note.retry_at {
        Some(at) => due::sk(&due_prefix(back), at, None, key),
        None => format!("{}-back#{}#{key}", due::LEFT, back.word()),
    }]
}

fn target(item: &Item) -> Option<String> {
    item.body["key"].as_str().map(str::to_owned)
}

fn note(item: Item) -> Result<Note> {
    let sk = item.sk;
    serde_json::from_value(item.body)
        .map_err(|error| Fault::Unexpected(format!("the journal's {sk} cannot be read: {error}")))
}
