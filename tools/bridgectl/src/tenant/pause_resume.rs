//! `tenant pause` and `tenant resume`: change `enabled` alone.

use bridge::ports::Put;
use serde_json::json;

use crate::deployment::Deployment;
use crate::output::{Failure, Output};

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
            Ok(Output::good(json!({ "tenant_id": id, "enabled": enabled }), text))
        }
    }
}
