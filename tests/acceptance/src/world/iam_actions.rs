//! Which function asked the cloud for what: the port's method, and for secrets whose system's.

use std::cell::RefCell;
use std::collections::BTreeSet;

/// What was asked for: function, port method, and the system of a secret.
pub type Action = (String, &'static str, String);

/// What the functions asked for so far.
#[derive(Default)]
pub struct ActionLog {
    by: RefCell<String>,
    done: RefCell<BTreeSet<Action>>,
}

impl ActionLog {
    /// From now on it is this function that asks, named as in the template.
    pub fn by(&self, function: &str) {
        function.clone_into(&mut self.by.borrow_mut());
    }

    /// Everything that was asked for.
    #[must_use]
    pub fn done(&self) -> BTreeSet<Action> {
        self.done.borrow().clone()
    }

    pub(super) fn note(&self, method: &'static str, secret: &str) {
        let system = secret.split('/').next().unwrap_or_default().to_owned();
        self.done.borrow_mut().insert((self.by.borrow().clone(), method, system));
    }
}
