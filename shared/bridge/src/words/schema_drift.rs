//! Schema drift: where a vendor's answer has a shape that it never had. What is told of it is the vendor, the call and the
//! member, never a value.

use serde::{Deserialize, Serialize};

use super::kind::Kind;

/// In which way an answer is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DriftKind {
    /// A word that is none of an enumeration's.
    UnknownWord,
    /// A member that was always there is not.
    MemberGone,
    /// A member is of another type.
    OtherType,
    /// A status code that the vendor never answered with.
    UnknownStatus,
    /// An error whose body has none of the vendor's forms.
    UnknownErrorBody,
    /// A page has more rows than were asked for.
    PageTooLong,
}

impl DriftKind {
    /// Its word in the state, in logs and in the documents.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::UnknownWord => "unknown_word",
            Self::MemberGone => "member_gone",
            Self::OtherType => "other_type",
            Self::UnknownStatus => "unknown_status",
            Self::UnknownErrorBody => "unknown_error_body",
            Self::PageTooLong => "page_too_long",
        }
    }

    /// What is new, for a person.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::UnknownWord => "a word that was never seen",
            Self::MemberGone => "a member is gone",
            Self::OtherType => "a member of another type",
            Self::UnknownStatus => "a status code that was never seen",
            Self::UnknownErrorBody => "an error body that was never seen",
            Self::PageTooLong => "more rows than were asked for",
        }
    }
}

/// One way in which a vendor's answers are new.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Drift {
    /// Whose: the ERP's word, or `ongoing`.
    pub system: String,
    /// In which way.
    pub kind: DriftKind,
    /// Where: the call, and a JSON pointer into its answer's rows; ids and rows are `*`.
    pub path: String,
    /// Whether nothing can be done with a record without it.
    pub required: bool,
}

impl Drift {
    /// A throttled call of PowerOffice Go that does not say how long to wait.
    #[must_use]
    pub fn without_retry_after() -> Self {
        let (system, path) = (Kind::PowerOffice.word().to_owned(), "429 Retry-After".to_owned());
        Self { system, kind: DriftKind::MemberGone, path, required: false }
    }

    /// What is new, and where, for a person.
    #[must_use]
    pub fn says(&self) -> String {
        format!("{}, {}", self.kind.says(), self.path)
    }
}
