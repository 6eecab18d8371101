//! Lint rules for monitoring: one alarm a kind of trouble, and the dashboard.

use std::collections::BTreeSet;

use bridge::words::metric::Metric;
use serde_json::{Value, json};

use crate::lint_rules::{FUNCTION, QUEUE};
use crate::read::{each, of_type, target};

const ALARM: &str = "AWS::CloudWatch::Alarm";

/// The longest that a trouble may go on before somebody is told: two ticks, and what an alarm's period adds.
const IN_TIME: i64 = 1800;

/// Kinds that the functions count and no alarm listens for, and alarms that listen for what nobody counts.
pub fn counted_kinds(template: &Value) -> Vec<String> {
    let ours = |alarm: &Value| alarm["Namespace"] == json!({ "Ref": "AWS::StackName" });
    let heard: BTreeSet<&str> = of_type(template, ALARM)
        .filter(|(_, alarm)| ours(alarm) && alarm["Dimensions"].is_null() && alarm["Threshold"] == 0)
        .filter_map(|(_, alarm)| alarm["MetricName"].as_str())
        .collect();
    let counted = Metric::ALL.into_iter().filter(|metric| !metric.is_always_there()).map(Metric::word);
    let counted: BTreeSet<&str> = counted.collect();
    heard.symmetric_difference(&counted).map(|kind| format!("{kind}: counted or heard alone")).collect()
}

/// Functions, queues and rules that no alarm looks at.
pub fn looked_at(template: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    let mut unless = |what: &str, alarm: &str, metric: &str, name: &str| {
        if !looks_at(template, alarm, metric, name) {
            broken.push(format!("{name}: its {what}"));
        }
    };
    for (function, properties) in of_type(template, FUNCTION) {
        unless("errors", "FunctionErrorAlarm", "Errors", function);
        unless("throttles", "ThrottleAlarm", "Throttles", function);
        for (event, _) in properties["Events"].as_object().into_iter().flatten().filter(|(name, _)| *name == "Tick") {
            unless("ticks", "TickMissingAlarm", "TriggeredRules", &format!("{function}{event}"));
        }
    }
    for (queue, properties) in of_type(template, QUEUE) {
        match properties["RedriveAllowPolicy"].is_null() {
            true => unless("age", "QueueAgeAlarm", "ApproximateAgeOfOldestMessage", queue),
            false => unless("messages", "DeadLetterAlarm", "ApproximateNumberOfMessagesVisible", queue),
        }
    }
    broken
}

fn looks_at(template: &Value, alarm: &str, metric: &str, name: &str) -> bool {
    let metrics = &template["Resources"][alarm]["Properties"]["Metrics"];
    metrics.as_array().into_iter().flatten().any(|one| {
        let one = &one["MetricStat"]["Metric"];
        one["MetricName"] == metric && each(&one["Dimensions"]).iter().any(|one| target(&one["Value"]) == Some(name))
    })
}

/// Alarms that tell nobody or nothing, or too late; that are charged for more metrics than CloudWatch takes of one; and
/// that the runbook does not know.
pub fn alarms(template: &Value) -> Vec<String> {
    let runbook = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/runbook.md")).unwrap();
    let mut broken = Vec::new();
    for (name, alarm) in of_type(template, ALARM) {
        if alarm["AlarmActions"] != json!([{ "Ref": "AlarmTopic" }]) {
            broken.push(format!("{name}: tells nobody"));
        }
        if alarm["AlarmDescription"].as_str().is_none_or(str::is_empty) {
            broken.push(format!("{name}: tells nothing"));
        }
        let metrics = each(&alarm["Metrics"]);
        let period = |one: &Value| one["MetricStat"]["Period"].as_i64();
        let seconds = alarm["Period"].as_i64().or_else(|| metrics.iter().find_map(|one| period(one)));
        let after = seconds.zip(alarm["EvaluationPeriods"].as_i64()).map(|(seconds, periods)| seconds * periods);
        // A missing tick is missed when it is due: nobody knows sooner.
        let longest = if name == "TickMissingAlarm" { 2400 } else { IN_TIME };
        if after.is_none_or(|after| after > longest) {
            broken.push(format!("{name}: after {after:?} s"));
        }
        // Beside the one that puts them together.
        if metrics.len() > 11 {
            broken.push(format!("{name}: looks at {} metrics, and CloudWatch takes ten", metrics.len() - 1));
        }
        if !runbook.contains(&format!("| `{name}` |")) {
            broken.push(format!("{name}: not in the runbook"));
        }
    }
    broken
}

