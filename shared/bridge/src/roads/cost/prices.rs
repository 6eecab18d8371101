//! List prices, all in one file.

use serde::Deserialize;

/// USD, each as its name says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Prices {
    /// Where they are from.
    pub source: String,
    pub lambda_gb_second: f64,
    pub lambda_million_requests: f64,
    /// Strongly consistent reads of up to 4 KB.
    pub dynamodb_million_reads: f64,
    pub dynamodb_million_writes: f64,
    /// With point-in-time recovery.
    pub dynamodb_gb_month: f64,
    pub sqs_million_standard: f64,
    pub sqs_million_fifo: f64,
    pub secret_month: f64,
    pub secrets_million_calls: f64,
    /// Taken in, and kept for a month.
    pub logs_gb: f64,
    pub api_million: f64,
    pub alarm_metric_month: f64,
    pub custom_metric_month: f64,
}

impl Prices {
    /// Those of `prices.json`.
    ///
    /// # Panics
    /// Where the file is not as it has to be.
    #[must_use]
    pub fn listed() -> Self {
        serde_json::from_str(include_str!("prices.json")).expect("prices.json")
    }
}
