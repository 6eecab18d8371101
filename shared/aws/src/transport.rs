//! The HTTP transport: one exchange at a time, as Ongoing and the ERPs require, with the address guard at connect time.

use std::error::Error;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bridge::http::LARGEST_ANSWER;
use bridge::ports::{Broken, Largest, Transport};
use bridge::words::address_guard;
use bytes::{Bytes, BytesMut};
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Method};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::tls;

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
    pub fn new(allow_local: bool) -> Result<Self, tls::Error> {
        Self::built(allow_local, LARGEST_ANSWER, Arc::new(SystemResolver))
    }

    /// As [`Network::new`], by another resolver than the operating system's.
    ///
    /// # Errors
    /// As [`Network::new`].
    pub fn with_resolver(allow_local: bool, names: Arc<dyn Resolve>) -> Result<Self, tls::Error> {
        Self::built(allow_local, LARGEST_ANSWER, names)
    }

    /// As [`Network::new`], with another limit for the body of an answer whose request names none.
    ///
    /// # Errors
    /// As [`Network::new`].
    pub fn with_largest_answer(allow_local: bool, largest: usize) -> Result<Self, tls::Error> {
        Self::built(allow_local, largest, Arc::new(SystemResolver))
    }

    fn built(allow_local: bool, largest: usize, names: Arc<dyn Resolve>) -> Result<Self, tls::Error> {
        let client = tls::client()?
            .http1_only()
            .http1_title_case_headers()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .pool_idle_timeout(IDLE)
            .dns_resolver(GuardedResolver { allow_local, names })
            .build()?;
        Ok(Self { client, allow_local, largest })
    }

    /// Whether the host is a name, which [`GuardedResolver`] judges as it is resolved: an address in numbers, however it is
    /// spelt, would be connected to as it is.
    fn meets_the_resolver(&self, url: &Url) -> Result<(), Refused> {
        let address: IpAddr = match url.host() {
            Some(Host::Domain(_)) if matches!(url.scheme(), "http" | "https") => return Ok(()),
            Some(Host::Ipv4(address)) => address.into(),
            Some(Host::Ipv6(address)) => address.into(),
            Some(Host::Domain(_)) | None => return Err(Refused),
        };
        if self.allow_local && address_guard::may_connect(address, true) { Ok(()) } else { Err(Refused) }
    }

    async fn exchange(&self, request: reqwest::Request, largest: usize) -> Result<http::Response<Bytes>, Broken> {
        let mut answer = self.client.execute(request).await.map_err(broken)?;
        let mut response = http::Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        let announced = answer.content_length();
        let too_large = || Broken::TooLarge { announced, largest };
        // As much as is needed at once: a buffer that grows as it is filled may be twice as long.
        let length = usize::try_from(announced.unwrap_or_default()).map_err(|_| too_large())?;
        if length > largest {
            return Err(too_large());
        }
        let mut body = BytesMut::with_capacity(length);
        while let Some(chunk) = answer.chunk().await.map_err(broken)? {
            if body.len() + chunk.len() > largest {
                return Err(too_large());
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
        let empty = request.body().is_empty();
        let largest = request.extensions().get().map_or(self.largest, |Largest(bytes)| *bytes);
        let mut request = reqwest::Request::try_from(request).map_err(broken)?;
        self.meets_the_resolver(request.url()).map_err(|refused| Broken::Guarded(refused.to_string()))?;
        if empty {
            *request.body_mut() = None;
            // Left to itself the client says nothing of an empty body, and a strict server wants the length of what
            // is written (Ongoing sheet, section 0).
            if matches!(*request.method(), Method::PUT | Method::POST | Method::PATCH) {
                request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
            }
        }
        self.exchange(request, largest).await
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

/// The operating system's resolver.
struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Filters the addresses that a name resolves to, at connect time: only these are connected to.
struct GuardedResolver {
    allow_local: bool,
    names: Arc<dyn Resolve>,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_local = self.allow_local;
        let found = self.names.resolve(name);
        Box::pin(async move {
            let found: Vec<_> = found.await?.collect();
            let some = !found.is_empty();
            let open: Vec<_> =
                found.into_iter().filter(|at| address_guard::may_connect(at.ip(), allow_local)).collect();
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

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;

    /// A name server that says what it is told to.
    struct Says(Vec<&'static str>);

    impl Resolve for Says {
        fn resolve(&self, _: Name) -> Resolving {
            let all: Vec<SocketAddr> = self.0.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 0)).collect();
            Box::pin(async { Ok(Box::new(all.into_iter()) as Addrs) })
        }
    }

    /// Where a name that the name server answers so may be connected to.
    fn open(answers: &[&'static str], allow_local: bool) -> Result<Vec<String>, String> {
        let guarded = GuardedResolver { allow_local, names: Arc::new(Says(answers.to_vec())) };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let found = runtime.block_on(guarded.resolve("api.procountor.com".parse().unwrap()));
        found.map(|found| found.map(|at| at.ip().to_string()).collect()).map_err(|error| error.to_string())
    }

    #[test]
    fn of_a_name_s_addresses_only_the_public_ones_are_left() {
        let mixed = ["127.0.0.1", "8.8.8.8", "::1", "2a00:1450:400f:80d::200e", "169.254.169.254", "fd00:ec2::254"];
        assert_eq!(open(&mixed, false).unwrap(), ["8.8.8.8", "2a00:1450:400f:80d::200e"]);
        assert_eq!(open(&mixed, true).unwrap(), ["127.0.0.1", "8.8.8.8", "::1", "2a00:1450:400f:80d::200e"]);
    }

    #[test]
    fn a_name_that_leads_inside_alone_is_refused_and_one_that_leads_nowhere_is_not_found() {
        assert_eq!(open(&["10.0.0.1", "::ffff:127.0.0.1"], false).unwrap_err(), Refused.to_string());
        assert_eq!(open(&["169.254.169.254"], true).unwrap_err(), Refused.to_string());
        assert_eq!(open(&[], false).unwrap(), Vec::<String>::new());
    }
}
