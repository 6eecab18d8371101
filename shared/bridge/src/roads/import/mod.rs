//! The road in, second half: records from the import queue into Ongoing.
//!
//! Within a message group in order, one call in flight. A record that is itself the problem is parked and the group goes
//! on; a fault of the connection gives the rest of the group back to the queue, unrun.

mod arrivals;
pub(in crate::roads) mod articles;
pub(crate) mod dry_run;
#[cfg(test)]
mod interleavings;
mod kept;
pub(crate) mod ledger_update;
pub(in crate::roads) mod order;
mod own;
mod purchase_order;
mod same_article;

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::Value;

use self::arrivals::Arrivals;
use self::kept::{Messages, Note, Notes};
use self::ledger_update::{Before, Noted};
use self::own::Own;
use crate::http::RESERVE;
use crate::http::classify::is_gone;
use crate::ports::{Fifo, Ports, Run};
use crate::roads::batch::{self, Consumer, NOTES, Names};
use crate::roads::pull::page;
use crate::roads::write_back;
use crate::state::ledger::index::Arrival;
use crate::state::ledger::{InOngoing, Ledger, Stored, WaitsFor};
use crate::state::tenants::valid;
use crate::state::unreadable;
use crate::systems::ongoing::{Ongoing, cleared, map};
use crate::tenant::Tenant;
use crate::words::domain::Record;
use crate::words::envelope::{Envelope, Hint};
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::outcome::Outcome;
use crate::words::received_message::ReceivedMessage;

/// How often a message is dealt with anew since its record was taken back meanwhile.
const TURNS: usize = 3;

/// What became of one record: the outcome with its reason, and its counterpart.
#[derive(Clone, Debug)]
struct Done {
    outcome: Outcome,
    reason: Option<String>,
    ongoing: Option<InOngoing>,
    /// Parked, and no further try would make it better.
    for_a_person: bool,
    /// Parked until this is there.
    waits_for: Option<WaitsFor>,
    /// Parked since it failed again and again while Ongoing answered others.
    stubborn: bool,
}

impl Done {
    fn plain(outcome: Outcome) -> Self {
        Self { outcome, reason: None, ongoing: None, for_a_person: false, waits_for: None, stubborn: false }
    }

    fn because(outcome: Outcome, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::plain(outcome) }
    }

    /// What only a person can put right.
    fn for_a_person(reason: impl Into<String>) -> Self {
        Self { for_a_person: true, ..Self::because(Outcome::Parked, reason) }
    }

    fn at(self, id: i64, number: &str) -> Self {
        Self {
            ongoing: Some(InOngoing { id, number: number.to_owned(), members: Vec::new(), rows: Vec::new() }),
            ..self
        }
    }

    /// With what was sent.
    fn sent(mut self, body: &Value) -> Self {
        if let Some(ongoing) = &mut self.ongoing {
            ongoing.members = cleared::members(body);
            ongoing.rows = cleared::rows(body);
        }
        self
    }
}

/// Imports a batch. Returns the ids of the messages that go back to the queue.
pub async fn batch(ports: &Ports, run: &Run, deliveries: Vec<ReceivedMessage>) -> Vec<String> {
    let ports = &ports.for_batch();
    let import = Import {
        ports,
        run,
        messages: Messages::read(ports, run.deadline - RESERVE, &deliveries).await,
        notes: Notes::default(),
        undone: RefCell::default(),
        tenants: RefCell::default(),
        arrivals: Arrivals::default(),
    };
    let mut back = batch::run(ports, run, Fifo::Import, &deliveries, &import).await;
    back.extend(import.arrivals.release(ports, run).await);
    back
}

struct Import<'a> {
    ports: &'a Ports,
    run: &'a Run,
    messages: Messages,
    notes: Notes,
    /// Messages whose note could not be written when it was asked for.
    undone: RefCell<Vec<(String, Fault)>>,
    tenants: RefCell<HashMap<String, Option<Tenant>>>,
    arrivals: Arrivals,
}

