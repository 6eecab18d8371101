//! `cargo xtask fuzz`: runs the coverage-guided targets of `tests/fuzz`, each for a while. Needs `cargo-fuzz`
//! (`cargo install cargo-fuzz`); without it the kept corpus is still read by `cargo test -p acceptance --test corpus`.

use std::fs;
use std::process::{Command, Stdio};

use crate::steps::{Failure, Steps};
use crate::workspace::{Workspace, cargo};

/// How long each target runs unless something else is said.
const SECONDS: &str = "30";

/// Runs every target whose name contains `filter` for so many seconds.
pub fn run(workspace: &Workspace, steps: &mut Steps, filter: &str, seconds: Option<&str>) -> Result<(), Failure> {
    if !at_hand() {
        return Err(Failure::new("cargo-fuzz is not here: cargo install cargo-fuzz"));
    }
    let seconds = seconds.unwrap_or(SECONDS);
    if seconds.parse::<u32>().is_err() {
        return Err(Failure::new(format!("--seconds {seconds}: a whole number is expected")));
    }
    let targets = targets(workspace)?;
    let mut chosen = targets.iter().filter(|name| name.contains(filter)).peekable();
    if chosen.peek().is_none() {
        return Err(Failure::new(format!("no target is called {filter}; there are {}", targets.join(", "))));
    }
    // The versions are those of the project; what the fuzzer needs beside is added to a copy.
    let lock = workspace.root.join("tests/fuzz/Cargo.lock");
    fs::copy(workspace.root.join("Cargo.lock"), &lock)
        .map_err(|error| Failure::new(format!("{}: {error}", lock.display())))?;
    steps.command("fuzz: build", &mut fuzz(workspace, &["build", "--fuzz-dir", "tests/fuzz", "-s", "none"]))?;
    for name in chosen {
        let found = workspace.target.join("fuzz/corpus").join(name);
        fs::create_dir_all(&found).map_err(|error| Failure::new(format!("{}: {error}", found.display())))?;
        let (found, kept) = (found.to_string_lossy().into_owned(), format!("tests/fuzz/corpus/{name}"));
        let time = format!("-max_total_time={seconds}");
        let run = ["run", "--fuzz-dir", "tests/fuzz", "-s", "none", name, &found, &kept];
        let limits = ["--", &time, "-timeout=20", "-rss_limit_mb=1024", "-malloc_limit_mb=256", "-print_final_stats=1"];
        steps.command(&format!("fuzz: {name}"), fuzz(workspace, &run).args(limits))?;
    }
    Ok(())
}

/// The same as a step of the tests, where the tool is here.
pub fn check(workspace: &Workspace, steps: &mut Steps) -> Result<(), Failure> {
    if at_hand() {
        return run(workspace, steps, "", None);
    }
    steps.left_out("fuzz", "cargo-fuzz is not here; its corpus was read by the tests");
    Ok(())
}

fn at_hand() -> bool {
    let mut version = Command::new(cargo());
    let version = version.args(["fuzz", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

fn targets(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let folder = workspace.root.join("tests/fuzz/fuzz_targets");
    let entries = fs::read_dir(&folder).map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    let names = entries.flatten().filter_map(|entry| Some(entry.path().file_stem()?.to_string_lossy().into_owned()));
    let mut names: Vec<String> = names.collect();
    names.sort();
    Ok(names)
}

fn fuzz(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = Command::new(cargo());
    command.current_dir(&workspace.root).env("CARGO_TARGET_DIR", workspace.target.join("fuzz"));
    command.arg("fuzz").args(arguments);
    command
}
