//! `cargo xtask build`: builds the functions, and the template that points to them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fresh::Built;
use crate::steps::{Failure, Steps};
use crate::workspace::{Workspace, architecture, cargo};
use crate::{built_template, glibc, packages, sbom, tools};

/// For whom the functions are compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Small and quick to start: the workspace's release profile.
    Deployed,
    /// Quick to compile: the same profile without its whole-program optimisation.
    Local,
}

/// Ends with `.aws-sam/build/template.yaml` and the functions beside it.
pub fn run(workspace: &Workspace, steps: &mut Steps, profile: Profile) -> Result<(), Failure> {
    tools::ensure(workspace, steps)?;
    functions(workspace, steps, profile)?;
    if profile == Profile::Deployed {
        steps.step("symbols that Amazon Linux 2023 has", || symbols(workspace))?;
    }
    steps.step("what the functions are made of (CycloneDX)", || sbom::write(workspace))?;
    println!("\nfor {}: sam deploy --guided", architecture());
    Ok(())
}

/// `sam build` for this machine's architecture.
pub fn functions(workspace: &Workspace, steps: &mut Steps, profile: Profile) -> Result<(), Failure> {
    let mut command = tools::sam(workspace);
    command.args(["build", "--parameter-overrides"]).arg(format!("Architecture={}", architecture()));
    compile_as(&mut command, profile);
    steps.command("functions", &mut command)?;
    steps.step("template: the architecture that was built", || built_template::carry_architecture(workspace))
}

/// All that a local stack needs, where anything has changed since it was built.
pub fn local(workspace: &Workspace, steps: &mut Steps) -> Result<(), Failure> {
    // What is saved while it is built is of the next build.
    let built = Built::of(workspace);
    if built.is_fresh() {
        return Ok(());
    }
    functions(workspace, steps, Profile::Local)?;
    packages::write(workspace, steps)?;
    companions(workspace, steps)?;
    built.note();
    Ok(())
}

/// The simulators, the end-to-end programs and the operator's command, by the very compiler call that `sam build` makes (cargo-lambda chooses target,
/// processor and panic strategy), so that what they share with the functions is compiled once.
fn companions(workspace: &Workspace, steps: &mut Steps) -> Result<(), Failure> {
    let mut command = Command::new(workspace.tool("cargo-lambda"));
    command.current_dir(&workspace.root).env("PATH", workspace.path()).args(["lambda", "build", "--release"]);
    command.args(if architecture() == "arm64" { ["--arm64"] } else { ["--x86-64"] });
    command.args(["--package", "simulators", "--package", "end-to-end", "--package", "bridgectl", "--bins"]);
    compile_as(&mut command, Profile::Local);
    steps.command("simulators, end-to-end programs, bridgectl", &mut command)
}

/// Packages as they are deployed, and where they lie: by cargo-lambda where it is installed, which chooses target and
/// processor; else by cargo alone, with the same profile.
pub fn as_deployed(
    workspace: &Workspace,
    steps: &mut Steps,
    name: &str,
    packages: &[&str],
) -> Result<PathBuf, Failure> {
    let lambda = workspace.tool("cargo-lambda");
    let (mut command, folder) = if lambda.is_file() {
        let mut command = Command::new(lambda);
        command.env("PATH", workspace.path()).args(["lambda", "build", "--release"]);
        command.arg(if architecture() == "arm64" { "--arm64" } else { "--x86-64" });
        (command, "lambda")
    } else {
        let mut command = Command::new(cargo());
        command.args(["build", "--release"]);
        (command, "release")
    };
    command.current_dir(&workspace.root).args(packages.iter().flat_map(|package| ["--package", package])).arg("--bins");
    compile_as(&mut command, Profile::Deployed);
    steps.command(name, &mut command)?;
    Ok(workspace.target.join(folder))
}

/// A program below a folder of [`as_deployed`]: cargo-lambda puts each into a folder of its name.
pub fn found(folder: &Path, name: &str) -> PathBuf {
    let deployed = folder.join(name).join("bootstrap");
    if deployed.is_file() { deployed } else { folder.join(name) }
}

/// One of the programs that [`companions`] made, where cargo-lambda puts what it built.
pub fn companion(workspace: &Workspace, name: &str) -> Command {
    let mut command = Command::new(companion_path(workspace, name));
    command.current_dir(&workspace.root);
    command
}

/// Where a program that [`companions`] made lies.
pub fn companion_path(workspace: &Workspace, name: &str) -> PathBuf {
    workspace.target.join("lambda").join(name).join("bootstrap")
}

fn compile_as(command: &mut Command, profile: Profile) {
    // The host's own linker is the quicker way where it makes what Lambda runs; elsewhere zig cross-compiles.
    if std::env::var_os("CARGO_LAMBDA_COMPILER").is_none() {
        command.env("CARGO_LAMBDA_COMPILER", if cfg!(target_os = "linux") { "cargo" } else { "zig" });
    }
    if profile == Profile::Local {
        command
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
    }
}

fn symbols(workspace: &Workspace) -> Result<(), Failure> {
    let built = workspace.root.join(".aws-sam/build");
    let folders = fs::read_dir(&built).map_err(|e| Failure::new(format!("{}: {e}", built.display())))?;
    let bootstraps: Vec<_> =
        folders.flatten().map(|entry| entry.path().join("bootstrap")).filter(|p| p.is_file()).collect();
    if bootstraps.is_empty() {
        return Err(Failure::new(format!("{}: no function was built", built.display())));
    }
    for bootstrap in bootstraps {
        let bytes = fs::read(&bootstrap).map_err(|e| Failure::new(format!("{}: {e}", bootstrap.display())))?;
        if let Some(newest) = glibc::newest(&bytes).filter(|newest| *newest > glibc::AMAZON_LINUX_2023) {
            return Err(Failure::new(format!(
                "{}: needs GLIBC_{}.{}, and Amazon Linux 2023 has 2.34.\n\
                 This machine's C library is newer than Lambda's: CARGO_LAMBDA_COMPILER=zig cargo xtask build",
                bootstrap.display(),
                newest.0,
                newest.1
            )));
        }
    }
    Ok(())
}