#[async_trait(?Send)]
impl Consumer for Import<'_> {
    async fn deliver(&self, delivery: &ReceivedMessage) -> Result<()> {
        self.delivery(delivery).await
    }

    async fn reachable(&self, delivery: &ReceivedMessage) -> bool {
        let read = self.messages.of(delivery);
        let Ok(envelope) = read.as_ref() else { return true };
        match self.tenant(&envelope.tenant_id).await {
            // Past the circuit breakers: it is the record that is suspected. An answer closes them, and the group goes on.
            Ok(Some(tenant)) => {
                let ports = self.ports.past_circuits();
                Ongoing::new(&ports, &tenant, self.run.deadline).reads_goods_owner().await.is_ok()
            }
            Ok(None) => true,
            Err(_) => false,
        }
    }

    /// Parks a record whose import cannot be tried in the ordinary way.
    async fn park(&self, delivery: &ReceivedMessage, reason: &str, stubborn: bool) -> Result<()> {
        let read = self.messages.of(delivery);
        let Ok(envelope) = read.as_ref() else {
            return unreadable::keep(self.ports, self.run, "import", delivery, reason).await;
        };
        let ledger = Ledger::new(self.ports, &envelope.tenant_id);
        for withdrawal in [envelope.is_withdrawal(), true] {
            let stored = ledger.get(envelope.feed, &envelope.key).await?;
            let done = Done { stubborn, ..Done::because(Outcome::Parked, reason) };
            // Taken back meanwhile, it is kept as the withdrawal that it will be dealt with as.
            if ledger_update::note(self.ports, &ledger, envelope, stored, done, withdrawal).await? == Noted::Stands {
                break;
            }
        }
        Ok(())
    }

    async fn is_stubborn(&self, delivery: &ReceivedMessage) -> bool {
        let read = self.messages.of(delivery);
        let Ok(envelope) = read.as_ref() else { return false };
        let stored = Ledger::new(self.ports, &envelope.tenant_id).get(envelope.feed, &envelope.key).await;
        stored.is_ok_and(|stored| stored.entry.parked.is_some_and(|parked| parked.stubborn))
    }

    fn names(&self, delivery: &ReceivedMessage) -> Names {
        let read = self.messages.of(delivery);
        let Ok(envelope) = read.as_ref() else { return Names::default() };
        Names {
            tenant_id: Some(envelope.tenant_id.clone()),
            feed: Some(envelope.feed.word()),
            key: Some(envelope.key.clone()),
            number: envelope.number.clone(),
            correlation_id: Some(envelope.correlation_id.clone()),
        }
    }

    async fn finish(&self) -> Vec<(String, Fault)> {
        self.write_notes(self.run.deadline - NOTES, None).await
    }
}

