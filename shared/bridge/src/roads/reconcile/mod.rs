//! What no webhook told: orders shipped, stock changed, write-backs that were refused and are due again. So the system is
//! right with no webhook at all.

mod narrow;
mod walk;

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::walk::{DAY, Step, UnderWay, Walk};
use crate::http::MARGIN;
use crate::ports::{Ports, Run};
use crate::roads::retention;
use crate::roads::write_back::{Leaves, leaves, level, notices, shipment};
use crate::state::cursor;
use crate::state::due::MOVED_OVER;
use crate::state::journal::{Back, Journal, Note};
use crate::state::reconcile_lease::ReconcileLease;
use crate::state::schema_drift;
use crate::state::tenants::valid;
use crate::systems::ongoing::wire::ExistingArticle;
use crate::systems::ongoing::{Listed, Ongoing};
use crate::tenant::Tenant;
use crate::words::envelope::{Hint, Job};
use crate::words::fault::{Fault, Result};
use crate::words::kind::Kind;
use crate::words::outcome::Outcome;

/// Ongoing answers stock changes of the last 24 h only (Ongoing sheet, section 0); after that everything is read.
const STOCK_REACH: Duration = Duration::from_secs(23 * 3600);

/// Refused write-backs take this part of the time that is left.
const DUE_SHARE: u32 = 4;

/// Refused write-backs after which a run looks for no more: what can be queued and put off in the rest of its time.
const DUE: usize = 5_000;

/// Once a day, orders whose status changed in this long are progress at again: a notice may have been lost on the way.
const LOOK_BACK: Duration = Duration::from_secs(7 * 24 * 3600);

/// Of the day's comparison of all stock so many articles a look: what the warehouse tells meanwhile waits behind them for a
/// minute, and a hundred thousand articles are compared within the day.
const SWEEP: usize = 1_500;

/// Where the last look ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Progress {
    /// Order statuses.
    orders: Walk,
    /// Stock.
    stock: Walk,
    /// The day's comparison of all stock, which is done in parts.
    sweep: Option<UnderWay>,
    /// When it was last seen to that names and addresses are kept no longer than they may be.
    retention: Option<Timestamp>,
    /// When no index item of an earlier release was left.
    moved_over: Option<Timestamp>,
}

/// On a schedule event: one job per enabled tenant, with the time at which it was queued, and once a day one per paused
/// tenant.
///
/// # Errors
/// When the tenants cannot be listed or the jobs not be queued.
pub async fn schedule(ports: &Ports) -> Result<usize> {
    let (mut jobs, now): (Vec<Job>, _) = (Vec::new(), ports.clock.now());
    for kind in Kind::ALL {
        for item in ports.tenants.list(kind).await? {
            let wanted = |tenant: &Tenant| tenant.erp.kind == kind && (tenant.enabled || looks_at_paused(now));
            if let Some(tenant) = valid(ports, &item).filter(wanted) {
                jobs.push(Job { queued_at: Some(now), ..Job::tick(&tenant.tenant_id) });
            }
        }
    }
    ports.queue.jobs(&jobs, Duration::ZERO).await?;
    tracing::info!(target: "tick", jobs = jobs.len(), "tick");
    Ok(jobs.len())
}

/// Whether this tick is the one of the day at which paused tenants are looked at.
fn looks_at_paused(now: Timestamp) -> bool {
    const TICK: i64 = 15 * 60;
    now.as_second().rem_euclid(DAY.as_secs() as i64) < TICK
}

/// On a job: looks at one tenant's warehouse. Returns how many notices were queued.
///
/// # Errors
/// When something cannot be reached: the next tick looks again from where this one came to.
pub async fn job(ports: &Ports, run: &Run, job: &Job) -> Result<usize> {
    let tenant_id = job.tenant_id.as_str();
    if job.is_a_late_tick(ports.clock.now()) {
        tracing::warn!(target: "tick", tenant_id, correlation_id = run.id, outcome = "dropped", "tick");
        return Ok(0);
    }
    let item = ports.tenants.get(tenant_id).await?;
    let Some(tenant) = item.and_then(|item| valid(ports, &item)) else { return Ok(0) };
    if !tenant.enabled {
        // The names that it has are as old as those of any other.
        retention::enforce(ports, tenant_id).await?;
        return Ok(0);
    }
    let Some(lease) = ReconcileLease::take(ports, tenant_id, run).await? else { return Ok(0) };
    let mut progress = lease.progress();
    let found = find(ports, run, &tenant, &mut progress).await;
    let returned = lease.give_back(ports, progress).await;
    schema_drift::keep(ports, run).await;
    returned?;
    found
}

