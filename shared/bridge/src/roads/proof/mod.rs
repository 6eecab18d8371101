//! Proof that the ERP, the ledger and Ongoing say the same of a tenant: everything that the ERP has for the warehouse is read
//! and mapped as a pull does, and held against the ledger and against what Ongoing shows; then all that Ongoing has is held
//! against that. Nothing is written ([`read_only`]).
//!
//! What is on its way (on the queue, parked, about to be pulled) is named and is no difference. A difference is looked at a
//! second time before it is told, since both systems go on while they are read. Pages are read one after the other and
//! dropped; what is kept of a record is a hash of its number and of its key. Of the ERP's rate limit a proof takes a
//! backfill's part.

mod compare;
mod remedy;
pub mod scheduled;
mod verdict;
mod warehouse;

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::compare::Compare;
use crate::ports::{Ports, Run};
use crate::roads::plan::read::begins;
use crate::roads::plan::read_only;
use crate::state::ledger::Ledger;
use crate::systems::erps;
use crate::systems::ongoing::Ongoing;
use crate::systems::ongoing::diff::Change;
use crate::tenant::Tenant;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

/// Differences that are told one by one, and records under way that are; more are counted.
pub const MOST: usize = 1_000;

/// Differences of a feed that are looked at once more.
const SECOND_LOOK: usize = 200;

/// In which way the systems differ about a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The ERP has it for the warehouse, and Ongoing has not got it.
    Missing,
    /// Ongoing has it open or in use, and the ERP has not got it for the warehouse.
    Extra,
    /// Ongoing has an earlier version of it.
    Stale,
    /// Ongoing shows it otherwise than it was sent.
    Different,
    /// The warehouse has shipped it, and the ERP was not told.
    NotReported,
    /// The ERP was told of another stock than there is.
    Stock,
}

impl Kind {
    /// Every kind, in the order of tables.
    pub const ALL: [Self; 6] =
        [Self::Missing, Self::Extra, Self::Stale, Self::Different, Self::NotReported, Self::Stock];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::Stale => "stale",
            Self::Different => "different",
            Self::NotReported => "not_reported",
            Self::Stock => "stock",
        }
    }
}

/// A record about which the systems differ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Difference {
    /// In which way.
    pub kind: Kind,
    /// Of which feed: `articles`, `orders`, `purchase_orders`; `shipments`, `stock`.
    pub feed: String,
    /// The ERP's id, as far as it is known; of a shipment Ongoing's id.
    pub key: String,
    /// Article or order number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What is the matter, in a sentence.
    pub why: String,
    /// Member by member: `before` is what Ongoing shows, `after` what the ERP's record is mapped to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// The command that ends it, or what a person does.
    pub remedy: String,
}

/// A record that is on its way, and is no difference therefore.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnderWay {
    /// Of which feed.
    pub feed: String,
    /// The ERP's id; of a shipment Ongoing's id.
    pub key: String,
    /// Article or order number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// `to_pull`, `queued`, `parked`, `left`, `given_up`, `blocked`, `changing`.
    pub state: String,
    /// Why, or for what it waits.
    pub why: String,
}

/// What was held against each other of one feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FeedProof {
    /// Which.
    pub feed: String,
    /// Records that the ERP has for the warehouse.
    pub erp: usize,
    /// Records that it shows and that are left out by a rule, or taken back.
    pub left_out: usize,
    /// Records that Ongoing has.
    pub ongoing: usize,
    /// Records that are the same everywhere.
    pub same: usize,
    /// Records that are under way.
    pub under_way: usize,
    /// Differences.
    pub differences: usize,
    /// Why it was not compared to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// What should be known of the comparison.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What a proof found. The JSON shape is stable: members may be added, none renamed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Proof {
    /// The shape's version.
    pub v: u32,
    /// Whose.
    pub tenant_id: String,
    /// When it began.
    pub at: Timestamp,
    /// How long it took, in seconds.
    pub seconds: i64,
    /// Whether every feed was compared to its end.
    pub whole: bool,
    /// Feed by feed.
    pub feeds: Vec<FeedProof>,
    /// How many differences of each kind there are.
    pub counts: BTreeMap<String, usize>,
    /// The differences, at most [`MOST`].
    pub differences: Vec<Difference>,
    /// How many there are beyond those.
    pub more_differences: usize,
    /// What is under way, at most [`MOST`].
    pub under_way: Vec<UnderWay>,
    /// How many there are beyond those.
    pub more_under_way: usize,
}

impl Proof {
    /// The version written by this release.
    pub const VERSION: u32 = 1;

    /// Whether everything was compared and nothing differs.
    #[must_use]
    pub fn good(&self) -> bool {
        self.whole && self.counts.values().all(|count| *count == 0)
    }

    /// How many differences there are.
    #[must_use]
    pub fn found(&self) -> usize {
        self.counts.values().sum()
    }
}

/// How far a proof is, for whoever waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many records of the ERP's feed are held against Ongoing.
    Erp(Feed, usize),
    /// So many records of Ongoing are held against the ERP.
    Ongoing(Feed, usize),
    /// So many differences of the feed are looked at once more.
    Again(Feed, usize),
}

