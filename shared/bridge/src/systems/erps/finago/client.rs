//! What is asked of the SOAP services: searches by changes, records by their numbers (Finago sheet, section 2).

use std::cell::Cell;
use std::collections::HashSet;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;
use url::Url;

use super::{names, schema, values};
use crate::http::classify::calls_left;
use crate::http::soap::{self, Node};
use crate::http::{Answer, Call, Client, LARGEST_LIST};
use crate::systems::schema::Schema;
use crate::tenant::Settings;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

pub(super) const PRODUCT: &str = "/Logistics/Product/V001/ProductService.asmx";
pub(super) const INVOICE: &str = "/Economy/InvoiceOrder/V001/InvoiceService.asmx";
const COMPANY: &str = "/CRM/Company/V001/CompanyService.asmx";

/// A run stops when fewer calls than this are left in the hour: the others of the address, and the way back, need some.
const RESERVE: u32 = 100;

/// Numbers of records, with the server's time. A list has all that changed at once, half a million rows and more on a first
/// run: so it asks for nothing but what it is read for, and keeps of each row its number alone.
pub(super) struct Listed {
    /// The numbers, in the order of the list.
    pub numbers: Vec<i64>,
    /// The server's time by its answer.
    pub at: Option<Timestamp>,
}

/// The services, for one tenant.
pub(super) struct Services<'a> {
    pub(super) client: Client,
    pub(super) base_url: &'a Url,
    settings: &'a Settings,
    left: Cell<Option<(u32, Duration)>>,
}

impl<'a> Services<'a> {
    /// Whether there is time for another call.
    pub fn has_time(&self) -> bool {
        self.client.has_time()
    }

    pub fn new(client: Client, base_url: &'a Url, settings: &'a Settings) -> Self {
        Self { client, base_url, settings, left: Cell::default() }
    }

