//! Write-back of shipped orders to Procountor, where sending an order mails it to the customer: exactly one mail, with
//! or without a webhook.

mod once;
mod rejected;
mod slow_ports;
mod stories;

use acceptance::shops::{ProcountorShop, Shop, article_number};
use acceptance::world::World;
use bridge::doors::webhook::Reply;
use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::procountor::Kind as Record;

const SHOP: ProcountorShop = ProcountorShop;
/// The installation's first company.
const COMPANY: i64 = 11_001;

/// Orders 1 to `orders` in Ongoing, ready to be shipped: an article a row, two pieces each.
async fn open(orders: usize, settings: Value) -> World {
    let world = World::new();
    SHOP.onboard(&world, settings);
    world.tick(Kind::Procountor).await;
    SHOP.put_article(&world, 0, "Article");
    (1..=orders).for_each(|n| drop(SHOP.put_order(&world, n, &[0])));
    world.tick(Kind::Procountor).await;
    world.warehouse("count", &json!({"articleNumber": article_number(0), "numberOfItems": 1000}));
    world
}

fn number(n: usize) -> String {
    (20_000 + n).to_string()
}

/// Something a worker does with order `n`; the webhooks that Ongoing sends for it.
fn act(world: &World, action: &str, n: usize, mut args: Value) -> Vec<Value> {
    let (_, before) = world.webhooks(0);
    args["orderNumber"] = json!(number(n));
    world.warehouse(action, &args);
    world.webhooks(before).0
}

fn ship(world: &World, n: usize) -> Vec<Value> {
    act(world, "ship", n, json!({}))
}

/// Ongoing posts webhooks, and the write-back does what they ask for.
async fn post(world: &World, payloads: &[Value]) {
    for payload in payloads {
        assert_eq!(world.post(payload).await, Reply::Accepted);
    }
    world.write_back_all().await;
}

async fn ticks(world: &World, ticks: usize) {
    for _ in 0..ticks {
        world.reconcile().await;
    }
}

fn mails(world: &World, n: usize) -> u64 {
    world.vendors.procountor.borrow().model.mails(COMPANY, ProcountorShop::id(n))
}

/// Calls of an endpoint of the ERP, such as `PUT /invoices/{id}/send`.
fn calls(world: &World, endpoint: &str) -> u64 {
    world.vendors.procountor.borrow().model.calls_of(endpoint)
}

fn document(world: &World, n: usize) -> Value {
    let erp = world.vendors.procountor.borrow();
    let company = erp.model.company(COMPANY);
    company.and_then(|company| company.record(world.now(), Record::Invoice, ProcountorShop::id(n))).unwrap_or_default()
}

fn status(world: &World, n: usize) -> String {
    document(world, n)["status"].as_str().unwrap_or_default().to_owned()
}

fn set_status(world: &World, n: usize, status: &str) {
    SHOP.change(world, Record::Invoice, ProcountorShop::id(n), &json!({ "status": status }));
}

/// What the journal says of order `n`: outcome and reason.
fn told(world: &World, n: usize) -> (String, String) {
    let notes = world.memory.items("tenant#acme", "back#shipments#");
    let note = notes.into_iter().map(|item| item.body).find(|note| note["number"] == number(n)).unwrap_or_default();
    let text = |member: &str| note[member].as_str().unwrap_or_default().to_owned();
    (text("outcome"), text("reason"))
}
