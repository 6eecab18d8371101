//! Turns what came over HTTP into one of the five faults. The only place that reads a status code.

pub mod cause;
mod visma;

use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::http::{soap, too_large};
use crate::ports::Broken;
use crate::words::fault::{Fault, Result};
use crate::words::kind::Kind;

/// Who answers: some statuses mean different things to different vendors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Ongoing WMS (Ongoing sheet, section 1.8).
    Ongoing,
    /// PowerOffice Go's API (PowerOffice sheet, section 5).
    PowerOffice,
    /// Finago's SOAP services (Finago sheet, section 5).
    Finago,
    /// Procountor's API (Procountor sheet, section 4).
    Procountor,
    /// Visma eAccounting's API (Visma sheet, section 4).
    Visma,
    /// The token endpoint of a system, by its word: RFC 6749 errors (PowerOffice sheet, section 1).
    Token(&'static str),
}

impl Service {
    /// The system's word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ongoing => "ongoing",
            Self::PowerOffice => Kind::PowerOffice.word(),
            Self::Finago => Kind::Finago.word(),
            Self::Procountor => Kind::Procountor.word(),
            Self::Visma => Kind::Visma.word(),
            Self::Token(system) => system,
        }
    }

    /// How its answers are written.
    pub(super) fn format(self) -> &'static str {
        match self {
            Self::Finago => "SOAP",
            Self::Ongoing | Self::PowerOffice | Self::Procountor | Self::Visma | Self::Token(_) => "JSON",
        }
    }
}

/// The shortest pause after a 429 without `Retry-After` (PowerOffice sheet, section 5: at least one second).
const PAUSE: Duration = Duration::from_secs(1);

/// Nobody waits longer than this, whatever is asked for: the queue does.
const LONGEST: u64 = 24 * 60 * 60;

