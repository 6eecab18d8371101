//! A whole deployment in one process: the real pull and import, the ports in memory, the vendors' simulators behind the
//! same HTTP, and a clock that only moves when everybody waits.
//!
//! Runs under tokio's paused time (`#[tokio::test(start_paused = true)]`).

mod back;
mod clocks;
mod counters;
pub mod deployment;
mod echo;
mod faulty;
mod freshness;
mod functions;
mod iam_actions;
mod invocation;
mod isolation;
mod ledgers;
mod logs;
mod memory;
mod message;
mod offered;
mod pace;
mod pages;
mod pump;
mod rotation;
mod rules;
mod site;
pub mod sqs;
mod transport;
mod watch;
mod witness;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;
use bridge::ports::{Clock, Ports, Random};
use bridge::state::secret_cache::SecretCache;
use bridge::words::envelope::Envelope;
use bridge::words::kind::Kind;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use simulators::facts::{Fact, Vendor};
use simulators::{Simulator as _, Troubled, finago, ongoing, poweroffice, procountor, visma};
use tokio::time::Instant;

use invocation::Sleeping;

pub use counters::{Counters, Invoked};
pub use echo::Echo;
pub use faulty::Steps;
pub use freshness::{Freshness, Took};
pub use iam_actions::{Action, ActionLog};
pub use invocation::{Ended, Invocation};
pub use isolation::Isolation;
pub use logs::Logs;
pub use memory::{Memory, Release};
pub use message::article_message;
pub use offered::{CursorMove, Offered};
pub use pace::Pace;
pub use pages::Pages;
pub use pump::Pump;
pub use rules::{Call, Happens, Peer, Rule, Rules};
pub use site::{Site, Troublesome};
pub use sqs::Message;
pub use transport::{CONNECT, LATENCY, Net, WHOLE};
pub use watch::{Exchanged, Watch};
pub use witness::{Happened, VERSION, Witness, Wrong, version};

/// The vendors.
pub struct Vendors {
    /// Ongoing WMS, with goods owner 159.
    pub ongoing: Rc<RefCell<Troubled<ongoing::Ongoing>>>,
    /// PowerOffice Go.
    pub poweroffice: Rc<RefCell<Troubled<poweroffice::PowerOffice>>>,
    /// Finago Office.
    pub finago: Rc<RefCell<Troubled<finago::Finago>>>,
    /// Procountor.
    pub procountor: Rc<RefCell<Troubled<procountor::Procountor>>>,
    /// Visma eAccounting.
    pub visma: Rc<RefCell<Troubled<visma::Visma>>>,
}

impl Vendors {
    /// From now on this fact has this answer.
    ///
    /// # Panics
    /// Where the vendor has no switch for it.
    pub fn assume(&self, fact: &Fact, answer: &str) {
        let assumed = match fact.vendor {
            Vendor::Ongoing => self.ongoing.borrow_mut().model.assume(fact.id, answer),
            Vendor::PowerOffice => self.poweroffice.borrow_mut().model.assume(fact.id, answer),
            Vendor::Finago => self.finago.borrow_mut().model.assume(fact.id, answer),
            Vendor::Procountor => self.procountor.borrow_mut().model.assume(fact.id, answer),
            Vendor::Visma => self.visma.borrow_mut().model.assume(fact.id, answer),
        };
        assumed.unwrap_or_else(|reason| panic!("{}: {reason}", fact.id));
    }

    fn sites(&self) -> BTreeMap<Site, Box<dyn Troublesome>> {
        let sites: [(Site, Box<dyn Troublesome>); 5] = [
            (Site::Ongoing, Box::new(Rc::clone(&self.ongoing))),
            (Site::PowerOffice, Box::new(Rc::clone(&self.poweroffice))),
            (Site::Finago, Box::new(Rc::clone(&self.finago))),
            (Site::Procountor, Box::new(Rc::clone(&self.procountor))),
            (Site::Visma, Box::new(Rc::clone(&self.visma))),
        ];
        sites.into()
    }
}

/// The goods owner of every tenant in these tests, unless a test says otherwise.
pub const GOODS_OWNER: i64 = 159;

