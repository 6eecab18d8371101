//! A batch of a FIFO queue: the groups side by side, a group's messages one after the other.
//!
//! What cannot be done now goes back to the queue with a pause of its own: none for what was only not begun, a growing one
//! for what failed. What keeps failing while its system answers others is parked, so that its group goes on. The batch ends
//! before its invocation does, whatever a peer does.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt as _;
use futures_util::future::join_all;

use crate::http::{RESERVE, has_time, within};
use crate::ports::{Fifo, Ports, Run};
use crate::state::delivery_fault::DeliveryFault;
use crate::state::schema_drift;
use crate::state::tries::Tries;
use crate::words::backoff;
use crate::words::fault::{Fault, Result};
use crate::words::received_message::ReceivedMessage;

/// Tries of one message after which the message itself is suspected.
const SUSPECT: u32 = 5;

/// The same of one that was parked for that before: each try may hold its group up for as long as an exchange lasts.
const SUSPECT_AGAIN: u32 = 2;

/// What is left of an invocation when the notes about a message that failed are written, which may hang as well.
pub(crate) const NOTES: Duration = Duration::from_secs(9);

/// What is left of it when a suspected message is parked.
const PARKING: Duration = Duration::from_secs(5);

/// What is left of it when the queue is told the pauses: for the answer.
const TELLING: Duration = Duration::from_secs(2);

/// What is left of it for the answer alone.
const ANSWER: Duration = Duration::from_millis(1500);

/// The longest pause that a vendor can ask for.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// The names by which a message is found in the logs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// Whose record.
    pub tenant_id: Option<String>,
    /// Feed, in or back.
    pub feed: Option<&'static str>,
    /// The record's key.
    pub key: Option<String>,
    /// The number a person asks for.
    pub number: Option<String>,
    /// The run that read it.
    pub correlation_id: Option<String>,
}

/// What is done with the messages of a queue.
#[async_trait(?Send)]
pub(crate) trait Consumer {
    /// Deals with one message.
    ///
    /// # Errors
    /// What gives it back to the queue, with the rest of its group.
    async fn deliver(&self, delivery: &ReceivedMessage) -> Result<()>;

    /// Whether the systems that a message needs answer others.
    async fn reachable(&self, delivery: &ReceivedMessage) -> bool;

    /// Keeps what a message carries, with the reason, so that it can be deleted. `stubborn`: it failed again and again while
    /// its systems answered others.
    ///
    /// # Errors
    /// When it cannot be kept.
    async fn park(&self, delivery: &ReceivedMessage, reason: &str, stubborn: bool) -> Result<()>;

    /// Whether what a message is about was parked as stubborn when it was tried last.
    async fn is_stubborn(&self, delivery: &ReceivedMessage) -> bool;

    /// Writes what was kept until all messages of the batch were dealt with. Returns the ids of those that have to come again,
    /// since theirs could not be written.
    async fn finish(&self) -> Vec<(String, Fault)> {
        Vec::new()
    }

    /// Whose message it is.
    fn names(&self, delivery: &ReceivedMessage) -> Names;
}

/// Why a message goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Back {
    /// It was not begun.
    NotBegun,
    /// It failed, and waits for this long.
    Failed(Duration),
    /// It was not tried, since its connection had failed before: it waits for as long as that does.
    NotTried(Duration),
}

/// Deals with a batch. Returns the ids of the messages that go back to the queue.
pub(crate) async fn run(
    ports: &Ports,
    run: &Run,
    queue: Fifo,
    deliveries: &[ReceivedMessage],
    consumer: &dyn Consumer,
) -> Vec<String> {
    let batch = Batch { ports, run, queue, consumer, faults: RefCell::default(), came_again: RefCell::default() };
    let mut groups: Vec<(&str, Vec<&ReceivedMessage>)> = Vec::new();
    for delivery in deliveries {
        match groups.iter_mut().find(|(group, _)| *group == delivery.group) {
            Some((_, group)) => group.push(delivery),
            None => groups.push((&delivery.group, vec![delivery])),
        }
    }
    let mut back: Vec<(&ReceivedMessage, Back)> =
        join_all(groups.iter().map(|(_, group)| batch.group(group))).await.into_iter().flatten().collect();
    for (id, fault) in consumer.finish().await {
        let undone = deliveries.iter().find(|delivery| delivery.id == id);
        back.extend(undone.map(|delivery| (delivery, batch.failed(delivery, delivery.received, &fault))));
    }
    batch.put_off(&back).await;
    batch.note_faults().await;
    schema_drift::keep(ports, run).await;
    back.into_iter().map(|(delivery, _)| delivery.id.clone()).collect()
}

