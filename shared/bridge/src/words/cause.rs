//! Why a connection or a feed does not work, named for the person who can put it right. The five faults say what the software
//! does next; these say who has to do something, and what.

use serde::{Deserialize, Serialize};

/// Why something does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The company's credentials are refused.
    LoginRefused,
    /// The company's consent, or its key that stands for one, is no longer good.
    ConsentLost,
    /// The integration's own credentials are refused, for every company.
    ClientRefused,
    /// A secret is not there, or not as it has to be.
    SecretMissing,
    /// The login is good, and a right, a module or a licence is missing.
    RightMissing,
    /// The tenant item names an address that may not be called.
    AddressRefused,
    /// No answer, or an answer that the system cannot serve now.
    Down,
    /// The vendor asks for a pause.
    SlowedDown,
    /// As many calls were made as the vendor takes of all tenants together.
    BudgetSpent,
    /// Enough of the tenant's records waits for the warehouse.
    NoRoom,
    /// A call is refused, which nobody's credentials mend.
    Refused,
    /// The API is not as promised.
    Unexpected,
    /// The work was interrupted; the next try is expected to go.
    Interrupted,
    /// A cause that this release does not know.
    #[serde(other)]
    Other,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 14] = [
        Self::LoginRefused,
        Self::ConsentLost,
        Self::ClientRefused,
        Self::SecretMissing,
        Self::RightMissing,
        Self::AddressRefused,
        Self::Down,
        Self::SlowedDown,
        Self::BudgetSpent,
        Self::NoRoom,
        Self::Refused,
        Self::Unexpected,
        Self::Interrupted,
        Self::Other,
    ];

    /// The word in the state table and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::LoginRefused => "login_refused",
            Self::ConsentLost => "consent_lost",
            Self::ClientRefused => "client_refused",
            Self::SecretMissing => "secret_missing",
            Self::RightMissing => "right_missing",
            Self::AddressRefused => "address_refused",
            Self::Down => "down",
            Self::SlowedDown => "slowed_down",
            Self::BudgetSpent => "budget_spent",
            Self::NoRoom => "no_room",
            Self::Refused => "refused",
            Self::Unexpected => "unexpected",
            Self::Interrupted => "interrupted",
            Self::Other => "other",
        }
    }

    /// Whether it is expected to pass without anybody doing anything.
    #[must_use]
    pub fn passes_by_itself(self) -> bool {
        matches!(self, Self::Down | Self::SlowedDown | Self::BudgetSpent | Self::NoRoom | Self::Interrupted)
    }
}
