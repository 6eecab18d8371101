//! What the way back leaves in Finago Office's books, and a warehouse with something to tell.

use bridge::state::journal::{Back, Journal, Note};
use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::finago::{Effects, Kind as Table};

use super::finago::IDENTITY;
use super::{FinagoShop, Shop, article_number};
use crate::world::{GOODS_OWNER, World, tenant};

impl FinagoShop {
    /// A company whose first tick has passed, with nothing in it.
    pub async fn open(settings: Value) -> World {
        let world = World::new();
        Self.onboard(&world, settings);
        world.tick(Kind::Finago).await;
        world
    }

    /// Article `n` as Ongoing got it last.
    #[must_use]
    pub fn article(world: &World, n: usize) -> Option<Value> {
        world.vendors.ongoing.borrow().model.article_body(GOODS_OWNER, &article_number(n)).cloned()
    }

    /// The order with this number as Ongoing got it last.
    #[must_use]
    pub fn sent_order(world: &World, number: &str) -> Option<Value> {
        world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, number).cloned()
    }

    /// Calls of an operation so far.
    #[must_use]
    pub fn calls(world: &World, operation: &str) -> usize {
        world.vendors.finago.borrow().model.counts.calls.get(operation).copied().unwrap_or_default()
    }

    /// Every element of every request was one that the service's description has.
    ///
    /// # Panics
    /// Where one was not.
    pub fn assert_described(world: &World) {
        assert_eq!(world.vendors.finago.borrow().model.counts.ignored, Vec::<String>::new());
    }

    /// Articles 0 to 2 and order 1 for the first two of them are in Ongoing, with 20 of each article on the shelves; in
    /// the ERP 48 of each, but article 2, which keeps no stock there.
    pub async fn stocked(settings: Value, processes: Value) -> World {
        let world = World::new();
        Self.onboard(&world, json!({}));
        let mut item = tenant("acme", Kind::Finago, settings);
        item["processes"] = processes;
        world.memory.tenant(item);
        world.tick(Kind::Finago).await;
        (0..3).for_each(|n| Self.put_article(&world, n, "Article"));
        Self::change(&world, Table::Product, Self::product(2), &json!({ "StockControlled": false }));
        Self.put_order(&world, 1, &[0, 1]);
        world.tick(Kind::Finago).await;
        (0..3).for_each(|n| Self::count(&world, n, 20));
        world
    }

    /// A worker counts the shelf of article `n`.
    pub fn count(world: &World, n: usize, quantity: i64) {
        world.warehouse("count", &json!({ "articleNumber": article_number(n), "numberOfItems": quantity }));
    }

    /// What calls have set off in the company's books.
    ///
    /// # Panics
    /// Without the company.
    #[must_use]
    pub fn effects(world: &World) -> Effects {
        let mut erp = world.vendors.finago.borrow_mut();
        let identity = erp.model.identity_mut(IDENTITY);
        identity.map(|identity| identity.effects.clone()).unwrap_or_else(|| panic!("no company"))
    }

    /// A member of a record as text.
    #[must_use]
    pub fn member(world: &World, table: Table, id: usize, name: &str) -> String {
        let mut erp = world.vendors.finago.borrow_mut();
        let id = i64::try_from(id).unwrap_or_default();
        let identity = erp.model.identity_mut(IDENTITY);
        let record = identity.and_then(|identity| identity.record(table, id).map(simulators::finago::Record::shown));
        record.and_then(|record| record[name].as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// The state of order `n`.
    #[must_use]
    pub fn state(world: &World, n: usize) -> String {
        Self::member(world, Table::Order, 20_000 + n, "OrderStatus")
    }

    /// The stock of article `n`.
    #[must_use]
    pub fn stock(world: &World, n: usize) -> String {
        Self::member(world, Table::Product, Self::product(n), "Stock")
    }

    /// The journal's note.
    pub async fn note(world: &World, back: Back, key: &str) -> Option<Note> {
        let notes = Journal::new(&world.ports(), "acme").read(back, &[key.to_owned()]).await;
        notes.ok()?.remove(key)
    }

    /// Ongoing's id of an order.
    #[must_use]
    pub fn ongoing_id(world: &World, number: &str) -> String {
        let orders = world.wms()["orders"].as_array().cloned().unwrap_or_default();
        let order = orders.into_iter().find(|order| order["orderNumber"] == number);
        order.map(|order| order["orderId"].to_string()).unwrap_or_default()
    }
}
