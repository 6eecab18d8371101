//! What else is done than articles and orders: payments, credits, purchases, people's mistakes, tenants that come and go, a
//! burst, an onboarding; and when it all begins.

use std::time::Duration;

use bridge::words::kind::Kind;
use jiff::Timestamp;

use super::plan::Act;
use crate::chance::Chance;
use crate::world::MONDAY;

type Acts = Vec<(Duration, usize, Act)>;

/// Nights in which clocks change, and the last one of a year; UTC.
const NIGHTS: [&str; 4] =
    ["2026-03-28T21:30:00Z", "2026-03-29T00:15:00Z", "2026-10-24T22:30:00Z", "2026-12-31T21:30:00Z"];

/// When a simulation begins: on a Monday morning, or in one of the nights that are special.
pub(super) fn begins(chance: &mut Chance) -> Timestamp {
    if chance.of_thousand(700) {
        return MONDAY;
    }
    let night = chance.pick(&NIGHTS).parse().unwrap_or(MONDAY);
    night + Duration::from_secs(chance.below(3600))
}

/// Adds to what is done at the tenants.
pub(super) fn more(chance: &mut Chance, tenants: &[Kind], lasts: Duration, acts: &mut Acts) {
    for (tenant, kind) in tenants.iter().enumerate() {
        let orders = acts.iter().filter(|(_, of, act)| *of == tenant && matches!(act, Act::Order(..))).count();
        let mut more = More { tenant, lasts, orders, purchases: 0, acts };
        for _ in 0..chance.below(7 + lasts.as_secs() / 3600 * 2) {
            more.one(chance, *kind);
        }
    }
    let tenant = usize::try_from(chance.below(tenants.len() as u64)).unwrap_or_default();
    let from = Duration::from_secs(chance.below(lasts.as_secs() / 2));
    if chance.of_thousand(30) {
        burst(chance, tenant, from, acts);
    }
    if chance.of_thousand(12) {
        onboarding(chance, tenant, acts);
    }
}

/// So many articles the largest company has; on Procountor, since where stock flows back each of them is looked at there too,
/// which the simulators take hours for.
pub(super) const LARGEST: usize = 100_000;

/// And one that is large for its neighbours.
const LARGE: usize = 4_000;

/// A catalogue's first article; no other has such a number.
pub(super) const CATALOGUE_FROM: usize = 10_000;

/// Whether a company comes with a catalogue beside the others, and how many articles are in it; seldom, for what it costs.
pub(super) fn catalogue(seed: u64) -> Option<usize> {
    match seed % 1_000 {
        777 => Some(LARGEST),
        rest if rest % 200 == 177 => Some(LARGE),
        _ => None,
    }
}

/// From one thing to the next at a supplier, in milliseconds: within a run, before the next one, after it, a while after, and
/// when the three hours are over that the articles themselves are looked at again.
const GAPS: [u64; 8] = [0, 300, 30_000, 880_000, 900_000, 1_900_000, 11_800_000, 13_000_000];

/// Suppliers of a few articles, who are made, renamed, and take each other's place; in Finago Office, which has them.
pub(super) fn suppliers(seed: u64, tenants: &[Kind], lasts: Duration, acts: &mut Acts) {
    let mut chance = Chance::new(seed ^ 0x0050_bb11);
    let some = |count: u64, chance: &mut Chance| usize::try_from(chance.below(count)).unwrap_or_default();
    for (tenant, _) in tenants.iter().enumerate().filter(|(_, kind)| **kind == Kind::Finago) {
        if chance.of_thousand(500) {
            continue;
        }
        for _ in 0..chance.between(2, 5) {
            let mut at = chance.below(u64::try_from(lasts.as_millis()).unwrap_or_default() / 2);
            for _ in 0..chance.between(2, 5) {
                let (article, supplier) = (some(5, &mut chance), some(3, &mut chance));
                let act = match chance.below(10) {
                    0..5 => Act::Supplier(supplier),
                    5..8 => Act::SuppliedBy(article, supplier),
                    _ => Act::Article(article),
                };
                acts.push((Duration::from_millis(at), tenant, act));
                at += *chance.pick(&GAPS);
            }
        }
    }
    acts.retain(|(at, ..)| *at < lasts);
}

