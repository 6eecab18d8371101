//! What is known of a tenant as what a person should know of it, worst first. Nothing is read here.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::Shares;
use super::advice::{System, plain, remedy, says, words};
use crate::state::backfill::{Progress, Standing};
use crate::state::delivery_fault::DeliveryFault;
use crate::state::health::{FeedHealth, Health, Trouble};
use crate::state::on_queue::Waiting;
use crate::words::cause::Cause;
use crate::words::feed::Feed;
use crate::words::kind::Kind;

/// What passes by itself, and has not passed for so long, is for a person as well.
const PATIENCE: Duration = Duration::from_secs(4 * 60 * 60);

/// Three ticks: a feed that was not pulled for longer is not pulled at all.
const NOT_PULLED: Duration = Duration::from_secs(46 * 60);

/// What gives messages back meets them again within an hour; what did not for longer is not in anybody's way.
const SILENT: Duration = Duration::from_secs(2 * 60 * 60);

/// How somebody or something stands, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A person has to do something.
    Person,
    /// Something waits, and is expected to go by itself.
    Waits,
    /// All is well.
    Good,
    /// Paused.
    Off,
}

/// One thing that a person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What is the matter.
    pub says: String,
    /// What it holds up: `all pulls`, `imports`, `write-backs`, or feeds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holds_up: Vec<String>,
    /// The system's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// By name, where it is a fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// How often in a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// The command that puts it right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Finding {
    fn new(level: Level, says: impl Into<String>, remedy: Option<String>) -> Self {
        Self {
            level,
            says: says.into(),
            holds_up: Vec::new(),
            reason: None,
            cause: None,
            since: None,
            times: None,
            remedy,
        }
    }
}

/// How long a record may wait for the warehouse before it is worth a line: with [`NOT_PULLED`] no more than an hour in all.
const WAITS_LONG: Duration = Duration::from_secs(15 * 60);

/// What is known of a tenant.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Its id.
    pub tenant_id: String,
    /// Its ERP, where its item can be read.
    pub erp: Option<Kind>,
    /// The address of its warehouse system.
    pub warehouse: Option<String>,
    /// Whether it is worked for.
    pub enabled: bool,
    /// What is wrong with its item.
    pub invalid: Option<String>,
    /// The feeds that are switched on.
    pub pulled: Vec<Feed>,
    /// How they do.
    pub health: Health,
    /// What gave its records back.
    pub import: Option<DeliveryFault>,
    /// What gave its write-backs back.
    pub write_back: Option<DeliveryFault>,
    /// On the import queue.
    pub waiting: Waiting,
    /// Parked, and tried again by themselves.
    pub parked: usize,
    /// Left for a person.
    pub left: usize,
    /// Its backfills.
    pub backfills: Vec<(Feed, Progress)>,
    /// Its ERP called its consent dead.
    pub needs_consent: bool,
    /// Who has the same goods owner or company.
    pub shares: Vec<Shares>,
}

/// A tenant on the screen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TenantStatus {
    /// Its id.
    pub tenant_id: String,
    /// The worst of its findings.
    pub level: Level,
    /// Its ERP.
    pub erp: Option<Kind>,
    /// When each feed was last pulled well; `None`: never.
    pub good_at: BTreeMap<Feed, Option<Timestamp>>,
    /// Records on the import queue.
    pub waiting: usize,
    /// The oldest of them was handed out then.
    pub oldest: Option<Timestamp>,
    /// Parked, and tried again by themselves.
    pub parked: usize,
    /// Left for a person.
    pub left: usize,
    /// What a person should know, the worst first.
    pub findings: Vec<Finding>,
}

/// What a person should know of a tenant. `scheduled`: whether anybody pulls by itself.
#[must_use]
pub fn assess(facts: &Facts, scheduled: bool, now: Timestamp) -> TenantStatus {
    let good = |feed: &Feed| facts.health.feeds.get(feed.word()).and_then(|health| health.good_at);
    let mut findings = match (&facts.invalid, facts.enabled, facts.erp) {
        (Some(fault), _, _) => {
            let remedy = Some("bridgectl tenant apply FILE".to_owned());
            vec![Finding::new(Level::Person, format!("its item is not valid, and it is left out: {fault}"), remedy)]
        }
        (None, false, _) => {
            let remedy = Some(format!("bridgectl tenant resume {}", facts.tenant_id));
            vec![Finding::new(Level::Off, "it is paused", remedy)]
        }
        (None, true, Some(kind)) => working(facts, kind, scheduled, now),
        (None, true, None) => Vec::new(),
    };
    findings.sort_by_key(|finding| finding.level);
    TenantStatus {
        tenant_id: facts.tenant_id.clone(),
        level: findings.first().map_or(Level::Good, |worst| worst.level),
        erp: facts.erp,
        good_at: facts.pulled.iter().map(|feed| (*feed, good(feed))).collect(),
        waiting: facts.waiting.records,
        oldest: facts.waiting.oldest,
        parked: facts.parked,
        left: facts.left,
        findings,
    }
}

