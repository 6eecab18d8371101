//! `tenant pause` and `tenant resume`: change `enabled` alone.

use bridge::ports::Put;
use serde::Serialize;
use serde_json::json;

use crate::deployment::Deployment;
use crate::output::{Failure, Output};

/// Whether a tenant is worked for.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Switched<'a> {
    tenant_id: &'a str,
    enabled: bool,
}

pub async fn run(deployment: &Deployment, id: &str, enabled: bool) -> Result<Output, Failure> {
    if enabled {
        // Switching on what the functions will skip would promise too much.
        deployment.tenant(id).await?;
    }
    match deployment.tenants.enable(id, enabled).await? {
        Put::Conflict => Err(Failure::wrong(deployment.no_tenant(id))),
        Put::Done => {
            let text = if enabled {
                format!("{id} is worked for from the next tick on; bridgectl pull {id} begins now")
            } else {
                format!("{id} is paused; what is on a queue by now is parked, and tried again once it is resumed")
            };
            Ok(Output::good(json!(Switched { tenant_id: id, enabled }), text))
        }
    }
}
