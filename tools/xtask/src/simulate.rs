//! `cargo xtask simulate`: builds the simulation and runs it.

use std::path::PathBuf;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::simulated;
use crate::simulation_build::{Speed, build_at};
use crate::steps::{Failure, Steps};
use crate::workspace::Workspace;

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

/// The fixed seeds, each answer of `docs/facts.md` that is not assumed with a seed of its own, as many fresh seeds as there is
/// time for, others every second, and a sample of the planted faults. What breaks prints the command that repeats it. One build
/// does for all: that in which faults are planted, and none is meant.
pub fn check(workspace: &Workspace, steps: &mut Steps) -> Result<(), Failure> {
    let program = steps.step("simulation: build", || simulated::build(workspace, Speed::AsTests))?;
    let seeds = |arguments: &[&str]| {
        let run = Command::new(&program).args(arguments).env_remove(simulated::MEANT).output();
        let run = run.map_err(|error| Failure::new(format!("simulate: {error}")))?;
        let said = String::from_utf8_lossy(&run.stdout).into_owned();
        Ok((run.status.code(), said))
    };
    steps.step("simulation: fixed seeds", || match seeds(&["--from", "1", "--seeds", FIXED])? {
        (Some(0), _) => Ok(()),
        (_, said) => Err(Failure::new(said)),
    })?;
    steps.step("simulation: each answer to what is not known", || {
        match seeds(&["--answers", "--seeds", "1", "--tenants", "2"])? {
            (Some(0), _) => Ok(()),
            (_, said) => Err(Failure::new(said)),
        }
    })?;
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let base = (since.unwrap_or_default().as_secs() * 10_000).to_string();
    let name = format!("simulation: fresh seeds from {base}");
    let said = steps.step(&name, || match seeds(&["--from", &base, "--seeds", "9999", "--for", FRESH])? {
        (Some(0), said) => Ok(said),
        (_, said) => Err(Failure::new(said)),
    })?;
    let told = ["seeds", "seed ", "  repeat with", "simulated"];
    let told = said.lines().filter(|line| told.iter().any(|begins| line.starts_with(begins)));
    told.for_each(|line| println!("        {line}"));
    simulated::sample(workspace, steps, &program)
}

fn build(workspace: &Workspace) -> Result<PathBuf, Failure> {
    build_at(&workspace.root, workspace, Speed::Quick)
}
