//! What a probe of a system finds: fact by fact, an answer with what shows it, or why there is none.

mod documents;

use jiff::civil::Date;
use serde_json::Value;

use crate::words::fault::{Fault, Result};

pub use documents::Documents;

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

/// A fault ended a probe: what was not looked at by then is open.
pub(crate) fn leave_open(findings: &mut Vec<Finding>, facts: &[&'static str], fault: &Fault) {
    for fact in facts {
        if !findings.iter().any(|finding| finding.fact == *fact) {
            findings.push(Finding { fact, seen: Seen::Open(fault.to_string()) });
        }
    }
}

/// Is told which fact is looked at now.
pub type Tell<'a> = &'a dyn Fn(&'static str);

/// What a probe makes documents with.
pub(crate) struct Own<'a> {
    /// The number of all of them, which no other document has.
    pub number: &'a str,
    /// Today.
    pub day: Date,
    /// What is made is noted here.
    pub documents: &'a Documents,
    pub tell: Tell<'a>,
}

/// Looks at one fact; a fault leaves it open, with its words.
pub(crate) async fn look(fact: &'static str, tell: Tell<'_>, looking: impl Future<Output = Result<Seen>>) -> Finding {
    tell(fact);
    let seen = looking.await.unwrap_or_else(|fault| Seen::Open(fault.to_string()));
    Finding { fact, seen }
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
