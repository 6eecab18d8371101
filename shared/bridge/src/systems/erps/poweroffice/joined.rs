//! What is joined to products and invoices: groups, customers, delivery addresses. Each is read once a run, and what cannot
//! be read is kept as its fault, for those records alone that need it.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::PowerOffice;
use super::paging::{Position, ROWS};
use super::wire::{self, InvoiceHead};
use crate::http::Call;
use crate::http::classify::is_gone;
use crate::systems::bisect::{self, Batch};
use crate::words::fault::{Fault, Result};

/// Customers asked for in one call.
const BATCH: usize = 100;

/// What was read so far, by the vendor's ids.
#[derive(Default)]
pub(super) struct Joined {
    groups: RefCell<HashMap<i64, Result<Value>>>,
    /// Whether the list of groups came; `None`: it was not asked for.
    listed: Cell<Option<bool>>,
    /// The products that are services; `None`: their list could not be read.
    services: RefCell<Option<HashSet<i64>>>,
    /// Types of products, where that list could not be read.
    types: RefCell<HashMap<i64, Result<Value>>>,
    customers: RefCell<HashMap<i64, Result<Value>>>,
    addresses: RefCell<HashMap<i64, Result<Value>>>,
}

/// Customers, each by its id and its number.
struct Customers<'a>(&'a PowerOffice<'a>);

impl Batch for Customers<'_> {
    type Key = (i64, i64);
    type Row = Value;

    async fn read(&self, customers: &[(i64, i64)], once: bool) -> Result<Vec<Value>> {
        self.0.list("Customers", "customerNos", customers.iter().map(|(_, number)| *number), once).await
    }

    async fn probe(&self) -> Result<()> {
        self.read(&[(0, 0)], false).await.map(|_| ())
    }

    fn has_time(&self) -> bool {
        self.0.client.has_time()
    }
}

/// Delivery addresses, by their customer's id.
struct Addresses<'a>(&'a PowerOffice<'a>);

impl Batch for Addresses<'_> {
    type Key = i64;
    type Row = Value;

    async fn read(&self, customers: &[i64], once: bool) -> Result<Vec<Value>> {
        self.0.list("ContactDeliveryAddresses", "contactIds", customers.iter().copied(), once).await
    }

    async fn probe(&self) -> Result<()> {
        self.read(&[0], false).await.map(|_| ())
    }

    fn has_time(&self) -> bool {
        self.0.client.has_time()
    }
}

