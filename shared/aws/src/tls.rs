//! One client and one TLS stack for AWS and the vendors: reqwest over rustls with ring. The SDKs' own client brings a second
//! HTTP client, HTTP/2 and aws-lc-rs, and reads the system's certificates a second time: the functions are half a megabyte
//! larger with it, and take longer to build and to start (docs/performance.md).

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;

/// No connection to AWS in this time.
pub const CONNECT: Duration = Duration::from_secs(3);

/// AWS closes idle connections after a quarter of an hour and more; a function that was frozen in between may still find a
/// dead one, which the SDKs try again.
const IDLE: Duration = Duration::from_secs(60);

/// What a client begins with.
pub fn client() -> reqwest::ClientBuilder {
    // Whoever was first has installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
}

/// A client for the SDKs. How long an attempt takes, and whether there is another one, is theirs to say.
///
/// # Errors
/// When there are no certificates to trust.
pub fn sdk_client() -> Result<SharedHttpClient, reqwest::Error> {
    let client = client()
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .build()?;
    Ok(SharedHttpClient::new(Sdk { client }))
}

/// What the SDKs call through.
#[derive(Clone, Debug)]
struct Sdk {
    client: reqwest::Client,
}

impl Sdk {
    async fn exchange(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
        let (parts, body) = request.into_parts();
        let body = body.bytes().ok_or_else(|| ConnectorError::user("a body that is no bytes".into()))?.to_vec();
        let request = http::Request::from_parts(parts, body);
        let request = reqwest::Request::try_from(request).map_err(|error| ConnectorError::user(error.into()))?;
        let answer = self.client.execute(request).await.map_err(broken)?;
        let mut head = http::Response::new(());
        *head.status_mut() = answer.status();
        *head.headers_mut() = answer.headers().clone();
        let body = answer.bytes().await.map_err(broken)?;
        HttpResponse::try_from(head.map(|()| SdkBody::from(body)))
            .map_err(|error| ConnectorError::other(error.into(), None))
    }
}

impl HttpConnector for Sdk {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().exchange(request))
    }
}

impl HttpClient for Sdk {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// What the SDKs try again: the connection was refused or broke, or there was none in time.
fn broken(error: reqwest::Error) -> ConnectorError {
    if error.is_timeout() { ConnectorError::timeout(error.into()) } else { ConnectorError::io(error.into()) }
}
