//! What is judged after quiet beside the records themselves: stock, purchase orders, tokens, sizes, what an operator is told;
//! and that what comes then arrives at once.

use std::time::Duration;

use bridge::state::ledger::Entry;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde_json::Value;
use simulators::Trouble;

use super::estate::{Estate, Order, number};
use super::fault::{Fault, What};
use super::judge::Judge;
use super::plan::{Act, Plan};
use crate::answers;
use crate::chance::Chance;
use crate::shops::article_number;
use crate::world::{Call, Happens, Peer, Rule, Site, World, version};

/// SQS takes no more in a message everywhere, and DynamoDB no more in an item.
const LARGEST_MESSAGE: usize = 256 * 1024;
const LARGEST_ITEM: usize = 400 * 1024;

/// The article and the order that come when all is quiet.
const ARTICLE: usize = 900;
const ORDER: usize = 6_000;

/// Two ticks, and a minute for the way.
pub(super) const TWO_TICKS: SignedDuration = SignedDuration::from_mins(31);

/// What was wrong has no effect on what is new after this time, and what is new has so long.
const AFTER: SignedDuration = SignedDuration::from_mins(40);
const UNHINDERED: SignedDuration = SignedDuration::from_mins(46);

/// A shipment that a webhook tells, which comes within a minute, and the calls behind it.
pub(super) const BACK: Duration = Duration::from_secs(150);

/// One that no webhook tells, which the next look of the reconcile finds.
pub(super) const LOOKED_FOR: Duration = Duration::from_secs(18 * 60);

/// A passing fault costs no more.
const PASSING: SignedDuration = SignedDuration::from_secs(120);

/// A new article and a new order at every tenant, and one passing fault in the way of each order.
pub(super) fn comes(world: &World, estate: &mut Estate, chance: &mut Chance) {
    for tenant in 0..estate.truths.len() {
        estate.perform(world, tenant, &Act::Article(ARTICLE));
        estate.perform(world, tenant, &Act::Order(ORDER, vec![ARTICLE], false));
        let owner = estate.goods_owner(tenant);
        let happens = *chance.pick(&[
            Happens::Trouble(Trouble::ServerError(503)),
            Happens::Trouble(Trouble::LostAnswer),
            Happens::Trouble(Trouble::TooManyRequests { retry_after: Some(5) }),
            Happens::Refused,
        ]);
        let meant = move |call: &Call<'_>| {
            call.peer == Peer::Vendor(Site::Ongoing)
                && call.what.starts_with("PUT")
                && call.about(owner)
                && call.says(&number(ORDER))
        };
        world.rules.add(Rule::when(meant, happens).times(1));
    }
}

