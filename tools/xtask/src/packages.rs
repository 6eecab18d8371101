//! The functions as zip files, beside a template that names them. `sam deploy` zips whatever is a folder with every
//! deployment and as small as it can be, which takes most of its time; on this machine it is done once a build, and quickly.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::steps::{Failure, Steps};
use crate::workspace::Workspace;

/// Zips each of its arguments: a folder, to the file beside it.
const ZIP: &str = "\
import os, pathlib, sys, zipfile
for folder in map(pathlib.Path, sys.argv[1:]):
    whole, part = folder.with_suffix('.zip'), folder.with_suffix('.zip.part')
    built = (folder / 'bootstrap').stat().st_mtime_ns
    with zipfile.ZipFile(part, 'w') as archive:
        entry = zipfile.ZipInfo('bootstrap')
        entry.create_system, entry.external_attr = 3, 0o755 << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, (folder / 'bootstrap').read_bytes(), compresslevel=1)
    os.utime(part, ns=(built, built))
    os.replace(part, whole)
";

/// The template that names zip files.
pub fn template(workspace: &Workspace) -> PathBuf {
    built(workspace).join("local.yaml")
}

fn built(workspace: &Workspace) -> PathBuf {
    workspace.root.join(".aws-sam/build")
}

/// Zips what `sam build` left, and writes that template.
pub fn write(workspace: &Workspace, steps: &mut Steps) -> Result<(), Failure> {
    let built = built(workspace);
    let failed = |e: std::io::Error| Failure::new(format!("{}: {e}", built.display()));
    let folders = fs::read_dir(&built).map_err(failed)?.flatten();
    let functions: Vec<String> = folders
        .filter(|entry| entry.path().join("bootstrap").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let older: Vec<&String> = functions.iter().filter(|name| !is_zipped(&built, name)).collect();
    let mut zip = Command::new(workspace.tool("python"));
    zip.current_dir(&built).args(["-c", ZIP]).args(older);
    steps.command("functions: zipped for this machine", &mut zip)?;
    let template = fs::read_to_string(built.join("template.yaml")).map_err(failed)?;
    fs::write(self::template(workspace), naming(&template, &functions)).map_err(failed)
}

/// Whether the zip file is of the program that is there: it has its time.
fn is_zipped(built: &Path, name: &str) -> bool {
    let changed = |path: PathBuf| fs::metadata(path).and_then(|of| of.modified()).ok();
    let (program, archive) =
        (changed(built.join(name).join("bootstrap")), changed(built.join(name).with_extension("zip")));
    program.is_some() && program == archive
}

/// The template with zip files in place of folders.
fn naming(template: &str, functions: &[String]) -> String {
    let line = |line: &str| {
        let folder = line.trim_start().strip_prefix("CodeUri: ").filter(|name| functions.iter().any(|f| f == name));
        if folder.is_some() { format!("{line}.zip\n") } else { format!("{line}\n") }
    };
    template.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_become_zip_files_and_nothing_else_changes() {
        let built = "Mappings:\n    Visma:\n      CodeUri: PullVisma\nResources:\n      CodeUri: Connect\n        \
                     CodeUri:\n          - CodeUri\n      CodeUri: elsewhere\n";
        let functions = ["Connect", "PullVisma"].map(str::to_owned);
        let expected = built.replace(": PullVisma\n", ": PullVisma.zip\n").replace(": Connect\n", ": Connect.zip\n");
        assert_eq!(naming(built, &functions), expected);
    }
}
