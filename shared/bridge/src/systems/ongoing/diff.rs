//! What a write would change: the body that would be sent, held against what Ongoing shows now. The two have different
//! shapes (Ongoing sheet, sections 2 and 3): an order's head is shown under `orderInfo`, ordered pieces have another name.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::words::feed::Feed;
use crate::words::wire;

/// One member that would be another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Change {
    /// JSON pointer into the body that would be sent; a row goes by its row number, not by its place.
    pub path: String,
    /// What Ongoing shows; `null` where it shows nothing.
    pub before: Value,
    /// What would be sent.
    pub after: Value,
}

/// What a write would change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// Members that would be another.
    pub changes: Vec<Change>,
    /// Members that are sent and that Ongoing does not show: whether they would be another cannot be told.
    pub unseen: Vec<String>,
}

/// The lists of rows of a body: where they are sent, where they are shown, and the shown name of a row's pieces.
fn rows(feed: Feed) -> &'static [(&'static str, &'static str, &'static str)] {
    match feed {
        Feed::Orders => &[
            ("/orderLines", "/orderLines", "orderedNumberOfItems"),
            ("/advanced/orderTextLines", "/advanced/orderTextLines", "numberOfItems"),
        ],
        Feed::PurchaseOrders => &[("/purchaseOrderLines", "/purchaseOrderLines", "advisedNumberOfItems")],
        Feed::Articles | Feed::Suppliers => &[],
    }
}

/// Where a member of the head is shown.
fn shown_at(feed: Feed, path: &str) -> String {
    match (feed, path) {
        (_, "/goodsOwnerId") => "/goodsOwner/id".into(),
        (Feed::Orders, "/transporter/transporterCode") => "/transporter/code".into(),
        (Feed::Orders, "/transporter/transporterServiceCode") => "/transporter/serviceCode".into(),
        (Feed::Orders, _) if path.starts_with("/consignee/") => path.to_owned(),
        (Feed::Orders, _) => format!("/orderInfo{path}"),
        (Feed::PurchaseOrders, "/freeValues/freeBoolean1") => "/purchaseOrderInfo/freeValues/freeBool1".into(),
        (Feed::PurchaseOrders, "/freeValues/freeBoolean2") => "/purchaseOrderInfo/freeValues/freeBool2".into(),
        (Feed::PurchaseOrders, _) if path.starts_with("/supplierInfo/") => path.to_owned(),
        (Feed::PurchaseOrders, _) => format!("/purchaseOrderInfo{path}"),
        (Feed::Articles | Feed::Suppliers, _) => path.to_owned(),
    }
}

/// Where a member of a row is shown, in the row.
fn shown_in_row(pieces: &str, path: &str) -> String {
    match path {
        "/articleNumber" => "/article/articleNumber".into(),
        "/numberOfItems" => format!("/{pieces}"),
        _ => path.strip_prefix("/lineFreeValues").map_or_else(|| path.to_owned(), |rest| format!("/freeValues{rest}")),
    }
}

/// What sending `body` would change in what is shown.
#[must_use]
pub fn between(feed: Feed, body: &Value, shown: &Value) -> Difference {
    let mut found = Difference::default();
    let lists = rows(feed);
    leaves(body, String::new(), &mut |path, value| {
        if !lists.iter().any(|(list, ..)| path == *list) {
            found.leaf(path.to_owned(), value, see(shown, &shown_at(feed, path)));
        }
    });
    for (sent, shown_list, pieces) in lists {
        let after = body.pointer(sent).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let before = shown.pointer(shown_list).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        found.rows(sent, pieces, after, before);
    }
    found
}

impl Difference {
    fn leaf(&mut self, path: String, after: &Value, seen: Seen<'_>) {
        let before = match seen {
            Seen::Nowhere => return self.unseen.push(path),
            Seen::Value(before) if same(before, after) => return,
            Seen::Value(before) => before.clone(),
        };
        self.changes.push(Change { path, before, after: after.clone() });
    }