impl Judge<'_> {
    /// Whether what came then arrived.
    pub(super) fn came(&mut self, world: &World, estate: &Estate) {
        for tenant in 0..estate.truths.len() {
            let (id, owner, number) = (estate.tenant_id(tenant), estate.goods_owner(tenant), number(ORDER));
            let record = (id.as_str(), number.as_str());
            let arrived = world.freshness.of(owner, &number).and_then(|(ready, at)| Some((ready, at?)));
            let in_time = arrived.is_some_and(|(ready, at)| at.duration_since(ready) <= TWO_TICKS);
            let in_time = in_time || self.waits_for_a_fact(&id, &number);
            self.check("I5", in_time, record, false, || "new when all was quiet, and not there after two ticks".into());
            // Made between the look at the articles and the look at the orders, the article comes with the next tick.
            let article = world.offered.first(&id, &article_number(ARTICLE));
            let offered = world.offered.first(&id, &number).max(article);
            if let (Some((_, at)), Some(offered)) = (arrived, offered) {
                let took = at.duration_since(offered);
                self.check("I14", took <= PASSING, record, false, || format!("one passing fault cost {took:#}"));
            }
        }
    }

    /// Whether an order waits for a person with the name of a fact that has another answer.
    fn waits_for_a_fact(&self, tenant_id: &str, number: &str) -> bool {
        let entry = self.world.find(tenant_id, Feed::Orders, number);
        entry.and_then(|entry| entry.reason).is_some_and(|reason| answers::named_in(&reason))
    }

    /// What else has to be true of a tenant after quiet.
    pub(super) fn beside(&mut self, tenant: usize, state: &Value) {
        self.stock(tenant, state);
        self.purchases(tenant, state);
    }

    fn stock(&mut self, tenant: usize, state: &Value) {
        let (id, (company, at)) = (self.estate.tenant_id(tenant), self.estate.company(tenant));
        if !company.kind().takes_stock() {
            return;
        }
        let truth = &self.estate.truths[tenant];
        let member = if truth.sellable { "sellableNumberOfItems" } else { "numberOfItems" };
        for n in truth.counted.keys().filter(|n| truth.articles.contains_key(n)) {
            let number = article_number(*n);
            let Some(there) = find(&state["articles"], "articleNumber", &number) else { continue };
            let level: Decimal = there["inventoryInfo"][member].to_string().parse().unwrap_or_default();
            let level = level.max(Decimal::ZERO);
            let has = company.stock(self.world, at, *n);
            let notes = self.world.memory.items(&format!("tenant#{id}"), &format!("back#stock#{number}"));
            let note = notes.first().map(|item| item.body.to_string()).unwrap_or_default();
            // What the ERP does not keep is told, with the name of the fact.
            let right = has == Some(level) || answers::named_in(&note);
            let what = || format!("the stock is {has:?} in the ERP and {level} in Ongoing; journal {note}");
            self.check("I1", right, (&id, &number), true, what);
        }
    }

    fn purchases(&mut self, tenant: usize, state: &Value) {
        let id = self.estate.tenant_id(tenant);
        let truth = &self.estate.truths[tenant];
        let all = state["purchaseOrders"].as_array().map_or(0, Vec::len);
        let most = truth.purchases.len();
        self.check("I2", all <= most, (&id, ""), false, || {
            format!("{all} purchase orders in Ongoing, {most} in the ERP")
        });
        // What names an article that a person gave up waits until somebody edits that.
        let given_up = |(_, entry): &(String, Entry)| entry.is_given_up();
        let lacks = truth.dropped && self.world.ledger(&id, Feed::Articles).iter().any(given_up);
        for (n, purchase) in &truth.purchases {
            let number = (40_000 + n).to_string();
            let record = (id.as_str(), number.as_str());
            // A person gave it up.
            let entry = || self.world.find(&id, Feed::PurchaseOrders, &number);
            if truth.dropped && entry().is_some_and(|entry| entry.is_given_up()) {
                continue;
            }
            let there = find(&state["purchaseOrders"], "purchaseOrderNumber", &number);
            let status = there.and_then(|there| there["status"].as_i64());
            let has = there.and_then(|there| version(&there["body"].to_string()));
            let is_open = status.is_some_and(|status| status < 900);
            if !purchase.open {
                let right = !is_open || purchase.received;
                self.check("I17", right, record, true, || {
                    format!("taken back in the ERP, and at {status:?} in Ongoing")
                });
                continue;
            }
            if lacks && !is_open {
                continue;
            }
            self.check("I1", is_open, record, true, || format!("expected in the ERP, and at {status:?} in Ongoing"));
            let newest = has == Some(purchase.version) || purchase.received;
            let wanted = purchase.version;
            self.check("I3", newest, record, true, || format!("Ongoing has version {has:?}, the ERP {wanted}"));
        }
    }

    /// What must not have happened at any time, beside what the witness saw.
    pub(super) fn bounds(&mut self) {
        let looked = self.world.isolation.looked();
        *self.checked.entry("I7").or_default() += looked;
        for (tenant, what) in self.world.isolation.wrong() {
            self.check("I7", false, (&tenant, ""), false, || what);
        }
        let (message, item) = self.world.offered.largest();
        let small = message <= LARGEST_MESSAGE && item <= LARGEST_ITEM;
        self.check("I12", small, ("", ""), false, || format!("a message of {message} bytes, an item of {item}"));
        if self.estate.groups().iter().any(|companies| companies.kind() == Kind::Visma) {
            let counts = self.world.vendors.visma.borrow().model.oauth.counts;
            let revoked = counts.families_revoked;
            self.check("I8", revoked == 0, ("", ""), false, || {
                format!("{revoked} consents ended by a token used twice")
            });
        }
    }

    /// An order that is made when nothing has been wrong for a while, and until long after, is not held up: not by what went
    /// wrong before, and not by other records that fail.
    pub(super) fn unhindered(&mut self, plan: &Plan, began: Timestamp) {
        let hinders: Vec<(Timestamp, Timestamp)> = plan
            .faults
            .iter()
            .filter(|fault| !matches!(fault.what, What::Record { .. }))
            .map(|fault| (began + fault.from, began + fault.until))
            .collect();
        for (tenant, truth) in self.estate.truths.iter().enumerate().filter(|(_, truth)| !truth.ever_off) {
            let (id, owner) = (self.estate.tenant_id(tenant), self.estate.goods_owner(tenant));
            for (n, order) in truth.orders.iter().filter(|(n, order)| order.is_plain() && !truth.ambiguous.contains(n))
            {
                let named = |fault: &Fault| matches!(fault.what, What::Record { tenant: of, n: record, .. } if (of, record) == (tenant, *n));
                let number = number(*n);
                let Some((ready, arrived)) = self.world.freshness.of(owner, &number) else { continue };
                let free =
                    |(from, until): &(Timestamp, Timestamp)| *until + AFTER <= ready || ready + UNHINDERED <= *from;
                if plan.faults.iter().any(named) || !hinders.iter().all(free) || order.at != order.made {
                    continue;
                }
                // An article whose message was lost is missed within two days (I18), and its orders wait for it.
                let lost = plan.faults.iter().any(|fault| matches!(fault.what, What::Purge | What::Expire(_)));
                let arrives = |n: &usize| self.world.freshness.of(owner, &article_number(*n)).and_then(|of| of.1);
                if lost && !order.articles.iter().all(|n| arrives(n).is_some_and(|at| at <= ready)) {
                    continue;
                }
                if self.waits_for_a_fact(&id, &number) {
                    continue;
                }
                let took = arrived.unwrap_or(self.world.now()).duration_since(ready);
                self.check("I15", took <= UNHINDERED, (&id, &number), false, || {
                    format!("nothing was in its way since {ready}, and it took {took:#}")
                });
            }
        }
    }

    /// Where nothing goes wrong but perhaps the webhooks, a shipment is known in the ERP within so long.
    pub(super) fn quick(&mut self, back: &[(usize, Duration)], most: Duration) {
        for (tenant, took) in back {
            if !self.estate.truths[*tenant].ever_off {
                let id = self.estate.tenant_id(*tenant);
                self.check("I20", *took <= most, (&id, ""), false, || {
                    format!("nothing went wrong, and the ERP knew of a shipment after {took:?}")
                });
            }
        }
    }

    /// Where nothing goes wrong at all, orders come in two ticks, and a token is renewed once when it runs out.
    pub(super) fn undisturbed(&mut self, since: Duration) {
        for (tenant, truth) in self.estate.truths.iter().enumerate() {
            if truth.ever_off {
                continue;
            }
            let (id, owner) = (self.estate.tenant_id(tenant), self.estate.goods_owner(tenant));
            // Taken back and released before anybody looked, nothing of it has to arrive.
            let plain = |order: &Order| !(order.late || order.ever_broken || order.withdrawn);
            for n in truth.orders.iter().filter(|(_, order)| plain(order)).map(|(n, _)| n) {
                let number = number(*n);
                let Some((ready, Some(arrived))) = self.world.freshness.of(owner, &number) else { continue };
                let took = arrived.duration_since(ready);
                self.check("I20", took <= TWO_TICKS, (&id, &number), false, || {
                    format!("nothing went wrong, and it took {took:#}")
                });
            }
        }
        let visma = self.estate.groups().iter().find(|companies| companies.kind() == Kind::Visma);
        if let Some(companies) = visma {
            let counts = self.world.vendors.visma.borrow().model.oauth.counts;
            let rotations: usize = self.estate.truths.iter().map(|truth| truth.rotated).sum();
            let hours = since.as_secs().div_ceil(3600) + 1;
            let most = companies.count() as u64 * hours + rotations as u64 * 2;
            let refreshes = u64::from(counts.refreshes);
            self.check("I8", refreshes <= most, ("", ""), false, || {
                format!("{refreshes} tokens of {} companies in {hours} hours", companies.count())
            });
        }
    }
}

pub(super) fn find<'v>(list: &'v Value, name: &str, number: &str) -> Option<&'v Value> {
    list.as_array()?.iter().find(|one| one[name] == number)
}
