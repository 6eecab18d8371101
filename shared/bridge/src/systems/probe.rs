//! What a probe of a system finds: fact by fact, an answer with what shows it, or why there is none.

use serde_json::Value;

use crate::http::classify::turned_away;
use crate::words::fault::{Fault, Result};

/// What was found of one fact.
#[derive(Debug)]
pub struct Finding {
    /// The fact's id in [`crate::words::facts`].
    pub fact: &'static str,
    /// What shows.
    pub seen: Seen,
}

/// What shows of a fact.
#[derive(Debug, PartialEq, Eq)]
pub enum Seen {
    /// The answer of this word, and what shows it.
    Answer(&'static str, String),
    /// An answer that is none of those that were thought of.
    Other(String),
    /// Nothing, and why.
    Open(String),
}

impl Seen {
    /// One of two answers, by what was found out.
    pub(crate) fn either(is: bool, word: &'static str, other: &'static str, saw: impl Into<String>) -> Self {
        Self::Answer(if is { word } else { other }, saw.into())
    }

    pub(crate) fn open(why: impl Into<String>) -> Self {
        Self::Open(why.into())
    }
}

/// How the numbers of a probe's documents begin.
pub const MARK: &str = "BRIDGE-PROBE-";

/// What a probe found by documents of its own.
#[derive(Debug, Default)]
pub struct Written {
    /// Fact by fact.
    pub findings: Vec<Finding>,
    /// What was written and stays, and what could not be cleaned up.
    pub stays: Vec<String>,
}

impl Written {
    /// A fault ended the probe: what was not looked at by then is open.
    pub(crate) fn leave_open(&mut self, facts: &[&'static str], fault: &Fault) {
        for fact in facts {
            if !self.findings.iter().any(|finding| finding.fact == *fact) {
                self.findings.push(Finding { fact, seen: Seen::Open(fault.to_string()) });
            }
        }
    }
}

/// Is told which fact is looked at now.
pub type Tell<'a> = &'a dyn Fn(&'static str);

/// Looks at one fact; a fault leaves it open, with its words.
pub(crate) async fn look(fact: &'static str, tell: Tell<'_>, looking: impl Future<Output = Result<Seen>>) -> Finding {
    tell(fact);
    let seen = looking.await.unwrap_or_else(|fault| Seen::Open(fault.to_string()));
    Finding { fact, seen }
}

/// Tells of what may have been made although nobody answered.
pub(crate) fn note_lost<T>(stays: &mut Vec<String>, what: &str, made: &Result<T>) {
    if let Err(fault) = made
        && !turned_away(fault)
    {
        stays.push(format!("{what} may be there, since its making was not answered"));
    }
}

/// Whether a call was taken; a refusal comes with its words.
///
/// # Errors
/// Faults that are no refusal.
pub(crate) fn taken(answer: Result<Value>) -> Result<Result<Value, String>> {
    match answer {
        Ok(value) => Ok(Ok(value)),
        Err(Fault::Rejected { why, .. }) => Ok(Err(why)),
        Err(fault) => Err(fault),
    }
}