/// Looks, and says in `progress` how far it came with what is on the queue.
async fn find(ports: &Ports, run: &Run, tenant: &Tenant, progress: &mut Value) -> Result<usize> {
    let tenant_id = &tenant.tenant_id;
    let reconcile = Reconcile { ports, run, tenant, journal: Journal::new(ports, tenant_id) };
    let mut next: Progress = serde_json::from_value(progress.clone())
        .map_err(|error| Fault::Unexpected(format!("the reconcile's own moments cannot be read: {error}")))?;
    let mut hints = Vec::new();
    // What one part meets stops none of the others, and nothing that was found before is thrown away.
    let mut due = Vec::new();
    let mut parts = vec![("due", reconcile.due(&mut next.moved_over, &mut due).await)];
    hints.extend(due.iter().filter_map(|(back, key)| hint(*back, key)));
    if tenant.sends_shipments() {
        parts.push(("orders", reconcile.orders(&mut next.orders, &mut hints).await));
    }
    if tenant.sends_stock() {
        parts.push(("stock", reconcile.stock(&mut next.stock, &mut hints).await));
        parts.push(("all stock", reconcile.sweep(&mut next.stock.swept, &mut next.sweep, &mut hints).await));
    }
    if next.retention.is_none_or(|at| at + DAY <= ports.clock.now()) {
        let enforced = retention::enforce(ports, tenant_id).await;
        if enforced.is_ok() {
            next.retention = Some(ports.clock.now());
        }
        parts.push(("retention", enforced.map(|_| ())));
    }
    let notices = notices(tenant_id, &run.id, &run.id, hints);
    ports.queue.write_back(&notices).await?;
    *progress = json!(next);
    parts.push(("put off", reconcile.put_off(&due).await));
    tracing::info!(target: "reconcile", tenant_id, correlation_id = run.id, notices = notices.len(), "reconcile");
    let mut first = Ok(notices.len());
    for (part, fault) in parts.into_iter().filter_map(|(part, done)| Some((part, done.err()?))) {
        tracing::error!(
            target: "reconcile", tenant_id, correlation_id = run.id, part, fault = fault.name(), reason = %fault,
            "reconcile"
        );
        first = first.and(Err(fault));
    }
    first
}

struct Reconcile<'a> {
    ports: &'a Ports,
    run: &'a Run,
    tenant: &'a Tenant,
    journal: Journal<'a>,
}

