//! The operator's command, `bridgectl`. [`args`] has the arguments and each command its own module, which returns an
//! [`output::Output`] or an [`output::Failure`]; only these decide what is printed and the exit code.

#[cfg(test)]
mod answers;
mod args;
mod backfill;
mod check;
mod completion;
mod connect_link;
mod dead_letters;
mod deployment;
mod diff;
mod document;
#[cfg(test)]
mod documented;
mod explain;
mod identity;
mod likeness;
mod logs;
mod man;
mod moment;
mod note;
mod output;
mod parked;
mod private_file;
mod probe;
mod prompt;
mod proof;
mod pull;
mod questions;
mod record_plan;
mod replay;
mod search;
mod secret;
mod secret_formats;
mod signals;
mod source_spans;
mod status;
mod status_link;
mod tenant;
mod tenant_schema;
mod token_refresh;
mod values;
mod where_record;
mod yaml_faults;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Cli, Command, SecretCommand};
use crate::output::{Failure, Output};

fn main() -> ExitCode {
    completion::answer();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return output::usage(&error),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(run(&cli)),
        Err(error) => Err(Failure::cloud(error.to_string())),
    };
    output::print(outcome, cli.json)
}

async fn run(cli: &Cli) -> Result<Output, Failure> {
    let stack = || deployment::Deployment::find(cli.stack.as_deref());
    match &cli.command {
        Command::Tenant(command) => tenant::run(cli, command).await,
        Command::Secret(SecretCommand::Put(put)) => secret::put(&stack().await?, put).await,
        Command::Check { tenant, insist } => check::run(&stack().await?, tenant, insist.shared).await,
        Command::ConnectLink(asked) => connect_link::run(&stack().await?, asked).await,
        Command::Pull(pull) => pull::run(&stack().await?, pull, cli.utc).await,
        Command::Status { tenant, watch } => status::run(&stack().await?, tenant.as_deref(), *watch, cli.utc).await,
        Command::Where { number, tenant } => {
            where_record::run(&stack().await?, number, tenant.as_deref(), cli.utc).await
        }
        Command::Explain(asked) => explain::run(&stack().await?, asked, cli.utc).await,
        Command::Values(asked) => values::run(&stack().await?, asked, cli.utc).await,
        Command::Proof { tenant } => proof::run(&stack().await?, tenant).await,
        Command::Probe(asked) => probe::run(&stack().await?, asked).await,
        Command::StatusLink { tenant, days, new_key } => {
            status_link::run(&stack().await?, tenant.as_deref(), *days, *new_key, cli.utc).await
        }
        Command::Parked(what) => parked::run(&stack().await?, what, cli.utc).await,
        Command::DeadLetters(what) => dead_letters::run(&stack().await?, what).await,
        Command::Replay(what) => replay::run(&stack().await?, what).await,
        Command::Logs(what) => logs::run(&stack().await?, what, cli.utc).await,
        Command::Man { folder } => man::run(folder),
        Command::Completions { shell } => Ok(args::completions(*shell)),
    }
}
