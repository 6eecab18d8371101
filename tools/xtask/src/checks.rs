//! `cargo xtask test`: everything that must pass, in the order in which a fault is cheapest to find.

use std::process::Command;

use crate::browser::Driver;
use crate::build::{self, Profile};
use crate::place::{Place, cargo};
use crate::stack::Stack;
use crate::steps::{Failure, Steps};
use crate::tools;

/// Stops at the first step that fails.
pub fn run(place: &Place, steps: &mut Steps, with_end_to_end: bool) -> Result<(), Failure> {
    steps.command("format", &mut cargo_with(place, &["fmt", "--all", "--check"]))?;
    steps.command(
        "lints",
        &mut cargo_with(place, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    )?;
    steps.command("tests", &mut cargo_with(place, &["test", "--workspace"]))?;
    steps.command(
        "documentation",
        cargo_with(place, &["doc", "--no-deps", "--workspace"]).env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    tools::ensure(place, steps)?;
    steps.command(
        "template: cfn-lint",
        Command::new(place.tool("cfn-lint")).current_dir(&place.root).arg("template.yaml"),
    )?;
    steps.command("template: sam validate", tools::sam(place).args(["validate", "--lint"]))?;
    if with_end_to_end { end_to_end(place, steps) } else { Ok(()) }
}

/// The end-to-end test, and the demo as a newcomer runs it, each on a stack of its own.
pub fn end_to_end(place: &Place, steps: &mut Steps) -> Result<(), Failure> {
    tools::ensure(place, steps)?;
    build::functions(place, steps, Profile::Local)?;
    build::companions(place, steps)?;
    let driver = Driver::start(place, steps);
    for (what, program) in [("end to end", "end-to-end"), ("the demo", "demo")] {
        let stack = Stack::start(place, steps)?;
        let mut run = build::companion(place, program);
        stack.open_to(&mut run);
        run.envs(driver.iter().flat_map(Driver::variables));
        steps.command(what, &mut run)?;
    }
    Ok(())
}

fn cargo_with(place: &Place, arguments: &[&str]) -> Command {
    let mut command = Command::new(cargo());
    command.current_dir(&place.root).args(arguments);
    command
}
