//! A goods owner's part of the warehouse, and what all goods owners of a system share.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::order_view::ADDRESS;
use super::refusal;
use super::rules::Rules;
use super::webhooks::Journal;
use crate::Response;

/// One goods owner.
pub(super) struct Owner {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) rules: Rules,
    pub(super) articles: BTreeMap<i64, Article>,
    pub(super) orders: BTreeMap<i64, Order>,
    pub(super) purchase_orders: BTreeMap<i64, PurchaseOrder>,
    /// Ids of articles and of orders by number.
    pub(super) article_numbers: HashMap<String, i64>,
    pub(super) order_numbers: HashMap<String, i64>,
    /// Customers by number, with the consignee that was last written under it.
    pub(super) customers: BTreeMap<String, (i64, Value)>,
    /// Suppliers by number, with the `supplierInfo` that was last written under it.
    pub(super) suppliers: BTreeMap<String, (i64, Value)>,
    /// Accepted PUTs and DELETEs.
    pub(super) writes: usize,
}

impl Owner {
    pub(super) fn new(id: i64, rules: Rules) -> Self {
        Self {
            id,
            name: format!("Goods owner {id}"),
            rules,
            articles: BTreeMap::new(),
            orders: BTreeMap::new(),
            purchase_orders: BTreeMap::new(),
            article_numbers: HashMap::new(),
            order_numbers: HashMap::new(),
            customers: BTreeMap::new(),
            suppliers: BTreeMap::new(),
            writes: 0,
        }
    }

    /// The answer to an accepted write, and its place in the count.
    pub(super) fn accepted(&mut self, house: &mut House, status: u16, key: &str, id: i64, message: &str) -> Response {
        self.writes += 1;
        let id = if house.null_ids > 0 {
            house.null_ids -= 1;
            Value::Null
        } else {
            json!(id)
        };
        let mut body = Map::new();
        body.insert(key.to_owned(), id);
        body.insert("message".to_owned(), json!(message));
        Response::json(status, &Value::Object(body))
    }

    /// Remembers the supplier; the sentence for the answer when it is new (Ongoing sheet, section 2.7).
    pub(super) fn remember_supplier(&mut self, house: &mut House, head: &Map<String, Value>) -> String {
        let Some(info) = head.get("supplierInfo") else { return String::new() };
        let Some(number) = info["supplierNumber"].as_str().filter(|number| !number.is_empty()) else {
            return String::new();
        };
        let name = info["supplierName"].as_str().unwrap_or_default();
        let said = format!("Supplier {number} {name} Created <br/> <br/>");
        remember(&mut self.suppliers, house, number, info).map_or(String::new(), |_| said)
    }

    /// Remembers the customer; the sentence for the answer when it is new.
    pub(super) fn remember_customer(&mut self, house: &mut House, head: &Map<String, Value>) -> String {
        let consignee = head.get("consignee").cloned().unwrap_or(Value::Null);
        let Some(number) = consignee["customerNumber"].as_str().filter(|number| !number.is_empty()) else {
            return String::new();
        };
        remember(&mut self.customers, house, number, &consignee).map_or(String::new(), |id| {
            format!("Customer with customer number '{number}' and ID '{id}' created. <br/> <br/>")
        })
    }

    /// Where an order goes: where customers are shared, one that has not left shows the address that was last written under
    /// its customer number.
    pub(super) fn consignee(&self, order: &Order) -> Value {
        let own = order.head.get("consignee").cloned().unwrap_or(Value::Null);
        let shares = self.rules.shares_addresses && order.shipped.is_none();
        let number = own["customerNumber"].as_str().filter(|_| shares);
        let Some((_, last)) = number.and_then(|number| self.customers.get(number)) else { return own };
        let mut shared = own;
        for name in ADDRESS.split_whitespace() {
            shared[name] = last[name].clone();
        }
        shared
    }

    /// The article's id by its number, or the refusal of a row that names it.
    pub(super) fn known_article(&self, number: &str) -> Result<i64, Response> {
        let known = self.article_numbers.get(number).copied();
        known.ok_or_else(|| refusal::message(400, &format!("Article with article number '{number}' was not found.")))
    }
}

/// Notes that the record with this id has another number than before.
pub(super) fn renumber(numbers: &mut HashMap<String, i64>, id: i64, before: &str, number: &str) {
    if numbers.get(before) == Some(&id) {
        numbers.remove(before);
    }
    numbers.insert(number.to_owned(), id);
}

