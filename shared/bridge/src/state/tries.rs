//! How often the work of a message was begun. A queue's receive count rises for what was not begun as well; this one is
//! noted before the first call is made, so that it outlives a process that is killed.

use std::time::Duration;

use serde_json::json;

use crate::ports::{Fifo, Item, Ports, Put};
use crate::tenant::Tenant;
use crate::words::fault::Result;
use crate::words::received_message::ReceivedMessage;

/// No message lives longer than this, the dead-letter queue's time included.
const KEPT: Duration = Duration::from_secs(29 * 24 * 60 * 60);

/// The tries of one message.
pub(crate) struct Tries {
    pk: String,
    sk: String,
    rev: u64,
    /// Begun so far.
    pub count: u32,
}

impl Tries {
    /// Notes that the work of a message begins. Of a message that comes for the first time nothing is written: nearly all
    /// of them end well.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn begin(
        ports: &Ports,
        queue: Fifo,
        tenant_id: Option<&str>,
        delivery: &ReceivedMessage,
    ) -> Result<Self> {
        // What nobody can read is nobody's.
        let pk = tenant_id.map_or_else(|| "unreadable".to_owned(), Tenant::partition);
        let sk = format!("tries#{}#{}", queue.word(), delivery.id);
        if delivery.received <= 1 {
            return Ok(Self { pk, sk, rev: 0, count: 1 });
        }
        let item = ports.state.get(&pk, &sk).await?;
        let before = item.as_ref().and_then(|item| item.body["count"].as_u64()).unwrap_or_default();
        let count = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
        let mut tries = Self { pk, sk, rev: item.map_or(0, |item| item.rev), count };
        tries.write(ports).await?;
        Ok(tries)
    }

    /// Notes a first try that failed.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn failed(&mut self, ports: &Ports) -> Result<()> {
        if self.rev == 0 { self.write(ports).await } else { Ok(()) }
    }

    /// Takes back what was noted: nothing was sent after all.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn not_begun(&mut self, ports: &Ports) -> Result<()> {
        self.count -= 1;
        if self.rev > 0 { self.write(ports).await } else { Ok(()) }
    }

    async fn write(&mut self, ports: &Ports) -> Result<()> {
        let item = Item {
            pk: self.pk.clone(),
            sk: self.sk.clone(),
            rev: self.rev + 1,
            body: json!({ "count": self.count }),
            expires: Some(ports.clock.now() + KEPT),
        };
        // A conflict: the message was delivered twice, and the other one counts.
        if ports.state.put(item).await? == Put::Done {
            self.rev += 1;
        }
        Ok(())
    }
}
