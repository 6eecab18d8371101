//! The ERPs: the one list of them.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::words::feed::Feed;

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

    /// Whether its document has text lines on orders.
    #[must_use]
    pub fn has_text_lines(self) -> bool {
        match self {
            Self::PowerOffice | Self::Visma => true,
            Self::Finago | Self::Procountor => false,
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
