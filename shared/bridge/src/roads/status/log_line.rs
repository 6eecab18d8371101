//! A log line of a function as a person reads it.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;

/// Members by which a line is about something.
const NAMES: [&str; 6] = ["number", "key", "correlation_id", "tenant_id", "message_id", "id"];

/// A log line.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LogLine {
    /// When.
    pub at: Timestamp,
    /// The function, without the stack's name.
    pub function: String,
    /// The line as it was written.
    pub line: Value,
}

impl LogLine {
    /// A line that a function wrote; `None` for what Lambda itself writes around it.
    #[must_use]
    pub fn read(function: &str, text: &str) -> Option<Self> {
        let line: Value = serde_json::from_str(text.trim()).ok()?;
        let at = line["timestamp"].as_str()?.parse().ok()?;
        Some(Self { at, function: function.to_owned(), line })
    }

    /// Whether it is about what has this number, key, run or tenant id, in any spelling.
    #[must_use]
    pub fn names(&self, text: &str) -> bool {
        NAMES.iter().any(|name| self.line[*name].as_str().is_some_and(|said| said.eq_ignore_ascii_case(text)))
    }

    /// Whether it is a tenant's.
    #[must_use]
    pub fn is_of(&self, tenant_id: &str) -> bool {
        self.line["tenant_id"] == tenant_id
    }

    fn said(&self, name: &str) -> Option<String> {
        match &self.line[name] {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// One line: when, where, about what, what happened and why.
    #[must_use]
    pub fn text(&self, zone: &TimeZone) -> String {
        let at = self.at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S%.3f");
        let mut text = format!("{at} {:<16}", self.function);
        let level = self.said("level").filter(|level| level != "INFO");
        let about = ["tenant_id", "feed", "number"].map(|name| self.said(name));
        let number = about[2].clone().or_else(|| self.said("key"));
        let [tenant, feed, _] = about;
        for word in [level, tenant, feed, number].into_iter().flatten() {
            let _ = write!(text, " {word}");
        }
        let what = self.said("outcome").or_else(|| self.said("message")).unwrap_or_default();
        let _ = write!(text, ": {what}");
        if let Some(reason) = self.said("reason") {
            let _ = write!(text, ", {reason}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_told_by_what_it_is_about_and_what_happened() {
        let text = r#"{"timestamp":"2026-03-02T08:14:02.5Z","level":"WARN","target":"record","tenant_id":"acme","feed":"orders","key":"k1","number":"10023","correlation_id":"run-1","outcome":"parked","reason":"no city","message":"record"}"#;
        let line = LogLine::read("wms-import", text).unwrap();
        assert!(line.names("10023") && line.names("RUN-1") && line.names("k1") && !line.names("1002"));
        assert_eq!(
            line.text(&TimeZone::UTC),
            "2026-03-02 08:14:02.500 wms-import       WARN acme orders 10023: parked, no city"
        );
        assert_eq!(LogLine::read("f", "START RequestId: 1"), None);
        assert_eq!(LogLine::read("f", "{}"), None);
    }
}
