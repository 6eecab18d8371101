//! `docs/settings.md` is generated from the types: their doc comments, and what the schema says of each ERP.

use std::fmt::Write as _;

use bridge::tenant::{Settings, schema};
use bridge::words::kind::Kind;
use serde_json::Value;

use crate::{read, root};

const HEAD: &str = "\
# The tenant item and its settings

One item of the tenant table, or a file that `bridgectl tenant apply` stores. Written from the types by `UPDATE_SETTINGS=1 \
cargo test -p bridgectl --test book`; `docs/tenant.schema.json` says the same to an editor. A member that is not here is a \
fault: the item is refused by `bridgectl`, and at run time skipped, logged and counted.
";

/// What a table may show: its bars would end a cell.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

fn meaning(member: &Value) -> String {
    cell(member["description"].as_str().unwrap_or_default())
}

fn default(member: &Value) -> String {
    match &member["default"] {
        Value::Null => "–".to_owned(),
        value => format!("`{value}`").replace("\"", "").replace("`{}`", "–"),
    }
}

/// Every word that may stand there, wherever the schema lists it.
fn words(schema: &Value, found: &mut Vec<(String, String)>) {
    if let Some(word) = schema["const"].as_str() {
        found.push((word.to_owned(), meaning(schema)));
    }
    for word in schema["enum"].as_array().into_iter().flatten().filter(|word| !word.is_null()) {
        let word = word.as_str().map_or_else(|| word.to_string(), str::to_owned);
        if !found.iter().any(|(known, _)| *known == word) {
            found.push((word, String::new()));
        }
    }
    for list in ["oneOf", "anyOf"] {
        schema[list].as_array().into_iter().flatten().for_each(|schema| words(schema, found));
    }
    if schema["items"].is_object() && schema["items"]["properties"].is_null() {
        words(&schema["items"], found);
    }
}

/// What the schema says of a setting of one ERP.
fn branch<'a>(schema: &'a Value, kind: Kind, holder: &str, name: &str) -> &'a Value {
    let at = Kind::ALL.iter().position(|other| *other == kind).unwrap();
    &schema["allOf"][at]["then"]["properties"][holder]["properties"][name]
}

fn members(text: &mut String, title: &str, holder: &Value) {
    let needed: Vec<&str> = holder["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    writeln!(text, "\n## {title}\n\n{}\n\n| member | default | is |\n| --- | --- | --- |", meaning(holder)).unwrap();
    for (name, member) in holder["properties"].as_object().unwrap().iter().filter(|(name, _)| *name != "$schema") {
        let default = if needed.contains(&name.as_str()) { "needed".to_owned() } else { default(member) };
        writeln!(text, "| `{name}` | {default} | {} |", meaning(member)).unwrap();
    }
}

fn processes(text: &mut String, schema: &Value) {
    let names: Vec<String> = Kind::ALL.iter().map(|kind| format!("`{kind}`")).collect();
    writeln!(
        text,
        "\n## processes\n\n{} What an ERP's API cannot do may only be absent or `false`.\n\n| member | {} | is |\n| --- | {}--- |",
        meaning(&schema["properties"]["processes"]),
        names.join(" | "),
        "--- | ".repeat(names.len())
    )
    .unwrap();
    for (name, member) in schema["properties"]["processes"]["properties"].as_object().unwrap() {
        let of = |kind: &Kind| match branch(schema, *kind, "processes", name)["default"].as_bool() {
            Some(true) => "on",
            Some(false) => "off",
            None => "–",
        };
        let of: Vec<&str> = Kind::ALL.iter().map(of).collect();
        writeln!(text, "| `{name}` | {} | {} |", of.join(" | "), meaning(member)).unwrap();
    }
}

fn settings(text: &mut String, schema: &Value) {
    let all = &schema["properties"]["settings"];
    writeln!(text, "\n## settings\n\n{}", meaning(all)).unwrap();
    for (name, setting) in all["properties"].as_object().unwrap() {
        let has: Vec<Kind> =
            Kind::ALL.into_iter().filter(|kind| Settings::of(*kind).contains(&name.as_str())).collect();
        let named: Vec<String> = has.iter().map(|kind| format!("`{kind}`")).collect();
        let of_all = Settings::OF_ALL.contains(&name.as_str());
        let erps = if of_all { "every ERP".to_owned() } else { named.join(", ") };
        writeln!(text, "\n### {name}\n\n{}\n\n- ERP: {erps}", meaning(setting)).unwrap();
        for kind in &has {
            let own = branch(schema, *kind, "settings", name);
            if !own["default"].is_null() {
                writeln!(text, "- Default of `{kind}`: {}", default(own)).unwrap();
            }
            if own["description"].is_string() {
                writeln!(text, "- `{kind}`: {}", meaning(own)).unwrap();
            }
            let mut listed = Vec::new();
            words(own, &mut listed);
            if !listed.is_empty() {
                let listed: Vec<String> = listed.iter().map(|(word, _)| format!("`{word}`")).collect();
                writeln!(text, "- Words of `{kind}`: {}", listed.join(", ")).unwrap();
            }
        }
        let mut listed = Vec::new();
        words(setting, &mut listed);
        for (word, means) in listed {
            writeln!(text, "- `{word}`: {means}").unwrap();
        }
        let item = &setting["items"];
        for (member, of) in item["properties"].as_object().into_iter().flatten() {
            let mut listed = Vec::new();
            words(of, &mut listed);
            let listed: Vec<String> = listed.iter().map(|(word, _)| format!("`{word}`")).collect();
            let listed = if listed.is_empty() { String::new() } else { format!(" One of {}.", listed.join(", ")) };
            writeln!(text, "- member `{member}`: {}{listed}", meaning(of)).unwrap();
        }
    }
}

fn written() -> String {
    let schema = schema::schema();
    let mut text = HEAD.to_owned();
    members(&mut text, "The item", &schema);
    members(&mut text, "erp", &schema["properties"]["erp"]);
    members(&mut text, "ongoing", &schema["properties"]["ongoing"]);
    processes(&mut text, &schema);
    settings(&mut text, &schema);
    members(&mut text, "contact", &schema["properties"]["contact"]);
    text
}

#[test]
fn the_page_of_settings_is_that_of_the_types() {
    let written = written();
    if std::env::var_os("UPDATE_SETTINGS").is_some() {
        std::fs::write(root().join("docs/settings.md"), &written).unwrap();
    }
    assert!(read("docs/settings.md") == written, "UPDATE_SETTINGS=1 cargo test -p bridgectl --test book");
}

#[test]
fn every_setting_of_every_erp_is_told_with_what_it_means() {
    let written = written();
    for name in Kind::ALL.iter().flat_map(|kind| Settings::of(*kind)).chain(&Settings::OF_ALL) {
        let (_, rest) = written.split_once(&format!("\n### {name}\n\n")).unwrap_or_else(|| panic!("{name}"));
        assert!(rest.lines().next().unwrap().len() > 20, "{name} has no meaning");
    }
}
