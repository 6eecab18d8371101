//! `cargo xtask simulate`: builds the simulation and runs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::steps::{Failure, Steps};
use crate::workspace::{Workspace, cargo};

/// Runs the simulation with these arguments; its output is the person's.
pub fn run(workspace: &Workspace, steps: &mut Steps, arguments: &[&str]) -> Result<(), Failure> {
    let program = steps.step("simulation: build", || build(workspace))?;
    let status = Command::new(program).args(arguments).status();
    let status = status.map_err(|error| Failure::new(format!("simulate: {error}")))?;
    if status.success() { Ok(()) } else { Err(Failure::new("an invariant is broken")) }
}

fn build(workspace: &Workspace) -> Result<PathBuf, Failure> {
    build_at(&workspace.root, workspace, "simulate")
}

/// Builds the simulation of a checkout with a profile, beside what is built here.
pub fn build_at(root: &Path, workspace: &Workspace, profile: &str) -> Result<PathBuf, Failure> {
    let arguments = ["build", "--quiet", "--package", "acceptance", "--bin", "simulate", "--profile", profile];
    let mut command = Command::new(cargo());
    command.current_dir(root).args(arguments).arg("--target-dir").arg(&workspace.target).stdout(Stdio::null());
    let done = command.output().map_err(|error| Failure::new(format!("cargo build: {error}")))?;
    if !done.status.success() {
        return Err(Failure::new(String::from_utf8_lossy(&done.stderr).into_owned()));
    }
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(workspace.target.join(folder).join("simulate"))
}
