//! What the cloud keeps, in memory: the state table with conditional writes, the tenant table, secrets, and the queues
//! with FIFO groups, receive counts and deduplication.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use async_trait::async_trait;
use bridge::ports::{Item, Put, Queue, Secrets, State, Tenants};
use bridge::words::delivery::Delivery;
use bridge::words::envelope::{Envelope, Job, Notice};
use bridge::words::fault::{Fault, Result};
use bridge::words::kind::Kind;
use bridge::words::secret::Secret;
use serde_json::Value;

use super::{ActionLog, Steps, Watch};
use crate::secret_versions::SecretVersions;

/// A message on the import queue.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// Its group.
    pub group: String,
    /// Its body.
    pub body: String,
    /// How often it was received.
    pub received: u32,
}

impl Message {
    pub(super) fn delivery(&self) -> Delivery {
        Delivery { id: self.id.clone(), group: self.group.clone(), received: self.received, body: self.body.clone() }
    }
}

/// What the cloud keeps.
pub struct Memory {
    /// Which function asked for what.
    pub actions: ActionLog,
    steps: Rc<Steps>,
    watch: Rc<Watch>,
    items: RefCell<BTreeMap<(String, String), Item>>,
    tenants: RefCell<BTreeMap<String, Value>>,
    pub(super) secrets: RefCell<BTreeMap<String, SecretVersions>>,
    import: RefCell<VecDeque<Message>>,
    back: RefCell<VecDeque<Message>>,
    jobs: RefCell<VecDeque<Job>>,
    sent: RefCell<Vec<String>>,
}