/// What an answer's status means.
///
/// # Errors
/// The fault, for everything but 2xx.
pub fn classify(service: Service, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<()> {
    if service == Service::Visma
        && !status.is_success()
        && let Some(fault) = visma::fault(status, retry_after(headers), body)
    {
        return Err(fault);
    }
    let why = || format!("{} {}", status.as_u16(), words(body));
    let status = status.as_u16();
    let came_with = Some(status);
    let after = retry_after(headers);
    if service == Service::Finago
        && let Some((code, text)) = soap::fault(body)
    {
        return Err(soap_fault(status, &code, &text, headers));
    }
    Err(match status {
        200..=299 => return Ok(()),
        429 => Fault::RateLimited { status: came_with, after: after.unwrap_or(PAUSE), why: why() },
        503 if after.is_some() => Fault::RateLimited { status: came_with, after: after.unwrap_or(PAUSE), why: why() },
        408 | 500..=599 => Fault::Unavailable { status: came_with, broken: false, why: why() },
        // The document's own affair there: its status, its type, or a right that other documents do not need.
        403 if service == Service::Procountor => Fault::Rejected { status: came_with, path: field(body), why: why() },
        401 | 403 => Fault::Unauthorized(why()),
        400..=499 if matches!(service, Service::Token(_)) => Fault::Unauthorized(why()),
        400..=499 => Fault::Rejected { status: came_with, path: field(body), why: why() },
        // Redirects are never followed: a vendor's API has no reason to send us elsewhere.
        _ => Fault::Unexpected(why()),
    })
}

/// Whether a call that met this fault was turned away before it did anything; all others may have taken effect.
#[must_use]
pub fn turned_away(fault: &Fault) -> bool {
    match fault {
        Fault::Rejected { .. } | Fault::Unauthorized(_) => true,
        // A 503 may be a gateway's, which does not know what became of the call behind it.
        Fault::RateLimited { .. } => fault.http_status() == Some(429),
        Fault::Unavailable { .. } | Fault::Unexpected(_) => false,
    }
}

/// What a SOAP fault says, whichever status it came with (Finago sheet, section 5.2).
fn soap_fault(status: u16, code: &str, text: &str, headers: &HeaderMap) -> Fault {
    let status = Some(status);
    let said = |words: &str| text.to_ascii_lowercase().contains(words);
    let why: String = text.chars().take(300).collect();
    if said("limit exceeded") || said("quarantine") {
        return Fault::RateLimited { status, after: hour_turns(headers), why };
    }
    // Services have more than one wording for a session that is gone (Finago sheet, section 8).
    if said("not authenticated") || said("identityid is blocked") {
        return Fault::Unauthorized(why);
    }
    // `soap:Client` in version 1.1, `soap:Sender` in 1.2: the request is at fault, and will be every time.
    if code.ends_with("Client") || code.ends_with("Sender") {
        return Fault::Rejected { status, path: None, why };
    }
    Fault::Unavailable { status, broken: false, why }
}

/// The calls that are left until the hour turns, and when that is (Finago sheet, section 5.1).
#[must_use]
pub fn calls_left(headers: &HeaderMap) -> Option<(u32, Duration)> {
    let left = headers.get("apilimitremaining")?.to_str().ok()?.trim().parse().ok()?;
    Some((left, hour_turns(headers)))
}

/// The pause until `APILimitReset`; an hour where it is not known.
fn hour_turns(headers: &HeaderMap) -> Duration {
    const HOUR: Duration = Duration::from_secs(60 * 60);
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let pause = || {
        let reset: jiff::Timestamp = text("apilimitreset")?.parse().ok()?;
        let now = jiff::fmt::rfc2822::DateTimeParser::new().parse_zoned(text("date")?).ok()?;
        u64::try_from(reset.as_second() - now.timestamp().as_second()).ok()
    };
    pause().map_or(HOUR, |seconds| Duration::from_secs(seconds.clamp(1, LONGEST)))
}

/// Whether a token endpoint said that the grant itself is dead (RFC 6749, section 5.2), and not the client or the call.
#[must_use]
pub fn grant_is_dead(fault: &Fault) -> bool {
    matches!(fault, Fault::Unauthorized(why) if why.contains("invalid_grant"))
}

/// Whether a token endpoint does not know us, or not with this secret (RFC 6749, section 5.2); it then says nothing of the
/// grant.
#[must_use]
pub fn client_is_refused(fault: &Fault) -> bool {
    let said = |why: &str| why.contains("invalid_client") || why.contains("unauthorized_client");
    matches!(fault, Fault::Unauthorized(why) if said(why))
}

/// Whether a list was refused for how it was asked for, in whatever words: some properties cannot be queried, and bodies
/// differ (Visma sheet, section 6).
#[must_use]
pub fn list_refused(fault: &Fault) -> bool {
    matches!(fault, Fault::Rejected { .. })
}

/// Visma's own number of an error, where the fault is one of its refusals (Visma sheet, section 4).
#[must_use]
pub fn visma_code(fault: &Fault) -> Option<i64> {
    let (Fault::Rejected { why, .. } | Fault::Unauthorized(why) | Fault::Unavailable { why, .. }) = fault else {
        return None;
    };
    why.split(' ').nth(1)?.strip_suffix(':')?.parse().ok()
}

/// Whether Visma does not undo an order since a backorder hangs on it (Visma sheet, section 4: 4028).
#[must_use]
pub fn has_backorder(fault: &Fault) -> bool {
    matches!(fault, Fault::Rejected { .. }) && visma_code(fault) == Some(4028)
}

/// Whether Visma makes no second backorder of an order: a conflict, or as when such an order is undone (Visma sheet,
/// section 4: 4000, 4028; inferred, no source has the refusal of a second one).
#[must_use]
pub fn refuses_second_backorder(fault: &Fault) -> bool {
    matches!(fault, Fault::Rejected { .. }) && matches!(visma_code(fault), Some(4000 | 4028))
}

/// Whether the vendor says that what was asked for by its id is not there.
#[must_use]
pub fn is_gone(fault: &Fault) -> bool {
    matches!(fault, Fault::Rejected { .. }) && fault.http_status() == Some(404)
}

/// How the fault of an address begins that may not be called.
const GUARDED: &str = "the address is not allowed";

/// Whether nothing was sent, since the address is not one that may be called.
#[must_use]
pub fn address_is_refused(fault: &Fault) -> bool {
    matches!(fault, Fault::Unauthorized(why) if why.starts_with(GUARDED))
}

/// What it means that no answer came.
#[must_use]
pub fn broken(broken: Broken) -> Fault {
    match broken {
        Broken::Connect(why) | Broken::Lost(why) => Fault::Unavailable { status: None, broken: true, why },
        Broken::TooLarge { announced, largest } => {
            let size = announced.map_or_else(|| "it goes on".to_owned(), |size| format!("{size} bytes"));
            too_large(&format!("{size}, {largest} at most"))
        }
        Broken::Guarded(why) => Fault::Unauthorized(format!("{GUARDED}: {why}")),
        Broken::Stopped => Fault::RateLimited { status: None, after: Duration::ZERO, why: "it was stopped".into() },
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = match text.parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_zoned(text).ok()?;
            let date = headers.get(http::header::DATE)?.to_str().ok()?;
            let now = jiff::fmt::rfc2822::DateTimeParser::new().parse_zoned(date).ok()?;
            u64::try_from(at.timestamp().as_second() - now.timestamp().as_second()).unwrap_or(0)
        }
    };
    Some(Duration::from_secs(seconds.min(LONGEST)))
}

