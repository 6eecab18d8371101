//! What a seed stands for: tenants, what people do, and what goes wrong. A plan is data, so that it can be made smaller.

use std::fmt;
use std::time::Duration;

use bridge::words::kind::Kind;
use jiff::Timestamp;

use super::fault::{Fault, What, sites};
use super::{afterwards, hot, races, workload};
use crate::answers;
use crate::chance::Chance;

/// What a person wants of every plan.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// So many tenants.
    pub tenants: Option<usize>,
    /// So many days of work and faults.
    pub days: Option<u64>,
}

/// What somebody does at a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Article `0` is made or renamed.
    Article(usize),
    /// Order `0` with these articles is made; with `2`, those that are not there yet are made when all is over.
    Order(usize, Vec<usize>, bool),
    /// An order's reference changes.
    Refer(usize),
    /// An order's reference is what it was before.
    ReferBack(usize),
    /// An order is taken back.
    Withdraw(usize),
    /// An order that was taken back is for the warehouse again.
    Release(usize),
    /// An order that was taken back, and is known to be, goes on to a state that says nothing of that.
    Proceed(usize),
    /// The warehouse begins with an order.
    Start(usize),
    /// The warehouse ships an order.
    Ship(usize),
    /// A shelf is counted.
    Count(usize, usize),
    /// The tenant is paused.
    Pause,
    /// The tenant works again.
    Resume,
    /// A backfill is asked for.
    Backfill,
    /// The ERP's credentials are replaced; a lost consent is given again.
    Rotate,
    /// A record of its own that has the number of order `0`, whose articles are these.
    Namesake(usize, Vec<usize>),
    /// It is taken back.
    WithdrawNamesake(usize),
    /// Order `0` with these articles is made and is not for the warehouse yet: not paid, or a draft.
    Hold(usize, Vec<usize>),
    /// What is not for the warehouse yet is paid, or made an order.
    Confirm(usize),
    /// An order's invoice is credited.
    Credit(usize),
    /// A row of an order cannot be read any more.
    Break(usize),
    /// It can again.
    Mend(usize),
    /// Purchase order `0` with these articles is made, or changed.
    Buy(usize, Vec<usize>),
    /// A purchase order is taken back.
    Unbuy(usize),
    /// The warehouse receives a purchase order.
    Receive(usize),
    /// The warehouse picks an order, and ships it later.
    Pick(usize),
    /// The warehouse ships an order with a piece less.
    ShipShort(usize),
    /// The tenant is removed.
    Remove,
    /// It is added, or added again.
    Add,
    /// Somebody writes an item that is wrong: an address that is not public, or a word that is not known.
    Misconfigure(bool),
    /// The tenant's settings change: whether its stock is what can be sold.
    Configure(bool),
    /// The company withdraws its consent.
    LoseConsent,
    /// An operator has what is parked tried again.
    RetryParked,
    /// An operator gives up what is parked.
    DropParked,
    /// Somebody forges webhooks.
    Forge,
    /// Two people check the tenant's ERP at the same moment.
    Check,
    /// A supplier is made or renamed.
    Supplier(usize),
    /// Article `0` comes from supplier `1` from now on.
    SuppliedBy(usize, usize),
    /// A company brings so many articles at one moment.
    Catalogue(usize),
    /// What is written from now on shows so many seconds late.
    ShowsLate(u64),
    /// The ERP's sessions end.
    SessionsEnd,
    /// What was left of an order is shipped under another number, with the record's id in it or without.
    ShipRest(usize, bool),
    /// The goods of an order come back.
    ComeBack(usize),
}

impl Act {
    /// Whether the warehouse does it, and tells.
    #[must_use]
    pub fn is_of_the_warehouse(&self) -> bool {
        use Act::{ComeBack, Count, Pick, Receive, Ship, ShipRest, ShipShort, Start};
        matches!(
            self,
            Ship(_) | ShipShort(_) | ShipRest(..) | ComeBack(_) | Pick(_) | Start(_) | Receive(_) | Count(..)
        )
    }

    /// Whether a tenant at which it is done has the process for suppliers.
    #[must_use]
    pub fn concerns_suppliers(&self) -> bool {
        matches!(self, Self::Supplier(_) | Self::SuppliedBy(..))
    }
}

/// A plan.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its seed.
    pub seed: u64,
    /// The tenants' ERPs.
    pub tenants: Vec<Kind>,
    /// How long there is work and faults.
    pub lasts: Duration,
    /// When it begins.
    pub begins: Timestamp,
    /// Visma's refresh tokens change with every use: one that is used twice ends the consent.
    pub rotating: bool,
    /// When who does what, in order.
    pub acts: Vec<(Duration, usize, Act)>,
    /// What goes wrong.
    pub faults: Vec<Fault>,
}

