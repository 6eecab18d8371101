//! Lint rules for the template. Each returns its violations.

use std::collections::BTreeSet;

use bridge::words::kind::Kind;
use serde_json::{Value, json};

use crate::read::{each, number, of_type, target};

/// A queue's type.
pub const QUEUE: &str = "AWS::SQS::Queue";
/// A function's type.
pub const FUNCTION: &str = "AWS::Serverless::Function";
const ROLE: &str = "AWS::IAM::Role";

/// Where a secret's name begins.
pub const SECRET: &str = ":secret:${AWS::StackName}/";

/// Statements with a `*` in an action, or in a resource where it is not the end of a secret's prefix.
pub fn wildcards(template: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    for (role, properties) in of_type(template, ROLE) {
        if !properties["ManagedPolicyArns"].is_null() {
            broken.push(format!("{role}: a managed policy is wide"));
        }
        for statement in statements(properties) {
            for action in each(&statement["Action"]) {
                if action.as_str().is_none_or(|action| action.contains('*')) {
                    broken.push(format!("{role}: {action}"));
                }
            }
            for resource in each(&statement["Resource"]) {
                let text = resource["Fn::Sub"].as_str().or(resource.as_str()).unwrap_or_default();
                let secrets = text.strip_suffix("/*").is_some_and(|rest| rest.contains(SECRET) && !rest.contains('*'));
                if resource.is_null() || text.contains('*') && !secrets {
                    broken.push(format!("{role}: {resource}"));
                }
            }
        }
    }
    broken
}

/// Queues whose messages can be lost: without a dead-letter queue of their own sort, and dead-letter queues that forget.
pub fn dead_letters(template: &Value) -> Vec<String> {
    let queues: Vec<_> = of_type(template, QUEUE).collect();
    let to = |queue: &Value| target(&queue["RedrivePolicy"]["deadLetterTargetArn"]).map(str::to_owned);
    let dead: BTreeSet<String> = queues.iter().filter_map(|(_, queue)| to(queue)).collect();
    let mut broken = Vec::new();
    for (name, queue) in &queues {
        if dead.contains(*name) {
            if queue["MessageRetentionPeriod"] != 1_209_600 || queue["RedriveAllowPolicy"].is_null() {
                broken.push(format!("{name}: forgets too early, or takes from anybody"));
            }
            continue;
        }
        let same = to(queue).and_then(|dead| queues.iter().find(|(name, _)| **name == dead));
        if same.is_none_or(|(_, dead)| dead["FifoQueue"] != queue["FifoQueue"]) {
            broken.push(format!("{name}: no dead-letter queue of its sort"));
        }
        if queue["RedrivePolicy"]["maxReceiveCount"].as_i64().is_none_or(|count| count < 3) {
            broken.push(format!("{name}: given up too soon"));
        }
    }
    broken
}

/// Event sources of queues without `ReportBatchItemFailures`, or whose queue shows a message again too early.
pub fn event_sources(template: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    for (function, properties) in of_type(template, FUNCTION) {
        for (name, event) in properties["Events"].as_object().into_iter().flatten() {
            let event = &event["Properties"];
            let Some(queue) = target(&event["Queue"]) else { continue };
            if event["FunctionResponseTypes"] != json!(["ReportBatchItemFailures"]) {
                broken.push(format!("{function}/{name}: one bad message fails the batch"));
            }
            let hidden = number(template, &template["Resources"][queue]["Properties"]["VisibilityTimeout"]);
            let timeout = number(template, &properties["Timeout"]);
            if hidden.zip(timeout).is_none_or(|(hidden, timeout)| hidden < 6 * timeout) {
                broken.push(format!("{function}/{name}: hidden {hidden:?} s, timeout {timeout:?} s"));
            }
        }
    }
    broken
}

/// Functions that share a role or a log, or whose log is kept for ever.
pub fn own_role_and_log(template: &Value) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut broken = Vec::new();
    for (function, properties) in of_type(template, FUNCTION) {
        if !properties["Policies"].is_null() {
            broken.push(format!("{function}: a policy beside its role"));
        }
        for reference in [&properties["Role"], &properties["LoggingConfig"]["LogGroup"]] {
            if target(reference).is_none_or(|name| !taken.insert(name.to_owned())) {
                broken.push(format!("{function}: {reference} is not its own"));
            }
        }
        let group = target(&properties["LoggingConfig"]["LogGroup"]).unwrap_or_default();
        let role = target(&properties["Role"]).unwrap_or_default();
        let log = &template["Resources"][group]["Properties"];
        if log["RetentionInDays"].as_i64().is_none() {
            broken.push(format!("{function}: its log is kept for ever"));
        }
        for statement in statements(&template["Resources"][role]["Properties"]) {
            let writes_logs = each(&statement["Action"]).iter().any(|action| **action == "logs:PutLogEvents");
            if writes_logs && target(&statement["Resource"]) != Some(group) {
                broken.push(format!("{function}: writes into {}", statement["Resource"]));
            }
        }
    }
    broken
}

