//! The messages of one queue.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;

use super::order::{Merge, Mixing, shuffled};
use super::{Attributes, DEDUPLICATION, Depth, Message, Receipt, WINDOW};

/// A message where it stands.
struct Stored {
    message: Message,
    /// Hidden until then: in flight, delayed or given back.
    hidden: Option<Timestamp>,
    /// A second delivery of a message that was delivered before.
    copy: bool,
}

/// A message group, or all messages of a standard queue.
#[derive(Default)]
struct Group {
    /// Messages that are not hidden.
    waiting: BTreeSet<u64>,
    /// How many are hidden; on a FIFO queue nothing is delivered meanwhile.
    hidden: usize,
}

/// What a receive gives, and what goes to the dead-letter queue instead.
pub(super) type Received = (Vec<Message>, Vec<Message>);

/// The messages of one queue, by the place at which they were put.
pub(super) struct Store {
    attributes: Attributes,
    messages: BTreeMap<u64, Stored>,
    next: u64,
    hidden: BTreeSet<(Timestamp, u64)>,
    expiring: BTreeSet<(Timestamp, u64)>,
    groups: HashMap<String, Group>,
    /// FIFO: the first message of each group that may deliver, and the group.
    heads: BTreeMap<u64, String>,
    /// Standard: what can be received, in no order.
    loose: BTreeSet<(u64, u64)>,
    /// Deduplication ids with their times, the oldest first.
    known: HashMap<(String, String), Timestamp>,
    sends: VecDeque<(Timestamp, (String, String))>,
    /// FIFO: the last place that the queue looks at, and how many it looks at.
    last_seen: u64,
    seen: usize,
}

impl Store {
    pub(super) fn new(attributes: Attributes) -> Self {
        Self {
            attributes,
            messages: BTreeMap::new(),
            next: 1,
            hidden: BTreeSet::new(),
            expiring: BTreeSet::new(),
            groups: HashMap::new(),
            heads: BTreeMap::new(),
            loose: BTreeSet::new(),
            known: HashMap::new(),
            sends: VecDeque::new(),
            last_seen: 0,
            seen: 0,
        }
    }

    /// What time does by itself: messages show again, and are gone after their retention.
    pub(super) fn pass(&mut self, now: Timestamp) {
        while let Some((until, place)) = self.hidden.first().copied().filter(|(until, _)| *until <= now) {
            self.hidden.remove(&(until, place));
            self.show(place);
        }
        while let Some((_, place)) = self.expiring.first().copied().filter(|(at, _)| *at <= now) {
            self.remove(place);
        }
        while self.sends.front().is_some_and(|(sent, _)| *sent + DEDUPLICATION <= now) {
            self.sends.pop_front().map(|(_, key)| self.known.remove(&key));
        }
    }

    pub(super) fn send(
        &mut self,
        now: Timestamp,
        group: &str,
        deduplication: Option<&str>,
        body: &str,
        delay: Duration,
    ) -> Option<Message> {
        if let Some(id) = deduplication {
            // `DeduplicationScope: messageGroup`.
            let key = (group.to_owned(), id.to_owned());
            if self.known.contains_key(&key) {
                return None;
            }
            self.known.insert(key.clone(), now);
            self.sends.push_back((now, key));
        }
        let place = self.next;
        let message = Message {
            id: format!("{}-{place}", self.attributes.name),
            group: if self.attributes.fifo { group.to_owned() } else { String::new() },
            body: body.to_owned(),
            received: 0,
            sent: now,
            receipt: Receipt { place, receive: 0 },
        };
        self.add(message.clone(), (!delay.is_zero()).then(|| now + delay), false);
        Some(message)
    }

    /// How many messages there ever were.
    pub(super) fn ever_sent(&self) -> u64 {
        self.next
    }

    /// Takes a message into a dead-letter queue. On a FIFO queue its time counts anew from here (developer guide,
    /// "Using dead-letter queues").
    pub(super) fn bury(&mut self, now: Timestamp, message: Message) {
        let sent = if self.attributes.fifo { now } else { message.sent };
        self.add(Message { sent, ..message }, None, false);
    }

