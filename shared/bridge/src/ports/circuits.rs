//! What a batch knows of the connections that it uses: one that failed is not tried again before the batch ends.

use std::cell::RefCell;
use std::collections::HashMap;

use jiff::Timestamp;

/// Circuit breakers of one invocation, by connection. `http` opens and closes them.
#[derive(Default)]
pub struct Circuits(RefCell<HashMap<String, Circuit>>);

/// How one connection stands in this invocation.
#[derive(Clone, Debug)]
pub(crate) enum Circuit {
    /// It works, as far as is known.
    Closed,
    /// It failed before; this invocation alone tries it again.
    Probing,
    /// It failed: not before then.
    Open {
        /// The end of the pause.
        until: Timestamp,
        /// What it failed with.
        why: String,
    },
}

impl Circuits {
    pub(crate) fn get(&self, connection: &str) -> Option<Circuit> {
        self.0.borrow().get(connection).cloned()
    }

    pub(crate) fn set(&self, connection: &str, circuit: Circuit) {
        self.0.borrow_mut().insert(connection.to_owned(), circuit);
    }
}
