//! A tenant's state after the table was lost, or was put back to an earlier moment: filled again from what the ERP and Ongoing
//! show, so that nothing is written twice when the tenant is worked for again. Nothing is sent to either.
//!
//! [`read`] holds the ERP's whole list against Ongoing, and Ongoing's shipments and stock against the ERP, through edges that
//! let nothing but reads pass; [`fill`] notes what agrees:
//!
//! - The *ledger* gets what Ongoing shows as the ERP's record is mapped, as an import would have left it. What differs is
//!   left to the next pull. Where the ERP no longer hands an order out or takes it back, and Ongoing's names it, its
//!   id alone is noted, so that shipments are reported and withdrawals reach it.
//! - The *journal* gets a shipment or a stock where the ERP says so itself: the write-back looks at it and would write
//!   nothing. What it would write is left to it.
//! - *Intents* stand again before anything else is noted, so that what is done once is looked at once more before it is done.
//!   Where nothing tells whether it was done ([`crate::systems::erp::Erp::recall`]), it waits for a person.

mod back;
mod edges;
mod fill;
mod records;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use self::edges::Looking;
use self::records::Reading;
use crate::ports::{Ports, Run};
use crate::roads::repair::Flow;
use crate::state::cursor;
use crate::state::journal::Back;
use crate::state::ledger::{Entry, InOngoing};
use crate::tenant::Tenant;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

pub use fill::{Refused, fill};

/// Records that are told one by one; more are counted.
pub const MOST: usize = 1_000;

/// What is filled and what is not. The JSON shape is stable: members may be added, none renamed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rebuild {
    /// The shape's own version.
    pub v: u32,
    /// Whose.
    pub tenant_id: String,
    /// When the reading began.
    pub at: Timestamp,
    /// From when on orders are the integration's.
    pub since: Timestamp,
    /// How long the reading took, in seconds.
    pub seconds: i64,
    /// Whether everything was read to its end; else nothing is written.
    pub whole: bool,
    /// Feed by feed, in and back.
    pub feeds: Vec<FeedRebuild>,
    /// What is left to pulls, imports and write-backs, at most [`MOST`].
    pub left: Vec<Left>,
    /// How many there are beyond those.
    pub more_left: usize,
    /// What waits for a person.
    pub for_a_person: Vec<Left>,
    /// Stored intents that stand again.
    pub intents: usize,
    /// Whether it was written.
    pub written: bool,
}

/// How much of a feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FeedRebuild {
    /// `articles`, `orders`, `purchase_orders`; `shipments`, `stock`.
    pub feed: String,
    /// Noted: both sides say the same.
    pub filled: usize,
    /// Noted by Ongoing's id alone: Ongoing's order names the ERP's record.
    pub by_id: usize,
    /// There already.
    pub known: usize,
    /// Left to the ordinary roads.
    pub left: usize,
    /// Left to a person.
    pub for_a_person: usize,
    /// Why it was not read to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// A record that is not filled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Left {
    /// Of which feed.
    pub feed: String,
    /// The ERP's id; of a shipment Ongoing's id, of a stock the article's number.
    pub key: String,
    /// Article or order number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Why.
    pub why: String,
}

/// How far the reading is, or the filling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many records of the ERP's feed are held against Ongoing.
    Records(Feed, usize),
    /// So many of Ongoing's shipments or stock levels are held against the ERP.
    Back(Back, usize),
    /// So many of all are noted.
    Noted(usize, usize),
}

/// What was found out about a record or a write-back.
#[derive(Debug)]
enum Found {
    /// Ongoing has it as the ERP does.
    Same(Box<Entry>),
    /// The ERP says what the warehouse did.
    Told(Told),
    /// It is noted already.
    Known,
    /// It is left to the ordinary roads. `comes`: the next pull brings it.
    Left { why: String, comes: bool },
    /// Nothing tells whether it was done.
    Doubtful { told: Told, why: String },
}

/// What the journal gets.
#[derive(Clone, Debug)]
struct Told {
    written: String,
    why: String,
    /// Of a shipment.
    tracking: Vec<String>,
    /// The ERP's key of the shipped order.
    order: Option<String>,
}

/// What is to be noted.
#[derive(Debug)]
pub struct Filling {
    tenant_id: String,
    /// Where orders begin, if the state does not say so, or says a later moment.
    first_seen: Option<Timestamp>,
    found: BTreeMap<(Flow, String), (Option<String>, Found)>,
    /// Orders of which Ongoing's id alone is noted, by the ERP's key.
    by_id: BTreeMap<(Feed, String), InOngoing>,
    intents: BTreeSet<String>,
}

impl Filling {
    /// Whether there is anything to note.
    #[must_use]
    pub fn has_work(&self) -> bool {
        let notes = |found: &Found| matches!(found, Found::Same(_) | Found::Told(_) | Found::Doubtful { .. });
        self.first_seen.is_some()
            || !self.by_id.is_empty()
            || !self.intents.is_empty()
            || self.found.values().any(|(_, found)| notes(found))
    }
}

