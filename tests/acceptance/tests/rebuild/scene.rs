//! A tenant that was worked for, whose state is lost or put back, and the filling.

use std::time::Duration;

use acceptance::shops::{Shop, article_number};
use acceptance::world::{World, tenant};
use bridge::ports::{Item, Run, State as _};
use bridge::roads::rebuild::{self, Rebuild};
use bridge::tenant::Tenant;
use serde_json::{Value, json};

pub const HOUR: Duration = Duration::from_secs(3600);

/// From when on the tenant's orders are the integration's; as the operator says it, since the state says it no more.
pub const SINCE: &str = "2026-03-02T00:00:00Z";

pub struct Scene<'a> {
    pub world: World,
    pub shop: &'a dyn Shop,
    pub settings: Value,
    /// The numbers of the orders.
    pub orders: Vec<String>,
}

impl<'a> Scene<'a> {
    /// A tenant with four articles in the house and as many orders, of which the first two are shipped, the second in part;
    /// hours ago, and everybody has been told.
    pub async fn settled(shop: &'a dyn Shop, settings: Value) -> Scene<'a> {
        let world = World::new();
        shop.onboard(&world, settings.clone());
        world.tick(shop.kind()).await;
        (0..4).for_each(|n| shop.put_article(&world, n, &format!("Article {n}")));
        world.wait(HOUR).await;
        let orders: Vec<String> = (1..=4).map(|n| shop.put_order(&world, n, &[n - 1])).collect();
        let scene = Self { world, shop, settings, orders };
        scene.ticks(3).await;
        for n in 0..4 {
            let count = json!({ "articleNumber": article_number(n), "numberOfItems": 50 + n });
            scene.world.warehouse("count", &count);
        }
        scene.ship(0, json!({}));
        let body = scene.body(1);
        let row = body["orderLines"][0]["rowNumber"].as_str().unwrap().to_owned();
        scene.ship(1, json!({ "rows": { row: 1 } }));
        scene.ticks(4).await;
        scene.world.wait(4 * HOUR).await;
        scene.ticks(1).await;
        scene
    }

    /// The last body that Ongoing took of an order.
    pub fn body(&self, at: usize) -> Value {
        let ongoing = self.world.vendors.ongoing.borrow();
        ongoing.model.order_body(acceptance::world::GOODS_OWNER, &self.orders[at]).cloned().unwrap()
    }

    /// The warehouse ships an order.
    pub fn ship(&self, at: usize, mut args: Value) {
        args["orderNumber"] = json!(self.orders[at]);
        self.world.warehouse("ship", &args);
    }

    /// Ticks of everything.
    pub async fn ticks(&self, ticks: usize) {
        for _ in 0..ticks {
            self.world.tick(self.shop.kind()).await;
            self.world.reconcile().await;
        }
    }

    /// The tenant's items, as a backup has them.
    pub fn backup(&self) -> Vec<Item> {
        self.world.memory.items("tenant#acme", "")
    }

    /// The state table is another one, with these items of the tenant's.
    pub async fn restore(&self, items: Vec<Item>) {
        for item in self.backup() {
            self.world.memory.delete(&item.pk, &item.sk, item.rev).await.unwrap();
        }
        for item in items {
            self.world.memory.put(Item { rev: 1, ..item }).await.unwrap();
        }
        // What runs by then has read nothing of the other table.
        self.world.new_process();
    }

    pub fn tenant(&self) -> Tenant {
        Tenant::parse(&tenant("acme", self.shop.kind(), self.settings.clone()), false).unwrap()
    }

    /// What would be filled.
    pub async fn read(&self) -> (rebuild::Filling, Rebuild) {
        let (ports, tenant) = (self.world.ports(), self.tenant());
        let run = Run { id: "bridgectl-rebuild".into(), deadline: self.world.now() + 24 * HOUR };
        let since = rebuild::begins(&ports, &tenant, None).await.unwrap();
        let since = since.unwrap_or_else(|| SINCE.parse().unwrap());
        rebuild::read(&ports, &run, &tenant, since, &|_| ()).await.unwrap()
    }

    /// An article's body as Ongoing took it last.
    pub fn article(&self, n: usize) -> Value {
        let ongoing = self.world.vendors.ongoing.borrow();
        ongoing.model.article_body(acceptance::world::GOODS_OWNER, &article_number(n)).cloned().unwrap()
    }

    /// Reads and fills, and sees that neither system was written to.
    pub async fn rebuild(&self) -> Rebuild {
        let before = self.world.sent().len();
        let (filling, told) = self.read().await;
        assert!(told.whole, "{}: {told:#?}", self.shop.kind());
        let run = Run { id: "bridgectl-rebuild".into(), deadline: self.world.now() + HOUR };
        rebuild::fill(&self.world.ports(), &run, &filling, &|_| ()).await.unwrap();
        assert_eq!(
            self.written_since(before),
            Vec::<String>::new(),
            "{}: a rebuild writes to nobody",
            self.shop.kind()
        );
        told
    }

    /// The calls since then that were no reads and no logins, by their first line.
    pub fn written_since(&self, before: usize) -> Vec<String> {
        let sent = self.world.sent();
        sent[before..].iter().filter(|request| writes(request)).map(|request| first_line(request)).collect()
    }

    /// How many calls there were.
    pub fn sent(&self) -> usize {
        self.world.sent().len()
    }
}

fn first_line(request: &str) -> String {
    let action = request.lines().find(|line| line.to_ascii_lowercase().starts_with("soapaction"));
    format!("{} {}", request.lines().next().unwrap_or_default(), action.unwrap_or_default())
}

fn writes(request: &str) -> bool {
    let lower = request.to_ascii_lowercase();
    let action = lower.lines().find_map(|line| line.strip_prefix("soapaction: "));
    let operation = action.map(|action| action.trim_matches('"').rsplit('/').next().unwrap_or_default().to_owned());
    match (lower.split(' ').next(), operation) {
        (Some("get"), _) => false,
        (_, Some(operation)) => !(operation.starts_with("get") || operation == "login" || operation == "hassession"),
        _ => !lower.contains("content-type: application/x-www-form-urlencoded"),
    }
}
