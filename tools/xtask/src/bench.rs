//! `cargo xtask bench`: builds what is measured, and runs the benchmark.

use crate::build;
use crate::steps::{Failure, Steps};
use crate::workspace::Workspace;

/// The functions that are measured.
const FUNCTIONS: [&str; 3] = ["pull-visma", "wms-import", "writeback"];

/// The functions by themselves, so that they are compiled as they are deployed; then the benchmark's own programs.
pub fn run(workspace: &Workspace, steps: &mut Steps, arguments: &[&str]) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Err(report("the benchmark reads /proc: it runs on Linux".into()));
    }
    let functions = build::as_deployed(workspace, steps, "functions as they are deployed", &FUNCTIONS)?;
    let programs = build::as_deployed(workspace, steps, "stub, floor, benchmark", &["bench"])?;
    let mut command = build::found(&programs, "bench");
    command.current_dir(&workspace.root).args(arguments);
    command.arg("--functions").arg(&functions).arg("--programs").arg(&programs);
    let status = command.status().map_err(|error| report(format!("bench: {error}")))?;
    if status.success() { Ok(()) } else { Err(report(format!("bench: {status}"))) }
}

fn report(reason: String) -> Failure {
    eprintln!("{reason}");
    Failure::new(reason)
}
