//! Lists: filters, sorting, pages, and what happens between two of them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Scene, json_of};
use crate::visma::TimeForm;

/// Three orders: made at 08:00 and never edited, made at 08:00 and edited at 08:20, made at 08:40.
fn three_orders() -> Scene {
    let mut scene = Scene::new();
    scene.put("orders", json!({"Number": 1, "Status": 2}));
    scene.put("orders", json!({"Number": 2, "Status": 2}));
    scene.wait(1200);
    scene.change("orders", json!({"Number": 2, "YourReference": "x"}));
    scene.wait(1200);
    scene.put("orders", json!({"Number": 3, "Status": 2}));
    scene
}

#[test]
fn orders_are_filtered_by_status_and_either_time() {
    let mut scene = three_orders();
    let both = "Status eq 2 and (ModifiedUtc gt 2026-03-02T08:10:00Z or CreatedUtc gt 2026-03-02T08:10:00Z)";
    let options = [("$filter", both), ("$orderby", "Number asc")];
    assert_eq!(scene.hits("orders", "Number", &options), [json!(2), json!(3)]);
    let modified_alone = [("$filter", "ModifiedUtc gt 2026-03-01T00:00:00Z")];
    assert_eq!(scene.hits("orders", "Number", &modified_alone), [json!(2)], "null is not greater than anything");
    let never = [("$filter", "ModifiedUtc eq null"), ("$orderby", "Number desc")];
    assert_eq!(scene.hits("orders", "Number", &never), [json!(3), json!(1)]);
}

#[test]
fn bounds_are_exact() {
    let mut scene = three_orders();
    for (filter, expected) in [
        ("ModifiedUtc gt 2026-03-02T08:20:00Z", 0),
        ("ModifiedUtc ge 2026-03-02T08:20:00Z", 1),
        ("ModifiedUtc ge 2026-03-02T08:20:00.0000000", 1),
        ("ModifiedUtc lt 2026-03-02T08:20:00Z", 0),
        ("ModifiedUtc le 2026-03-02T08:20:00Z", 1),
        ("ModifiedUtc ge 2026-03-02", 1),
        ("not (Number lt 3)", 1),
        ("Number ne 1 and Number ne 2 or Number eq 1", 2),
    ] {
        assert_eq!(scene.hits("orders", "Id", &[("$filter", filter)]).len(), expected, "{filter}");
    }
}

#[test]
fn every_form_of_filter_that_the_vendor_names_works() {
    let mut scene = Scene::demo();
    for (register, filter, expected) in [
        ("articles", "CodingType eq 2", 1),
        ("articles", "CodingType eq 1 and IsActive eq true", 9),
        ("articles", "contains(Name,'stengods')", 2),
        ("articles", "StockBalance eq -NetPrice or StockBalance eq StockBalanceAvailable", 4),
        ("orders", "Rows/any(c: contains(c/Text,'graveras'))", 1),
        ("orders", "Rows/any(r: r/ArticleNumber eq 'KP-28')", 1),
        ("customers", "Name eq 'Kök & Härd i Umeå AB'", 1),
        ("customers", "Name eq 'it''s'", 0),
    ] {
        assert_eq!(scene.hits(register, "Id", &[("$filter", filter)]).len(), expected, "{filter}");
    }
    let id = scene.hits("articles", "Id", &[])[0].as_str().unwrap().to_uppercase();
    assert_eq!(scene.hits("articles", "Id", &[("$filter", &format!("Id eq {id}"))]).len(), 1);
}

#[test]
fn what_is_not_understood_is_6000_and_a_wrong_date_6001() {
    let mut scene = Scene::demo();
    for (option, value, code) in [
        ("$filter", "ChangedOn gt 2026-01-31T10:00:00Z", 6000),
        ("$filter", "ChangedUtc after 2026-01-31T10:00:00Z", 6000),
        ("$filter", "IsActive eq 'yes'", 6000),
        ("$filter", "(IsActive eq true", 6000),
        ("$filter", "Name eq 'open", 6000),
        ("$filter", "IsActive eq true ChangedUtc", 6000),
        ("$filter", "ChangedUtc gt '2026-01-31T10:00:00Z'", 6001),
        ("$filter", "ChangedUtc gt datetime'2026-01-31T10:00:00Z'", 6001),
        ("$filter", "ChangedUtc gt 2026-02-31T10:00:00Z", 6001),
        ("$orderby", "Changed", 6000),
        ("$orderby", "ChangedUtc upwards", 6000),
        ("$select", "Id,Weight", 6000),
        ("$pagesize", "1001", 6000),
        ("$page", "0", 6000),
    ] {
        let response = scene.list("articles", &[(option, value)]);
        assert_eq!((response.status, json_of(&response)["ErrorCode"].as_i64()), (400, Some(code)), "{value}");
    }
}

#[test]
fn an_offset_with_a_plus_sign_that_was_not_encoded_is_no_date() {
    let mut scene = Scene::demo();
    let target = "/v2/articles?$filter=ChangedUtc%20gt%202026-01-31T10:00:00+00:00";
    assert_eq!(scene.refusal("GET", target, None).0, 400);
}

