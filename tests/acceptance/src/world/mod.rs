//! A whole deployment in one process: the real pull and import, the ports in memory, the vendors' simulators behind the
//! same HTTP, and a clock that only moves when everybody waits.
//!
//! Runs under tokio's paused time (`#[tokio::test(start_paused = true)]`).

mod back;
mod faulty;
mod iam_actions;
mod ledgers;
mod logs;
mod memory;
mod rotation;
mod transport;
mod watch;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;
use bridge::ports::{Clock, Ports, Random, Run};
use bridge::roads::import;
use bridge::roads::pull::{self, Summary};
use bridge::state::secret_cache::SecretCache;
use bridge::words::delivery::Delivery;
use bridge::words::envelope::{Envelope, Job};
use bridge::words::kind::Kind;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use simulators::{Troubled, finago, ongoing, poweroffice, procountor, visma};
use tokio::time::Instant;

pub use faulty::Steps;
pub use iam_actions::{Action, ActionLog};
pub use logs::Logs;
pub use memory::{Memory, Message};
pub use transport::{Echo, Net, Site};
pub use watch::{Exchanged, Watch};

/// The lease, the visibility time-out and the tick of the template.
const TICK: Duration = Duration::from_secs(15 * 60);

/// What an invocation may take.
const PULL_TIME: Duration = Duration::from_secs(300);
const IMPORT_TIME: Duration = Duration::from_secs(120);

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

/// The goods owner of every tenant in these tests, unless a test says otherwise.
pub const GOODS_OWNER: i64 = 159;

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
    clock: Rc<Paused>,
    net: Rc<Net>,
    ports: RefCell<Ports>,
    runs: Cell<usize>,
}

struct Paused {
    began: Timestamp,
    start: Instant,
    asked: Cell<u64>,
}

/// The same every time, so that a run can be repeated; never the same within a run.
impl Random for Paused {
    fn bytes(&self) -> [u8; 32] {
        self.asked.set(self.asked.get() + 1);
        Sha256::digest(self.asked.get().to_be_bytes()).into()
    }
}

#[async_trait(?Send)]
impl Clock for Paused {
    fn now(&self) -> Timestamp {
        self.began + self.start.elapsed()
    }

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }

    fn chance(&self) -> f64 {
        0.5
    }
}

/// How an invocation ended.
#[derive(Debug)]
pub enum Ended<T> {
    /// It ran to its end.
    Ran(T),
    /// The process died in the middle.
    Crashed,
}

impl World {
    /// A deployment without tenants, on a Monday morning.
    ///
    /// # Panics
    /// Outside of tokio's paused time.
    #[must_use]
    pub fn new() -> Self {
        let logs = Logs::begin();
        let clock = Rc::new(Paused {
            began: "2026-03-02T07:00:00Z".parse().unwrap_or_default(),
            start: Instant::now(),
            asked: Cell::default(),
        });
        let steps = Rc::new(Steps::default());
        let watch = Rc::new(Watch::default());
        let vendors = Vendors {
            ongoing: shared(ongoing::Ongoing::new("acme").goods_owner(GOODS_OWNER, "WSI-acme", "ongoing-pass-0001")),
            poweroffice: shared(poweroffice::PowerOffice::new("app-key-0001", "sub-key-0001")),
            finago: shared(finago::Finago::new("app-id-0001")),
            procountor: shared(procountor::Procountor::new()),
            visma: shared(visma::Visma::new("visma-client-0001", "visma-secret-0001")),
        };
        let net = Rc::new(Net::new(&vendors, Rc::clone(&clock) as Rc<dyn Clock>, Rc::clone(&steps), Rc::clone(&watch)));
        let memory = Rc::new(Memory::new(Rc::clone(&steps), Rc::clone(&watch)));
        let world = Self {
            ports: RefCell::new(Self::process(&clock, &memory, &net)),
            vendors,
            memory,
            steps,
            logs,
            watch,
            clock,
            net,
            runs: Cell::default(),
        };
        world.memory.secret(
            "ongoing/acme",
            &json!({"username": "WSI-acme", "password": "ongoing-pass-0001", "webhook_tokens": ["webhook-token-0001"]}),
        );
        world
    }

    fn process(clock: &Rc<Paused>, memory: &Rc<Memory>, net: &Rc<Net>) -> Ports {
        Ports {
            clock: Rc::clone(clock) as Rc<_>,
            random: Rc::clone(clock) as Rc<_>,
            state: Rc::clone(memory) as Rc<_>,
            tenants: Rc::clone(memory) as Rc<_>,
            queue: Rc::clone(memory) as Rc<_>,
            secrets: Rc::new(SecretCache::new(Rc::clone(memory), Rc::clone(clock) as Rc<_>)),
            transport: Rc::clone(net) as Rc<_>,
            tokens: Rc::default(),
            allow_local: false,
        }
    }

