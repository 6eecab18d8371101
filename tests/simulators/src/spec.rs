//! Checks JSON values against the schemas of a vendor's OpenAPI 3 document, strictly: a member the schema does not name
//! is a fault even where JSON Schema would let it pass. The documents themselves are the vendors' and are not kept here.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

/// Where the vendors' documents lie on this machine, if they do: the folder named by `VENDOR_SPECS`, else
/// `shared/reference/specs` beside the repository.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/specs");
    Some(std::env::var_os("VENDOR_SPECS").map_or_else(beside, PathBuf::from)).filter(|path| path.is_dir())
}

/// The faults of `value` against the named schema, each as a JSON pointer and a sentence; empty when there are none.
#[must_use]
pub fn check(spec: &Value, schema_name: &str, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    match spec["components"]["schemas"].get(schema_name) {
        Some(schema) => walk(spec, schema, value, "", &mut faults),
        None => faults.push(format!("/: no schema {schema_name}")),
    }
    faults
}

/// Members that the named schema has and `value` lacks.
#[must_use]
pub fn missing(spec: &Value, schema_name: &str, value: &Value) -> Vec<String> {
    let Some(schema) = spec["components"]["schemas"].get(schema_name) else {
        return vec![format!("no schema {schema_name}")];
    };
    let parts = flatten(spec, schema);
    let names = parts.iter().filter_map(|part| part["properties"].as_object()).flat_map(Map::keys);
    names.filter(|name| value.get(name.as_str()).is_none()).cloned().collect()
}

/// A schema with its references followed and its `allOf` laid out as a list of parts.
fn flatten<'a>(spec: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        return spec.pointer(reference.trim_start_matches('#')).map_or_else(Vec::new, |target| flatten(spec, target));
    }
    let mut parts = vec![schema];
    for part in schema["allOf"].as_array().into_iter().flatten() {
        parts.extend(flatten(spec, part));
    }
    parts
}

fn walk(spec: &Value, schema: &Value, value: &Value, path: &str, faults: &mut Vec<String>) {
    let parts = flatten(spec, schema);
    if parts.is_empty() {
        faults.push(format!("{path}: reference leads nowhere"));
    }
    if value.is_null() {
        let nullable = schema["nullable"] == true || parts.iter().any(|part| nullable(part));
        if !nullable {
            faults.push(format!("{path}: null where the schema has no null"));
        }
        return;
    }
    for part in &parts {
        leaf(part, value, path, faults);
        for key in ["oneOf", "anyOf"] {
            if let Some(choices) = part[key].as_array() {
                let fits = choices.iter().any(|choice| {
                    let mut inner = Vec::new();
                    walk(spec, choice, value, path, &mut inner);
                    inner.is_empty()
                });
                if !fits {
                    faults.push(format!("{path}: fits none of {key}"));
                }
            }
        }
        if let (Some(items), Some(elements)) = (part.get("items"), value.as_array()) {
            for (index, element) in elements.iter().enumerate() {
                walk(spec, items, element, &format!("{path}/{index}"), faults);
            }
        }
    }
    if let Some(members) = value.as_object() {
        object(spec, &parts, members, path, faults);
    }
}

fn object(spec: &Value, parts: &[&Value], members: &Map<String, Value>, path: &str, faults: &mut Vec<String>) {
    for (name, member) in members {
        let at = format!("{path}/{name}");
        let known = parts.iter().find_map(|part| part["properties"].get(name));
        let other = parts.iter().find_map(|part| part.get("additionalProperties").filter(|other| **other != false));
        match (known, other) {
            (Some(schema), _) => walk(spec, schema, member, &at, faults),
            (None, Some(Value::Object(schema))) if !schema.is_empty() => {
                walk(spec, &Value::Object(schema.clone()), member, &at, faults);
            }
            (None, Some(_)) => {}
            (None, None) if parts.iter().any(|part| part.get("oneOf").or_else(|| part.get("anyOf")).is_some()) => {}
            (None, None) => faults.push(format!("{at}: the schema has no such member")),
        }
    }
    for name in parts.iter().filter_map(|part| part["required"].as_array()).flatten().filter_map(Value::as_str) {
        if !members.contains_key(name) {
            faults.push(format!("{path}/{name}: required and absent"));
        }
    }
}

