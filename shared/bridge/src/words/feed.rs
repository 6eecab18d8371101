//! The kinds of record that flow in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One kind of record flowing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Feed {
    /// Suppliers: kept, and sent along with the articles that refer to them.
    Suppliers,
    /// Articles.
    Articles,
    /// Purchase orders.
    PurchaseOrders,
    /// Orders.
    Orders,
}

impl Feed {
    /// Every feed, in the order of pulling.
    pub const ALL: [Self; 4] = [Self::Suppliers, Self::Articles, Self::PurchaseOrders, Self::Orders];

    /// The word of the contract.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Suppliers => "suppliers",
            Self::Articles => "articles",
            Self::PurchaseOrders => "purchase_orders",
            Self::Orders => "orders",
        }
    }

    /// Whether a first run starts at `start_date` instead of at the beginning of time.
    #[must_use]
    pub fn starts_at_a_date(self) -> bool {
        matches!(self, Self::PurchaseOrders | Self::Orders)
    }
}

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Feed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|feed| feed.word() == text).ok_or_else(|| {
            format!("{text} is no feed; one of suppliers, articles, purchase_orders, orders is expected")
        })
    }
}
