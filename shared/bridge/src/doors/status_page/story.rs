//! An order's life in the reader's language, from what [`crate::roads::story`] reads of it.

use jiff::Timestamp;

use super::translations::{Words, fill};
use crate::roads::status::advice::{System, erp_name, plain};
use crate::roads::status::in_the_way;
use crate::roads::story::{Facts, There};
use crate::state::journal::{Back, Note};
use crate::state::ledger::{Entry, WaitsFor};
use crate::words::kind::Kind;
use crate::words::outcome::Outcome;

/// Rows of an order that are told one by one.
const ROWS: usize = 30;

/// One thing that happened, or is so now.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub at: Option<Timestamp>,
    pub says: String,
    /// In a system's own words.
    pub reason: Option<String>,
}

impl Step {
    fn new(at: Option<Timestamp>, says: impl Into<String>) -> Self {
        Self { at, says: says.into(), reason: None }
    }

    fn because(self, reason: Option<&str>) -> Self {
        Self { reason: reason.and_then(told).map(str::to_owned), ..self }
    }
}

/// A reason without what names the fault.
pub(super) fn told(reason: &str) -> Option<&str> {
    plain(reason.strip_prefix("rejected: ").unwrap_or(reason))
}

/// A system as it is called.
pub(super) fn system(words: &Words, system: System) -> String {
    match system {
        System::Erp(kind) => erp_name(kind).to_owned(),
        System::Ongoing => "Ongoing".to_owned(),
        System::Either(kind) => fill(words.either, &[("a", "Ongoing"), ("b", erp_name(kind))]),
    }
}

/// What happened to a record, in order; the last is how it stands.
pub(super) fn steps(facts: &Facts, words: &Words, now: Timestamp) -> Vec<Step> {
    let erp = facts.erp.map_or("ERP", erp_name);
    let say = |sentence: &str| fill(sentence, &[("erp", erp)]);
    let (entry, says) = (&facts.entry, &words.story);
    let mut steps = Vec::new();
    if let Some(seen) = &entry.seen {
        let was_here = entry.ongoing.is_some() || entry.was_handed_out();
        let changed = if seen.withdrawn && was_here { says.taken_back } else { says.changed };
        // Some ERPs count versions, others say when.
        if let Some(at) = seen.version.parse().ok().filter(|at: &Timestamp| *at <= seen.at) {
            steps.push(Step::new(Some(at), say(changed)));
        }
        steps.push(Step::new(Some(seen.at), say(says.pulled)));
    }
    let newest = entry.outcome;
    if let Some(settled) = &entry.settled {
        let is_newest = Some(settled.outcome) == newest;
        let reason = entry.reason.as_deref().filter(|_| is_newest);
        steps.push(Step::new(settled.at, say(outcome(words, settled.outcome))).because(reason));
    }
    steps.sort_by_key(|step| (step.at.is_none(), step.at));
    let said = entry.settled.as_ref().is_some_and(|settled| Some(settled.outcome) == newest);
    match newest {
        // It left the statuses that are read since it is in the warehouse, and often since it was shipped.
        Some(Outcome::Filtered) if entry.ongoing.is_some() => {}
        None => steps.push(Step::new(None, says.seen)),
        Some(outcome_now) if !said => {
            let reason = entry.reason.as_deref();
            steps.push(Step::new(None, say(outcome(words, outcome_now))).because(reason));
        }
        Some(_) => {}
    }
    steps.extend(waits(facts, words, now));
    match &facts.there {
        Some(Ok(_)) if newest == Some(Outcome::Cancelled) => {}
        Some(Ok(there)) => warehouse(there, words, &mut steps),
        Some(Err(why)) if why.starts_with("there is no order") => steps.push(Step::new(None, says.gone)),
        Some(Err(_)) => steps.push(Step::new(None, says.not_asked)),
        None => {}
    }
    for (back, note) in &facts.back {
        steps.extend(report(*back, note, words, erp));
    }
    let shipped = matches!(&facts.there, Some(Ok(there)) if there.shipped);
    let is_told = facts.back.iter().any(|(back, _)| *back == Back::Shipments);
    if shipped && !is_told && facts.erp.is_some_and(Kind::takes_shipments) {
        steps.push(Step::new(None, say(says.told_soon)));
    }
    steps
}

