//! One polite HTTP client: it owns token, pace, retry, size limits and the address guard. Nothing else sleeps, retries or
//! looks at a status.

mod call;
mod characters;
pub mod circuit;
pub mod classify;
pub mod json;
pub mod login;
pub mod look;
pub mod rate_budget;
mod redact;
pub mod soap;
pub mod stoppable;
mod unknown;

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};
use bytes::Bytes;
use futures_util::future::{Either, select};
use http::HeaderValue;
use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use jiff::Timestamp;
use serde_json::Value;
use url::Url;

pub use self::call::{Answer, Call};
use crate::http::circuit::Connection;
use crate::http::classify::{Service, broken, classify};
use crate::http::login::Login;
use crate::http::rate_budget::RateBudget;
use crate::ports::{Broken, Largest, Ports};
use crate::words::address_guard;
use crate::words::fault::{Fault, Result};
use crate::words::schema_drift::Drift;

/// No answer may be larger, in bytes. A function has 256 MB. Some 48 of them are taken before it reads anything; an answer
/// takes its own length once, and besides either the tree that it becomes ([`json::LARGEST_TREE`]: 48 + 64 + 128 = 240) or,
/// where a list is read row by row, what its rows are mapped to, which is about as long as they are (48 + 64 + 64, and
/// [`json::MOST_ROWS`] handles).
pub const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// As [`LARGEST_ANSWER`], of a list of which nothing is kept but numbers, 8 bytes of each row and for a moment twice as much:
/// 48 + 176 + 16. A million rows may be 180 bytes long each.
pub const LARGEST_LIST: usize = 176 * 1024 * 1024;

/// An error that is longer is judged by its status alone: vendors' own are short, and to take secrets out of it takes
/// several times its length.
const LARGEST_ERROR: usize = 1024 * 1024;

/// Sent with every call.
pub const AGENT: &str = concat!("Ongoing-Bridge/", env!("CARGO_PKG_VERSION"));

/// Tries of one call within one invocation; what still fails is left to the queue or the next tick.
const TRIES: usize = 4;

/// A longer pause than this is not sat out inside an invocation.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// What is left of an invocation when no new page, record or detail is begun: the calls of one, and the reserve.
pub const MARGIN: Duration = Duration::from_secs(40);

/// What is left of an invocation when every exchange is over: the writes behind it, and the answer.
pub const RESERVE: Duration = Duration::from_secs(12);

/// No exchange begins when less than this is left for it.
const SHORTEST: Duration = Duration::from_secs(5);

/// After an exchange that took longer, the call is not tried again: what answers so late is not helped by it.
const PATIENCE: Duration = Duration::from_secs(15);

/// A client of one service for one tenant.
pub struct Client {
    ports: Ports,
    service: Service,
    login: Login,
    budget: Option<RateBudget>,
    deadline: Timestamp,
}

/// How often a call is made with another login: with what others have left, and with one of its own.
const RENEWALS: usize = 3;

impl Client {
    /// A client for an invocation that ends at `deadline`: its calls are over [`RESERVE`] before.
    #[must_use]
    pub fn new(ports: &Ports, service: Service, login: Login, budget: Option<RateBudget>, deadline: Timestamp) -> Self {
        let deadline = deadline.checked_sub(RESERVE).unwrap_or(deadline);
        Self { ports: ports.clone(), service, login, budget, deadline }
    }

    /// Sends a call and reads its JSON answer. A refused token is renewed.
    ///
    /// # Errors
    /// The fault, classified.
    pub async fn json(&self, call: &Call) -> Result<Value> {
        Ok(self.send(call).await?.1)
    }

    /// As [`Client::json`], with the answer's headers.
    ///
    /// # Errors
    /// The fault, classified.
    pub async fn send(&self, call: &Call) -> Result<(Answer, Value)> {
        self.read(call, &|body| whole(self.service, body)).await
    }

    /// Sends a call and has its body read.
    ///
    /// # Errors
    /// The fault, classified, or the reader's.
    pub async fn read<T>(&self, call: &Call, read: &dyn Fn(&Bytes) -> Result<T>) -> Result<(Answer, T)> {
        let connection = self.connection(&call.url);
        connection.enter(&self.ports).await?;
        let mut sent = self.attempts(call, false, read).await.0;
        for _ in 0..RENEWALS {
            if !self.is_refused(call, sent.as_ref().err()).await {
                break;
            }
            let (renewed, untried) = self.attempts(call, true, read).await;
            sent = renewed;
            // What another process left for all may be over as well; what was made just now is not.
            if !untried {
                break;
            }
        }
        connection.ended(&self.ports, sent.as_ref().err()).await;
        sent
    }

    /// Notes what is new about an answer.
    pub fn drifted(&self, drift: Drift) {
        self.ports.drifts.meet(drift);
    }

