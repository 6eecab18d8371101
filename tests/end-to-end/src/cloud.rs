//! Two calls to AWS that are not worth an SDK of their own: invoking a function, and reading what it logged.

use std::time::SystemTime;

use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use serde_json::{Value, json};

use crate::Result;

/// AWS, or an emulator of it, by signed HTTP.
pub struct Cloud {
    config: aws_config::SdkConfig,
    http: reqwest::Client,
}

impl Cloud {
    /// What the configuration's region, credentials and endpoint lead to.
    #[must_use]
    pub fn new(config: aws_config::SdkConfig) -> Self {
        Self { config, http: reqwest::Client::new() }
    }

    /// Invokes a function and waits for its answer.
    ///
    /// # Errors
    /// When it cannot be invoked, or failed.
    pub async fn invoke(&self, function: &str, payload: &Value) -> Result<Value> {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        let answer = self.call("lambda", &path, &[], payload).await?;
        if answer["errorType"].is_string() {
            return Err(format!("{function}: {}", answer["errorMessage"].as_str().unwrap_or_default()).into());
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
            let answer = self.call("logs", "/", &headers, &ask).await?;
            let events = answer["events"].as_array().ok_or_else(|| format!("{group}: no events in the answer"))?;
            lines.extend(events.iter().filter_map(|event| event["message"].as_str()).map(str::to_owned));
            if answer["nextToken"].is_null() {
                return Ok(lines);
            }
            ask["nextToken"] = answer["nextToken"].clone();
        }
    }

    async fn call(&self, service: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Result<Value> {
        let region = self.config.region().ok_or("no AWS region is set")?.as_ref();
        let endpoint = match self.config.endpoint_url() {
            Some(endpoint) => endpoint.trim_end_matches('/').to_owned(),
            None => format!("https://{service}.{region}.amazonaws.com"),
        };
        let url = format!("{endpoint}{path}");
        let body = body.to_string();
        let provider = self.config.credentials_provider().ok_or("no AWS credentials are set")?;
        let identity = provider.provide_credentials().await?.into();
        let signing = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?;
        let signable =
            SignableRequest::new("POST", &url, headers.iter().copied(), SignableBody::Bytes(body.as_bytes()))?;
        let (instructions, _) = sign(signable, &signing.into())?.into_parts();
        let mut request = http::Request::post(&url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(body)?;
        instructions.apply_to_request_http1x(&mut request);
        let answer = self.http.execute(request.try_into()?).await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            return Err(format!("{service}: {status}: {text}").into());
        }
        serde_json::from_str(&text).map_err(|error| format!("{service}: {error}: {text}").into())
    }
}
