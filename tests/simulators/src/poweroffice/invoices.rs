//! Outgoing invoices, credit notes among them, and their lines (section 2.3).

use jiff::civil::Date;
use serde_json::Value;

use super::filter::Filter;
use super::problem::Fault;
use super::records::decimal;
use super::{Company, Kind, paging};
use crate::{Request, Response};

/// Newest first by creation, whatever happened to them since.
pub(super) fn list(company: &Company, request: &Request) -> Result<Response, Fault> {
    let filter = Filter::of(company, request);
    let balance = filter.after("balanceLastChangedDateTimeOffsetGreaterThan", "BalanceLastChangedDateTimeOffset")?;
    let sent = filter.after("sentDateTimeOffsetGreaterThan", "SentDateTimeOffset")?;
    let vouchers = filter.numbered("voucherNos", "VoucherNo")?;
    let numbers = filter.numbered("invoiceNos", "InvoiceNo")?;
    let customers = filter.numbered("customerNos", "CustomerNo")?;
    let ids = filter.listed("invoiceIds", "Id");
    let references = filter.listed("customMatchingReferences", "CustomMatchingReference");
    let unpaid = filter.flag("onlyUnpaidInvoices")?.unwrap_or_default();
    let own = filter.flag("onlyCreatedByCurrentIntegration")?.unwrap_or_default();
    let (from, to) = (filter.date("fromDate")?, filter.date("toDate")?);
    let dated = |row: &Value| {
        let date = row["VoucherDate"].as_str().and_then(|text| text.parse::<Date>().ok());
        from.is_none_or(|from| date.is_some_and(|date| date >= from))
            && to.is_none_or(|to| date.is_some_and(|date| date <= to))
    };
    let mut rows: Vec<&Value> = company.rows(Kind::Invoice).collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row["CreatedDateTimeOffset"].as_str(), row["Id"].as_str())));
    let rows = rows.into_iter().filter(|row| {
        balance(row)
            && sent(row)
            && vouchers(row)
            && numbers(row)
            && customers(row)
            && ids(row)
            && references(row)
            && dated(row)
            && (!unpaid || decimal(&row["Balance"]).is_some_and(|balance| !balance.is_zero()))
            && (!own || row["IsCreatedByCurrentIntegration"] == true)
    });
    paging::page(request, company.ordered(rows))
}

/// Lines may be absent altogether, for invoices imported into Go: 204 then.
pub(super) fn lines(company: &Company, id: &str, request: &Request) -> Result<Response, Fault> {
    company.one(Kind::Invoice, id)?;
    paging::page(request, company.lines_of(id))
}
