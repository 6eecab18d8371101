//! The tenant item (contract, section 2): one ERP company tied to one goods owner.

mod contact;
mod doubts;
mod read;
#[cfg(feature = "schema")]
pub mod schema;
mod settings;
mod validate;
pub mod values;

pub use contact::Contact;
pub use settings::{
    ArticlePrice, Bundles, CustomerNumber, ExtraField, Filter, FirstSeenSent, Settings, ShipTo, StockQuantity,
    WeightUnit,
};
pub use validate::Invalid;
pub use values::{Mapped, Otherwise, ValueMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::words::feed::Feed;
use crate::words::kind::Kind;

/// A valid tenant item, defaults filled in.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// `[a-z0-9][a-z0-9-]{0,62}`.
    pub tenant_id: String,
    /// Whether it is worked for.
    pub enabled: bool,
    /// Where its ERP is.
    pub erp: ErpAddress,
    /// Where its goods are.
    pub ongoing: OngoingAddress,
    /// What is switched on.
    pub processes: Processes,
    /// How.
    pub settings: Settings,
    /// Whom its consent page names.
    pub contact: Contact,
}

/// Where a tenant's ERP is.
#[derive(Clone, Debug)]
pub struct ErpAddress {
    /// Which ERP.
    pub kind: Kind,
    /// The API's base address, without a slash at the end.
    pub base_url: Url,
    /// The token address (PowerOffice).
    pub auth_url: Url,
}

/// Where a tenant's goods are.
#[derive(Clone, Debug)]
pub struct OngoingAddress {
    /// The goods owner REST API's base address.
    pub base_url: Url,
    /// Goods owner id.
    pub goods_owner_id: i64,
    /// Order statuses that mean shipped; each warehouse may have its own (Ongoing sheet, section 3.2).
    pub shipped_statuses: Vec<i64>,
    /// From this status on the warehouse has started (Ongoing sheet, section 2.4).
    pub started_from_status: i64,
}

fn shipped_statuses() -> Vec<i64> {
    vec![450, 500]
}

fn started_from_status() -> i64 {
    320
}

impl OngoingAddress {
    /// The message group: Ongoing wants one call in flight per goods owner (Ongoing sheet, section 1.4).
    #[must_use]
    pub fn group(&self) -> String {
        let host = self.base_url.host_str().unwrap_or_default();
        let path = self.base_url.path().trim_matches('/').replace('/', ".");
        format!("{host}.{path}.{}", self.goods_owner_id)
    }
}

/// Which processes are switched on; each may be left out.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Processes {
    /// Articles in.
    pub articles: Option<bool>,
    /// Orders in.
    pub orders: Option<bool>,
    /// Purchase orders in.
    pub purchase_orders: Option<bool>,
    /// Suppliers in; off by default.
    pub suppliers: Option<bool>,
    /// Shipments back.
    pub shipments: Option<bool>,
    /// Stock back.
    pub stock: Option<bool>,
    /// The ERP order's status after import; off by default.
    pub import_status: Option<bool>,
}

impl Tenant {
    /// Reads and checks an item.
    ///
    /// # Errors
    /// Every fault found, each with its path.
    pub fn parse(item: &Value, allow_local: bool) -> Result<Self, Vec<Invalid>> {
        validate::parse(item, allow_local)
    }

    /// The feeds that are switched on, in the order of pulling.
    #[must_use]
    pub fn feeds(&self) -> Vec<Feed> {
        let on = |feed: &Feed| match feed {
            Feed::Suppliers => self.processes.suppliers.unwrap_or(false),
            Feed::Articles => self.processes.articles.unwrap_or(true),
            Feed::PurchaseOrders => self.processes.purchase_orders.unwrap_or(true),
            Feed::Orders => self.processes.orders.unwrap_or(true),
        };
        self.erp.kind.feeds().iter().copied().filter(on).collect()
    }

    /// Whether shipments flow back.
    #[must_use]
    pub fn sends_shipments(&self) -> bool {
        self.erp.kind.takes_shipments() && self.processes.shipments.unwrap_or(true)
    }

    /// Whether stock flows back.
    #[must_use]
    pub fn sends_stock(&self) -> bool {
        self.erp.kind.takes_stock() && self.processes.stock.unwrap_or(true)
    }

    /// Whether the ERP order gets a status after import.
    #[must_use]
    pub fn sends_import_status(&self) -> bool {
        self.erp.kind.takes_import_status() && self.processes.import_status.unwrap_or(false)
    }

    /// The state table's partition of this tenant.
    #[must_use]
    pub fn partition(tenant_id: &str) -> String {
        format!("tenant#{tenant_id}")
    }
}

/// Whether this is a tenant id (contract, section 2).
#[must_use]
pub fn is_id(id: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !id.is_empty()
        && id.len() <= 63
        && !id.starts_with('-')
        && id.chars().all(allowed)
        && !["app", "callback"].contains(&id)
}
