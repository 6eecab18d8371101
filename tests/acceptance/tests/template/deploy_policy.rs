//! `infra/deploy-policy.json` allows what deploying the template asks for, and names what it is allowed on.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::expand;
use crate::read::written;

/// What CloudFormation calls for a resource of a type with the deployer's rights: to make it, change it and delete it.
/// What SAM makes of a function's events is below [`MADE_BY_SAM`].
const CALLS: [(&str, &[&str]); 19] = [
    ("AWS::ApiGatewayV2::Api", &["apigateway:POST", "apigateway:PATCH", "apigateway:DELETE", "apigateway:GET"]),
    ("AWS::ApiGatewayV2::ApiMapping", &["apigateway:POST", "apigateway:PATCH", "apigateway:DELETE"]),
    ("AWS::ApiGatewayV2::DomainName", &["apigateway:POST", "apigateway:PATCH", "apigateway:DELETE"]),
    ("AWS::ApiGatewayV2::Integration", &["apigateway:POST", "apigateway:PATCH", "apigateway:DELETE"]),
    ("AWS::ApiGatewayV2::Route", &["apigateway:POST", "apigateway:PATCH", "apigateway:DELETE"]),
    (
        "AWS::ApiGatewayV2::Stage",
        &["apigateway:POST", "apigateway:PATCH", "apigateway:DELETE", "logs:CreateLogDelivery"],
    ),
    ("AWS::CloudWatch::Alarm", &["cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms"]),
    (
        "AWS::CloudWatch::Dashboard",
        &["cloudwatch:PutDashboard", "cloudwatch:DeleteDashboards", "cloudwatch:GetDashboard"],
    ),
    (
        "AWS::DynamoDB::Table",
        &[
            "dynamodb:CreateTable",
            "dynamodb:UpdateTable",
            "dynamodb:DeleteTable",
            "dynamodb:DescribeTable",
            "dynamodb:UpdateTimeToLive",
            "dynamodb:UpdateContinuousBackups",
        ],
    ),
    ("AWS::IAM::Policy", &["iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:GetRolePolicy"]),
    ("AWS::IAM::Role", &["iam:CreateRole", "iam:DeleteRole", "iam:GetRole", "iam:PutRolePolicy", "iam:PassRole"]),
    ("AWS::Lambda::Permission", &["lambda:AddPermission", "lambda:RemovePermission", "lambda:GetPolicy"]),
    ("AWS::Logs::LogGroup", &["logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy"]),
    ("AWS::Route53::RecordSet", &["route53:ChangeResourceRecordSets", "route53:GetChange"]),
    ("AWS::SNS::Subscription", &["sns:Subscribe", "sns:Unsubscribe"]),
    ("AWS::SNS::Topic", &["sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes"]),
    ("AWS::SQS::Queue", &["sqs:CreateQueue", "sqs:SetQueueAttributes", "sqs:DeleteQueue", "sqs:GetQueueAttributes"]),
    (
        "AWS::Serverless::Function",
        &[
            "lambda:CreateFunction",
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
            "lambda:DeleteFunction",
            "lambda:GetFunction",
            "lambda:PutFunctionConcurrency",
            "lambda:PutFunctionRecursionConfig",
            "s3:GetObject",
            "s3:PutObject",
        ],
    ),
    (
        MADE_BY_SAM,
        &[
            "lambda:CreateEventSourceMapping",
            "lambda:UpdateEventSourceMapping",
            "lambda:DeleteEventSourceMapping",
            "events:PutRule",
            "events:PutTargets",
            "events:RemoveTargets",
            "events:DeleteRule",
            "cloudformation:CreateChangeSet",
            "cloudformation:ExecuteChangeSet",
            "cloudformation:DeleteStack",
        ],
    ),
];

const MADE_BY_SAM: &str = "what SAM makes of events, and the stack itself";

/// Statements whose actions AWS takes on everything alone, or which name what has no name before it is made.
const ON_EVERYTHING: [&str; 4] = ["Look", "Sources", "AccessLog", "AlarmsLook"];

/// Longer ones AWS does not take as a managed policy; blanks do not count.
const LONGEST: usize = 6144;

fn policy() -> Value {
    serde_json::from_str(&text()).unwrap()
}

fn text() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/deploy-policy.json")).unwrap()
}

fn texts(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .map_or_else(|| value.as_str().into_iter().collect(), |list| list.iter().filter_map(Value::as_str).collect())
}

/// The types of all resources, whatever the conditions.
fn types() -> BTreeSet<String> {
    let template = expand::expand(&written());
    let resources = template["Resources"].as_object().unwrap().clone();
    resources.values().filter_map(|one| one["Type"].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_deployer_may_do_what_every_resource_of_the_template_asks_for() {
    let policy = policy();
    let allowed: BTreeSet<&str> =
        policy["Statement"].as_array().unwrap().iter().flat_map(|statement| texts(&statement["Action"])).collect();
    let types = types();
    for kind in types.iter().map(String::as_str).chain([MADE_BY_SAM]) {
        let (_, calls) =
            CALLS.iter().find(|(known, _)| *known == kind).unwrap_or_else(|| panic!("{kind} is not known"));
        for call in *calls {
            assert!(allowed.contains(call), "{kind} needs {call}");
        }
    }
    let gone = CALLS.iter().filter(|(kind, _)| *kind != MADE_BY_SAM && !types.contains(*kind));
    assert_eq!(gone.count(), 0, "a type that is listed is no longer in the template");
}

#[test]
fn the_policy_to_copy_is_no_wider_than_it_says_and_short_enough() {
    let policy = policy();
    let services: BTreeSet<&str> =
        CALLS.iter().flat_map(|(_, calls)| *calls).filter_map(|call| Some(call.split_once(':')?.0)).collect();
    for statement in policy["Statement"].as_array().unwrap() {
        let sid = statement["Sid"].as_str().unwrap();
        assert_eq!(statement["Effect"], "Allow");
        for action in texts(&statement["Action"]) {
            assert!(!action.contains('*'), "{sid}: {action}");
            assert!(
                services.contains(action.split_once(':').unwrap().0),
                "{sid}: nothing in the template is of {action}"
            );
        }
        for resource in texts(&statement["Resource"]) {
            let named = resource.contains("ongoing-bridge") || resource.contains("aws-sam-cli-managed-default");
            let of_its_service = ["apigateway", "route53", "transform"].iter().any(|part| resource.contains(part));
            assert!(named || of_its_service || ON_EVERYTHING.contains(&sid), "{sid}: {resource}");
        }
    }
    let passes =
        policy["Statement"].as_array().unwrap().iter().find(|one| texts(&one["Action"]).contains(&"iam:PassRole"));
    assert_eq!(passes.unwrap()["Condition"]["StringEquals"]["iam:PassedToService"], "lambda.amazonaws.com");
    let length = text().chars().filter(|c| !c.is_whitespace()).count();
    assert!(length <= LONGEST, "{length}");
}
