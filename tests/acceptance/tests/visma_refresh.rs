//! One refresh for all: many workers, each a process of its own, meet one expiry over slow stores and a slow network.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use acceptance::shops::{Shop, VismaShop};
use acceptance::world::World;
use async_trait::async_trait;
use bridge::http::classify::Service;
use bridge::http::login::Login;
use bridge::http::{Call, Client};
use bridge::ports::{Broken, Clock, Item, Ports, Put, Secrets, State, Transport};
use bridge::words::fault::Result;
use bridge::words::kind::Kind;
use bridge::words::secret::Secret;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::json;
use simulators::visma::OauthCounts;

/// Numbers that follow from a seed.
struct Dice(Cell<u64>);

impl Dice {
    fn new(seed: u64) -> Rc<Self> {
        Rc::new(Self(Cell::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5555)))
    }

    fn below(&self, most: u64) -> u64 {
        let mut x = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(x);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) % most.max(1)
    }

    async fn wait(&self, most: u64) {
        tokio::time::sleep(Duration::from_millis(self.below(most))).await;
    }
}

/// The edges of one worker: those of the world, each with a delay before and after.
struct Slow {
    world: Ports,
    dice: Rc<Dice>,
    state: u64,
    secret: u64,
    network: u64,
    /// A fresh read of a secret is kept for a second, as the secret store's client does.
    kept: RefCell<HashMap<String, (Timestamp, Option<Secret>)>>,
}

#[async_trait(?Send)]
impl Clock for Slow {
    fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    async fn sleep(&self, pause: Duration) {
        self.world.clock.sleep(pause).await;
    }

    fn chance(&self) -> f64 {
        self.dice.below(1000) as f64 / 1000.0
    }
}

#[async_trait(?Send)]
impl State for Slow {
    async fn get(&self, pk: &str, sk: &str) -> Result<Option<Item>> {
        self.dice.wait(self.state).await;
        let item = self.world.state.get(pk, sk).await;
        self.dice.wait(self.state).await;
        item
    }

    async fn get_many(&self, pk: &str, sks: &[String]) -> Result<Vec<Item>> {
        self.world.state.get_many(pk, sks).await
    }

    async fn list(&self, pk: &str, prefix: &str, limit: usize) -> Result<Vec<Item>> {
        self.world.state.list(pk, prefix, limit).await
    }

    async fn put(&self, item: Item) -> Result<Put> {
        self.dice.wait(self.state).await;
        let put = self.world.state.put(item).await;
        self.dice.wait(self.state).await;
        put
    }

    async fn delete(&self, pk: &str, sk: &str, rev: u64) -> Result<Put> {
        self.world.state.delete(pk, sk, rev).await
    }
}

#[async_trait(?Send)]
impl Secrets for Slow {
    async fn get(&self, name: &str, fresh: bool) -> Result<Option<Secret>> {
        let now = self.now();
        let longest = Duration::from_secs(if fresh { 1 } else { 300 });
        if let Some((at, value)) = self.kept.borrow().get(name)
            && *at + longest > now
        {
            return Ok(value.clone());
        }
        self.dice.wait(self.secret).await;
        let value = self.world.secrets.get(name, fresh).await?;
        self.dice.wait(self.secret).await;
        self.kept.borrow_mut().insert(name.to_owned(), (now, value.clone()));
        Ok(value)
    }

    async fn put(&self, name: &str, value: &Secret) -> Result<()> {
        self.dice.wait(self.secret).await;
        self.world.secrets.put(name, value).await?;
        self.dice.wait(self.secret).await;
        self.kept.borrow_mut().insert(name.to_owned(), (self.now(), Some(value.clone())));
        Ok(())
    }

    async fn set(&self, name: &str, value: &Secret) -> Result<()> {
        Secrets::put(self, name, value).await
    }
}

#[async_trait(?Send)]
impl Transport for Slow {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Broken> {
        self.dice.wait(self.network).await;
        let answer = self.world.transport.send(request).await;
        self.dice.wait(self.network).await;
        answer
    }
}

