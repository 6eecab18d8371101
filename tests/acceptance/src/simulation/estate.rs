//! The tenants of a simulation, what is done at them, and what is therefore true.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bridge::words::kind::Kind;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::hot::NAMESAKES;
use super::plan::Act;
use crate::shops::Companies;
use crate::world::deployment::pull_of;
use crate::world::{VERSION, World, tenant};

/// An order as the ERP has it, and what the warehouse did.
#[derive(Clone, Debug)]
pub(super) struct Order {
    /// The number of its last edit.
    pub(super) version: u64,
    /// Whether it is for the warehouse.
    pub(super) open: bool,
    /// Whether it was ever taken back: Ongoing does not take a cancelled order again under its number, which is for a person.
    pub(super) withdrawn: bool,
    /// Whether the warehouse shipped it.
    pub(super) shipped: bool,
}

/// A tenant and what is true of its records, by their ordinal.
#[derive(Clone, Debug, Default)]
pub(super) struct Truth {
    /// The articles' versions.
    pub(super) articles: BTreeMap<usize, u64>,
    /// The orders.
    pub(super) orders: BTreeMap<usize, Order>,
    paused: bool,
    rotated: usize,
    missing: BTreeSet<usize>,
    namesakes: BTreeSet<usize>,
}

/// The tenants.
pub(super) struct Estate {
    groups: Vec<Companies>,
    places: Vec<(usize, usize)>,
    /// What is true of each.
    pub(super) truths: Vec<Truth>,
    edits: u64,
}

fn settings() -> Value {
    json!({ "start_date": "2026-01-01" })
}

impl Estate {
    /// Founds a company for each, and onboards it.
    pub(super) fn found(world: &World, kinds: &[Kind]) -> Self {
        let (mut groups, mut places) = (Vec::new(), vec![(0, 0); kinds.len()]);
        for kind in Kind::ALL {
            let of: Vec<usize> = (0..kinds.len()).filter(|tenant| kinds[*tenant] == kind).collect();
            if of.is_empty() {
                continue;
            }
            of.iter().enumerate().for_each(|(at, tenant)| places[*tenant] = (groups.len(), at));
            groups.push(Companies::found(world, kind, of.len(), &settings()));
        }
        Self { groups, places, truths: vec![Truth::default(); kinds.len()], edits: 0 }
    }

    /// The company of a tenant, and its place among those of its ERP.
    pub(super) fn company(&self, tenant: usize) -> (&Companies, usize) {
        let (group, at) = self.places[tenant];
        (&self.groups[group], at)
    }

    /// The ERPs with their companies.
    pub(super) fn groups(&self) -> &[Companies] {
        &self.groups
    }

    pub(super) fn tenant_id(&self, tenant: usize) -> String {
        let (company, at) = self.company(tenant);
        company.tenant_id(at)
    }

    pub(super) fn goods_owner(&self, tenant: usize) -> i64 {
        let (company, at) = self.company(tenant);
        company.goods_owner(at)
    }

    /// The tenant with this goods owner.
    pub(super) fn of(&self, goods_owner: i64) -> Option<usize> {
        (0..self.places.len()).find(|tenant| self.goods_owner(*tenant) == goods_owner)
    }

    fn onboard(&self, world: &World, of: usize, enabled: bool) {
        let (company, at) = self.company(of);
        let mut item = tenant(&company.tenant_id(at), company.kind(), settings());
        item["ongoing"]["goods_owner_id"] = json!(company.goods_owner(at));
        item["enabled"] = json!(enabled);
        world.onboard(item);
    }

