//! Messages that were given up: what they are about, what becomes of each when it is sent again, and doing so in the order of
//! its group. A message is sent first and removed then: whoever is ended in between leaves one that does nothing the second
//! time.

mod reader;
mod text;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use self::reader::Reader;
pub use self::text::{Became, redriven_text, text};
use crate::ports::Ports;
use crate::ports::message_queues::{HeldMessage, MessageQueues, Place, Work};
use crate::roads::import;
use crate::state::ledger::Ledger;
use crate::words::digest::sha256;
use crate::words::fault::{Fault, Result};
use crate::words::outcome::Outcome;

/// What a dead letter is about.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct About {
    /// Whose; `None` where the message cannot be read.
    pub tenant_id: Option<String>,
    /// The feed, in or back; `jobs` of a function.
    pub feed: String,
    /// The key in the ERP, or in Ongoing on the way back.
    pub key: String,
    /// The number that a person knows.
    pub number: Option<String>,
    /// Since when there is this message, where it says so.
    pub queued_at: Option<Timestamp>,
}

/// A message in a dead-letter queue.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeadLetter {
    /// Whose work it was.
    #[serde(serialize_with = "as_text")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub work: Work,
    /// The message's id.
    pub id: String,
    /// What it is about.
    #[serde(flatten)]
    pub about: About,
    /// When it was given up.
    pub given_up_at: Timestamp,
    /// How often it was received, looks into the dead-letter queue included.
    pub received: u32,
    /// What was in its way, as far as it is known.
    pub reason: Option<String>,
    /// What becomes of it when it is sent again.
    #[serde(flatten)]
    pub fate: Fate,
    #[serde(skip)]
    message: HeldMessage,
}

fn as_text<S: serde::Serializer>(work: &Work, to: S) -> std::result::Result<S::Ok, S::Error> {
    to.collect_str(work)
}

/// What becomes of a dead letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "fate", content = "why", rename_all = "snake_case")]
pub enum Fate {
    /// It goes back to the queue that it comes from.
    GoesBack,
    /// It is removed: a newer version was settled.
    Superseded(String),
    /// It stays: nothing could be done with it.
    Stays(String),
}

impl DeadLetter {
    /// The whole message, as a person reads it. It has names and addresses of customers.
    #[must_use]
    pub fn body(&self) -> Value {
        serde_json::from_str(&self.message.body).unwrap_or_else(|_| Value::String(self.message.body.clone()))
    }

    /// Whether a text names it: by its number, its key or the message's id.
    #[must_use]
    pub fn is_named(&self, text: &str) -> bool {
        let named = |name: &str| name.eq_ignore_ascii_case(text);
        named(&self.id) || named(&self.about.key) || self.about.number.as_deref().is_some_and(named)
    }

    /// Which of them it is, in a few words.
    #[must_use]
    pub fn name(&self) -> String {
        let number = self.about.number.as_deref().unwrap_or(&self.about.key);
        let tenant = self.about.tenant_id.as_deref().unwrap_or("?");
        [tenant, &self.about.feed, number].join(" ").trim_end().to_owned()
    }
}

/// What lies in dead-letter queues.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeadLetters {
    /// Those that could be looked at, in the order of their groups.
    pub letters: Vec<DeadLetter>,
    /// About how many more there are: of a group that keeps an order only the first ten can be looked at.
    pub behind: usize,
}

/// Looks at the dead letters of these queues and leaves them there.
///
/// # Errors
/// When a queue or the state cannot be reached.
pub async fn look(ports: &Ports, queues: &dyn MessageQueues, works: &[Work]) -> Result<DeadLetters> {
    let (mut found, mut reader) = (DeadLetters::default(), Reader::new(ports));
    for work in works {
        let place = Place::dead(*work);
        let depth = queues.depth(place).await?;
        if depth == 0 {
            continue;
        }
        let mut held = Vec::new();
        let received = loop {
            match queues.receive(place).await {
                Ok(some) if some.is_empty() => break Ok(()),
                Ok(some) => held.extend(some),
                Err(fault) => break Err(fault),
            }
        };
        queues.release(place, &held).await?;
        received?;
        found.behind += depth.saturating_sub(held.len());
        for message in held {
            found.letters.push(reader.letter(*work, message).await?);
        }
    }
    Ok(found)
}

