//! The domain in Ongoing's terms: structs named as in the mapping tables. [`crate::systems::ongoing::map`] turns them
//! into Ongoing's REST JSON.

mod article;
mod order;
mod purchase_order;
mod warehouse;

pub use article::{Article, CodeName, Supplier, SupplierAddress};
pub use order::{
    Address, Customer, DeliveryDate, Order, OrderInfo, OrderLine, OrderNotification, OrderTextLine, Withdrawal,
};
pub use purchase_order::{PurchaseOrder, PurchaseOrderLine};
pub use warehouse::{Delivered, Effect, ImportedOrder, Shipment, StockLevel, WarehouseEvent};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::words::digest::sha256;
use crate::words::feed::Feed;

/// Members that the tenant's `extra_fields` add to the Ongoing body: JSON pointer and value.
pub type Extra = Vec<(String, Value)>;

/// What the mapping makes of a source record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Record {
    /// An article.
    Article(Article),
    /// An order.
    Order(Box<Order>),
    /// A purchase order.
    PurchaseOrder(PurchaseOrder),
    /// An order that no longer belongs in the warehouse.
    Withdrawal(Withdrawal),
}

impl Record {
    /// The hash that tells whether anything that goes to Ongoing is different. A delivery date that the ERP did not give
    /// is not part of it: it moves with the calendar, not with the order.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut record = self.clone();
        if let Self::Order(order) = &mut record
            && !order.order_info.delivery_date.given
        {
            order.order_info.delivery_date.date = Date::ZERO;
        }
        // Structs of plain members always become JSON.
        let text = serde_json::to_string(&record).unwrap_or_default();
        sha256(text)
    }

    /// The number that is the key in Ongoing.
    #[must_use]
    pub fn number(&self) -> &str {
        match self {
            Self::Article(article) => &article.article_number,
            Self::Order(order) => &order.order_info.goods_owner_order_number,
            Self::PurchaseOrder(order) => &order.order_number,
            Self::Withdrawal(withdrawal) => &withdrawal.goods_owner_order_number,
        }
    }

    /// The number of an order's customer.
    #[must_use]
    pub fn customer_number(&self) -> Option<&str> {
        match self {
            Self::Order(order) => order.customer.number.as_deref(),
            Self::Article(_) | Self::PurchaseOrder(_) | Self::Withdrawal(_) => None,
        }
    }

    /// The article numbers that it names: its own, or those of its rows as far as the mapping knows them.
    pub fn article_numbers(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::Article(article) => Box::new(std::iter::once(article.article_number.as_str())),
            Self::Order(order) => Box::new(order.order_lines.iter().filter_map(|line| line.article_number.as_deref())),
            Self::PurchaseOrder(order) => {
                Box::new(order.order_lines.iter().filter_map(|line| line.article_number.as_deref()))
            }
            Self::Withdrawal(_) => Box::new(std::iter::empty()),
        }
    }

    /// The ERP's own ids of the articles that its rows name, as far as the rows have them.
    pub fn article_keys(&self) -> Vec<String> {
        match self {
            Self::Order(order) => order.order_lines.iter().filter_map(|line| line.article_key.clone()).collect(),
            Self::PurchaseOrder(order) => {
                order.order_lines.iter().filter_map(|line| line.article_key.clone()).collect()
            }
            Self::Article(_) | Self::Withdrawal(_) => Vec::new(),
        }
    }

    /// What the tenant's value maps make of its members: pointer and value, `null` where the member is left out. A part of its
    /// fingerprint, so that another map is another record; the import maps by the settings of its own time.
    pub fn mapped_mut(&mut self) -> Option<&mut Extra> {
        match self {
            Self::Article(article) => Some(&mut article.mapped),
            Self::Order(order) => Some(&mut order.mapped),
            Self::PurchaseOrder(order) => Some(&mut order.mapped),
            Self::Withdrawal(_) => None,
        }
    }

    /// The feed that it comes by, where it has a body of its own in Ongoing.
    #[must_use]
    pub fn feed(&self) -> Option<Feed> {
        match self {
            Self::Article(_) => Some(Feed::Articles),
            Self::Order(_) => Some(Feed::Orders),
            Self::PurchaseOrder(_) => Some(Feed::PurchaseOrders),
            Self::Withdrawal(_) => None,
        }
    }

    /// The members that `extra_fields` add.
    pub fn extra_mut(&mut self) -> Option<&mut Extra> {
        match self {
            Self::Article(article) => Some(&mut article.extra),
            Self::Order(order) => Some(&mut order.extra),
            Self::PurchaseOrder(order) => Some(&mut order.extra),
            Self::Withdrawal(_) => None,
        }
    }
}
