//! Procountor's REST API (Procountor sheet).

mod countries;
mod details;
pub mod map;
mod paging;
pub mod status;
mod times;
pub mod wire;

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use serde_json::Value;
use url::Url;

use self::paging::{List, Position, Rows};
use self::wire::{Invoice, InvoiceHead, Product};
use super::imported;
use crate::domain::Record;
use crate::erp::{Change, Cursor, Erp, Feed, Known, Page, What};
use crate::fault::{Fault, Result};
use crate::http::classify::Service;
use crate::http::login::Login;
use crate::http::pace::Pace;
use crate::http::{Call, Client};
use crate::ports::Ports;
use crate::tenant::{Settings, Tenant};
use crate::wire::decode;

/// 60 requests a second for all tenants together (Procountor sheet, section 4), with room for a slot used late: who goes
/// over may be shut off with all its customers.
const INTERVAL: Duration = Duration::from_millis(18);

/// Records whose details could not be read, after which the whole API is taken to be down.
const UNREAD: usize = 3;

/// Procountor, for one tenant.
pub struct Procountor<'a> {
    tenant: &'a Tenant,
    client: Client,
    zone: TimeZone,
    today: civil::Date,
    session: RefCell<Option<Value>>,
    partners: RefCell<HashMap<i64, Value>>,
}

/// A list's row with what was seen of it on the way.
struct Listed {
    row: Value,
    version: String,
}

