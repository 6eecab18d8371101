//! What the template says of functions and queues. A test holds this list equal to it (`tests/template`).

use std::time::Duration;

use bridge::words::kind::Kind;

use super::sqs::Attributes;

/// A Lambda function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name, without the stack's.
    pub name: &'static str,
    /// After this the process is ended, whatever it is doing.
    pub timeout: Duration,
    /// Where its work waits, if that is a queue.
    pub mapping: Option<Mapping>,
    /// Whether it is called every quarter of an hour.
    pub scheduled: bool,
}

/// An event source mapping from a queue to a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The queue.
    pub queue: Attributes,
    /// Messages of one invocation.
    pub batch: usize,
    /// `MaximumConcurrency`.
    pub concurrency: Option<usize>,
}

/// Between two schedule events.
pub const TICK: Duration = Duration::from_secs(15 * 60);

const DAY: u64 = 24 * 3600;

/// SQS keeps a message for four days where nothing is said (SQS API reference, `SetQueueAttributes`).
const UNSAID_RETENTION: Duration = Duration::from_secs(4 * DAY);

/// The longest that SQS keeps a message, and what every dead-letter queue says.
pub const LONGEST_RETENTION: Duration = Duration::from_secs(14 * DAY);

const fn fifo(name: &'static str) -> Option<Mapping> {
    let queue = Attributes {
        name,
        fifo: true,
        visibility: Duration::from_secs(720),
        retention: LONGEST_RETENTION,
        most_receives: 500,
    };
    Some(Mapping { queue, batch: 10, concurrency: None })
}

const fn jobs(name: &'static str, concurrency: Option<usize>) -> Option<Mapping> {
    let queue = Attributes {
        name,
        fifo: false,
        visibility: Duration::from_secs(1800),
        retention: UNSAID_RETENTION,
        most_receives: 5,
    };
    Some(Mapping { queue, batch: 1, concurrency })
}

const fn scheduled(name: &'static str, queue: &'static str, concurrency: Option<usize>) -> Function {
    Function { name, timeout: Duration::from_secs(300), mapping: jobs(queue, concurrency), scheduled: true }
}

/// A pull waits in its queue, not in the line of a rate budget: as many at one time as use up the vendor's limit.
const fn pull(name: &'static str, queue: &'static str, concurrency: usize) -> Function {
    scheduled(name, queue, Some(concurrency))
}

const fn called(name: &'static str, seconds: u64) -> Function {
    Function { name, timeout: Duration::from_secs(seconds), mapping: None, scheduled: false }
}

/// The import.
pub const IMPORT: Function =
    Function { name: "wms-import", timeout: Duration::from_secs(120), mapping: fifo("import.fifo"), scheduled: false };

/// The write-back.
pub const WRITE_BACK: Function = Function {
    name: "writeback",
    timeout: Duration::from_secs(120),
    mapping: match fifo("writeback.fifo") {
        Some(mapping) => Some(Mapping { concurrency: Some(10), ..mapping }),
        None => None,
    },
    scheduled: false,
};

/// The reconcile.
pub const RECONCILE: Function = scheduled("reconcile", "reconcile-jobs", None);

/// Every function.
pub const FUNCTIONS: [Function; 10] = [
    IMPORT,
    pull("pull-poweroffice", "pull-poweroffice-jobs", 4),
    pull("pull-finago", "pull-finago-jobs", 2),
    pull("pull-procountor", "pull-procountor-jobs", 20),
    pull("pull-visma", "pull-visma-jobs", 10),
    WRITE_BACK,
    RECONCILE,
    called("ongoing-webhook", 10),
    called("connect", 28),
    called("rotate-credentials", 120),
];

/// The function with this name.
///
/// # Panics
/// Where there is none.
#[must_use]
pub fn function(name: &str) -> Function {
    let found = FUNCTIONS.into_iter().find(|function| function.name == name);
    found.unwrap_or_else(|| panic!("there is no function {name}"))
}

/// The pull function of an ERP.
#[must_use]
pub fn pull_of(kind: Kind) -> Function {
    function(&format!("pull-{kind}"))
}
