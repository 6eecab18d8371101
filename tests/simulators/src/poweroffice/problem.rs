//! The two shapes of an error: `ProblemDetails` of the API, and the gateway's in front of it (section 5).

use serde_json::json;

use crate::Response;

/// How the members of a `ProblemDetails` are spelled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Casing {
    Lower,
    Pascal,
}

/// Why the API refuses a call.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) status: u16,
    pub(super) detail: String,
}

impl Fault {
    pub(super) fn new(status: u16, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into() }
    }
}

pub(super) fn response(casing: Casing, status: u16, detail: &str) -> Response {
    let title = match status {
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        415 => "Unsupported Media Type",
        _ => "Internal Server Error",
    };
    let body = match casing {
        Casing::Lower => json!({"title": title, "status": status, "detail": detail}),
        Casing::Pascal => json!({"Title": title, "Status": status, "Detail": detail}),
    };
    Response::text(status, "application/problem+json; charset=utf-8", body.to_string())
}

pub(super) fn gateway(status: u16, message: &str) -> Response {
    Response::json(status, &json!({"statusCode": status, "message": message}))
}
