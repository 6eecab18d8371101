//! Logical ids that a deployed stack depends on.
//!
//! To CloudFormation another id, type or name is another resource: it creates the new one and deletes the old one with
//! its messages, log or address; and where the name is fixed, it cannot even create the new one.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::read::template;

/// Id, type and name after the stack's (`-`: CloudFormation gives it one).
const KEPT: &str = "
    TenantTable                 AWS::DynamoDB::Table          -
    StateTable                  AWS::DynamoDB::Table          -
    ImportQueue                 AWS::SQS::Queue               ${AWS::StackName}-import.fifo
    ImportDeadLetterQueue       AWS::SQS::Queue               ${AWS::StackName}-import-dead.fifo
    WritebackQueue              AWS::SQS::Queue               ${AWS::StackName}-writeback.fifo
    WritebackDeadLetterQueue    AWS::SQS::Queue               ${AWS::StackName}-writeback-dead.fifo
    PowerofficeJobQueue         AWS::SQS::Queue               ${AWS::StackName}-pull-poweroffice-jobs
    PowerofficeDeadJobQueue     AWS::SQS::Queue               ${AWS::StackName}-pull-poweroffice-jobs-dead
    FinagoJobQueue              AWS::SQS::Queue               ${AWS::StackName}-pull-finago-jobs
    FinagoDeadJobQueue          AWS::SQS::Queue               ${AWS::StackName}-pull-finago-jobs-dead
    ProcountorJobQueue          AWS::SQS::Queue               ${AWS::StackName}-pull-procountor-jobs
    ProcountorDeadJobQueue      AWS::SQS::Queue               ${AWS::StackName}-pull-procountor-jobs-dead
    VismaJobQueue               AWS::SQS::Queue               ${AWS::StackName}-pull-visma-jobs
    VismaDeadJobQueue           AWS::SQS::Queue               ${AWS::StackName}-pull-visma-jobs-dead
    ReconcileJobQueue           AWS::SQS::Queue               ${AWS::StackName}-reconcile-jobs
    ReconcileDeadJobQueue       AWS::SQS::Queue               ${AWS::StackName}-reconcile-jobs-dead
    WmsImport                   AWS::Serverless::Function     ${AWS::StackName}-wms-import
    PullPoweroffice             AWS::Serverless::Function     ${AWS::StackName}-pull-poweroffice
    PullFinago                  AWS::Serverless::Function     ${AWS::StackName}-pull-finago
    PullProcountor              AWS::Serverless::Function     ${AWS::StackName}-pull-procountor
    PullVisma                   AWS::Serverless::Function     ${AWS::StackName}-pull-visma
    OngoingWebhook              AWS::Serverless::Function     ${AWS::StackName}-ongoing-webhook
    Connect                     AWS::Serverless::Function     ${AWS::StackName}-connect
    Writeback                   AWS::Serverless::Function     ${AWS::StackName}-writeback
    Reconcile                   AWS::Serverless::Function     ${AWS::StackName}-reconcile
    RotateCredentials           AWS::Serverless::Function     ${AWS::StackName}-rotate-credentials
    WmsImportLogs               AWS::Logs::LogGroup           /aws/lambda/${AWS::StackName}-wms-import
    PullPowerofficeLogs         AWS::Logs::LogGroup           /aws/lambda/${AWS::StackName}-pull-poweroffice
    PullFinagoLogs              AWS::Logs::LogGroup           /aws/lambda/${AWS::StackName}-pull-finago
    PullProcountorLogs          AWS::Logs::LogGroup           /aws/lambda/${AWS::StackName}-pull-procountor
    PullVismaLogs               AWS::Logs::LogGroup           /aws/lambda/${AWS::StackName}-pull-visma
    OngoingWebhookLogs          AWS::Logs::LogGroup           /aws/lambda/${AWS::StackName}-ongoing-webhook
    ConnectLogs                 AWS::Logs::LogGroup           /aws/lambda/${AWS::StackName}-connect
    WritebackLogs               AWS::Logs::LogGroup           /aws/lambda/${AWS::StackName}-writeback
    ReconcileLogs               AWS::Logs::LogGroup           /aws/lambda/${AWS::StackName}-reconcile
    RotateCredentialsLogs       AWS::Logs::LogGroup           /aws/lambda/${AWS::StackName}-rotate-credentials
    ApiLogs                     AWS::Logs::LogGroup           /aws/vendedlogs/${AWS::StackName}-api
    WmsImportRole               AWS::IAM::Role                -
    PullPowerofficeRole         AWS::IAM::Role                -
    PullFinagoRole              AWS::IAM::Role                -
    PullProcountorRole          AWS::IAM::Role                -
    PullVismaRole               AWS::IAM::Role                -
    OngoingWebhookRole          AWS::IAM::Role                -
    ConnectRole                 AWS::IAM::Role                -
    WritebackRole               AWS::IAM::Role                -
    ReconcileRole               AWS::IAM::Role                -
    RotateCredentialsRole       AWS::IAM::Role                -
    Api                         AWS::ApiGatewayV2::Api        -
    ApiStage                    AWS::ApiGatewayV2::Stage      -
    OngoingWebhookRoute         AWS::ApiGatewayV2::Route      -
    ConnectPageRoute            AWS::ApiGatewayV2::Route      -
    ConnectFormRoute            AWS::ApiGatewayV2::Route      -
    ConnectCallbackRoute        AWS::ApiGatewayV2::Route      -
    AlarmTopic                  AWS::SNS::Topic               -
    AlarmSubscription           AWS::SNS::Subscription        -
    Dashboard                   AWS::CloudWatch::Dashboard    ${AWS::StackName}-bridge-${AWS::Region}
