//! A message of a queue, in the characters and lengths that SQS takes.

use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use bridge::words::digest::sha256;
use bridge::words::fault::{Fault, Result};
use serde::Serialize;

/// The longest message group id.
const GROUP: usize = 128;

/// A message before it is sent.
pub(crate) struct Message {
    /// As it travels.
    pub(crate) body: String,
    /// When it comes, and after which others.
    pub(crate) order: Order,
}

/// When a message comes.
pub(crate) enum Order {
    /// On a FIFO queue: after those of its group, once for equal deduplication ids.
    Fifo {
        /// As SQS takes it.
        group: String,
        /// Equal for a doubled send.
        deduplication: String,
    },
    /// On another queue: after so many seconds.
    Delayed(i32),
}

impl Order {
    pub(crate) fn fifo(name: &str, deduplication: String) -> Self {
        Self::Fifo { group: group(name), deduplication }
    }

    pub(crate) fn group(&self) -> Option<&str> {
        match self {
            Self::Fifo { group, .. } => Some(group),
            Self::Delayed(_) => None,
        }
    }
}

/// A message's body. SQS refuses two characters that JSON takes, and JSON has another way to write them.
pub(crate) fn body(value: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string(value);
    let text = text.map_err(|error| Fault::Unexpected(format!("a message cannot be written: {error}")))?;
    Ok(text.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff"))
}

/// A message as an entry of a batch, under its place.
pub(crate) fn entry(at: usize, message: &Message) -> Result<SendMessageBatchRequestEntry> {
    let entry = SendMessageBatchRequestEntry::builder().id(at.to_string()).message_body(&message.body);
    let entry = match &message.order {
        Order::Fifo { group, deduplication } => entry.message_group_id(group).message_deduplication_id(deduplication),
        // Said only where there is one: a queue's own delay counts otherwise.
        Order::Delayed(0) => entry,
        Order::Delayed(seconds) => entry.delay_seconds(*seconds),
    };
    entry.build().map_err(|_| Fault::Unexpected("SendMessageBatch: the call cannot be built".into()))
}

/// A group id of what SQS allows: letters, digits and ASCII punctuation, at most 128. What has to be changed for that
/// stays different from every other group by its hash.
pub(crate) fn group(name: &str) -> String {
    if !name.is_empty() && name.len() <= GROUP && name.bytes().all(|byte| byte.is_ascii_graphic()) {
        return name.to_owned();
    }
    let readable = name.chars().map(|c| if c.is_ascii_graphic() { c } else { '_' }).take(GROUP - 33);
    let hash = sha256(name);
    readable.chain(['.']).chain(hash.chars().take(32)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_id_is_always_one_that_sqs_takes() {
        assert_eq!(group("api.ongoingsystems.se.acme.api.v1.159"), "api.ongoingsystems.se.acme.api.v1.159");
        let long = "x".repeat(200);
        for name in ["", "lager ett", "lager_ett", "å", &long, &format!("{long}y")] {
            let group = group(name);
            assert!((1..=GROUP).contains(&group.len()) && group.bytes().all(|b| b.is_ascii_graphic()), "{group}");
        }
        assert_ne!(group("lager ett"), group("lager_ett"));
        assert_ne!(group(&long), group(&format!("{long}y")));
    }

    #[test]
    fn characters_that_sqs_refuses_are_written_the_other_way() {
        let written = body(&"a\u{fffe}\u{ffff}\u{1}å").unwrap();
        assert_eq!(written, "\"a\\ufffe\\uffff\\u0001å\"");
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), "a\u{fffe}\u{ffff}\u{1}å");
    }
}
