//! `cargo xtask bench`: builds what is measured, and runs the benchmark.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use crate::build;
use crate::steps::{Failure, Steps};
use crate::workspace::Workspace;

/// The functions' program.
const FUNCTIONS: &str = "functions";

/// The functions by themselves, so that they are compiled as they are deployed; then the benchmark's own programs with
/// them, whose dependencies are compiled already.
pub fn run(workspace: &Workspace, steps: &mut Steps, arguments: &[&str]) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Err(report("the benchmark reads /proc: it runs on Linux"));
    }
    let folder = build::as_deployed(workspace, steps, "functions as they are deployed", &[FUNCTIONS])?;
    let deployed = written(&folder);
    build::as_deployed(workspace, steps, "stub, floor, benchmark", &[FUNCTIONS, "bench"])?;
    if written(&folder) != deployed {
        return Err(report("the package bench asks for features that the functions are deployed without"));
    }
    let mut command = Command::new(build::found(&folder, "bench"));
    command.current_dir(&workspace.root).args(arguments);
    command.arg("--functions").arg(&folder).arg("--programs").arg(&folder);
    let status = command.status().map_err(|error| report(&format!("bench: {error}")))?;
    if status.success() { Ok(()) } else { Err(report(&format!("bench: {status}"))) }
}

/// When the functions' program was written.
fn written(folder: &Path) -> Option<SystemTime> {
    fs::metadata(build::found(folder, FUNCTIONS)).and_then(|file| file.modified()).ok()
}

fn report(reason: &str) -> Failure {
    eprintln!("{reason}");
    Failure::new(reason)
}