/// Functions that can read secrets of a system that is none of their business.
pub fn secrets(template: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    for (function, properties) in of_type(template, FUNCTION) {
        let name = suffix(properties);
        let systems: Vec<&str> = match name.as_str() {
            "wms-import" | "ongoing-webhook" => vec!["ongoing"],
            // The ERPs that have a consent page; the key of status links, and Ongoing, which the status page asks.
            "connect" => vec!["procountor", "visma", "status", "ongoing"],
            "rotate-credentials" => vec!["ongoing", "visma"],
            // The one writes to every ERP what it reads in Ongoing, the other holds them against each other.
            "writeback" | "reconcile" => [&["ongoing"][..], &Kind::ALL.map(Kind::word)].concat(),
            other => other.strip_prefix("pull-").into_iter().collect(),
        };
        let role = target(&properties["Role"]).unwrap_or_default();
        for statement in statements(&template["Resources"][role]["Properties"]) {
            let actions = each(&statement["Action"]);
            let about_secrets =
                |action: &&Value| action.as_str().is_some_and(|text| text.starts_with("secretsmanager:"));
            // What is denied only takes rights away.
            if !actions.iter().any(about_secrets) || statement["Effect"] == "Deny" {
                continue;
            }
            for resource in each(&statement["Resource"]) {
                let text = resource["Fn::Sub"].as_str().unwrap_or_default();
                let system = text.split_once(SECRET).map(|(_, rest)| rest.trim_end_matches("/*"));
                if system.is_none_or(|system| !systems.contains(&system)) {
                    broken.push(format!("{function}: reads {resource}"));
                }
            }
        }
    }
    broken
}

/// Functions that write secrets which they do not have to, or that could write an application's.
pub fn secret_writers(template: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    for (function, properties) in of_type(template, FUNCTION) {
        let name = suffix(properties);
        let (actions, systems): (&[&str], &[&str]) = match name.as_str() {
            "connect" => (&["PutSecretValue", "CreateSecret"], &["procountor", "visma"]),
            // Who uses a refresh token up has to keep the next one.
            "pull-visma" | "writeback" | "reconcile" => (&["PutSecretValue"], &["visma"]),
            "rotate-credentials" => {
                (&["PutSecretValue", "DescribeSecret", "UpdateSecretVersionStage"], &["ongoing", "visma"])
            }
            _ => (&[], &[]),
        };
        let role = target(&properties["Role"]).unwrap_or_default();
        let role = &template["Resources"][role]["Properties"];
        let writes = |statement: &Value| -> Vec<String> {
            let all = each(&statement["Action"]).into_iter().filter_map(|action| action.as_str().map(str::to_owned));
            let named = all.filter_map(|action| action.strip_prefix("secretsmanager:").map(str::to_owned));
            named.filter(|action| action != "GetSecretValue").collect()
        };
        let systems_of = |statement: &Value| -> Vec<String> {
            let texts = each(&statement["Resource"]).into_iter().filter_map(|resource| resource["Fn::Sub"].as_str());
            texts.filter_map(|text| Some(text.split_once(SECRET)?.1.to_owned())).collect()
        };
        let (mut may, mut denied) = (Vec::new(), Vec::new());
        for statement in statements(role) {
            if statement["Effect"] == "Deny" {
                denied.extend(systems_of(statement));
                continue;
            }
            let written = writes(statement);
            if written.iter().any(|action| !actions.contains(&action.as_str())) {
                broken.push(format!("{function}: {written:?}"));
            }
            if !written.is_empty() {
                may.extend(systems_of(statement));
            }
        }
        for system in may.iter().filter_map(|name| name.strip_suffix("/*")) {
            // Ongoing has no application of ours, and so no secret of one.
            let stays = |name: &str| denied.contains(&format!("{system}/{name}"));
            // A secret that is not there yet has not got the six letters that end its ARN.
            let makes = actions.contains(&"CreateSecret");
            let app_stays = system == "ongoing" || stays("app-??????") && (!makes || stays("app"));
            if !systems.contains(&system) || !app_stays {
                broken.push(format!("{function}: writes {system}"));
            }
        }
    }
    broken
}

