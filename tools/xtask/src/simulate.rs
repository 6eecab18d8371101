//! `cargo xtask simulate`: builds the simulation and runs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::simulated;
use crate::steps::{Failure, Steps};
use crate::workspace::{Workspace, cargo};

/// Runs the simulation with these arguments; its output is the person's.
pub fn run(workspace: &Workspace, steps: &mut Steps, arguments: &[&str]) -> Result<(), Failure> {
    let program = steps.step("simulation: build", || build(workspace))?;
    let status = Command::new(program).args(arguments).status();
    let status = status.map_err(|error| Failure::new(format!("simulate: {error}")))?;
    if status.success() { Ok(()) } else { Err(Failure::new("an invariant is broken")) }
}

/// A set of seeds that is always the same.
const FIXED: &str = "80";

/// How long fresh seeds are run, in seconds; with the fixed ones a few minutes on two cores.
const FRESH: &str = "60";

/// The fixed seeds, as many fresh ones as there is time for, others every second, and a sample of the planted faults. What
/// breaks prints the command that repeats it. One build does for all: that in which faults are planted, and none is meant.
pub fn check(workspace: &Workspace, steps: &mut Steps) -> Result<(), Failure> {
    let program = steps.step("simulation: build", || simulated::build(workspace, Speed::AsTests))?;
    let seeds = |arguments: &[&str]| {
        let run = Command::new(&program).args(arguments).env_remove(simulated::MEANT).output();
        let run = run.map_err(|error| Failure::new(format!("simulate: {error}")))?;
        let said = String::from_utf8_lossy(&run.stdout).into_owned();
        if run.status.success() { Ok(said) } else { Err(Failure::new(said)) }
    };
    steps.step("simulation: fixed seeds", || seeds(&["--from", "1", "--seeds", FIXED]))?;
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let base = (since.unwrap_or_default().as_secs() * 10_000).to_string();
    let name = format!("simulation: fresh seeds from {base}");
    let said = steps.step(&name, || seeds(&["--from", &base, "--seeds", "9999", "--for", FRESH]))?;
    let told = said.lines().filter(|line| line.starts_with("seeds") || line.starts_with("simulated"));
    told.for_each(|line| println!("        {line}"));
    simulated::sample(workspace, steps, &program)
}

fn build(workspace: &Workspace) -> Result<PathBuf, Failure> {
    build_at(&workspace.root, workspace, Speed::Quick)
}

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