/// The vendor's own words about an error, in whichever member and casing they come; never a whole body.
fn words(body: &[u8]) -> String {
    const MEMBERS: [&str; 6] = ["error_description", "detail", "message", "title", "error", "errormessage"];
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else { return String::new() };
    let mut said: Vec<&str> = Vec::new();
    // Procountor lists them.
    said.extend(members.get("errors").and_then(|errors| errors[0]["message"].as_str()));
    for wanted in MEMBERS {
        let found = members.iter().find(|(name, value)| name.eq_ignore_ascii_case(wanted) && value.is_string());
        if let Some(text) = found.and_then(|(_, value)| value.as_str())
            && !said.contains(&text)
        {
            said.push(text);
        }
    }
    said.join(": ").chars().take(300).collect()
}

/// The member that a validation error names: the first key of `errors` or `ModelState`, or `field` of the first of a list.
fn field(body: &[u8]) -> Option<String> {
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else { return None };
    let (_, errors) = members
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("errors") || name.eq_ignore_ascii_case("modelstate"))?;
    match errors {
        Value::Array(errors) => errors.first()?["field"].as_str().map(str::to_owned),
        _ => errors.as_object()?.keys().next().cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(service: Service, status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Fault {
        let headers = headers
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), http::HeaderValue::from_static(value)))
            .collect();
        classify(service, StatusCode::from_u16(status).unwrap(), &headers, body.as_bytes()).unwrap_err()
    }

    #[test]
    fn each_status_is_one_thing_to_do() {
        let name = |service, status| fault(service, status, &[], "").name();
        for service in [Service::Ongoing, Service::PowerOffice] {
            for (status, expected) in [
                (301, "unexpected"),
                (400, "rejected"),
                (401, "unauthorized"),
                (403, "unauthorized"),
                (404, "rejected"),
                (408, "unavailable"),
                (409, "rejected"),
                (422, "rejected"),
                (429, "rate_limited"),
                (500, "unavailable"),
                (502, "unavailable"),
                (503, "unavailable"),
                (504, "unavailable"),
            ] {
                assert_eq!(name(service, status), expected, "{service:?} {status}");
            }
        }
        // RFC 6749: a token endpoint says invalid_client with a 400.
        assert_eq!(name(Service::Token("visma"), 400), "unauthorized");
        for status in [200, 201, 204] {
            assert!(classify(Service::Ongoing, StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), b"").is_ok());
        }
    }

    #[test]
    fn turned_away_is_only_what_surely_did_nothing() {
        for (status, headers, surely) in [
            (400, &[][..], true),
            (401, &[], true),
            (403, &[], true),
            (404, &[], true),
            (409, &[], true),
            (429, &[("retry-after", "7")], true),
            (429, &[], true),
            (301, &[], false),
            (408, &[], false),
            (500, &[], false),
            (502, &[], false),
            (503, &[], false),
            (503, &[("retry-after", "7")], false),
            (504, &[], false),
        ] {
            assert_eq!(turned_away(&fault(Service::Procountor, status, headers, "")), surely, "{status} {headers:?}");
        }
        assert!(!turned_away(&broken(Broken::Lost("the connection broke".into()))));
        assert!(!turned_away(&broken(Broken::TooLarge { announced: None, largest: 10 })));
    }

    #[test]
    fn retry_after_in_both_its_forms() {
        let after =
            |status, headers: &[(&'static str, &'static str)]| match fault(Service::Ongoing, status, headers, "") {
                Fault::RateLimited { after, .. } => after.as_secs(),
                other => panic!("{other}"),
            };
        assert_eq!(after(429, &[("retry-after", "7")]), 7);
        assert_eq!(after(503, &[("retry-after", "30")]), 30);
        let date = [("date", "Mon, 02 Mar 2026 07:00:00 GMT"), ("retry-after", "Mon, 02 Mar 2026 07:01:30 GMT")];
        assert_eq!(after(429, &date), 90);
        assert_eq!(after(429, &[("retry-after", "99999999999")]), LONGEST);
        assert_eq!(after(429, &[]), 1);
    }

    #[test]
    fn the_vendors_words_in_whichever_casing_and_never_a_whole_body() {
        let why = |body: &str| fault(Service::PowerOffice, 400, &[], body).to_string();
        assert!(why(r#"{"title":"Bad","detail":"Stock on a service"}"#).contains("Stock on a service: Bad"));
        assert!(why(r#"{"Title":"Bad","Detail":"Stock on a service"}"#).contains("Stock on a service: Bad"));
        assert!(why(r#"{"Message":"An error has occurred."}"#).contains("An error has occurred."));
        assert!(!why("<html>Kari Nordmann, Storgata 1</html>").contains("Storgata"));
        assert!(!why(r#"{"customer":{"street":"Storgata 1"}}"#).contains("Storgata"));
        assert_eq!(
            fault(Service::Ongoing, 400, &[], r#"{"Message":"x","ModelState":{"orderNumber":["too long"]}}"#),
            Fault::Rejected { status: Some(400), path: Some("orderNumber".into()), why: "400 x".into() }
        );
    }
}
