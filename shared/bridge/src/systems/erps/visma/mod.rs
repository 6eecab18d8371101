//! Visma eAccounting, API v2 (Visma sheet).

mod back;
mod company;
pub mod map;
mod paging;
mod probe;
mod schema;
pub mod wire;

use std::rc::Rc;

use async_trait::async_trait;
use jiff::{Timestamp, civil};
use serde_json::Value;

use self::company::{Company, Endpoint};
use self::paging::{Position, changed};
use self::wire::{Article, Order, OrderHead};
use super::rows::{self, Part};
use super::{imported, key, text, today, version, without_id};
use crate::http::classify::{is_gone, list_refused};
use crate::ports::Ports;
use crate::state::intents::Intents;
use crate::systems::bisect;
use crate::systems::erp::{Change, Erp, Known, Page, Recalled, Sources, What, settle_known};
use crate::tenant::{Settings, Tenant};
use crate::words::cursor::Cursor;
use crate::words::domain::{Effect, Record, Shipment, WarehouseEvent};
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::kind::Kind;
use crate::words::wire::decode;

/// Ready for the warehouse (Visma sheet, section 2).
const ONGOING: i64 = 2;

/// The members of an article that say when it changed.
const ARTICLE_STAMPS: &[&str] = &["ChangedUtc"];

/// The members of an order that say when it changed: it may have the first only once it was edited.
const ORDER_STAMPS: &[&str] = &["ModifiedUtc", "CreatedUtc"];

/// The id of nothing.
const NOTHING: &str = "00000000-0000-0000-0000-000000000000";

/// Visma eAccounting, for one tenant.
pub struct Visma<'a> {
    ports: &'a Ports,
    tenant: &'a Tenant,
    company: Company<'a>,
    today: civil::Date,
    sources: Option<Rc<Sources>>,
}

impl<'a> Visma<'a> {
    /// A connection that stops retrying at `deadline`.
    #[must_use]
    pub fn new(ports: &'a Ports, tenant: &'a Tenant, deadline: Timestamp) -> Self {
        Self {
            ports,
            tenant,
            company: Company::new(ports, tenant, deadline),
            // Of an order without dates.
            today: today(Kind::Visma, ports.clock.now()),
            sources: None,
        }
    }

    /// The same, keeping the source records that it maps.
    #[must_use]
    pub fn keeping(self, sources: Option<Rc<Sources>>) -> Self {
        Self { sources, ..self }
    }

    /// The company's settings: name, status, variant, modules (Visma sheet, section 1).
    pub(crate) async fn company_settings(&self) -> Result<Value> {
        self.company.settings_now().await
    }

    /// The module by which Visma keeps the stock itself, where it is active.
    pub(crate) fn stock_module(settings: &Value) -> Option<&str> {
        back::stock_module(settings)
    }

    /// The next page of a list. Where its filter is refused the list begins again without it.
    async fn list(&self, endpoint: &Endpoint, cursor: &Cursor, size: usize, stamps: &[&str]) -> Result<Listed> {
        let mut before = Position::of(cursor, self.ports.clock.now())?;
        let now = self.ports.clock.now();
        let mut asked = self.company.list(endpoint, &before.query(size, stamps)).await;
        // Which of the two is refused does not show: first without the filter, then without the order, then without both.
        for plainer in before.plainer(now) {
            let Err(fault) = &asked else { break };
            if !list_refused(fault) {
                break;
            }
            tracing::warn!(
                target: "feed", tenant_id = self.tenant.tenant_id, endpoint = endpoint.name, reason = %fault,
                "the list was refused as it was asked for; it is asked for more plainly"
            );
            before = plainer;
            asked = self.company.list(endpoint, &before.query(size, stamps)).await;
        }
        let (answer, body) = asked?;
        let rows = body["Data"].as_array().map_or(0, Vec::len);
        schema::of(endpoint.name).page(&endpoint.client, rows, size);
        let mut position = before.clone();
        let (rows, last) = position.read(&answer, body, size, stamps)?;
        Ok(Listed { before, position, rows, last })
    }

