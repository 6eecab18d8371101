//! Procountor's REST API (Procountor sheet).

mod back;
mod countries;
mod details;
pub mod map;
mod outgoing;
mod paging;
mod probe;
mod recall;
mod schema;
pub mod status;
pub(super) mod times;
pub mod wire;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use async_trait::async_trait;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use serde_json::Value;
use url::Url;

use self::paging::{List, Position, Rows};
use self::wire::{Invoice, InvoiceHead, Product};
use super::rows::Part;
use super::{imported, rows, today};
use crate::http::classify::Service;
use crate::http::rate_budget::RateBudget;
use crate::http::{Answer, Call, Client};
use crate::ports::Ports;
use crate::state::intents::Intents;
use crate::systems::erp::{Change, Erp, Known, Page, Recalled, Sources, Standing, What, known_or_waits};
use crate::tenant::{Settings, Tenant};
use crate::words::cursor::Cursor;
use crate::words::digest::sha256;
use crate::words::domain::{Effect, Record, Shipment, WarehouseEvent};
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::kind::Kind;
use crate::words::wire::decode;

/// The budget that all calls take a turn of, the login's too.
pub(super) fn rate_budget() -> RateBudget {
    RateBudget::new("procountor", Kind::Procountor)
}

/// The type of products that a tenant pulls where it names none.
const SALES: &str = "SALES";

/// What orders are to the vendor, for whom every document is an invoice.
const SALES_ORDER: &str = "SALES_ORDER";
const PURCHASE_ORDER: &str = "PURCHASE_ORDER";

/// Procountor, for one tenant.
pub struct Procountor<'a> {
    tenant: &'a Tenant,
    client: Client,
    zone: TimeZone,
    today: civil::Date,
    /// The vendor's time by its last answer.
    now: Cell<Option<Timestamp>>,
    /// The day from which orders come in.
    begins: Cell<Option<civil::Date>>,
    session: RefCell<Option<Value>>,
    partners: RefCell<HashMap<i64, Result<Value>>>,
    sources: Option<Rc<Sources>>,
}

/// A list's row with what was seen of it on the way.
struct Listed {
    row: Value,
    version: String,
    standing: Standing,
}

impl<'a> Procountor<'a> {
    /// A connection that stops retrying at `deadline`.
    #[must_use]
    pub fn new(ports: &Ports, tenant: &'a Tenant, deadline: Timestamp) -> Self {
        let zone = times::zone();
        Self {
            tenant,
            client: Client::new(ports, Service::Procountor, super::login(tenant), Some(rate_budget()), deadline),
            today: today(Kind::Procountor, ports.clock.now()),
            zone,
            now: Cell::default(),
            begins: Cell::default(),
            session: RefCell::default(),
            partners: RefCell::default(),
            sources: None,
        }
    }

    /// The same, keeping the source records that it maps.
    #[must_use]
    pub fn keeping(self, sources: Option<Rc<Sources>>) -> Self {
        Self { sources, ..self }
    }

