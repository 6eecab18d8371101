//! The template as CloudFormation sees it, for linters, which do not follow `AWS::Include`.

use std::fs;
use std::path::PathBuf;

use crate::steps::Failure;
use crate::workspace::Workspace;

/// Where `template.yaml` includes a file, up to the file's name.
const INCLUDE: &str = r#"  Fn::Transform: { Name: "AWS::Include", Parameters: { Location: "#;

/// Writes `template.yaml` with what it includes in its workspace, and says where.
pub fn whole(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let read = |file: &str| {
        let path = workspace.root.join(file);
        fs::read_to_string(&path).map_err(|e| Failure::new(format!("{}: {e}", path.display())))
    };
    let mut whole = String::new();
    let mut includes = 0;
    for line in read("template.yaml")?.lines() {
        let Some(rest) = line.strip_prefix(INCLUDE) else {
            whole.extend([line, "\n"]);
            continue;
        };
        includes += 1;
        for line in read(rest.trim_end_matches([' ', '}']))?.lines() {
            whole.extend(["  ", line, "\n"]);
        }
    }
    if includes == 0 {
        return Err(Failure::new("template.yaml: no include was found, so that it would not be linted"));
    }
    let path = workspace.local().join("template.yaml");
    fs::write(&path, whole).map_err(|e| Failure::new(format!("{}: {e}", path.display())))?;
    Ok(path)
}
