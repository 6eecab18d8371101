//! What meets at one moment: rows that overtake each other, an edit of what is parked while it is tried again, a message that
//! nobody could note before its record was taken back, a record that is missing at one look, and logins that run out.

use std::time::Duration;

use bridge::words::kind::Kind;
use simulators::Trouble;

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
        if !calm && moment.chance.of_thousand(100) {
            moment.edited_after_a_reading();
        }
        if !calm && moment.chance.of_thousand(120) {
            moment.overtaken_by_its_edit();
        }
        if !calm && *kind == Kind::Finago && moment.chance.of_thousand(300) {
            moment.goes_on_while_it_is_cancelled();
        }
        if !calm && moment.chance.of_thousand(120) {
            moment.begun_before_it_was_noted();
        }
        if *kind == Kind::Visma && moment.chance.of_thousand(300) {
            moment.renamed_while_counted();
        }
        if !calm && moment.chance.of_thousand(150) {
            moment.taken_back_before_it_was_noted(*kind);
        }
        if !calm && moment.chance.of_thousand(120) {
            moment.taken_back_while_it_is_imported(*kind);
        }
        if moment.chance.of_thousand(300) {
            moment.shipped_at_once();
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
            if !calm && self.chance.of_thousand(400) {
                // Index items stay that answer to nothing, or go late.
                self.at(tick - 60_000, Act::RetryParked);
                let happens = *self.chance.pick(&[Happens::Refused, Happens::Latency(Duration::from_secs(4))]);
                let until = tick + 12_000 - *self.chance.pick(&[0, 42_000]);
                self.goes_wrong("index items stay", tick - 120_000, until, What::Removals(happens), 0);
            }
            if !calm {
                // Some messages arrive seconds after later ones, and what waits comes in one batch.
                self.queues_slow(tick - 1_000, tick + 15_000);
                if self.chance.of_thousand(500) {
                    self.warehouse_slow(tick - 1_000, tick + 15_000, 5);
                }
            }
        }
    }

    /// What is put on the queue within these seconds may arrive later than what comes behind it.
    fn queues_slow(&mut self, from: u64, until: u64) {
        let happens = Happens::Latency(Duration::from_millis(*self.chance.pick(&[700, 2_000, 4_000])));
        let slow = What::Calls { peer: Peer::Queues, happens, of_thousand: 500, tenant: None };
        let salt = self.chance.draw();
        self.goes_wrong("queues slow", from, until, slow, salt);
    }

    /// The tenant's warehouse answers late within these seconds: what comes meanwhile comes in one batch.
    fn warehouse_slow(&mut self, from: u64, until: u64, seconds: u64) {
        let (peer, happens) = (Peer::Vendor(Site::Ongoing), Happens::Latency(Duration::from_secs(seconds)));
        let slow = What::Calls { peer, happens, of_thousand: 1000, tenant: Some(self.tenant) };
        self.goes_wrong("latency", from, until, slow, 0);
    }

    /// An order whose article comes, and what is put on the queue for it then arrives later than what an edit puts there.
    fn overtaken_by_its_edit(&mut self) {
        let (tick, order, article) = (self.tick(), order(900), LATE + 50);
        self.at(tick - TICK - 60_000, Act::Order(order, vec![0, article], true));
        let comes = tick - self.chance.between(1, 20) * 1000;
        self.at(comes, Act::Article(article));
        for n in 0..4 {
            let edited = tick + 500 + n * 1_500 + self.chance.below(1_000);
            self.at(edited, Act::Refer(order));
            self.at(edited + 50, Act::Backfill);
        }
        let late = What::ReleasedLate(self.chance.between(5, 15));
        self.goes_wrong("released late", tick, tick + 10_000, late, 0);
    }

    /// Orders that are edited right after a pull has read them, and read again by a backfill.
    fn edited_after_a_reading(&mut self) {
        let tick = self.tick();
        for n in 0..self.chance.between(1, 4) {
            let order = order(600 + n);
            if self.chance.of_thousand(400) {
                // What the warehouse has had for a while is edited, and is as it was before when it is read again.
                self.at(tick - TICK - n * 1_000, Act::Order(order, vec![0], false));
                let edited = tick - self.chance.between(200, 9_000);
                self.at(edited, Act::Refer(order));
                let back = tick + self.chance.between(20, 3_000);
                self.at(back, Act::ReferBack(order));
                self.at(back + 30, Act::Backfill);
                continue;
            }
            let made = tick - self.chance.between(1, 300) * 1000;
            self.at(made, Act::Order(order, vec![0], false));
            for _ in 0..self.chance.between(1, 4) {
                let edited = tick + self.chance.between(50, 4_000);
                self.at(edited, Act::Refer(order));
                let again = edited + self.chance.between(20, 700);
                self.at(again, Act::Backfill);
            }
        }
        self.queues_slow(tick - 1_000, tick + 15_000);
        if self.chance.of_thousand(700) {
            let seconds = self.chance.between(2, 8);
            self.warehouse_slow(tick - 1_000, tick + 15_000, seconds);
        }
    }

    /// Orders that the warehouse begins with, or ships, before anybody could note that it has them.
    fn begun_before_it_was_noted(&mut self) {
        let tick = self.tick();
        for n in 0..self.chance.between(1, 3) {
            let (order, made) = (order(800 + n), tick - self.chance.between(1, 300) * 1000);
            self.at(made, Act::Order(order, vec![0], false));
            let begun = tick + self.chance.between(10, 60) * 1000;
            let work = *self.chance.pick(&[Act::Start, Act::Ship, Act::Ship]);
            self.at(begun, work(order));
            self.at(begun + TICK, Act::Ship(order));
            let what = What::WrittenUnnoted { tenant: self.tenant, n: order };
            self.goes_wrong("nothing noted", tick, begun + 20_000, what, 0);
        }
    }

    /// Shelves that are counted all at once, of articles that are renamed while their stock is written.
    fn renamed_while_counted(&mut self) {
        // All companies of one ERP have one budget.
        let tick = if self.chance.of_thousand(700) { 4 * TICK } else { self.tick() };
        let articles = LATE + 100..LATE + 100 + usize::try_from(self.chance.between(6, 16)).unwrap_or_default();
        for n in articles {
            self.at(tick - 2 * TICK, Act::Article(n));
            let counted = tick + self.chance.below(300);
            self.at(counted, Act::Count(n, 40 + n));
            let renamed = counted + self.chance.between(200, 9_000);
            self.at(renamed, Act::Article(n));
        }
    }

    /// An order that goes on to a state that says nothing, and is looked at again, while its cancellation is on its way.
    fn goes_on_while_it_is_cancelled(&mut self) {
        let (tick, order) = (self.tick(), order(700));
        let made = tick - TICK - self.chance.between(10, 600) * 1000;
        self.at(made, Act::Order(order, vec![0], false));
        let back = tick - self.chance.between(1, 9) * 1000;
        self.at(back, Act::Withdraw(order));
        for n in 1..10 {
            self.at(tick + n * 1_200, Act::Proceed(order));
            self.at(tick + n * 1_200 + 50, Act::Backfill);
        }
        if self.chance.of_thousand(300) {
            let seconds = self.chance.between(3, 9);
            self.warehouse_slow(tick - 500, tick + 30_000, seconds);
            return;
        }
        // It waits, since the warehouse says no to it.
        let gone_on = tick + self.chance.between(30, 850) * 1000;
        self.at(gone_on, Act::Proceed(order));
        let no = What::Cancellations(Happens::Trouble(Trouble::Refused));
        let until = tick + self.chance.between(100, 1_000) * 1000;
        self.goes_wrong("cancellations are refused", tick - 500, until, no, 0);
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
        // What the warehouse has had for a while is edited, and is as it was before when it is read again.
        for n in 20..20 + self.chance.between(0, 2) {
            self.at(tick - TICK - n * 1_000, Act::Order(order(200 + n), vec![0], false));
            let edited = tick - self.chance.between(1, 8_000);
            self.at(edited, Act::Refer(order(200 + n)));
            let back = tick + self.chance.between(30, 850) * 1000;
            self.at(back, Act::ReferBack(order(200 + n)));
        }
        // What comes later moves the list on, past those that were taken back.
        for next in [TICK - 5_000, TICK * 2 - 5_000] {
            self.at(tick + next, Act::Order(order(210 + next / TICK), vec![0], false));
        }
        // Over right before a pull: what is on the queue comes again a while later, or is worked at when the pull comes.
        let pull = tick + *self.chance.pick(&[TICK, TICK, TICK * 2]);
        let before = *self.chance.pick(&[2_000, 2_000, 20_000, 200_000]);
        let until = pull - 1 - self.chance.below(before);
        if self.chance.of_thousand(500) {
            let seconds = self.chance.between(4, 20);
            self.warehouse_slow(until, pull + 20_000, seconds);
        }
        self.goes_wrong("nothing noted", tick, until, What::Unnoted(kind), 0);
    }

    /// An order that nobody could note, and that is seen as taken back while its message is dealt with.
    fn taken_back_while_it_is_imported(&mut self, kind: Kind) {
        let (tick, order) = (self.tick(), order(1_000));
        let pull = tick + TICK;
        let made = tick - self.chance.between(1, 8_000);
        self.at(made, Act::Order(order, vec![0], false));
        let back = tick + self.chance.between(5, 800) * 1000;
        self.at(back, Act::Withdraw(order));
        for (n, next) in [pull - 5_000, pull + TICK - 5_000].into_iter().enumerate() {
            self.at(next, Act::Order(order + 1 + n, vec![0], false));
        }
        let begins = pull - 60_000;
        self.goes_wrong("nothing noted", tick, begins - 1_000, What::Unnoted(kind), 0);
        self.goes_wrong("no imports", tick, begins, What::NoImports, 0);
        let seconds = self.chance.between(18, 25);
        self.warehouse_slow(begins - 1_000, pull + 30_000, seconds);
    }

    /// An order that the warehouse ships as soon as it has it.
    fn shipped_at_once(&mut self) {
        let (tick, order) = (self.tick(), order(1_100));
        let made = tick - self.chance.between(1, 60) * 1000;
        self.at(made, Act::Order(order, vec![0], false));
        (0..80).for_each(|n| self.at(tick + 100 + n * 50, Act::Ship(order)));
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
