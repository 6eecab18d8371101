//! Paths of this checkout, and the machine's architecture.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::steps::Failure;

/// This checkout on this machine.
pub struct Workspace {
    /// The workspace's root.
    pub root: PathBuf,
    /// Cargo's target directory, wherever the environment puts it.
    pub target: PathBuf,
}

impl Workspace {
    /// Asks cargo where the workspace is.
    pub fn find() -> Result<Self, Failure> {
        let out = Command::new(cargo())
            .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
            .output()
            .map_err(|e| Failure::new(format!("cargo metadata: {e}")))?;
        let metadata: serde_json::Value = serde_json::from_slice(&out.stdout)
            .map_err(|e| Failure::new(format!("cargo metadata: {e}: {}", String::from_utf8_lossy(&out.stderr))))?;
        let path = |key: &str| {
            metadata[key].as_str().map(PathBuf::from).ok_or_else(|| Failure::new(format!("cargo metadata: no {key}")))
        };
        let workspace = Self { root: path("workspace_root")?, target: path("target_directory")? };
        fs::create_dir_all(workspace.logs())
            .map_err(|e| Failure::new(format!("{}: {e}", workspace.logs().display())))?;
        Ok(workspace)
    }

    /// What a local run leaves behind: logs and addresses.
    pub fn local(&self) -> PathBuf {
        self.root.join(".local")
    }

    /// One file per step and per background process.
    pub fn logs(&self) -> PathBuf {
        self.local().join("logs")
    }

    /// A new log file of a background process.
    pub fn log(&self, name: &str) -> Result<File, Failure> {
        let path = self.logs().join(format!("{name}.log"));
        File::create(&path).map_err(|e| Failure::new(format!("{}: {e}", path.display())))
    }

    /// A command of the tools' environment.
    pub fn tool(&self, name: &str) -> PathBuf {
        self.venv().join("bin").join(name)
    }

    /// The tools' environment.
    pub fn venv(&self) -> PathBuf {
        self.root.join(".tools").join("venv")
    }

    /// The tools' environment before everything else, since `sam` looks `cargo-lambda` up there.
    pub fn path(&self) -> String {
        let before = self.venv().join("bin");
        format!("{}:{}", before.display(), std::env::var("PATH").unwrap_or_default())
    }
}

/// The cargo that runs us.
pub fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// This machine in Lambda's words.
pub fn architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }
}
