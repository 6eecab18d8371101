//! What a batch knows of the connections that it uses: one that failed is not tried again before the batch ends.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use jiff::Timestamp;

/// Circuit breakers of one invocation, by connection. `http` opens and closes them.
#[derive(Default)]
pub struct Circuits {
    known: Rc<RefCell<HashMap<String, Circuit>>>,
    refuses_nothing: bool,
}

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
    /// The same breakers for a call that asks whether a connection answers after all: they refuse nothing, and are told of
    /// an answer alone.
    #[must_use]
    pub fn past(&self) -> Self {
        Self { known: Rc::clone(&self.known), refuses_nothing: true }
    }

    pub(crate) fn refuses_nothing(&self) -> bool {
        self.refuses_nothing
    }

    pub(crate) fn get(&self, connection: &str) -> Option<Circuit> {
        self.known.borrow().get(connection).cloned()
    }

    /// The systems at which a tenant's connection failed in this invocation, by their words.
    pub(crate) fn failed_of(&self, tenant_id: &str) -> Vec<String> {
        let circuits = self.known.borrow();
        let open = circuits.iter().filter(|(_, circuit)| matches!(circuit, Circuit::Open { .. }));
        let of = open.filter_map(|(name, _)| Some(name.strip_suffix(tenant_id)?.strip_suffix('/')?.to_owned()));
        of.collect()
    }

    pub(crate) fn set(&self, connection: &str, circuit: Circuit) {
        self.known.borrow_mut().insert(connection.to_owned(), circuit);
    }
}
