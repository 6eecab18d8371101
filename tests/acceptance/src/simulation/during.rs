//! What is judged while a simulation runs: cursors, webhooks, what an operator is told, and how long the way back takes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bridge::doors::webhook::Payload;
use bridge::roads::status;
use bridge::roads::status::{Level, TenantStatus};
use bridge::state::ledger::Entry;
use bridge::words::feed::Feed;
use bridge::words::outcome::Outcome;
use jiff::{SignedDuration, Timestamp};

use super::estate::{Estate, Off, number};
use super::fault::What;
use super::judge::Broken;
use super::plan::{Act, Plan};
use super::workload::CATALOGUE_FROM;
use crate::shops::article_number;
use crate::world::{CursorMove, MONDAY, World, version};

/// From one look to the next.
const LOOK: SignedDuration = SignedDuration::from_mins(1);

/// Four ticks and a minute: what waits for longer is said to.
const SAID_AFTER: SignedDuration = SignedDuration::from_mins(61);

/// What is on the queue for no longer is under way; where an import was killed, its messages show again after a quarter of an
/// hour, and what was parked before waits anew.
const TRIED: SignedDuration = SignedDuration::from_mins(2);
const KILLED: SignedDuration = SignedDuration::from_mins(17);

/// So many jobs of a tenant may wait: those of some ticks that nobody worked at, each twice, and those that its people asked for.
const JOBS: usize = 200;

/// What was seen so far.
#[derive(Default)]
pub(super) struct During {
    /// What is wrong; the first of a kind and tenant.
    pub(super) broken: Vec<Broken>,
    /// How often each invariant was looked at.
    pub(super) checked: BTreeMap<&'static str, usize>,
    /// How long shipments took into the ERP, by tenant.
    pub(super) back: Vec<(usize, Duration)>,
    told: BTreeSet<(usize, usize)>,
    /// When it was looked last.
    looked: Option<Timestamp>,
    /// What an operator was told, and at how many looks.
    pub(super) findings: BTreeMap<String, usize>,
    /// Jobs ask for more jobs without an end: a simulation of that has none either.
    pub(super) runs_away: bool,
    /// So many jobs waited at one time.
    pub(super) jobs: usize,
}

impl During {
    fn check(&mut self, invariant: &'static str, holds: bool, record: (&str, &str), what: impl FnOnce() -> String) {
        *self.checked.entry(invariant).or_default() += 1;
        let known = |broken: &Broken| broken.invariant == invariant && broken.tenant_id == record.0;
        if !holds && !self.broken.iter().any(known) {
            let (tenant_id, number) = (record.0.to_owned(), record.1.to_owned());
            let what = what();
            self.broken.push(Broken { invariant, tenant_id, number, key: String::new(), what, passes: false });
        }
    }

    /// Looks, every minute.
    pub(super) fn look(&mut self, world: &World, estate: &Estate, plan: &Plan) {
        // In an hour that autumn repeats Finnish time does not say when.
        let late = |what: &What| matches!(what, What::ShowLate(_));
        let overlaps = plan.faults.iter().any(|fault| late(&fault.what)) || plan.begins != MONDAY;
        let overtaken = |id: &str| {
            let late =
                |(_, of, act): &(Duration, usize, Act)| matches!(act, Act::ShowsLate(_)) && estate.tenant_id(*of) == id;
            plan.acts.iter().any(late)
        };
        for moved in world.offered.moves() {
            let passed =
                if overlaps || overtaken(&moved.tenant_id) { moved.passed - moved.overlap } else { moved.passed };
            self.cursor(world, estate, &CursorMove { passed, ..moved });
        }
        self.shipments(world, estate);
        self.jobs(world, estate);
        self.looked = Some(world.now());
        world.isolation.lines(&world.logs.take());
    }

