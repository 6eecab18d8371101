//! Decides a template's conditions for given parameters, as CloudFormation does: `Fn::If` becomes one of its branches,
//! what is not there (`AWS::NoValue`, a resource whose condition is false) goes.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The template with its conditions decided. What is not among `parameters` has its default.
pub fn decided(template: &Value, parameters: &[(&str, &str)]) -> Value {
    let mut values: BTreeMap<&str, String> = BTreeMap::new();
    for (name, parameter) in template["Parameters"].as_object().unwrap() {
        let default = &parameter["Default"];
        values.insert(name, default.as_str().map_or_else(|| default.to_string(), str::to_owned));
    }
    for (name, value) in parameters {
        let known = values.insert(name, (*value).to_owned());
        assert!(known.is_some(), "{name} is no parameter");
        let allowed = &template["Parameters"][*name]["AllowedValues"];
        assert!(allowed.is_null() || allowed.as_array().unwrap().contains(&json!(value)), "{name} takes no {value}");
    }
    let conditions = &template["Conditions"];
    let decide = |name: &str| holds(&conditions[name], conditions, &values);
    let mut decided = template.clone();
    let resources = decided["Resources"].as_object_mut().unwrap();
    resources.retain(|_, one| one["Condition"].as_str().is_none_or(decide));
    for section in ["Globals", "Resources", "Outputs"] {
        decided[section] = branch(&decided[section], &decide).unwrap();
    }
    decided
}

fn holds(condition: &Value, all: &Value, values: &BTreeMap<&str, String>) -> bool {
    let (name, argument) = condition.as_object().and_then(|one| one.iter().next()).expect("a condition");
    let inner = |one: &Value| holds(one, all, values);
    let text =
        |one: &Value| one["Ref"].as_str().map_or_else(|| one.as_str().unwrap().to_owned(), |of| values[of].clone());
    match name.as_str() {
        "Fn::Equals" => text(&argument[0]) == text(&argument[1]),
        "Fn::Not" => !inner(&argument[0]),
        "Fn::And" => argument.as_array().unwrap().iter().all(inner),
        "Fn::Condition" | "Condition" => inner(&all[argument.as_str().unwrap()]),
        other => panic!("{other} is not decided here"),
    }
}

/// A value with its branches chosen; `None` for `AWS::NoValue`.
fn branch(value: &Value, decide: &dyn Fn(&str) -> bool) -> Option<Value> {
    if *value == json!({ "Ref": "AWS::NoValue" }) {
        return None;
    }
    if let Some(one) = value.get("Fn::If") {
        let chosen = if decide(one[0].as_str().unwrap()) { &one[1] } else { &one[2] };
        return branch(chosen, decide);
    }
    Some(match value {
        Value::Array(list) => list.iter().filter_map(|one| branch(one, decide)).collect(),
        Value::Object(members) => {
            let kept = members.iter().filter_map(|(name, one)| Some((name.clone(), branch(one, decide)?)));
            Value::Object(kept.collect::<Map<_, _>>())
        }
        other => other.clone(),
    })
}
