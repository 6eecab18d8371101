//! Where a record is and how it got there, as a story in plain words: read with a few reads and, of an order that is in the
//! warehouse, one call to Ongoing. What is told is decided in [`tell`].

pub mod find;
mod tell;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

use crate::ports::{Fifo, Item, Ports};
use crate::state::delivery_fault::DeliveryFault;
use crate::state::journal::{Back, Note};
use crate::state::ledger::Entry;
use crate::systems::ongoing::Ongoing;
use crate::systems::ongoing::wire::ExistingOrder;
use crate::tenant::Tenant;
use crate::words::fault::Result;
use crate::words::feed::Feed;
use crate::words::kind::Kind;

pub use self::tell::{Step, Story, tell, text};

/// What is known of a record.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Whose.
    pub tenant_id: String,
    /// Its ERP, where the tenant's item can be read.
    pub erp: Option<Kind>,
    /// Whether the tenant is worked for.
    pub enabled: bool,
    /// Why its item is not valid, so that it is not worked for.
    pub invalid: Option<String>,
    /// Which feed.
    pub feed: Feed,
    /// The ERP's id.
    pub key: String,
    /// The ledger's entry.
    pub entry: Entry,
    /// What gives the tenant's records back to the import queue.
    pub import: Option<DeliveryFault>,
    /// What gives its write-backs back.
    pub write_back: Option<DeliveryFault>,
    /// What the ERP was told.
    pub back: Vec<(Back, Note)>,
    /// The order in Ongoing at this moment; a text says why that is not known.
    pub there: Option<Result<There, String>>,
}

/// An order in Ongoing at this moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct There {
    /// The number of its status.
    pub status: Option<i64>,
    /// Whether the warehouse works on it.
    pub started: bool,
    /// Whether its status means shipped.
    pub shipped: bool,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Shipment and parcel numbers.
    pub tracking: Vec<String>,
}

/// A row of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Row {
    /// The article's number.
    pub article: String,
    /// The article's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Ordered pieces.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub ordered: Decimal,
    /// Picked pieces.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub picked: Decimal,
}

impl There {
    fn of(tenant: &Tenant, order: &ExistingOrder) -> Self {
        let status = order.status();
        let rows = order.order_lines.iter().map(|row| {
            let article = row.article.as_ref();
            Row {
                article: article.and_then(|article| article.article_number.clone()).unwrap_or_default(),
                name: article.and_then(|article| article.article_name.clone()).filter(|name| !name.is_empty()),
                ordered: row.ordered_number_of_items.unwrap_or_default(),
                picked: row.picked(),
            }
        });
        Self {
            status,
            started: order.started(tenant.ongoing.started_from_status),
            shipped: status.is_some_and(|status| tenant.ongoing.shipped_statuses.contains(&status)),
            rows: rows.collect(),
            tracking: order.tracking_numbers(),
        }
    }
}

/// What is known of the record that a ledger's item is about; `None` where it is no such item. Ongoing is asked about an order
/// that it has, until the deadline.
///
/// # Errors
/// When the state table cannot be reached.
pub async fn read(ports: &Ports, tenant: &Value, item: Item, deadline: Timestamp) -> Result<Option<Facts>> {
    let tenant_id = tenant["tenant_id"].as_str().unwrap_or_default().to_owned();
    let named = item.sk.strip_prefix("ledger#").and_then(|rest| rest.split_once('#'));
    let Some((Ok(feed), key)) = named.map(|(feed, key)| (feed.parse::<Feed>(), key.to_owned())) else {
        return Ok(None);
    };
    let Ok(entry) = serde_json::from_value::<Entry>(item.body) else { return Ok(None) };
    let (parsed, invalid) = match Tenant::parse(tenant, ports.allow_local) {
        Ok(tenant) => (Some(tenant), None),
        Err(faults) => (None, faults.first().map(ToString::to_string)),
    };
    let mut facts = Facts {
        tenant_id,
        erp: parsed.as_ref().map(|tenant| tenant.erp.kind),
        enabled: parsed.as_ref().is_some_and(|tenant| tenant.enabled),
        invalid,
        feed,
        key,
        entry,
        import: None,
        write_back: None,
        back: Vec::new(),
        there: None,
    };
    let order = facts.entry.ongoing.as_ref().filter(|_| feed == Feed::Orders).map(|there| there.id);
    let backs = [
        order.map(|id| (Back::Shipments, id.to_string())),
        facts.entry.number.clone().filter(|_| feed == Feed::Articles).map(|number| (Back::Stock, number)),
        (feed == Feed::Orders).then(|| (Back::ImportStatus, facts.key.clone())),
    ];
    let backs: Vec<(Back, String)> =
        backs.into_iter().flatten().map(|(back, key)| (back, format!("back#{}#{key}", back.word()))).collect();
    let faults = ["delivery-fault#import", "delivery-fault#write_back"].map(str::to_owned);
    let sks: Vec<String> = backs.iter().map(|(_, sk)| sk.clone()).chain(faults).collect();
    for item in ports.state.get_many(&item.pk, &sks).await? {
        match (DeliveryFault::of(&item), backs.iter().find(|(_, sk)| *sk == item.sk)) {
            (Some((Fifo::Import, fault)), _) => facts.import = Some(fault),
            (Some((Fifo::WriteBack, fault)), _) => facts.write_back = Some(fault),
            (None, Some((back, _))) => {
                facts.back.extend(serde_json::from_value(item.body).ok().map(|note| (*back, note)))
            }
            (None, None) => {}
        }
    }
    if let (Some(id), Some(tenant)) = (order, &parsed) {
        let answer = Ongoing::new(ports, tenant, deadline).order_by_id(id).await;
        facts.there = Some(match answer {
            Ok(Some(order)) => Ok(There::of(tenant, &order)),
            Ok(None) => Err("there is no order of this id any more".to_owned()),
            Err(fault) => Err(format!("Ongoing could not be asked: {fault}")),
        });
    }
    Ok(Some(facts))
}
