//! One HTTP client and one TLS stack for AWS and the vendors: reqwest over rustls with ring. The SDKs' own client brings a
//! second one, HTTP/2 and aws-lc-rs: the functions are larger with it and take longer to build (docs/performance.md). The
//! system's certificates are read once a process.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::{ReconnectMode, RetryConfig};
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt as _;

/// Why there is no client.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// No connection to AWS in this time.
pub(crate) const CONNECT: Duration = Duration::from_secs(3);

/// AWS closes idle connections after a quarter of an hour and more; a function that was frozen in between may still find a
/// dead one, which the SDKs try again.
const IDLE: Duration = Duration::from_secs(60);

/// What a client begins with.
///
/// # Errors
/// When there are no certificates to trust.
pub fn client() -> Result<reqwest::ClientBuilder, rustls::Error> {
    #[expect(clippy::disallowed_methods, reason = "the one place")]
    let builder = reqwest::Client::builder();
    Ok(builder.tls_backend_preconfigured(trusting()?))
}

/// Trusts what the system trusts.
fn trusting() -> Result<ClientConfig, rustls::Error> {
    static READ: OnceLock<ClientConfig> = OnceLock::new();
    if let Some(read) = READ.get() {
        return Ok(read.clone());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let config = config.with_platform_verifier()?.with_no_client_auth();
    Ok(READ.get_or_init(|| config).clone())
}

/// A client for the SDKs. How long an attempt takes, and whether there is another one, is theirs to say. To be used with
/// [`retries`], and without the protection against streams that stall: an answer comes whole or not at all.
///
/// # Errors
/// When there are no certificates to trust.
pub fn sdk_client() -> Result<SharedHttpClient, Error> {
    let client = client()?
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .build()?;
    Ok(SharedHttpClient::new(Sdk { client, longest: None }))
}

/// The SDKs' standard retries. A connection that brought a fault of the service is used on: none is given up by name.
#[must_use]
pub fn retries() -> RetryConfig {
    RetryConfig::standard().with_reconnect_mode(ReconnectMode::ReuseAllConnections)
}

/// What the SDKs call through.
#[derive(Clone, Debug)]
struct Sdk {
    client: reqwest::Client,
    /// An exchange takes no longer, where the SDK says so: one that looks for the credentials of a machine.
    longest: Option<Duration>,
}

impl Sdk {
    async fn exchange(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
        let (parts, body) = request.into_parts();
        let body = body.bytes().ok_or_else(|| ConnectorError::user("a body that is no bytes".into()))?.to_vec();
        let request = http::Request::from_parts(parts, body);
        let mut request = reqwest::Request::try_from(request).map_err(|error| ConnectorError::user(error.into()))?;
        *request.timeout_mut() = self.longest;
        let answer = self.client.execute(request).await.map_err(broken)?;
        let mut head = http::Response::new(());
        *head.status_mut() = answer.status();
        *head.headers_mut() = answer.headers().clone();
        let body = answer.bytes().await.map_err(broken)?;
        let answer = HttpResponse::try_from(head.map(|()| SdkBody::from(body)));
        answer.map_err(|error| ConnectorError::other(error.into(), None))
    }
}

impl HttpConnector for Sdk {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().exchange(request))
    }
}

impl HttpClient for Sdk {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        let connect = settings.connect_timeout().unwrap_or(CONNECT);
        let longest = settings.read_timeout().map(|read| read + connect);
        SharedHttpConnector::new(Self { longest, ..self.clone() })
    }
}

/// What the SDKs try again: the connection was refused or broke, or there was none in time.
fn broken(error: reqwest::Error) -> ConnectorError {
    if error.is_timeout() { ConnectorError::timeout(error.into()) } else { ConnectorError::io(error.into()) }
}
