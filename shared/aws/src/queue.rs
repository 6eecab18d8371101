//! The queues: import and write-back (FIFO), and the function's own job queue.

use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{BatchResultErrorEntry, ChangeMessageVisibilityBatchRequestEntry, QueueAttributeName};
use bridge::ports::{Fifo, Queue};
use bridge::words::envelope::{Envelope, Job, Notice};
use bridge::words::fault::{Fault, Result};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde::Serialize;

use crate::environment::{Addresses, IMPORT_QUEUE_URL, JOB_QUEUE_URL, WRITEBACK_QUEUE_URL};
use crate::error_mapping::fault;
use crate::message::{Message, Order, body, entry};

/// Messages of one batch.
const BATCH: usize = 10;

/// Batches that are on their way at one time. A message group takes 300 calls a second (SQS, quotas of FIFO queues), each of
/// which takes some 10 ms.
const AT_ONCE: usize = 4;

/// Bytes of one batch: SQS takes 256 KiB everywhere.
const BYTES: usize = 256 * 1024;

/// The longest that SQS holds a message back at first.
const LONGEST_DELAY: Duration = Duration::from_secs(900);

/// What a queue has: waiting, hidden, and not yet shown. All are approximate, and right within a minute of quiet (SQS API
/// reference, `GetQueueAttributes`).
const DEPTH: [QueueAttributeName; 3] = [
    QueueAttributeName::ApproximateNumberOfMessages,
    QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
    QueueAttributeName::ApproximateNumberOfMessagesDelayed,
];

/// Times a message is sent before the queue counts as not available.
const ROUNDS: u32 = 5;

/// The queues on SQS.
pub struct Queues {
    client: Client,
    addresses: Addresses,
}

impl Queues {
    /// The queues at these addresses.
    #[must_use]
    pub fn new(client: Client, addresses: Addresses) -> Self {
        Self { client, addresses }
    }

    /// Sends what there is to the queue whose address is in `variable`.
    async fn put<T: Serialize>(
        &self,
        variable: &'static str,
        address: Option<&String>,
        all: &[T],
        at_once: usize,
        order: impl Fn(&T) -> Order,
    ) -> Result<()> {
        if all.is_empty() {
            return Ok(());
        }
        let url = address.ok_or_else(|| Fault::Unexpected(format!("there is no {variable}")))?;
        let message = |one: &T| Ok(Message { body: body(one)?, order: order(one) });
        self.send(url, &all.iter().map(message).collect::<Result<Vec<_>>>()?, at_once).await
    }

    async fn put_records(&self, envelopes: &[Envelope], at_once: usize) -> Result<()> {
        let order = |envelope: &Envelope| Order::fifo(&envelope.group, envelope.deduplication_id());
        self.put(IMPORT_QUEUE_URL, self.addresses.import.as_ref(), envelopes, at_once, order).await
    }

    /// Sends batch by batch, so many at one time, and the last one after all others.
    async fn send(&self, url: &str, messages: &[Message], at_once: usize) -> Result<()> {
        let sizes: Vec<usize> = messages.iter().map(|message| message.body.len()).collect();
        let mut batches = batches(&sizes);
        let Some(last) = batches.pop() else { return Ok(()) };
        let before = stream::iter(batches).map(|batch| self.batch(url, &messages[batch]));
        before.buffer_unordered(at_once).try_for_each(|()| async { Ok(()) }).await?;
        self.batch(url, &messages[last]).await
    }

    /// Sends one batch; what failed is sent again with everything behind it in its group, so that the order stays. What
    /// had arrived already is known to the queue by its deduplication id.
    async fn batch(&self, url: &str, messages: &[Message]) -> Result<()> {
        let mut left: Vec<usize> = (0..messages.len()).collect();
        let mut code = String::new();
        for round in 0..ROUNDS {
            let entries = left.iter().map(|&at| entry(at, &messages[at])).collect::<Result<Vec<_>>>()?;
            let call = self.client.send_message_batch().queue_url(url).set_entries(Some(entries));
            let answer = call.send().await.map_err(|error| fault("SendMessageBatch", &error))?;
            let Some(first) = answer.failed().first() else { return Ok(()) };
            code.clone_from(&first.code);
            if let Some(refused) = answer.failed().iter().find(|failed| failed.sender_fault) {
                return Err(Fault::Unexpected(format!("SendMessageBatch: a message is refused: {}", refused.code)));
            }
            left = again(&left, answer.failed(), messages);
            tokio::time::sleep(Duration::from_millis(100 << round)).await;
        }
        Err(Fault::unavailable(format!("SendMessageBatch: {} messages failed {ROUNDS} times: {code}", left.len())))
    }
}

#[async_trait(?Send)]
impl Queue for Queues {
    async fn import(&self, envelopes: &[Envelope]) -> Result<()> {
        self.put_records(envelopes, 1).await
    }

    async fn import_side_by_side(&self, envelopes: &[Envelope]) -> Result<()> {
        self.put_records(envelopes, AT_ONCE).await
    }

    async fn write_back(&self, notices: &[Notice]) -> Result<()> {
        let order = |notice: &Notice| Order::fifo(&notice.group(), notice.deduplication_id());
        self.put(WRITEBACK_QUEUE_URL, self.addresses.write_back.as_ref(), notices, 1, order).await
    }

