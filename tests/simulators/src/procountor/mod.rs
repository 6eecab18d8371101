//! Procountor: one installation of its REST API with several companies, as far as the bridge talks to it.
//!
//! Facts come from the Procountor sheet, named by section. Where the sheet says "not confirmed" there is a switch in
//! [`Quirks`], so that a test can run against every reading of the vendor's words.

mod actions;
mod clock;
mod company;
mod demo;
mod editing;
mod errors;
mod invoices;
mod paging;
mod partners;
mod products;
mod records;
mod rights;
mod routes;
mod sending;
mod sums;
mod token;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

pub use company::Company;
pub use records::Kind;
pub use rights::{Right, Rights};
pub use token::Client;

use crate::{Request, Response, Simulator, Trouble, facts};

/// What the sheet leaves open, or what only some installations do. The defaults are the likelier reading.
#[derive(Clone, Debug)]
pub struct Quirks {
    /// Zone of every date-time on the wire, which is spelled without an offset (section 2, "not confirmed").
    pub zone: TimeZone,
    /// Fraction digits of `version` and `created`, 0 to 9 (section 2: parse any).
    pub fraction_digits: usize,
    /// `versionStartDate` takes in a record of exactly that time (section 4, open question 3).
    pub start_is_inclusive: bool,
    /// `previousId` works on `/invoices`; without it the parameter is ignored there (open question 4).
    pub previous_id_on_invoices: bool,
    /// `/approve` and `/send` take a sales order (open question 1).
    pub orders_can_be_sent: bool,
    /// `/approve` wants a JSON body, as the specification has it, though the sheet guesses otherwise.
    pub approve_needs_body: bool,
    /// `meta.totalCount` is in the envelope; older versions had none (section 2).
    pub total_count: bool,
    /// Offers come along although `isOffer` is false (section 2: skip them in any case).
    pub offers_leak: bool,
    /// Absent members are spelled `null` instead of being left out (section 2: treat alike).
    pub nulls: bool,
    /// One id alone gives a list as several do, and not the bare object (section 2, and section 7 of the other reading).
    pub one_is_a_list: bool,
    /// Rows get new ids whenever somebody edits the document (section 4, open question 8).
    pub row_ids_renewed: bool,
    /// Our own `/approve` and `/send` leave `version` as it was (section 2: inferred that they raise it).
    pub own_calls_keep_version: bool,
    /// Whoever edits nothing but rows leaves `version` as it was (section 4, open question 11).
    pub row_edits_keep_version: bool,
    /// A list of products has those that are not active although `active` is not asked for (section 2: inferred).
    pub lists_inactive: bool,
    /// Calls per second for the client id (section 4: 60 in production).
    pub calls_per_second: usize,
    /// Versions pinned in the path, such as `v2604` (section 1: kept for about nine months).
    pub pinned_versions: Vec<String>,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            // Where the zone database has no Helsinki nothing here could be right, and UTC makes the tests say so.
            zone: TimeZone::get("Europe/Helsinki").unwrap_or(TimeZone::UTC),
            fraction_digits: 0,
            start_is_inclusive: true,
            previous_id_on_invoices: true,
            orders_can_be_sent: true,
            approve_needs_body: true,
            total_count: true,
            offers_leak: false,
            nulls: false,
            one_is_a_list: false,
            row_ids_renewed: false,
            own_calls_keep_version: false,
            row_edits_keep_version: false,
            lists_inactive: true,
            calls_per_second: 60,
            pinned_versions: vec!["v2604".into()],
        }
    }
}

/// The installation: one client id, several companies.
#[derive(Debug, Default)]
pub struct Procountor {
    /// The integration's registration.
    pub client: Client,
    /// The open questions, answered.
    pub quirks: Quirks,
    /// Calls that came in by endpoint, such as `GET /invoices/{id}`, refused ones included.
    pub calls: BTreeMap<String, u64>,
    /// Access tokens given out.
    pub logins: u64,
    /// Requests for an access token that were refused.
    pub refused_logins: u64,
    /// Calls refused for coming too fast. The vendor may shut the client off for all its customers over these (section 4).
    pub throttled: u64,
    companies: BTreeMap<i64, Company>,
    tokens: BTreeMap<String, token::Grant>,
    codes: BTreeMap<String, token::Grant>,
    recent: VecDeque<Timestamp>,
    interjections: Vec<Interjection>,
    serial: u64,
}

/// An action that happens right after a call has been answered.
#[derive(Debug)]
struct Interjection {
    endpoint: String,
    countdown: u64,
    action: String,
    args: Value,
}

