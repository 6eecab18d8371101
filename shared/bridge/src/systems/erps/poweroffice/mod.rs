//! PowerOffice Go, API v2 (PowerOffice sheet).

mod back;
mod credit_notes;
mod credits;
mod joined;
pub mod map;
mod paging;
mod probe;
mod schema;
pub mod wire;

use std::future::ready;
use std::rc::Rc;

use async_trait::async_trait;
use futures_util::stream::{self, StreamExt as _};
use jiff::{Timestamp, ToSpan as _, civil};
use serde_json::Value;
use url::Url;

use self::credit_notes::PageNotes;
use self::joined::Joined;
use self::paging::{INVOICES, Position, ROWS};
use self::wire::{InvoiceHead, OutgoingInvoice, Product};
use super::rows::{self, Part};
use super::{imported, key, text, today, version};
use crate::http::classify::Service;
use crate::http::rate_budget::RateBudget;
use crate::http::{Call, Client};
use crate::ports::Ports;
use crate::state::intents::Intents;
use crate::systems::bisect;
use crate::systems::erp::{Change, Erp, Known, Page, Recalled, Sources, What, known_or_waits};
use crate::tenant::{Settings, Tenant};
use crate::words::cursor::Cursor;
use crate::words::domain::{Effect, Record, Shipment, WarehouseEvent};
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::kind::Kind;
use crate::words::wire::decode;

/// The budget that all calls take a turn of, the login's too.
pub(super) fn rate_budget() -> RateBudget {
    RateBudget::new("poweroffice", Kind::PowerOffice)
}

/// Details read at the same time; the pace holds them apart.
const AT_ONCE: usize = 4;

/// Days back that are looked through for an order number.
const SEARCHED: i64 = 90;

/// The id of no invoice.
const NO_INVOICE: &str = "00000000-0000-0000-0000-000000000000";

/// PowerOffice Go, for one tenant.
pub struct PowerOffice<'a> {
    tenant: &'a Tenant,
    client: Client,
    today: civil::Date,
    joined: Joined,
    sources: Option<Rc<Sources>>,
}

impl<'a> PowerOffice<'a> {
    /// A connection that stops retrying at `deadline`.
    #[must_use]
    pub fn new(ports: &Ports, tenant: &'a Tenant, deadline: Timestamp) -> Self {
        Self {
            tenant,
            client: Client::new(ports, Service::PowerOffice, super::login(tenant), Some(rate_budget()), deadline),
            today: today(Kind::PowerOffice, ports.clock.now()),
            joined: Joined::default(),
            sources: None,
        }
    }

    /// The same, keeping the source records that it maps.
    #[must_use]
    pub fn keeping(self, sources: Option<Rc<Sources>>) -> Self {
        Self { sources, ..self }
    }

    fn url(&self, path: &str, query: &[(&str, String)]) -> Url {
        let mut url = self.tenant.erp.base_url.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/{path}"));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Value> {
        self.client.json(&Call::get(self.url(path, query))).await
    }

    /// What the integration may do in this company: needs a token and no privilege (PowerOffice sheet, section 1).
    pub(crate) async fn information(&self) -> Result<Value> {
        self.get("ClientIntegrationInformation", &[]).await
    }

    async fn articles(&self, cursor: &Cursor) -> Result<Page> {
        let mut position = Position::of(cursor)?;
        let filter = "lastChangedDateTimeOffsetGreaterThan";
        let url = self.url("Products", &position.query(ROWS, filter));
        let (rows, last) = position.read(&self.client, ROWS, &Call::get(url)).await?;
        schema::PRODUCT.page(&self.client, rows.len(), ROWS);
        let mut changes = Vec::new();
        for row in rows {
            let row = row.read()?;
            position.seen(moment(&row, "LastChangedDateTimeOffset"));
            changes.push(self.product(row).await?);
        }
        self.answers(&["ProductGroups/0"], &changes).await?;
        Ok(position.page(changes, last))
    }

    async fn product(&self, mut row: Value) -> Result<Change> {
        schema::PRODUCT.look(&self.client, &row);
        let changed = moment(&row, "LastChangedDateTimeOffset");
        if let Some(group) = row["ProductGroupId"].as_i64() {
            match self.group(group).await {
                Ok(group) => row["ProductGroup"] = group,
                Err(fault) if bisect::concerns_all(&fault) => return Err(fault),
                Err(fault) => return Ok(change(&row, "/Code", changed, What::Unread(fault))),
            }
        }
        let what = match &self.tenant.settings.product_types {
            Some(_)
                if !row["ProductType"].as_str().is_some_and(|kind| self.tenant.settings.takes_product_type(kind)) =>
            {
                What::Filtered("the product's type is not among product_types".into())
            }
            _ => {
                let mapped = record(Feed::Articles, &row, &self.tenant.settings, self.today);
                imported(self.tenant, Feed::Articles, &row, mapped, self.sources.as_ref())
            }
        };
        Ok(change(&row, "/Code", changed, what))
    }

