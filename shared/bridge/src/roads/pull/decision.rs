//! What a pull does with a version, by the ledger alone. Nothing here writes: whoever writes decides again on the entry that
//! the write meets, since an import may have noted something meanwhile.

use jiff::Timestamp;

use crate::ports::Ports;
use crate::state::ledger::handed_out::HandedOut;
use crate::state::ledger::{Entry, Ledger, Parked, Seen, next_offer};
use crate::systems::erp::{Aside, Standing};
use crate::words::envelope::Envelope;
use crate::words::fault::Result;
use crate::words::feed::Feed;
use crate::words::outcome::Outcome;

/// What is done with a version of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// The record goes on the queue, with this `attempt`.
    Offer(u32),
    /// Its cancellation does, with this `attempt`.
    Withdraw(u32),
    /// Nothing goes further, and the ledger says why.
    Aside,
    /// It was never handed out, so nothing is cancelled; the ledger keeps that it was taken back, for a message that it does
    /// not know of.
    TakenBack,
    /// The ERP says that it has no such record: it is parked, and looked for once more.
    Missing,
    /// As it was handed out; the ledger keeps the version where it is another one.
    Unchanged,
    /// It has been dealt with.
    Known,
    /// Its cancellation is under way and stays so; the ledger keeps the version.
    StillWithdrawn,
}

/// A mapped record goes no further where it was handed out before as it is. A backfill offers once more what waits for
/// better luck; so does every pull what is gone.
pub(crate) fn mapped(entry: &Entry, version: &str, fingerprint: &str, backfill: bool, now: Timestamp) -> Decision {
    let waits = matches!(entry.outcome, Some(Outcome::Parked | Outcome::Blocked | Outcome::Filtered));
    let again = waits && (backfill || entry.outcome == Some(Outcome::Filtered)) || entry.is_gone(now);
    if entry.has_handed_out(fingerprint) && !again {
        return Decision::Unchanged;
    }
    Decision::Offer(entry.next_attempt(version))
}

/// A record that was taken back is cancelled where anything of it was ever handed out; once for each version.
pub(crate) fn withdrawn(entry: &Entry, version: &str, backfill: bool, now: Timestamp) -> Decision {
    let seen = entry.seen.as_ref().filter(|seen| seen.withdrawn && is_version(&seen.version, version));
    if !entry.was_handed_out() {
        return if seen.is_some() && entry.outcome == Some(Outcome::Filtered) {
            Decision::Known
        } else {
            Decision::TakenBack
        };
    }
    let waits = matches!(entry.outcome, Some(Outcome::Parked | Outcome::Blocked));
    let under_way = entry.is_withdrawal_open(now) || entry.is_withdrawal_done();
    if seen.is_some() && under_way && !(backfill && waits) {
        return Decision::Known;
    }
    Decision::Withdraw(entry.next_attempt(of(entry, version)))
}

/// What is left out takes nothing back; but a cancellation that was handed out goes its way to the end.
pub(crate) fn filtered(entry: &Entry, version: &str, now: Timestamp) -> Decision {
    if !entry.is_taken_back() || entry.is_withdrawal_done() {
        return Decision::Aside;
    }
    if entry.is_withdrawal_open(now) {
        return Decision::StillWithdrawn;
    }
    Decision::Withdraw(entry.next_attempt(of(entry, version)))
}

/// What the ERP does not have, although a list showed it, is left out once it is missing at two looks with a pause between
/// them: the first may have met a replica that lags.
pub(crate) fn gone(entry: &Entry, version: &str, now: Timestamp) -> Decision {
    let looked_again = entry.missing.is_some() && entry.parked.as_ref().is_some_and(|parked| parked.due(now));
    match filtered(entry, version, now) {
        Decision::Aside if entry.seen.is_some() && !looked_again => Decision::Missing,
        decision => decision,
    }
}

/// Whether a version that is left out or taken back needs no second look.
fn is_aside_known(entry: &Entry, version: &str, taken_back: bool, now: Timestamp) -> bool {
    if taken_back {
        return withdrawn(entry, version, false, now) == Decision::Known;
    }
    let seen = entry.seen.as_ref().filter(|seen| is_version(&seen.version, version));
    let aside = seen.is_some_and(|seen| !seen.young && (seen.withdrawn || seen.fingerprint.is_none()));
    let parked = entry.parked.as_ref().is_some_and(|parked| parked.envelope.is_some());
    let waits = entry.outcome == Some(Outcome::Parked) && !parked;
    aside && !waits && matches!(filtered(entry, version, now), Decision::Aside | Decision::StillWithdrawn)
}

/// For each version that is left out or taken back, whether it needs no second look; a backfill that began
/// then looks at all that it has not dealt with.
///
/// # Errors
/// When the state cannot be read.
pub(crate) async fn known_aside(
    ports: &Ports,
    ledger: &Ledger<'_>,
    feed: Feed,
    versions: &[Aside],
    begun: Option<Timestamp>,
) -> Result<Vec<bool>> {
    let keys: Vec<String> = versions.iter().map(|aside| aside.key.clone()).collect();
    let (entries, now) = (ledger.read(feed, &keys).await?, ports.clock.now());
    let known = |aside: &Aside| {
        let stored = entries.get(&aside.key);
        stored.is_some_and(|stored| match begun {
            None => is_aside_known(&stored.entry, &aside.version, aside.taken_back, now),
            Some(begun) => stored.entry.is_backfilled(&aside.version, begun),
        })
    };
    Ok(versions.iter().map(known).collect())
}