    fn rows(&mut self, list: &str, pieces: &str, after: &[Value], before: &[Value]) {
        let row_of = |rows: &[Value], number: &Value| rows.iter().find(|row| same(&row["rowNumber"], number)).cloned();
        let (after, before) = &without_joined(pieces, after, before);
        for row in after {
            let path = format!("{list}/{}", label(&row["rowNumber"]));
            match row_of(before, &row["rowNumber"]) {
                None => self.changes.push(Change { path, before: Value::Null, after: row.clone() }),
                Some(there) => leaves(row, String::new(), &mut |member, value| {
                    self.leaf(format!("{path}{member}"), value, see(&there, &shown_in_row(pieces, member)));
                }),
            }
        }
        // A row that is gone in the ERP is emptied where Ongoing still shows it (Ongoing sheet, section 2.5).
        for there in before.iter().filter(|there| row_of(after, &there["rowNumber"]).is_none()) {
            let left = &there[pieces];
            if decimal(left).is_some_and(|left| !left.is_zero()) && there["article"].is_object() {
                let path = format!("{list}/{}/numberOfItems", label(&there["rowNumber"]));
                self.changes.push(Change { path, before: left.clone(), after: wire::number(Decimal::ZERO) });
            }
        }
    }
}

/// Both without the rows of articles that are on fewer rows in Ongoing, with the same pieces: whether rows of one article stay
/// apart there is not known (`ongoing.same-article`), and the pieces say the same.
fn without_joined(pieces: &str, after: &[Value], before: &[Value]) -> (Vec<Value>, Vec<Value>) {
    fn sum(rows: &[&Value], member: &str) -> Decimal {
        rows.iter().filter_map(|row| decimal(&row[member])).fold(Decimal::ZERO, Decimal::saturating_add)
    }
    let article = |row: &Value| row.get("articleNumber").or_else(|| row["article"].get("articleNumber")).cloned();
    let is_joined = |row: &&Value| {
        let Some(of) = article(row) else { return false };
        let [sent, shown] = [after, before]
            .map(|rows| rows.iter().filter(|row| article(row).as_ref() == Some(&of)).collect::<Vec<&Value>>());
        !shown.is_empty() && shown.len() < sent.len() && sum(&sent, "numberOfItems") == sum(&shown, pieces)
    };
    let kept = |rows: &[Value]| rows.iter().filter(|row| !is_joined(row)).cloned().collect();
    (kept(after), kept(before))
}

fn label(row_number: &Value) -> String {
    row_number.as_str().map_or_else(|| row_number.to_string(), str::to_owned)
}

/// Every member that is no object, with its pointer; a list is one.
fn leaves(value: &Value, path: String, each: &mut dyn FnMut(&str, &Value)) {
    let Value::Object(members) = value else { return each(&path, value) };
    for (name, member) in members {
        leaves(member, format!("{path}/{name}"), each);
    }
}

/// What is shown at a place.
enum Seen<'a> {
    /// No such member is shown at all.
    Nowhere,
    /// This, or `null` where nothing is said.
    Value(&'a Value),
}

fn see<'a>(shown: &'a Value, path: &str) -> Seen<'a> {
    let mut at = shown;
    for name in path.split('/').skip(1) {
        at = match at {
            Value::Null => return Seen::Value(at),
            Value::Object(members) => match members.get(name) {
                Some(member) => member,
                None => return Seen::Nowhere,
            },
            _ => return Seen::Nowhere,
        };
    }
    Seen::Value(at)
}

