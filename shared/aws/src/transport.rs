//! The network: one HTTP exchange at a time as Ongoing and the ERPs need it, and the address guard at connect time.

use std::error::Error;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use bridge::http::{LARGEST_ANSWER, guard};
use bridge::ports::{Broken, Transport};
use bytes::{Bytes, BytesMut};
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Method};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// No connection in this time: the call did not take effect.
const CONNECT: Duration = Duration::from_secs(10);

/// One exchange takes no longer, its answer included.
const WHOLE: Duration = Duration::from_secs(60);

/// Vendors' gateways close idle connections after a minute or more; a function that was frozen in between may still
/// find a dead one, which is a lost answer like any other.
const IDLE: Duration = Duration::from_secs(20);

/// The network, over HTTP/1.1 with TLS.
pub struct Network {
    client: reqwest::Client,
    allow_local: bool,
    largest: usize,
}

impl Network {
    /// The network; only public addresses unless `allow_local`.
    ///
    /// # Errors
    /// When there are no certificates to trust.
    pub fn new(allow_local: bool) -> Result<Self, reqwest::Error> {
        Self::with_largest_answer(allow_local, LARGEST_ANSWER)
    }

    /// As [`Network::new`], with another limit for an answer's body.
    ///
    /// # Errors
    /// As [`Network::new`].
    pub fn with_largest_answer(allow_local: bool, largest: usize) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .http1_only()
            .http1_title_case_headers()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .pool_idle_timeout(IDLE)
            .dns_resolver(Guarded { allow_local })
            .build()?;
        Ok(Self { client, allow_local, largest })
    }

    async fn exchange(&self, request: reqwest::Request) -> Result<http::Response<Bytes>, Broken> {
        let mut answer = self.client.execute(request).await.map_err(broken)?;
        let mut response = http::Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        if answer.content_length().is_some_and(|length| length > self.largest as u64) {
            return Err(Broken::TooLarge);
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(broken)? {
            if body.len() + chunk.len() > self.largest {
                return Err(Broken::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        *response.body_mut() = body.freeze();
        Ok(response)
    }
}

#[async_trait(?Send)]
impl Transport for Network {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Broken> {
        // An address that is written as numbers never meets the resolver.
        let host = request.uri().host().unwrap_or_default().trim_matches(['[', ']']);
        if !self.allow_local && host.parse().is_ok_and(|address: IpAddr| !guard::public(address)) {
            return Err(Broken::Guarded(Refused.to_string()));
        }
        let empty = request.body().is_empty();
        let mut request = reqwest::Request::try_from(request).map_err(broken)?;
        if empty {
            *request.body_mut() = None;
            // Left to itself the client says nothing of an empty body, and a strict server wants the length of what
            // is written (Ongoing sheet, section 0).
            if matches!(*request.method(), Method::PUT | Method::POST | Method::PATCH) {
                request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
            }
        }
        self.exchange(request).await
    }
}

/// What broke, in words without the address: it may carry a query.
fn broken(error: reqwest::Error) -> Broken {
    let error = error.without_url();
    let mut cause: &dyn Error = &error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    if cause.is::<Refused>() {
        return Broken::Guarded(cause.to_string());
    }
    let why = cause.to_string();
    if error.is_connect() || error.is_builder() { Broken::Connect(why) } else { Broken::Lost(why) }
}

/// The resolver: what a name may lead to is decided by where it leads, at the moment of connecting.
struct Guarded {
    allow_local: bool,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_local = self.allow_local;
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let some = !found.is_empty();
            let open: Vec<_> = found.into_iter().filter(|at| allow_local || guard::public(at.ip())).collect();
            if some && open.is_empty() {
                return Err(Refused.into());
            }
            Ok(Box::new(open.into_iter()) as Addrs)
        })
    }
}

/// The host is inside.
#[derive(Debug)]
struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host does not lead to a public address")
    }
}

impl Error for Refused {}
