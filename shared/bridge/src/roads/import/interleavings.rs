//! The rule of [`super::ledger_update`], enumerated: every interleaving of pulls, imports, crashes, refusals, dead letters and
//! lost messages for every short history of a record, and for two records of one number. The decisions are the real ones;
//! queue, table and warehouse are the least that tells right from wrong.

use std::collections::HashSet;

use jiff::Timestamp;

use super::Done;
use super::ledger_update::{Before, Noted, after, before};
use super::own::{Own, cancelled};
use crate::roads::pull::decision::{self, Decision, Reason, set_aside, set_queued};
use crate::roads::pull::page;
use crate::state::ledger::{Entry, Seen, Stored};
use crate::words::domain::{Order, OrderInfo, Record};
use crate::words::envelope::Envelope;
use crate::words::feed::Feed;
use crate::words::outcome::Outcome;

/// What the ERP says of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Said {
    /// It is wanted, with this content.
    Wanted(char),
    /// It is taken back.
    Back,
    /// It is wanted and cannot be mapped.
    Unmappable,
    /// It is left out, which takes nothing back.
    LeftOut,
}

/// A version: its change time, and what it says.
type Version = (usize, Said);

/// The order of the number that the records share.
#[derive(Clone, Debug, PartialEq)]
struct InOngoing {
    record: usize,
    content: char,
    cancelled: bool,
}

#[derive(Clone, Debug)]
enum Pulling {
    Idle,
    /// It has read these versions from the ERP, and has these records to go.
    Read(Vec<(usize, Version)>),
    /// It has put this on the queue and not noted it yet.
    Sent(Box<Envelope>, Vec<(usize, Version)>),
}

#[derive(Clone, Debug)]
enum Importing {
    Idle,
    /// It has read the ledger.
    Read(Box<Stored>),
    /// It has dealt with the message, and not noted it yet.
    Called(Box<(Stored, Done, bool)>),
}

/// What may still go wrong.
#[derive(Clone, Copy, Debug)]
struct Left {
    pulls: usize,
    pull_crashes: usize,
    import_crashes: usize,
    refusals: usize,
    deaths: usize,
    losses: usize,
}

#[derive(Clone)]
struct State {
    histories: Vec<Vec<Version>>,
    at: Vec<usize>,
    entries: Vec<Entry>,
    queue: Vec<Envelope>,
    dead: Vec<Envelope>,
    known: Vec<String>,
    ongoing: Option<InOngoing>,
    pulling: Pulling,
    importing: Importing,
    left: Left,
    clock: i64,
    trace: Vec<String>,
}

impl State {
    fn new(histories: &[Vec<Version>], left: Left) -> Self {
        Self {
            histories: histories.to_vec(),
            at: vec![0; histories.len()],
            entries: vec![Entry::default(); histories.len()],
            queue: Vec::new(),
            dead: Vec::new(),
            known: Vec::new(),
            ongoing: None,
            pulling: Pulling::Idle,
            importing: Importing::Idle,
            left,
            clock: 0,
            trace: Vec::new(),
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_772_000_000 + self.clock * 60).unwrap()
    }

    fn said(&self, record: usize) -> Version {
        self.histories[record][self.at[record]]
    }

    /// All that matters for what can happen next.
    fn identity(&self) -> String {
        let Self { at, entries, queue, dead, known, ongoing, pulling, importing, left, clock, .. } = self;
        format!("{at:?}{entries:?}{queue:?}{dead:?}{known:?}{ongoing:?}{pulling:?}{importing:?}{left:?}{clock}")
    }

    fn then(&self, what: impl Into<String>, change: impl FnOnce(&mut Self)) -> Self {
        let mut next = self.clone();
        next.trace.push(what.into());
        change(&mut next);
        next
    }

