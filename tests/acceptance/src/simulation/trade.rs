//! What else people do at a tenant: see [`workload`](super::workload).

use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use jiff::SignedDuration;
use serde_json::json;

use super::estate::{Estate, Off, Order, Purchase, number};
use super::plan::Act;
use super::workload::CATALOGUE_FROM;
use crate::world::{VERSION, World};

/// A supplier's name in its version: not an article's version, which stands beside it.
pub(super) fn supplier_name(version: u64) -> String {
    format!("Supplier {version:06}")
}

impl Estate {
    /// Does one of these; false where it makes no sense there now.
    pub(super) fn trade(&mut self, world: &World, of: usize, act: &Act, edit: u64) -> bool {
        let (now, text) = (world.now(), format!("{VERSION}{edit:06}"));
        match act {
            Act::Hold(n, articles) => {
                if self.truths[of].orders.contains_key(n) {
                    return false;
                }
                self.make_articles(world, of, articles, edit);
                let (company, at) = self.company(of);
                company.put_order(world, at, *n, articles);
                company.refer(world, at, *n, &text);
                let late = articles.iter().any(|article| self.truths[of].missing.contains(article));
                let mut order = Order { late, ..Order::new(edit, now, articles) };
                if company.hold(world, at, *n) {
                    (order.open, order.held) = (false, true);
                }
                self.truths[of].orders.insert(*n, order);
                true
            }
            Act::Confirm(n) => self.edit_order(
                of,
                *n,
                |order| order.held,
                |company, at, order| {
                    company.confirm(world, at, *n);
                    (order.held, order.open, order.at) = (false, true, now);
                    true
                },
            ),
            Act::Proceed(n) => {
                // What was never seen as taken back is left out like any other in such a state.
                let seen = world.find(&self.tenant_id(of), Feed::Orders, &number(*n));
                let seen = seen.is_some_and(|entry| entry.is_taken_back());
                let can = |order: &Order| seen && !order.open && !order.shipped && !order.credited;
                self.edit_order(of, *n, can, |company, at, order| {
                    // Nobody has it released.
                    order.held = company.proceed(world, at, *n);
                    order.held
                })
            }
            Act::ReferBack(n) => {
                let can = |order: &Order| !order.shipped && !order.broken && order.before != order.version;
                world.witness.goes_back(self.goods_owner(of), &number(*n));
                self.edit_order(of, *n, can, |company, at, order| {
                    company.refer(world, at, *n, &format!("{VERSION}{:06}", order.before));
                    (order.before, order.version, order.at) = (order.version, order.before, now);
                    order.went_back = true;
                    true
                })
            }
            Act::Credit(n) => {
                let can = |order: &Order| order.open && !order.shipped && !order.credited && !order.broken;
                self.edit_order(of, *n, can, |company, at, order| {
                    let credited = company.credit(world, at, *n);
                    if credited {
                        (order.open, order.withdrawn, order.credited) = (false, true, true);
                    }
                    credited
                })
            }
            Act::Break(n) => {
                let can = |order: &Order| !order.shipped && !order.credited && !order.broken;
                self.edit_order(of, *n, can, |company, at, order| {
                    company.break_row(world, at, *n, None);
                    company.refer(world, at, *n, &text);
                    (order.broken, order.ever_broken) = (true, true);
                    (order.version, order.at) = (edit, now);
                    true
                })
            }
            Act::Mend(n) => self.edit_order(
                of,
                *n,
                |order| order.broken && !order.shipped,
                |company, at, order| {
                    company.break_row(world, at, *n, Some(order.first));
                    company.refer(world, at, *n, &text);
                    (order.broken, order.version, order.at) = (false, edit, now);
                    true
                },
            ),
            Act::Buy(n, articles) => {
                if self.truths[of].purchases.get(n).is_some_and(|purchase| !purchase.open) {
                    return false;
                }
                self.make_articles(world, of, articles, edit);
                let (company, at) = self.company(of);
                if !company.put_purchase_order(world, at, *n, articles, &text) {
                    return false;
                }
                let received = self.truths[of].purchases.get(n).is_some_and(|purchase| purchase.received);
                let purchase = Purchase { version: edit, at: now, open: true, withdrawn: false, received };
                self.truths[of].purchases.insert(*n, purchase);
                true
            }
            Act::Unbuy(n) => {
                let (company, at) = self.places[of];
                let Some(purchase) = self.truths[of].purchases.get_mut(n).filter(|purchase| purchase.open) else {
                    return false;
                };
                self.groups[company].withdraw_purchase_order(world, at, *n);
                (purchase.open, purchase.withdrawn) = (false, true);
                true
            }
            Act::Receive(n) => {
                let (company, at) = self.company(of);
                let done = company.receive(world, at, *n);
                if let Some(purchase) = self.truths[of].purchases.get_mut(n).filter(|_| done) {
                    purchase.received = true;
                }
                done
            }
            Act::Pick(n) => {
                self.stock_up(world, of, *n);
                let (company, at) = self.company(of);
                company.warehouse(world, at, *n, "pick", json!({}))
            }
            Act::ShipShort(n) => {
                self.stock_up(world, of, *n);
                let (company, at) = self.company(of);
                company.shows_now(world, at);
                let done = company.ship_short(world, at, *n, &format!("WB-{edit}"));
                self.truths[of].edit(
                    *n,
                    |_| done,
                    |order| {
                        (order.shipped, order.short, order.shipped_at) = (true, true, Some(now));
                    },
                )
            }
            Act::ShowsLate(seconds) => {
                let (company, at) = self.company(of);
                company.shows_late(world, at, SignedDuration::from_secs(seconds.cast_signed()));
                true
            }
            Act::ShipRest(n, names) => self.ship_rest(world, of, *n, *names),
            Act::ComeBack(n) => self.come_back(world, of, *n),
            Act::SessionsEnd => {
                self.company(of).0.sessions_end(world);
                true
            }
            Act::Remove => {
                world.memory.remove_tenant(&self.tenant_id(of));
                self.truths[of].off = Some((now, Off::Removed));
                self.truths[of].ever_off = true;
                true
            }
            Act::Add => {
                let removed = self.truths[of].off.is_some_and(|(_, off)| off == Off::Removed);
                if removed {
                    self.onboard(world, of, true);
                }
                removed
            }
            Act::Misconfigure(address) => {
                if self.truths[of].off.is_some() {
                    return false;
                }
                let mut item = self.item(of);
                match *address {
                    true => item["ongoing"]["base_url"] = json!("https://169.254.169.254/acme/api/v1"),
                    false => item["settings"]["stock_quantity"] = json!("all"),
                }
                world.onboard(item);
                self.truths[of].off = Some((now, Off::Invalid));
                self.truths[of].ever_off = true;
                true
            }
            Act::Configure(sellable) => {
                if self.truths[of].off.is_some_and(|(_, off)| off != Off::Invalid) {
                    return false;
                }
                // Only what Ongoing says has moved since is looked at with other eyes.
                if self.company(of).0.kind() != Kind::Procountor && self.truths[of].counted.is_empty() {
                    self.truths[of].sellable = *sellable;
                }
                self.onboard(world, of, true);
                true
            }
            Act::Supplier(supplier) => {
                let (company, at) = self.company(of);
                company.put_supplier(world, at, *supplier, &supplier_name(edit));
                self.truths[of].suppliers.insert(*supplier, edit);
                true
            }
            Act::SuppliedBy(article, supplier) => {
                let truth = &self.truths[of];
                if !truth.articles.contains_key(article) || !truth.suppliers.contains_key(supplier) {
                    return false;
                }
                let (company, at) = self.company(of);
                company.supplied_by(world, at, *article, *supplier);
                self.truths[of].supplied.insert(*article, *supplier);
                true
            }
            Act::Catalogue(count) => {
                let (company, at) = self.places[of];
                for n in CATALOGUE_FROM..CATALOGUE_FROM + count {
                    self.groups[company].put_stocked_article(world, at, n, &format!("Article {text}"));
                    self.truths[of].articles.insert(n, edit);
                    self.truths[of].articles_at.insert(n, now);
                }
                true
            }
            Act::LoseConsent => {
                let (company, at) = self.company(of);
                let lost = company.loses_consent(world, at);
                if lost {
                    self.truths[of].lost.get_or_insert(now);
                    self.truths[of].ever_off = true;
                }
                lost
            }
            _ => false,
        }
    }

