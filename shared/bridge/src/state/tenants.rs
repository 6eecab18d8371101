//! The tenants as they are stored: validated one item at a time.

use serde_json::Value;

use crate::ports::Ports;
use crate::tenant::Tenant;

/// A tenant item, if it is valid; else every fault of it is logged.
pub(crate) fn valid(ports: &Ports, item: &Value) -> Option<Tenant> {
    match Tenant::parse(item, ports.allow_local) {
        Ok(tenant) => Some(tenant),
        Err(faults) => {
            let tenant_id = item["tenant_id"].as_str().unwrap_or("without a tenant_id");
            for fault in faults {
                tracing::error!(
                    target: "tenant",
                    tenant_id,
                    outcome = "invalid",
                    path = fault.path,
                    reason = fault.problem,
                    "tenant"
                );
            }
            None
        }
    }
}
