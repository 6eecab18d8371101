//! What each function does with its events, and the calls by hand: one invocation after the other, in one process.

use std::cell::RefCell;
use std::time::Duration;

use bridge::roads::pull::{self, Summary};
use bridge::roads::{import, proof, reconcile, write_back};
use bridge::words::envelope::Job;
use bridge::words::kind::Kind;
use bridge::words::received_message::ReceivedMessage;

use super::deployment::{Function, IMPORT, RECONCILE, TICK, WRITE_BACK, pull_of};
use super::{Ended, Invocation, Message, World};
use crate::answers;

impl World {
    /// Hands a batch to a function's handler; the ids of the messages that are to come again (`ReportBatchItemFailures`).
    /// What a pull says of itself goes to `summaries`.
    pub(super) async fn handle(
        &self,
        invocation: &Invocation,
        messages: &[Message],
        summaries: &RefCell<Vec<Summary>>,
    ) -> Vec<String> {
        let Invocation { function, ports, run, .. } = invocation;
        match *function {
            IMPORT => return import::batch(ports, run, deliveries(messages)).await,
            WRITE_BACK => return write_back::batch(ports, run, deliveries(messages)).await,
            _ => {}
        }
        let mut failed = Vec::new();
        for message in messages {
            let done = match (serde_json::from_str::<Job>(&message.body), kind_of(*function)) {
                (Err(_), _) => false,
                (Ok(job), Some(kind)) => {
                    let pulled = pull::job(ports, run, kind, &job).await;
                    pulled.map(|summary| summaries.borrow_mut().push(summary)).is_ok()
                }
                (Ok(job), None) if job.proof.is_some() => proof::scheduled::job(ports, run, &job).await.is_ok(),
                (Ok(job), None) => reconcile::job(ports, run, &job).await.is_ok(),
            };
            if !done {
                failed.push(message.id.clone());
            }
        }
        failed
    }

    /// What a function does on a schedule event.
    pub(super) async fn scheduled(&self, invocation: &Invocation) {
        // What fails is done by the next one.
        let _ = match kind_of(invocation.function) {
            Some(kind) => pull::schedule(&invocation.ports, kind).await,
            None => reconcile::schedule(&invocation.ports).await,
        };
    }

    /// One schedule event of a pull, its jobs, and the imports that follow; a job or message whose process dies comes
    /// again, as SQS has it. The clock then stands at the next tick.
    pub async fn tick(&self, kind: Kind) -> Vec<Summary> {
        if let Some(lag) = answers::lag() {
            self.wait(lag).await;
        }
        let began = self.now();
        self.schedule(pull_of(kind)).await;
        let summaries = RefCell::default();
        // Jobs that come back for want of room meet a queue that is being imported.
        while let Some((function, next)) = self.earliest(&[pull_of(kind), IMPORT]) {
            self.wait_until(next).await;
            self.batch(function, &summaries).await;
        }
        let summaries = summaries.into_inner();
        self.wait_until(began + TICK).await;
        summaries
    }

    /// One schedule event of the reconcile, its jobs, and the write-backs that follow. The clock then stands at the next
    /// tick.
    pub async fn reconcile(&self) {
        let began = self.now();
        self.schedule(RECONCILE).await;
        self.drain(RECONCILE, &RefCell::default()).await;
        self.write_back_all().await;
        self.wait_until(began + TICK).await;
    }

    /// One schedule event of the proof, and its jobs.
    pub async fn prove(&self) {
        let invocation = self.by_hand(RECONCILE);
        let _ = self.lived(&invocation, proof::scheduled::schedule(&invocation.ports)).await;
        self.drain(RECONCILE, &RefCell::default()).await;
    }

    /// One schedule event.
    pub async fn schedule(&self, function: Function) {
        let invocation = self.by_hand(function);
        let _ = self.lived(&invocation, self.scheduled(&invocation)).await;
    }

    /// Runs the jobs on a pull's job queue until none is left. A job whose process died waits for its visibility time-out,
    /// and meets the lease.
    pub async fn pull_jobs(&self, kind: Kind) -> Vec<Summary> {
        let summaries = RefCell::default();
        self.drain(pull_of(kind), &summaries).await;
        summaries.into_inner()
    }

    /// One invocation of a pull function.
    pub async fn pull(&self, kind: Kind, job: &Job) -> Ended<bridge::words::fault::Result<Summary>> {
        let invocation = self.by_hand(pull_of(kind));
        self.lived(&invocation, pull::job(&invocation.ports, &invocation.run, kind, job)).await
    }

    /// Invokes the import until the queue is empty or gives nothing more.
    pub async fn import_all(&self) {
        self.drain(IMPORT, &RefCell::default()).await;
    }

    /// One batch of the import; whether all of it was taken off the queue. Where everything is hidden, the time-out passes
    /// first.
    pub async fn import(&self) -> bool {
        self.batch(IMPORT, &RefCell::default()).await
    }

    /// Invokes the write-back until its queue is empty or gives nothing more.
    pub async fn write_back_all(&self) {
        self.drain(WRITE_BACK, &RefCell::default()).await;
    }

    /// As [`World::import`], of the write-back.
    pub async fn write_back(&self) -> bool {
        self.batch(WRITE_BACK, &RefCell::default()).await
    }

    /// One job of the reconcile.
    pub async fn reconcile_job(&self) -> bool {
        self.batch(RECONCILE, &RefCell::default()).await
    }

    async fn drain(&self, function: Function, summaries: &RefCell<Vec<Summary>>) {
        for _ in 0..5000 {
            if self.memory.queue_of(function).is_empty(self.now()) {
                return;
            }
            self.batch(function, summaries).await;
        }
        let log = self.logs.text();
        eprintln!("{}", log.lines().rev().take(12).collect::<Vec<_>>().join("\n"));
        panic!("the queue of {} does not come to an end", function.name);
    }

    /// Of these functions, the one that gets something from its queue first, and when.
    fn earliest(&self, functions: &[Function]) -> Option<(Function, jiff::Timestamp)> {
        let next = |function: &Function| Some((*function, self.memory.queue_of(*function).next(self.now())?));
        functions.iter().filter_map(next).min_by_key(|(_, next)| (*next).max(self.now()))
    }

    async fn batch(&self, function: Function, summaries: &RefCell<Vec<Summary>>) -> bool {
        if let Some(next) = self.memory.queue_of(function).next(self.now()) {
            self.wait_until(next).await;
        }
        let messages = self.memory.receive(function);
        let invocation = self.by_hand(function);
        match self.lived(&invocation, self.handle(&invocation, &messages, summaries)).await {
            Ended::Ran(failed) => {
                self.memory.settle(function, &messages, &failed);
                failed.is_empty()
            }
            Ended::Crashed | Ended::TimedOut => false,
        }
    }

    /// Lets time pass until then.
    pub async fn wait_until(&self, then: jiff::Timestamp) {
        if let Ok(rest) = Duration::try_from(then.duration_since(self.now())) {
            self.wait(rest).await;
        }
    }
}

fn deliveries(messages: &[Message]) -> Vec<ReceivedMessage> {
    let delivery = |message: &Message| {
        let Message { id, group, received, body, .. } = message.clone();
        ReceivedMessage { receipt: id.clone(), id, group, received, body }
    };
    messages.iter().map(delivery).collect()
}

fn kind_of(function: Function) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| pull_of(*kind) == function)
}
