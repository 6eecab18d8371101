//! The tenants of a simulation, what is done at them, and what is therefore true.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bridge::words::kind::Kind;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use simulators::visma::Overwritten;

use super::hot::NAMESAKES;
use super::plan::{Act, Plan};
use crate::shops::Companies;
use crate::world::deployment::pull_of;
use crate::world::{VERSION, World, tenant};

/// An order as the ERP has it, and what the warehouse did.
#[derive(Clone, Debug)]
pub(super) struct Order {
    /// The number of its last edit.
    pub(super) version: u64,
    /// The number of the edit before.
    pub(super) before: u64,
    /// Whether an edit was ever taken back.
    pub(super) went_back: bool,
    /// Whether it is for the warehouse.
    pub(super) open: bool,
    /// Whether it was ever taken back: Ongoing does not take a cancelled order again under its number, which is for a person.
    pub(super) withdrawn: bool,
    /// Whether the warehouse shipped it.
    pub(super) shipped: bool,
    /// When the ERP was told of this version.
    pub(super) at: Timestamp,
    /// When it was made.
    pub(super) made: Timestamp,
    /// When the warehouse shipped it.
    pub(super) shipped_at: Option<Timestamp>,
    /// Shipped with a piece less.
    pub(super) short: bool,
    /// Ongoing's id of the order under which that was shipped later.
    pub(super) rest: Option<String>,
    /// Its goods came back.
    pub(super) came_back: bool,
    /// Not paid yet, or a draft.
    pub(super) held: bool,
    /// Its invoice is credited: nobody takes that back.
    pub(super) credited: bool,
    /// A row of it cannot be read.
    pub(super) broken: bool,
    /// That was ever so.
    pub(super) ever_broken: bool,
    /// It named an article that was not there yet.
    pub(super) late: bool,
    /// The article of its first row.
    pub(super) first: usize,
    /// The articles that it was made with.
    pub(super) articles: Vec<usize>,
}

impl Order {
    /// Whether it comes in as it was made: nobody took it back, held it, or made it one that cannot be read.
    pub(super) fn is_plain(&self) -> bool {
        !(self.late || self.ever_broken || self.withdrawn || self.held || self.credited)
    }

    pub(super) fn new(version: u64, at: Timestamp, articles: &[usize]) -> Self {
        let first = articles.first().copied().unwrap_or_default();
        Self {
            version,
            before: version,
            went_back: false,
            open: true,
            withdrawn: false,
            shipped: false,
            at,
            made: at,
            shipped_at: None,
            short: false,
            rest: None,
            came_back: false,
            held: false,
            credited: false,
            broken: false,
            ever_broken: false,
            late: false,
            first,
            articles: articles.to_vec(),
        }
    }
}

/// A purchase order as the ERP has it.
#[derive(Clone, Debug)]
pub(super) struct Purchase {
    /// The number of its last edit.
    pub(super) version: u64,
    /// When that was.
    pub(super) at: Timestamp,
    /// Whether it is expected.
    pub(super) open: bool,
    /// Whether it was ever taken back.
    pub(super) withdrawn: bool,
    /// Whether the warehouse has begun to receive it.
    pub(super) received: bool,
}

/// A tenant and what is true of its records, by their ordinal.
#[derive(Clone, Debug, Default)]
pub(super) struct Truth {
    /// The articles' versions.
    pub(super) articles: BTreeMap<usize, u64>,
    /// When each had its version.
    pub(super) articles_at: BTreeMap<usize, Timestamp>,
    /// The orders.
    pub(super) orders: BTreeMap<usize, Order>,
    /// The purchase orders.
    pub(super) purchases: BTreeMap<usize, Purchase>,
    /// Articles whose stock was ever moved in the warehouse, and when last.
    pub(super) counted: BTreeMap<usize, Timestamp>,
    /// Whether its stock is what can be sold.
    pub(super) sellable: bool,
    /// Since when it is paused, removed, or has an item that is not valid; and which of these.
    pub(super) off: Option<(Timestamp, Off)>,
    /// Since when its consent is lost.
    pub(super) lost: Option<Timestamp>,
    /// Whether it was ever paused, removed or not valid, or without its consent.
    pub(super) ever_off: bool,
    /// Whether an operator gave up what was parked.
    pub(super) dropped: bool,
    pub(super) rotated: usize,
    pub(super) missing: BTreeSet<usize>,
    /// The suppliers' versions, and from whom articles come.
    pub(super) suppliers: BTreeMap<usize, u64>,
    pub(super) supplied: BTreeMap<usize, usize>,
    /// Whether it has the process for suppliers.
    supplies: bool,
    namesakes: BTreeSet<usize>,
    /// Orders whose number another record ever had: the number alone does not find them.
    pub(super) ambiguous: BTreeSet<usize>,
}

