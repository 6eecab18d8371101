//! The queues: their depth, and waiting until they are empty.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use aws_sdk_sqs::types::QueueAttributeName;
use bridge::words::kind::Kind;

use crate::Result;
use crate::stack::{Stack, said};

/// How long a tick's work may take before something is wrong.
const PATIENCE: Duration = Duration::from_secs(120);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(150);

impl Stack {
    /// Messages in a queue, those in flight and those not due yet included.
    ///
    /// # Errors
    /// When the queue cannot be asked.
    pub async fn depth(&self, url: &str) -> Result<usize> {
        use QueueAttributeName as Name;
        let counts = [
            Name::ApproximateNumberOfMessages,
            Name::ApproximateNumberOfMessagesNotVisible,
            Name::ApproximateNumberOfMessagesDelayed,
        ];
        let ask = self.sqs.get_queue_attributes().queue_url(url).set_attribute_names(Some(counts.to_vec()));
        let given: HashMap<Name, String> = ask.send().await.map_err(said)?.attributes.unwrap_or_default();
        counts.iter().map(|name| Ok(given.get(name).map_or(Ok(0), |count| count.parse::<usize>())?)).sum()
    }

    /// Messages given up: the dead-letter queues of the import and the write-back, and those of the jobs.
    ///
    /// # Errors
    /// When a queue cannot be asked.
    pub async fn given_up(&self, kinds: &[Kind]) -> Result<usize> {
        let mut count = self.depth(&self.outputs.import_dead_letter_queue_url).await?;
        count += self.depth(&self.outputs.writeback_dead_letter_queue_url).await?;
        count += self.depth(&self.queue_url(&format!("{}-reconcile-jobs-dead", self.name)).await?).await?;
        for kind in kinds {
            count += self.depth(&self.queue_url(&format!("{}-pull-{kind}-jobs-dead", self.name)).await?).await?;
        }
        Ok(count)
    }

    /// Puts a message on the import queue, as it is.
    ///
    /// # Errors
    /// When it is not taken.
    pub async fn import_message(&self, group: &str, body: &str) -> Result {
        let send = self.sqs.send_message().queue_url(&self.outputs.import_queue_url).message_body(body);
        let unique = format!("by-hand-{}", jiff::Timestamp::now().as_nanosecond());
        send.message_group_id(group).message_deduplication_id(unique).send().await.map_err(said)?;
        Ok(())
    }

    /// Puts a message on the import's dead-letter queue, as it is.
    ///
    /// # Errors
    /// When it is not taken.
    pub async fn dead_letter(&self, group: &str, body: &str) -> Result {
        let send = self.sqs.send_message().queue_url(&self.outputs.import_dead_letter_queue_url).message_body(body);
        let unique = format!("dead-{}", jiff::Timestamp::now().as_nanosecond());
        send.message_group_id(group).message_deduplication_id(unique).send().await.map_err(said)?;
        Ok(())
    }

    /// Whether no job of these ERPs and no record is under way.
    ///
    /// # Errors
    /// When a queue cannot be asked.
    pub async fn is_quiet(&self, kinds: &[Kind]) -> Result<bool> {
        let mut waiting = 0;
        for kind in kinds {
            waiting += self.depth(&self.queue_url(&format!("{}-pull-{kind}-jobs", self.name)).await?).await?;
        }
        Ok(waiting + self.depth(&self.outputs.import_queue_url).await? == 0)
    }

    /// Waits until no job and no record is under way, and calls `look` meanwhile and once more after.
    ///
    /// A job's records are queued before the job is done, so jobs are asked for first: what they have left is seen then.
    ///
    /// # Errors
    /// When it never becomes quiet, or `look` fails.
    pub async fn until_quiet(&self, kinds: &[Kind], mut look: impl AsyncFnMut() -> Result) -> Result {
        let mut jobs = Vec::new();
        for kind in kinds {
            jobs.push(self.queue_url(&format!("{}-pull-{kind}-jobs", self.name)).await?);
        }
        let until = Instant::now() + PATIENCE;
        loop {
            let mut waiting = 0;
            for url in &jobs {
                waiting += self.depth(url).await?;
            }
            let records = self.depth(&self.outputs.import_queue_url).await?;
            look().await?;
            if waiting + records == 0 {
                return Ok(());
            }
            if Instant::now() > until {
                return Err(format!(
                    "after {} s there are still {waiting} jobs and {records} records under way",
                    PATIENCE.as_secs()
                )
                .into());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Waits until every notice has been dealt with, and tells `look` how many have not.
    ///
    /// # Errors
    /// When it never becomes quiet.
    pub async fn until_written_back(&self, mut look: impl FnMut(usize)) -> Result {
        let until = Instant::now() + PATIENCE;
        loop {
            let waiting = self.depth(&self.outputs.writeback_queue_url).await?;
            look(waiting);
            if waiting == 0 {
                return Ok(());
            }
            if Instant::now() > until {
                return Err(
                    format!("after {} s there are still {waiting} notices under way", PATIENCE.as_secs()).into()
                );
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn queue_url(&self, name: &str) -> Result<String> {
        let answer = self.sqs.get_queue_url().queue_name(name).send().await.map_err(said)?;
        answer.queue_url.ok_or_else(|| format!("{name}: no address").into())
    }
}
