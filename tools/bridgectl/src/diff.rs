//! The diff of two tenant items, member by member.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// One member that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Difference {
    /// JSON pointer.
    pub path: String,
    /// As stored; `None`: it is new.
    pub before: Option<Value>,
    /// As it would be; `None`: it goes.
    pub after: Option<Value>,
}

/// Every member that differs, by path. A list differs as a whole.
pub fn between(before: &Value, after: &Value) -> Vec<Difference> {
    let (before, after) = (leaves(before), leaves(after));
    let paths: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let one = |path: &String| Difference {
        path: path.clone(),
        before: before.get(path).cloned(),
        after: after.get(path).cloned(),
    };
    paths.into_iter().map(one).filter(|one| !same(one.before.as_ref(), one.after.as_ref())).collect()
}

fn leaves(item: &Value) -> BTreeMap<String, Value> {
    fn add(leaves: &mut BTreeMap<String, Value>, path: String, value: &Value) {
        match value.as_object().filter(|members| !members.is_empty()) {
            Some(members) => members.iter().for_each(|(name, value)| {
                add(leaves, format!("{path}/{}", name.replace('~', "~0").replace('/', "~1")), value);
            }),
            None => drop(leaves.insert(path, value.clone())),
        }
    }
    let mut leaves = BTreeMap::new();
    add(&mut leaves, String::new(), item);
    // Nothing at all is no member.
    leaves.retain(|path, _| !path.is_empty());
    leaves
}

/// DynamoDB writes numbers in its own way: 1.50 comes back as 1.5.
fn same(before: Option<&Value>, after: Option<&Value>) -> bool {
    match (before, after) {
        (Some(Value::Number(before)), Some(Value::Number(after))) => {
            before == after || before.as_f64().is_some_and(|before| after.as_f64() == Some(before))
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            before.len() == after.len()
                && before.iter().zip(after).all(|(before, after)| same(Some(before), Some(after)))
        }
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            before.len() == after.len() && before.iter().all(|(name, value)| same(Some(value), after.get(name)))
        }
        _ => before == after,
    }
}

/// The differences as lines: what is new, what goes, what changes; of a list only what is another in it.
pub fn lines(differences: &[Difference]) -> String {
    let mut lines = Vec::new();
    for one in differences {
        match (&one.before, &one.after) {
            (Some(Value::Array(before)), Some(Value::Array(after))) => list(&mut lines, &one.path, before, after),
            (before, after) => lines.push(line(&one.path, before.as_ref(), after.as_ref())),
        }
    }
    lines.join("\n")
}

fn line(path: &str, before: Option<&Value>, after: Option<&Value>) -> String {
    match (before, after) {
        (None, Some(after)) => format!("+ {path}: {after}"),
        (Some(before), None) => format!("- {path}: {before}"),
        (before, after) => {
            let text = |value: Option<&Value>| value.map(ToString::to_string).unwrap_or_default();
            format!("~ {path}: {} -> {}", text(before), text(after))
        }
    }
}

/// What a list has no longer, and what it has now. An entry that took another's place is told member by member.
fn list(lines: &mut Vec<String>, path: &str, before: &[Value], after: &[Value]) {
    let without = |all: &[Value], of: &[Value]| {
        let mut left: Vec<&Value> = of.iter().collect();
        let mut own = Vec::new();
        for (at, value) in all.iter().enumerate() {
            match left.iter().position(|other| same(Some(value), Some(other))) {
                Some(found) => drop(left.remove(found)),
                None => own.push((at, value.clone())),
            }
        }
        own
    };
    let (gone, new) = (without(before, after), without(after, before));
    match (gone.as_slice(), new.as_slice()) {
        ([], []) => lines.push(format!("~ {path}: in another order: {}", Value::from(after.to_vec()))),
        ([(_, was)], [(at, is)]) if was.is_object() && is.is_object() => {
            let own = between(was, is).into_iter();
            let own = own.map(|one| Difference { path: format!("{path}/{at}{}", one.path), ..one });
            lines.push(self::lines(&own.collect::<Vec<_>>()));
        }
        _ => {
            lines.extend(gone.iter().map(|(at, value)| line(&format!("{path}/{at}"), Some(value), None)));
            lines.extend(new.iter().map(|(at, value)| line(&format!("{path}/{at}"), None, Some(value))));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_member_that_differs_is_one_line() {
        let before = json!({ "tenant_id": "a", "enabled": true, "erp": { "kind": "visma", "base_url": "x" },
            "settings": { "order_statuses": [2], "f": [{ "in": [1.50] }] } });
        let after = json!({ "tenant_id": "a", "enabled": false, "erp": { "kind": "visma" },
            "settings": { "order_statuses": [2, 3], "stock_quantity": "sellable", "f": [{ "in": [1.5] }] } });
        let expected = "\
~ /enabled: true -> false
- /erp/base_url: \"x\"
+ /settings/order_statuses/1: 3
+ /settings/stock_quantity: \"sellable\"";
        assert_eq!(lines(&between(&before, &after)), expected);
        assert!(between(&after, &after).is_empty());
    }

    #[test]
    fn of_a_list_only_what_changed_is_told() {
        let told = |before: Value, after: Value| lines(&between(&json!({ "a": before }), &json!({ "a": after })));
        let map = |to: &str| json!({ "feed": "orders", "at": "/wayOfDelivery/code", "map": { "1": to, "2": "PN" } });
        let filter = json!({ "feed": "articles", "path": "/IsActive", "in": [true] });
        assert_eq!(told(json!([filter, map("DHL")]), json!([filter, map("DSV")])), "~ /a/1/map/1: \"DHL\" -> \"DSV\"");
        assert_eq!(told(json!(["x", "y", "y"]), json!(["y", "z", "y"])), "- /a/0: \"x\"\n+ /a/1: \"z\"");
        assert_eq!(told(json!([450, 500]), json!([500, 450])), "~ /a: in another order: [500,450]");
        assert_eq!(told(json!([1]), json!([])), "- /a/0: 1");
    }

    #[test]
    fn a_new_item_is_all_new() {
        let lines = lines(&between(&Value::Null, &json!({ "tenant_id": "a", "settings": {} })));
        assert_eq!(lines, "+ /settings: {}\n+ /tenant_id: \"a\"");
    }
}
