//! The local stack: an AWS emulator on loopback, with our template deployed to it.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::build;
use crate::packages;
use crate::process_group::ProcessGroup;
use crate::simulators::Simulators;
use crate::steps::{Failure, Steps};
use crate::tools;
use crate::workspace::{Workspace, architecture};

/// `bridgectl` knows the demo by it: `DEMO` in `shared/operator/src/stack.rs`.
const NAME: &str = "ongoing-bridge-local";
const REGION: &str = "eu-north-1";
const PATIENCE: Duration = Duration::from_secs(30);

/// `sam` looks every five seconds, where AWS would tell it to slow down.
const POLL_SECONDS: &str = "0.2";

/// What differs from a deployment to AWS: loopback hosts are allowed, nothing runs by itself.
const LOCAL: [&str; 2] = ["AllowLocalEndpoints=true", "ScheduleState=DISABLED"];

/// Retries take seconds, and nobody waits for a vendor's limit: Finago's is two calls a second for all companies together.
const IMPATIENT: [&str; 4] = [
    "ImportVisibilitySeconds=3",
    "JobVisibilitySeconds=15",
    "WritebackVisibilitySeconds=5",
    "CallsPerMinute=poweroffice=520,finago=1200,procountor=3300,visma=570",
];

/// A running stack with the vendors' systems beside it; all of it ends when dropped.
pub struct Stack {
    port: u16,
    local: PathBuf,
    operator: PathBuf,
    simulators: Simulators,
    _emulator: ProcessGroup,
}

/// Of one that is gone: its addresses would mislead.
const GONE: &str = "echo 'the demo is not running; cargo xtask demo --keep starts it' >&2\n";

impl Stack {
    /// Starts the emulator and the simulators, and deploys the built template.
    pub fn start(workspace: &Workspace, steps: &mut Steps) -> Result<Self, Failure> {
        Self::start_with(workspace, steps, &IMPATIENT)
    }

    /// The same with the time-outs of a deployment to AWS.
    pub fn start_as_deployed(workspace: &Workspace, steps: &mut Steps) -> Result<Self, Failure> {
        Self::start_with(workspace, steps, &[])
    }

    fn start_with(workspace: &Workspace, steps: &mut Steps, parameters: &[&str]) -> Result<Self, Failure> {
        let (port, emulator, simulators) = steps.step("emulator and simulators", || {
            let (port, mut emulator) = emulator(workspace)?;
            let simulators = Simulators::start(workspace)?;
            until_healthy(port, &mut emulator)?;
            Ok((port, emulator, simulators))
        })?;
        let mut deploy = tools::sam(workspace);
        deploy
            .arg("deploy")
            // Beside the template `sam` would look for it.
            .arg("--config-file")
            .arg(workspace.root.join("samconfig.toml"))
            .args(["--stack-name", NAME, "--template-file"])
            .arg(packages::template(workspace))
            .args(["--no-confirm-changeset", "--no-progressbar", "--parameter-overrides"])
            .args(LOCAL)
            .args(parameters)
            .arg(format!("Architecture={}", architecture()))
            .env("SAM_CLI_POLL_DELAY", POLL_SECONDS);
        aws(&mut deploy, port);
        steps.command("deployment to the emulator", &mut deploy)?;
        let operator = build::companion_path(workspace, "bridgectl");
        let stack = Self { port, local: workspace.local(), operator, simulators, _emulator: emulator };
        stack.tell_shells().map_err(|e| Failure::new(format!("{}: {e}", stack.local.display())))?;
        Ok(stack)
    }

    /// `.local/env`: the variables, and the operator's command on the path.
    fn tell_shells(&self) -> io::Result<()> {
        let bin = self.local.join("bin");
        fs::create_dir_all(&bin)?;
        let command = bin.join("bridgectl");
        let _ = fs::remove_file(&command);
        symlink(&self.operator, &command)?;
        let exports = self.variables().into_iter().map(|(key, value)| format!("export {key}='{value}'\n"));
        let path = format!("export PATH='{}':\"$PATH\"\n", bin.display());
        fs::write(self.local.join("env"), exports.chain([path]).collect::<String>())
    }

    /// Ends all of it, and says what that was.
    pub fn stop(self) -> String {
        let said = stopped(self.port, self.simulators.addresses.len());
        drop(self);
        said
    }

    /// What a program needs to find the stack and the simulators.
    pub fn variables(&self) -> Vec<(String, String)> {
        let mut variables: Vec<_> =
            standard(self.port).into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        variables.push(("STACK_NAME".to_owned(), NAME.to_owned()));
        variables.push(("BRIDGE_STACK".to_owned(), NAME.to_owned()));
        variables.push(("BRIDGECTL".to_owned(), self.operator.display().to_string()));
        variables.extend(self.simulators.addresses.iter().cloned());
        variables
    }

    /// Lets `command` see the stack, and no AWS account of the user's.
    pub fn open_to(&self, command: &mut Command) {
        aws(command, self.port);
        command.envs(self.variables());
    }
}

