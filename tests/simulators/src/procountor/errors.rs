//! The vendor's shapes of refusals (section 4, "Errors").

use serde_json::{Value, json};

use crate::{Response, Trouble};

/// `{"errors":[{"status","field","message"}]}`.
pub(super) fn refusal(status: u16, field: Option<&str>, message: &str) -> Response {
    let mut error = json!({ "status": status, "message": message });
    if let Some(field) = field {
        error["field"] = Value::from(field);
    }
    Response::json(status, &json!({ "errors": [error] }))
}

/// A parameter or member that is wrong.
pub(super) fn invalid(field: &str, message: &str) -> Response {
    refusal(400, Some(field), message)
}

/// What the gateway in front of the API says: HTML.
pub(super) fn gateway(status: u16, title: &str) -> Response {
    let page = format!("<html><head><title>{status} {title}</title></head><body><h1>{title}</h1></body></html>");
    Response::text(status, "text/html", page)
}

/// The token endpoint's own shape.
pub(super) fn oauth(status: u16, error: &str, description: &str) -> Response {
    Response::json(status, &json!({ "error": error, "error_description": description }))
}

pub(super) fn unauthorized() -> Response {
    refusal(401, None, "Access token is missing, invalid or expired.")
}

pub(super) fn forbidden(message: &str) -> Response {
    refusal(403, None, message)
}

pub(super) fn not_found(message: &str) -> Response {
    refusal(404, None, message)
}

pub(super) fn too_many(retry_after: Option<u32>) -> Response {
    let response = refusal(429, None, "Too many requests.");
    match retry_after {
        Some(seconds) => response.with("Retry-After", seconds.to_string()),
        None => response,
    }
}

/// How this trouble looks at this endpoint.
pub(super) fn spell(trouble: Trouble, endpoint: &str) -> Option<Response> {
    let login = endpoint.contains("/oauth/") || endpoint.contains("login");
    match trouble {
        Trouble::TokenExpired => (!login).then(unauthorized),
        Trouble::TooManyRequests { retry_after } => Some(too_many(retry_after)),
        Trouble::ServerError(500) => Some(refusal(500, None, "Internal server error.")),
        Trouble::ServerError(status) => Some(gateway(status, "Service unavailable")),
        Trouble::Refused if login => Some(oauth(400, "invalid_grant", "The API key is not valid.")),
        Trouble::Refused if endpoint.ends_with("/send") || endpoint.ends_with("/approve") => {
            Some(forbidden("Insufficient user rights or invalid invoice status."))
        }
        Trouble::Refused => Some(refusal(400, None, "Request contains invalid data.")),
        Trouble::LostAnswer | Trouble::MalformedBody | Trouble::Gateway { .. } | Trouble::Silence => None,
    }
}
