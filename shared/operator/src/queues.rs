//! The queues of a stack and their dead-letter queues, as a person's command reaches them.

use std::cell::RefCell;
use std::collections::HashMap;

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, Message, MessageSystemAttributeName, QueueAttributeName,
};
use bridge::ports::message_queues::{HeldMessage, MessageQueues, Place, Work};
use bridge::words::fault::{Fault, Result};
use futures_util::future::try_join_all;
use jiff::Timestamp;

use crate::aws_client::AwsClient;
use crate::error_mapping::fault;
use crate::stack::Stack;

const SERVICE: &str = "sqs";

/// Messages of one receive.
const MOST: i32 = 10;

/// For how long what was received is hidden, seconds: a look is over by then, and one that was interrupted is forgotten.
const HIDDEN: i32 = 300;

/// How long a receive waits for messages, seconds: only a waiting one asks every server of the queue (SQS developer guide,
/// "Short and long polling").
const WAIT: i32 = 1;

/// What a queue has: waiting, hidden, and not yet shown.
const DEPTH: [QueueAttributeName; 3] = [
    QueueAttributeName::ApproximateNumberOfMessages,
    QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
    QueueAttributeName::ApproximateNumberOfMessagesDelayed,
];

/// The queues of a stack.
pub struct Queues<'a> {
    client: Client,
    stack: &'a Stack,
    /// Addresses that were asked for, by the queue's name.
    known: RefCell<HashMap<String, String>>,
}

impl<'a> Queues<'a> {
    /// Those of this stack.
    #[must_use]
    pub fn new(aws: &AwsClient, stack: &'a Stack) -> Self {
        Self { client: Client::new(aws.config()), stack, known: RefCell::default() }
    }

    /// How many messages each dead-letter queue has, about, by the queue that they come from. Asked side by side.
    ///
    /// # Errors
    /// As AWS refused.
    pub async fn dead_letters(&self) -> Result<Vec<(String, usize)>> {
        let depth = async |work: Work| Ok((work.to_string(), self.depth(Place::dead(work)).await?));
        try_join_all(Work::all().into_iter().map(depth)).await
    }

    /// A queue's address: from the stack's outputs, or by its name.
    async fn url(&self, place: Place) -> Result<String> {
        let output = match (place.work, place.dead) {
            (Work::Import, false) => "ImportQueueUrl",
            (Work::Import, true) => "ImportDeadLetterQueueUrl",
            (Work::WriteBack, false) => "WritebackQueueUrl",
            (Work::WriteBack, true) => "WritebackDeadLetterQueueUrl",
            (work, dead) => {
                return self.named(format!("{}-{work}-jobs{}", self.stack.name, if dead { "-dead" } else { "" })).await;
            }
        };
        self.stack.output(output).map(str::to_owned)
    }

    async fn named(&self, name: String) -> Result<String> {
        let known = self.known.borrow().get(&name).cloned();
        if let Some(url) = known {
            return Ok(url);
        }
        let answer = self.client.get_queue_url().queue_name(&name).send().await;
        let url = answer.map_err(|error| fault(SERVICE, &error))?.queue_url;
        let url = url.ok_or_else(|| Fault::Unexpected(format!("{SERVICE}: the queue {name} has no address")))?;
        self.known.borrow_mut().insert(name, url.clone());
        Ok(url)
    }
}