fn working(facts: &Facts, kind: Kind, scheduled: bool, now: Timestamp) -> Vec<Finding> {
    let id = &facts.tenant_id;
    let mut findings = feeds(facts, kind, scheduled, now);
    for (fault, what) in [(&facts.import, "imports"), (&facts.write_back, "write-backs")] {
        let Some((trouble, system)) = in_the_way(fault.as_ref(), kind, now) else { continue };
        let met = of(&trouble, system, what.to_owned(), id, now);
        // Where it is not known which of two systems it was, it is the one of which the same is known.
        let same = |other: &&mut Finding| {
            other.cause == met.cause && (other.says == met.says || matches!(system, System::Either(_)))
        };
        match findings.iter_mut().find(same) {
            Some(other) => {
                other.holds_up.extend(met.holds_up);
                other.since = other.since.min(met.since);
                other.times = other.times.max(met.times);
            }
            None => findings.push(met),
        }
    }
    let lost = findings.iter().any(|finding| finding.cause == Some(Cause::ConsentLost));
    if facts.needs_consent && !lost {
        let says = format!("the company's consent to {} is lost", System::Erp(kind).name());
        findings.push(Finding::new(Level::Person, says, Some(format!("bridgectl connect-link {id}"))));
    }
    findings.extend(facts.shares.iter().map(|shares| shared(id, shares)));
    let waits = facts.waiting.oldest.filter(|at| *at + WAITS_LONG < now && !findings.iter().any(holds_up_imports));
    if let Some(oldest) = waits {
        let records = facts.waiting.records;
        let says = format!("{records} {} for the warehouse, the oldest", if records == 1 { "waits" } else { "wait" });
        let look = Some(format!("bridgectl logs {id} --since 1h"));
        findings.push(Finding { since: Some(oldest), ..Finding::new(Level::Waits, says, look) });
    }
    let look = || Some(format!("bridgectl parked --tenant {id}"));
    if facts.left > 0 {
        let was = if facts.left == 1 { "was" } else { "were" };
        let says = format!("{} {was} tried often enough and now {} a person", facts.left, needs(facts.left));
        findings.push(Finding::new(Level::Person, says, look()));
    }
    if facts.parked > 0 {
        let is = if facts.parked == 1 {
            "is parked and tried again by itself"
        } else {
            "are parked and tried again by themselves"
        };
        findings.push(Finding::new(Level::Waits, format!("{} {is}", facts.parked), look()));
    }
    findings.extend(facts.backfills.iter().filter_map(|(feed, progress)| backfill(id, *feed, progress, now)));
    findings
}

fn holds_up_imports(finding: &Finding) -> bool {
    finding.holds_up.iter().any(|what| what == "imports")
}

fn shared(tenant_id: &str, shares: &Shares) -> Finding {
    let with = &shares.with;
    let what = match shares.goods_owner {
        Some(id) => format!("goods owner {id} is {with}'s as well"),
        None => format!("the company is read for {with} as well"),
    };
    if shares.insisted {
        return Finding::new(Level::Good, format!("{what}, as was insisted"), None);
    }
    let collide = if shares.goods_owner.is_some() {
        "order numbers may collide, and each writes over the other's articles"
    } else {
        "every order goes to both, and both report to it"
    };
    Finding::new(Level::Person, format!("{what}: {collide}"), Some(format!("bridgectl check {tenant_id}")))
}

fn needs(count: usize) -> &'static str {
    if count == 1 { "needs" } else { "need" }
}

/// What is in the way of a tenant's messages now, and whose fault it is.
#[must_use]
pub fn in_the_way(fault: Option<&DeliveryFault>, kind: Kind, now: Timestamp) -> Option<(Trouble, System)> {
    let fault = fault?;
    let trouble = fault.trouble().filter(|trouble| trouble.at + SILENT >= now)?;
    Some((trouble, System::named(fault.system.as_deref(), kind)))
}