impl Plan {
    /// What a seed stands for.
    #[must_use]
    pub fn draw(seed: u64, wanted: Wanted) -> Self {
        let mut chance = Chance::new(seed);
        let catalogue = workload::catalogue(seed);
        let least = if catalogue.is_some() { 3 } else { 1 };
        let count = wanted.tenants.unwrap_or((chance.between(1, 6) as usize).max(least)).max(1);
        let mut tenants: Vec<Kind> = (0..count).map(|_| *chance.pick(&Kind::ALL)).collect();
        if catalogue == Some(workload::LARGEST) {
            tenants[0] = Kind::Procountor;
        }
        let hours = wanted.days.map_or(chance.between(1, 6), |days| days * 24);
        let lasts = Duration::from_secs(hours * 3600);
        let mut acts = Vec::new();
        for tenant in 0..count {
            work(&mut chance, tenant, lasts, &mut acts);
        }
        hot::more(seed, count, lasts, &mut acts);
        let mut faults = Fault::swarm(&mut chance, &sites(&tenants), count, lasts);
        // Choices of their own: what a seed has had stays as it is.
        let mut chance = Chance::new(seed ^ 0x000b_12ea_d7b0);
        workload::more(&mut chance, &tenants, lasts, &mut acts);
        workload::suppliers(seed, &tenants, lasts, &mut acts);
        workload::checks(seed, count, lasts, &mut acts);
        if let Some(articles) = catalogue {
            acts.push((Duration::from_secs(60), 0, Act::Catalogue(articles)));
        }
        let begins = workload::begins(&mut chance);
        Fault::more(&mut chance, &sites(&tenants), count, lasts, &mut faults);
        let mut rotates = || chance.of_thousand(200) || answers::is("visma.refresh-token", "another");
        let rotating = tenants.contains(&Kind::Visma) && rotates();
        // In some all goes well, in some but for one order or the webhooks: what is then not in time has no excuse.
        match seed % 20 {
            0 => faults.clear(),
            5 => faults = vec![Fault::no_webhooks(lasts)],
            10 => faults = Fault::one_stubborn_order(&mut chance, &acts, lasts),
            _ => {}
        }
        races::more(seed, &tenants, lasts, matches!(seed % 20, 0 | 5 | 10), &mut acts, &mut faults);
        afterwards::more(seed, &tenants, lasts, &mut acts);
        acts.sort_by_key(|(at, tenant, _)| (*at, *tenant));
        if rotating {
            // An answer that is lost with the new token in it ends the consent, whoever asked.
            faults.retain(|fault| !matches!(fault.what, What::Kills(_)));
        }
        Self { seed, tenants, lasts, begins, rotating, acts, faults }
    }
}

/// What is done at one tenant.
fn work(chance: &mut Chance, tenant: usize, lasts: Duration, acts: &mut Vec<(Duration, usize, Act)>) {
    let articles = chance.between(2, 9);
    let count = chance.between(5, 10 + lasts.as_secs() / 3600 * 8);
    let (mut orders, mut at) = (0_usize, Duration::ZERO);
    for _ in 0..count {
        // Some things happen at one time.
        if !chance.of_thousand(300) {
            at = Duration::from_millis(chance.below(lasts.as_secs()) * 1000 + *chance.pick(&[0, 0, 123, 999]));
        }
        let article = chance.below(articles) as usize;
        let order = chance.below(orders.max(1) as u64) as usize;
        let act = match chance.below(100) {
            0..15 => Act::Article(article),
            15..45 => {
                orders += 1;
                let rows = (0..chance.between(1, 3)).map(|row| ((article as u64 + row) % articles) as usize);
                Act::Order(orders - 1, rows.collect(), chance.of_thousand(150))
            }
            45..58 => Act::Refer(order),
            58..68 => Act::Withdraw(order),
            68..76 => Act::Release(order),
            76..80 => Act::Start(order),
            80..88 => Act::Ship(order),
            88..93 => Act::Count(article, chance.below(200) as usize),
            93 => Act::Pause,
            94 | 95 => Act::Resume,
            96 => Act::Backfill,
            _ => Act::Rotate,
        };
        acts.push((at, tenant, act));
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (acts, hours) = (self.acts.len(), self.lasts.as_secs_f64() / 3600.0);
        let (seed, tenants, begins) = (self.seed, &self.tenants, self.begins);
        let rotating = if self.rotating { ", rotating refresh tokens" } else { "" };
        writeln!(f, "seed {seed}: {tenants:?}, {hours} h from {begins}, {acts} acts{rotating}")?;
        self.faults.iter().try_for_each(|fault| writeln!(f, "  {fault}"))
    }
}
