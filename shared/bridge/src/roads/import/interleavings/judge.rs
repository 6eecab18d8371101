//! What every history must come to.

use super::model::{Pulling, Said, State};
use crate::words::envelope::Envelope;
use crate::words::outcome::Outcome;

impl State {
    /// What time does by itself, until nothing moves any more: what is under way comes to its end, ticks go by, parked
    /// records are offered again, and what is gone is found to be. Nothing is read for luck: an ERP does not tell again of
    /// what the cursor has passed.
    pub(super) fn quiet(mut self) -> Self {
        self.trace.push("quiet".into());
        for _ in 0..40 {
            while !self.queue.is_empty() {
                self.import_goes_on(false);
            }
            let before = format!("{:?}", self.entries);
            for record in 0..self.entries.len() {
                let now = self.now();
                let entry = &mut self.entries[record];
                if let Some(last) = entry.handed_out.as_mut() {
                    last.gone = true;
                }
                // What could not be mapped, or was changed back, is read again as well.
                let unmapped = entry.parked.as_ref().is_some_and(|parked| parked.envelope.is_none());
                if entry.is_gone(now) || unmapped {
                    self.reads(vec![record]);
                    self.pulled();
                }
                let parked = self.entries[record].parked.clone().filter(|parked| parked.retry_at.is_some());
                if let Some(envelope) = parked.as_ref().and_then(|parked| parked.envelope.as_deref()) {
                    let attempt = parked.as_ref().map_or(0, |parked| parked.attempt) + 1;
                    // Twelve times, and then a person's turn.
                    if attempt <= 3 {
                        self.send(Envelope { attempt, ..envelope.clone() });
                        if let Some(parked) = &mut self.entries[record].parked {
                            parked.attempt = attempt;
                        }
                    }
                }
                while !self.queue.is_empty() {
                    self.import_goes_on(false);
                }
            }
            self.pull_reads_changes();
            self.pulled();
            if self.queue.is_empty() && format!("{:?}", self.entries) == before {
                return self;
            }
        }
        panic!("it does not come to rest: {:#?}", self.trace);
    }

    fn pulled(&mut self) {
        while !matches!(self.pulling, Pulling::Idle) {
            self.pull_goes_on();
        }
    }

    /// What is wrong, if anything is.
    pub(super) fn wrong(&self) -> Option<String> {
        for (record, entry) in self.entries.iter().enumerate() {
            let there = self.ongoing.as_ref().filter(|there| there.record == record);
            let open = there.is_some_and(|there| !there.cancelled);
            let taken = self.ongoing.as_ref().is_some_and(|there| there.record != record);
            let parked = entry.outcome == Some(Outcome::Parked);
            let (_, said) = self.said(record);
            let right = match said {
                Said::Wanted(content) if open => there.is_some_and(|there| there.content == content),
                // Cancelled for good, or another record's number: a person is told.
                Said::Wanted(_) => (there.is_some() || taken) && parked,
                Said::Back => !open && !parked,
                Said::Unmappable => parked,
                Said::LeftOut => !(parked || open && entry.is_taken_back()),
            };
            if !right {
                return Some(format!("record {record} says {said:?}: {:?}, {entry:#?}", self.ongoing));
            }
            if entry.is_unsettled() && entry.outcome == Some(Outcome::Queued) {
                return Some(format!("record {record} is unsettled: {entry:#?}"));
            }
        }
        None
    }
}