/// Feeds that do not get on; those with one cause together.
fn feeds(facts: &Facts, kind: Kind, scheduled: bool, now: Timestamp) -> Vec<Finding> {
    let mut troubles: BTreeMap<Cause, (Trouble, Vec<&'static str>)> = BTreeMap::new();
    let (mut late, mut read) = (Vec::new(), Vec::new());
    for feed in &facts.pulled {
        let health = facts.health.feeds.get(feed.word());
        if let Some(trouble) = health.and_then(|health| health.trouble.as_ref()) {
            let (first, feeds) = troubles.entry(trouble.cause).or_insert_with(|| (trouble.clone(), Vec::new()));
            first.since = first.since.min(trouble.since);
            feeds.push(feed.word());
        } else {
            let good_at = health.and_then(|health| health.good_at);
            let reading = health.and_then(|health| health.reading.as_ref());
            match reading.filter(|reading| reading.at + NOT_PULLED >= now) {
                Some(reading) => {
                    let since = good_at.unwrap_or(reading.since);
                    read.extend((since + NOT_PULLED < now).then_some((feed.word(), since)));
                }
                None if good_at.is_none_or(|at| at + NOT_PULLED < now) => late.push((feed.word(), good_at)),
                _ => {}
            }
        }
    }
    // A feed behind one that is refused is not tried.
    if troubles.is_empty() && scheduled {
        let pull = Some(format!("bridgectl pull {}", facts.tenant_id));
        let oldest = late.iter().filter_map(|(_, at)| *at).min();
        let names: Vec<&str> = late.iter().map(|(feed, _)| *feed).collect();
        if !names.is_empty() {
            let names = names.join(" and ");
            let (level, says, reason) = match oldest {
                Some(_) => (Level::Person, format!("no pull of {names}"), Some("no fault was noted".to_owned())),
                None => (Level::Waits, format!("{names}: not pulled yet; the first tick does it"), None),
            };
            return vec![Finding { since: oldest, reason, ..Finding::new(level, says, pull) }];
        }
    }
    let reading = |(feed, since): (&str, Timestamp)| {
        let says = format!("{feed} are still being read; what changed since is behind it");
        let look = Some(format!("bridgectl logs {} --since 1h", facts.tenant_id));
        Finding { since: Some(since), ..Finding::new(Level::Waits, says, look) }
    };
    let of = |(trouble, feeds): &(Trouble, Vec<&str>)| {
        // One login serves all feeds, and nothing behind the first refusal is tried.
        let what = if is_the_login(trouble.cause) { "all pulls".to_owned() } else { feeds.join(", ") };
        of(trouble, System::Erp(kind), what, &facts.tenant_id, now)
    };
    troubles.values().map(of).chain(read.into_iter().map(reading)).collect()
}

/// Since when nothing of a tenant that is worked for was pulled, where no fault was noted that would say why.
#[must_use]
pub fn not_pulled_since(facts: &Facts, now: Timestamp) -> Option<Timestamp> {
    let health = facts.pulled.iter().filter_map(|feed| facts.health.feeds.get(feed.word()));
    let works = facts.enabled && facts.invalid.is_none() && health.clone().all(|health| health.trouble.is_none());
    let alive = |health: &FeedHealth| health.reading.as_ref().map(|reading| reading.at).max(health.good_at);
    health.filter_map(alive).min().filter(|at| works && *at + NOT_PULLED < now)
}

/// Whether it is in the way of every feed, though it is met by the first alone.
pub(crate) fn is_the_login(cause: Cause) -> bool {
    use Cause::{AddressRefused, ClientRefused, ConsentLost, LoginRefused, SecretMissing};
    matches!(cause, LoginRefused | ConsentLost | ClientRefused | SecretMissing | AddressRefused)
}

fn of(trouble: &Trouble, system: System, what: String, tenant_id: &str, now: Timestamp) -> Finding {
    let passes = trouble.cause == Cause::NoRoom || trouble.cause.passes_by_itself() && trouble.since + PATIENCE >= now;
    let patient = remedy(trouble, system, tenant_id);
    let ask = || format!("ask {} what is the matter; it is tried again by itself", system.name());
    Finding {
        level: if passes { Level::Waits } else { Level::Person },
        says: says(trouble, system),
        holds_up: vec![what],
        reason: words(trouble).map(str::to_owned),
        cause: Some(trouble.cause),
        since: Some(trouble.since),
        times: Some(trouble.times),
        remedy: if passes { patient } else { patient.or_else(|| Some(ask())) },
    }
}

fn backfill(tenant_id: &str, feed: Feed, progress: &Progress, now: Timestamp) -> Option<Finding> {
    let (done, again) = (progress.records.all(), format!("bridgectl pull {tenant_id} --status"));
    let (level, says) = match progress.standing {
        Standing::Complete => return None,
        Standing::Failed => (Level::Person, format!("the backfill of {feed} was given up after {done} records")),
        _ if progress.stands_still(now) => {
            (Level::Person, format!("the backfill of {feed} stands still at {done} records"))
        }
        Standing::Waits => (Level::Good, format!("a backfill of {feed} waits: {done} records so far")),
        Standing::UnderWay => (Level::Good, format!("a backfill of {feed} is under way: {done} records so far")),
    };
    let reason = progress.reason.as_deref().and_then(plain).map(str::to_owned);
    Some(Finding { reason, since: Some(progress.begun), ..Finding::new(level, says, Some(again)) })
}
