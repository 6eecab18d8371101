//! SQS in memory, by Amazon's developer guide: visibility, receive counts, delivery order, deduplication, retention and
//! dead letters, each in virtual time.

mod order;
mod store;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;

pub use order::Mixing;
use store::Store;

/// Equal deduplication ids within this time are one message (developer guide, "Exactly-once processing").
pub const DEDUPLICATION: Duration = Duration::from_secs(5 * 60);

/// Messages of one receive.
pub const MOST: usize = 10;

/// A FIFO queue looks at so many messages for groups to deliver (developer guide, "FIFO queue quotas").
pub const WINDOW: usize = 120_000;

/// For how long a look of a person's command hides what it receives.
const LOOK: Duration = Duration::from_secs(300);

/// How a queue is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attributes {
    /// Its name, without the stack's.
    pub name: &'static str,
    /// Whether it keeps the order of a group.
    pub fifo: bool,
    /// How long a received message is hidden.
    pub visibility: Duration,
    /// After this a message is gone.
    pub retention: Duration,
    /// What was received so often goes to the dead-letter queue instead of being received once more.
    pub most_receives: u32,
}

/// A message as it is received.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// Its group; empty on a standard queue.
    pub group: String,
    /// Its body.
    pub body: String,
    /// How often it was received, this time included.
    pub received: u32,
    /// When it was sent.
    pub sent: Timestamp,
    /// By which this receive deletes it or changes its visibility.
    pub(super) receipt: Receipt,
}

/// One receive of one message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Receipt {
    place: u64,
    receive: u32,
}

impl Message {
    /// The receipt handle.
    #[must_use]
    pub fn receipt_handle(&self) -> String {
        format!("{}/{}", self.receipt.place, self.receipt.receive)
    }
}

impl Receipt {
    fn read(handle: &str) -> Option<Self> {
        let (place, receive) = handle.split_once('/')?;
        Some(Self { place: place.parse().ok()?, receive: receive.parse().ok()? })
    }
}

/// What stands in a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Messages that can be received now, or stand behind one of their group.
    pub waiting: usize,
    /// Messages that are hidden: in flight, delayed, or given back.
    pub hidden: usize,
    /// The age of the oldest message.
    pub oldest: Duration,
}

/// A queue with its dead-letter queue.
pub struct Queue {
    attributes: Attributes,
    store: RefCell<Store>,
    dead: RefCell<Store>,
    mixing: Cell<Mixing>,
    twice: Cell<Option<(u64, Duration)>>,
    sent: Rc<Notify>,
}

impl Queue {
    pub(super) fn new(attributes: Attributes, sent: Rc<Notify>) -> Self {
        Self {
            attributes,
            store: RefCell::new(Store::new(attributes)),
            dead: RefCell::new(Store::new(Attributes {
                retention: super::deployment::LONGEST_RETENTION,
                // Nothing is given up there; who looks at it says for how long it is hidden.
                most_receives: u32::MAX,
                visibility: LOOK,
                ..attributes
            })),
            mixing: Cell::default(),
            twice: Cell::default(),
            sent,
        }
    }

    /// Its settings.
    #[must_use]
    pub fn attributes(&self) -> Attributes {
        self.attributes
    }

    /// SendMessage; `None` where the deduplication id was sent within five minutes. `delay` is for standard queues alone.
    ///
    /// # Panics
    /// On a message's own delay on a FIFO queue, or one over 15 minutes, as SQS refuses them.
    pub fn send(
        &self,
        now: Timestamp,
        group: &str,
        deduplication: Option<&str>,
        body: &str,
        delay: Duration,
    ) -> Option<Message> {
        assert!(delay.is_zero() || !self.attributes.fifo, "a FIFO queue takes no delay per message");
        assert!(delay <= Duration::from_secs(900), "a delay is at most 15 minutes");
        let mut store = self.store.borrow_mut();
        store.pass(now);
        let message = store.send(now, group, deduplication, body, delay);
        self.sent.notify_one();
        message
    }

    /// ReceiveMessage: at most `most`, and never more than ten.
    pub fn receive(&self, now: Timestamp, most: usize) -> Vec<Message> {
        let mut store = self.store.borrow_mut();
        store.pass(now);
        let (received, dead) = store.receive(now, most.min(MOST), self.mixing.get(), self.twice.get());
        for message in dead {
            self.dead.borrow_mut().bury(now, message);
        }
        received
    }

    /// DeleteMessage; whether the receive still stood.
    pub fn delete(&self, now: Timestamp, message: &Message) -> bool {
        let mut store = self.store.borrow_mut();
        store.pass(now);
        self.sent.notify_one();
        store.delete(message.receipt)
    }

    /// ChangeMessageVisibility: the message is hidden for so long from now on; whether the receive still stood.
    pub fn change_visibility(&self, now: Timestamp, message: &Message, hidden: Duration) -> bool {
        let mut store = self.store.borrow_mut();
        store.pass(now);
        self.sent.notify_one();
        store.hide(message.receipt, now + hidden)
    }

