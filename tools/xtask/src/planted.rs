//! `cargo xtask planted`: takes each mend back, and sees its test fail. A patch in `tests/acceptance/planted` names the test
//! in its first line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::steps::{Failure, Steps};
use crate::workspace::{Workspace, cargo};

/// Every patch whose name contains `filter`, one after the other. The work tree must be clean: the patches are applied to
/// it, and taken back.
pub fn run(workspace: &Workspace, steps: &mut Steps, filter: &str) -> Result<(), Failure> {
    clean(workspace)?;
    let mut alive = Vec::new();
    for patch in patches(workspace)?.iter().filter(|patch| patch.to_string_lossy().contains(filter)) {
        let name = patch.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if steps.step(&format!("planted: {name}"), || fails(workspace, patch)).is_err() {
            alive.push(name);
        }
    }
    if alive.is_empty() { Ok(()) } else { Err(Failure::new(format!("no test fails: {}", alive.join(", ")))) }
}

/// Patches are applied to a work tree that is clean.
fn clean(workspace: &Workspace) -> Result<(), Failure> {
    let changed = output(Command::new("git").current_dir(&workspace.root).args(["status", "--porcelain"]))?;
    if changed.trim().is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("commit or put aside what is changed first:\n{changed}")))
}

/// The patches, in the order of their names.
fn patches(workspace: &Workspace) -> Result<Vec<PathBuf>, Failure> {
    let folder = workspace.root.join("tests/acceptance/planted");
    let unreadable = |error| Failure::new(format!("{}: {error}", folder.display()));
    let mut patches: Vec<PathBuf> =
        fs::read_dir(&folder).map_err(unreadable)?.flatten().map(|entry| entry.path()).collect();
    patches.retain(|path| path.extension().is_some_and(|extension| extension == "patch"));
    patches.sort();
    Ok(patches)
}

/// Whether the test that a patch names fails with it, and is compiled all the same.
fn fails(workspace: &Workspace, patch: &Path) -> Result<(), Failure> {
    let text = fs::read_to_string(patch).map_err(|error| Failure::new(format!("{}: {error}", patch.display())))?;
    let test = text.lines().next().and_then(|line| line.strip_prefix("# test: "));
    let test = test.ok_or_else(|| Failure::new("the first line has to be `# test: <arguments of cargo test>`"))?;
    let arguments: Vec<&str> = test.split_whitespace().collect();
    git_apply(workspace, patch, &[])?;
    let compiled = cargo_test(workspace, &arguments, &["--no-run"]);
    let passed = compiled.as_ref().is_ok_and(|compiled| *compiled) && cargo_test(workspace, &arguments, &[])?;
    git_apply(workspace, patch, &["--reverse"])?;
    match (compiled?, passed) {
        (false, _) => Err(Failure::new("it does not compile with the patch")),
        (true, true) => Err(Failure::new(format!("cargo test {test} passes with the patch"))),
        (true, false) => Ok(()),
    }
}

/// Applies a patch, or takes it back.
fn git_apply(workspace: &Workspace, patch: &Path, how: &[&str]) -> Result<(), Failure> {
    let mut command = Command::new("git");
    command.current_dir(&workspace.root).arg("apply").args(how).arg(patch);
    output(&mut command).map(|_| ())
}

fn cargo_test(workspace: &Workspace, arguments: &[&str], further: &[&str]) -> Result<bool, Failure> {
    let mut command = Command::new(cargo());
    command.current_dir(&workspace.root).args(["test", "--quiet"]).args(arguments).args(further);
    let done = command.output().map_err(|error| Failure::new(format!("cargo test: {error}")))?;
    Ok(done.status.success())
}

fn output(command: &mut Command) -> Result<String, Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command.output().map_err(|error| Failure::new(format!("{name}: {error}")))?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
    }
    Err(Failure::new(format!("{name}: {}", String::from_utf8_lossy(&done.stderr))))
}
