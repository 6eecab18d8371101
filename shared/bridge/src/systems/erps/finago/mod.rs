//! Finago Office, formerly 24SevenOffice: the SOAP services (Finago sheet, part A).

mod articles;
mod back;
mod client;
mod companies;
pub mod map;
mod names;
mod orders;
mod paging;
mod probe;
mod row_parts;
mod schema;
mod slices;
mod values;
pub mod wire;
mod write_back_requests;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{Timestamp, civil};
use serde_json::Value;

use self::client::Services;
use self::companies::Companies;
use self::paging::{Position, SLICE};
use self::slices::Kind;
use self::wire::{InvoiceOrder, Product};
use super::rows::Part;
use super::{today, version, without_id};
use crate::http::Client;
use crate::http::classify::Service;
use crate::http::rate_budget::RateBudget;
use crate::http::soap;
use crate::ports::Ports;
use crate::state::intents::Intents;
use crate::systems::bisect;
use crate::systems::erp::{Change, Erp, Known, Page, Recalled, Sources, What};
use crate::tenant::{Settings, Tenant};
use crate::words::cursor::Cursor;
use crate::words::digest::sha256;
use crate::words::domain::{Effect, Record, Shipment, WarehouseEvent};
use crate::words::fault::{Fault, Result};
use crate::words::feed::Feed;
use crate::words::wire::decode;

/// The budget that all calls take a turn of, the login's too.
pub(super) fn rate_budget() -> RateBudget {
    RateBudget::new("finago", crate::words::kind::Kind::Finago)
}

/// The sorted numbers of a pass, shared by its pages.
type Numbers = Rc<[i64]>;

/// Finago Office, for one tenant.
pub struct Finago<'a> {
    tenant: &'a Tenant,
    services: Services<'a>,
    companies: Companies,
    lists: RefCell<HashMap<Feed, (Position, Numbers)>>,
    now: Timestamp,
    today: civil::Date,
    sources: Option<Rc<Sources>>,
}

impl<'a> Finago<'a> {
    /// A connection that stops retrying at `deadline`.
    #[must_use]
    pub fn new(ports: &Ports, tenant: &'a Tenant, deadline: Timestamp) -> Self {
        let base_url = &tenant.erp.base_url;
        let client = Client::new(ports, Service::Finago, super::login(tenant), Some(rate_budget()), deadline);
        let now = ports.clock.now();
        Self {
            tenant,
            services: Services::new(client, base_url, &tenant.settings),
            companies: Companies::default(),
            lists: RefCell::default(),
            now,
            // Of an order without a delivery date.
            today: today(crate::words::kind::Kind::Finago, now),
            sources: None,
        }
    }

    /// The same, keeping the source records that it maps.
    #[must_use]
    pub fn keeping(self, sources: Option<Rc<Sources>>) -> Self {
        Self { sources, ..self }
    }

    /// The company that the session is in.
    pub(crate) async fn identity(&self) -> Result<Value> {
        Ok(self.services.send(soap::AUTHENTICATE, "GetIdentity", Vec::new(), true).await?.1)
    }

    /// Whether a service answers this user: a search for what changed in a time to come.
    pub(crate) async fn answers(&self, feed: Feed) -> Result<()> {
        let tomorrow = self.now + Duration::from_secs(24 * 60 * 60);
        let since = paging::filter(Some(tomorrow));
        match feed {
            Feed::Articles => self.services.products_changed(since).await,
            Feed::Orders => self.services.orders_changed(since).await,
            Feed::Suppliers | Feed::PurchaseOrders => self.services.companies_changed(since).await,
        }
        .map(|_| ())
    }

    /// The sorted numbers of a pass: asked for once a run, and again by a run that goes on with an earlier one's pass.
    async fn list(&self, feed: Feed, position: &mut Position) -> Result<Numbers> {
        let listed = |lists: &HashMap<Feed, (Position, Numbers)>, position: &Position| {
            let (of, numbers) = lists.get(&feed)?;
            (of.since == position.since && of.suppliers_since == position.suppliers_since).then(|| Rc::clone(numbers))
        };
        if position.pass.is_some()
            && let Some(numbers) = listed(&self.lists.borrow(), position)
        {
            return Ok(numbers);
        }
        let (mut numbers, at) = match feed {
            Feed::Orders => self.orders_listed(position).await?,
            _ => self.articles_listed(position).await?,
        };
        numbers.sort_unstable();
        numbers.dedup();
        position.pass(at.unwrap_or(self.now));
        let numbers: Numbers = numbers.into();
        self.lists.borrow_mut().insert(feed, (position.clone(), Rc::clone(&numbers)));
        Ok(numbers)
    }
}

