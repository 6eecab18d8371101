//! The network: the vendors' production hosts, answered by their simulators. Header names go out in Title-Case, and an
//! exchange ends when its time is up, as in the real transport.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::pending;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bridge::ports::{Broken, Transport};
use bytes::Bytes;
use simulators::{Answer, Request, Response, Trouble};
use tokio::time::{sleep, timeout};

use super::rules::{Happens, Peer, Verdict};
use super::site::Troublesome;
use super::{Around, Echo, Exchanged, Site, Vendors};

/// What an answer takes.
pub const LATENCY: Duration = Duration::from_millis(40);

/// No connection in this time. The real transport's own (`shared/aws`), which a test holds equal, as the next.
pub const CONNECT: Duration = Duration::from_secs(10);

/// One exchange takes no longer, its answer included.
pub const WHOLE: Duration = Duration::from_secs(60);

/// The network.
pub struct Net {
    sites: BTreeMap<Site, Box<dyn Troublesome>>,
    around: Around,
    /// Calls under way at each site, and the most there ever were.
    in_flight: RefCell<BTreeMap<Site, (usize, usize)>>,
    echo: Cell<Option<Echo>>,
    sent: Cell<usize>,
    forgets: Cell<bool>,
    requests: RefCell<Vec<String>>,
}

impl Net {
    pub(super) fn new(vendors: &Vendors, around: Around) -> Self {
        Self {
            sites: vendors.sites(),
            around,
            in_flight: RefCell::default(),
            echo: Cell::default(),
            sent: Cell::default(),
            forgets: Cell::default(),
            requests: RefCell::default(),
        }
    }

    pub(super) fn site(&self, site: Site) -> &dyn Troublesome {
        self.sites[&site].as_ref()
    }

    pub(super) fn echo(&self, echo: Option<Echo>) {
        self.echo.set(echo);
    }

    /// Keeps no requests from now on.
    pub(super) fn forget(&self) {
        self.forgets.set(true);
        self.sites.values().for_each(|site| site.keep_no_log());
    }

    fn answer(&self, site: Site, request: &Request, trouble: Option<Trouble>) -> Answer {
        self.sent.set(self.sent.get() + 1);
        match self.echo.get() {
            Some(echo) if self.sent.get().is_multiple_of(echo.every) && !echo.spares(request) => echo.of(request),
            _ => self.sites[&site].answer(self.around.now(), request, trouble),
        }
    }

    /// Whether the vendor did what was asked shows in its own answer, however much of that arrives.
    fn note(&self, site: Site, request: &Request, answer: &Answer) {
        let done = match answer {
            Answer::Response(response) => response.status < 300,
            Answer::Lost | Answer::Never => true,
        };
        if site == Site::Ongoing && done {
            self.around.freshness.accepted(self.around.now(), request);
            self.around.witness.accepted(request);
        }
    }

    async fn exchange(&self, site: Site, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Broken> {
        let url = request.uri().to_string();
        let mut request = outgoing(request);
        if let Some(cut) = self.around.pages.asked(&request.target) {
            request.target = cut;
        }
        let name = format!("{} {}", request.method, request.target.split('?').next().unwrap_or_default());
        let around = &self.around;
        around.steps.step(|| format!("before {name}")).await;
        let peer = Peer::Vendor(site);
        around.counters.called(peer, &name);
        let Verdict { latency, answers, happens } = around.rules.judge(around.now(), peer, &name, Some(&request));
        around.counters.leaves(site, &name, around.now(), !latency.is_zero());
        let _writes = (site == Site::Ongoing).then(|| Writes::begin(self, &request)).flatten();
        match happens {
            Some(Happens::Refused) => return Err(Broken::Connect("the connection was refused".into())),
            Some(Happens::Unreachable) => {
                sleep(CONNECT).await;
                return Err(Broken::Connect("no connection in time".into()));
            }
            _ => sleep(LATENCY + latency).await,
        }
        let answer = match happens {
            Some(Happens::Hangs) => pending().await,
            Some(Happens::Status(status)) => {
                Answer::Response(Response::text(status, "text/html", "<html><body>no</body></html>"))
            }
            Some(Happens::Trouble(trouble)) => self.answer(site, &request, Some(trouble)),
            Some(Happens::Replaced(meant, said)) => match self.answer(site, &request, None) {
                Answer::Response(it) => {
                    let body = String::from_utf8_lossy(&it.body).replace(meant, said);
                    Answer::Response(Response { body: body.into(), ..it })
                }
                other => other,
            },
            _ => self.answer(site, &request, None),
        };
        self.note(site, &request, &answer);
        around.isolation.call(site, &request, &answer);
        around.witness.happens(around.now(), || told(&request, &answer, happens), || about(&request, &answer));
        around.watch.call(|| Exchanged {
            site,
            url,
            headers: request.headers.clone(),
            body: request.body.clone(),
            answer: if let Answer::Response(response) = &answer { response.body.clone() } else { Bytes::new() },
        });
        if !answers.is_zero() {
            sleep(answers).await;
        }
        around.steps.step(|| format!("after {name}")).await;
        if let Some(Happens::Drips(time)) = happens {
            sleep(time).await;
        }
        match answer {
            Answer::Lost => Err(Broken::Lost("the connection broke".into())),
            Answer::Never => pending().await,
            Answer::Response(response) => self.received(response),
        }
    }

    fn received(&self, response: Response) -> Result<http::Response<Bytes>, Broken> {
        let date = jiff::fmt::rfc2822::DateTimePrinter::new()
            .timestamp_to_rfc9110_string(&self.around.now())
            .map_err(|error| Broken::Lost(error.to_string()))?;
        let mut built = http::Response::builder().status(response.status).header("date", date);
        for (name, value) in &response.headers {
            built = built.header(name, value);
        }
        built.body(response.body).map_err(|error| Broken::Lost(error.to_string()))
    }
}

/// A call as a story tells it.
fn told(request: &Request, answer: &Answer, happens: Option<Happens>) -> String {
    let answer = match answer {
        Answer::Response(response) => response.status.to_string(),
        Answer::Lost => "the answer is lost".to_owned(),
        Answer::Never => "no answer".to_owned(),
    };
    let cause = happens.map(|happens| format!(" ({happens:?})")).unwrap_or_default();
    format!("{} {} → {answer}{cause}", request.method, request.target)
}

fn about(request: &Request, answer: &Answer) -> String {
    let answer = if let Answer::Response(response) = answer { &response.body[..] } else { &[] };
    format!("{}\n{}", String::from_utf8_lossy(&request.body), String::from_utf8_lossy(answer))
}

/// A write to Ongoing under way, until it ends in whatever way.
struct Writes<'a>(&'a Net, String);

