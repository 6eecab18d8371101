//! Batches that AWS accepts only in part, so that the rest has to be sent again. No emulator does that on demand.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod loopback;

use std::time::Duration;

use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_types::SdkConfig;
use bridge::ports::{Queue as _, Secrets as _, State as _};
use bridge::words::domain::{Article, Record};
use bridge::words::envelope::{Envelope, Hint, Job, Notice};
use bridge::words::fault::Fault;
use bridge::words::feed::Feed;
use bridge::words::secret::Secret;
use bridge_aws::environment::Addresses;
use bridge_aws::queue::Queues;
use bridge_aws::state_table::StateTable;
use jiff::Timestamp;
use loopback::{Calls, local, scripted};
use serde_json::{Value, json};

fn answer(status: u16, body: &Value) -> String {
    let body = body.to_string();
    let kind = "content-type: application/x-amz-json-1.0\r\nconnection: close";
    format!("HTTP/1.1 {status} Scripted\r\n{kind}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// What SQS says when these entries failed.
fn failing(ids: &[&str], sender_fault: bool) -> String {
    let one = |id: &&str| json!({ "Id": id, "Code": "InternalError", "SenderFault": sender_fault });
    answer(200, &json!({ "Successful": [], "Failed": ids.iter().map(one).collect::<Vec<_>>() }))
}

fn config(base: &str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(bridge_aws::tls::sdk_client().unwrap())
        .endpoint_url(base)
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("a", "s", None, None, "test")))
        .build()
}

fn queues_at(base: &str) -> Queues {
    let at = |name: &str| Some(format!("{base}/{name}"));
    let addresses = Addresses { import: at("import.fifo"), write_back: at("writeback.fifo"), jobs: at("jobs") };
    Queues::new(aws_sdk_sqs::Client::new(&config(base)), addresses)
}

fn envelope(group: &str, key: &str) -> Envelope {
    Envelope {
        v: Envelope::VERSION,
        tenant_id: "acme".into(),
        group: group.into(),
        feed: Feed::Articles,
        key: key.into(),
        number: None,
        version: "1".into(),
        fingerprint: "f".into(),
        queued_at: Timestamp::UNIX_EPOCH,
        correlation_id: "run".into(),
        attempt: 0,
        record: Record::Article(Article::default()),
    }
}

/// The keys of the records in each call, in order.
fn keys(calls: &Calls) -> Vec<String> {
    let key = |entry: &Value| {
        let envelope: Envelope = serde_json::from_str(entry["MessageBody"].as_str()?).ok()?;
        (entry["MessageDeduplicationId"] == envelope.deduplication_id()).then_some(envelope.key)
    };
    let call = |(_, body): &(String, String)| -> String {
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        body["Entries"].as_array().into_iter().flatten().filter_map(key).collect()
    };
    calls.borrow().iter().map(call).collect()
}

#[test]
fn a_record_that_failed_is_sent_again_with_what_is_behind_it_in_its_group() {
    local(async {
        let (base, calls) = scripted(vec![failing(&["1"], false), failing(&["3"], false), failing(&[], false)]).await;
        let queues = queues_at(&base);
        let envelopes = ["a", "b", "a", "b", "a"].into_iter().zip(["0", "1", "2", "3", "4"]);
        let envelopes: Vec<_> = envelopes.map(|(group, key)| envelope(group, key)).collect();
        assert_eq!(queues.import(&envelopes).await, Ok(()));
        assert_eq!(keys(&calls), ["01234", "13", "3"]);
    });
}

