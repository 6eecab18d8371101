//! A record's life as sentences. Nothing is read here.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Facts, There};
use crate::roads::status::advice::{erp_name, plain, remedy, says};
use crate::roads::status::in_the_way;
use crate::roads::status::lines::{age, moment, paragraph};
use crate::state::journal::{Back, Note};
use crate::state::ledger::{Parked, WaitsFor};
use crate::words::feed::Feed;
use crate::words::kind::Kind;
use crate::words::outcome::Outcome;

/// Rows of an order that are told one by one.
const ROWS: usize = 12;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// When; `None`: now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// What.
    pub says: String,
}

/// A record's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Story {
    /// What it is, for a person: `acme order 10023`.
    pub what: String,
    /// Where it is now.
    pub is: String,
    /// What it waits for, since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits: Option<Step>,
    /// What happened, in order.
    pub steps: Vec<Step>,
    /// The command that helps it on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// Tells what is known of a record.
#[must_use]
pub fn tell(facts: &Facts, now: Timestamp) -> Story {
    let entry = &facts.entry;
    let number = entry.number.as_deref().unwrap_or(&facts.key);
    let (waits, remedy) = waits(facts, now);
    Story {
        what: format!("{} {} {number}", facts.tenant_id, one(facts.feed)),
        is: is(facts, now),
        waits,
        steps: steps(facts, now),
        remedy,
    }
}

pub(super) fn one(feed: Feed) -> &'static str {
    match feed {
        Feed::Suppliers => "supplier",
        Feed::Articles => "article",
        Feed::PurchaseOrders => "purchase order",
        Feed::Orders => "order",
    }
}

fn erp(kind: Option<Kind>) -> &'static str {
    kind.map_or("the ERP", erp_name)
}

/// Where it is.
fn is(facts: &Facts, now: Timestamp) -> String {
    let entry = &facts.entry;
    let there =
        entry.ongoing.as_ref().map_or_else(String::new, |there| format!(" as {} (id {})", there.number, there.id));
    match entry.outcome {
        None => "it was seen, and nothing is known of it yet".to_owned(),
        Some(Outcome::Queued) if entry.is_gone(now) => "its message is gone, and it is read again by itself".to_owned(),
        Some(Outcome::Queued) => "it is on its way to the warehouse".to_owned(),
        Some(Outcome::Created | Outcome::Updated | Outcome::Unchanged) => format!("it is in Ongoing{there}"),
        Some(Outcome::Cancelled) => {
            format!("it was withdrawn in {}, and is cancelled in Ongoing{there}", erp(facts.erp))
        }
        Some(Outcome::Filtered) => format!("it does not come in as it is in {} now", erp(facts.erp)),
        Some(Outcome::Blocked) => format!(
            "it is in Ongoing{there} as it was before: the warehouse had started, and the change is to be arranged with it"
        ),
        Some(Outcome::Superseded) => "a newer version of it is in the warehouse".to_owned(),
        Some(Outcome::Parked) if entry.is_given_up() => {
            format!("it was given up; it comes again when it is changed in {}", erp(facts.erp))
        }
        Some(Outcome::Parked) => match entry.parked.as_ref().and_then(|parked| parked.retry_at) {
            Some(_) => "it is parked, and tried again by itself".to_owned(),
            None => "it is parked, and needs a person".to_owned(),
        },
    }
}

