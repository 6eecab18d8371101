//! Orders to which several things happen within a tick or two, at the moments at which pulls begin and imports run: what
//! meets in time is where records are lost. And vendors that give few rows at a time, so that lists have pages.

use std::time::Duration;

use bridge::words::kind::Kind;

use super::plan::Act;
use super::workload;
use crate::chance::Chance;
use crate::world::{Site, World};

/// The first of these orders; no other has such a number.
const FIRST: usize = 3_000;

/// Their namesakes' own ids lie so much below.
pub(super) const NAMESAKES: usize = 1_000;

/// From one thing to the next, in milliseconds: within a run, before the next one, after it, and after the one behind it.
const GAPS: [u64; 10] = [0, 137, 900, 4_000, 20_000, 120_000, 840_000, 890_000, 905_000, 1_860_000];

const TICK: u64 = 900_000;

/// Adds such orders to what is done at some tenants.
pub(super) fn more(seed: u64, tenants: usize, lasts: Duration, acts: &mut Vec<(Duration, usize, Act)>) {
    let mut chance = Chance::new(seed ^ 0x0407_5eed);
    for tenant in 0..tenants {
        if chance.of_thousand(400) {
            continue;
        }
        for hot in 0..chance.between(1, 5) {
            let order = FIRST + usize::try_from(hot).unwrap_or_default();
            let mut at = chance.below(u64::try_from(lasts.as_millis()).unwrap_or_default() * 3 / 4);
            if chance.of_thousand(600) {
                at = at / TICK * TICK + *chance.pick(&GAPS[..6]);
            }
            let articles = vec![usize::try_from(chance.below(3)).unwrap_or_default()];
            acts.push((Duration::from_millis(at), tenant, Act::Order(order, articles.clone(), false)));
            for _ in 0..chance.between(1, 5) {
                at += *chance.pick(&GAPS);
                let act = match chance.below(17) {
                    0..5 => Act::Withdraw(order),
                    5..7 => Act::Release(order),
                    7..9 => Act::Refer(order),
                    9 => Act::Start(order),
                    10 => Act::Ship(order),
                    // A second look within minutes.
                    11 | 12 => Act::Backfill,
                    13 => Act::Proceed(order),
                    14 | 15 => Act::ReferBack(order),
                    _ => Act::Namesake(order, articles.clone()),
                };
                acts.push((Duration::from_millis(at), tenant, act));
            }
            acts.push((Duration::from_millis(at + 2_000_000), tenant, Act::WithdrawNamesake(order)));
        }
    }
    for tenant in 0..tenants {
        if chance.of_thousand(500) {
            overtaken(&mut chance, tenant, lasts, acts);
        }
    }
    let mut chance = Chance::new(seed ^ 0x0fa5_7000);
    for tenant in 0..tenants {
        if chance.of_thousand(250) {
            while_pages_are_turned(&mut chance, tenant, lasts, acts);
        }
        if chance.of_thousand(400) {
            quick_warehouse(&mut chance, tenant, lasts, acts);
        }
        if chance.of_thousand(300) {
            within_a_second(&mut chance, tenant, lasts, acts);
        }
    }
    acts.retain(|(at, ..)| *at < lasts);
}

/// An order that is taken back right before a pull, and goes on before the next one: what the first sees must come to its
/// end whatever the second sees.
fn overtaken(chance: &mut Chance, tenant: usize, lasts: Duration, acts: &mut Vec<(Duration, usize, Act)>) {
    let ticks = u64::try_from(lasts.as_millis()).unwrap_or_default() / TICK;
    for n in 0..chance.between(1, 3) {
        let order = FIRST + 100 + usize::try_from(n).unwrap_or_default();
        let tick = chance.between(2, ticks.max(4) - 1) * TICK;
        let mut at = |millis: u64, act: Act| acts.push((Duration::from_millis(millis), tenant, act));
        at(tick - TICK - chance.between(10, 600) * 1000, Act::Order(order, vec![0], false));
        at(tick - chance.between(1, 9) * 1000, Act::Withdraw(order));
        if chance.of_thousand(500) {
            at(tick + chance.between(1, 880) * 1000, Act::Proceed(order));
            continue;
        }
        // It goes on as soon as it can, and is looked at once more while its cancellation is under way.
        for second in 1..8 {
            at(tick + second * 1_500, Act::Proceed(order));
            at(tick + second * 1_500 + 100, Act::Backfill);
        }
    }
}