/// Holds what there is of a tenant against each other: all feeds that are on, or those of them that are named.
///
/// # Errors
/// When the state cannot be read. What a system does not say is told in its feed.
pub async fn prove(
    ports: &Ports,
    run: &Run,
    tenant: &Tenant,
    feeds: Option<&[Feed]>,
    progress: &dyn Fn(Progress),
) -> Result<Proof> {
    let ports = read_only(ports, &tenant.tenant_id).for_backfill();
    let at = ports.clock.now();
    let (mut found, mut proofs) = (Found::default(), Vec::new());
    let erp = erps::connect(&ports, tenant, run.deadline);
    let ongoing = Ongoing::new(&ports, tenant, run.deadline);
    let ledger = Ledger::new(&ports, &tenant.tenant_id);
    let begins = begins(&ports, tenant).await?;
    let mut compare = Compare::new(&ports, run, tenant, (erp.as_ref(), &ongoing, &ledger), begins, progress);
    let wanted = |feed: &Feed| feeds.is_none_or(|feeds| feeds.contains(feed));
    for feed in tenant.feeds().into_iter().filter(wanted) {
        let mut proof = FeedProof::of(feed);
        if feed == Feed::Suppliers {
            proof.note =
                Some("Ongoing has no list of suppliers: they are compared with the articles they are in".into());
            proofs.push(proof);
            continue;
        }
        found.feed = feed.word().to_owned();
        let (before, under_way) = (found.total(), found.under_way_total());
        let done = compare.feed(feed, &mut proof, &mut found).await;
        proof.under_way = found.under_way_total() - under_way;
        proof.differences = found.total() - before;
        let stop = matches!(done, Err(Fault::Unauthorized(_)));
        proof.fault = done.err().map(|fault| fault.to_string());
        proofs.push(proof);
        if stop {
            break;
        }
    }
    let seconds = ports.clock.now().as_second() - at.as_second();
    Ok(found.told(tenant, at, seconds, proofs))
}

impl FeedProof {
    fn of(feed: Feed) -> Self {
        Self {
            feed: feed.word().to_owned(),
            erp: 0,
            left_out: 0,
            ongoing: 0,
            same: 0,
            under_way: 0,
            differences: 0,
            fault: None,
            note: None,
        }
    }
}

/// What was found so far.
#[derive(Default)]
struct Found {
    /// The feed at work.
    feed: String,
    /// By feed and key, so that a later look replaces an earlier one.
    differences: BTreeMap<(String, String), Difference>,
    under_way: BTreeMap<(String, String), UnderWay>,
    /// Beyond what is kept.
    more: BTreeMap<Kind, usize>,
    more_under_way: usize,
}

impl Found {
    fn total(&self) -> usize {
        self.differences.len() + self.more.values().sum::<usize>()
    }

    fn under_way_total(&self) -> usize {
        self.under_way.len() + self.more_under_way
    }

    fn place(&self, feed: &str, key: &str) -> (String, String) {
        (feed.to_owned(), key.to_owned())
    }

    fn differs(&mut self, difference: Difference) {
        let place = self.place(&difference.feed, &difference.key);
        self.under_way.remove(&place);
        if self.differences.len() < MOST || self.differences.contains_key(&place) {
            self.differences.insert(place, difference);
        } else {
            *self.more.entry(difference.kind).or_default() += 1;
        }
    }

    fn is_under_way(&mut self, under_way: UnderWay) {
        let place = self.place(&under_way.feed, &under_way.key);
        self.differences.remove(&place);
        if self.under_way.len() < MOST || self.under_way.contains_key(&place) {
            self.under_way.insert(place, under_way);
        } else {
            self.more_under_way += 1;
        }
    }

    /// It is the same everywhere, whatever an earlier look said.
    fn is_same(&mut self, key: &str) {
        let place = self.place(&self.feed, key);
        self.differences.remove(&place);
        self.under_way.remove(&place);
    }

    fn told(self, tenant: &Tenant, at: Timestamp, seconds: i64, feeds: Vec<FeedProof>) -> Proof {
        let mut counts: BTreeMap<String, usize> =
            Kind::ALL.iter().map(|kind| (kind.word().to_owned(), self.more.get(kind).copied().unwrap_or(0))).collect();
        for difference in self.differences.values() {
            *counts.entry(difference.kind.word().to_owned()).or_default() += 1;
        }
        let more_differences = self.more.values().sum();
        let mut differences: Vec<Difference> = self.differences.into_values().collect();
        differences.sort_by(|a, b| (a.kind, &a.feed, &a.number, &a.key).cmp(&(b.kind, &b.feed, &b.number, &b.key)));
        Proof {
            v: Proof::VERSION,
            tenant_id: tenant.tenant_id.clone(),
            at,
            seconds,
            whole: feeds.iter().all(|feed| feed.fault.is_none()),
            feeds,
            counts,
            differences,
            more_differences,
            under_way: self.under_way.into_values().collect(),
            more_under_way: self.more_under_way,
        }
    }
}

/// Texts that were seen, by their hashes: eight bytes each, whatever their length.
#[derive(Default)]
struct Seen(HashSet<u64>);

impl Seen {
    fn hash(what: &str, text: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        (what, text).hash(&mut hasher);
        hasher.finish()
    }

    /// Whether it was not seen before.
    fn add(&mut self, what: &str, text: &str) -> bool {
        self.0.insert(Self::hash(what, text))
    }

    fn remove(&mut self, what: &str, text: &str) {
        self.0.remove(&Self::hash(what, text));
    }

    fn has(&self, what: &str, text: &str) -> bool {
        self.0.contains(&Self::hash(what, text))
    }
}
