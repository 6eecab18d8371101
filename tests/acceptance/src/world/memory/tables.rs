//! The state table with conditional writes, the tenant table, and secrets.

use async_trait::async_trait;
use bridge::ports::{Item, Put, Secrets, State, Tenants};
use bridge::words::fault::{Fault, Result};
use bridge::words::kind::Kind;
use bridge::words::secret::Secret;
use serde_json::Value;

use super::Memory;
use crate::world::rules::Peer;

impl Memory {
    /// What is answered of a write: where the SDK made it twice, that it conflicts.
    fn conflicts(&self, put: Put) -> Put {
        if self.repeated.take() { Put::Conflict } else { put }
    }
}

#[async_trait(?Send)]
impl State for Memory {
    async fn get(&self, pk: &str, sk: &str) -> Result<Option<Item>> {
        self.actions.note("State::get", "");
        let read = || self.items.borrow().get(&(pk.to_owned(), sk.to_owned())).cloned();
        self.read(Peer::State, &format!("get {pk} {sk}"), read).await
    }

    async fn get_many(&self, pk: &str, sks: &[String]) -> Result<Vec<Item>> {
        self.actions.note("State::get_many", "");
        self.around.counters.asked_together(sks.len());
        let read = || {
            let items = self.items.borrow();
            sks.iter().filter_map(|sk| items.get(&(pk.to_owned(), sk.clone())).cloned()).collect()
        };
        self.read(Peer::State, &format!("get_many {pk}"), read).await
    }

    async fn list(&self, pk: &str, prefix: &str, limit: usize) -> Result<Vec<Item>> {
        self.actions.note("State::list", "");
        let read = || self.under(pk, prefix, limit);
        self.read(Peer::State, &format!("list {pk} {prefix}"), read).await
    }

    async fn put(&self, item: Item) -> Result<Put> {
        self.actions.note("State::put", "");
        let slots = item.body["next_free"].as_str().map(|until| format!(" until {until}")).unwrap_or_default();
        let name = format!("put {} {}{slots}", item.pk, item.sk);
        let put = self.write(Peer::State, &name, || {
            let place = (item.pk.clone(), item.sk.clone());
            let mut items = self.items.borrow_mut();
            if items.get(&place).map_or(0, |item| item.rev) != item.rev - 1 {
                return Put::Conflict;
            }
            self.around.watch.item(&item);
            self.around.isolation.item(&item);
            self.around.offered.item(self.around.now(), &item);
            items.insert(place, item);
            Put::Done
        });
        put.await.map(|put| self.conflicts(put))
    }

    async fn delete(&self, pk: &str, sk: &str, rev: u64) -> Result<Put> {
        self.actions.note("State::delete", "");
        let name = format!("delete {pk} {sk}");
        let deleted = self.write(Peer::State, &name, || {
            let place = (pk.to_owned(), sk.to_owned());
            let mut items = self.items.borrow_mut();
            if items.get(&place).map(|item| item.rev) != Some(rev) {
                return Put::Conflict;
            }
            items.remove(&place);
            Put::Done
        });
        deleted.await.map(|deleted| self.conflicts(deleted))
    }
}

#[async_trait(?Send)]
impl Tenants for Memory {
    async fn list(&self, kind: Kind) -> Result<Vec<Value>> {
        self.actions.note("Tenants::list", "");
        let other =
            |item: &&Value| item["erp"]["kind"].as_str().and_then(Kind::named).is_none_or(|named| named == kind);
        let read = || self.tenants.borrow().values().filter(other).cloned().collect();
        self.read(Peer::Tenants, &format!("list {kind}"), read).await
    }

    async fn get(&self, tenant_id: &str) -> Result<Option<Value>> {
        self.actions.note("Tenants::get", "");
        let read = || self.tenants.borrow().get(tenant_id).cloned();
        self.read(Peer::Tenants, &format!("get {tenant_id}"), read).await
    }
}

#[async_trait(?Send)]
impl Secrets for Memory {
    async fn get(&self, name: &str, _fresh: bool) -> Result<Option<Secret>> {
        self.actions.note("Secrets::get", name);
        if name.is_empty() {
            return Err(Fault::Unexpected("a secret has a name".into()));
        }
        let read = || self.secrets.borrow().get(name).map(|versions| Secret::new(versions.current().to_owned()));
        self.read(Peer::Secrets, &format!("get {name}"), read).await
    }

    async fn put(&self, name: &str, value: &Secret) -> Result<()> {
        self.actions.note("Secrets::put", name);
        self.write(Peer::Secrets, &format!("put secret {name}"), || self.keep(name, value.expose())).await
    }

    async fn set(&self, name: &str, value: &Secret) -> Result<()> {
        self.actions.note("Secrets::set", name);
        Secrets::put(self, name, value).await
    }
}
