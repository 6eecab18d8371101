//! What the cloud keeps for us, and what comes in through the edges: time, state, queues, secrets, the network.
//!
//! Two implementations each: the AWS one in `shared/aws`, and the one in memory that the simulation uses, in which every
//! call can be the last one before a crash.

pub mod circuits;
pub mod drifts;
pub mod message_queues;
pub mod token_cache;

use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use crate::ports::circuits::Circuits;
use crate::ports::drifts::Drifts;
use crate::ports::token_cache::TokenCache;
use crate::words::envelope::{Envelope, Job, Notice};
use crate::words::fault::Result;
use crate::words::kind::Kind;
use crate::words::paces::Paces;
use crate::words::secret::Secret;

/// The time, and the way to let it pass.
#[async_trait(?Send)]
pub trait Clock {
    /// Now, UTC.
    fn now(&self) -> Timestamp;
    /// Waits. Only `http` calls this.
    async fn sleep(&self, pause: Duration);
    /// A number in `0.0..1.0` for jitter.
    fn chance(&self) -> f64;
}

/// Bytes that nobody can guess: tickets, states, tokens that we issue.
pub trait Random {
    /// 32 of them, never the same again.
    fn bytes(&self) -> [u8; 32];
}

/// An item of the state table.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Partition: `tenant#acme`, `budget#poweroffice`.
    pub pk: String,
    /// Sort key: `cursor#orders`, `ledger#orders#<key>`, `lease#pull`.
    pub sk: String,
    /// Counts up by one with every write; the base of every conditional write.
    pub rev: u64,
    /// The item's members.
    pub body: Value,
    /// When the store may forget the item.
    pub expires: Option<Timestamp>,
}

/// What a conditional write met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// Written.
    Done,
    /// Somebody else wrote in between; nothing was changed.
    Conflict,
}

/// Small items with conditional writes: cursors, leases, the ledger, rate budgets.
#[async_trait(?Send)]
pub trait State {
    /// One item, read consistently.
    async fn get(&self, pk: &str, sk: &str) -> Result<Option<Item>>;
    /// Many items of one partition, read consistently, in no particular order; what is missing is left out.
    async fn get_many(&self, pk: &str, sks: &[String]) -> Result<Vec<Item>>;
    /// The same of many partitions, by partition and sort key. Where the store reads one partition at a time, so it is read.
    async fn get_across(&self, keys: &[(String, String)]) -> Result<Vec<Item>> {
        let mut found = Vec::new();
        for of_one in keys.chunk_by(|one, other| one.0 == other.0) {
            let sks: Vec<String> = of_one.iter().map(|(_, sk)| sk.clone()).collect();
            found.extend(self.get_many(&of_one[0].0, &sks).await?);
        }
        Ok(found)
    }
    /// Items of one partition whose sort key begins with `prefix`, at most `limit`, ordered by sort key.
    async fn list(&self, pk: &str, prefix: &str, limit: usize) -> Result<Vec<Item>>;
    /// The last such items by sort key, at most `limit`, in no particular order. Where the store reads from the front alone,
    /// all are read.
    async fn list_last(&self, pk: &str, prefix: &str, limit: usize) -> Result<Vec<Item>> {
        let mut items = self.list(pk, prefix, usize::MAX).await?;
        Ok(items.split_off(items.len().saturating_sub(limit)))
    }
    /// Items of one partition whose sort key begins with `prefix` and whose body has this `number`: a person knows a record's
    /// number, not the ERP's id. Reads all that begins so; where the store cannot choose, it is chosen here.
    async fn numbered(&self, pk: &str, prefix: &str, number: &str) -> Result<Vec<Item>> {
        let mut items = self.list(pk, prefix, usize::MAX).await?;
        items.retain(|item| item.body["number"].as_str() == Some(number));
        Ok(items)
    }
    /// Writes `item` if the stored revision is `item.rev - 1` (1: if there is none).
    async fn put(&self, item: Item) -> Result<Put>;
    /// Removes an item if its revision is `rev`.
    async fn delete(&self, pk: &str, sk: &str, rev: u64) -> Result<Put>;
}

/// The tenant table, as JSON: what is in it is validated by [`crate::tenant`], one item at a time.
#[async_trait(?Send)]
pub trait Tenants {
    /// Every item whose `erp.kind` may be `kind`, with its `tenant_id`.
    async fn list(&self, kind: Kind) -> Result<Vec<Value>>;
    /// One item.
    async fn get(&self, tenant_id: &str) -> Result<Option<Value>>;
}

/// The FIFO queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fifo {
    /// Records on their way to Ongoing.
    Import,
    /// Notices on their way to the ERPs.
    WriteBack,
}

impl Fifo {
    /// Its name in logs and in the state table.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::WriteBack => "write_back",
        }
    }
}

/// The queues.
#[async_trait(?Send)]
pub trait Queue {
    /// Puts records on the import queue, in order. An error means that any number of them may be on it already.
    async fn import(&self, envelopes: &[Envelope]) -> Result<()>;
    /// The same of records of which none has to be before another one: they may overtake each other, all but the last, which is
    /// behind all others of its group.
    async fn import_side_by_side(&self, envelopes: &[Envelope]) -> Result<()> {
        self.import(envelopes).await
    }
    /// Puts notices on the write-back queue. An error means that any number of them may be on it already.
    async fn write_back(&self, notices: &[Notice]) -> Result<()>;
    /// Has received messages of a queue come again after these pauses, by the handles of their receives, and not when the
    /// queue's visibility time-out ends.
    async fn put_off(&self, queue: Fifo, pauses: &[(String, Duration)]) -> Result<()>;
    /// About how many records are on the import queue, of all tenants: waiting, hidden and delayed.
    async fn import_depth(&self) -> Result<usize>;
    /// Puts jobs on the function's own job queue, where they come up after a pause of at most fifteen minutes.
    async fn jobs(&self, jobs: &[Job], pause: Duration) -> Result<()>;
}