/// What the API's access log has beside what is known to carry no ticket, code, state or token.
pub fn access_log(template: &Value) -> Vec<String> {
    const QUIET: [&str; 9] = [
        "requestId",
        "requestTime",
        "httpMethod",
        "routeKey",
        "path",
        "status",
        "responseLength",
        "responseLatency",
        "integrationErrorMessage",
    ];
    let mut broken = Vec::new();
    for (name, stage) in of_type(template, "AWS::ApiGatewayV2::Stage") {
        let format = stage["AccessLogSettings"]["Format"].as_str().unwrap_or_default();
        let members = format.split('$').skip(1).map(|rest| rest.split('"').next().unwrap_or_default());
        let mut members = members.peekable();
        if members.peek().is_none() {
            broken.push(format!("{name}: no access log"));
        }
        let loud = members.filter(|member| !member.strip_prefix("context.").is_some_and(|name| QUIET.contains(&name)));
        broken.extend(loud.map(|member| format!("{name}: {member}")));
    }
    broken
}

/// Functions that anybody's account may have called in the name of a service.
pub fn callers(template: &Value) -> Vec<String> {
    let ours = |permission: &Value| {
        permission["SourceArn"]["Fn::Sub"].as_str().is_some_and(|arn| arn.contains("${AWS::AccountId}"))
            || permission["SourceAccount"] == json!({ "Ref": "AWS::AccountId" })
    };
    let permissions = of_type(template, "AWS::Lambda::Permission");
    permissions.filter(|(_, permission)| !ours(permission)).map(|(name, _)| name.to_owned()).collect()
}

/// Pull functions that the schedule does not start, or that it starts whatever `ScheduleState` says.
pub fn schedules(template: &Value) -> Vec<String> {
    let pulls = of_type(template, FUNCTION).filter(|(_, properties)| suffix(properties).starts_with("pull-"));
    let starts = |properties: &Value| {
        let events = properties["Events"].as_object().into_iter().flatten();
        let mut ticks = events.map(|(_, event)| event).filter(|event| event["Type"] == "Schedule");
        ticks.next().is_some_and(|tick| {
            let tick = &tick["Properties"];
            tick["Schedule"] == "rate(15 minutes)" && tick["State"] == json!({ "Ref": "ScheduleState" })
        })
    };
    pulls.filter(|(_, properties)| !starts(properties)).map(|(function, _)| function.to_owned()).collect()
}

/// A function's name after the stack's.
pub fn suffix(properties: &Value) -> String {
    let name = properties["FunctionName"]["Fn::Sub"].as_str().unwrap_or_default();
    name.strip_prefix("${AWS::StackName}-").unwrap_or_default().to_owned()
}

/// The name by which a function is started.
pub fn handler(properties: &Value) -> &str {
    let handler = &properties["Handler"];
    handler.as_str().or_else(|| handler["Fn::Sub"].as_str()).unwrap_or_default()
}

/// The statements of a role.
pub fn statements(role: &Value) -> impl Iterator<Item = &Value> {
    let policies = role["Policies"].as_array().into_iter().flatten();
    let statements = policies.flat_map(|policy| each(&policy["PolicyDocument"]["Statement"]));
    // What an emulator alone is given is in no role on AWS; anything else in its place would be looked at.
    let emulator = json!({ "Fn::If": ["IsOnAws", { "Ref": "AWS::NoValue" }, { "Sid": "EmulatorBatches",
        "Effect": "Allow", "Action": "dynamodb:BatchExecuteStatement", "Resource": "*" }] });
    statements.filter(move |statement| **statement != emulator)
}

/// Functions that feed the queue that starts them, which Lambda ends after some sixteen rounds unless it is allowed to them;
/// and functions that do not, to which it is allowed all the same.
pub fn own_queues(template: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    for (function, properties) in of_type(template, FUNCTION) {
        let events = properties["Events"].as_object().into_iter().flatten();
        let starts: Vec<&str> = events.filter_map(|(_, event)| target(&event["Properties"]["Queue"])).collect();
        let role = target(&properties["Role"]).unwrap_or_default();
        let feeds = statements(&template["Resources"][role]["Properties"]).any(|statement| {
            let sends = each(&statement["Action"]).iter().any(|action| **action == "sqs:SendMessage");
            let own = |queue: &&Value| target(queue).is_some_and(|queue| starts.contains(&queue));
            sends && each(&statement["Resource"]).iter().any(own)
        });
        if feeds != (properties["RecursiveLoop"] == "Allow") {
            broken.push(format!("{function}: feeds its own queue {feeds}, and has {}", properties["RecursiveLoop"]));
        }
    }
    broken
}
