//! Writes of the state table that are ready together go in one call, and each has its own answer. No emulator refuses a
//! part of a call on demand.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod loopback;

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_types::SdkConfig;
use bridge::ports::{Item, Put, State as _};
use bridge::words::fault::{Fault, Result};
use bridge_aws::state_table::StateTable;
use futures_util::future::join_all;
use jiff::Timestamp;
use loopback::{Calls, local, scripted};
use serde_json::{Value, json};

fn answer(body: &Value) -> String {
    let body = body.to_string();
    let kind = "content-type: application/x-amz-json-1.0\r\nconnection: close";
    format!("HTTP/1.1 200 OK\r\n{kind}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// The answers of one call: the code of each statement's error, `None` where it was done.
fn answers(codes: &[Option<&str>]) -> String {
    let one = |code: &Option<&str>| {
        code.map_or(
            json!({ "TableName": "state" }),
            |code| json!({ "Error": { "Code": code, "Message": "by the script" } }),
        )
    };
    answer(&json!({ "Responses": codes.iter().map(one).collect::<Vec<_>>() }))
}

fn table_at(base: &str) -> StateTable {
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(bridge_aws::tls::sdk_client().unwrap())
        .endpoint_url(base)
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("a", "s", None, None, "test")))
        .build();
    StateTable::new(aws_sdk_dynamodb::Client::new(&config), "state")
}

fn item(sk: &str, rev: u64) -> Item {
    Item { pk: "p".into(), sk: sk.into(), rev, body: json!({ "of": sk }), expires: None }
}

async fn all(table: &StateTable, items: impl IntoIterator<Item = Item>) -> Vec<Result<Put>> {
    join_all(items.into_iter().map(|item| table.put(item))).await
}

/// The sort keys in each call, and what the call is.
fn asked(calls: &Calls) -> Vec<(String, Vec<String>)> {
    let of = |(head, body): &(String, String)| {
        let target = head.lines().find_map(|line| line.strip_prefix("x-amz-target: DynamoDB_20120810."));
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        let text = |value: &Value| value["S"].as_str().unwrap_or_default().to_owned();
        let keys = match body["Statements"].as_array() {
            None => vec![text(&body["Item"]["sk"])],
            // An insert names its key first, an update in its condition.
            Some(all) => all
                .iter()
                .map(|one| text(&one["Parameters"][if one.to_string().contains("INSERT") { 1 } else { 3 }]))
                .collect(),
        };
        (target.unwrap_or_default().to_owned(), keys)
    };
    calls.borrow().iter().map(of).collect()
}

#[test]
fn what_is_ready_together_goes_in_one_call_of_twenty_five() {
    local(async {
        let (base, calls) = scripted(vec![answers(&[None; 25]), answers(&[None; 5])]).await;
        let items = (0..30).map(|n| item(&format!("{n:02}"), 1));
        assert_eq!(all(&table_at(&base), items).await, vec![Ok(Put::Done); 30]);
        let many: Vec<usize> = asked(&calls).iter().map(|(_, keys)| keys.len()).collect();
        assert_eq!(many, [25, 5]);
        let statement: Value = serde_json::from_str(&calls.borrow()[0].1).unwrap();
        assert_eq!(
            statement["Statements"][0],
            json!({
                "Statement": r#"INSERT INTO "state" VALUE {'pk': ?, 'sk': ?, 'rev': ?, 'body': ?}"#,
                "Parameters": [{ "S": "p" }, { "S": "00" }, { "N": "1" }, { "M": { "of": { "S": "00" } } }],
            })
        );
    });
}

#[test]
fn each_has_its_own_answer_and_what_was_throttled_is_sent_again_alone() {
    local(async {
        let codes = [
            None,
            Some("DuplicateItem"),
            Some("ConditionalCheckFailed"),
            Some("ThrottlingError"),
            Some("ValidationError"),
        ];
        let (base, calls) = scripted(vec![answers(&codes), answers(&[None])]).await;
        let items = (0..5).map(|n| item(&n.to_string(), if n == 2 || n == 3 { 8 } else { 1 }));
        let done = all(&table_at(&base), items).await;
        assert_eq!(done[..4], [Ok(Put::Done), Ok(Put::Conflict), Ok(Put::Conflict), Ok(Put::Done)]);
        assert!(matches!(&done[4], Err(Fault::Unexpected(why)) if why.contains("by the script")), "{done:?}");
        let batch = || "BatchExecuteStatement".to_owned();
        let first = (0..5).map(|n| n.to_string()).collect();
        assert_eq!(asked(&calls), [(batch(), first), (batch(), vec!["3".to_owned()])]);
        let again: Value = serde_json::from_str(&calls.borrow()[1].1).unwrap();
        assert_eq!(
            again["Statements"][0],
            json!({
                "Statement": r#"UPDATE "state" SET "rev" = ? SET "body" = ? WHERE "pk" = ? AND "sk" = ? AND "rev" = ?"#,
                "Parameters": [{ "N": "8" }, { "M": { "of": { "S": "3" } } }, { "S": "p" }, { "S": "3" }, { "N": "7" }],
            })
        );
    });
}

