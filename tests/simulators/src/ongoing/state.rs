//! A goods owner's whole state, for tests and the demo.

use serde_json::{Value, json};

use super::owner::{Article, Order, Owner, PurchaseOrder};
use super::stock;
use super::values::number;

/// Everything, with the last accepted body of each record and the count of accepted writes.
pub(super) fn of(owner: &Owner) -> Value {
    let party = |(number, (id, data)): (&String, &(i64, Value))| json!({ "number": number, "id": id, "body": data });
    json!({
        "goodsOwnerId": owner.id,
        "writes": owner.writes,
        "articles": owner.articles.values().map(|article| self::article(owner, article)).collect::<Vec<_>>(),
        "orders": owner.orders.values().map(order).collect::<Vec<_>>(),
        "purchaseOrders": owner.purchase_orders.values().map(purchase_order).collect::<Vec<_>>(),
        "customers": owner.customers.iter().map(party).collect::<Vec<_>>(),
        "suppliers": owner.suppliers.iter().map(party).collect::<Vec<_>>(),
    })
}

/// How many records there are, and how many writes were accepted.
pub(super) fn totals(owner: &Owner) -> Value {
    json!({ "articles": owner.articles.len(), "orders": owner.orders.len(), "writes": owner.writes })
}

fn article(owner: &Owner, article: &Article) -> Value {
    json!({
        "articleSystemId": article.id,
        "articleNumber": article.number,
        "inventoryInfo": stock::inventory(owner, article),
        "body": article.body,
    })
}

fn order(order: &Order) -> Value {
    let lines = order.lines.iter().map(|line| {
        json!({
            "rowNumber": line.row,
            "ordered": number(line.ordered),
            "allocated": number(line.allocated),
            "picked": number(line.picked),
        })
    });
    json!({
        "orderId": order.id,
        "orderNumber": order.number,
        "status": order.status,
        "rows": lines.collect::<Vec<_>>(),
        "body": order.body,
    })
}

fn purchase_order(order: &PurchaseOrder) -> Value {
    let lines = order.lines.iter().map(
        |line| json!({ "rowNumber": line.row, "advised": number(line.advised), "received": number(line.received) }),
    );
    json!({
        "purchaseOrderId": order.id,
        "purchaseOrderNumber": order.number,
        "status": order.status,
        "rows": lines.collect::<Vec<_>>(),
        "body": order.body,
    })
}
