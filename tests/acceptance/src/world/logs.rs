//! The log lines of a test, as they would be printed.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use bridge::words::metric::{Counted, FIELDS, Line, counted};
use serde_json::Value;
use tracing::subscriber::DefaultGuard;

/// What was logged on this thread since the beginning.
pub struct Logs {
    lines: Arc<Mutex<Vec<u8>>>,
    guard: RefCell<Option<DefaultGuard>>,
}

struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Fields(BTreeMap<String, String>);

impl Line for Fields {
    fn field(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl Logs {
    pub(super) fn begin() -> Self {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let buffer = Arc::clone(&lines);
        let subscriber = tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .without_time()
            .with_writer(move || Buffer(Arc::clone(&buffer)))
            .finish();
        Self { lines, guard: RefCell::new(Some(tracing::subscriber::set_default(subscriber))) }
    }

    /// Logs nothing from now on.
    pub(super) fn end(&self) {
        self.guard.take();
    }

    /// Everything, as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.lines.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    /// Everything since this was asked, which is then forgotten.
    #[must_use]
    pub fn take(&self) -> String {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&std::mem::take(&mut *lines)).into_owned()
    }

    /// What the lines count for the alarms, as the functions count it.
    #[must_use]
    pub fn counted(&self) -> Vec<Counted> {
        let lines: Vec<Value> = self.text().lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let of = |line: &Value| {
            let kept = line.as_object()?.iter().filter(|(name, _)| FIELDS.contains(&name.as_str()));
            let fields = kept.map(|(name, value)| match value {
                Value::String(text) => (name.clone(), text.clone()),
                other => (name.clone(), other.to_string()),
            });
            counted(line["target"].as_str()?, line["level"] == "ERROR", &Fields(fields.collect()))
        };
        lines.iter().filter_map(of).collect()
    }

    /// The lines of records, as JSON.
    #[must_use]
    pub fn records(&self) -> Vec<Value> {
        let lines: Vec<Value> = self.text().lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        lines.into_iter().filter(|line| line["target"] == "record").collect()
    }

    /// How many records had this outcome.
    #[must_use]
    pub fn count(&self, outcome: &str) -> usize {
        self.records().iter().filter(|line| line["outcome"] == outcome).count()
    }
}