    /// Below the host's `api`; an address with a path of its own names another version of the API, such as `/latest/api`
    /// (Procountor sheet, section 1).
    fn url(&self, path: &str, query: &[(&str, String)]) -> Url {
        let mut url = self.tenant.erp.base_url.clone();
        let base = match url.path().trim_end_matches('/') {
            "" => "/api".to_owned(),
            base => base.to_owned(),
        };
        url.set_path(&format!("{base}/{path}"));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Value> {
        self.answered(&Call::get(self.url(path, query))).await
    }

    /// The answer to a call, whose time is the vendor's.
    async fn answered(&self, call: &Call) -> Result<Value> {
        let (answer, body) = self.client.send(call).await?;
        self.now.set(Answer::server_time(&answer).or(self.now.get()));
        Ok(body)
    }

    /// Whose key it is (Procountor sheet, section 1).
    pub(crate) async fn session_info(&self) -> Result<Value> {
        self.get("sessioninfo", &[]).await
    }

    /// What the user behind the key may do (Procountor sheet, section 1).
    pub(crate) async fn rights(&self) -> Result<Value> {
        self.get("users/rights", &[]).await
    }

    /// The next page of a list: its rows with their versions, and whether they are the last.
    async fn list(&self, position: &mut Position, list: List) -> Result<(Vec<Listed>, bool)> {
        let path = if list == List::Products { "products" } else { "invoices" };
        let body = self.get(path, &position.query(list)).await?;
        let Rows { rows, last } = position.read(list, &body, self.now.get(), &self.zone)?;
        schema::look_at_page(&self.client, list, &rows);
        let listed = rows.into_iter().map(|row| {
            position.seen(row["version"].as_str().and_then(times::read));
            Listed { version: self.version(&row), row, standing: Standing::New }
        });
        Ok((listed.collect(), last))
    }

    /// A record's version as text that compares; what is no time stays as it is.
    fn version(&self, row: &Value) -> String {
        let text = row["version"].as_str().unwrap_or_default();
        times::read(text).map_or_else(|| text.to_owned(), |at| times::version(at, self.now.get(), &self.zone))
    }

    /// The types of products that are pulled.
    fn product_types(&self) -> Vec<String> {
        self.tenant.settings.product_types.clone().unwrap_or_else(|| vec![SALES.to_owned()])
    }

    async fn articles(&self, cursor: &Cursor) -> Result<Page> {
        let types = self.product_types();
        let mut position = Position::of(cursor, &self.zone)?;
        if types.is_empty() {
            return Ok(Page::empty(cursor));
        }
        let readings: Vec<String> = types.iter().flat_map(|of| [of.clone(), paging::inactive(of)]).collect();
        let mut changes = Vec::new();
        loop {
            let of = position.turn_to(&readings);
            let (rows, last) = self.list(&mut position, List::Products).await?;
            changes.extend(rows.into_iter().map(|listed| self.product(listed, &types)));
            let page = position.page(changes, last, &readings);
            // Where the list of a type ends, that of its inactive ones begins in the same page.
            if !last || !types.contains(&of) {
                return Ok(page);
            }
            (changes, position) = (page.changes, Position::of(&page.cursor, &self.zone)?);
        }
    }

    fn product(&self, Listed { row, version, .. }: Listed, types: &[String]) -> Change {
        schema::PRODUCT.look(&self.client, &row);
        let what = if !types.iter().any(|wanted| row["type"].as_str() == Some(wanted)) {
            What::Filtered("the product's type is not among product_types".into())
        } else if row["code"].as_str().is_none_or(|code| code.trim().is_empty()) && !row["code"].is_number() {
            What::Filtered("the product has no code".into())
        } else {
            let mapped = record(Feed::Articles, &row, &self.tenant.settings, self.today);
            imported(self.tenant, Feed::Articles, &row, mapped, self.sources.as_ref())
        };
        Change { key: key(&row), number: text(&row["code"]), version, what }
    }

    async fn invoices(&self, feed: Feed, of: &str, cursor: &Cursor, known: &dyn Known) -> Result<Page> {
        let open = paging::open(of, &status::open(feed, &self.tenant.settings));
        let readings: Vec<String> = [Some(of.to_owned()), open].into_iter().flatten().collect();
        let mut position = Position::of(cursor, &self.zone)?;
        let is_open = paging::is_open(&position.turn_to(&readings));
        let before = position.clone();
        let (rows, last) = self.list(&mut position, List::Invoices).await?;
        let mut changes = Vec::new();
        let mut wanted = Vec::new();
        let keys: Vec<String> = rows.iter().map(|listed| key(&listed.row)).collect();
        let standing = known.standing(feed, &keys).await?;
        self.begins.set(known.begins().await?.map(|begins| self.zone.to_datetime(begins).date()));
        for (listed, standing) in rows.into_iter().zip(standing) {
            // What was never handed out comes with its version, or not at all.
            if is_open && standing != Standing::HandedOut {
                continue;
            }
            let listed = Listed { standing, ..listed };
            match self.verdict(feed, of, &listed.row, standing) {
                Some(what) => changes.push(invoice(&listed.row, listed.version, what)),
                None => wanted.push(listed),
            }
        }
        let versions: Vec<(String, String)> =
            wanted.iter().map(|listed| (key(&listed.row), listed.version.clone())).collect();
        // Of those that are read for their content the version says nothing.
        let known = if is_open { vec![false; versions.len()] } else { known_or_waits(known, feed, &versions).await? };
        let (old, new): (Vec<_>, Vec<_>) = wanted.into_iter().zip(known).partition(|(_, known)| *known);
        changes.extend(old.into_iter().map(|(listed, _)| invoice(&listed.row, listed.version, What::Known)));
        let wanted = new.len();
        let read = self.details(new.into_iter().map(|(listed, _)| listed).collect()).await?;
        let read = self.wholes(feed, of, read).await?;
        let in_time = read.len() == wanted;
        changes.extend(read);
        Ok(if in_time { position.page(changes, last, &readings) } else { before.early(changes) })
    }

    /// What becomes of documents whose details were read, or were not; nothing where the time is not enough for what is
    /// joined to them.
    async fn wholes(&self, feed: Feed, of: &str, read: Vec<(Listed, Result<Value>)>) -> Result<Vec<Change>> {
        if !self.join(feed, read.iter().filter_map(|(_, whole)| whole.as_ref().ok())).await? {
            return Ok(Vec::new());
        }
        let change = |(listed, whole): (Listed, Result<Value>)| match whole {
            Ok(whole) => self.whole(feed, of, whole, listed.standing),
            Err(fault) => invoice(&listed.row, listed.version, What::Unread(fault)),
        };
        Ok(read.into_iter().map(change).collect())
    }

    fn verdict(&self, feed: Feed, of: &str, row: &Value, standing: Standing) -> Option<What> {
        match decode::<InvoiceHead>(row) {
            Ok(head) => {
                let seen = status::Seen { standing, begins: self.begins.get() };
                status::verdict(feed, of, &head, &self.tenant.settings, seen)
            }
            Err(fault) => Some(What::Parked(fault.to_string())),
        }
    }

    /// What becomes of a whole document, which may have moved on since it was listed.
    fn whole(&self, feed: Feed, of: &str, mut row: Value, standing: Standing) -> Change {
        schema::INVOICE.look(&self.client, &row);
        if let Err(fault) = self.add_joined(feed, &mut row) {
            return invoice(&row, self.version(&row), What::Unread(fault));
        }
        let mut what = self.verdict(feed, of, &row, standing).unwrap_or_else(|| match decode::<Invoice>(&row) {
            Ok(source) if source.goods(&self.tenant.settings).next().is_none() => {
                What::Withdrawn(rows::NO_GOODS.into())
            }
            source => {
                source.iter().for_each(|source| self.log_left_out(feed, &row, source));
                let mapped = record(feed, &row, &self.tenant.settings, self.today);
                imported(self.tenant, feed, &row, mapped, self.sources.as_ref())
            }
        });
        let first_seen = feed == Feed::Orders && standing != Standing::HandedOut;
        if let (true, What::Import(record)) = (first_seen, &mut what)
            && let (Record::Order(order), Some(status)) = (&mut **record, row["status"].as_str())
            && !status::pulled(status, &self.tenant.settings)
        {
            order.first_seen_as = Some(status.to_owned());
        }
        invoice(&row, self.version(&row), what)
    }

    fn log_left_out(&self, feed: Feed, row: &Value, source: &Invoice) {
        for (path, reason) in source.left_out(&self.tenant.settings) {
            rows::log_left_out(self.tenant, feed, &key(row), &path, reason);
        }
    }
}

#[async_trait(?Send)]
impl Erp for Procountor<'_> {
    async fn changes(&self, feed: Feed, cursor: &Cursor, known: &dyn Known) -> Result<Page> {
        match feed {
            Feed::Articles => self.articles(cursor).await,
            Feed::PurchaseOrders => self.invoices(feed, PURCHASE_ORDER, cursor, known).await,
            Feed::Orders => self.invoices(feed, SALES_ORDER, cursor, known).await,
            // The document names none.
            Feed::Suppliers => Ok(Page::empty(cursor)),
        }
    }

