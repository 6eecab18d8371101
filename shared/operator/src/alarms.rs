//! CloudWatch's alarms of a stack. Its SDK would bring another encoding and a second set of HTTP types into every build for one
//! call, so that one is signed and sent here, by CloudWatch's JSON protocol.

use std::time::{Duration, SystemTime};

use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_types::service_config::ServiceConfigKey;
use bridge::roads::status::Alarm;
use bridge::words::fault::{Fault, Result};
use bridge::words::metric::Metric;
use bridge_aws::tls;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::aws_client::AwsClient;
use crate::error_mapping::refused;
use crate::stack::Stack;

const SERVICE: &str = "cloudwatch";

/// The name under which a request to CloudWatch is signed.
const SIGNED_AS: &str = "monitoring";

const TARGET: &str = "GraniteServiceVersion20100801.DescribeAlarms";
const CONTENT_TYPE: &str = "application/x-amz-json-1.0";

/// A page of alarms comes within it.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Alarms of one page.
const PAGE: usize = 100;

/// The stack's alarms that are on; `None` where CloudWatch has no data for any alarm of the stack, as in an emulator: then
/// nobody knows.
///
/// # Errors
/// As AWS refused.
pub async fn on(aws: &AwsClient, stack: &Stack) -> Result<Option<Vec<Alarm>>> {
    let (mut all, mut next) = (Vec::new(), Value::Null);
    loop {
        let mut call = json!({ "AlarmNamePrefix": format!("{}-", stack.name), "MaxRecords": PAGE });
        if !next.is_null() {
            call["NextToken"] = next;
        }
        let mut answer = describe(aws, &call).await?;
        if let Value::Array(alarms) = answer["MetricAlarms"].take() {
            all.extend(alarms);
        }
        next = answer["NextToken"].take();
        if next.as_str().is_none_or(str::is_empty) {
            return Ok(of(&all, &stack.name));
        }
    }
}

async fn describe(aws: &AwsClient, call: &Value) -> Result<Value> {
    let unsent = |why: &dyn std::fmt::Display| Fault::unavailable(format!("{SERVICE}: {why}"));
    let (url, body) = (address(aws)?, call.to_string());
    let credentials = aws.config().credentials_provider();
    let credentials = credentials.ok_or_else(|| Fault::Unauthorized("no AWS credentials were found".into()))?;
    let credentials = credentials.provide_credentials().await.map_err(|error| unsent(&error))?;
    let identity = credentials.into();
    let signing = SigningParams::builder()
        .identity(&identity)
        .region(aws.region()?)
        .name(SIGNED_AS)
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| Fault::Unexpected(error.to_string()))?;
    let headers = [("content-type", CONTENT_TYPE), ("x-amz-target", TARGET)];
    let request = SignableRequest::new("POST", &url, headers.into_iter(), SignableBody::Bytes(body.as_bytes()));
    let signed = request.and_then(|request| sign(request, &signing.into()));
    let (instructions, _) = signed.map_err(|error| Fault::Unexpected(error.to_string()))?.into_parts();
    let client = tls::client().map_err(|error| Fault::Unexpected(error.to_string()))?;
    let client = client.timeout(TIMEOUT).build().map_err(|error| unsent(&error))?;
    let mut request = client.post(&url);
    for (name, value) in headers.into_iter().chain(instructions.headers()) {
        request = request.header(name, value);
    }
    let answer = request.body(body).send().await.map_err(|error| unsent(&error))?;
    let status = answer.status().as_u16();
    let text = answer.bytes().await.map_err(|error| unsent(&error))?;
    let value: Value = serde_json::from_slice(&text).unwrap_or_default();
    if status != 200 {
        let code = value["__type"].as_str().and_then(|code| code.rsplit('#').next()).unwrap_or_default();
        return Err(refused(SERVICE, status, code, value["message"].as_str().unwrap_or_default()));
    }
    if value.is_object() { Ok(value) } else { Err(Fault::Unexpected(format!("{SERVICE}: the answer is no JSON"))) }
}

/// Where CloudWatch is: as for the other services, the service's own address, the one for all, else the region's.
fn address(aws: &AwsClient) -> Result<String> {
    let key = ServiceConfigKey::builder().service_id("CloudWatch").env("AWS_ENDPOINT_URL").profile("endpoint_url");
    let own = key.build().ok().zip(aws.config().service_config()).and_then(|(key, config)| config.load_config(key));
    let own = own.or_else(|| aws.config().endpoint_url().map(str::to_owned));
    let region = aws.region()?;
    let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    let url = own.unwrap_or_else(|| format!("https://monitoring.{region}.{domain}"));
    Ok(format!("{}/", url.trim_end_matches('/')))
}

fn of(all: &[Value], stack: &str) -> Option<Vec<Alarm>> {
    // The prefix is also that of a stack whose name begins with this one's.
    let ours = |alarm: &Value| Some((logical_id(alarm["AlarmName"].as_str()?, stack)?, alarm.clone()));
    let ours: Vec<(String, Value)> = all.iter().filter_map(ours).collect();
    let state = |alarm: &Value, state: &str| alarm["StateValue"] == state;
    ours.iter().find(|(_, alarm)| state(alarm, "ALARM") || state(alarm, "OK"))?;
    let on = ours.into_iter().filter(|(_, alarm)| state(alarm, "ALARM")).map(|(name, alarm)| Alarm {
        name,
        since: alarm["StateUpdatedTimestamp"].as_f64().and_then(|at| Timestamp::from_second(at as i64).ok()),
    });
    let mut on: Vec<Alarm> = on.collect();
    on.sort_by(|a, b| a.name.cmp(&b.name));
    Some(on)
}

