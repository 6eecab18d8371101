//! Fixture: one secret with rotation, one lease and one identity host. Every call can be the last before a crash, or
//! something else can happen just before it. Nothing sleeps: a pause only advances the clock.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use acceptance::secret_versions::{Kept, SecretVersions};
use acceptance::world::tenant;
use async_trait::async_trait;
use bridge::doors::rotation::{self, CURRENT, Described, PENDING, Request, Step, Version, Versions, Which};
use bridge::http::Exchange;
use bridge::http::login::Login;
use bridge::ports::{Broken, Clock, Fifo, Item, Ports, Put, Queue, Random, Run, Secrets, State, Tenants, Transport};
use bridge::words::envelope::{Envelope, Job, Notice};
use bridge::words::fault::Result;
use bridge::words::kind::Kind;
use bridge::words::secret::Secret;
use bytes::Bytes;
use futures_util::FutureExt as _;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use simulators::visma::Oauth;

/// What Secrets Manager calls of a rotation, in order.
pub const STEPS: [Step; 4] = [Step::CreateSecret, Step::SetSecret, Step::TestSecret, Step::FinishSecret];

/// The tokens of the rotations that there are.
pub const ROTATIONS: [&str; 2] = ["first-rotation", "second-rotation"];

/// Everything that outlives an invocation.
#[derive(Clone)]
pub struct Model {
    /// The secret's name, without the prefix.
    pub name: &'static str,
    pub versions: SecretVersions,
    pub lease: Option<Item>,
    pub oauth: Oauth,
    pub now: Timestamp,
    pub random: u64,
    pub token_calls: usize,
}

impl Model {
    pub fn new(name: &'static str, value: &Value, oauth: Oauth) -> Self {
        let now = "2026-03-02T07:00:00Z".parse().unwrap();
        Self {
            name,
            versions: SecretVersions::new(&value.to_string()),
            lease: None,
            oauth,
            now,
            random: 0,
            token_calls: 0,
        }
    }

    /// The rotation that is under way.
    pub fn under_way(&self) -> Option<String> {
        let version = self.versions.labelled(PENDING).filter(|version| !version.labels.contains(CURRENT));
        version.map(|version| version.id.clone())
    }

    /// The rotations that Secrets Manager may begin or go on with: the second one is the same as the first until the
    /// first has begun.
    pub fn rotations(&self) -> &'static [&'static str] {
        if self.versions.version(ROTATIONS[0]).is_none() { &ROTATIONS[..1] } else { &ROTATIONS }
    }

    /// The versions by which two states differ, the current one first.
    pub fn shown(&self) -> Vec<&Kept> {
        let mut shown: Vec<_> = self.versions.versions.iter().collect();
        shown.retain(|version| version.labels.contains(CURRENT) || ROTATIONS.contains(&version.id.as_str()));
        shown.sort_by_key(|version| (!version.labels.contains(CURRENT), version.id.clone()));
        shown
    }
}

/// What happens at a call.
#[derive(Clone, Copy)]
pub enum Interruption {
    /// The process dies before it.
    Crash,
    /// It takes effect, and its answer never comes.
    Lost,
    /// Something else happens just before it.
    Before(fn(&Rc<Fixture>)),
}

/// The edges of an invocation that is about to run.
pub struct Fixture {
    pub model: RefCell<Model>,
    this: Weak<Fixture>,
    upset: Cell<Option<(usize, Interruption)>>,
    calls: RefCell<Vec<&'static str>>,
}

pub const PREFIX: &str = "stack";

impl Fixture {
    pub fn new(model: Model) -> Rc<Self> {
        Rc::new_cyclic(|this| Self {
            model: RefCell::new(model),
            this: Weak::clone(this),
            upset: Cell::default(),
            calls: RefCell::default(),
        })
    }

    /// What happens at which call of the next invocation.
    pub fn interrupt(&self, call: usize, upset: Interruption) {
        self.upset.set(Some((call, upset)));
    }