    async fn put_off(&self, queue: Fifo, pauses: &[(String, Duration)]) -> Result<()> {
        let (variable, address) = match queue {
            Fifo::Import => (IMPORT_QUEUE_URL, self.addresses.import.as_ref()),
            Fifo::WriteBack => (WRITEBACK_QUEUE_URL, self.addresses.write_back.as_ref()),
        };
        let url = address.ok_or_else(|| Fault::Unexpected(format!("there is no {variable}")))?;
        for batch in pauses.chunks(BATCH) {
            let entries = batch.iter().enumerate().map(visibility).collect::<Result<Vec<_>>>()?;
            let call = self.client.change_message_visibility_batch().queue_url(url).set_entries(Some(entries));
            let answer = call.send().await.map_err(|error| fault("ChangeMessageVisibilityBatch", &error))?;
            if let Some(failed) = answer.failed().first() {
                // A handle that is no longer valid: the message was received again, or deleted.
                let (code, count) = (&failed.code, answer.failed().len());
                return Err(Fault::unavailable(format!("ChangeMessageVisibilityBatch: {count} failed: {code}")));
            }
        }
        Ok(())
    }

    async fn import_depth(&self) -> Result<usize> {
        let url = self.addresses.import.as_ref();
        let url = url.ok_or_else(|| Fault::Unexpected(format!("there is no {IMPORT_QUEUE_URL}")))?;
        let call = self.client.get_queue_attributes().queue_url(url).set_attribute_names(Some(DEPTH.to_vec()));
        let answer = call.send().await.map_err(|error| fault("GetQueueAttributes", &error))?;
        let counts = answer.attributes().into_iter().flatten();
        counts
            .map(|(name, count)| {
                count
                    .parse::<usize>()
                    .map_err(|_| Fault::Unexpected(format!("GetQueueAttributes: {name} is no number")))
            })
            .sum()
    }

    async fn jobs(&self, jobs: &[Job], pause: Duration) -> Result<()> {
        let delay = i32::try_from(pause.min(LONGEST_DELAY).as_secs()).unwrap_or_default();
        self.put(JOB_QUEUE_URL, self.addresses.jobs.as_ref(), jobs, 1, |_| Order::Delayed(delay)).await
    }
}

/// A message's pause, in whole seconds.
fn visibility(
    (at, (receipt, pause)): (usize, &(String, Duration)),
) -> Result<ChangeMessageVisibilityBatchRequestEntry> {
    ChangeMessageVisibilityBatchRequestEntry::builder()
        .id(at.to_string())
        .receipt_handle(receipt)
        .visibility_timeout(i32::try_from(pause.as_secs()).unwrap_or(i32::MAX))
        .build()
        .map_err(|error| Fault::Unexpected(error.to_string()))
}

/// Where each batch begins and ends, in order.
fn batches(sizes: &[usize]) -> Vec<Range<usize>> {
    let mut batches = Vec::new();
    let (mut from, mut bytes) = (0, 0);
    for (at, size) in sizes.iter().enumerate() {
        if at > from && (at - from == BATCH || bytes + size > BYTES) {
            batches.push(from..at);
            (from, bytes) = (at, 0);
        }
        bytes += size;
    }
    if from < sizes.len() {
        batches.push(from..sizes.len());
    }
    batches
}

/// The messages to retry: those that failed, and those behind them in their groups.
fn again(sent: &[usize], failed: &[BatchResultErrorEntry], messages: &[Message]) -> Vec<usize> {
    let group = |at: usize| messages[at].order.group();
    let mut held: Vec<&str> = Vec::new();
    let mut again = Vec::new();
    for &at in sent {
        let behind = group(at).is_some_and(|group| held.contains(&group));
        if behind || failed.iter().any(|failed| failed.id == at.to_string()) {
            again.push(at);
            held.extend(group(at));
        }
    }
    again
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(group: &str) -> Message {
        Message { body: "{}".into(), order: Order::Fifo { group: group.into(), deduplication: "d".into() } }
    }

    #[test]
    fn a_batch_ends_at_ten_messages_or_before_it_is_too_large() {
        assert_eq!(batches(&[]), []);
        assert_eq!(batches(&[1; 25]), [0..10, 10..20, 20..25]);
        assert_eq!(batches(&[BYTES / 2, BYTES / 2, 1]), [0..2, 2..3]);
        assert_eq!(batches(&[BYTES - 1, 2, BYTES, 1]), [0..1, 1..2, 2..3, 3..4]);
    }

    #[test]
    fn what_failed_goes_again_with_what_is_behind_it_in_its_group() {
        let messages = ["a", "b", "a", "b", "a"].map(message);
        let failed =
            BatchResultErrorEntry::builder().id("2").code("InternalError").sender_fault(false).build().unwrap();
        assert_eq!(again(&[0, 1, 2, 3, 4], std::slice::from_ref(&failed), &messages), [2, 4]);
        let jobs = [(); 5].map(|()| Message { body: "{}".into(), order: Order::Delayed(0) });
        assert_eq!(again(&[0, 1, 2, 3, 4], &[failed], &jobs), [2]);
    }
}
