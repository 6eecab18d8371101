//! A tenant item as YAML, for people.

use std::fmt::Write as _;

use bridge::words::kind::Kind;
use serde_json::Value;

use super::item_schema::{Member, members};
use crate::output::Failure;

/// The item, as it is.
pub fn plain(item: &Value) -> Result<String, Failure> {
    serde_norway::to_string(&of_json(item)).map_err(|error| Failure::wrong(error.to_string()))
}

/// Numbers keep their text in JSON, which YAML's writer does not know of.
fn of_json(value: &Value) -> serde_norway::Value {
    use serde_norway::Value as Yaml;
    match value {
        Value::Null => Yaml::Null,
        Value::Bool(truth) => Yaml::Bool(*truth),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Yaml::Number(whole.into()),
            (None, Some(part)) => Yaml::Number(part.into()),
            (None, None) => Yaml::String(number.to_string()),
        },
        Value::String(text) => Yaml::String(text.clone()),
        Value::Array(all) => Yaml::Sequence(all.iter().map(of_json).collect()),
        Value::Object(members) => {
            Yaml::Mapping(members.iter().map(|(name, value)| (Yaml::String(name.clone()), of_json(value))).collect())
        }
    }
}

/// The item with all that it might say beside, as comments with the defaults.
pub fn commented(item: &Value, kind: Kind) -> String {
    let mut text = "\
# A tenant of Ongoing Bridge. What is behind a # is the default, or a choice.
# An editor completes it: bridgectl tenant schema > tenant.schema.json
# yaml-language-server: $schema=tenant.schema.json
"
    .to_owned();
    // The text takes the place of the item: what is left out here is deleted there.
    for (name, value) in item.as_object().into_iter().flatten() {
        if !SECTIONS.contains(&name.as_str()) {
            let _ = writeln!(text, "{name}: {value}");
        }
    }
    for name in SECTIONS {
        section(&mut text, name, &item[name], members(name, kind));
    }
    text
}

/// The members of an item that have members of their own.
const SECTIONS: [&str; 5] = ["erp", "ongoing", "processes", "settings", "contact"];

fn section(text: &mut String, name: &str, given: &Value, members: Vec<Member>) {
    // Without any member it would be nothing, which is no section.
    let empty = given.as_object().is_none_or(serde_json::Map::is_empty);
    let _ = writeln!(text, "\n{}{name}:", if empty { "# " } else { "" });
    for (name, value) in given.as_object().into_iter().flatten() {
        // A `false` of a process that the ERP lacks is valid, and no member to suggest.
        if !members.iter().any(|member| member.name == *name) {
            let _ = writeln!(text, "  {name}: {value}");
        }
    }
    for member in members {
        let is = given.get(&member.name);
        let choices: Vec<String> = member.words.iter().map(Value::to_string).collect();
        let choices = if choices.is_empty() { String::new() } else { format!(" One of {}.", choices.join(", ")) };
        let about = format!("{}{}", member.about, if is.is_none() { choices.as_str() } else { "" });
        if !about.is_empty() {
            for line in wrapped(&about, 74) {
                let _ = writeln!(text, "  # {line}");
            }
        }
        match (is, &member.default) {
            (Some(value), _) => drop(writeln!(text, "  {}: {value}", member.name)),
            (None, Some(default)) => drop(writeln!(text, "  # {}: {default}", member.name)),
            (None, None) => drop(writeln!(text, "  # {}:", member.name)),
        }
    }
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::Document;

    fn item(kind: Kind) -> Value {
        json!({
            "tenant_id": "acme", "enabled": true, "erp": { "kind": kind },
            "ongoing": { "base_url": "https://api.ongoingsystems.se/acme/api/v1", "goods_owner_id": 159 },
            "settings": { "start_date": "2026-01-01" },
        })
    }

    #[test]
    fn a_commented_file_is_the_item_and_so_it_is_with_its_comments_taken_in() {
        for kind in Kind::ALL {
            let item = item(kind);
            let text = commented(&item, kind);
            let read = Document::read("a.yaml", &text).unwrap();
            assert_eq!(read.item, item, "{text}");
            assert!(text.lines().all(|line| line.chars().count() <= 200), "{text}");
            // Every default can be taken in by taking its # away.
            let taken = |line: &str| {
                let (indent, rest) = line.split_once("# ")?;
                let (name, value) = rest.split_once(": ")?;
                let is = indent.trim().is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
                (is && !value.is_empty()).then(|| format!("{indent}{rest}"))
            };
            let whole: Vec<String> = text
                .lines()
                .map(|line| taken(line).unwrap_or_else(|| line.replace("# processes:", "processes:")))
                .collect();
            let whole = Document::read("a.yaml", &whole.join("\n")).unwrap();
            whole.tenant(false).unwrap_or_else(|faults| panic!("{kind}: {faults:?}\n{text}"));
            assert!(whole.item["processes"]["articles"] == true, "{text}");
        }
    }

    #[test]
    fn an_edit_of_a_value_leaves_everything_else_as_it_was() {
        let every = ["articles", "orders", "purchase_orders", "suppliers", "shipments", "stock", "import_status"];
        for kind in Kind::ALL {
            let mut item = item(kind);
            item["contact"] = json!({ "company": "Nordlys: \"Sport\" AS # 1", "phone": "+47 22 00 00 00" });
            item["settings"]["filters"] = json!([{ "feed": "orders", "path": "/A", "in": [1, "x: y", null, true] }]);
            let all = every.map(|name| json!({ name: false }));
            for processes in all.into_iter().chain([json!({}), every.map(|name| (name, false)).into_iter().collect()]) {
                item["processes"] = processes;
                let text = commented(&item, kind).replace("goods_owner_id: 159", "goods_owner_id: 160");
                let read = Document::read("a.yaml", &text).unwrap();
                read.tenant(false).unwrap_or_else(|faults| panic!("{kind}: {faults:?}\n{text}"));
                let mut expected = item.clone();
                expected["ongoing"]["goods_owner_id"] = json!(160);
                if item["processes"] == json!({}) {
                    expected.as_object_mut().unwrap().remove("processes");
                }
                assert_eq!(read.item, expected, "{text}");
            }
        }
    }

    #[test]
    fn numbers_and_texts_that_look_like_numbers_stay_what_they_are() {
        let item: Value =
            serde_json::from_str(r#"{"a": 159, "b": "159", "c": 1.5, "d": "yes", "e": [true, null]}"#).unwrap();
        let text = plain(&item).unwrap();
        assert_eq!(Document::read("a.yaml", &text).unwrap().item, item, "{text}");
    }
}