fn stopped(port: u16, systems: usize) -> String {
    format!(
        "Stopped: the emulator of AWS on port {port} with the stack {NAME},\n\
         and the simulators of {systems} systems. Nothing of it is left; logs are in .local/logs."
    )
}

impl Drop for Stack {
    fn drop(&mut self) {
        let _ = fs::write(self.local.join("env"), GONE);
    }
}

fn standard(port: u16) -> [(&'static str, String); 6] {
    [
        ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}")),
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_DEFAULT_REGION", REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
    ]
}

fn aws(command: &mut Command, port: u16) {
    away_from_aws(command.envs(standard(port)));
}

/// Nothing of the user's AWS configuration is used.
pub fn away_from_aws(command: &mut Command) {
    command
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("NO_PROXY", "127.0.0.1,localhost")
        .env("no_proxy", "127.0.0.1,localhost")
        .env_remove("AWS_PROFILE")
        .env_remove("AWS_SESSION_TOKEN");
}

fn emulator(workspace: &Workspace) -> Result<(u16, ProcessGroup), Failure> {
    let failed = |e: io::Error| Failure::new(format!("emulator: {e}"));
    let port = free_port().map_err(failed)?;
    let home = workspace.local().join("emulator");
    fs::create_dir_all(&home).map_err(failed)?;
    // The emulator hands its whole environment to the functions, so it gets a small one.
    let mut command = Command::new("env");
    command.current_dir(&home).arg("-i");
    for (key, value) in standard(port) {
        command.arg(format!("{key}={value}"));
    }
    command
        .arg(format!("PATH={}", workspace.path()))
        .arg(format!("HOME={}", home.display()))
        .arg(format!("TMPDIR={}", home.display()))
        .arg(format!("STATE_DIR={}", home.display()))
        .arg(format!("GATEWAY_PORT={port}"))
        .arg(format!("MINISTACK_REGION={REGION}"))
        .args(["AUTH=true", "BIND_HOST=127.0.0.1", "IOT_MTLS_ENABLED=0"])
        .arg(workspace.tool("ministack"));
    let process = ProcessGroup::start(&command, workspace.log("emulator")?, false).map_err(failed)?;
    Ok((port, process))
}

fn until_healthy(port: u16, emulator: &mut ProcessGroup) -> Result<(), Failure> {
    let until = Instant::now() + PATIENCE;
    while !healthy(port) {
        if emulator.ended() || Instant::now() > until {
            return Err(Failure::new("emulator: did not come up, see .local/logs/emulator.log"));
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// The variables of a stack that another terminal keeps, if one does.
pub fn kept(workspace: &Workspace) -> Option<Vec<(String, String)>> {
    let variables = exports(&fs::read_to_string(workspace.local().join("env")).ok()?);
    let endpoint = variables.iter().find(|(name, _)| name == "AWS_ENDPOINT_URL")?;
    let port = endpoint.1.rsplit_once(':')?.1.parse().ok()?;
    healthy(port).then_some(variables)
}

/// `export NAME='value'`; the path has no such value.
fn exports(text: &str) -> Vec<(String, String)> {
    let line = |line: &str| {
        let (name, value) = line.strip_prefix("export ")?.split_once("='")?;
        Some((name.to_owned(), value.strip_suffix('\'')?.to_owned()))
    };
    text.lines().filter_map(line).collect()
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn healthy(port: u16) -> bool {
    let ask = || -> io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(b"GET /_ministack/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        Ok(String::from_utf8_lossy(&status).into_owned())
    };
    ask().is_ok_and(|status| status.ends_with(" 200"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bridgectl_knows_the_demo_by_the_name_of_its_stack() {
        let known = include_str!("../../../shared/operator/src/stack.rs");
        assert!(known.contains(&format!("pub const DEMO: &str = {NAME:?};")));
    }

    #[test]
    fn what_was_stopped_is_said_in_eighty_columns() {
        let said = stopped(65_535, 5);
        assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
        assert!(said.contains("port 65535") && said.contains(NAME) && said.contains("5 systems"), "{said}");
    }

    #[test]
    fn what_a_shell_is_told_is_read_again() {
        let told = "export AWS_ENDPOINT_URL='http://127.0.0.1:4600'\nexport A='b=c'\nexport PATH='/x':\"$PATH\"\n";
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(exports(told), [pair("AWS_ENDPOINT_URL", "http://127.0.0.1:4600"), pair("A", "b=c")]);
        assert!(exports(GONE).is_empty());
    }

    #[test]
    fn a_demo_that_was_ended_or_killed_is_not_running() {
        let root = std::env::temp_dir().join(format!("xtask-kept-{}", std::process::id()));
        let workspace = Workspace { root: root.clone(), target: root.join("target") };
        assert!(kept(&workspace).is_none(), "there never was one");
        fs::create_dir_all(workspace.local()).unwrap();
        for left in [GONE, "export AWS_ENDPOINT_URL='http://127.0.0.1:9'\n"] {
            fs::write(workspace.local().join("env"), left).unwrap();
            assert!(kept(&workspace).is_none(), "{left}");
        }
        fs::remove_dir_all(root).unwrap();
    }
}