/// Why it is not there yet, and what helps.
fn waits(facts: &Facts, now: Timestamp) -> (Option<Step>, Option<String>) {
    let (entry, id) = (&facts.entry, &facts.tenant_id);
    let paused = || {
        let (why, remedy) = match &facts.invalid {
            Some(fault) => {
                (format!("the tenant, whose item is not valid: {fault}"), format!("bridgectl tenant edit {id}"))
            }
            None => ("the tenant, which is paused".to_owned(), format!("bridgectl tenant resume {id}")),
        };
        (Some(Step { at: None, says: why }), Some(remedy))
    };
    match entry.outcome {
        Some(Outcome::Queued) if !facts.enabled => paused(),
        Some(Outcome::Queued) => {
            let met = facts.erp.and_then(|kind| in_the_way(facts.import.as_ref(), kind, now));
            let Some((trouble, system)) = met else { return (None, None) };
            let step = Step { at: Some(trouble.since), says: says(&trouble, system) };
            (Some(step), remedy(&trouble, system, id))
        }
        Some(Outcome::Parked) => parked(facts, paused),
        _ => backs(facts, now),
    }
}

fn parked(facts: &Facts, paused: impl Fn() -> (Option<Step>, Option<String>)) -> (Option<Step>, Option<String>) {
    let Some(parked) = &facts.entry.parked else { return (None, None) };
    let article =
        |name: &str| Step { at: None, says: format!("article {name}: it goes as soon as that is in the warehouse") };
    match &parked.waits_for {
        Some(WaitsFor::Tenant) if !facts.enabled => paused(),
        Some(WaitsFor::Tenant) => {
            (Some(Step { at: None, says: "the next tick, which takes it along".to_owned() }), None)
        }
        Some(WaitsFor::ArticleNumber(number)) => {
            (Some(article(number)), Some(format!("bridgectl where {number} --tenant {}", facts.tenant_id)))
        }
        Some(WaitsFor::ArticleKey(key)) => {
            let kind = erp(facts.erp);
            (Some(article(&format!("with {kind}'s id {key}"))), None)
        }
        None if parked.retry_at.is_some() => (None, None),
        None => (None, Some(retry(facts, facts.entry.number.as_deref().unwrap_or(&facts.key)))),
    }
}

/// What helps what is left for a person.
fn retry(facts: &Facts, number: &str) -> String {
    let id = &facts.tenant_id;
    format!("put it right, then bridgectl parked retry {number} --tenant {id}")
}

/// The number of a write-back that is left for a person, as `parked` shows it.
fn left(facts: &Facts) -> Option<String> {
    let left = |(_, note): &&(Back, Note)| note.outcome == Some(Outcome::Parked) && note.retry_at.is_none();
    let (back, note) = facts.back.iter().find(left)?;
    note.number.clone().or_else(|| match back {
        Back::Shipments => facts.entry.ongoing.as_ref().map(|there| there.id.to_string()),
        Back::Stock => facts.entry.number.clone(),
        Back::ImportStatus => Some(facts.key.clone()),
    })
}

/// An order that is in the warehouse and of which the ERP was not told.
fn backs(facts: &Facts, now: Timestamp) -> (Option<Step>, Option<String>) {
    if let Some(number) = left(facts) {
        return (None, Some(retry(facts, &number)));
    }
    let shipped = matches!(&facts.there, Some(Ok(there)) if there.shipped);
    let told = facts.back.iter().any(|(back, note)| *back == Back::Shipments && note.outcome.is_some());
    if !shipped || told || !facts.erp.is_some_and(Kind::takes_shipments) {
        return (None, None);
    }
    let met = facts.erp.and_then(|kind| in_the_way(facts.write_back.as_ref(), kind, now));
    let Some((trouble, system)) = met else { return (None, None) };
    let says = format!("the ERP is not told of the shipment: {}", says(&trouble, system));
    (Some(Step { at: Some(trouble.since), says }), remedy(&trouble, system, &facts.tenant_id))
}

