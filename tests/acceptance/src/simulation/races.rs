//! What meets at one moment: rows that overtake each other, an edit of what is parked while it is tried again, a message that
//! nobody could note before its record was taken back, a record that is missing at one look, and logins that run out.

use std::time::Duration;

use bridge::words::kind::Kind;

use super::fault::{Fault, What};
use super::plan::Act;
use crate::chance::Chance;
use crate::world::{Happens, Peer, Site};

type Acts = Vec<(Duration, usize, Act)>;

/// The first of these orders, and of the articles that are made late; no other has such a number.
const FIRST: usize = 3_500;
const LATE: usize = 60;

const TICK: u64 = 900_000;

/// Adds such moments to what is done, and the faults that belong to them; `calm`: none of these.
pub(super) fn more(seed: u64, tenants: &[Kind], lasts: Duration, calm: bool, acts: &mut Acts, faults: &mut Vec<Fault>) {
    let mut chance = Chance::new(seed ^ 0x07ac_e500);
    let ticks = u64::try_from(lasts.as_millis()).unwrap_or_default() / TICK;
    for (tenant, kind) in tenants.iter().enumerate() {
        let mut moment = Moment { chance: &mut chance, tenant, ticks, acts, faults };
        if moment.chance.of_thousand(250) {
            moment.overtaking_rows();
        }
        if moment.chance.of_thousand(300) {
            moment.edited_while_tried_again(calm);
        }
        if moment.chance.of_thousand(200) {
            moment.shipped_together();
        }
        if !calm && moment.chance.of_thousand(80) {
            moment.taken_back_before_it_was_noted(*kind);
        }
        if !calm && *kind == Kind::Procountor && moment.chance.of_thousand(300) {
            moment.missing_at_one_look();
        }
        if !calm && matches!(kind, Kind::Procountor | Kind::PowerOffice) && moment.chance.of_thousand(80) {
            moment.backfill_whose_jobs_come_twice(*kind);
        }
        if !calm && *kind == Kind::Finago && moment.chance.of_thousand(60) {
            moment.logins_run_out();
        }
    }
    acts.retain(|(at, ..)| *at < lasts);
    // A backfill brings what was lost before it.
    let without: Vec<bool> = tenants.iter().map(|_| chance.of_thousand(350)).collect();
    acts.retain(|(_, of, act)| !without[*of] || *act != Act::Backfill);
}

fn order(n: u64) -> usize {
    FIRST + usize::try_from(n).unwrap_or_default()
}

/// Where and to whom it happens.
struct Moment<'a> {
    chance: &'a mut Chance,
    tenant: usize,
    ticks: u64,
    acts: &'a mut Acts,
    faults: &'a mut Vec<Fault>,
}