/// The threshold of a queue's age, which has to be reached by what goes on failing, and in time.
pub fn ages(template: &Value) -> Vec<String> {
    let alarm = &template["Resources"]["QueueAgeAlarm"]["Properties"];
    let threshold = alarm["Threshold"].as_i64();
    let mut broken = Vec::new();
    if threshold.is_none_or(|threshold| threshold > IN_TIME) {
        broken.push(format!("{threshold:?} s is not in time"));
    }
    for (name, queue) in of_type(template, QUEUE).filter(|(_, queue)| queue["RedrivePolicy"].is_object()) {
        let receives = queue["RedrivePolicy"]["maxReceiveCount"].as_i64().unwrap_or_default();
        let hidden = crate::read::number(template, &queue["VisibilityTimeout"]).unwrap_or_default();
        // What fails at every receive is given up after all of them.
        if threshold.is_none_or(|threshold| receives * hidden <= threshold) {
            broken.push(format!("{name}: is given up before it is as old"));
        }
    }
    broken
}

/// What it costs: the head of `infra/alarms.yaml` says it.
pub fn cost(template: &Value) -> Vec<String> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/alarms.yaml")).unwrap();
    let looked_at: usize = of_type(template, ALARM)
        .map(|(_, alarm)| alarm["Metrics"].as_array().map_or(1, |metrics| metrics.len() - 1))
        .sum();
    let always = Metric::ALL.into_iter().filter(|metric| metric.is_always_there()).count();
    let says = format!("{looked_at} metrics looked at, {}.{}0; ", looked_at / 10, looked_at % 10);
    let one = format!("one custom metric that is always there, 0.{}0;", 3 * always);
    let head: String =
        text.lines().take_while(|line| line.starts_with('#')).map(|line| format!("{} ", &line[1..])).collect();
    let head = head.split_whitespace().collect::<Vec<_>>().join(" ");
    let missing = [says.trim().to_owned(), one].into_iter().filter(|text| !head.contains(text));
    missing.map(|text| format!("infra/alarms.yaml does not say: {text}")).collect()
}

/// A lost consent says what to do about it.
pub fn lost_consents(template: &Value) -> Vec<String> {
    let says = &template["Resources"]["NeedsConsentAlarm"]["Properties"]["AlarmDescription"];
    let good = says.as_str().is_some_and(|text| text.contains("bridgectl connect-link <tenant_id>"));
    if good { Vec::new() } else { vec!["NeedsConsentAlarm".to_owned()] }
}

/// Queues, functions, kinds and alarms that the dashboard does not show, and a name that two regions would share.
pub fn dashboard(template: &Value) -> Vec<String> {
    let dashboard = &template["Resources"]["Dashboard"]["Properties"];
    let body = dashboard["DashboardBody"]["Fn::Sub"].as_str().unwrap_or_default();
    let queues = of_type(template, QUEUE).map(|(name, _)| format!("\"${{{name}.QueueName}}\""));
    let functions = of_type(template, FUNCTION).map(|(name, _)| format!("\"${{{name}}}\""));
    let kinds = Metric::ALL.into_iter().map(|metric| format!("\"{}\"", metric.word()));
    let alarms = of_type(template, ALARM).map(|(name, alarm)| match alarm["AlarmName"]["Fn::Sub"].as_str() {
        Some(named) => format!(":alarm:{named}\""),
        None => format!("\"${{{name}.Arn}}\""),
    });
    let missing = queues.chain(functions).chain(kinds).chain(alarms).filter(|shown| !body.contains(shown));
    let name = dashboard["DashboardName"]["Fn::Sub"].as_str().unwrap_or_default();
    let shared = (!name.contains("${AWS::Region}")).then(|| "its name is every region's".to_owned());
    missing.chain(shared).collect()
}
