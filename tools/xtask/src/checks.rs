//! `cargo xtask test`: everything that must pass, the cheapest checks first.

use std::process::Command;

use crate::browser::Driver;
use crate::build;
use crate::stack::Stack;
use crate::steps::{Failure, Steps};
use crate::workspace::{Workspace, cargo};
use crate::{fuzz, simulate, template, tools};

/// Stops at the first step that fails.
pub fn run(workspace: &Workspace, steps: &mut Steps, with_end_to_end: bool) -> Result<(), Failure> {
    let tools = tools::meanwhile(workspace)?;
    steps.command("format", &mut cargo_with(workspace, &["fmt", "--all", "--check"]))?;
    steps.command(
        "lints",
        &mut cargo_with(workspace, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    )?;
    tests(workspace, steps)?;
    fuzz::check(workspace, steps)?;
    simulate::check(workspace, steps)?;
    steps.command(
        "documentation",
        cargo_with(workspace, &["doc", "--no-deps", "--workspace"]).env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    book(workspace, steps)?;
    deny(workspace, steps)?;
    steps.step("tools: installed meanwhile", || {
        tools.join().unwrap_or_else(|_| Err(Failure::new("the installation of the tools panicked")))
    })?;
    let whole = steps.step("template: what it includes", || template::whole(workspace))?;
    steps.command(
        "template: cfn-lint",
        Command::new(workspace.tool("cfn-lint")).current_dir(&workspace.root).arg("template.yaml").arg(whole),
    )?;
    steps.command("template: sam validate", tools::sam(workspace).args(["validate", "--lint"]))?;
    if with_end_to_end { end_to_end(workspace, steps) } else { Ok(()) }
}

/// The tests; side by side where cargo-nextest is at hand, else one program after the other.
fn tests(workspace: &Workspace, steps: &mut Steps) -> Result<(), Failure> {
    let nextest = Command::new("cargo-nextest").args(["nextest", "--version"]).output();
    let tests: &[&str] = if nextest.is_ok_and(|said| said.status.success()) {
        &["nextest", "run", "--workspace", "--no-fail-fast", "--status-level", "fail", "--final-status-level", "fail"]
    } else {
        &["test", "--workspace", "--no-fail-fast"]
    };
    steps.command("tests", &mut cargo_with(workspace, tests))
}

/// The end-to-end test, and the demo as a newcomer runs it, each on a stack of its own.
pub fn end_to_end(workspace: &Workspace, steps: &mut Steps) -> Result<(), Failure> {
    tools::ensure(workspace, steps)?;
    build::local(workspace, steps)?;
    let driver = Driver::start(workspace, steps);
    let stories: [&[(&str, &str)]; 2] = [
        &[("end to end", "end-to-end")],
        // The second is what a person does with a demo that was kept.
        &[("the demo", "demo"), ("the demo, kept", "kept")],
    ];
    for programs in stories {
        let stack = Stack::start(workspace, steps)?;
        for (what, program) in programs {
            let mut run = build::companion(workspace, program);
            stack.open_to(&mut run);
            run.envs(driver.iter().flat_map(Driver::variables));
            steps.command(what, &mut run)?;
        }
    }
    Ok(())
}

/// Load on a stack of its own: 200 tenants. Its figures are printed.
pub fn load(workspace: &Workspace, steps: &mut Steps) -> Result<(), Failure> {
    measured(workspace, steps, "load", &[])
}

/// How long the operator's commands take with so many tenants, on a stack of its own; a table is printed.
pub fn times(workspace: &Workspace, steps: &mut Steps, tenants: &str) -> Result<(), Failure> {
    measured(workspace, steps, "times", &[tenants])
}

/// An end-to-end program whose output is the person's.
fn measured(workspace: &Workspace, steps: &mut Steps, program: &str, arguments: &[&str]) -> Result<(), Failure> {
    tools::ensure(workspace, steps)?;
    build::local(workspace, steps)?;
    let stack = Stack::start_as_deployed(workspace, steps)?;
    let mut run = build::companion(workspace, program);
    stack.open_to(run.args(arguments));
    steps.step(program, || match run.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("{program}: {status}"))),
        Err(error) => Err(Failure::new(format!("{program}: {error}"))),
    })
}

/// The book, where mdBook is installed; its links are among the tests in any case.
fn book(workspace: &Workspace, steps: &mut Steps) -> Result<(), Failure> {
    let there = Command::new("mdbook").arg("--version").output().is_ok_and(|said| said.status.success());
    if !there {
        steps.left_out("the book", "mdbook is not installed: cargo install --locked mdbook");
        return Ok(());
    }
    steps.command("the book", Command::new("mdbook").current_dir(&workspace.root).args(["build", "docs"]))
}

/// Licences, sources, bans and advisories, where cargo-deny is installed; the first three are among the tests in any case.
fn deny(workspace: &Workspace, steps: &mut Steps) -> Result<(), Failure> {
    let there = Command::new("cargo-deny").arg("--version").output().is_ok_and(|said| said.status.success());
    if !there {
        steps.left_out("cargo deny: advisories", "cargo-deny is not installed: cargo install --locked cargo-deny");
        return Ok(());
    }
    let checks = ["deny", "check", "advisories", "bans", "licenses", "sources"];
    steps.command("cargo deny", &mut cargo_with(workspace, &checks))
}

fn cargo_with(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = Command::new(cargo());
    command.current_dir(&workspace.root).args(arguments);
    command
}
