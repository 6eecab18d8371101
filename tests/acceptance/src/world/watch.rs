//! What a watcher writes down who stands at every edge: for tests that look for what should not be there.

use std::cell::{Cell, RefCell};

use bridge::ports::Item;
use bytes::Bytes;

use super::{Message, Site};

/// A call that reached a vendor, and what it was answered.
#[derive(Clone, Debug)]
pub struct Exchanged {
    /// Where.
    pub site: Site,
    /// Its whole address.
    pub url: String,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Bytes,
    /// The answer's body; empty where it was lost.
    pub answer: Bytes,
}

/// Everything since [`Watch::begin`].
#[derive(Default)]
pub struct Watch {
    on: Cell<bool>,
    calls: RefCell<Vec<Exchanged>>,
    items: RefCell<Vec<Item>>,
    messages: RefCell<Vec<Message>>,
}

impl Watch {
    /// Writes down from now on.
    pub fn begin(&self) {
        self.on.set(true);
    }

    /// The calls to vendors, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<Exchanged> {
        self.calls.borrow().clone()
    }

    /// Every version of every item of the state table.
    #[must_use]
    pub fn items(&self) -> Vec<Item> {
        self.items.borrow().clone()
    }

    /// Every message that was put on a queue.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.messages.borrow().clone()
    }

    pub(super) fn call(&self, call: impl FnOnce() -> Exchanged) {
        if self.on.get() {
            self.calls.borrow_mut().push(call());
        }
    }

    pub(super) fn item(&self, item: &Item) {
        if self.on.get() {
            self.items.borrow_mut().push(item.clone());
        }
    }

    pub(super) fn message(&self, message: &Message) {
        if self.on.get() {
            self.messages.borrow_mut().push(message.clone());
        }
    }
}
