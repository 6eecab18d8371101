//! The built template carries the architecture that was built: as the default of its parameter, and as the only value that
//! the parameter takes. So a deployment that says nothing is right, and one that says another is refused before anything
//! starts; functions of another architecture would deploy and never run.

use std::fs;

use crate::steps::Failure;
use crate::workspace::{Workspace, architecture};

/// Writes the architecture into `.aws-sam/build/template.yaml`.
pub fn carry_architecture(workspace: &Workspace) -> Result<(), Failure> {
    let path = workspace.root.join(".aws-sam/build/template.yaml");
    let failed = |why: String| Failure::new(format!("{}: {why}", path.display()));
    let text = fs::read_to_string(&path).map_err(|e| failed(e.to_string()))?;
    let carried =
        carrying(&text, architecture()).ok_or_else(|| failed("no parameter Architecture was found".into()))?;
    fs::write(&path, carried).map_err(|e| failed(e.to_string()))
}

/// The template, as `sam build` writes it, with the parameter's default and allowed values replaced.
fn carrying(template: &str, architecture: &str) -> Option<String> {
    let (before, rest) = template.split_once("\n  Architecture:\n")?;
    before.contains("Parameters:\n").then_some(())?;
    // Up to the next parameter, or the next section.
    let end = rest.split_inclusive('\n').take_while(|line| line.starts_with("   ")).map(str::len).sum();
    let (parameter, after) = rest.split_at(end);
    let mut lines = Vec::new();
    let mut replaced = 0;
    let mut in_values = false;
    for line in parameter.lines() {
        let item = line.trim_start().starts_with("- ");
        if in_values && item {
            continue;
        }
        in_values = line.trim() == "AllowedValues:";
        if in_values {
            lines.push(format!("    AllowedValues:\n    - {architecture}"));
            replaced += 1;
        } else if line.starts_with("    Default: ") {
            lines.push(format!("    Default: {architecture}"));
            replaced += 1;
        } else {
            lines.push(line.to_owned());
        }
    }
    (replaced == 2).then(|| format!("{before}\n  Architecture:\n{}\n{after}", lines.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUILT: &str = "Parameters:\n  LogLevel:\n    Default: info\n  Architecture:\n    Type: String\n    \
                         Default: arm64\n    AllowedValues:\n    - arm64\n    - x86_64\n    Description: As built\n  \
                         CallsPerMinute:\n    Default: x\n    AllowedValues:\n    - x\n";

    #[test]
    fn the_architecture_is_the_default_and_the_only_one() {
        let carried = carrying(BUILT, "x86_64").unwrap();
        let expected = "Parameters:\n  LogLevel:\n    Default: info\n  Architecture:\n    Type: String\n    \
                        Default: x86_64\n    AllowedValues:\n    - x86_64\n    Description: As built\n  \
                        CallsPerMinute:\n    Default: x\n    AllowedValues:\n    - x\n";
        assert_eq!(carried, expected);
        assert_eq!(carrying(&carried, "x86_64").unwrap(), carried, "once more changes nothing");
    }

    #[test]
    fn a_template_that_is_not_as_expected_is_told() {
        assert_eq!(carrying("Parameters:\n  Other:\n    Default: x\n", "x86_64"), None);
        assert_eq!(carrying(&BUILT.replace("    Default: arm64\n", ""), "x86_64"), None);
    }
}
