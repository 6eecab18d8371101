//! Visma eAccounting (Spiris Bokföring & Fakturering), REST API v2: one client of the vendor's, several companies.
//!
//! Identity server (`/connect/…`) and API (`/v2/…`) are one simulator, so one loopback address serves as both hosts. What
//! the vendor's texts leave open is a switch in [`Rules`].

pub mod articles;
pub mod by_hand;
pub mod company;
pub mod customers;
mod demo;
pub mod fault;
pub mod list;
pub mod members;
pub mod oauth;
pub mod odata;
pub mod order_members;
pub mod order_steps;
pub mod orders;
pub mod pace;
pub mod rules;
mod spelling;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde_json::Value;

pub use company::{Company, Overwritten};
pub use fault::Fault;
pub use oauth::{Oauth, OauthCounts, OauthRules};
pub use rules::{RowIds, Rules, TimeForm};

use crate::{Request, Response, Simulator, Trouble, facts};
use company::{Resource, resource};
use members::Body;
use oauth::Access;

/// The vendor's installation.
#[derive(Clone, Debug)]
pub struct Visma {
    /// The identity server.
    pub oauth: Oauth,
    /// The API's switches.
    pub rules: Rules,
    /// The rate limit's counters.
    pub pace: pace::Pace,
    companies: BTreeMap<String, Company>,
    ids: Ids,
    /// Done one by one after each answered list: what other people change while somebody turns pages.
    after_pages: VecDeque<(String, Value)>,
}

/// Ids of new records and of errors, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Ids(u64);

impl Ids {
    /// A GUID that was never used.
    pub fn fresh(&mut self) -> String {
        self.0 += 1;
        format!("5a1e0000-0000-4000-8000-{:012x}", self.0)
    }
}

/// What a write works with.
pub struct Desk<'a> {
    /// The company written in.
    pub company: &'a mut Company,
    /// The API's switches.
    pub rules: &'a Rules,
    /// New ids.
    pub ids: &'a mut Ids,
    /// The vendor's clock.
    pub at: Timestamp,
}

impl Desk<'_> {
    /// The vendor's clock, as records are stamped with it.
    #[must_use]
    pub fn stamp(&self) -> String {
        self.rules.time_form.spell(self.at)
    }

    /// The vendor's day.
    #[must_use]
    pub fn today(&self) -> String {
        self.at.strftime("%Y-%m-%dT00:00:00Z").to_string()
    }
}

impl Visma {
    /// An installation without companies.
    #[must_use]
    pub fn new(client_id: &str, client_secret: &str) -> Self {
        Self {
            oauth: Oauth::new(client_id, client_secret),
            rules: Rules::default(),
            pace: pace::Pace::default(),
            companies: BTreeMap::new(),
            ids: Ids::default(),
            after_pages: VecDeque::new(),
        }
    }

    fn api(&mut self, now: Timestamp, request: &Request, path: &str) -> Result<Response, Fault> {
        let access = self.oauth.access(now, request.bearer()).ok_or_else(Fault::unauthorized)?;
        self.pace.admit(now, path, &self.rules)?;
        let Some(rest) = path.strip_prefix("/v2/") else { return Err(Fault::missing("resource")) };
        let company = self.companies.get_mut(&access.company).ok_or_else(Fault::unauthorized)?;
        company.settle(now);
        if let Some(barrier) = &company.barrier {
            return Err(barrier.clone());
        }
        let parts: Vec<&str> = rest.split('/').collect();
        permitted(&access, &request.method, parts[0])?;
        let at = now + self.rules.clock_ahead;
        let mut desk = Desk { company, rules: &self.rules, ids: &mut self.ids, at };
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["companysettings"]) => Ok(Response::json(200, &Value::Object(desk.company.settings.clone()))),
            ("GET", [register]) => {
                let listed = desk.list(request, known(register)?)?;
                if let Some((action, args)) = self.after_pages.pop_front() {
                    // Whoever planned it sees the reason: a plan that cannot be carried out is the test's own fault.
                    self.act(now, &action, &args).map_err(|reason| Fault::new(500, 5000, reason))?;
                }
                Ok(Response::json(200, &listed))
            }
            ("GET", [register, id]) => {
                let found = desk.company.table(known(register)?.path).get(id);
                let found = found.ok_or_else(|| Fault::missing(register))?.clone();
                if *register == "articles" {
                    desk.company.reads(now, &found);
                }
                Ok(Response::json(200, &Value::Object(found)))
            }
            ("POST", [register @ ("articles" | "orders")]) => {
                let written = desk.write(known(register)?, None, &body(request)?)?;
                Ok(Response::json(201, &Value::Object(written)))
            }
            ("PUT", [register @ ("articles" | "orders"), id]) => {
                let lost = desk.company.overwrites(now, id).filter(|_| *register == "articles");
                let written = desk.write(known(register)?, Some(id), &body(request)?)?;
                desk.company.overwritten.extend(lost);
                Ok(Response::json(200, &Value::Object(written)))
            }
            ("DELETE", ["orders", id]) => desk.delete_order(id).map(|()| Response::empty(200)),
            ("POST", ["orders", id, step]) => {
                let order = order_steps::step(&mut desk, id, step)?;
                Ok(Response::json(200, &Value::Object(order)))
            }
            _ => Err(Fault::missing("resource")),
        }
    }
}

