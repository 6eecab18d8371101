//! The table: fact by fact in 80 columns, what differs first.

use std::fmt::Write as _;

use super::report::{Report, Settled, Verdict};
use crate::roads::status::lines::{WIDTH, paragraph};

/// The longest name of a fact, and two blanks.
const NAME: usize = 29;

/// The longest verdict, and two blanks.
const VERDICT: usize = 13;

/// What a probe says, as a table.
#[must_use]
pub fn text(report: &Report) -> String {
    let mut text = report.identity.side_by_side();
    text.push('\n');
    if report.stopped {
        text.push_str("stopped before its end; what was made is below\n");
    }
    let counts = [Verdict::Holds, Verdict::Differs, Verdict::CannotTell];
    let counts = counts.map(|verdict| format!("{} {}", report.count(verdict), verdict.words()));
    let _ = writeln!(text, "{} facts: {}\n", report.facts.len(), counts.join(", "));
    let _ = writeln!(text, "{:NAME$}{:VERDICT$}answer", "fact", "");
    for verdict in [Verdict::Differs, Verdict::CannotTell, Verdict::Holds] {
        for settled in report.facts.iter().filter(|settled| settled.verdict == verdict) {
            row(&mut text, settled);
        }
    }
    for stays in &report.stays {
        paragraph(&mut text, "stays: ", stays);
    }
    text.trim_end().to_owned()
}

fn row(text: &mut String, settled: &Settled) {
    let head = format!("{:NAME$}{:VERDICT$}", settled.fact, settled.verdict.words());
    let blank = " ".repeat(NAME + VERDICT);
    let mut lines: Vec<String> = Vec::new();
    match (settled.verdict, settled.answer) {
        (Verdict::Holds, Some(answer)) => lines.push(answer.to_owned()),
        (Verdict::Differs, answer) => {
            let is = answer.unwrap_or(&settled.saw);
            lines.push(format!("{is}, not {}", settled.assumed));
            match (settled.setting, settled.look) {
                (Some(setting), _) => lines.push(format!("→ set {setting}")),
                (None, Some(look)) => lines.push(format!("→ {look}")),
                (None, None) => lines.push("nothing is to be set: docs/facts.md says what is then done".into()),
            }
        }
        _ => {
            lines.extend(Some(settled.saw.clone()).filter(|saw| !saw.is_empty()));
            lines.extend(settled.look.map(|look| format!("→ {look}")));
        }
    }
    for (at, line) in lines.iter().enumerate() {
        paragraph(text, if at == 0 { &head } else { &blank }, &broken(line));
    }
}

/// The line with words that fit their column: a vendor's words may have an address in them.
fn broken(line: &str) -> String {
    let words = line.split_whitespace().flat_map(|word| {
        let letters: Vec<char> = word.chars().collect();
        letters.chunks(WIDTH - NAME - VERDICT).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>()
    });
    words.collect::<Vec<_>>().join(" ")
}
