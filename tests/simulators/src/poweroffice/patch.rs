//! `PATCH /Products/{id}` with JSON Patch (RFC 6902), the way stock is written back (section 2.5).

use jiff::Timestamp;
use serde_json::Value;

use super::problem::Fault;
use super::records::decimal;
use super::{Company, Kind};
use crate::{Request, Response};

const TEXT: &[&str] = &["Code", "Description", "Gtin", "Name", "ProductType", "UnitOfMeasureCode"];
const NUMBERS: &[&str] = &["StockOnHand", "UnitCost", "UnitPrice"];
const WHOLE: &[&str] = &["OptionalSalesAccountId", "ProductGroupId", "StandardSalesAccountId"];
const FLAGS: &[&str] = &["IsArchived", "IsStockItem"];

/// All operations take effect or none does.
pub(super) fn product(company: &mut Company, now: Timestamp, id: &str, request: &Request) -> Result<Response, Fault> {
    let content_type = request.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json-patch+json") {
        return Err(Fault::new(415, "A patch is sent as application/json-patch+json."));
    }
    company.one(Kind::Product, id)?;
    let body = request.json().map_err(|reason| Fault::new(400, reason))?;
    let operations = body.as_array().ok_or_else(|| Fault::new(400, "A patch is an array of operations."))?;
    let mut draft = company.get(Kind::Product, id).ok_or_else(|| Fault::new(404, "The product is gone."))?;
    // A body whose paths are not spelled as the members are has been answered with 200, and nothing changed (section 9).
    let spelled = |operation: &Value| {
        operation["path"].as_str().is_none_or(|path| path[1.min(path.len())..].starts_with(char::is_uppercase))
    };
    let ignored = !operations.iter().all(spelled) || company.passes_over_patches;
    let mut stock_touched = false;
    for operation in operations {
        stock_touched |= apply(&mut draft, operation)? == "StockOnHand";
    }
    if stock_touched && draft["IsStockItem"] != true {
        return Err(Fault::new(400, "StockOnHand can only be set on a stock item."));
    }
    if !ignored {
        company.change(now, Kind::Product, id, |record| *record = draft);
    }
    company.settle(now);
    // The writer reads its own write, even while other readers do not see it yet.
    let record = company.get(Kind::Product, id).ok_or_else(|| Fault::new(404, "The product is gone."))?;
    Ok(Response::json(200, &super::records::written(&record)))
}

/// Applies one operation and names the member it wrote (or tested).
fn apply(draft: &mut Value, operation: &Value) -> Result<&'static str, Fault> {
    let member = member(&operation["path"])?;
    let value = match operation["op"].as_str().map(str::to_ascii_lowercase).as_deref() {
        Some("add" | "replace") => {
            operation.get("value").cloned().ok_or_else(|| Fault::new(400, "The operation has no value."))?
        }
        Some("remove") => Value::Null,
        Some("copy") => draft[self::member(&operation["from"])?].clone(),
        Some("move") => draft[self::member(&operation["from"])?].take(),
        Some("test") => {
            let (is, wanted) = (&draft[member], operation.get("value").unwrap_or(&Value::Null));
            let same = is == wanted || decimal(is).is_some_and(|number| decimal(wanted) == Some(number));
            return if same { Ok("") } else { Err(Fault::new(400, format!("The test of {member} failed."))) };
        }
        _ => return Err(Fault::new(400, "The operation is not known.")),
    };
    let fits = value.is_null()
        || (TEXT.contains(&member) && value.is_string())
        || (NUMBERS.contains(&member) && value.is_number())
        || (WHOLE.contains(&member) && value.is_i64())
        || (FLAGS.contains(&member) && value.is_boolean());
    if !fits {
        return Err(Fault::new(400, format!("The value {value} is not valid for {member}.")));
    }
    let unchanged = decimal(&value).is_some_and(|number| decimal(&draft[member]) == Some(number));
    if !unchanged {
        draft[member] = value;
    }
    Ok(member)
}

/// The member a JSON Pointer leads to; names compare without regard to case, and read-only members are refused.
fn member(pointer: &Value) -> Result<&'static str, Fault> {
    let text = pointer.as_str().unwrap_or_default();
    let name = text.strip_prefix('/').unwrap_or_default().replace("~1", "/").replace("~0", "~");
    let mut known = TEXT.iter().chain(NUMBERS).chain(WHOLE).chain(FLAGS);
    let found = known.find(|known| known.eq_ignore_ascii_case(&name));
    found.copied().ok_or_else(|| Fault::new(400, format!("The path '{text}' cannot be patched.")))
}
