//! The template obeys its lint rules, and each rule notices a violation.

#![expect(clippy::unwrap_used, reason = "a test ends where its input is not as it says")]

mod conditions;
mod deploy_policy;
mod erps;
mod estate;
mod expand;
mod iam_actions;
mod iam_journeys;
mod lint_rules;
mod logical_ids;
mod monitoring;
mod read;
mod world;

use std::collections::BTreeMap;
use std::path::Path;

use bridge::words::kind::Kind;
use read::{of_type, template};
use serde_json::{Value, json};

/// The rule finds nothing in the template as it is, and something once this pointer holds that value.
fn holds(rule: fn(&Value) -> Vec<String>, spoilt: &[(&str, Value)]) {
    assert_eq!(rule(&template()), Vec::<String>::new());
    for (pointer, value) in spoilt {
        let mut template = template();
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        let parent = template.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} is not in the template"));
        match parent.as_array_mut() {
            Some(list) => list[member.parse::<usize>().unwrap()] = value.clone(),
            None => parent[member] = value.clone(),
        }
        assert_ne!(rule(&template), Vec::<String>::new(), "not seen: {pointer} = {value}");
    }
}

#[test]
fn no_statement_is_wider_than_its_names() {
    let statement =
        |member| format!("/Resources/PullPowerofficeRole/Properties/Policies/0/PolicyDocument/Statement/0/{member}");
    holds(
        lint_rules::wildcards,
        &[
            (&statement("Action"), json!(["dynamodb:*"])),
            (&statement("Action"), json!("*")),
            (&statement("Resource"), json!("*")),
            (&statement("Resource"), json!([{ "Fn::Sub": "arn:${AWS::Partition}:sqs:*:*:${AWS::StackName}-import" }])),
            (
                &statement("Resource"),
                json!({ "Fn::Sub": "arn:aws:secretsmanager:*:*:secret:${AWS::StackName}/visma/*" }),
            ),
            (
                "/Resources/WmsImportRole/Properties/ManagedPolicyArns",
                json!(["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
            ),
        ],
    );
}

#[test]
fn no_message_is_lost() {
    holds(
        lint_rules::dead_letters,
        &[
            ("/Resources/ImportQueue/Properties/RedrivePolicy", Value::Null),
            ("/Resources/PowerofficeJobQueue/Properties/RedrivePolicy", Value::Null),
            ("/Resources/PowerofficeJobQueue/Properties/RedrivePolicy/maxReceiveCount", json!(1)),
            ("/Resources/ImportDeadLetterQueue/Properties/FifoQueue", Value::Null),
            ("/Resources/ImportDeadLetterQueue/Properties/MessageRetentionPeriod", Value::Null),
        ],
    );
}

#[test]
fn one_bad_message_fails_alone_and_none_is_shown_twice_at_once() {
    holds(
        lint_rules::event_sources,
        &[
            ("/Resources/WmsImport/Properties/Events/Records/Properties/FunctionResponseTypes", Value::Null),
            ("/Resources/WmsImport/Properties/Timeout", json!(121)),
            ("/Parameters/JobVisibilitySeconds/Default", json!(1799)),
            ("/Resources/PowerofficeJobQueue/Properties/VisibilityTimeout", Value::Null),
        ],
    );
}

#[test]
fn a_function_that_feeds_its_own_queue_is_not_ended_for_it() {
    let recursive = |function: &str| format!("/Resources/{function}/Properties/RecursiveLoop");
    holds(
        lint_rules::own_queues,
        &[
            (&recursive("PullVisma"), Value::Null),
            (&recursive("Writeback"), json!("Terminate")),
            (&recursive("Reconcile"), Value::Null),
            (&recursive("OngoingWebhook"), json!("Allow")),
        ],
    );
}

#[test]
fn every_function_has_a_role_and_a_log_of_its_own() {
    holds(
        lint_rules::own_role_and_log,
        &[
            ("/Resources/WmsImport/Properties/Role", json!({ "Fn::GetAtt": ["PullPowerofficeRole", "Arn"] })),
            ("/Resources/WmsImport/Properties/LoggingConfig/LogGroup", json!({ "Ref": "PullPowerofficeLogs" })),
            ("/Resources/WmsImport/Properties/Policies", json!(["AWSLambdaBasicExecutionRole"])),
            ("/Resources/WmsImportLogs/Properties/RetentionInDays", Value::Null),
        ],
    );
}

#[test]
fn no_function_reads_another_system_s_secrets() {
    let resource = |role| format!("/Resources/{role}/Properties/Policies/0/PolicyDocument/Statement/4/Resource");
    let of =
        |system: &str| json!({ "Fn::Sub": format!("arn:aws:secretsmanager:r:a:secret:${{AWS::StackName}}/{system}") });
    holds(
        lint_rules::secrets,
        &[
            (&resource("PullPowerofficeRole"), of("visma/*")),
            (&resource("PullPowerofficeRole"), of("*")),
            (&resource("PullPowerofficeRole"), json!([of("poweroffice/*"), of("ongoing/*")])),
        ],
    );
}

#[test]
fn secrets_are_written_by_those_who_have_to_and_never_an_application_s() {
    let statement =
        |role: &str, index: usize| format!("/Resources/{role}/Properties/Policies/0/PolicyDocument/Statement/{index}");
    let visma = json!({ "Fn::Sub": "arn:aws:secretsmanager:r:a:secret:${AWS::StackName}/visma/*" });
    let write = json!({ "Action": ["secretsmanager:PutSecretValue"], "Effect": "Allow", "Resource": visma });
    let app = |names: &[&str]| -> Value {
        let arn = |name| json!({ "Fn::Sub": format!("arn:aws:secretsmanager:r:a:secret:${{AWS::StackName}}/{name}") });
        names.iter().map(arn).collect()
    };
    holds(
        lint_rules::secret_writers,
        &[
            (&statement("PullProcountorRole", 4), write.clone()),
            (&statement("PullVismaRole", 5), write),
            (&format!("{}/Action", statement("PullVismaRole", 4)), json!(["secretsmanager:CreateSecret"])),
            (&format!("{}/Action", statement("PullFinagoRole", 4)), json!(["secretsmanager:PutSecretValue"])),
            (&format!("{}/Action", statement("ConnectRole", 3)), json!(["secretsmanager:DeleteSecret"])),
            (
                &format!("{}/Resource/0", statement("ConnectRole", 3)),
                json!({ "Fn::Sub": "arn:aws:secretsmanager:r:a:secret:${AWS::StackName}/finago/*" }),
            ),
            (&format!("{}/Effect", statement("ConnectRole", 4)), json!("Allow")),
            // Of the names that a secret may have, one is not denied: with the six letters at its end, and without.
            (
                &format!("{}/Resource", statement("ConnectRole", 4)),
                app(&["procountor/app", "procountor/app-??????", "visma/app"]),
            ),
            (
                &format!("{}/Resource", statement("ConnectRole", 4)),
                app(&["procountor/app-??????", "visma/app", "visma/app-??????"]),
            ),
        ],
    );
}

#[test]
fn nobody_else_s_account_can_have_a_function_called() {
    holds(
        lint_rules::callers,
        &[
            ("/Resources/RotateCredentialsPermission/Properties/SourceAccount", Value::Null),
            ("/Resources/OngoingWebhookPermission/Properties/SourceArn", json!("*")),
        ],
    );
}

#[test]
fn the_access_log_has_neither_query_nor_headers() {
    let format = "/Resources/ApiStage/Properties/AccessLogSettings/Format";
    holds(
        lint_rules::access_log,
        &[
            (format, json!(r#"{"path":"$context.path","query":"$context.queryString"}"#)),
            (format, json!(r#"{"token":"$request.header.X-Auth-Token"}"#)),
            (format, Value::Null),
        ],
    );
}

#[test]
fn every_kind_of_trouble_raises_one_alarm() {
    holds(
        monitoring::counted_kinds,
        &[
            ("/Resources/ErrorsAlarm/Properties/MetricName", json!("errors")),
            ("/Resources/NeedsConsentAlarm/Properties/Namespace", json!("AWS/Lambda")),
            ("/Resources/RecordsParkedAlarm/Properties/Threshold", json!(1)),
            ("/Resources/TicksDroppedAlarm", json!({})),
        ],
    );
}

#[test]
fn every_function_every_queue_and_every_rule_is_looked_at() {
    let dimension = |alarm: &str, n: usize| {
        format!("/Resources/{alarm}/Properties/Metrics/{n}/MetricStat/Metric/Dimensions/0/Value")
    };
    let name = |queue: &str| json!({ "Fn::GetAtt": [queue, "QueueName"] });
    holds(
        monitoring::looked_at,
        &[
            (&dimension("FunctionErrorAlarm", 10), json!({ "Ref": "WmsImport" })),
            (&dimension("ThrottleAlarm", 1), json!({ "Ref": "PullFinago" })),
            (&dimension("DeadLetterAlarm", 1), name("ImportQueue")),
            (&dimension("QueueAgeAlarm", 7), name("ReconcileDeadJobQueue")),
            (&dimension("TickMissingAlarm", 5), json!({ "Ref": "PullVismaTick" })),
            ("/Resources/FunctionErrorAlarm/Properties/Metrics/1/MetricStat/Metric/MetricName", json!("Invocations")),
        ],
    );
}

#[test]
fn alarms_tell_somebody_something_in_time_and_the_runbook_knows_them() {
    let one_more = json!((0..12).map(|_| json!({})).collect::<Vec<_>>());
    holds(
        monitoring::alarms,
        &[
            ("/Resources/QueueAgeAlarm/Properties/AlarmActions", json!([])),
            ("/Resources/ErrorsAlarm/Properties/AlarmDescription", Value::Null),
            ("/Resources/ErrorsAlarm/Properties/EvaluationPeriods", json!(3)),
            ("/Resources/ThrottleAlarm/Properties/Metrics", one_more),
            (
                "/Resources/NewAlarm",
                json!({ "Type": "AWS::CloudWatch::Alarm", "Properties": {
                    "AlarmActions": [{ "Ref": "AlarmTopic" }], "AlarmDescription": "new",
                    "Period": 300, "EvaluationPeriods": 1, "MetricName": "m" } }),
            ),
        ],
    );
}

#[test]
fn the_age_of_a_queue_is_reached_and_in_time() {
    holds(
        monitoring::ages,
        &[
            ("/Resources/QueueAgeAlarm/Properties/Threshold", json!(3600)),
            ("/Resources/VismaJobQueue/Properties/RedrivePolicy/maxReceiveCount", json!(1)),
        ],
    );
}

#[test]
fn what_the_alarms_cost_stands_beside_them() {
    holds(monitoring::cost, &[("/Resources/ThrottleAlarm/Properties/Metrics", json!([{}, {}]))]);
}

#[test]
fn the_dashboard_shows_every_queue_function_kind_and_alarm() {
    let body = template()["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"].clone();
    let without = |shown: &str| json!(body.as_str().unwrap().replace(shown, "\"other\""));
    let body = "/Resources/Dashboard/Properties/DashboardBody/Fn::Sub";
    holds(
        monitoring::dashboard,
        &[
            (body, without("\"${VismaDeadJobQueue.QueueName}\"")),
            (body, without("\"${PullVisma}\"")),
            (body, without("\"TicksDropped\"")),
            (body, without("\"${ApiFaultAlarm.Arn}\"")),
            (body, without(":alarm:${AWS::StackName}-throttles\"")),
            ("/Resources/Dashboard/Properties/DashboardName", json!({ "Fn::Sub": "${AWS::StackName}-bridge" })),
        ],
    );
}

#[test]
fn every_erp_has_all_that_an_erp_has() {
    holds(
        erps::erps,
        &[
            ("/Mappings/Erps/Visma", Value::Null),
            ("/Mappings/Erps/Fifth", json!({ "Word": "fifth" })),
            ("/Mappings/Erps/Finago/Word", json!("24sevenoffice")),
            ("/Resources/VismaJobQueue", Value::Null),
            ("/Resources/PullVismaRole", Value::Null),
            ("/Resources/PullVisma/Properties/Events/Tick", Value::Null),
            (
                "/Resources/PullVisma/Properties/Events/Jobs/Properties/Queue",
                json!({ "Fn::GetAtt": ["FinagoJobQueue", "Arn"] }),
            ),
        ],
    );
}

#[test]
fn a_lost_consent_says_what_to_do() {
    let says = "/Resources/NeedsConsentAlarm/Properties/AlarmDescription";
    holds(monitoring::lost_consents, &[(says, json!("A company must consent again"))]);
}

#[test]
fn every_action_of_a_role_is_needed_by_its_function_and_none_is_missing() {
    let statement = |role: &str, n: usize, member: &str| {
        format!("/Resources/{role}/Properties/Policies/0/PolicyDocument/Statement/{n}/{member}")
    };
    holds(
        iam_actions::rights,
        &[
            (&statement("PullPowerofficeRole", 0, "Action"), json!(["dynamodb:Scan"])),
            (
                &statement("PullPowerofficeRole", 0, "Action"),
                json!(["dynamodb:Scan", "dynamodb:GetItem", "dynamodb:PutItem"]),
            ),
            (&statement("PullPowerofficeRole", 4, "Action"), json!(["secretsmanager:PutSecretValue"])),
            (&statement("WmsImportRole", 0, "Action"), json!(["dynamodb:GetItem", "dynamodb:Scan"])),
            (&statement("ConnectRole", 1, "Action"), json!(["dynamodb:GetItem", "dynamodb:PutItem"])),
            (&statement("ConnectRole", 3, "Action"), json!(["secretsmanager:PutSecretValue"])),
            (
                &statement("RotateCredentialsRole", 1, "Action"),
                json!([
                    "dynamodb:GetItem",
                    "dynamodb:PutItem",
                    "dynamodb:PartiQLInsert",
                    "dynamodb:PartiQLUpdate",
                    "dynamodb:DeleteItem"
                ]),
            ),
            (&statement("RotateCredentialsRole", 2, "Action/3"), json!("secretsmanager:CreateSecret")),
            (&statement("RotateCredentialsRole", 2, "Action/0"), json!("secretsmanager:GetSecretValue")),
            ("/Resources/PullPoweroffice/Properties/FunctionName", json!({ "Fn::Sub": "${AWS::StackName}-new-one" })),
            (
                "/Resources/PullPoweroffice/Properties/Environment/Variables/JOB_QUEUE_URL",
                json!({ "Ref": "ImportQueue" }),
            ),
        ],
    );
}

#[test]
fn every_pull_function_has_its_schedule() {
    holds(
        lint_rules::schedules,
        &[
            ("/Resources/PullPoweroffice/Properties/Events/Tick/Properties/State", json!("ENABLED")),
            ("/Resources/PullPoweroffice/Properties/Events/Tick/Properties/Schedule", json!("rate(1 day)")),
            ("/Resources/PullPoweroffice/Properties/Events/Tick/Type", json!("Api")),
        ],
    );
}

#[test]
fn the_names_that_others_rely_on_are_there() {
    let template = template();
    let defaults: BTreeMap<&str, Value> = BTreeMap::from([
        ("AllowLocalEndpoints", json!("false")),
        ("LogLevel", json!("info")),
        ("AlarmEmail", json!("")),
        ("ScheduleState", json!("ENABLED")),
        ("ProofState", json!("DISABLED")),
        ("Architecture", json!("arm64")),
    ]);
    for (name, default) in defaults {
        assert_eq!(template["Parameters"][name]["Default"], default, "{name}");
    }
    for name in [
        "TenantTableName",
        "StateTableName",
        "ImportQueueUrl",
        "ImportDeadLetterQueueUrl",
        "WritebackQueueUrl",
        "WritebackDeadLetterQueueUrl",
    ] {
        let resource = template["Outputs"][name]["Value"]["Ref"].as_str().unwrap_or_else(|| panic!("{name}"));
        assert!(template["Resources"][resource].is_object(), "{name}");
    }
    assert_eq!(template["Outputs"]["SecretPrefix"]["Value"], json!({ "Ref": "AWS::StackName" }));
    let dashboard = &template["Resources"]["Dashboard"]["Properties"]["DashboardName"];
    assert_eq!(template["Outputs"]["DashboardName"]["Value"], *dashboard);
}

#[test]
fn every_function_is_started_by_its_name_and_served_by_the_one_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../functions");
    let program = std::fs::read_to_string(root.join("src/main.rs")).unwrap();
    let mut pulls = 0;
    for (_, properties) in of_type(&template(), "AWS::Serverless::Function") {
        let name = lint_rules::suffix(properties);
        assert_eq!(lint_rules::handler(properties), name);
        assert_eq!(properties["CodeUri"], json!("functions"), "{name}");
        match name.strip_prefix("pull-") {
            Some(erp) => {
                assert!(Kind::named(erp).is_some(), "{name}");
                pulls += 1;
            }
            None => assert!(program.contains(&format!("\"{name}\" =>")), "{name}"),
        }
    }
    assert_eq!(pulls, Kind::ALL.len());
}

/// What the template shows is what a function without the variable does, and no dead letter is kept for longer.
#[test]
fn names_and_addresses_have_an_end() {
    let template = template();
    let days = &template["Parameters"]["PersonalDataDays"];
    let seconds = |days: &serde_json::Value| days.as_u64().unwrap() * 24 * 60 * 60;
    assert_eq!(seconds(&days["Default"]), bridge::ports::PERSONAL_DATA.as_secs());
    let environment = &template["Globals"]["Function"]["Environment"]["Variables"];
    assert_eq!(environment["PERSONAL_DATA_DAYS"]["Ref"], "PersonalDataDays");
    let queues = template["Resources"].as_object().unwrap().values();
    let queues = queues.filter(|resource| resource["Type"] == "AWS::SQS::Queue");
    for retention in queues.filter_map(|queue| queue["Properties"]["MessageRetentionPeriod"].as_u64()) {
        assert!(retention <= seconds(&days["MinValue"]), "{retention}");
    }
}

/// What the template shows is what a function without the variable does.
#[test]
fn the_paces_of_the_template_are_the_vendors_limits() {
    let template = template();
    let said = template["Parameters"]["CallsPerMinute"]["Default"].as_str().unwrap();
    assert_eq!(said.split(',').count(), bridge::words::kind::Kind::ALL.len(), "{said}");
    assert_eq!(said.parse(), Ok(bridge::words::paces::Paces::default()));
    assert_eq!(
        template["Globals"]["Function"]["Environment"]["Variables"]["CALLS_PER_MINUTE"]["Ref"],
        "CallsPerMinute"
    );
}
