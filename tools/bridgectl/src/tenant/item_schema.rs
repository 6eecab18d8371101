//! The published schema, member by member: what each is for, what may stand there and what stands there by default.

use bridge::words::kind::Kind;
use serde_json::Value;

/// A member of a section of the item, as an ERP has it.
#[derive(Debug)]
pub struct Member {
    pub name: String,
    /// What it is for.
    pub about: String,
    pub default: Option<Value>,
    /// What may stand there, or in its list.
    pub words: Vec<Value>,
    pub is_list: bool,
    pub is_switch: bool,
}

/// The members of a section that an ERP has.
pub fn members(section: &str, kind: Kind) -> Vec<Member> {
    let schema: Value = serde_json::from_str(crate::tenant_schema::SCHEMA).unwrap_or_default();
    let own = branch(&schema, kind)["properties"][section]["properties"].clone();
    let all = schema["properties"][section]["properties"].as_object().cloned().unwrap_or_default();
    let there = all.into_iter().filter(|(name, _)| own[name]["doNotSuggest"] != true);
    there.map(|(name, of_all)| member(name, &of_all, &own)).collect()
}

/// What holds for one ERP alone.
fn branch(schema: &Value, kind: Kind) -> Value {
    let mut branches = schema["allOf"].as_array().into_iter().flatten();
    let own = branches.find(|branch| {
        let words = branch["if"]["properties"]["erp"]["properties"]["kind"]["enum"].as_array();
        words.is_some_and(|words| words.contains(&Value::from(kind.word())))
    });
    own.map(|branch| branch["then"].clone()).unwrap_or_default()
}

fn member(name: String, of_all: &Value, own: &Value) -> Member {
    let own = &own[&name];
    let given = |schema: &Value| schema.get("default").cloned();
    let about = [own, of_all, &of_all["anyOf"][0]].into_iter().find_map(|schema| schema["description"].as_str());
    let has =
        |what: &str| of_all["type"] == what || of_all["type"].as_array().is_some_and(|all| all.contains(&what.into()));
    let (mut words, is_switch) = (Vec::new(), has("boolean"));
    // A list of objects has words inside, which are not its own.
    if of_all["items"]["properties"].is_null() {
        [own, of_all].into_iter().for_each(|schema| collect(schema, &mut words));
    }
    Member {
        about: about.unwrap_or_default().to_owned(),
        default: given(own).or_else(|| given(of_all)),
        is_list: has("array"),
        is_switch,
        words,
        name,
    }
}

/// The words that a schema lists, each once; a number that may be written as text is one.
fn collect(schema: &Value, words: &mut Vec<Value>) {
    let listed = schema["enum"].as_array().into_iter().flatten().chain(schema.get("const"));
    for word in listed.filter(|word| !word.is_null()) {
        if !words.iter().any(|known| plain(known) == plain(word)) {
            words.push(word.clone());
        }
    }
    for inner in [&schema["anyOf"], &schema["oneOf"]].into_iter().filter_map(Value::as_array).flatten() {
        collect(inner, words);
    }
    if schema["items"].is_object() {
        collect(&schema["items"], words);
    }
}

/// A value as a person types it.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_member_has_the_words_and_the_default_of_its_erp() {
        let settings = |kind: Kind| members("settings", kind);
        let of = |kind: Kind, name: &str| settings(kind).into_iter().find(|member| member.name == name);
        let statuses = of(Kind::Visma, "order_statuses").unwrap();
        assert_eq!(
            (statuses.words, statuses.default),
            (vec![json!(1), json!(2), json!(3), json!(4)], Some(json!([2])))
        );
        assert!(statuses.about.contains("1 draft") && statuses.is_list);
        let quantity = of(Kind::Finago, "stock_quantity").unwrap();
        assert_eq!(
            (quantity.words, quantity.default),
            (vec![json!("physical"), json!("sellable")], Some(json!("physical")))
        );
        assert!(of(Kind::Procountor, "stock_quantity").is_none());
        assert!(of(Kind::Procountor, "approve_before_send").unwrap().is_switch);
        assert!(of(Kind::Visma, "filters").unwrap().words.is_empty());
        let on: Vec<String> = members("processes", Kind::Visma).into_iter().map(|member| member.name).collect();
        assert_eq!(on, ["articles", "orders", "shipments", "stock"]);
    }
}
