//! The contract of an ERP: what changed there, as pages of records in Ongoing's words.

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::domain::{Effect, Record, WarehouseEvent};
use crate::fault::{Fault, Result};
use crate::write_back::Intents;

/// The ERPs we speak with. The one list of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// PowerOffice Go.
    PowerOffice,
    /// Finago Office, formerly 24SevenOffice.
    Finago,
    /// Procountor.
    Procountor,
    /// Visma eAccounting.
    Visma,
}

impl Kind {
    /// Every ERP.
    pub const ALL: [Self; 4] = [Self::PowerOffice, Self::Finago, Self::Procountor, Self::Visma];

    /// The word of the contract: tenant items, secrets, function names.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.words()[0]
    }

    /// The ERP of this word or other name, as tenant items spell it.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.words().contains(&word))
    }

    /// Its word and its other names: how tenant items may spell it.
    #[must_use]
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::PowerOffice => &["poweroffice"],
            Self::Finago => &["finago", "24sevenoffice"],
            Self::Procountor => &["procountor"],
            Self::Visma => &["visma"],
        }
    }

    /// The production API's address.
    #[must_use]
    pub fn base_url(self) -> Url {
        address(match self {
            Self::PowerOffice => "https://goapi.poweroffice.net/v2",
            Self::Finago => "https://api.24sevenoffice.com",
            Self::Procountor => "https://api.procountor.com",
            Self::Visma => "https://eaccountingapi.vismaonline.com/v2",
        })
    }

    /// The production address for tokens.
    #[must_use]
    pub fn auth_url(self) -> Url {
        address(match self {
            Self::PowerOffice => "https://goapi.poweroffice.net/OAuth/Token",
            Self::Finago => "https://api.24sevenoffice.com",
            Self::Procountor => "https://api.procountor.com",
            Self::Visma => "https://identity.vismaonline.com",
        })
    }

    /// Whether its document has shipments flowing back.
    #[must_use]
    pub fn takes_shipments(self) -> bool {
        match self {
            Self::PowerOffice => false,
            Self::Finago | Self::Procountor | Self::Visma => true,
        }
    }

    /// Whether its document has stock flowing back.
    #[must_use]
    pub fn takes_stock(self) -> bool {
        match self {
            Self::PowerOffice | Self::Finago | Self::Visma => true,
            Self::Procountor => false,
        }
    }

    /// Whether its document has a status for orders that were imported.
    #[must_use]
    pub fn takes_import_status(self) -> bool {
        match self {
            Self::Finago => true,
            Self::PowerOffice | Self::Procountor | Self::Visma => false,
        }
    }

    /// The feeds that this ERP's document names, in the order they are pulled: an order names articles, and an article
    /// its supplier.
    #[must_use]
    pub fn feeds(self) -> &'static [Feed] {
        match self {
            Self::PowerOffice | Self::Visma => &[Feed::Articles, Feed::Orders],
            Self::Finago => &[Feed::Suppliers, Feed::Articles, Feed::Orders],
            Self::Procountor => &[Feed::Articles, Feed::PurchaseOrders, Feed::Orders],
        }
    }
}

#[expect(clippy::unwrap_used, reason = "the addresses are literals, and a test reads every one of them")]
fn address(text: &str) -> Url {
    Url::parse(text).unwrap()
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

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

/// Where to go on reading a feed.
///
/// A cursor is a promise about the past: every record version that the ERP showed before it has been handed out. It says
/// nothing about records at the cursor itself; they may come twice, and the ledger absorbs them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cursor {
    /// From the beginning of time.
    Beginning,
    /// Changes after this moment (a first run of orders, a backfill).
    Since(Timestamp),
    /// Where an earlier page ended, in the words of the ERP's own adapter.
    At(Value),
}

/// One page of changes.
#[derive(Debug)]
pub struct Page {
    /// What changed, in the order in which it should be imported.
    pub changes: Vec<Change>,
    /// Where to go on if the run ends here.
    pub cursor: Cursor,
    /// Whether there is more right now.
    pub more: bool,
}

/// One version of one source record.
#[derive(Debug)]
pub struct Change {
    /// The ERP's own stable id of the record.
    pub key: String,
    /// The number a person would ask for: article number, order number.
    pub number: Option<String>,
    /// Orders the versions of one record: a later one compares greater as text. Empty where the record could not even be
    /// read: the version that was seen.
    pub version: String,
    /// What is to be done with it.
    pub what: What,
}

/// What is to be done with a change.
#[derive(Debug)]
pub enum What {
    /// Import it.
    Import(Box<Record>),
    /// Left out by the document's filters or the tenant's, with the reason.
    Filtered(String),
    /// It no longer belongs in the warehouse: cancel it there if it was imported and not begun, with the reason.
    Withdrawn(String),
    /// It cannot be mapped: the reason names the member at fault.
    Parked(String),
    /// Its details could not be read: parked, and read again by its key when its time has come.
    Unread(Fault),
    /// This version has been handed out before; its details were not read again.
    Known,
}

/// Which versions have been handed out already, so that an adapter need not read their details again.
#[async_trait(?Send)]
pub trait Known {
    /// For each `(key, version)`, whether it is settled and need not be read again.
    async fn known(&self, feed: Feed, versions: &[(String, String)]) -> Result<Vec<bool>>;
}

/// An ERP, bound to one tenant.
#[async_trait(?Send)]
pub trait Erp {
    /// The next page of a feed.
    ///
    /// When the invocation's time runs out in the middle, the page ends early with a cursor that stays before it; what is
    /// in it will be [`What::Known`] the next time.
    ///
    /// Callers may rely on: every version the ERP shows from the cursor on is in some page, at least once; a page's
    /// cursor never passes a record that is not in it or in an earlier one; a record that cannot be read is in the page
    /// as [`What::Parked`] and never fails it.
    ///
    /// # Errors
    /// Only for what concerns the whole page.
    async fn changes(&self, feed: Feed, cursor: &Cursor, known: &dyn Known) -> Result<Page>;

    /// The records of these keys as they are now: how a parked record is read again. One that is gone in the ERP comes as
    /// [`What::Filtered`]; a key may be left out where the ERP cannot tell.
    ///
    /// # Errors
    /// Only for what concerns them all.
    async fn read(&self, feed: Feed, keys: &[String]) -> Result<Vec<Change>>;

    /// Makes the ERP say what happened in the warehouse: reads what it says now, writes only what differs. May be called
    /// any number of times with the same event, also after an answer was lost: the effect happens once. One effect for
    /// each thing the event is about, in its order.
    ///
    /// # Errors
    /// [`Fault::Rejected`] when the ERP cannot take it as it is; the others as classified.
    async fn write_back(&self, event: &WarehouseEvent, intents: &Intents<'_>) -> Result<Vec<Effect>>;
}
