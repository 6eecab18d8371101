//! `status`: how everything stands, on one screen. What is read and said is in [`bridge::roads::status`].

use std::io::{IsTerminal as _, Write as _};
use std::pin::pin;
use std::time::Duration;

use bridge::roads::status::{self, DeadLetters, Estate};
use bridge_operator::alarms;
use bridge_operator::queues::Queues;
use bridge_operator::table::width;
use futures_util::future::join3;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::deployment::Deployment;
use crate::output::{Failure, Output, note};

/// From one look to the next.
const LOOK: Duration = Duration::from_secs(10);

/// Moves to the upper left corner and clears the screen.
const CLEAR: &str = "\u{1b}[H\u{1b}[2J";

pub async fn run(deployment: &Deployment, tenant: Option<&str>, watch: bool, utc: bool) -> Result<Output, Failure> {
    let zone = zone(utc);
    let mut estate = look(deployment, tenant).await?;
    if watch {
        let clear = if std::io::stdout().is_terminal() { CLEAR } else { "" };
        let mut left = pin!(tokio::signal::ctrl_c());
        loop {
            let _ = writeln!(std::io::stdout(), "{clear}{}", status::screen(width(), &estate, &zone));
            tokio::select! {
                _ = &mut left => return Ok(Output::of(!estate.needs_a_person(), json!(estate), "")),
                () = tokio::time::sleep(LOOK) => {}
            }
            estate = look(deployment, tenant).await?;
        }
    }
    Ok(Output::of(!estate.needs_a_person(), json!(estate), status::screen(width(), &estate, &zone)))
}

/// This machine's time zone.
pub fn zone(utc: bool) -> TimeZone {
    if utc { TimeZone::UTC } else { TimeZone::system() }
}

/// How everything stands now; the queues are asked while the state table is read.
pub async fn look(deployment: &Deployment, tenant: Option<&str>) -> Result<Estate, Failure> {
    let items = match tenant {
        Some(id) => vec![deployment.stored(id).await?.1],
        None => items(deployment).await?,
    };
    let (stack, ports) = (&deployment.stack, &deployment.ports);
    let is = |parameter: &str, value: &str| stack.parameters.get(parameter).is_none_or(|state| state == value);
    // A stack of an earlier release cannot be stopped.
    let stopped = !is("EstateState", "RUNNING");
    let scheduled = is("ScheduleState", "ENABLED") && !stopped;
    let read = status::read(ports, &stack.name, scheduled, &items);
    let queues = Queues::new(&deployment.aws, stack);
    let (estate, dead, alarms) = join3(read, queues.dead_letters(), alarms::on(&deployment.aws, stack)).await;
    let alarms = alarms.unwrap_or_else(|fault| {
        note(&format!("CloudWatch's alarms could not be asked: {fault}"));
        None
    });
    let dead_letters = match dead {
        Ok(queues) => Some(queues.into_iter().map(|(queue, messages)| DeadLetters { queue, messages }).collect()),
        // The rest is worth knowing without it.
        Err(fault) => {
            note(&format!("the dead-letter queues could not be asked: {fault}"));
            None
        }
    };
    Ok(Estate { dead_letters, alarms, stopped, ..estate? })
}

/// The tenants' items; one that is no JSON is an item without anything, which is not valid.
async fn items(deployment: &Deployment) -> Result<Vec<Value>, Failure> {
    let all = deployment.tenants.all().await?;
    let item = |stored: &bridge_aws::tenant_table::Stored| {
        stored.item().unwrap_or_else(|_| json!({ "tenant_id": stored.tenant_id() }))
    };
    Ok(all.iter().map(item).collect())
}