    async fn call(
        &self,
        service: &str,
        operation: &'static str,
        members: Vec<(&'static str, Node)>,
        list: &str,
        once: bool,
    ) -> Result<Vec<Value>> {
        self.within_the_hour()?;
        self.rows(operation, &soap::call(self.base_url, service, operation, members, !once)?, list).await
    }

    /// Notes what is new about records that were asked for by so many numbers.
    fn looked(&self, schema: &Schema, rows: Vec<Value>, asked: usize) -> Vec<Value> {
        schema.page(&self.client, rows.len(), asked);
        schema.look_at_all(&self.client, &rows);
        rows
    }

    fn within_the_hour(&self) -> Result<()> {
        match self.left.get().filter(|(left, _)| *left < RESERVE) {
            None => Ok(()),
            Some((left, after)) => {
                let why = format!("{left} calls are left in this hour");
                Err(Fault::RateLimited { status: None, after, why })
            }
        }
    }

    /// A list whose rows are dropped as soon as their numbers are taken.
    async fn numbers(
        &self,
        service: &str,
        operation: &'static str,
        members: Vec<(&'static str, Node)>,
        list: &str,
        number: impl Fn(&Value) -> Option<i64>,
    ) -> Result<Listed> {
        self.within_the_hour()?;
        let call = soap::call(self.base_url, service, operation, members, true)?;
        let call = Call { largest: LARGEST_LIST, ..call };
        let read = |body: &Bytes| {
            let mut numbers = Vec::new();
            soap::rows(body, list, &mut |row| numbers.extend(number(&row)))?;
            Ok(numbers)
        };
        let (answer, numbers) = self.client.read(&call, &read).await?;
        self.left.set(calls_left(&answer.headers));
        Ok(Listed { numbers, at: answer.server_time() })
    }

    /// A search that may use the last calls of the hour.
    pub async fn list(
        &self,
        service: &str,
        operation: &'static str,
        members: Vec<(&'static str, Node)>,
        list: &str,
    ) -> Result<Vec<Value>> {
        self.rows(operation, &soap::call(self.base_url, service, operation, members, true)?, list).await
    }

    /// The rows of a search's answer.
    pub async fn rows(&self, operation: &'static str, call: &Call, list: &str) -> Result<Vec<Value>> {
        let (_, result) = self.sent(call).await?;
        let mut rows = match result {
            Value::Null => Vec::new(),
            Value::Object(mut members) => match members.remove(list).unwrap_or_default() {
                Value::Null => Vec::new(),
                Value::Array(rows) => rows,
                other => return Err(unlike(operation, &other)),
            },
            other => return Err(unlike(operation, &other)),
        };
        rows.iter_mut().for_each(values::without_unset);
        Ok(rows)
    }

    /// Any operation.
    pub async fn send(
        &self,
        service: &str,
        operation: &'static str,
        members: Vec<(&'static str, Node)>,
        replayable: bool,
    ) -> Result<(Answer, Value)> {
        self.sent(&soap::call(self.base_url, service, operation, members, replayable)?).await
    }

    /// Any call.
    pub async fn sent(&self, call: &Call) -> Result<(Answer, Value)> {
        let (answer, result) = self.client.send(call).await?;
        self.left.set(calls_left(&answer.headers));
        Ok((answer, result))
    }

    /// Numbers of the products that changed since a filter's moment.
    pub async fn products_changed(&self, since: String) -> Result<Listed> {
        self.products_listed(since, &["Id"], |row| values::number(row, "Id")).await
    }

    /// Numbers of all products of these suppliers. No search finds them: all are listed, by number and supplier alone.
    pub async fn products_of(&self, since: String, suppliers: &HashSet<i64>) -> Result<Listed> {
        let theirs = |row: &Value| values::number(row, "SupplierId").is_some_and(|id| suppliers.contains(&id));
        let number = |row: &Value| values::number(row, "Id").filter(|_| theirs(row));
        self.products_listed(since, &["SupplierId", "Id"], number).await
    }

    async fn products_listed(
        &self,
        since: String,
        names: &[&str],
        number: impl Fn(&Value) -> Option<i64>,
    ) -> Result<Listed> {
        let search = Node::Members(vec![("DateChanged", Node::Text(since))]);
        let members = vec![("searchParams", search), ("returnProperties", Node::list("string", names))];
        self.numbers(PRODUCT, "GetProducts", members, "Product", number).await
    }

    /// Record numbers of the products with this article number.
    pub async fn products_numbered(&self, article_number: &str) -> Result<Vec<i64>> {
        let search = Node::Members(vec![("No", Node::Text(article_number.to_owned()))]);
        let members = vec![("searchParams", search), ("returnProperties", Node::list("string", ["Id", "No"]))];
        let is = |row: &Value| row["No"].as_str().is_some_and(|no| no.trim() == article_number);
        let number = |row: &Value| values::number(row, "Id").filter(|_| is(row));
        Ok(self.numbers(PRODUCT, "GetProducts", members, "Product", number).await?.numbers)
    }

    /// Products by number.
    pub async fn products(&self, numbers: &[i64], once: bool) -> Result<Vec<Value>> {
        let search = Node::Members(vec![("ProductIds", Node::list("int", numbers))]);
        let names = names::PRODUCT.wanted(self.settings, &[(Feed::Articles, "")]);
        let members = vec![("searchParams", search), ("returnProperties", Node::list("string", names))];
        let rows = self.call(PRODUCT, "GetProducts", members, "Product", once).await?;
        Ok(self.looked(&schema::PRODUCT, rows, numbers.len()))
    }

    /// Numbers of the orders that changed since a filter's moment, whatever their state.
    pub async fn orders_changed(&self, since: String) -> Result<Listed> {
        let search = Node::Members(vec![("ChangedAfter", Node::Text(since))]);
        let members = vec![
            ("searchParams", search),
            ("invoiceReturnProperties", Node::list("string", ["OrderId"])),
            ("rowReturnProperties", Node::Members(Vec::new())),
        ];
        self.numbers(INVOICE, "GetInvoices", members, "InvoiceOrder", |row| values::number(row, "OrderId")).await
    }

    /// The same from far back, where the search itself often times out (Finago sheet, section 2.2).
    pub async fn orders_changed_far_back(&self, since: String) -> Result<Listed> {
        let search = Node::Members(vec![
            ("ChangedAfter", Node::Text(since)),
            // Required by the description; this value stands for "not set".
            ("RegisteredAfter", Node::Text("0001-01-01T00:00:00".into())),
        ]);
        let number = |row: &Value| row.as_str()?.trim().parse().ok().filter(|number| *number > 0);
        self.numbers(INVOICE, "GetOrderSyncList", vec![("syncParams", search)], "int", number).await
    }

    /// Orders by number.
    pub async fn orders(&self, numbers: &[i64], once: bool) -> Result<Vec<Value>> {
        let search = Node::Members(vec![("OrderIds", Node::list("int", numbers))]);
        let names = names::ORDER.wanted(self.settings, &[(Feed::Orders, "")]);
        let of_rows = names::ROW.wanted(self.settings, &[(Feed::Orders, "/InvoiceRows/InvoiceRow")]);
        let members = vec![
            ("searchParams", search),
            ("invoiceReturnProperties", Node::list("string", names)),
            ("rowReturnProperties", Node::list("string", of_rows)),
        ];
        let rows = self.call(INVOICE, "GetInvoices", members, "InvoiceOrder", once).await?;
        Ok(self.looked(&schema::ORDER, rows, numbers.len()))
    }

    /// Numbers of the companies that changed since a filter's moment.
    pub async fn companies_changed(&self, since: String) -> Result<Listed> {
        let search = Node::Members(vec![("ChangedAfter", Node::Text(since))]);
        let members = vec![("searchParams", search), ("returnProperties", Node::list("string", ["Id"]))];
        self.numbers(COMPANY, "GetCompanies", members, "Company", |row| values::number(row, "Id")).await
    }

    /// Companies by number.
    pub async fn companies(&self, numbers: &[i64], once: bool) -> Result<Vec<Value>> {
        let places = [(Feed::Orders, "/Company"), (Feed::Articles, "/Supplier"), (Feed::Suppliers, "")];
        let names = names::COMPANY.wanted(self.settings, &places);
        let search = Node::Members(vec![("CompanyIds", Node::list("int", numbers))]);
        let members = vec![("searchParams", search), ("returnProperties", Node::list("string", names))];
        let rows = self.call(COMPANY, "GetCompanies", members, "Company", once).await?;
        Ok(self.looked(&schema::COMPANY, rows, numbers.len()))
    }
}

fn unlike(operation: &str, found: &Value) -> Fault {
    Fault::Unexpected(format!("{operation} answers with {}, a list is expected", crate::words::wire::shape(found)))
}
