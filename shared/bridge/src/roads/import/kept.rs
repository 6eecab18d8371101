//! What an import keeps in hand for one batch, so that it asks and writes once for many records: the messages as they were
//! read, the ledger's entries of them, and the notes of articles until the batch ends.
//!
//! An entry that is read at the batch's beginning is as one that was read just before a call that took long: whoever notes
//! decides once more on the entry that the note meets ([`super::ledger_update`]). A note that waits is as one whose import is
//! slow between call and note: a process that is killed in between leaves messages that come again. So both add nothing to
//! what the rule has to stand. Only articles wait, which are written by their number whoever wrote them before; what comes
//! behind them in their group and may ask the ledger for one finds it noted.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use jiff::Timestamp;

use super::{Done, ledger_update};
use crate::http::within;
use crate::ports::{Ports, Run};
use crate::state::ledger::{Ledger, Stored};
use crate::words::domain::Record;
use crate::words::envelope::Envelope;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::received_message::ReceivedMessage;

/// Notes that wait in one group at the most.
const MOST: usize = 25;

/// A message's record, or why it is none.
pub(super) type Read = Rc<Result<Envelope, String>>;

/// A record of a tenant.
type Place = (String, Feed, String);

/// The messages of a batch and what the ledger had of them when it began.
#[derive(Default)]
pub(super) struct Messages {
    read: HashMap<String, Read>,
    entries: RefCell<HashMap<Place, Stored>>,
}

fn place(envelope: &Envelope) -> Place {
    (envelope.tenant_id.clone(), envelope.feed, envelope.key.clone())
}

impl Messages {
    /// Reads every message once, and all their entries. Where the table does not answer, each record asks for its own.
    pub(super) async fn read(ports: &Ports, deadline: Timestamp, deliveries: &[ReceivedMessage]) -> Self {
        let read = |delivery: &ReceivedMessage| (delivery.id.clone(), Rc::new(super::read(&delivery.body)));
        let messages = Self { read: deliveries.iter().map(read).collect(), entries: RefCell::default() };
        let mut keys: BTreeMap<(String, Feed), BTreeSet<String>> = BTreeMap::new();
        for delivery in deliveries {
            if let Ok(envelope) = messages.of(delivery).as_ref() {
                keys.entry((envelope.tenant_id.clone(), envelope.feed)).or_default().insert(envelope.key.clone());
            }
        }
        for ((tenant_id, feed), keys) in keys.into_iter().filter(|(_, keys)| keys.len() > 1) {
            let keys: Vec<String> = keys.into_iter().collect();
            let ledger = Ledger::new(ports, &tenant_id);
            let Ok(mut found) = within(ports, deadline, ledger.read(feed, &keys)).await else { continue };
            let entries = keys.into_iter().map(|key| {
                let stored = found.remove(&key).unwrap_or_default();
                ((tenant_id.clone(), feed, key), stored)
            });
            messages.entries.borrow_mut().extend(entries);
        }
        messages
    }

    /// The record of a message.
    pub(super) fn of(&self, delivery: &ReceivedMessage) -> Read {
        self.read.get(&delivery.id).cloned().unwrap_or_else(|| Rc::new(super::read(&delivery.body)))
    }

    /// The entry that was read of a record, once: whoever asks again is told to ask the table.
    pub(super) fn entry(&self, envelope: &Envelope) -> Option<Stored> {
        self.entries.borrow_mut().remove(&place(envelope))
    }
}

/// The note of a message that was dealt with.
pub(super) struct Note {
    /// The message.
    pub delivery: ReceivedMessage,
    /// What it carries.
    pub read: Read,
    /// The entry that was read before.
    pub stored: Stored,
    /// What became of it.
    pub done: Done,
}

/// The notes that wait, by group.
#[derive(Default)]
pub(super) struct Notes {
    waiting: RefCell<BTreeMap<String, Vec<Note>>>,
}

/// What became of a note: its message, with the fault where it could not be written.
pub(super) type Written = (Note, Result<()>);

impl Notes {
    /// Keeps a note.
    pub(super) fn keep(&self, note: Note) {
        self.waiting.borrow_mut().entry(note.delivery.group.clone()).or_default().push(note);
    }

    /// Whether what waits in a group has to be written before this message is dealt with.
    pub(super) fn are_asked_for(&self, group: &str, envelope: &Envelope) -> bool {
        let waiting = self.waiting.borrow();
        let Some(notes) = waiting.get(group) else { return false };
        let same = |note: &Note| note.read.as_ref().as_ref().is_ok_and(|other| place(other) == place(envelope));
        notes.len() >= MOST || !matches!(envelope.record, Record::Article(_)) || notes.iter().any(same)
    }

    /// Writes what waits, of one group or of all, each within the deadline.
    pub(super) async fn write(
        &self,
        ports: &Ports,
        run: &Run,
        deadline: Timestamp,
        group: Option<&str>,
    ) -> Vec<Written> {
        let notes: Vec<Vec<Note>> = match group {
            Some(group) => self.waiting.borrow_mut().remove(group).into_iter().collect(),
            None => self.waiting.take().into_values().collect(),
        };
        join_all(notes.into_iter().flatten().map(|note| async move {
            let written = AssertUnwindSafe(written(ports, &note)).catch_unwind();
            let written = within(ports, deadline, async { written.await.unwrap_or_else(|_| panicked(run)) }).await;
            (note, written)
        }))
        .await
    }
}

fn panicked(run: &Run) -> Result<()> {
    Err(Fault::Unexpected(format!("the note of a record panicked ({})", run.id)))
}

async fn written(ports: &Ports, note: &Note) -> Result<()> {
    let Ok(envelope) = note.read.as_ref() else { return Ok(()) };
    let ledger = Ledger::new(ports, &envelope.tenant_id);
    let (stored, done) = (note.stored.clone(), note.done.clone());
    // An article is never taken back, so that the note stands.
    ledger_update::note(ports, &ledger, envelope, stored, done, false).await.map(|_| ())
}
