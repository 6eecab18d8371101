//! Calls to one company: an endpoint each with its own rate budget, and what is read once a run.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use http::Method;
use jiff::Timestamp;
use serde_json::Value;
use url::Url;

use super::{NOTHING, schema};
use crate::http::classify::Service;
use crate::http::rate_budget::RateBudget;
use crate::http::{Answer, Call, Client};
use crate::ports::Ports;
use crate::systems::bisect::{self, Batch};
use crate::systems::erps;
use crate::tenant::Tenant;
use crate::words::fault::{Fault, Result};
use crate::words::kind::Kind;

/// Terms of an `or` in one filter: the server counts its nodes, and 19 terms pass elsewhere (Visma sheet, section 6).
pub(super) const MOST_TERMS: usize = 15;

/// Customers asked for in one call; their ids stand in the address, too, which should stay below 2000 characters.
const BATCH: usize = MOST_TERMS;

/// An endpoint of the API.
pub(super) struct Endpoint {
    /// Its path.
    pub name: &'static str,
    pub(super) client: Client,
}

/// A company.
pub(super) struct Company<'a> {
    tenant: &'a Tenant,
    pub articles: Endpoint,
    pub orders: Endpoint,
    pub customers: Endpoint,
    company_settings: Endpoint,
    settings: RefCell<Option<Value>>,
    known_customers: RefCell<HashMap<String, Result<Value>>>,
    /// Whether customers can only be read one by one.
    singly: Cell<bool>,
}

