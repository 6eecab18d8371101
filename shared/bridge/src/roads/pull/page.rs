//! What a pull does with a page of changes.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde::Serialize;

use super::Pull;
use super::decision::{self, Decision, Reason, set_aside, set_queued};
use crate::state::ledger::{AT_ONCE, Entry, Seen, Stored, next_offer};
use crate::systems::erp::{Change, What};
use crate::systems::erps;
use crate::words::domain::{Record, Withdrawal};
use crate::words::envelope::Envelope;
use crate::words::fault::Result;
use crate::words::feed::Feed;
use crate::words::outcome::{self, Outcome, Subject};

/// Records that are handed out at a time, and the time of an invocation that is left for them: a page that was read early is
/// handed out in what its reading left.
const PART: usize = AT_ONCE;
const LEAST: Duration = Duration::from_secs(15);

/// How many records went where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Counts {
    /// Handed to the import queue.
    pub queued: usize,
    /// As they were.
    pub unchanged: usize,
    /// Left out.
    pub filtered: usize,
    /// Kept with a reason.
    pub parked: usize,
    /// Articles handed out ahead of their feed, since orders of this one name them.
    #[serde(skip_serializing_if = "is_zero")]
    pub articles_ahead: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A record on its way to the queue, with the ledger entry it was compared with.
pub(super) struct Outgoing {
    pub stored: Stored,
    pub envelope: Envelope,
}

/// Where a change went.
enum Taken {
    GoesOut(Box<Outgoing>),
    Unchanged,
    Filtered,
    Parked,
    /// When this backfill dealt with it.
    Counted,
}

