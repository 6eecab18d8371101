//! Event source mappings and schedules that run functions side by side, as Lambda does.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use bridge::ports::Ports;
use bridge::roads::pull::Summary;
use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;

use super::deployment::{FUNCTIONS, Function, TICK};
use super::{Ended, World};

/// Invocations of one account at one time (Lambda quotas).
const ACCOUNT: usize = 1_000;

/// Pollers with which a mapping begins, and how many are added in a minute while there is work (Lambda developer guide,
/// "Configuring scaling behavior for SQS event source mappings").
const POLLERS: usize = 5;
const POLLERS_A_MINUTE: usize = 300;

/// Looked again after this time, whatever stirs.
const LONG: Duration = Duration::from_secs(3600);

/// An invocation that ended: its function, its process if that still lives, and how.
struct Over {
    function: Function,
    process: Option<Ports>,
}

/// A mapping's invocations.
#[derive(Default)]
struct Running {
    now: usize,
    most: usize,
    /// Since when it has had work without a pause.
    busy: Option<Timestamp>,
}

/// Runs a world's functions from their queues and schedules. What it has begun goes on in its next run, and ends with it.
pub struct Pump<'w> {
    world: &'w World,
    schedules: Vec<(Function, Timestamp)>,
    /// Until then no schedule event comes.
    missing: Option<Timestamp>,
    running: BTreeMap<&'static str, Running>,
    processes: BTreeMap<&'static str, Vec<Ports>>,
    fresh: bool,
    invocations: FuturesUnordered<LocalBoxFuture<'w, Over>>,
    concurrency: BTreeMap<&'static str, usize>,
    account: usize,
}

impl<'w> Pump<'w> {
    /// Of every queue that has a function, with no schedule.
    #[must_use]
    pub fn new(world: &'w World) -> Self {
        Self {
            world,
            schedules: Vec::new(),
            missing: None,
            running: BTreeMap::new(),
            processes: BTreeMap::new(),
            fresh: false,
            invocations: FuturesUnordered::new(),
            concurrency: BTreeMap::new(),
            account: ACCOUNT,
        }
    }

    /// Calls these functions every quarter of an hour, beginning now.
    #[must_use]
    pub fn scheduled(mut self, functions: impl IntoIterator<Item = Function>) -> Self {
        let now = self.world.now();
        self.schedules.extend(functions.into_iter().map(|function| (function, now)));
        self
    }

    /// Every schedule event that is next comes now as well.
    pub fn tick_twice(&mut self) {
        let (now, schedules) = (self.world.now(), self.schedules.clone());
        self.schedules.iter_mut().for_each(|(_, at)| *at = now);
        self.fire(now);
        self.schedules = schedules;
    }

    /// No schedule event comes until then.
    pub fn no_tick_until(&mut self, until: Timestamp) {
        self.missing = Some(until);
    }

    /// The account has no more than so many invocations at one time from now on; `None`: what Lambda gives an account.
    pub fn account_has(&mut self, most: Option<usize>) {
        self.account = most.unwrap_or(ACCOUNT);
    }

    /// Every process that waits for its next invocation ends.
    pub fn end_idle_processes(&mut self) {
        self.processes.clear();
    }

    /// Every invocation has a new process; else one that ended well serves the next.
    #[must_use]
    pub fn with_new_processes(mut self) -> Self {
        self.fresh = true;
        self
    }

    /// Another `MaximumConcurrency` than the template's.
    #[must_use]
    pub fn with_concurrency(mut self, function: Function, most: usize) -> Self {
        self.concurrency.insert(function.name, most);
        self
    }

    /// From now on a function's queue is worked at by so many at one time; `None`: as the template has it.
    pub fn limit(&mut self, function: Function, most: Option<usize>) {
        match most {
            Some(most) => self.concurrency.insert(function.name, most),
            None => self.concurrency.remove(function.name),
        };
    }

    /// The most invocations of a function that there were at one time.
    #[must_use]
    pub fn most(&self, function: Function) -> usize {
        self.running.get(function.name).map_or(0, |running| running.most)
    }

    /// Runs for so long.
    pub async fn run(&mut self, time: Duration) {
        self.run_until(self.world.now() + time).await;
    }

    /// Runs until then.
    pub async fn run_until(&mut self, until: Timestamp) {
        while self.step(until).await {}
    }

