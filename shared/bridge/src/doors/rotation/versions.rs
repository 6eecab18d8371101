//! The secret store as a rotation uses it: versions and their staging labels.

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::ports::Put;
use crate::words::fault::Result;
use crate::words::secret::Secret;

/// The label of the version that everybody uses. Exactly one has it.
pub const CURRENT: &str = "AWSCURRENT";

/// The label of the version that a rotation is about.
pub const PENDING: &str = "AWSPENDING";

/// What is known of a secret without its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Its name, without the six characters at the end of its ARN: a name may itself end in what looks like them.
    pub name: String,
    /// Whether rotation is switched on.
    pub rotates: bool,
    /// The labels of every version that has any.
    pub versions: BTreeMap<String, Vec<String>>,
}

impl Described {
    /// Whether a version has a label.
    #[must_use]
    pub fn has(&self, version: &str, label: &str) -> bool {
        self.versions.get(version).is_some_and(|labels| labels.iter().any(|one| one == label))
    }
}

/// Which version to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which<'a> {
    /// The one that everybody uses.
    Current,
    /// The one with this id.
    Version(&'a str),
}

/// A version with its value.
pub struct Version {
    /// Its id.
    pub id: String,
    /// The JSON text.
    pub value: Secret,
}

/// The secret store. `secret` is a name or an ARN everywhere.
#[async_trait(?Send)]
pub trait Versions {
    /// What is known of a secret; `None` where there is none.
    async fn describe(&self, secret: &str) -> Result<Option<Described>>;
    /// A version; `None` where there is none, or nothing in it.
    async fn read(&self, secret: &str, which: Which<'_>) -> Result<Option<Version>>;
    /// Puts a value into a version that has none, and gives it these labels, at one stroke; a label that another version
    /// has moves. [`Put::Conflict`] where the version has another value: it never changes.
    async fn put(&self, secret: &str, version: &str, value: &Secret, labels: &[&str]) -> Result<Put>;
    /// Makes version `to` current if version `from` is. [`Put::Conflict`] where it is not.
    async fn move_current(&self, secret: &str, from: &str, to: &str) -> Result<Put>;
    /// Takes `AWSPENDING` from a version; nothing happens where it has none.
    async fn drop_pending(&self, secret: &str, version: &str) -> Result<()>;
}