#[test]
fn a_notice_that_failed_is_sent_again_with_what_is_behind_it_on_the_same_order() {
    local(async {
        let (base, calls) = scripted(vec![failing(&["0"], false), failing(&[], false)]).await;
        let notice = |hint: Hint, cause: &str| Notice {
            v: Notice::VERSION,
            tenant_id: "acme".into(),
            hint,
            cause: cause.into(),
            correlation_id: "run".into(),
        };
        let stock = Hint::Articles(vec!["A 1".into()]);
        let notices = [notice(Hint::Order(7), "a"), notice(stock, "b"), notice(Hint::Order(7), "c")];
        assert_eq!(queues_at(&base).write_back(&notices).await, Ok(()));
        let calls: Vec<Value> = calls.borrow().iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect();
        let sent = |call: &Value| -> Vec<(String, Notice)> {
            let entries = call["Entries"].as_array().unwrap().iter();
            let sent = entries.map(|entry| {
                let notice: Notice = serde_json::from_str(entry["MessageBody"].as_str().unwrap()).unwrap();
                assert_eq!(entry["MessageDeduplicationId"], notice.deduplication_id());
                (entry["MessageGroupId"].as_str().unwrap().to_owned(), notice)
            });
            sent.collect()
        };
        let grouped = |at: usize, group: &str| (group.to_owned(), notices[at].clone());
        let [first, second] = calls.as_slice() else { panic!("two calls") };
        assert!(first["QueueUrl"].as_str().unwrap().ends_with("/writeback.fifo"));
        assert_eq!(sent(first), [grouped(0, "acme.order.7"), grouped(1, "acme.stock"), grouped(2, "acme.order.7")]);
        assert_eq!(sent(second), [grouped(0, "acme.order.7"), grouped(2, "acme.order.7")]);
    });
}

#[test]
fn a_queue_that_stays_busy_is_not_available_and_a_refusal_is_not_repeated() {
    local(async {
        let (base, calls) = scripted(vec![failing(&["0"], false)]).await;
        let queues = queues_at(&base);
        let jobs = [Job::tick("acme"), Job::tick("beta")];
        assert!(matches!(queues.jobs(&jobs, Duration::ZERO).await, Err(Fault::Unavailable { .. })));
        assert_eq!(calls.borrow().len(), 5);
        let (base, calls) = scripted(vec![failing(&["0"], true)]).await;
        let queues = queues_at(&base);
        assert!(matches!(queues.jobs(&jobs, Duration::ZERO).await, Err(Fault::Unexpected(_))));
        assert_eq!(calls.borrow().len(), 1);
    });
}

#[test]
fn keys_that_were_left_out_are_asked_for_again() {
    local(async {
        let key = |sk: &str| json!({ "pk": { "S": "p" }, "sk": { "S": sk } });
        let item =
            |sk: &str| json!({ "pk": { "S": "p" }, "sk": { "S": sk }, "rev": { "N": "1" }, "body": { "M": {} } });
        let first = json!({
            "Responses": { "state": [item("a")] },
            "UnprocessedKeys": { "state": { "ConsistentRead": true, "Keys": [key("b")] } }
        });
        let second = json!({ "Responses": { "state": [item("b")] }, "UnprocessedKeys": {} });
        let (base, calls) = scripted(vec![answer(200, &first), answer(200, &second)]).await;
        let table = StateTable::new(aws_sdk_dynamodb::Client::new(&config(&base)), "state");
        let found = table.get_many("p", &["a".to_owned(), "b".to_owned(), "a".to_owned()]).await.unwrap();
        assert_eq!(found.iter().map(|item| item.sk.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        let asked = |at: usize| -> Value {
            let body: Value = serde_json::from_str(&calls.borrow()[at].1).unwrap();
            body["RequestItems"]["state"].clone()
        };
        assert_eq!(asked(0)["Keys"], json!([key("a"), key("b")]));
        assert_eq!(asked(1), json!({ "ConsistentRead": true, "Keys": [key("b")] }));
    });
}

#[test]
fn a_missing_right_is_told_at_once_and_by_its_own_words() {
    local(async {
        let denied = json!({ "__type": "com.amazon.coral.service#AccessDeniedException", "message": "not yours" });
        let (base, calls) = scripted(vec![answer(400, &denied)]).await;
        let table = StateTable::new(aws_sdk_dynamodb::Client::new(&config(&base)), "state");
        let refused = table.get("p", "a").await;
        assert_eq!(refused, Err(Fault::Unauthorized("GetItem: AccessDeniedException: not yours".into())));
        let client = aws_sdk_secretsmanager::Client::new(&config(&base));
        let store = bridge_aws::secret_store::SecretStore::new(client, "stack");
        let Err(Fault::Unauthorized(why)) = store.get("visma/acme", false).await else { panic!("a missing right") };
        assert!(why.contains("stack/visma/acme"), "{why}");
        let Err(Fault::Unauthorized(why)) = store.put("visma/acme", &Secret::new("shown?".into())).await else {
            panic!("a missing right")
        };
        assert!(why.contains("stack/visma/acme") && !why.contains("shown?"), "{why}");
        assert_eq!(calls.borrow().len(), 3);
    });
}
