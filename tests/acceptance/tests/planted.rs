//! The planted faults: each patch takes a mend back, and still applies. `cargo xtask planted` sees the tests fail that they
//! name, `cargo xtask simulate --planted` sees the simulation find those of `simulated`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn patches(folder: &str) -> Vec<(PathBuf, String)> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "patch"));
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

/// What git says against a patch.
fn refused(patch: &str) -> Option<String> {
    let mut apply = Command::new("git");
    apply.current_dir(root()).args(["apply", "--check", "-"]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut apply = apply.spawn().unwrap();
    apply.stdin.take().unwrap().write_all(patch.as_bytes()).unwrap();
    let applied = apply.wait_with_output().unwrap();
    (!applied.status.success()).then(|| String::from_utf8_lossy(&applied.stderr).into_owned())
}

#[test]
fn every_planted_fault_applies_and_names_its_test() {
    let patches = patches("tests/acceptance/planted");
    let mut wrong = Vec::new();
    for (path, text) in &patches {
        if !text.lines().next().is_some_and(|line| line.starts_with("# test: -p ")) {
            wrong.push(format!("{}: names no test", path.display()));
        }
        wrong.extend(refused(text).map(|why| format!("{}: {why}", path.display())));
    }
    assert!(!patches.is_empty());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fault_of_the_simulation_applies_alone_and_with_all_others() {
    let patches = patches("tests/acceptance/planted/simulated");
    let (mut wrong, mut names) = (Vec::new(), Vec::new());
    for (path, text) in &patches {
        let said = text.lines().map_while(|line| line.strip_prefix("# ")).filter_map(|line| line.split_once(": "));
        let before = names.len();
        for (name, _) in said {
            if !text.contains(&format!("crate::planted::is(\"{name}\")")) {
                wrong.push(format!("{}: nothing asks for {name}", path.display()));
            }
            names.push(name.to_owned());
        }
        if names.len() == before {
            wrong.push(format!("{}: names no fault", path.display()));
        }
        wrong.extend(refused(text).map(|why| format!("{}: {why}", path.display())));
    }
    let all: String = patches.iter().map(|(_, text)| text.as_str()).collect();
    wrong.extend(refused(&all).map(|why| format!("all of them together: {why}")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert!(names.len() == count && count >= 40, "{count} faults, {} names", names.len());
}