fn steps(facts: &Facts, now: Timestamp) -> Vec<Step> {
    let (entry, erp) = (&facts.entry, erp(facts.erp));
    let mut steps = Vec::new();
    let mut step = |at: Option<Timestamp>, says: String| steps.push(Step { at, says });
    if let Some(seen) = &entry.seen {
        let was_here = entry.ongoing.is_some() || entry.was_handed_out();
        let taken_back = if seen.withdrawn && was_here { "taken back" } else { "changed" };
        // Some ERPs count versions, others say when.
        if let Some(at) = seen.version.parse().ok().filter(|at: &Timestamp| *at <= seen.at) {
            step(Some(at), format!("{taken_back} in {erp}"));
        }
        step(Some(seen.at), format!("pulled from {erp}"));
    }
    let why = entry.reason.as_deref().map(|why| why.strip_prefix("rejected: ").unwrap_or(why));
    let because = match (why, why.and_then(plain)) {
        (_, Some(why)) => format!(": {why}"),
        // The warehouse's or the ERP's system said no more than that.
        (Some(status), None) => format!(": refused without a reason ({})", status.trim()),
        (None, None) => String::new(),
    };
    if let Some(settled) = &entry.settled {
        let there = entry.ongoing.as_ref().map_or_else(String::new, |there| format!(" as {}", there.number));
        let says = match settled.outcome {
            Outcome::Created => format!("in the warehouse{there}"),
            Outcome::Updated => format!("changed in the warehouse{there}"),
            Outcome::Unchanged => format!("in the warehouse{there}, where it was so already"),
            Outcome::Cancelled => format!("cancelled in the warehouse{there}"),
            Outcome::Blocked => format!("not changed in the warehouse{because}"),
            Outcome::Parked => format!("parked{because}"),
            Outcome::Filtered => format!("left out{because}"),
            Outcome::Superseded => "older than what is in the warehouse".to_owned(),
            Outcome::Queued => "queued".to_owned(),
        };
        step(settled.at, says);
    }
    let said = entry.settled.as_ref().is_some_and(|settled| Some(settled.outcome) == entry.outcome);
    match entry.outcome {
        Some(Outcome::Filtered) if !said => step(None, format!("left out{because}")),
        Some(Outcome::Parked) => {
            if !said {
                step(None, format!("parked{because}"));
            }
            let tries = entry.parked.as_ref().map_or(0, Parked::tries);
            if tries > 0 {
                step(None, format!("tried again {tries} {} so far", if tries == 1 { "time" } else { "times" }));
            }
            let waits = |parked: &&Parked| facts.enabled || parked.waits_for != Some(WaitsFor::Tenant);
            if let Some(at) = entry.parked.as_ref().filter(waits).and_then(|parked| parked.retry_at) {
                step(Some(at), if at > now { "tried again" } else { "due: the next tick tries it again" }.to_owned());
            }
        }
        _ => {}
    }
    match &facts.there {
        // What is cancelled has rows that nobody picks.
        Some(Ok(_)) if entry.outcome == Some(Outcome::Cancelled) => {}
        Some(Ok(there)) => warehouse(there, &mut step),
        Some(Err(why)) => step(None, why.clone()),
        None => {}
    }
    for (back, note) in &facts.back {
        step(note.at, told(*back, note, erp));
    }
    let shipped = matches!(&facts.there, Some(Ok(there)) if there.shipped);
    let sends = shipped && facts.erp.is_some_and(Kind::takes_shipments);
    if sends && !facts.back.iter().any(|(back, _)| *back == Back::Shipments) {
        step(None, format!("{erp} was not told of the shipment yet"));
    }
    steps
}

fn warehouse(there: &There, step: &mut impl FnMut(Option<Timestamp>, String)) {
    let state = match (there.shipped, there.started) {
        (true, _) => "shipped",
        (false, true) => "the warehouse works on it",
        (false, false) => "the warehouse has not started",
    };
    let status = there.status.map_or_else(String::new, |status| format!(" (status {status} in Ongoing)"));
    step(None, format!("{state}{status}"));
    for row in there.rows.iter().take(ROWS) {
        let name = row.name.as_deref().unwrap_or_default();
        let (picked, ordered) = (row.picked.normalize(), row.ordered.normalize());
        let of = if there.started || there.shipped { format!("{picked} of {ordered}") } else { ordered.to_string() };
        step(None, format!("{of} × {} {name}", row.article).trim_end().to_owned());
    }
    if there.rows.len() > ROWS {
        step(None, format!("and {} more rows", there.rows.len() - ROWS));
    }
    if !there.tracking.is_empty() {
        step(None, format!("tracking {}", there.tracking.join(", ")));
    }
}