    fn add(&mut self, mut message: Message, hidden: Option<Timestamp>, copy: bool) {
        let place = self.next;
        self.next += 1;
        message.receipt.place = place;
        self.expiring.insert((message.sent + self.attributes.retention, place));
        let group = self.groups.entry(message.group.clone()).or_default();
        group.hidden += 1;
        self.messages.insert(place, Stored { message, hidden, copy });
        if self.seen < WINDOW {
            (self.last_seen, self.seen) = (place, self.seen + 1);
        }
        match hidden {
            Some(until) => drop(self.hidden.insert((until, place))),
            None => self.show(place),
        }
    }

    /// A hidden message can be received again.
    fn show(&mut self, place: u64) {
        let Some(stored) = self.messages.get_mut(&place) else { return };
        stored.hidden = None;
        let Some(group) = self.groups.get_mut(&stored.message.group) else { return };
        let before = group.head();
        group.hidden -= 1;
        group.waiting.insert(place);
        if self.attributes.fifo {
            let after = group.head();
            let name = stored.message.group.clone();
            self.lead(&name, before, after);
        } else {
            self.loose.insert((best_effort(place), place));
        }
    }

    /// A message that could be received is hidden.
    fn take(&mut self, place: u64, until: Timestamp) {
        let Some(stored) = self.messages.get_mut(&place) else { return };
        stored.hidden = Some(until);
        self.hidden.insert((until, place));
        let Some(group) = self.groups.get_mut(&stored.message.group) else { return };
        let before = group.head();
        group.waiting.remove(&place);
        group.hidden += 1;
        if self.attributes.fifo {
            let name = stored.message.group.clone();
            self.lead(&name, before, None);
        } else {
            self.loose.remove(&(best_effort(place), place));
        }
    }

    fn remove(&mut self, place: u64) -> Option<Message> {
        let stored = self.messages.remove(&place)?;
        self.expiring.remove(&(stored.message.sent + self.attributes.retention, place));
        if let Some(group) = self.groups.get_mut(&stored.message.group) {
            let before = group.head();
            match stored.hidden {
                Some(until) => {
                    self.hidden.remove(&(until, place));
                    group.hidden -= 1;
                }
                None => {
                    group.waiting.remove(&place);
                }
            }
            let after = group.head();
            if group.hidden == 0 && group.waiting.is_empty() {
                self.groups.remove(&stored.message.group);
            }
            if self.attributes.fifo {
                self.lead(&stored.message.group, before, after);
            }
        }
        self.loose.remove(&(best_effort(place), place));
        if place <= self.last_seen {
            match self.messages.range(self.last_seen + 1..).next() {
                Some((next, _)) => self.last_seen = *next,
                None => self.seen -= 1,
            }
        }
        Some(stored.message)
    }

    /// Another message of a group is the next one, or none is.
    fn lead(&mut self, name: &str, before: Option<u64>, after: Option<u64>) {
        if before != after {
            before.map(|place| self.heads.remove(&place));
            after.map(|place| self.heads.insert(place, name.to_owned()));
        }
    }

    pub(super) fn receive(
        &mut self,
        now: Timestamp,
        most: usize,
        mixing: Mixing,
        twice: Option<(u64, Duration)>,
    ) -> Received {
        let (mut received, mut dead) = (Vec::new(), Vec::new());
        loop {
            let places: Vec<u64> = if self.attributes.fifo {
                let last = self.last_seen;
                let groups = self.heads.range(..=last).take(most).map(|(_, name)| &self.groups[name].waiting);
                let left = most - received.len();
                Merge::new(groups, mixing).take_while(|place| *place <= last).take(left).collect()
            } else {
                self.loose.iter().take(most - received.len()).map(|(_, place)| *place).collect()
            };
            let worn = |place: &u64| self.messages[place].message.received >= self.attributes.most_receives;
            match places.iter().position(worn) {
                // What is moved away makes room for what is behind it.
                Some(at) => dead.extend(self.remove(places[at])),
                None => {
                    received.extend(places.into_iter().filter_map(|place| self.received(now, place, twice)));
                    return (received, dead);
                }
            }
        }
    }

