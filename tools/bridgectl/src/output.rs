//! A command's output: one answer or one failure, as text for a person or as one JSON document, and the exit code.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use bridge::roads::plan::Moved;
use bridge::words::fault::Fault;
use serde::Serialize;
use serde_json::{Value, json};

use crate::document::FileFault;
pub use crate::note::note;

/// The exit code, by what somebody should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Good = 0,
    /// Something is to be put right.
    Faults = 1,
    /// The command was called in a wrong way.
    Usage = 2,
    /// AWS or the stack cannot be reached, or does not allow it.
    Cloud = 3,
    /// Somebody else changed it in between.
    Changed = 4,
}

/// An answer.
#[derive(Debug)]
pub struct Output {
    pub json: Value,
    /// For standard output, without a line end behind it.
    pub text: String,
    pub code: Code,
}

impl Output {
    /// An answer that all is well.
    pub fn good(json: Value, text: impl Into<String>) -> Self {
        Self { json, text: text.into(), code: Code::Good }
    }

    /// An answer, and whether it is a good one.
    pub fn of(good: bool, json: Value, text: impl Into<String>) -> Self {
        Self { json, text: text.into(), code: if good { Code::Good } else { Code::Faults } }
    }
}

/// Why a command could not do what it was asked.
#[derive(Debug)]
pub struct Failure {
    pub code: Code,
    pub error: String,
    pub faults: Vec<FileFault>,
    /// What is not as it was planned.
    pub moved: Vec<Moved>,
    /// What the command's answer has beside, so that it has one shape, good or bad.
    pub answer: Value,
}

/// What is printed of a failure.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FailureAnswer<'a> {
    error: &'a str,
    /// Of tenant files.
    faults: &'a [FileFault],
    /// What is not as it was planned.
    #[serde(skip_serializing_if = "<[Moved]>::is_empty")]
    moved: &'a [Moved],
}

impl Failure {
    fn new(code: Code, error: impl Into<String>) -> Self {
        Self { code, error: error.into(), faults: Vec::new(), moved: Vec::new(), answer: json!({}) }
    }

    pub fn wrong(error: impl Into<String>) -> Self {
        Self::new(Code::Faults, error)
    }

    pub fn usage(error: impl Into<String>) -> Self {
        Self::new(Code::Usage, error)
    }

    pub fn cloud(error: impl Into<String>) -> Self {
        Self::new(Code::Cloud, error)
    }

    pub fn changed(error: impl Into<String>) -> Self {
        Self::new(Code::Changed, error)
    }

    pub fn faulty(error: impl Into<String>, faults: Vec<FileFault>) -> Self {
        Self { faults, ..Self::wrong(error) }
    }

    /// What moved between a plan and its application.
    pub fn moved(error: impl Into<String>, moved: Vec<Moved>) -> Self {
        Self { moved, ..Self::changed(error) }
    }

    pub fn json(&self) -> Value {
        let failure = FailureAnswer { error: &self.error, faults: &self.faults, moved: &self.moved };
        let mut json = self.answer.clone();
        if let (Some(all), Value::Object(own)) = (json.as_object_mut(), json!(failure)) {
            all.extend(own);
        }
        json
    }

    pub fn text(&self) -> String {
        let mut text = String::new();
        for fault in &self.faults {
            let _ = writeln!(text, "{fault}");
        }
        for moved in &self.moved {
            let name = moved.number.as_ref().or(moved.key.as_ref()).map_or_else(String::new, |name| format!(" {name}"));
            let _ = writeln!(text, "{}{name}: {}", moved.feed, moved.why);
        }
        let _ = write!(text, "{} {}", Paint::of_stderr().bad("error:"), self.error);
        text
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            // What a function or a rule of ours says no to; the rest is between us and AWS.
            Fault::Rejected { .. } => Self::wrong(fault.to_string()),
            _ => Self::cloud(fault.to_string()),
        }
    }
}

/// Colours on a terminal, unless `NO_COLOR` says otherwise.
#[derive(Clone, Copy)]
pub struct Paint(bool);

impl Paint {
    pub fn of_stdout() -> Self {
        Self(std::io::stdout().is_terminal() && wanted())
    }

    pub fn of_stderr() -> Self {
        Self(std::io::stderr().is_terminal() && wanted())
    }

    /// No colours at all.
    #[cfg(test)]
    pub fn none() -> Self {
        Self(false)
    }

    fn dressed(self, code: &str, text: &str) -> String {
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    pub fn good(self, text: &str) -> String {
        self.dressed("32", text)
    }

    pub fn bad(self, text: &str) -> String {
        self.dressed("1;31", text)
    }

    pub fn warning(self, text: &str) -> String {
        self.dressed("33", text)
    }

    pub fn strong(self, text: &str) -> String {
        self.dressed("1", text)
    }
}

fn wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Prints how a command ended. A reader that went away (`| head`) is no fault.
pub fn print(outcome: Result<Output, Failure>, as_json: bool) -> ExitCode {
    let code = match outcome {
        Ok(told) => {
            let text = if as_json { pretty(&told.json) } else { told.text };
            if !text.is_empty() {
                let _ = writeln!(std::io::stdout(), "{text}");
            }
            told.code
        }
        Err(failure) if as_json => {
            let _ = writeln!(std::io::stdout(), "{}", pretty(&failure.json()));
            failure.code
        }
        Err(failure) => {
            note(&failure.text());
            failure.code
        }
    };
    ExitCode::from(code as u8)
}

/// What clap says of a wrong call, or the help that was asked for.
pub fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && std::env::args().any(|argument| argument == "--json") {
        let said = error.render().to_string();
        let first = said.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        return print(Err(Failure::usage(first)), true);
    }
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { Code::Usage } else { Code::Good } as u8)
}

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_s_code_says_what_to_do() {
        let code = |fault: Fault| Failure::from(fault).code;
        assert_eq!(code(Fault::unavailable(String::new())), Code::Cloud);
        assert_eq!(code(Fault::Unauthorized(String::new())), Code::Cloud);
        assert_eq!(code(Fault::Unexpected(String::new())), Code::Cloud);
        assert_eq!(code(Fault::rejected("f", "no")), Code::Faults);
    }

    #[test]
    fn nothing_is_coloured_where_nobody_looks() {
        assert_eq!(Paint(false).bad("no"), "no");
        assert_eq!(Paint(true).bad("no"), "\u{1b}[1;31mno\u{1b}[0m");
    }
}