impl Reconcile<'_> {
    /// Orders whose status changed, whose delivered quantities are not in the journal.
    async fn orders(&self, walk: &mut Walk, hints: &mut Vec<Hint>) -> Result<()> {
        let first = cursor::first_seen(self.ports, &self.tenant.tenant_id).await?;
        let statuses = &self.tenant.ongoing.shipped_statuses;
        let Some(lowest) = statuses.iter().min().copied() else { return Ok(()) };
        let mut at = walk.begin(self.ports.clock.now(), Some(first), Some(LOOK_BACK));
        // Nothing before the tenant was first seen is the integration's.
        let since = at.since.unwrap_or(first).max(first);
        while self.in_time() {
            let orders =
                |ongoing: Ongoing, from, rows| async move { ongoing.orders_changed(since, lowest, from, rows).await };
            let page = match at.step(self.around(), orders).await? {
                Step::Page(page) => page,
                step => {
                    // Whoever reads it alone parks it, so that somebody is told.
                    hints.extend(self.passed("order", &step).map(Hint::Order));
                    walk.under_way = Some(at.clone());
                    continue;
                }
            };
            at.began = at.began.or(page.server_time);
            let Some(last) = page.last else {
                walk.end(&at, self.ports.clock.now());
                return Ok(());
            };
            self.left_out("order", &page.unread);
            let left = page.rows.iter().map(|order| (order, leaves(order, statuses)));
            let shipments: Vec<_> = left
                .filter(|(_, leaves)| *leaves != Leaves::NotYet)
                .filter_map(|(order, leaves)| Some((order.order_info.order_id, shipment(order)?, leaves)))
                .collect();
            let unread = page.unread.iter().map(|(id, _)| *id);
            let keys: Vec<String> =
                shipments.iter().map(|(id, ..)| *id).chain(unread.clone()).map(|id| id.to_string()).collect();
            let notes = self.journal.read(Back::Shipments, &keys).await?;
            // What was refused comes again when its own time has come, and what a person gave up does not.
            let is_left = |note: &Note| note.outcome == Some(Outcome::Parked) || note.given_up;
            let untold = shipments.iter().filter(|(id, shipment, leaves)| {
                !notes.get(&id.to_string()).is_some_and(|note| match leaves {
                    Leaves::Past(_) => is_left(note) || note.written.is_some(),
                    Leaves::NotYet | Leaves::Shipped => {
                        is_left(note)
                            || note.written.as_deref() == Some(&shipment.fingerprint())
                                && note.tracking == shipment.tracking
                    }
                })
            });
            hints.extend(untold.map(|(id, ..)| Hint::Order(*id)));
            // Whoever reads it alone parks it, so that somebody is told.
            let unknown = unread.filter(|id| !notes.get(&id.to_string()).is_some_and(is_left));
            hints.extend(unknown.map(Hint::Order));
            at.id_from = last + 1;
            walk.under_way = Some(at.clone());
        }
        walk.under_way = Some(at);
        Ok(())
    }

    /// Articles whose stock is not what was written last; all of them where nothing is known, or for longer than Ongoing
    /// tells what changed.
    async fn stock(&self, walk: &mut Walk, hints: &mut Vec<Hint>) -> Result<()> {
        let now = self.ports.clock.now();
        let mut at = walk.begin(now, None, None);
        let in_reach = |since: &Timestamp| *since + STOCK_REACH > now;
        let since = if walk.under_way.is_some() { at.since } else { walk.known };
        at.since = since.filter(in_reach);
        at.whole = at.since.is_none();
        while self.in_time() {
            let Step::Page(page) = self.articles(&mut at).await? else {
                walk.under_way = Some(at.clone());
                continue;
            };
            at.began = at.began.or(page.server_time);
            let Some(last) = page.last else {
                walk.end(&at, now);
                return Ok(());
            };
            hints.extend(self.levels(&page, at.whole).await?);
            at.id_from = last + 1;
            walk.under_way = Some(at.clone());
        }
        walk.under_way = Some(at);
        Ok(())
    }

    /// All articles once a day, some of them at each look, since a stock may have been changed by hand in the ERP.
    async fn sweep(
        &self,
        swept: &mut Option<Timestamp>,
        goes_on: &mut Option<UnderWay>,
        hints: &mut Vec<Hint>,
    ) -> Result<()> {
        let now = self.ports.clock.now();
        let is_due = swept.is_some_and(|swept| swept + DAY <= now);
        let Some(mut at) = goes_on.clone().or(is_due.then(UnderWay::default)) else { return Ok(()) };
        let mut looked = 0;
        while self.in_time() && looked < SWEEP {
            let Step::Page(page) = self.articles(&mut at).await? else {
                *goes_on = Some(at.clone());
                continue;
            };
            let Some(last) = page.last else {
                (*swept, *goes_on) = (Some(now), None);
                return Ok(());
            };
            looked += page.rows.len();
            hints.extend(self.levels(&page, true).await?);
            at.id_from = last + 1;
            *goes_on = Some(at.clone());
        }
        Ok(())
    }

    /// The next page of a walk through the articles.
    async fn articles(&self, at: &mut UnderWay) -> Result<Step<ExistingArticle>> {
        let since = at.since;
        let articles = |ongoing: Ongoing, from, rows| async move { ongoing.articles_page(since, from, rows).await };
        let step = at.step(self.around(), articles).await?;
        // Without its number there is nothing to park.
        self.passed("article", &step);
        Ok(step)
    }

    fn around(&self) -> (&Ports, &Run, &Tenant) {
        (self.ports, self.run, self.tenant)
    }

    /// Says which record is passed over.
    fn passed<T>(&self, what: &str, step: &Step<T>) -> Option<i64> {
        let Step::Passed(id) = step else { return None };
        self.left_out(what, &[(*id, Fault::unavailable("no page can be read that it stands on"))]);
        Some(*id)
    }

    /// The articles of a page whose stock is to be looked at: those whose stock is news to the ERP, or `all`.
    async fn levels(&self, page: &Listed<ExistingArticle>, all: bool) -> Result<Vec<Hint>> {
        self.left_out("article", &page.unread);
        let levels: Vec<_> = page.rows.iter().filter_map(|article| level(article, self.tenant)).collect();
        let keys: Vec<String> = levels.iter().map(|level| level.article_number.clone()).collect();
        let notes = if all { HashMap::new() } else { self.journal.read(Back::Stock, &keys).await? };
        let different = levels.into_iter().filter(|level| {
            let quantity = level.quantity.normalize().to_string();
            notes.get(&level.article_number).is_none_or(|note| !note.was_offered(&quantity))
        });
        Ok(different.map(|level| Hint::Articles(vec![level.article_number])).collect())
    }

    /// Says which rows of a page are not as promised: nobody else would.
    fn left_out(&self, what: &str, unread: &[(i64, Fault)]) {
        for (id, fault) in unread {
            let (tenant_id, correlation_id) = (&self.tenant.tenant_id, &self.run.id);
            tracing::error!(target: "reconcile", tenant_id, correlation_id, what, id, reason = %fault, "left out");
        }
    }

    /// Refused write-backs whose time has come, of the processes that are switched on: those of the others wait for that.
    async fn due(&self, moved_over: &mut Option<Timestamp>, due: &mut Vec<(Back, String)>) -> Result<()> {
        let now = self.ports.clock.now();
        let left = Duration::try_from(self.run.deadline.duration_since(now)).unwrap_or_default();
        let until = now + left.saturating_sub(MARGIN) / DUE_SHARE;
        if moved_over.is_none_or(|at| at + MOVED_OVER <= now) {
            // A note of an earlier release that cannot be read stops nothing that is due.
            *moved_over = match self.journal.move_over().await {
                Ok(whole) => whole.then_some(now),
                Err(fault) => {
                    let (tenant_id, correlation_id) = (&self.tenant.tenant_id, &self.run.id);
                    tracing::warn!(target: "index", tenant_id, correlation_id, reason = %fault, "index");
                    None
                }
            };
        }
        let any = self.journal.may_be_due(now).await?;
        for back in self.sends().filter(|back| any.contains(back)) {
            let mut skip = 0;
            loop {
                let page = self.journal.due(back, now, skip).await?;
                skip += page.kept + page.keys.len();
                due.extend(page.keys.into_iter().map(|key| (back, key)));
                if due.len() >= DUE || self.ports.clock.now() >= until {
                    return Ok(());
                }
                if !page.more {
                    break;
                }
            }
        }
        Ok(())
    }

    fn sends(&self) -> impl Iterator<Item = Back> {
        let all = [
            (Back::Shipments, self.tenant.sends_shipments()),
            (Back::Stock, self.tenant.sends_stock()),
            (Back::ImportStatus, self.tenant.sends_import_status()),
        ];
        all.into_iter().filter_map(|(back, is_on)| is_on.then_some(back))
    }

    /// After the queue has them: what was not put off for a crash comes twice, and is written once.
    async fn put_off(&self, due: &[(Back, String)]) -> Result<()> {
        for back in [Back::Shipments, Back::Stock, Back::ImportStatus] {
            let keys: Vec<String> =
                due.iter().filter(|(other, _)| *other == back).map(|(_, key)| key.clone()).collect();
            self.journal.put_off(back, &keys).await?;
        }
        Ok(())
    }

    fn in_time(&self) -> bool {
        self.ports.clock.now() + MARGIN < self.run.deadline
    }
}

fn hint(back: Back, key: &str) -> Option<Hint> {
    match back {
        Back::Shipments => key.parse().ok().map(Hint::Order),
        Back::Stock => Some(Hint::Articles(vec![key.to_owned()])),
        Back::ImportStatus => Some(Hint::Imported(key.to_owned())),
    }
}
