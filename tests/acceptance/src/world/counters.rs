//! What a test can print: calls, paid time, sleep, how invocations ended, deliveries.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use simulators::poweroffice::CALLS_A_SECOND;

use super::rules::Peer;
use super::site::Site;

/// What a function's invocations came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invoked {
    /// How many ended how: `ran`, `crashed`, `timed out`.
    pub ended: BTreeMap<&'static str, usize>,
    /// How long they ran in all.
    pub paid: Duration,
    /// How long they slept of that.
    pub slept: Duration,
    /// The longest of them.
    pub longest: Duration,
}

/// Counts since the beginning, or since [`Counters::reset`].
#[derive(Default)]
pub struct Counters {
    calls: RefCell<BTreeMap<(Peer, String), usize>>,
    invoked: RefCell<BTreeMap<&'static str, Invoked>>,
    deliveries: RefCell<BTreeMap<&'static str, BTreeMap<u32, usize>>>,
    items: Cell<usize>,
    departures: RefCell<BTreeMap<(Site, String), Departures>>,
}

/// Calls as they leave, where a vendor allows so many in a while. How they arrive is the network's affair: one that it holds
/// up arrives beside later ones.
#[derive(Default)]
struct Departures {
    last: VecDeque<Timestamp>,
    /// Calls that were one too many.
    over: u64,
    /// Calls that were held up.
    held: u64,
}

/// Calls that may leave within a while, where a vendor counts them.
fn allowed(site: Site) -> Option<(usize, SignedDuration)> {
    match site {
        Site::PowerOffice => Some((CALLS_A_SECOND, SignedDuration::from_secs(1))),
        // Procountor sheet, section 4.
        Site::Procountor => Some((60, SignedDuration::from_secs(1))),
        // Of each endpoint (Visma sheet, section 4).
        Site::Visma => Some((600, SignedDuration::from_mins(1))),
        _ => None,
    }
}

impl Counters {
    /// Counts from zero.
    pub fn reset(&self) {
        self.calls.borrow_mut().clear();
        self.invoked.borrow_mut().clear();
        self.deliveries.borrow_mut().clear();
        self.items.set(0);
    }

    /// Items that were asked for together.
    #[must_use]
    pub fn items(&self) -> usize {
        self.items.get()
    }

    pub(super) fn asked_together(&self, items: usize) {
        self.items.set(self.items.get() + items);
    }

    /// Calls to a peer.
    #[must_use]
    pub fn calls(&self, peer: Peer) -> usize {
        self.calls_of(peer, "")
    }

    /// Calls to a peer whose name has this in it: `PUT /acme/api/v1/orders`.
    #[must_use]
    pub fn calls_of(&self, peer: Peer, part: &str) -> usize {
        let calls = self.calls.borrow();
        calls.iter().filter(|((asked, what), _)| *asked == peer && what.contains(part)).map(|(_, calls)| *calls).sum()
    }

    /// What a function's invocations came to.
    #[must_use]
    pub fn invoked(&self, function: &str) -> Invoked {
        self.invoked.borrow().get(function).cloned().unwrap_or_default()
    }

    /// Of all functions together: how long they ran, and how long they slept of that.
    #[must_use]
    pub fn paid(&self) -> (Duration, Duration) {
        let invoked = self.invoked.borrow();
        invoked.values().fold(Default::default(), |(paid, slept), one| (paid + one.paid, slept + one.slept))
    }

    /// Of a queue: how many deliveries were a message's first, second, and so on.
    #[must_use]
    pub fn deliveries(&self, queue: &str) -> BTreeMap<u32, usize> {
        self.deliveries.borrow().get(queue).cloned().unwrap_or_default()
    }

    /// Of the calls to a site, those that left as one too many, and those that were held up on their way.
    #[must_use]
    pub fn departures(&self, site: Site) -> (u64, u64) {
        let departures = self.departures.borrow();
        let of_site = departures.iter().filter(|((of, _), _)| *of == site).map(|(_, departures)| departures);
        of_site.fold((0, 0), |(over, held), one| (over + one.over, held + one.held))
    }

    pub(super) fn leaves(&self, site: Site, what: &str, now: Timestamp, held: bool) {
        let Some((most, within)) = allowed(site) else { return };
        let endpoint = if site == Site::Visma { shape(what) } else { String::new() };
        let mut departures = self.departures.borrow_mut();
        let Departures { last, over, held: all } = departures.entry((site, endpoint)).or_default();
        *all += u64::from(held);
        while last.front().is_some_and(|before| now.duration_since(*before) >= within) {
            last.pop_front();
        }
        *over += u64::from(last.len() >= most);
        last.push_back(now);
    }

    pub(super) fn called(&self, peer: Peer, what: &str) {
        *self.calls.borrow_mut().entry((peer, shape(what))).or_default() += 1;
    }

    pub(super) fn ended(&self, function: &'static str, how: &'static str, paid: Duration, slept: Duration) {
        let mut invoked = self.invoked.borrow_mut();
        let one = invoked.entry(function).or_default();
        *one.ended.entry(how).or_default() += 1;
        one.paid += paid;
        one.slept += slept;
        one.longest = one.longest.max(paid);
    }

    pub(super) fn delivered(&self, queue: &'static str, received: u32) {
        *self.deliveries.borrow_mut().entry(queue).or_default().entry(received).or_default() += 1;
    }
}

/// A call's name without what differs from record to record and from tenant to tenant.
fn shape(what: &str) -> String {
    let word = |word: &str| {
        let key = word.split(['#', '/']).map(|part| {
            let digits = part.chars().filter(char::is_ascii_digit).count();
            let named = part.len() == 2 && part.starts_with('v');
            if digits > 0 && !named { "*" } else { part }
        });
        let joint = if word.contains('#') { "#" } else { "/" };
        key.collect::<Vec<_>>().join(joint)
    };
    what.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

impl fmt::Display for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (function, one) in &*self.invoked.borrow() {
            let ended: Vec<String> = one.ended.iter().map(|(how, count)| format!("{count} {how}")).collect();
            writeln!(
                f,
                "{function:<20} {}; paid {:.1} s, slept {:.1} s, longest {:.1} s",
                ended.join(", "),
                one.paid.as_secs_f64(),
                one.slept.as_secs_f64(),
                one.longest.as_secs_f64()
            )?;
        }
        for (queue, counts) in &*self.deliveries.borrow() {
            let counts: Vec<String> = counts.iter().map(|(nth, count)| format!("{nth}: {count}")).collect();
            writeln!(f, "{queue:<20} deliveries by receive count {}", counts.join(", "))?;
        }
        for ((peer, what), count) in &*self.calls.borrow() {
            writeln!(f, "{count:>8}  {peer:?} {what}")?;
        }
        Ok(())
    }
}