    /// Everything that can happen next.
    fn next(&self) -> Vec<Self> {
        let mut next = Vec::new();
        for record in 0..self.at.len() {
            if self.at[record] + 1 < self.histories[record].len() {
                next.push(self.then(format!("ERP {record}"), |s| s.at[record] += 1));
            }
        }
        match &self.pulling {
            Pulling::Idle if self.left.pulls > 0 => next.push(self.then("pull reads", |s| {
                s.left.pulls -= 1;
                s.pull_reads();
            })),
            Pulling::Idle => {}
            _ => {
                next.push(self.then("pull goes on", Self::pull_goes_on));
                if self.left.pull_crashes > 0 {
                    next.push(self.then("pull dies", |s| {
                        s.left.pull_crashes -= 1;
                        s.pulling = Pulling::Idle;
                    }));
                }
            }
        }
        if !self.queue.is_empty() {
            next.push(self.then("import goes on", |s| s.import_goes_on(false)));
            if matches!(self.importing, Importing::Read(_)) && self.left.refusals > 0 {
                next.push(self.then("import is refused", |s| {
                    s.left.refusals -= 1;
                    s.import_goes_on(true);
                }));
            }
            let idle = matches!(self.importing, Importing::Idle);
            if !idle && self.left.import_crashes > 0 {
                next.push(self.then("import dies", |s| {
                    s.left.import_crashes -= 1;
                    s.importing = Importing::Idle;
                }));
            }
            if idle && self.left.deaths > 0 {
                next.push(self.then("dead letter", |s| {
                    s.left.deaths -= 1;
                    let message = s.queue.remove(0);
                    s.dead.push(message);
                }));
            }
            if idle && self.left.losses > 0 {
                next.push(self.then("lost", |s| {
                    s.left.losses -= 1;
                    s.queue.remove(0);
                }));
            }
        }
        if !self.dead.is_empty() {
            next.push(self.then("redrive", |s| s.queue.append(&mut s.dead)));
        }
        next
    }

    fn pull_reads(&mut self) {
        self.clock += 1;
        let read = (0..self.at.len()).map(|record| (record, self.said(record))).collect();
        self.pulling = Pulling::Read(read);
    }