    /// Whether a call was refused for who makes it.
    async fn is_refused(&self, call: &Call, fault: Option<&Fault>) -> bool {
        match fault {
            Some(Fault::Unauthorized(_)) => true,
            Some(fault) => call.replayable && self.session_is_gone(fault).await,
            None => false,
        }
    }

    /// Whether a fault that does not say so comes of a session that is gone: the service is asked.
    async fn session_is_gone(&self, fault: &Fault) -> bool {
        let unclear = matches!(fault, Fault::Unavailable { status: Some(500), broken: false, .. });
        let exchange = Exchange { ports: &self.ports, budget: self.budget.as_ref(), deadline: self.deadline };
        unclear && self.login.session_is_gone(&exchange).await
    }

    /// Whose connection to what a call takes. Each of Ongoing's customers has a system of its own, at a path of its own
    /// (Ongoing sheet, section 0).
    fn connection(&self, url: &Url) -> Connection {
        let system = match self.service {
            Service::Ongoing => circuit::warehouse(url),
            _ => self.login.system().to_owned(),
        };
        Connection { tenant: format!("{}/{}", self.login.system(), self.login.tenant_id()), system }
    }

    /// Whether there is time for another call with all its tries and what follows from its answer.
    #[must_use]
    pub fn has_time(&self) -> bool {
        self.ports.clock.now() + (MARGIN - RESERVE) < self.deadline
    }

    /// What a call comes to, and whether the login that it was made with is another process's that this one has not tried
    /// before.
    async fn attempts<T>(
        &self,
        call: &Call,
        renew: bool,
        read: &dyn Fn(&Bytes) -> Result<T>,
    ) -> (Result<(Answer, T)>, bool) {
        let exchange = Exchange { ports: &self.ports, budget: self.budget.as_ref(), deadline: self.deadline };
        let (headers, untried) = match self.login.told(&exchange, renew).await {
            Ok(told) => told,
            Err(fault) => return (Err(fault), false),
        };
        let mut call = call.clone();
        call.headers.extend(headers);
        (exchange.read(self.service, &call, read).await, untried)
    }
}

/// What `work` comes to, if it does until `deadline`: somebody sits in front of a page and waits.
///
/// # Errors
/// The work's own, or [`Fault::Unavailable`] where there was no answer in time. What was under way may have taken effect.
pub async fn within<T>(ports: &Ports, deadline: Timestamp, work: impl Future<Output = Result<T>>) -> Result<T> {
    until(ports, deadline, work).await.unwrap_or_else(|| Err(Fault::unavailable("no answer in time")))
}

/// What `work` comes to, or `None` where it does not until `deadline`.
async fn until<T>(ports: &Ports, deadline: Timestamp, work: impl Future<Output = T>) -> Option<T> {
    let left = Duration::try_from(deadline.duration_since(ports.clock.now())).unwrap_or_default();
    match select(pin!(work), ports.clock.sleep(left)).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}

/// Whether there is time for another record or page in an invocation that ends at `deadline`.
#[must_use]
pub fn has_time(ports: &Ports, deadline: Timestamp) -> bool {
    ports.clock.now() + MARGIN < deadline
}

/// Calls without a login: what the logins themselves are made of.
pub struct Exchange<'a> {
    /// The edges.
    pub ports: &'a Ports,
    /// The shared rate budget.
    pub budget: Option<&'a RateBudget>,
    /// No exchange lasts beyond this.
    pub deadline: Timestamp,
}