impl Desk<'_> {
    fn list(&self, request: &Request, resource: &Resource) -> Result<Value, Fault> {
        let refused = self.rules.refused_filters.iter().filter(|(path, _)| *path == resource.path);
        let refused: Vec<&str> = refused.map(|(_, member)| *member).collect();
        if request.param("$filter").is_some_and(|filter| filter.split(" or ").count() > self.rules.most_terms) {
            return Err(Fault::server("The node count limit of '100' has been exceeded."));
        }
        if self.rules.refused_orders.contains(&resource.path) && request.param("$orderby").is_some() {
            return Err(Fault::server("The property cannot be used in the $orderby query option."));
        }
        let rows = self.company.table(resource.path).rows();
        let page = list::page(request, resource.members, &refused, rows, &self.stamp());
        page.map_err(|fault| match self.rules.refuses_in_other_words {
            true => Fault::server("The property cannot be used in the $filter query option."),
            false => fault,
        })
    }

    fn write(&mut self, resource: &Resource, id: Option<&str>, body: &Body) -> Result<Body, Fault> {
        let stored =
            id.map(|id| self.company.table(resource.path).get(id).ok_or_else(|| Fault::missing(resource.path)));
        let stored = stored.transpose()?.cloned();
        if resource.path == "orders" {
            let order = orders::write(self, stored.as_ref(), body)?;
            orders::store(self.company, stored.as_ref(), Some(&order));
            return Ok(order);
        }
        let article = articles::write(self, stored.as_ref(), body)?;
        self.company.table_mut(resource).put(article.clone());
        Ok(article)
    }

    fn delete_order(&mut self, id: &str) -> Result<(), Fault> {
        let order = self.company.table("orders").get(id).cloned().ok_or_else(|| Fault::missing("order"))?;
        if orders::status(&order) >= orders::SHIPPED {
            return Err(Fault::new(400, 4001, "A shipped or invoiced order cannot be deleted."));
        }
        orders::store(self.company, Some(&order), None);
        Ok(())
    }
}

fn known(register: &str) -> Result<&'static Resource, Fault> {
    resource(register).ok_or_else(|| Fault::missing("resource"))
}

fn body(request: &Request) -> Result<Body, Fault> {
    match request.json() {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(Fault::validation(vec![fault::Detail::field("", "The body is not a JSON object.")])),
    }
}

/// Scopes (Visma sheet, section 1): everything here is sales, but suppliers, which are purchase.
fn permitted(access: &Access, method: &str, register: &str) -> Result<(), Fault> {
    let area = if register == "suppliers" { "ea:purchase" } else { "ea:sales" };
    let reading = format!("{area}_readonly");
    let has = |wanted: &str| access.scopes.iter().any(|scope| scope == wanted);
    if has("ea:api") && (has(area) || (method == "GET" && has(&reading))) {
        return Ok(());
    }
    Err(Fault::new(403, 4006, format!("The token lacks the scope {area}.")))
}

impl Simulator for Visma {
    fn handle(&mut self, now: Timestamp, request: &Request) -> Response {
        let path = request.path();
        if path.starts_with("/connect/") {
            let called = |(key, company): (&String, &Company)| {
                let name = company.settings.get("Name").and_then(Value::as_str).unwrap_or(key);
                (key.clone(), name.to_owned())
            };
            let companies: Vec<(String, String)> = self.companies.iter().map(called).collect();
            return self.oauth.handle(now, request, &companies);
        }
        match self.api(now, request, &path) {
            Ok(response) => response,
            Err(fault) => fault.response(&self.ids.fresh()),
        }
    }

    fn spell(&self, trouble: Trouble, request: &Request) -> Option<Response> {
        spelling::spell(trouble, request)
    }

    fn act(&mut self, now: Timestamp, action: &str, args: &Value) -> Result<Value, String> {
        by_hand::act(self, now, action, args)
    }

    fn assume(&mut self, fact: &str, answer: &str) -> Result<(), String> {
        facts::check(facts::Vendor::Visma, fact, answer)?;
        let rules = &mut self.rules;
        match fact {
            "visma.row-ids" => rules.row_ids = if answer == "kept" { RowIds::Kept } else { RowIds::Renewed },
            "visma.completed" => rules.completed_delivers_all = answer == "yes",
            "visma.modified" => rules.modified_is_null_until_edited = answer == "no",
            "visma.times" => {
                rules.time_form = match answer {
                    "with Z" => TimeForm::Zulu,
                    "milliseconds, no zone" => TimeForm::MillisecondsNoZone,
                    _ => TimeForm::SevenDigitsNoZone,
                };
            }
            "visma.or-terms" => rules.most_terms = answer.parse().map_err(|_| facts::no_switch(fact))?,
            "visma.order-filter" => {
                rules.refused_filters = if answer == "none" { Vec::new() } else { vec![("orders", "ModifiedUtc")] };
            }
            "visma.order-sort" => {
                rules.refused_orders = if answer == "it can" { Vec::new() } else { vec!["orders"] };
            }
            "visma.refusal-words" => rules.refuses_in_other_words = answer == "the server's own",
            "visma.decimals" => rules.refuses_decimals = answer == "refused",
            "visma.read-only" => rules.refuse_read_only_members = answer == "refused",
            "visma.unknown-member" => rules.refuse_unknown_members = answer == "refused",
            "visma.rate-endpoint" => rules.ids_share_an_endpoint = answer == "one",
            "visma.stock-write" => rules.passes_over_stock = answer == "passed over",
            "visma.refresh-token" => self.oauth.rules.refresh_rotates = answer == "another",
            _ => return Err(facts::no_switch(fact)),
        }
        Ok(())
    }
}
