//! The planted faults: each patch takes a mend back, and still applies. `cargo xtask planted` sees the tests fail that they
//! name.

use std::path::Path;
use std::process::Command;

#[test]
fn every_planted_fault_applies_and_names_its_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = root.join("tests/acceptance/planted");
    let mut wrong = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        count += 1;
        if !text.lines().next().is_some_and(|line| line.starts_with("# test: -p ")) {
            wrong.push(format!("{}: names no test", path.display()));
        }
        let applied = Command::new("git").current_dir(&root).args(["apply", "--check"]).arg(&path).output().unwrap();
        if !applied.status.success() {
            wrong.push(String::from_utf8_lossy(&applied.stderr).into_owned());
        }
    }
    assert!(count > 0);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