impl Exchange<'_> {
    /// Sends a call, retrying what may pass by itself.
    ///
    /// # Errors
    /// The fault of the last try.
    pub async fn send(&self, service: Service, call: &Call) -> Result<(Answer, Value)> {
        self.read(service, call, &|body| whole(service, body)).await
    }

    async fn read<T>(&self, service: Service, call: &Call, read: &dyn Fn(&Bytes) -> Result<T>) -> Result<(Answer, T)> {
        address_guard::check(&call.url, self.ports.allow_local).map_err(|why| broken(Broken::Guarded(why)))?;
        let clock = Rc::clone(&self.ports.clock);
        let seed = (clock.chance() * f64::from(u32::MAX)) as u64;
        let began = Cell::new(clock.now());
        (|| {
            began.set(self.ports.clock.now());
            self.once(service, call, read)
        })
        .retry(
            ExponentialBuilder::default()
                .with_min_delay(Duration::from_millis(500))
                .with_factor(2.0)
                .with_jitter()
                .with_jitter_seed(seed)
                .with_max_times(TRIES - 1),
        )
        .sleep(move |pause| {
            let clock = Rc::clone(&clock);
            async move { clock.sleep(pause).await }
        })
        .when(|fault: &Fault| fault.passes_by_itself() && call.replayable)
        .adjust(|fault: &Fault, pause| self.pause(fault, began.get(), pause))
        .await
    }

    /// The pause before the next try, or `None` to give up: a pause that was asked for is kept, and none reaches past
    /// the deadline.
    fn pause(&self, fault: &Fault, began: Timestamp, pause: Option<Duration>) -> Option<Duration> {
        let now = self.ports.clock.now();
        if !fault.was_tried() || began + PATIENCE < now {
            return None;
        }
        let pause = match fault {
            Fault::RateLimited { after, .. } => pause?.max(*after),
            _ => pause?,
        };
        (pause <= LONGEST_PAUSE && now + pause + SHORTEST < self.deadline).then_some(pause)
    }

    async fn once<T>(&self, service: Service, call: &Call, read: &dyn Fn(&Bytes) -> Result<T>) -> Result<(Answer, T)> {
        for budget in std::iter::repeat_n(self.budget, call.turns.into()).flatten() {
            budget.acquire(self.ports, self.deadline).await?;
        }
        if self.ports.clock.now() + SHORTEST > self.deadline {
            let why = "too little time is left for another call".into();
            return Err(Fault::RateLimited { status: None, after: Duration::ZERO, why });
        }
        let exchange = async { self.ports.transport.send(request(call)?).await.map_err(|why| at(call, broken(why))) };
        let late = || broken(Broken::Lost("no answer in the time that was left".into()));
        let response = until(self.ports, self.deadline, exchange).await.unwrap_or_else(|| Err(late()))?;
        let (parts, body) = response.into_parts();
        if let Some(drift) = unknown::of(service, call, parts.status, body.get(..LARGEST_ERROR).unwrap_or(&body)) {
            self.ports.drifts.meet(drift);
        }
        if let Some(drift) = unknown::without_pause(service, parts.status, &parts.headers) {
            self.ports.drifts.meet(drift);
        }
        let understood = |body: &Bytes| {
            classify(service, parts.status, &parts.headers, body)?;
            read(body)
        };
        let answer = match understood(&body) {
            Err(fault) if body.len() > LARGEST_ERROR => Err(shortened(fault, service, &parts, body.len())),
            // Read once more, without what a vendor may have repeated of the call.
            Err(_) => understood(&redact::answer(call, &body).into()),
            read => read,
        };
        let value = answer.map_err(|fault| at(call, fault))?;
        Ok((Answer { status: parts.status.as_u16(), headers: parts.headers }, value))
    }
}

/// The body of a good answer.
fn whole(service: Service, body: &[u8]) -> Result<Value> {
    match service {
        Service::Finago => soap::result(body),
        _ => json::tree(body),
    }
}

/// What is wrong with an answer that is too long to take secrets out of: no words of its own.
fn shortened(fault: Fault, service: Service, parts: &http::response::Parts, len: usize) -> Fault {
    match fault {
        Fault::Unexpected(why) if why.starts_with(TOO_LARGE) => Fault::Unexpected(why),
        fault if !parts.status.is_success() => {
            classify(service, parts.status, &parts.headers, b"").err().unwrap_or(fault)
        }
        Fault::Unavailable { .. } => Fault::unavailable(format!("the answer of {len} bytes ends in the middle")),
        _ => Fault::Unexpected(format!("the answer of {len} bytes is no {}", service.format())),
    }
}

const TOO_LARGE: &str = "the answer is too large";

/// An answer that does not fit a function's memory.
fn too_large(how: &str) -> Fault {
    Fault::Unexpected(format!("{TOO_LARGE}: {how}"))
}

/// A fault that somebody has to look into, with the call that it came of.
fn at(call: &Call, fault: Fault) -> Fault {
    let Fault::Unexpected(why) = fault else { return fault };
    // The operation of a SOAP service is none of the address.
    let operation = call.headers.get("soapaction").and_then(|action| action.to_str().ok());
    let operation = operation.and_then(|action| action.trim_matches('"').rsplit('/').next()).unwrap_or_default();
    let space = if operation.is_empty() { "" } else { " " };
    Fault::Unexpected(format!("{} {}{space}{operation}: {why}", call.method, call.url.path()))
}

fn request(call: &Call) -> Result<http::Request<Bytes>> {
    let request = http::Request::builder().method(call.method.clone()).uri(call.url.as_str());
    let mut request = request.extension(Largest(call.largest));
    let body = call.body.clone();
    if let Some(headers) = request.headers_mut() {
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some((content_type, _)) = &body {
            headers.insert(CONTENT_TYPE, content_type.clone());
        }
        for (name, value) in &call.headers {
            headers.insert(name, value.clone());
        }
    }
    request
        .body(body.map(|(_, bytes)| bytes).unwrap_or_default())
        .map_err(|error| Fault::Unexpected(format!("the request cannot be built: {error}")))
}
