//! Every step that an invocation takes outside itself, each of which can be the last thing its process did.

use std::cell::{Cell, RefCell};

/// The steps of the running process: before each effect, and after it before its answer.
#[derive(Default)]
pub struct Steps {
    /// Whether anybody asks for the names.
    counting: Cell<bool>,
    taken: Cell<usize>,
    last: Cell<Option<usize>>,
    names: RefCell<Vec<String>>,
    crash: Cell<bool>,
}

impl Steps {
    /// Begins to count anew; the process will die at step `last`, if any.
    pub fn plan(&self, last: Option<usize>) {
        self.counting.set(true);
        self.crash.set(false);
        self.taken.set(0);
        self.last.set(last);
        self.names.borrow_mut().clear();
    }

    /// The process that takes the step after so many more dies there; nobody asks for the names.
    pub fn kill_after(&self, steps: usize) {
        self.counting.set(false);
        self.last.set(Some(self.taken.get() + steps));
    }

    /// Nobody dies any more.
    pub fn spare(&self) {
        self.last.set(None);
    }

    /// Steps taken since the last plan.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.taken.get()
    }

    /// What the steps were.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.names.borrow().clone()
    }

    /// Whether the last step was taken since this was asked.
    pub(super) fn crashed(&self) -> bool {
        self.crash.take()
    }

    /// Takes a step; never returns from the last one.
    pub(super) async fn step(&self, name: impl FnOnce() -> String) {
        let step = self.taken.get();
        self.taken.set(step + 1);
        if self.counting.get() {
            self.names.borrow_mut().push(name());
        }
        if self.last.get() == Some(step) {
            // Only once: what runs afterwards is a new process.
            self.last.set(None);
            self.crash.set(true);
            std::future::pending::<()>().await;
        }
    }
}