    async fn orders(&self, cursor: &Cursor, known: &dyn Known) -> Result<Page> {
        let mut position = Position::of(cursor)?;
        let filter = "balanceLastChangedDateTimeOffsetGreaterThan";
        let before = position.clone();
        let url = self.url("OutgoingInvoices", &position.query(INVOICES, filter));
        let (rows, last) = position.read(&self.client, INVOICES, &Call::get(url)).await?;
        schema::INVOICE.page(&self.client, rows.len(), INVOICES);
        let mut changes: Vec<Change> = Vec::new();
        let mut paid: Vec<(Value, InvoiceHead)> = Vec::new();
        let mut notes = PageNotes::default();
        for row in rows {
            let row = row.read()?;
            schema::INVOICE.look(&self.client, &row);
            let note = decode::<InvoiceHead>(&row).ok().and_then(|head| head.credit_note());
            note.into_iter().for_each(|note| notes.add(note));
            // The cursor follows the balance, since the filter does.
            position.seen(moment(&row, "BalanceLastChangedDateTimeOffset"));
            match head(row) {
                Ok(wanted) => paid.push(wanted),
                Err(other) => changes.push(*other),
            }
        }
        self.credited_later(&mut paid, notes, known).await?;
        let versions: Vec<(String, String)> = paid.iter().map(|(row, head)| identity(row, head)).collect();
        let known = known_or_waits(known, Feed::Orders, &versions).await?;
        let (old, new): (Vec<_>, Vec<_>) = paid.into_iter().zip(known).partition(|(_, known)| *known);
        changes.extend(old.iter().map(|((row, head), _)| invoice(row, head, What::Known)));
        let wanted = new.len();
        let joined = self.all_joined(new.into_iter().map(|(paid, _)| paid).collect()).await?;
        let in_time = joined.len() == wanted;
        changes.extend(joined);
        Ok(if in_time { position.page(changes, last) } else { Position::early(before, changes) })
    }

    /// Reads what belongs to each of these invoices, as far as the time allows.
    async fn all_joined(&self, mut invoices: Vec<(Value, InvoiceHead)>) -> Result<Vec<Change>> {
        if !self.customers(invoices.iter().map(|(_, head)| head)).await? {
            return Ok(Vec::new());
        }
        let mut changes: Vec<Change> = Vec::new();
        if !invoices.is_empty() {
            self.list_services().await?;
            let Some(unread) = self.find_credits(&mut invoices).await? else { return Ok(Vec::new()) };
            // What cannot be said to be paid waits.
            let fault = |head: &InvoiceHead| unread.get(&head.customer_no?).cloned();
            let (waits, read): (Vec<_>, Vec<_>) = invoices.into_iter().partition(|(_, head)| fault(head).is_some());
            let unread = waits.iter().filter_map(|(row, head)| Some(invoice(row, head, What::Unread(fault(head)?))));
            changes.extend(unread);
            invoices = read;
        }
        let in_time = stream::iter(invoices).take_while(|_| ready(self.client.has_time()));
        let joined: Vec<_> = in_time.map(|(row, head)| self.joined(row, head)).buffered(AT_ONCE).collect().await;
        changes.extend(joined.into_iter().collect::<Result<Vec<Change>>>()?);
        self.answers(&[&format!("OutgoingInvoices/{NO_INVOICE}/Lines"), "Customers/0"], &changes).await?;
        Ok(changes)
    }

    /// Whether the records that could not be read are themselves at fault for it: the API answers for those that do not
    /// exist.
    ///
    /// # Errors
    /// The fault of one of them, where it does not.
    async fn answers(&self, probes: &[&str], changes: &[Change]) -> Result<()> {
        let mut unread = changes.iter().filter_map(|change| match &change.what {
            What::Unread(fault) if fault.passes_by_itself() => Some(fault),
            _ => None,
        });
        let Some(fault) = unread.next() else { return Ok(()) };
        for probe in probes {
            if !bisect::is_answer(&self.get(probe, &[]).await) {
                return Err(fault.clone());
            }
        }
        Ok(())
    }

