//! `logs`: what the functions say about a record, a run or a tenant.

use bridge::roads::status::lines::moment;
use bridge_operator::logs::{self, Lines};
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::deployment::Deployment;
use crate::output::{Failure, Output, note};
use crate::prompt;
use crate::status::zone;

/// Where nothing else is said, the lines of a day.
const DAY: SignedDuration = SignedDuration::from_hours(24);

#[derive(Args)]
pub struct Logs {
    /// Number or id of a record, a run (the correlation id), or a tenant's id
    #[arg(value_name = "NUMBER|RUN|TENANT")]
    what: String,
    /// Since then: a date, a moment, or so long ago (90m, 2h, 3d); a day when left out
    #[arg(long, value_parser = since, value_name = "DATE|MOMENT|AGO")]
    since: Option<Since>,
    /// Only this tenant's lines
    #[arg(long, value_name = "ID")]
    tenant: Option<String>,
}

/// From when on.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Since {
    At(Timestamp),
    Ago(SignedDuration),
}

fn since(text: &str) -> Result<Since, String> {
    let ago = |text: &str| {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let number: i64 = number.parse().ok().filter(|number| (1..=100_000).contains(number))?;
        Some(match unit {
            "m" => SignedDuration::from_mins(number),
            "h" => SignedDuration::from_hours(number),
            "d" => SignedDuration::from_hours(24 * number),
            _ => return None,
        })
    };
    match ago(text) {
        Some(ago) => Ok(Since::Ago(ago)),
        None => crate::moment::moment(text).map(Since::At).map_err(|why| format!("{why}, or so long ago such as 2h")),
    }
}

pub async fn run(deployment: &Deployment, what: &Logs, utc: bool) -> Result<Output, Failure> {
    let now = deployment.ports.clock.now();
    let since = match what.since {
        Some(Since::At(at)) => at,
        Some(Since::Ago(ago)) => now - ago,
        None => now - DAY,
    };
    let asked = logs::about(&deployment.aws, &deployment.stack, &what.what, since);
    let Lines { mut lines, whole_until } = prompt::with_spinner("reading the logs of all functions", asked).await?;
    if let Some(until) = whole_until {
        note(&cut_off(until));
    }
    if let Some(tenant) = &what.tenant {
        lines.retain(|line| line.is_of(tenant));
    }
    let zone = zone(utc);
    let text: Vec<String> = lines.iter().map(|line| line.text(&zone)).collect();
    if lines.is_empty() {
        let none = format!(
            "no function said anything of {} since {}; --since looks further back, bridgectl where knows more",
            what.what,
            moment(since, now, &zone)
        );
        return Ok(Output::of(false, json!([]), none));
    }
    Ok(Output::good(json!(lines), text.join("\n")))
}

/// What is said where a function had more lines than are read.
fn cut_off(until: Timestamp) -> String {
    // A whole second: `--since` reads the lines of that second once more, and leaves none out.
    let from = Timestamp::from_second(until.as_second()).unwrap_or(until);
    format!("there is more: the lines are whole up to {from};\nthe next ones: the same command with --since {from}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_there_is_more_the_next_command_is_named() {
        let said = cut_off("2026-03-02T08:14:02.51Z".parse().unwrap());
        let from = said.rsplit_once(' ').unwrap().1;
        assert_eq!(since(from), Ok(Since::At("2026-03-02T08:14:02Z".parse().unwrap())));
        assert!(said.lines().all(|line| line.len() <= 80), "{said}");
    }

    #[test]
    fn since_is_a_moment_or_so_long_ago() {
        assert_eq!(since("2h"), Ok(Since::Ago(SignedDuration::from_hours(2))));
        assert_eq!(since("90m"), Ok(Since::Ago(SignedDuration::from_mins(90))));
        assert!(matches!(since("2026-01-01"), Ok(Since::At(_))));
        for wrong in ["", "h", "0h", "-1h", "2w", "å"] {
            assert!(since(wrong).unwrap_err().contains("2h"), "{wrong}");
        }
    }
}
