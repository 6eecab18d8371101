//! Where the vendor's texts are silent or contradict each other, the simulator can be told which way to behave.

use jiff::{SignedDuration, Timestamp};

/// How the API spells the moments that it stamps itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeForm {
    /// `2026-01-31T10:00:00Z`
    Zulu,
    /// `2026-01-31T10:00:00.1230000`, no zone.
    SevenDigitsNoZone,
    /// `2026-01-31T10:00:00.123`, no zone.
    MillisecondsNoZone,
}

impl TimeForm {
    /// The moment in this form.
    #[must_use]
    pub fn spell(self, moment: Timestamp) -> String {
        match self {
            Self::Zulu => moment.strftime("%Y-%m-%dT%H:%M:%S%.fZ").to_string(),
            Self::SevenDigitsNoZone => moment.strftime("%Y-%m-%dT%H:%M:%S.%7f").to_string(),
            Self::MillisecondsNoZone => moment.strftime("%Y-%m-%dT%H:%M:%S.%3f").to_string(),
        }
    }
}

/// Whether an order's rows keep their ids when the order is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowIds {
    /// A row keeps its id when the write names it, or has a row with the same line number.
    Kept,
    /// Every write gives every row a new id.
    Renewed,
}

/// The switches of the API.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Calls per minute, client and endpoint.
    pub calls_per_minute: u32,
    /// Whether paths that differ only in an id count as one endpoint.
    pub ids_share_an_endpoint: bool,
    /// Register and member that exist and yet are refused in `$filter` with 6000.
    pub refused_filters: Vec<(&'static str, &'static str)>,
    /// Registers that cannot be sorted.
    pub refused_orders: Vec<&'static str>,
    /// Whether refusals of a list's options come in the server's own words and not in the vendor's.
    pub refuses_in_other_words: bool,
    /// Terms of an `or` that the server takes in one filter.
    pub most_terms: usize,
    /// Whether prices and delivered quantities with more decimals than are allowed are refused in a write.
    pub refuses_decimals: bool,
    /// Whether an order has no `ModifiedUtc` before its first edit.
    pub modified_is_null_until_edited: bool,
    /// Whether rows keep their ids.
    pub row_ids: RowIds,
    /// Whether `/completed` sets every delivered quantity to the ordered one.
    pub completed_delivers_all: bool,
    /// Whether a write that names read-only members is refused; otherwise they are passed over.
    pub refuse_read_only_members: bool,
    /// Whether a write that names members the vendor does not know is refused; otherwise they are passed over.
    pub refuse_unknown_members: bool,
    /// Whether a write of an article passes over its stock (sheet, section 4, open question 5).
    pub passes_over_stock: bool,
    /// How moments are spelled.
    pub time_form: TimeForm,
    /// How far the vendor's clock is ahead of ours.
    pub clock_ahead: SignedDuration,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            calls_per_minute: 600,
            ids_share_an_endpoint: true,
            refused_filters: Vec::new(),
            refused_orders: Vec::new(),
            refuses_in_other_words: false,
            most_terms: 19,
            refuses_decimals: true,
            modified_is_null_until_edited: true,
            row_ids: RowIds::Kept,
            completed_delivers_all: false,
            refuse_read_only_members: false,
            refuse_unknown_members: false,
            passes_over_stock: false,
            time_form: TimeForm::Zulu,
            clock_ahead: SignedDuration::ZERO,
        }
    }
}