impl<'a> Procountor<'a> {
    /// A connection that stops retrying at `deadline`.
    #[must_use]
    pub fn new(ports: &Ports, tenant: &'a Tenant, deadline: Timestamp) -> Self {
        let login = Login::Procountor { tenant_id: tenant.tenant_id.clone(), auth_url: tenant.erp.auth_url.clone() };
        let pace = Pace::new("procountor", INTERVAL);
        let zone = times::zone();
        Self {
            tenant,
            client: Client::new(ports, Service::Procountor, login, Some(pace), deadline),
            today: zone.to_datetime(ports.clock.now()).date(),
            zone,
            session: RefCell::default(),
            partners: RefCell::default(),
        }
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

    async fn get(&self, path: &str) -> Result<Value> {
        self.client.json(&Call::get(self.url(path, &[]))).await
    }

    /// The next page of a list: its rows with their versions, whether they are the last, and the server's time.
    async fn list(&self, position: &mut Position, list: List) -> Result<(Vec<Listed>, bool, Option<Timestamp>)> {
        let path = match list {
            List::Products => "products",
            List::Invoices => "invoices",
        };
        let (answer, body) = self.client.send(&Call::get(self.url(path, &position.query(list)))).await?;
        let now = answer.server_time();
        let Rows { rows, last } = position.read(list, &body, now, &self.zone)?;
        let listed = rows.into_iter().map(|row| {
            let version = row["version"].as_str().and_then(times::read);
            position.seen(version);
            Listed { version: self.version(&row, now), row }
        });
        Ok((listed.collect(), last, now))
    }

    /// A record's version as text that compares; what is no time stays as it is.
    fn version(&self, row: &Value, now: Option<Timestamp>) -> String {
        let text = row["version"].as_str().unwrap_or_default();
        times::read(text).map_or_else(|| text.to_owned(), |at| times::version(at, now, &self.zone))
    }

    async fn articles(&self, cursor: &Cursor) -> Result<Page> {
        let types = self.tenant.settings.product_types.clone().unwrap_or_else(|| vec!["SALES".into()]);
        let mut position = Position::of(cursor, &self.zone)?;
        if types.is_empty() {
            return Ok(Page { changes: Vec::new(), cursor: cursor.clone(), more: false });
        }
        position.turn_to(&types);
        let (rows, last, _) = self.list(&mut position, List::Products).await?;
        let changes = rows.into_iter().map(|listed| self.product(listed, &types)).collect();
        Ok(position.page(changes, last, &types))
    }

    fn product(&self, Listed { row, version }: Listed, types: &[String]) -> Change {
        let what = if !types.iter().any(|wanted| row["type"].as_str() == Some(wanted)) {
            What::Filtered("the product's type is not among product_types".into())
        } else if row["code"].as_str().is_none_or(|code| code.trim().is_empty()) && !row["code"].is_number() {
            What::Filtered("the product has no code".into())
        } else {
            let mapped = record(Feed::Articles, &row, &self.tenant.settings, self.today);
            imported(self.tenant, Feed::Articles, &row, mapped)
        };
        Change { key: key(&row), number: text(&row["code"]), version, what }
    }

    async fn invoices(&self, feed: Feed, of: &str, cursor: &Cursor, known: &dyn Known) -> Result<Page> {
        let types = [of.to_owned()];
        let mut position = Position::of(cursor, &self.zone)?;
        position.turn_to(&types);
        let (rows, last, now) = self.list(&mut position, List::Invoices).await?;
        let mut changes = Vec::new();
        let mut wanted = Vec::new();
        for listed in rows {
            match self.verdict(feed, of, &listed.row) {
                Some(what) => changes.push(invoice(&listed.row, listed.version, what)),
                None => wanted.push(listed),
            }
        }
        let versions: Vec<(String, String)> =
            wanted.iter().map(|listed| (key(&listed.row), listed.version.clone())).collect();
        let known = known.known(feed, &versions).await?;
        let (old, new): (Vec<_>, Vec<_>) = wanted.into_iter().zip(known).partition(|(_, known)| *known);
        changes.extend(old.into_iter().map(|(listed, _)| invoice(&listed.row, listed.version, What::Known)));
        let read = self.details(new.into_iter().map(|(listed, _)| listed).collect()).await?;
        self.join(feed, read.iter().filter_map(|(_, whole)| whole.as_ref().ok())).await?;
        let mut unread = 0;
        for (listed, whole) in read {
            match whole {
                Ok(whole) => {
                    let version = self.version(&whole, now);
                    changes.push(self.whole(feed, of, whole, version));
                }
                Err(fault) if fault.passes_by_itself() => {
                    unread += 1;
                    position.hold();
                    if unread >= UNREAD {
                        return Err(fault);
                    }
                    changes.push(invoice(&listed.row, listed.version, What::Unread(fault)));
                }
                Err(fault) => changes.push(invoice(&listed.row, listed.version, What::Parked(fault.to_string()))),
            }
        }
        Ok(position.page(changes, last, &types))
    }

    fn verdict(&self, feed: Feed, of: &str, row: &Value) -> Option<What> {
        match decode::<InvoiceHead>(row) {
            Ok(head) => status::verdict(feed, of, &head, &self.tenant.settings),
            Err(fault) => Some(What::Parked(fault.to_string())),
        }
    }

    /// What becomes of a whole document, which may have moved on since it was listed.
    fn whole(&self, feed: Feed, of: &str, mut row: Value, version: String) -> Change {
        self.add_joined(feed, &mut row);
        let what = self.verdict(feed, of, &row).unwrap_or_else(|| match decode::<Invoice>(&row) {
            Ok(source) if source.goods().next().is_none() => {
                What::Withdrawn("no row of the order names a product code and a quantity".into())
            }
            source => {
                source.iter().for_each(|source| self.log_left_out(feed, &row, source));
                let mapped = record(feed, &row, &self.tenant.settings, self.today);
                imported(self.tenant, feed, &row, mapped)
            }
        });
        invoice(&row, version, what)
    }

    fn log_left_out(&self, feed: Feed, row: &Value, source: &Invoice) {
        for (path, reason) in source.left_out() {
            let (tenant_id, feed) = (&self.tenant.tenant_id, feed.word());
            tracing::warn!(target: "left_out", tenant_id, feed, key = key(row), path, reason, "left out");
        }
    }
}

#[async_trait(?Send)]
impl Erp for Procountor<'_> {
    async fn changes(&self, feed: Feed, cursor: &Cursor, known: &dyn Known) -> Result<Page> {
        match feed {
            Feed::Articles => self.articles(cursor).await,
            Feed::PurchaseOrders => self.invoices(feed, "PURCHASE_ORDER", cursor, known).await,
            Feed::Orders => self.invoices(feed, "SALES_ORDER", cursor, known).await,
            // The document names none.
            Feed::Suppliers => Ok(Page { changes: Vec::new(), cursor: cursor.clone(), more: false }),
        }
    }
}

/// What the mapping makes of a source record.
pub(super) fn record(feed: Feed, source: &Value, settings: &Settings, today: civil::Date) -> Result<Record> {
    match feed {
        Feed::Articles => Ok(Record::Article(map::article(&decode::<Product>(source)?, settings)?)),
        Feed::PurchaseOrders => Ok(Record::PurchaseOrder(map::purchase_order(&decode::<Invoice>(source)?)?)),
        Feed::Orders => {
            let order = map::order(&decode::<Invoice>(source)?, settings, today)?;
            Ok(Record::Order(Box::new(order)))
        }
        Feed::Suppliers => Err(Fault::Unexpected(format!("Procountor's document names no {feed}"))),
    }
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
    text(&row["id"]).unwrap_or_else(|| {
        use sha2::{Digest as _, Sha256};
        format!("without-id-{}", &crate::envelope::hex(&Sha256::digest(row.to_string()))[..16])
    })
}
