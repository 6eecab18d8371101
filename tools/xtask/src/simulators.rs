//! Starts the vendors' simulators on loopback.

use std::io::{self, BufRead, BufReader};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::build;
use crate::process_group::ProcessGroup;
use crate::steps::Failure;
use crate::workspace::Workspace;

const PATIENCE: Duration = Duration::from_secs(20);

/// Running simulators; they end when dropped.
pub struct Simulators {
    /// `SIM_<NAME>` and where that system listens.
    pub addresses: Vec<(String, String)>,
    _process: ProcessGroup,
}

impl Simulators {
    /// Starts them and reads the one line in which they say where they listen.
    pub fn start(workspace: &Workspace) -> Result<Self, Failure> {
        let failed = |e: io::Error| Failure::new(format!("simulators: {e}"));
        let mut process =
            ProcessGroup::start(&build::companion(workspace, "simulators"), workspace.log("simulators")?, true)
                .map_err(failed)?;
        let output = process.output().ok_or_else(|| Failure::new("simulators: no output"))?;
        let (said, hears) = mpsc::channel();
        let mut rest = workspace.log("simulators-output")?;
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            let mut line = String::new();
            let _ = said.send(output.read_line(&mut line).map(|_| line));
            // Read on, so that a talkative simulator is never stopped by a full pipe.
            let _ = io::copy(&mut output, &mut rest);
        });
        let line = hears
            .recv_timeout(PATIENCE)
            .map_err(|_| Failure::new("simulators: said nothing, see .local/logs/simulators.log"))?
            .map_err(failed)?;
        Ok(Self { addresses: addresses(&line)?, _process: process })
    }
}

fn addresses(line: &str) -> Result<Vec<(String, String)>, Failure> {
    let unclear = || Failure::new(format!("simulators: expected one line of addresses, heard {line:?}"));
    let said: Value = serde_json::from_str(line).map_err(|_| unclear())?;
    said.as_object()
        .ok_or_else(unclear)?
        .iter()
        .map(|(name, address)| {
            let address = address.as_str().ok_or_else(unclear)?;
            Ok((format!("SIM_{}", name.to_ascii_uppercase()), address.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_variables() {
        let said = addresses(r#"{"ongoing":"http://127.0.0.1:1","poweroffice":"http://127.0.0.1:2"}"#).unwrap();
        assert_eq!(said[0], ("SIM_ONGOING".to_owned(), "http://127.0.0.1:1".to_owned()));
        assert_eq!(said[1], ("SIM_POWEROFFICE".to_owned(), "http://127.0.0.1:2".to_owned()));
    }

    #[test]
    fn anything_else_is_a_failure() {
        assert!(addresses("").is_err());
        assert!(addresses("listening").is_err());
        assert!(addresses(r#"{"ongoing":4}"#).is_err());
    }
}