fn nullable(part: &Value) -> bool {
    let listed = part["type"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "null"));
    listed || part["nullable"] == true || part["type"] == "null"
}

/// What can be said of a value without looking inside: type, enumeration, length, format.
fn leaf(part: &Value, value: &Value, path: &str, faults: &mut Vec<String>) {
    let kinds: Vec<&str> = match &part["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let integer = value.as_i64().is_some();
    let is = |kind: &&str| match *kind {
        "string" => value.is_string(),
        "integer" => integer,
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    if !kinds.is_empty() && !kinds.iter().any(is) {
        faults.push(format!("{path}: {value} is no {}", kinds.join(" or ")));
    }
    if part["enum"].as_array().is_some_and(|allowed| !allowed.contains(value)) {
        faults.push(format!("{path}: {value} is not in the enumeration"));
    }
    if integer && part["format"] == "int32" && value.as_i64().and_then(|number| i32::try_from(number).ok()).is_none() {
        faults.push(format!("{path}: {value} does not fit 32 bits"));
    }
    if let Some(text) = value.as_str() {
        let length = text.chars().count() as u64;
        if part["maxLength"].as_u64().is_some_and(|most| length > most) {
            faults.push(format!("{path}: {length} characters are too many"));
        }
        let formed = match part["format"].as_str() {
            Some("date-time") => text.parse::<jiff::Timestamp>().is_ok(),
            Some("date") => text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok(),
            Some("uuid") => uuid(text),
            _ => true,
        };
        if !formed {
            faults.push(format!("{path}: {text} is no {}", part["format"]));
        }
    }
}

fn uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tiny() -> Value {
        json!({"components": {"schemas": {
            "Colour": {"type": "string", "nullable": true, "enum": ["Red", "Blue"]},
            "Base": {"type": "object", "required": ["Id"], "properties": {"Id": {"type": "integer", "format": "int32"}}},
            "Thing": {"allOf": [{"$ref": "#/components/schemas/Base"}], "type": "object", "properties": {
                "Name": {"type": "string", "maxLength": 3},
                "Colour": {"$ref": "#/components/schemas/Colour"},
                "Price": {"type": "number", "nullable": true},
                "At": {"type": "string", "format": "date-time"},
                "Parts": {"type": "array", "items": {"$ref": "#/components/schemas/Base"}}
            }}
        }}})
    }

    #[test]
    fn a_value_that_fits_has_no_faults() {
        let value = json!({"Id": 1, "Name": "abc", "Colour": null, "Price": 1.5, "At": "2026-01-01T00:00:00.1234567Z",
            "Parts": [{"Id": 2}]});
        assert_eq!(check(&tiny(), "Thing", &value), Vec::<String>::new());
        assert_eq!(missing(&tiny(), "Thing", &value), Vec::<String>::new());
    }

    #[test]
    fn every_kind_of_fault_is_found_with_its_path() {
        let fault = |value: Value, path: &str| {
            let faults = check(&tiny(), "Thing", &value);
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert!(faults[0].starts_with(path), "{faults:?}");
        };
        fault(json!({"Id": 1, "name": "x"}), "/name: the schema has no such member");
        fault(json!({"Name": "x"}), "/Id: required");
        fault(json!({"Id": "1"}), "/Id: \"1\" is no integer");
        fault(json!({"Id": 1.5}), "/Id: 1.5 is no integer");
        fault(json!({"Id": 3_000_000_000_i64}), "/Id: 3000000000 does not fit");
        fault(json!({"Id": 1, "Name": null}), "/Name: null");
        fault(json!({"Id": 1, "Name": "four"}), "/Name: 4 characters");
        fault(json!({"Id": 1, "Colour": "Green"}), "/Colour: \"Green\" is not in");
        fault(json!({"Id": 1, "At": "2026-01-01T00:00:00"}), "/At: ");
        fault(json!({"Id": 1, "Parts": [{"Id": 1}, {"Id": true}]}), "/Parts/1/Id: ");
        assert_eq!(check(&tiny(), "Nothing", &json!({})), ["/: no schema Nothing"]);
        assert_eq!(missing(&tiny(), "Base", &json!({})), ["Id"]);
    }
}
