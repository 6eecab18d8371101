//! Installs the pinned tools, in an environment of their own below `.tools/`.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

use crate::steps::{Failure, Steps};
use crate::workspace::Workspace;

/// What installs the tools, step by step, and what is to be noted when all is done; `None` where they are there.
struct Installation {
    steps: Vec<(&'static str, Command)>,
    stamp: PathBuf,
    wanted: String,
}

impl Installation {
    /// What `tools/requirements.txt` names, once per content of that file.
    fn of(workspace: &Workspace) -> Result<Option<Self>, Failure> {
        let requirements = workspace.root.join("tools/requirements.txt");
        let wanted =
            fs::read_to_string(&requirements).map_err(|e| Failure::new(format!("{}: {e}", requirements.display())))?;
        // The stamp is the file itself, written last: an installation that was broken off is not taken for a finished one.
        let stamp = workspace.venv().join("installed-requirements.txt");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(None);
        }
        let mut environment = Command::new("python3");
        environment.args(["-m", "venv", "--clear"]).arg(workspace.venv());
        let mut packages = Command::new(workspace.tool("python"));
        packages.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
        packages.arg(&requirements);
        let steps = vec![("tools: python environment", environment), ("tools: pinned packages", packages)];
        Ok(Some(Self { steps, stamp, wanted }))
    }

    fn note(&self) -> Result<(), Failure> {
        fs::write(&self.stamp, &self.wanted).map_err(|e| Failure::new(format!("{}: {e}", self.stamp.display())))
    }
}

/// Installs the tools.
pub fn ensure(workspace: &Workspace, steps: &mut Steps) -> Result<(), Failure> {
    let Some(mut installation) = Installation::of(workspace)? else { return Ok(()) };
    for (name, command) in &mut installation.steps {
        steps.command(name, command)?;
    }
    installation.note()
}

/// Installs the tools beside whatever is done until it is joined: most of it is waiting for the network.
pub fn meanwhile(workspace: &Workspace) -> Result<JoinHandle<Result<(), Failure>>, Failure> {
    let installation = Installation::of(workspace)?;
    Ok(std::thread::spawn(move || {
        let Some(mut installation) = installation else { return Ok(()) };
        for (name, command) in &mut installation.steps {
            let done = command.stdin(Stdio::null()).output().map_err(|e| Failure::new(format!("{name}: {e}")))?;
            if !done.status.success() {
                return Err(Failure::new(format!("{name}: {}", String::from_utf8_lossy(&done.stderr))));
            }
        }
        installation.note()
    }))
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
