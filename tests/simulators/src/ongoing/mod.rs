//! Ongoing WMS, Goods Owner REST API v1, as far as the bridge talks to it, with what a warehouse worker does
//! ([`act`](crate::Simulator::act)).
//!
//! Where the sheet leaves a behaviour open, it is a setting of the goods owner (`configure`) with the likelier answer as its
//! default.

mod allowed;
mod articles;
mod assumed;
mod order_search;
mod order_view;
mod orders;
mod owner;
mod picking;
mod purchase_order_view;
mod purchase_orders;
mod query;
mod receiving;
mod refusal;
mod routes;
mod rules;
mod settings;
mod state;
mod stock;
mod values;
mod webhooks;
mod written;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{Request, Response, Simulator, Trouble};
use allowed::Tolerance;
use owner::{House, Owner};
use rules::Rules;

/// What the server says of the body of a write before it looks at anything else.
///
/// # Errors
/// Its refusal, with the member at fault.
pub fn takes(resource: Resource, body: &Value) -> Result<(), String> {
    let shape = match resource {
        Resource::Articles => &allowed::ARTICLE,
        Resource::Orders => &allowed::ORDER,
        Resource::PurchaseOrders => &allowed::PURCHASE_ORDER,
    };
    let refused = |answer: crate::Response| String::from_utf8_lossy(&answer.body).into_owned();
    shape.accept(body, allowed::Tolerance::default()).map(|_| ()).map_err(refused)
}

/// What is written by a PUT.
#[derive(Clone, Copy, Debug)]
pub enum Resource {
    /// `/articles`.
    Articles,
    /// `/orders`.
    Orders,
    /// `/purchaseOrders`.
    PurchaseOrders,
}

/// One Ongoing system with its goods owners.
pub struct Ongoing {
    warehouse: String,
    strict: bool,
    /// Goods owners by API user and password.
    users: HashMap<(String, String), Vec<i64>>,
    owners: BTreeMap<i64, Owner>,
    /// Of goods owners that are still to come.
    rules: Rules,
    tolerance: Tolerance,
    house: House,
}

impl Ongoing {
    /// A system under `/{warehouse}/api/v1/`, strict about header names and framing, without a goods owner.
    #[must_use]
    pub fn new(warehouse: &str) -> Self {
        Self {
            warehouse: warehouse.to_owned(),
            strict: true,
            users: HashMap::new(),
            owners: BTreeMap::new(),
            rules: Rules::default(),
            tolerance: Tolerance::default(),
            house: House::new(warehouse),
        }
    }

    /// Adds a goods owner, and gives this API user access to it. A user named again has access to several.
    #[must_use]
    pub fn goods_owner(mut self, id: i64, username: &str, password: &str) -> Self {
        self.add_goods_owner(id, username, password);
        self
    }

    /// As [`Ongoing::goods_owner`], to a system that works already.
    pub fn add_goods_owner(&mut self, id: i64, username: &str, password: &str) {
        let rules = &self.rules;
        self.owners.entry(id).or_insert_with(|| Owner::new(id, rules.clone()));
        self.users.entry((username.into(), password.into())).or_default().push(id);
    }

    /// Accepts any header names and framing: for clients that cannot set them, such as a browser.
    #[must_use]
    pub fn lenient(mut self) -> Self {
        self.strict = false;
        self
    }

    /// Accepted PUTs and DELETEs, over all goods owners.
    #[must_use]
    pub fn writes(&self) -> usize {
        self.owners.values().map(|owner| owner.writes).sum()
    }

    /// The last accepted body of an article.
    #[must_use]
    pub fn article_body(&self, goods_owner: i64, number: &str) -> Option<&Value> {
        let owner = self.owners.get(&goods_owner)?;
        owner.article_numbers.get(number).map(|id| &owner.articles[id].body)
    }

    /// The last accepted body of an order.
    #[must_use]
    pub fn order_body(&self, goods_owner: i64, number: &str) -> Option<&Value> {
        let owner = self.owners.get(&goods_owner)?;
        owner.order_numbers.get(number).map(|id| &owner.orders[id].body)
    }

    /// The last accepted body of a purchase order.
    #[must_use]
    pub fn purchase_order_body(&self, goods_owner: i64, number: &str) -> Option<&Value> {
        let owner = self.owners.get(&goods_owner)?;
        owner.purchase_orders.values().find(|order| order.number == number).map(|order| &order.body)
    }

