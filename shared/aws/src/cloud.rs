//! Three calls to AWS that are not worth an SDK of their own: invoking a function, reading what it logged, asking a stack
//! for its outputs. For the operator's command and for tests; no function uses them.

use std::time::{Duration, SystemTime};

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use bridge::words::fault::{Fault, Result};
use serde_json::{Value, json};

use crate::error_mapping::denied;

/// A function may run for so long (its time-out in the template is 300 s), and its answer has to come back.
const LONGEST: Duration = Duration::from_secs(330);

/// AWS, or an emulator of it, by signed HTTP.
pub struct Cloud {
    config: SdkConfig,
    http: reqwest::Client,
}

/// A call before it is signed.
struct Ask<'a> {
    service: &'static str,
    path: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body: String,
}

impl Cloud {
    /// What the standard variables and profile lead to.
    pub async fn load() -> Self {
        Self::new(aws_config::load_defaults(BehaviorVersion::latest()).await)
    }

    /// What the configuration's region, credentials and endpoint lead to.
    #[must_use]
    pub fn new(config: SdkConfig) -> Self {
        Self { config, http: reqwest::Client::new() }
    }

    /// The configuration, for the clients of the SDK.
    #[must_use]
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// Invokes a function and waits for its answer.
    ///
    /// # Errors
    /// When it cannot be invoked; [`Fault::Rejected`] with its own reason when it failed.
    pub async fn invoke(&self, function: &str, payload: &Value) -> Result<Value> {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        let ask = Ask { service: "lambda", path: &path, headers: &[], body: payload.to_string() };
        let answer = read(function, &self.call(&ask).await?)?;
        if answer["errorType"].is_string() {
            let why = answer["errorMessage"].as_str().unwrap_or("the function failed and did not say why");
            return Err(Fault::rejected(function, why));
        }
        Ok(answer)
    }

    /// Every line in a log group so far.
    ///
    /// # Errors
    /// When the group cannot be read.
    pub async fn log_lines(&self, group: &str) -> Result<Vec<String>> {
        let headers =
            [("x-amz-target", "Logs_20140328.FilterLogEvents"), ("content-type", "application/x-amz-json-1.1")];
        let mut lines = Vec::new();
        let mut ask = json!({ "logGroupName": group });
        loop {
            let call = Ask { service: "logs", path: "/", headers: &headers, body: ask.to_string() };
            let answer = read(group, &self.call(&call).await?)?;
            let events = answer["events"].as_array();
            let events = events.ok_or_else(|| Fault::Unexpected(format!("{group}: no events in the answer")))?;
            lines.extend(events.iter().filter_map(|event| event["message"].as_str()).map(str::to_owned));
            if answer["nextToken"].is_null() {
                return Ok(lines);
            }
            ask["nextToken"] = answer["nextToken"].clone();
        }
    }

    /// What CloudFormation says of a stack, as XML.
    pub(crate) async fn describe(&self, stack: Option<&str>, next: Option<&str>) -> Result<String> {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", "DescribeStacks").append_pair("Version", "2010-05-15");
        form.extend_pairs(stack.map(|name| ("StackName", name)));
        form.extend_pairs(next.map(|token| ("NextToken", token)));
        let body = form.finish();
        self.call(&Ask { service: "cloudformation", path: "/", headers: &headers, body }).await
    }

    async fn call(&self, ask: &Ask<'_>) -> Result<String> {
        let service = ask.service;
        let request = self.signed(ask).await?;
        let lost = |error: reqwest::Error| Fault::unavailable(format!("{service}: {}", said(&error.without_url())));
        let answer = self.http.execute(request).await.map_err(lost)?;
        let status = answer.status();
        let text = answer.text().await.map_err(lost)?;
        if status.is_success() { Ok(text) } else { Err(refused(service, status.as_u16(), &text)) }
    }

