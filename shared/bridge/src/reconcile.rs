//! What no webhook told: orders shipped, stock changed, write-backs that were refused and are due again. So the system is
//! right with no webhook at all.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::cursor;
use crate::envelope::{Hint, Job};
use crate::erp::Kind;
use crate::fault::{Fault, Result};
use crate::http::MARGIN;
use crate::ongoing::Ongoing;
use crate::ports::{Item, Ports, Put, Run};
use crate::pull::valid;
use crate::tenant::Tenant;
use crate::write_back::{Back, Journal, level, notices, shipment};

/// Statuses and stock may show a little after their time.
const OVERLAP: Duration = Duration::from_secs(600);

/// Ongoing answers stock changes of the last 24 h only (Ongoing sheet, section 0); after that everything is read.
const STOCK_REACH: Duration = Duration::from_secs(23 * 3600);

/// Refused write-backs looked at in one run.
const PARKED: usize = 200;

/// Where the last look ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Looked {
    /// Order statuses are known up to here.
    orders: Option<Timestamp>,
    /// Stock is known up to here.
    stock: Option<Timestamp>,
    /// The stock of everything was last compared then.
    swept: Option<Timestamp>,
}

/// On a schedule event: one job per enabled tenant.
///
/// # Errors
/// When the tenants cannot be listed or the jobs not be queued.
pub async fn schedule(ports: &Ports) -> Result<usize> {
    let mut jobs: Vec<Job> = Vec::new();
    for kind in Kind::ALL {
        for item in ports.tenants.list(kind).await? {
            if let Some(tenant) = valid(ports, &item).filter(|tenant| tenant.enabled && tenant.erp.kind == kind) {
                jobs.push(Job::tick(&tenant.tenant_id));
            }
        }
    }
    ports.queue.jobs(&jobs).await?;
    Ok(jobs.len())
}

/// On a job: looks at one tenant's warehouse. Returns how many notices were queued.
///
/// # Errors
/// When something cannot be reached: the next tick looks again from where this one began.
pub async fn job(ports: &Ports, run: &Run, tenant_id: &str) -> Result<usize> {
    let item = ports.tenants.get(tenant_id).await?;
    let Some(tenant) = item.and_then(|item| valid(ports, &item)).filter(|tenant| tenant.enabled) else {
        return Ok(0);
    };
    let reconcile = Reconcile {
        ports,
        run,
        tenant: &tenant,
        ongoing: Ongoing::new(ports, &tenant, run.deadline),
        journal: Journal::new(ports, tenant_id),
    };
    let (rev, looked) = reconcile.looked().await?;
    let mut next = looked.clone();
    let mut hints = reconcile.due().await?;
    if tenant.sends_shipments() {
        hints.extend(reconcile.orders(&looked, &mut next).await?);
    }
    if tenant.sends_stock() {
        hints.extend(reconcile.stock(&looked, &mut next).await?);
    }
    let notices = notices(tenant_id, &run.id, &run.id, hints);
    ports.queue.write_back(&notices).await?;
    if next != looked {
        reconcile.move_on(rev, &next).await?;
    }
    tracing::info!(target: "reconcile", tenant_id, correlation_id = run.id, notices = notices.len(), "reconcile");
    Ok(notices.len())
}

struct Reconcile<'a> {
    ports: &'a Ports,
    run: &'a Run,
    tenant: &'a Tenant,
    ongoing: Ongoing,
    journal: Journal<'a>,
}

