//! Prints one line per step: what runs, how long it took, and its output when it failed.

use std::fmt;
use std::fs::{self, File};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Why a step did not pass.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure with what a person needs to read.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Runs steps and counts them.
pub struct Steps {
    logs: PathBuf,
    passed: usize,
    failed: usize,
    left_out: usize,
}

impl Steps {
    /// Steps that log below `logs`.
    pub fn new(logs: PathBuf) -> Self {
        Self { logs, passed: 0, failed: 0, left_out: 0 }
    }

    /// How many passed and failed, and what was left out.
    pub fn tally(&self) -> String {
        let left_out = if self.left_out == 0 { String::new() } else { format!(", {} left out", self.left_out) };
        format!("{} passed, {} failed{left_out}", self.passed, self.failed)
    }

    /// Something that cannot be done on this machine: neither passed nor failed.
    pub fn left_out(&mut self, name: &str, reason: &str) {
        self.left_out += 1;
        println!("LEFT OUT {name}\n{reason}");
    }

    /// Runs one step, with a spinner when somebody watches.
    pub fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        let started = Instant::now();
        let spinner = spinner(name);
        let outcome = work();
        if let Some(spinner) = spinner {
            spinner.finish_and_clear();
        }
        let took = seconds(started.elapsed());
        match &outcome {
            Ok(_) => {
                self.passed += 1;
                println!("ok      {name}  ({took})");
            }
            Err(reason) => {
                self.failed += 1;
                println!("FAILED  {name}  ({took})\n{reason}");
            }
        }
        outcome
    }

    /// A step that is one command; its output goes to a log and is shown when it fails.
    pub fn command(&mut self, name: &str, command: &mut Command) -> Result<(), Failure> {
        let log = self.logs.join(format!("{}.log", name.replace(|c: char| !c.is_ascii_alphanumeric(), "-")));
        self.step(name, || logged(command, &log))
    }
}

fn logged(command: &mut Command, log: &Path) -> Result<(), Failure> {
    let unwritable = |e| Failure::new(format!("{}: {e}", log.display()));
    let stdout = File::create(log).map_err(unwritable)?;
    let stderr = stdout.try_clone().map_err(unwritable)?;
    let status = command.stdin(Stdio::null()).stdout(stdout).stderr(stderr).status();
    let name = command.get_program().to_string_lossy();
    let status = status.map_err(|e| Failure::new(format!("{name}: {e}")))?;
    if status.success() {
        return Ok(());
    }
    let output = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    Err(Failure::new(format!("{output}\n{name}: {status}")))
}

fn spinner(name: &str) -> Option<ProgressBar> {
    if !std::io::stderr().is_terminal() {
        println!("...     {name}");
        return None;
    }
    let bar = ProgressBar::new_spinner().with_message(name.to_owned());
    if let Ok(style) = ProgressStyle::with_template("{spinner}       {msg}  ({elapsed})") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    Some(bar)
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}
