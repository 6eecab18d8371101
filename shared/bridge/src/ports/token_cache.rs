//! Access tokens that a process keeps.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::words::secret::Secret;

/// Access tokens kept while the process lives, by tenant, each with the digest of the credentials that it was made from: a
/// token of credentials that were replaced is not used any more, however long it would work (contract, section 3).
#[derive(Default)]
pub struct TokenCache(RefCell<HashMap<String, Cached>>);

struct Cached {
    of: String,
    token: Secret,
    until: Timestamp,
}

/// Renew this long before a token runs out.
pub(crate) const EARLY: Duration = Duration::from_secs(60);

impl TokenCache {
    pub(crate) fn get(&self, name: &str, of: &str, now: Timestamp) -> Option<Secret> {
        let tokens = self.0.borrow();
        tokens
            .get(name)
            .filter(|cached| cached.of == of && cached.until > now + EARLY)
            .map(|cached| cached.token.clone())
    }

    /// The token that was used last, whatever it was made from.
    pub(crate) fn last(&self, name: &str) -> Option<Secret> {
        self.0.borrow().get(name).map(|cached| cached.token.clone())
    }

    pub(crate) fn put(&self, name: &str, of: String, token: Secret, until: Timestamp) {
        self.0.borrow_mut().insert(name.to_owned(), Cached { of, token, until });
    }

    /// What is kept under `trial` takes the place of what is kept under `name`.
    pub(crate) fn take_over(&self, trial: &str, name: &str) {
        let mut kept = self.0.borrow_mut();
        if let Some(token) = kept.remove(trial) {
            kept.insert(name.to_owned(), token);
        }
    }
}