    async fn signed(&self, ask: &Ask<'_>) -> Result<reqwest::Request> {
        let region = self.config.region().map(AsRef::as_ref).ok_or_else(|| {
            Fault::Unauthorized("no AWS region is set; AWS_REGION, or a profile with a region, is expected".into())
        })?;
        let url = format!("{}{}", self.endpoint(ask.service, region), ask.path);
        let identity = self.credentials().await?.into();
        let odd = |_| Fault::Unexpected(format!("{}: the call cannot be signed", ask.service));
        let signing = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(ask.service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| odd(error.to_string()))?;
        let body = SignableBody::Bytes(ask.body.as_bytes());
        let signable = SignableRequest::new("POST", &url, ask.headers.iter().copied(), body);
        let signable = signable.map_err(|error| odd(error.to_string()))?;
        let signed = sign(signable, &signing.into()).map_err(|error| odd(error.to_string()))?;
        let (instructions, _) = signed.into_parts();
        let request =
            ask.headers.iter().fold(http::Request::post(&url), |request, (name, value)| request.header(*name, *value));
        let mut request = request.body(ask.body.clone()).map_err(|error| odd(error.to_string()))?;
        instructions.apply_to_request_http1x(&mut request);
        let mut request = reqwest::Request::try_from(request).map_err(|error| odd(error.to_string()))?;
        *request.timeout_mut() = Some(LONGEST);
        Ok(request)
    }

    /// The endpoint of a service: its own variable, the one for all, else AWS.
    fn endpoint(&self, service: &str, region: &str) -> String {
        let own = std::env::var(format!("AWS_ENDPOINT_URL_{}", service.to_uppercase())).ok();
        let named = own.filter(|url| !url.is_empty()).or_else(|| self.config.endpoint_url().map(str::to_owned));
        let china = if region.starts_with("cn-") { ".cn" } else { "" };
        let endpoint = named.unwrap_or_else(|| format!("https://{service}.{region}.amazonaws.com{china}"));
        endpoint.trim_end_matches('/').to_owned()
    }

    async fn credentials(&self) -> Result<Credentials> {
        const NONE: &str = "no AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; \
             for a profile of single sign-on: eval \"$(aws configure export-credentials --format env)\"";
        let provider = self.config.credentials_provider().ok_or_else(|| Fault::Unauthorized(NONE.into()))?;
        provider.provide_credentials().await.map_err(|error| {
            // A chain of providers tells of every one that it tried, a line each.
            let why = said(&error).lines().next().unwrap_or_default().trim_end_matches(" Attempted:").to_owned();
            Fault::Unauthorized(format!("{NONE} ({why})"))
        })
    }
}

fn read(what: &str, text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|error| Fault::Unexpected(format!("{what}: the answer is no JSON: {error}")))
}

/// AWS said no. Its words name actions and resources, never a value of ours.
fn refused(service: &str, status: u16, text: &str) -> Fault {
    let why = format!("{service}: {status}: {}", text.trim());
    match status {
        401 | 403 => Fault::Unauthorized(why),
        400 if ["ExpiredToken", "UnrecognizedClient", "IncompleteSignature"].iter().any(|code| text.contains(code))
            || text.split(|c: char| !c.is_alphanumeric()).any(denied) =>
        {
            Fault::Unauthorized(why)
        }
        429 | 500.. => Fault::unavailable(why),
        _ => Fault::Unexpected(why),
    }
}

/// The innermost cause: the outer ones say only that something failed.
fn said(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_apart_by_what_to_do() {
        let expired = r#"{"__type":"ExpiredTokenException","message":"The security token has expired"}"#;
        assert_eq!(refused("lambda", 400, expired).name(), "unauthorized");
        assert_eq!(refused("lambda", 403, "").name(), "unauthorized");
        let denied = "<Error><Code>AccessDenied</Code></Error>";
        assert_eq!(refused("cloudformation", 400, denied).name(), "unauthorized");
        assert_eq!(refused("lambda", 404, "Function not found").name(), "unexpected");
        assert!(refused("lambda", 429, "").passes_by_itself() && refused("lambda", 503, "").passes_by_itself());
    }

    #[test]
    fn a_service_is_called_in_its_region_unless_an_endpoint_is_named() {
        let of = |endpoint: Option<&str>, region: &str| {
            let config = SdkConfig::builder().behavior_version(BehaviorVersion::latest());
            let config = endpoint.into_iter().fold(config, |config, endpoint| config.endpoint_url(endpoint)).build();
            Cloud::new(config).endpoint("lambda", region)
        };
        assert_eq!(of(None, "eu-north-1"), "https://lambda.eu-north-1.amazonaws.com");
        assert_eq!(of(None, "cn-north-1"), "https://lambda.cn-north-1.amazonaws.com.cn");
        assert_eq!(of(Some("http://127.0.0.1:4600/"), "eu-north-1"), "http://127.0.0.1:4600");
    }
}
