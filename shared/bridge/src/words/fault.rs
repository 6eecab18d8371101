//! The five faults, named for what to do about them. Who makes them: [`crate::http::classify`] for everything that came
//! over HTTP, the ports for what the cloud refused. Who acts on them: the four roads, and nobody else.

use std::time::Duration;

/// Why something did not work, as the thing to do next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Again later: the network, a time-out, a 5xx.
    #[error("not available: {why}")]
    Unavailable {
        /// The HTTP status; `None` where no answer came.
        status: Option<u16>,
        /// Whether a peer was called and gave no answer.
        broken: bool,
        /// The vendor's words, or what broke.
        why: String,
    },
    /// Again, but not sooner than `after`.
    #[error("asked to slow down for {after:?}: {why}")]
    RateLimited {
        /// The HTTP status; `None` where a budget of our own is spent.
        status: Option<u16>,
        /// The pause that was asked for.
        after: Duration,
        /// The vendor's words.
        why: String,
    },
    /// A new token once, then a person: credentials, rights, a module that is not bought.
    #[error("not authorized: {0}")]
    Unauthorized(String),
    /// This record never; the others may.
    #[error("rejected{}: {why}", at(.path))]
    Rejected {
        /// The HTTP status; `None` where it was not sent.
        status: Option<u16>,
        /// JSON pointer or name of the member at fault, where known.
        path: Option<String>,
        /// What is wrong with it.
        why: String,
    },
    /// The API is not as promised: park the record, tell a person.
    #[error("unexpected: {0}")]
    Unexpected(String),
}

fn at(path: &Option<String>) -> String {
    path.as_ref().map_or_else(String::new, |path| format!(" at {path}"))
}

/// Short for the result of everything that can fail.
pub type Result<T, E = Fault> = std::result::Result<T, E>;

impl Fault {
    /// A refusal that names the member at fault.
    pub fn rejected(path: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Rejected { status: None, path: Some(path.into()), why: why.into() }
    }

    /// Again later, with no answer to say so.
    pub fn unavailable(why: impl Into<String>) -> Self {
        Self::Unavailable { status: None, broken: false, why: why.into() }
    }

    /// The same, with the name of the system that it came from in front of its reason.
    #[must_use]
    pub fn named(self, system: &str) -> Self {
        let name = |why: String| format!("{system}: {why}");
        match self {
            Self::Unavailable { status, broken, why } => Self::Unavailable { status, broken, why: name(why) },
            Self::RateLimited { status, after, why } => Self::RateLimited { status, after, why: name(why) },
            Self::Unauthorized(why) => Self::Unauthorized(name(why)),
            Self::Rejected { status, path, why } => Self::Rejected { status, path, why: name(why) },
            Self::Unexpected(why) => Self::Unexpected(name(why)),
        }
    }

    /// Whether something was sent. What was not may come again without being held against the record.
    #[must_use]
    pub fn was_tried(&self) -> bool {
        !matches!(self, Self::RateLimited { status: None, .. })
    }

    /// The status that it came with, where an answer came. Read by `http` alone: what follows from a status is decided there.
    pub(crate) fn http_status(&self) -> Option<u16> {
        match self {
            Self::Unavailable { status, .. } | Self::RateLimited { status, .. } | Self::Rejected { status, .. } => {
                *status
            }
            Self::Unauthorized(_) | Self::Unexpected(_) => None,
        }
    }

    /// Whether the same call can go right without anybody doing anything: the queue should keep the message.
    #[must_use]
    pub fn passes_by_itself(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::RateLimited { .. })
    }

    /// The fault's name for logs and metrics.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => "unavailable",
            Self::RateLimited { .. } => "rate_limited",
            Self::Unauthorized(_) => "unauthorized",
            Self::Rejected { .. } => "rejected",
            Self::Unexpected(_) => "unexpected",
        }
    }
}
