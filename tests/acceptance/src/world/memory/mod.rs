//! What the cloud keeps, in memory: the state table with conditional writes, the tenant table, secrets, and the queues.

mod message_queues;
mod queues;
mod release;
mod tables;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::pending;
use std::rc::Rc;

use bridge::ports::Item;
use bridge::words::fault::{Fault, Result};
use serde_json::Value;
use simulators::Trouble;
use tokio::sync::Notify;

use super::deployment::FUNCTIONS;
use super::rules::{Happens, Peer, Verdict};
use super::sqs::Queue;
use super::{ActionLog, Around};
use crate::secret_versions::SecretVersions;

pub use release::Release;

/// What the cloud keeps.
pub struct Memory {
    /// Which function asked for what.
    pub actions: ActionLog,
    /// Something was done to a queue.
    pub(super) stirred: Rc<Notify>,
    around: Around,
    items: RefCell<BTreeMap<(String, String), Item>>,
    tenants: RefCell<BTreeMap<String, Value>>,
    pub(super) secrets: RefCell<BTreeMap<String, SecretVersions>>,
    queues: BTreeMap<&'static str, Queue>,
    /// The write that was made last was made twice by the SDK.
    repeated: Cell<bool>,
    release: Cell<Release>,
    /// What the queue says of its depth is so much too little or too much, of a hundred.
    rough: Cell<i64>,
}

impl Memory {
    pub(super) fn new(around: Around) -> Self {
        let stirred = Rc::new(Notify::new());
        let mappings = FUNCTIONS.into_iter().filter_map(|function| function.mapping);
        let queues =
            mappings.map(|mapping| (mapping.queue.name, Queue::new(mapping.queue, Rc::clone(&stirred)))).collect();
        Self {
            actions: ActionLog::default(),
            stirred,
            around,
            items: RefCell::default(),
            tenants: RefCell::default(),
            secrets: RefCell::default(),
            queues,
            repeated: Cell::default(),
            release: Cell::default(),
            rough: Cell::default(),
        }
    }

    /// Sets a secret.
    pub fn secret(&self, name: &str, value: &Value) {
        self.keep(name, &value.to_string());
    }

    /// A secret as it stands.
    #[must_use]
    pub fn secret_value(&self, name: &str) -> Option<Value> {
        self.secrets.borrow().get(name).and_then(|versions| serde_json::from_str(versions.current()).ok())
    }

    /// A secret's text as it stands.
    #[must_use]
    pub fn secret_text(&self, name: &str) -> Option<String> {
        self.secrets.borrow().get(name).map(|versions| versions.current().to_owned())
    }

    /// Sets a secret to this text, JSON or not.
    pub fn keep(&self, name: &str, value: &str) {
        let mut secrets = self.secrets.borrow_mut();
        match secrets.get_mut(name) {
            Some(versions) => versions.replace(value),
            None => drop(secrets.insert(name.to_owned(), SecretVersions::new(value))),
        }
    }

    /// Adds or replaces a tenant item.
    pub fn tenant(&self, item: Value) {
        let id = item["tenant_id"].as_str().unwrap_or_default().to_owned();
        self.tenants.borrow_mut().insert(id, item);
    }

    /// Takes a tenant item away.
    pub fn remove_tenant(&self, tenant_id: &str) {
        self.tenants.borrow_mut().remove(tenant_id);
    }

    /// Every tenant item.
    #[must_use]
    pub fn tenant_items(&self) -> Vec<Value> {
        self.tenants.borrow().values().cloned().collect()
    }

    /// Everything stored under a partition's prefix.
    #[must_use]
    pub fn items(&self, pk: &str, prefix: &str) -> Vec<Item> {
        self.under(pk, prefix, usize::MAX)
    }

    fn under(&self, pk: &str, prefix: &str, limit: usize) -> Vec<Item> {
        let items = self.items.borrow();
        let from = items.range((pk.to_owned(), prefix.to_owned())..).map(|(_, item)| item);
        from.take_while(|item| item.pk == pk && item.sk.starts_with(prefix)).take(limit).cloned().collect()
    }

    /// Everything stored, as text: for looking for what should not be there.
    #[must_use]
    pub fn dump(&self) -> String {
        format!("{:?}", self.items.borrow())
    }

    /// A call that changes something: both before it and after it the process may die.
    async fn write<T>(&self, peer: Peer, name: &str, effect: impl FnOnce() -> T) -> Result<T> {
        self.around.steps.step(|| format!("before {name}")).await;
        let done = self.read(peer, name, effect).await;
        let line = || if done.is_ok() { name.to_owned() } else { format!("{name}: failed") };
        self.around.witness.happens(self.around.now(), line, String::new);
        let done = done?;
        self.around.steps.step(|| format!("after {name}")).await;
        Ok(done)
    }

    /// A call, with what the rules say of it. The AWS SDK sets no time-out for an answer: what hangs does so for ever.
    async fn read<T>(&self, peer: Peer, name: &str, effect: impl FnOnce() -> T) -> Result<T> {
        let around = &self.around;
        self.repeated.set(false);
        around.counters.called(peer, name);
        let Verdict { latency, happens, .. } = around.rules.judge(around.now(), peer, name, None);
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        let unavailable = |why: &str| Err(Fault::unavailable(format!("{peer:?}: {why}")));
        match happens {
            None | Some(Happens::Latency(_) | Happens::Replaced(..)) => Ok(effect()),
            Some(Happens::Hangs) => pending().await,
            Some(Happens::Repeated) => {
                let done = effect();
                self.repeated.set(true);
                Ok(done)
            }
            Some(Happens::Drips(time)) => {
                let done = effect();
                tokio::time::sleep(time).await;
                Ok(done)
            }
            Some(Happens::Refused | Happens::Unreachable) => unavailable("no connection"),
            Some(Happens::Status(status)) => unavailable(&format!("status {status}")),
            Some(Happens::Trouble(trouble)) => match trouble {
                Trouble::Silence => {
                    effect();
                    pending().await
                }
                Trouble::LostAnswer | Trouble::MalformedBody | Trouble::Gateway { .. } => {
                    effect();
                    unavailable("the answer cannot be read")
                }
                Trouble::ServerError(_) | Trouble::TooManyRequests { .. } => unavailable("ThrottlingException"),
                Trouble::TokenExpired | Trouble::Refused => {
                    Err(Fault::Unauthorized(format!("{peer:?}: AccessDeniedException")))
                }
            },
        }
    }
}
