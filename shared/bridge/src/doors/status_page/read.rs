//! What a page shows, read from the state table; nothing is said yet.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::http::login::waiting_for_consent;
use crate::ports::{Ports, Run};
use crate::roads::check::identity;
use crate::roads::freshness::{self, Freshness};
use crate::roads::status::advice::{System, words};
use crate::roads::status::{self, Level, Sharing, assess, in_the_way, is_the_login, not_pulled_since};
use crate::roads::story;
use crate::state::health::{Day, Mark, Trouble};
use crate::state::journal::{Back, Journal, Note};
use crate::state::ledger::{Ledger, Stored};
use crate::tenant::Tenant;
use crate::words::cause::Cause;
use crate::words::fault::Result;
use crate::words::feed::Feed;
use crate::words::kind::Kind;
use crate::words::outcome::Outcome;

/// What is set aside that is told one by one.
pub(super) const PARKED: usize = 50;

/// Connections in the list.
pub(super) const TENANTS: usize = 200;

/// Connections whose orders are searched together.
pub(super) const SEARCHED: usize = 25;

/// Records that have the number which are told.
const FOUND: usize = 5;

/// What a page shows.
pub(super) enum View {
    Tenant(TenantView),
    All(AllView),
}

/// One connection.
pub(super) struct TenantView {
    pub id: String,
    pub erp: Option<Kind>,
    pub level: Level,
    pub invalid: bool,
    /// Since when nothing was read, where no fault says why.
    pub not_read: Option<Timestamp>,
    pub feeds: Vec<FeedView>,
    pub freshness: Freshness,
    pub troubles: Vec<TroubleView>,
    pub waiting: usize,
    pub oldest: Option<Timestamp>,
    pub parked: Vec<ParkedView>,
    /// Beyond those.
    pub more_parked: usize,
    pub search: Option<Search>,
}

/// How a feed does.
pub(super) struct FeedView {
    pub feed: Feed,
    pub good_at: Option<Timestamp>,
    pub marks: [Mark; Day::QUARTERS],
}

/// What is held up by a trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum HeldUp {
    Feed(Feed),
    ToWarehouse,
    ToErp,
}

/// What is in the way.
pub(super) struct TroubleView {
    pub cause: Cause,
    pub system: System,
    pub since: Timestamp,
    pub held_up: Vec<HeldUp>,
    /// In the system's words, where they say more.
    pub reason: Option<String>,
}

/// A record or a write-back that is set aside.
pub(super) struct ParkedView {
    pub what: Flow,
    pub number: String,
    pub reason: String,
    /// When it is tried again; `None`: somebody has to put it right.
    pub retry_at: Option<Timestamp>,
}

/// Which way it goes.
#[derive(Clone, Copy)]
pub(super) enum Flow {
    In(Feed),
    Back(Back),
}

/// An order number, and what was found of it.
pub(super) struct Search {
    pub number: String,
    pub found: Vec<story::Facts>,
}

/// All connections.
pub(super) struct AllView {
    pub tenants: Vec<Row>,
    /// Beyond those.
    pub more: usize,
    /// Of all together: trouble where any had trouble.
    pub marks: [Mark; Day::QUARTERS],
    /// Whether their orders are searched together.
    pub searchable: bool,
    pub search: Option<Search>,
}

/// A connection in the list.
pub(super) struct Row {
    pub id: String,
    pub erp: Option<Kind>,
    pub level: Level,
    /// The feed that was read well longest ago.
    pub oldest: Option<Timestamp>,
    pub waiting: usize,
    pub parked: usize,
}

/// One connection; `None` where there is none of this name.
///
/// # Errors
/// When the store cannot be reached.
pub(super) async fn tenant(ports: &Ports, run: &Run, id: &str, number: Option<&str>) -> Result<Option<TenantView>> {
    let Some(item) = ports.tenants.get(id).await? else { return Ok(None) };
    let now = ports.clock.now();
    let mut facts = status::facts(ports, &item).await?;
    // By its own name alone, whatever the item says.
    id.clone_into(&mut facts.tenant_id);
    facts.needs_consent = waiting_for_consent(ports).await?.iter().any(|lost| lost == id);
    let known = assess(&facts, true, now);
    let feeds = facts.pulled.iter().map(|feed| {
        let health = facts.health.feeds.get(feed.word());
        FeedView {
            feed: *feed,
            good_at: health.and_then(|health| health.good_at),
            marks: health.map_or([Mark::None; Day::QUARTERS], |health| health.day.marks(now)),
        }
    });
    let (parked, more_parked) = parked(ports, id, facts.parked + facts.left).await?;
    let freshness = match Tenant::parse(&item, ports.allow_local) {
        Ok(tenant) => freshness::read(ports, &tenant, freshness::OF_A_PAGE).await?,
        Err(_) => Freshness::default(),
    };
    let search = match number {
        Some(number) => Some(Search { number: number.to_owned(), found: find(ports, run, &item, id, number).await? }),
        None => None,
    };
    Ok(Some(TenantView {
        id: id.to_owned(),
        erp: facts.erp,
        level: known.level,
        invalid: facts.invalid.is_some(),
        not_read: not_pulled_since(&facts, now),
        feeds: feeds.collect(),
        freshness,
        troubles: troubles(&facts, now),
        waiting: known.waiting,
        oldest: known.oldest,
        parked,
        more_parked,
        search,
    }))
}

