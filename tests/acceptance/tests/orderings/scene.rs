//! What the tests of orderings share: a tenant with one article, and edits of an order at a time of their own.

use std::time::Duration;

use acceptance::shops::{FinagoShop, Shop, finago::IDENTITY};
use acceptance::world::{GOODS_OWNER, World};
use bridge::ports::{Item, State as _};
use bridge::state::ledger::Entry;
use bridge::words::envelope::Job;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use jiff::Timestamp;
use serde_json::{Value, json};
use simulators::finago::Kind as FinagoTable;
use simulators::poweroffice::Kind as PowerOfficeTable;
use simulators::procountor::Kind as ProcountorRecord;

pub const POWEROFFICE_CLIENT: &str = "client-key-acme";

/// Ongoing's status of a cancelled order.
pub const CANCELLED: i64 = 1000;

/// A tenant that was seen before its first orders, with one article.
pub async fn open(shop: &dyn Shop) -> World {
    let world = World::new();
    shop.onboard(&world, json!({}));
    shop.put_article(&world, 0, "Article");
    world.tick(shop.kind()).await;
    world.wait(Duration::from_secs(4 * 3600)).await;
    world
}

/// One pull of the orders, without imports.
pub async fn pull(world: &World, kind: Kind) {
    world.pull(kind, &orders()).await;
}

/// A job for the orders alone.
pub fn orders() -> Job {
    Job { feeds: Some(vec![Feed::Orders]), ..Job::tick("acme") }
}

/// An order's status in Ongoing.
pub fn status(world: &World, order: &str) -> Option<i64> {
    world.vendors.ongoing.borrow().model.order_status(GOODS_OWNER, order)
}

/// The order's entry in the ledger.
pub fn entry(world: &World, order: &str) -> Entry {
    world.find("acme", Feed::Orders, order).unwrap()
}

/// Whether a person was told of a record that is left to them.
pub fn left_for_a_person(world: &World) -> usize {
    world.logs.records().iter().filter(|line| line["left_for_a_person"] == true).count()
}

/// Whether the warehouse could still pick the order.
pub fn is_open(world: &World, order: &str) -> bool {
    status(world, order).is_some_and(|status| status < CANCELLED)
}

/// What is done to an order.
#[derive(Clone, Copy, Debug)]
pub enum Edit {
    /// It is taken back.
    Withdraw,
    /// It is as it was when it was put.
    Release,
    /// Its reference is another.
    Change,
}

/// Edits order `n` so that its change time is `at`, whatever the clock says.
pub fn edit(world: &World, kind: Kind, n: usize, edit: Edit, at: Timestamp) {
    let done = match kind {
        Kind::PowerOffice => {
            let id = format!("00000000-0000-4000-8000-{n:012}");
            let mut erp = world.vendors.poweroffice.borrow_mut();
            let company = erp.model.client(POWEROFFICE_CLIENT);
            let changed = company.change(at, PowerOfficeTable::Invoice, &id, |invoice| {
                match edit {
                    Edit::Withdraw => invoice["IsReversed"] = json!(true),
                    Edit::Release => invoice["IsReversed"] = json!(false),
                    Edit::Change => invoice["CustomerReference"] = json!(format!("Changed at {at}")),
                }
                invoice["BalanceLastChangedDateTimeOffset"] = json!(at.to_string());
            });
            changed.map(|_| ()).ok_or_else(|| "no such invoice".to_owned())
        }
        Kind::Finago => {
            let members = match edit {
                Edit::Withdraw => json!({"OrderStatus": "Inactive"}),
                Edit::Release => json!({"OrderStatus": "Confirmed"}),
                Edit::Change => json!({"ReferenceNumber": format!("Changed at {at}")}),
            };
            let mut erp = world.vendors.finago.borrow_mut();
            let identity = erp.model.identity_mut(IDENTITY).unwrap();
            let id = i64::try_from(20_000 + n).unwrap();
            identity.change(FinagoTable::Order, id, &members, at)
        }
        Kind::Procountor => {
            let members = match edit {
                Edit::Withdraw => json!({"status": "INVALIDATED"}),
                Edit::Release => json!({"status": "UNFINISHED"}),
                Edit::Change => json!({"orderReference": format!("Changed at {at}")}),
            };
            let id = i64::try_from(70_000 + n).unwrap();
            let mut erp = world.vendors.procountor.borrow_mut();
            erp.model.change(at, 11_001, ProcountorRecord::Invoice, id, &members).map(|_| ())
        }
        Kind::Visma => {
            let mut members = match edit {
                Edit::Withdraw => json!({"Status": 1}),
                Edit::Release => json!({"Status": 2}),
                Edit::Change => json!({"YourReference": format!("Changed at {at}")}),
            };
            members["Id"] = json!(format!("0d0e0000-0000-4000-8000-{n:012}"));
            erp_visma(world, at, &members)
        }
    };
    done.unwrap_or_else(|reason| panic!("{kind}: order {n}: {reason}"));
}

fn erp_visma(world: &World, at: Timestamp, members: &Value) -> Result<(), String> {
    world.vendors.visma.borrow_mut().model.change(at, "acme", "orders", members).map(|_| ())
}

/// Takes the goods off order `n` in Finago Office.
pub fn without_goods(world: &World, n: usize) {
    FinagoShop::change(world, FinagoTable::Order, 20_000 + n, &json!({"InvoiceRows": {"InvoiceRow": []}}));
}

/// Puts the tenant's state back to what it was.
pub async fn restore(world: &World, prefix: &str, before: Vec<Item>) {
    for item in world.memory.items("tenant#acme", prefix) {
        world.memory.delete(&item.pk, &item.sk, item.rev).await.unwrap();
    }
    for item in before {
        world.memory.put(Item { rev: 1, ..item }).await.unwrap();
    }
}
