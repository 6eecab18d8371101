//! Finago Office (formerly 24SevenOffice): the SOAP services, one installation with several companies on it.
//!
//! Facts are those of the Finago sheet; what it leaves open is a field of [`Rules`], set to what is hardest on a client.

mod acts;
mod authenticate;
pub mod codec;
mod company;
mod dates;
mod demo;
mod invoice;
mod invoice_save;
mod limits;
pub mod model;
mod product;
pub mod schema;
mod selection;
mod session;
pub mod soap;
mod spell;
mod tables;
#[cfg(test)]
mod tests;
pub mod xml;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

pub use dates::FilterClock;
pub use model::{Effects, Identity, Kind, Record};
pub use session::User;
use soap::Fault;

use crate::{Request, Response, Simulator, Trouble, facts};

/// Path of the authentication service.
pub const AUTHENTICATE: &str = "/authenticate/v001/authenticate.asmx";
/// Path of the product service.
pub const PRODUCT: &str = "/Logistics/Product/V001/ProductService.asmx";
/// Path of the invoice service.
pub const INVOICE: &str = "/Economy/InvoiceOrder/V001/InvoiceService.asmx";
/// Path of the company service.
pub const COMPANY: &str = "/CRM/Company/V001/CompanyService.asmx";
/// Path of the client service.
pub const CLIENT: &str = "/Client/V001/ClientService.asmx";

/// What is a limit of the vendor's, or not known for certain (Finago sheet, sections 1.3, 5.1, 5.3 and 7).
#[derive(Clone, Debug)]
pub struct Rules {
    /// Calls an hour for the address, all companies together.
    pub calls_per_hour: u32,
    /// HTTP status of the answer past the hour's calls; its text is the same either way.
    pub hourly_limit_status: u16,
    /// Calls in one second before a 429, `None` for no such limit.
    pub calls_per_second: Option<u32>,
    /// Logins of one user within an hour before they are throttled.
    pub logins_per_hour: usize,
    /// A session unused for this long is gone.
    pub session_idle: SignedDuration,
    /// What services say of a call whose session is gone.
    pub session_words: &'static str,
    /// A login ends the user's other sessions.
    pub one_session_per_user: bool,
    /// How filters without an offset are read.
    pub filter_clock: FilterClock,
    /// Whether "changed after" takes rows changed at that very moment.
    pub filter_inclusive: bool,
    /// `SetStockQuantity` counts as a change of the product.
    pub stock_write_moves_date_changed: bool,
    /// `SaveProducts` carries out `Stock`.
    pub save_products_sets_stock: bool,
    /// Members that are not set come with the value that stands for it, instead of not at all.
    pub write_defaults: bool,
    /// `OrderIds` in one call.
    pub largest_batch: usize,
    /// A search far back over more orders than this times out.
    pub largest_search: usize,
    /// Items on a page of `GetCompanySyncList`.
    pub companies_per_page: usize,
    /// Times of change are kept to the minute (companies that are still to come).
    pub changes_to_the_minute: bool,
    /// `SaveInvoices` keeps the members that it leaves out (companies that are still to come).
    pub saves_keep_members: bool,
    /// `SetStockQuantity` adds the quantity to what is there (section 2.5: inferred from the name that it does not).
    pub stock_writes_add: bool,
    /// An order that becomes Sent takes its goods from stock (section 2.3: inferred; companies that are still to come).
    pub sent_takes_stock: bool,
    /// Weights, which are stored here in kilograms, are spelled in grams (section 7: open).
    pub weights_in_grams: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            calls_per_hour: 7200,
            hourly_limit_status: 500,
            calls_per_second: Some(25),
            logins_per_hour: 60,
            session_idle: SignedDuration::from_mins(20),
            session_words: soap::NOT_AUTHENTICATED,
            one_session_per_user: false,
            filter_clock: FilterClock::Utc,
            filter_inclusive: false,
            stock_write_moves_date_changed: true,
            save_products_sets_stock: false,
            write_defaults: false,
            largest_batch: 1000,
            largest_search: 1000,
            companies_per_page: 1000,
            changes_to_the_minute: false,
            saves_keep_members: false,
            stock_writes_add: false,
            sent_takes_stock: true,
            weights_in_grams: false,
        }
    }
}