    async fn articles(&self, cursor: &Cursor) -> Result<Page> {
        let Listed { position, rows, last, .. } =
            self.list(&self.company.articles, cursor, paging::ARTICLES, ARTICLE_STAMPS).await?;
        Ok(position.page(self.article_changes(rows).await?, last))
    }

    async fn article_changes(&self, rows: Vec<Value>) -> Result<Vec<Change>> {
        schema::ARTICLE.look_at_all(&self.company.articles.client, &rows);
        let company = if rows.is_empty() { Value::Null } else { self.company.settings().await? };
        let changes = rows.into_iter().map(|mut row| {
            join(&mut row, "Company", &company);
            let what = if row["IsServiceArticle"] == Value::Bool(true) {
                What::Filtered("the article is a service".into())
            } else {
                let mapped = record(Feed::Articles, &row, &self.tenant.settings, self.today);
                imported(self.tenant, Feed::Articles, &row, mapped, self.sources.as_ref())
            };
            change(&row, ARTICLE_STAMPS, what)
        });
        Ok(changes.collect())
    }

    async fn orders(&self, cursor: &Cursor, known: &dyn Known) -> Result<Page> {
        let Listed { before, position, rows, last } =
            self.list(&self.company.orders, cursor, paging::ORDERS, ORDER_STAMPS).await?;
        let (changes, in_time) = self.order_changes(rows, Some(known)).await?;
        Ok(if in_time { position.page(changes, last) } else { Position::early(before, changes) })
    }

    /// What becomes of these orders, and whether the time was enough for all of them.
    ///
    /// An order in a pulled status is read again even where its version is known: stamps may be coarser than two edits are
    /// apart, and its customer may have changed. The ledger drops what is the same.
    async fn order_changes(
        &self,
        mut rows: Vec<Value>,
        known_versions: Option<&dyn Known>,
    ) -> Result<(Vec<Change>, bool)> {
        schema::ORDER.look_at_all(&self.company.orders.client, &rows);
        // Imported in the order in which they were made.
        rows.sort_by_key(|row| row["Number"].as_i64());
        let statuses = statuses(&self.tenant.settings);
        let (mut changes, mut wanted, mut aside) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            match decode::<OrderHead>(&row) {
                Ok(head) => match left_out(&head, &statuses, &self.tenant.settings) {
                    None => wanted.push((row, head)),
                    Some(what) => aside.push((row, what)),
                },
                Err(fault) => changes.push(change(&row, ORDER_STAMPS, What::Parked(fault.to_string()))),
            }
        }
        let mut aside: Vec<Change> = aside.into_iter().map(|(row, what)| change(&row, ORDER_STAMPS, what)).collect();
        if let Some(known) = known_versions {
            settle_known(Feed::Orders, &mut aside, known).await?;
        }
        changes.extend(aside);
        if wanted.is_empty() {
            return Ok((changes, true));
        }
        let company = self.company.settings().await?;
        self.company.read_customers(wanted.iter().filter_map(|(_, head)| head.customer_id.clone())).await?;
        let versions: Vec<(String, String)> = wanted.iter().map(|(row, _)| identity(row, ORDER_STAMPS)).collect();
        let waits = match known_versions {
            Some(known) => known.waits(Feed::Orders, &versions).await?,
            None => vec![false; versions.len()],
        };
        let mut in_time = true;
        for ((mut row, head), waits) in wanted.into_iter().zip(waits) {
            if waits {
                changes.push(change(&row, ORDER_STAMPS, What::Known));
                continue;
            }
            if !self.company.has_time() {
                in_time = false;
                break;
            }
            join(&mut row, "Company", &company);
            let what = self.joined(&mut row, &head).await?;
            changes.push(change(&row, ORDER_STAMPS, what));
        }
        self.answers(&self.company.customers, &changes).await?;
        Ok((changes, in_time))
    }

    /// Whether the records that could not be read are themselves at fault for it: the endpoint answers for what does not
    /// exist.
    ///
    /// # Errors
    /// The fault of one of them, where it does not.
    async fn answers(&self, endpoint: &Endpoint, changes: &[Change]) -> Result<()> {
        let mut unread = changes.iter().filter_map(|change| match &change.what {
            What::Unread(fault) if fault.passes_by_itself() => Some(fault),
            _ => None,
        });
        let Some(fault) = unread.next() else { return Ok(()) };
        let probed = self.company.existing(endpoint, NOTHING).await;
        if bisect::is_answer(&probed) { Ok(()) } else { Err(fault.clone()) }
    }

    /// What becomes of an order in a pulled status, once its customer is read.
    async fn joined(&self, row: &mut Value, head: &OrderHead) -> Result<What> {
        let Some(id) = &head.customer_id else {
            return Ok(What::Parked(Fault::rejected("/CustomerId", "a customer is expected").to_string()));
        };
        match self.company.customer(id).await {
            Ok(customer) => join(row, "Customer", &customer),
            Err(fault) if bisect::concerns_all(&fault) => return Err(fault),
            Err(fault) => return Ok(What::Unread(fault)),
        }
        for (index, left) in head.rows.iter().enumerate() {
            if let Part::LeftOut(reason) = left.part(&self.tenant.settings) {
                rows::log_left_out(self.tenant, Feed::Orders, &key(row), &format!("/Rows/{index}"), reason);
            }
        }
        let mapped = record(Feed::Orders, row, &self.tenant.settings, self.today);
        Ok(imported(self.tenant, Feed::Orders, row, mapped, self.sources.as_ref()))
    }
}

