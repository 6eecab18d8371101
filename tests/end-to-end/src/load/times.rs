//! How long each of the operator's commands takes in a deployment of many tenants, all of which were pulled for real.

use std::time::{Duration, Instant};

use bridge::words::kind::Kind;
use serde_json::json;

use super::estate::{Estate, Size};
use super::processes::Processes;
use super::tick;
use crate::Result;
use crate::stack::Stack;
use crate::vendor::Vendor;

/// What a person who is called waits for without looking away: `status` may take no longer.
const BOUND: Duration = Duration::from_secs(2);

/// How often each command is run; the median is told.
const RUNS: usize = 3;

/// Messages that were given up.
const DEAD: usize = 20;

/// What is run, of a tenant with articles, orders, and an order that cannot be mapped.
const COMMANDS: [&str; 14] = [
    "status",
    "status --json",
    "tenant list",
    "tenant show load-poweroffice-1",
    "where 21001",
    "where 21001 --tenant load-poweroffice-1",
    "where no-such-number",
    "explain 21001",
    "parked",
    "parked --tenant load-poweroffice-1",
    "dead-letters list",
    "logs 21001",
    "logs load-poweroffice-1",
    "proof load-poweroffice-1",
];

/// Onboards so many tenants, pulls all of them, and prints a table of the commands' times.
///
/// # Errors
/// When something is not as it has to be, or `status` takes longer than a person waits.
pub async fn run(tenants: i64) -> Result {
    let stack = Stack::find().await?;
    // PowerOffice and Visma take about ten calls a second from all tenants together.
    let on_poweroffice = (tenants / 8).max(2);
    let size = |kind, _| if kind == Kind::PowerOffice { Size::SMALLEST } else { Size::ONE_ARTICLE };
    let estate = Estate::of(&[(Kind::PowerOffice, on_poweroffice), (Kind::Visma, tenants - on_poweroffice)], size);
    estate.set_up(&stack).await?;
    let ran = tick(&stack, &Vendor::named("ongoing")?, &estate, &mut Processes::default(), true).await?;
    eprintln!("{tenants} tenants are in the warehouse, after {} s", ran.took.as_secs());
    give_up(&stack).await?;
    println!("| command, {tenants} tenants | seconds | exit code |\n| --- | --- | --- |");
    let mut slow = Vec::new();
    for command in COMMANDS {
        let (took, code) = timed(&stack, command)?;
        println!("| `{command}` | {:.2} | {code} |", took.as_secs_f64());
        if command.starts_with("status") && took > BOUND {
            slow.push(format!("{command} takes {:.2} s", took.as_secs_f64()));
        }
    }
    if slow.is_empty() { Ok(()) } else { Err(format!("over {} s: {}", BOUND.as_secs(), slow.join(", ")).into()) }
}

/// The median of several runs, and how the last one ended. A command that breaks off, or is none, is no measurement.
fn timed(stack: &Stack, command: &str) -> Result<(Duration, i32)> {
    let arguments: Vec<&str> = command.split(' ').collect();
    let (mut times, mut code) = (Vec::new(), 0);
    for _ in 0..RUNS {
        let began = Instant::now();
        let said = stack.bridgectl(&arguments, "")?;
        times.push(began.elapsed());
        if said.code > 1 || said.code < 0 {
            return Err(format!("{command}: {said:?}").into());
        }
        code = said.code;
    }
    times.sort();
    Ok((times[RUNS / 2], code))
}

/// Fills the import's dead-letter queue.
async fn give_up(stack: &Stack) -> Result {
    for n in 0..DEAD {
        stack.dead_letter("by-hand", &json!({ "n": n }).to_string()).await?;
    }
    Ok(())
}
