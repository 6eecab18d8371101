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

/// The differences as lines: what is new, what goes, what changes.
pub fn lines(differences: &[Difference]) -> String {
    let line = |one: &Difference| match (&one.before, &one.after) {
        (None, Some(after)) => format!("+ {}: {after}", one.path),
        (Some(before), None) => format!("- {}: {before}", one.path),
        (before, after) => {
            let text = |value: &Option<Value>| value.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("~ {}: {} -> {}", one.path, text(before), text(after))
        }
    };
    differences.iter().map(line).collect::<Vec<_>>().join("\n")
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
~ /settings/order_statuses: [2] -> [2,3]
+ /settings/stock_quantity: \"sellable\"";
        assert_eq!(lines(&between(&before, &after)), expected);
        assert!(between(&after, &after).is_empty());
    }

    #[test]
    fn a_new_item_is_all_new() {
        let lines = lines(&between(&Value::Null, &json!({ "tenant_id": "a", "settings": {} })));
        assert_eq!(lines, "+ /settings: {}\n+ /tenant_id: \"a\"");
    }
}
