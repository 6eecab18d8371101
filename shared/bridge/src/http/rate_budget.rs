//! The shared rate budgets: a vendor's limit holds for all tenants of a deployment together, over all function instances.
//!
//! A budget is an item in the state table that says when its next free slot is. Whoever needs slots reserves a few in a
//! row by a conditional write, and uses each at its own time. A slot that was not used in time is gone: used later it
//! would stand beside somebody else's. Reserving few at a time makes it fair, since everybody queues again.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crate::ports::{Item, Ports, Put};
use crate::words::fault::{Fault, Result};

/// How late a slot may be used.
const LATENESS: Duration = Duration::from_millis(25);

/// Slots reserved with one write.
const CHUNK: u32 = 4;

/// Conditional writes tried before giving up until later.
const TRIES: u32 = 200;

/// A turn-taker on one budget.
pub struct RateBudget {
    name: String,
    interval: Duration,
    slots: RefCell<VecDeque<Timestamp>>,
}

impl RateBudget {
    /// A budget of one call per `interval`, shared by all that use this name.
    #[must_use]
    pub fn new(name: impl Into<String>, interval: Duration) -> Self {
        Self { name: name.into(), interval, slots: RefCell::default() }
    }

    /// Waits for the next free slot.
    ///
    /// # Errors
    /// [`Fault::RateLimited`] when the next free slot is after the deadline; when the state table cannot be reached.
    pub async fn acquire(&self, ports: &Ports, deadline: Timestamp) -> Result<()> {
        for _ in 0..TRIES {
            let slot = self.slots.borrow_mut().pop_front();
            let now = ports.clock.now();
            match slot {
                Some(slot) if slot + LATENESS < now => {}
                Some(slot) if slot > deadline => {
                    let after = Duration::try_from(slot.duration_since(now)).unwrap_or_default();
                    return Err(Fault::RateLimited {
                        status: None,
                        after,
                        why: format!("the rate budget {} is spent", self.name),
                    });
                }
                Some(slot) => {
                    ports.clock.sleep(Duration::try_from(slot.duration_since(now)).unwrap_or_default()).await;
                    return Ok(());
                }
                None => self.reserve(ports, now).await?,
            }
        }
        Err(Fault::unavailable(format!("no turn in the rate budget {}", self.name)))
    }

    async fn reserve(&self, ports: &Ports, now: Timestamp) -> Result<()> {
        let pk = format!("budget#{}", self.name);
        let item = ports.state.get(&pk, "slots").await?;
        let (rev, free) = match item {
            None => (0, now),
            Some(item) => {
                let free = item.body["next_free"].as_str().and_then(|text| text.parse().ok()).unwrap_or(now);
                (item.rev, std::cmp::max(free, now))
            }
        };
        let slots: Vec<Timestamp> = (0..CHUNK).map(|n| free + self.interval * n).collect();
        let item = Item {
            pk,
            sk: "slots".into(),
            rev: rev + 1,
            body: json!({ "next_free": (free + self.interval * CHUNK).to_string() }),
            expires: None,
        };
        match ports.state.put(item).await? {
            Put::Done => self.slots.borrow_mut().extend(slots),
            Put::Conflict => ports.clock.sleep(self.interval.mul_f64(ports.clock.chance())).await,
        }
        Ok(())
    }
}
