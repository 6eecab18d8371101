//! Fixture: a shop whose next pull is planned.

use std::cell::Cell;
use std::time::Duration;

use acceptance::shops::Shop;
use acceptance::world::{World, tenant};
use bridge::ports::Run;
use bridge::roads::plan::{self, Applied, Became, Plan, Reading, Refused, Step};
use bridge::tenant::Tenant;
use serde_json::{Value, json};

pub struct Fixture<'a> {
    pub world: World,
    pub tenant: Tenant,
    shop: &'a dyn Shop,
    stored: Cell<usize>,
}

impl<'a> Fixture<'a> {
    pub fn new(shop: &'a dyn Shop, settings: Value) -> Self {
        let world = World::new();
        shop.onboard(&world, settings.clone());
        Self::of(world, shop, settings, &["articles", "orders"])
    }

    /// A fixture in which only these feeds are on.
    pub fn of(world: World, shop: &'a dyn Shop, settings: Value, feeds: &[&str]) -> Self {
        let mut item = tenant("acme", shop.kind(), settings);
        for feed in ["articles", "orders", "purchase_orders"] {
            item["processes"][feed] = json!(feeds.contains(&feed));
        }
        item["processes"]["suppliers"] = json!(false);
        let tenant = Tenant::parse(&item, false).unwrap();
        world.onboard(item);
        Self { world, tenant, shop, stored: Cell::default() }
    }

    /// Two articles and an order that nobody has pulled yet; the order's number.
    pub async fn filled(&self) -> String {
        (0..2).for_each(|n| self.shop.put_article(&self.world, n, &format!("Article {n}")));
        let order = self.shop.put_order(&self.world, 1, &[0, 1]);
        self.world.wait(Duration::from_secs(60)).await;
        order
    }

    /// The same, pulled and imported.
    pub async fn pulled(&self) -> String {
        self.world.tick(self.shop.kind()).await;
        let order = self.filled().await;
        self.world.tick(self.shop.kind()).await;
        self.world.tick(self.shop.kind()).await;
        order
    }

    fn run(&self) -> Run {
        Run { id: "plan".into(), deadline: self.world.now() + Duration::from_secs(3600) }
    }

    pub async fn read(&self, since: Option<&str>, earlier: Option<&Plan>) -> Reading {
        let since = since.map(|since| since.parse().unwrap());
        let ports = plan::read_only(&self.world.ports(), "acme");
        plan::read(&ports, &self.run(), &self.tenant, since, earlier, &|_| ()).await.unwrap()
    }

    pub async fn assess(&self, reading: &Reading) -> Plan {
        let ports = plan::read_only(&self.world.ports(), "acme");
        plan::assess(&ports, &self.run(), &self.tenant, reading, &|_| ()).await.unwrap()
    }

    pub async fn plan(&self, since: Option<&str>) -> (Reading, Plan) {
        let reading = self.read(since, None).await;
        let plan = self.assess(&reading).await;
        (reading, plan)
    }

    /// A plan, as far as it can be made.
    pub async fn try_plan(&self) -> bridge::words::fault::Result<Plan> {
        let ports = plan::read_only(&self.world.ports(), "acme");
        let reading = plan::read(&ports, &self.run(), &self.tenant, None, None, &|_| ()).await?;
        plan::assess(&ports, &self.run(), &self.tenant, &reading, &|_| ()).await
    }

    pub async fn apply(&self, reading: Reading, plan: &Plan) -> Result<Applied, Refused> {
        let ports = self.world.ports();
        let store = async || {
            self.stored.set(self.stored.get() + 1);
            Ok(())
        };
        plan::apply(&ports, &self.run(), &self.tenant, reading, plan, store, &|_| ()).await
    }

    /// The same where nothing gets on the import queue.
    pub async fn apply_without_queue(&self, reading: Reading, plan: &Plan) -> Result<Applied, Refused> {
        let ports = self.world.ports();
        let without = bridge::ports::Ports { queue: plan::read_only(&ports, "acme").queue, ..ports };
        let store = async || {
            self.stored.set(self.stored.get() + 1);
            Ok(())
        };
        plan::apply(&without, &self.run(), &self.tenant, reading, plan, store, &|_| ()).await
    }

    /// How often the item was stored.
    pub fn stored(&self) -> usize {
        self.stored.get()
    }

    pub async fn became(&self, plan: &Plan) -> Vec<Became> {
        plan::became(&self.world.ports(), plan).await.unwrap()
    }

    pub fn step(&self, plan: &Plan, number: &str) -> Step {
        let records = plan.feeds.iter().flat_map(|feed| &feed.records);
        let mut found = records.filter(|record| record.number.as_deref() == Some(number));
        let record = found.next().unwrap_or_else(|| panic!("{} is not in {plan:?}", number));
        record.step.clone()
    }

    /// All that a plan must leave as it is: what the cloud keeps, but for what all callers share; the queues; Ongoing.
    pub fn trace(&self) -> (String, usize, usize, usize) {
        let memory = &self.world.memory;
        let kept: String =
            ["tenant#acme", "unreadable"].iter().map(|pk| format!("{:?}", memory.items(pk, ""))).collect();
        (kept, memory.import_queue().len(), memory.write_back_queue().len(), self.world.writes())
    }
}

/// Number and step of every record, by number.
pub fn steps(plan: &Plan) -> Vec<(String, &'static str)> {
    let records = plan.feeds.iter().flat_map(|feed| &feed.records);
    let mut steps: Vec<(String, &'static str)> =
        records.map(|record| (record.number.clone().unwrap_or_default(), record.step.word())).collect();
    steps.sort_unstable();
    steps
}
