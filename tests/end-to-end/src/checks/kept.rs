//! A demo that was kept: what it suggests, its ticks, and what is broken in it.

use std::process::Command;

use bridge::words::feed::Feed;
use serde_json::json;

use super::{Stage, ensure};
use crate::Result;
use crate::demo;
use crate::demo::breaks::{self, Break};
use crate::scenario::Act;

/// What the demo prints when it stays.
const SUGGESTED: &str = include_str!("../../../../tools/xtask/src/demo-kept.txt");

/// Each command that the demo prints, by a shell, in a folder of the checkout; with `.local/env` and nothing else.
///
/// # Errors
/// The command that ends with another code than it should.
pub async fn what_the_demo_suggests_can_be_done(stage: &Stage) -> Result {
    let commands = commands(SUGGESTED);
    ensure(commands.len() > 6 && commands[0] == ". .local/env", || format!("{commands:?}"))?;
    for command in &commands[1..] {
        let said = shell(&format!(". .local/env && {command}"))?;
        // There are parked records, which is what the status says with this code.
        let expected = if command == "bridgectl status" { 1 } else { 0 };
        ensure(said.0 == expected, || format!("`{command}` ended with {}: {}{}", said.0, said.1, said.2))?;
    }
    // The last of them breaks an order.
    breaks::mend(&stage.stack).await
}

/// A tick without news, and one that brings an article's new name.
///
/// # Errors
/// What is not so.
pub async fn a_tick_that_is_made_by_itself_tells_what_it_did(stage: &Stage) -> Result {
    demo::tick_once(&stage.stack).await?;
    let quiet = demo::tick_once(&stage.stack).await?;
    ensure(quiet.ends_with(" tick: nothing new"), || quiet.clone())?;
    let visma = stage.scenarios.iter().find(|scenario| scenario.label == "Visma eAccounting").ok_or("no Visma")?;
    let args = json!({ "Number": "KN-20", "Name": "Kockkniv 20 cm, grön" });
    visma.act(&Act { said: "", action: "rename_article", args }).await?;
    let news = demo::tick_once(&stage.stack).await?;
    ensure(news.ends_with(" tick: Visma eAccounting: 1 updated"), || news.clone())
}

/// Each thing that `--break` breaks: the command that it names has the cause in its answer. Then all is put right, and an
/// order that waited goes.
///
/// # Errors
/// The break whose cause is not found.
pub async fn what_is_broken_is_found_by_the_command_that_is_named(stage: &Stage) -> Result {
    let mut orders = Vec::new();
    for what in Break::ALL {
        let broken = what.happen(&stage.stack).await.map_err(|fault| format!("{}: {fault}", what.word()))?;
        let words: Vec<&str> = broken.command.split(' ').collect();
        let said = stage.stack.bridgectl(&words, "")?;
        let named = said.out.contains(&broken.cause);
        ensure(named, || format!("{}: {:?} is not in {said:?}", what.word(), broken.cause))?;
        orders.extend(broken.command.strip_prefix("where ").map(str::to_owned));
    }
    breaks::mend(&stage.stack).await?;
    for scenario in &stage.scenarios {
        stage.quiet(scenario).await?;
    }
    let records = stage.warehouse(stage.first()?).await?.records;
    for number in orders {
        ensure(records.contains_key(&(Feed::Orders, number.clone())), || format!("{number} is not in the warehouse"))?;
    }
    let status = stage.stack.bridgectl(&["status"], "")?.out;
    ensure(!status.contains("connect-link") && !status.contains("is down"), || status.clone())
}

/// The commands of a text: lines that are set in by two, without what is behind `#`; `\\` joins two lines.
fn commands(text: &str) -> Vec<String> {
    let joined = text.replace("\\\n", " ");
    let lines = joined.lines().filter_map(|line| line.strip_prefix("  "));
    lines.map(|line| line.split(" # ").next().unwrap_or_default().trim().to_owned()).collect()
}

/// A command by a shell that knows nothing of the stack. Exit code, standard output and error.
fn shell(command: &str) -> Result<(i32, String, String)> {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]);
    for (name, _) in std::env::vars()
        .filter(|(name, _)| ["AWS_", "BRIDGE", "SIM_", "STACK_"].iter().any(|begin| name.starts_with(begin)))
    {
        shell.env_remove(name);
    }
    let said = shell.output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((said.status.code().unwrap_or(-1), text(&said.stdout), text(&said.stderr)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_of_a_text_are_its_lines_that_are_set_in() {
        let text = "Next:\n\n  . .local/env   # the stack\n  curl $SIM/x -d \\\n    '{}'\n  bridgectl status\n";
        assert_eq!(commands(text), [". .local/env", "curl $SIM/x -d      '{}'", "bridgectl status"]);
    }
}
