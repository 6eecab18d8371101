//! What functions send to the queues, and what stands in them.

use std::time::Duration;

use async_trait::async_trait;
use bridge::ports::{Fifo, Queue};
use bridge::words::envelope::{Envelope, Job, Notice};
use bridge::words::fault::{Fault, Result};
use serde::Serialize;

use super::Memory;
use crate::world::deployment::{self, FUNCTIONS, Function, IMPORT, WRITE_BACK};
use crate::world::invocation::calling;
use crate::world::rules::Peer;
use crate::world::sqs::{self, Message};

impl Memory {
    /// The queue from which a function gets its work.
    ///
    /// # Panics
    /// Where it has none.
    #[must_use]
    pub fn queue_of(&self, function: Function) -> &sqs::Queue {
        let mapping = function.mapping.unwrap_or_else(|| panic!("{} has no queue", function.name));
        &self.queues[mapping.queue.name]
    }

    /// The queue with this name: `import.fifo`, `pull-visma-jobs`.
    ///
    /// # Panics
    /// Where there is none.
    #[must_use]
    pub fn queue(&self, name: &str) -> &sqs::Queue {
        self.queues.get(name).unwrap_or_else(|| panic!("there is no queue {name}"))
    }

    /// Every queue.
    pub fn queues(&self) -> impl Iterator<Item = &sqs::Queue> {
        self.queues.values()
    }

    /// The import queue as it stands.
    #[must_use]
    pub fn import_queue(&self) -> Vec<Message> {
        self.queue_of(IMPORT).all(self.around.now())
    }

    /// The write-back queue as it stands.
    #[must_use]
    pub fn write_back_queue(&self) -> Vec<Message> {
        self.queue_of(WRITE_BACK).all(self.around.now())
    }

    /// Puts a raw message on the import queue, as a stranger might.
    pub fn put_message(&self, group: &str, body: &str) {
        self.queue_of(IMPORT).send(self.around.now(), group, None, body, Duration::ZERO);
    }

    /// ChangeMessageVisibility of the newest receive of a message on whichever queue has it; whether one stood.
    pub fn change_visibility(&self, id: &str, hidden: Duration) -> bool {
        let now = self.around.now();
        self.queues().any(|queue| queue.change_visibility_of(now, id, hidden))
    }

    /// Receives a batch for a function.
    pub(in crate::world) fn receive(&self, function: Function) -> Vec<Message> {
        let Some(mapping) = function.mapping else { return Vec::new() };
        let received = self.queue_of(function).receive(self.around.now(), mapping.batch);
        for message in &received {
            self.around.counters.delivered(mapping.queue.name, message.received);
            let line = || format!("{} gets {}, receive {}", function.name, message.id, message.received);
            self.around.witness.happens(self.around.now(), line, || message.body.clone());
        }
        received
    }

    /// After an invocation that ran to its end.
    pub(in crate::world) fn settle(&self, function: Function, received: &[Message], failed: &[String]) {
        self.queue_of(function).settle(self.around.now(), received, failed);
    }

    fn put<T: Serialize>(&self, queue: &sqs::Queue, all: &[(String, String, &T)]) {
        for (group, deduplication, one) in all {
            let Ok(body) = serde_json::to_string(one) else { continue };
            let body = self.as_released(body);
            self.around.isolation.message(queue.attributes().name, &body);
            self.around.offered.message(self.around.now(), &body);
            if let Some(message) = queue.send(self.around.now(), group, Some(deduplication), &body, Duration::ZERO) {
                self.around.watch.message(&message);
                let line = || format!("sends {} to {}", message.id, queue.attributes().name);
                self.around.witness.happens(self.around.now(), line, || message.body.clone());
            }
        }
    }