impl Pull<'_> {
    /// Hands a page out, part by part: the queue first, then the ledger. Whether it came to its end: where the state table
    /// is slow the time may be up before. What was handed out is known when the page is read again.
    pub(super) async fn hand_out(&self, feed: Feed, changes: Vec<Change>, counts: &mut Counts) -> Result<bool> {
        let mut changes = newest(changes).into_iter().peekable();
        while changes.peek().is_some() {
            if !self.has_time() || !self.part(feed, changes.by_ref().take(PART), counts).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn has_time(&self) -> bool {
        self.ports.clock.now() + LEAST < self.run.deadline
    }

    /// A part of a page.
    async fn part(&self, feed: Feed, changes: impl Iterator<Item = Change>, counts: &mut Counts) -> Result<bool> {
        let changes: Vec<Change> = changes.collect();
        // Of what is known the entry was read when that was found; a backfill notes that it has dealt with it.
        let asked = |change: &&Change| self.job.begun.is_some() || !matches!(change.what, What::Known);
        let keys: Vec<String> = changes.iter().filter(asked).map(|change| change.key.clone()).collect();
        let mut entries = self.ledger.read(feed, &keys).await?;
        let taken = changes.into_iter().map(|change| {
            let stored = entries.remove(&change.key).unwrap_or_default();
            // Looked at when its turn comes, so that what a slow table leaves no time for is of the next run.
            async move {
                if self.has_time() { self.dealt_with(feed, change, stored).await.map(Some) } else { Ok(None) }
            }
        });
        // In the order of the page, whichever note is made first.
        let taken: Vec<Option<Taken>> = stream::iter(taken).buffered(AT_ONCE).try_collect().await?;
        let whole = taken.iter().all(Option::is_some);
        let mut outgoing = Vec::new();
        for taken in taken.into_iter().flatten() {
            match taken {
                Taken::GoesOut(out) => outgoing.push(*out),
                Taken::Unchanged => counts.unchanged += 1,
                Taken::Filtered => counts.filtered += 1,
                Taken::Parked => counts.parked += 1,
                Taken::Counted => {}
            }
        }
        self.articles_ahead(&outgoing, counts).await?;
        counts.queued += outgoing.len();
        self.queue(feed, outgoing).await?;
        Ok(whole)
    }

    /// Notes a version that goes no further; one that goes out comes back.
    async fn dealt_with(&self, feed: Feed, mut change: Change, mut stored: Stored) -> Result<Taken> {
        let fingerprint = fingerprint(&change.what);
        loop {
            let decision = self.decision(&stored.entry, &change, fingerprint.as_deref());
            if let Decision::Offer(attempt) | Decision::Withdraw(attempt) = decision {
                let envelope = self.envelope(feed, &change, &stored.entry, attempt);
                let size = serde_json::to_string(&envelope).map_or(usize::MAX, |text| text.len());
                if size <= Envelope::LARGEST {
                    return Ok(Taken::GoesOut(Box::new(Outgoing { stored, envelope })));
                }
                change.what = What::Parked(format!("the record is too large for the queue: {size} bytes"));
                continue;
            }
            if self.note(feed, &change, fingerprint.as_deref(), stored, &decision).await? {
                return Ok(match change.what {
                    What::Known if self.job.begun.is_some() => Taken::Counted,
                    What::Known | What::Import(_) => Taken::Unchanged,
                    What::Gone(_) if decision == Decision::Missing => Taken::Parked,
                    What::Filtered(_) | What::Withdrawn(_) | What::Gone(_) => Taken::Filtered,
                    What::Parked(_) | What::Unread(_) => Taken::Parked,
                });
            }
            // An import noted something meanwhile that makes it another decision.
            stored = self.ledger.get(feed, &change.key).await?;
        }
    }

    fn decision(&self, entry: &Entry, change: &Change, fingerprint: Option<&str>) -> Decision {
        let (now, backfill) = (self.ports.clock.now(), self.job.since.is_some());
        match &change.what {
            What::Known => Decision::Known,
            What::Import(_) => decision::mapped(entry, &change.version, fingerprint.unwrap_or_default(), backfill, now),
            What::Withdrawn(_) => decision::withdrawn(entry, &change.version, backfill, now),
            What::Filtered(_) => decision::filtered(entry, &change.version, now),
            What::Gone(_) => decision::gone(entry, &change.version, now),
            What::Parked(_) | What::Unread(_) => Decision::Aside,
        }
    }

    /// What goes on the queue: the record, or its cancellation.
    fn envelope(&self, feed: Feed, change: &Change, entry: &Entry, attempt: u32) -> Envelope {
        let there = entry.ongoing.as_ref().map(|there| there.number.clone());
        let (record, number) = match &change.what {
            What::Import(record) => {
                let number = change.number.clone().unwrap_or_else(|| record.number().to_owned());
                ((**record).clone(), number)
            }
            what => {
                let number = there.or_else(|| entry.number.clone()).or_else(|| change.number.clone());
                let number = number.unwrap_or_default();
                (Record::Withdrawal(withdrawal(&change.key, number.clone(), &reason(what))), number)
            }
        };
        let seen = || entry.seen.as_ref().map(|seen| seen.version.clone()).unwrap_or_default();
        Envelope {
            v: Envelope::VERSION,
            tenant_id: self.tenant.tenant_id.clone(),
            group: self.tenant.ongoing.group(),
            feed,
            key: change.key.clone(),
            number: Some(number),
            version: if change.version.is_empty() { seen() } else { change.version.clone() },
            fingerprint: record.fingerprint(),
            queued_at: self.ports.clock.now(),
            correlation_id: self.run.id.clone(),
            attempt,
            record,
        }
    }

    async fn queue(&self, feed: Feed, outgoing: Vec<Outgoing>) -> Result<()> {
        let envelopes: Vec<Envelope> = outgoing.iter().map(|out| out.envelope.clone()).collect();
        let Some(last) = envelopes.last() else { return Ok(()) };
        self.on_queue.add(feed, &last.key, last.queued_at, envelopes.len()).await?;
        // A number that one record leaves may be the next one's: then the order counts.
        let leaves_its_number = |out: &Outgoing| {
            let there = out.stored.entry.ongoing.as_ref().map(|there| there.number.as_str());
            out.envelope.is_withdrawal() || there.is_some_and(|there| out.envelope.number.as_deref() != Some(there))
        };
        if outgoing.iter().any(leaves_its_number) {
            self.ports.queue.import(&envelopes).await?;
        } else {
            self.ports.queue.import_side_by_side(&envelopes).await?;
        }
        // Before the ledger says that they are on the queue: else a crash would leave none who looks for them.
        let keys: Vec<String> = envelopes.iter().map(|envelope| envelope.key.clone()).collect();
        self.note_outstanding(feed, &keys).await?;
        let by_hand = self.job.since.is_some();
        let updates = outgoing.into_iter().map(|Outgoing { stored, envelope }| {
            let change = move |entry: &mut Entry| {
                set_queued(entry, &envelope, by_hand);
                self.was_read(entry);
            };
            (stored, change)
        });
        let keys = envelopes.iter().map(|envelope| envelope.key.clone());
        let updates = keys.zip(updates).map(|(key, (stored, change))| (key, stored, change)).collect();
        self.ledger.update_all(feed, updates).await?;
        for envelope in &envelopes {
            outcome::log(&subject(envelope), Outcome::Queued, None);
        }
        Ok(())
    }

    /// Writes down what goes no further, unless the decision is another one on the entry that the write meets; whether it
    /// was the same.
    async fn note(
        &self,
        feed: Feed,
        change: &Change,
        fingerprint: Option<&str>,
        stored: Stored,
        decision: &Decision,
    ) -> Result<bool> {
        let now = self.ports.clock.now();
        let moved = |entry: &Entry| entry.seen.as_ref().is_none_or(|seen| seen.version != change.version);
        let settled = |entry: &Entry| !moved(entry) && !entry.seen.as_ref().is_some_and(|seen| seen.young);
        if *decision == Decision::Known || *decision == Decision::Unchanged && settled(&stored.entry) {
            self.note_backfilled(feed, &change.key, stored).await?;
            return Ok(true);
        }
        let missing = *decision == Decision::Missing;
        let reason =
            if missing { format!("could not be read: {}", reason(&change.what)) } else { reason(&change.what) };
        let parked = missing || matches!(change.what, What::Parked(_) | What::Unread(_));
        let outcome = if parked { Outcome::Parked } else { Outcome::Filtered };
        let why = Reason {
            version: &change.version,
            number: change.number.as_deref(),
            outcome,
            reason: &reason,
            unread: missing || matches!(change.what, What::Unread(_)),
            taken_back: *decision == Decision::TakenBack,
            run: &self.run.id,
        };
        let (same, noted) = (Cell::new(true), Cell::new(None));
        let after = self
            .ledger
            .update(feed, &change.key, stored, |entry| {
                same.set(self.decision(entry, change, fingerprint) == *decision);
                noted.set(None);
                if !same.get() {
                    return;
                }
                match &change.what {
                    What::Gone(_) if missing => entry.missing = entry.missing.or(Some(now)),
                    What::Gone(_) | What::Unread(_) => {}
                    _ => entry.missing = None,
                }
                match decision {
                    Decision::Aside | Decision::TakenBack | Decision::Missing => {
                        noted.set(set_aside(entry, &why, now));
                    }
                    Decision::Unchanged if moved(entry) => {
                        let (version, fingerprint) = (change.version.clone(), fingerprint.map(str::to_owned));
                        entry.seen = Some(Seen { version, fingerprint, at: now, withdrawn: false, young: false });
                        noted.set(Some(0));
                    }
                    Decision::StillWithdrawn if moved(entry) && !change.version.is_empty() => {
                        let version = change.version.clone();
                        entry.seen = Some(Seen { version, fingerprint: None, at: now, withdrawn: true, young: false });
                    }
                    _ => {}
                }
                self.was_read(entry);
                if self.job.begun.is_some() {
                    entry.backfilled = Some(now);
                }
            })
            .await?;
        if let (true, Some(attempt)) = (same.get(), noted.get()) {
            let subject = Subject {
                tenant_id: &self.tenant.tenant_id,
                feed: feed.word(),
                key: &change.key,
                number: change.number.as_deref().or(after.number.as_deref()),
                version: after.seen.as_ref().map_or(&change.version, |seen| &seen.version),
                correlation_id: &self.run.id,
            };
            if *decision == Decision::Unchanged {
                outcome::log(&subject, Outcome::Unchanged, None);
            } else {
                outcome::log(&subject, outcome, Some(&reason));
                if outcome == Outcome::Parked && next_offer(attempt, now).is_none() {
                    outcome::left_for_a_person(&subject);
                }
            }
        }
        Ok(same.get())
    }

    /// Notes whether the version that stands there was read so soon that another one may have the same time.
    fn was_read(&self, entry: &mut Entry) {
        if let Some(seen) = &mut entry.seen {
            seen.young = erps::is_young(self.tenant.erp.kind, &seen.version, self.read_at.get());
        }
    }

    /// A backfill keeps its place inside a page: what it has dealt with is not read again where the page did not fit the run.
    async fn note_backfilled(&self, feed: Feed, key: &str, stored: Stored) -> Result<()> {
        let Some(begun) = self.job.begun else { return Ok(()) };
        let version = stored.entry.seen.as_ref().map(|seen| seen.version.clone()).unwrap_or_default();
        if stored.entry.seen.is_none() || stored.entry.is_backfilled(&version, begun) {
            return Ok(());
        }
        let now = self.ports.clock.now();
        self.ledger.update(feed, key, stored, |entry| entry.backfilled = Some(now)).await.map(|_| ())
    }
}

/// The cancellation of a record.
pub(crate) fn withdrawal(key: &str, number: String, reason: &str) -> Withdrawal {
    // Every mapping has the ERP's own id of the record as the goods owner's order id.
    Withdrawal {
        goods_owner_order_number: number,
        goods_owner_order_id: Some(key.to_owned()),
        reason: reason.to_owned(),
    }
}

fn reason(what: &What) -> String {
    match what {
        What::Filtered(reason) | What::Withdrawn(reason) | What::Parked(reason) | What::Gone(reason) => reason.clone(),
        What::Unread(fault) => format!("could not be read: {fault}"),
        What::Import(_) | What::Known => String::new(),
    }
}

fn fingerprint(what: &What) -> Option<String> {
    match what {
        What::Import(record) => Some(record.fingerprint()),
        _ => None,
    }
}

/// Of several versions of one record in a page, only the newest goes on.
pub(crate) fn newest(changes: Vec<Change>) -> Vec<Change> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut kept: BTreeMap<usize, Change> = BTreeMap::new();
    for (place, change) in changes.into_iter().enumerate() {
        match places.get(&change.key) {
            Some(earlier) if kept.get(earlier).is_some_and(|kept| kept.version > change.version) => {}
            earlier => {
                if let Some(earlier) = earlier {
                    kept.remove(earlier);
                }
                places.insert(change.key.clone(), place);
                kept.insert(place, change);
            }
        }
    }
    kept.into_values().collect()
}

/// The names of an envelope's record.
pub(crate) fn subject(envelope: &Envelope) -> Subject<'_> {
    Subject {
        tenant_id: &envelope.tenant_id,
        feed: envelope.feed.word(),
        key: &envelope.key,
        number: envelope.number.as_deref(),
        version: &envelope.version,
        correlation_id: &envelope.correlation_id,
    }
}