/// How the ledger stands to these records, for a backfill or else.
///
/// # Errors
/// When the state cannot be read.
pub(crate) async fn standing(
    ledger: &Ledger<'_>,
    feed: Feed,
    keys: &[String],
    backfill: bool,
) -> Result<Vec<Standing>> {
    let standing = |(handed_out, left_out)| match (handed_out, left_out) {
        (true, _) => Standing::HandedOut,
        (false, _) if backfill => Standing::AskedFor,
        (false, true) => Standing::LeftOut,
        (false, false) => Standing::New,
    };
    Ok(ledger.standing(feed, keys).await?.into_iter().map(standing).collect())
}

/// Why a version goes no further.
pub(crate) struct Reason<'a> {
    pub version: &'a str,
    pub number: Option<&'a str>,
    pub outcome: Outcome,
    pub reason: &'a str,
    /// Whether the ERP could not hand it out. Its words about that may differ every time, by an error's id for one.
    pub unread: bool,
    pub taken_back: bool,
    pub run: &'a str,
}

/// Notes a version that goes no further: once, and once more each time a parked one was tried again. Says how often it was
/// tried, where there was something to note.
pub(crate) fn set_aside(entry: &mut Entry, why: &Reason<'_>, now: Timestamp) -> Option<u32> {
    let seen = entry.seen.as_ref();
    let version = of(entry, why.version).to_owned();
    let same = seen.is_some_and(|seen| seen.version == version && seen.withdrawn == why.taken_back);
    let given_up = entry.is_given_up();
    let noted = entry.outcome == Some(why.outcome)
        && (why.unread || given_up || entry.reason.as_deref() == Some(why.reason))
        && same;
    let tried_again = entry.parked.as_ref().is_some_and(|parked| parked.due(now));
    if noted && !tried_again {
        return None;
    }
    let attempt = if noted { entry.parked.as_ref().map_or(0, |parked| parked.attempt) + 1 } else { 0 };
    entry.seen = Some(Seen { version, fingerprint: None, at: now, withdrawn: why.taken_back, young: false });
    entry.number = why.number.map(str::to_owned).or(entry.number.take());
    entry.outcome = Some(why.outcome);
    entry.reason = Some(why.reason.to_owned());
    let parked = || Parked {
        envelope: None,
        attempt,
        retry_at: next_offer(attempt, now),
        unread: why.unread,
        ..Parked::default()
    };
    entry.parked = (why.outcome == Outcome::Parked).then(parked);
    why.run.clone_into(&mut entry.correlation_id);
    Some(attempt)
}

/// Notes what was put on the queue; `by_hand`: by a backfill or a replay.
pub(crate) fn set_queued(entry: &mut Entry, envelope: &Envelope, by_hand: bool) {
    // An import that was quicker than this note has the last word; also that of the same message, which was sent before by
    // who died or got no answer: the queue takes this one for a double, and nothing more comes of it.
    let applied = entry.applied() == Some(&envelope.fingerprint);
    let settled = entry.settled.as_ref().is_some_and(|settled| {
        let same = settled.fingerprint == envelope.fingerprint && settled.attempt == envelope.attempt;
        settled.version == envelope.version && (settled.queued_at >= envelope.queued_at || applied || same)
    });
    if let Some(customer) = envelope.record.customer_number() {
        entry.customer = Some(customer.to_owned());
    }
    entry.seen = Some(seen(envelope));
    entry.missing = None;
    // What is offered again came the way it came first.
    let came_by_hand = |last: &HandedOut| last.by_hand && last.version == envelope.version;
    entry.handed_out = Some(HandedOut {
        by_hand: by_hand || entry.handed_out.as_ref().is_some_and(came_by_hand),
        version: envelope.version.clone(),
        fingerprint: envelope.fingerprint.clone(),
        at: envelope.queued_at,
        attempt: envelope.attempt,
        withdrawal: envelope.is_withdrawal(),
        gone: false,
    });
    if !settled {
        entry.number.clone_from(&envelope.number);
        entry.outcome = Some(Outcome::Queued);
        entry.reason = None;
        entry.parked = None;
        entry.correlation_id.clone_from(&envelope.correlation_id);
    }
}

/// The version of a message, as a pull has seen it.
pub(crate) fn seen(envelope: &Envelope) -> Seen {
    Seen {
        version: envelope.version.clone(),
        fingerprint: Some(envelope.fingerprint.clone()),
        at: envelope.queued_at,
        withdrawn: envelope.is_withdrawal(),
        young: false,
    }
}

/// A record that could not even be read is still the version that was seen.
fn of<'a>(entry: &'a Entry, version: &'a str) -> &'a str {
    if version.is_empty() { entry.seen.as_ref().map_or("", |seen| seen.version.as_str()) } else { version }
}

fn is_version(seen: &str, version: &str) -> bool {
    version.is_empty() || seen == version
}
