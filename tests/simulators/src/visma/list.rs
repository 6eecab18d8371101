//! Lists: `$filter`, `$orderby`, `$select`, `$page`, `$pagesize`, and the envelope with `Meta` (Visma sheet, section 2).

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::members::{Body, Kind, Member};
use super::odata::{Filter, Literal, literal};
use crate::Request;

const LARGEST_PAGE: usize = 1000;
const USUAL_PAGE: usize = 50;

/// One page of a register.
///
/// # Errors
/// 6000 and 6001 for query options that are not understood.
pub fn page(
    request: &Request,
    members: &[Member],
    refused: &[&str],
    rows: &[Body],
    server_time: &str,
) -> Result<Value, Fault> {
    let mut hits: Vec<&Body> = rows.iter().collect();
    if let Some(filter) = request.param("$filter") {
        let filter = Filter::parse(&filter, members, refused)?;
        hits.retain(|row| filter.passes(row));
    }
    if let Some(order) = request.param("$orderby") {
        let order = sorting(&order, members)?;
        hits.sort_by(|left, right| compare(&order, left, right));
    }
    let page = option(request, "$page", 1, usize::MAX)?;
    let size = option(request, "$pagesize", USUAL_PAGE, LARGEST_PAGE)?;
    let selected = select(request, members)?;
    let data: Vec<Value> = hits
        .iter()
        .skip(page.saturating_sub(1).saturating_mul(size))
        .take(size)
        .map(|row| Value::Object(shown(row, selected.as_deref())))
        .collect();
    Ok(json!({
        "Meta": {
            "CurrentPage": page,
            "PageSize": size,
            "TotalNumberOfPages": hits.len().div_ceil(size),
            "TotalNumberOfResults": hits.len(),
            "ServerTimeUtc": server_time,
        },
        "Data": data,
    }))
}

fn option(request: &Request, name: &str, usual: usize, largest: usize) -> Result<usize, Fault> {
    let Some(text) = request.param(name) else { return Ok(usual) };
    match text.parse() {
        Ok(value) if (1..=largest).contains(&value) => Ok(value),
        _ => Err(Fault::query(format!("{name} must be between 1 and {largest}."))),
    }
}

fn select(request: &Request, members: &[Member]) -> Result<Option<Vec<String>>, Fault> {
    let Some(text) = request.param("$select") else { return Ok(None) };
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
    match names.iter().find(|name| !members.iter().any(|member| member.name == name.as_str())) {
        Some(unknown) => Err(Fault::query(format!("Could not find a property named '{unknown}'."))),
        None => Ok(Some(names)),
    }
}

fn shown(row: &Body, selected: Option<&[String]>) -> Map<String, Value> {
    match selected {
        None => row.clone(),
        Some(names) => names.iter().filter_map(|name| Some((name.clone(), row.get(name)?.clone()))).collect(),
    }
}

struct Sorting {
    name: &'static str,
    kind: Kind,
    descending: bool,
}

fn sorting(text: &str, members: &[Member]) -> Result<Vec<Sorting>, Fault> {
    text.split(',')
        .map(|part| {
            let mut words = part.split_whitespace();
            let name = words.next().unwrap_or_default();
            let found = members.iter().find(|member| member.name == name);
            let member = found.ok_or_else(|| Fault::query(format!("Could not find a property named '{name}'.")))?;
            let descending = match (words.next(), words.next()) {
                (None | Some("asc"), None) => false,
                (Some("desc"), None) => true,
                _ => return Err(Fault::query("$orderby takes a name and asc or desc.")),
            };
            Ok(Sorting { name: member.name, kind: member.kind, descending })
        })
        .collect()
}

fn compare(order: &[Sorting], left: &Body, right: &Body) -> Ordering {
    order
        .iter()
        .map(|by| {
            let (one, other) = (literal(left, by.name, by.kind), literal(right, by.name, by.kind));
            let ordering = match (&one, &other) {
                (Literal::Null, Literal::Null) => Ordering::Equal,
                (Literal::Null, _) => Ordering::Less,
                (_, Literal::Null) => Ordering::Greater,
                _ => one.partial_cmp(&other).unwrap_or(Ordering::Equal),
            };
            if by.descending { ordering.reverse() } else { ordering }
        })
        .find(|ordering| ordering.is_ne())
        .unwrap_or(Ordering::Equal)
}