#[test]
fn a_filter_can_be_refused_although_the_member_exists() {
    let mut scene = Scene::demo();
    scene.visma.rules.refused_filters = vec![("orders", "ModifiedUtc")];
    let response = scene.list("orders", &[("$filter", "Status eq 2 and ModifiedUtc gt 2026-01-01T00:00:00Z")]);
    assert_eq!((response.status, &json_of(&response)["ErrorCode"]), (400, &json!(6000)));
    assert_eq!(scene.hits("orders", "Id", &[("$filter", "Status eq 2")]).len(), 3);
}

#[test]
fn the_envelope_counts_pages_and_tells_the_vendors_time() {
    let mut scene = Scene::demo();
    scene.visma.rules.clock_ahead = SignedDuration::from_secs(90);
    let body = json_of(&scene.list("articles", &[("$pagesize", "4"), ("$page", "3"), ("$select", "Id,Name")]));
    let meta = json!({"CurrentPage": 3, "PageSize": 4, "TotalNumberOfPages": 3, "TotalNumberOfResults": 10,
        "ServerTimeUtc": "2026-03-02T08:01:30Z"});
    assert_eq!(body["Meta"], meta);
    let keys: Vec<_> = body["Data"][0].as_object().unwrap().keys().collect();
    assert_eq!((body["Data"].as_array().unwrap().len(), keys), (2, vec![&"Id".to_owned(), &"Name".to_owned()]));
    assert_eq!(json_of(&scene.list("articles", &[("$page", "4")]))["Data"], json!([]));
}

#[test]
fn fifty_come_without_being_asked() {
    let mut scene = Scene::new();
    for number in 0..51 {
        scene.put("articles", json!({"Number": format!("A{number}")}));
    }
    assert_eq!(scene.hits("articles", "Number", &[]).len(), 50);
    assert_eq!(scene.hits("articles", "Number", &[("$pagesize", "1000")]).len(), 51);
}

#[test]
fn a_row_that_changes_between_two_pages_pushes_another_off_the_next() {
    let mut scene = Scene::new();
    for number in ["A", "B", "C", "D"] {
        scene.put("articles", json!({"Number": number}));
        scene.wait(1);
    }
    let args = json!({"company": "acme", "Number": "A", "Name": "new"});
    scene.act("after_page", json!({"action": "rename_article", "args": args}));
    let page = |number| [("$orderby", "ChangedUtc asc"), ("$pagesize", "2"), ("$page", number)];
    assert_eq!(scene.hits("articles", "Number", &page("1")), [json!("A"), json!("B")]);
    assert_eq!(scene.hits("articles", "Number", &page("2")), [json!("D"), json!("A")], "C fell between the pages");
}

#[test]
fn without_an_order_a_written_row_moves_to_the_end() {
    let mut scene = Scene::new();
    for number in ["A", "B", "C"] {
        scene.put("articles", json!({"Number": number}));
    }
    scene.change("articles", json!({"Number": "A", "Name": "new"}));
    assert_eq!(scene.hits("articles", "Number", &[]), [json!("B"), json!("C"), json!("A")]);
}

#[test]
fn a_late_commit_appears_behind_the_servers_time() {
    let mut scene = Scene::new();
    let seen_from: Timestamp = scene.now + SignedDuration::from_secs(30);
    let record = json!({"Number": "LATE"});
    scene.visma.put_late(scene.now, seen_from, "acme", "articles", &record).unwrap();
    scene.wait(10);
    let first = json_of(&scene.list("articles", &[]));
    assert_eq!(first["Data"], json!([]));
    let cursor = first["Meta"]["ServerTimeUtc"].as_str().unwrap().to_owned();
    scene.wait(20);
    let later = [("$filter", format!("ChangedUtc gt {cursor}"))];
    let later: Vec<_> = later.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert!(scene.hits("articles", "Number", &later).is_empty(), "stamped before the cursor");
    assert_eq!(scene.hits("articles", "Number", &[]), [json!("LATE")]);
}

#[test]
fn moments_come_in_several_forms() {
    for (form, expected) in [
        (TimeForm::Zulu, "2026-03-02T08:00:00.25Z"),
        (TimeForm::SevenDigitsNoZone, "2026-03-02T08:00:00.2500000"),
        (TimeForm::MillisecondsNoZone, "2026-03-02T08:00:00.250"),
    ] {
        let mut scene = Scene::new();
        scene.now += SignedDuration::from_millis(250);
        scene.visma.rules.time_form = form;
        scene.put("articles", json!({"Number": "A"}));
        let body = json_of(&scene.list("articles", &[("$filter", "ChangedUtc le 2026-03-02T08:00:00.25Z")]));
        assert_eq!(body["Data"][0]["ChangedUtc"], json!(expected));
        assert_eq!(body["Meta"]["ServerTimeUtc"], json!(expected));
    }
}

#[test]
fn members_can_be_null_where_the_document_says_never() {
    let mut scene = Scene::new();
    scene.put("orders", json!({"Number": 7, "Status": 2, "Rows": null, "CurrencyCode": null}));
    let order = json_of(&scene.list("orders", &[]))["Data"][0].clone();
    assert_eq!((&order["Rows"], &order["CurrencyCode"]), (&Value::Null, &Value::Null));
}
