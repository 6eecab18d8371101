//! The network: the vendors' production hosts, answered by their simulators. Header names go out in Title-Case, as the
//! real transport sends them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bridge::ports::{Broken, Clock, Transport};
use bytes::Bytes;
use simulators::{Answer, Request, Simulator, Trouble, Troubled};

use super::{Exchanged, Steps, Vendors, Watch};

/// A vendor's site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Site {
    /// Ongoing WMS.
    Ongoing,
    /// PowerOffice Go.
    PowerOffice,
    /// Finago Office.
    Finago,
    /// Procountor.
    Procountor,
    /// Visma eAccounting.
    Visma,
}

impl Site {
    fn of(host: &str) -> Option<Self> {
        let ends = |end: &str| host == end || host.ends_with(&format!(".{end}"));
        [
            ("ongoingsystems.se", Self::Ongoing),
            ("poweroffice.net", Self::PowerOffice),
            ("24sevenoffice.com", Self::Finago),
            ("procountor.com", Self::Procountor),
            ("vismaonline.com", Self::Visma),
        ]
        .into_iter()
        .find_map(|(end, site)| ends(end).then_some(site))
    }
}

/// What tests lay on a site and read from it.
pub trait Troublesome {
    /// Calls answered so far.
    fn calls(&self) -> usize;
    /// Lays a trouble on the call with this number.
    fn plan(&self, call: usize, trouble: Trouble);
    /// Method and target of every call.
    fn log(&self) -> Vec<(String, String)>;
    /// Answers a call.
    fn answer(&self, now: jiff::Timestamp, request: &Request) -> Answer;
}

impl<S: Simulator> Troublesome for Rc<RefCell<Troubled<S>>> {
    fn calls(&self) -> usize {
        self.borrow().calls
    }

    fn plan(&self, call: usize, trouble: Trouble) {
        self.borrow_mut().plan(call, trouble);
    }

    fn log(&self) -> Vec<(String, String)> {
        self.borrow().log.clone()
    }

    fn answer(&self, now: jiff::Timestamp, request: &Request) -> Answer {
        self.borrow_mut().call(now, request)
    }
}

/// The network.
pub struct Net {
    sites: BTreeMap<Site, Box<dyn Troublesome>>,
    clock: Rc<dyn Clock>,
    steps: Rc<Steps>,
    /// Calls under way at Ongoing, and the most there ever were.
    in_flight: Cell<usize>,
    most_in_flight: Cell<usize>,
    watch: Rc<Watch>,
    echo: Cell<Option<Echo>>,
    sent: Cell<usize>,
    requests: RefCell<Vec<String>>,
}

/// A vendor, or a gateway before it, that repeats what it was sent: headers, address and body, in every member in which
/// an error may carry words.
#[derive(Clone, Copy, Debug)]
pub struct Echo {
    /// Every so many calls.
    pub every: usize,
    /// With this status.
    pub status: u16,
}

impl Echo {
    fn of(self, request: &Request) -> Answer {
        let who = |name: &str| ["Authorization", "Cookie", "Ocp-Apim-Subscription-Key"].contains(&name);
        let headers = request.headers.iter().filter(|(name, _)| who(name)).map(|(_, value)| value.clone());
        let body = String::from_utf8_lossy(&request.body);
        // The part with a password in it, where there is one: what is too long for an error is cut off.
        let words = ["client_secret=", "refresh_token=", "<Password>"];
        let from = words.iter().filter_map(|word| body.find(word)).min().unwrap_or_default();
        let body: String = body[from..].chars().take(150).collect();
        let said = headers.chain([body, request.target.clone()]).collect::<Vec<_>>().join(" | ");
        let soap = request.headers.iter().any(|(_, value)| value.contains("text/xml"));
        let body = if soap {
            let said = said.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            format!(
                "<?xml version=\"1.0\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>\
                 <soap:Fault><faultcode>soap:Server</faultcode><faultstring>{said}</faultstring></soap:Fault>\
                 </soap:Body></soap:Envelope>"
            )
        } else {
            serde_json::json!({
                "error": "invalid_request", "error_description": said, "message": said, "detail": said, "title": said,
                "ErrorMessage": said, "DeveloperErrorMessage": said, "ErrorCode": 4000,
                "errors": [{ "field": said, "message": said }],
            })
            .to_string()
        };
        let response = simulators::Response::text(self.status, "application/json", &body);
        Answer::Response(response)
    }
}