impl Memory {
    pub(super) fn new(steps: Rc<Steps>, watch: Rc<Watch>) -> Self {
        Self {
            actions: ActionLog::default(),
            steps,
            watch,
            items: RefCell::default(),
            tenants: RefCell::default(),
            secrets: RefCell::default(),
            import: RefCell::default(),
            back: RefCell::default(),
            jobs: RefCell::default(),
            sent: RefCell::default(),
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

    fn keep(&self, name: &str, value: &str) {
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

    /// The import queue as it stands.
    #[must_use]
    pub fn import_queue(&self) -> Vec<Message> {
        self.import.borrow().iter().cloned().collect()
    }

    /// Puts a raw message on the import queue, as a stranger might.
    pub fn put_message(&self, group: &str, body: &str) {
        let mut queue = self.import.borrow_mut();
        let id = format!("message-{}", self.sent.borrow().len() + queue.len() + 1000);
        queue.push_back(Message { id, group: group.to_owned(), body: body.to_owned(), received: 0 });
    }

    /// Everything stored under a partition's prefix.
    #[must_use]
    pub fn items(&self, pk: &str, prefix: &str) -> Vec<Item> {
        let items = self.items.borrow();
        items.values().filter(|item| item.pk == pk && item.sk.starts_with(prefix)).cloned().collect()
    }

    /// Everything stored, as text: for looking for what should not be there.
    #[must_use]
    pub fn dump(&self) -> String {
        format!("{:?}", self.items.borrow())
    }

    pub(super) fn take_jobs(&self) -> Vec<Job> {
        self.jobs.borrow_mut().drain(..).collect()
    }

    /// The write-back queue as it stands.
    #[must_use]
    pub fn write_back_queue(&self) -> Vec<Message> {
        self.back.borrow().iter().cloned().collect()
    }

    pub(super) fn receive(&self, most: usize) -> Vec<Message> {
        received(&mut self.import.borrow_mut(), most)
    }

    pub(super) fn receive_back(&self, most: usize) -> Vec<Message> {
        received(&mut self.back.borrow_mut(), most)
    }

    pub(super) fn delete_back(&self, received: &[Message], back: &[String]) {
        let done = |id: &str| received.iter().any(|message| message.id == id) && !back.iter().any(|kept| kept == id);
        self.back.borrow_mut().retain(|message| !done(&message.id));
    }

    pub(super) fn delete(&self, received: &[Message], back: &[String]) {
        let done = |id: &str| received.iter().any(|message| message.id == id) && !back.iter().any(|kept| kept == id);
        self.import.borrow_mut().retain(|message| !done(&message.id));
    }

    async fn around<T>(&self, name: &str, effect: impl FnOnce() -> T) -> T {
        self.steps.step(&format!("before {name}")).await;
        let done = effect();
        self.steps.step(&format!("after {name}")).await;
        done
    }
}

/// The first messages of a queue, each received once more.
fn received(queue: &mut VecDeque<Message>, most: usize) -> Vec<Message> {
    let first = queue.iter_mut().take(most);
    first
        .map(|message| {
            message.received += 1;
            message.clone()
        })
        .collect()
}

#[async_trait(?Send)]
impl State for Memory {
    async fn get(&self, pk: &str, sk: &str) -> Result<Option<Item>> {
        self.actions.note("State::get", "");
        Ok(self.items.borrow().get(&(pk.to_owned(), sk.to_owned())).cloned())
    }

    async fn get_many(&self, pk: &str, sks: &[String]) -> Result<Vec<Item>> {
        self.actions.note("State::get_many", "");
        let items = self.items.borrow();
        Ok(sks.iter().filter_map(|sk| items.get(&(pk.to_owned(), sk.clone())).cloned()).collect())
    }

    async fn list(&self, pk: &str, prefix: &str, limit: usize) -> Result<Vec<Item>> {
        self.actions.note("State::list", "");
        Ok(self.items(pk, prefix).into_iter().take(limit).collect())
    }

    async fn put(&self, item: Item) -> Result<Put> {
        self.actions.note("State::put", "");
        let name = format!("put {} {}", item.pk, item.sk);
        self.around(&name, || {
            let place = (item.pk.clone(), item.sk.clone());
            let mut items = self.items.borrow_mut();
            if items.get(&place).map_or(0, |item| item.rev) != item.rev - 1 {
                return Ok(Put::Conflict);
            }
            self.watch.item(&item);
            items.insert(place, item);
            Ok(Put::Done)
        })
        .await
    }

    async fn delete(&self, pk: &str, sk: &str, rev: u64) -> Result<Put> {
        self.actions.note("State::delete", "");
        self.around(&format!("delete {pk} {sk}"), || {
            let place = (pk.to_owned(), sk.to_owned());
            let mut items = self.items.borrow_mut();
            if items.get(&place).map(|item| item.rev) != Some(rev) {
                return Ok(Put::Conflict);
            }
            items.remove(&place);
            Ok(Put::Done)
        })
        .await
    }
}

#[async_trait(?Send)]
impl Tenants for Memory {
    async fn list(&self, kind: Kind) -> Result<Vec<Value>> {
        self.actions.note("Tenants::list", "");
        let other =
            |item: &&Value| item["erp"]["kind"].as_str().and_then(Kind::named).is_none_or(|named| named == kind);
        Ok(self.tenants.borrow().values().filter(other).cloned().collect())
    }

    async fn get(&self, tenant_id: &str) -> Result<Option<Value>> {
        self.actions.note("Tenants::get", "");
        Ok(self.tenants.borrow().get(tenant_id).cloned())
    }
}

#[async_trait(?Send)]
impl Queue for Memory {
    async fn import(&self, envelopes: &[Envelope]) -> Result<()> {
        self.actions.note("Queue::import", "");
        // Ten a call, as SQS takes them: a crash may leave the first ones on the queue.
        for batch in envelopes.chunks(10) {
            self.around("queue import", || {
                for envelope in batch {
                    let id = envelope.deduplication_id();
                    if self.sent.borrow().contains(&id) {
                        continue;
                    }
                    self.sent.borrow_mut().push(id.clone());
                    let Ok(body) = serde_json::to_string(envelope) else { continue };
                    let message = Message { id, group: envelope.group.clone(), body, received: 0 };
                    self.watch.message(&message);
                    self.import.borrow_mut().push_back(message);
                }
            })
            .await;
        }
        Ok(())
    }

    async fn write_back(&self, notices: &[Notice]) -> Result<()> {
        self.actions.note("Queue::write_back", "");
        for batch in notices.chunks(10) {
            self.around("queue write-back", || {
                for notice in batch {
                    let id = notice.deduplication_id();
                    if self.sent.borrow().contains(&id) {
                        continue;
                    }
                    self.sent.borrow_mut().push(id.clone());
                    let Ok(body) = serde_json::to_string(notice) else { continue };
                    let message = Message { id, group: notice.group(), body, received: 0 };
                    self.watch.message(&message);
                    self.back.borrow_mut().push_back(message);
                }
            })
            .await;
        }
        Ok(())
    }

    async fn jobs(&self, jobs: &[Job]) -> Result<()> {
        self.actions.note("Queue::jobs", "");
        self.around("queue jobs", || {
            for job in jobs {
                let body = serde_json::to_string(job).unwrap_or_default();
                self.watch.message(&Message { id: String::new(), group: job.tenant_id.clone(), body, received: 0 });
                self.jobs.borrow_mut().push_back(job.clone());
            }
        })
        .await;
        Ok(())
    }
}

#[async_trait(?Send)]
impl Secrets for Memory {
    async fn get(&self, name: &str, _fresh: bool) -> Result<Option<Secret>> {
        self.actions.note("Secrets::get", name);
        if name.is_empty() {
            return Err(Fault::Unexpected("a secret has a name".into()));
        }
        Ok(self.secrets.borrow().get(name).map(|versions| Secret::new(versions.current().to_owned())))
    }

    async fn put(&self, name: &str, value: &Secret) -> Result<()> {
        self.actions.note("Secrets::put", name);
        self.around(&format!("put secret {name}"), || self.keep(name, value.expose())).await;
        Ok(())
    }

    async fn set(&self, name: &str, value: &Secret) -> Result<()> {
        self.actions.note("Secrets::set", name);
        Secrets::put(self, name, value).await
    }
}
