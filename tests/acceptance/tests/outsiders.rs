//! What somebody without a token can make the webhook's function do, and what a webhook does that is not for the tenant.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use acceptance::shops::{PowerOfficeShop, Shop, article_number};
use acceptance::world::{GOODS_OWNER, Site, World};
use async_trait::async_trait;
use bridge::doors::webhook::{self, Incoming, Reply};
use bridge::ports::{Ports, Run, Secrets};
use bridge::state::secret_cache::SecretCache;
use bridge::words::fault::Result;
use bridge::words::kind::Kind;
use bridge::words::secret::Secret;
use serde_json::{Value, json};

/// The secret store, and how often it was asked: each a `GetSecretValue`.
struct Store {
    world: Rc<World>,
    reads: Cell<usize>,
}

#[async_trait(?Send)]
impl Secrets for Store {
    async fn get(&self, name: &str, fresh: bool) -> Result<Option<Secret>> {
        self.reads.set(self.reads.get() + 1);
        self.world.memory.get(name, fresh).await
    }

    async fn put(&self, name: &str, value: &Secret) -> Result<()> {
        self.world.memory.put(name, value).await
    }

    async fn set(&self, name: &str, value: &Secret) -> Result<()> {
        self.world.memory.set(name, value).await
    }
}

/// One instance of the webhook's function.
struct Instance {
    world: Rc<World>,
    store: Rc<Store>,
    ports: Ports,
}

impl Instance {
    fn new() -> Self {
        let world = Rc::new(World::new());
        PowerOfficeShop.onboard(&world, json!({}));
        let store = Rc::new(Store { world: Rc::clone(&world), reads: Cell::default() });
        let ports = world.ports();
        let cache = SecretCache::new(Rc::clone(&store), Rc::clone(&ports.clock));
        Self { ports: Ports { secrets: Rc::new(cache), ..ports }, store, world }
    }

    async fn knock(&self, tenant_id: &str, token: &str) -> Reply {
        let body = json!({"webhookOrdersId": 1, "webhookEventId": 7, "orderId": 5, "goodsOwnerId": GOODS_OWNER});
        let body = body.to_string();
        let token = Some(Secret::new(token.to_owned()));
        let run = Run { id: "run-1".into(), deadline: self.ports.clock.now() + Duration::from_secs(10) };
        let incoming = Incoming { tenant_id, token, body: body.as_bytes(), run: &run };
        webhook::receive(&self.ports, &incoming).await
    }

    fn tokens(&self, tokens: Value) {
        let mut secret = self.world.memory.secret_value("ongoing/acme").unwrap_or_default();
        secret["webhook_tokens"] = tokens;
        self.world.memory.secret("ongoing/acme", &secret);
    }
}

/// The most that the API lets through in a minute: 50 calls a second.
const CALLS: usize = 50 * 60;

const APART: Duration = Duration::from_millis(20);

#[tokio::test(start_paused = true)]
async fn wrong_tokens_cost_a_read_of_the_secret_in_ten_seconds() {
    let instance = Instance::new();
    assert_eq!(instance.knock("acme", "webhook-token-0001").await, Reply::Accepted);
    let before = instance.store.reads.get();
    for n in 0..CALLS {
        assert_eq!(instance.knock("acme", &format!("wrong-{n}")).await, Reply::Unauthorized);
        instance.world.wait(APART).await;
    }
    let reads = instance.store.reads.get() - before;
    println!("figure: 20 | GetSecretValue for 3,000 wrong tokens of a tenant in a minute | before 3,000; now {reads}");
    assert!(reads <= 7, "{reads} reads in a minute");
    assert_eq!(instance.knock("acme", "webhook-token-0001").await, Reply::Accepted, "the right one opens the door");
}

#[tokio::test(start_paused = true)]
async fn names_that_no_tenant_has_cost_no_read_of_a_secret() {
    let instance = Instance::new();
    for n in 0..CALLS {
        // Also where somebody left a secret behind.
        instance.world.memory.secret(&format!("ongoing/nobody-{n}"), &json!({ "webhook_tokens": ["left"] }));
        let reply = instance.knock(&format!("nobody-{n}"), if n % 2 == 0 { "left" } else { "wrong" }).await;
        assert_eq!(reply, Reply::Unauthorized);
        instance.world.wait(APART).await;
    }
    let reads = instance.store.reads.get();
    println!("figure: 20 | GetSecretValue for 3,000 names that no tenant has in a minute | before 3,000; now {reads}");
    assert_eq!(reads, 0);
}

#[tokio::test(start_paused = true)]
async fn a_new_token_opens_the_door_after_ten_seconds_whatever_is_tried_meanwhile() {
    let instance = Instance::new();
    assert_eq!(instance.knock("acme", "webhook-token-0001").await, Reply::Accepted);
    // Nothing was tried lately: at once.
    instance.tokens(json!(["second"]));
    assert_eq!(instance.knock("acme", "second").await, Reply::Accepted);
    for new in ["third", "fourth", "fifth"] {
        instance.tokens(json!([new]));
        let replaced = instance.world.now();
        while instance.knock("acme", new).await == Reply::Unauthorized {
            assert_eq!(instance.knock("acme", "wrong").await, Reply::Unauthorized);
            instance.world.wait(APART).await;
            let waited = instance.world.now().duration_since(replaced);
            assert!(waited.as_millis() <= 10_020, "{new}: shut out for {waited:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_webhook_of_another_goods_owner_is_taken_and_not_followed() {
    let world = World::new();
    PowerOfficeShop.onboard(&world, json!({}));
    PowerOfficeShop.put_article(&world, 0, "First");
    world.tick(Kind::PowerOffice).await;
    let inventory = |event: usize, goods_owner: &Value| {
        let article = json!({"articleSystemId": 1, "articleNumber": article_number(0)});
        let mut payload = json!({"webhookInventoryId": 1, "webhookEventId": event, "article": article});
        if !goods_owner.is_null() {
            payload["goodsOwnerId"] = goods_owner.clone();
        }
        payload
    };
    let calls = || world.site(Site::Ongoing).calls() + world.site(Site::PowerOffice).calls();
    let said = || world.logs.text().matches("\"another_goods_owner\"").count();
    for (event, (goods_owner, followed)) in [
        (json!(GOODS_OWNER + 1), false),
        (json!((GOODS_OWNER + 1).to_string()), false),
        (json!(null), true),
        (json!("of no number"), true),
        (json!(GOODS_OWNER), true),
        (json!(GOODS_OWNER.to_string()), true),
    ]
    .into_iter()
    .enumerate()
    {
        let (calls_before, said_before) = (calls(), said());
        assert_eq!(world.post(&inventory(event, &goods_owner)).await, Reply::Accepted, "{goods_owner}");
        let stored = world.memory.write_back_queue().len();
        world.write_back_all().await;
        let calls = calls() - calls_before;
        if event == 0 {
            println!("figure: 20 | calls for a webhook of another goods owner | before 2; now {calls}");
        }
        assert_eq!((stored > 0, calls > 0, said() > said_before), (followed, followed, !followed), "{goods_owner}");
    }
}
