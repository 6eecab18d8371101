//! PowerOffice Go, API v2: one application, one subscription key, several client companies.
//!
//! Source of every fact: the PowerOffice Go sheet; the section is named where a rule is written down.

mod actions;
mod company;
mod customers;
mod demo;
mod filter;
mod gateway;
mod invoices;
mod paging;
mod patch;
mod problem;
mod products;
mod records;
mod route;
mod settings;
mod table;
#[cfg(test)]
mod tests;
mod token;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

pub use company::Company;
pub use gateway::CALLS_A_SECOND;
pub use records::Kind;

use crate::{Request, Response, Simulator, Trouble, facts};
use problem::Casing;
use route::Route;

/// One installation of PowerOffice Go as an integration sees it.
pub struct PowerOffice {
    /// How long a token lives; Go says 20 minutes, and an older sample 10 (section 1).
    pub token_lifetime: SignedDuration,
    /// Whether the limit of calls is enforced; the excess is counted either way.
    pub enforce_rate: bool,
    /// Calls that went over ten in a sliding second (section 5).
    pub rate_exceeded: usize,
    /// Seconds in `Retry-After` of a throttled call; whether Go always sends it is not known (section 8).
    pub retry_after: Option<u32>,
    /// Number of calls by method and endpoint, refused ones included: `GET /v2/Products/{id}`.
    pub calls: BTreeMap<String, usize>,
    /// How much later than its time stamp a row becomes visible, in companies that are still to come.
    pub commit_delay: SignedDuration,
    /// Whether the filters of companies that are still to come take in what is of their very moment.
    pub filter_takes_edge: bool,
    /// Whether lists of companies that are still to come leave out what is archived where nobody asks for it (section 8).
    pub hides_archived: bool,
    /// How a credit note says which invoice it is about: by its number, by its match.
    pub credit_link: (bool, bool),
    /// Whether rows of companies that are still to come move from page to page.
    pub rows_move: bool,
    application_key: String,
    subscription_key: String,
    companies: BTreeMap<String, Company>,
    tokens: Vec<token::Token>,
    tokens_given: u64,
    window: gateway::Window,
}

impl PowerOffice {
    /// An installation without companies.
    #[must_use]
    pub fn new(application_key: &str, subscription_key: &str) -> Self {
        Self {
            token_lifetime: SignedDuration::from_secs(1200),
            enforce_rate: true,
            rate_exceeded: 0,
            retry_after: Some(1),
            calls: BTreeMap::new(),
            commit_delay: SignedDuration::ZERO,
            filter_takes_edge: false,
            hides_archived: false,
            credit_link: (true, true),
            rows_move: false,
            application_key: application_key.to_owned(),
            subscription_key: subscription_key.to_owned(),
            companies: BTreeMap::new(),
            tokens: Vec::new(),
            tokens_given: 0,
            window: gateway::Window::default(),
        }
    }

    /// The company behind a client key, made with every privilege the bridge needs when it was not there yet.
    pub fn client(&mut self, client_key: &str) -> &mut Company {
        let (commit_delay, filter_takes_edge) = (self.commit_delay, self.filter_takes_edge);
        let (rows_move, hides_archived) = (self.rows_move, self.hides_archived);
        let (named, matched) = self.credit_link;
        self.companies.entry(client_key.to_owned()).or_insert_with(|| {
            let mut company = Company::new(client_key);
            (company.commit_delay, company.filter_takes_edge) = (commit_delay, filter_takes_edge);
            (company.rows_move, company.hides_archived) = (rows_move, hides_archived);
            (company.notes_name_invoices, company.notes_match_invoices) = (named, matched);
            company
        })
    }

    /// Withdraws every token given so far, as an outage of the identity service would.
    pub fn forget_tokens(&mut self) {
        self.tokens.clear();
    }

    /// Calls to an endpoint so far, by its name in [`Self::calls`].
    #[must_use]
    pub fn calls_to(&self, endpoint: &str) -> usize {
        self.calls.get(endpoint).copied().unwrap_or_default()
    }

