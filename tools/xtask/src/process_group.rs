//! Background processes that end when this program does, however it ends.
//!
//! A process is started by a second run of this program (`xtask guard`), in a process group of its own. That run holds
//! the reading end of a pipe. When the writing end closes - dropped, or gone with us at Ctrl-C or a kill - it ends the
//! whole group.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::thread;
use std::time::Duration;

/// A running process, ended when dropped.
pub struct ProcessGroup(Child);

impl ProcessGroup {
    /// Starts `command` (program, arguments and environment are taken over). Its errors go to `log`, and its output too
    /// unless it is wanted here.
    pub fn start(command: &Command, log: File, output_here: bool) -> io::Result<Self> {
        let mut guard = Command::new(own_program()?);
        guard.arg("guard").arg(command.get_program()).args(command.get_args());
        if let Some(directory) = command.get_current_dir() {
            guard.current_dir(directory);
        }
        for (key, value) in command.get_envs() {
            match value {
                Some(value) => guard.env(key, value),
                None => guard.env_remove(key),
            };
        }
        let output = if output_here { Stdio::piped() } else { Stdio::from(log.try_clone()?) };
        guard.stdin(Stdio::piped()).stdout(output).stderr(log).process_group(0).spawn().map(Self)
    }

    /// The process's output, when it was wanted here.
    pub fn output(&mut self) -> Option<ChildStdout> {
        self.0.stdout.take()
    }

    /// Whether it ended by itself.
    pub fn ended(&mut self) -> bool {
        !matches!(self.0.try_wait(), Ok(None))
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// This program, even after `cargo test` has put a newer one in its workspace.
fn own_program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") { Ok(PathBuf::from("/proc/self/exe")) } else { std::env::current_exe() }
}

/// The guard itself: runs `command` until it ends or our standard input does.
pub fn watch(command: &[&str]) -> ExitCode {
    let Some((program, arguments)) = command.split_first() else { return ExitCode::from(2) };
    let mut child = match Command::new(program).args(arguments).stdin(Stdio::null()).spawn() {
        Ok(child) => child,
        Err(e) => {
            eprintln!("{program}: {e}");
            return ExitCode::FAILURE;
        }
    };
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        let group = format!("-{}", std::process::id());
        // A polite end first; what ignores it, and this guard with it, gets the other a little later.
        let ending = format!("trap '' TERM; kill -s TERM -- {group}; sleep 2; kill -s KILL -- {group}");
        let _ = Command::new("sh").args(["-c", &ending]).stdin(Stdio::null()).spawn();
        thread::sleep(Duration::from_secs(5));
    });
    match child.wait() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
