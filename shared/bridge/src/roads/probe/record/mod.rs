//! The exchanges of a probe, kept so that the simulators can be held against them: what was asked and what came, without
//! credentials, and with names, addresses, tokens and numbers replaced (`replace.rs`), the same by the same everywhere.

mod replace;
mod xml;

use std::cell::RefCell;
use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap};
use http::{Request, Response, Uri};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use self::replace::Replacer;
use crate::http::login::NO_SESSION;
use crate::ports::{Broken, Ports, Transport};
use crate::tenant::Tenant;

/// Bodies that are longer are left out: what a vendor says of itself is short.
const LONGEST: usize = 256 * 1024;

/// Response headers that say how a vendor behaves, and nothing of anybody.
const HEADERS: [&str; 5] = ["retry-after", "date", "apilimitremaining", "apilimitreset", "content-type"];

/// What was said to one system, in its order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// The recording's own version.
    pub v: u32,
    /// `ongoing`, or the ERP's word.
    pub system: String,
    /// The goods owner as it is called in here.
    pub goods_owner_id: i64,
    /// Exchange by exchange, logins left out.
    pub exchanges: Vec<Exchange>,
}

/// One exchange.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// The fact that was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// `GET`, `PUT` and so on.
    pub method: String,
    /// Path and query below the system's address.
    pub target: String,
    /// The operation of a SOAP service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub soap_action: Option<String>,
    /// Whether it was sent with a session that never was one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_login: bool,
    /// The request's body.
    pub sent: Body,
    /// The status that came.
    pub status: u16,
    /// Headers of the answer.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The answer's body.
    pub came: Body,
}

/// A body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// None.
    None,
    /// JSON.
    Json(Value),
    /// XML, as it came.
    Xml(String),
    /// Something else, or something too long: its length in bytes.
    LeftOut(usize),
}

impl Recording {
    /// The version written by this release.
    pub const VERSION: u32 = 1;
}

/// Keeps what goes over the network.
pub struct Recorder {
    below: Rc<dyn Transport>,
    systems: [(&'static str, Url); 2],
    goods_owner_id: i64,
    looking_at: RefCell<Option<&'static str>>,
    kept: RefCell<Vec<Kept>>,
}

/// The same edges with a network whose exchanges are kept.
#[must_use]
pub fn recording(ports: &Ports, tenant: &Tenant) -> (Ports, Rc<Recorder>) {
    let base = match tenant.erp.base_url.path().trim_end_matches('/') {
        // Procountor's address may be its host alone.
        "" => tenant.erp.base_url.clone(),
        path => with_path(&tenant.erp.base_url, path),
    };
    let recorder = Rc::new(Recorder {
        below: Rc::clone(&ports.transport),
        systems: [("ongoing", tenant.ongoing.base_url.clone()), (tenant.erp.kind.word(), base)],
        goods_owner_id: tenant.ongoing.goods_owner_id,
        looking_at: RefCell::default(),
        kept: RefCell::default(),
    });
    (Ports { transport: Rc::clone(&recorder) as Rc<_>, ..ports.clone() }, recorder)
}

fn with_path(url: &Url, path: &str) -> Url {
    let mut url = url.clone();
    url.set_path(path);
    url
}

impl Recorder {
    /// What follows is about this fact.
    pub fn looks_at(&self, fact: &'static str) {
        *self.looking_at.borrow_mut() = Some(fact);
    }

    /// What was kept, a recording a system.
    #[must_use]
    pub fn recordings(&self) -> Vec<Recording> {
        let kept = self.kept.borrow();
        let mut replacer = Replacer::default();
        // Once for what there is of anybody, and once more for the sentences that name it.
        kept.iter().for_each(|kept| drop(kept.told(&mut replacer)));
        let goods_owner_id = replacer.whole(self.goods_owner_id);
        let mut of = |system: &'static str| Recording {
            v: Recording::VERSION,
            system: system.to_owned(),
            goods_owner_id,
            exchanges: kept.iter().filter(|kept| kept.system == system).map(|kept| kept.told(&mut replacer)).collect(),
        };
        self.systems.iter().map(|(system, _)| of(system)).collect()
    }

    /// The system that an address is of, and what stands below the system's own.
    fn below(&self, uri: &Uri) -> Option<(&'static str, String)> {
        let target = uri.path_and_query()?.as_str();
        let authority = uri.authority()?;
        self.systems.iter().find_map(|(system, base)| {
            let host = base.host_str()?;
            let same = authority.host() == host && authority.port_u16() == base.port();
            let below = target.strip_prefix(base.path().trim_end_matches('/')).filter(|_| same)?;
            Some((*system, below.to_owned()))
        })
    }

    fn keep(&self, said: Said, response: &Response<Bytes>) {
        let Some((system, below)) = self.below(&said.uri).filter(|_| !said.is_login()) else { return };
        let fact = *self.looking_at.borrow();
        let body = response.body();
        let body = if body.len() > LONGEST { Err(body.len()) } else { Ok(body.clone()) };
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        self.kept.borrow_mut().push(Kept { system, fact, below, said, status, headers, body });
    }
}

/// An exchange as it was.
struct Kept {
    system: &'static str,
    fact: Option<&'static str>,
    below: String,
    said: Said,
    status: u16,
    headers: HeaderMap,
    /// The answer's, or the length of one that is too long.
    body: Result<Bytes, usize>,
}

impl Kept {
    fn told(&self, replacer: &mut Replacer) -> Exchange {
        // What comes names what is sent later.
        let came = match &self.body {
            Ok(body) => replacer.body(&self.headers, body),
            Err(length) => Body::LeftOut(*length),
        };
        Exchange {
            fact: self.fact.map(str::to_owned),
            method: self.said.method.clone(),
            target: replacer.target(&self.below),
            soap_action: self.said.soap_action(),
            without_login: self.said.is_without_login(),
            sent: replacer.body(&self.said.headers, &self.said.body),
            status: self.status,
            headers: told(&self.headers),
            came,
        }
    }
}

/// What was asked.
struct Said {
    method: String,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

impl Said {
    fn text(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn soap_action(&self) -> Option<String> {
        let action = self.text("soapaction").trim_matches('"');
        (!action.is_empty()).then(|| action.to_owned())
    }

    fn is_without_login(&self) -> bool {
        self.text("cookie").contains(NO_SESSION)
    }

    /// Forms get tokens, and a login is one.
    fn is_login(&self) -> bool {
        let is_form = self.text(CONTENT_TYPE.as_str()).starts_with("application/x-www-form-urlencoded");
        is_form || self.soap_action().is_some_and(|action| action.ends_with("/Login"))
    }
}

fn told(all: &HeaderMap) -> Vec<(String, String)> {
    let text = |name: &&str| Some(((*name).to_owned(), all.get(*name)?.to_str().ok()?.to_owned()));
    HEADERS.iter().filter_map(text).collect()
}

#[async_trait(?Send)]
impl Transport for Recorder {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Broken> {
        let said = Said {
            method: request.method().to_string(),
            uri: request.uri().clone(),
            headers: request.headers().clone(),
            body: request.body().clone(),
        };
        let response = self.below.send(request).await?;
        self.keep(said, &response);
        Ok(response)
    }
}
