//! Installs the pinned tools, in an environment of their own below `.tools/`.

use std::fs;
use std::process::Command;

use crate::steps::{Failure, Steps};
use crate::workspace::Workspace;

/// Installs what `tools/requirements.txt` names, once per content of that file.
pub fn ensure(workspace: &Workspace, steps: &mut Steps) -> Result<(), Failure> {
    let requirements = workspace.root.join("tools/requirements.txt");
    let wanted =
        fs::read_to_string(&requirements).map_err(|e| Failure::new(format!("{}: {e}", requirements.display())))?;
    // The stamp is the file itself, written last: an installation that was broken off is not taken for a finished one.
    let stamp = workspace.venv().join("installed-requirements.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    steps.command(
        "tools: python environment",
        Command::new("python3").args(["-m", "venv", "--clear"]).arg(workspace.venv()),
    )?;
    steps.command(
        "tools: pinned packages",
        Command::new(workspace.tool("python"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(&requirements),
    )?;
    fs::write(&stamp, wanted).map_err(|e| Failure::new(format!("{}: {e}", stamp.display())))
}

/// `sam`, as we call it everywhere: no telemetry, our tools first, nothing of the user's AWS configuration needed.
pub fn sam(workspace: &Workspace) -> Command {
    let mut command = Command::new(workspace.tool("sam"));
    command
        .current_dir(&workspace.root)
        .env("PATH", workspace.path())
        .env("SAM_CLI_TELEMETRY", "0")
        .env("AWS_EC2_METADATA_DISABLED", "true");
    // Linting and building ask for a region though they call nobody.
    if std::env::var_os("AWS_REGION").is_none() && std::env::var_os("AWS_DEFAULT_REGION").is_none() {
        command.env("AWS_REGION", "us-east-1").env("AWS_DEFAULT_REGION", "us-east-1");
    }
    command
}