impl Procountor {
    /// An installation without companies, with the registration of [`Client::default`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Founds a company and gives its id. Its first user has every right and an API key.
    pub fn add_company(&mut self, now: Timestamp, name: &str) -> i64 {
        let id = 11_001 + i64::try_from(self.companies.len()).unwrap_or_default();
        let api_key = self.new_api_key(now, id);
        self.companies.insert(id, Company::new(id, name, api_key));
        id
    }

    /// A company by its id.
    #[must_use]
    pub fn company(&self, id: i64) -> Option<&Company> {
        self.companies.get(&id)
    }

    /// A company by its id, to change its rights, its country or its key.
    pub fn company_mut(&mut self, id: i64) -> Option<&mut Company> {
        self.companies.get_mut(&id)
    }

    /// Mails that left for an invoice: one for each `/send` that was taken.
    #[must_use]
    pub fn mails(&self, company: i64, invoice: i64) -> u64 {
        self.companies.get(&company).and_then(|company| company.mails.get(&invoice)).copied().unwrap_or_default()
    }

    /// Calls of one endpoint so far, such as `PUT /invoices/{id}/send`.
    #[must_use]
    pub fn calls_of(&self, endpoint: &str) -> u64 {
        self.calls.get(endpoint).copied().unwrap_or_default()
    }

    /// Lets somebody act in the vendor's screens right after the `nth` (from 1) further call of `endpoint` is answered:
    /// how rows move, vanish or turn up while a caller pages.
    pub fn interject(&mut self, endpoint: &str, nth: u64, action: &str, args: Value) {
        let (endpoint, action) = (endpoint.to_owned(), action.to_owned());
        self.interjections.push(Interjection { endpoint, countdown: nth.max(1), action, args });
    }

    fn run_interjections(&mut self, now: Timestamp, endpoint: &str) {
        for interjection in self.interjections.iter_mut().filter(|interjection| interjection.endpoint == endpoint) {
            interjection.countdown -= 1;
        }
        let (due, kept) = std::mem::take(&mut self.interjections).into_iter().partition(|each| each.countdown == 0);
        self.interjections = kept;
        let due: Vec<Interjection> = due;
        for Interjection { action, args, .. } in due {
            // A wrong interjection is a wrong test: better a loud end than a race that never took place.
            if let Err(reason) = self.act(now, &action, &args) {
                panic!("interjected {action}: {reason}");
            }
        }
    }
}

impl Simulator for Procountor {
    fn handle(&mut self, now: Timestamp, request: &Request) -> Response {
        let endpoint = self.endpoint(request);
        *self.calls.entry(endpoint.clone()).or_default() += 1;
        let response = self.answer(now, request).unwrap_or_else(|refusal| refusal);
        self.run_interjections(now, &endpoint);
        response
    }

    fn spell(&self, trouble: Trouble, request: &Request) -> Option<Response> {
        errors::spell(trouble, &self.endpoint(request))
    }

    fn act(&mut self, now: Timestamp, action: &str, args: &Value) -> Result<Value, String> {
        self.perform(now, action, args)
    }

    fn assume(&mut self, fact: &str, answer: &str) -> Result<(), String> {
        facts::check(facts::Vendor::Procountor, fact, answer)?;
        let quirks = &mut self.quirks;
        match fact {
            "procountor.zone" => {
                let name = if answer == "UTC" { "UTC" } else { "Europe/Helsinki" };
                quirks.zone = TimeZone::get(name).unwrap_or(TimeZone::UTC);
            }
            "procountor.fraction" => quirks.fraction_digits = answer.parse().unwrap_or_default(),
            "procountor.filter-edge" => quirks.start_is_inclusive = answer == "taken in",
            "procountor.previous-id" => quirks.previous_id_on_invoices = answer == "it does",
            "procountor.send-orders" => quirks.orders_can_be_sent = answer == "taken",
            "procountor.approve-body" => quirks.approve_needs_body = answer == "needed",
            "procountor.total-count" => quirks.total_count = answer == "it does",
            "procountor.offers" => quirks.offers_leak = answer == "yes",
            "procountor.absent-members" => quirks.nulls = answer == "null",
            "procountor.read-alone" => quirks.one_is_a_list = answer == "in a list",
            "procountor.row-ids" => quirks.row_ids_renewed = answer == "renewed",
            "procountor.row-edits" => quirks.row_edits_keep_version = answer == "it does not",
            "procountor.inactive" => quirks.lists_inactive = answer == "listed",
            "procountor.own-version" => quirks.own_calls_keep_version = answer == "it stays",
            _ => return Err(facts::no_switch(fact)),
        }
        Ok(())
    }
}