impl Import<'_> {
    /// Deals with one message; an error gives it back to the queue with the rest of its group.
    async fn delivery(&self, delivery: &ReceivedMessage) -> Result<()> {
        let read = self.messages.of(delivery);
        let envelope = match read.as_ref() {
            Ok(envelope) => envelope,
            Err(reason) => return unreadable::keep(self.ports, self.run, "import", delivery, reason).await,
        };
        if self.notes.are_asked_for(&delivery.group, envelope) {
            // Before the message's own time ends: what is broken off with it would be written by nobody.
            let until = self.run.deadline - RESERVE - Duration::from_secs(1);
            let undone = self.write_notes(until, Some(&delivery.group)).await;
            let first = undone.first().map(|(_, fault)| fault.clone());
            self.undone.borrow_mut().extend(undone);
            if let Some(fault) = first {
                return Err(fault);
            }
        }
        let ledger = Ledger::new(self.ports, &envelope.tenant_id);
        for _ in 0..TURNS {
            let stored = match self.messages.entry(envelope) {
                Some(stored) => stored,
                None => ledger.get(envelope.feed, &envelope.key).await?,
            };
            let mut withdrawal = envelope.is_withdrawal();
            let done = match ledger_update::before(&stored.entry, envelope) {
                Before::Done(done) => done,
                Before::Apply => self.import(envelope, &envelope.record, &stored, false).await?,
                Before::WantedAgain => self.import(envelope, &envelope.record, &stored, true).await?,
                Before::TakenBack => {
                    withdrawal = true;
                    let number = envelope.record.number().to_owned();
                    let withdrawn = Record::Withdrawal(page::withdrawal(&envelope.key, number, "the ERP took it back"));
                    self.import(envelope, &withdrawn, &stored, false).await?
                }
            };
            if matches!(envelope.record, Record::Article(_)) {
                self.notes.keep(Note { delivery: delivery.clone(), read: read.clone(), stored, done });
                return Ok(());
            }
            let arrived = has_arrived(&done);
            let overtaken = overtaken(&done, &stored);
            let noted = ledger_update::note(self.ports, &ledger, envelope, stored, done, withdrawal).await?;
            if noted == Noted::TakenBack {
                continue;
            }
            if matches!(envelope.record, Record::Order(_)) && arrived {
                self.tell_write_back(envelope, overtaken).await?;
            }
            return Ok(());
        }
        Err(Fault::unavailable("the record was taken back and released faster than it could be imported"))
    }

    /// Writes the notes that wait, of one group or of all. Returns the messages whose note could not be written.
    async fn write_notes(&self, deadline: Timestamp, group: Option<&str>) -> Vec<(String, Fault)> {
        let mut undone = if group.is_none() { self.undone.take() } else { Vec::new() };
        for (note, written) in self.notes.write(self.ports, self.run, deadline, group).await {
            match (written, note.read.as_ref()) {
                (Err(fault), _) => undone.push((note.delivery.id.clone(), fault)),
                (Ok(()), Ok(Envelope { tenant_id, key, record: Record::Article(article), .. }))
                    if has_arrived(&note.done) =>
                {
                    let arrival = Arrival { key: key.clone(), number: article.article_number.clone() };
                    self.arrivals.note(tenant_id, &note.delivery, arrival);
                }
                (Ok(()), _) => {}
            }
        }
        undone
    }

    /// The ERP order's status after import, and its shipment where that may have been told of in vain. Queued after the
    /// ledger's note: a crash in between brings the message again, and a notice that comes twice meets the journal.
    async fn tell_write_back(&self, envelope: &Envelope, overtaken: Option<i64>) -> Result<()> {
        let Some(tenant) = self.tenant(&envelope.tenant_id).await? else { return Ok(()) };
        let imported = tenant.sends_import_status().then(|| Hint::Imported(envelope.key.clone()));
        let shipped = overtaken.filter(|_| tenant.sends_shipments()).map(Hint::Order);
        let hints: Vec<Hint> = [imported, shipped].into_iter().flatten().collect();
        if hints.is_empty() {
            return Ok(());
        }
        let cause = format!("imported/{}/{}", envelope.version, envelope.attempt);
        let notices = write_back::notices(&envelope.tenant_id, &cause, &envelope.correlation_id, hints);
        self.ports.queue.write_back(&notices).await
    }

    /// Sends the record to Ongoing, or a withdrawal in its place; what is the record's own fault becomes an outcome.
    async fn import(&self, envelope: &Envelope, record: &Record, stored: &Stored, wanted_again: bool) -> Result<Done> {
        let Some(tenant) = self.tenant(&envelope.tenant_id).await? else {
            let why = "the tenant is not there, not valid or not enabled";
            return Ok(Done { waits_for: Some(WaitsFor::Tenant), ..Done::because(Outcome::Parked, why) });
        };
        let ongoing = Ongoing::new(self.ports, &tenant, self.run.deadline);
        let ledger = Ledger::new(self.ports, &envelope.tenant_id);
        let sent = match record {
            Record::Article(article) => {
                let mapped = map::article(article, ongoing.goods_owner_id(), &tenant.settings.values);
                match body(stored, mapped) {
                    Ok(body) => article_sent(&ongoing, stored, &article.article_number, &body).await,
                    Err(fault) => Err(fault),
                }
            }
            Record::Order(order) => order::sent(&ongoing, &ledger, &tenant, stored, order).await,
            Record::PurchaseOrder(order) => purchase_order::sent(&ongoing, &ledger, &tenant, stored, order).await,
            Record::Withdrawal(withdrawal) => {
                let mut own = Own::new(withdrawal, &envelope.key, stored);
                own.wanted_again = wanted_again;
                match envelope.feed {
                    Feed::PurchaseOrders => purchase_order::withdrawn(&ongoing, withdrawal, &own).await,
                    _ => order::withdrawn(&ongoing, &tenant, withdrawal, &own).await,
                }
            }
        };
        match sent {
            Ok(done) => Ok(done),
            Err(fault) if fault.passes_by_itself() || matches!(fault, Fault::Unauthorized(_)) => Err(fault),
            Err(fault) => articles::refused(&ongoing, &tenant, record, fault).await,
        }
    }

    async fn tenant(&self, tenant_id: &str) -> Result<Option<Tenant>> {
        if let Some(tenant) = self.tenants.borrow().get(tenant_id) {
            return Ok(tenant.clone());
        }
        let item = self.ports.tenants.get(tenant_id).await?;
        let tenant = item.and_then(|item| valid(self.ports, &item)).filter(|tenant| tenant.enabled);
        self.tenants.borrow_mut().insert(tenant_id.to_owned(), tenant.clone());
        Ok(tenant)
    }
}