/// What is in the way of a connection that is worked for; what has one cause is told once.
fn troubles(facts: &status::Facts, now: Timestamp) -> Vec<TroubleView> {
    let Some(erp) = facts.erp.filter(|_| facts.enabled && facts.invalid.is_none()) else { return Vec::new() };
    let mut all: Vec<(Trouble, System, HeldUp)> = Vec::new();
    for feed in &facts.pulled {
        let trouble = facts.health.feeds.get(feed.word()).and_then(|health| health.trouble.clone());
        all.extend(trouble.map(|trouble| (trouble, System::Erp(erp), HeldUp::Feed(*feed))));
    }
    for (fault, held_up) in [(&facts.import, HeldUp::ToWarehouse), (&facts.write_back, HeldUp::ToErp)] {
        let met = in_the_way(fault.as_ref(), erp, now);
        all.extend(met.map(|(trouble, system)| (trouble, system, held_up)));
    }
    let mut told: Vec<TroubleView> = Vec::new();
    for (trouble, system, held_up) in all {
        match told.iter_mut().find(|told| told.cause == trouble.cause && is_one(told.system, system)) {
            Some(told) => {
                told.held_up.push(held_up);
                told.since = told.since.min(trouble.since);
            }
            None => {
                let reason = words(&trouble).map(str::to_owned);
                let (cause, since) = (trouble.cause, trouble.since);
                told.push(TroubleView { cause, system, since, held_up: vec![held_up], reason });
            }
        }
    }
    let pulls: Vec<HeldUp> = facts.pulled.iter().map(|feed| HeldUp::Feed(*feed)).collect();
    let is_a_pull = |held_up: &HeldUp| matches!(held_up, HeldUp::Feed(_));
    // One login serves all feeds, and nothing behind the first refusal is tried.
    for trouble in told.iter_mut().filter(|told| is_the_login(told.cause) && told.held_up.iter().any(is_a_pull)) {
        trouble.held_up.retain(|held_up| !is_a_pull(held_up));
        trouble.held_up.splice(0..0, pulls.iter().cloned());
    }
    let lost = told.iter().any(|told| told.cause == Cause::ConsentLost);
    if facts.needs_consent && !lost {
        let (cause, system) = (Cause::ConsentLost, System::Erp(erp));
        told.push(TroubleView { cause, system, since: now, held_up: pulls, reason: None });
    }
    told
}

/// Whether it is one system: where it is not known which of two it was, it is the one of which the same is known.
fn is_one(told: System, met: System) -> bool {
    told == met || matches!(met, System::Either(_))
}