    /// One record's decision, or the note of what was sent. As [`crate::roads::pull::page`] does it.
    fn pull_goes_on(&mut self) {
        match std::mem::replace(&mut self.pulling, Pulling::Idle) {
            Pulling::Idle => {}
            Pulling::Sent(envelope, rest) => {
                set_queued(&mut self.entries[record_of(&envelope)], &envelope);
                self.pulling = if rest.is_empty() { Pulling::Idle } else { Pulling::Read(rest) };
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
                self.pulling = if rest.is_empty() { Pulling::Idle } else { Pulling::Read(rest) };
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
                let why =
                    Reason { version: &version, number: Some("1"), outcome, reason: "aside", taken_back, run: "run" };
                set_aside(entry, &why, now);
            }
            Decision::Unchanged if moved => {
                let fingerprint = wanted(record, said).map(|wanted| wanted.fingerprint());
                entry.seen = Some(Seen { version, fingerprint, at: now, withdrawn: false });
            }
            Decision::StillWithdrawn if moved => {
                entry.seen = Some(Seen { version, fingerprint: None, at: now, withdrawn: true });
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

    /// Equal deduplication ids are one message, for ever: the worst that the queue may do.
    fn send(&mut self, envelope: Envelope) {
        let id = envelope.deduplication_id();
        if !self.known.contains(&id) {
            self.known.push(id);
            self.queue.push(envelope);
        }
    }

    fn import_goes_on(&mut self, refused: bool) {
        let message = self.queue[0].clone();
        let record = record_of(&message);
        match std::mem::replace(&mut self.importing, Importing::Idle) {
            Importing::Idle => {
                let stored = Stored { rev: 0, entry: self.entries[record].clone() };
                self.importing = Importing::Read(Box::new(stored));
            }
            Importing::Read(stored) => {
                let mut withdrawal = message.is_withdrawal();
                let done = match before(&stored.entry, &message) {
                    Before::Done(done) => done,
                    _ if refused => Done::because(Outcome::Parked, "refused"),
                    Before::Apply if withdrawal => self.cancel(&stored, record, false),
                    Before::WantedAgain => self.cancel(&stored, record, true),
                    Before::Apply => self.apply(&stored, &message),
                    Before::TakenBack => {
                        withdrawal = true;
                        self.cancel(&stored, record, false)
                    }
                };
                let withdrawal = withdrawal || matches!(before(&stored.entry, &message), Before::TakenBack);
                self.importing = Importing::Called(Box::new((*stored, done, withdrawal)));
            }
            Importing::Called(called) => {
                let (_, done, withdrawal) = *called;
                let now = self.now();
                if after(&mut self.entries[record], &message, &done, withdrawal, now) == Noted::Stands {
                    self.queue.remove(0);
                }
            }
        }
    }

    fn apply(&mut self, stored: &Stored, message: &Envelope) -> Done {
        let record = record_of(message);
        let Record::Order(order) = &message.record else { panic!("no order") };
        let content = order.order_info.sales_code.as_deref().and_then(|content| content.chars().next()).unwrap();
        match &mut self.ongoing {
            Some(there) if there.record != record => Done::because(Outcome::Parked, "taken"),
            Some(there) if there.cancelled => cancelled(&stored.entry, 1, "1"),
            Some(there) => {
                there.content = content;
                Done::plain(Outcome::Updated).at(1, "1")
            }
            None => {
                self.ongoing = Some(InOngoing { record, content, cancelled: false });
                Done::plain(Outcome::Created).at(1, "1")
            }
        }
    }

    fn cancel(&mut self, stored: &Stored, record: usize, wanted_again: bool) -> Done {
        let key = record.to_string();
        let withdrawal = page::withdrawal(&key, "1".into(), "taken back");
        let own = Own::new(&withdrawal, &key, stored);
        let Some(there) = &mut self.ongoing else { return Done::because(Outcome::Cancelled, "not there") };
        if let Some(done) = own.is_not(1, Some(&there.record.to_string())) {
            return done;
        }
        if wanted_again && !there.cancelled {
            return Done::wanted_again();
        }
        there.cancelled = true;
        Done::because(Outcome::Cancelled, "taken back").at(1, "1")
    }

    /// What time does by itself, until nothing moves any more: what is under way comes to its end, ticks go by, parked
    /// records are offered again, and what is gone is found to be.
    fn quiet(mut self) -> Self {
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
                if entry.is_gone(now) {
                    self.clock += 1;
                    let said = self.said(record);
                    self.pulling = Pulling::Read(vec![(record, said)]);
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
            self.pull_reads();
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
    fn wrong(&self) -> Option<String> {
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
                Said::LeftOut => !parked && !(open && entry.is_taken_back()),
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

fn record_of(envelope: &Envelope) -> usize {
    envelope.key.parse().unwrap()
}

fn version(time: usize) -> String {
    format!("v{time}")
}

fn wanted(record: usize, said: Said) -> Option<Record> {
    let Said::Wanted(content) = said else { return None };
    let order_info = OrderInfo {
        goods_owner_order_id: Some(record.to_string()),
        goods_owner_order_number: "1".into(),
        sales_code: Some(content.to_string()),
        ..OrderInfo::default()
    };
    let order = Order {
        order_info,
        customer: Default::default(),
        order_lines: vec![],
        order_text_lines: vec![],
        extra: vec![],
    };
    Some(Record::Order(Box::new(order)))
}

/// Goes through everything that can happen, and judges every state in which the ERP has said its last word. How many states
/// there were.
fn explore(histories: &[Vec<Version>], left: Left) -> usize {
    let mut open = vec![State::new(histories, left)];
    let mut met = HashSet::new();
    while let Some(state) = open.pop() {
        if !met.insert(crate::words::digest::sha256(state.identity())) {
            continue;
        }
        let last = state.at.iter().zip(&state.histories).all(|(at, history)| at + 1 == history.len());
        if last && matches!(state.pulling, Pulling::Idle) && matches!(state.importing, Importing::Idle) {
            let quiet = state.clone().quiet();
            if let Some(wrong) = quiet.wrong() {
                panic!("{histories:?}\n{:#?}\n{wrong}", quiet.trace);
            }
        }
        open.extend(state.next());
    }
    met.len()
}

/// Every history of so many versions, the first of them wanted; a change time may be that of the version before.
fn histories(length: usize) -> Vec<Vec<Version>> {
    let mut all = vec![vec![(0, Said::Wanted('a'))]];
    for _ in 1..length {
        let longer = |history: &Vec<Version>| {
            let (time, before) = history[history.len() - 1];
            let history = history.clone();
            [Said::Wanted('a'), Said::Wanted('b'), Said::Back, Said::Unmappable, Said::LeftOut]
                .into_iter()
                .filter(move |said| *said != before)
                .flat_map(move |said| [(time + 1, said), (time, said)])
                .map(move |version| history.iter().copied().chain([version]).collect())
                .collect::<Vec<Vec<Version>>>()
        };
        all = all.iter().flat_map(longer).collect();
    }
    all
}

const NOTHING: Left = Left { pulls: 3, pull_crashes: 0, import_crashes: 0, refusals: 0, deaths: 0, losses: 0 };

#[test]
fn every_interleaving_of_one_record_ends_right() {
    let mut states = 0;
    for history in histories(3) {
        for left in [
            Left { pull_crashes: 1, import_crashes: 1, ..NOTHING },
            Left { refusals: 1, ..NOTHING },
            Left { deaths: 1, ..NOTHING },
            Left { losses: 1, ..NOTHING },
        ] {
            states += explore(std::slice::from_ref(&history), left);
        }
    }
    println!("{states} states");
}

#[test]
fn every_interleaving_of_two_records_of_one_number_ends_right() {
    let mut states = 0;
    let second = [vec![(0, Said::Wanted('x'))], vec![(0, Said::Wanted('x')), (1, Said::Back)]];
    for first in histories(2) {
        for second in &second {
            let left = Left { pulls: 2, pull_crashes: 1, ..NOTHING };
            states += explore(&[first.clone(), second.clone()], left);
        }
    }
    println!("{states} states");
}