impl<'a> Writes<'a> {
    fn begin(net: &'a Net, request: &Request) -> Option<Self> {
        net.around.witness.writes(request).map(|user| Self(net, user))
    }
}

impl Drop for Writes<'_> {
    fn drop(&mut self) {
        self.0.around.witness.written(&self.1);
    }
}

/// A call under way, until it ends in whatever way.
struct UnderWay<'a>(&'a Net, Site);

impl<'a> UnderWay<'a> {
    fn begin(net: &'a Net, site: Site) -> Self {
        let mut all = net.in_flight.borrow_mut();
        let (now, most) = all.entry(site).or_default();
        *now += 1;
        *most = (*most).max(*now);
        Self(net, site)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if let Some((now, _)) = self.0.in_flight.borrow_mut().get_mut(&self.1) {
            *now -= 1;
        }
    }
}

#[async_trait(?Send)]
impl Transport for Net {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Broken> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let Some(site) = Site::of(&host) else {
            self.around.witness.reaches(&host);
            return Err(Broken::Connect(format!("no such host: {host}")));
        };
        if !self.forgets.get() {
            self.requests.borrow_mut().push(readable(&request));
        }
        let _under_way = UnderWay::begin(self, site);
        let late = |_| Err(Broken::Lost("no answer in time".into()));
        timeout(WHOLE, self.exchange(site, request)).await.unwrap_or_else(late)
    }
}

impl Net {
    /// Every request so far, in clear.
    #[must_use]
    pub fn sent(&self) -> Vec<String> {
        self.requests.borrow().clone()
    }

    /// The most calls that were ever under way at a site at one time.
    #[must_use]
    pub fn most_in_flight(&self, site: Site) -> usize {
        self.in_flight.borrow().get(&site).map_or(0, |(_, most)| *most)
    }
}

/// Everything that a request says; what Basic has encoded, in clear.
fn readable(request: &http::Request<Bytes>) -> String {
    let mut text = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        let basic = value.strip_prefix("Basic ").and_then(|pair| BASE64_STANDARD.decode(pair).ok());
        let value = basic.map_or(value.clone(), |pair| String::from_utf8_lossy(&pair).into_owned().into());
        text += &format!("{name}: {value}\n");
    }
    text + "\n" + &String::from_utf8_lossy(request.body())
}

/// The request as it goes over the wire.
fn outgoing(request: http::Request<Bytes>) -> Request {
    let (parts, body) = request.into_parts();
    let mut headers: Vec<(String, String)> = vec![("Host".into(), parts.uri.host().unwrap_or_default().into())];
    headers.extend(
        parts
            .headers
            .iter()
            .map(|(name, value)| (title(name.as_str()), String::from_utf8_lossy(value.as_bytes()).into_owned())),
    );
    if !body.is_empty() || matches!(parts.method.as_str(), "POST" | "PUT" | "PATCH") {
        headers.push(("Content-Length".into(), body.len().to_string()));
    }
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
    Request { method: parts.method.to_string(), target, headers, body }
}

fn title(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}
