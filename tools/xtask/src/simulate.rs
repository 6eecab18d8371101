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
    build_at(&workspace.root, workspace)
}

/// Builds the simulation of a checkout beside what is built here, and shares what is compiled of third parties.
pub fn build_at(root: &Path, workspace: &Workspace) -> Result<PathBuf, Failure> {
    let arguments = ["build", "--quiet", "--profile", "simulate", "--package", "acceptance", "--bin", "simulate"];
    let mut command = Command::new(cargo());
    command.current_dir(root).args(arguments).arg("--target-dir").arg(&workspace.target).stdout(Stdio::null());
    let done = command.output().map_err(|error| Failure::new(format!("cargo build: {error}")))?;
    if !done.status.success() {
        return Err(Failure::new(String::from_utf8_lossy(&done.stderr).into_owned()));
    }
    Ok(workspace.target.join("simulate").join("simulate"))
}
