//! Customers and their delivery addresses (section 2.4).

use super::filter::Filter;
use super::problem::Fault;
use super::records::key;
use super::{Company, Kind, paging};
use crate::{Request, Response};

pub(super) fn list(company: &Company, request: &Request) -> Result<Response, Fault> {
    let filter = Filter::of(company, request);
    let numbers = filter.numbered("customerNos", "Number")?;
    let external = filter.numbered("externalNos", "ExternalNumber")?;
    let references = filter.listed("externalImportReference", "ExternalImportReference");
    let changed = filter.after("lastChangedDateTimeOffsetGreaterThan", "LastChangedDateTimeOffset")?;
    let created = filter.after("customerCreatedDateTimeOffsetGreaterThan", "CustomerCreatedDateTimeOffset")?;
    let rows = company
        .rows(Kind::Customer)
        .filter(|row| numbers(row) && external(row) && references(row) && changed(row) && created(row));
    paging::page(request, rows)
}

pub(super) fn addresses(company: &Company, request: &Request) -> Result<Response, Fault> {
    let filter = Filter::of(company, request);
    let contacts = filter.numbered("contactIds", "ContactId")?;
    let codes = filter.listed("externalCodes", "ExternalCode");
    let changed = filter.after("lastChangedDateTimeOffsetGreaterThan", "LastChangedDateTimeOffset")?;
    let created = filter.after("createdDateTimeOffsetGreaterThan", "CreatedDateTimeOffset")?;
    let rows =
        company.rows(Kind::DeliveryAddress).filter(|row| contacts(row) && codes(row) && changed(row) && created(row));
    paging::page(request, rows)
}

pub(super) fn address(company: &Company, contact: &str, id: &str) -> Result<Response, Fault> {
    let belongs = company
        .rows(Kind::DeliveryAddress)
        .any(|row| key(row) == id && contact.parse().is_ok_and(|contact: i64| row["ContactId"] == contact));
    if !belongs {
        return Err(Fault::new(404, format!("Contact {contact} has no address {id}.")));
    }
    company.one(Kind::DeliveryAddress, id)
}
