//! Pages of a list (section 2.1). `OrderBy` is taken and ignored: its form is not known, so nobody may lean on it.

use serde_json::{Map, Value, json};

use super::problem::Fault;
use super::records::written;
use crate::{Request, Response};

const DEFAULT_SIZE: usize = 5000;
const LARGEST_SIZE: usize = 20_000;

/// The page asked for, of the rows as they lie at the time of the call.
pub(super) fn page<'a>(request: &Request, rows: impl IntoIterator<Item = &'a Value>) -> Result<Response, Fault> {
    let number = natural(request, "PageNumber", 1, usize::MAX)?;
    let size = natural(request, "PageSize", DEFAULT_SIZE, LARGEST_SIZE)?;
    let rows: Vec<&Value> = rows.into_iter().collect();
    let start = (number - 1).saturating_mul(size).min(rows.len());
    let end = start.saturating_add(size).min(rows.len());
    if start == end {
        return Ok(Response::empty(204));
    }
    let next = if end < rows.len() { link(request, number + 1) } else { String::new() };
    let wanted = request.param("Fields");
    let body: Value = rows[start..end].iter().map(|row| fields(written(row), wanted.as_deref())).collect();
    Ok(Response::json(200, &body).with("X-Pagination", json!({"nextPageLink": next}).to_string()))
}

fn natural(request: &Request, name: &str, default: usize, most: usize) -> Result<usize, Fault> {
    let Some(text) = request.param(name) else { return Ok(default) };
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| Fault::new(400, format!("{name} is not valid: '{text}'.")))
}

fn link(request: &Request, number: usize) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(request.query().iter().filter(|(name, _)| !name.eq_ignore_ascii_case("PageNumber")));
    query.append_pair("PageNumber", &number.to_string());
    format!("https://goapi.poweroffice.net{}?{}", request.path(), query.finish())
}

fn fields(row: Value, wanted: Option<&str>) -> Value {
    let (Some(wanted), Value::Object(members)) = (wanted, &row) else { return row };
    let named = |name: &str| wanted.split(',').any(|one| one.trim().eq_ignore_ascii_case(name));
    let kept: Map<String, Value> =
        members.iter().filter(|(name, _)| named(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
    Value::Object(kept)
}
