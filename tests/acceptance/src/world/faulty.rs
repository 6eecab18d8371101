//! Every step that an invocation takes outside itself, each of which can be the last thing its process did.

use std::cell::{Cell, RefCell};

use tokio::sync::Notify;

/// The steps of the running process: before each effect, and after it before its answer.
#[derive(Default)]
pub struct Steps {
    taken: Cell<usize>,
    last: Cell<Option<usize>>,
    names: RefCell<Vec<String>>,
    crash: Notify,
}

impl Steps {
    /// Begins to count anew; the process will die at step `last`, if any.
    pub fn plan(&self, last: Option<usize>) {
        self.taken.set(0);
        self.last.set(last);
        self.names.borrow_mut().clear();
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

    pub(super) async fn crashed(&self) {
        self.crash.notified().await;
    }

    /// Takes a step; never returns from the last one.
    pub(super) async fn step(&self, name: &str) {
        let step = self.taken.get();
        self.taken.set(step + 1);
        self.names.borrow_mut().push(name.to_owned());
        if self.last.get() == Some(step) {
            // Only once: what runs afterwards is a new process.
            self.last.set(None);
            self.crash.notify_one();
            std::future::pending::<()>().await;
        }
    }
}