type After = Box<dyn Fn(Timestamp) -> bool>;

impl Rules {
    /// The test a "changed after" filter stands for, `None` when it is not set.
    fn after(&self, text: &str) -> Result<Option<After>, Fault> {
        let inclusive = self.filter_inclusive;
        let filter = dates::filter(self.filter_clock, text)?;
        Ok(filter.map(|filter| -> After { Box::new(move |at| at > filter || (inclusive && at == filter)) }))
    }
}

/// What was called.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Login attempts.
    pub logins: usize,
    /// Calls that reached an operation, by its name.
    pub calls: BTreeMap<String, usize>,
    /// Elements of requests that were passed over silently, as `Type/Element`: a wrong name or namespace.
    pub ignored: Vec<String>,
}

/// The installation.
pub struct Finago {
    /// The application id it accepts.
    pub application_id: String,
    /// Limits and open questions.
    pub rules: Rules,
    /// What was called.
    pub counts: Counts,
    /// The users.
    pub users: Vec<User>,
    /// The companies by identity (lower case).
    pub identities: BTreeMap<String, Identity>,
    sessions: session::Sessions,
    limits: limits::Limits,
}

impl Finago {
    /// An installation without companies.
    #[must_use]
    pub fn new(application_id: &str) -> Self {
        Self {
            application_id: application_id.into(),
            rules: Rules::default(),
            counts: Counts::default(),
            users: Vec::new(),
            identities: BTreeMap::new(),
            sessions: session::Sessions::default(),
            limits: limits::Limits::default(),
        }
    }

    /// Adds a company.
    pub fn add_identity(&mut self, mut identity: Identity) {
        identity.changes_to_the_minute |= self.rules.changes_to_the_minute;
        identity.saves_keep_members |= self.rules.saves_keep_members;
        identity.sent_takes_stock &= self.rules.sent_takes_stock;
        self.identities.insert(identity.id.clone(), identity);
    }

    /// Adds a user who reaches these identities, the first by default.
    pub fn add_user(&mut self, username: &str, password: &str, identities: &[&str]) {
        let identities = identities.iter().map(|id| id.to_ascii_lowercase()).collect();
        self.users.push(User { username: username.into(), password: password.into(), identities });
    }

    /// A company by its identity.
    pub fn identity_mut(&mut self, id: &str) -> Option<&mut Identity> {
        self.identities.get_mut(&id.to_ascii_lowercase())
    }

    /// Ends every session, as a restart of the vendor's servers does; says how many there were.
    pub fn expire_sessions(&mut self) -> usize {
        self.sessions.expire()
    }

    fn serve(&mut self, now: Timestamp, request: &Request) -> Response {
        let path = request.path();
        let services = [AUTHENTICATE, PRODUCT, INVOICE, COMPANY, CLIENT];
        let Some(service) = services.into_iter().find(|service| service.eq_ignore_ascii_case(&path)) else {
            return Response::text(404, "text/html; charset=utf-8", "The resource cannot be found.");
        };
        let (operation, element) = match soap::open(request) {
            Ok(opened) => opened,
            Err(response) => return response,
        };
        // Read with the tables of all services; whether this one has the operation is told by its own answer.
        let args = match schema::members(&operation) {
            Some(_) => codec::read(&element, &operation, &mut self.counts.ignored),
            None => Ok(Value::Object(Map::new())),
        };
        let args = match args {
            Ok(args) => args,
            Err(fault) => return fault.response(),
        };
        if service == AUTHENTICATE && operation == "Login" {
            *self.counts.calls.entry(operation.clone()).or_default() += 1;
            return match self.login(now, &args) {
                Ok((result, cookie)) => {
                    let response = self.wrap(&operation, result);
                    cookie.into_iter().fold(response, |response, cookie| response.with("Set-Cookie", cookie))
                }
                Err(response) => response,
            };
        }
        match self.answer(now, request, service, &operation, &args) {
            None => {
                let action = format!("{}/{operation}", xml::SERVICE);
                let text = format!("Server did not recognize the value of HTTP Header SOAPAction: {action}.");
                Fault { code: "soap:Client", text, status: 500 }.response()
            }
            Some(outcome) => {
                *self.counts.calls.entry(operation.clone()).or_default() += 1;
                match outcome {
                    Ok(result) => self.wrap(&operation, result),
                    Err(fault) if fault == Fault::session() => Fault::server(self.rules.session_words).response(),
                    Err(fault) => fault.response(),
                }
            }
        }
    }

