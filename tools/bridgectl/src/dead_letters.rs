//! `dead-letters`: messages that were given up. What becomes of each is decided in [`bridge::roads::repair::dead_letters`].

use std::time::Duration;

use bridge::ports::message_queues::Work;
use bridge::roads::repair::dead_letters::{self, DeadLetter, Fate, Redriven, redriven_text, text};
use bridge_operator::queues::Queues;
use bridge_operator::table::width;
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;

use crate::deployment::Deployment;
use crate::output::{Failure, Output, note};
use crate::prompt;

/// How long the effects are waited for; what is not done by then goes on all the same.
const WAIT: Duration = Duration::from_secs(60);

/// From one look at the effects to the next.
const LOOK: Duration = Duration::from_millis(500);

#[derive(Args)]
pub struct DeadLetters {
    #[command(subcommand)]
    command: DeadLettersCommand,
}

#[derive(Subcommand)]
enum DeadLettersCommand {
    /// A line each: whose, what, since when, how often it was tried, and what a redrive would do with it
    List(Selection),

    /// One whole message; it has names and addresses of customers, for this terminal alone
    Show {
        /// Number or id of the record, or the message's id
        #[arg(value_name = "NUMBER|ID")]
        which: String,
        #[command(flatten)]
        of: Selection,
    },

    /// Send them back to their queues, in the order of each group; what a newer version has superseded is removed
    ///
    /// Shows what it would do, asks, and says what became of the records. Put right first what was in the way: bridgectl
    /// status names it.
    Redrive {
        /// Number or id of the record, or the message's id
        #[arg(value_name = "NUMBER|ID", required_unless_present_any = ["tenant", "queue", "all"])]
        which: Option<String>,
        #[command(flatten)]
        of: Selection,
        /// All that there are
        #[arg(long, conflicts_with_all = ["which", "tenant", "queue"])]
        all: bool,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
        /// Do not wait until the records are imported
        #[arg(long)]
        no_wait: bool,
    },
}

#[derive(Args)]
struct Selection {
    /// Of this tenant alone
    #[arg(long, value_name = "ID")]
    tenant: Option<String>,
    /// Of this queue alone: import, write_back, pull-visma (and so on), reconcile
    #[arg(long, value_parser = work, value_name = "QUEUE")]
    queue: Option<Work>,
}

fn work(name: &str) -> Result<Work, String> {
    let all = || Work::all().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    Work::named(name).ok_or_else(|| format!("one of {} is expected", all()))
}

impl Selection {
    fn works(&self) -> Vec<Work> {
        self.queue.map_or_else(Work::all, |work| vec![work])
    }

    fn is_meant(&self, letter: &DeadLetter, which: Option<&str>) -> bool {
        let of_tenant = self.tenant.as_ref().is_none_or(|id| letter.about.tenant_id.as_ref() == Some(id));
        of_tenant && which.is_none_or(|which| letter.is_named(which))
    }
}

pub async fn run(deployment: &Deployment, what: &DeadLetters) -> Result<Output, Failure> {
    let queues = Queues::new(&deployment.aws, &deployment.stack);
    match &what.command {
        DeadLettersCommand::List(of) => {
            let found = look(deployment, &queues, of, None).await?;
            let good = found.letters.is_empty() && found.behind == 0;
            Ok(Output::of(good, json!(found), text(&found, deployment.ports.clock.now(), width())))
        }
        DeadLettersCommand::Show { which, of } => {
            let found = look(deployment, &queues, of, Some(which)).await?;
            dead_letters::any(&found.letters)?;
            note("this has names and addresses of customers: for this terminal alone");
            let bodies: Vec<_> = found.letters.iter().map(DeadLetter::body).collect();
            let text: Vec<String> = bodies.iter().map(|body| format!("{body:#}")).collect();
            Ok(Output::good(json!(bodies), text.join("\n")))
        }
        DeadLettersCommand::Redrive { which, of, yes, no_wait, .. } => {
            redrive(deployment, &queues, of, which.as_deref(), *yes, !no_wait).await
        }
    }
}

async fn look(
    deployment: &Deployment,
    queues: &Queues<'_>,
    of: &Selection,
    which: Option<&str>,
) -> Result<dead_letters::DeadLetters, Failure> {
    let works = of.works();
    let looked = dead_letters::look(&deployment.ports, queues, &works);
    let mut found = prompt::with_spinner("looking at the dead-letter queues", looked).await?;
    found.letters.retain(|letter| of.is_meant(letter, which));
    Ok(found)
}

async fn redrive(
    deployment: &Deployment,
    queues: &Queues<'_>,
    of: &Selection,
    which: Option<&str>,
    yes: bool,
    wait: bool,
) -> Result<Output, Failure> {
    let ports = &deployment.ports;
    let plan = look(deployment, queues, of, which).await?;
    dead_letters::any(&plan.letters)?;
    note(&text(&plan, ports.clock.now(), width()));
    let go = plan.letters.iter().filter(|letter| letter.fate == Fate::GoesBack).count();
    let removed = plan.letters.iter().filter(|letter| matches!(letter.fate, Fate::Superseded(_))).count();
    let question = format!("send {go} back and remove {removed}? [y/N]");
    if !yes && !prompt::confirm(&question, &["y", "yes"])? {
        let said = Answer { plan: Some(plan), redriven: None, became: Vec::new() };
        return Ok(Output::of(false, json!(said), "nothing was done"));
    }
    let chosen = |letter: &DeadLetter| of.is_meant(letter, which);
    let done = prompt::with_count("sent back", |tell| async move {
        dead_letters::redrive(ports, queues, &of.works(), &chosen, &tell).await
    })
    .await?;
    let became = if wait { follow(deployment, &done).await? } else { Vec::new() };
    let good = done.stay.is_empty();
    let text = redriven_text(&done, &became);
    let became = became.into_iter().map(|(record, became)| Followed { record, became }).collect();
    Ok(Output::of(good, json!(Answer { plan: None, redriven: Some(done), became }), text))
}

/// What was sent back, or would be.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Answer {
    /// Where nothing was done: what would be.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<dead_letters::DeadLetters>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redriven: Option<Redriven>,
    became: Vec<Followed>,
}

/// A record that was sent back.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Followed {
    record: String,
    /// Its outcome and why; `null` while it is under way.
    became: Option<(bridge::words::outcome::Outcome, Option<String>)>,
}

type Became = (String, Option<(bridge::words::outcome::Outcome, Option<String>)>);

/// What became of the records that were sent back, until all are dealt with or the time is up.
async fn follow(deployment: &Deployment, done: &Redriven) -> Result<Vec<Became>, Failure> {
    let ports = &deployment.ports;
    let records: Vec<&DeadLetter> = done.sent.iter().filter(|letter| letter.work == Work::Import).collect();
    let until = ports.clock.now() + WAIT;
    prompt::with_spinner("waiting for the imports", async {
        loop {
            let mut became = Vec::new();
            for letter in &records {
                became.push((letter.name(), dead_letters::became(ports, letter).await?));
            }
            if became.iter().all(|(_, became)| became.is_some()) || ports.clock.now() > until {
                return Ok(became);
            }
            ports.clock.sleep(LOOK).await;
        }
    })
    .await
}