/// Why nothing is done for a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Off {
    /// It is paused.
    Paused,
    /// It is not there.
    Removed,
    /// Its item is not valid.
    Invalid,
}

/// The tenants.
pub(super) struct Estate {
    pub(super) groups: Vec<Companies>,
    pub(super) places: Vec<(usize, usize)>,
    /// What is true of each.
    pub(super) truths: Vec<Truth>,
    pub(super) edits: u64,
}

fn settings() -> Value {
    json!({ "start_date": "2026-01-01" })
}

/// The token of the tenant's webhooks.
pub(super) fn webhook_token(tenant_id: &str) -> String {
    format!("webhook-token-of-{tenant_id}")
}

impl Estate {
    /// Founds a company for each of a plan, and onboards it.
    pub(super) fn found(world: &World, plan: &Plan) -> Self {
        let kinds = &plan.tenants;
        let (mut groups, mut places) = (Vec::new(), vec![(0, 0); kinds.len()]);
        for kind in Kind::ALL {
            let of: Vec<usize> = (0..kinds.len()).filter(|tenant| kinds[*tenant] == kind).collect();
            if of.is_empty() {
                continue;
            }
            of.iter().enumerate().for_each(|(at, tenant)| places[*tenant] = (groups.len(), at));
            groups.push(Companies::found(world, kind, of.len(), &settings()));
        }
        let mut all = Self { groups, places, truths: vec![Truth::default(); kinds.len()], edits: 0 };
        for (_, of, _) in plan.acts.iter().filter(|(.., act)| act.concerns_suppliers()) {
            all.truths[*of].supplies = true;
            world.onboard(all.item(*of));
        }
        for id in (0..kinds.len()).map(|tenant| all.tenant_id(tenant)) {
            let name = format!("ongoing/{id}");
            let mut secret = world.memory.secret_value(&name).unwrap_or_default();
            secret["webhook_tokens"] = json!([webhook_token(&id)]);
            world.memory.secret(&name, &secret);
        }
        all
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

    /// The tenant's item as it should be.
    pub(super) fn item(&self, of: usize) -> Value {
        let (company, at) = self.company(of);
        let mut settings = settings();
        if self.truths[of].sellable {
            settings["stock_quantity"] = json!("sellable");
        }
        let mut item = tenant(&company.tenant_id(at), company.kind(), settings);
        item["ongoing"]["goods_owner_id"] = json!(company.goods_owner(at));
        if self.truths[of].supplies {
            item["processes"] = json!({ "suppliers": true });
        }
        item
    }

    /// The tenant's item says that it is on, or paused.
    pub(super) fn onboard(&mut self, world: &World, of: usize, enabled: bool) {
        let mut item = self.item(of);
        item["enabled"] = json!(enabled);
        world.onboard(item);
        self.truths[of].off = (!enabled).then(|| (world.now(), Off::Paused));
        self.truths[of].ever_off |= !enabled;
    }

    /// Does something at a tenant; false where it makes no sense there now.
    pub(super) fn perform(&mut self, world: &World, of: usize, act: &Act) -> bool {
        self.edits += 1;
        let (edit, text) = (self.edits, format!("{VERSION}{:06}", self.edits));
        world.isolation.version(edit, &self.tenant_id(of));
        let now = world.now();
        let (company, at) = {
            let (group, at) = self.places[of];
            (&self.groups[group], at)
        };
        let truth = &mut self.truths[of];
        match act {
            Act::Article(n) => {
                company.put_stocked_article(world, at, *n, &format!("Article {text}"));
                truth.articles.insert(*n, edit);
                truth.articles_at.insert(*n, now);
                truth.missing.remove(n);
                true
            }
            Act::Order(n, articles, late) => {
                if let Some(before) = truth.orders.get(n)
                    && (before.shipped || before.credited)
                {
                    return false;
                }
                for article in articles.iter().filter(|article| !truth.articles.contains_key(article)) {
                    if *late {
                        truth.missing.insert(*article);
                    } else if !truth.missing.contains(article) {
                        company.put_stocked_article(world, at, *article, &format!("Article {text}"));
                    }
                }
                let missing = truth.missing.clone();
                for article in articles.iter().filter(|article| !missing.contains(article)) {
                    truth.articles.entry(*article).or_insert(edit);
                    truth.articles_at.entry(*article).or_insert(now);
                }
                company.put_order(world, at, *n, articles);
                company.refer(world, at, *n, &text);
                let late = articles.iter().any(|article| missing.contains(article));
                truth.orders.insert(*n, Order { late, ..Order::new(edit, now, articles) });
                true
            }
            Act::Refer(n) => truth.edit(
                *n,
                |order| !order.shipped,
                |order| {
                    company.refer(world, at, *n, &text);
                    (order.before, order.version, order.at) = (order.version, edit, now);
                },
            ),
            Act::Withdraw(n) => truth.edit(
                *n,
                |order| order.open && !order.shipped && !order.credited,
                |order| {
                    company.withdraw(world, at, *n);
                    (order.open, order.withdrawn) = (false, true);
                },
            ),
            Act::Release(n) => truth.edit(
                *n,
                |order| !order.open && !order.shipped && !order.held && !order.credited,
                |order| {
                    company.release(world, at, *n);
                    (order.open, order.at) = (true, now);
                },
            ),
            // What was shipped is not begun with again.
            Act::Start(n) if truth.orders.get(n).is_none_or(|order| order.shipped) => false,
            Act::Start(n) => company.warehouse(world, at, *n, "set_status", json!({ "number": 320 })),
            Act::Ship(n) => {
                self.stock_up(world, of, *n);
                let (company, at) = self.company(of);
                company.shows_now(world, at);
                let done = company.warehouse(world, at, *n, "ship", json!({ "waybill": format!("WB-{edit}") }));
                self.truths[of].edit(*n, |_| done, |order| (order.shipped, order.shipped_at) = (true, Some(now)))
            }
            Act::Count(n, quantity) => {
                let done = company.count_shelf(world, at, *n, *quantity);
                if done {
                    truth.counted.insert(*n, now);
                }
                done
            }
            Act::Pause | Act::Resume => {
                // What is removed is not paused, and what is not valid is put right first.
                if truth.off.is_some_and(|(_, off)| off != Off::Paused) {
                    return false;
                }
                self.onboard(world, of, *act == Act::Resume);
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
                there
                    && !truth.namesakes.contains(n)
                    && company.put_namesake(world, at, *n, n - NAMESAKES, articles)
                    && truth.ambiguous.insert(*n) | truth.namesakes.insert(*n)
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
                truth.lost = None;
                company.rotates(world, at, truth.rotated);
                true
            }
            _ => self.trade(world, of, act, edit),
        }
    }

    /// Visma's articles are written whole, and no write has a condition: an edit that falls between a reading and the write
    /// that follows upon it is lost in Visma itself. Nothing else may be waited for in between. How many there were.
    pub(super) fn overwritten(&mut self, world: &World, round_trip: SignedDuration) -> usize {
        let mut lost = 0;
        for of in 0..self.places.len() {
            let (id, (company, at)) = (self.tenant_id(of), self.company(of));
            if company.kind() != Kind::Visma {
                continue;
            }
            let overwritten = {
                let mut visma = world.vendors.visma.borrow_mut();
                visma.model.company_mut(&id).map(|company| std::mem::take(&mut company.overwritten)).unwrap_or_default()
            };
            let in_time = |edit: &&Overwritten| edit.written.duration_since(edit.read) <= round_trip;
            let edits = overwritten.iter().filter(in_time).filter_map(|edit| ordinal(&edit.id));
            let now: Vec<_> = edits.filter_map(|n| Some((n, company.article_version(world, at, n)?))).collect();
            lost += now.len();
            self.truths[of].articles.extend(now);
        }
        lost
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
            self.put_right(world, of);
        }
    }
}

impl Truth {
    /// The version of the supplier from whom an article comes.
    pub(super) fn supplier_of(&self, article: usize) -> Option<u64> {
        self.suppliers.get(self.supplied.get(&article)?).copied()
    }

    pub(super) fn edit(&mut self, n: usize, when: impl Fn(&Order) -> bool, edit: impl FnOnce(&mut Order)) -> bool {
        let order = self.orders.get_mut(&n).filter(|order| when(order));
        order.map(edit).is_some()
    }
}

/// Which article has this id.
fn ordinal(id: &str) -> Option<usize> {
    id.rsplit('-').next()?.parse().ok()
}

/// The number of order `n`.
pub(super) fn number(n: usize) -> String {
    (20_000 + n).to_string()
}