fn remember(
    parties: &mut BTreeMap<String, (i64, Value)>,
    house: &mut House,
    number: &str,
    data: &Value,
) -> Option<i64> {
    if let Some((_, known)) = parties.get_mut(number) {
        *known = data.clone();
        return None;
    }
    let id = house.party_ids.next();
    parties.insert(number.to_owned(), (id, data.clone()));
    Some(id)
}

/// Ids in ascending order.
pub(super) struct Ids(i64);

impl Ids {
    pub(super) fn next(&mut self) -> i64 {
        self.0 += 1;
        self.0
    }
}

/// What all goods owners of one system share.
pub(super) struct House {
    pub(super) article_ids: Ids,
    pub(super) order_ids: Ids,
    pub(super) purchase_order_ids: Ids,
    pub(super) line_ids: Ids,
    pub(super) item_ids: Ids,
    pub(super) party_ids: Ids,
    pub(super) journal: Journal,
    /// So many of the next accepted writes answer with a null id.
    pub(super) null_ids: usize,
}

impl House {
    pub(super) fn new(system: &str) -> Self {
        Self {
            article_ids: Ids(18_000),
            order_ids: Ids(50_000),
            purchase_order_ids: Ids(200),
            line_ids: Ids(48_000),
            item_ids: Ids(59_000),
            party_ids: Ids(21_000),
            journal: Journal::new(system),
            null_ids: 0,
        }
    }
}

/// An article with its stock.
pub(super) struct Article {
    pub(super) id: i64,
    pub(super) number: String,
    /// All members ever written, later over earlier.
    pub(super) head: Map<String, Value>,
    /// The last accepted body, as it came.
    pub(super) body: Value,
    /// Physically in the house.
    pub(super) items: Decimal,
    pub(super) locked: Decimal,
    pub(super) locked_for_sale: Decimal,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) stock_changed: Timestamp,
    pub(super) last_in: Option<Timestamp>,
}

impl Article {
    /// One of which nothing is known and nothing is there.
    pub(super) fn new(id: i64, number: &str, now: Timestamp) -> Self {
        Self {
            id,
            number: number.to_owned(),
            head: Map::new(),
            body: Value::Null,
            items: Decimal::ZERO,
            locked: Decimal::ZERO,
            locked_for_sale: Decimal::ZERO,
            created: now,
            updated: now,
            stock_changed: now,
            last_in: None,
        }
    }
}

/// A customer's order.
pub(super) struct Order {
    pub(super) id: i64,
    pub(super) number: String,
    pub(super) head: Map<String, Value>,
    pub(super) body: Value,
    pub(super) status: i64,
    pub(super) lines: Vec<OrderLine>,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) status_changed: Timestamp,
    pub(super) shipped: Option<Timestamp>,
    pub(super) last_picking: Option<Timestamp>,
    pub(super) tracking: Vec<Value>,
    pub(super) parcels: Vec<Value>,
    /// The order that this one is the rest of.
    pub(super) back_order_for: Option<i64>,
}

impl Order {
    /// An order that nobody has written or worked on yet.
    pub(super) fn new(id: i64, number: &str, status: i64, now: Timestamp) -> Self {
        Self {
            id,
            number: number.to_owned(),
            head: Map::new(),
            body: Value::Null,
            status,
            lines: Vec::new(),
            created: now,
            updated: now,
            status_changed: now,
            shipped: None,
            last_picking: None,
            tracking: Vec::new(),
            parcels: Vec::new(),
            back_order_for: None,
        }
    }
}

/// A row of an order.
pub(super) struct OrderLine {
    pub(super) id: i64,
    pub(super) row: String,
    pub(super) article: i64,
    pub(super) head: Map<String, Value>,
    pub(super) ordered: Decimal,
    pub(super) allocated: Decimal,
    pub(super) picked: Decimal,
    pub(super) reported: Option<Decimal>,
    pub(super) items: Vec<Value>,
}

/// An order to a supplier.
pub(super) struct PurchaseOrder {
    pub(super) id: i64,
    pub(super) number: String,
    pub(super) head: Map<String, Value>,
    pub(super) body: Value,
    pub(super) status: i64,
    pub(super) lines: Vec<PurchaseOrderLine>,
    pub(super) created: Timestamp,
    pub(super) status_changed: Timestamp,
    pub(super) last_receive: Option<Timestamp>,
}

/// A row of a purchase order.
pub(super) struct PurchaseOrderLine {
    pub(super) id: i64,
    pub(super) row: String,
    pub(super) article: i64,
    pub(super) head: Map<String, Value>,
    pub(super) advised: Decimal,
    pub(super) received: Decimal,
    pub(super) reported: Option<Decimal>,
    pub(super) items: Vec<Value>,
}
