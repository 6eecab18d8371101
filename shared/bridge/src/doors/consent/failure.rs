//! Why a consent failed. Each reason has one advice for the person.

use super::translations::{Failures, Said};
use crate::words::fault::Fault;

/// Why it did not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// No such tenant, ERP or ticket, or one that is spent, replaced or too old: strangers are told nothing more.
    Link,
    /// No such state, or one that is used or too old.
    State,
    /// No cookie, or another browser's.
    OtherBrowser,
    /// The person said no.
    Refused,
    /// The vendor sent another error back.
    Vendor,
    /// The code was not taken.
    Exchange,
    /// The vendor did not answer, or not as promised.
    Unreachable,
    /// Store or secrets did not.
    Ours,
    /// The app's secret is missing, or is not what the vendor knows.
    Setup,
    /// No refresh token in the answer.
    NoRefresh,
    /// What was pasted is no key, or not one of ours.
    Key,
    /// Another company than the connection belongs to.
    OtherCompany {
        /// Whose it is.
        connected: String,
        /// Who came.
        chosen: String,
    },
    /// It could not be told whether it is the company that the connection belongs to.
    Unidentified,
}

/// What did not work, and the fault behind it for the log.
#[derive(Debug)]
pub(super) struct Failed {
    pub why: Why,
    pub fault: Option<Fault>,
}

impl Failed {
    pub fn new(why: Why) -> Self {
        Self { why, fault: None }
    }

    pub fn of(why: Why, fault: Fault) -> Self {
        Self { why, fault: Some(fault) }
    }

    /// What we keep did not answer.
    pub fn ours(fault: Fault) -> Self {
        Self::of(Why::Ours, fault)
    }

    /// A secret that the operator has to put, unless it only could not be read.
    pub fn setup(fault: Fault) -> Self {
        Self::of(if fault.passes_by_itself() { Why::Ours } else { Why::Setup }, fault)
    }
}

impl Why {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Link => 404,
            Self::State | Self::Key => 400,
            Self::OtherBrowser | Self::Refused | Self::OtherCompany { .. } | Self::Unidentified => 403,
            Self::Vendor | Self::Exchange | Self::NoRefresh => 502,
            Self::Unreachable | Self::Ours | Self::Setup => 503,
        }
    }

    /// Its word in the log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Link => "bad_link",
            Self::State => "bad_state",
            Self::OtherBrowser => "other_browser",
            Self::Refused => "refused",
            Self::Vendor => "vendor_error",
            Self::Exchange => "code_not_taken",
            Self::Unreachable => "unreachable",
            Self::Ours => "not_stored",
            Self::Setup => "not_set_up",
            Self::NoRefresh => "no_refresh_token",
            Self::Key => "no_key",
            Self::OtherCompany { .. } => "other_company",
            Self::Unidentified => "unidentified",
        }
    }

    /// What the page says.
    pub fn said(&self, failures: &'static Failures) -> &'static Said {
        match self {
            Self::Link => &failures.link,
            Self::State => &failures.state,
            Self::OtherBrowser => &failures.other_browser,
            Self::Refused => &failures.refused,
            Self::Vendor => &failures.vendor,
            Self::Exchange => &failures.exchange,
            Self::Unreachable => &failures.unreachable,
            Self::Ours => &failures.ours,
            Self::Setup => &failures.setup,
            Self::NoRefresh => &failures.no_refresh,
            Self::Key => &failures.key,
            Self::OtherCompany { .. } => &failures.other_company,
            Self::Unidentified => &failures.unidentified,
        }
    }
}