    /// Goes on while something is done beside it, until that is done.
    pub async fn meanwhile<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            let until = self.world.now() + LONG;
            tokio::select! {
                biased;
                done = &mut work => return done,
                _ = self.step(until) => {}
            }
        }
    }

    /// Runs until nothing runs and nothing stands in a queue, or until then; whether it came to an end. Schedules go on.
    pub async fn drain(&mut self, until: Timestamp) -> bool {
        loop {
            let now = self.world.now();
            if self.invocations.is_empty() && self.world.memory.queues().all(|queue| queue.is_empty(now)) {
                return true;
            }
            if !self.step(until).await {
                return false;
            }
        }
    }

    /// Begins what can begin, and waits until something changes; false where the time is up.
    async fn step(&mut self, until: Timestamp) -> bool {
        let now = self.world.now();
        if now >= until {
            return false;
        }
        self.fire(now);
        let next = FUNCTIONS.into_iter().filter_map(|function| self.poll(function, now)).min();
        let scheduled = self.schedules.iter().map(|(_, at)| *at).min();
        let next = [next, scheduled].into_iter().flatten().fold(until, Timestamp::min);
        tokio::select! {
            biased;
            Some(over) = self.invocations.next() => self.over(over),
            () = self.world.memory.stirred.notified() => {}
            () = self.world.wait_until(next) => {}
        }
        true
    }

    fn fire(&mut self, now: Timestamp) {
        for at in 0..self.schedules.len() {
            let (function, due) = self.schedules[at];
            if due <= now {
                self.schedules[at].1 = due + TICK;
                if self.missing.is_some_and(|until| now < until) {
                    continue;
                }
                let process = self.process(function);
                let world = self.world;
                self.invocations.push(Box::pin(async move {
                    let invocation = world.invocation(function, process);
                    let ended = world.live(&invocation, world.scheduled(&invocation)).await;
                    Over { function, process: ended.ran().map(|()| invocation.ports) }
                }));
                self.begun(function);
            }
        }
    }

    /// Invokes a function for every batch that it may take now; when it is worth looking again.
    fn poll(&mut self, function: Function, now: Timestamp) -> Option<Timestamp> {
        let mapping = function.mapping?;
        let configured = self.concurrency.get(function.name).copied().or(mapping.concurrency);
        loop {
            let queue = self.world.memory.queue_of(function);
            let next = queue.next(now);
            let running = self.running.entry(function.name).or_default();
            let Some(next) = next.filter(|next| *next <= now) else {
                if running.now == 0 {
                    running.busy = None;
                }
                return next;
            };
            let busy = Duration::try_from(now.duration_since(*running.busy.get_or_insert(next))).unwrap_or_default();
            let pollers = POLLERS + busy.as_secs() as usize * POLLERS_A_MINUTE / 60;
            if running.now >= configured.unwrap_or(ACCOUNT) || self.invocations.len() >= self.account {
                return None;
            }
            if running.now >= pollers {
                return Some(now + Duration::from_secs(1));
            }
            let messages = self.world.memory.receive(function);
            // All of it may have gone to the dead-letter queue.
            if messages.is_empty() {
                continue;
            }
            let (world, process) = (self.world, self.process(function));
            self.invocations.push(Box::pin(async move {
                let invocation = world.invocation(function, process);
                let summaries: RefCell<Vec<Summary>> = RefCell::default();
                let ended = world.live(&invocation, world.handle(&invocation, &messages, &summaries)).await;
                let Ended::Ran(failed) = ended else { return Over { function, process: None } };
                world.memory.settle(function, &messages, &failed);
                Over { function, process: Some(invocation.ports) }
            }));
            self.begun(function);
        }
    }

    fn process(&mut self, function: Function) -> Ports {
        let idle = self.processes.entry(function.name).or_default().pop();
        idle.unwrap_or_else(|| self.world.process())
    }

    fn begun(&mut self, function: Function) {
        let running = self.running.entry(function.name).or_default();
        running.now += 1;
        running.most = running.most.max(running.now);
    }

    fn over(&mut self, over: Over) {
        self.running.entry(over.function.name).or_default().now -= 1;
        if let Some(process) = over.process.filter(|_| !self.fresh) {
            self.processes.entry(over.function.name).or_default().push(process);
        }
    }
}