#[test]
fn what_stays_throttled_is_told_and_passes_by_itself() {
    local(async {
        let (base, calls) =
            scripted(vec![answers(&[Some("ThrottlingError"), None]), answers(&[Some("ThrottlingError")])]).await;
        let done = all(&table_at(&base), [item("a", 1), item("b", 1)]).await;
        assert!(done[0].as_ref().is_err_and(Fault::passes_by_itself), "{done:?}");
        assert_eq!((&done[1], asked(&calls).len()), (&Ok(Put::Done), 6));
    });
}

#[test]
fn a_write_alone_or_of_what_expires_replaces_the_whole_item() {
    local(async {
        let (base, calls) = scripted(vec![answer(&json!({}))]).await;
        let table = table_at(&base);
        assert_eq!(table.put(item("a", 1)).await, Ok(Put::Done));
        let expires = |sk: &str| Item { expires: Some(Timestamp::UNIX_EPOCH), ..item(sk, 2) };
        assert_eq!(all(&table, [expires("b"), expires("c")]).await, [Ok(Put::Done), Ok(Put::Done)]);
        assert!(asked(&calls).iter().all(|(call, keys)| call == "PutItem" && keys.len() == 1));
        assert_eq!(calls.borrow().len(), 3);
    });
}

#[test]
fn two_writes_of_one_item_are_not_in_one_call() {
    local(async {
        let (base, calls) = scripted(vec![answer(&json!({}))]).await;
        assert_eq!(all(&table_at(&base), [item("a", 1), item("a", 2)]).await, [Ok(Put::Done), Ok(Put::Done)]);
        assert_eq!(calls.borrow().len(), 2);
    });
}

#[test]
fn whoever_is_broken_off_takes_no_other_write_with_it() {
    local(async {
        let (base, calls) = scripted(vec![answers(&[None, None])]).await;
        let table = table_at(&base);
        let (mut first, second) = (Box::pin(table.put(item("a", 1))), table.put(item("b", 1)));
        let mut second = Box::pin(second);
        assert!(futures_util::poll!(&mut first).is_pending() && futures_util::poll!(&mut second).is_pending());
        tokio::task::yield_now().await;
        assert!(futures_util::poll!(&mut first).is_pending(), "it makes the call");
        drop(first);
        assert_eq!(second.await, Ok(Put::Done));
        assert_eq!(asked(&calls)[0].1, ["a", "b"]);
    });
}

/// Whoever runs the operator's command may have the rights that an earlier release asked for.
#[test]
fn without_the_right_to_many_at_once_they_go_one_by_one() {
    local(async {
        let whole = json!({ "__type": "com.amazon.coral.service#AccessDeniedException", "message": "not yours" });
        let whole = answer(&whole).replacen("200 OK", "400 Bad Request", 1);
        for denied in [whole, answers(&[Some("AccessDenied"); 2])] {
            let (base, calls) = scripted(vec![denied, answer(&json!({}))]).await;
            let table = table_at(&base);
            for _ in 0..2 {
                let done = all(&table, [item("a", 1), item("b", 1)]).await;
                assert_eq!(done, [Ok(Put::Done), Ok(Put::Done)]);
            }
            let asked = asked(&calls);
            let calls: Vec<&str> = asked.iter().map(|(call, _)| call.as_str()).collect();
            assert_eq!(calls, ["BatchExecuteStatement", "PutItem", "PutItem", "PutItem", "PutItem"]);
        }
    });
}

/// A number that DynamoDB does not keep, or a call that is refused as a whole.
#[test]
fn one_that_cannot_be_sent_keeps_no_other_from_being_written() {
    local(async {
        let (base, calls) = scripted(vec![answer(&json!({}))]).await;
        let number: Value = serde_json::from_str(&format!("1{}", "0".repeat(20) + &"7".repeat(30))).unwrap();
        let spoilt = Item { body: json!({ "n": number }), ..item("b", 1) };
        let done = all(&table_at(&base), [item("a", 1), spoilt, item("c", 1)]).await;
        assert_eq!((&done[0], &done[2]), (&Ok(Put::Done), &Ok(Put::Done)));
        assert!(matches!(done[1], Err(Fault::Unexpected(_))), "{done:?}");
        assert_eq!(asked(&calls).len(), 2);
    });
}
