//! `bridgectl tenant …`.

mod apply;
mod defaults;
mod edit;
mod export;
mod item_schema;
mod list;
mod new;
mod pause_resume;
mod plan;
mod purge;
mod rebuild;
mod remove;
mod show;
mod validate;
mod yaml;

#[cfg(test)]
pub use self::{
    apply::Applied, list::Row, new::Made, pause_resume::Switched, remove::Removed, show::Shown, validate::Validation,
};

use serde_json::Value;

use crate::args::{Cli, TenantCommand};
use crate::deployment::Deployment;
use crate::output::{Failure, Output};
use crate::tenant_schema::SCHEMA;

pub async fn run(cli: &Cli, command: &TenantCommand) -> Result<Output, Failure> {
    let stack = || Deployment::find(cli.stack.as_deref());
    match command {
        TenantCommand::Validate { files, allow_local } => validate::run(files, *allow_local),
        TenantCommand::Schema => schema(),
        TenantCommand::Plan { tenant, since, out, insist } => {
            plan::run(cli, tenant, *since, out.as_deref(), insist.shared).await
        }
        TenantCommand::New(new) => new::run(cli, new).await,
        TenantCommand::Edit(edit) => edit::run(&stack().await?, edit).await,
        TenantCommand::Export { id } => export::run(&stack().await?, id).await,
        TenantCommand::Apply(apply) => apply::run(cli, apply).await,
        TenantCommand::List(of) => list::run(&stack().await?, of).await,
        TenantCommand::Show { id } => show::run(&stack().await?, id, cli.utc).await,
        TenantCommand::Pause { id } => pause_resume::run(&stack().await?, id, false).await,
        TenantCommand::Resume { id } => pause_resume::run(&stack().await?, id, true).await,
        TenantCommand::Rebuild { id, since, yes } => rebuild::run(&stack().await?, id, *since, *yes, cli.utc).await,
        TenantCommand::Remove { id, yes, purge: true, force } => purge::run(&stack().await?, id, *yes, *force).await,
        TenantCommand::Remove { id, yes, force, .. } => remove::run(&stack().await?, id, *yes, *force).await,
    }
}

/// As a test asks for it.
#[cfg(test)]
pub fn validated(files: &[&str]) -> Result<Output, Failure> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    validate::run(&files.iter().map(|file| format!("{root}/{file}")).collect::<Vec<_>>(), false)
}

fn schema() -> Result<Output, Failure> {
    let schema: Value = serde_json::from_str(SCHEMA).map_err(|error| Failure::wrong(error.to_string()))?;
    Ok(Output::good(schema, SCHEMA.trim_end()))
}