    /// The job queue of the function that asks; of a call by hand, of the tenant's pull.
    fn job_queue(&self, job: &Job) -> Option<&sqs::Queue> {
        let by = calling().map_or_else(|| self.actions.asks(), str::to_owned);
        let asks = FUNCTIONS.into_iter().find(|function| function.name == by);
        let own = asks.filter(|function| function.mapping.is_some_and(|mapping| !mapping.queue.fifo));
        let tenants = self.tenants.borrow();
        let kind = || {
            tenants.get(&job.tenant_id).and_then(|item| bridge::words::kind::Kind::named(item["erp"]["kind"].as_str()?))
        };
        Some(self.queue_of(own.or_else(|| kind().map(deployment::pull_of))?))
    }
}

impl Memory {
    /// Ten a call, as SQS takes them: a crash may leave the first ones on the queue.
    async fn put_records<'e>(&self, batches: impl Iterator<Item = &'e [Envelope]>) -> Result<()> {
        self.actions.note("Queue::import", "");
        for batch in batches {
            let all: Vec<_> = batch.iter().map(|one| (one.group.clone(), one.deduplication_id(), one)).collect();
            self.write(Peer::Queues, "queue import", || self.put(self.queue_of(IMPORT), &all)).await?;
        }
        Ok(())
    }
}

#[async_trait(?Send)]
impl Queue for Memory {
    async fn import(&self, envelopes: &[Envelope]) -> Result<()> {
        self.put_records(envelopes.chunks(sqs::MOST)).await
    }

    // They may overtake each other, all but the last: so they do.
    async fn import_side_by_side(&self, envelopes: &[Envelope]) -> Result<()> {
        let mut batches: Vec<&[Envelope]> = envelopes.chunks(sqs::MOST).collect();
        let before = batches.len().saturating_sub(1);
        batches[..before].reverse();
        self.put_records(batches.into_iter()).await
    }

    async fn write_back(&self, notices: &[Notice]) -> Result<()> {
        self.actions.note("Queue::write_back", "");
        for batch in notices.chunks(sqs::MOST) {
            let all: Vec<_> = batch.iter().map(|one| (one.group(), one.deduplication_id(), one)).collect();
            self.write(Peer::Queues, "queue write-back", || self.put(self.queue_of(WRITE_BACK), &all)).await?;
        }
        Ok(())
    }

    async fn put_off(&self, queue: Fifo, pauses: &[(String, Duration)]) -> Result<()> {
        self.actions.note("Queue::put_off", queue.word());
        let queue = self.queue_of(match queue {
            Fifo::Import => IMPORT,
            Fifo::WriteBack => WRITE_BACK,
        });
        for batch in pauses.chunks(sqs::MOST) {
            let now = self.around.now();
            let all = || {
                for (id, pause) in batch {
                    queue.change_visibility_of(now, id, *pause);
                }
            };
            self.write(Peer::Queues, "queue put off", all).await?;
        }
        Ok(())
    }

    async fn import_depth(&self) -> Result<usize> {
        self.actions.note("Queue::import_depth", "");
        let depth = self.queue_of(IMPORT).depth(self.around.now());
        let depth = self.about(depth.waiting + depth.hidden);
        self.read(Peer::Queues, "queue depth", || depth).await
    }

    async fn jobs(&self, jobs: &[Job], pause: Duration) -> Result<()> {
        self.actions.note("Queue::jobs", "");
        for batch in jobs.chunks(sqs::MOST) {
            let all = || {
                for job in batch {
                    let queue = self.job_queue(job).ok_or_else(|| Fault::Unexpected("there is no job queue".into()))?;
                    let body = self.as_released(serde_json::to_string(job).unwrap_or_default());
                    self.around.isolation.message(queue.attributes().name, &body);
                    if let Some(message) = queue.send(self.around.now(), "", None, &body, pause) {
                        self.around.watch.message(&Message { group: job.tenant_id.clone(), ..message });
                    }
                }
                Ok(())
            };
            self.write(Peer::Queues, "queue jobs", all).await??;
        }
        Ok(())
    }
}
