//! Dead letters and what became of them, for a person.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::{DeadLetter, DeadLetters, Fate, Redriven};
use crate::roads::status::lines::{age, count, cut, paragraph};
use crate::words::outcome::Outcome;

/// What stands beside the names, and what they have at the least.
const OTHERS: usize = 22;
const LEAST: usize = 24;

/// A line each, in so many columns, and under it what is not as usual. Names are cut where they have no room.
#[must_use]
pub fn text(found: &DeadLetters, now: Timestamp, columns: usize) -> String {
    if found.letters.is_empty() && found.behind == 0 {
        return "there are no dead letters".to_owned();
    }
    let [tenant, what, number] = widths(&found.letters, columns);
    let mut text =
        format!("  {:<tenant$} {:<what$} {:<number$} {:>7} {:>9}\n", "tenant", "what", "number", "age", "receives");
    for letter in &found.letters {
        let about = &letter.about;
        let names = names(letter);
        let since = about.queued_at.unwrap_or(letter.given_up_at);
        let _ = writeln!(
            text,
            "  {:<tenant$} {:<what$} {:<number$} {:>7} {:>9}",
            cut(names[0], tenant),
            cut(names[1], what),
            cut(names[2], number),
            age(since, now),
            letter.received
        );
        match &letter.fate {
            Fate::GoesBack => {}
            Fate::Superseded(why) => paragraph(&mut text, "    ", &format!("would be removed: {why}")),
            Fate::Stays(why) => paragraph(&mut text, "    ", &format!("would stay: {why}")),
        }
    }
    let mut reasons: Vec<(String, String)> = Vec::new();
    for letter in &found.letters {
        let said = letter.about.tenant_id.clone().zip(letter.reason.clone());
        reasons.extend(said.filter(|said| !reasons.contains(said)));
    }
    for (tenant_id, reason) in reasons {
        paragraph(&mut text, "  ", &format!("the last fault of {tenant_id}: {}", cut(&reason, 200)));
    }
    if found.behind > 0 {
        let more = count(found.behind, "more is", "more are");
        paragraph(&mut text, "  ", &format!("about {more} behind them, and cannot be looked at before these are gone"));
    }
    text.trim_end().to_owned()
}

/// Whose a message is, what it is, and its number.
fn names(letter: &DeadLetter) -> [&str; 3] {
    let about = &letter.about;
    let tenant = about.tenant_id.as_deref().unwrap_or("not readable");
    [tenant, &about.feed, about.number.as_deref().unwrap_or(&about.key)]
}

/// As wide as the names are; where that is too much, the widest give way.
fn widths(letters: &[DeadLetter], columns: usize) -> [usize; 3] {
    let heads = ["tenant", "what", "number"].map(str::len);
    let wide = |at: usize| letters.iter().map(|letter| names(letter)[at].chars().count()).max().unwrap_or_default();
    let mut widths = [0, 1, 2].map(|at| wide(at).max(heads[at]));
    while widths.iter().sum::<usize>() > columns.saturating_sub(OTHERS).max(LEAST) {
        let widest = (0..3).max_by_key(|at| widths[*at]).unwrap_or_default();
        widths[widest] -= 1;
    }
    widths
}

/// What became of a record, and why; `None` while it is under way.
pub type Became = Option<(Outcome, Option<String>)>;

/// What a redrive did, and of records what became of them.
#[must_use]
pub fn redriven_text(redriven: &Redriven, became: &[(String, Became)]) -> String {
    let mut text = String::new();
    let sent = count(redriven.sent.len(), "dead letter went", "dead letters went");
    paragraph(&mut text, "", &format!("{sent} back to the queue"));
    for letter in &redriven.superseded {
        if let Fate::Superseded(why) = &letter.fate {
            paragraph(&mut text, "  ", &format!("{}: removed, {why}", letter.name()));
        }
    }
    for letter in &redriven.stay {
        if let Fate::Stays(why) = &letter.fate {
            paragraph(&mut text, "  ", &format!("{}: stays, {why}", letter.name()));
        }
    }
    for (name, became) in became {
        let line = match became {
            None => format!("{name}: under way"),
            Some((outcome, None)) => format!("{name}: {}", outcome.word()),
            Some((outcome, Some(reason))) => format!("{name}: {}, {}", outcome.word(), cut(reason, 120)),
        };
        paragraph(&mut text, "  ", &line);
    }
    if redriven.behind > 0 {
        let more = count(redriven.behind, "is", "are");
        paragraph(&mut text, "  ", &format!("about {more} left behind what was not chosen"));
    }
    text.trim_end().to_owned()
}