    /// The status number of an order.
    #[must_use]
    pub fn order_status(&self, goods_owner: i64, number: &str) -> Option<i64> {
        let owner = self.owners.get(&goods_owner)?;
        owner.order_numbers.get(number).map(|id| owner.orders[id].status)
    }

    /// The whole state of a goods owner, as `act("state", …)` gives it.
    #[must_use]
    pub fn state(&self, goods_owner: i64) -> Option<Value> {
        self.owners.get(&goods_owner).map(state::of)
    }

    /// The goods owner that the arguments of an action name; with only one there is no need to.
    fn chosen(&self, args: &Value) -> Result<i64, String> {
        match args.get("goodsOwnerId") {
            Some(id) => {
                let id = id.as_i64().ok_or("goodsOwnerId is not a number")?;
                self.owners.contains_key(&id).then_some(id).ok_or_else(|| format!("there is no goods owner {id}"))
            }
            None if self.owners.len() == 1 => self.owners.keys().next().copied().ok_or_else(String::new),
            None => Err("goodsOwnerId is needed, since there is not exactly one goods owner".to_owned()),
        }
    }
}

impl Simulator for Ongoing {
    fn handle(&mut self, now: Timestamp, request: &Request) -> Response {
        self.answer(now, request).unwrap_or_else(|refusal| refusal)
    }

    fn spell(&self, trouble: Trouble, request: &Request) -> Option<Response> {
        match trouble {
            // Basic knows no tokens: the credentials are refused once, as when the password is being changed.
            Trouble::TokenExpired => Some(refusal::unauthorized()),
            Trouble::TooManyRequests { retry_after: Some(seconds) } => {
                let text = "Too many requests. Please wait before trying again.";
                Some(Response::text(429, "text/plain", text).with("Retry-After", seconds.to_string()))
            }
            Trouble::TooManyRequests { retry_after: None } => {
                Some(Response::text(503, "text/html", "<html><body><h1>Service Unavailable</h1></body></html>"))
            }
            Trouble::ServerError(status) => Some(refusal::broken(status)),
            Trouble::Refused => matches!(request.method.as_str(), "PUT" | "POST" | "PATCH" | "DELETE")
                .then(|| refusal::message(400, "The request was refused by the warehouse.")),
            Trouble::LostAnswer | Trouble::MalformedBody | Trouble::Gateway { .. } | Trouble::Silence => None,
        }
    }

    fn act(&mut self, now: Timestamp, action: &str, args: &Value) -> Result<Value, String> {
        match action {
            "null_id_next" => {
                self.house.null_ids = args.get("count").and_then(Value::as_u64).map_or(1, |count| count as usize);
                return Ok(json!({ "nullIds": self.house.null_ids }));
            }
            "add_goods_owner" => {
                let text = |name: &str| args[name].as_str().ok_or_else(|| format!("{name} is missing"));
                let id = args["goodsOwnerId"].as_i64().ok_or("goodsOwnerId is missing")?;
                self.add_goods_owner(id, text("username")?, text("password")?);
                return Ok(json!({ "goodsOwnerId": id }));
            }
            "totals" => {
                return Ok(self.owners.iter().map(|(id, owner)| (id.to_string(), state::totals(owner))).collect());
            }
            "webhooks" => {
                let since = args.get("since_id").and_then(Value::as_i64).unwrap_or(0);
                return Ok(json!({ "webhooks": self.house.journal.since(since) }));
            }
            _ => {}
        }
        let chosen = self.chosen(args)?;
        let strict = &mut self.strict;
        let owner = self.owners.get_mut(&chosen).ok_or("there is no such goods owner")?;
        match action {
            "back_order" => picking::back_order(owner, &mut self.house, now, args),
            "allocate" | "pick" | "ship" | "collect" | "set_status" => {
                picking::order(owner, &mut self.house, now, action, args)
            }
            "receive" => receiving::receive(owner, &mut self.house, now, args),
            "count" => stock::count(owner, &mut self.house, now, args),
            "configure" => settings::configure(owner, strict, args),
            "state" => Ok(state::of(owner)),
            _ => Err(format!("there is no action '{action}'")),
        }
    }

    fn assume(&mut self, fact: &str, answer: &str) -> Result<(), String> {
        assumed::assume(self, fact, answer)
    }
}
