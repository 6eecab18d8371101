//! Compiles the simulation.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::steps::Failure;
use crate::workspace::{Workspace, cargo};

/// How the simulation is compiled.
#[derive(Clone, Copy)]
pub enum Speed {
    /// To run for long.
    Quick,
    /// As the tests are: what is compiled of third parties is there already. A seed takes several times as long.
    AsTests,
}

/// Builds the simulation of a checkout beside what is built here, and shares what is compiled of third parties.
pub fn build_at(root: &Path, workspace: &Workspace, speed: Speed) -> Result<PathBuf, Failure> {
    let (profile, folder) = match speed {
        Speed::Quick => ("simulate", "simulate"),
        Speed::AsTests => ("dev", "debug"),
    };
    // Of the whole workspace: of one package, third parties would have other features, and be compiled once more.
    let arguments = ["build", "--quiet", "--profile", profile, "--workspace", "--bin", "simulate"];
    let mut command = Command::new(cargo());
    command.current_dir(root).args(arguments).arg("--target-dir").arg(&workspace.target).stdout(Stdio::null());
    let done = command.output().map_err(|error| Failure::new(format!("cargo build: {error}")))?;
    if !done.status.success() {
        return Err(Failure::new(String::from_utf8_lossy(&done.stderr).into_owned()));
    }
    Ok(workspace.target.join(folder).join("simulate"))
}
