//! What the warehouse does with an order after it shipped it: what was left goes under another number, and goods come back.

use std::time::Duration;

use bridge::words::kind::Kind;
use serde_json::{Value, json};

use super::estate::{Estate, Order, number};
use super::judge::Judge;
use super::plan::Act;
use crate::chance::Chance;
use crate::world::World;

/// The first of these orders; no other has such a number.
const FIRST: usize = 5_000;

const TICK: u64 = 900_000;

/// From the shipment to what follows upon it, in milliseconds: before it can be told, while it is, and long after.
const GAPS: [u64; 6] = [0, 200, 20_000, 90_000, 1_000_000, 5_000_000];

/// Ongoing's status of an order whose goods came back (its sheet, section 2.3).
const CAME_BACK: i64 = 800;

/// Adds such orders to what is done at some tenants.
pub(super) fn more(seed: u64, tenants: &[Kind], lasts: Duration, acts: &mut Vec<(Duration, usize, Act)>) {
    let mut chance = Chance::new(seed ^ 0x0af7_e54a);
    let lasts_millis = u64::try_from(lasts.as_millis()).unwrap_or_default();
    for tenant in 0..tenants.len() {
        if chance.of_thousand(700) {
            continue;
        }
        for n in 0..chance.between(1, 4) {
            let order = FIRST + usize::try_from(n).unwrap_or_default();
            let made = chance.below(lasts_millis / 2);
            let shipped = made + 2 * TICK + chance.below(TICK);
            let then = shipped + *chance.pick(&GAPS);
            let mut at = |millis: u64, act: Act| acts.push((Duration::from_millis(millis), tenant, act));
            at(made, Act::Order(order, vec![0, 1], false));
            if chance.of_thousand(500) {
                at(shipped, Act::ShipShort(order));
                at(then, Act::ShipRest(order, chance.of_thousand(500)));
            } else {
                at(shipped, Act::Ship(order));
                at(then, Act::ComeBack(order));
            }
        }
    }
    acts.retain(|(at, ..)| *at < lasts);
}

impl Estate {
    /// Makes an order of what was left of order `n`, and ships it; `names`: it has the record's id.
    pub(super) fn ship_rest(&mut self, world: &World, of: usize, n: usize, names: bool) -> bool {
        let can = |order: &Order| order.short && order.rest.is_none();
        if !self.truths[of].orders.get(&n).is_some_and(can) {
            return false;
        }
        // What is made of it is shipped for certain: a count may have emptied the shelf.
        self.stock_up(world, of, n);
        let (company, at) = self.company(of);
        let rest = company.ship_rest(world, at, n, names);
        let done = rest.is_some();
        self.truths[of].edit(n, |_| done, |order| order.rest = rest)
    }

    /// The goods of order `n` come back.
    pub(super) fn come_back(&mut self, world: &World, of: usize, n: usize) -> bool {
        let (company, at) = self.company(of);
        let shipped = self.truths[of].orders.get(&n).is_some_and(|order| order.shipped);
        let done = shipped && company.warehouse(world, at, n, "set_status", json!({ "number": CAME_BACK }));
        self.truths[of].edit(n, |_| done, |order| order.came_back = true)
    }
}

impl Judge<'_> {
    /// What was left of an order, and shipped under another number, waits for a person.
    pub(super) fn rest(&mut self, tenant: usize, n: usize, order: &Order) {
        let (company, _) = self.estate.company(tenant);
        let Some(rest) = order.rest.as_ref().filter(|_| company.kind().takes_shipments()) else { return };
        if !order.open || order.broken {
            return;
        }
        let (id, number) = (self.estate.tenant_id(tenant), number(n));
        let place = format!("back#shipments#{rest}");
        let notes = self.world.memory.items(&format!("tenant#{id}"), &place).into_iter();
        let note = notes.filter(|item| item.sk == place).map(|item| item.body).next().unwrap_or_default();
        let what = || format!("what was left was shipped as {number}-1, and nobody is told: {note}");
        self.check("I21", self.is_left(tenant, &note), (&id, &number), true, what);
    }

    /// Whether a note of the way back waits for a person, or a person gave it up.
    pub(super) fn is_left(&self, tenant: usize, note: &Value) -> bool {
        let dropped = self.estate.truths[tenant].dropped && note["outcome"] == "filtered";
        dropped || note["outcome"] == "parked" && note["reason"].is_string()
    }
}