/// A Monday morning, 2026-03-02T07:00:00Z.
pub const MONDAY: Timestamp = Timestamp::constant(1_772_434_800, 0);

/// A whole deployment.
pub struct World {
    /// The vendors' systems.
    pub vendors: Vendors,
    /// What the cloud keeps.
    pub memory: Rc<Memory>,
    /// The steps of the running invocation, each of which can be the last.
    pub steps: Rc<Steps>,
    /// The log lines so far.
    pub logs: Logs,
    /// What a watcher at the edges has written down.
    pub watch: Rc<Watch>,
    /// What happens to calls.
    pub rules: Rc<Rules>,
    /// Calls, paid time and deliveries so far.
    pub counters: Rc<Counters>,
    /// From ready in the ERP to in Ongoing.
    pub freshness: Rc<Freshness>,
    /// What a simulation sees.
    pub witness: Rc<Witness>,
    /// How many rows a page has at most.
    pub pages: Rc<Pages>,
    /// What of whom is where.
    pub isolation: Rc<Isolation>,
    /// What was put on the import queue, and how far the cursors are.
    pub offered: Rc<Offered>,
    clock: Rc<Paused>,
    clocks_apart: Cell<u64>,
    /// Of a thousand invocations so many die.
    deaths: Cell<u64>,
    net: Rc<Net>,
    ports: RefCell<Ports>,
    runs: Cell<usize>,
}

struct Paused {
    began: Timestamp,
    start: Instant,
    asked: Cell<u64>,
    /// Of a simulation; `None` where chance is always the same.
    seed: Option<u64>,
}

/// The same every time, so that a run can be repeated; never the same within a run.
impl Random for Paused {
    fn bytes(&self) -> [u8; 32] {
        self.asked.set(self.asked.get() + 1);
        match self.seed {
            None => Sha256::digest(self.asked.get().to_be_bytes()).into(),
            Some(seed) => Sha256::digest([seed.to_be_bytes(), self.asked.get().to_be_bytes()].concat()).into(),
        }
    }
}

#[async_trait(?Send)]
impl Clock for Paused {
    fn now(&self) -> Timestamp {
        self.began + self.start.elapsed()
    }

    async fn sleep(&self, pause: Duration) {
        let sleeping = Sleeping::begin();
        tokio::time::sleep(pause).await;
        sleeping.end();
    }

    fn chance(&self) -> f64 {
        match self.seed {
            None => 0.5,
            // The bits that a double's fraction has.
            Some(_) => {
                let [a, b, c, d, e, f, g, ..] = self.bytes();
                (u64::from_be_bytes([0, a, b, c, d, e, f, g]) >> 3) as f64 / (1_u64 << 53) as f64
            }
        }
    }
}

/// What everything in the world shares.
#[derive(Clone)]
struct Around {
    clock: Rc<Paused>,
    steps: Rc<Steps>,
    watch: Rc<Watch>,
    rules: Rc<Rules>,
    counters: Rc<Counters>,
    freshness: Rc<Freshness>,
    witness: Rc<Witness>,
    pages: Rc<Pages>,
    isolation: Rc<Isolation>,
    offered: Rc<Offered>,
}

impl Around {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl World {
    /// A deployment without tenants, on a Monday morning.
    ///
    /// # Panics
    /// Outside of tokio's paused time.
    #[must_use]
    pub fn new() -> Self {
        Self::of(None, MONDAY)
    }

    /// The same with chance by a seed: pauses, tokens and tickets differ from seed to seed, and never between two runs of
    /// one.
    ///
    /// # Panics
    /// Outside of tokio's paused time.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::of(Some(seed), MONDAY)
    }

    /// The same, beginning then.
    ///
    /// # Panics
    /// Outside of tokio's paused time.
    #[must_use]
    pub fn seeded_at(seed: u64, began: Timestamp) -> Self {
        Self::of(Some(seed), began)
    }

