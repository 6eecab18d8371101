//! How a goods owner's warehouse is set up, changed by the action `configure`.

use serde_json::{Value, json};

use super::owner::Owner;

/// Changes the settings that `args` names.
pub(super) fn configure(owner: &mut Owner, strict: &mut bool, args: &Value) -> Result<Value, String> {
    let members = args.as_object().ok_or("an object is needed")?;
    for (name, value) in members {
        let rules = &mut owner.rules;
        match name.as_str() {
            "goodsOwnerId" => {}
            "name" => owner.name = value.as_str().ok_or("name is not a text")?.to_owned(),
            "strict" => *strict = flag(name, value)?,
            "keeps_missing_rows" => rules.keeps_missing_rows = flag(name, value)?,
            "clears_missing_fields" => rules.clears_missing_fields = flag(name, value)?,
            "keeps_nulls" => rules.keeps_nulls = flag(name, value)?,
            "keeps_purchase_order_ids" => rules.keeps_purchase_order_ids = flag(name, value)?,
            "start_status" => rules.start_status = whole(name, value)?,
            "started_from_status" => rules.started_from_status = whole(name, value)?,
            "purchase_order_started_from_status" => rules.purchase_order_started_from_status = whole(name, value)?,
            "cancelled_status" => rules.cancelled_status = whole(name, value)?,
            "purchase_order_cancelled_status" => rules.purchase_order_cancelled_status = whole(name, value)?,
            "refused_article_numbers" => rules.refused_article_numbers = texts(name, value)?,
            "order_statuses" => rules.order_statuses = statuses(name, value)?,
            "purchase_order_statuses" => rules.purchase_order_statuses = statuses(name, value)?,
            _ => return Err(format!("there is no setting '{name}'")),
        }
    }
    Ok(json!({ "goodsOwnerId": owner.id }))
}

fn flag(name: &str, value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| format!("{name} is not true or false"))
}

fn whole(name: &str, value: &Value) -> Result<i64, String> {
    value.as_i64().ok_or_else(|| format!("{name} is not a whole number"))
}

fn texts(name: &str, value: &Value) -> Result<Vec<String>, String> {
    let list = value.as_array().ok_or_else(|| format!("{name} is not a list"))?;
    list.iter()
        .map(|text| text.as_str().map(str::to_owned).ok_or_else(|| format!("{name}: a text is needed")))
        .collect()
}

fn statuses(name: &str, value: &Value) -> Result<Vec<(i64, String)>, String> {
    let list = value.as_array().ok_or_else(|| format!("{name} is not a list"))?;
    let one = |status: &Value| Some((status["number"].as_i64()?, status["text"].as_str()?.to_owned()));
    list.iter().map(|status| one(status).ok_or_else(|| format!("{name}: each needs number and text"))).collect()
}