    /// The same by a message's id, as a handler knows it: the newest receive of it.
    pub fn change_visibility_of(&self, now: Timestamp, id: &str, hidden: Duration) -> bool {
        let mut store = self.store.borrow_mut();
        store.pass(now);
        self.sent.notify_one();
        store.receipt(id).is_some_and(|receipt| store.hide(receipt, now + hidden))
    }

    /// What Lambda does after an invocation that ran: what is not reported as failed is deleted, the rest stays hidden
    /// until its time-out ends.
    pub fn settle(&self, now: Timestamp, received: &[Message], failed: &[String]) {
        for message in received {
            if !failed.contains(&message.id) {
                self.delete(now, message);
            }
        }
    }

    /// PurgeQueue.
    pub fn purge(&self) {
        self.store.borrow_mut().purge();
    }

    /// What was sent longer ago than this is gone, as where retention is that short; how many there were.
    pub fn expire(&self, now: Timestamp, age: Duration) -> usize {
        let mut store = self.store.borrow_mut();
        store.pass(now);
        store.expire(now, age)
    }

    /// StartMessageMoveTask: what lies in the dead-letter queue is sent again, and counts its receives anew.
    pub fn redrive(&self, now: Timestamp) -> usize {
        let dead = self.dead_letters(now);
        self.dead.borrow_mut().purge();
        for message in &dead {
            self.store.borrow_mut().send(now, &message.group, None, &message.body, Duration::ZERO);
        }
        self.sent.notify_one();
        dead.len()
    }

    /// When something can be received; `now` where something can already.
    pub fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let mut store = self.store.borrow_mut();
        store.pass(now);
        store.next(now)
    }

    /// How many messages were ever sent to it.
    #[must_use]
    pub fn ever_sent(&self) -> u64 {
        self.store.borrow().ever_sent()
    }

    /// How many messages are in it, those that are worked at among them.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.store.borrow().waiting()
    }

    /// Everything in it, in the order in which it was sent.
    pub fn all(&self, now: Timestamp) -> Vec<Message> {
        let mut store = self.store.borrow_mut();
        store.pass(now);
        store.all()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self, now: Timestamp) -> bool {
        self.depth(now) == Depth::default()
    }

    /// What lies in the dead-letter queue.
    pub fn dead_letters(&self, now: Timestamp) -> Vec<Message> {
        let mut dead = self.dead.borrow_mut();
        dead.pass(now);
        dead.all()
    }

    /// ReceiveMessage of the dead-letter queue.
    pub fn receive_dead(&self, now: Timestamp) -> Vec<Message> {
        let mut dead = self.dead.borrow_mut();
        dead.pass(now);
        dead.receive(now, MOST, self.mixing.get(), None).0
    }

    /// DeleteMessage of the dead-letter queue; whether the receive still stood.
    pub fn delete_dead(&self, now: Timestamp, receipt: &str) -> bool {
        let mut dead = self.dead.borrow_mut();
        dead.pass(now);
        Receipt::read(receipt).is_some_and(|receipt| dead.delete(receipt))
    }

    /// ChangeMessageVisibility to nothing of the dead-letter queue; whether the receive still stood.
    pub fn show_dead(&self, now: Timestamp, receipt: &str) -> bool {
        let mut dead = self.dead.borrow_mut();
        dead.pass(now);
        let hidden = Receipt::read(receipt).is_some_and(|receipt| dead.hide(receipt, now));
        dead.pass(now);
        hidden
    }

    /// The receipt handle of a receive that was kept as text, of the queue itself.
    pub fn delete_by_receipt(&self, now: Timestamp, receipt: &str) -> bool {
        let mut store = self.store.borrow_mut();
        store.pass(now);
        self.sent.notify_one();
        Receipt::read(receipt).is_some_and(|receipt| store.delete(receipt))
    }

    /// ChangeMessageVisibility to nothing by a receipt handle, of the queue itself.
    pub fn show_by_receipt(&self, now: Timestamp, receipt: &str) -> bool {
        let mut store = self.store.borrow_mut();
        store.pass(now);
        let hidden = Receipt::read(receipt).is_some_and(|receipt| store.hide(receipt, now));
        store.pass(now);
        self.sent.notify_one();
        hidden
    }

    /// How full it is.
    pub fn depth(&self, now: Timestamp) -> Depth {
        let mut store = self.store.borrow_mut();
        store.pass(now);
        store.depth(now)
    }

    /// How it fills batches from now on, where SQS is free to choose.
    pub fn mix(&self, mixing: Mixing) {
        self.mixing.set(mixing);
    }

    /// From now on every so many messages of a standard queue are delivered twice: once more after this time, even if
    /// they were deleted meanwhile.
    pub fn deliver_twice(&self, every: u64, after: Duration) {
        assert!(!self.attributes.fifo, "a FIFO queue delivers once");
        self.twice.set(Some((every, after)));
    }

    /// From now on every message is delivered once.
    pub fn deliver_once(&self) {
        self.twice.set(None);
    }
}
