//! One invocation of a function: who it is, and how it ends.

use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use bridge::ports::{Ports, Random as _, Run};
use bridge::words::kind::Kind;
use futures_util::future::LocalBoxFuture;
use tokio::time::{Instant, sleep_until};

use super::deployment::{Function, IMPORT, pull_of};
use super::{Steps, World};

tokio::task_local! {
    /// The invocation that asks.
    static CALLER: Rc<Caller>;
}

/// Who asks, and what it did with its time.
#[derive(Debug, Default)]
pub(super) struct Caller {
    pub(super) function: &'static str,
    pub(super) run: String,
    pub(super) slept: Cell<Duration>,
}

/// The function that asks, where one does.
pub(super) fn calling() -> Option<&'static str> {
    CALLER.try_with(|caller| caller.function).ok()
}

/// The function and the run that ask, where one does.
pub(super) fn running() -> Option<String> {
    CALLER.try_with(|caller| format!("{} {}", caller.function, caller.run)).ok()
}

/// Counts a sleep of the invocation that asks. One that is dropped was a limit on something that came in time.
pub(super) struct Sleeping {
    caller: Option<Rc<Caller>>,
    began: Instant,
}

impl Sleeping {
    pub(super) fn begin() -> Self {
        Self { caller: CALLER.try_with(Rc::clone).ok(), began: Instant::now() }
    }
}

impl Sleeping {
    pub(super) fn end(self) {
        if let Some(caller) = &self.caller {
            caller.slept.set(caller.slept.get() + self.began.elapsed());
        }
    }
}

/// How an invocation ended.
#[derive(Debug)]
pub enum Ended<T> {
    /// It ran to its end.
    Ran(T),
    /// The process died in the middle.
    Crashed,
    /// Lambda ended the process at the deadline.
    TimedOut,
}

impl<T> Ended<T> {
    /// What it came to, where it ran to its end.
    pub fn ran(self) -> Option<T> {
        match self {
            Self::Ran(done) => Some(done),
            Self::Crashed | Self::TimedOut => None,
        }
    }
}

/// An invocation that is about to run.
pub struct Invocation {
    /// The function.
    pub function: Function,
    /// The edges, as its process sees them.
    pub ports: Ports,
    /// Its id and deadline.
    pub run: Run,
    caller: Rc<Caller>,
}

impl World {
    /// An invocation of a function in this process, beginning now.
    #[must_use]
    pub fn invocation(&self, function: Function, ports: Ports) -> Invocation {
        self.runs.set(self.runs.get() + 1);
        let run = Run { id: format!("run-{}", self.runs.get()), deadline: self.now() + function.timeout };
        let caller = Rc::new(Caller { function: function.name, run: run.id.clone(), ..Caller::default() });
        Invocation { function, ports, run, caller }
    }

    /// Runs an invocation's handler to its end, to the step that was planned to be its last, or to its deadline. In the
    /// latter two cases its process is gone: whoever has its `ports` drops them.
    pub fn live<'a, T: 'a>(
        &'a self,
        invocation: &'a Invocation,
        handler: impl Future<Output = T> + 'a,
    ) -> impl Future<Output = Ended<T>> + 'a {
        // On the heap at once: handlers are large, and each layer around one would be as large again.
        let handler: LocalBoxFuture<'a, T> = Box::pin(handler);
        async move {
            let (began, caller) = (Instant::now(), Rc::clone(&invocation.caller));
            let deadline = began + invocation.function.timeout;
            let told = |how: &'static str| {
                let name = invocation.function.name;
                let line = || format!("{name} {} {how}", invocation.run.id);
                self.witness.happens(self.now(), line, String::new);
            };
            told("begins");
            let dies = self.dies(invocation.function).map(|after| began + after);
            let until = dies.map_or(deadline, |dies| dies.min(deadline));
            let ended = match CALLER.scope(caller, end(&self.steps, Some(until), handler)).await {
                Ended::TimedOut if until < deadline => Ended::Crashed,
                ended => ended,
            };
            let how = match &ended {
                Ended::Ran(_) => "ran",
                Ended::Crashed => "crashed",
                Ended::TimedOut => "timed out",
            };
            told(how);
            self.counters.ended(invocation.function.name, how, began.elapsed(), invocation.caller.slept.get());
            ended
        }
    }

    /// From now on so many invocations of a thousand die, at any moment.
    pub fn die(&self, of_thousand: u64) {
        self.deaths.set(of_thousand);
    }

    /// After how long an invocation that begins now dies, if it does.
    fn dies(&self, function: Function) -> Option<Duration> {
        let (of_thousand, timeout) = (self.deaths.get(), function.timeout);
        // Where Visma's refresh tokens change with every use, one that dies with the new token in it ends the consent.
        let rotates = self.vendors.visma.borrow().model.oauth.rules.refresh_rotates;
        let asks = ![Kind::PowerOffice, Kind::Finago, Kind::Procountor].map(pull_of).contains(&function);
        if of_thousand == 0 || rotates && asks && function != IMPORT {
            return None;
        }
        let [a, b, c, d, e, f, g, ..] = self.clock.bytes();
        let dies = u64::from(u16::from_be_bytes([a, b])) % 1000 < of_thousand;
        // Most of them early, where most of the work is.
        let longest = [100, 1_000, 10_000, timeout.as_secs() * 1000][usize::from(c % 4)];
        let after = Duration::from_millis(u64::from(u32::from_be_bytes([d, e, f, g])) % longest);
        dies.then_some(after)
    }

    /// An invocation in the one process that the calls by hand share.
    pub(super) fn by_hand(&self, function: Function) -> Invocation {
        self.invocation(function, self.ports())
    }

    /// Runs it; a process that is gone is replaced.
    pub(super) fn lived<'a, T: 'a>(
        &'a self,
        invocation: &'a Invocation,
        handler: impl Future<Output = T> + 'a,
    ) -> impl Future<Output = Ended<T>> + 'a {
        self.replaced(self.live(invocation, handler))
    }

    async fn replaced<T>(&self, invocation: impl Future<Output = Ended<T>>) -> Ended<T> {
        let ended = invocation.await;
        if !matches!(ended, Ended::Ran(_)) {
            self.new_process();
        }
        ended
    }

    /// Runs what is no function of the deployment; when a step of it is planned to be the last, its process is gone with
    /// everything it kept.
    pub fn alive<'a, T: 'a>(&'a self, handler: impl Future<Output = T> + 'a) -> impl Future<Output = Ended<T>> + 'a {
        self.replaced(end(&self.steps, None, Box::pin(handler)))
    }
}

/// Polls a handler until it is done, has taken its last step, or is at its deadline. What ends it is looked at after each
/// of its polls: of several that run at one time the one that took the step is the one that ends.
async fn end<T>(steps: &Steps, deadline: Option<Instant>, mut handler: LocalBoxFuture<'_, T>) -> Ended<T> {
    let mut deadline = pin!(async {
        match deadline {
            Some(deadline) => sleep_until(deadline).await,
            None => pending().await,
        }
    });
    poll_fn(|context| match handler.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Ended::Ran(done)),
        Poll::Pending if steps.crashed() => Poll::Ready(Ended::Crashed),
        Poll::Pending => deadline.as_mut().poll(context).map(|()| Ended::TimedOut),
    })
    .await
}