/// The alarms to which the template gives a name, behind the stack's, and what it calls them itself.
const NAMED: [(&str, &str); 5] = [
    ("function-errors", "FunctionErrorAlarm"),
    ("throttles", "ThrottleAlarm"),
    ("dead-letters", "DeadLetterAlarm"),
    ("queue-age", "QueueAgeAlarm"),
    ("tick-missing", "TickMissingAlarm"),
];

/// Alarms on what API Gateway counts. CloudFormation names them, as it names those on what the functions count.
const OF_THE_API: [&str; 2] = ["ApiFaultAlarm", "ApiRefusalAlarm"];

/// What the template calls an alarm of this stack; `None` of another's.
fn logical_id(name: &str, stack: &str) -> Option<String> {
    let own = name.strip_prefix(stack)?.strip_prefix('-')?;
    if let Some((_, id)) = NAMED.iter().find(|(named, _)| *named == own) {
        return Some((*id).to_owned());
    }
    // CloudFormation puts letters of its own behind the logical id.
    let (id, _) = own.rsplit_once('-')?;
    let mut counted = Metric::ALL.into_iter().filter(|metric| !metric.is_always_there()).map(Metric::word);
    let known = OF_THE_API.contains(&id) || counted.any(|word| id.strip_suffix("Alarm") == Some(word));
    known.then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alarm(name: &str, state: &str) -> Value {
        json!({ "AlarmName": name, "StateValue": state, "StateUpdatedTimestamp": 1_767_225_600.5 })
    }

    #[test]
    fn alarms_that_are_on_have_the_template_s_names_and_without_data_nothing_is_known() {
        let all = [
            alarm("acme-QueueAgeAlarm-1X2Y", "ALARM"),
            alarm("acme-RecordsParkedAlarm-1X2Y", "ALARM"),
            alarm("acme-ApiFaultAlarm-3Z", "OK"),
            alarm("acme-ErrorsAlarm-3Z", "INSUFFICIENT_DATA"),
        ];
        let since = "2026-01-01T00:00:00Z".parse().ok();
        let parked = Alarm { name: "RecordsParkedAlarm".into(), since };
        assert_eq!(of(&all, "acme"), Some(vec![parked]), "the first is none of the template's");
        assert_eq!(of(&all[3..], "acme"), None);
        assert_eq!(of(&[], "acme"), None);
    }

    #[test]
    fn another_stack_s_alarms_are_not_this_one_s() {
        let theirs = ["acme-staging-RecordsParkedAlarm-1X2Y", "acme-staging-throttles", "acme-staging-tick-missing"];
        let mut all: Vec<Value> = theirs.iter().map(|name| alarm(name, "ALARM")).collect();
        assert_eq!(of(&all, "acme"), None);
        all.push(alarm("acme-ErrorsAlarm-3Z", "OK"));
        assert_eq!(of(&all, "acme"), Some(Vec::new()));
        let names: Vec<String> = of(&all, "acme-staging").unwrap().into_iter().map(|alarm| alarm.name).collect();
        assert_eq!(names, ["RecordsParkedAlarm", "ThrottleAlarm", "TickMissingAlarm"]);
    }

    #[test]
    fn every_alarm_of_the_template_is_known_by_the_name_that_it_has_in_cloudwatch() {
        let text = include_str!("../../../infra/alarms.yaml");
        let part: Value = serde_norway::from_str(text).unwrap();
        let mut alarms: Vec<(String, Option<&str>)> = Vec::new();
        for (id, resource) in part.as_object().unwrap() {
            if let Some(kinds) = resource[1].as_array().filter(|_| id.starts_with("Fn::ForEach::")) {
                assert_eq!(resource[2]["${Kind}Alarm"]["Type"], "AWS::CloudWatch::Alarm", "{id}");
                alarms.extend(kinds.iter().map(|kind| (format!("{}Alarm", kind.as_str().unwrap()), None)));
            } else if resource["Type"] == "AWS::CloudWatch::Alarm" {
                alarms.push((id.clone(), resource["Properties"]["AlarmName"]["Fn::Sub"].as_str()));
            }
        }
        let counted = Metric::ALL.into_iter().filter(|metric| !metric.is_always_there()).count();
        assert_eq!(alarms.len(), counted + NAMED.len() + OF_THE_API.len(), "{alarms:?}");
        for stack in ["bridge", "ongoing-bridge-2"] {
            for (id, name) in &alarms {
                let name = match name {
                    Some(name) => name.replace("${AWS::StackName}", stack),
                    None => format!("{stack}-{id}-1ABCDEF2GHIJK"),
                };
                assert_eq!(logical_id(&name, stack).as_ref(), Some(id), "{name}");
            }
        }
    }
}
