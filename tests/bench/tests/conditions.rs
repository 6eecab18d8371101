//! The stub's table refuses what DynamoDB refuses: a benchmark against one that takes everything would measure a road that
//! nobody goes.

use bench::stub::table::{Refused, Table};

fn put(condition: &str, rev: u32, before: &str) -> String {
    format!(
        r#"{{"TableName":"state","Item":{{"pk":{{"S":"t"}},"sk":{{"S":"a"}},"rev":{{"N":"{rev}"}},"body":{{"M":{{}}}}}},
            "ConditionExpression":"{condition}","ExpressionAttributeValues":{{":before":{{"N":"{before}"}}}}}}"#
    )
}

fn code(answered: Result<String, Refused>) -> Option<&'static str> {
    answered.err().map(|Refused(code, _)| code)
}

const NEW: &str = "attribute_not_exists(pk)";
const CONDITION: Option<&str> = Some("ConditionalCheckFailedException");

#[test]
fn a_conditional_write_is_refused_where_its_condition_does_not_hold() {
    let mut table = Table::default();
    let mut call = |name: &str, body: String| code(table.call(name, body.as_bytes()));
    assert_eq!(call("PutItem", put("rev = :before", 2, "1")), CONDITION, "there is no item");
    assert_eq!(call("PutItem", put(NEW, 1, "0")), None);
    assert_eq!(call("PutItem", put(NEW, 1, "0")), CONDITION, "it is there");
    assert_eq!(call("PutItem", put("rev = :before", 3, "2")), CONDITION, "it is of another revision");
    assert_eq!(call("PutItem", put("rev = :before", 2, "1")), None);
    assert_eq!(call("PutItem", put("rev > :before", 3, "1")), Some("ValidationException"), "it is not known");
    let delete = |rev: u32| {
        format!(
            r#"{{"Key":{{"pk":{{"S":"t"}},"sk":{{"S":"a"}}}},"ConditionExpression":"rev = :rev",
                "ExpressionAttributeValues":{{":rev":{{"N":"{rev}"}}}}}}"#
        )
    };
    assert_eq!(call("DeleteItem", delete(1)), CONDITION);
    assert_eq!(call("DeleteItem", delete(2)), None);
}

#[test]
fn each_statement_of_a_batch_is_refused_for_itself() {
    let mut table = Table::default();
    let insert = |sk: &str| {
        format!(
            r#"{{"Statement":"INSERT INTO \"state\" VALUE {{'pk': ?, 'sk': ?, 'rev': ?}}",
                "Parameters":[{{"S":"t"}},{{"S":"{sk}"}},{{"N":"1"}}]}}"#
        )
    };
    let update = |before: u32| {
        format!(
            r#"{{"Statement":"UPDATE \"state\" SET rev = ?, body = ? WHERE pk = ? AND sk = ? AND rev = ?",
                "Parameters":[{{"N":"2"}},{{"M":{{}}}},{{"S":"t"}},{{"S":"a"}},{{"N":"{before}"}}]}}"#
        )
    };
    let mut batch = |statements: &[String]| {
        let body = format!(r#"{{"Statements":[{}]}}"#, statements.join(","));
        table.call("BatchExecuteStatement", body.as_bytes()).unwrap_or_default()
    };
    assert!(!batch(&[insert("a"), insert("b")]).contains("Error"));
    let answer = batch(&[insert("a"), insert("c"), update(7), update(1)]);
    assert_eq!(answer.matches("DuplicateItem").count(), 1, "{answer}");
    assert_eq!(answer.matches("ConditionalCheckFailed").count(), 1, "{answer}");
    let answer = batch(&[update(1), insert("c")]);
    assert_eq!(answer.matches("Error").count(), 2, "the others were done: {answer}");
}

#[test]
fn a_list_turns_pages_both_ways() {
    let mut table = Table::default();
    for sk in ["due#1", "due#2", "due#3", "left#1"] {
        let item = format!(r#"{{"Item":{{"pk":{{"S":"t"}},"sk":{{"S":"{sk}"}},"rev":{{"N":"1"}}}}}}"#);
        assert_eq!(code(table.call("PutItem", item.as_bytes())), None);
    }
    let mut query = |forward: bool, from: &str| {
        let from = if from.is_empty() {
            String::new()
        } else {
            format!(r#","ExclusiveStartKey":{{"pk":{{"S":"t"}},"sk":{{"S":"{from}"}}}}"#)
        };
        let body = format!(
            r#"{{"KeyConditionExpression":"pk = :pk AND begins_with(sk, :prefix)","Limit":2,"ScanIndexForward":{forward},
                "ExpressionAttributeValues":{{":pk":{{"S":"t"}},":prefix":{{"S":"due#"}}}}{from}}}"#
        );
        table.call("Query", body.as_bytes()).unwrap_or_default()
    };
    assert!(query(true, "").contains(r#""LastEvaluatedKey":{"pk":{"S":"t"},"sk":{"S":"due#2"}}"#));
    let last = query(true, "due#2");
    assert!(last.contains("due#3") && !last.contains("LastEvaluatedKey") && !last.contains("left#1"), "{last}");
    assert!(query(false, "due#2").contains("due#1"));
}
