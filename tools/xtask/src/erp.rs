//! `cargo xtask erp NAME`: the tests of one ERP alone. Those that go over all shops go over this one's.

use std::process::Command;

use crate::steps::{Failure, Steps};
use crate::workspace::{Workspace, cargo};

/// The variable by which `acceptance::shops::all` has one shop alone.
const ONLY: &str = "ONLY_ERP";

/// Programs of tests that an ERP has something to do with; none of them is compiled with an AWS crate.
const PROGRAMS: [&str; 22] = [
    "erps",
    "rows",
    "mapping_properties",
    "contract",
    "journeys",
    "crashes",
    "troubles",
    "stubborn",
    "orderings",
    "waiting",
    "checks",
    "probe",
    "facts",
    "drift",
    "vendors",
    "pick_up",
    "isolation",
    "rotation",
    "corpus",
    "template",
    "examples",
    "floors",
];

/// Programs that are one ERP's own, by the beginning of their name.
const OWN: [&str; 2] = ["", "back_"];

/// Runs them, and says what it ran.
pub fn run(workspace: &Workspace, steps: &mut Steps, word: &str) -> Result<(), Failure> {
    let all = words(workspace)?;
    if !all.iter().any(|known| known == word) {
        return Err(Failure::new(format!("{word:?} is no ERP: {}", all.join(", "))));
    }
    let own = own_programs(workspace, word)?;
    let others: Vec<&str> = all.iter().map(String::as_str).filter(|other| *other != word).collect();
    let mut command = Command::new(cargo());
    command.current_dir(&workspace.root).env(ONLY, word);
    command.args(["nextest", "run", "--workspace", "--no-fail-fast", "--status-level", "fail"]);
    command.args(
        PROGRAMS
            .iter()
            .map(|program| (*program).to_owned())
            .chain(own)
            .flat_map(|program| ["--test".to_owned(), program]),
    );
    // What is another ERP's by its name is not this one's.
    command.args(["-E", &format!("not test(/{}/)", others.join("|"))]);
    println!("{ONLY}={word} {}", shown(&command));
    steps.step(&format!("tests of {word}"), || match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Failure::new(format!(
            "what is missing, and what fails, is told above; {ONLY}={word} has one shop alone"
        ))),
        Err(error) => Err(Failure::new(format!("cargo nextest: {error}; cargo install --locked cargo-nextest"))),
    })
}

/// The ERPs, as their tables are called.
fn words(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let examples = names(workspace, "infra/examples")?;
    let mut words: Vec<String> = examples
        .iter()
        .filter_map(|name| Some(name.strip_prefix("tenant-")?.strip_suffix(".json")?.to_owned()))
        .collect();
    words.sort();
    Ok(words)
}

/// The programs of tests that have its name.
fn own_programs(workspace: &Workspace, word: &str) -> Result<Vec<String>, Failure> {
    let programs = names(workspace, "tests/acceptance/tests")?;
    let is_own =
        |name: &str| OWN.iter().any(|before| name.strip_prefix(before).is_some_and(|rest| rest.starts_with(word)));
    let mut own: Vec<String> = programs.iter().map(|name| name.trim_end_matches(".rs").to_owned()).collect();
    own.retain(|name| is_own(name));
    own.sort();
    Ok(own)
}

fn names(workspace: &Workspace, folder: &str) -> Result<Vec<String>, Failure> {
    let entries = std::fs::read_dir(workspace.root.join(folder));
    let entries = entries.map_err(|error| Failure::new(format!("{folder}: {error}")))?;
    Ok(entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
}

/// A command as a person would type it.
fn shown(command: &Command) -> String {
    let words = command.get_args().map(|word| word.to_string_lossy());
    let quoted = words.map(|word| if word.contains(' ') { format!("'{word}'") } else { word.into_owned() });
    format!("cargo {}", quoted.collect::<Vec<_>>().join(" "))
}
