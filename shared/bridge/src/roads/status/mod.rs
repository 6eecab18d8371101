//! How everything stands, for the person on call: read from the state table in a few reads a tenant, assessed without any, and
//! told on one screen. Nothing is scanned, and nothing is asked of a vendor.

pub mod advice;
mod assess;
pub mod lines;
pub mod log_line;
mod screen;
mod sharing;

use std::collections::HashMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

pub(crate) use self::assess::is_the_login;
pub use self::assess::{Facts, Finding, Level, TenantStatus, assess, in_the_way, not_pulled_since};
pub use self::screen::screen;
pub use self::sharing::Shares;
pub(crate) use self::sharing::Sharing;
use crate::http::circuit;
use crate::http::login::waiting_for_consent;
use crate::ports::{Fifo, Item, Ports};
use crate::roads::check::identity;
use crate::state::backfill::{self, Progress};
use crate::state::delivery_fault::DeliveryFault;
use crate::state::due::LEFT;
use crate::state::health::{self, Health};
use crate::state::on_queue;
use crate::state::schema_drift::{self, Met};
use crate::tenant::Tenant;
use crate::words::cause::Cause;
use crate::words::fault::Result;
use crate::words::feed::Feed;
use crate::words::kind::Kind;

/// Tenants that are read side by side.
const AT_ONCE: usize = 64;

/// Seconds of calls in line from which on nobody gets another one.
const LINE: i64 = 10;

/// A drift that was not met for longer is over.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// More index items than anybody counts.
const MOST: usize = 1_000;

/// A system that is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SystemStatus {
    /// The ERP's word, or the address of a warehouse system.
    pub system: String,
    /// Whether it answers, as far as is known.
    pub up: bool,
    /// Since when it does not, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// A vendor's rate limit of which all that there is in the next seconds is given away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BudgetStatus {
    /// Whose.
    pub budget: Kind,
    /// How many seconds of calls stand in line.
    pub line_seconds: i64,
}

/// A queue of messages that were given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeadLetters {
    /// Its queue: `import`, `write_back`, `pull-visma`, `reconcile`.
    pub queue: String,
    /// How many, about.
    pub messages: usize,
}

/// An alarm that is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Alarm {
    /// As the template calls it.
    pub name: String,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// How everything stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Estate {
    /// The stack's name.
    pub stack: String,
    /// When this was so.
    pub at: Timestamp,
    /// Whether the schedule is on.
    pub scheduled: bool,
    /// Whether everything was stopped: pulls, imports and write-backs. Whoever asked the cloud fills it in.
    pub stopped: bool,
    /// The systems that tenants use.
    pub systems: Vec<SystemStatus>,
    /// Rate limits.
    pub budgets: Vec<BudgetStatus>,
    /// Dead letters; `None` where nobody could be asked.
    pub dead_letters: Option<Vec<DeadLetters>>,
    /// The alarms that are on; `None` where nobody knows.
    pub alarms: Option<Vec<Alarm>>,
    /// Where the vendors' answers are new, what concerns required members first.
    pub drift: Vec<Met>,
    /// The tenants, the worst first.
    pub tenants: Vec<TenantStatus>,
}

impl Estate {
    /// Whether something needs a person.
    #[must_use]
    pub fn needs_a_person(&self) -> bool {
        let dead = self.dead_letters.iter().flatten().any(|queue| queue.messages > 0);
        let alarm = self.alarms.iter().flatten().next().is_some();
        let person = self.tenants.iter().any(|tenant| tenant.level == Level::Person);
        let drift = self.drift.iter().any(|met| met.drift.required && met.at + DAY > self.at);
        !self.scheduled || self.stopped || dead || alarm || drift || person
    }
}

/// How the tenants with these items, and the systems that they use, stand. Two reads a tenant (three where records of it are
/// on the import queue), one for twelve tenants, and eight for all.
///
/// # Errors
/// When the state table cannot be reached.
pub async fn read(ports: &Ports, stack: &str, scheduled: bool, items: &[Value]) -> Result<Estate> {
    let now = ports.clock.now();
    let lost = waiting_for_consent(ports).await?;
    let facts = all_facts(ports, items).await?;
    let sharing = Sharing::among(ports, items, identity::all(ports).await?);
    let of = |facts: &Facts| Facts {
        needs_consent: lost.contains(&facts.tenant_id),
        shares: sharing.of(&facts.tenant_id),
        ..facts.clone()
    };
    let facts: Vec<Facts> = facts.iter().map(of).collect();
    let mut tenants: Vec<TenantStatus> = facts.iter().map(|facts| assess(facts, scheduled, now)).collect();
    tenants.sort_by(|a, b| (a.level, oldest(a), &a.tenant_id).cmp(&(b.level, oldest(b), &b.tenant_id)));
    let mut budgets = Vec::new();
    for kind in Kind::ALL {
        let item = ports.state.get(&format!("budget#{kind}"), "slots").await?;
        let moment = |name: &str| item.as_ref().and_then(|item| item.body[name].as_str()?.parse::<Timestamp>().ok());
        // The clock of a line may be ahead of this one.
        let since = moment("at").unwrap_or(now).max(now);
        let line_seconds = moment("next_free").map_or(0, |free| free.as_second() - since.as_second());
        if line_seconds >= LINE {
            budgets.push(BudgetStatus { budget: kind, line_seconds });
        }
    }
    let systems = systems(&facts, &circuit::open_systems(ports).await?, now);
    Ok(Estate {
        stack: stack.to_owned(),
        at: now,
        scheduled,
        stopped: false,
        systems,
        budgets,
        dead_letters: None,
        alarms: None,
        drift: schema_drift::read(ports).await?,
        tenants,
    })
}