    /// The edges, as a handler of the present process sees them.
    #[must_use]
    pub fn ports(&self) -> Ports {
        self.ports.borrow().clone()
    }

    /// A new process in place of the present one, which takes with it all that it kept in memory.
    pub fn new_process(&self) {
        *self.ports.borrow_mut() = Self::process(&self.clock, &self.memory, &self.net);
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

    /// An invocation that may take this long.
    fn run(&self, time: Duration) -> Run {
        self.runs.set(self.runs.get() + 1);
        Run { id: format!("run-{}", self.runs.get()), deadline: self.now() + time }
    }

    /// Runs a handler; when a step of it is planned to be the last, its process is gone with everything it kept.
    pub async fn alive<T>(&self, handler: impl Future<Output = T>) -> Ended<T> {
        let ended = tokio::select! {
            biased;
            () = self.steps.crashed() => Ended::Crashed,
            done = handler => Ended::Ran(done),
        };
        if matches!(ended, Ended::Crashed) {
            self.new_process();
        }
        ended
    }

    /// One schedule event, the jobs it makes, and the imports that follow; a job or message whose process dies comes
    /// again, as SQS has it. The clock then stands at the next tick.
    pub async fn tick(&self, kind: Kind) -> Vec<Summary> {
        let began = self.now();
        self.memory.actions.by(&format!("pull-{kind}"));
        let ports = self.ports();
        let _ = self.alive(pull::schedule(&ports, kind)).await;
        let summaries = self.pull_jobs(kind).await;
        self.import_all().await;
        let next = began + TICK;
        if let Ok(rest) = Duration::try_from(next.duration_since(self.now())) {
            self.wait(rest).await;
        }
        summaries
    }

    /// Runs the jobs on the job queue. A job whose process died waits for its visibility time-out, and meets the lease.
    pub async fn pull_jobs(&self, kind: Kind) -> Vec<Summary> {
        let mut summaries = Vec::new();
        let mut jobs: VecDeque<(Job, u32)> = self.memory.take_jobs().into_iter().map(|job| (job, 1)).collect();
        while let Some((job, received)) = jobs.pop_front() {
            match self.pull(kind, &job).await {
                Ended::Ran(Ok(summary)) => summaries.push(summary),
                Ended::Ran(Err(_)) | Ended::Crashed if received < 5 => {
                    self.wait(PULL_TIME * 6).await;
                    jobs.push_back((job, received + 1));
                }
                Ended::Ran(Err(_)) | Ended::Crashed => {}
            }
            jobs.extend(self.memory.take_jobs().into_iter().map(|job| (job, 1)));
        }
        summaries
    }

    /// One invocation of a pull function.
    pub async fn pull(&self, kind: Kind, job: &Job) -> Ended<bridge::words::fault::Result<Summary>> {
        self.memory.actions.by(&format!("pull-{kind}"));
        let ports = self.ports();
        let run = self.run(PULL_TIME);
        self.alive(pull::job(&ports, &run, kind, job)).await
    }

    /// Invokes the import until the queue is empty or gives nothing more.
    pub async fn import_all(&self) {
        for _ in 0..500 {
            if self.memory.import_queue().is_empty() {
                return;
            }
            if !self.import().await {
                // Nothing was taken off: the visibility time-out passes.
                self.wait(IMPORT_TIME * 6).await;
            }
        }
    }

    /// One batch of the import; whether all of it was taken off the queue.
    pub async fn import(&self) -> bool {
        self.memory.actions.by("wms-import");
        let messages = self.memory.receive(10);
        let deliveries: Vec<Delivery> = messages.iter().map(Message::delivery).collect();
        let ports = self.ports();
        let run = self.run(IMPORT_TIME);
        match self.alive(import::batch(&ports, &run, deliveries)).await {
            Ended::Ran(back) => {
                self.memory.delete(&messages, &back);
                back.is_empty()
            }
            Ended::Crashed => false,
        }
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
        self.net.most_in_flight()
    }

    /// Every request so far, with what Basic has encoded in clear.
    #[must_use]
    pub fn sent(&self) -> Vec<String> {
        self.net.sent()
    }

    /// From now on vendors answer some calls by repeating them.
    pub fn echo(&self, echo: Option<Echo>) {
        self.net.echo(echo);
    }

    /// A vendor's site, for laying troubles on its calls.
    #[must_use]
    pub fn site(&self, site: Site) -> &dyn transport::Troublesome {
        self.net.site(site)
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
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