fn told(back: Back, note: &Note, erp: &str) -> String {
    let what = match back {
        Back::Shipments => "the shipment",
        Back::Stock => "the stock",
        Back::ImportStatus => "the import",
    };
    let why = note.reason.as_deref().and_then(plain);
    let because = why.map_or_else(String::new, |why| format!(": {why}"));
    match (note.outcome, note.retry_at) {
        (Some(Outcome::Parked), Some(_)) => format!("{erp} refuses to be told of {what}, and is told again{because}"),
        (Some(Outcome::Parked), None) => format!("{erp} refuses to be told of {what}; that needs a person{because}"),
        (Some(Outcome::Filtered), _) => format!("{erp} is not told of {what}{because}"),
        (None, _) => format!("{erp} is told of {what} soon"),
        _ => format!("{erp} was told of {what}{because}"),
    }
}

/// A story as lines of 80 columns, by the clock of a time zone.
#[must_use]
pub fn text(story: &Story, now: Timestamp, zone: &TimeZone) -> String {
    let mut text = String::new();
    paragraph(&mut text, "", &format!("{}: {}", story.what, story.is));
    if let Some(waits) = &story.waits {
        let since =
            waits.at.map_or_else(String::new, |at| format!(" since {} ({})", moment(at, now, zone), age(at, now)));
        let says = match waits.at {
            Some(_) => format!("waits{since}: {}", waits.says),
            None => format!("waits for {}", waits.says),
        };
        paragraph(&mut text, "  ", &says);
    }
    if let Some(remedy) = &story.remedy {
        paragraph(&mut text, "  → ", remedy);
    }
    let when = |step: &Step| step.at.map_or_else(String::new, |at| moment(at, now, zone));
    let old = |step: &Step| step.at.filter(|at| *at <= now).map_or_else(String::new, |at| age(at, now));
    let width = |of: &dyn Fn(&Step) -> String| {
        story.steps.iter().map(|step| of(step).chars().count()).max().unwrap_or_default()
    };
    let (when_width, old_width) = (width(&when), width(&old));
    for step in &story.steps {
        let mut first = String::new();
        let _ = write!(first, "  {:<when_width$}  {:<old_width$}  ", when(step), old(step));
        paragraph(&mut text, &first, &step.says);
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_write_back_that_is_left_for_a_person_has_its_remedy() {
        let facts = |back: Back, note: serde_json::Value| Facts {
            tenant_id: "acme".into(),
            erp: Some(Kind::Procountor),
            enabled: true,
            invalid: None,
            feed: Feed::Orders,
            key: "k1".into(),
            entry: serde_json::from_value(json!({ "number": "10023", "outcome": "created" })).unwrap(),
            import: None,
            write_back: None,
            back: vec![(back, serde_json::from_value(note).unwrap())],
            there: None,
        };
        let parked = |number: &str| json!({ "number": number, "outcome": "parked", "reason": "closed period" });
        let remedy = |facts: Facts| tell(&facts, Timestamp::UNIX_EPOCH).remedy;
        let retry = |number: &str| Some(format!("put it right, then bridgectl parked retry {number} --tenant acme"));
        assert_eq!(remedy(facts(Back::Shipments, parked("10023"))), retry("10023"));
        assert_eq!(remedy(facts(Back::ImportStatus, json!({ "outcome": "parked" }))), retry("k1"));
        let mut again = parked("10023");
        again["retry_at"] = json!("2026-01-01T00:00:00Z");
        assert_eq!(remedy(facts(Back::Shipments, again)), None, "it is tried again by itself");
    }
}
