//! The last fault that gave a tenant's messages back to a queue: the sign that they are there and being tried, and what a
//! person is told of them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::ports::{Fifo, Item, Ports};
use crate::tenant::Tenant;
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
}

fn sk(queue: Fifo) -> String {
    format!("delivery-fault#{}", queue.word())
}

impl DeliveryFault {
    /// Notes a fault. Of several at one time, any one stays.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn note(ports: &Ports, queue: Fifo, tenant_id: &str, fault: &Fault) -> Result<()> {
        let (pk, sk) = (Tenant::partition(tenant_id), sk(queue));
        let rev = ports.state.get(&pk, &sk).await?.map_or(0, |item| item.rev);
        let body = json!(Self { at: ports.clock.now(), fault: fault.name().to_owned(), reason: fault.to_string() });
        ports.state.put(Item { pk, sk, rev: rev + 1, body, expires: None }).await.map(|_| ())
    }

    /// The last one of a tenant.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn read(ports: &Ports, queue: Fifo, tenant_id: &str) -> Result<Option<Self>> {
        let item = ports.state.get(&Tenant::partition(tenant_id), &sk(queue)).await?;
        item.map(|item| serde_json::from_value(item.body).map_err(|error| Fault::Unexpected(error.to_string())))
            .transpose()
    }
}