#[async_trait(?Send)]
impl Erp for Visma<'_> {
    async fn changes(&self, feed: Feed, cursor: &Cursor, known: &dyn Known) -> Result<Page> {
        match feed {
            Feed::Articles => self.articles(cursor).await,
            Feed::Orders => self.orders(cursor, known).await,
            // The API has no purchase orders, and suppliers stand under another scope (Visma sheet, section 2).
            Feed::Suppliers | Feed::PurchaseOrders => Ok(Page::empty(cursor)),
        }
    }

    async fn read(&self, feed: Feed, keys: &[String]) -> Result<Vec<Change>> {
        let endpoint = match feed {
            Feed::Articles => &self.company.articles,
            Feed::Orders => &self.company.orders,
            Feed::Suppliers | Feed::PurchaseOrders => return Ok(Vec::new()),
        };
        let (mut rows, mut changes) = (Vec::new(), Vec::new());
        for key in keys {
            if !self.company.has_time() {
                break;
            }
            let Some(read) = self.company.read(endpoint, key).await else {
                changes.push(without_id(key));
                continue;
            };
            let what = match read {
                Ok(row) => {
                    rows.push(row);
                    continue;
                }
                Err(fault) if is_gone(&fault) => What::Gone("it is gone in the ERP".into()),
                Err(fault) if bisect::concerns_all(&fault) => return Err(fault),
                // It stays parked, and waits longer.
                Err(fault) => What::Unread(fault),
            };
            changes.push(Change { key: key.clone(), number: None, version: String::new(), what });
        }
        self.answers(endpoint, &changes).await?;
        changes.extend(match feed {
            Feed::Articles => self.article_changes(rows).await?,
            _ => self.order_changes(rows, None).await?.0,
        });
        Ok(changes)
    }

    async fn find(&self, feed: Feed, number: &str) -> Result<Vec<String>> {
        let (endpoint, wanted) = match feed {
            // Text stands in quotes, and a quote in it twice.
            Feed::Articles => (&self.company.articles, format!("'{}'", number.replace('\'', "''"))),
            Feed::Orders => match number.parse::<i64>() {
                Ok(number) => (&self.company.orders, number.to_string()),
                Err(_) => return Ok(Vec::new()),
            },
            Feed::Suppliers | Feed::PurchaseOrders => return Ok(Vec::new()),
        };
        let query = [("$filter", format!("Number eq {wanted}")), ("$pagesize", "10".to_owned())];
        let (_, body) = self.company.list(endpoint, &query).await?;
        let rows = body["Data"].as_array().map_or(&[][..], Vec::as_slice);
        Ok(rows.iter().filter(|row| text(&row["Number"]).as_deref() == Some(number)).map(key).collect())
    }

    async fn probe(&self) -> Result<()> {
        self.company_settings().await.map(|_| ())
    }

    async fn write_back(&self, event: &WarehouseEvent, intents: &Intents<'_>) -> Result<Vec<Effect>> {
        match event {
            WarehouseEvent::Shipped(shipment) => Ok(vec![self.shipped(shipment, intents).await?]),
            WarehouseEvent::Stock(levels) => self.stock(levels, intents).await,
            // Visma's document has no status for orders that were imported.
            WarehouseEvent::Imported(_) => Ok(vec![Effect::Unchanged("Visma has no status for it".into())]),
        }
    }

    async fn recall(&self, _: &Shipment, _: bool) -> Result<Recalled> {
        // Every step is taken from where the order stands, and Visma makes no second backorder.
        Ok(Recalled::default())
    }
}