impl Moment<'_> {
    /// A tick with another one before it and after it, in milliseconds.
    fn tick(&mut self) -> u64 {
        self.chance.between(2, self.ticks.max(4) - 1) * TICK
    }

    fn at(&mut self, millis: u64, act: Act) {
        self.acts.push((Duration::from_millis(millis), self.tenant, act));
    }

    fn goes_wrong(&mut self, kind: &'static str, from: u64, until: u64, what: What, salt: u64) {
        let [from, until] = [from, until].map(Duration::from_millis);
        self.faults.push(Fault { kind, from, until, what, salt });
    }

    /// An order that is written first and shows last: a pull in between sees the later one alone.
    fn overtaking_rows(&mut self) {
        for n in 0..self.chance.between(1, 3) {
            let (tick, order) = (self.tick(), order(n * 2));
            let early = self.chance.between(10, 80);
            let late = (early + self.chance.between(2, 30)).min(90);
            let later = self.chance.between(1, early.min(9) * 1000 - 1);
            // Of one ERP all rows are late: at a moment of its own nothing else is.
            let made = tick - early * 1000 + 7;
            self.at(made, Act::ShowsLate(late));
            self.at(made + 1, Act::Order(order, vec![0], false));
            self.at(made + 2, Act::ShowsLate(0));
            self.at(tick - later, Act::Order(order + 1, vec![0], false));
        }
    }

    /// An order that waits for its article is edited before a pull, and an operator has it tried again in those seconds.
    fn edited_while_tried_again(&mut self, calm: bool) {
        for n in 0..self.chance.between(1, 2) {
            let (tick, order) = (self.tick(), order(100 + n));
            let article = LATE + usize::try_from(n).unwrap_or_default();
            let made = tick - TICK - self.chance.between(10, 600) * 1000;
            self.at(made, Act::Order(order, vec![0, article], true));
            let comes = tick - 500 + self.chance.below(3_000);
            if self.chance.of_thousand(700) {
                self.at(comes, Act::Article(article));
            }
            let edit = *self.chance.pick(&[Act::Refer, Act::Refer, Act::Withdraw]);
            let edited = tick - self.chance.below(1_500);
            self.at(edited, edit(order));
            for nth in 0..16 {
                let tried = tick + nth * 250 + self.chance.below(250);
                self.at(tried, Act::RetryParked);
            }
            if !calm {
                // Some messages arrive seconds after later ones.
                let happens = Happens::Latency(Duration::from_millis(*self.chance.pick(&[700, 2_000, 4_000])));
                let (peer, salt) = (Peer::Queues, self.chance.draw());
                let slow = What::Calls { peer, happens, of_thousand: 500, tenant: None };
                self.goes_wrong("queues slow", tick - 1_000, tick + 15_000, slow, salt);
                // And what waits comes in one batch.
                if self.chance.of_thousand(500) {
                    let (peer, happens) = (Peer::Vendor(Site::Ongoing), Happens::Latency(Duration::from_secs(5)));
                    let slow = What::Calls { peer, happens, of_thousand: 1000, tenant: Some(self.tenant) };
                    self.goes_wrong("latency", tick - 1_000, tick + 15_000, slow, 0);
                }
            }
        }
    }

    /// Orders that come together and are shipped together: more than a page of what the warehouse did.
    fn shipped_together(&mut self) {
        let tick = self.tick();
        for n in 0..self.chance.between(6, 10) {
            let (made, shipped) = (tick - TICK - n * 100, tick + TICK / 2 + n * 1_000);
            self.at(made, Act::Order(order(500 + n), vec![0], false));
            self.at(shipped, Act::Ship(order(500 + n)));
        }
    }

    /// Orders whose messages are on the queue while nobody can note anything, and that are taken back before anybody can.
    fn taken_back_before_it_was_noted(&mut self, kind: Kind) {
        let tick = self.tick();
        for n in 0..self.chance.between(1, 3) {
            let (order, made) = (order(200 + n), tick - self.chance.between(1, 8_000));
            self.at(made, Act::Order(order, vec![0], false));
            let back = tick + self.chance.between(30, 850) * 1000;
            self.at(back, Act::Withdraw(order));
        }
        // What comes later moves the list on, past those that were taken back.
        for next in [TICK - 5_000, TICK * 2 - 5_000] {
            self.at(tick + next, Act::Order(order(210 + next / TICK), vec![0], false));
        }
        // Over right before a pull: what is on the queue comes again a while later.
        let until = tick + *self.chance.pick(&[TICK, TICK, TICK * 2]) - 1 - self.chance.below(2_000);
        self.goes_wrong("nothing noted", tick, until, What::Unnoted(kind), 0);
    }

    /// An order that could not be read, and is then not there when it is looked for: a replica lags.
    fn missing_at_one_look(&mut self) {
        let (tick, order) = (self.tick(), order(300));
        let made = tick.saturating_sub(TICK * self.chance.between(1, 12)).max(TICK + 500_000)
            - self.chance.between(1, 400_000);
        let (kind, n) = (Kind::Procountor, order);
        let record = |happens| What::Read { kind, n, happens };
        self.at(made, Act::Order(order, vec![0], false));
        self.goes_wrong("one order is not read", made, tick - 600_000, record(Happens::Status(500)), 0);
        self.goes_wrong("one order does not show", tick - 600_000, tick + 60_000, record(Happens::Status(404)), 0);
        self.at(tick - 500_000, Act::RetryParked);
        if self.chance.of_thousand(500) {
            self.goes_wrong("no index item placed", tick, tick + 120_000, What::Unplaced, 0);
        }
    }

    /// A backfill of several runs, since each record is read by itself and slowly, whose jobs are delivered twice.
    fn backfill_whose_jobs_come_twice(&mut self, kind: Kind) {
        let tick = self.tick();
        for n in 0..30 {
            self.at(tick - TICK - n * 1_000, Act::Order(order(400 + n), vec![0], false));
        }
        let (from, until) = (tick + 60_000, tick + 3_000_000);
        let (peer, happens) = (Peer::Vendor(Site::of_erp(kind)), Happens::Latency(Duration::from_secs(18)));
        let slow = What::Calls { peer, happens, of_thousand: 1000, tenant: None };
        self.goes_wrong("latency", from, until, slow, 0);
        self.goes_wrong("jobs twice", from, until, What::JobsTwice, 0);
        self.at(from + 1_000, Act::Backfill);
    }

    /// Sessions end again and again while people check the tenant: more logins than the vendor allows in an hour.
    fn logins_run_out(&mut self) {
        let from = self.tick();
        for nth in 0..90 {
            let at = from + nth * 30_000 + self.chance.below(5_000);
            self.at(at, Act::SessionsEnd);
            self.at(at + 1, Act::Check);
        }
    }
}