    fn answer(
        &mut self,
        now: Timestamp,
        request: &Request,
        service: &str,
        operation: &str,
        args: &Value,
    ) -> Option<Result<Value, Fault>> {
        if service == AUTHENTICATE {
            return self.authenticate(now, request, operation, args);
        }
        let Some(id) = self.sessions.of(now, request, &self.rules).map(|session| session.identity.clone()) else {
            return Some(Err(Fault::session()));
        };
        if service == CLIENT {
            return (operation == "GetClientInformation").then(|| self.client_information(&id));
        }
        let Some(identity) = self.identities.get_mut(&id).filter(|identity| !identity.blocked) else {
            return Some(Err(Fault::session()));
        };
        match service {
            PRODUCT => product::answer(identity, now, &self.rules, operation, args),
            INVOICE => invoice::answer(identity, now, &self.rules, operation, args),
            _ => company::answer(identity, &self.rules, operation, args),
        }
    }

    fn wrap(&self, operation: &str, result: Value) -> Response {
        let response = format!("{operation}Response");
        let result =
            if result.is_null() { Map::new() } else { Map::from_iter([(format!("{operation}Result"), result)]) };
        soap::envelope(&codec::write(&response, &Value::Object(result), &response, self.rules.write_defaults))
    }
}

impl Simulator for Finago {
    fn handle(&mut self, now: Timestamp, request: &Request) -> Response {
        for identity in self.identities.values_mut() {
            identity.commit(now);
        }
        let response = match self.limits.take(now, &self.rules) {
            Some(blocked) => blocked,
            None => self.serve(now, request),
        };
        self.limits.headers(response, &self.rules)
    }

    fn spell(&self, trouble: Trouble, request: &Request) -> Option<Response> {
        spell::spell(self, trouble, request).map(|response| self.limits.headers(response, &self.rules))
    }

    fn act(&mut self, now: Timestamp, action: &str, args: &Value) -> Result<Value, String> {
        acts::act(self, now, action, args)
    }

    fn assume(&mut self, fact: &str, answer: &str) -> Result<(), String> {
        facts::check(facts::Vendor::Finago, fact, answer)?;
        let rules = &mut self.rules;
        match fact {
            "finago.filter-clock" => {
                rules.filter_clock = if answer == "UTC" { FilterClock::Utc } else { FilterClock::Oslo };
            }
            "finago.filter-edge" => rules.filter_inclusive = answer == "taken in",
            "finago.stock-moves-change" => rules.stock_write_moves_date_changed = answer == "it does",
            "finago.session-lifetime" => {
                rules.session_idle = SignedDuration::from_mins(if answer == "1 min" { 1 } else { 20 });
            }
            "finago.sessions" => rules.one_session_per_user = answer == "yes",
            "finago.session-words" => {
                rules.session_words = match answer {
                    "not authenticated" => soap::NOT_AUTHENTICATED,
                    "unclear" => "Object reference not set to an instance of an object.",
                    _ => "System.Exception: The request to /Service.asmx is not authenticated",
                };
            }
            "finago.unset-members" => rules.write_defaults = answer == "by a stand-in",
            "finago.change-times" => rules.changes_to_the_minute = answer == "to the minute",
            "finago.save-defaults" => rules.saves_keep_members = answer == "it does not",
            "finago.stock-write" => rules.stock_writes_add = answer == "adds to it",
            "finago.weight-unit" => rules.weights_in_grams = answer == "grams",
            "finago.sent-takes-stock" => rules.sent_takes_stock = answer == "it does",
            _ => return Err(facts::no_switch(fact)),
        }
        for identity in self.identities.values_mut() {
            identity.changes_to_the_minute = self.rules.changes_to_the_minute;
            identity.saves_keep_members = self.rules.saves_keep_members;
            identity.sent_takes_stock = self.rules.sent_takes_stock;
        }
        Ok(())
    }
}
