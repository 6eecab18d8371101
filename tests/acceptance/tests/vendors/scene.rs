//! What the tests of this folder look at.

use acceptance::shops;
use acceptance::world::{GOODS_OWNER, World};
use bridge::state::ledger::Entry;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use serde_json::{Value, json};
use simulators::poweroffice::Kind as Table;

/// A tenant that has been pulled once, with article 0.
pub async fn open(kind: Kind, settings: Value) -> World {
    let world = World::new();
    let shop = shops::of(kind);
    shop.onboard(&world, settings);
    world.tick(kind).await;
    shop.put_article(&world, 0, "Sweater");
    world
}

/// The last accepted body of an order.
pub fn body(world: &World, order: &str) -> Option<Value> {
    world.vendors.ongoing.borrow().model.order_body(GOODS_OWNER, order).cloned()
}

/// The article numbers on its rows, and the comments of its text lines.
pub fn rows(body: &Value) -> (Vec<&str>, Vec<&str>) {
    let texts = |list: &'static str, member: &'static str| {
        let rows = body.pointer(list).and_then(Value::as_array);
        rows.into_iter().flatten().map(|row| row[member].as_str().unwrap_or_default()).collect()
    };
    (texts("/orderLines", "articleNumber"), texts("/advanced/orderTextLines", "comment"))
}

pub fn entry(world: &World, order: &str) -> Entry {
    world.find("acme", Feed::Orders, order).unwrap_or_else(|| panic!("{order} is in the ledger"))
}

/// Puts a record into the company in PowerOffice Go.
pub fn put_go(world: &World, table: Table, record: Value) {
    world.vendors.poweroffice.borrow_mut().model.client("client-key-acme").put(world.now(), table, record);
}

/// A paid invoice in PowerOffice Go.
pub fn invoice(world: &World, n: usize, more: &Value, lines: &[Value]) -> String {
    let mut header = json!({
        "Id": format!("00000000-0000-4000-8000-{n:012}"), "OrderNo": 20_000 + n, "InvoiceNo": 30_000 + n,
        "VoucherType": "OutgoingInvoice", "VoucherDate": "2026-03-02", "CustomerId": 500, "CustomerNo": 10_000, "CurrencyCode": "NOK",
        "DeliveryDate": "2026-03-09", "IsReversed": false, "Balance": 0, "TotalAmount": 100,
    });
    header.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.vendors.poweroffice.borrow_mut().model.client("client-key-acme").put_invoice(world.now(), header, lines);
    (20_000 + n).to_string()
}

/// A line of an invoice in PowerOffice Go.
pub fn line(id: usize, product: usize, code: &str, quantity: i64) -> Value {
    json!({
        "Id": id, "LineType": "Normal", "ProductId": product, "ProductCode": code, "Description": format!("{code}, described"),
        "Quantity": quantity, "ProductUnitPrice": 10, "Allowance": 0, "NetAmount": 10 * quantity,
    })
}
