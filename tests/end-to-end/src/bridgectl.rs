//! The operator's command, as an operator runs it: the real program, with the stack in its environment.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::stack::Stack;
use crate::{Result, variable};

/// How a command ended.
#[derive(Debug)]
pub struct Said {
    /// Its exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Said {
    /// What was said with `--json`.
    ///
    /// # Errors
    /// When it is not one JSON document.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.out).map_err(|error| format!("{error}: {self:?}").into())
    }

    /// Itself, if it ended with this code.
    ///
    /// # Errors
    /// When it ended with another.
    pub fn with(self, code: i32) -> Result<Self> {
        if self.code == code { Ok(self) } else { Err(format!("{code} is expected: {self:?}").into()) }
    }
}

impl Stack {
    /// Runs the command with something on standard input.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn bridgectl(&self, arguments: &[&str], input: &str) -> Result<Said> {
        let mut command = Command::new(variable("BRIDGECTL")?);
        command.args(arguments).env("BRIDGE_STACK", &self.name);
        ended(command, input)
    }

    /// Runs the command without saying which stack is meant.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn bridgectl_unnamed(&self, arguments: &[&str]) -> Result<Said> {
        let mut command = Command::new(variable("BRIDGECTL")?);
        command.args(arguments).env_remove("BRIDGE_STACK");
        ended(command, "")
    }

    /// Runs it with `--json`, and reads the answer; it has to be good, and of the shape that is published.
    ///
    /// # Errors
    /// When it is not.
    pub fn operate(&self, arguments: &[&str], input: &str) -> Result<Value> {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        let said = self.bridgectl(&arguments, input)?.with(0)?.json()?;
        has_its_shape(&arguments, &said)?;
        Ok(said)
    }
}

/// Whether an answer is what `docs/bridgectl.schema.json` says of its command.
fn has_its_shape(arguments: &[&str], said: &Value) -> Result {
    let mut schema: Value = serde_json::from_str(include_str!("../../../docs/bridgectl.schema.json"))?;
    let names =
        [arguments.get(..2).unwrap_or_default().join(" "), arguments.first().copied().unwrap_or_default().to_owned()];
    let own = names.iter().find_map(|name| schema["commands"].get(name)).cloned();
    schema["allOf"] = Value::from(vec![own.ok_or_else(|| format!("{arguments:?} is no command of the schema"))?]);
    let validator = jsonschema::draft7::new(&schema).map_err(|error| error.to_string())?;
    let faults: Vec<String> =
        validator.iter_errors(said).map(|error| format!("{}: {error}", error.instance_path())).collect();
    if faults.is_empty() { Ok(()) } else { Err(format!("{arguments:?}: {faults:?}").into()) }
}

fn ended(mut command: Command, input: &str) -> Result<Said> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command that does not read it may be gone by now.
        let _ = stdin.write_all(input.as_bytes());
    }
    let Output { status, stdout, stderr } = child.wait_with_output()?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(Said { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_of_another_shape_is_refused() {
        let switched = json!({ "tenant_id": "acme", "enabled": true });
        has_its_shape(&["tenant", "pause", "acme", "--json"], &switched).unwrap();
        assert!(has_its_shape(&["tenant", "pause", "acme"], &json!({ "tenant_id": "acme" })).is_err());
        assert!(has_its_shape(&["status", "--json"], &switched).is_err());
        assert!(has_its_shape(&["tenant", "aply"], &switched).is_err());
    }
}
