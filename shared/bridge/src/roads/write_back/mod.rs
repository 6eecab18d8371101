//! The way back: what happened in the warehouse, into the ERP, exactly once.
//!
//! A notice says where to write_back. The truth is read from Ongoing, compared with what was written last and with what the ERP
//! says, and only what differs is written. So doubled, forged and reordered notices are harmless.

mod consumer;
mod stock;
mod warehouse_events;

use std::collections::HashMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::ports::{Ports, Run};
use crate::state::intents::Intents;
use crate::state::journal::{Back, Journal, Note, Reported};
use crate::state::ledger::{Entry, Ledger};
use crate::state::tenants::valid;
use crate::systems::erp::Erp;
use crate::systems::erps;
use crate::systems::ongoing::Ongoing;
use crate::tenant::Tenant;
use crate::words::domain::{Effect, ImportedOrder, Shipment, WarehouseEvent};
use crate::words::envelope::{Hint, Notice};
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::outcome::{self, Outcome, Subject};

pub use consumer::batch;
pub use warehouse_events::{Leaves, leaves, level, shipment};

/// A tenant that is there, valid and enabled.
async fn enabled(ports: &Ports, tenant_id: &str) -> Result<Option<Tenant>> {
    let item = ports.tenants.get(tenant_id).await?;
    Ok(item.and_then(|item| valid(ports, &item)).filter(|tenant| tenant.enabled))
}

/// Looks where a notice points, and writes back what differs.
async fn process(ports: &Ports, run: &Run, notice: &Notice, hint: &Hint) -> Result<()> {
    let Some(tenant) = enabled(ports, &notice.tenant_id).await? else {
        tracing::warn!(target: "tenant", tenant_id = notice.tenant_id, outcome = "unknown", "tenant");
        let why = "the tenant is not there, not valid or not enabled";
        return later(ports, notice, hint, |note, now| note.pause(why, now)).await.map(drop);
    };
    let write_back = WriteBack {
        ports,
        run,
        tenant: &tenant,
        notice,
        ongoing: Ongoing::new(ports, &tenant, run.deadline),
        journal: Journal::new(ports, &tenant.tenant_id),
    };
    match hint {
        Hint::Order(id) if tenant.sends_shipments() => write_back.order(*id).await,
        Hint::Articles(numbers) if tenant.sends_stock() => write_back.articles(numbers).await,
        Hint::Imported(key) if tenant.sends_import_status() => write_back.imported(key).await,
        // The process is switched off, or the ERP's document does not have it.
        Hint::Order(_) | Hint::Articles(_) | Hint::Imported(_) => Ok(()),
    }
}

/// Keeps what a notice pointed at in the journal, to be looked at again: the reconcile is past it already. Returns what the
/// journal says now.
async fn later(
    ports: &Ports,
    notice: &Notice,
    hint: &Hint,
    keep: impl Fn(&mut Note, Timestamp),
) -> Result<Vec<(Back, String, Note)>> {
    let journal = Journal::new(ports, &notice.tenant_id);
    let now = ports.clock.now();
    let mut kept = Vec::new();
    for (back, key) in places(hint) {
        let note = journal.update(back, &key, |note| keep(note, now)).await?;
        kept.push((back, key, note));
    }
    Ok(kept)
}

/// Where the journal keeps what a notice points at.
fn places(hint: &Hint) -> Vec<(Back, String)> {
    match hint {
        Hint::Order(id) => vec![(Back::Shipments, id.to_string())],
        Hint::Articles(numbers) => numbers.iter().map(|number| (Back::Stock, number.clone())).collect(),
        Hint::Imported(key) => vec![(Back::ImportStatus, key.clone())],
    }
}

struct WriteBack<'a> {
    ports: &'a Ports,
    run: &'a Run,
    tenant: &'a Tenant,
    notice: &'a Notice,
    ongoing: Ongoing,
    journal: Journal<'a>,
}