impl<'a> Company<'a> {
    pub fn new(ports: &Ports, tenant: &'a Tenant, deadline: Timestamp) -> Self {
        let endpoint = |name: &'static str| {
            let pace = RateBudget::new(format!("visma/{name}"), Kind::Visma);
            Endpoint { name, client: Client::new(ports, Service::Visma, erps::login(tenant), Some(pace), deadline) }
        };
        Self {
            tenant,
            articles: endpoint("articles"),
            orders: endpoint("orders"),
            customers: endpoint("customers"),
            company_settings: endpoint("companysettings"),
            settings: RefCell::default(),
            known_customers: RefCell::default(),
            singly: Cell::default(),
        }
    }

    fn url(&self, path: &str, query: &[(&str, String)]) -> Url {
        let mut url = self.tenant.erp.base_url.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/{path}"));
        // Names keep their `$`, values are encoded whole, with %20 for a blank.
        let encoded = |value: &str| url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>();
        let pairs = query.iter().map(|(name, value)| format!("{name}={}", encoded(value).replace('+', "%20")));
        let query = pairs.collect::<Vec<_>>().join("&");
        url.set_query((!query.is_empty()).then_some(query.as_str()));
        url
    }

    /// A page of a list.
    pub async fn list(&self, endpoint: &Endpoint, query: &[(&str, String)]) -> Result<(Answer, Value)> {
        endpoint.client.send(&Call::get(self.url(endpoint.name, query))).await
    }

    /// A record by its id; `None` where the key is no id.
    pub async fn read(&self, endpoint: &Endpoint, id: &str) -> Option<Result<Value>> {
        if !is_guid(id) {
            return None;
        }
        Some(endpoint.client.json(&Call::get(self.url(&format!("{}/{id}", endpoint.name), &[]))).await)
    }

    /// A record as it is now.
    pub async fn existing(&self, endpoint: &Endpoint, id: &str) -> Result<Value> {
        let read = self.read(endpoint, id).await;
        read.unwrap_or_else(|| Err(Fault::rejected("/Id", "a GUID is expected")))
    }

    /// A record as it is now, to be written whole at once with [`Company::replace`]. A write has no condition: what somebody
    /// edits in between is lost, so nothing is waited for in between, not even a turn of the rate budget.
    pub async fn existing_to_replace(&self, endpoint: &Endpoint, id: &str) -> Result<Value> {
        if !is_guid(id) {
            return Err(Fault::rejected("/Id", "a GUID is expected"));
        }
        let url = self.url(&format!("{}/{id}", endpoint.name), &[]);
        endpoint.client.json(&Call::get(url).with_next()).await
    }

    /// Writes a whole record. Never sent again blindly: somebody may have changed it meanwhile.
    pub async fn replace(&self, endpoint: &Endpoint, id: &str, whole: &Value) -> Result<()> {
        self.written(endpoint, &self.put(endpoint, id, whole)).await
    }

    /// Writes, and looks at what comes of it.
    async fn written(&self, endpoint: &Endpoint, call: &Call) -> Result<()> {
        let answer = endpoint.client.json(call).await?;
        schema::written(endpoint.name).look(&endpoint.client, &answer);
        Ok(())
    }

    fn put(&self, endpoint: &Endpoint, id: &str, whole: &Value) -> Call {
        Call::with_json(Method::PUT, self.url(&format!("{}/{id}", endpoint.name), &[]), whole, false)
    }

    /// Writes a whole record right after [`Company::existing_to_replace`], with what was read; where Visma refuses it and it
    /// has more decimals than Visma allows, with these rounded. Whether they were.
    pub async fn replace_exact(&self, endpoint: &Endpoint, id: &str, whole: &Value, rounded: &Value) -> Result<bool> {
        let at_once = |whole| self.put(endpoint, id, whole).at_once();
        match self.written(endpoint, &at_once(whole)).await {
            Ok(()) => Ok(false),
            Err(Fault::Rejected { .. }) if rounded != whole => {
                self.written(endpoint, &at_once(rounded)).await.map(|()| true)
            }
            Err(fault) => Err(fault),
        }
    }

    /// Makes a record, and says what it became. Never sent again blindly.
    pub async fn create(&self, endpoint: &Endpoint, whole: &Value) -> Result<Value> {
        let url = self.url(endpoint.name, &[]);
        endpoint.client.json(&Call::with_json(Method::POST, url, whole, false)).await
    }

    /// Deletes a record.
    pub async fn delete(&self, endpoint: &Endpoint, id: &str) -> Result<()> {
        let url = self.url(&format!("{}/{id}", endpoint.name), &[]);
        endpoint.client.json(&Call::delete(url)).await.map(|_| ())
    }

    /// Takes an order one step further: a call of its own, without a body.
    pub async fn step(&self, order: &str, step: &str) -> Result<()> {
        let url = self.url(&format!("orders/{order}/{step}"), &[]);
        let call = Call { method: Method::POST, replayable: false, ..Call::get(url) };
        let answer = self.orders.client.json(&call).await?;
        schema::STEP.look(&self.orders.client, &answer);
        Ok(())
    }

    /// Whether there is time for another record.
    pub fn has_time(&self) -> bool {
        self.customers.client.has_time()
    }

    /// The company's settings; `null` where they cannot be read for a reason that stays.
    pub async fn settings(&self) -> Result<Value> {
        if let Some(settings) = &*self.settings.borrow() {
            return Ok(settings.clone());
        }
        let settings = match self.settings_now().await {
            Err(Fault::Rejected { .. } | Fault::Unexpected(_)) => Value::Null,
            other => other?,
        };
        *self.settings.borrow_mut() = Some(settings.clone());
        Ok(settings)
    }

    /// The company's settings, or why they cannot be read.
    pub async fn settings_now(&self) -> Result<Value> {
        self.company_settings.client.json(&Call::get(self.url("companysettings", &[]))).await
    }

    /// Reads customers that are not known yet, a batch a call. What a batch does not bring is asked for singly later.
    pub async fn read_customers(&self, ids: impl Iterator<Item = String>) -> Result<()> {
        let missing: Vec<String> = {
            let known = self.known_customers.borrow();
            let mut missing: Vec<String> = ids.filter(|id| is_guid(id) && !known.contains_key(&lower(id))).collect();
            missing.sort_unstable();
            missing.dedup();
            missing
        };
        for batch in missing.chunks(BATCH) {
            if self.singly.get() {
                return Ok(());
            }
            let met = match Customers(self).read(batch, false).await {
                Ok(rows) => {
                    self.know(rows);
                    continue;
                }
                Err(Fault::Rejected { .. } | Fault::Unexpected(_)) => {
                    self.singly.set(true);
                    return Ok(());
                }
                Err(fault) => bisect::own(&Customers(self), fault).await?,
            };
            self.know(bisect::halve(&Customers(self), batch, met).await?.rows);
        }
        Ok(())
    }

    fn know(&self, customers: Vec<Value>) {
        let with_id = |row: Value| Some((lower(row["Id"].as_str()?), Ok(row)));
        self.known_customers.borrow_mut().extend(customers.into_iter().filter_map(with_id));
    }

    /// One customer.
    pub async fn customer(&self, id: &str) -> Result<Value> {
        if !is_guid(id) {
            return Err(Fault::rejected("/CustomerId", "a GUID is expected"));
        }
        if let Some(customer) = self.known_customers.borrow().get(&lower(id)) {
            return customer.clone();
        }
        let customer = self.customers.client.json(&Call::get(self.url(&format!("customers/{id}"), &[]))).await;
        if !customer.as_ref().is_err_and(bisect::concerns_all) {
            self.known_customers.borrow_mut().insert(lower(id), customer.clone());
        }
        customer
    }
}

/// Customers that are asked for together.
struct Customers<'a>(&'a Company<'a>);

impl Batch for Customers<'_> {
    type Key = String;
    type Row = Value;

    async fn read(&self, ids: &[String], once: bool) -> Result<Vec<Value>> {
        let filter = ids.iter().map(|id| format!("Id eq {id}")).collect::<Vec<_>>().join(" or ");
        let query = [("$filter", filter), ("$pagesize", BATCH.to_string())];
        let call = Call::get(self.0.url(self.0.customers.name, &query));
        let mut body = self.0.customers.client.json(&if once { call.once() } else { call }).await?;
        let Value::Array(rows) = body["Data"].take() else { return Ok(Vec::new()) };
        Ok(rows)
    }

    async fn probe(&self) -> Result<()> {
        self.read(&[NOTHING.to_owned()], false).await.map(|_| ())
    }

    fn has_time(&self) -> bool {
        self.0.has_time()
    }
}

fn lower(id: &str) -> String {
    id.to_ascii_lowercase()
}

/// Whether an id may stand in a path or a filter as it is.
pub(super) fn is_guid(id: &str) -> bool {
    id.len() == 36 && id.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}