impl Reconcile<'_> {
    /// Orders whose status changed, whose delivered quantities are not in the journal.
    async fn orders(&self, looked: &Looked, next: &mut Looked) -> Result<Vec<Hint>> {
        let since = match looked.orders {
            Some(since) => since,
            None => cursor::first_seen(self.ports, &self.tenant.tenant_id).await?,
        };
        let statuses = &self.tenant.ongoing.shipped_statuses;
        let Some(lowest) = statuses.iter().min().copied() else { return Ok(Vec::new()) };
        let (mut hints, mut began, mut id_from) = (Vec::new(), None, 0);
        loop {
            self.in_time()?;
            let (orders, server_time) = self.ongoing.orders_changed(since, lowest, id_from).await?;
            began = began.or(server_time);
            let Some(last) = orders.iter().map(|order| order.order_info.order_id).max() else { break };
            let shipped = orders.iter().filter(|order| order.status().is_some_and(|status| statuses.contains(&status)));
            let shipments: Vec<_> =
                shipped.filter_map(|order| Some((order.order_info.order_id, shipment(order)?))).collect();
            let keys: Vec<String> = shipments.iter().map(|(id, _)| id.to_string()).collect();
            let notes = self.journal.read(Back::Shipments, &keys).await?;
            hints.extend(shipments.iter().filter_map(|(id, shipment)| {
                let note = notes.get(&id.to_string());
                let told = note.is_some_and(|note| {
                    // What was refused comes again when its own time has come.
                    note.outcome == Some(crate::outcome::Outcome::Parked)
                        || note.written.as_deref() == Some(&shipment.fingerprint())
                            && note.tracking == shipment.tracking
                });
                (!told).then_some(Hint::Order(*id))
            }));
            id_from = last + 1;
        }
        next.orders = before(began, since);
        Ok(hints)
    }

    /// Articles whose stock is not what was written last.
    async fn stock(&self, looked: &Looked, next: &mut Looked) -> Result<Vec<Hint>> {
        let now = self.ports.clock.now();
        let recent = |at: Option<Timestamp>| at.filter(|at| *at + STOCK_REACH > now);
        // Once a day everything, since a stock may have been changed by hand in the ERP.
        let since = recent(looked.swept).and(recent(looked.stock));
        let (mut hints, mut began, mut id_from) = (Vec::new(), None, 0);
        loop {
            self.in_time()?;
            let (articles, server_time) = self.ongoing.articles_page(since, id_from).await?;
            began = began.or(server_time);
            let Some(last) = articles.iter().filter_map(|article| article.article_system_id).max() else { break };
            let levels: Vec<_> = articles.iter().filter_map(|article| level(article, self.tenant)).collect();
            let keys: Vec<String> = levels.iter().map(|level| level.article_number.clone()).collect();
            let notes = self.journal.read(Back::Stock, &keys).await?;
            let differs = |number: &String, quantity: String| {
                since.is_none() || notes.get(number).is_none_or(|note| note.written.as_deref() != Some(&quantity))
            };
            let different = levels
                .into_iter()
                .filter(|level| differs(&level.article_number, level.quantity.normalize().to_string()));
            hints.extend(different.map(|level| Hint::Articles(vec![level.article_number])));
            id_from = last + 1;
        }
        next.stock = before(began, looked.stock.unwrap_or(Timestamp::MIN));
        if since.is_none() {
            next.swept = Some(now);
        }
        Ok(hints)
    }

    /// Refused write-backs whose time has come.
    async fn due(&self) -> Result<Vec<Hint>> {
        let due = self.journal.due(PARKED).await?;
        Ok(due
            .into_iter()
            .filter_map(|(back, key, _)| match back {
                Back::Shipments => key.parse().ok().map(Hint::Order),
                Back::Stock => Some(Hint::Articles(vec![key])),
                Back::ImportStatus => Some(Hint::Imported(key)),
            })
            .collect())
    }

    fn in_time(&self) -> Result<()> {
        if self.ports.clock.now() + MARGIN > self.run.deadline {
            return Err(Fault::Unavailable("the invocation's time is up".into()));
        }
        Ok(())
    }

    async fn looked(&self) -> Result<(u64, Looked)> {
        let pk = Tenant::partition(&self.tenant.tenant_id);
        let Some(item) = self.ports.state.get(&pk, "reconcile").await? else { return Ok((0, Looked::default())) };
        let looked = serde_json::from_value(item.body)
            .map_err(|error| Fault::Unexpected(format!("the reconcile's own moments cannot be read: {error}")))?;
        Ok((item.rev, looked))
    }

    async fn move_on(&self, rev: u64, looked: &Looked) -> Result<()> {
        let pk = Tenant::partition(&self.tenant.tenant_id);
        let item = Item { pk, sk: "reconcile".into(), rev: rev + 1, body: json!(looked), expires: None };
        match self.ports.state.put(item).await? {
            // Another run was quicker: both queued what they found, and the write-back does it once.
            Put::Done | Put::Conflict => Ok(()),
        }
    }
}

/// Where the next look begins: the server's time when this one began, less the overlap, and never back.
fn before(began: Option<Timestamp>, since: Timestamp) -> Option<Timestamp> {
    let next = began.and_then(|began| began.checked_sub(OVERLAP).ok());
    next.max(Some(since)).filter(|at| *at > Timestamp::MIN)
}