    /// The calls so far.
    pub fn calls(&self) -> Vec<&'static str> {
        self.calls.borrow().clone()
    }

    /// One step of a rotation; `None` where its process died.
    pub fn rotate(self: &Rc<Self>, step: Step, token: &str) -> Option<Result<()>> {
        let secret_id = format!("{PREFIX}/{}", self.model.borrow().name);
        let request = Request { secret_id, client_request_token: token.into(), step };
        let versions: Rc<dyn Versions> = Rc::clone(self) as Rc<_>;
        let ports = ports(self);
        rotation::rotate(&ports, &versions, PREFIX, &self.run(), &request).now_or_never()
    }

    /// A new process of another function wants a token; with `renew`, another one than is stored.
    pub fn pull(self: &Rc<Self>, renew: bool) -> Option<bool> {
        let ports = ports(self);
        let login =
            Login::Visma { tenant_id: "acme".into(), auth_url: "https://identity.vismaonline.com".parse().unwrap() };
        let exchange = Exchange { ports: &ports, budget: None, deadline: self.run().deadline };
        let headers = async { login.headers(&exchange, renew).await }.now_or_never();
        headers.map(|headers| headers.is_ok())
    }

    fn run(&self) -> Run {
        Run { id: "run".into(), deadline: self.model.borrow().now + Duration::from_secs(120) }
    }

    /// Whether this call's answer is lost; never returns where the process dies.
    async fn call(&self, name: &'static str) -> bool {
        let call = self.calls.borrow().len();
        self.calls.borrow_mut().push(name);
        let Some((_, upset)) = self.upset.get().filter(|(at, _)| *at == call) else { return false };
        self.upset.set(None);
        match upset {
            Interruption::Crash => std::future::pending().await,
            Interruption::Before(happens) => {
                self.this.upgrade().iter().for_each(happens);
                false
            }
            Interruption::Lost => true,
        }
    }
}

fn ports(place: &Rc<Fixture>) -> Ports {
    Ports {
        clock: Rc::clone(place) as Rc<_>,
        random: Rc::clone(place) as Rc<_>,
        state: Rc::clone(place) as Rc<_>,
        tenants: Rc::clone(place) as Rc<_>,
        queue: Rc::clone(place) as Rc<_>,
        secrets: Rc::clone(place) as Rc<_>,
        transport: Rc::clone(place) as Rc<_>,
        tokens: Rc::default(),
        drifts: Rc::default(),
        circuits: None,
        paces: Default::default(),
        backfill: false,
        allow_local: false,
        personal_data: bridge::ports::PERSONAL_DATA,
    }
}

#[async_trait(?Send)]
impl Versions for Fixture {
    async fn describe(&self, _: &str) -> Result<Option<Described>> {
        self.call("describe").await;
        let model = self.model.borrow();
        Ok(Some(model.versions.described(format!("{PREFIX}/{}", model.name))))
    }

    async fn read(&self, _: &str, which: Which<'_>) -> Result<Option<Version>> {
        self.call("read version").await;
        Ok(self.model.borrow().versions.read(which))
    }

    async fn put(&self, _: &str, version: &str, value: &Secret, labels: &[&str]) -> Result<Put> {
        self.call("put version").await;
        let done = self.model.borrow_mut().versions.put(version, value.expose(), labels);
        Ok(if done { Put::Done } else { Put::Conflict })
    }

    async fn move_current(&self, _: &str, from: &str, to: &str) -> Result<Put> {
        self.call("move current").await;
        let done = self.model.borrow_mut().versions.move_current(from, to);
        Ok(if done { Put::Done } else { Put::Conflict })
    }

    async fn drop_pending(&self, _: &str, version: &str) -> Result<()> {
        self.call("drop pending").await;
        self.model.borrow_mut().versions.drop_pending(version);
        Ok(())
    }
}

