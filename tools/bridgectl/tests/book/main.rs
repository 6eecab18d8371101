//! The book and the other documents: what they link to is there, what they name exists, and what can be generated is.
//!
//! `UPDATE_SETTINGS=1 cargo test -p bridgectl --test book` writes `docs/settings.md` anew.

#![expect(clippy::unwrap_used, reason = "a test has no other way to fail")]

mod links;
mod markdown;
mod named;
mod settings;
mod workflows;

use std::path::{Path, PathBuf};

/// The project's root.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below a folder with this ending, from the root.
fn files(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root().join(&folder)).unwrap_or_else(|error| panic!("{folder}: {error}")) {
            let entry = entry.unwrap();
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                folders.push(path);
            } else if path.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The documents: those at the root, the book, and those beside the examples.
fn documents() -> Vec<String> {
    let at_root = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(str::to_owned);
    at_root.into_iter().chain(files("docs", ".md")).chain(files("infra", ".md")).collect()
}
