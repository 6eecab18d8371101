//! What a dead letter is about, and what becomes of it when it is sent again.

use std::collections::HashMap;

use serde_json::Value;

use super::{About, DeadLetter, Fate};
use crate::ports::message_queues::{HeldMessage, Work};
use crate::ports::{Fifo, Ports};
use crate::roads::import::{self, ledger_update};
use crate::roads::status::advice::plain;
use crate::state::delivery_fault::DeliveryFault;
use crate::state::ledger::Ledger;
use crate::words::envelope::{Envelope, Hint, Job, Notice};
use crate::words::fault::Result;
use crate::words::wire::decode;

/// Reads dead letters, and keeps what is known of their tenants.
pub(super) struct Reader<'a> {
    ports: &'a Ports,
    tenants: HashMap<String, bool>,
    faults: HashMap<(String, &'static str), Option<String>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(ports: &'a Ports) -> Self {
        Self { ports, tenants: HashMap::new(), faults: HashMap::new() }
    }

    pub(super) async fn letter(&mut self, work: Work, message: HeldMessage) -> Result<DeadLetter> {
        let mut letter = DeadLetter {
            work,
            id: message.id.clone(),
            about: About::default(),
            given_up_at: message.sent,
            received: message.received,
            reason: None,
            fate: Fate::GoesBack,
            message,
        };
        let body = &letter.message.body;
        match work {
            Work::Import => {
                if let Ok(envelope) = import::read(body) {
                    letter.about = of_record(&envelope);
                    letter.fate = self.fate(&envelope).await?;
                    letter.reason = self.reason(&envelope.tenant_id, Fifo::Import).await?;
                }
            }
            Work::WriteBack => {
                if let Some(notice) = read::<Notice>(body) {
                    letter.about = of_notice(&notice);
                    letter.reason = self.reason(&notice.tenant_id, Fifo::WriteBack).await?;
                }
            }
            Work::Pull(_) | Work::Reconcile => {
                if let Some(job) = read::<Job>(body) {
                    letter.about = of_job(&job);
                }
            }
        }
        if let Some(id) = letter.about.tenant_id.clone()
            && !self.is_there(&id).await?
        {
            let remove = format!("there is no tenant {id}: bridgectl tenant remove {id} --purge removes it");
            letter.fate = Fate::Stays(remove);
        }
        Ok(letter)
    }

    async fn fate(&self, envelope: &Envelope) -> Result<Fate> {
        let ledger = Ledger::new(self.ports, &envelope.tenant_id);
        let entry = ledger.get(envelope.feed, &envelope.key).await?.entry;
        if !ledger_update::is_older_than_settled(&entry, envelope) {
            return Ok(Fate::GoesBack);
        }
        let outcome = entry.settled.map_or("settled", |settled| settled.outcome.word());
        Ok(Fate::Superseded(format!("a newer version of it was {outcome}")))
    }

    /// What gave messages of the tenant back last.
    async fn reason(&mut self, tenant_id: &str, queue: Fifo) -> Result<Option<String>> {
        let name = (tenant_id.to_owned(), queue.word());
        if let Some(known) = self.faults.get(&name) {
            return Ok(known.clone());
        }
        let fault = DeliveryFault::read(self.ports, queue, tenant_id).await?;
        let reason = fault.and_then(|fault| plain(&fault.reason).map(str::to_owned));
        self.faults.insert(name, reason.clone());
        Ok(reason)
    }

    async fn is_there(&mut self, tenant_id: &str) -> Result<bool> {
        if let Some(known) = self.tenants.get(tenant_id) {
            return Ok(*known);
        }
        let there = self.ports.tenants.get(tenant_id).await?.is_some();
        self.tenants.insert(tenant_id.to_owned(), there);
        Ok(there)
    }
}

fn read<T: serde::de::DeserializeOwned>(body: &str) -> Option<T> {
    serde_json::from_str(body).ok().and_then(|value: Value| decode(&value).ok())
}

fn of_record(envelope: &Envelope) -> About {
    About {
        tenant_id: Some(envelope.tenant_id.clone()),
        feed: envelope.feed.word().to_owned(),
        key: envelope.key.clone(),
        number: envelope.number.clone(),
        queued_at: Some(envelope.queued_at),
    }
}

fn of_notice(notice: &Notice) -> About {
    let (feed, key) = match &notice.hint {
        Hint::Order(id) => ("shipments", id.to_string()),
        Hint::Articles(numbers) => ("stock", numbers.join(",")),
        Hint::Imported(key) => ("import_status", key.clone()),
    };
    About { tenant_id: Some(notice.tenant_id.clone()), feed: feed.to_owned(), key, number: None, queued_at: None }
}

fn of_job(job: &Job) -> About {
    let feeds: Vec<&str> = job.feeds.iter().flatten().map(|feed| feed.word()).collect();
    let since = job.since.map(|since| format!("backfill since {since:.0}"));
    About {
        tenant_id: Some(job.tenant_id.clone()),
        feed: if feeds.is_empty() { "jobs".to_owned() } else { format!("jobs of {}", feeds.join(", ")) },
        key: since.unwrap_or_default(),
        number: None,
        queued_at: job.queued_at,
    }
}
