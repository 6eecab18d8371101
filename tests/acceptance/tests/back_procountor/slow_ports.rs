//! Ports with latency, so that concurrent processes interleave.

use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;
use bridge::ports::{Broken, Clock, Item, Ports, Put, State, Transport};
use bridge::words::fault::Result;
use bytes::Bytes;

struct Slow<T: ?Sized> {
    latency: Duration,
    behind: Rc<T>,
    clock: Rc<dyn Clock>,
}

/// The same edges with a store whose calls take this longer, and a network whose calls do.
pub fn slow(ports: Ports, store: u64, network: u64) -> Ports {
    let clock = || Rc::clone(&ports.clock);
    let state = Slow { latency: Duration::from_millis(store), behind: Rc::clone(&ports.state), clock: clock() };
    let transport =
        Slow { latency: Duration::from_millis(network), behind: Rc::clone(&ports.transport), clock: clock() };
    Ports { state: Rc::new(state), transport: Rc::new(transport), ..ports }
}

#[async_trait(?Send)]
impl State for Slow<dyn State> {
    async fn get(&self, pk: &str, sk: &str) -> Result<Option<Item>> {
        self.clock.sleep(self.latency).await;
        self.behind.get(pk, sk).await
    }

    async fn get_many(&self, pk: &str, sks: &[String]) -> Result<Vec<Item>> {
        self.clock.sleep(self.latency).await;
        self.behind.get_many(pk, sks).await
    }

    async fn list(&self, pk: &str, prefix: &str, limit: usize) -> Result<Vec<Item>> {
        self.clock.sleep(self.latency).await;
        self.behind.list(pk, prefix, limit).await
    }

    async fn put(&self, item: Item) -> Result<Put> {
        self.clock.sleep(self.latency).await;
        self.behind.put(item).await
    }

    async fn delete(&self, pk: &str, sk: &str, rev: u64) -> Result<Put> {
        self.clock.sleep(self.latency).await;
        self.behind.delete(pk, sk, rev).await
    }
}

#[async_trait(?Send)]
impl Transport for Slow<dyn Transport> {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Broken> {
        self.clock.sleep(self.latency).await;
        self.behind.send(request).await
    }
}
