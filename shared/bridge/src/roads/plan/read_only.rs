//! Edges through which a plan can read everything and write nothing of its own.

use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;

use crate::ports::{Fifo, Item, Ports, Put, Queue, Secrets, State};
use crate::words::envelope::{Envelope, Job, Notice};
use crate::words::fault::{Fault, Result};
use crate::words::secret::Secret;

/// Partitions that all who call an ERP share: a plan that passed over them would spend the others' budget, end their
/// session or burn their refresh token.
const SHARED: [&str; 3] = ["budget#", "session#", "refresh#"];

/// The same edges, with which nothing but what is shared can be written.
#[must_use]
pub fn read_only(ports: &Ports, tenant_id: &str) -> Ports {
    let read_only = Rc::new(ReadOnly { ports: ports.clone(), secret: format!("/{tenant_id}") });
    Ports {
        state: Rc::clone(&read_only) as Rc<_>,
        queue: Rc::clone(&read_only) as Rc<_>,
        secrets: read_only,
        ..ports.clone()
    }
}

struct ReadOnly {
    ports: Ports,
    secret: String,
}

fn refused<T>(what: &str) -> Result<T> {
    Err(Fault::Unexpected(format!("a plan writes nothing, and this would have: {what}")))
}

fn shared(pk: &str) -> bool {
    SHARED.iter().any(|prefix| pk.starts_with(prefix))
}

#[async_trait(?Send)]
impl State for ReadOnly {
    async fn get(&self, pk: &str, sk: &str) -> Result<Option<Item>> {
        self.ports.state.get(pk, sk).await
    }

    async fn get_many(&self, pk: &str, sks: &[String]) -> Result<Vec<Item>> {
        self.ports.state.get_many(pk, sks).await
    }

    async fn get_across(&self, keys: &[(String, String)]) -> Result<Vec<Item>> {
        self.ports.state.get_across(keys).await
    }

    async fn list(&self, pk: &str, prefix: &str, limit: usize) -> Result<Vec<Item>> {
        self.ports.state.list(pk, prefix, limit).await
    }

    async fn list_last(&self, pk: &str, prefix: &str, limit: usize) -> Result<Vec<Item>> {
        self.ports.state.list_last(pk, prefix, limit).await
    }

    async fn numbered(&self, pk: &str, prefix: &str, number: &str) -> Result<Vec<Item>> {
        self.ports.state.numbered(pk, prefix, number).await
    }

    async fn put(&self, item: Item) -> Result<Put> {
        if shared(&item.pk) { self.ports.state.put(item).await } else { refused(&item.sk) }
    }

    async fn delete(&self, pk: &str, sk: &str, rev: u64) -> Result<Put> {
        if shared(pk) { self.ports.state.delete(pk, sk, rev).await } else { refused(sk) }
    }
}

#[async_trait(?Send)]
impl Queue for ReadOnly {
    async fn import(&self, _: &[Envelope]) -> Result<()> {
        refused("the import queue")
    }

    async fn write_back(&self, _: &[Notice]) -> Result<()> {
        refused("the write-back queue")
    }

    async fn put_off(&self, _: Fifo, _: &[(String, Duration)]) -> Result<()> {
        refused("a queue")
    }

    async fn import_depth(&self) -> Result<usize> {
        self.ports.queue.import_depth().await
    }

    async fn jobs(&self, _: &[Job], _: Duration) -> Result<()> {
        refused("a job queue")
    }
}

#[async_trait(?Send)]
impl Secrets for ReadOnly {
    async fn get(&self, name: &str, fresh: bool) -> Result<Option<Secret>> {
        self.ports.secrets.get(name, fresh).await
    }

    async fn get_after_refusal(&self, name: &str) -> Result<Option<Secret>> {
        self.ports.secrets.get_after_refusal(name).await
    }

    async fn put(&self, name: &str, value: &Secret) -> Result<()> {
        // A refresh token that was exchanged exists nowhere else.
        if name.starts_with("visma/") && name.ends_with(&self.secret) {
            return self.ports.secrets.put(name, value).await;
        }
        refused(name)
    }

    async fn set(&self, name: &str, _: &Secret) -> Result<()> {
        refused(name)
    }
}