fn worker(world: &World, dice: &Rc<Dice>) -> Ports {
    let slow = Rc::new(Slow {
        world: world.ports(),
        dice: Rc::clone(dice),
        state: 1 + dice.below(40),
        secret: 1 + dice.below(300),
        network: 1 + dice.below(2000),
        kept: RefCell::default(),
    });
    Ports {
        clock: Rc::clone(&slow) as _,
        state: Rc::clone(&slow) as _,
        secrets: Rc::clone(&slow) as _,
        transport: slow,
        tokens: Rc::default(),
        drifts: Rc::default(),
        circuits: None,
        paces: Default::default(),
        backfill: false,
        ..world.ports()
    }
}

/// Every worker makes a call of its own, begun within a second.
async fn all_call(world: &World, dice: &Dice, workers: &[Ports], seed: u64) {
    let calls = workers.iter().map(|ports| async move {
        dice.wait(1000).await;
        let auth_url = Kind::Visma.auth_url();
        let login = Login::Visma { tenant_id: "acme".into(), auth_url };
        let deadline = world.now() + Duration::from_secs(300);
        let client = Client::new(ports, Service::Visma, login, None, deadline);
        let mut url = Kind::Visma.base_url();
        url.set_path("/v2/companysettings");
        client.json(&Call::get(url)).await
    });
    for answer in futures_util::future::join_all(calls).await {
        let name = answer.unwrap_or_else(|fault| panic!("seed {seed}: {fault}"))["Name"].clone();
        assert_eq!(name, json!("acme"), "seed {seed}");
    }
}

/// How the token that everybody has comes to its end.
#[derive(Clone, Copy, Debug)]
enum Expiry {
    /// Nobody has had one yet.
    NoneYet,
    /// Its hour passes.
    Hour,
    /// The vendor refuses it before its time.
    Refused,
}

/// Runs; each has a number of workers of its own and one expiry.
const RUNS: u64 = 10_000;

/// The most workers.
const WORKERS: u64 = 64;

impl Expiry {
    /// What a seed stands for: every number of workers from 2 on meets every expiry.
    fn of(seed: u64) -> (usize, Self) {
        let counts = WORKERS - 1;
        let workers = 2 + usize::try_from(seed % counts).unwrap();
        (workers, [Self::NoneYet, Self::Hour, Self::Refused][usize::try_from(seed / counts % 3).unwrap()])
    }
}

/// One expiry and many workers, some of which have the token in their memory and some of which only just began: it is
/// refreshed once, no refresh is refused, and what is kept is what the vendor takes next.
async fn expiry(seed: u64) {
    let (count, expiry) = Expiry::of(seed);
    let world = World::new();
    VismaShop.onboard(&world, json!({}));
    world.vendors.visma.borrow_mut().model.oauth.rules.refresh_rotates = true;
    let dice = Dice::new(seed);
    let workers: Vec<Ports> = (0..count).map(|_| worker(&world, &dice)).collect();
    let before = match expiry {
        Expiry::NoneYet => 0,
        Expiry::Hour | Expiry::Refused => {
            let warm = 1 + usize::try_from(dice.below(count.min(8) as u64)).unwrap();
            all_call(&world, &dice, &workers[..warm], seed).await;
            let pause = if matches!(expiry, Expiry::Hour) { 3600 + dice.below(7200) } else { 90 + dice.below(600) };
            world.wait(Duration::from_secs(pause)).await;
            world.vendors.visma.borrow_mut().model.oauth.expire_access("acme");
            1
        }
    };
    all_call(&world, &dice, &workers, seed).await;
    let erp = world.vendors.visma.borrow();
    let oauth = &erp.model.oauth;
    let once = OauthCounts { refreshes: before + 1, refused: 0, families_revoked: 0 };
    assert_eq!(oauth.counts, once, "seed {seed}: {count} workers, {expiry:?}");
    let kept = world.memory.secret_value("visma/acme").unwrap();
    assert_eq!(kept["refresh_token"].as_str(), oauth.live_refresh_token("acme"), "seed {seed}: {count} workers");
}

