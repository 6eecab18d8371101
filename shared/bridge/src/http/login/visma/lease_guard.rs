//! A new consent takes the same lease as the refreshers: while it is fetched and kept nobody sends the old token, so that no
//! refresh that ends later can write the old consent over the new one.

use std::time::Duration;

use jiff::Timestamp;

use super::refresh_lease::{self, RefreshLease};
use super::{App, Consent, Granted, LEASE, persist, secret};
use crate::ports::{Ports, Put};
use crate::words::fault::{Fault, Result};
use crate::words::secret::Secret;

/// The lease of a tenant's connection, held. It is given back by [`LeaseGuard::keep`] or [`LeaseGuard::leave`]; where a process ends
/// with it in its hand, it runs out by itself.
pub(crate) struct LeaseGuard<'a> {
    ports: &'a Ports,
    tenant_id: &'a str,
    rev: u64,
    before: RefreshLease,
    /// The token in the secret, by its digest; `None` where there is none yet.
    stored: Option<String>,
}

impl<'a> LeaseGuard<'a> {
    /// Waits for a refresh that is under way, but no longer than `patience`.
    pub async fn take(ports: &'a Ports, tenant_id: &'a str, patience: Duration) -> Result<Self> {
        let give_up = ports.clock.now() + patience;
        loop {
            let (rev, before) = refresh_lease::read(ports, tenant_id).await?;
            let now = ports.clock.now();
            if before.until.is_none_or(|until| until <= now) {
                // Behind the lease item, as every refresher reads it: who writes the secret in between keeps this one
                // from the lease.
                let stored = stored(ports, tenant_id).await?;
                let taken = RefreshLease { until: Some(now + LEASE), ..before.clone() };
                if refresh_lease::write(ports, tenant_id, rev + 1, &taken).await? == Put::Done {
                    return Ok(Self { ports, tenant_id, rev: rev + 1, before, stored });
                }
            }
            if now > give_up {
                return Err(Fault::unavailable("a refresh of the token is under way"));
            }
            ports.clock.sleep(Duration::from_millis(200).mul_f64(1.0 + ports.clock.chance())).await;
        }
    }

    /// Keeps the new consent for every function, and for this process; what was known of the old one is forgotten, but not
    /// which tokens are spent. The one that is replaced is from now on one of them: who still reads it waits, and neither
    /// uses it nor writes what it gives over the new one.
    pub async fn keep(self, app: &App, granted: &Granted, refresh: &Secret, asked: Timestamp) -> Result<()> {
        let (ports, name) = (self.ports, format!("visma/{}", self.tenant_id));
        let until = asked + Duration::from_secs(u64::from(granted.expires_in));
        let value = secret(refresh, &granted.access_token, until);
        if let Err(fault) = persist(ports, self.tenant_id, async || ports.secrets.set(&name, &value).await).await {
            self.leave().await;
            return Err(fault);
        }
        ports.tokens.put(&name, app.of_token(refresh), granted.access_token.clone(), until);
        let mut spent = self.before.spent.clone();
        if let Some(replaced) = self.stored.clone().filter(|stored| !spent.contains(stored)) {
            refresh_lease::push(&mut spent, replaced);
        }
        spent.retain(|token| *token != super::name(refresh));
        let refreshed_at = Some(ports.clock.now());
        self.give_back(&RefreshLease { spent, refreshed_at, app: Some(app.of()), ..RefreshLease::default() }).await;
        Ok(())
    }

    /// Leaves everything as it was.
    pub async fn leave(self) {
        self.give_back(&RefreshLease { until: None, ..self.before.clone() }).await;
    }

    async fn give_back(&self, item: &RefreshLease) {
        if let Err(fault) = refresh_lease::write(self.ports, self.tenant_id, self.rev + 1, item).await {
            tracing::warn!(target: "connection", tenant_id = self.tenant_id, erp = "visma", reason = %fault, "connection");
        }
    }
}

/// What stands in a secret that cannot be read as a consent is nobody's token.
async fn stored(ports: &Ports, tenant_id: &str) -> Result<Option<String>> {
    let stored = ports.secrets.get(&format!("visma/{tenant_id}"), true).await?;
    let consent = stored.and_then(|stored| serde_json::from_str::<Consent>(stored.expose()).ok());
    Ok(consent.map(|consent| super::name(&consent.refresh_token)))
}