    fn answer(&mut self, now: Timestamp, request: &Request, route: &Route) -> Response {
        let casing = route.casing();
        let company = match self.authorise(now, request) {
            Ok(company) => company,
            Err(response) => return response,
        };
        company.settle(now);
        if !company.may(route.privileges(&request.method)) {
            return problem::response(Casing::Lower, 403, "The client has not granted the privilege for this call.");
        }
        let outcome = match (request.method.as_str(), route) {
            ("GET", Route::Products) => products::list(company, request),
            ("GET", Route::Product(id)) => company.one(Kind::Product, id),
            ("POST", Route::Products) => products::create(company, now, request),
            ("DELETE", Route::Product(id)) => products::delete(company, now, id),
            ("PATCH", Route::Product(id)) => patch::product(company, now, id, request),
            ("GET", Route::Groups) => products::groups(company, request),
            ("GET", Route::Group(id)) => company.one(Kind::ProductGroup, id),
            ("GET", Route::Invoices) => invoices::list(company, request),
            ("GET", Route::Invoice(id)) => company.one(Kind::Invoice, id),
            ("GET", Route::Lines(id)) => invoices::lines(company, id, request),
            ("GET", Route::Customers) => customers::list(company, request),
            ("GET", Route::Customer(id)) => company.one(Kind::Customer, id),
            ("GET", Route::Addresses) => customers::addresses(company, request),
            ("GET", Route::Address(contact, id)) => customers::address(company, contact, id),
            ("GET", Route::Terms) => settings::terms(company, request),
            ("GET", Route::Term(id)) => company.one(Kind::DeliveryTerm, id),
            ("GET", Route::Information) => Ok(settings::information(company)),
            _ => return problem::response(casing, 405, "The method is not allowed here."),
        };
        outcome.unwrap_or_else(|fault| problem::response(casing, fault.status, &fault.detail))
    }
}

impl Simulator for PowerOffice {
    fn handle(&mut self, now: Timestamp, request: &Request) -> Response {
        let route = Route::of(&request.path());
        let name = route.as_ref().map_or("elsewhere", Route::name);
        *self.calls.entry(format!("{} {name}", request.method)).or_default() += 1;
        let token_call = matches!(route, Some(Route::Token));
        if let Err(response) = self.admit(now, request, token_call) {
            return response;
        }
        match route {
            None => problem::gateway(404, "Resource not found"),
            Some(Route::Token) => self.token(now, request),
            Some(route) => self.answer(now, request, &route),
        }
    }

    fn spell(&self, trouble: Trouble, request: &Request) -> Option<Response> {
        let route = Route::of(&request.path())?;
        let token_call = matches!(route, Route::Token);
        match trouble {
            Trouble::TokenExpired if token_call => None,
            Trouble::TokenExpired => Some(gateway::unauthorised()),
            Trouble::TooManyRequests { retry_after } => Some(gateway::throttled(token_call, retry_after)),
            Trouble::ServerError(500) if !token_call => {
                Some(problem::response(route.casing(), 500, "An unexpected error occurred."))
            }
            Trouble::ServerError(status) => Some(Response::text(status, "text/plain", "The service is unavailable.")),
            Trouble::Refused if request.method == "PATCH" || route.is_single() => {
                Some(problem::response(route.casing(), 400, "The request is not valid for this object."))
            }
            Trouble::Refused
            | Trouble::LostAnswer
            | Trouble::MalformedBody
            | Trouble::Gateway { .. }
            | Trouble::Silence => None,
        }
    }

    fn act(&mut self, now: Timestamp, action: &str, args: &Value) -> Result<Value, String> {
        actions::act(self, now, action, args)
    }

    fn assume(&mut self, fact: &str, answer: &str) -> Result<(), String> {
        facts::check(facts::Vendor::PowerOffice, fact, answer)?;
        match fact {
            "poweroffice.replica-lag" => {
                let seconds = answer.strip_suffix(" s").and_then(|seconds| seconds.parse().ok()).unwrap_or_default();
                self.commit_delay = SignedDuration::from_secs(seconds);
                self.companies.values_mut().for_each(|company| company.commit_delay = self.commit_delay);
            }
            "poweroffice.retry-after" => self.retry_after = (answer == "1 s").then_some(1),
            "poweroffice.token-lifetime" => {
                self.token_lifetime = SignedDuration::from_mins(if answer == "10 min" { 10 } else { 20 });
            }
            "poweroffice.filter-edge" => {
                self.filter_takes_edge = answer == "taken in";
                self.companies.values_mut().for_each(|company| company.filter_takes_edge = self.filter_takes_edge);
            }
            "poweroffice.archived" => {
                self.hides_archived = answer == "left out";
                self.companies.values_mut().for_each(|company| company.hides_archived = self.hides_archived);
            }
            "poweroffice.credit-link" => {
                self.credit_link = match answer {
                    "number and match" => (true, true),
                    "number alone" => (true, false),
                    "match alone" => (false, true),
                    _ => (false, false),
                };
                self.companies.values_mut().for_each(|company| {
                    (company.notes_name_invoices, company.notes_match_invoices) = self.credit_link;
                });
            }
            _ => return Err(facts::no_switch(fact)),
        }
        Ok(())
    }
}
