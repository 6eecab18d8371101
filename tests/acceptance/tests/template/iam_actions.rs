//! The AWS calls that each function really makes, recorded in journeys through all of them, against what its role
//! allows.
//!
//! A function that is new in the template needs a journey in [`journeys`](crate::iam_journeys) that runs its handler,
//! with [`ActionLog::by`](acceptance::world::ActionLog::by) naming it before.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use acceptance::world::Action;
use serde_json::Value;

use crate::iam_journeys::journeys;
use crate::lint_rules::{SECRET, statements, suffix};
use crate::read::{each, of_type, target};

/// An action and what it is done to: a resource of the template, or the system of a secret.
type Right = (String, String);

/// Roles that allow what no journey needed, or not what one did.
pub fn rights(template: &Value) -> Vec<String> {
    static DONE: OnceLock<BTreeSet<Action>> = OnceLock::new();
    let done = DONE.get_or_init(|| {
        let paused = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        paused.unwrap().block_on(journeys())
    });
    let mut broken = Vec::new();
    for (function, properties) in of_type(template, "AWS::Serverless::Function") {
        let name = suffix(properties);
        let asked: Vec<&Action> = done.iter().filter(|(by, ..)| *by == name).collect();
        if asked.is_empty() {
            broken.push(format!(
                "{function}: no journey runs {name}; add one to tests/acceptance/tests/template/journeys.rs"
            ));
            continue;
        }
        let mut needed: BTreeSet<Right> = asked.iter().flat_map(|action| actions(properties, action)).collect();
        needed.extend(platform(properties));
        let role = target(&properties["Role"]).unwrap_or_default();
        let allowed = allowed(&template["Resources"][role]["Properties"]);
        let without =
            allowed.difference(&needed).map(|(action, on)| format!("{function}: never needs {action} on {on}"));
        broken.extend(without);
        broken.extend(needed.difference(&allowed).map(|(action, on)| format!("{function}: needs {action} on {on}")));
    }
    broken
}

/// What `shared/aws` makes of a port's method.
fn actions(function: &Value, (_, method, system): &Action) -> Vec<Right> {
    let queue = |variable: &str| {
        let address = &function["Environment"]["Variables"][variable];
        let queue = target(address).unwrap_or("no queue").to_owned();
        // AWS asks for the first alone; emulators ask for the call's own name.
        vec![("sqs:SendMessage".to_owned(), queue.clone()), ("sqs:SendMessageBatch".to_owned(), queue)]
    };
    let state = |action: &str| vec![(format!("dynamodb:{action}"), "StateTable".to_owned())];
    let tenants = |action: &str| vec![(format!("dynamodb:{action}"), "TenantTable".to_owned())];
    let secret = |action: &str| (format!("secretsmanager:{action}"), system.clone());
    match *method {
        "State::get" => state("GetItem"),
        "State::get_many" => state("BatchGetItem"),
        "State::list" => state("Query"),
        // One alone, or those that are ready together: a new item, and one that is changed.
        "State::put" => ["PutItem", "PartiQLInsert", "PartiQLUpdate"].iter().flat_map(|action| state(action)).collect(),
        "State::delete" => state("DeleteItem"),
        "Tenants::list" => tenants("Scan"),
        "Tenants::get" => tenants("GetItem"),
        "Queue::put_off" => {
            let variable = if system == "import" { "IMPORT_QUEUE_URL" } else { "WRITEBACK_QUEUE_URL" };
            let address = &function["Environment"]["Variables"][variable];
            let queue = target(address).unwrap_or("no queue");
            ["ChangeMessageVisibility", "ChangeMessageVisibilityBatch"]
                .map(|action| (format!("sqs:{action}"), queue.to_owned()))
                .into()
        }
        "Queue::import_depth" => {
            let queue = target(&function["Environment"]["Variables"]["IMPORT_QUEUE_URL"]).unwrap_or("no queue");
            vec![("sqs:GetQueueAttributes".to_owned(), queue.to_owned())]
        }
        "Queue::import" => queue("IMPORT_QUEUE_URL"),
        "Queue::write_back" => queue("WRITEBACK_QUEUE_URL"),
        "Queue::jobs" => queue("JOB_QUEUE_URL"),
        "Secrets::get" | "Versions::read" => vec![secret("GetSecretValue")],
        "Secrets::put" | "Versions::put" => vec![secret("PutSecretValue")],
        "Secrets::set" => vec![secret("PutSecretValue"), secret("CreateSecret")],
        "Versions::describe" => vec![secret("DescribeSecret")],
        "Versions::move_current" | "Versions::drop_pending" => vec![secret("UpdateSecretVersionStage")],
        other => panic!("say which action of AWS {other} is"),
    }
}

/// What Lambda does in the function's name: it takes messages off its queues and writes its log.
fn platform(function: &Value) -> Vec<Right> {
    let mut needed = Vec::new();
    for (_, event) in function["Events"].as_object().into_iter().flatten() {
        let Some(queue) = target(&event["Properties"]["Queue"]) else { continue };
        for action in ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"] {
            needed.push((format!("sqs:{action}"), queue.to_owned()));
        }
    }
    let log = target(&function["LoggingConfig"]["LogGroup"]).unwrap_or_default();
    needed.extend(["logs:CreateLogStream", "logs:PutLogEvents"].map(|action| (action.to_owned(), log.to_owned())));
    needed
}

fn allowed(role: &Value) -> BTreeSet<Right> {
    let mut allowed = BTreeSet::new();
    for statement in statements(role).filter(|statement| statement["Effect"] == "Allow") {
        for resource in each(&statement["Resource"]) {
            let text = resource["Fn::Sub"].as_str().unwrap_or_default();
            let system = text.split_once(SECRET).map(|(_, rest)| rest.trim_end_matches("/*"));
            let on = system.or_else(|| target(resource)).map_or_else(|| resource.to_string(), str::to_owned);
            let actions = each(&statement["Action"]).into_iter().filter_map(Value::as_str);
            allowed.extend(actions.map(|action| (action.to_owned(), on.clone())));
        }
    }
    allowed
}