    /// No cursor passes a record that is not on the queue, and was not there before.
    fn cursor(&mut self, world: &World, estate: &Estate, moved: &CursorMove) {
        let Some(tenant) = (0..estate.truths.len()).find(|tenant| estate.tenant_id(*tenant) == moved.tenant_id) else {
            return;
        };
        let (truth, id) = (&estate.truths[tenant], moved.tenant_id.as_str());
        // The vendors' times are cut off at the second.
        let passed = |at: Timestamp| at + SignedDuration::from_secs(1) < moved.passed;
        let records: Vec<(String, u64)> = match moved.feed.as_str() {
            "articles" => {
                // Of a large catalogue every hundredth: each move of a cursor looks at all of them.
                let looked = |n: &usize| *n < CATALOGUE_FROM || n.is_multiple_of(100);
                let made = |n: &usize| looked(n) && truth.articles_at.get(n).is_some_and(|at| passed(*at));
                let all = truth.articles.iter().filter(|(n, _)| made(n));
                all.map(|(n, version)| (article_number(*n), *version)).collect()
            }
            "orders" => {
                // Of two records with one number, and of an edit that was taken back, the number does not say which is meant.
                let meant = truth.orders.iter().filter(|(n, order)| {
                    let clear = !truth.ambiguous.contains(n) && !order.went_back;
                    clear && order.open && !order.broken && passed(order.at)
                });
                meant.map(|(n, order)| (number(*n), order.version)).collect()
            }
            _ => {
                let meant = truth.purchases.iter().filter(|(_, purchase)| purchase.open && passed(purchase.at));
                meant.map(|(n, purchase)| ((40_000 + n).to_string(), purchase.version)).collect()
            }
        };
        for (number, version) in records {
            // What could not be read was parked, and may have been read again since.
            if world.offered.by(id, &number, version, world.now()) {
                self.check("I4", true, (id, &number), String::new);
                continue;
            }
            let feed = moved.feed.parse().unwrap_or(Feed::Orders);
            let entry = world.find(id, feed, &number).or_else(|| Self::unread(world, estate, tenant, feed, &number));
            // What cannot be read, or is not for the warehouse, says so.
            let kept = entry.as_ref().is_some_and(|entry| {
                matches!(entry.outcome, Some(Outcome::Parked | Outcome::Filtered)) && entry.reason.is_some()
            });
            self.check("I4", kept, (id, &number), || {
                format!(
                    "the cursor of {} passed version {version} at {}, and it was not on the queue; the ledger: {:?}",
                    moved.feed,
                    moved.at,
                    entry.map(|entry| (entry.outcome, entry.reason))
                )
            });
        }
    }

    /// An article of which nothing but its id could be read: its number is not known yet.
    fn unread(world: &World, estate: &Estate, tenant: usize, feed: Feed, number: &str) -> Option<Entry> {
        let n = (feed == Feed::Articles).then(|| (0..CATALOGUE_FROM).find(|n| article_number(*n) == number))??;
        let key = estate.company(tenant).0.article_key(n);
        let ledger = world.ledger(&estate.tenant_id(tenant), feed);
        ledger.into_iter().find(|(of, entry)| *of == key && entry.number.is_none()).map(|(_, entry)| entry)
    }

    /// Jobs do not become more and more.
    fn jobs(&mut self, world: &World, estate: &Estate) {
        let queues = world.memory.queues().filter(|queue| !queue.attributes().fifo);
        let waiting: usize = queues.map(crate::world::sqs::Queue::waiting).sum();
        let most = JOBS * estate.truths.len();
        self.runs_away = waiting > most;
        self.jobs = self.jobs.max(waiting);
        self.check("I5", waiting <= most, ("", ""), || {
            format!("{waiting} jobs wait, and {most} is more than there can be")
        });
    }

    fn shipments(&mut self, world: &World, estate: &Estate) {
        // While a person waits for a command nobody looks: what is seen after it may have been there since the look before.
        let seen = self.looked.map_or(world.now(), |looked| world.now().min(looked + LOOK));
        for (tenant, truth) in estate.truths.iter().enumerate() {
            let shipped = truth.orders.iter().filter_map(|(n, order)| Some((*n, order.shipped_at?)));
            let waiting: Vec<(usize, Timestamp)> =
                shipped.filter(|(n, _)| !self.told.contains(&(tenant, *n))).collect();
            let (company, at) = estate.company(tenant);
            for (n, since) in waiting {
                if company.shipment(world, at, n).is_none_or(|erp| erp.effects > 0) {
                    self.told.insert((tenant, n));
                    if company.kind().takes_shipments() {
                        let took = seen.duration_since(since);
                        self.back.push((tenant, Duration::try_from(took).unwrap_or_default()));
                    }
                }
            }
        }
    }

