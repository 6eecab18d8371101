//! Troubles in the vendor's words.

use super::fault::{Detail, Fault};
use super::oauth::refusal;
use crate::{Request, Response, Trouble};

const ERROR_ID: &str = "0badc0de-0000-4000-8000-000000000001";

/// The answer that spells a trouble at this call, or `None` where it cannot happen to it.
pub fn spell(trouble: Trouble, request: &Request) -> Option<Response> {
    let path = request.path();
    if path.starts_with("/connect/") {
        return match trouble {
            Trouble::ServerError(status) => Some(page(status)),
            Trouble::Refused if path == "/connect/token" => Some(refusal("invalid_grant")),
            _ => None,
        };
    }
    match trouble {
        Trouble::TokenExpired => Some(Fault::unauthorized().response(ERROR_ID)),
        // The pause stands in the text; a header is not documented, so it comes only when the trouble asks for it.
        Trouble::TooManyRequests { retry_after: Some(seconds) } => {
            let answer = Fault::quota(600, i64::from(seconds)).response(ERROR_ID);
            Some(answer.with("Retry-After", seconds.to_string()))
        }
        Trouble::TooManyRequests { retry_after: None } => Some(Fault::quota(600, 55).response(ERROR_ID)),
        Trouble::ServerError(500) => Some(Fault::new(500, 5000, "An unhandled error occurred.").response(ERROR_ID)),
        Trouble::ServerError(status) => Some(page(status)),
        Trouble::Refused => Some(refused(request, &path).response(ERROR_ID)),
        Trouble::LostAnswer | Trouble::MalformedBody | Trouble::Gateway { .. } | Trouble::Silence => None,
    }
}

/// What stands before the API answers in HTML when nothing behind it does.
fn page(status: u16) -> Response {
    Response::text(status, "text/html", "<html><body><h1>The service is unavailable.</h1></body></html>")
}

fn refused(request: &Request, path: &str) -> Fault {
    match (request.method.as_str(), path.trim_matches('/').split('/').count()) {
        ("GET", ..=2) if path.ends_with("/companysettings") => Fault::new(403, 4011, "The user has no access."),
        ("GET", ..=2) => Fault::query("The query is not valid."),
        ("GET", _) => Fault::missing("resource"),
        ("POST", 4) => Fault::conflict("The status of the order does not allow this."),
        _ => Fault::validation(vec![Detail::field("Number", "The value of Number is not valid.")]),
    }
}
