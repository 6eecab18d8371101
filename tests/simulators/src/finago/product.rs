//! `ProductService.asmx`: search, save, and the stock quantity (Finago sheet, sections 2.1 and 2.5).

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::model::{Identity, Kind, Record};
use super::soap::Fault;
use super::{Rules, codec, selection};

/// Answers an operation on the identity's products, `None` when the service has no such operation.
pub(super) fn answer(
    identity: &mut Identity,
    now: Timestamp,
    rules: &Rules,
    operation: &str,
    args: &Value,
) -> Option<Result<Value, Fault>> {
    Some(match operation {
        "GetProducts" => get(identity, rules, args),
        "SaveProducts" => Ok(save(identity, now, rules, args)),
        "SetStockQuantity" => Ok(set_stock(identity, now, rules, args).to_string().into()),
        _ => return None,
    })
}

fn get(identity: &Identity, rules: &Rules, args: &Value) -> Result<Value, Fault> {
    let names = selection::names(args, "returnProperties", "Product")?;
    let empty = json!({});
    let search = args.get("searchParams").unwrap_or(&empty);
    let changed = rules.after(codec::text(search, "DateChanged"))?;
    let ids = codec::ints(search, "ProductIds");
    let same = |record: &Value, member: &str| {
        let wished = codec::number(search, member);
        wished.is_none_or(|wished| codec::number(record, member) == Some(wished))
    };
    let like = |record: &Value, member: &str| {
        let pattern = codec::text(search, member);
        pattern.is_empty() || matches(pattern, codec::text(record, member))
    };
    let price = codec::decimal(search, "Price");
    let found = identity.records(Kind::Product).into_iter().filter(|(id, record)| {
        let body = &record.body;
        same(body, "Id")
            && same(body, "CategoryId")
            && ["No", "EAN1", "Name"].iter().all(|member| like(body, member))
            && price.is_none_or(|price| codec::decimal(body, "Price") == Some(price))
            && ids.as_ref().is_none_or(|ids| ids.is_empty() || ids.contains(id))
            && changed.as_ref().is_none_or(|after| after(record.changed))
    });
    let shown = |record: &Record| {
        let mut body = record.shown();
        if let Some(kilograms) = codec::decimal(&body, "Weight").filter(|_| rules.weights_in_grams) {
            body["Weight"] = (kilograms * Decimal::ONE_THOUSAND).normalize().to_string().into();
        }
        body
    };
    let list: Vec<Value> = found.map(|(_, record)| selection::pick(&shown(record), &names)).collect();
    Ok(json!({ "Product": list }))
}

/// Whether a text fits a pattern with `%` for anything, without regard to case.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('%');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// Carries out the absolute quantity; false for a product that is not there or keeps no stock.
fn set_stock(identity: &mut Identity, now: Timestamp, rules: &Rules, args: &Value) -> bool {
    let (Some(id), Some(quantity)) = (codec::number(args, "productId"), codec::decimal(args, "stockQuantity")) else {
        return false;
    };
    let Some(record) = identity.record_mut(Kind::Product, id) else { return false };
    if codec::text(&record.body, "StockControlled") != "true" {
        return false;
    }
    let before = codec::decimal(&record.body, "Stock").filter(|_| rules.stock_writes_add).unwrap_or_default();
    codec::merge(&mut record.body, &json!({ "Stock": (before + quantity).to_string() }));
    if rules.stock_write_moves_date_changed {
        record.changed = now;
    }
    identity.effects.stock_writes.push((id, quantity));
    true
}

fn save(identity: &mut Identity, now: Timestamp, rules: &Rules, args: &Value) -> Value {
    let empty = Vec::new();
    let given = args.pointer("/products/Product").and_then(Value::as_array).unwrap_or(&empty);
    let answers = given.iter().map(|product| {
        save_one(identity, now, rules, product).unwrap_or_else(|message| {
            identity.effects.refusals.push(message.clone());
            json!({ "Id": product["Id"], "APIException": selection::exception("ProductException", &message) })
        })
    });
    json!({ "Product": answers.collect::<Vec<_>>() })
}

fn save_one(identity: &mut Identity, now: Timestamp, rules: &Rules, product: &Value) -> Result<Value, String> {
    let mut members = product.clone();
    if let Value::Object(members) = &mut members {
        members.retain(|name, _| match name.as_str() {
            "Id" | "DateChanged" | "APIException" => false,
            "Stock" => rules.save_products_sets_stock,
            _ => true,
        });
    }
    let id = match codec::number(product, "Id") {
        Some(id) => {
            identity.change(Kind::Product, id, &members, now).map_err(|_| format!("Product {id} does not exist"))?;
            id
        }
        None if codec::text(product, "Name").is_empty() || codec::number(product, "CategoryId").is_none() => {
            return Err("A new product needs Name and CategoryId".into());
        }
        None => identity.put(Kind::Product, &members, now)?,
    };
    Ok(json!({ "Id": id.to_string(), "Name": product["Name"] }))
}