/// The secret store.
#[async_trait(?Send)]
pub trait Secrets {
    /// The JSON text under `<prefix>/<name>`, or `None`. `fresh` asks past every cache.
    async fn get(&self, name: &str, fresh: bool) -> Result<Option<Secret>>;
    /// As a fresh [`Secrets::get`], after what was read before was refused or did not fit (a 401, a wrong token). Whoever
    /// causes refusals must not cause reads as well: a cache asks for a name at most once in ten seconds.
    async fn get_after_refusal(&self, name: &str) -> Result<Option<Secret>> {
        self.get(name, true).await
    }
    /// Replaces the JSON text under `<prefix>/<name>`. The next `get` of this process, fresh or not, sees it.
    async fn put(&self, name: &str, value: &Secret) -> Result<()>;
    /// As [`Secrets::put`], and makes the secret where there is none yet: a company that consents for the first time.
    async fn set(&self, name: &str, value: &Secret) -> Result<()>;
}

#[async_trait(?Send)]
impl<S: Secrets + ?Sized> Secrets for Rc<S> {
    async fn get(&self, name: &str, fresh: bool) -> Result<Option<Secret>> {
        S::get(self, name, fresh).await
    }

    async fn get_after_refusal(&self, name: &str) -> Result<Option<Secret>> {
        S::get_after_refusal(self, name).await
    }

    async fn put(&self, name: &str, value: &Secret) -> Result<()> {
        S::put(self, name, value).await
    }

    async fn set(&self, name: &str, value: &Secret) -> Result<()> {
        S::set(self, name, value).await
    }
}

/// What broke before there was an HTTP answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// No connection, or none in time: the call did not take effect.
    Connect(String),
    /// The answer never came: the call may have taken effect.
    Lost(String),
    /// The answer is larger than it may be ([`Largest`]).
    TooLarge {
        /// Its length in bytes, where that was said before it came.
        announced: Option<u64>,
        /// The most that it may have.
        largest: usize,
    },
    /// The address guard refused the host.
    Guarded(String),
    /// A person stopped what it is for before it was sent.
    Stopped,
}

/// The most bytes that an answer's body may have, as an extension of its request.
#[derive(Clone, Copy, Debug)]
pub struct Largest(pub usize);

/// One HTTP exchange: no redirects, no retries, header names in Title-Case, HTTP/1.1 (Ongoing sheet, section 0).
#[async_trait(?Send)]
pub trait Transport {
    /// Sends the request and reads the whole answer, unless it is larger than the request's [`Largest`].
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Broken>;
}

/// All edges together.
#[derive(Clone)]
pub struct Ports {
    /// Time.
    pub clock: Rc<dyn Clock>,
    /// Chance that nobody can guess.
    pub random: Rc<dyn Random>,
    /// Cursors, leases, ledger, budgets.
    pub state: Rc<dyn State>,
    /// Who we work for.
    pub tenants: Rc<dyn Tenants>,
    /// Queues.
    pub queue: Rc<dyn Queue>,
    /// Secrets.
    pub secrets: Rc<dyn Secrets>,
    /// The network.
    pub transport: Rc<dyn Transport>,
    /// Access tokens kept while this process lives.
    pub tokens: Rc<TokenCache>,
    /// What was new about the vendors' answers, until it is kept in the state.
    pub drifts: Rc<Drifts>,
    /// Circuit breakers of a batch; none where one connection after the other is tried anyway.
    pub circuits: Option<Rc<Circuits>>,
    /// How many calls a minute the vendors take of all tenants together.
    pub paces: Paces,
    /// Whether the calls are a backfill's: it leaves half of a shared budget to the ticks.
    pub backfill: bool,
    /// Whether tenant items may name `http://` and loopback hosts (`AllowLocalEndpoints`).
    pub allow_local: bool,
    /// For how long names and addresses of customers are kept here (`PersonalDataDays`).
    pub personal_data: Duration,
}

/// For how long names and addresses are kept where nothing else is said.
pub const PERSONAL_DATA: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl Ports {
    /// The same edges for one batch, with circuit breakers of its own.
    #[must_use]
    pub fn for_batch(&self) -> Self {
        Self { circuits: Some(Rc::default()), ..self.clone() }
    }

    /// The same edges for a call that asks whether a connection answers although its breaker is open.
    #[must_use]
    pub fn past_circuits(&self) -> Self {
        Self { circuits: self.circuits.as_ref().map(|circuits| Rc::new(circuits.past())), ..self.clone() }
    }

    /// The same edges for a backfill.
    #[must_use]
    pub fn for_backfill(&self) -> Self {
        Self { backfill: true, ..self.clone() }
    }
}

/// One invocation: who is asked for it in the logs, and when it must be over.
#[derive(Clone, Debug)]
pub struct Run {
    /// Correlation id: the invocation's own id.
    pub id: String,
    /// After this no new page or record is begun.
    pub deadline: Timestamp,
}