#[async_trait(?Send)]
impl Secrets for Fixture {
    async fn get(&self, name: &str, _: bool) -> Result<Option<Secret>> {
        if name == "visma/app" {
            let app = json!({ "client_id": "client", "client_secret": "client-secret" });
            return Ok(Some(Secret::new(app.to_string())));
        }
        self.call("read secret").await;
        Ok(Some(Secret::new(self.model.borrow().versions.current().to_owned())))
    }

    async fn put(&self, _: &str, value: &Secret) -> Result<()> {
        self.call("put secret").await;
        self.model.borrow_mut().versions.replace(value.expose());
        Ok(())
    }

    async fn set(&self, name: &str, value: &Secret) -> Result<()> {
        Secrets::put(self, name, value).await
    }
}

#[async_trait(?Send)]
impl State for Fixture {
    async fn get(&self, _: &str, _: &str) -> Result<Option<Item>> {
        self.call("read lease").await;
        Ok(self.model.borrow().lease.clone())
    }

    async fn get_many(&self, _: &str, _: &[String]) -> Result<Vec<Item>> {
        Ok(Vec::new())
    }

    async fn list(&self, _: &str, _: &str, _: usize) -> Result<Vec<Item>> {
        Ok(Vec::new())
    }

    async fn put(&self, item: Item) -> Result<Put> {
        self.call("put lease").await;
        let mut model = self.model.borrow_mut();
        if model.lease.as_ref().map_or(0, |item| item.rev) != item.rev - 1 {
            return Ok(Put::Conflict);
        }
        model.lease = Some(item);
        Ok(Put::Done)
    }

    async fn delete(&self, _: &str, _: &str, _: u64) -> Result<Put> {
        Ok(Put::Conflict)
    }
}

#[async_trait(?Send)]
impl Tenants for Fixture {
    async fn list(&self, _: Kind) -> Result<Vec<Value>> {
        Ok(Vec::new())
    }

    async fn get(&self, tenant_id: &str) -> Result<Option<Value>> {
        Ok(Some(tenant(tenant_id, Kind::Visma, json!({}))))
    }
}

#[async_trait(?Send)]
impl Queue for Fixture {
    async fn import(&self, _: &[Envelope]) -> Result<()> {
        Ok(())
    }

    async fn write_back(&self, _: &[Notice]) -> Result<()> {
        Ok(())
    }

    async fn put_off(&self, _: Fifo, _: &[(String, Duration)]) -> Result<()> {
        unreachable!("a rotation receives no messages")
    }

    async fn import_depth(&self) -> Result<usize> {
        Ok(0)
    }

    async fn jobs(&self, _: &[Job], _: Duration) -> Result<()> {
        Ok(())
    }
}

#[async_trait(?Send)]
impl Transport for Fixture {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Broken> {
        let lost = self.call("token call").await;
        let (parts, body) = request.into_parts();
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let request = simulators::Request {
            method: parts.method.to_string(),
            target: parts.uri.path().to_owned(),
            headers: parts.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            body,
        };
        let mut model = self.model.borrow_mut();
        model.token_calls += 1;
        let now = model.now;
        let answer = model.oauth.handle(now, &request, &[]);
        if lost {
            return Err(Broken::Lost("the connection broke".into()));
        }
        Ok(http::Response::builder().status(answer.status).body(answer.body).unwrap())
    }
}

#[async_trait(?Send)]
impl Clock for Fixture {
    fn now(&self) -> Timestamp {
        self.model.borrow().now
    }

    async fn sleep(&self, pause: Duration) {
        // Longer than it was asked for, so that nobody looks a hundred times at a lease that another holds.
        let mut model = self.model.borrow_mut();
        model.now += pause + Duration::from_secs(15);
    }

    fn chance(&self) -> f64 {
        0.5
    }
}

impl Random for Fixture {
    fn bytes(&self) -> [u8; 32] {
        let mut model = self.model.borrow_mut();
        model.random += 1;
        Sha256::digest(model.random.to_be_bytes()).into()
    }
}