/// The feed that was pulled well longest ago.
fn oldest(tenant: &TenantStatus) -> Option<Timestamp> {
    tenant.good_at.values().min().copied().flatten()
}

/// What is known of the tenants with these items, in their order.
///
/// # Errors
/// When the state table cannot be reached.
pub async fn all_facts(ports: &Ports, items: &[Value]) -> Result<Vec<Facts>> {
    let keys = items.iter().flat_map(places).collect::<Vec<_>>();
    let mut stored: HashMap<String, Vec<Item>> = HashMap::new();
    for item in ports.state.get_across(&keys).await? {
        stored.entry(item.pk.clone()).or_default().push(item);
    }
    let known = items.iter().map(|item| (item, stored.remove(&partition(item)).unwrap_or_default()));
    stream::iter(known.collect::<Vec<_>>())
        .map(|(item, stored)| facts_of(ports, item, stored))
        .buffered(AT_ONCE)
        .try_collect()
        .await
}

/// What is known of the tenant with this item.
///
/// # Errors
/// When the state table cannot be reached.
pub async fn facts(ports: &Ports, item: &Value) -> Result<Facts> {
    let stored = ports.state.get_across(&places(item)).await?;
    facts_of(ports, item, stored).await
}

fn partition(item: &Value) -> String {
    Tenant::partition(item["tenant_id"].as_str().unwrap_or_default())
}

/// Where it stands how a tenant does.
fn places(item: &Value) -> Vec<(String, String)> {
    let faults = ["delivery-fault#import", "delivery-fault#write_back"].map(str::to_owned);
    let backfills = Feed::ALL.map(|feed| format!("{}{feed}", backfill::PREFIX));
    let sks = [health::SK.to_owned(), on_queue::SK.to_owned()].into_iter().chain(faults).chain(backfills);
    sks.map(|sk| (partition(item), sk)).collect()
}

async fn facts_of(ports: &Ports, item: &Value, stored: Vec<Item>) -> Result<Facts> {
    let tenant_id = item["tenant_id"].as_str().unwrap_or_default().to_owned();
    let pk = partition(item);
    let mut facts = Facts { tenant_id, ..Facts::default() };
    match Tenant::parse(item, ports.allow_local) {
        Ok(tenant) => {
            facts.erp = Some(tenant.erp.kind);
            facts.warehouse = Some(circuit::warehouse(&tenant.ongoing.base_url));
            facts.enabled = tenant.enabled;
            facts.pulled = tenant.feeds();
        }
        Err(faults) => facts.invalid = faults.first().map(ToString::to_string),
    }
    for item in stored {
        if item.sk == health::SK {
            facts.health = Health::of(&item).unwrap_or_default();
        } else if item.sk == on_queue::SK {
            facts.waiting = on_queue::waiting(ports, &facts.tenant_id, item).await?;
        } else if let Some(progress) = Progress::of(&item) {
            facts.backfills.push(progress);
        } else {
            match DeliveryFault::of(&item) {
                Some((Fifo::Import, fault)) => facts.import = Some(fault),
                Some((Fifo::WriteBack, fault)) => facts.write_back = Some(fault),
                None => {}
            }
        }
    }
    // Records and write-backs: `due#`, `due-back#`, and behind them `due-left#`, `due-left-back#`.
    let due = ports.state.list(&pk, "due", MOST).await?;
    let is_left = |item: &&Item| item.sk.starts_with(LEFT);
    facts.left = due.iter().filter(is_left).count();
    facts.parked = due.len() - facts.left;
    if due.len() == MOST {
        facts.left = ports.state.list(&pk, LEFT, MOST).await?.len();
    }
    Ok(facts)
}

/// The systems of these tenants. One is down where its circuit breaker is open, and where it answers none of its tenants.
fn systems(facts: &[Facts], open: &[String], now: Timestamp) -> Vec<SystemStatus> {
    let mut systems: Vec<SystemStatus> = Vec::new();
    let working = |facts: &&Facts| facts.enabled;
    for name in facts.iter().filter(working).filter_map(|facts| facts.warehouse.clone()) {
        if systems.iter().any(|system| system.system == name) {
            continue;
        }
        // Those of whose records none waits say nothing of it.
        let of = facts.iter().filter(working).filter(|facts| facts.warehouse.as_ref() == Some(&name));
        let waiting = of.filter(|facts| facts.waiting.records > 0);
        let since: Option<Vec<Timestamp>> = waiting.map(|facts| down_since(facts, now)).collect();
        let since = since.and_then(|since| since.into_iter().min());
        systems.push(SystemStatus { up: since.is_none() && !open.contains(&name), system: name, since });
    }
    for kind in Kind::ALL {
        let mut since: Vec<Option<Timestamp>> = Vec::new();
        for facts in facts.iter().filter(working).filter(|facts| facts.erp == Some(kind)) {
            let troubles = facts.health.feeds.values().filter_map(|feed| feed.trouble.as_ref());
            since.push(
                troubles.filter(|trouble| trouble.cause == Cause::Down && trouble.at <= now).map(|t| t.since).min(),
            );
        }
        if since.is_empty() {
            continue;
        }
        let all: Option<Vec<Timestamp>> = since.iter().copied().collect();
        let since = all.and_then(|all| all.into_iter().min());
        let up = since.is_none() && !open.iter().any(|name| name == kind.word());
        systems.push(SystemStatus { system: kind.word().to_owned(), up, since });
    }
    systems
}

/// Since when a tenant's imports get no answer.
fn down_since(facts: &Facts, now: Timestamp) -> Option<Timestamp> {
    let (trouble, _) = in_the_way(facts.import.as_ref(), facts.erp?, now)?;
    (trouble.cause == Cause::Down).then_some(trouble.since)
}
