//! Leases on the state table: a lease keeps two invocations from the same work. It ends with its holder's deadline, so a
//! crash cannot keep it.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crate::ports::{Item, Ports, Put, Run};
use crate::tenant::Tenant;
use crate::words::fault::{Fault, Result};

/// How long a lease is held after the last page: handing out needs no ERP and no Ongoing.
pub(crate) const HANDING_OUT: Duration = Duration::from_secs(300);

/// The right to pull one feed, or to reconcile.
#[derive(Debug)]
pub struct Lease {
    item: Item,
}

impl Lease {
    /// Takes the lease, or `None` while somebody else holds it.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn take(ports: &Ports, tenant_id: &str, what: &str, run: &Run) -> Result<Option<Self>> {
        let pk = Tenant::partition(tenant_id);
        let sk = format!("lease#{what}");
        let held = ports.state.get(&pk, &sk).await?;
        let now = ports.clock.now();
        let until = |item: &Item| item.body["until"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
        if held.as_ref().and_then(until).is_some_and(|until| until > now) {
            return Ok(None);
        }
        let item = Item {
            pk,
            sk,
            rev: held.map_or(0, |item| item.rev) + 1,
            body: json!({ "run": run.id, "until": run.deadline }),
            expires: None,
        };
        Ok((ports.state.put(item.clone()).await? == Put::Done).then_some(Self { item }))
    }

    /// Holds it until a later moment.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] when it ran out and somebody else has it now; when the store cannot be reached.
    pub async fn renew(&mut self, ports: &Ports, until: Timestamp) -> Result<()> {
        let mut item = self.item.clone();
        item.rev += 1;
        item.body["until"] = json!(until);
        if ports.state.put(item.clone()).await? == Put::Conflict {
            return Err(Fault::unavailable("the lease ran out, and another run has it"));
        }
        self.item = item;
        Ok(())
    }

    /// Gives the lease back.
    ///
    /// # Errors
    /// When the store cannot be reached; the lease then runs out by itself.
    pub async fn give_back(self, ports: &Ports) -> Result<()> {
        ports.state.delete(&self.item.pk, &self.item.sk, self.item.rev).await.map(|_| ())
    }
}