    /// An invoice with its lines, its customer and, where needed, the customer's delivery addresses.
    async fn joined(&self, mut row: Value, head: InvoiceHead) -> Result<Change> {
        match self.credit_verdict(&head).await {
            Ok(None) => {}
            Ok(Some(what)) => return Ok(invoice(&row, &head, what)),
            Err(fault) => return Ok(invoice(&row, &head, Self::own(fault)?)),
        }
        match self.join(&mut row, &head).await {
            Ok(()) => {}
            Err(fault) if bisect::concerns_all(&fault) => return Err(fault),
            Err(fault) => return Ok(invoice(&row, &head, What::Unread(fault))),
        }
        let settings = &self.tenant.settings;
        let what = match decode::<OutgoingInvoice>(&row) {
            Ok(source) if !source.lines.iter().any(|line| line.part(settings) == Part::Goods) => {
                What::Withdrawn(rows::NO_GOODS.into())
            }
            source => {
                for (at, line) in source.iter().flat_map(|source| source.lines.iter().enumerate()) {
                    if let Part::LeftOut(reason) = line.part(settings) {
                        rows::log_left_out(self.tenant, Feed::Orders, &key(&row), &format!("/Lines/{at}"), reason);
                    }
                }
                let mapped = record(Feed::Orders, &row, &self.tenant.settings, self.today);
                imported(self.tenant, Feed::Orders, &row, mapped, self.sources.as_ref())
            }
        };
        Ok(invoice(&row, &head, what))
    }

    async fn join(&self, row: &mut Value, head: &InvoiceHead) -> Result<()> {
        let id = row["Id"].as_str().ok_or_else(|| Fault::rejected("/Id", "an invoice id is expected"))?;
        let mut lines = self.get(&format!("OutgoingInvoices/{id}/Lines"), &[]).await?;
        schema::LINE.look_at_all(&self.client, lines.as_array().into_iter().flatten());
        if let Some(lines) = lines.as_array_mut() {
            lines.sort_by_key(|line| line["SortOrder"].as_i64());
        }
        for line in lines.as_array_mut().into_iter().flatten() {
            if let Some(product) = line["ProductId"].as_i64() {
                line["ProductType"] = self.product_type(product).await?;
            }
        }
        row["Lines"] = lines;
        let Some(customer_id) = head.customer_id else {
            return Err(Fault::rejected("/CustomerId", "a customer is expected"));
        };
        row["Customer"] = self.customer(customer_id).await?;
        schema::CUSTOMER.look(&self.client, &row["Customer"]);
        row["ContactDeliveryAddresses"] = self.addresses(customer_id)?;
        Ok(())
    }
}

