//! `tenant plan`: the dry run.

use std::path::Path;

use bridge::roads::plan::Plan;
use bridge::tenant::Tenant;
use jiff::Timestamp;
use serde_json::Value;

use crate::args::Cli;
use crate::deployment::Deployment;
use crate::document::Document;
use crate::identity;
use crate::output::{Failure, Output, Paint, note};
use crate::record_plan;

pub async fn run(
    cli: &Cli,
    what: &str,
    since: Option<Timestamp>,
    out: Option<&Path>,
    insists: bool,
) -> Result<Output, Failure> {
    let deployment = Deployment::find(cli.stack.as_deref()).await?;
    let tenant = tenant(&deployment, what).await?;
    note(&identity::guard(&deployment, &tenant, insists).await?.text());
    let ports = &deployment.ports;
    let (_, plan) = record_plan::plan(ports, &record_plan::run(ports), &tenant, since, None).await?;
    match (out, record_plan::refusal(&plan)) {
        (Some(file), None) => {
            record_plan::save(&plan, file)?;
            note(&format!("the plan is in {}: bridgectl tenant apply {what} --plan {0}", file.display()));
        }
        (Some(file), Some(why)) => note(&format!("nothing is written to {}: {why}", file.display())),
        (None, _) => {}
    }
    Ok(told(&plan))
}

/// A tenant file, else a stored tenant by its id.
async fn tenant(deployment: &Deployment, what: &str) -> Result<Tenant, Failure> {
    if bridge::tenant::is_id(what) && !Path::new(what).is_file() {
        return deployment.tenant(what).await;
    }
    let refused = |faults| Failure::faulty("the file is not valid; nothing was read", faults);
    let document = Document::open(what).map_err(refused)?;
    let tenant = document.tenant(deployment.stack.allows_local()).map_err(refused)?;
    document.warn(&tenant);
    Ok(tenant)
}

fn told(plan: &Plan) -> Output {
    let json = serde_json::to_value(plan).unwrap_or(Value::Null);
    Output::of(record_plan::good(plan), json, record_plan::text(plan, Paint::of_stdout()))
}
