//! Values that were there and are empty now. A member that is left out of a write is left alone, or may be (Ongoing sheet,
//! sections 2.1 and 8): a bar code that moves from one article to another would stay on both. So what our last body had and
//! this one has not goes as an explicit `null`, and nothing else does: what a person wrote in Ongoing is not ours to clear.

use serde_json::{Map, Value};

/// Members that no body is without.
const REQUIRED: [&str; 6] =
    ["/goodsOwnerId", "/articleNumber", "/orderNumber", "/purchaseOrderNumber", "/deliveryDate", "/consignee"];

/// The members of a body that have a value, as JSON pointers; rows are replaced whole, and are not among them.
#[must_use]
pub fn members(body: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, all: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, value)| walk(value, &format!("{at}/{name}"), all))
            }
            Value::Null | Value::Array(_) => {}
            _ => all.push(at.to_owned()),
        }
    }
    let mut all = Vec::new();
    walk(body, "", &mut all);
    all.retain(|member| !REQUIRED.contains(&member.as_str()));
    all
}

/// Says `null` for what the last body had and this one has not. Of a code and its name the pair is said to be none: half a
/// pair may be no pair.
pub fn clear(body: &mut Value, had: &[String]) {
    for member in had {
        if body.pointer(member).is_some() {
            continue;
        }
        let pair = member.strip_suffix("/code").or_else(|| member.strip_suffix("/name"));
        let pair = pair.filter(|pair| had.contains(&format!("{pair}/code")) && had.contains(&format!("{pair}/name")));
        match pair {
            Some(pair) if body.pointer(pair).is_none() => set_null(body, pair),
            // The pair is there with another value, or is said to be none by now.
            Some(_) => {}
            None => set_null(body, member),
        }
    }
}

fn set_null(body: &mut Value, pointer: &str) {
    let mut place = body;
    for name in pointer.split('/').skip(1) {
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        let Some(members) = place.as_object_mut() else { return };
        place = members.entry(name).or_insert(Value::Null);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_was_sent_and_is_gone_is_cleared() {
        let before = json!({"goodsOwnerId": 1, "articleNumber": "A", "articleName": "x", "weight": 2,
            "barCodeInfo": {"barCode": "7"}, "articleGroup": {"code": "G", "name": "Group"},
            "supplierInfo": {"supplierNumber": "1", "advanced": {"supplierAddress": {"city": "Oslo"}}}});
        let had = members(&before);
        let mut body = json!({"goodsOwnerId": 1, "articleNumber": "A", "articleName": "y", "supplierInfo": {"supplierNumber": "1"}});
        clear(&mut body, &had);
        let expected = json!({"goodsOwnerId": 1, "articleNumber": "A", "articleName": "y", "weight": null,
            "barCodeInfo": {"barCode": null}, "articleGroup": null,
            "supplierInfo": {"supplierNumber": "1", "advanced": {"supplierAddress": {"city": null}}}});
        assert_eq!(body, expected);
        // What is none is not sent again.
        assert!(!members(&body).contains(&"/weight".to_owned()));
        let mut same = before.clone();
        clear(&mut same, &had);
        assert_eq!(same, before);
    }
}
