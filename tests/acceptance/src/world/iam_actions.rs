//! Which function asked the cloud for what: the port's method, and for secrets whose system's.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::invocation::calling;

/// What was asked for: function, port method, and the system of a secret.
pub type Action = (String, &'static str, String);

/// What the functions asked for so far.
#[derive(Default)]
pub struct ActionLog {
    by: RefCell<String>,
    done: RefCell<BTreeSet<Action>>,
}

impl ActionLog {
    /// Where no invocation asks, it is from now on this one, named as a function is in the template.
    pub fn by(&self, function: &str) {
        function.clone_into(&mut self.by.borrow_mut());
    }

    pub(super) fn asks(&self) -> String {
        self.by.borrow().clone()
    }

    /// Everything that was asked for.
    #[must_use]
    pub fn done(&self) -> BTreeSet<Action> {
        self.done.borrow().clone()
    }

    pub(super) fn note(&self, method: &'static str, secret: &str) {
        let system = secret.split('/').next().unwrap_or_default().to_owned();
        let by = calling().map_or_else(|| self.by.borrow().clone(), str::to_owned);
        self.done.borrow_mut().insert((by, method, system));
    }
}
