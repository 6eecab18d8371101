use serde_json::json;

use super::*;

fn orders() -> [String; 1] {
    ["SALES_ORDER".to_owned()]
}

/// A position at the beginning of a reading.
fn begun(cursor: &Cursor) -> Position {
    let mut position = Position::of(cursor, &times::zone()).unwrap();
    position.turn_to(&orders());
    position
}

fn value(query: &[(&str, String)], name: &str) -> Option<String> {
    query.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone())
}

/// Reads a page of ids through a cursor, as a run does: what it asks, and where it goes on.
fn turn(cursor: &Cursor, list: List, ids: impl IntoIterator<Item = i64>) -> (Vec<(&'static str, String)>, Page) {
    turn_at("2026-11-07T08:00:00Z", cursor, list, ids)
}

/// The same at a moment.
fn turn_at(
    now: &str,
    cursor: &Cursor,
    list: List,
    ids: impl IntoIterator<Item = i64>,
) -> (Vec<(&'static str, String)>, Page) {
    let mut position = begun(cursor);
    let query = position.query(list);
    let rows: Vec<Value> = ids.into_iter().map(|id| json!({"id": id, "version": "2026-11-07T08:09:10"})).collect();
    let now = now.parse().ok();
    let answer = json!({"results": rows, "meta": {"pageSize": 200}});
    let read = position.read(list, &answer, now, &times::zone()).unwrap();
    for row in &read.rows {
        position.seen(row["version"].as_str().and_then(times::read));
    }
    (query, position.page(Vec::new(), read.last, &orders()))
}

#[test]
fn ids_lead_from_page_to_page_and_the_next_run_begins_at_the_version_less_the_overlap() {
    let (query, page) = turn(&Cursor::Beginning, List::Invoices, 1..=200);
    assert_eq!(value(&query, "versionStartDate"), None);
    assert_eq!(value(&query, "previousId").as_deref(), Some("0"));
    assert!(page.more);
    let (query, page) = turn(&page.cursor, List::Invoices, 201..=250);
    assert_eq!(value(&query, "previousId").as_deref(), Some("200"));
    assert!(!page.more);
    let (query, page) = turn(&page.cursor, List::Invoices, []);
    assert_eq!(value(&query, "versionStartDate").as_deref(), Some("2026-11-07T06:59:10"));
    assert_eq!(value(&query, "previousId").as_deref(), Some("0"));
    // Nothing came: the old mark stays.
    let (query, _) = turn(&page.cursor, List::Invoices, []);
    assert_eq!(value(&query, "versionStartDate").as_deref(), Some("2026-11-07T06:59:10"));
}

#[test]
fn what_came_long_ago_has_settled_whatever_zone_its_times_are_of() {
    let (_, page) = turn_at("2026-11-08T00:00:00Z", &Cursor::Beginning, List::Invoices, 1..=50);
    let (query, _) = turn(&page.cursor, List::Invoices, []);
    // Two o'clock in Helsinki, five hours before, less the overlap; in summer UTC is three hours behind Helsinki.
    assert_eq!(value(&query, "versionStartDate").as_deref(), Some("2026-11-07T19:50:00"));
}

#[test]
fn where_ids_do_not_lead_on_pages_are_read_by_number_twice() {
    let (_, page) = turn(&Cursor::Beginning, List::Invoices, 1..=200);
    // The same rows again: `previousId` counted for nothing.
    let (query, page) = turn(&page.cursor, List::Invoices, 1..=200);
    assert_eq!(value(&query, "previousId").as_deref(), Some("200"));
    let (query, page) = turn(&page.cursor, List::Invoices, 1..=200);
    assert_eq!((value(&query, "page").as_deref(), value(&query, "previousId")), (Some("0"), None));
    let (query, page) = turn(&page.cursor, List::Invoices, 201..=250);
    assert_eq!(value(&query, "page").as_deref(), Some("1"));
    let (query, page) = turn(&page.cursor, List::Invoices, 1..=200);
    assert_eq!(value(&query, "page").as_deref(), Some("0"));
    assert!(page.more);
    let (_, page) = turn(&page.cursor, List::Invoices, 201..=250);
    assert!(!page.more);
}

#[test]
fn rows_downwards_are_read_by_number_and_products_downwards_are_a_fault() {
    let (_, page) = turn(&Cursor::Beginning, List::Invoices, (1..=200).rev());
    let (query, _) = turn(&page.cursor, List::Invoices, []);
    assert_eq!(value(&query, "page").as_deref(), Some("0"));
    let rows: Vec<Value> = (1..=200).rev().map(|id| json!({"id": id})).collect();
    let mut position = begun(&Cursor::Beginning);
    let read = position.read(List::Products, &json!({"results": rows}), None, &times::zone());
    assert!(matches!(read.map(|read| read.last), Err(Fault::Unexpected(_))));
}

#[test]
fn pages_that_never_end_are_a_fault() {
    let mut position = begun(&Cursor::Beginning);
    let same = json!({"results": (1..=200).rev().map(|id| json!({"id": id})).collect::<Vec<_>>()});
    let mut read = || position.read(List::Invoices, &same, None, &times::zone()).map(|read| read.last);
    assert_eq!((read(), read()), (Ok(false), Ok(false)));
    assert!(matches!(read(), Err(Fault::Unexpected(_))));
}

#[test]
fn a_size_cut_down_on_the_other_side_is_not_the_end() {
    let mut position = begun(&Cursor::Beginning);
    let rows: Vec<Value> = (1..=50).map(|id| json!({"id": id})).collect();
    let answer = json!({"results": rows, "meta": {"pageSize": 50}});
    assert!(!position.read(List::Products, &answer, None, &times::zone()).unwrap().last);
}

#[test]
fn a_page_that_ended_early_is_read_again() {
    let (_, page) = turn(&Cursor::Beginning, List::Invoices, 1..=200);
    let mut position = begun(&page.cursor);
    let asked = position.query(List::Invoices);
    let page = position.early(Vec::new());
    assert!(page.more);
    assert_eq!(begun(&page.cursor).query(List::Invoices), asked);
}

#[test]
fn no_version_counts_that_claims_to_be_of_the_future() {
    let mut position = begun(&Cursor::Beginning);
    let now = "2026-11-20T10:00:00Z".parse().ok();
    let answer = json!({"results": [{"id": 1}]});
    let last = position.read(List::Invoices, &answer, now, &times::zone()).unwrap().last;
    position.seen(times::read("2099-01-01T00:00:00"));
    let page = position.page(Vec::new(), last, &orders());
    let (query, _) = turn(&page.cursor, List::Invoices, []);
    assert_eq!(value(&query, "versionStartDate").as_deref(), Some("2026-11-20T10:50:00"));
}

#[test]
fn types_are_read_one_after_the_other_and_each_has_its_own_mark() {
    let types = ["SALES".to_owned(), "PURCHASE".to_owned()];
    let mut position = Position::default();
    assert_eq!(position.turn_to(&types), "SALES");
    position.seen(times::read("2026-11-07T08:09:10"));
    let page = position.page(Vec::new(), true, &types);
    assert!(page.more);
    let mut position = Position::of(&page.cursor, &times::zone()).unwrap();
    assert_eq!(position.turn_to(&types), "PURCHASE");
    assert_eq!(value(&position.query(List::Products), "versionStartDate"), None);
    let page = position.page(Vec::new(), true, &types);
    assert!(!page.more);
    let mut position = Position::of(&page.cursor, &times::zone()).unwrap();
    assert_eq!(position.turn_to(&types), "SALES");
    assert_eq!(value(&position.query(List::Products), "versionStartDate").as_deref(), Some("2026-11-07T06:59:10"));
}

#[test]
fn a_date_begins_at_its_midnight_and_a_moment_at_finnish_time_less_the_overlap() {
    let since = |moment: &str| {
        let mut position = begun(&Cursor::Since(moment.parse().unwrap()));
        value(&position.query(List::Invoices), "versionStartDate").unwrap()
    };
    assert_eq!(since("2026-01-30T00:00:00Z"), "2026-01-30T00:00:00");
    assert_eq!(since("2026-01-30T12:00:00Z"), "2026-01-30T12:50:00");
    assert_eq!(since("2026-06-30T12:00:00Z"), "2026-06-30T13:50:00");
}

#[test]
fn products_that_are_not_active_are_asked_for_from_their_own_mark() {
    let readings = ["SALES".to_owned(), inactive("SALES")];
    let mut position = Position::default();
    position.turn_to(&readings);
    position.seen(times::read("2026-11-07T08:09:10"));
    assert_eq!(value(&position.query(List::Products), "active"), None);
    let mut position = Position::of(&position.page(Vec::new(), true, &readings).cursor, &times::zone()).unwrap();
    position.turn_to(&readings);
    let query = position.query(List::Products);
    assert_eq!((value(&query, "type").as_deref(), value(&query, "active").as_deref()), (Some("SALES"), Some("false")));
    assert_eq!(value(&query, "versionStartDate"), None);
    assert!(!position.page(Vec::new(), true, &readings).more);
}

/// A run at this time of day: whether it reads the open documents, and what it asks for them.
fn hour(cursor: &Cursor, now: &str, of: &str) -> (Option<Vec<(&'static str, String)>>, Cursor) {
    let readings = [of.to_owned(), open(of, &["NOT_SENT", "STARTED"]).unwrap()];
    let (mut cursor, mut asked) = (cursor.clone(), None);
    loop {
        let mut position = Position::of(&cursor, &times::zone()).unwrap();
        let is_open = is_open(&position.turn_to(&readings));
        let query = position.query(List::Invoices);
        asked = asked.or_else(|| is_open.then_some(query));
        let now = format!("2026-11-20T{now}Z").parse().ok();
        let answer = json!({"results": [{"id": 1}], "meta": {"pageSize": 200}});
        let last = position.read(List::Invoices, &answer, now, &times::zone()).unwrap().last;
        position.seen(times::read("2026-11-20T00:00:00"));
        let page = position.page(Vec::new(), last, &readings);
        if !page.more {
            return (asked, page.cursor);
        }
        cursor = page.cursor;
    }
}

#[test]
fn open_documents_are_read_whole_once_an_hour_and_not_at_the_beginning() {
    for (of, date) in [(super::super::SALES_ORDER, None), (super::super::PURCHASE_ORDER, Some("2026-05-24"))] {
        let (asked, cursor) = hour(&Cursor::Beginning, "10:00:00", of);
        assert_eq!(asked, None, "all of them have just been read");
        let (asked, cursor) = hour(&cursor, "10:45:00", of);
        assert_eq!(asked, None);
        let (asked, cursor) = hour(&cursor, "11:00:00", of);
        let asked = asked.unwrap();
        assert_eq!(value(&asked, "types").as_deref(), Some(of));
        assert_eq!(value(&asked, "status").as_deref(), Some("NOT_SENT,STARTED"));
        assert_eq!((value(&asked, "versionStartDate"), value(&asked, "startDate").as_deref()), (None, date));
        let (asked, cursor) = hour(&cursor, "11:45:00", of);
        assert_eq!(asked, None);
        assert!(hour(&cursor, "12:00:00", of).0.is_some());
    }
    assert_eq!(open(super::super::SALES_ORDER, &[]), None);
}
