//! What the interleavings are of. The decisions are the real ones; queue, table and warehouse are the least that tells right
//! from wrong.

use jiff::Timestamp;

use crate::roads::import::Done;
use crate::roads::import::ledger_update::{Before, Noted, after, before};
use crate::roads::import::own::{Own, cancelled};
use crate::roads::pull::page;
use crate::state::ledger::{Entry, Stored};
use crate::words::domain::{Order, OrderInfo, Record};
use crate::words::envelope::Envelope;
use crate::words::outcome::Outcome;

/// What the ERP says of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Said {
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
pub(super) type Version = (usize, Said);

/// The order of the number that the records share.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct InOngoing {
    pub(super) record: usize,
    pub(super) content: char,
    pub(super) cancelled: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Pulling {
    Idle,
    /// It has read these versions from the ERP, and has these records to go.
    Read(Vec<(usize, Version)>),
    /// It has put this on the queue and not noted it yet.
    Sent(Box<Envelope>, Vec<(usize, Version)>),
}

#[derive(Clone, Debug)]
pub(super) enum Importing {
    Idle,
    /// It has read the ledger.
    Read(Box<Stored>),
    /// It has dealt with the message, and not noted it yet.
    Called(Box<(Stored, Done, bool)>),
}

/// What may still go wrong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left {
    pub(super) pulls: usize,
    pub(super) pull_crashes: usize,
    pub(super) import_crashes: usize,
    pub(super) refusals: usize,
    pub(super) deaths: usize,
    pub(super) losses: usize,
}

#[derive(Clone)]
pub(super) struct State {
    pub(super) histories: Vec<Vec<Version>>,
    pub(super) at: Vec<usize>,
    /// The version of each record that the cursor has passed.
    pub(super) cursor: Vec<Option<usize>>,
    /// Where the cursor is moved to when the pull under way comes to its end.
    pub(super) cursor_to: Vec<Option<usize>>,
    pub(super) entries: Vec<Entry>,
    pub(super) queue: Vec<Envelope>,
    pub(super) dead: Vec<Envelope>,
    pub(super) known: Vec<String>,
    pub(super) ongoing: Option<InOngoing>,
    pub(super) pulling: Pulling,
    pub(super) importing: Importing,
    pub(super) left: Left,
    pub(super) clock: i64,
    pub(super) trace: Vec<String>,
}

impl State {
    pub(super) fn new(histories: &[Vec<Version>], left: Left) -> Self {
        Self {
            histories: histories.to_vec(),
            at: vec![0; histories.len()],
            cursor: vec![None; histories.len()],
            cursor_to: vec![None; histories.len()],
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

    pub(super) fn now(&self) -> Timestamp {
        Timestamp::from_second(1_772_000_000 + self.clock * 60).unwrap()
    }

    pub(super) fn said(&self, record: usize) -> Version {
        self.histories[record][self.at[record]]
    }

    /// All that matters for what can happen next.
    pub(super) fn identity(&self) -> String {
        let Self { at, cursor, cursor_to, entries, queue, dead, known, ongoing, .. } = self;
        let Self { pulling, importing, left, clock, .. } = self;
        let outside = format!("{at:?}{cursor:?}{cursor_to:?}{entries:?}{queue:?}{dead:?}{known:?}{ongoing:?}");
        format!("{outside}{pulling:?}{importing:?}{left:?}{clock}")
    }

    fn then(&self, what: impl Into<String>, change: impl FnOnce(&mut Self)) -> Self {
        let mut next = self.clone();
        next.trace.push(what.into());
        change(&mut next);
        next
    }

    /// Everything that can happen next.
    pub(super) fn next(&self) -> Vec<Self> {
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

    /// Equal deduplication ids are one message, for ever: the worst that the queue may do.
    pub(super) fn send(&mut self, envelope: Envelope) {
        let id = envelope.deduplication_id();
        if !self.known.contains(&id) {
            self.known.push(id);
            self.queue.push(envelope);
        }
    }

    pub(super) fn import_goes_on(&mut self, refused: bool) {
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
}

pub(super) fn record_of(envelope: &Envelope) -> usize {
    envelope.key.parse().unwrap()
}

pub(super) fn version(time: usize) -> String {
    format!("v{time}")
}

pub(super) fn wanted(record: usize, said: Said) -> Option<Record> {
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
        mapped: vec![],
        first_seen_as: None,
    };
    Some(Record::Order(Box::new(order)))
}
