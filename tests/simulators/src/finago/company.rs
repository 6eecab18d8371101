//! `CompanyService.asmx`: customers and suppliers are one type, and no filter tells them apart (Finago sheet, 2.6).

use serde_json::{Value, json};

use super::model::{Identity, Kind};
use super::soap::Fault;
use super::{Rules, codec, dates, selection};

/// Answers an operation on the identity's companies, `None` when the service has no such operation.
pub(super) fn answer(
    identity: &Identity,
    rules: &Rules,
    operation: &str,
    args: &Value,
) -> Option<Result<Value, Fault>> {
    Some(match operation {
        "GetCompanies" => get(identity, rules, args),
        "GetCompanySyncList" => sync_list(identity, rules, args),
        _ => return None,
    })
}

fn get(identity: &Identity, rules: &Rules, args: &Value) -> Result<Value, Fault> {
    let names = selection::names(args, "returnProperties", "Company")?;
    let empty = json!({});
    let search = args.get("searchParams").unwrap_or(&empty);
    let id = codec::number(search, "CompanyId");
    let ids = codec::ints(search, "CompanyIds").filter(|ids| !ids.is_empty());
    let changed = rules.after(codec::text(search, "ChangedAfter"))?;
    let equal = |filter: &str, value: &str| {
        let wished = codec::text(search, filter);
        wished.is_empty() || wished == value
    };
    let one_of = |filter: &str, body: &Value, member: &str| {
        let wished = codec::text(search, filter);
        let values = body.get(member).and_then(Value::as_object);
        wished.is_empty() || values.is_some_and(|values| values.values().any(|one| codec::text(one, "Value") == wished))
    };
    let found = identity.records(Kind::Company).into_iter().filter(|(company, record)| {
        let body = &record.body;
        id.is_none_or(|id| id == *company)
            && ids.as_ref().is_none_or(|ids| ids.contains(company))
            && equal("ExternalId", codec::text(body, "ExternalId"))
            && equal("CompanyName", codec::text(body, "Name"))
            && equal("OrganizationNumber", codec::text(body, "OrganizationNumber"))
            && one_of("CompanyEmail", body, "EmailAddresses")
            && one_of("CompanyPhone", body, "PhoneNumbers")
            && changed.as_ref().is_none_or(|after| after(record.changed))
    });
    let list: Vec<Value> = found.map(|(_, record)| selection::pick(&record.shown(), &names)).collect();
    Ok(json!({ "Company": list }))
}

fn sync_list(identity: &Identity, rules: &Rules, args: &Value) -> Result<Value, Fault> {
    let empty = json!({});
    let params = args.get("syncSearchParameters").unwrap_or(&empty);
    let changed = rules.after(codec::text(params, "ChangedAfter"))?;
    let registered = rules.after(codec::text(params, "RegisteredAfter"))?;
    let active = Some(codec::text(params, "Active")).filter(|text| !text.is_empty());
    let active = active.map(|text| matches!(text, "true" | "1"));
    let page = codec::number(params, "Page").unwrap_or(1).max(1);
    let found: Vec<Value> = identity
        .records(Kind::Company)
        .into_iter()
        .filter(|(_, record)| {
            changed.as_ref().is_none_or(|after| after(record.changed))
                && registered.as_ref().is_none_or(|after| after(record.registered))
                && active.is_none_or(|active| active == record.active)
        })
        .map(|(id, record)| {
            json!({
                "CompanyId": id.to_string(),
                "ExternalId": codec::text(&record.body, "ExternalId"),
                "DateChanged": dates::write(record.changed),
                "DateRegistered": dates::write(record.registered),
                "Active": record.active.to_string(),
            })
        })
        .collect();
    let size = rules.companies_per_page.max(1);
    let skip = usize::try_from(page - 1).unwrap_or_default().saturating_mul(size);
    Ok(json!({
        "CurrentPage": page.to_string(),
        "TotalPages": found.len().div_ceil(size).to_string(),
        "TotalItems": found.len().to_string(),
        "ItemsPerPage": size.to_string(),
        "Items": { "SyncCompany": found.iter().skip(skip).take(size).collect::<Vec<_>>() },
    }))
}
