//! What is said beside an answer.

use std::io::Write as _;

/// A note beside the answer, on standard error.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