/// Whether the record is in Ongoing now.
fn has_arrived(done: &Done) -> bool {
    matches!(done.outcome, Outcome::Created | Outcome::Updated | Outcome::Unchanged)
}

/// The order that the warehouse may have shipped before it was noted that it is the ERP's: what was told of it before was
/// not followed. Noted by an earlier delivery, it may not have been said yet.
fn overtaken(done: &Done, stored: &Stored) -> Option<i64> {
    let made_earlier = |reason: &Option<String>| reason.as_deref() == Some(order::MADE_EARLIER);
    let noted = || (done.outcome == Outcome::Unchanged).then_some(&stored.entry.reason).is_some_and(made_earlier);
    let there = done.ongoing.as_ref().or(stored.entry.ongoing.as_ref());
    there.filter(|_| made_earlier(&done.reason) || noted()).map(|there| there.id)
}

/// The envelope of a message body.
pub(crate) fn read(body: &str) -> Result<Envelope, String> {
    // What this release wrote is read at once; whatever is not so says why as a tree.
    if let Ok(envelope) = serde_json::from_str::<Envelope>(body)
        && envelope.v <= Envelope::VERSION
    {
        return Ok(envelope);
    }
    let value: Value = serde_json::from_str(body).map_err(|error| format!("the message is no JSON: {error}"))?;
    let v = value["v"].as_u64().unwrap_or_default();
    if v > u64::from(Envelope::VERSION) {
        return Err(format!("the message is of version {v}, this release reads up to {}", Envelope::VERSION));
    }
    crate::words::wire::decode(&value).map_err(|fault| format!("the message is no record: {fault}"))
}

/// An article goes by its number; one that was imported before and has another number now is renamed by its id, since
/// the number alone would make a second article (Ongoing sheet, section 2.1).
async fn article_sent(ongoing: &Ongoing, stored: &Stored, number: &str, body: &Value) -> Result<Done> {
    let before = stored.entry.ongoing.as_ref();
    let renamed = before.filter(|there| there.number != number).map(|there| there.id);
    let outcome = if before.is_some() { Outcome::Updated } else { Outcome::Created };
    let id = match renamed {
        Some(id) => match ongoing.put_article(Some(id), number, body).await {
            // The id is gone: by the number, then (Ongoing sheet, section 1.8).
            Err(fault) if is_gone(&fault) => ongoing.put_article(None, number, body).await?,
            other => other?,
        },
        None => ongoing.put_article(None, number, body).await?,
    };
    let reason = kept(ongoing, Feed::Articles, number, body).await;
    Ok(Done { reason, ..Done::plain(outcome) }.at(id, number).sent(body))
}

/// What is still there although the body said that it is empty. A look after what is written that can do no harm: where it
/// fails, nothing is said.
async fn kept(ongoing: &Ongoing, feed: Feed, number: &str, body: &Value) -> Option<String> {
    if !cleared::clears(body) {
        return None;
    }
    let shown = match feed {
        Feed::Articles => {
            let read = ongoing.articles(std::slice::from_ref(&number.to_owned())).await.ok()?;
            read.found.into_iter().next()?.1
        }
        Feed::Orders => ongoing.order_shown(number).await.ok()??.1,
        Feed::PurchaseOrders => ongoing.purchase_order_shown(number).await.ok()??.1,
        Feed::Suppliers => return None,
    };
    let left = cleared::left(feed, body, &shown);
    let told = || format!("Ongoing keeps {} although empty was written (ongoing.put-null)", left.join(", "));
    (!left.is_empty()).then(told)
}

/// A body, with what the last one had and this one has not said to be empty.
fn body(stored: &Stored, mapped: Result<Value>) -> Result<Value> {
    let mut body = mapped?;
    if let Some(before) = &stored.entry.ongoing {
        cleared::clear(&mut body, &before.members);
        cleared::clear_rows(&mut body, &before.rows);
    }
    Ok(body)
}
