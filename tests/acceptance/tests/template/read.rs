//! Loads `template.yaml` as JSON, as CloudFormation sees it: short tags in their long form, the included file inlined,
//! loops unrolled, conditions decided.

use std::path::Path;

use serde_json::{Value, json};

use crate::{conditions, expand};

/// The project's template, whole, as it is deployed with an address for alarms and nothing else said.
pub fn template() -> Value {
    deployed(&[])
}

/// As [`template`], with these parameters.
pub fn deployed(parameters: &[(&str, &str)]) -> Value {
    let mut all = vec![("AlarmEmail", "a@example.com")];
    all.extend(parameters);
    conditions::decided(&expand::expand(&written()), &all)
}

/// The project's template with what it includes, its loops still in it.
pub fn written() -> Value {
    let mut template = long(yaml("template.yaml"));
    let resources = template["Resources"].as_object_mut().unwrap();
    let include = resources.remove("Fn::Transform").unwrap();
    assert_eq!(include["Name"], "AWS::Include");
    let included = yaml(include["Parameters"]["Location"].as_str().unwrap());
    assert!(!tagged(&included), "AWS::Include knows no short tags");
    for (name, one) in long(included).as_object().unwrap() {
        assert!(resources.insert(name.clone(), one.clone()).is_none(), "{name} is there twice");
    }
    template
}

fn yaml(file: &str) -> serde_norway::Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_norway::from_str(&text).unwrap()
}

fn tagged(value: &serde_norway::Value) -> bool {
    use serde_norway::Value as Yaml;
    match value {
        Yaml::Tagged(_) => true,
        Yaml::Sequence(list) => list.iter().any(tagged),
        Yaml::Mapping(members) => members.values().any(tagged),
        _ => false,
    }
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
            let value = long(tagged.value);
            match (tag.trim_start_matches('!'), &value) {
                ("Ref", _) => json!({ "Ref": value }),
                ("GetAtt", Value::String(text)) => {
                    let (resource, attribute) = text.split_once('.').unwrap();
                    json!({ "Fn::GetAtt": [resource, attribute] })
                }
                (other, _) => json!({ format!("Fn::{other}"): value }),
            }
        }
    }
}

/// Every resource of a type, with its name.
pub fn of_type<'a>(template: &'a Value, wanted: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let resources = template["Resources"].as_object().into_iter().flatten();
    resources.filter(move |(_, one)| one["Type"] == wanted).map(|(name, one)| (name.as_str(), &one["Properties"]))
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