    /// A webhook was answered; `before`: how many messages had ever been sent to the queue.
    pub(super) fn webhook(&mut self, world: &World, id: &str, body: &str, before: u64, first: bool) {
        let hinted = Payload::read(body.as_bytes()).is_some_and(|payload| payload.hint.is_some());
        if hinted && first {
            let stored = world.memory.queue("writeback.fifo").ever_sent() > before;
            self.check("I9", stored, (id, ""), || format!("answered as accepted, and not stored: {body}"));
        }
    }

    /// A forged webhook was answered.
    pub(super) fn forged(&mut self, id: &str, refused: bool) {
        self.check("I9", refused, (id, ""), || "a forged webhook was taken".to_owned());
    }

    /// What an operator is told now; nothing passes meanwhile.
    pub(super) async fn status(&mut self, world: &World, estate: &Estate, plan: &Plan) {
        let items: Vec<_> = world.memory.tenant_items();
        let read = world.rules.without(status::read(&world.ports(), "simulated", true, &items)).await;
        let Ok(read) = read else { return };
        for tenant in 0..estate.truths.len() {
            let id = estate.tenant_id(tenant);
            let Some(status) = read.tenants.iter().find(|status| status.tenant_id == id) else { continue };
            for finding in &status.findings {
                let what = finding.cause.map_or_else(|| plain(&finding.says), |cause| cause.word().to_owned());
                *self.findings.entry(what).or_default() += 1;
            }
            self.says_what_is(world, estate, plan, tenant, status);
        }
    }

    fn says_what_is(&mut self, world: &World, estate: &Estate, plan: &Plan, tenant: usize, status: &TenantStatus) {
        let (truth, now) = (&estate.truths[tenant], world.now());
        let record = (status.tenant_id.as_str(), "");
        let said = || format!("an operator is told {:?}: {:?}", status.level, status.findings);
        match truth.off {
            Some((_, Off::Paused)) => self.check("I21", status.level == Level::Off, record, said),
            Some((_, Off::Invalid)) => self.check("I21", status.level == Level::Person, record, said),
            Some((_, Off::Removed)) => {}
            None => {
                let lost = truth.lost.is_some_and(|since| since + SAID_AFTER < now);
                if lost {
                    self.check("I21", status.level != Level::Good, record, || {
                        format!("its consent is lost; {}", said())
                    });
                }
                // A message that is gone is noticed after a day.
                let gone = |what: &What| matches!(what, What::Purge | What::Expire(_));
                if plan.faults.iter().any(|fault| gone(&fault.what)) {
                    return;
                }
                let killed = plan.faults.iter().any(|fault| matches!(fault.what, What::Kills(_) | What::Deaths(_)));
                let tried = if killed { KILLED } else { TRIED };
                let old = truth.orders.iter().filter(|(_, order)| order.at + SAID_AFTER < now);
                let plain = |n: &usize| !truth.ambiguous.contains(n);
                for (n, order) in old.filter(|(n, order)| order.open && !order.broken && !order.shipped && plain(n)) {
                    let number = number(*n);
                    if !is_there(world, estate, tenant, (&number, order.version), tried) {
                        self.check("I21", status.level != Level::Good, (&status.tenant_id, &number), || {
                            format!("it has waited since {}; {}", order.at, said())
                        });
                    }
                }
            }
        }
    }
}

/// Whether Ongoing has this version of an order, the warehouse has begun with another one, or a person gave it up.
fn is_there(
    world: &World,
    estate: &Estate,
    tenant: usize,
    (number, wanted): (&str, u64),
    tried: SignedDuration,
) -> bool {
    let ongoing = world.vendors.ongoing.borrow();
    let body = ongoing.model.order_body(estate.goods_owner(tenant), number);
    let newest = body.is_some_and(|body| version(&body.to_string()) == Some(wanted));
    let entry = || world.find(&estate.tenant_id(tenant), Feed::Orders, number);
    let decided = |entry: &Entry| matches!(entry.outcome, Some(Outcome::Blocked | Outcome::Filtered));
    // What was parked is tried again at this moment.
    let is_tried = |entry: &Entry| {
        let handed_out = entry.handed_out.as_ref().filter(|_| entry.is_unsettled());
        handed_out.is_some_and(|last| last.at + tried > world.now())
    };
    newest || entry().is_some_and(|entry| decided(&entry) || entry.is_given_up() || is_tried(&entry))
}

/// A text without its numbers.
fn plain(says: &str) -> String {
    let text: String = says.chars().map(|letter| if letter.is_ascii_digit() { '#' } else { letter }).collect();
    text.split(':').next().unwrap_or_default().to_owned()
}
