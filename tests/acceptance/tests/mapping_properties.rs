//! Whatever an ERP says, a body that goes out is one that Ongoing's schema takes, or the record is parked with the path of
//! the fault. One property per mapping; the records are the fixtures with members changed, taken out and doubled.

#![expect(clippy::unwrap_used, reason = "a test has no other way to fail")]

use std::cell::Cell;

use acceptance::rows;
use bridge::tenant::Settings;
use bridge::words::fault::Fault;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::vocabulary::lengths;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use simulators::ongoing::{self, Resource};
use simulators::spec;

/// What may stand in any member.
fn anything() -> impl Strategy<Value = Value> {
    let odd = prop::sample::select(vec![
        json!(null),
        json!(true),
        json!(""),
        json!("   "),
        json!("0"),
        json!("-1"),
        json!("1,5"),
        json!("1e3"),
        json!("NaN"),
        json!("2026-02-30"),
        json!("0001-01-01T00:00:00"),
        json!("1899-12-31"),
        json!("9999-12-31T23:59:59.9999999Z"),
        json!("2026-03-29T02:30:00"),
        json!("a\u{0}b"),
        json!("\u{1f4e6}\u{1f4e6}"),
        json!("a@example.com; b@example.com"),
        json!([]),
        json!({}),
        json!([null]),
        json!({"a": {"b": []}}),
        json!("\u{feff}x"),
        json!("x\r\n\ty"),
        json!("Norge"),
        json!("no"),
        json!("xx"),
    ]);
    let digits = "-?[0-9]{1,30}(\\.[0-9]{1,12})?";
    let numbers =
        digits.prop_map(|text| serde_json::from_str(text.trim_start_matches("-0")).unwrap_or_else(|_| json!(text)));
    prop_oneof![
        4 => odd,
        2 => numbers,
        1 => digits.prop_map(Value::from),
        2 => "\\PC{0,40}".prop_map(Value::from),
        1 => (1_usize..1200).prop_map(|length| Value::from("å".repeat(length))),
        1 => any::<f64>().prop_map(Value::from),
    ]
}

/// One thing that is done to a record: at which of its members, and what.
#[derive(Clone, Debug)]
enum Change {
    Set(usize, Value),
    TakeOut(usize),
    Double(usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        6 => (any::<usize>(), anything()).prop_map(|(at, value)| Change::Set(at, value)),
        1 => any::<usize>().prop_map(Change::TakeOut),
        1 => any::<usize>().prop_map(Change::Double),
    ]
}

/// Every member and element of a tree, as pointers; the root is none.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let mut step = |name: String, inner: &Value| {
        let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        found.push(at.clone());
        pointers(inner, &at, found);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, inner)| step(name.clone(), inner)),
        Value::Array(elements) => elements.iter().enumerate().for_each(|(at, inner)| step(at.to_string(), inner)),
        _ => {}
    }
}

fn apply(record: &mut Value, change: Change) {
    let mut all = Vec::new();
    pointers(record, "", &mut all);
    if all.is_empty() {
        return;
    }
    let (Change::Set(at, _) | Change::TakeOut(at) | Change::Double(at)) = change;
    let pointer = &all[at % all.len()];
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match (change, record.pointer_mut(parent).unwrap()) {
        (Change::Set(_, value), _) => *record.pointer_mut(pointer).unwrap() = value,
        (Change::TakeOut(_), Value::Object(members)) => drop(members.remove(name)),
        (Change::TakeOut(_), Value::Array(elements)) => drop(elements.remove(name.parse().unwrap())),
        (Change::Double(_), Value::Array(elements)) => elements.push(elements[name.parse::<usize>().unwrap()].clone()),
        _ => {}
    }
}

/// What is wrong with a body that goes out.
fn wrong(feed: Feed, body: &Value, document: Option<&Value>) -> Vec<String> {
    let (resource, schema) = match feed {
        Feed::Articles | Feed::Suppliers => (Resource::Articles, "PostArticleModel"),
        Feed::Orders => (Resource::Orders, "PostOrderModel"),
        Feed::PurchaseOrders => (Resource::PurchaseOrders, "PostPurchaseOrderModel"),
    };
    let mut faults: Vec<String> = ongoing::takes(resource, body).err().into_iter().collect();
    if let Some(document) = document {
        // Ongoing takes plain dates here, as its own examples show (Ongoing sheet, section 1.6).
        let plain_date = |fault: &String| {
            ["/deliveryDate:", "/inDate:"].iter().any(|at| fault.starts_with(at))
                && fault.ends_with(r#"is no "date-time""#)
        };
        faults.extend(spec::check(document, schema, body).into_iter().filter(|fault| !plain_date(fault)));
    }
    for (at, characters, _) in lengths::of(feed).iter().filter(|(at, ..)| !at.contains('*')) {
        if body.pointer(at).and_then(Value::as_str).is_some_and(|text| text.chars().count() > *characters) {
            faults.push(format!("{at}: longer than {characters} characters"));
        }
    }
    faults
}

fn holds(kind: Kind) {
    let document = spec::folder().map(|folder| {
        let text = std::fs::read_to_string(folder.join("ongoing-openapi.json")).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()
    });
    let records: Vec<(Feed, Value)> = rows::document(kind)
        .unwrap()
        .sections
        .iter()
        .flat_map(|section| section.fixtures.iter().map(|name| (section.feed, rows::fixture(kind, name).unwrap())))
        .collect();
    let (sent, parked) = (Cell::new(0_usize), Cell::new(0_usize));
    // The same cases in every run.
    let mut runner = TestRunner::new_with_rng(
        Config { cases: 2000, failure_persistence: None, ..Config::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let cases = (prop::sample::select(records), prop::collection::vec(change(), 1..5));
    let outcome = runner.run(&cases, |((feed, mut record), changes)| {
        changes.into_iter().for_each(|change| apply(&mut record, change));
        match rows::mapped(kind, feed, &record, &Settings::default()) {
            Ok(body) => {
                sent.set(sent.get() + 1);
                let faults = wrong(feed, &body, document.as_ref());
                prop_assert!(faults.is_empty(), "{}\nof {record}\nis {body}", faults.join("\n"));
            }
            Err(Fault::Rejected { path, why, .. }) => {
                parked.set(parked.get() + 1);
                let pathed = path.as_deref().is_some_and(|path| path.starts_with('/'));
                prop_assert!(pathed && !why.is_empty(), "no path: {path:?} {why}\nof {record}");
            }
            Err(other) => prop_assert!(false, "{other}\nof {record}"),
        }
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{kind}: {error}");
    }
    println!(
        "figure: 11 | {kind}: changed records that are sent; parked with a path | now {}; {}",
        sent.get(),
        parked.get()
    );
    assert!(sent.get() > 300 && parked.get() > 50, "{} sent, {} parked: too few of either", sent.get(), parked.get());
}

#[test]
fn poweroffice() {
    holds(Kind::PowerOffice);
}

#[test]
fn finago() {
    holds(Kind::Finago);
}

#[test]
fn procountor() {
    holds(Kind::Procountor);
}

#[test]
fn visma() {
    holds(Kind::Visma);
}
