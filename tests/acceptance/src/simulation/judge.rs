//! What has to be true after quiet, by what the simulators hold, and what must never have been.

use std::collections::BTreeMap;
use std::fmt;

use bridge::state::ledger::{Entry, WaitsFor};
use bridge::words::feed::Feed;
use bridge::words::outcome::Outcome;
use serde_json::Value;

use super::estate::{Estate, Order, number};
use super::fault::sites;
use super::quiet::find;
use super::trade::supplier_name;
use crate::answers;
use crate::shops::article_number;
use crate::world::deployment::FUNCTIONS;
use crate::world::{Peer, World, version};

/// The warehouse has begun with an order from this status on.
const STARTED: i64 = 320;
const CANCELLED: i64 = 1000;

/// A broken invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// `I1` to `I21` of the design.
    pub invariant: &'static str,
    /// The tenant; empty where it is nobody's.
    pub tenant_id: String,
    /// The record's number; empty where it is none's.
    pub number: String,
    /// The ERP's key of the record, where the ledger knows it.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// Whether time may still mend it.
    pub passes: bool,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}: {}", self.invariant, self.tenant_id, self.number, self.what)
    }
}

/// The judge of one world, and what was looked at.
pub(super) struct Judge<'a> {
    pub(super) world: &'a World,
    pub(super) estate: &'a Estate,
    pub(super) broken: Vec<Broken>,
    /// How often each invariant was looked at.
    pub(super) checked: BTreeMap<&'static str, usize>,
    apart: bool,
}

/// Where clocks are seconds apart, one call of so many may be over a vendor's limit: a first turn that is taken by a clock ahead
/// of all others comes too early, nobody can know, and the vendor says so.
const APART: usize = 20;

/// Of so many broken invariants a story may be told.
const FIRST: usize = 3;

type Entries = BTreeMap<String, Entry>;

impl<'a> Judge<'a> {
    pub(super) fn new(world: &'a World, estate: &'a Estate) -> Self {
        Self { world, estate, broken: Vec::new(), checked: BTreeMap::new(), apart: false }
    }

    /// Whether processes had clocks that were apart.
    pub(super) fn clocks_apart(mut self, apart: bool) -> Self {
        self.apart = apart;
        self
    }

    /// Everything that is wrong now.
    pub(super) fn judge(mut self) -> (Vec<Broken>, BTreeMap<&'static str, usize>) {
        for tenant in 0..self.estate.truths.len() {
            self.tenant(tenant);
        }
        self.never();
        self.bounds();
        self.queues();
        (self.broken, self.checked)
    }

    pub(super) fn check(
        &mut self,
        invariant: &'static str,
        holds: bool,
        record: (&str, &str),
        passes: bool,
        what: impl FnOnce() -> String,
    ) {
        *self.checked.entry(invariant).or_default() += 1;
        if !holds {
            let (tenant_id, number) = (record.0.to_owned(), record.1.to_owned());
            // Of the first ones alone: a ledger may be long, and so may this list.
            let known = self.broken.len() < FIRST;
            let ledgers = [Feed::Articles, Feed::Orders].into_iter().filter(|_| known);
            let mut ledgers = ledgers.flat_map(|feed| self.world.ledger(&tenant_id, feed));
            let of_number = |(_, entry): &(String, Entry)| entry.number.as_deref() == Some(record.1);
            let key = ledgers.find(of_number).map(|(key, _)| key).unwrap_or_default();
            self.broken.push(Broken { invariant, tenant_id, number, key, what: what(), passes });
        }
    }

