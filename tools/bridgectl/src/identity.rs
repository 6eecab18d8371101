//! The guard on identity: nothing is written for a tenant whose goods owner or company is another tenant's, unless a person
//! insists. Who meets whom is found by [`bridge::roads::check::identity`].

use std::time::Duration;

use bridge::roads::check::identity::{self, Identity, Meeting};
use bridge::tenant::Tenant;
use bridge::words::fault::Fault;
use serde_json::Value;

use crate::deployment::Deployment;
use crate::output::Failure;
use crate::prompt;

/// All companies are asked by then.
const TIMEOUT: Duration = Duration::from_secs(90);

/// Who a tenant meets, of all that are stored.
pub async fn meet(deployment: &Deployment, tenant: &Tenant, identity: Identity) -> Result<Meeting, Failure> {
    let stored = deployment.tenants.all().await?;
    let items: Vec<Value> = stored.iter().filter_map(|stored| stored.item().ok()).collect();
    let ports = &deployment.ports;
    Ok(identity::meet(ports, tenant, identity, &items, ports.clock.now() + TIMEOUT).await?)
}

/// Asks both systems who they are; refused where another tenant has the same and nobody insists.
pub async fn guard(deployment: &Deployment, tenant: &Tenant, insists: bool) -> Result<Meeting, Failure> {
    let ports = &deployment.ports;
    let meeting = prompt::with_spinner("asking which company and which goods owner", async {
        let identity = identity::ask(ports, tenant, ports.clock.now() + TIMEOUT).await;
        meet(deployment, tenant, identity).await
    })
    .await?;
    match meeting.refusal() {
        Some(why) if !insists => Err(Failure::wrong(format!("{}\n{why}\nnothing was written", meeting.text()))),
        _ => Ok(meeting),
    }
}

/// Notes who the tenant is and whom it was insisted on sharing with.
pub async fn note(deployment: &Deployment, tenant: &Tenant, meeting: &Meeting, insists: bool) -> Result<(), Fault> {
    identity::note(&deployment.ports, &tenant.tenant_id, meeting, insists).await
}

/// As [`note`], of a tenant that is stored with this goods owner and ERP: a file that is only checked leaves nothing.
pub async fn note_if_stored(
    deployment: &Deployment,
    tenant: &Tenant,
    meeting: &Meeting,
    insists: bool,
) -> Result<(), Failure> {
    let item = deployment.ports.tenants.get(&tenant.tenant_id).await?;
    let stored = item.and_then(|item| Tenant::parse(&item, deployment.stack.allows_local()).ok());
    let same = |stored: &Tenant| Identity::of(stored) == Identity::of(tenant);
    if stored.is_some_and(|stored| same(&stored)) {
        note(deployment, tenant, meeting, insists).await?;
    }
    Ok(())
}