fn outcome(words: &Words, outcome: Outcome) -> &'static str {
    let says = &words.story;
    match outcome {
        Outcome::Queued => says.queued,
        Outcome::Created => says.created,
        Outcome::Updated => says.updated,
        Outcome::Unchanged => says.unchanged,
        Outcome::Cancelled => says.cancelled,
        Outcome::Blocked => says.blocked,
        Outcome::Parked => says.parked,
        Outcome::Filtered => says.filtered,
        Outcome::Superseded => says.superseded,
    }
}

/// What it waits for.
fn waits(facts: &Facts, words: &Words, now: Timestamp) -> Option<Step> {
    let (entry, says) = (&facts.entry, &words.story);
    match entry.outcome? {
        Outcome::Queued if !facts.enabled => Some(Step::new(None, says.waits_paused)),
        Outcome::Queued => {
            let (trouble, met) = in_the_way(facts.import.as_ref(), facts.erp?, now)?;
            let name = system(words, met);
            Some(Step::new(Some(trouble.since), fill(words.cause(trouble.cause), &[("system", &name)])))
        }
        Outcome::Parked => Some(parked(facts, entry, words)),
        _ => None,
    }
}

fn parked(facts: &Facts, entry: &Entry, words: &Words) -> Step {
    let says = &words.story;
    let erp = facts.erp.map_or("ERP", erp_name);
    let Some(parked) = entry.parked.as_ref() else {
        return Step::new(None, fill(says.given_up, &[("erp", erp)]));
    };
    let article = |name: &str| Step::new(None, fill(says.waits_article, &[("name", name)]));
    match (&parked.waits_for, parked.retry_at) {
        (Some(WaitsFor::Tenant), _) if !facts.enabled => Step::new(None, says.waits_paused),
        (Some(WaitsFor::ArticleNumber(name) | WaitsFor::ArticleKey(name)), _) => article(name),
        (_, Some(_)) => Step::new(None, words.tried_next),
        (_, None) => Step::new(None, words.needs_person),
    }
}

fn warehouse(there: &There, words: &Words, steps: &mut Vec<Step>) {
    let says = &words.story;
    let state = match (there.shipped, there.started) {
        (true, _) => says.shipped,
        (false, true) => says.started,
        (false, false) => says.not_started,
    };
    steps.push(Step::new(None, state));
    for row in there.rows.iter().take(ROWS) {
        let article = format!("{} {}", row.article, row.name.as_deref().unwrap_or_default());
        let sentence = if there.started || there.shipped { says.picked } else { says.ordered };
        let (picked, ordered) = (row.picked.normalize().to_string(), row.ordered.normalize().to_string());
        let names = [("picked", picked.as_str()), ("ordered", &ordered), ("article", article.trim())];
        steps.push(Step::new(None, fill(sentence, &names)));
    }
    if there.rows.len() > ROWS {
        let more = (there.rows.len() - ROWS).to_string();
        steps.push(Step::new(None, fill(words.more, &[("n", &more)])));
    }
    if !there.tracking.is_empty() {
        steps.push(Step::new(None, fill(says.tracking, &[("numbers", &there.tracking.join(", "))])));
    }
}

/// What the ERP was told.
fn report(back: Back, note: &Note, words: &Words, erp: &str) -> Option<Step> {
    let says = &words.story;
    let sentence = match (back, note.outcome) {
        (Back::Stock, _) => return None,
        (Back::ImportStatus, Some(Outcome::Parked | Outcome::Filtered) | None) => return None,
        (Back::ImportStatus, Some(_)) => says.told_arrived,
        (Back::Shipments, Some(Outcome::Parked)) => says.told_refused,
        (Back::Shipments, Some(Outcome::Filtered)) => says.not_told,
        (Back::Shipments, None) => says.told_soon,
        (Back::Shipments, Some(_)) => says.told,
    };
    let reason = matches!(note.outcome, Some(Outcome::Parked | Outcome::Filtered)).then_some(note.reason.as_deref());
    Some(Step::new(note.at, fill(sentence, &[("erp", erp)])).because(reason.flatten()))
}
