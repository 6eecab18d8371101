//! Dead letters and what became of them, for a person.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::{DeadLetters, Fate, Redriven};
use crate::roads::status::lines::{age, count, cut, paragraph};
use crate::words::outcome::Outcome;

/// A line each, in 80 columns, and under it what is not as usual.
#[must_use]
pub fn text(found: &DeadLetters, now: Timestamp) -> String {
    if found.letters.is_empty() && found.behind == 0 {
        return "there are no dead letters".to_owned();
    }
    let mut text = format!("  {:<20} {:<15} {:<19} {:>7} {:>9}\n", "tenant", "what", "number", "age", "receives");
    for letter in &found.letters {
        let about = &letter.about;
        let number = about.number.as_deref().unwrap_or(&about.key);
        let since = about.queued_at.unwrap_or(letter.given_up_at);
        let _ = writeln!(
            text,
            "  {:<20} {:<15} {:<19} {:>7} {:>9}",
            cut(about.tenant_id.as_deref().unwrap_or("not readable"), 20),
            cut(&about.feed, 15),
            cut(number, 19),
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