/// A beginning that the state has is believed when it is as old as this: it is none that the loss itself has left.
const BELIEVED: Duration = Duration::from_secs(30 * 24 * 3600);

/// From when on the tenant's orders are the integration's: as the state or its settings say, or whoever asks. `None`: nobody
/// knows.
///
/// # Errors
/// When the state cannot be read.
pub async fn begins(ports: &Ports, tenant: &Tenant, since: Option<Timestamp>) -> Result<Option<Timestamp>> {
    let seen = cursor::first_seen_before(ports, &tenant.tenant_id).await?;
    // A tick over an empty table has noted itself as the beginning: what is that young is not believed.
    let seen = seen.filter(|seen| *seen + BELIEVED < ports.clock.now());
    Ok(since.or_else(|| [seen, tenant.settings.start_date].into_iter().flatten().min()))
}

/// Reads the ERP, Ongoing and the state of a tenant, and says what would be noted. Nothing is written. `since`: from when on
/// orders are the integration's.
///
/// # Errors
/// When the state cannot be read. What a system does not say is told in its feed.
pub async fn read(
    ports: &Ports,
    run: &Run,
    tenant: &Tenant,
    since: Timestamp,
    progress: &dyn Fn(Progress),
) -> Result<(Filling, Rebuild)> {
    let looking = Looking::new(ports, &tenant.tenant_id);
    let at = ports.clock.now();
    let seen = cursor::first_seen_before(ports, &tenant.tenant_id).await?;
    let mut reading = Reading::new(&looking, run, tenant, since, progress);
    let mut feeds: Vec<(Flow, Option<String>)> = Vec::new();
    let flows = tenant.feeds().into_iter().filter(|feed| *feed != Feed::Suppliers).map(Flow::In);
    let shipments = tenant.sends_shipments().then_some(Flow::Back(Back::Shipments));
    let stock = tenant.sends_stock().then_some(Flow::Back(Back::Stock));
    for flow in flows.chain(shipments).chain(stock) {
        let done = match flow {
            Flow::In(feed) => reading.records(feed).await,
            Flow::Back(Back::Stock) => reading.stock().await,
            Flow::Back(_) => reading.shipments().await,
        };
        let stop = matches!(done, Err(Fault::Unauthorized(_)));
        feeds.push((flow, done.err().map(|fault| fault.to_string())));
        if stop {
            break;
        }
    }
    let Reading { found, by_id, intents, .. } = reading;
    let first_seen = seen.is_none_or(|seen| seen > since).then_some(since);
    let filling = Filling { tenant_id: tenant.tenant_id.clone(), first_seen, found, by_id, intents };
    let seconds = ports.clock.now().as_second() - at.as_second();
    let rebuild = filling.told(feeds, at, since, seconds);
    Ok((filling, rebuild))
}

impl Filling {
    fn told(&self, feeds: Vec<(Flow, Option<String>)>, at: Timestamp, since: Timestamp, seconds: i64) -> Rebuild {
        let (mut left, mut for_a_person, mut more_left) = (Vec::new(), Vec::new(), 0);
        let mut all: Vec<FeedRebuild> = Vec::new();
        for (flow, fault) in feeds {
            let by_id = self.by_id.keys().filter(|(feed, _)| Flow::In(*feed) == flow).count();
            let mut one = FeedRebuild {
                feed: flow.word().to_owned(),
                filled: 0,
                by_id,
                known: 0,
                left: 0,
                for_a_person: 0,
                fault,
            };
            for ((_, key), (number, found)) in self.found.iter().filter(|((of, _), _)| *of == flow) {
                let told = |why: &str| Left {
                    feed: flow.word().to_owned(),
                    key: key.clone(),
                    number: number.clone(),
                    why: why.to_owned(),
                };
                match found {
                    Found::Same(_) | Found::Told(_) => one.filled += 1,
                    Found::Known => one.known += 1,
                    Found::Left { why, .. } => {
                        one.left += 1;
                        if left.len() < MOST { left.push(told(why)) } else { more_left += 1 }
                    }
                    Found::Doubtful { why, .. } => {
                        one.for_a_person += 1;
                        for_a_person.push(told(why));
                    }
                }
            }
            all.push(one);
        }
        Rebuild {
            v: Rebuild::VERSION,
            tenant_id: self.tenant_id.clone(),
            at,
            since,
            seconds,
            whole: all.iter().all(|feed| feed.fault.is_none()),
            feeds: all,
            left,
            more_left,
            for_a_person,
            intents: self.intents.len(),
            written: false,
        }
    }
}

impl Rebuild {
    /// The version written by this release.
    pub const VERSION: u32 = 1;

    /// How many records and write-backs are noted.
    #[must_use]
    pub fn filled(&self) -> usize {
        self.feeds.iter().map(|feed| feed.filled + feed.by_id).sum()
    }

    /// How many are left to the ordinary roads.
    #[must_use]
    pub fn left(&self) -> usize {
        self.left.len() + self.more_left
    }
}

/// Keys of the ERP's records that were read.
type Keys = HashSet<(Feed, String)>;