/// What is set aside, what needs somebody first; and how many there are beyond that.
async fn parked(ports: &Ports, id: &str, count: usize) -> Result<(Vec<ParkedView>, usize)> {
    if count == 0 {
        return Ok((Vec::new(), 0));
    }
    let pk = Tenant::partition(id);
    let mut places: Vec<(Flow, String)> = Vec::new();
    for prefix in ["due-left", "due#", "due-back#"] {
        let room = PARKED.saturating_sub(places.len());
        for item in ports.state.list(&pk, prefix, room).await? {
            let Some(key) = item.body["key"].as_str().map(str::to_owned) else { continue };
            let feed = item.body["feed"].as_str().and_then(|feed| feed.parse().ok());
            let back = serde_json::from_value::<Back>(item.body["back"].clone()).ok();
            places.extend(feed.map(Flow::In).or(back.map(Flow::Back)).map(|flow| (flow, key)));
        }
    }
    let (ledger, journal) = (Ledger::new(ports, id), Journal::new(ports, id));
    let mut entries: BTreeMap<(&str, String), Stored> = BTreeMap::new();
    for feed in Feed::ALL {
        let keys = places.iter().filter(|(flow, _)| matches!(flow, Flow::In(of) if *of == feed));
        let keys: Vec<String> = keys.map(|(_, key)| key.clone()).collect();
        if !keys.is_empty() {
            entries
                .extend(ledger.read(feed, &keys).await?.into_iter().map(|(key, stored)| ((feed.word(), key), stored)));
        }
    }
    let mut notes: BTreeMap<(&str, String), Note> = BTreeMap::new();
    for back in [Back::Shipments, Back::Stock, Back::ImportStatus] {
        let keys = places.iter().filter(|(flow, _)| matches!(flow, Flow::Back(of) if *of == back));
        let keys: Vec<String> = keys.map(|(_, key)| key.clone()).collect();
        if !keys.is_empty() {
            notes.extend(journal.read(back, &keys).await?.into_iter().map(|(key, note)| ((back.word(), key), note)));
        }
    }
    let mut all = Vec::new();
    for (flow, key) in places {
        let known = match flow {
            Flow::In(feed) => entries
                .get(&(feed.word(), key.clone()))
                .filter(|stored| stored.entry.outcome == Some(Outcome::Parked))
                .map(|Stored { entry, .. }| {
                    let retry_at = entry.parked.as_ref().and_then(|parked| parked.retry_at);
                    (entry.number.clone(), entry.reason.clone(), retry_at)
                }),
            Flow::Back(back) => notes
                .get(&(back.word(), key.clone()))
                .filter(|note| note.outcome == Some(Outcome::Parked))
                .map(|note| (note.number.clone(), note.reason.clone(), note.retry_at)),
        };
        let Some((number, reason, retry_at)) = known else { continue };
        all.push(ParkedView {
            what: flow,
            number: number.unwrap_or(key),
            reason: reason.unwrap_or_default(),
            retry_at,
        });
    }
    let more = count.saturating_sub(all.len());
    Ok((all, if count > PARKED { more } else { 0 }))
}

/// The orders and purchase orders of a connection that have this number.
async fn find(ports: &Ports, run: &Run, item: &Value, id: &str, number: &str) -> Result<Vec<story::Facts>> {
    let pk = Tenant::partition(id);
    let mut found = Vec::new();
    for feed in [Feed::Orders, Feed::PurchaseOrders] {
        let items = ports.state.numbered(&pk, &format!("ledger#{feed}#"), number).await?;
        for entry in items.into_iter().take(FOUND) {
            found.extend(story::read(ports, item, entry, run.deadline).await?);
        }
    }
    Ok(found)
}

/// All connections, what needs somebody first.
///
/// # Errors
/// When the store cannot be reached.
pub(super) async fn all(ports: &Ports, run: &Run, number: Option<&str>) -> Result<AllView> {
    let now = ports.clock.now();
    let mut items: BTreeMap<String, Value> = BTreeMap::new();
    for kind in Kind::ALL {
        for item in ports.tenants.list(kind).await? {
            items.extend(item["tenant_id"].as_str().map(str::to_owned).map(|id| (id, item.clone())));
        }
    }
    let lost = waiting_for_consent(ports).await?;
    let all: Vec<Value> = items.values().cloned().collect();
    let facts = status::all_facts(ports, &all).await?;
    let sharing = Sharing::among(ports, &all, identity::all(ports).await?);
    let mut marks = [Mark::None; Day::QUARTERS];
    for feed in facts.iter().flat_map(|facts| facts.health.feeds.values()) {
        for (all, one) in marks.iter_mut().zip(feed.day.marks(now)) {
            *all = match (*all, one) {
                (Mark::Trouble, _) | (_, Mark::Trouble) => Mark::Trouble,
                (Mark::Good, _) | (_, Mark::Good) => Mark::Good,
                (Mark::None, Mark::None) => Mark::None,
            };
        }
    }
    let mut tenants: Vec<Row> = facts
        .into_iter()
        .map(|facts| status::Facts {
            needs_consent: lost.contains(&facts.tenant_id),
            shares: sharing.of(&facts.tenant_id),
            ..facts
        })
        .map(|facts| {
            let known = assess(&facts, true, now);
            Row {
                oldest: known.good_at.values().copied().min().flatten(),
                waiting: known.waiting,
                parked: known.parked + known.left,
                level: known.level,
                erp: known.erp,
                id: known.tenant_id,
            }
        })
        .collect();
    tenants.sort_by(|a, b| (a.level, &a.id).cmp(&(b.level, &b.id)));
    let searchable = items.len() <= SEARCHED;
    let search = match number.filter(|_| searchable) {
        Some(number) => {
            let mut found = Vec::new();
            for (id, item) in &items {
                found.extend(find(ports, run, item, id, number).await?);
            }
            Some(Search { number: number.to_owned(), found })
        }
        None => None,
    };
    let more = tenants.len().saturating_sub(TENANTS);
    tenants.truncate(TENANTS);
    Ok(AllView { tenants, more, marks, searchable, search })
}