    async fn read(&self, feed: Feed, keys: &[String]) -> Result<Vec<Change>> {
        let of = match feed {
            Feed::Articles => return self.products(keys).await,
            Feed::PurchaseOrders => PURCHASE_ORDER,
            Feed::Orders => SALES_ORDER,
            Feed::Suppliers => return Ok(Vec::new()),
        };
        let mut wholes = Vec::new();
        let mut changes: Vec<Change> = details::without_ids(keys).collect();
        for (listed, whole) in self.details(details::by_key(keys)).await? {
            match whole {
                Err(Fault::Unexpected(why)) if why == details::GONE => changes.push(details::gone(&listed)),
                whole => wholes.push((listed, whole)),
            }
        }
        changes.extend(self.wholes(feed, of, wholes).await?);
        Ok(changes)
    }

    async fn find(&self, feed: Feed, number: &str) -> Result<Vec<String>> {
        let of = match feed {
            Feed::Articles => {
                let mut found = Vec::new();
                for kind in self.product_types() {
                    let query = [("type", kind), ("code", number.to_owned()), ("size", "200".to_owned())];
                    let body = self.get("products", &query).await?;
                    found.extend(details::numbered(&body, "code", number));
                }
                return Ok(found);
            }
            Feed::PurchaseOrders => PURCHASE_ORDER,
            Feed::Orders => SALES_ORDER,
            Feed::Suppliers => return Ok(Vec::new()),
        };
        // The filter is a number (Procountor sheet, section 2).
        if number.parse::<i64>().is_err() {
            return Ok(Vec::new());
        }
        let body = self.get("invoices", &[("types", of.to_owned()), ("invoiceNumber", number.to_owned())]).await?;
        Ok(details::numbered(&body, "invoiceNumber", number))
    }