    /// Does something at a tenant; false where it makes no sense there now.
    pub(super) fn perform(&mut self, world: &World, of: usize, act: &Act) -> bool {
        self.edits += 1;
        let (edit, text) = (self.edits, format!("{VERSION}{:06}", self.edits));
        let (company, at) = {
            let (group, at) = self.places[of];
            (&self.groups[group], at)
        };
        let truth = &mut self.truths[of];
        match act {
            Act::Article(n) => {
                company.put_article(world, at, *n, &format!("Article {text}"));
                truth.articles.insert(*n, edit);
                truth.missing.remove(n);
                true
            }
            Act::Order(n, articles, late) => {
                for article in articles.iter().filter(|article| !truth.articles.contains_key(article)) {
                    if *late {
                        truth.missing.insert(*article);
                    } else if !truth.missing.contains(article) {
                        company.put_article(world, at, *article, &format!("Article {text}"));
                    }
                }
                let missing = truth.missing.clone();
                for article in articles.iter().filter(|article| !missing.contains(article)) {
                    truth.articles.entry(*article).or_insert(edit);
                }
                company.put_order(world, at, *n, articles);
                company.refer(world, at, *n, &text);
                truth.orders.insert(*n, Order { version: edit, open: true, withdrawn: false, shipped: false });
                true
            }
            Act::Refer(n) => truth.edit(
                *n,
                |order| !order.shipped,
                |order| {
                    company.refer(world, at, *n, &text);
                    order.version = edit;
                },
            ),
            Act::Withdraw(n) => truth.edit(
                *n,
                |order| order.open && !order.shipped,
                |order| {
                    company.withdraw(world, at, *n);
                    (order.open, order.withdrawn) = (false, true);
                },
            ),
            Act::Release(n) => truth.edit(
                *n,
                |order| !order.open && !order.shipped,
                |order| {
                    company.release(world, at, *n);
                    order.open = true;
                },
            ),
            // What was shipped is not begun with again.
            Act::Start(n) if truth.orders.get(n).is_none_or(|order| order.shipped) => false,
            Act::Start(n) => company.warehouse(world, at, *n, "set_status", json!({ "number": 320 })),
            Act::Ship(n) => {
                let body =
                    world.vendors.ongoing.borrow().model.order_body(company.goods_owner(at), &number(*n)).cloned();
                for line in body.iter().flat_map(|body| body["orderLines"].as_array()).flatten() {
                    let article = line["articleNumber"].as_str().and_then(|number| number.strip_prefix("A-"));
                    let article = article.and_then(|number| number.parse().ok());
                    article.map(|article| company.count_shelf(world, at, article, 500));
                }
                let done = company.warehouse(world, at, *n, "ship", json!({ "waybill": format!("WB-{edit}") }));
                truth.edit(*n, |_| done, |order| order.shipped = true)
            }
            Act::Count(n, quantity) => company.count_shelf(world, at, *n, *quantity),
            Act::Pause | Act::Resume => {
                let paused = *act == Act::Pause;
                truth.paused = paused;
                self.onboard(world, of, !paused);
                true
            }
            Act::Backfill => {
                let job = json!({ "tenant_id": company.tenant_id(at), "since": "2026-01-01T00:00:00Z" });
                let queue = world.memory.queue_of(pull_of(company.kind()));
                queue.send(world.now(), "", None, &job.to_string(), Duration::ZERO).is_some()
            }
            Act::Namesake(n, articles) => {
                let there =
                    world.vendors.ongoing.borrow().model.order_body(company.goods_owner(at), &number(*n)).is_some();
                there && truth.namesakes.insert(*n) && company.put_namesake(world, at, *n, n - NAMESAKES, articles)
            }
            Act::WithdrawNamesake(n) => {
                let there = truth.namesakes.remove(n);
                if there {
                    company.withdraw(world, at, n - NAMESAKES);
                }
                there
            }
            Act::Rotate => {
                truth.rotated += 1;
                company.rotates(world, at, truth.rotated);
                true
            }
        }
    }

    /// Rows of all tenants show so much later than they say.
    pub(super) fn show_late(&self, world: &World, delay: SignedDuration) {
        for tenant in 0..self.places.len() {
            let (company, at) = self.company(tenant);
            company.shows_late(world, at, delay);
        }
    }

    /// What has to be done before it can be quiet: no tenant is paused, and no article is missing.
    pub(super) fn finish(&mut self, world: &World) {
        self.show_late(world, SignedDuration::ZERO);
        for of in 0..self.places.len() {
            for article in self.truths[of].missing.clone() {
                self.perform(world, of, &Act::Article(article));
            }
            if self.truths[of].paused {
                self.perform(world, of, &Act::Resume);
            }
        }
    }
}

impl Truth {
    fn edit(&mut self, n: usize, when: impl Fn(&Order) -> bool, edit: impl FnOnce(&mut Order)) -> bool {
        let order = self.orders.get_mut(&n).filter(|order| when(order));
        order.map(edit).is_some()
    }
}

/// The number of order `n`.
pub(super) fn number(n: usize) -> String {
    (20_000 + n).to_string()
}
