//! The pull of the model, step by step.

use super::model::{Pulling, Said, State, Version, record_of, version, wanted};
use crate::roads::pull::decision::{self, Decision, Reason, set_aside, set_queued};
use crate::roads::pull::page;
use crate::state::ledger::Seen;
use crate::words::domain::Record;
use crate::words::envelope::Envelope;
use crate::words::feed::Feed;
use crate::words::outcome::Outcome;

impl State {
    /// A pull may read again what it has read before: cursors overlap.
    pub(super) fn pull_reads(&mut self) {
        self.reads((0..self.at.len()).collect());
        self.cursor_to = self.at.iter().copied().map(Some).collect();
    }

    /// No more than it must: what the cursor has not passed, and what shares its change time, which every cursor reads again.
    pub(super) fn pull_reads_changes(&mut self) {
        let must = |record: &usize| {
            let (at, history) = (self.at[*record], &self.histories[*record]);
            self.cursor[*record] != Some(at) || at > 0 && history[at].0 == history[at - 1].0
        };
        self.reads((0..self.at.len()).filter(must).collect());
        self.cursor_to = self.at.iter().copied().map(Some).collect();
    }

    /// Records that are read by their keys; the cursor stays.
    pub(super) fn reads(&mut self, records: Vec<usize>) {
        self.clock += 1;
        self.cursor_to.clone_from(&self.cursor);
        self.pull_has(records.into_iter().map(|record| (record, self.said(record))).collect());
    }

    fn pull_has(&mut self, rest: Vec<(usize, Version)>) {
        if rest.is_empty() {
            self.cursor.clone_from(&self.cursor_to);
            self.pulling = Pulling::Idle;
        } else {
            self.pulling = Pulling::Read(rest);
        }
    }

    /// One record's decision, or the note of what was sent. As [`crate::roads::pull::page`] does it.
    pub(super) fn pull_goes_on(&mut self) {
        match std::mem::replace(&mut self.pulling, Pulling::Idle) {
            Pulling::Idle => {}
            Pulling::Sent(envelope, rest) => {
                set_queued(&mut self.entries[record_of(&envelope)], &envelope, false);
                self.pull_has(rest);
            }
            Pulling::Read(mut rest) => {
                let (record, version) = rest.remove(0);
                let decision = self.decision(record, version);
                if let Decision::Offer(attempt) | Decision::Withdraw(attempt) = decision {
                    let envelope = self.envelope(record, version, attempt);
                    self.send(envelope.clone());
                    self.pulling = Pulling::Sent(Box::new(envelope), rest);
                    return;
                }
                self.note(record, version, &decision);
                self.pull_has(rest);
            }
        }
    }

    fn decision(&self, record: usize, (time, said): Version) -> Decision {
        let (entry, now, version) = (&self.entries[record], self.now(), version(time));
        match said {
            Said::Wanted(_) => {
                let fingerprint = wanted(record, said).unwrap().fingerprint();
                decision::mapped(entry, &version, &fingerprint, false, now)
            }
            Said::Back => decision::withdrawn(entry, &version, false, now),
            Said::LeftOut => decision::filtered(entry, &version, now),
            Said::Unmappable => Decision::Aside,
        }
    }

    fn note(&mut self, record: usize, (time, said): Version, decision: &Decision) {
        let (now, version) = (self.now(), version(time));
        let outcome = if said == Said::Unmappable { Outcome::Parked } else { Outcome::Filtered };
        let entry = &mut self.entries[record];
        let moved = entry.seen.as_ref().is_none_or(|seen| seen.version != version);
        match decision {
            Decision::Aside | Decision::TakenBack => {
                let taken_back = *decision == Decision::TakenBack;
                let why = Reason {
                    version: &version,
                    number: Some("1"),
                    outcome,
                    reason: "aside",
                    unread: false,
                    taken_back,
                    run: "run",
                };
                set_aside(entry, &why, now);
            }
            Decision::Unchanged if moved => {
                let fingerprint = wanted(record, said).map(|wanted| wanted.fingerprint());
                entry.seen = Some(Seen { version, fingerprint, at: now, withdrawn: false, young: false });
            }
            Decision::StillWithdrawn if moved => {
                entry.seen = Some(Seen { version, fingerprint: None, at: now, withdrawn: true, young: false });
            }
            _ => {}
        }
    }

    fn envelope(&self, record: usize, (time, said): Version, attempt: u32) -> Envelope {
        let withdrawal = || Record::Withdrawal(page::withdrawal(&record.to_string(), "1".into(), "taken back"));
        let content = wanted(record, said).unwrap_or_else(withdrawal);
        Envelope {
            v: Envelope::VERSION,
            tenant_id: "acme".into(),
            group: "group".into(),
            feed: Feed::Orders,
            key: record.to_string(),
            number: Some("1".into()),
            version: version(time),
            fingerprint: content.fingerprint(),
            queued_at: self.now(),
            correlation_id: "run".into(),
            attempt,
            record: content,
        }
    }
}
