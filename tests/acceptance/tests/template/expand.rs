//! What `AWS::LanguageExtensions` makes of a template: `Fn::ForEach` unrolled, and `Fn::FindInMap`, `Fn::Join` and `Fn::Sub`
//! answered where the template alone holds the answer.
//!
//! As strict as CloudFormation: a loop's variable is filled in in the keys of its fragment, in the text of an `Fn::Sub` and
//! through a `Ref`, and nowhere else.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

const FOR_EACH: &str = "Fn::ForEach::";

/// What the variables of the loops around a value are at the moment.
type Variables = BTreeMap<String, String>;

/// The template without loops.
pub fn expand(template: &Value) -> Value {
    let mut expanded = template.clone();
    for section in ["Conditions", "Resources", "Outputs"] {
        if !template[section].is_null() {
            expanded[section] = value(&template[section], &Variables::new(), &template["Mappings"]);
        }
    }
    expanded
}

/// The text with one variable filled in.
fn fill(text: String, (name, value): (&String, &Value)) -> String {
    let value = value.as_str().unwrap_or_else(|| panic!("{name} is not known before the deployment"));
    text.replace(&format!("${{{name}}}"), value)
}

fn value(node: &Value, variables: &Variables, maps: &Value) -> Value {
    let inner = |one: &Value| value(one, variables, maps);
    let members = match node {
        Value::Array(list) => return list.iter().map(inner).collect(),
        Value::Object(members) => members,
        other => return other.clone(),
    };
    let only = members.iter().next().filter(|_| members.len() == 1);
    match only.map(|(name, argument)| (name.as_str(), argument)) {
        Some(("Ref", argument)) => match argument.as_str().and_then(|name| variables.get(name)) {
            Some(value) => value.clone().into(),
            None => json!({ "Ref": inner(argument) }),
        },
        Some(("Fn::Sub", argument)) => sub(argument, variables, maps),
        Some(("Fn::FindInMap", argument)) => find(&inner(argument), maps),
        Some(("Fn::Join", argument)) => join(&inner(argument)),
        _ => {
            let mut expanded = Map::new();
            for (name, one) in members {
                let made = if name.starts_with(FOR_EACH) {
                    rounds(name, one, variables, maps)
                } else {
                    vec![(name.clone(), inner(one))]
                };
                for (name, one) in made {
                    assert!(expanded.insert(name.clone(), one).is_none(), "{name} is there twice");
                }
            }
            Value::Object(expanded)
        }
    }
}

/// What a loop makes, round after round.
fn rounds(name: &str, spec: &Value, variables: &Variables, maps: &Value) -> Vec<(String, Value)> {
    let (Some(variable), Some(collection), Some(fragment)) =
        (spec[0].as_str(), spec[1].as_array(), spec[2].as_object())
    else {
        panic!("{name}: a variable, a list and a fragment are expected")
    };
    let mut made = Vec::new();
    for item in collection {
        let mut variables = variables.clone();
        variables.insert(variable.to_owned(), item.as_str().unwrap().to_owned());
        for (key, one) in fragment {
            if key.starts_with(FOR_EACH) {
                made.extend(rounds(key, one, &variables, maps));
            } else {
                assert!(key.contains(&format!("${{{variable}}}")), "{name}: {key} is the same in every round");
                made.push((filled(key, &variables), value(one, &variables, maps)));
            }
        }
    }
    made
}

fn filled(text: &str, variables: &Variables) -> String {
    variables.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("${{{name}}}"), value))
}

/// A text where nothing is left to fill in.
fn sub(argument: &Value, variables: &Variables, maps: &Value) -> Value {
    let text = argument.as_str().or_else(|| argument[0].as_str()).unwrap();
    let given = value(&argument[1], variables, maps);
    let given = given.as_object().into_iter().flatten();
    let text = given.fold(filled(text, variables), fill);
    if text.contains("${") { json!({ "Fn::Sub": text }) } else { text.into() }
}

fn find(argument: &Value, maps: &Value) -> Value {
    let names: Option<Vec<&str>> = argument.as_array().unwrap().iter().map(Value::as_str).collect();
    let names = names.unwrap_or_else(|| panic!("{argument} is not known before the deployment"));
    let found = names.iter().fold(maps, |map, name| &map[*name]);
    assert!(!found.is_null(), "{argument} is in no mapping");
    found.clone()
}

/// A text where all the parts are texts.
fn join(argument: &Value) -> Value {
    let parts: Option<Vec<&str>> = argument[1].as_array().unwrap().iter().map(Value::as_str).collect();
    match parts {
        Some(parts) => parts.join(argument[0].as_str().unwrap()).into(),
        None => json!({ "Fn::Join": argument }),
    }
}
