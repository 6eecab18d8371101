//! Whether functions and programs are as the checkout has them. Where nothing has changed since they were built, not even
//! those are asked who would find that out: `sam build` and cargo-lambda take a quarter of a minute for it.

use std::collections::hash_map::DefaultHasher;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;

use crate::packages;
use crate::workspace::Workspace;

/// Variables that have something else built from the same files.
const VARIABLES: [&str; 3] = ["CARGO_LAMBDA_COMPILER", "RUSTFLAGS", "RUSTUP_TOOLCHAIN"];

/// What was built of what.
pub struct Built<'a> {
    workspace: &'a Workspace,
    /// Of every file of the checkout; `None` where git does not tell which those are.
    from: Option<u64>,
}

impl<'a> Built<'a> {
    /// Reads the checkout.
    pub fn of(workspace: &'a Workspace) -> Self {
        Self { workspace, from: sources(&workspace.root) }
    }

    /// Whether what was built last lies there, and nothing has changed since.
    pub fn is_fresh(&self) -> bool {
        let noted = fs::read_to_string(self.stamp()).ok();
        self.from.is_some() && noted.is_some() && noted == self.now()
    }

    /// Notes that all is built.
    pub fn note(&self) {
        // Where it cannot be noted, all is built again.
        let _ = self.now().map(|now| fs::write(self.stamp(), now));
    }

    fn stamp(&self) -> PathBuf {
        self.workspace.root.join(".aws-sam/built-from")
    }

    /// The sources, and time and size of each thing that was made of them: others write to the same places.
    fn now(&self) -> Option<String> {
        let mut text = format!("{:016x}\n", self.from?);
        let mut made = bootstraps(&self.workspace.root.join(".aws-sam/build"));
        let zips = made.iter().filter_map(|program| Some(program.parent()?.with_extension("zip")));
        made.extend(zips.collect::<Vec<_>>());
        let template = packages::template(self.workspace);
        made.extend([template.with_file_name("template.yaml"), template]);
        made.extend(bootstraps(&self.workspace.target.join("lambda")));
        for path in made {
            let of = fs::metadata(&path).ok()?;
            let changed = of.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
            let _ = writeln!(text, "{} {} {}", path.display(), of.len(), changed.as_nanos());
        }
        Some(text)
    }
}

/// `*/bootstrap` below a folder.
fn bootstraps(folder: &Path) -> Vec<PathBuf> {
    let folders = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        folders.map(|entry| entry.path().join("bootstrap")).filter(|path| path.is_file()).collect();
    found.sort();
    found
}

/// Every file that git knows or would take, by name and content; and the compiler.
fn sources(root: &Path) -> Option<u64> {
    let listed =
        Command::new("git").current_dir(root).args(["ls-files", "-coz", "--exclude-standard"]).output().ok()?;
    let compiler = Command::new("rustc").arg("-vV").output().ok()?;
    if !listed.status.success() || !compiler.status.success() {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    compiler.stdout.hash(&mut hasher);
    VARIABLES.map(env::var_os).hash(&mut hasher);
    let names = String::from_utf8(listed.stdout).ok()?;
    for name in names.split_terminator('\0') {
        name.hash(&mut hasher);
        // One that is known to git and deleted here is no fault.
        fs::read(root.join(name)).ok().hash(&mut hasher);
    }
    Some(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn git(root: &Path, arguments: &[&str]) {
        let done = Command::new("git").current_dir(root).args(arguments).output().unwrap();
        assert!(done.status.success(), "{done:?}");
    }

    #[test]
    fn what_was_built_is_fresh_until_a_source_or_a_program_is_another() {
        let root = env::temp_dir().join(format!("xtask-fresh-{}", std::process::id()));
        let workspace = Workspace { root: root.clone(), target: root.join("target") };
        let program = root.join("target/lambda/demo/bootstrap");
        let built = ["Connect/bootstrap", "Connect.zip", "template.yaml", "local.yaml"]
            .map(|file| format!(".aws-sam/build/{file}"));
        for file in built.iter().map(String::as_str).chain(["target/lambda/demo/bootstrap"]) {
            fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            fs::write(root.join(file), "1").unwrap();
        }
        fs::write(root.join(".gitignore"), "target\n.aws-sam\n").unwrap();
        fs::write(root.join("source.rs"), "fn main() {}").unwrap();
        git(&root, &["init", "--quiet"]);
        let fresh = || Built::of(&workspace).is_fresh();
        assert!(!fresh(), "nothing was built");
        Built::of(&workspace).note();
        assert!(fresh());

        fs::write(root.join("source.rs"), "fn main() { }").unwrap();
        assert!(!fresh(), "a source has changed");
        fs::write(root.join("source.rs"), "fn main() {}").unwrap();
        assert!(fresh(), "it is as it was");
        fs::write(root.join("new.rs"), "").unwrap();
        assert!(!fresh(), "a source is new, and not yet added");
        fs::remove_file(root.join("new.rs")).unwrap();

        fs::write(&program, "22").unwrap();
        assert!(!fresh(), "somebody else has built the program");
        Built::of(&workspace).note();
        fs::remove_file(&program).unwrap();
        assert!(!fresh(), "the program is gone");
        fs::write(&program, "22").unwrap();
        Built::of(&workspace).note();
        fs::remove_file(root.join(".aws-sam/build/Connect.zip")).unwrap();
        assert!(!fresh(), "the zip file is gone");
        fs::remove_dir_all(root).unwrap();
    }
}
