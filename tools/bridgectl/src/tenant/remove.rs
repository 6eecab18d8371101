//! `tenant remove`: the item goes; what stays is said.

use bridge::ports::Put;
use bridge::tenant::Tenant;
use serde_json::{Value, json};

use crate::deployment::Deployment;
use crate::person;
use crate::told::{Failure, Told};

pub async fn run(deployment: &Deployment, id: &str, yes: bool, force: bool) -> Result<Told, Failure> {
    let (stored, item) = deployment.stored(id).await?;
    // Left out means enabled.
    if item.get("enabled") != Some(&Value::Bool(false)) && !force {
        return Err(Failure::wrong(format!("{id} is enabled: bridgectl tenant pause {id} first, or --force")));
    }
    if !yes && !person::confirms(&format!("type the tenant's id to remove {id}:"), &[id])? {
        return Ok(Told::of(false, json!({ "tenant_id": id, "removed": false }), "nothing was removed"));
    }
    if deployment.tenants.remove(&stored).await? == Put::Conflict {
        return Err(Failure::changed(format!("somebody else changed {id} in between; nothing was removed")));
    }
    let prefix = deployment.stack.output("SecretPrefix")?;
    let erp = item["erp"]["kind"].as_str().and_then(bridge::erp::Kind::named);
    let systems = ["ongoing"].into_iter().chain(erp.map(bridge::erp::Kind::word));
    let secrets: Vec<String> = systems.map(|system| format!("{prefix}/{system}/{id}")).collect();
    let table = deployment.stack.output("StateTableName")?;
    let partition = Tenant::partition(id);
    let json = json!({
        "tenant_id": id, "removed": true,
        "stays": { "secrets": secrets, "state": { "table": table, "pk": partition } },
    });
    let commands: Vec<String> =
        secrets.iter().map(|secret| format!("  aws secretsmanager delete-secret --secret-id {secret}")).collect();
    let text = format!(
        "the item of {id} is removed. What stays:\n\
         its secrets; when nobody needs them any more:\n{}\n\
         its ledger and cursors, in the partition {partition} of {table}: a tenant of the same id that comes back goes \
         on where this one stood. To forget them, delete the partition's items (infra/runbook.md)",
        commands.join("\n")
    );
    Ok(Told::good(json, text))
}
