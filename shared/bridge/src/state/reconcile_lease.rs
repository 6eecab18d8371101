//! Who reconciles a tenant. The lease stands on the item that says how far the last look came, so that a look that finds
//! nothing costs one read and two writes. It ends with its holder's deadline: a crash cannot keep it.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::ports::{Item, Ports, Put, Run};
use crate::tenant::Tenant;
use crate::words::fault::Result;

const SK: &str = "reconcile";

/// The member of the item that says who is at it, and until when.
const HELD: &str = "held";

/// The right to reconcile a tenant.
#[derive(Debug)]
pub struct ReconcileLease {
    item: Item,
}

impl ReconcileLease {
    /// Takes the lease, or `None` while somebody else holds it.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn take(ports: &Ports, tenant_id: &str, run: &Run) -> Result<Option<Self>> {
        let pk = Tenant::partition(tenant_id);
        let before = ports.state.get(&pk, SK).await?;
        let (rev, mut body) = before.map_or_else(|| (0, json!({})), |item| (item.rev, item.body));
        let until = body[HELD]["until"].as_str().and_then(|until| until.parse::<Timestamp>().ok());
        if until.is_some_and(|until| until > ports.clock.now()) {
            return Ok(None);
        }
        body[HELD] = json!({ "run": run.id, "until": run.deadline });
        let item = Item { pk, sk: SK.to_owned(), rev: rev + 1, body, expires: None };
        Ok((ports.state.put(item.clone()).await? == Put::Done).then_some(Self { item }))
    }

    /// How far the last look came, as it was given back.
    #[must_use]
    pub fn progress(&self) -> Value {
        without_lease(self.item.body.clone())
    }

    /// Gives the lease back, with how far this look came.
    ///
    /// # Errors
    /// When the store cannot be reached; the lease then runs out by itself.
    pub async fn give_back(self, ports: &Ports, progress: Value) -> Result<()> {
        let item = Item { rev: self.item.rev + 1, body: without_lease(progress), ..self.item };
        // A conflict: it ran out, and another run is at it. Both queued what they found, and the write-back does it once.
        ports.state.put(item).await.map(|_| ())
    }
}

fn without_lease(mut body: Value) -> Value {
    if let Some(members) = body.as_object_mut() {
        members.remove(HELD);
    }
    body
}
