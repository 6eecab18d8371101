//! Lambda's runtime interface for one process at a time.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::Notify;

use super::http::{Request, Response};

/// What Lambda gives at most.
const TIME: Duration = Duration::from_secs(15 * 60);

/// Invocations that wait, and what became of them.
#[derive(Default)]
pub struct Runtime {
    waiting: RefCell<VecDeque<String>>,
    served: Cell<usize>,
    idle: Cell<bool>,
    /// Counts the processes: what an earlier one still waits for is nobody's.
    process: Cell<u64>,
    polled: Cell<Option<Instant>>,
    ended: Cell<Option<Instant>>,
    failures: RefCell<Vec<String>>,
    more: Notify,
    changed: Notify,
}

impl Runtime {
    /// Forgets what was: another process is about to be started.
    pub fn reset(&self) {
        self.process.set(self.process.get() + 1);
        self.more.notify_waiters();
        self.waiting.borrow_mut().clear();
        self.failures.borrow_mut().clear();
        self.served.set(0);
        self.idle.set(false);
        self.polled.set(None);
    }

    /// Puts an invocation at the end.
    pub fn invoke(&self, payload: String) {
        self.waiting.borrow_mut().push_back(payload);
    }

    /// Lets the process go on, and waits until it has done everything and asks for more: invocations, the time they took, and
    /// what failed.
    pub async fn run(&self) -> (usize, Duration, Vec<String>) {
        let (began, before) = (Instant::now(), self.served.get());
        self.more.notify_waiters();
        loop {
            let changed = self.changed.notified();
            if self.idle.get() && self.waiting.borrow().is_empty() {
                break;
            }
            changed.await;
        }
        let ended = self.ended.get().unwrap_or(began);
        let failures = std::mem::take(&mut *self.failures.borrow_mut());
        (self.served.get() - before, ended.saturating_duration_since(began), failures)
    }

    /// Waits until the process asks for the first time.
    pub async fn first_poll(&self) {
        loop {
            let changed = self.changed.notified();
            if self.polled.get().is_some() {
                return;
            }
            changed.await;
        }
    }

    /// One call of the process. `more` brings what its last invocation has put on its own queue.
    pub async fn answer(&self, request: &Request, more: impl Fn() -> Vec<String>) -> Response {
        let path = request.path.trim_start_matches("/2018-06-01/runtime/");
        if path == "invocation/next" {
            self.waiting.borrow_mut().extend(more());
            return self.next().await;
        }
        if path.ends_with("/error") || failed(&request.body) {
            self.failures.borrow_mut().push(String::from_utf8_lossy(&request.body).into_owned());
        }
        self.ended.set(Some(Instant::now()));
        Response::json(202, r#"{"status":"OK"}"#)
    }

    async fn next(&self) -> Response {
        let process = self.process.get();
        while self.process.get() == process {
            let payload = self.waiting.borrow_mut().pop_front();
            if let Some(payload) = payload {
                self.idle.set(false);
                self.served.set(self.served.get() + 1);
                let deadline = SystemTime::now() + TIME;
                let deadline = deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
                let headers = format!(
                    "Lambda-Runtime-Aws-Request-Id: 00000000-0000-4000-8000-{:012}\r\n\
                     Lambda-Runtime-Deadline-Ms: {deadline}\r\n\
                     Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-north-1:000000000000:function:bench\r\n",
                    self.served.get()
                );
                return Response { status: 200, headers, body: payload.into() };
            }
            self.idle.set(true);
            self.polled.set(self.polled.get().or_else(|| Some(Instant::now())));
            self.changed.notify_waiters();
            self.more.notified().await;
        }
        Response::json(410, "{}")
    }
}

/// Messages that go back to their queue, and feeds that ended with a fault: what was measured then is not the road.
fn failed(body: &[u8]) -> bool {
    let body = String::from_utf8_lossy(body);
    body.contains("itemIdentifier") || body.contains("\"fault\":\"")
}
