//! Visma says more by the number in an error's body than by the status (Visma sheet, section 4).

use std::time::Duration;

use http::StatusCode;
use serde::Deserialize;

use crate::words::fault::Fault;

/// The path of a fault about the query of a list.
pub(super) const QUERY: &str = "$filter";

/// The pause where the refusal names none: the limit counts by the minute.
const MINUTE: Duration = Duration::from_secs(60);

/// `{ErrorCode, DeveloperErrorMessage, ErrorId, Errors}`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Refusal {
    error_code: i64,
    #[serde(default)]
    developer_error_message: Option<String>,
    #[serde(default)]
    error_id: Option<String>,
    #[serde(default)]
    errors: Option<Vec<Detail>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Detail {
    #[serde(default)]
    field: Option<String>,
    #[serde(default)]
    message: Option<String>,
}

/// The fault, where the body is one of Visma's refusals.
pub(super) fn fault(status: StatusCode, after: Option<Duration>, body: &[u8]) -> Option<Fault> {
    let refusal: Refusal = serde_json::from_slice(body).ok()?;
    let text = refusal.developer_error_message.as_deref().unwrap_or_default();
    let first = refusal.errors.unwrap_or_default().into_iter().next();
    let detail = first.as_ref().and_then(|detail| detail.message.as_deref()).unwrap_or_default();
    // Support asks for the error's id.
    let id = refusal.error_id.as_deref().unwrap_or("none");
    let said: String = [text, detail].join(" ").trim().chars().take(300).collect();
    let status = status.as_u16();
    let why = format!("{status} {}: {said} (error id {id})", refusal.error_code);
    let came_with = Some(status);
    Some(match refusal.error_code {
        4010 => Fault::RateLimited { status: came_with, after: after.or_else(|| seconds(text)).unwrap_or(MINUTE), why },
        // Token, start guide, company, user, licence, scope, permission, product variant, sandbox: a person's turn.
        4003..=4007 | 4009 | 4011 | 4012 | 4019 | 4034 => Fault::Unauthorized(why),
        _ if matches!(status, 401 | 403) => Fault::Unauthorized(why),
        5000..=5002 => Fault::Unavailable { status: came_with, broken: false, why },
        6000 | 6001 => Fault::Rejected { status: came_with, path: Some(QUERY.into()), why },
        // 5003 to 5007 are refusals in spite of their number.
        2000..=4999 | 5003..=5007 => {
            Fault::Rejected { status: came_with, path: first.and_then(|detail| detail.field), why }
        }
        _ => return None,
    })
}

/// "Try again in 55 seconds."
fn seconds(text: &str) -> Option<Duration> {
    let (_, rest) = text.split_once("Try again in ")?;
    rest.split_whitespace().next()?.parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(status: u16, code: i64, text: &str) -> Option<Fault> {
        let body = json!({"ErrorCode": code, "DeveloperErrorMessage": text, "ErrorId": "e-1", "Errors": null});
        fault(StatusCode::from_u16(status).unwrap(), None, body.to_string().as_bytes())
    }

    #[test]
    fn the_number_decides() {
        let after = |fault: Option<Fault>| match fault {
            Some(Fault::RateLimited { after, .. }) => after.as_secs(),
            other => panic!("{other:?}"),
        };
        assert_eq!(after(read(429, 4010, "API calls quota exceeded! Try again in 55 seconds.")), 55);
        assert_eq!(after(read(429, 4010, "Slow down")), 60);
        for (status, code, name) in [
            (401, 4005, "unauthorized"),
            (400, 4011, "unauthorized"),
            (403, 4002, "unauthorized"),
            (400, 4002, "rejected"),
            (500, 5000, "unavailable"),
            (500, 5003, "rejected"),
            (404, 3000, "rejected"),
            (400, 6001, "rejected"),
        ] {
            assert_eq!(read(status, code, "x").unwrap().name(), name, "{code}");
        }
        assert!(crate::http::classify::list_refused(&read(400, 6000, "x").unwrap()));
        assert!(!crate::http::classify::list_refused(&read(500, 5000, "x").unwrap()));
        assert!(crate::http::classify::has_backorder(&read(400, 4028, "x").unwrap()));
        assert!(!crate::http::classify::has_backorder(&read(400, 4000, "see 4028: x").unwrap()));
        assert_eq!(fault(StatusCode::BAD_GATEWAY, None, b"<html>"), None);
    }
}
