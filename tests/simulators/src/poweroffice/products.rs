//! Lists of products and product groups (section 2.2).

use jiff::Timestamp;
use serde_json::Value;

use super::filter::Filter;
use super::problem::Fault;
use super::records::written;
use super::{Company, Kind, paging};
use crate::{Request, Response};

/// A price, cost or unit that is null is left null here too: it is the group's, and reading the group is the caller's work.
pub(super) fn list(company: &Company, request: &Request) -> Result<Response, Fault> {
    let filter = Filter::of(company, request);
    let stock =
        filter.after("stockOnHandLastChangedDatetimeOffsetGreaterThan", "StockOnHandLastChangedDatetimeOffset")?;
    let by_group = filter.listed("productGroupCodes", "ProductGroupCode");
    let shared = shared(&filter)?;
    let rows = company.rows(Kind::Product).filter(|row| shared(row) && stock(row) && by_group(row));
    paging::page(request, company.ordered(rows))
}

/// `POST /Products`: a new product, with the vendor's defaults for what it leaves out. The writer reads its own write.
pub(super) fn create(company: &mut Company, now: Timestamp, request: &Request) -> Result<Response, Fault> {
    let body = request.json().map_err(|reason| Fault::new(400, reason))?;
    let text = |name: &str| body[name].as_str().map(str::trim).filter(|text| !text.is_empty());
    let (Some(code), Some(_)) = (text("Code"), text("Name")) else {
        return Err(Fault::new(400, "A product needs Code and Name."));
    };
    if company.all(Kind::Product).iter().any(|product| product["Code"].as_str() == Some(code)) {
        return Err(Fault::new(400, format!("The code {code} is in use.")));
    }
    let id = company.put(now, Kind::Product, body.clone()).to_string();
    let made = company.get(Kind::Product, &id).ok_or_else(|| Fault::new(404, "The product is gone."))?;
    Ok(Response::json(200, &written(&made)))
}

/// `DELETE /Products/{id}`.
pub(super) fn delete(company: &mut Company, now: Timestamp, id: &str) -> Result<Response, Fault> {
    company.one(Kind::Product, id)?;
    company.delete(now, Kind::Product, id);
    Ok(Response::empty(200))
}

pub(super) fn groups(company: &Company, request: &Request) -> Result<Response, Fault> {
    let shared = shared(&Filter::of(company, request))?;
    paging::page(request, company.rows(Kind::ProductGroup).filter(|row| shared(row)))
}

/// The filters that products and groups have in common.
fn shared(filter: &Filter<'_>) -> Result<impl Fn(&Value) -> bool + use<>, Fault> {
    let changed = filter.after("lastChangedDateTimeOffsetGreaterThan", "LastChangedDateTimeOffset")?;
    let created = filter.after("createdDateTimeOffsetGreaterThan", "CreatedDateTimeOffset")?;
    let codes = filter.listed("codes", "Code");
    let names = filter.listed("names", "Name");
    let product_type = filter.one_of("type", &["Product", "Service"])?;
    let archived = filter.flag("isArchived")?.or_else(|| filter.hides_archived().then_some(false));
    Ok(move |row: &Value| {
        changed(row)
            && created(row)
            && codes(row)
            && names(row)
            && product_type.is_none_or(|wanted| row["ProductType"] == wanted)
            && archived.is_none_or(|wanted| row["IsArchived"] == wanted)
    })
}