#[async_trait(?Send)]
impl Erp for Finago<'_> {
    async fn changes(&self, feed: Feed, cursor: &Cursor, known: &dyn Known) -> Result<Page> {
        match feed {
            Feed::Articles => self.articles(cursor, known).await,
            Feed::Orders => self.orders(cursor, known).await,
            // Suppliers have no endpoint in Ongoing: they travel with the articles that refer to them, and one position
            // tells what of both has been handed out, so that no crash can lose one of the two.
            Feed::Suppliers => Ok(Page::empty(cursor)),
            // The document names none.
            Feed::PurchaseOrders => Ok(Page::empty(cursor)),
        }
    }

    async fn read(&self, feed: Feed, keys: &[String]) -> Result<Vec<Change>> {
        let kind = match feed {
            Feed::Articles => Kind::Products,
            Feed::Orders => Kind::Orders,
            // Neither has records of its own, so none can be parked.
            Feed::Suppliers | Feed::PurchaseOrders => return Ok(Vec::new()),
        };
        let (numbers, nameless): (Vec<_>, Vec<_>) = keys.iter().partition(|key| key.parse::<i64>().is_ok());
        let numbers: Vec<i64> = numbers.into_iter().filter_map(|key| key.parse().ok()).collect();
        let mut changes: Vec<Change> = nameless.into_iter().map(|key| without_id(key)).collect();
        for slice in numbers.chunks(SLICE) {
            let read = bisect::read(&self.records(kind), slice).await?;
            let mut missing: Vec<i64> = slice[..read.done].to_vec();
            missing.retain(|number| !read.unread.iter().any(|(unread, _)| unread == number));
            let number = |row: &Value| values::number(row, kind.id_member());
            missing.retain(|wanted| !read.rows.iter().any(|row| number(row) == Some(*wanted)));
            let (read_rows, _) = match feed {
                Feed::Articles => self.article_changes(read.rows).await?,
                _ => self.order_changes(read.rows).await?,
            };
            changes.extend(read_rows);
            changes.extend(read.unread.into_iter().map(|(number, fault)| slices::unread(feed, number, fault)));
            changes.extend(missing.into_iter().map(|number| Change {
                key: number.to_string(),
                number: None,
                version: String::new(),
                what: What::Gone("it is gone in Finago Office".into()),
            }));
            if read.done < slice.len() {
                break;
            }
        }
        Ok(changes)
    }

    async fn find(&self, feed: Feed, number: &str) -> Result<Vec<String>> {
        match feed {
            Feed::Articles => {
                let found = self.services.products_numbered(number).await?;
                Ok(found.into_iter().map(|number| number.to_string()).collect())
            }
            // An order's number is its key; whether there is one the reading says.
            Feed::Orders => Ok(number.parse::<i64>().into_iter().map(|number| number.to_string()).collect()),
            Feed::Suppliers | Feed::PurchaseOrders => Ok(Vec::new()),
        }
    }

    async fn probe(&self) -> Result<()> {
        self.identity().await.map(|_| ())
    }

    async fn write_back(&self, event: &WarehouseEvent, intents: &Intents<'_>) -> Result<Vec<Effect>> {
        Ok(match event {
            WarehouseEvent::Shipped(shipment) => vec![self.shipped(shipment, intents).await?],
            WarehouseEvent::Stock(levels) => self.stock(levels).await?,
            WarehouseEvent::Imported(order) => vec![self.arrived(order, intents).await?],
        })
    }

    async fn recall(&self, shipment: &Shipment, is_written: bool) -> Result<Recalled> {
        // A state that was set is not set again where somebody moves the order back; one that was never set leaves nothing.
        let number = shipment.key.parse::<i64>().ok().filter(|_| is_written);
        Ok(Recalled { intent: number.map(back::shipped_intent), doubt: None })
    }
}

/// What the mapping makes of a source record.
pub(super) fn record(feed: Feed, source: &Value, settings: &Settings, today: civil::Date) -> Result<Record> {
    match feed {
        Feed::Articles => Ok(Record::Article(map::article(&decode::<Product>(source)?, settings)?)),
        Feed::Orders => {
            let order = map::order(&decode::<InvoiceOrder>(source)?, settings, today)?;
            Ok(Record::Order(Box::new(order)))
        }
        Feed::Suppliers => Err(Fault::Unexpected("suppliers travel with articles".into())),
        Feed::PurchaseOrders => Err(Fault::Unexpected("the document of Finago Office names no purchase orders".into())),
    }
}

/// What each row of an order is; `None` where it cannot be read.
pub(super) fn parts(source: &Value, settings: &Settings) -> Option<Vec<Part>> {
    Some(decode::<InvoiceOrder>(source).ok()?.parts(settings))
}

/// A change of the record whose number is in `member`; one without a number is known by its whole content.
fn change(row: &Value, member: &str, number: Option<String>, changed: Option<Timestamp>, what: What) -> Change {
    let without = || format!("without-id-{}", &sha256(row.to_string())[..16]);
    let key = values::number(row, member).map_or_else(without, |number| number.to_string());
    Change { key, number, version: version(changed.unwrap_or_default()), what }
}

/// A record that the service itself could not read, inside a good answer.
fn unread(row: &Value) -> Option<What> {
    soap::refusal(row).map(What::Unread)
}