impl WriteBack<'_> {
    async fn order(&self, id: i64) -> Result<()> {
        let key = id.to_string();
        let order = match self.ongoing.order_by_id(id).await {
            Ok(Some(order)) => order,
            Ok(None) => return self.nothing_to_write(Back::Shipments, &key, "the order is not in Ongoing").await,
            // An order that is not as promised concerns itself alone.
            Err(fault) => return self.note(Back::Shipments, &key, None, "", Err(fault), None).await,
        };
        let leaves = leaves(&order, &self.tenant.ongoing.shipped_statuses);
        let Some(shipment) = (leaves != Leaves::NotYet).then(|| shipment(&order)).flatten() else {
            return self.nothing_to_write(Back::Shipments, &key, "the order is not shipped").await;
        };
        let number = Some(shipment.number.as_str());
        // Only what came from the ERP goes back to it: the ledger knows.
        let ledger = Ledger::new(self.ports, &self.tenant.tenant_id);
        let ours = ledger.get(Feed::Orders, &shipment.key).await?;
        match ours.entry.ongoing.as_ref().map(|there| there.id) {
            Some(there) if there == id => {}
            Some(there) => {
                return self.untold(&key, number, anothers(id, there, &shipment.number)).await;
            }
            None => {
                under_way(&ours.entry, self.ports.clock.now())?;
                if let Some(first) = order.back_order_for()
                    && let Some(refusal) = self.back_order(&ledger, id, first).await?
                {
                    return self.untold(&key, number, refusal).await;
                }
                self.log(Back::Shipments, &key, number, Outcome::Filtered, "the order is not the ERP's");
                return self.nothing_to_write(Back::Shipments, &key, "the order is not the ERP's").await;
            }
        }
        let fingerprint = shipment.fingerprint();
        let note =
            self.journal.read(Back::Shipments, std::slice::from_ref(&key)).await?.remove(&key).unwrap_or_default();
        if let Leaves::Past(status) = leaves {
            if note.written.is_some() {
                return self.nothing_to_write(Back::Shipments, &key, "the ERP was told when it was shipped").await;
            }
            return self.untold(&key, number, went_on(status)).await;
        }
        if note.written.as_deref() == Some(&fingerprint) && note.tracking == shipment.tracking {
            return self.nothing_to_write(Back::Shipments, &key, "the ERP says so already").await;
        }
        if note.tracking != shipment.tracking {
            ledger.shipped_as(&shipment.key, &shipment.tracking).await?;
        }
        let effects = self.effects(&WarehouseEvent::Shipped(shipment.clone())).await;
        if effects.is_ok() {
            self.stock_after(&shipment).await?;
        }
        self.note(Back::Shipments, &key, number, &fingerprint, first(effects), Some(&shipment)).await
    }

    /// Why the shipment of an order that the ERP does not know cannot be told, where it is a back order of one that is the
    /// ERP's.
    async fn back_order(&self, ledger: &Ledger<'_>, id: i64, first: i64) -> Result<Option<Fault>> {
        let found = ledger.named(&first.to_string(), NAMED).await?;
        let mut orders = found.into_iter().filter(|(named, _)| named.feed == Feed::Orders).map(|(_, stored)| stored);
        let ours = orders.find(|stored| stored.entry.ongoing.as_ref().is_some_and(|there| there.id == first));
        Ok(ours.map(|stored| anothers(id, first, stored.entry.number.as_deref().unwrap_or_default())))
    }

    /// Parks a shipment that cannot be told by itself, unless a person gave it up.
    async fn untold(&self, key: &str, number: Option<&str>, why: Fault) -> Result<()> {
        let notes = self.journal.read(Back::Shipments, &[key.to_owned()]).await?;
        if notes.get(key).is_some_and(|note| note.given_up) {
            return Ok(());
        }
        self.note(Back::Shipments, key, number, "", Err(why), None).await
    }

    async fn nothing_to_write(&self, back: Back, key: &str, why: &str) -> Result<()> {
        self.journal.update(back, key, |note| note.drop_parked(why)).await.map(|_| ())
    }

    async fn imported(&self, key: &str) -> Result<()> {
        let stored = Ledger::new(self.ports, &self.tenant.tenant_id).get(Feed::Orders, key).await?;
        let Some(number) = stored.entry.number.filter(|_| stored.entry.ongoing.is_some()) else { return Ok(()) };
        let done = self.journal.read(Back::ImportStatus, &[key.to_owned()]).await?;
        if done.get(key).is_some_and(|note| note.written.is_some()) {
            return Ok(());
        }
        let event = WarehouseEvent::Imported(ImportedOrder { key: key.to_owned(), number: number.clone() });
        let effects = self.effects(&event).await;
        self.note(Back::ImportStatus, key, Some(&number), "imported", first(effects), None).await
    }

    fn erp(&self) -> Box<dyn Erp + '_> {
        erps::connect(self.ports, self.tenant, self.run.deadline)
    }

    async fn effects(&self, event: &WarehouseEvent) -> Result<Vec<Effect>> {
        self.erp().write_back(event, &Intents::new(self.ports, &self.tenant.tenant_id)).await
    }

    /// Writes the journal, and the log line; gives a fault of the connection back to the queue.
    async fn note(
        &self,
        back: Back,
        key: &str,
        number: Option<&str>,
        written: &str,
        effect: Result<Effect>,
        shipment: Option<&Shipment>,
    ) -> Result<()> {
        let now = self.ports.clock.now();
        let (outcome, reason) = match effect {
            Ok(Effect::Written(what)) => (Outcome::Updated, what),
            Ok(Effect::Unchanged(why)) => (Outcome::Unchanged, why),
            Ok(Effect::NotTaken(why)) => (Outcome::Filtered, why),
            Err(fault @ (Fault::Rejected { .. } | Fault::Unexpected(_))) => (Outcome::Parked, fault.to_string()),
            Err(fault) => return Err(fault),
        };
        let note = self
            .journal
            .update(back, key, |note| {
                let before = note.clone();
                note.number = number.map(str::to_owned).or(note.number.take());
                if let Some(shipment) = shipment {
                    note.tracking.clone_from(&shipment.tracking);
                    if outcome == Outcome::Updated && note.reported.is_none() {
                        note.reported = shipment.shipped_at.map(|shipped_at| Reported { shipped_at, at: now });
                    }
                }
                match outcome {
                    Outcome::Parked => note.park(reason.clone(), now),
                    Outcome::Filtered => note.leave_not_taken(reason.clone(), written.to_owned()),
                    _ => note.settle(outcome, reason.clone(), written.to_owned()),
                }
                // Looked at once more, and nothing is new: nothing is to be written down.
                if *note != before {
                    note.correlation_id.clone_from(&self.notice.correlation_id);
                }
            })
            .await?;
        self.log(back, key, number, outcome, &reason);
        if outcome == Outcome::Parked && note.retry_at.is_none() {
            outcome::left_for_a_person(&self.subject(back, key, number));
        }
        Ok(())
    }

    fn log(&self, back: Back, key: &str, number: Option<&str>, outcome: Outcome, reason: &str) {
        outcome::log(&self.subject(back, key, number), outcome, Some(reason));
    }

    fn subject<'b>(&'b self, back: Back, key: &'b str, number: Option<&'b str>) -> Subject<'b> {
        Subject {
            tenant_id: &self.tenant.tenant_id,
            feed: back.word(),
            key,
            number,
            version: "",
            correlation_id: &self.notice.correlation_id,
        }
    }
}

