//! What happened, in three sentences.

use std::fmt;

use bridge::words::outcome::Outcome;

use crate::scenario::Source;
use crate::tick::Tick;
use crate::warehouse::Warehouse;

/// What was counted while the demo was played.
#[derive(Debug, Default)]
pub(super) struct Happened {
    /// Companies, each on an ERP of its own.
    pub companies: usize,
    /// Products and orders in the ERPs.
    pub records: usize,
    /// Of them in Ongoing.
    pub there: usize,
    /// Left out by a rule of the document's.
    pub left_out: usize,
    /// Parked with a reason.
    pub parked: usize,
    /// What the second tick brought.
    pub changed: usize,
    /// Orders that the warehouse shipped.
    pub shipped: usize,
    /// Webhooks that told of it.
    pub webhooks: usize,
}

impl Happened {
    /// Counts what became of a company's records.
    pub(super) fn add(&mut self, sources: &[Source], warehouse: &Warehouse, ticks: &[&Tick; 2]) {
        self.records += sources.len();
        for source in sources {
            let key = (source.feed, source.key.clone());
            let last = ticks.iter().rev().find_map(|tick| tick.arrivals.get(&key)).map(|arrival| arrival.outcome);
            match last {
                Some(Outcome::Parked) => self.parked += 1,
                _ if warehouse.records.contains_key(&(source.feed, source.number.clone())) => self.there += 1,
                _ => self.left_out += 1,
            }
        }
        self.changed += ticks[1].arrivals.len();
    }
}

/// Whether it fits is a test's: the lines are broken where the largest numbers leave room.
impl fmt::Display for Happened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { companies, records, there, left_out, parked, changed, shipped, webhooks } = self;
        let sentences = format!(
            "Of {records} products and orders of {companies} companies, each on an ERP of its own, {there} are in \
             Ongoing WMS, {left_out} were left out by a rule of their document, and {parked} are parked with a reason. \
             What changed was sent and nothing else: {changed} records in the 2nd tick, none in the 3rd. The warehouse \
             shipped {shipped} orders, and its {webhooks} webhooks brought that and the stock back into the ERPs, once, \
             though each came twice."
        );
        write!(f, "What happened\n\n{}", filled(&sentences))
    }
}

/// In lines of eighty columns, two of them free.
fn filled(text: &str) -> String {
    let mut lines = vec![String::from(" ")];
    for word in text.split_whitespace() {
        if lines.last().is_some_and(|line| line.chars().count() + 1 + word.chars().count() > 80) {
            lines.push(String::from(" "));
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_three_sentences_in_eighty_columns() {
        let happened = Happened {
            companies: 4,
            records: 1049,
            there: 1037,
            left_out: 108,
            parked: 104,
            changed: 116,
            shipped: 108,
            webhooks: 1030,
        };
        let text = happened.to_string();
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        let said = text.split_once("\n\n").unwrap().1.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(said.matches(['.', '!', '?']).count(), 3, "{said}");
        for number in ["1049", "1037", "108", "104", "116", "1030"] {
            assert!(said.contains(number), "{said}");
        }
        // With what to try next, one screen of twenty-four lines.
        assert!(text.lines().count() <= 8, "{text}");
    }
}