struct Batch<'a> {
    ports: &'a Ports,
    run: &'a Run,
    queue: Fifo,
    consumer: &'a dyn Consumer,
    /// By tenant, the last one that gave a message back.
    faults: RefCell<BTreeMap<String, Fault>>,
    /// Tenants of which a message was dealt with that had come before: what was in its way may be over.
    came_again: RefCell<BTreeSet<String>>,
}

impl Batch<'_> {
    /// Deals with a group up to the first message that goes back; that one and all behind it are returned.
    async fn group<'d>(&self, group: &[&'d ReceivedMessage]) -> Vec<(&'d ReceivedMessage, Back)> {
        for (at, delivery) in group.iter().enumerate() {
            let head = if has_time(self.ports, self.run.deadline) {
                self.message(delivery).await
            } else {
                Some(Back::NotBegun)
            };
            if let Some(back) = head {
                let rest = group[at + 1..].iter().map(|behind| (*behind, Back::NotBegun));
                return std::iter::once((*delivery, back)).chain(rest).collect();
            }
        }
        Vec::new()
    }

    /// Deals with one message; `None` where it is done.
    async fn message(&self, delivery: &ReceivedMessage) -> Option<Back> {
        let deadline = self.run.deadline - RESERVE;
        let tenant_id = self.consumer.names(delivery).tenant_id;
        let begun = Tries::begin(self.ports, self.queue, tenant_id.as_deref(), delivery);
        let mut tries = match within(self.ports, deadline, begun).await {
            Ok(tries) => tries,
            Err(fault) => return Some(self.failed(delivery, delivery.received, &fault)),
        };
        let delivered = within(self.ports, deadline, self.deliver(delivery)).await;
        if delivered.is_ok() && delivery.received > 1 {
            self.came_again.borrow_mut().extend(tenant_id);
        }
        let fault = delivered.err()?;
        if !fault.was_tried() {
            let undone = within(self.ports, self.run.deadline - NOTES, tries.not_begun(self.ports)).await;
            self.log(delivery, &fault, undone.err().as_ref());
            return Some(match fault {
                Fault::RateLimited { after, .. } if !after.is_zero() => Back::NotTried(after.min(LONGEST)),
                _ => Back::NotBegun,
            });
        }
        let noted = within(self.ports, self.run.deadline - NOTES, tries.failed(self.ports)).await;
        if noted.is_ok()
            && matches!(fault, Fault::Unavailable { .. })
            && self.is_suspected(delivery, tries.count).await
            && self.parked(delivery, tries.count, &fault).await
        {
            return None;
        }
        Some(self.failed(delivery, tries.count, &fault))
    }

    /// A panic is one message's own affair too.
    async fn deliver(&self, delivery: &ReceivedMessage) -> Result<()> {
        match AssertUnwindSafe(self.consumer.deliver(delivery)).catch_unwind().await {
            Ok(delivered) => delivered,
            Err(_) => self.consumer.park(delivery, "the work on this record panicked", false).await,
        }
    }

    async fn is_suspected(&self, delivery: &ReceivedMessage, tries: u32) -> bool {
        if !(SUSPECT_AGAIN..SUSPECT).contains(&tries) {
            return tries >= SUSPECT;
        }
        let asked = async { Ok(self.consumer.is_stubborn(delivery).await) };
        within(self.ports, self.run.deadline - PARKING, asked).await.unwrap_or(false)
    }

    /// Parks a message that keeps failing, if its systems answer others.
    async fn parked(&self, delivery: &ReceivedMessage, tries: u32, fault: &Fault) -> bool {
        let park = async {
            if !self.consumer.reachable(delivery).await {
                return Ok(false);
            }
            let reason = format!("failed {tries} times while its systems answer others: {fault}");
            self.consumer.park(delivery, &reason, true).await.map(|()| true)
        };
        within(self.ports, self.run.deadline - PARKING, park).await.unwrap_or(false)
    }

    fn failed(&self, delivery: &ReceivedMessage, tries: u32, fault: &Fault) -> Back {
        self.log(delivery, fault, None);
        if let Some(tenant_id) = self.consumer.names(delivery).tenant_id {
            self.faults.borrow_mut().insert(tenant_id, fault.clone());
        }
        let pause = backoff::after(tries);
        Back::Failed(match fault {
            Fault::RateLimited { after, .. } => pause.max((*after).min(LONGEST)),
            _ => pause,
        })
    }

    fn log(&self, delivery: &ReceivedMessage, fault: &Fault, also: Option<&Fault>) {
        let Names { tenant_id, feed, key, number, correlation_id } = self.consumer.names(delivery);
        macro_rules! given_back {
            ($level:ident) => {
                tracing::$level!(
                    target: "batch",
                    queue = self.queue.word(),
                    tenant_id,
                    feed,
                    key,
                    number,
                    correlation_id = correlation_id.as_deref().unwrap_or(&self.run.id),
                    group = delivery.group,
                    received = delivery.received,
                    fault = fault.name(),
                    reason = %fault,
                    also = also.map(tracing::field::display),
                    "given back"
                )
            };
        }
        // What waits for its turn is no error of anybody's.
        if fault.was_tried() || also.is_some() { given_back!(error) } else { given_back!(info) }
    }

    /// Notes what gave messages back, once a tenant, and that it is over for those whose messages get through again.
    async fn note_faults(&self) {
        let (faults, mut over) = (self.faults.take(), self.came_again.take());
        over.retain(|tenant_id| !faults.contains_key(tenant_id));
        let notes = async {
            for (tenant_id, fault) in &faults {
                DeliveryFault::note(self.ports, self.queue, tenant_id, fault, self.system(tenant_id)).await?;
            }
            for tenant_id in &over {
                DeliveryFault::end(self.ports, self.queue, tenant_id).await?;
            }
            Ok(())
        };
        if let Err(fault) = within(self.ports, self.run.deadline - ANSWER, notes).await {
            tracing::warn!(target: "batch", queue = self.queue.word(), correlation_id = self.run.id, reason = %fault, "note");
        }
    }

    /// Whose fault it was: an import calls Ongoing alone; a write-back is known by the connection that failed.
    fn system(&self, tenant_id: &str) -> Option<String> {
        match self.queue {
            Fifo::Import => Some("ongoing".to_owned()),
            Fifo::WriteBack => self.ports.circuits.as_ref()?.failed_of(tenant_id).into_iter().next(),
        }
    }

    /// Tells the queue when each message is to come again. Where it cannot be told, its own time-out ends the pause.
    async fn put_off(&self, back: &[(&ReceivedMessage, Back)]) {
        let pauses: Vec<(String, Duration)> = back
            .iter()
            .map(|(delivery, back)| {
                let pause = match back {
                    Back::NotBegun => Duration::ZERO,
                    Back::Failed(pause) | Back::NotTried(pause) => *pause,
                };
                (delivery.receipt.clone(), pause)
            })
            .collect();
        if pauses.is_empty() {
            return;
        }
        let told = within(self.ports, self.run.deadline - TELLING, self.ports.queue.put_off(self.queue, &pauses)).await;
        if let Err(fault) = told {
            tracing::warn!(target: "batch", queue = self.queue.word(), correlation_id = self.run.id, reason = %fault, "put off");
        }
    }
}
