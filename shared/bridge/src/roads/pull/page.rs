//! What a pull does with a page of changes.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::Pull;
use crate::http::MARGIN;
use crate::state::ledger::{Entry, Parked, Seen, Stored, next_offer};
use crate::systems::erp::{Change, What};
use crate::systems::erps;
use crate::words::domain::{Record, Withdrawal};
use crate::words::envelope::Envelope;
use crate::words::fault::Result;
use crate::words::feed::Feed;
use crate::words::outcome::{self, Outcome, Subject};

/// How many records went where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Handed to the import queue.
    pub queued: usize,
    /// As they were.
    pub unchanged: usize,
    /// Left out.
    pub filtered: usize,
    /// Kept with a reason.
    pub parked: usize,
}

/// Parked records looked at in one run.
const PARKED: usize = 200;

/// Parked records are read again in this part of the time that is left.
const PARKED_SHARE: u32 = 4;

/// A record on its way to the queue, with the ledger entry it was compared with.
struct Outgoing {
    stored: Stored,
    envelope: Envelope,
}

impl Pull<'_> {
    /// Hands a page out: the queue first, then the ledger.
    pub(super) async fn hand_out(&self, feed: Feed, changes: Vec<Change>, counts: &mut Counts) -> Result<()> {
        let keys: Vec<String> = changes.iter().map(|change| change.key.clone()).collect();
        let mut entries = self.ledger.read(feed, &keys).await?;
        let mut outgoing: Vec<Outgoing> = Vec::new();
        for change in newest(changes) {
            let stored = entries.remove(&change.key).unwrap_or_default();
            match change.what {
                What::Known => counts.unchanged += 1,
                What::Filtered(ref reason) => {
                    counts.filtered += 1;
                    self.aside(feed, &change, stored, Outcome::Filtered, reason).await?;
                }
                What::Parked(ref reason) => {
                    counts.parked += 1;
                    self.aside(feed, &change, stored, Outcome::Parked, reason).await?;
                }
                What::Unread(ref fault) => {
                    counts.parked += 1;
                    self.aside(feed, &change, stored, Outcome::Parked, &format!("could not be read: {fault}")).await?;
                }
                What::Withdrawn(ref reason) => match self.withdrawal(feed, &change, &stored, reason) {
                    Some(envelope) => outgoing.push(Outgoing { stored, envelope }),
                    None => {
                        counts.filtered += 1;
                        self.aside(feed, &change, stored, Outcome::Filtered, reason).await?;
                    }
                },
                What::Import(record) => {
                    let envelope = self.envelope(feed, &change.key, change.number, change.version, *record);
                    self.place(feed, stored, envelope, &mut outgoing, counts).await?;
                }
            }
        }
        counts.queued += outgoing.len();
        self.queue(feed, outgoing).await
    }

    fn envelope(&self, feed: Feed, key: &str, number: Option<String>, version: String, record: Record) -> Envelope {
        Envelope {
            v: Envelope::VERSION,
            tenant_id: self.tenant.tenant_id.clone(),
            group: self.tenant.ongoing.group(),
            feed,
            key: key.to_owned(),
            number: number.or_else(|| Some(record.number().to_owned())),
            version,
            fingerprint: record.fingerprint(),
            queued_at: self.ports.clock.now(),
            correlation_id: self.run.id.clone(),
            attempt: 0,
            record,
        }
    }

    /// Drops what is unchanged, parks what is too large, and lets the rest out.
    async fn place(
        &self,
        feed: Feed,
        stored: Stored,
        mut envelope: Envelope,
        outgoing: &mut Vec<Outgoing>,
        counts: &mut Counts,
    ) -> Result<()> {
        let entry = &stored.entry;
        let same = same(entry, &envelope.version, &envelope.fingerprint);
        if unchanged(entry, &envelope.version, &envelope.fingerprint, self.job.since.is_some()) {
            counts.unchanged += 1;
            let noted =
                |seen: &Seen| seen.version == envelope.version && self.job.begun.is_none_or(|begun| seen.at >= begun);
            if !entry.seen.as_ref().is_some_and(noted) {
                outcome::log(&subject(&envelope), Outcome::Unchanged, None);
                let seen = seen(&envelope);
                self.ledger.update(feed, &envelope.key, stored, |entry| entry.seen = Some(seen.clone())).await?;
            }
            return Ok(());
        }
        if same {
            // Offered once more: the queue must not take it for the first time's double.
            envelope.attempt = attempts(entry) + 1;
        }
        let size = serde_json::to_string(&envelope).map_or(usize::MAX, |text| text.len());
        if size > Envelope::LARGEST {
            counts.parked += 1;
            let reason = format!("the record is too large for the queue: {size} bytes");
            let change = Change {
                key: envelope.key,
                number: envelope.number,
                version: envelope.version,
                what: What::Parked(reason.clone()),
            };
            return self.aside(feed, &change, stored, Outcome::Parked, &reason).await;
        }
        outgoing.push(Outgoing { stored, envelope });
        Ok(())
    }

    /// The cancellation of a record that was handed out before; nothing where it never was.
    fn withdrawal(&self, feed: Feed, change: &Change, stored: &Stored, reason: &str) -> Option<Envelope> {
        let number = withdrawn(&stored.entry, &change.version)?;
        let record = Record::Withdrawal(Withdrawal { goods_owner_order_number: number.clone(), reason: reason.into() });
        Some(self.envelope(feed, &change.key, Some(number), change.version.clone(), record))
    }

    async fn queue(&self, feed: Feed, outgoing: Vec<Outgoing>) -> Result<()> {
        let envelopes: Vec<Envelope> = outgoing.iter().map(|out| out.envelope.clone()).collect();
        self.ports.queue.import(&envelopes).await?;
        let updates = outgoing.into_iter().map(|Outgoing { stored, envelope }| {
            let change = move |entry: &mut Entry| queued(entry, &envelope);
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

    /// Notes a version that goes no further: once, and once more each time a parked one was tried again.
    async fn aside(&self, feed: Feed, change: &Change, stored: Stored, outcome: Outcome, reason: &str) -> Result<()> {
        let now = self.ports.clock.now();
        let entry = &stored.entry;
        // A record that could not even be read is still the version that was seen.
        let seen = entry.seen.as_ref().map(|seen| seen.version.as_str());
        let version = if change.version.is_empty() { seen.unwrap_or_default() } else { &change.version }.to_owned();
        // A vendor's words about what it cannot hand out may differ every time, by an error's id for one.
        let unread = matches!(change.what, What::Unread(_));
        let noted = entry.outcome == Some(outcome)
            && (unread || entry.reason.as_deref() == Some(reason))
            && seen == Some(version.as_str());
        let tried_again = entry.parked.as_ref().is_some_and(|parked| parked.due(now));
        if noted && !tried_again {
            // A backfill notes how far it is.
            if self.job.begun.is_some() {
                let at = |entry: &mut Entry| entry.seen.iter_mut().for_each(|seen| seen.at = now);
                self.ledger.update(feed, &change.key, stored, at).await?;
            }
            return Ok(());
        }
        let attempt = if noted { attempts(entry) + 1 } else { 0 };
        let parked = || Parked { envelope: None, attempt, retry_at: next_offer(attempt, now), unread };
        self.ledger
            .update(feed, &change.key, stored, |entry| {
                entry.seen = Some(Seen { version: version.clone(), fingerprint: None, at: now });
                entry.number = change.number.clone().or(entry.number.take());
                entry.outcome = Some(outcome);
                entry.reason = Some(reason.to_owned());
                entry.parked = (outcome == Outcome::Parked).then(parked);
                entry.correlation_id.clone_from(&self.run.id);
            })
            .await?;
        let subject = Subject {
            tenant_id: &self.tenant.tenant_id,
            feed: feed.word(),
            key: &change.key,
            number: change.number.as_deref(),
            version: &version,
            correlation_id: &self.run.id,
        };
        outcome::log(&subject, outcome, Some(reason));
        if outcome == Outcome::Parked && next_offer(attempt, now).is_none() {
            outcome::left_for_a_person(&subject);
        }
        Ok(())
    }

    /// Tries parked records of this feed again whose time has come: those that were mapped go to the queue once more,
    /// the others are read again from the ERP, in a part of the time, so that however many there are leave some for what is
    /// new. What was not read in that time is still due.
    pub(super) async fn offer_parked(&self, feed: Feed, counts: &mut Counts) -> Result<()> {
        let now = self.ports.clock.now();
        let mut outgoing = Vec::new();
        let mut unmapped = Vec::new();
        for (_, key, stored) in self.ledger.parked(&[feed], PARKED).await? {
            let Some(parked) = stored.entry.parked.as_ref().filter(|parked| parked.due(now)) else { continue };
            match parked.envelope.as_deref() {
                Some(envelope) => {
                    let envelope = Envelope { attempt: parked.attempt + 1, ..envelope.clone() };
                    outgoing.push(Outgoing { stored, envelope });
                }
                None => unmapped.push(key),
            }
        }
        counts.queued += outgoing.len();
        self.offer(feed, outgoing, now).await?;
        if !unmapped.is_empty() {
            let now = self.ports.clock.now();
            let left = Duration::try_from(self.run.deadline.duration_since(now)).unwrap_or_default();
            let until = now + left.saturating_sub(MARGIN) / PARKED_SHARE + MARGIN;
            let erp = erps::connect(self.ports, self.tenant, until);
            let changes = erp.read(feed, &unmapped).await?;
            self.hand_out(feed, changes, counts).await?;
        }
        Ok(())
    }

    async fn offer(&self, feed: Feed, outgoing: Vec<Outgoing>, now: Timestamp) -> Result<()> {
        let envelopes: Vec<Envelope> = outgoing.iter().map(|out| out.envelope.clone()).collect();
        self.ports.queue.import(&envelopes).await?;
        for Outgoing { stored, envelope } in outgoing {
            // It stays parked until an import says otherwise; only its next offer is put off.
            let retry_at = next_offer(envelope.attempt, now);
            self.ledger
                .update(feed, &envelope.key, stored, |entry| {
                    if let Some(parked) = &mut entry.parked {
                        parked.attempt = envelope.attempt;
                        parked.retry_at = retry_at;
                    }
                })
                .await?;
            outcome::log(&subject(&envelope), Outcome::Queued, Some("offered again"));
        }
        Ok(())
    }
}

/// Whether a mapped record was handed out as it is: noted by a pull, or by an import that was quicker than a pull that
/// died before its note.
fn same(entry: &Entry, version: &str, fingerprint: &str) -> bool {
    let seen = || entry.seen.as_ref().is_some_and(|seen| seen.fingerprint.as_deref() == Some(fingerprint));
    let settled = || entry.settled.as_ref().is_some_and(|settled| settled.version == version);
    seen() || entry.seen.is_none() && settled() && entry.applied() == Some(fingerprint)
}

/// Whether a mapped record goes no further, since it was handed out before as it is. A backfill offers once more what
/// waits for better luck.
pub(crate) fn unchanged(entry: &Entry, version: &str, fingerprint: &str, backfill: bool) -> bool {
    let waits = matches!(entry.outcome, Some(Outcome::Parked | Outcome::Blocked | Outcome::Filtered));
    same(entry, version, fingerprint) && !(waits && (backfill || entry.outcome == Some(Outcome::Filtered)))
}

/// The number of a record that was handed out before and is to be cancelled; `None` where it never was.
pub(crate) fn withdrawn(entry: &Entry, version: &str) -> Option<String> {
    if entry.knows(version) || entry.settled.is_none() && entry.outcome != Some(Outcome::Queued) {
        return None;
    }
    entry.ongoing.as_ref().map(|there| there.number.clone()).or_else(|| entry.number.clone())
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

fn queued(entry: &mut Entry, envelope: &Envelope) {
    // An import that was quicker than this note has the last word.
    let settled = entry
        .settled
        .as_ref()
        .is_some_and(|settled| settled.queued_at >= envelope.queued_at && settled.version == envelope.version);
    entry.seen = Some(seen(envelope));
    if !settled {
        entry.number.clone_from(&envelope.number);
        entry.outcome = Some(Outcome::Queued);
        entry.reason = None;
        entry.parked = None;
        entry.correlation_id.clone_from(&envelope.correlation_id);
    }
}

fn seen(envelope: &Envelope) -> Seen {
    Seen { version: envelope.version.clone(), fingerprint: Some(envelope.fingerprint.clone()), at: envelope.queued_at }
}

fn attempts(entry: &Entry) -> u32 {
    entry.parked.as_ref().map_or(0, |parked| parked.attempt)
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