/// What an answer takes.
const LATENCY: Duration = Duration::from_millis(40);

impl Net {
    pub(super) fn new(vendors: &Vendors, clock: Rc<dyn Clock>, steps: Rc<Steps>, watch: Rc<Watch>) -> Self {
        let mut sites: BTreeMap<Site, Box<dyn Troublesome>> = BTreeMap::new();
        sites.insert(Site::Ongoing, Box::new(Rc::clone(&vendors.ongoing)));
        sites.insert(Site::PowerOffice, Box::new(Rc::clone(&vendors.poweroffice)));
        sites.insert(Site::Finago, Box::new(Rc::clone(&vendors.finago)));
        sites.insert(Site::Procountor, Box::new(Rc::clone(&vendors.procountor)));
        sites.insert(Site::Visma, Box::new(Rc::clone(&vendors.visma)));
        Self {
            sites,
            clock,
            steps,
            in_flight: Cell::default(),
            most_in_flight: Cell::default(),
            watch,
            echo: Cell::default(),
            sent: Cell::default(),
            requests: RefCell::default(),
        }
    }

    pub(super) fn site(&self, site: Site) -> &dyn Troublesome {
        self.sites[&site].as_ref()
    }

    pub(super) fn echo(&self, echo: Option<Echo>) {
        self.echo.set(echo);
    }

    fn answer(&self, site: Site, request: &Request) -> Answer {
        self.sent.set(self.sent.get() + 1);
        match self.echo.get() {
            Some(echo) if self.sent.get().is_multiple_of(echo.every) => echo.of(request),
            _ => self.sites[&site].answer(self.clock.now(), request),
        }
    }

    async fn exchange(&self, site: Site, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Broken> {
        let url = request.uri().to_string();
        let request = outgoing(request);
        let name = format!("{} {}", request.method, request.target.split('?').next().unwrap_or_default());
        self.steps.step(&format!("before {name}")).await;
        self.clock.sleep(LATENCY).await;
        let answer = self.answer(site, &request);
        self.watch.call(|| Exchanged {
            site,
            url,
            headers: request.headers.clone(),
            body: request.body.clone(),
            answer: if let Answer::Response(response) = &answer { response.body.clone() } else { Bytes::new() },
        });
        self.steps.step(&format!("after {name}")).await;
        match answer {
            Answer::Lost => Err(Broken::Lost("the connection broke".into())),
            Answer::Never => std::future::pending().await,
            Answer::Response(response) => {
                let date = jiff::fmt::rfc2822::DateTimePrinter::new()
                    .timestamp_to_rfc9110_string(&self.clock.now())
                    .map_err(|error| Broken::Lost(error.to_string()))?;
                let mut built = http::Response::builder().status(response.status).header("date", date);
                for (name, value) in &response.headers {
                    built = built.header(name, value);
                }
                built.body(response.body).map_err(|error| Broken::Lost(error.to_string()))
            }
        }
    }
}

#[async_trait(?Send)]
impl Transport for Net {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Broken> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let Some(site) = Site::of(&host) else {
            return Err(Broken::Connect(format!("no such host: {host}")));
        };
        self.requests.borrow_mut().push(readable(&request));
        if site != Site::Ongoing {
            return self.exchange(site, request).await;
        }
        self.in_flight.set(self.in_flight.get() + 1);
        self.most_in_flight.set(self.most_in_flight.get().max(self.in_flight.get()));
        let answer = self.exchange(site, request).await;
        self.in_flight.set(self.in_flight.get() - 1);
        answer
    }
}

impl Net {
    /// Every request so far, in clear.
    #[must_use]
    pub fn sent(&self) -> Vec<String> {
        self.requests.borrow().clone()
    }

    /// The most calls that were ever under way at Ongoing at one time.
    #[must_use]
    pub fn most_in_flight(&self) -> usize {
        self.most_in_flight.get()
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
