//! The scaffold, written into a copy of what git knows of.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::scaffold;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A copy of the tracked files.
fn copy(name: &str) -> PathBuf {
    let to = std::env::temp_dir().join(format!("bridge-new-erp-{}-{name}", std::process::id()));
    let listed = Command::new("git").current_dir(root()).args(["ls-files", "-z"]).output().unwrap();
    for path in String::from_utf8(listed.stdout).unwrap().split('\0').filter(|path| !path.is_empty()) {
        // A file may be deleted and not committed yet.
        let Ok(bytes) = fs::read(root().join(path)) else { continue };
        fs::create_dir_all(to.join(path).parent().unwrap()).unwrap();
        fs::write(to.join(path), bytes).unwrap();
    }
    to
}

/// What is written of a line: its path.
fn path(line: &str) -> &str {
    line.split_whitespace().nth(1).unwrap()
}

#[test]
fn it_finds_every_place_twice_over_and_leaves_nothing_of_its_templates() {
    let copy = copy("twice");
    for word in ["fjord", "akvavit"] {
        let written = scaffold(&copy, word).unwrap_or_else(|reason| panic!("{word}: {reason}"));
        for line in &written {
            let text = fs::read_to_string(copy.join(path(line))).unwrap();
            for left in ["{{n", "{{N"] {
                assert!(!text.contains(left), "{line}: {left}");
            }
            assert!(text.to_lowercase().contains(word) || line.contains(word), "{line}");
        }
        // What cannot be read by rustfmt is no Rust.
        let rust = written
            .iter()
            .map(|line| copy.join(path(line)))
            .filter(|path| path.extension().is_some_and(|of| of == "rs"));
        let read = Command::new("rustfmt")
            .args(["--edition", "2024", "--config", "max_width=120"])
            .args(rust)
            .output()
            .unwrap();
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    }
    let metadata = Command::new(env!("CARGO"))
        .current_dir(&copy)
        .args(["metadata", "--offline", "--no-deps", "--format-version", "1"])
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let again = scaffold(&copy, "fjord").unwrap_err().to_string();
    assert!(again.contains("fjord is there already"), "{again}");
    fs::remove_dir_all(copy).unwrap();
}

#[test]
fn where_a_place_is_gone_it_names_file_and_place_and_writes_nothing() {
    let copy = copy("gone");
    let file = copy.join("shared/bridge/src/roads/status/advice.rs");
    let text = fs::read_to_string(&file).unwrap().replace("        Kind::Visma => \"Visma\",\n", "");
    fs::write(&file, text).unwrap();
    let refused = scaffold(&copy, "fjord").unwrap_err().to_string();
    assert!(
        refused.contains("shared/bridge/src/roads/status/advice.rs") && refused.contains("Kind::Visma => \"Visma\""),
        "{refused}"
    );
    assert!(!copy.join("docs/mapping/fjord.md").exists());
    fs::remove_dir_all(copy).unwrap();
}

#[test]
fn a_name_is_a_word_that_nothing_else_has() {
    for word in ["", "ab", "Fjord", "fjord-office", "fjörd", "24seven", "visma", "ongoing", "app"] {
        let refused = scaffold(&root(), word);
        assert!(refused.is_err(), "{word}");
    }
}