    fn of(seed: Option<u64>, began: Timestamp) -> Self {
        let logs = Logs::begin();
        let clock = Rc::new(Paused { began, start: Instant::now(), asked: Cell::default(), seed });
        let steps = Rc::new(Steps::default());
        let watch = Rc::new(Watch::default());
        let vendors = Vendors {
            ongoing: shared(ongoing::Ongoing::new("acme").goods_owner(GOODS_OWNER, "WSI-acme", "ongoing-pass-0001")),
            poweroffice: shared(poweroffice::PowerOffice::new("app-key-0001", "sub-key-0001")),
            finago: shared(finago::Finago::new("app-id-0001")),
            procountor: shared(procountor::Procountor::new()),
            visma: shared(visma::Visma::new("visma-client-0001", "visma-secret-0001")),
        };
        crate::answers::apply(&vendors);
        let (rules, counters) = (Rc::new(Rules::default()), Rc::new(Counters::default()));
        let (freshness, witness) = (Rc::new(Freshness::default()), Rc::new(Witness::default()));
        let (isolation, offered) = (Rc::new(Isolation::default()), Rc::new(Offered::default()));
        let around = Around {
            clock: Rc::clone(&clock),
            steps: Rc::clone(&steps),
            watch: Rc::clone(&watch),
            rules: Rc::clone(&rules),
            counters: Rc::clone(&counters),
            freshness: Rc::clone(&freshness),
            witness: Rc::clone(&witness),
            pages: Rc::default(),
            isolation: Rc::clone(&isolation),
            offered: Rc::clone(&offered),
        };
        let pages = Rc::clone(&around.pages);
        let net = Rc::new(Net::new(&vendors, around.clone()));
        let memory = Rc::new(Memory::new(around));
        let world = Self {
            ports: RefCell::new(process(Rc::clone(&clock) as Rc<_>, &clock, &memory, &net)),
            vendors,
            memory,
            steps,
            logs,
            watch,
            rules,
            counters,
            freshness,
            witness,
            pages,
            isolation,
            offered,
            clock,
            clocks_apart: Cell::default(),
            deaths: Cell::default(),
            net,
            runs: Cell::default(),
        };
        world.memory.secret(
            "ongoing/acme",
            &json!({"username": "WSI-acme", "password": "ongoing-pass-0001", "webhook_tokens": ["webhook-token-0001"]}),
        );
        world
    }

    /// The edges, as a handler of the present process sees them.
    #[must_use]
    pub fn ports(&self) -> Ports {
        self.ports.borrow().clone()
    }

    /// A new process in place of the present one, which takes with it all that it kept in memory.
    pub fn new_process(&self) {
        *self.ports.borrow_mut() = self.process();
    }

    /// An earlier process, which was idle meanwhile, gets what comes next.
    pub fn go_on_as(&self, process: Ports) {
        *self.ports.borrow_mut() = process;
    }

    /// A process that knows nothing yet.
    #[must_use]
    pub fn process(&self) -> Ports {
        process(self.clock_of_a_process(), &self.clock, &self.memory, &self.net)
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets time pass.
    pub async fn wait(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }

    /// Adds a tenant item.
    pub fn onboard(&self, item: Value) {
        self.memory.tenant(item);
    }

    /// What the queue holds, as envelopes.
    #[must_use]
    pub fn queued(&self) -> Vec<Envelope> {
        let read = |message: &Message| serde_json::from_str(&message.body).ok();
        self.memory.import_queue().iter().filter_map(read).collect()
    }

    /// Ongoing's state of the goods owner: articles, orders and purchase orders with their last accepted bodies.
    #[must_use]
    pub fn wms(&self) -> Value {
        self.vendors.ongoing.borrow().model.state(GOODS_OWNER).unwrap_or_default()
    }

    /// Accepted writes at Ongoing so far.
    #[must_use]
    pub fn writes(&self) -> usize {
        self.vendors.ongoing.borrow().model.writes()
    }

    /// What somebody does through Ongoing's API past the integration, as the user of goods owner 159; the answer.
    ///
    /// # Panics
    /// Where Ongoing refuses it.
    pub fn warehouse_api(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = bytes::Bytes::from(body.to_string());
        let headers = [
            ("Host", "api.ongoingsystems.se".to_owned()),
            ("Authorization", "Basic V1NJLWFjbWU6b25nb2luZy1wYXNzLTAwMDE=".to_owned()),
            ("Accept", "application/json".to_owned()),
            ("Content-Type", "application/json".to_owned()),
            ("Content-Length", body.len().to_string()),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value)).to_vec();
        let target = format!("/acme/api/v1/{path}");
        let request = simulators::Request { method: method.into(), target, headers, body };
        let answer = self.vendors.ongoing.borrow_mut().call(self.now(), &request);
        let simulators::Answer::Response(it) = &answer else { panic!("{answer:?}") };
        assert!(it.status < 300, "{answer:?}");
        serde_json::from_slice(&it.body).unwrap_or_default()
    }