/// What a redrive did.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Redriven {
    /// Went back to their queues.
    pub sent: Vec<DeadLetter>,
    /// Were removed, since a newer version was settled.
    pub superseded: Vec<DeadLetter>,
    /// Were chosen and stay.
    pub stay: Vec<DeadLetter>,
    /// About how many were not looked at, behind others of their group that were not chosen.
    pub behind: usize,
}

/// Sends dead letters back, those of `chosen`, in the order of each group and with its group; `done` is told of each. What
/// was not chosen stays. Where it breaks off, what was done until then is done.
///
/// # Errors
/// When a queue or the state cannot be reached.
pub async fn redrive(
    ports: &Ports,
    queues: &dyn MessageQueues,
    works: &[Work],
    chosen: &dyn Fn(&DeadLetter) -> bool,
    done: &dyn Fn(usize),
) -> Result<Redriven> {
    let (mut redriven, mut reader) = (Redriven::default(), Reader::new(ports));
    for work in works {
        let place = Place::dead(*work);
        if queues.depth(place).await? == 0 {
            continue;
        }
        let mut held = Vec::new();
        let ended = drain(queues, place, chosen, done, &mut reader, &mut held, &mut redriven).await;
        queues.release(place, &held).await?;
        ended?;
        redriven.behind += queues.depth(place).await?.saturating_sub(held.len());
    }
    Ok(redriven)
}

async fn drain(
    queues: &dyn MessageQueues,
    place: Place,
    chosen: &dyn Fn(&DeadLetter) -> bool,
    done: &dyn Fn(usize),
    reader: &mut Reader<'_>,
    held: &mut Vec<HeldMessage>,
    redriven: &mut Redriven,
) -> Result<()> {
    loop {
        let received = queues.receive(place).await?;
        if received.is_empty() {
            return Ok(());
        }
        let mut received = received.into_iter();
        while let Some(message) = received.next() {
            let one = one(queues, place, chosen, reader, message.clone(), redriven).await;
            if !matches!(one, Ok(true)) {
                held.push(message);
            }
            if let Err(fault) = one {
                held.extend(received);
                return Err(fault);
            }
            done(redriven.sent.len() + redriven.superseded.len());
        }
    }
}

/// Whether the message is gone from the dead-letter queue.
async fn one(
    queues: &dyn MessageQueues,
    place: Place,
    chosen: &dyn Fn(&DeadLetter) -> bool,
    reader: &mut Reader<'_>,
    message: HeldMessage,
    redriven: &mut Redriven,
) -> Result<bool> {
    let letter = reader.letter(place.work, message).await?;
    if !chosen(&letter) {
        return Ok(false);
    }
    let message = &letter.message;
    match &letter.fate {
        Fate::Stays(_) => {
            redriven.stay.push(letter);
            return Ok(false);
        }
        Fate::GoesBack => {
            queues.send(place.work, &message.group, &deduplication_id(&letter), &message.body).await?;
            queues.delete(place, message).await?;
            redriven.sent.push(letter);
        }
        Fate::Superseded(_) => {
            queues.delete(place, message).await?;
            redriven.superseded.push(letter);
        }
    }
    Ok(true)
}

/// Equal for one message that is sent twice, since its sender was ended before it removed it.
fn deduplication_id(letter: &DeadLetter) -> String {
    sha256(format!("{}\n{}", letter.id, letter.message.body))
}

/// What became of a record that was sent back; `None` while it is under way, and of what is no record.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn became(ports: &Ports, letter: &DeadLetter) -> Result<Became> {
    let Ok(envelope) = import::read(&letter.message.body) else { return Ok(None) };
    let entry = Ledger::new(ports, &envelope.tenant_id).get(envelope.feed, &envelope.key).await?.entry;
    let settled = entry.settled.as_ref();
    let dealt_with = settled.is_some_and(|settled| settled.queued_at >= envelope.queued_at);
    Ok(entry.outcome.filter(|outcome| dealt_with && *outcome != Outcome::Queued).map(|outcome| (outcome, entry.reason)))
}

/// Refuses what cannot be meant: nothing that is chosen is there.
///
/// # Errors
/// [`Fault::Rejected`].
pub fn any(letters: &[DeadLetter]) -> Result<()> {
    if letters.is_empty() {
        return Err(Fault::rejected("", "no dead letter is meant by that; bridgectl dead-letters list shows all"));
    }
    Ok(())
}