    fn received(&mut self, now: Timestamp, place: u64, twice: Option<(u64, Duration)>) -> Option<Message> {
        self.take(place, now + self.attributes.visibility);
        let stored = self.messages.get_mut(&place)?;
        let again = twice.filter(|(every, _)| place.is_multiple_of(*every) && stored.message.received == 0);
        let copy = again.filter(|_| !stored.copy).map(|(_, after)| (stored.message.clone(), now + after));
        stored.message.received += 1;
        stored.message.receipt.receive += 1;
        let message = stored.message.clone();
        if let Some((copy, at)) = copy {
            self.add(copy, Some(at), true);
        }
        Some(message)
    }

    /// The message of a receive that still stands: on a FIFO queue only until it shows again.
    fn standing(&self, receipt: Receipt) -> Option<&Stored> {
        let stored = self.messages.get(&receipt.place)?;
        let stands = stored.hidden.is_some() || !self.attributes.fifo;
        (stands && receipt.receive > 0 && stored.message.receipt == receipt).then_some(stored)
    }

    pub(super) fn delete(&mut self, receipt: Receipt) -> bool {
        self.standing(receipt).is_some() && self.remove(receipt.place).is_some()
    }

    pub(super) fn hide(&mut self, receipt: Receipt, until: Timestamp) -> bool {
        // Only of what is in flight (API reference, `MessageNotInflight`).
        let Some(before) = self.standing(receipt).and_then(|stored| stored.hidden) else { return false };
        self.hidden.remove(&(before, receipt.place));
        self.hidden.insert((until, receipt.place));
        if let Some(stored) = self.messages.get_mut(&receipt.place) {
            stored.hidden = Some(until);
        }
        true
    }

    pub(super) fn expire(&mut self, now: Timestamp, age: Duration) -> usize {
        let is_old = |stored: &&Stored| stored.message.sent + age <= now;
        let old: Vec<u64> = self.messages.values().filter(is_old).map(|stored| stored.message.receipt.place).collect();
        old.iter().filter(|place| self.remove(**place).is_some()).count()
    }

    pub(super) fn purge(&mut self) {
        let (next, known, sends) = (self.next, std::mem::take(&mut self.known), std::mem::take(&mut self.sends));
        *self = Self { next, known, sends, ..Self::new(self.attributes) };
    }

    pub(super) fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let ready = self.heads.keys().next().is_some_and(|head| *head <= self.last_seen) || !self.loose.is_empty();
        if ready { Some(now) } else { self.hidden.first().map(|(until, _)| *until) }
    }

    pub(super) fn waiting(&self) -> usize {
        self.messages.len()
    }

    pub(super) fn all(&self) -> Vec<Message> {
        self.messages.values().map(|stored| stored.message.clone()).collect()
    }

    /// The newest receive of the message with this id.
    pub(super) fn receipt(&self, id: &str) -> Option<Receipt> {
        let place = id.rsplit('-').next()?.parse().ok()?;
        let stored = self.messages.get(&place).filter(|stored| stored.message.id == id);
        let stored = stored.or_else(|| self.messages.values().find(|stored| stored.message.id == id));
        stored.map(|stored| stored.message.receipt)
    }

    pub(super) fn depth(&self, now: Timestamp) -> Depth {
        let oldest = self.expiring.first().map_or(now, |(_, place)| self.messages[place].message.sent);
        Depth {
            waiting: self.messages.len() - self.hidden.len(),
            hidden: self.hidden.len(),
            oldest: Duration::try_from(now.duration_since(oldest)).unwrap_or_default(),
        }
    }
}

/// A standard queue keeps the order as well as it can: messages change places with their neighbours, and none is passed by
/// for ever (SQS developer guide, "Standard queues").
fn best_effort(place: u64) -> u64 {
    const NEIGHBOURS: u64 = 64;
    ((place / NEIGHBOURS) << 32) | (shuffled(place) >> 32)
}

impl Group {
    /// What the group may deliver next.
    fn head(&self) -> Option<u64> {
        if self.hidden == 0 { self.waiting.first().copied() } else { None }
    }
}
