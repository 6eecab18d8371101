//! The shared rate budgets: a vendor's limit holds for all tenants of a deployment together, over all function instances.
//!
//! A budget is an item in the state table that says when its next free slot is. Whoever is ready to call reserves a slot by
//! a conditional write and waits for it: one slot for each call that is ready, so that none is reserved and not used. Where
//! the line is long, nothing is reserved: the caller is told to come again, and waits in its queue, not in paid time.
//!
//! Clocks of processes differ. The item says what time it was at its last write: whose clock is behind that goes by the
//! other one from then on, so that all in a line go by the one that is furthest ahead. Who joins with a clock that is ahead of
//! all others takes its first turn too early, and nobody can know: the vendor's 429 is then waited out like any other.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use futures_util::lock::Mutex;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::ports::{Item, Ports, Put};
use crate::words::fault::{Fault, Result};
use crate::words::kind::Kind;
use crate::words::paces::Paces;

/// How late a slot may be used: one whose caller was ended meanwhile is gone. Used later it would stand beside somebody
/// else's.
const LATENESS: Duration = Duration::from_millis(25);

/// Nobody stands in line for longer than this: what is behind comes again later.
const LINE: Duration = Duration::from_secs(10);

/// A backfill takes every second slot at most: the others are the ticks'.
const BACKFILL: u32 = 2;

/// A write that takes as long is an exception.
const SLOW: SignedDuration = SignedDuration::from_secs(1);

/// Conditional writes tried before giving up until later.
const TRIES: u32 = 200;

/// A turn-taker on one budget.
pub struct RateBudget {
    name: String,
    kind: Kind,
    /// Callers of this process that have no slot yet.
    ready: Cell<u32>,
    slots: RefCell<VecDeque<Timestamp>>,
    /// How far the clock of a line is ahead of this process's.
    ahead: RefCell<BTreeMap<&'static str, SignedDuration>>,
    /// How this process left a line. What it says is only ever the condition of a write: where another process was there
    /// since, the write is refused, and the line is read.
    left: RefCell<BTreeMap<&'static str, Left>>,
    reserving: Mutex<()>,
}

/// A line as it was left.
struct Left {
    /// The item that was written.
    item: Item,
    /// How long that took.
    took: SignedDuration,
}

/// Counts a caller while it has no slot, however it ends.
struct Ready<'a>(&'a Cell<u32>);

impl<'a> Ready<'a> {
    fn count(ready: &'a Cell<u32>) -> Self {
        ready.set(ready.get() + 1);
        Self(ready)
    }
}

impl Drop for Ready<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl RateBudget {
    /// A budget at the pace of an ERP ([`Paces`]), shared by all that use this name.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        let (ready, slots) = (Cell::default(), RefCell::default());
        let (ahead, left) = (RefCell::default(), RefCell::default());
        Self { name: name.into(), kind, ready, slots, ahead, left, reserving: Mutex::default() }
    }

    /// Waits for the next free slot.
    ///
    /// # Errors
    /// [`Fault::RateLimited`] when the line is too long to wait in, or reaches past the deadline; when the state table cannot
    /// be reached.
    pub async fn acquire(&self, ports: &Ports, deadline: Timestamp) -> Result<()> {
        let slot = {
            let ready = Ready::count(&self.ready);
            let reserving = self.reserving.lock().await;
            let now = ports.clock.now();
            self.slots.borrow_mut().retain(|slot| *slot + LATENESS >= now);
            let slot = self.slots.borrow_mut().pop_front();
            let slot = match slot {
                Some(slot) => slot,
                None => self.reserve(ports, deadline).await?,
            };
            drop((ready, reserving));
            slot
        };
        let pause = Duration::try_from(slot.duration_since(ports.clock.now())).unwrap_or_default();
        ports.clock.sleep(pause).await;
        Ok(())
    }

    /// Reserves a slot for everybody who is ready, as far as the line may reach; the first of them.
    async fn reserve(&self, ports: &Ports, deadline: Timestamp) -> Result<Timestamp> {
        let interval = Paces::interval(ports.paces.of(self.kind));
        if ports.backfill {
            self.reserve_on(ports, deadline, "backfill", interval * BACKFILL, 1).await?;
        }
        let mut slots = self.reserve_on(ports, deadline, "slots", interval, self.ready.get().max(1)).await?;
        let first = slots.pop_front();
        self.slots.borrow_mut().extend(slots);
        first.ok_or_else(|| Fault::unavailable(format!("no turn in the rate budget {}", self.name)))
    }

    async fn reserve_on(
        &self,
        ports: &Ports,
        deadline: Timestamp,
        sk: &'static str,
        interval: Duration,
        wanted: u32,
    ) -> Result<VecDeque<Timestamp>> {
        let pk = format!("budget#{}", self.name);
        let mut alone = true;
        for _ in 0..TRIES {
            let asked = ports.clock.now();
            let left = self.left.borrow_mut().remove(sk);
            let (item, took) = match left {
                Some(Left { item, took }) => (Some(item), took),
                None => {
                    let item = ports.state.get(&pk, sk).await?;
                    (item, ports.clock.now().duration_since(asked))
                }
            };
            // The write that follows takes as long: a slot that is past when it is had is nobody's.
            let begun = ports.clock.now();
            let now = begun + took;
            let rev = item.as_ref().map_or(0, |item| item.rev);
            let moment = |name: &str| item.as_ref().and_then(|item| item.body[name].as_str()?.parse().ok());
            let ahead = self.ahead_of(sk, now, moment("at"));
            let (at, deadline) = (now + ahead, deadline + ahead);
            let free = std::cmp::max(moment("next_free").unwrap_or(at), at);
            let last = std::cmp::min(deadline, at + LINE);
            let slots: VecDeque<Timestamp> =
                (0..wanted).map(|n| free + interval * n).take_while(|slot| *slot <= last).collect();
            let Some(end) = slots.back().map(|slot| *slot + interval) else {
                return Err(Fault::RateLimited {
                    status: None,
                    after: Duration::try_from(free.duration_since(at)).unwrap_or_default(),
                    why: format!("the rate budget {} is spent", self.name),
                });
            };
            let body = json!({ "next_free": end.to_string(), "at": (asked + ahead).to_string() });
            let item = Item { pk: pk.clone(), sk: sk.to_owned(), rev: rev + 1, body, expires: None };
            match ports.state.put(item.clone()).await? {
                Put::Done => {
                    self.ahead.borrow_mut().insert(sk, ahead);
                    let now = ports.clock.now();
                    // Where others stand in line too, the next write would be refused most of the time.
                    // And what was slow once says nothing of how long the next one takes.
                    let took = now.duration_since(begun);
                    if alone && took < SLOW {
                        self.left.borrow_mut().insert(sk, Left { item, took });
                    }
                    let mut slots: VecDeque<Timestamp> = slots.into_iter().map(|slot| slot - ahead).collect();
                    slots.retain(|slot| *slot + LATENESS >= now);
                    if !slots.is_empty() {
                        return Ok(slots);
                    }
                }
                Put::Conflict => {
                    alone = false;
                    ports.clock.sleep(interval.mul_f64(ports.clock.chance())).await;
                }
            }
        }
        Err(Fault::unavailable(format!("no turn in the rate budget {}", self.name)))
    }

    /// How far the clock of a line is ahead of one that says `now`, where the last write was at `written` by the line's.
    fn ahead_of(&self, sk: &'static str, now: Timestamp, written: Option<Timestamp>) -> SignedDuration {
        let known = self.ahead.borrow().get(sk).copied().unwrap_or_default();
        written.map_or(known, |written| written.duration_since(now).max(known))
    }
}
