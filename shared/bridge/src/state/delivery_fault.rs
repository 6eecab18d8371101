//! The last fault that gave a tenant's messages back to a queue: the sign that they are there and being tried, and what a
//! person is told of them.
//!
//! It ends with the first batch that deals with a message of the tenant which came again: what failed is at the head of its
//! group, so that nothing of the group gets past it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::http::classify::cause::cause;
use crate::ports::{Fifo, Item, Ports};
use crate::state::health::Trouble;
use crate::tenant::Tenant;
use crate::words::cause::Cause;
use crate::words::fault::{Fault, Result};

/// What gave messages back last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryFault {
    /// When.
    pub at: Timestamp,
    /// The fault's name.
    pub fault: String,
    /// In the system's words.
    pub reason: String,
    /// Whose fault it is; a release before 2026-12 did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The system that was called: `ongoing` or the ERP's word, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// When it was met first, of all batches in a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// In how many batches in a row.
    #[serde(default)]
    pub times: u32,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
}

fn sk(queue: Fifo) -> String {
    format!("delivery-fault#{}", queue.word())
}

impl DeliveryFault {
    /// Notes a fault of a system. Of several at one time, any one stays.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn note(
        ports: &Ports,
        queue: Fifo,
        tenant_id: &str,
        fault: &Fault,
        system: Option<String>,
    ) -> Result<()> {
        let (rev, before) = stored(ports, queue, tenant_id).await?;
        let before = before.and_then(|before| before.trouble());
        let met = Trouble::met(before.as_ref(), cause(fault), fault.to_string(), ports.clock.now());
        let body = Self {
            at: met.at,
            fault: fault.name().to_owned(),
            reason: met.reason,
            cause: Some(met.cause),
            system,
            since: Some(met.since),
            times: met.times,
            ended: None,
        };
        body.put(ports, queue, tenant_id, rev).await
    }

    /// Notes that messages get through again; nothing is written where nothing was in the way.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn end(ports: &Ports, queue: Fifo, tenant_id: &str) -> Result<()> {
        match stored(ports, queue, tenant_id).await? {
            (rev, Some(before)) if before.ended.is_none() => {
                Self { ended: Some(ports.clock.now()), ..before }.put(ports, queue, tenant_id, rev).await
            }
            _ => Ok(()),
        }
    }

    /// The last one of a tenant, over or not.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn read(ports: &Ports, queue: Fifo, tenant_id: &str) -> Result<Option<Self>> {
        Ok(stored(ports, queue, tenant_id).await?.1)
    }

    /// What is in the way of the messages, unless it is over.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        let (cause, reason) = (self.cause.unwrap_or(Cause::Other), self.reason.clone());
        let since = self.since.unwrap_or(self.at);
        self.ended.is_none().then(|| Trouble { cause, reason, since, at: self.at, times: self.times.max(1) })
    }

    /// What an item says, with its queue.
    #[must_use]
    pub fn of(item: &Item) -> Option<(Fifo, Self)> {
        let queue = [Fifo::Import, Fifo::WriteBack].into_iter().find(|queue| sk(*queue) == item.sk)?;
        Some((queue, serde_json::from_value(item.body.clone()).ok()?))
    }

    async fn put(&self, ports: &Ports, queue: Fifo, tenant_id: &str, rev: u64) -> Result<()> {
        let (pk, sk) = (Tenant::partition(tenant_id), sk(queue));
        ports.state.put(Item { pk, sk, rev: rev + 1, body: json!(self), expires: None }).await.map(|_| ())
    }
}

async fn stored(ports: &Ports, queue: Fifo, tenant_id: &str) -> Result<(u64, Option<DeliveryFault>)> {
    let Some(item) = ports.state.get(&Tenant::partition(tenant_id), &sk(queue)).await? else { return Ok((0, None)) };
    let fault = serde_json::from_value(item.body).map_err(|error| Fault::Unexpected(error.to_string()))?;
    Ok((item.rev, Some(fault)))
}
