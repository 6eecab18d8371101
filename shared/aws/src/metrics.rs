//! Counts what the log lines tell of ([`bridge::words::metric`]), and prints it at the end of an invocation in the embedded
//! metric format, from which CloudWatch Logs makes metrics (Amazon CloudWatch user guide, "Specification: Embedded metric
//! format"). Nothing is called, no right is needed, and what was not met is not printed, and so not paid for.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Write as _;

use bridge::words::metric::{FIELDS, Line, Metric, counted};
use jiff::Timestamp;
use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

/// The most measurements of one metric in one line (the specification's bound of an array).
const VALUES: usize = 100;

/// What distinguishes a metric: its kind, and its ERP, feed and cause.
type Key = (Metric, &'static str, &'static str, &'static str);

thread_local! {
    /// What was counted since it was last printed; a function has one thread and one invocation at a time.
    static COUNTS: RefCell<BTreeMap<Key, Vec<f64>>> = const { RefCell::new(BTreeMap::new()) };
    static NAMESPACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Names the metrics' namespace.
pub(crate) fn begin(namespace: &str) {
    NAMESPACE.with_borrow_mut(|known| namespace.clone_into(known));
}

/// Prints what was counted since the last time, and forgets it. Without a namespace nothing is printed: nobody counts.
pub(crate) fn print(now: Timestamp) {
    let namespace = NAMESPACE.with_borrow(Clone::clone);
    let lines = lines(&namespace, now);
    if namespace.is_empty() {
        return;
    }
    let mut out = std::io::stdout().lock();
    for line in lines {
        // Who cannot write cannot say so either.
        let _ = writeln!(out, "{line}");
    }
}

/// What was counted since the last time, as lines of the embedded metric format.
pub(crate) fn lines(namespace: &str, now: Timestamp) -> Vec<String> {
    let counts = COUNTS.with_borrow_mut(std::mem::take);
    counts.into_iter().map(|(key, values)| line(namespace, now, key, &values).to_string()).collect()
}

fn line(namespace: &str, now: Timestamp, (metric, erp, feed, cause): Key, values: &[f64]) -> Value {
    // Of all together, for the alarm; and by what it was, for whoever looks into it.
    let dimensions = if metric.is_always_there() { json!([[]]) } else { json!([[], ["erp", "feed", "cause"]]) };
    let (unit, value) = match metric {
        Metric::FreshnessSeconds => ("Seconds", json!(values.iter().take(VALUES).collect::<Vec<_>>())),
        // Of one line each, or as many as the line says.
        _ => ("Count", json!(values.iter().sum::<f64>())),
    };
    let metrics = json!([{ "Name": metric.word(), "Unit": unit }]);
    let directive = json!({ "Namespace": namespace, "Dimensions": dimensions, "Metrics": metrics });
    let meta = json!({ "Timestamp": now.as_millisecond(), "CloudWatchMetrics": [directive] });
    let mut line = json!({ "_aws": meta, "erp": erp, "feed": feed, "cause": cause });
    line[metric.word()] = value;
    line
}

/// Counts events. A layer of the subscriber's.
pub(crate) struct Counting;

impl<S: Subscriber> Layer<S> for Counting {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let is_error = *event.metadata().level() == Level::ERROR;
        let Some(counted) = counted(event.metadata().target(), is_error, &fields) else { return };
        let key = (counted.metric, counted.erp, counted.feed, counted.cause);
        // Not while it is printed: the lock of the output is never held with it.
        COUNTS.with_borrow_mut(|counts| counts.entry(key).or_default().push(counted.value));
    }
}

/// The fields that may count.
#[derive(Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Fields {
    fn keep(&mut self, field: &Field, text: impl FnOnce() -> String) {
        if FIELDS.contains(&field.name()) {
            self.0.insert(field.name(), text());
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.keep(field, || value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.keep(field, || format!("{value:?}"));
    }
}

impl Line for Fields {
    fn field(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    fn counted_of(work: impl FnOnce()) -> Vec<Value> {
        let subscriber = tracing_subscriber::registry().with(Counting);
        tracing::subscriber::with_default(subscriber, work);
        let lines = lines("stack", Timestamp::UNIX_EPOCH);
        lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn what_is_met_is_one_line_a_kind_with_bounded_dimensions() {
        let lines = counted_of(|| {
            for key in ["1", "2"] {
                tracing::error!(
                    target: "record", tenant_id = "acme", feed = "orders", key, outcome = "parked", "record"
                );
            }
            tracing::error!(target: "job", reason = "a person's address", "given back");
            tracing::info!(target: "record", tenant_id = "acme", outcome = "updated", "record");
        });
        let [parked, error] = lines.as_slice() else { panic!("two lines: {lines:?}") };
        assert_eq!(
            *parked,
            json!({
                "_aws": { "Timestamp": 0, "CloudWatchMetrics": [{
                    "Namespace": "stack", "Dimensions": [[], ["erp", "feed", "cause"]],
                    "Metrics": [{ "Name": "RecordsParked", "Unit": "Count" }],
                }] },
                "erp": "-", "feed": "orders", "cause": "-", "RecordsParked": 2.0,
            })
        );
        assert_eq!(error["Errors"], 1.0);
        assert!(!error.to_string().contains("address"), "no text of a line gets into a metric");
        assert_eq!(counted_of(|| ()), Vec::<Value>::new(), "what was printed is forgotten");
    }

    #[test]
    fn what_is_measured_is_a_list_and_what_is_always_there_is_one_metric() {
        let lines = counted_of(|| {
            for age_seconds in [900_i64, 1800] {
                tracing::info!(target: "health", erp = "visma", outcome = "pulled", age_seconds, "health");
            }
        });
        assert_eq!(lines[0]["FreshnessSeconds"], json!([900.0, 1800.0]));
        let directive = &lines[0]["_aws"]["CloudWatchMetrics"][0];
        assert_eq!((&directive["Dimensions"], &directive["Metrics"][0]["Unit"]), (&json!([[]]), &json!("Seconds")));
    }

    #[test]
    fn every_kind_is_counted_of_an_event_as_the_functions_print_it() {
        let lines = counted_of(|| {
            tracing::info!(target: "health", erp = "visma", outcome = "pulled", age_seconds = 900_i64, "health");
            for cause in ["login_refused", "no_room", "budget_spent"] {
                tracing::warn!(target: "health", erp = "visma", feed = "orders", outcome = "not_pulled", cause, "health");
            }
            tracing::error!(target: "tenant", tenant_id = "acme", outcome = "invalid", "tenant");
            tracing::error!(target: "record", feed = "orders", outcome = "parked", "record");
            for feed in ["orders", "stock"] {
                tracing::error!(target: "record", feed, left_for_a_person = true, "record");
            }
            tracing::error!(target: "connection", erp = "visma", outcome = "needs_consent", "connection");
            tracing::warn!(target: "tick", outcome = "dropped", "tick");
            tracing::info!(target: "proof", feed = "orders", differences = 9_usize, differences_stay = 7_usize, "proof");
            let (erp, required) = (&"finago", &true);
            tracing::warn!(target: "schema_drift", erp, outcome = "member_gone", path = "/a", required, "schema_drift");
            tracing::error!(target: "job", reason = "none", "given back");
        });
        for metric in Metric::ALL {
            let counted: f64 = lines.iter().filter_map(|line| line[metric.word()].as_f64()).sum();
            let wanted = if metric == Metric::DifferencesStay { 7.0 } else { 1.0 };
            let measured =
                metric == Metric::FreshnessSeconds && lines.iter().any(|line| line[metric.word()].is_array());
            assert!(measured || (counted - wanted).abs() < f64::EPSILON, "{metric:?}: {counted} in {lines:?}");
        }
    }

    #[test]
    fn a_flag_and_an_absent_field_are_read_as_they_are() {
        let lines = counted_of(|| {
            tracing::warn!(target: "record", feed = "stock", left_for_a_person = true, fault = None::<&str>, "left");
        });
        assert_eq!((&lines[0]["WriteBacksLeft"], &lines[0]["cause"]), (&json!(1.0), &json!("-")));
    }
}
