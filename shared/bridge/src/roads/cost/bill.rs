//! From what a day takes to what a month costs.

use super::{Prices, Usage};

const DAYS: f64 = 365.0 / 12.0;

/// The memory of a function, in GB.
const MEMORY: f64 = 0.25;

/// A queue that starts a function is asked by at least five pollers, each for twenty seconds a time, whether there is
/// anything or not (Lambda developer guide, "Using Lambda with Amazon SQS").
const POLLS_A_MONTH: f64 = 5.0 * 3.0 * 60.0 * 24.0 * DAYS;

/// What is paid for whatever the tenants do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fixed {
    /// Standard queues that start a function.
    pub standard: f64,
    /// FIFO queues that do.
    pub fifo: f64,
    /// Metrics that alarms look at.
    pub alarm_metrics: f64,
    /// Custom metrics that are always there.
    pub custom_metrics: f64,
    /// Secrets that all tenants share.
    pub secrets: f64,
}

impl Fixed {
    /// Nothing of it.
    pub const NONE: Self = Self { standard: 0.0, fifo: 0.0, alarm_metrics: 0.0, custom_metrics: 0.0, secrets: 0.0 };
}

impl Default for Fixed {
    /// As the template has it, with all four ERPs (`tests/template` holds the alarms' number).
    fn default() -> Self {
        Self { standard: 5.0, fifo: 2.0, alarm_metrics: 53.0, custom_metrics: 1.0, secrets: 4.0 }
    }
}

/// A month, by what it is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Bill {
    /// The greatest first.
    pub parts: Vec<(&'static str, f64)>,
}

impl Bill {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.parts.iter().map(|(_, usd)| usd).sum()
    }
}

/// What so many tenants cost a month, each of which takes this a day and has so many secrets of its own.
#[must_use]
pub fn bill(prices: &Prices, usage: &Usage, tenants: f64, secrets_each: f64, fixed: &Fixed) -> Bill {
    let month = |a_day: f64| a_day * DAYS * tenants;
    let million = |count: f64, usd: f64| count / 1e6 * usd;
    let mut parts = vec![
        ("secrets kept", (fixed.secrets + secrets_each * tenants) * prices.secret_month),
        ("secrets read", million(month(usage.secret_calls), prices.secrets_million_calls)),
        ("table reads", million(month(usage.reads), prices.dynamodb_million_reads)),
        ("table writes", million(month(usage.writes), prices.dynamodb_million_writes)),
        (
            "functions",
            month(usage.seconds) * MEMORY * prices.lambda_gb_second
                + million(month(usage.invocations), prices.lambda_million_requests),
        ),
        (
            "queues",
            million(month(usage.standard) + fixed.standard * POLLS_A_MONTH, prices.sqs_million_standard)
                + million(month(usage.fifo) + fixed.fifo * POLLS_A_MONTH, prices.sqs_million_fifo),
        ),
        ("webhooks", million(month(usage.webhooks), prices.api_million)),
        ("logs", month(usage.log_bytes) / 1e9 * prices.logs_gb),
        ("alarms", fixed.alarm_metrics * prices.alarm_metric_month + fixed.custom_metrics * prices.custom_metric_month),
    ];
    parts.sort_by(|a, b| b.1.total_cmp(&a.1));
    Bill { parts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_what_was_counted_times_its_price() {
        let prices = Prices::listed();
        let usage = Usage { secret_calls: 1000.0, reads: 10_000.0, ..Usage::default() };
        let bill = bill(&prices, &usage, 10.0, 2.0, &Fixed::NONE);
        let of = |part: &str| bill.parts.iter().find(|(name, _)| *name == part).unwrap().1;
        assert!((of("secrets kept") - 8.0).abs() < 1e-9);
        assert!((of("secrets read") - 1000.0 * 10.0 * DAYS / 1e6 * 5.0).abs() < 1e-9);
        assert!((of("table reads") - 10_000.0 * 10.0 * DAYS / 1e6 * 0.125).abs() < 1e-9);
        assert_eq!(bill.parts[0].0, "secrets kept");
        assert!((bill.total() - of("secrets kept") - of("secrets read") - of("table reads")).abs() < 1e-9);
    }
}
