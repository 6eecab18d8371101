//! Logging: one line of JSON per event on standard output, where Lambda collects it; and the events counted for the alarms.

use std::cell::RefCell;
use std::panic::PanicHookInfo;
use std::sync::Once;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

use crate::metrics;

thread_local! {
    /// The invocation at work; a function has one thread and one invocation at a time.
    static RUN: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Starts logging, counting and the panic hook; a second call changes nothing. `level` is `info` or `info,bridge=debug`;
/// `namespace` is that of the metrics.
pub fn init(level: &str, namespace: &str) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let (targets, good) = targets(level);
        // Somebody else's subscriber stays, as in a test.
        let _ = tracing::subscriber::set_global_default(subscriber(targets, std::io::stdout));
        metrics::begin(namespace);
        if !good {
            tracing::warn!(target: "telemetry", log_level = level, "not understood; info is used");
        }
        std::panic::set_hook(Box::new(panicked));
    });
}

/// Names the invocation that a panic from now on belongs to.
pub fn begin(run_id: &str) {
    RUN.with_borrow_mut(|run| run_id.clone_into(run));
}

/// The filter, and whether it was understood.
fn targets(level: &str) -> (Targets, bool) {
    let level = level.trim();
    let parsed = if level.is_empty() { None } else { level.parse().ok() };
    let understood = parsed.is_some() || level.is_empty();
    let targets = parsed.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
    // Lambda's runtime repeats there what `entry` has logged with the run's id.
    (targets.with_target("lambda_runtime::layers::panic", LevelFilter::OFF), understood)
}

fn subscriber<W>(targets: Targets, writer: W) -> impl tracing::Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(writer);
    // Counted whatever is logged: an alarm must not depend on the level.
    tracing_subscriber::registry()
        .with(lines.with_filter(targets))
        .with(metrics::Counting.with_filter(LevelFilter::INFO))
}

/// Where, and in which run; never the message, which may quote data.
fn panicked(info: &PanicHookInfo<'_>) {
    let location = info.location().map(ToString::to_string);
    let correlation_id = RUN.try_with(|run| run.try_borrow().map(|run| run.clone()).unwrap_or_default());
    let correlation_id = correlation_id.unwrap_or_default();
    tracing::error!(target: "panic", location, correlation_id, "panic");
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use serde_json::Value;

    use super::*;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    pub(crate) fn lines(level: &str, work: impl FnOnce()) -> Vec<Value> {
        let page = Page::default();
        let writer = page.clone();
        let subscriber = subscriber(targets(level).0, move || writer.clone());
        tracing::subscriber::with_default(subscriber, work);
        let text = String::from_utf8(page.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn an_event_is_one_flat_line_with_a_zone_and_without_its_spans() {
        let lines = lines("info", || {
            let _span = tracing::info_span!("span", secret = "s").entered();
            tracing::info!(target: "record", tenant_id = "acme", n = 3, number = None::<&str>, "re\ncord");
        });
        let [line] = lines.as_slice() else { panic!("one line") };
        let line = line.as_object().unwrap();
        let mut names: Vec<&str> = line.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["level", "message", "n", "target", "tenant_id", "timestamp"]);
        assert_eq!((line["tenant_id"].as_str(), line["n"].as_i64()), (Some("acme"), Some(3)));
        line["timestamp"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    }

    #[test]
    fn the_level_is_per_target() {
        let said = |level: &str| {
            let work = || {
                tracing::debug!(target: "bridge", "a");
                tracing::debug!(target: "hyper", "b");
                tracing::info!(target: "hyper", "c");
            };
            let said = lines(level, work).into_iter().map(|line| line["message"].as_str().unwrap().to_owned());
            said.collect::<String>()
        };
        assert_eq!(said("info"), "c");
        assert_eq!(said("info,bridge=debug"), "ac");
        assert_eq!(said("warn"), "");
        assert_eq!(said(""), "c");
        assert_eq!(said("loud=very=much"), "c");
        assert!(!targets("loud=very=much").1);
    }

    #[test]
    fn a_panic_is_logged_with_its_run_and_place_but_without_its_words() {
        begin("run-1");
        let lines = lines("info", || {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(panicked));
            let caught = std::panic::catch_unwind(|| panic!("data of a customer"));
            std::panic::set_hook(before);
            assert!(caught.is_err());
        });
        let [line] = lines.as_slice() else { panic!("one line") };
        assert_eq!((line["target"].as_str(), line["correlation_id"].as_str()), (Some("panic"), Some("run-1")));
        assert!(line["location"].as_str().unwrap().contains("telemetry.rs"));
        assert!(!line.to_string().contains("customer"));
    }

    #[test]
    fn what_is_left_for_a_person_is_said_in_the_word_that_the_alarm_listens_for() {
        let subject = bridge::words::outcome::Subject {
            tenant_id: "acme",
            feed: "orders",
            key: "k",
            number: Some("10023"),
            version: "1",
            correlation_id: "run",
        };
        let lines = lines("info", || bridge::words::outcome::left_for_a_person(&subject));
        let [line] = lines.as_slice() else { panic!("one line") };
        assert_eq!((&line["left_for_a_person"], &line["number"]), (&Value::Bool(true), &Value::from("10023")));
        assert!(line.get("outcome").is_none(), "counted by the outcome's own line");
        let counted = metrics::lines("stack", jiff::Timestamp::UNIX_EPOCH);
        assert!(counted.len() == 1 && counted[0].contains(r#""LeftForAPerson":1"#), "{counted:?}");
    }
}
