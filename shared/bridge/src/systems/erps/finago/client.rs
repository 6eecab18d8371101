//! What is asked of the SOAP services: searches by changes, records by their numbers (Finago sheet, section 2).

use std::cell::Cell;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use url::Url;

use super::{names, values};
use crate::http::classify::calls_left;
use crate::http::soap::{self, Node};
use crate::http::{Answer, Client};
use crate::tenant::Settings;
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;

pub(super) const PRODUCT: &str = "/Logistics/Product/V001/ProductService.asmx";
pub(super) const INVOICE: &str = "/Economy/InvoiceOrder/V001/InvoiceService.asmx";
const COMPANY: &str = "/CRM/Company/V001/CompanyService.asmx";

/// A run stops when fewer calls than this are left in the hour: the others of the address, and the way back, need some.
const RESERVE: u32 = 100;

/// Records or their numbers, with the server's time.
pub(super) struct Found {
    /// The list.
    pub rows: Vec<Value>,
    /// The server's time by its answer.
    pub at: Option<Timestamp>,
}

/// The services, for one tenant.
pub(super) struct Services<'a> {
    client: Client,
    base_url: &'a Url,
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
    ) -> Result<Found> {
        if let Some((left, after)) = self.left.get().filter(|(left, _)| *left < RESERVE) {
            return Err(Fault::RateLimited { status: None, after, why: format!("{left} calls are left in this hour") });
        }
        self.rows(service, operation, members, list, !once).await
    }

    /// A search that may use the last calls of the hour.
    pub async fn list(
        &self,
        service: &str,
        operation: &'static str,
        members: Vec<(&'static str, Node)>,
        list: &str,
    ) -> Result<Found> {
        self.rows(service, operation, members, list, true).await
    }

    async fn rows(
        &self,
        service: &str,
        operation: &'static str,
        members: Vec<(&'static str, Node)>,
        list: &str,
        replayable: bool,
    ) -> Result<Found> {
        let (answer, result) = self.send(service, operation, members, replayable).await?;
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
        Ok(Found { rows, at: answer.server_time() })
    }

    /// Any operation.
    pub async fn send(
        &self,
        service: &str,
        operation: &'static str,
        members: Vec<(&'static str, Node)>,
        replayable: bool,
    ) -> Result<(Answer, Value)> {
        let call = soap::call(self.base_url, service, operation, members, replayable)?;
        let (answer, result) = self.client.send(&call).await?;
        self.left.set(calls_left(&answer.headers));
        Ok((answer, result))
    }

    /// Numbers, suppliers and times of the products that changed since a filter's moment.
    pub async fn products_changed(&self, since: String) -> Result<Found> {
        let search = Node::Members(vec![("DateChanged", Node::Text(since))]);
        let names = Node::list("string", ["SupplierId", "Id", "DateChanged"]);
        self.call(PRODUCT, "GetProducts", vec![("searchParams", search), ("returnProperties", names)], "Product", false)
            .await
    }

    /// Products by number.
    pub async fn products(&self, numbers: &[i64], once: bool) -> Result<Vec<Value>> {
        let search = Node::Members(vec![("ProductIds", Node::list("int", numbers))]);
        let names = names::PRODUCT.wanted(self.settings, &[(Feed::Articles, "")]);
        let members = vec![("searchParams", search), ("returnProperties", Node::list("string", names))];
        Ok(self.call(PRODUCT, "GetProducts", members, "Product", once).await?.rows)
    }

    /// Numbers of the orders that changed since a filter's moment, whatever their state.
    pub async fn orders_changed(&self, since: String) -> Result<Found> {
        let search = Node::Members(vec![("ChangedAfter", Node::Text(since))]);
        let members = vec![
            ("searchParams", search),
            ("invoiceReturnProperties", Node::list("string", ["OrderId"])),
            ("rowReturnProperties", Node::Members(Vec::new())),
        ];
        self.call(INVOICE, "GetInvoices", members, "InvoiceOrder", false).await
    }

    /// The same from far back, where the search itself often times out (Finago sheet, section 2.2).
    pub async fn orders_changed_far_back(&self, since: String) -> Result<Found> {
        let search = Node::Members(vec![
            ("ChangedAfter", Node::Text(since)),
            // Required by the description; this value stands for "not set".
            ("RegisteredAfter", Node::Text("0001-01-01T00:00:00".into())),
        ]);
        self.call(INVOICE, "GetOrderSyncList", vec![("syncParams", search)], "int", false).await
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
        Ok(self.call(INVOICE, "GetInvoices", members, "InvoiceOrder", once).await?.rows)
    }

    /// Numbers and times of the companies that changed since a filter's moment.
    pub async fn companies_changed(&self, since: String) -> Result<Found> {
        let search = Node::Members(vec![("ChangedAfter", Node::Text(since))]);
        let names = Node::list("string", ["Id", "DateChanged"]);
        let members = vec![("searchParams", search), ("returnProperties", names)];
        self.call(COMPANY, "GetCompanies", members, "Company", false).await
    }

    /// Companies by number.
    pub async fn companies(&self, numbers: &[i64], once: bool) -> Result<Vec<Value>> {
        let places = [(Feed::Orders, "/Company"), (Feed::Articles, "/Supplier"), (Feed::Suppliers, "")];
        let names = names::COMPANY.wanted(self.settings, &places);
        let search = Node::Members(vec![("CompanyIds", Node::list("int", numbers))]);
        let members = vec![("searchParams", search), ("returnProperties", Node::list("string", names))];
        Ok(self.call(COMPANY, "GetCompanies", members, "Company", once).await?.rows)
    }
}

fn unlike(operation: &str, found: &Value) -> Fault {
    Fault::Unexpected(format!("{operation} answers with {}, a list is expected", crate::words::wire::shape(found)))
}
