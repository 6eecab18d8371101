//! Webhooks in the world.

use std::time::Duration;

use bridge::doors::webhook::{self, Incoming, Reply};
use bridge::words::secret::Secret;
use serde_json::{Value, json};

use super::deployment;
use super::{Ended, Invocation, World};

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
                Ended::Crashed | Ended::TimedOut => reply = Reply::Unavailable,
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
        let invocation = self.by_hand(deployment::function("ongoing-webhook"));
        let Invocation { ports, run, .. } = &invocation;
        let token = Some(Secret::new(token.to_owned()));
        let incoming = Incoming { tenant_id, token, body: body.as_bytes(), run };
        self.lived(&invocation, webhook::receive(ports, &incoming)).await
    }
}
