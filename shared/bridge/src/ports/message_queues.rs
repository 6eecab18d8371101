//! The queues as a person's command reaches them: it looks at what they hold, sends it again or removes it. No function does.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::words::fault::Result;
use crate::words::kind::Kind;

/// Whose work waits in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Work {
    /// Records on their way to Ongoing.
    Import,
    /// Notices on their way to the ERPs.
    WriteBack,
    /// Jobs of an ERP's pull.
    Pull(Kind),
    /// Jobs of the reconcile.
    Reconcile,
}

impl Work {
    /// All of them.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let pulls = Kind::ALL.map(Self::Pull);
        [Self::Import, Self::WriteBack].into_iter().chain(pulls).chain([Self::Reconcile]).collect()
    }

    /// By its name: `import`, `write_back`, `pull-visma`, `reconcile`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|work| work.to_string() == name)
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Import => f.write_str("import"),
            Self::WriteBack => f.write_str("write_back"),
            Self::Pull(kind) => write!(f, "pull-{kind}"),
            Self::Reconcile => f.write_str("reconcile"),
        }
    }
}

/// A queue, or the dead-letter queue behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whose work.
    pub work: Work,
    /// Whether it is the queue of what was given up.
    pub dead: bool,
}

impl Place {
    /// The queue of what was given up.
    #[must_use]
    pub fn dead(work: Work) -> Self {
        Self { work, dead: true }
    }
}

/// A message as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldMessage {
    /// The message's id.
    pub id: String,
    /// The receipt handle.
    pub receipt: String,
    /// Its group; empty where the queue has none.
    pub group: String,
    /// Its body.
    pub body: String,
    /// How often it was received, this time included.
    pub received: u32,
    /// When it came to this queue.
    pub sent: Timestamp,
}

/// Queues from outside.
#[async_trait(?Send)]
pub trait MessageQueues {
    /// About how many messages there are, those that are received at the moment included.
    async fn depth(&self, place: Place) -> Result<usize>;
    /// Receives up to ten messages, which nobody else receives for some minutes; none where nothing more can be received: of
    /// a group nothing comes behind what is received at the moment.
    async fn receive(&self, place: Place) -> Result<Vec<HeldMessage>>;
    /// Has received messages be received again at once.
    async fn release(&self, place: Place, messages: &[HeldMessage]) -> Result<()>;
    /// Sends a body; equal `deduplication` within five minutes is one message. Group and deduplication are left out where
    /// the queue has none.
    async fn send(&self, work: Work, group: &str, deduplication: &str, body: &str) -> Result<()>;
    /// Removes a received message.
    async fn delete(&self, place: Place, message: &HeldMessage) -> Result<()>;
}