impl PowerOffice<'_> {
    async fn list(
        &self,
        path: &str,
        filter: &str,
        wanted: impl Iterator<Item = i64>,
        once: bool,
    ) -> Result<Vec<Value>> {
        let wanted = wanted.map(|number| number.to_string()).collect::<Vec<_>>().join(",");
        let call = Call::get(self.url(path, &[(filter, wanted)]));
        let found = self.client.json(&if once { call.once() } else { call }).await?;
        Ok(found.as_array().cloned().unwrap_or_default())
    }

    /// A product group. All of them are read with the first, one call instead of one a group; each by itself where they
    /// cannot be.
    pub(super) async fn group(&self, id: i64) -> Result<Value> {
        if self.joined.listed.get().is_none() {
            let all = match self.all_groups().await {
                Err(fault) if bisect::concerns_all(&fault) => return Err(fault),
                all => all,
            };
            self.joined.listed.set(Some(all.is_ok()));
            let all = all.unwrap_or_default().into_iter().map(|(id, row)| (id, Ok(row)));
            self.joined.groups.borrow_mut().extend(all);
        }
        if let Some(known) = self.joined.groups.borrow().get(&id) {
            return known.clone();
        }
        if self.joined.listed.get() == Some(true) {
            return Ok(Value::Null);
        }
        let read = match self.get(&format!("ProductGroups/{id}"), &[]).await {
            Err(fault) if bisect::concerns_all(&fault) => return Err(fault),
            Err(fault) if is_gone(&fault) => Ok(Value::Null),
            read => read,
        };
        self.joined.groups.borrow_mut().insert(id, read.clone());
        read
    }

    async fn all_groups(&self) -> Result<HashMap<i64, Value>> {
        let mut all = HashMap::new();
        let mut position = Position::from(None);
        loop {
            let url = self.url("ProductGroups", &position.query(ROWS, "unfiltered"));
            let (rows, last) = position.read(&self.client, ROWS, &Call::get(url)).await?;
            for row in rows {
                let row = row.read()?;
                all.extend(row["Id"].as_i64().map(|id| (id, row)));
            }
            if last {
                return Ok(all);
            }
            position.turn();
        }
    }

    /// Reads which products are services, once a run: freight and fees on invoices, a few among many products.
    pub(super) async fn list_services(&self) -> Result<()> {
        if self.joined.services.borrow().is_some() {
            return Ok(());
        }
        match self.all_services().await {
            Ok(services) => *self.joined.services.borrow_mut() = Some(services),
            Err(fault) if bisect::concerns_all(&fault) => return Err(fault),
            // Each product by itself, then.
            Err(_) => {}
        }
        Ok(())
    }

    /// Also those that are archived, which a list may leave out (PowerOffice sheet, section 8).
    async fn all_services(&self) -> Result<HashSet<i64>> {
        let mut all = HashSet::new();
        for archived in [false, true] {
            let mut position = Position::from(None);
            loop {
                let mut query = position.query(ROWS, "unfiltered");
                query.push(("type", "Service".into()));
                query.push(("isArchived", archived.to_string()));
                let url = self.url("Products", &query);
                let (rows, last) = position.read(&self.client, ROWS, &Call::get(url)).await?;
                for row in rows {
                    all.extend(row.read()?["Id"].as_i64());
                }
                if last {
                    break;
                }
                position.turn();
            }
        }
        Ok(all)
    }

    /// A product's type; `null` where there is no such product any more.
    pub(super) async fn product_type(&self, id: i64) -> Result<Value> {
        if let Some(services) = &*self.joined.services.borrow() {
            return Ok(json!(if services.contains(&id) { "Service" } else { "Product" }));
        }
        if let Some(known) = self.joined.types.borrow().get(&id) {
            return known.clone();
        }
        let read = match self.get(&format!("Products/{id}"), &[]).await {
            Err(fault) if bisect::concerns_all(&fault) => return Err(fault),
            Err(fault) if is_gone(&fault) => Ok(Value::Null),
            Err(fault) => Err(fault),
            Ok(product) => Ok(product["ProductType"].clone()),
        };
        self.joined.types.borrow_mut().insert(id, read.clone());
        read
    }

    /// Reads the customers of many invoices, a batch a call, and the delivery addresses of those without mail address.
    /// Whether there was time for all of them.
    pub(super) async fn customers(&self, heads: impl Iterator<Item = &InvoiceHead>) -> Result<bool> {
        let missing: Vec<(i64, i64)> = {
            let have = self.joined.customers.borrow();
            let mut missing: Vec<_> = heads
                .filter_map(|head| Some((head.customer_id?, head.customer_no?)))
                .filter(|(id, _)| !have.contains_key(id))
                .collect();
            missing.sort_unstable();
            missing.dedup();
            missing
        };
        for batch in missing.chunks(BATCH) {
            let read = bisect::read(&Customers(self), batch).await?;
            let mut have = self.joined.customers.borrow_mut();
            have.extend(read.rows.into_iter().filter_map(|row| Some((row["Id"].as_i64()?, Ok(row)))));
            have.extend(read.unread.into_iter().map(|((id, _), fault)| (id, Err(fault))));
            if read.done < batch.len() {
                return Ok(false);
            }
        }
        let homeless: Vec<i64> = {
            let have = self.joined.customers.borrow();
            let homeless = |id: &i64| have.get(id).is_some_and(|read| read.as_ref().is_ok_and(without_mail_address));
            missing.iter().map(|(id, _)| *id).filter(homeless).collect()
        };
        self.delivery_addresses(&homeless).await
    }

    /// One customer, from what was read where it is there.
    pub(super) async fn customer(&self, id: i64) -> Result<Value> {
        if let Some(customer) = self.joined.customers.borrow().get(&id) {
            return customer.clone();
        }
        let customer = self.get(&format!("Customers/{id}"), &[]).await;
        if customer.as_ref().is_ok_and(without_mail_address) && !self.delivery_addresses(&[id]).await? {
            return Err(Fault::unavailable("there is no time left to read the delivery addresses"));
        }
        if !customer.as_ref().is_err_and(bisect::concerns_all) {
            self.joined.customers.borrow_mut().insert(id, customer.clone());
        }
        customer
    }

    /// The delivery addresses of a customer, as far as they were asked for.
    pub(super) fn addresses(&self, customer: i64) -> Result<Value> {
        self.joined.addresses.borrow().get(&customer).cloned().unwrap_or(Ok(json!([])))
    }

    async fn delivery_addresses(&self, customers: &[i64]) -> Result<bool> {
        for batch in customers.chunks(BATCH) {
            let read = bisect::read(&Addresses(self), batch).await?;
            let mut have = self.joined.addresses.borrow_mut();
            for row in read.rows {
                let Some(contact) = row["ContactId"].as_i64() else { continue };
                if let Ok(Value::Array(all)) = have.entry(contact).or_insert_with(|| Ok(json!([]))) {
                    all.push(row);
                }
            }
            have.extend(read.unread.into_iter().map(|(customer, fault)| (customer, Err(fault))));
            if read.done < batch.len() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn without_mail_address(customer: &Value) -> bool {
    serde_json::from_value::<Option<wire::ContactAddress>>(customer["MailAddress"].clone())
        .is_ok_and(|address| !address.is_some_and(|address| address.is_set()))
}
