//! Lint rules for monitoring: alarms, metric filters on the logs, the dashboard.

use serde_json::{Value, json};

use crate::lint_rules::{FUNCTION, QUEUE, suffix};
use crate::read::{each, of_type, target};

const ALARM: &str = "AWS::CloudWatch::Alarm";
const FILTER: &str = "AWS::Logs::MetricFilter";

/// Functions without an alarm on their errors.
pub fn error_alarms(template: &Value) -> Vec<String> {
    let unwatched = of_type(template, FUNCTION).filter(|(name, _)| !watched(template, "Errors", name, 0));
    unwatched.map(|(name, _)| name.to_owned()).collect()
}

/// Dead-letter queues without an alarm on what is in them, and other queues without one on what waits for an hour.
pub fn queue_alarms(template: &Value) -> Vec<String> {
    let told = |name: &str, queue: &Value| match queue["RedriveAllowPolicy"].is_null() {
        true => watched(template, "ApproximateAgeOfOldestMessage", name, 3600),
        false => watched(template, "ApproximateNumberOfMessagesVisible", name, 0),
    };
    of_type(template, QUEUE).filter(|(name, queue)| !told(name, queue)).map(|(name, _)| name.to_owned()).collect()
}

fn watched(template: &Value, metric: &str, name: &str, threshold: i64) -> bool {
    of_type(template, ALARM).any(|(_, alarm)| {
        alarm["MetricName"] == metric
            && alarm["Threshold"] == threshold
            && each(&alarm["Dimensions"]).iter().any(|one| target(&one["Value"]) == Some(name))
    })
}

/// Alarms that tell nobody or nothing, or that count what no metric filter counts.
pub fn alarms(template: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    for (name, alarm) in of_type(template, ALARM) {
        if alarm["AlarmActions"]["Fn::If"] != json!(["HasAlarmEmail", [{ "Ref": "AlarmTopic" }], []]) {
            broken.push(format!("{name}: tells nobody"));
        }
        if alarm["AlarmDescription"].as_str().is_none_or(str::is_empty) {
            broken.push(format!("{name}: tells nothing"));
        }
        let ours = alarm["Namespace"] == json!({ "Ref": "AWS::StackName" });
        let counted = ours && counts(template).any(|(_, _, metric)| *metric == alarm["MetricName"]);
        if alarm["Dimensions"].is_null() && !counted {
            broken.push(format!("{name}: on nothing that is counted"));
        }
    }
    broken
}

/// Functions whose error lines are not counted, and those that park records and do not count what waits for a person.
pub fn counted_lines(template: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    for (function, properties) in of_type(template, FUNCTION) {
        let name = suffix(properties);
        let parks = name.starts_with("pull-") || ["wms-import", "writeback"].contains(&name.as_str());
        let log = target(&properties["LoggingConfig"]["LogGroup"]).unwrap_or_default();
        let counts = |pattern: &str, metric: &str| counts(template).any(|one| one == (log, pattern, &json!(metric)));
        if !counts(r#"{ $.level = "ERROR" }"#, &format!("{name}-error-lines")) {
            broken.push(format!("{function}: its error lines"));
        }
        if parks && !counts("{ $.left_for_a_person IS TRUE }", "left-for-a-person") {
            broken.push(format!("{function}: what it left for a person"));
        }
    }
    broken
}

/// Of every metric filter: the log, the pattern, the metric.
fn counts(template: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    of_type(template, FILTER).map(|(_, filter)| {
        let log = target(&filter["LogGroupName"]).unwrap_or_default();
        let pattern = filter["FilterPattern"].as_str().unwrap_or_default();
        (log, pattern, &filter["MetricTransformations"][0]["MetricName"])
    })
}

/// Functions that refresh at Visma and do not raise the alarm of a lost consent.
pub fn lost_consents(template: &Value) -> Vec<String> {
    let told = |function: &str| {
        let log = format!("{function}Logs");
        counts(template).any(|one| one == (&log, r#"{ $.outcome = "needs_consent" }"#, &json!("needs-consent")))
    };
    let alarm = &template["Resources"]["NeedsConsentAlarm"]["Properties"];
    let says =
        alarm["AlarmDescription"].as_str().is_some_and(|text| text.contains("bridgectl connect-link <tenant_id>"));
    let mut broken: Vec<String> = ["PullVisma", "Writeback", "RotateCredentials", "Reconcile"]
        .into_iter()
        .filter(|name| !told(name))
        .map(str::to_owned)
        .collect();
    if alarm["MetricName"] != "needs-consent" || !says {
        broken.push("NeedsConsentAlarm".to_owned());
    }
    broken
}

/// Queues and functions that the dashboard does not show, and error lines of functions.
pub fn dashboard(template: &Value) -> Vec<String> {
    let body = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"].as_str();
    let body = body.unwrap_or_default();
    let queues = of_type(template, QUEUE).map(|(name, _)| format!("\"${{{name}.QueueName}}\""));
    let functions = of_type(template, FUNCTION)
        .flat_map(|(name, properties)| [format!("\"${{{name}}}\""), format!("\"{}-error-lines\"", suffix(properties))]);
    queues.chain(functions).filter(|shown| !body.contains(shown)).collect()
}