    fn tenant(&mut self, tenant: usize) {
        let (id, owner) = (self.estate.tenant_id(tenant), self.estate.goods_owner(tenant));
        let truth = &self.estate.truths[tenant];
        let entries = |feed| -> Entries {
            let all = self.world.ledger(&id, feed).into_iter();
            all.filter_map(|(_, entry)| Some((entry.number.clone()?, entry))).collect()
        };
        let (articles, orders) = (entries(Feed::Articles), entries(Feed::Orders));
        let state = self.world.vendors.ongoing.borrow().model.state(owner).unwrap_or_default();
        let there = by_number(&state["articles"], "articleNumber");
        for (n, wanted) in &truth.articles {
            let number = article_number(*n);
            // A person gave it up.
            if truth.dropped && articles.get(&number).is_some_and(Entry::is_given_up) {
                continue;
            }
            let article = there.get(number.as_str());
            let body = article.map(|article| article["body"].to_string());
            let told = said(articles.get(&number));
            let record = (id.as_str(), number.as_str());
            self.check("I1", body.is_some(), record, true, || format!("the article is not in Ongoing; {told}"));
            let has = body.and_then(|body| version(&body));
            let is_new = has.is_none_or(|has| has == *wanted);
            self.check("I3", is_new, record, true, || format!("Ongoing has version {has:?}, the ERP {wanted}; {told}"));
            if let (Some(article), Some(version)) = (article, truth.supplier_of(*n)) {
                let (has, wanted) = (&article["body"]["supplierInfo"]["supplierName"], supplier_name(version));
                let what = || format!("Ongoing has the supplier {has}, the ERP {wanted}; {told}");
                self.check("I3", *has == wanted.as_str(), record, true, what);
            }
        }
        for (n, order) in &truth.orders {
            let number = number(*n);
            let there = find(&state["orders"], "orderNumber", &number);
            let entry = orders.get(&number);
            // A person gave it up.
            if truth.dropped && entry.is_some_and(Entry::is_given_up) {
                continue;
            }
            self.order((&id, &number), order, there, entry);
            self.shipment(tenant, *n, &id, order);
            self.rest(tenant, *n, order);
        }
        self.beside(tenant, &state);
        let count = |list: &Value| list.as_array().map_or(0, Vec::len);
        let rests = truth.orders.values().filter(|order| order.rest.is_some()).count();
        let (has, most) = (count(&state["orders"]), truth.orders.len() + rests);
        self.check("I2", has <= most, (&id, ""), false, || format!("{has} orders in Ongoing, {most} in the ERP"));
        let (has, most) = (count(&state["articles"]), truth.articles.len());
        self.check("I2", has <= most, (&id, ""), false, || format!("{has} articles in Ongoing, {most} in the ERP"));
    }

    fn order(&mut self, record: (&str, &str), order: &Order, there: Option<&Value>, entry: Option<&Entry>) {
        let status = there.and_then(|there| there["status"].as_i64());
        let told = said(entry);
        let is_open = status.is_some_and(|status| status < CANCELLED);
        let started = status.is_some_and(|status| (STARTED..CANCELLED).contains(&status));
        let has = there.and_then(|there| version(&there["body"].to_string()));
        // What nobody can know under another answer is for a person, with the name of the fact.
        let left = entry.is_some_and(|entry| {
            entry.outcome == Some(Outcome::Parked) && entry.reason.as_deref().is_some_and(answers::named_in)
        });
        if !order.open {
            let right = !is_open || started || left;
            let what = || format!("taken back in the ERP, and at {status:?} in Ongoing; {told}");
            self.check("I17", right, record, true, what);
            return;
        }
        if order.broken {
            // What the warehouse had before stays as it is.
            let said = entry.is_some_and(|entry| entry.outcome == Some(Outcome::Parked) && entry.reason.is_some());
            let right = said || order.shipped;
            self.check("I1", right, record, true, || format!("a row cannot be read, and it is not parked; {told}"));
            return;
        }
        let parked = entry.is_some_and(|entry| entry.outcome == Some(Outcome::Parked) && entry.reason.is_some());
        let for_a_person = left
            || order.withdrawn && status == Some(CANCELLED) && parked
            || parked && entry.is_some_and(|entry| self.waits_for_what_was_given_up(record.0, entry));
        self.check("I1", is_open || for_a_person, record, true, || {
            format!("open in the ERP, and at {status:?} in Ongoing; {told}")
        });
        let newest = has == Some(order.version);
        if !is_open || newest {
            return;
        }
        let blocked = started && entry.is_some_and(|entry| entry.outcome == Some(Outcome::Blocked));
        // What was shipped has left the statuses that are pulled, and is not looked at again.
        let right = blocked || order.shipped || left;
        let wanted = order.version;
        let what = || format!("Ongoing has version {has:?} at {status:?}, the ERP {wanted}; {told}");
        self.check("I3", right, record, true, what);
    }

    /// Whether an order waits for an article that a person gave up.
    fn waits_for_what_was_given_up(&self, tenant_id: &str, entry: &Entry) -> bool {
        let waits_for = entry.parked.as_ref().and_then(|parked| parked.waits_for.as_ref());
        self.world.ledger(tenant_id, Feed::Articles).iter().any(|(key, article)| {
            article.is_given_up()
                && match waits_for {
                    Some(WaitsFor::ArticleNumber(number)) => article.number.as_ref() == Some(number),
                    Some(WaitsFor::ArticleKey(wanted)) => key == wanted,
                    _ => false,
                }
        })
    }

