//! Answers of a kind that a vendor never gave: a status code, or the body of an error. The call is named by its method and
//! path, ids as `*`; neither the body nor the address is kept.

use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use url::Url;

use super::classify::Service;
use super::{Call, soap};
use crate::words::schema_drift::{Drift, DriftKind};

/// Statuses that are documented or were seen, of the vendor itself or of a gateway before it (the sheets' sections on
/// errors: Ongoing 1.8, PowerOffice 5, Finago 5, Procountor 4, Visma 4).
const KNOWN: [u16; 17] = [200, 201, 202, 204, 400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504];

/// Members that say what an error is, in whichever casing.
const MEMBERS: [&str; 8] =
    ["error", "error_description", "errors", "errorcode", "message", "modelstate", "title", "detail"];

/// What is new about an answer.
pub(super) fn of(service: Service, call: &Call, status: StatusCode, body: &[u8]) -> Option<Drift> {
    let system = service.word();
    let status = status.as_u16();
    let (kind, more) = if !KNOWN.contains(&status) {
        (DriftKind::UnknownStatus, format!(" {status}"))
    } else if status >= 400 && !is_known(service, status, body) {
        (DriftKind::UnknownErrorBody, format!(" {status}"))
    } else {
        return None;
    };
    let path = format!("{} {}{more}", call.method, path(&call.url));
    Some(Drift { system: system.to_owned(), kind, path, required: false })
}

/// A throttled call that does not say how long to wait: it is taken to (`poweroffice.retry-after`). Nobody breaks a limit to see
/// that, so it is told where it is met.
pub(super) fn without_pause(service: Service, status: StatusCode, headers: &HeaderMap) -> Option<Drift> {
    let says = status != StatusCode::TOO_MANY_REQUESTS || headers.contains_key(RETRY_AFTER);
    (service == Service::PowerOffice && !says).then(Drift::without_retry_after)
}

/// Whether an error's body has one of the vendor's forms, or is a gateway's page.
fn is_known(service: Service, status: u16, body: &[u8]) -> bool {
    let body = body.trim_ascii();
    let page = body.starts_with(b"<");
    if body.is_empty()
        || page && service != Service::Finago
        || service == Service::Finago && soap::fault(body).is_some()
    {
        return true;
    }
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(members)) => {
            members.keys().any(|name| MEMBERS.iter().any(|known| name.eq_ignore_ascii_case(known)))
        }
        // In the middle of a text nothing can be said of its form.
        Err(error) => error.is_eof() || page || status >= 500,
        Ok(_) => false,
    }
}

/// An address's path behind the version of the API, where it names one; what holds a digit is an id.
fn path(url: &Url) -> String {
    let segments: Vec<&str> = url.path().split('/').filter(|segment| !segment.is_empty()).collect();
    let is_version = |segment: &&str| {
        let digits = segment.trim_start_matches(['v', 'V']);
        **segment == *"api"
            || segment.len() > digits.len() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    let from = segments.iter().rposition(is_version).map_or(0, |at| at + 1);
    let name =
        |segment: &&str| if segment.bytes().any(|byte| byte.is_ascii_digit()) { "*" } else { *segment }.to_owned();
    segments[from..].iter().map(name).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drift(service: Service, status: u16, body: &str) -> Option<(DriftKind, String)> {
        let call = Call::get(Url::parse("https://api.example/acme/api/v1/orders/50001?goodsOwnerId=159").unwrap());
        let drift = of(service, &call, StatusCode::from_u16(status).unwrap(), body.as_bytes())?;
        assert!(!drift.required && service.word() == drift.system);
        Some((drift.kind, drift.path))
    }

    #[test]
    fn what_was_seen_before_is_no_news() {
        for (status, body) in [
            (200, "anything"),
            (400, r#"{"message":"no"}"#),
            (400, r#"{"Message":"no","ModelState":{}}"#),
            (401, ""),
            (404, "<html>not here</html>"),
            (500, "upstream error"),
            (400, r#"{"ErrorCode":4004}"#),
            (400, r#"{"error":"invalid_grant"}"#),
            (400, r#"{"error"#),
        ] {
            assert_eq!(drift(Service::Ongoing, status, body), None, "{status} {body}");
        }
        let fault = r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>soap:Client</faultcode></s:Fault></s:Body></s:Envelope>"#;
        assert_eq!(drift(Service::Finago, 500, fault), None);
    }

    #[test]
    fn a_new_status_and_a_new_error_body_are_named_by_their_call_alone() {
        let told = |kind| Some((kind, "GET orders/*".to_owned()));
        let whole = |kind, status| told(kind).map(|(kind, path)| (kind, format!("{path} {status}")));
        assert_eq!(drift(Service::Ongoing, 418, "Kari"), whole(DriftKind::UnknownStatus, 418));
        assert_eq!(drift(Service::Ongoing, 302, ""), whole(DriftKind::UnknownStatus, 302));
        assert_eq!(drift(Service::Ongoing, 400, r#"{"fault":"Kari"}"#), whole(DriftKind::UnknownErrorBody, 400));
        assert_eq!(drift(Service::Ongoing, 400, "Kari Nordmann"), whole(DriftKind::UnknownErrorBody, 400));
        assert_eq!(drift(Service::Ongoing, 400, "[]"), whole(DriftKind::UnknownErrorBody, 400));
    }

    #[test]
    fn ids_and_what_stands_before_the_version_are_left_out() {
        for (url, named) in [
            ("https://goapi.poweroffice.net/v2/OutgoingInvoices/3f2a-b/Lines", "OutgoingInvoices/*/Lines"),
            ("https://goapi.poweroffice.net/OAuth/Token", "OAuth/Token"),
            ("https://api.procountor.com/api/products/17", "products/*"),
            ("https://api.24sevenoffice.com/CRM/Company/V001/CompanyService.asmx", "CompanyService.asmx"),
            ("https://api.procountor.com/latest/api/invoices", "invoices"),
        ] {
            assert_eq!(path(&Url::parse(url).unwrap()), named);
        }
    }

    #[test]
    fn a_limit_of_poweroffice_without_a_pause_is_told() {
        let with = HeaderMap::from_iter([(RETRY_AFTER, http::HeaderValue::from_static("1"))]);
        let told = |service, status: u16, headers: &HeaderMap| {
            without_pause(service, StatusCode::from_u16(status).unwrap(), headers).is_some()
        };
        assert!(told(Service::PowerOffice, 429, &HeaderMap::new()));
        assert!(!told(Service::PowerOffice, 429, &with) && !told(Service::PowerOffice, 503, &HeaderMap::new()));
        assert!(!told(Service::Visma, 429, &HeaderMap::new()), "of the others nobody takes it to be there");
    }
}
