//! The AWS clients that the operator's command and the tests need beside the ports: CloudFormation, Lambda and
//! CloudWatch Logs.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, SdkConfig};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use bridge::words::fault::{Fault, Result};
use bridge_aws::tls;
use serde_json::Value;

use crate::error_mapping::fault;

/// A function may run for so long (its time-out in the template is 300 s), and its answer has to come back.
const LONGEST: Duration = Duration::from_secs(330);

/// AWS, or an emulator of it.
pub struct AwsClient {
    config: SdkConfig,
    cloudformation: aws_sdk_cloudformation::Client,
    lambda: aws_sdk_lambda::Client,
    logs: aws_sdk_cloudwatchlogs::Client,
}

/// One attempt of a call: a search through the logs of a day takes its time.
const ATTEMPT: Duration = Duration::from_secs(60);

/// What a person's configuration begins with: the standard variables and profiles.
///
/// # Errors
/// [`Fault::Unexpected`] when this machine has no certificates to trust.
pub fn loader() -> Result<ConfigLoader> {
    let client = tls::sdk_client().map_err(|error| Fault::Unexpected(format!("no TLS to AWS: {error}")))?;
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).build();
    Ok(aws_config::defaults(BehaviorVersion::latest())
        .http_client(client)
        .retry_config(tls::retries())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .timeout_config(timeouts))
}

impl AwsClient {
    /// What the standard variables and profiles lead to: also those of `aws sso login` and of `aws login`.
    ///
    /// # Errors
    /// As [`loader`].
    pub async fn load() -> Result<Self> {
        Ok(Self::new(loader()?.load().await))
    }

    /// What the configuration's region, credentials and endpoint lead to.
    #[must_use]
    pub fn new(config: SdkConfig) -> Self {
        // One call and one answer: a second call would run the function twice. Lambda sends nothing before the function
        // has ended, which is no stalled stream.
        let once = aws_sdk_lambda::config::Builder::from(&config)
            .retry_config(RetryConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_timeout(LONGEST).build());
        Self {
            cloudformation: aws_sdk_cloudformation::Client::new(&config),
            lambda: aws_sdk_lambda::Client::from_conf(once.build()),
            logs: aws_sdk_cloudwatchlogs::Client::new(&config),
            config,
        }
    }

    /// The configuration, for the clients of the SDK.
    #[must_use]
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// The region that is worked in.
    ///
    /// # Errors
    /// [`Fault::Unauthorized`] when none is set.
    pub fn region(&self) -> Result<&str> {
        self.config.region().map(AsRef::as_ref).ok_or_else(|| {
            Fault::Unauthorized("no AWS region is set; AWS_REGION, or a profile with a region, is expected".into())
        })
    }

    /// What knows the stacks.
    pub(crate) fn stacks(&self) -> &aws_sdk_cloudformation::Client {
        &self.cloudformation
    }

    /// Invokes a function and waits for its answer.
    ///
    /// # Errors
    /// When it cannot be invoked; [`Fault::Rejected`] with its own reason when it failed.
    pub async fn invoke(&self, function: &str, payload: &Value) -> Result<Value> {
        self.region()?;
        let call = self.lambda.invoke().function_name(function).payload(Blob::new(payload.to_string()));
        let answer = call.send().await.map_err(|error| fault("lambda", &error))?;
        let text = answer.payload.map(Blob::into_inner).unwrap_or_default();
        let value: Value = serde_json::from_slice(&text)
            .map_err(|error| Fault::Unexpected(format!("{function}: the answer is no JSON: {error}")))?;
        if answer.function_error.is_some() || value["errorType"].is_string() {
            let why = value["errorMessage"].as_str().unwrap_or("the function failed and did not say why");
            return Err(Fault::rejected(function, why));
        }
        Ok(value)
    }

    /// Has a function invoked, and does not wait for it.
    ///
    /// # Errors
    /// When it cannot be invoked; how it ends is in its log.
    pub async fn request(&self, function: &str, payload: &Value) -> Result<()> {
        self.region()?;
        let call = self.lambda.invoke().function_name(function).invocation_type(InvocationType::Event);
        let call = call.payload(Blob::new(payload.to_string()));
        call.send().await.map_err(|error| fault("lambda", &error)).map(|_| ())
    }

    /// Every line in a log group so far.
    ///
    /// # Errors
    /// When the group cannot be read.
    pub async fn log_lines(&self, group: &str) -> Result<Vec<String>> {
        self.region()?;
        let mut pages = self.logs.filter_log_events().log_group_name(group).into_paginator().send();
        let mut lines = Vec::new();
        while let Some(page) = pages.next().await {
            let events = page.map_err(|error| fault("logs", &error))?.events.unwrap_or_default();
            lines.extend(events.into_iter().filter_map(|event| event.message));
        }
        Ok(lines)
    }
}