#[async_trait(?Send)]
impl MessageQueues for Queues<'_> {
    async fn depth(&self, place: Place) -> Result<usize> {
        let url = self.url(place).await?;
        let call = self.client.get_queue_attributes().queue_url(&url).set_attribute_names(Some(DEPTH.to_vec()));
        let answer = call.send().await.map_err(|error| fault(SERVICE, &error))?;
        let counts = answer.attributes.unwrap_or_default();
        let unsaid = || Fault::Unexpected(format!("{SERVICE}: {url} does not say how many messages it has"));
        counts.values().map(|count| count.parse::<usize>().map_err(|_| unsaid())).sum()
    }

    async fn receive(&self, place: Place) -> Result<Vec<HeldMessage>> {
        let url = self.url(place).await?;
        let call = self.client.receive_message().queue_url(url).max_number_of_messages(MOST);
        let call = call.visibility_timeout(HIDDEN).wait_time_seconds(WAIT);
        let call = call.message_system_attribute_names(MessageSystemAttributeName::All);
        let answer = call.send().await.map_err(|error| fault(SERVICE, &error))?;
        answer.messages.unwrap_or_default().into_iter().map(held).collect()
    }

    async fn release(&self, place: Place, messages: &[HeldMessage]) -> Result<()> {
        let url = self.url(place).await?;
        for some in messages.chunks(MOST as usize) {
            let entries: Vec<_> = some.iter().enumerate().map(shown).collect::<Result<_>>()?;
            let call = self.client.change_message_visibility_batch().queue_url(&url).set_entries(Some(entries));
            // One that is not released shows again by itself.
            call.send().await.map_err(|error| fault(SERVICE, &error))?;
        }
        Ok(())
    }

    async fn send(&self, work: Work, group: &str, deduplication: &str, body: &str) -> Result<()> {
        let url = self.url(Place { work, dead: false }).await?;
        let mut call = self.client.send_message().queue_url(url).message_body(body);
        if !group.is_empty() {
            call = call.message_group_id(group).message_deduplication_id(deduplication);
        }
        call.send().await.map_err(|error| fault(SERVICE, &error)).map(|_| ())
    }

    async fn delete(&self, place: Place, message: &HeldMessage) -> Result<()> {
        let url = self.url(place).await?;
        let call = self.client.delete_message().queue_url(url).receipt_handle(&message.receipt);
        call.send().await.map_err(|error| fault(SERVICE, &error)).map(|_| ())
    }
}

fn shown((at, message): (usize, &HeldMessage)) -> Result<ChangeMessageVisibilityBatchRequestEntry> {
    let entry = ChangeMessageVisibilityBatchRequestEntry::builder().id(at.to_string());
    let entry = entry.receipt_handle(&message.receipt).visibility_timeout(0).build();
    entry.map_err(|error| Fault::Unexpected(error.to_string()))
}

fn held(message: Message) -> Result<HeldMessage> {
    let attributes = message.attributes.unwrap_or_default();
    let said = |name: MessageSystemAttributeName| attributes.get(&name).cloned();
    let sent = said(MessageSystemAttributeName::SentTimestamp).and_then(|sent| sent.parse::<i64>().ok());
    let sent = sent.and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok());
    let received = said(MessageSystemAttributeName::ApproximateReceiveCount).and_then(|count| count.parse().ok());
    let missing = || Fault::Unexpected(format!("{SERVICE}: a message comes without its id, receipt or time"));
    Ok(HeldMessage {
        id: message.message_id.ok_or_else(missing)?,
        receipt: message.receipt_handle.ok_or_else(missing)?,
        group: said(MessageSystemAttributeName::MessageGroupId).unwrap_or_default(),
        body: message.body.unwrap_or_default(),
        received: received.unwrap_or_default(),
        sent: sent.ok_or_else(missing)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_its_group_count_and_time_from_its_attributes() {
        let message = Message::builder().message_id("m").receipt_handle("r").body("{}");
        let message = message
            .attributes(MessageSystemAttributeName::SentTimestamp, "1767225600123")
            .attributes(MessageSystemAttributeName::ApproximateReceiveCount, "501")
            .attributes(MessageSystemAttributeName::MessageGroupId, "g");
        let held = held(message.build()).unwrap();
        assert_eq!(
            (held.group.as_str(), held.received, held.sent.to_string().as_str()),
            ("g", 501, "2026-01-01T00:00:00.123Z")
        );
        let nameless = super::held(Message::builder().body("{}").build());
        assert!(nameless.is_err());
    }
}
