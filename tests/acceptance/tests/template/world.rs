//! The in-process world's list of functions and queues equals the template.

use std::collections::BTreeMap;
use std::time::Duration;

use acceptance::world::deployment::{FUNCTIONS, Function, Mapping, TICK};
use acceptance::world::sqs::Attributes;
use serde_json::{Value, json};

use crate::read::{number, of_type, target, template};

/// A name without the stack's.
fn named(name: &Value) -> String {
    name["Fn::Sub"].as_str().unwrap().strip_prefix("${AWS::StackName}-").unwrap().to_owned()
}

fn seconds(template: &Value, value: &Value) -> Option<Duration> {
    number(template, value).map(|seconds| Duration::from_secs(seconds.try_into().unwrap()))
}

fn said(attributes: &Attributes) -> Value {
    json!({
        "fifo": attributes.fifo, "visibility": attributes.visibility.as_secs(),
        "retention": attributes.retention.as_secs(), "most_receives": attributes.most_receives,
    })
}

/// The queues by name, as the template has them.
fn queues(template: &Value) -> BTreeMap<String, (String, Value)> {
    let all: BTreeMap<&str, &Value> = of_type(template, "AWS::SQS::Queue").collect();
    let four_days = Duration::from_secs(4 * 24 * 3600);
    let retention = |queue: &Value| seconds(template, &queue["MessageRetentionPeriod"]).unwrap_or(four_days).as_secs();
    let with_dead_letters = all.iter().filter(|(_, queue)| queue["RedrivePolicy"].is_object());
    with_dead_letters
        .map(|(resource, queue)| {
            let dead = all[target(&queue["RedrivePolicy"]["deadLetterTargetArn"]).unwrap()];
            assert_eq!(retention(dead), 14 * 24 * 3600, "{resource}");
            let said = json!({
                "fifo": queue["FifoQueue"] == true,
                "visibility": seconds(template, &queue["VisibilityTimeout"]).unwrap().as_secs(),
                "retention": retention(queue),
                "most_receives": queue["RedrivePolicy"]["maxReceiveCount"],
            });
            ((*resource).to_owned(), (named(&queue["QueueName"]), said))
        })
        .collect()
}

fn events<'a>(function: &'a Value, kind: &str) -> Vec<&'a Value> {
    let events = function["Events"].as_object().into_iter().flatten();
    events.map(|(_, event)| event).filter(|event| event["Type"] == kind).map(|event| &event["Properties"]).collect()
}

#[test]
fn functions_and_queues_are_those_of_the_template() {
    let template = template();
    let queues = queues(&template);
    let known: BTreeMap<&str, Function> = FUNCTIONS.into_iter().map(|function| (function.name, function)).collect();
    let mut found = 0;
    for (resource, function) in of_type(&template, "AWS::Serverless::Function") {
        let known = known.get(named(&function["FunctionName"]).as_str()).unwrap_or_else(|| panic!("{resource}"));
        found += 1;
        assert_eq!(seconds(&template, &function["Timeout"]), Some(known.timeout), "{resource}");
        // The proof has an input of its own, by which it is told from a tick.
        let (proofs, ticks): (Vec<&Value>, Vec<&Value>) =
            events(function, "Schedule").into_iter().partition(|event| !event["Input"].is_null());
        let schedules: Vec<&Value> = ticks.iter().map(|event| &event["Schedule"]).collect();
        assert_eq!(proofs.len(), usize::from(known.name == "reconcile"), "{resource}");
        for proof in proofs {
            assert_eq!(proof["State"], json!({ "Ref": "ProofState" }));
            assert_eq!(proof["Schedule"], "rate(7 days)");
            let input: Value = serde_json::from_str(proof["Input"].as_str().unwrap()).unwrap();
            assert_eq!(bridge::doors::event::Event::read(&input), Ok(bridge::doors::event::Event::Proof));
        }
        let rate = json!(format!("rate({} minutes)", TICK.as_secs() / 60));
        assert_eq!(schedules, if known.scheduled { vec![&rate] } else { vec![] }, "{resource}");
        let mappings = events(function, "SQS");
        let Some(Mapping { queue, batch, concurrency }) = known.mapping else {
            assert!(mappings.is_empty(), "{resource}");
            continue;
        };
        let [mapping] = mappings.as_slice() else { panic!("{resource} has one queue") };
        let (name, there) = &queues[target(&mapping["Queue"]).unwrap()];
        assert_eq!((name.as_str(), there), (queue.name, &said(&queue)), "{resource}");
        assert_eq!(mapping["BatchSize"], batch, "{resource}");
        let most = number(&template, &mapping["ScalingConfig"]["MaximumConcurrency"]);
        assert_eq!(most.map(|most| usize::try_from(most).unwrap()), concurrency, "{resource}");
    }
    assert_eq!(found, FUNCTIONS.len());
}
