//! Edges through which work goes on until a person stops it: no call is begun then but those that clean up, no pause lasts,
//! and the call under way is waited for, since its answer may say what it made.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use jiff::Timestamp;

use crate::ports::{Broken, Clock, Ports, Transport};

/// How soon a pause ends after a stop.
const LOOK: Duration = Duration::from_millis(200);

/// The hand of the person who may stop it.
#[derive(Debug, Default)]
pub struct Stop {
    stopped: Cell<bool>,
    cleaning: Cell<bool>,
    calling: Cell<usize>,
}

impl Stop {
    /// No call is begun any more but those that clean up.
    pub fn stop(&self) {
        self.stopped.set(true);
    }

    /// Whether a person stopped it.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stopped.get()
    }

    /// Does what cleans up, which goes on although it was stopped.
    pub(crate) async fn clean_up<T>(&self, work: impl Future<Output = T>) -> T {
        let before = self.cleaning.replace(true);
        let done = work.await;
        self.cleaning.set(before);
        done
    }

    fn may_call(&self) -> bool {
        !self.stopped.get() || self.cleaning.get()
    }

    /// A pause beside a call is the time that its answer has.
    fn lets_pause(&self) -> bool {
        self.may_call() || self.calling.get() > 0
    }
}

/// The same edges, which a stop closes.
#[must_use]
pub fn stoppable(ports: &Ports, stop: &Rc<Stop>) -> Ports {
    let stop = || Rc::clone(stop);
    Ports {
        clock: Rc::new(Stoppable { edge: Rc::clone(&ports.clock), stop: stop() }),
        transport: Rc::new(Stoppable { edge: Rc::clone(&ports.transport), stop: stop() }),
        ..ports.clone()
    }
}

struct Stoppable<T: ?Sized> {
    edge: Rc<T>,
    stop: Rc<Stop>,
}

/// A call under way, which may be dropped before its answer.
struct Calling<'a>(&'a Stop);

impl<'a> Calling<'a> {
    fn begin(stop: &'a Stop) -> Self {
        stop.calling.set(stop.calling.get() + 1);
        Self(stop)
    }
}

impl Drop for Calling<'_> {
    fn drop(&mut self) {
        self.0.calling.set(self.0.calling.get() - 1);
    }
}

#[async_trait(?Send)]
impl Transport for Stoppable<dyn Transport> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Broken> {
        if !self.stop.may_call() {
            return Err(Broken::Stopped);
        }
        let _calling = Calling::begin(&self.stop);
        self.edge.send(request).await
    }
}

#[async_trait(?Send)]
impl Clock for Stoppable<dyn Clock> {
    fn now(&self) -> Timestamp {
        self.edge.now()
    }

    async fn sleep(&self, pause: Duration) {
        let mut left = pause;
        while !left.is_zero() && self.stop.lets_pause() {
            let part = left.min(LOOK);
            self.edge.sleep(part).await;
            left = left.saturating_sub(part);
        }
    }

    fn chance(&self) -> f64 {
        self.edge.chance()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn once_it_is_stopped_only_what_cleans_up_begins_a_call_and_the_one_under_way_has_its_time() {
        let stop = Stop::default();
        assert!(stop.may_call() && stop.lets_pause());
        let calling = Calling::begin(&stop);
        stop.stop();
        assert!(stop.is_stopped() && !stop.may_call() && stop.lets_pause());
        drop(calling);
        assert!(!stop.lets_pause());
        assert_eq!(stop.clean_up(async { stop.may_call() }).now_or_never(), Some(true));
        assert!(!stop.may_call());
    }
}
