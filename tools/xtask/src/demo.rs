//! `cargo xtask demo`: the main job on this machine, with progress; and what is done with one that was kept.

use std::process::Command;
use std::time::Duration;

use crate::build;
use crate::demo_arguments::Asked;
use crate::interrupt::{Interrupt, Wake};
use crate::stack::{self, Stack};
use crate::steps::{Failure, Steps};
use crate::tools;
use crate::workspace::Workspace;

/// What to do with a stack that was kept. The end-to-end test runs each of these commands.
const KEPT: &str = include_str!("demo-kept.txt");

const GONE: &str = "\
What to try next

  cargo xtask demo --keep    # the same, and it stays, to look around in
  docs/first-hour.md         # from here to a company of your own";

const NOT_RUNNING: &str = "the demo is not running; `cargo xtask demo --keep` starts it";

/// Does what was asked for.
pub fn run(workspace: &Workspace, steps: &mut Steps, words: &[&str]) -> Result<(), Failure> {
    match Asked::of(words).map_err(report)? {
        Asked::Play { keep, tick } => play(workspace, steps, keep, tick),
        Asked::Break(what) => with_kept(workspace, &["break", what]),
        Asked::Mend => with_kept(workspace, &["mend"]),
    }
}

/// The same stack as the end-to-end test's, and a program that shows what it does.
fn play(workspace: &Workspace, steps: &mut Steps, keep: bool, tick: Option<Duration>) -> Result<(), Failure> {
    let interrupt = Interrupt::before("stopped before its end; what it had started ends with it")
        .map_err(|e| report(format!("signals: {e}")))?;
    tools::ensure(workspace, steps)?;
    build::local(workspace, steps)?;
    let stack = Stack::start(workspace, steps)?;
    println!();
    let mut demo = build::companion(workspace, "demo");
    stack.open_to(&mut demo);
    shown(&mut demo)?;
    if !keep {
        println!("\n{GONE}");
        return Ok(());
    }
    // Before it is said that it runs: whoever reads that may end it.
    interrupt.is_waited_for();
    println!("\n{}\n\n{}", staying(tick), KEPT.trim_end());
    while interrupt.wait(tick) == Wake::Time {
        let mut tick = build::companion(workspace, "demo");
        stack.open_to(&mut tick);
        // What is wrong with one tick is said, and the next one may be better.
        let _ = shown(tick.arg("tick"));
    }
    println!("\n{}", stack.stop());
    Ok(())
}

/// How long it stays, and whether anything happens by itself meanwhile.
fn staying(tick: Option<Duration>) -> String {
    match tick {
        Some(every) => format!("It runs until Ctrl-C, and ticks every {} s.", every.as_secs()),
        None => "It runs until Ctrl-C. It does not tick by itself: `bridgectl pull TENANT` pulls,\n\
                 and `cargo xtask demo --keep --tick 1m` ticks."
            .to_owned(),
    }
}

/// Runs the demo's program on the stack that another terminal keeps.
fn with_kept(workspace: &Workspace, arguments: &[&str]) -> Result<(), Failure> {
    let variables = stack::kept(workspace).ok_or_else(|| report(NOT_RUNNING.to_owned()))?;
    let mut demo = build::companion(workspace, "demo");
    stack::away_from_aws(&mut demo);
    shown(demo.envs(variables).args(arguments))
}

/// Its output is the demo: it goes to the terminal, not to a log.
fn shown(demo: &mut Command) -> Result<(), Failure> {
    let status = demo.status().map_err(|e| report(format!("demo: {e}")))?;
    if status.success() { Ok(()) } else { Err(report(format!("demo: {status}"))) }
}

fn report(reason: String) -> Failure {
    eprintln!("{reason}");
    Failure::new(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_one_screen_of_eighty_columns() {
        let ticking = Some(Duration::from_secs(60));
        for end in [GONE.to_owned(), format!("{}\n\n{KEPT}", staying(None)), format!("{}\n\n{KEPT}", staying(ticking))]
        {
            assert!(end.lines().all(|line| line.chars().count() <= 80), "{end}");
            // With what happened above it, and the prompt below.
            assert!(end.lines().count() <= 17, "{end}");
        }
        assert!(staying(ticking).contains("every 60 s") && staying(None).contains("does not tick by itself"));
        assert!(KEPT.contains("  . .local/env ") && GONE.contains("--keep"));
    }
}