/// Checks by people, most of them when a pull begins, which is when logins and tokens have run out.
pub(super) fn checks(seed: u64, tenants: usize, lasts: Duration, acts: &mut Acts) {
    const TICK: u64 = 900;
    let mut chance = Chance::new(seed ^ 0x00c4_ec45);
    for tenant in 0..tenants {
        if chance.of_thousand(500) {
            continue;
        }
        for _ in 0..chance.between(1, 5) {
            let at = chance.below(lasts.as_secs());
            let at = if chance.of_thousand(700) { at / TICK * TICK } else { at };
            acts.push((Duration::from_secs(at), tenant, Act::Check));
        }
    }
}

/// A webshop on Black Friday: orders within minutes.
fn burst(chance: &mut Chance, tenant: usize, from: Duration, acts: &mut Acts) {
    let first =
        acts.iter().filter(|(_, of, act)| *of == tenant && matches!(act, Act::Order(..) | Act::Hold(..))).count();
    for n in first..first + chance.between(60, 160) as usize {
        let at = from + Duration::from_millis(chance.below(600_000));
        acts.push((at, tenant, Act::Order(n, vec![chance.below(5) as usize, 5], false)));
    }
}

/// A company comes with all its articles at once.
fn onboarding(chance: &mut Chance, tenant: usize, acts: &mut Acts) {
    for n in 0..chance.between(300, 1_200) as usize {
        acts.push((Duration::from_millis(n as u64), tenant, Act::Article(1000 + n)));
    }
}

struct More<'a> {
    tenant: usize,
    lasts: Duration,
    orders: usize,
    purchases: usize,
    acts: &'a mut Acts,
}

impl More<'_> {
    fn push(&mut self, at: Duration, act: Act) {
        self.acts.push((at, self.tenant, act));
    }

    /// Some time after `at`, while there is work; perhaps never.
    fn later(&self, chance: &mut Chance, at: Duration) -> Option<Duration> {
        let most = *chance.pick(&[60, 1_800, 10_000]);
        let later = at + Duration::from_secs(chance.between(1, most));
        (later < self.lasts && chance.of_thousand(800)).then_some(later)
    }

    fn one(&mut self, chance: &mut Chance, kind: Kind) {
        let at = Duration::from_millis(chance.below(self.lasts.as_secs()) * 1000 + *chance.pick(&[0, 0, 123, 999]));
        let order = chance.below(self.orders.max(1) as u64) as usize;
        let rows = || vec![order % 4, 4];
        let then = |chance: &mut Chance, more: &mut Self, first: Act, second: Act| {
            more.push(at, first);
            if let Some(later) = more.later(chance, at) {
                more.push(later, second);
            }
        };
        match chance.below(100) {
            0..12 => {
                let n = self.orders;
                self.orders += 1;
                then(chance, self, Act::Hold(n, rows()), Act::Confirm(n));
            }
            12..20 => self.push(at, Act::Credit(order)),
            20..30 => then(chance, self, Act::Break(order), Act::Mend(order)),
            30..46 if kind == Kind::Procountor => {
                if self.purchases == 0 || chance.of_thousand(600) {
                    self.purchases += 1;
                }
                let n = chance.below(self.purchases as u64) as usize;
                self.push(at, Act::Buy(n, rows()));
            }
            46..50 if kind == Kind::Procountor => self.push(at, Act::Unbuy(order % self.purchases.max(1))),
            50..56 if kind == Kind::Procountor => self.push(at, Act::Receive(order % self.purchases.max(1))),
            30..44 => self.push(at, Act::ShipShort(order)),
            44..60 => then(chance, self, Act::Pick(order), Act::Ship(order)),
            60..65 => then(chance, self, Act::Remove, Act::Add),
            65..70 => {
                let address = chance.of_thousand(500);
                then(chance, self, Act::Misconfigure(address), Act::Configure(false));
            }
            70..74 => self.push(at, Act::Configure(chance.of_thousand(500))),
            74..80 => then(chance, self, Act::LoseConsent, Act::Rotate),
            80..86 => self.push(at, Act::RetryParked),
            86..88 => self.push(at, Act::DropParked),
            88..92 => self.push(at, Act::Forge),
            // The ERP and the warehouse at the same moment.
            _ => {
                let edit = chance.pick(&[Act::Refer(order), Act::Withdraw(order), Act::Article(order % 4)]).clone();
                let work = chance.pick(&[Act::Start(order), Act::Ship(order), Act::Count(order % 4, 70)]).clone();
                let (first, second) = if chance.of_thousand(500) { (edit, work) } else { (work, edit) };
                self.push(at, first);
                self.push(at + Duration::from_millis(*chance.pick(&[0, 0, 40, 900])), second);
            }
        }
    }
}
