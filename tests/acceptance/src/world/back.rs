//! The way back in the world: webhooks, the write-back, the reconcile.

use std::time::Duration;

use bridge::doors::webhook::{self, Incoming, Reply};
use bridge::roads::{reconcile, write_back};
use bridge::words::secret::Secret;
use serde_json::{Value, json};

use super::memory::Message;
use super::{Ended, IMPORT_TIME, PULL_TIME, TICK, World};

impl World {
    /// The webhooks that Ongoing would have sent after event `after`, and the last event's id.
    #[must_use]
    pub fn webhooks(&self, after: i64) -> (Vec<Value>, i64) {
        let all = self.warehouse("webhooks", &json!({ "since_id": after }));
        let payloads: Vec<Value> = all["webhooks"].as_array().cloned().unwrap_or_default();
        let last = payloads.iter().filter_map(|payload| payload["webhookEventId"].as_i64()).max().unwrap_or(after);
        (payloads, last)
    }

    /// Ongoing posts a webhook for tenant `acme`, and comes again while it is not taken.
    pub async fn post(&self, payload: &Value) -> Reply {
        let mut reply = Reply::Unavailable;
        for _ in 0..5 {
            match self.post_once("acme", "webhook-token-0001", &payload.to_string()).await {
                Ended::Ran(answered) => reply = answered,
                Ended::Crashed => reply = Reply::Unavailable,
            }
            if reply != Reply::Unavailable {
                break;
            }
            self.wait(Duration::from_secs(60)).await;
        }
        reply
    }

    /// One call to the webhook function.
    pub async fn post_once(&self, tenant_id: &str, token: &str, body: &str) -> Ended<Reply> {
        self.memory.actions.by("ongoing-webhook");
        let ports = self.ports();
        let run = self.run(Duration::from_secs(10));
        let token = Some(Secret::new(token.to_owned()));
        let incoming = Incoming { tenant_id, token, body: body.as_bytes(), correlation_id: &run.id };
        self.alive(webhook::receive(&ports, &incoming)).await
    }

    /// Invokes the write-back until its queue is empty or gives nothing more.
    pub async fn write_back_all(&self) {
        for _ in 0..300 {
            if self.memory.write_back_queue().is_empty() {
                return;
            }
            if !self.write_back().await {
                self.wait(IMPORT_TIME * 6).await;
            }
        }
    }

    /// One batch of the write-back; whether all of it was taken off the queue.
    pub async fn write_back(&self) -> bool {
        self.memory.actions.by("writeback");
        let messages = self.memory.receive_back(10);
        let deliveries = messages.iter().map(Message::delivery).collect();
        let ports = self.ports();
        let run = self.run(IMPORT_TIME);
        match self.alive(write_back::batch(&ports, &run, deliveries)).await {
            Ended::Ran(back) => {
                self.memory.delete_back(&messages, &back);
                back.is_empty()
            }
            Ended::Crashed => false,
        }
    }

    /// One schedule event of the reconcile, its jobs, and the write-backs that follow. The clock then stands at the next
    /// tick.
    pub async fn reconcile(&self) {
        let began = self.now();
        self.memory.actions.by("reconcile");
        let ports = self.ports();
        let _ = self.alive(reconcile::schedule(&ports)).await;
        for job in self.memory.take_jobs() {
            for _ in 0..3 {
                let ports = self.ports();
                let run = self.run(PULL_TIME);
                if let Ended::Ran(Ok(_)) = self.alive(reconcile::job(&ports, &run, &job.tenant_id)).await {
                    break;
                }
                self.wait(PULL_TIME * 6).await;
            }
        }
        self.write_back_all().await;
        let next = began + TICK;
        if let Ok(rest) = Duration::try_from(next.duration_since(self.now())) {
            self.wait(rest).await;
        }
    }
}