#[async_trait(?Send)]
impl Erp for PowerOffice<'_> {
    async fn changes(&self, feed: Feed, cursor: &Cursor, known: &dyn Known) -> Result<Page> {
        match feed {
            Feed::Articles => self.articles(cursor).await,
            Feed::Orders => self.orders(cursor, known).await,
            // The document names neither.
            Feed::Suppliers | Feed::PurchaseOrders => Ok(Page::empty(cursor)),
        }
    }

    async fn read(&self, feed: Feed, keys: &[String]) -> Result<Vec<Change>> {
        let path = match feed {
            Feed::Articles => "Products",
            Feed::Orders => "OutgoingInvoices",
            Feed::Suppliers | Feed::PurchaseOrders => return Ok(Vec::new()),
        };
        let in_time = stream::iter(keys).take_while(|_| ready(self.client.has_time()));
        let read = in_time.map(async |key| (key, self.get(&format!("{path}/{key}"), &[]).await)).buffered(AT_ONCE);
        let mut changes = Vec::new();
        let mut paid = Vec::new();
        for (key, read) in read.collect::<Vec<_>>().await {
            match (feed, read) {
                (Feed::Articles, Ok(row)) => changes.push(self.product(row).await?),
                (_, Ok(row)) => match head(row) {
                    Ok(wanted) => paid.push(wanted),
                    Err(other) => changes.push(*other),
                },
                (_, Err(fault)) if bisect::concerns_all(&fault) => return Err(fault),
                // It stays parked, and waits longer.
                (_, Err(fault)) => {
                    let what = What::Unread(fault);
                    changes.push(Change { key: key.clone(), number: None, version: String::new(), what });
                }
            }
        }
        match feed {
            Feed::Articles => self.answers(&["Products/0", "ProductGroups/0"], &changes).await?,
            _ => self.answers(&[&format!("OutgoingInvoices/{NO_INVOICE}")], &changes).await?,
        }
        changes.extend(self.all_joined(paid).await?);
        Ok(changes)
    }

    async fn find(&self, feed: Feed, number: &str) -> Result<Vec<String>> {
        // A comma cannot be escaped in a filter (PowerOffice sheet, section 2.1).
        if number.contains(',') {
            return Ok(Vec::new());
        }
        let numbered = |rows: &Value, members: &[&str]| -> Vec<String> {
            let is = |row: &&Value| members.iter().any(|member| text(&row[*member]).as_deref() == Some(number));
            rows.as_array().into_iter().flatten().filter(is).map(key).collect()
        };
        match feed {
            Feed::Articles => {
                let rows = self.get("Products", &[("codes", number.to_owned())]).await?;
                Ok(numbered(&rows, &["Code"]))
            }
            Feed::Orders if number.parse::<u64>().is_ok() => {
                let rows = self.get("OutgoingInvoices", &[("invoiceNos", number.to_owned())]).await?;
                let found = numbered(&rows, &["InvoiceNo"]);
                if !found.is_empty() {
                    return Ok(found);
                }
                // No filter takes an order number: the invoices of the last months are looked through.
                let from = self.today.checked_sub(SEARCHED.days()).unwrap_or(self.today);
                let query = [("fromDate", from.to_string()), ("PageSize", INVOICES.to_string())];
                let rows = self.get("OutgoingInvoices", &query).await?;
                Ok(numbered(&rows, &["OrderNo", "ImportedOrderNo"]))
            }
            Feed::Orders | Feed::Suppliers | Feed::PurchaseOrders => Ok(Vec::new()),
        }
    }

    async fn probe(&self) -> Result<()> {
        self.information().await.map(|_| ())
    }

    async fn write_back(&self, event: &WarehouseEvent, _intents: &Intents<'_>) -> Result<Vec<Effect>> {
        match event {
            WarehouseEvent::Stock(levels) => self.stock(levels).await,
            // The document names neither.
            WarehouseEvent::Shipped(_) | WarehouseEvent::Imported(_) => {
                Ok(vec![Effect::Unchanged("PowerOffice Go is told of stock alone".into())])
            }
        }
    }

    async fn recall(&self, _: &Shipment, _: bool) -> Result<Recalled> {
        // It is told of no shipment.
        Ok(Recalled::default())
    }
}

/// A paid invoice with its head, or what becomes of another one.
fn head(row: Value) -> Result<(Value, InvoiceHead), Box<Change>> {
    let what = match decode::<InvoiceHead>(&row) {
        Err(fault) => return Err(Box::new(change(&row, "/OrderNo", None, What::Parked(fault.to_string())))),
        Ok(head) => match (head.is_reversed, head.unpaid()) {
            (true, _) => invoice(&row, &head, What::Withdrawn("the invoice was reversed".into())),
            (false, Some(reason)) => invoice(&row, &head, What::Filtered(reason.into())),
            (false, None) => return Ok((row, head)),
        },
    };
    Err(Box::new(what))
}

/// What the mapping makes of a source record.
pub(super) fn record(feed: Feed, source: &Value, settings: &Settings, today: civil::Date) -> Result<Record> {
    match feed {
        Feed::Articles => Ok(Record::Article(map::article(&decode::<Product>(source)?)?)),
        Feed::Orders => {
            let order = map::order(&decode::<OutgoingInvoice>(source)?, settings, today)?;
            Ok(Record::Order(Box::new(order)))
        }
        Feed::Suppliers | Feed::PurchaseOrders => {
            Err(Fault::Unexpected(format!("PowerOffice Go's document names no {feed}")))
        }
    }
}

/// What each line of an invoice is; `None` where it cannot be read.
pub(super) fn parts(source: &Value, settings: &Settings) -> Option<Vec<Part>> {
    let invoice = decode::<OutgoingInvoice>(source).ok()?;
    Some(invoice.lines.iter().map(|line| line.part(settings)).collect())
}

fn moment(row: &Value, member: &str) -> Option<Timestamp> {
    row[member].as_str().and_then(|text| text.parse().ok())
}

fn identity(row: &Value, head: &InvoiceHead) -> (String, String) {
    (key(row), version(head.changed().unwrap_or_default()))
}

fn invoice(row: &Value, head: &InvoiceHead, what: What) -> Change {
    let number =
        ["/OrderNo", "/ImportedOrderNo", "/InvoiceNo"].iter().find(|at| !row.pointer(at).is_none_or(Value::is_null));
    change(row, number.unwrap_or(&"/OrderNo"), head.changed(), what)
}

fn change(row: &Value, number: &str, changed: Option<Timestamp>, what: What) -> Change {
    let number = row.pointer(number).and_then(text);
    Change { key: key(row), number, version: version(changed.unwrap_or_default()), what }
}