/// Orders that are edited while a pull turns the pages that they stand on: rows move from one page to another.
fn while_pages_are_turned(chance: &mut Chance, tenant: usize, lasts: Duration, acts: &mut Vec<(Duration, usize, Act)>) {
    let ticks = u64::try_from(lasts.as_millis()).unwrap_or_default() / TICK;
    let tick = chance.between(2, ticks.max(4) - 1) * TICK;
    let mut at = |millis: u64, act: Act| acts.push((Duration::from_millis(millis), tenant, act));
    let orders = chance.between(8, 16);
    let order = |n: u64| FIRST + 200 + usize::try_from(n).unwrap_or_default();
    (0..orders).for_each(|n| at(tick - chance.between(2, 800) * 1000, Act::Order(order(n), vec![0], false)));
    for _ in 0..chance.between(4, 12) {
        let edit = *chance.pick(&[Act::Refer, Act::Refer, Act::Withdraw]);
        at(tick + chance.between(50, 9_000), edit(order(chance.below(orders))));
    }
}

/// Orders that the warehouse begins with, or ships, in the very seconds in which they are imported.
fn quick_warehouse(chance: &mut Chance, tenant: usize, lasts: Duration, acts: &mut Vec<(Duration, usize, Act)>) {
    let ticks = u64::try_from(lasts.as_millis()).unwrap_or_default() / TICK;
    for n in 0..chance.between(1, 3) {
        let order = FIRST + 300 + usize::try_from(n).unwrap_or_default();
        let tick = chance.between(1, ticks.max(3) - 1) * TICK;
        let mut at = |millis: u64, act: Act| acts.push((Duration::from_millis(millis), tenant, act));
        at(tick - chance.between(1, 90) * 1000, Act::Order(order, vec![0], false));
        let work = *chance.pick(&[Act::Start, Act::Ship, Act::Ship]);
        // Again and again: what is not there yet cannot be shipped.
        for _ in 0..6 {
            at(tick + chance.between(300, 12_000), work(order));
        }
    }
}

/// Orders that are handed out and taken back within one second, which is all that some vendors' times tell.
fn within_a_second(chance: &mut Chance, tenant: usize, lasts: Duration, acts: &mut Vec<(Duration, usize, Act)>) {
    let ticks = u64::try_from(lasts.as_millis()).unwrap_or_default() / TICK;
    for n in 0..chance.between(2, 8) {
        let order = FIRST + 400 + usize::try_from(n).unwrap_or_default();
        let tick = chance.between(1, ticks.max(3) - 1) * TICK + chance.below(4) * 1000;
        let mut at = |millis: u64, act: Act| acts.push((Duration::from_millis(millis), tenant, act));
        at(tick + chance.below(500), Act::Order(order, vec![0], false));
        at(tick + chance.between(600, 999), Act::Withdraw(order));
    }
}

/// What Finago Office may say of a session that has ended (its sheet, "Additions").
const UNCLEAR: &str = "Object reference not set to an instance of an object.";

/// What calls take, in milliseconds: AWS's, and a vendor's beside the usual.
const AWS: [u64; 4] = [0, 4, 15, 40];
const VENDORS: [u64; 5] = [0, 0, 200, 700, 2_500];

/// What the vendors' words leave open, as a seed has it: how many rows a page has at most, how far change times are rounded,
/// and whether a search takes what changed at its very moment. And how long calls take.
pub(super) fn settle(world: &World, seed: u64) {
    let mut pace = Chance::new(seed ^ 0x9ace);
    let aws = *pace.pick(&AWS);
    let sites = [Site::Ongoing].into_iter().chain(Kind::ALL.map(Site::of_erp));
    let vendors: Vec<(Site, u64)> = sites.map(|site| (site, *pace.pick(&VENDORS))).collect();
    world.rules.pace.set(pace.draw(), aws, vendors);
    let mut chance = Chance::new(seed ^ 0x9a6e);
    let rows = chance.of_thousand(400).then(|| usize::try_from(chance.between(2, 5)).unwrap_or(2));
    // A hundred thousand articles a few rows at a time take hours here, and show nothing that a few rows of fewer do not.
    world.pages.cut(rows.filter(|_| workload::catalogue(seed) != Some(workload::LARGEST)));
    let mut procountor = world.vendors.procountor.borrow_mut();
    procountor.model.quirks.fraction_digits = *chance.pick(&[0, 3]);
    procountor.model.quirks.start_is_inclusive = chance.of_thousand(500);
    let mut finago = world.vendors.finago.borrow_mut();
    finago.model.rules.filter_inclusive = chance.of_thousand(500);
    if pace.of_thousand(400) {
        finago.model.rules.session_words = UNCLEAR;
    }
    world.vendors.poweroffice.borrow_mut().model.rows_move = pace.of_thousand(300);
}
