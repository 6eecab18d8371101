//! `template.yaml` as JSON, with CloudFormation's short tags in their long form.

use std::path::Path;

use serde_json::{Value, json};

/// The project's template.
pub fn template() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    long(serde_norway::from_str(&text).unwrap())
}

fn long(value: serde_norway::Value) -> Value {
    use serde_norway::Value as Yaml;
    match value {
        Yaml::Null => Value::Null,
        Yaml::Bool(flag) => flag.into(),
        Yaml::Number(number) => serde_json::from_str(&number.to_string()).unwrap(),
        Yaml::String(text) => text.into(),
        Yaml::Sequence(list) => list.into_iter().map(long).collect(),
        Yaml::Mapping(members) => Value::Object(
            members.into_iter().map(|(name, one)| (name.as_str().unwrap().to_owned(), long(one))).collect(),
        ),
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            match tag.trim_start_matches('!') {
                "Ref" => json!({ "Ref": long(tagged.value) }),
                "GetAtt" => {
                    let (resource, attribute) = tagged.value.as_str().unwrap().split_once('.').unwrap();
                    json!({ "Fn::GetAtt": [resource, attribute] })
                }
                other => json!({ format!("Fn::{other}"): long(tagged.value) }),
            }
        }
    }
}

/// Every resource of a type, with its name.
pub fn of_type<'a>(template: &'a Value, wanted: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let resources = template["Resources"].as_object().unwrap();
    resources
        .iter()
        .filter(move |(_, one)| one["Type"] == wanted)
        .map(|(name, one)| (name.as_str(), &one["Properties"]))
}

/// The resource that a reference leads to, however it refers.
pub fn target(reference: &Value) -> Option<&str> {
    reference["Ref"].as_str().or_else(|| reference["Fn::GetAtt"][0].as_str())
}

/// A number, or the default of the parameter that it refers to.
pub fn number(template: &Value, value: &Value) -> Option<i64> {
    let value = value["Ref"].as_str().map_or(value, |name| &template["Parameters"][name]["Default"]);
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// A value, or each of a list.
pub fn each(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |list| list.iter().collect())
}