";

/// Events of functions, of which SAM makes resources: a second event source of the same queue would be refused.
const EVENTS: [&str; 13] = [
    "PullFinago/Jobs",
    "PullFinago/Tick",
    "PullPoweroffice/Jobs",
    "PullPoweroffice/Tick",
    "PullProcountor/Jobs",
    "PullProcountor/Tick",
    "PullVisma/Jobs",
    "PullVisma/Tick",
    "Reconcile/Jobs",
    "Reconcile/Proof",
    "Reconcile/Tick",
    "WmsImport/Records",
    "Writeback/Notices",
];

#[test]
fn what_is_deployed_keeps_its_id_its_type_and_its_name() {
    let template = template();
    for line in KEPT.trim().lines() {
        let [id, kind, name] = line.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{line}") };
        let resource = &template["Resources"][id];
        assert_eq!(resource["Type"], kind, "{id}");
        assert_eq!(name_of(&resource["Properties"]), name, "{id}");
    }
}

#[test]
fn nothing_that_can_be_lost_is_missing_in_the_list() {
    const HELD: [&str; 9] = [
        "AWS::DynamoDB::Table",
        "AWS::SQS::Queue",
        "AWS::Serverless::Function",
        "AWS::Logs::LogGroup",
        "AWS::IAM::Role",
        "AWS::ApiGatewayV2::Api",
        "AWS::SNS::Topic",
        "AWS::SNS::Subscription",
        "AWS::CloudWatch::Dashboard",
    ];
    let kept: BTreeSet<&str> = KEPT.trim().lines().filter_map(|line| line.split_whitespace().next()).collect();
    let template = template();
    for (id, resource) in template["Resources"].as_object().unwrap() {
        let held = HELD.contains(&resource["Type"].as_str().unwrap());
        assert!(!held || kept.contains(id.as_str()), "{id} is new: add it to the list");
    }
}

#[test]
fn events_keep_their_names() {
    let template = template();
    let mut named = BTreeSet::new();
    for (id, resource) in template["Resources"].as_object().unwrap() {
        let events = resource["Properties"]["Events"].as_object().into_iter().flatten();
        named.extend(events.map(|(event, _)| format!("{id}/{event}")));
    }
    assert_eq!(named.iter().map(String::as_str).collect::<BTreeSet<_>>(), BTreeSet::from(EVENTS));
}

/// The name that the template fixes.
fn name_of(properties: &Value) -> &str {
    const NAMES: [&str; 8] = [
        "QueueName",
        "FunctionName",
        "LogGroupName",
        "DashboardName",
        "TableName",
        "RoleName",
        "TopicName",
        "AlarmName",
    ];
    let mut fixed = NAMES.into_iter().map(|name| &properties[name]).filter(|name| !name.is_null());
    fixed.next().map_or("-", |name| name["Fn::Sub"].as_str().or(name.as_str()).unwrap_or("unreadable"))
}