/// Runs seeds on every core, each in a paused time of its own; says which seed failed.
fn on_every_core<F: Future<Output = ()>>(seeds: Range<u64>, run: impl Fn(u64) -> F + Sync) {
    let (next, run) = (&AtomicU64::new(seeds.start), &run);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|threads| {
        for _ in 0..cores {
            threads.spawn(move || {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let paused = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
                    let ran = catch_unwind(AssertUnwindSafe(|| paused.unwrap().block_on(run(seed))));
                    if let Err(panic) = ran {
                        next.store(seeds.end, Ordering::Relaxed);
                        eprintln!("seed {seed} failed");
                        resume_unwind(panic);
                    }
                }
            });
        }
    });
}

#[test]
fn two_to_sixty_four_workers_refresh_once_for_one_expiry_in_ten_thousand_runs() {
    on_every_core(0..RUNS, expiry);
}

#[test]
fn the_runs_have_every_number_of_workers_with_every_expiry_many_times() {
    let mut met = BTreeMap::new();
    for seed in 0..RUNS {
        let (workers, expiry) = Expiry::of(seed);
        *met.entry((workers, format!("{expiry:?}"))).or_insert(0) += 1;
    }
    assert_eq!(met.len(), 63 * 3);
    assert_eq!((met.keys().next().unwrap().0, met.keys().last().unwrap().0), (2, 64));
    assert!(met.values().all(|times| *times >= 50), "{met:?}");
}

/// The same workers through three expiries, one after the other.
async fn expiries(seed: u64) {
    let world = World::new();
    VismaShop.onboard(&world, json!({}));
    world.vendors.visma.borrow_mut().model.oauth.rules.refresh_rotates = true;
    let dice = Dice::new(seed);
    let count = 2 + usize::try_from(seed % 15).unwrap();
    let workers: Vec<Ports> = (0..count).map(|_| worker(&world, &dice)).collect();
    let expect = |refreshes: u32| {
        let erp = world.vendors.visma.borrow();
        let oauth = &erp.model.oauth;
        assert_eq!(oauth.counts, OauthCounts { refreshes, refused: 0, families_revoked: 0 }, "seed {seed}");
        let kept = world.memory.secret_value("visma/acme").unwrap();
        assert_eq!(kept["refresh_token"].as_str(), oauth.live_refresh_token("acme"), "seed {seed}");
    };
    // Nobody has a token yet.
    all_call(&world, &dice, &workers, seed).await;
    expect(1);
    // Its hour passes.
    world.wait(Duration::from_secs(3600 + dice.below(7200))).await;
    all_call(&world, &dice, &workers, seed).await;
    expect(2);
    // The vendor refuses it before its time.
    world.wait(Duration::from_secs(90 + dice.below(600))).await;
    world.vendors.visma.borrow_mut().model.oauth.expire_access("acme");
    all_call(&world, &dice, &workers, seed).await;
    expect(3);
    // While everybody has one, nobody asks.
    all_call(&world, &dice, &workers, seed).await;
    expect(3);
}

#[test]
fn three_expiries_in_a_row_are_three_refreshes() {
    on_every_core(0..60, expiries);
}

#[tokio::test(start_paused = true)]
async fn workers_of_one_process_share_one_refresh_too() {
    for seed in 0..60 {
        let world = World::new();
        VismaShop.onboard(&world, json!({}));
        world.vendors.visma.borrow_mut().model.oauth.rules.refresh_rotates = true;
        let dice = Dice::new(seed);
        let shared = worker(&world, &dice);
        let workers = vec![shared; 8];
        for round in 1..=3 {
            all_call(&world, &dice, &workers, seed).await;
            let counts = world.vendors.visma.borrow().model.oauth.counts;
            assert_eq!(counts, OauthCounts { refreshes: round, refused: 0, families_revoked: 0 }, "seed {seed}");
            world.wait(Duration::from_secs(120)).await;
            world.vendors.visma.borrow_mut().model.oauth.expire_access("acme");
        }
    }
}