    /// What has to be put right at a tenant before it can be quiet; every second order that cannot be read stays as it is.
    pub(super) fn put_right(&mut self, world: &World, of: usize) {
        if self.truths[of].off.is_some() {
            self.onboard(world, of, true);
        }
        if self.truths[of].lost.is_some() {
            self.perform(world, of, &Act::Rotate);
        }
        let broken = |(n, order): (&usize, &Order)| (order.broken && n.is_multiple_of(2)).then_some(*n);
        let broken: Vec<usize> = self.truths[of].orders.iter().filter_map(broken).collect();
        for n in broken {
            self.perform(world, of, &Act::Mend(n));
        }
    }

    /// The shelves hold what the order wants.
    pub(super) fn stock_up(&mut self, world: &World, of: usize, n: usize) {
        let owner = self.goods_owner(of);
        let body = world.vendors.ongoing.borrow().model.order_body(owner, &number(n)).cloned();
        let lines = body.iter().flat_map(|body| body["orderLines"].as_array()).flatten();
        let numbers = lines.filter_map(|line| line["articleNumber"].as_str()?.strip_prefix("A-")?.parse().ok());
        let articles: Vec<usize> = numbers.collect();
        for article in articles {
            let (company, at) = self.company(of);
            if company.count_shelf(world, at, article, 500) {
                self.truths[of].counted.insert(article, world.now());
            }
        }
    }

    fn make_articles(&mut self, world: &World, of: usize, articles: &[usize], edit: u64) {
        let text = format!("Article {VERSION}{edit:06}");
        for article in articles {
            let truth = &self.truths[of];
            if truth.articles.contains_key(article) || truth.missing.contains(article) {
                continue;
            }
            let (company, at) = self.company(of);
            company.put_stocked_article(world, at, *article, &text);
            self.truths[of].articles.insert(*article, edit);
            self.truths[of].articles_at.insert(*article, world.now());
        }
    }

    fn edit_order(
        &mut self,
        of: usize,
        n: usize,
        when: impl Fn(&Order) -> bool,
        edit: impl FnOnce(&crate::shops::Companies, usize, &mut Order) -> bool,
    ) -> bool {
        let (company, at) = self.places[of];
        let Some(order) = self.truths[of].orders.get_mut(&n).filter(|order| when(order)) else { return false };
        edit(&self.groups[company], at, order)
    }
}