/// Until when after an order was handed out the note of its import is waited for. What takes longer is told by the import
/// itself where it comes a second time, and found by the reconcile.
const UNDER_WAY: SignedDuration = SignedDuration::from_mins(5);

/// For so long at a time at least, and longer the longer it is awaited.
const NOTE: Duration = Duration::from_secs(5);

/// Whether the warehouse is quicker than the note that the order is the ERP's: then the queue keeps the message.
fn under_way(entry: &Entry, now: Timestamp) -> Result<()> {
    let since = entry.handed_out.as_ref().map(|last| now.duration_since(last.at)).filter(|since| *since < UNDER_WAY);
    if let Some(since) = since.filter(|_| entry.is_unsettled()) {
        let after = NOTE.max(Duration::try_from(since).unwrap_or_default() / 4);
        return Err(Fault::RateLimited { status: None, after, why: "the order's import is not noted yet".into() });
    }
    Ok(())
}

/// Of so many records at most that have a number of Ongoing's in common.
const NAMED: usize = 10;

/// Why an order's shipment is not the shipment of the record that it names: a back order is an order of its own (Ongoing
/// sheet, section 6), and what it ships is not all that was shipped.
fn anothers(id: i64, there: i64, number: &str) -> Fault {
    let why = format!(
        "order {id} belongs to {number}, which is order {there} in Ongoing, a back order perhaps: tell the ERP by hand \
         what it ships, then drop this"
    );
    Fault::rejected("/orderInfo/orderId", why)
}

/// Why an order's shipment can no longer be told by itself.
fn went_on(status: i64) -> Fault {
    let why = format!(
        "the order went on to status {status} before the ERP was told: add {status} to shipped_statuses, or tell the ERP \
         by hand and drop this"
    );
    Fault::rejected("/orderInfo/orderStatus/number", why)
}

fn first(effects: Result<Vec<Effect>>) -> Result<Effect> {
    effects?.into_iter().next().ok_or_else(|| Fault::Unexpected("the write-back says nothing of its effect".into()))
}

/// Notices for a sweep's findings: articles in bundles.
#[must_use]
pub fn notices(tenant_id: &str, cause: &str, correlation_id: &str, hints: Vec<Hint>) -> Vec<Notice> {
    let mut bundles: HashMap<bool, Vec<String>> = HashMap::new();
    let mut all = Vec::new();
    for hint in hints {
        match hint {
            Hint::Articles(articles) => bundles.entry(true).or_default().extend(articles),
            other => all.push(other),
        }
    }
    for articles in bundles.into_values() {
        all.extend(articles.chunks(Notice::ARTICLES).map(|articles| Hint::Articles(articles.to_vec())));
    }
    let notice = |hint| Notice {
        v: Notice::VERSION,
        tenant_id: tenant_id.to_owned(),
        hint,
        cause: cause.to_owned(),
        correlation_id: correlation_id.to_owned(),
    };
    all.into_iter().map(notice).collect()
}
