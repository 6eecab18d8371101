//! A tenant whose three systems are held against each other, and the ways in which they come apart.

use std::collections::HashSet;
use std::time::Duration;

use acceptance::shops::{Shop, article_number};
use acceptance::world::{World, tenant};
use bridge::ports::{Item, Put, Run};
use bridge::roads::proof::{self, Proof};
use bridge::state::cursor;
use bridge::state::ledger::Entry;
use bridge::systems::erp::{NothingKnown, What};
use bridge::systems::erps;
use bridge::systems::ongoing::{cleared, map};
use bridge::tenant::Tenant;
use bridge::words::domain::Record;
use bridge::words::feed::Feed;
use serde_json::{Value, json};

pub const HOUR: Duration = Duration::from_secs(3600);

pub struct Scene<'a> {
    pub world: World,
    pub shop: &'a dyn Shop,
}

impl<'a> Scene<'a> {
    /// A tenant with so many articles and so many orders of them, pulled, imported and told; hours ago.
    pub async fn open(shop: &'a dyn Shop, articles: usize, orders: usize) -> Scene<'a> {
        let world = World::new();
        if articles > 1_000 {
            world.keep_no_record();
        }
        shop.onboard(&world, json!({}));
        world.tick(shop.kind()).await;
        (0..articles).for_each(|n| shop.put_article(&world, n, &format!("Article {n}")));
        world.wait(HOUR).await;
        for n in 0..orders {
            shop.put_order(&world, n, &[n % articles]);
        }
        let scene = Self { world, shop };
        for _ in 0..3 {
            scene.world.tick(shop.kind()).await;
        }
        scene.world.reconcile().await;
        scene.world.wait(4 * HOUR).await;
        scene
    }

    /// A tenant with so many articles that are as they were imported, put into Ongoing and the ledger one by one: an import
    /// of each takes minutes. What no record is planted in is as a pull and an import would have left it.
    pub async fn seeded(shop: &'a dyn Shop, articles: usize) -> Scene<'a> {
        let scene = Self::open(shop, 1, 0).await;
        let world = &scene.world;
        world.keep_no_record();
        (1..articles).for_each(|n| shop.put_article(world, n, &format!("Article {n}")));
        world.wait(HOUR).await;
        let (ports, tenant) = (world.ports(), scene.tenant());
        let run = Run { id: "seed".into(), deadline: world.now() + 24 * HOUR };
        let erp = erps::connect(&ports, &tenant, run.deadline);
        let stored = cursor::read(&ports, "acme", Feed::Articles).await.unwrap();
        let mut at = stored.cursor.clone().unwrap();
        // A second pass shows the same again.
        let mut seeded = HashSet::new();
        loop {
            let page = erp.changes(Feed::Articles, &at, &NothingKnown).await.unwrap();
            for change in page.changes {
                let What::Import(record) = &change.what else { panic!("{}: {:?}", change.key, change.what) };
                let Record::Article(article) = &**record else { panic!("{}", change.key) };
                if article.article_number == article_number(0) || !seeded.insert(change.key.clone()) {
                    continue;
                }
                let body = map::article(article, 159, &[]).unwrap();
                let id = scene.by_hand("PUT", "articles", &body)["articleSystemId"].as_i64().unwrap();
                let entry = json!({
                    "number": article.article_number, "outcome": "created",
                    "seen": { "version": change.version, "fingerprint": record.fingerprint(), "at": world.now() },
                    "handed_out": { "version": change.version, "fingerprint": record.fingerprint(), "at": world.now() },
                    "settled": {
                        "version": change.version, "fingerprint": record.fingerprint(), "queued_at": world.now(),
                        "outcome": "created", "at": world.now(),
                    },
                    "ongoing": { "id": id, "number": article.article_number, "members": cleared::members(&body) },
                });
                let sk = format!("ledger#articles#{}", change.key);
                let item = Item { pk: "tenant#acme".into(), sk, rev: 1, body: entry, expires: None };
                assert_eq!(ports.state.put(item).await, Ok(Put::Done));
            }
            at = page.cursor;
            if !page.more {
                break;
            }
        }
        assert_eq!(seeded.len(), articles - 1);
        cursor::advance(&ports, "acme", Feed::Articles, &stored, &at, None).await.unwrap();
        drop(erp);
        world.wait(4 * HOUR).await;
        scene
    }

    pub fn tenant(&self) -> Tenant {
        Tenant::parse(&tenant("acme", self.shop.kind(), json!({})), false).unwrap()
    }

    pub async fn prove(&self) -> Proof {
        self.prove_within(24 * HOUR).await
    }

    pub async fn prove_within(&self, time: Duration) -> Proof {
        let run = Run { id: "proof".into(), deadline: self.world.now() + time };
        proof::prove(&self.world.ports(), &run, &self.tenant(), None, &|_| ()).await.unwrap()
    }

    /// What somebody does in Ongoing past the integration.
    pub fn by_hand(&self, method: &str, path: &str, body: &Value) -> Value {
        self.world.warehouse_api(method, path, body)
    }

    /// The last body that Ongoing took of an article.
    pub fn body(&self, number: &str) -> Value {
        let all = self.world.wms();
        let mut articles = all["articles"].as_array().unwrap().iter();
        articles.find(|article| article["articleNumber"] == number).unwrap()["body"].clone()
    }

    /// The ledger's entry of an article, with its key.
    pub fn entry(&self, number: &str) -> (String, Entry) {
        let entries = self.world.ledger("acme", Feed::Articles);
        entries.into_iter().find(|(_, entry)| entry.number.as_deref() == Some(number)).unwrap()
    }

    /// Puts an entry in the place of what the ledger has; `None` takes it away.
    pub async fn put_entry(&self, key: &str, entry: Option<Entry>) {
        let sk = format!("ledger#articles#{key}");
        let state = self.world.ports().state;
        let rev = state.get("tenant#acme", &sk).await.unwrap().unwrap().rev;
        let put = match entry {
            None => state.delete("tenant#acme", &sk, rev).await,
            Some(entry) => {
                let body = serde_json::to_value(entry).unwrap();
                state.put(Item { pk: "tenant#acme".into(), sk, rev: rev + 1, body, expires: None }).await
            }
        };
        assert_eq!(put, Ok(Put::Done));
    }

    /// The article is another one in Ongoing: somebody renamed its number there.
    pub fn lose(&self, n: usize) {
        let number = article_number(n);
        let (_, entry) = self.entry(&number);
        let mut body = self.body(&number);
        body["articleNumber"] = json!(format!("{number}-RENAMED"));
        self.by_hand("PUT", &format!("articles/{}", entry.ongoing.unwrap().id), &body);
    }

    /// An article that somebody made in Ongoing.
    pub fn add(&self, number: &str) {
        let body = json!({ "goodsOwnerId": 159, "articleNumber": number, "articleName": "Made by hand" });
        self.by_hand("PUT", "articles", &body);
    }

    /// Somebody wrote another name into Ongoing.
    pub fn rename(&self, n: usize) {
        let mut body = self.body(&article_number(n));
        body["articleName"] = json!("Somebody's name");
        self.by_hand("PUT", "articles", &body);
    }

    /// The ERP has a newer version of `n`, of which neither Ongoing nor the ledger nor the next pull knows: it was lost on the
    /// way, and the cursor stands at a later change of another article.
    pub async fn age(&self, n: usize, later: usize) {
        let number = article_number(n);
        let (body, (key, entry)) = (self.body(&number), self.entry(&number));
        self.shop.put_article(&self.world, n, "A newer name");
        self.world.tick(self.shop.kind()).await;
        self.world.wait(4 * HOUR).await;
        self.shop.put_article(&self.world, later, "Another name");
        for _ in 0..3 {
            self.world.tick(self.shop.kind()).await;
        }
        self.by_hand("PUT", "articles", &body);
        self.put_entry(&key, Some(entry)).await;
    }
}

/// Kind and number of every difference, in the order of the report.
pub fn told(proof: &Proof) -> Vec<(&'static str, String)> {
    let number = |one: &proof::Difference| one.number.clone().unwrap_or_else(|| one.key.clone());
    proof.differences.iter().map(|one| (one.kind.word(), number(one))).collect()
}
