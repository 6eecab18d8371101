//! Messages of another release than the one that reads them, and a depth that is no more than about right.

use serde_json::{Value, json};

use super::Memory;

/// Whose messages are put on the queues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Release {
    /// This release's.
    #[default]
    This,
    /// An earlier one's: a job says no more than whose feeds are meant, and since when.
    Earlier,
    /// A later one's: members that nobody knows yet.
    Later,
}

/// What a job has had since 2026-12.
const LATER_OF_A_JOB: [&str; 4] = ["queued_at", "orders_first", "until", "put_off"];

impl Memory {
    /// From now on messages are put on the queues as this release writes them.
    pub fn writes_as(&self, release: Release) {
        self.release.set(release);
    }

    /// From now on the queue says of its depth that it is so much more than it is, of a hundred; or less.
    pub fn depth_is_off(&self, percent: i64) {
        self.rough.set(percent);
    }

    /// `ApproximateNumberOfMessages` (SQS API reference, `GetQueueAttributes`).
    pub(super) fn about(&self, depth: usize) -> usize {
        let depth = i64::try_from(depth).unwrap_or(i64::MAX);
        usize::try_from(depth + depth * self.rough.get() / 100).unwrap_or_default()
    }

    /// A message's body as the release writes it.
    pub(super) fn as_released(&self, body: String) -> String {
        let release = self.release.get();
        if release == Release::This {
            return body;
        }
        let Ok(mut message) = serde_json::from_str::<Value>(&body) else { return body };
        let is_job = message.get("v").is_none();
        match release {
            Release::Earlier if is_job => {
                let Some(members) = message.as_object_mut() else { return body };
                members.retain(|name, _| !LATER_OF_A_JOB.contains(&name.as_str()));
            }
            Release::Later => {
                message["of_a_later_release"] = json!({ "why": "nobody knows it yet" });
                // Of an envelope: the record is the only member of an object with one name.
                let record = message.get_mut("record").and_then(Value::as_object_mut);
                for whole in record.into_iter().flat_map(|record| record.values_mut()) {
                    if let Some(whole) = whole.as_object_mut() {
                        whole.insert("of_a_later_release".to_owned(), json!(1));
                    }
                }
            }
            Release::This | Release::Earlier => {}
        }
        message.to_string()
    }
}
