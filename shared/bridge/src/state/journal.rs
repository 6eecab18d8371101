//! The journal of the way back: one item per shipped order and per article, with what was written last. It stops doubled
//! effects before the ERP is asked, and answers "was the shipment reported?".

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ports::{Item, Ports, Put};
use crate::state::ledger::next_offer;
use crate::tenant::Tenant;
use crate::words::fault::{Fault, Result};
use crate::words::outcome::Outcome;

/// What flows back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// What is known of one write-back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
    /// The run that dealt with it last.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub correlation_id: String,
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
    }

    /// What is left when there is no longer anything to write: a parked note would be tried again for ever.
    pub(crate) fn drop_parked(&mut self, why: &str) {
        if self.outcome == Some(Outcome::Parked) {
            self.outcome = Some(Outcome::Filtered);
            self.reason = Some(why.to_owned());
            self.attempt = 0;
            self.retry_at = None;
        }
    }

    /// What is left where the ERP has no place for it: not what was written, since nothing was.
    pub(crate) fn leave_not_taken(&mut self, reason: String, offered: String) {
        (self.written, self.not_taken) = (None, Some(offered));
        self.outcome = Some(Outcome::Filtered);
        self.reason = Some(reason);
        self.attempt = 0;
        self.retry_at = None;
    }

    /// What an effect leaves.
    pub(crate) fn settle(&mut self, outcome: Outcome, reason: String, written: String) {
        (self.written, self.not_taken) = (Some(written), None);
        self.outcome = Some(outcome);
        self.reason = Some(reason);
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
            let parked = format!("parked-back#{}#{key}", back.word());
            // As in the ledger: an index too many is removed at the next look, one too few would lose the note.
            if after.outcome == Some(Outcome::Parked) {
                let body = serde_json::json!({ "back": back, "key": key });
                let index = Item { pk: self.pk.clone(), sk: parked, rev: 1, body, expires: None };
                self.ports.state.put(index).await?;
            }
            let body = serde_json::to_value(&after).map_err(|error| Fault::Unexpected(error.to_string()))?;
            let item = Item { pk: self.pk.clone(), sk: sk.clone(), rev: rev + 1, body, expires: None };
            if self.ports.state.put(item).await? == Put::Done {
                return Ok(after);
            }
        }
        Err(Fault::unavailable(format!("too many writers on the journal's {sk}")))
    }

    /// What is parked and due, at most `limit`; index items whose note is no longer parked are removed.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn due(&self, limit: usize) -> Result<Vec<(Back, String, Note)>> {
        let now = self.ports.clock.now();
        let mut due = Vec::new();
        for item in self.ports.state.list(&self.pk, "parked-back#", limit).await? {
            let (Some(back), Some(key)) = (
                serde_json::from_value::<Back>(item.body["back"].clone()).ok(),
                item.body["key"].as_str().map(str::to_owned),
            ) else {
                continue;
            };
            let note = self.read(back, std::slice::from_ref(&key)).await?.remove(&key).unwrap_or_default();
            let is_parked = note.outcome == Some(Outcome::Parked);
            if is_parked && note.retry_at.is_none() {
                // Left for a person: listed apart, so that these never crowd out the ones that are tried again.
                let sk = format!("left-back#{}#{key}", back.word());
                let left = Item { sk, rev: 1, ..item.clone() };
                self.ports.state.put(left).await?;
            }
            if !is_parked || note.retry_at.is_none() {
                self.ports.state.delete(&item.pk, &item.sk, item.rev).await?;
            } else if note.retry_at.is_some_and(|at| at <= now) {
                due.push((back, key, note));
            }
        }
        Ok(due)
    }
}

fn note(item: Item) -> Result<Note> {
    let sk = item.sk;
    serde_json::from_value(item.body)
        .map_err(|error| Fault::Unexpected(format!("the journal's {sk} cannot be read: {error}")))
}