    fn shipment(&mut self, tenant: usize, n: usize, id: &str, order: &Order) {
        let (company, at) = self.estate.company(tenant);
        let Some(erp) = company.shipment(self.world, at, n) else { return };
        let number = number(n);
        let record = (id, number.as_str());
        let most = usize::from(order.shipped);
        self.check("I2", erp.effects <= most, record, false, || {
            format!("done {} times in the ERP: {erp:?}", erp.effects)
        });
        // A row that cannot be read cannot be written back either.
        if order.shipped && order.open && !order.short && !order.broken {
            let notes = self.world.memory.items(&format!("tenant#{id}"), "back#shipments#");
            let note = notes.into_iter().map(|item| item.body).find(|note| note["number"] == number.as_str());
            let note = note.unwrap_or_default();
            // What came back before it could be told is for a person, and so is what the ERP does not take at all.
            let told = || note["reason"].as_str().is_some_and(answers::named_in);
            let left = self.is_left(tenant, &note) && (order.came_back || told());
            let right = erp.shipped || left;
            let what = || format!("shipped, and the ERP does not know: {erp:?}; journal {note}");
            self.check("I1", right, record, true, what);
        }
    }

    /// What must not happen at any time.
    fn never(&mut self) {
        for wrong in self.world.witness.wrong() {
            let tenant =
                self.estate.of(wrong.goods_owner).map(|tenant| self.estate.tenant_id(tenant)).unwrap_or_default();
            self.check(wrong.invariant, false, (&tenant, &wrong.number), false, || wrong.what.clone());
        }
        for function in FUNCTIONS {
            let invoked = self.world.counters.invoked(function.name);
            let timed_out = invoked.ended.get("timed out").copied().unwrap_or_default();
            let what = || format!("{}: {timed_out} invocations were ended at their deadline", function.name);
            self.check("I13", timed_out == 0, ("", ""), false, what);
        }
        for companies in self.estate.groups() {
            let sites = sites(&[companies.kind()]);
            let calls: usize = sites.iter().map(|site| self.world.counters.calls(Peer::Vendor(*site))).sum();
            let most = if self.apart { (calls / APART) as u64 } else { 0 };
            let departures = sites.into_iter().map(|site| self.world.counters.departures(site));
            let (left, held) = departures.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
            let what = || format!("{}: {left} of {calls} calls left over the vendor's limit", companies.kind());
            self.check("I6", left <= most, ("", ""), false, what);
            // One that the network holds up arrives in a second that is full without it.
            let over = companies.calls_over_budget(self.world);
            let what = || format!("{}: {over} of {calls} calls over the vendor's limit", companies.kind());
            self.check("I6", over <= most + held, ("", ""), false, what);
        }
        let unreadable = self.world.memory.items("unreadable", "").len();
        self.check("I11", unreadable == 0, ("", ""), false, || format!("{unreadable} unreadable messages"));
    }

    fn queues(&mut self) {
        let now = self.world.now();
        for queue in self.world.memory.queues() {
            let (name, fifo) = (queue.attributes().name, queue.attributes().fifo);
            let left = queue.all(now);
            let stuck = left.iter().filter(|message| now.duration_since(message.sent).as_hours() >= 2).count();
            self.check("I18", stuck == 0, ("", ""), true, || format!("{name}: {stuck} messages do not go away"));
            let dead = queue.dead_letters(now).len();
            self.check("I15", dead == 0 || !fifo, ("", ""), false, || format!("{name}: {dead} dead letters"));
        }
    }
}

/// What stands in a list, by its number.
fn by_number<'v>(list: &'v Value, name: &str) -> BTreeMap<&'v str, &'v Value> {
    let all = list.as_array().into_iter().flatten();
    all.filter_map(|one| Some((one[name].as_str()?, one))).collect()
}

/// What the ledger says of a record.
fn said(entry: Option<&Entry>) -> String {
    let Some(entry) = entry else { return "the ledger does not know it".to_owned() };
    let reason = entry.reason.as_deref().unwrap_or("no reason");
    let parked = entry.parked.as_ref().map(|parked| format!(", attempt {}, due {:?}", parked.attempt, parked.retry_at));
    format!("ledger: {:?}, {reason}{}", entry.outcome, parked.unwrap_or_default())
}
