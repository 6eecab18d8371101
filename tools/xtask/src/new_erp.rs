//! `cargo xtask new-erp NAME`: the scaffold of an ERP. What is new is written from templates, what is there is edited at
//! known places; what nobody but its vendor's documents can say is marked `SCAFFOLD`, and the checklist test names it
//! (`tests/acceptance/tests/erps`).

mod edits;
mod files;

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::steps::{Failure, Steps};
use crate::workspace::{Workspace, cargo};

/// What a file or an edit says where the ERP's name belongs.
struct Names {
    /// As its word is spelt: `fjord`.
    word: String,
    /// As a type is called: `Fjord`.
    name: String,
    /// As a constant is called: `FJORD`.
    constant: String,
}

impl Names {
    /// The names of an ERP with this word.
    fn of(word: &str) -> Result<Self, Failure> {
        let is_word = word.len() > 2 && word.len() <= 20 && word.bytes().all(|byte| byte.is_ascii_lowercase());
        if !is_word {
            return Err(Failure::new(format!("{word:?}: a word of 3 to 20 lower-case letters a to z is expected")));
        }
        let (first, rest) = word.split_at(1);
        Ok(Self { word: word.to_owned(), name: first.to_ascii_uppercase() + rest, constant: word.to_ascii_uppercase() })
    }

    /// A template with the names in their places.
    fn filled(&self, template: &str) -> String {
        let filled = template.replace("{{name}}", &self.word).replace("{{Name}}", &self.name);
        filled.replace("{{NAME}}", &self.constant)
    }
}

/// Words that mean something else already: other systems and parts of names.
const TAKEN: [&str; 8] = ["ongoing", "status", "app", "callback", "connect", "second", "rows", "probe"];

/// Writes the scaffold of an ERP into this checkout, and says what is next.
pub fn run(workspace: &Workspace, steps: &mut Steps, word: &str) -> Result<(), Failure> {
    let mut written = Vec::new();
    steps.step(&format!("scaffold of {word}"), || {
        written = scaffold(&workspace.root, word)?;
        Ok(())
    })?;
    steps.command("format", Command::new(cargo()).current_dir(&workspace.root).args(["fmt", "--all"]))?;
    written.iter().for_each(|line| println!("{line}"));
    println!("{}", next(word));
    Ok(())
}

/// Writes it below `root`; a line for each file. Nothing is written where anything is not as it is expected.
fn scaffold(root: &Path, word: &str) -> Result<Vec<String>, Failure> {
    let names = Names::of(word)?;
    if TAKEN.contains(&word) || root.join("docs/mapping").join(format!("{word}.md")).exists() {
        return Err(Failure::new(format!("{word} is there already")));
    }
    let files = files::of(root, &names)?;
    let edited = edits::of(root, &names)?;
    let mut lines = Vec::new();
    for (path, text) in files {
        lines.push(format!("  new     {path} ({} lines)", text.lines().count()));
        write(&root.join(&path), &text)?;
    }
    for edited in edited {
        lines.push(format!("  edited  {} ({} lines more)", edited.path, edited.more));
        write(&root.join(&edited.path), &edited.text)?;
    }
    Ok(lines)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error| Failure::new(format!("{}: {error}", path.display()));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)
}

/// What a person does now.
fn next(word: &str) -> String {
    format!(
        "\nIt builds, and its stub of a vendor trades. What is generated from it is written anew by\n\n\
         \x20 UPDATE_SCHEMA=1 UPDATE_SETTINGS=1 cargo test -p bridgectl\n\
         \x20 UPDATE_FACTS=1 cargo test -p acceptance --test facts list\n\
         \x20 cargo run -p acceptance --bin matrix      (its table belongs into README.md)\n\n\
         What is left to do is told by\n\n\
         \x20 cargo xtask erp {word}\n\n\
         docs/new-erp.md says what each step is for."
    )
}

#[cfg(test)]
mod tests;