/// A page of a list as it was answered.
struct Listed {
    before: Position,
    position: Position,
    rows: Vec<Value>,
    last: bool,
}

/// What the mapping makes of a source record.
pub(super) fn record(feed: Feed, source: &Value, settings: &Settings, today: civil::Date) -> Result<Record> {
    match feed {
        Feed::Articles => Ok(Record::Article(map::article(&decode::<Article>(source)?)?)),
        Feed::Orders => {
            let order = map::order(&decode::<Order>(source)?, settings, today)?;
            Ok(Record::Order(Box::new(order)))
        }
        Feed::Suppliers | Feed::PurchaseOrders => Err(Fault::Unexpected(format!("Visma's document names no {feed}"))),
    }
}

/// What each row of an order is; `None` where it cannot be read.
pub(super) fn parts(source: &Value, settings: &Settings) -> Option<Vec<Part>> {
    let head = decode::<OrderHead>(source).ok()?;
    Some(head.rows.iter().map(|row| row.part(settings)).collect())
}

/// The statuses that come in.
fn statuses(settings: &Settings) -> Vec<i64> {
    let number = |value: &Value| value.as_i64().or_else(|| value.as_str()?.parse().ok());
    settings.order_statuses.as_ref().map_or_else(|| vec![ONGOING], |wanted| wanted.iter().filter_map(number).collect())
}

/// Why an order does not come in, if it does not. One that went back to an earlier status must not be sent; one that went
/// on was shipped or invoiced, which takes nothing back.
fn left_out(head: &OrderHead, statuses: &[i64], settings: &Settings) -> Option<What> {
    if !statuses.contains(&head.status) {
        let reason = format!("the order's status is {} ({})", head.status, status_name(head.status));
        let gone_back = !statuses.is_empty() && statuses.iter().all(|wanted| head.status < *wanted);
        return Some(if gone_back { What::Withdrawn(reason) } else { What::Filtered(reason) });
    }
    let goods = head.rows.iter().any(|row| row.part(settings) == Part::Goods);
    (!goods).then(|| What::Withdrawn(rows::NO_GOODS.into()))
}

fn status_name(status: i64) -> &'static str {
    match status {
        1 => "draft",
        2 => "ongoing",
        3 => "shipped",
        4 => "invoiced",
        _ => "unknown",
    }
}

/// Adds a joined object as a further member.
fn join(row: &mut Value, name: &str, joined: &Value) {
    if let Some(members) = row.as_object_mut() {
        members.insert(name.to_owned(), joined.clone());
    }
}

fn identity(row: &Value, stamps: &[&str]) -> (String, String) {
    (key(row), version(changed(row, stamps).unwrap_or_default()))
}

fn change(row: &Value, stamps: &[&str], what: What) -> Change {
    let (key, version) = identity(row, stamps);
    Change { key, number: text(&row["Number"]), version, what }
}