    async fn probe(&self) -> Result<()> {
        self.session_info().await.map(|_| ())
    }

    async fn write_back(&self, event: &WarehouseEvent, intents: &Intents<'_>) -> Result<Vec<Effect>> {
        let unchanged = |why: &str| Effect::Unchanged(why.to_owned());
        match event {
            WarehouseEvent::Shipped(shipment) => Ok(vec![self.shipped(shipment, intents).await?]),
            // Nothing there takes a quantity (Procountor sheet, section 2, "Stock balance").
            WarehouseEvent::Stock(levels) => {
                Ok(levels.iter().map(|_| unchanged("Procountor's API has no stock")).collect())
            }
            // The document names none.
            WarehouseEvent::Imported(_) => Ok(vec![unchanged("Procountor has no status for imported orders")]),
        }
    }

    async fn recall(&self, shipment: &Shipment, is_written: bool) -> Result<Recalled> {
        self.recalled(shipment, is_written).await
    }
}

/// What the mapping makes of a source record.
pub(super) fn record(feed: Feed, source: &Value, settings: &Settings, today: civil::Date) -> Result<Record> {
    match feed {
        Feed::Articles => Ok(Record::Article(map::article(&decode::<Product>(source)?, settings)?)),
        Feed::PurchaseOrders => Ok(Record::PurchaseOrder(map::purchase_order(&decode::<Invoice>(source)?, settings)?)),
        Feed::Orders => {
            let order = map::order(&decode::<Invoice>(source)?, settings, today)?;
            Ok(Record::Order(Box::new(order)))
        }
        Feed::Suppliers => Err(Fault::Unexpected(format!("Procountor's document names no {feed}"))),
    }
}

/// What each row of a document is; `None` where it cannot be read.
pub(super) fn parts(source: &Value, settings: &Settings) -> Option<Vec<Part>> {
    let invoice = decode::<Invoice>(source).ok()?;
    Some(invoice.invoice_rows.iter().map(|row| row.part(settings)).collect())
}

fn invoice(row: &Value, version: String, what: What) -> Change {
    Change { key: key(row), number: text(&row["invoiceNumber"]), version, what }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The vendor's own id; a row without one is known by its whole content.
fn key(row: &Value) -> String {
    text(&row["id"]).unwrap_or_else(|| format!("without-id-{}", &sha256(row.to_string())[..16]))
}
