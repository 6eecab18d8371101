//! Edges through which a write-back can look and not write: what it would write says that the ERP does not say so yet.

use std::cell::Cell;
use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use crate::ports::{Broken, Item, Ports, Put, State, Transport};
use crate::roads::plan;
use crate::roads::probe::read_only::reads;
use crate::words::fault::Result;

/// Where stored intents stand.
const INTENT: &str = "intent#";

/// The edges of a plan with a network that takes reads and logins alone, and with stored intents that are begun for nobody
/// else to see.
pub(super) struct Looking {
    pub ports: Ports,
    wrote: Rc<Cell<bool>>,
}

impl Looking {
    pub fn new(ports: &Ports, tenant_id: &str) -> Self {
        let wrote = Rc::new(Cell::new(false));
        let plan = plan::read_only(ports, tenant_id);
        let transport = Rc::new(Reads { transport: Rc::clone(&ports.transport), wrote: Rc::clone(&wrote) });
        let state = Rc::new(Intended(Rc::clone(&plan.state)));
        Self { ports: Ports { transport, state, ..plan.for_backfill() }, wrote }
    }

    /// Whether something would have been written since this was asked last.
    pub fn would_write(&self) -> bool {
        self.wrote.replace(false)
    }
}

struct Reads {
    transport: Rc<dyn Transport>,
    wrote: Rc<Cell<bool>>,
}

#[async_trait(?Send)]
impl Transport for Reads {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Broken> {
        if reads(request.method(), request.headers()) {
            return self.transport.send(request).await;
        }
        self.wrote.set(true);
        // Not sent, and nothing that another login or another try would change.
        Err(Broken::Stopped)
    }
}

/// A state table in which an intent can be begun and leaves nothing.
struct Intended(Rc<dyn State>);

#[async_trait(?Send)]
impl State for Intended {
    async fn get(&self, pk: &str, sk: &str) -> Result<Option<Item>> {
        self.0.get(pk, sk).await
    }

    async fn get_many(&self, pk: &str, sks: &[String]) -> Result<Vec<Item>> {
        self.0.get_many(pk, sks).await
    }

    async fn list(&self, pk: &str, prefix: &str, limit: usize) -> Result<Vec<Item>> {
        self.0.list(pk, prefix, limit).await
    }

    async fn put(&self, item: Item) -> Result<Put> {
        if !item.sk.starts_with(INTENT) {
            return self.0.put(item).await;
        }
        let rev = self.0.get(&item.pk, &item.sk).await?.map_or(0, |there| there.rev);
        Ok(if rev + 1 == item.rev { Put::Done } else { Put::Conflict })
    }

    async fn delete(&self, pk: &str, sk: &str, rev: u64) -> Result<Put> {
        if sk.starts_with(INTENT) { Ok(Put::Done) } else { self.0.delete(pk, sk, rev).await }
    }
}
