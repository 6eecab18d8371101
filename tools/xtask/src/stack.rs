//! The local stack: an AWS emulator on loopback, with our template deployed to it.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::build;
use crate::process_group::ProcessGroup;
use crate::simulators::Simulators;
use crate::steps::{Failure, Steps};
use crate::tools;
use crate::workspace::{Workspace, architecture};

const NAME: &str = "ongoing-bridge-local";
const REGION: &str = "eu-north-1";
const PATIENCE: Duration = Duration::from_secs(30);

/// What differs from a deployment to AWS: loopback hosts are allowed, nothing runs by itself.
const LOCAL: [&str; 2] = ["AllowLocalEndpoints=true", "ScheduleState=DISABLED"];

/// Retries take seconds.
const IMPATIENT: [&str; 3] = ["ImportVisibilitySeconds=3", "JobVisibilitySeconds=15", "WritebackVisibilitySeconds=5"];

/// A running stack with the vendors' systems beside it; all of it ends when dropped.
pub struct Stack {
    port: u16,
    outputs: String,
    addresses: PathBuf,
    operator: PathBuf,
    simulators: Simulators,
    _emulator: ProcessGroup,
}

impl Stack {
    /// Starts the emulator, deploys `.aws-sam/build/template.yaml`, starts the simulators.
    pub fn start(workspace: &Workspace, steps: &mut Steps) -> Result<Self, Failure> {
        Self::start_with(workspace, steps, &IMPATIENT)
    }

    /// The same with the time-outs of a deployment to AWS.
    pub fn start_as_deployed(workspace: &Workspace, steps: &mut Steps) -> Result<Self, Failure> {
        Self::start_with(workspace, steps, &[])
    }

    fn start_with(workspace: &Workspace, steps: &mut Steps, parameters: &[&str]) -> Result<Self, Failure> {
        let (port, emulator) = steps.step("emulator", || emulator(workspace))?;
        let mut deploy = tools::sam(workspace);
        deploy
            .args(["deploy", "--stack-name", NAME])
            .args(["--no-confirm-changeset", "--no-progressbar", "--parameter-overrides"])
            .args(LOCAL)
            .args(parameters)
            .arg(format!("Architecture={}", architecture()));
        aws(&mut deploy, port);
        steps.command("deployment to the emulator", &mut deploy)?;
        let outputs = steps.step("outputs of the stack", || outputs(workspace, port))?;
        let simulators = steps.step("simulators", || Simulators::start(workspace))?;
        let (addresses, operator) = (workspace.local().join("env"), build::companion_path(workspace, "bridgectl"));
        let stack = Self { port, outputs, addresses, operator, simulators, _emulator: emulator };
        let exports: String =
            stack.variables().iter().map(|(key, value)| format!("export {key}='{value}'\n")).collect();
        fs::write(&stack.addresses, exports)
            .map_err(|e| Failure::new(format!("{}: {e}", stack.addresses.display())))?;
        Ok(stack)
    }

    /// What a program needs to find the stack and the simulators.
    pub fn variables(&self) -> Vec<(String, String)> {
        let mut variables: Vec<_> =
            standard(self.port).into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        variables.push(("STACK_NAME".to_owned(), NAME.to_owned()));
        variables.push(("BRIDGE_STACK".to_owned(), NAME.to_owned()));
        variables.push(("BRIDGECTL".to_owned(), self.operator.display().to_string()));
        variables.push(("STACK_OUTPUTS".to_owned(), self.outputs.clone()));
        variables.extend(self.simulators.addresses.iter().cloned());
        variables
    }

    /// Lets `command` see the stack, and no AWS account of the user's.
    pub fn open_to(&self, command: &mut Command) {
        aws(command, self.port);
        command.envs(self.variables());
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // Addresses of a stack that is gone would mislead.
        let _ = fs::remove_file(&self.addresses);
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
    command
        .envs(standard(port))
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
    let mut process = ProcessGroup::start(&command, workspace.log("emulator")?, false).map_err(failed)?;
    let until = Instant::now() + PATIENCE;
    while !healthy(port) {
        if process.ended() || Instant::now() > until {
            return Err(Failure::new("emulator: did not come up, see .local/logs/emulator.log"));
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok((port, process))
}

/// The stack's outputs as one JSON object.
fn outputs(workspace: &Workspace, port: u16) -> Result<String, Failure> {
    const ASK: &str = "import boto3, json, sys\n\
        stack = boto3.client('cloudformation').describe_stacks(StackName=sys.argv[1])['Stacks'][0]\n\
        print(json.dumps({o['OutputKey']: o['OutputValue'] for o in stack['Outputs']}))";
    let mut command = Command::new(workspace.tool("python"));
    command.args(["-c", ASK, NAME]);
    aws(&mut command, port);
    let out = command.output().map_err(|e| Failure::new(format!("python: {e}")))?;
    if !out.status.success() {
        return Err(Failure::new(String::from_utf8_lossy(&out.stderr)));
    }
    Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
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
