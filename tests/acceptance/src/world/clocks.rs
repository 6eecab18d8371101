//! Clocks of different processes, which are apart by seconds.

use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;
use bridge::ports::{Clock, Random as _};
use jiff::{SignedDuration, Timestamp};

use super::{Paused, World};

/// The clock of a process: off by the same for as long as the process lives.
struct Off {
    clock: Rc<Paused>,
    by: SignedDuration,
}

#[async_trait(?Send)]
impl Clock for Off {
    fn now(&self) -> Timestamp {
        self.clock.now() + self.by
    }

    async fn sleep(&self, pause: Duration) {
        self.clock.sleep(pause).await;
    }

    fn chance(&self) -> f64 {
        self.clock.chance()
    }
}

impl World {
    /// From now on a new process has a clock that is off by so many seconds at most.
    pub fn clocks_apart(&self, seconds: u64) {
        self.clocks_apart.set(seconds);
    }

    /// The clock of a new process.
    pub(super) fn clock_of_a_process(&self) -> Rc<dyn Clock> {
        let most = i64::try_from(self.clocks_apart.get()).unwrap_or_default() * 1000;
        if most == 0 {
            return Rc::clone(&self.clock) as Rc<_>;
        }
        let [a, b, c, d, ..] = self.clock.bytes();
        let by = i64::from(u32::from_be_bytes([a, b, c, d])) % (2 * most + 1) - most;
        Rc::new(Off { clock: Rc::clone(&self.clock), by: SignedDuration::from_millis(by) })
    }
}
