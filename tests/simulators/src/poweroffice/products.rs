//! Lists of products and product groups (section 2.2).

use serde_json::Value;

use super::filter::Filter;
use super::problem::Fault;
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
    let archived = filter.flag("isArchived")?;
    Ok(move |row: &Value| {
        changed(row)
            && created(row)
            && codes(row)
            && names(row)
            && product_type.is_none_or(|wanted| row["ProductType"] == wanted)
            && archived.is_none_or(|wanted| row["IsArchived"] == wanted)
    })
}
