//! The queues as the operator's command reaches them.

use std::time::Duration;

use async_trait::async_trait;
use bridge::ports::message_queues::{HeldMessage, MessageQueues, Place, Work};
use bridge::words::fault::{Fault, Result};

use super::Memory;
use crate::world::deployment::{IMPORT, RECONCILE, WRITE_BACK, pull_of};
use crate::world::rules::Peer;
use crate::world::sqs::{self, MOST, Message};

impl Memory {
    fn of(&self, work: Work) -> &sqs::Queue {
        self.queue_of(match work {
            Work::Import => IMPORT,
            Work::WriteBack => WRITE_BACK,
            Work::Pull(kind) => pull_of(kind),
            Work::Reconcile => RECONCILE,
        })
    }
}

fn held(message: Message) -> HeldMessage {
    let receipt = message.receipt_handle();
    let Message { id, group, body, received, sent, .. } = message;
    HeldMessage { id, receipt, group, body, received, sent }
}

#[async_trait(?Send)]
impl MessageQueues for Memory {
    async fn depth(&self, place: Place) -> Result<usize> {
        let (queue, now) = (self.of(place.work), self.around.now());
        let depth = || if place.dead { queue.dead_letters(now).len() } else { queue.all(now).len() };
        self.read(Peer::Queues, "depth", depth).await
    }

    async fn receive(&self, place: Place) -> Result<Vec<HeldMessage>> {
        let (queue, now) = (self.of(place.work), self.around.now());
        let receive = || if place.dead { queue.receive_dead(now) } else { queue.receive(now, MOST) };
        let received = self.write(Peer::Queues, "receive by hand", receive).await?;
        Ok(received.into_iter().map(held).collect())
    }

    async fn release(&self, place: Place, messages: &[HeldMessage]) -> Result<()> {
        let (queue, now) = (self.of(place.work), self.around.now());
        let release = || {
            for HeldMessage { receipt, .. } in messages {
                let _ = if place.dead { queue.show_dead(now, receipt) } else { queue.show_by_receipt(now, receipt) };
            }
        };
        self.write(Peer::Queues, "release by hand", release).await
    }

    async fn send(&self, work: Work, group: &str, deduplication: &str, body: &str) -> Result<()> {
        let queue = self.of(work);
        let deduplication = queue.attributes().fifo.then_some(deduplication);
        let send = || drop(queue.send(self.around.now(), group, deduplication, body, Duration::ZERO));
        self.write(Peer::Queues, "send by hand", send).await
    }

    async fn delete(&self, place: Place, message: &HeldMessage) -> Result<()> {
        let (queue, now, receipt) = (self.of(place.work), self.around.now(), &message.receipt);
        let delete =
            || if place.dead { queue.delete_dead(now, receipt) } else { queue.delete_by_receipt(now, receipt) };
        match self.write(Peer::Queues, "delete by hand", delete).await? {
            true => Ok(()),
            false => Err(Fault::unavailable("the receipt handle is no longer valid")),
        }
    }
}
