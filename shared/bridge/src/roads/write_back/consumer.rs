//! The notices on the write-back queue: how a batch of them is dealt with, and what is parked for good reason.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use async_trait::async_trait;
use serde_json::Value;

use super::{enabled, later, places, process};
use crate::ports::{Fifo, Ports, Run};
use crate::roads::batch::{self, Consumer, Names};
use crate::state::journal::{Back, Journal, Note};
use crate::state::unreadable;
use crate::systems::erps;
use crate::systems::ongoing::Ongoing;
use crate::words::envelope::{Hint, Notice};
use crate::words::fault::Result;
use crate::words::outcome::{self, Outcome, Subject};
use crate::words::received_message::ReceivedMessage;

/// Writes a batch of notices back. Returns the ids of the messages that go back to the queue: within a group, from the
/// first that met a fault on.
pub async fn batch(ports: &Ports, run: &Run, deliveries: Vec<ReceivedMessage>) -> Vec<String> {
    let notices = deliveries.iter().map(|delivery| (delivery.id.clone(), read(&delivery.body))).collect();
    let ports = &ports.for_batch();
    let notices = Notices { ports, run, notices, done: RefCell::default() };
    batch::run(ports, run, Fifo::WriteBack, &deliveries, &notices).await
}

/// The notices of a batch, by their messages' ids.
struct Notices<'a> {
    ports: &'a Ports,
    run: &'a Run,
    notices: HashMap<String, Result<Notice, String>>,
    /// What was looked at already.
    done: RefCell<HashSet<(String, Hint)>>,
}

#[async_trait(?Send)]
impl Consumer for Notices<'_> {
    async fn deliver(&self, delivery: &ReceivedMessage) -> Result<()> {
        let notice = match &self.notices[&delivery.id] {
            Ok(notice) => notice,
            Err(reason) => return unreadable::keep(self.ports, self.run, "write_back", delivery, reason).await,
        };
        // Everything in this batch was noticed before anything is read, so one look serves all notices of the same. What
        // failed goes alone: it may be one of them that fails.
        let hint = if delivery.received > 1 { notice.hint.clone() } else { together(notice, self.notices.values()) };
        let this = (notice.tenant_id.clone(), hint);
        if self.done.borrow().contains(&this) {
            return Ok(());
        }
        process(self.ports, self.run, notice, &this.1).await?;
        self.done.borrow_mut().insert(this);
        Ok(())
    }

    async fn reachable(&self, delivery: &ReceivedMessage) -> bool {
        let Ok(notice) = &self.notices[&delivery.id] else { return true };
        // Past the circuit breakers: it is the notice that is suspected. An answer closes them, and the group goes on.
        let ports = self.ports.past_circuits();
        match enabled(&ports, &notice.tenant_id).await {
            Ok(Some(tenant)) => {
                Ongoing::new(&ports, &tenant, self.run.deadline).reads_goods_owner().await.is_ok()
                    && erps::connect(&ports, &tenant, self.run.deadline).probe().await.is_ok()
            }
            Ok(None) => true,
            Err(_) => false,
        }
    }

    async fn park(&self, delivery: &ReceivedMessage, reason: &str, stubborn: bool) -> Result<()> {
        let keep = |note: &mut Note, now| {
            note.park(reason.to_owned(), now);
            note.stubborn = stubborn;
        };
        match &self.notices[&delivery.id] {
            // One of them it is, and nobody knows which: each goes alone.
            Ok(notice) if stubborn && places(&notice.hint).len() > 1 => {
                self.ports.queue.write_back(&apart(notice)).await
            }
            Ok(notice) => {
                let parked = later(self.ports, notice, &notice.hint, keep).await?;
                parked.iter().for_each(|(back, key, note)| tell(notice, *back, key, note));
                Ok(())
            }
            Err(_) => unreadable::keep(self.ports, self.run, "write_back", delivery, reason).await,
        }
    }

    async fn is_stubborn(&self, delivery: &ReceivedMessage) -> bool {
        let Ok(notice) = &self.notices[&delivery.id] else { return false };
        let journal = Journal::new(self.ports, &notice.tenant_id);
        let places = places(&notice.hint);
        let Some((back, _)) = places.first() else { return false };
        let keys: Vec<String> = places.iter().map(|(_, key)| key.clone()).collect();
        let notes = journal.read(*back, &keys).await.unwrap_or_default();
        notes.values().any(|note| note.outcome == Some(Outcome::Parked) && note.stubborn)
    }

    fn names(&self, delivery: &ReceivedMessage) -> Names {
        let Ok(notice) = &self.notices[&delivery.id] else { return Names::default() };
        let (back, key) = match &notice.hint {
            Hint::Order(id) => (Back::Shipments, id.to_string()),
            Hint::Articles(numbers) => (Back::Stock, numbers.join(" ")),
            Hint::Imported(key) => (Back::ImportStatus, key.clone()),
        };
        Names {
            tenant_id: Some(notice.tenant_id.clone()),
            feed: Some(back.word()),
            key: Some(key),
            number: None,
            correlation_id: Some(notice.correlation_id.clone()),
        }
    }
}

/// The hint of a notice, with the articles of every other notice of the tenant in the batch.
fn together<'a>(notice: &Notice, notices: impl Iterator<Item = &'a Result<Notice, String>>) -> Hint {
    let Hint::Articles(_) = notice.hint else { return notice.hint.clone() };
    let same = notices.filter_map(|other| other.as_ref().ok()).filter(|other| other.tenant_id == notice.tenant_id);
    let all: BTreeSet<String> = same
        .filter_map(|other| match &other.hint {
            Hint::Articles(articles) => Some(articles.clone()),
            Hint::Order(_) | Hint::Imported(_) => None,
        })
        .flatten()
        .collect();
    Hint::Articles(all.into_iter().collect())
}

fn read(body: &str) -> Result<Notice, String> {
    let value: Value = serde_json::from_str(body).map_err(|error| format!("the message is no JSON: {error}"))?;
    let v = value["v"].as_u64().unwrap_or_default();
    if v > u64::from(Notice::VERSION) {
        return Err(format!("the message is of version {v}, this release reads up to {}", Notice::VERSION));
    }
    crate::words::wire::decode(&value).map_err(|fault| format!("the message is no notice: {fault}"))
}

/// Tells of a write-back that was parked, and of one that waits for a person from now on.
fn tell(notice: &Notice, back: Back, key: &str, note: &Note) {
    let subject = Subject {
        tenant_id: &notice.tenant_id,
        feed: back.word(),
        key,
        number: note.number.as_deref(),
        version: "",
        correlation_id: &notice.correlation_id,
    };
    outcome::log(&subject, Outcome::Parked, note.reason.as_deref());
    if note.retry_at.is_none() {
        outcome::left_for_a_person(&subject);
    }
}

/// A notice for each article of one.
fn apart(notice: &Notice) -> Vec<Notice> {
    let Hint::Articles(numbers) = &notice.hint else { return vec![notice.clone()] };
    let one = |number: &String| Notice { hint: Hint::Articles(vec![number.clone()]), ..notice.clone() };
    numbers.iter().map(one).collect()
}
