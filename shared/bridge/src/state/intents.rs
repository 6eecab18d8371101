//! Stored intents: what is about to be done in an ERP that cannot be done twice.

use jiff::Timestamp;
use serde_json::json;

use crate::ports::{Item, Ports, Put};
use crate::tenant::Tenant;
use crate::words::fault::{Fault, Result};

/// The intents of one tenant.
pub struct Intents<'a> {
    ports: &'a Ports,
    pk: String,
}

/// What `begin` found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Nobody has begun this; it is noted now, and may be done.
    First,
    /// It was begun at this moment, and whether it took effect is not known.
    Before(Timestamp),
}

impl<'a> Intents<'a> {
    /// The intents of a tenant.
    #[must_use]
    pub fn new(ports: &'a Ports, tenant_id: &str) -> Self {
        Self { ports, pk: Tenant::partition(tenant_id) }
    }

    /// Now, for judging how long ago something was begun.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }

    /// Notes durably that `what` is about to be done, before it is done.
    ///
    /// # Errors
    /// When the store cannot be reached: then it must not be done.
    pub async fn begin(&self, what: &str) -> Result<Begun> {
        let sk = format!("intent#{what}");
        let item =
            Item { pk: self.pk.clone(), sk: sk.clone(), rev: 1, body: json!({ "at": self.now() }), expires: None };
        if self.ports.state.put(item).await? == Put::Done {
            return Ok(Begun::First);
        }
        let found = self.ports.state.get(&self.pk, &sk).await?;
        let at = found.and_then(|item| item.body["at"].as_str()?.parse().ok());
        at.map(Begun::Before).ok_or_else(|| Fault::unavailable(format!("the intent {what} moved while it was read")))
    }

    /// Begins anew what was begun `before` and is known by now not to have taken effect. Of several that try, one is
    /// `First`.
    ///
    /// # Errors
    /// When the store cannot be reached: then it must not be done.
    pub async fn begin_again(&self, what: &str, before: Timestamp) -> Result<Begun> {
        let sk = format!("intent#{what}");
        let Some(item) = self.ports.state.get(&self.pk, &sk).await? else { return self.begin(what).await };
        match item.body["at"].as_str().and_then(|at| at.parse().ok()) {
            Some(at) if at != before => return Ok(Begun::Before(at)),
            Some(_) | None => {}
        }
        let item = Item { rev: item.rev + 1, body: json!({ "at": self.now() }), ..item };
        match self.ports.state.put(item).await? {
            Put::Done => Ok(Begun::First),
            Put::Conflict => Err(Fault::unavailable(format!("the intent {what} moved while it was read"))),
        }
    }

    /// Forgets an intent that is known not to have taken effect, so that it may be begun anew.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn forget(&self, what: &str) -> Result<()> {
        let sk = format!("intent#{what}");
        if let Some(item) = self.ports.state.get(&self.pk, &sk).await? {
            self.ports.state.delete(&self.pk, &sk, item.rev).await?;
        }
        Ok(())
    }
}