    /// What a warehouse worker does in Ongoing.
    ///
    /// # Panics
    /// When the warehouse refuses.
    pub fn warehouse(&self, action: &str, args: &Value) -> Value {
        let done = simulators::Simulator::act(&mut self.vendors.ongoing.borrow_mut().model, self.now(), action, args);
        done.unwrap_or_else(|reason| panic!("{action}: {reason}"))
    }

    /// The most calls that were ever under way at Ongoing at one time.
    #[must_use]
    pub fn most_in_flight(&self) -> usize {
        self.net.most_in_flight(Site::Ongoing)
    }

    /// Every request so far, with what Basic has encoded in clear.
    #[must_use]
    pub fn sent(&self) -> Vec<String> {
        self.net.sent()
    }

    /// The counters, and what stands in each queue, as lines.
    #[must_use]
    pub fn report(&self) -> String {
        let now = self.now();
        let mut lines = self.counters.to_string();
        for queue in self.memory.queues() {
            let (depth, dead) = (queue.depth(now), queue.dead_letters(now).len());
            if depth != sqs::Depth::default() || dead > 0 {
                lines += &format!(
                    "{:<20} {} waiting, {} hidden, the oldest {} s old, {dead} dead letters\n",
                    queue.attributes().name,
                    depth.waiting,
                    depth.hidden,
                    depth.oldest.as_secs()
                );
            }
        }
        lines
    }

    /// Keeps neither log lines nor requests from now on: where there are too many of them.
    pub fn keep_no_record(&self) {
        self.logs.end();
        self.net.forget();
    }

    /// Keeps no requests from now on, and log lines all the same.
    pub fn keep_log_lines_alone(&self) {
        self.net.forget();
    }

    /// From now on vendors answer some calls by repeating them.
    pub fn echo(&self, echo: Option<Echo>) {
        self.net.echo(echo);
    }

    /// A vendor's site, for laying troubles on its calls.
    #[must_use]
    pub fn site(&self, site: Site) -> &dyn Troublesome {
        self.net.site(site)
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

fn process(clock: Rc<dyn Clock>, random: &Rc<Paused>, memory: &Rc<Memory>, net: &Rc<Net>) -> Ports {
    Ports {
        clock: Rc::clone(&clock),
        random: Rc::clone(random) as Rc<_>,
        state: Rc::clone(memory) as Rc<_>,
        tenants: Rc::clone(memory) as Rc<_>,
        queue: Rc::clone(memory) as Rc<_>,
        secrets: Rc::new(SecretCache::new(Rc::clone(memory), clock)),
        transport: Rc::clone(net) as Rc<_>,
        tokens: Rc::default(),
        drifts: Rc::default(),
        circuits: None,
        paces: Default::default(),
        backfill: false,
        allow_local: false,
        personal_data: bridge::ports::PERSONAL_DATA,
    }
}

fn shared<S: simulators::Simulator>(model: S) -> Rc<RefCell<Troubled<S>>> {
    Rc::new(RefCell::new(Troubled::new(model)))
}

/// Settings of a tenant item, over what every test tenant has.
#[must_use]
pub fn tenant(tenant_id: &str, kind: Kind, settings: Value) -> Value {
    json!({
        "tenant_id": tenant_id,
        "erp": { "kind": kind.word() },
        "ongoing": {
            "base_url": "https://api.ongoingsystems.se/acme/api/v1",
            "goods_owner_id": GOODS_OWNER,
        },
        "settings": settings,
    })
}
