//! Delivery terms, and what the integration may do (sections 1 and 2.6).

use serde_json::json;

use super::problem::Fault;
use super::{Company, Kind, paging};
use crate::{Request, Response};

pub(super) fn terms(company: &Company, request: &Request) -> Result<Response, Fault> {
    paging::page(request, company.rows(Kind::DeliveryTerm))
}

/// Answers without any privilege, so that a missing one can be explained.
pub(super) fn information(company: &Company) -> Response {
    Response::json(
        200,
        &json!({
            "ClientId": company.client_id,
            "ClientName": company.name,
            "ActiveClientSubscriptions": ["Go Faktura", "Go Regnskap"],
            "ValidPrivileges": company.privileges,
            "InvalidPrivileges": company.invalid_privileges,
        }),
    )
}