/// Whether both say the same: numbers by their value, text without outer white space, a date also where it is shown with a
/// time of day, nothing and empty text alike.
fn same(before: &Value, after: &Value) -> bool {
    if let (Some(before), Some(after)) = (decimal(before), decimal(after)) {
        return before == after;
    }
    match (before, after) {
        (Value::String(before), Value::String(after)) => {
            let (before, after) = (before.trim(), after.trim());
            before == after || is_date(after) && before.get(..10) == Some(after)
        }
        (Value::Null, Value::String(text)) | (Value::String(text), Value::Null) => text.trim().is_empty(),
        _ => before == after,
    }
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

fn decimal(value: &Value) -> Option<Decimal> {
    value.is_number().then(|| wire::exact(&value.to_string()).ok())?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changes(feed: Feed, body: &Value, shown: &Value) -> Vec<(String, Value, Value)> {
        let found = between(feed, body, shown);
        found.changes.into_iter().map(|change| (change.path, change.before, change.after)).collect()
    }

    #[test]
    fn representation_is_no_change() {
        let body = json!({
            "goodsOwnerId": 159, "orderNumber": "10023", "deliveryDate": "2026-03-02", "customerPrice": 12.50,
            "consignee": { "name": "Kari ", "advanced": { "externalCustomerCode": "7" } },
            "orderLines": [{ "rowNumber": "1", "articleNumber": "A", "numberOfItems": 3 }],
        });
        let shown = json!({
            "goodsOwner": { "id": 159 },
            "orderInfo": { "orderNumber": "10023", "deliveryDate": "2026-03-02T00:00:00", "customerPrice": 12.5 },
            "consignee": { "name": "Kari", "advanced": { "smsNotification": null } },
            "orderLines": [{ "rowNumber": "1", "article": { "articleNumber": "A" }, "orderedNumberOfItems": 3.0 }],
        });
        let found = between(Feed::Orders, &body, &shown);
        assert_eq!(found.changes, []);
        assert_eq!(found.unseen, ["/consignee/advanced/externalCustomerCode"]);
    }

    #[test]
    fn a_change_is_named_by_what_is_sent_and_a_row_by_its_number() {
        let body = json!({
            "orderRemark": "Ring først", "wayOfDelivery": { "code": "POST" },
            "orderLines": [
                { "rowNumber": "2", "articleNumber": "B", "numberOfItems": 5, "lineFreeValues": { "freeText1": "x" } },
                { "rowNumber": "3", "articleNumber": "C", "numberOfItems": 1 },
            ],
        });
        let shown = json!({
            "orderInfo": { "orderRemark": null, "wayOfDelivery": null },
            "orderLines": [
                { "rowNumber": "1", "article": { "articleNumber": "A" }, "orderedNumberOfItems": 4 },
                { "rowNumber": "2", "article": { "articleNumber": "B" }, "orderedNumberOfItems": 2,
                  "freeValues": { "freeText1": "x" } },
                { "rowNumber": "4", "article": { "articleNumber": "D" }, "orderedNumberOfItems": 0 },
            ],
        });
        let row = body["orderLines"][1].clone();
        assert_eq!(
            changes(Feed::Orders, &body, &shown),
            [
                ("/orderRemark".into(), Value::Null, json!("Ring først")),
                ("/wayOfDelivery/code".into(), Value::Null, json!("POST")),
                ("/orderLines/2/numberOfItems".into(), json!(2), json!(5)),
                ("/orderLines/3".into(), Value::Null, row),
                ("/orderLines/1/numberOfItems".into(), json!(4), json!(0)),
            ]
        );
    }

    #[test]
    fn rows_of_one_article_that_ongoing_has_as_one_are_no_change_while_the_pieces_are_the_same() {
        let row = |number: &str, article: &str, pieces: u32| json!({ "rowNumber": number, "articleNumber": article, "numberOfItems": pieces });
        let body = json!({ "orderLines": [row("1", "A", 2), row("2", "B", 1), row("3", "A", 5)] });
        let there = |number: &str, article: &str, pieces: u32| json!({ "rowNumber": number, "article": { "articleNumber": article }, "orderedNumberOfItems": pieces });
        let as_one = json!({ "orderLines": [there("1", "A", 7), there("2", "B", 1)] });
        assert_eq!(changes(Feed::Orders, &body, &as_one), []);
        let fewer = json!({ "orderLines": [there("1", "A", 5), there("2", "B", 1)] });
        assert_eq!(changes(Feed::Orders, &body, &fewer).len(), 2, "a row's pieces, and a row");
        let apart = json!({ "orderLines": [there("1", "A", 5), there("2", "B", 1), there("3", "A", 2)] });
        assert_eq!(changes(Feed::Orders, &body, &apart).len(), 2, "each row's pieces");
    }

    #[test]
    fn purchase_orders_and_articles_are_shown_in_their_own_places() {
        let body = json!({
            "purchaseOrderNumber": "P-1", "inDate": "2026-03-05", "freeValues": { "freeBoolean1": true },
            "supplierInfo": { "supplierNumber": "S" },
            "purchaseOrderLines": [{ "rowNumber": "1", "articleNumber": "A", "numberOfItems": 3 }],
        });
        let shown = json!({
            "purchaseOrderInfo": {
                "purchaseOrderNumber": "P-1", "inDate": "2026-03-04T00:00:00", "freeValues": { "freeBool1": true },
            },
            "supplierInfo": { "supplierNumber": "S" },
            "purchaseOrderLines": [
                { "rowNumber": "1", "article": { "articleNumber": "A" }, "advisedNumberOfItems": 3, "receivedNumberOfItems": 0 },
            ],
        });
        let found = changes(Feed::PurchaseOrders, &body, &shown);
        assert_eq!(found, [("/inDate".into(), json!("2026-03-04T00:00:00"), json!("2026-03-05"))]);
        let found = changes(
            Feed::Articles,
            &json!({ "articleName": "New", "barCodeInfo": { "barCode": "7" }, "isActive": true }),
            &json!({ "articleName": "Old", "barCodeInfo": { "barCode": "7" }, "isActive": false }),
        );
        assert_eq!(found.iter().map(|(path, ..)| path.as_str()).collect::<Vec<_>>(), ["/articleName", "/isActive"]);
    }
}
