//! A request of the HTTP API as API Gateway passes it to a function (payload format 2.0), and the response.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::doors::webhook::{Incoming, LARGEST, Reply};
use crate::ports::Run;
use crate::words::secret::Secret;

/// Where webhooks come in; the tenant's id follows.
const WEBHOOKS: &str = "/webhooks/ongoing/";

/// A call to `POST /webhooks/ongoing/{tenant_id}`.
#[derive(PartialEq, Eq)]
pub struct Call {
    /// From the path, decoded; whatever stands there.
    pub tenant_id: String,
    /// `X-Auth-Token`, or the password of Basic.
    pub token: Option<Secret>,
    /// The body; empty when it cannot be decoded, which is no webhook either.
    pub body: Vec<u8>,
}

impl Call {
    /// Reads an invocation's payload; the inner error is a call that can be answered at once.
    ///
    /// # Errors
    /// A sentence, when the payload is no call of the HTTP API.
    pub fn read(payload: &Value) -> Result<Result<Self, Reply>, String> {
        is_call(payload)?;
        let Some(body) = body(payload, LARGEST) else { return Ok(Err(Reply::TooLarge)) };
        Ok(Ok(Self { tenant_id: tenant_id(payload), token: token(payload), body }))
    }

    /// The request as the webhook receiver takes it.
    #[must_use]
    pub fn incoming<'a>(&'a self, run: &'a Run) -> Incoming<'a> {
        Incoming { tenant_id: &self.tenant_id, token: self.token.clone(), body: &self.body, run }
    }
}

/// The response in API Gateway's format. A 401 has the `WWW-Authenticate` header that HTTP requires.
#[must_use]
pub fn answer(reply: Reply) -> Value {
    let (status, body) = reply.http();
    let mut headers = json!({ "content-type": "application/json", "cache-control": "no-store" });
    if status == 401 {
        headers["www-authenticate"] = json!(r#"Basic realm="webhooks""#);
    }
    json!({ "statusCode": status, "headers": headers, "body": body })
}

/// Whether an invocation's payload is a call of the HTTP API at all.
pub(crate) fn is_call(payload: &Value) -> Result<(), String> {
    if payload["version"] != "2.0" || !payload["requestContext"]["http"].is_object() {
        return Err("the event is no call of the HTTP API in payload format 2.0".into());
    }
    Ok(())
}

/// A call's body; empty when it cannot be decoded, and `None` when it is larger than `largest`.
pub(crate) fn body(payload: &Value, largest: usize) -> Option<Vec<u8>> {
    let text = payload["body"].as_str().unwrap_or_default();
    let encoded = payload["isBase64Encoded"] == true;
    // Checked before decoding: four base64 characters stand for three bytes at most.
    let least = if encoded { (text.len() / 4).saturating_sub(1) * 3 } else { text.len() };
    if least > largest {
        return None;
    }
    Some(if encoded { BASE64_STANDARD.decode(text).unwrap_or_default() } else { text.as_bytes().to_vec() })
}

/// From the route's parameter, else from the path's end. An id has no percent-encoded characters, so decoding twice cannot
/// produce one.
fn tenant_id(payload: &Value) -> String {
    let parameter = payload["pathParameters"]["tenant_id"].as_str();
    let segment = parameter.or_else(|| {
        let path = payload["rawPath"].as_str()?;
        // A stage that has a name stands before the route.
        let (_, segment) = path.split_once(WEBHOOKS)?;
        Some(segment)
    });
    decoded(segment.unwrap_or_default())
}

/// A segment of a path without its percent signs.
pub(crate) fn decoded(segment: &str) -> String {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let [first, tail @ ..] = rest {
        let pair = tail.get(..2).filter(|pair| *first == b'%' && pair.iter().all(u8::is_ascii_hexdigit));
        let byte = pair.and_then(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn token(payload: &Value) -> Option<Secret> {
    let filled = |token: &String| !token.is_empty();
    let own = header(payload, "x-auth-token").map(str::to_owned).filter(filled);
    own.or_else(|| basic(header(payload, "authorization")?).filter(filled)).map(Secret::new)
}

/// The password; the user may be anybody.
fn basic(header: &str) -> Option<String> {
    let (scheme, pair) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(BASE64_STANDARD.decode(pair.trim()).ok()?).ok()?;
    pair.split_once(':').map(|(_, password)| password.to_owned())
}

/// API Gateway writes header names in lower case; an emulator may not.
pub(crate) fn header<'a>(payload: &'a Value, name: &str) -> Option<&'a str> {
    let headers = payload["headers"].as_object()?;
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?.1.as_str().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(path: &str, headers: Value, body: &str) -> Value {
        json!({
            "version": "2.0",
            "routeKey": "POST /webhooks/ongoing/{tenant_id}",
            "rawPath": path,
            "rawQueryString": "",
            "headers": headers,
            "requestContext": { "http": { "method": "POST", "path": path }, "stage": "$default" },
            "body": body,
            "isBase64Encoded": false
        })
    }

    fn call(payload: &Value) -> Call {
        let Ok(Ok(call)) = Call::read(payload) else { panic!("a call: {payload}") };
        call
    }

    fn token_of(headers: Value) -> Option<String> {
        call(&event("/webhooks/ongoing/acme", headers, "")).token.map(|token| token.expose().to_owned())
    }

    fn tenant_of(path: &str) -> String {
        call(&event(path, json!({}), "")).tenant_id
    }

    #[test]
    fn the_token_is_the_header_s_or_basic_s_password() {
        let basic = |pair: &str| format!("Basic {}", BASE64_STANDARD.encode(pair));
        assert_eq!(token_of(json!({ "x-auth-token": " t " })).as_deref(), Some("t"));
        assert_eq!(token_of(json!({ "X-Auth-Token": "t" })).as_deref(), Some("t"));
        assert_eq!(token_of(json!({ "authorization": basic("any:b:c") })).as_deref(), Some("b:c"));
        assert_eq!(token_of(json!({ "authorization": basic(":b").replace("Basic", "bASIC") })).as_deref(), Some("b"));
        assert_eq!(token_of(json!({ "x-auth-token": "t", "authorization": basic("u:b") })).as_deref(), Some("t"));
        assert_eq!(token_of(json!({ "x-auth-token": "", "authorization": basic("u:b") })).as_deref(), Some("b"));
    }

    #[test]
    fn what_is_no_token_is_none() {
        let none = [
            json!({}),
            json!({ "x-auth-token": " " }),
            json!({ "x-auth-token": 7 }),
            json!({ "authorization": "Basic" }),
            json!({ "authorization": "Basic !" }),
            json!({ "authorization": format!("Basic {}", BASE64_STANDARD.encode("nobody")) }),
            json!({ "authorization": format!("Basic {}", BASE64_STANDARD.encode("u:")) }),
            json!({ "authorization": format!("Basic {}", BASE64_STANDARD.encode([b'u', b':', 0xff])) }),
            json!({ "authorization": format!("Bearer {}", BASE64_STANDARD.encode("u:b")) }),
        ];
        for headers in none {
            assert_eq!(token_of(headers.clone()), None, "{headers}");
        }
        let mut headless = event("/webhooks/ongoing/acme", json!({}), "");
        headless["headers"] = Value::Null;
        assert!(call(&headless).token.is_none());
    }

    #[test]
    fn the_tenant_is_the_route_s_parameter_or_the_path_s_end() {
        let mut both = event("/webhooks/ongoing/beta", json!({}), "");
        both["pathParameters"] = json!({ "tenant_id": "acme" });
        assert_eq!(call(&both).tenant_id, "acme");
        both["pathParameters"] = json!({ "tenant_id": "%61cme" });
        assert_eq!(call(&both).tenant_id, "acme");
        assert_eq!(tenant_of("/webhooks/ongoing/acme"), "acme");
        assert_eq!(tenant_of("/prod/webhooks/ongoing/%61cme%2d1"), "acme-1");
    }

    #[test]
    fn an_odd_path_names_nobody() {
        let odd =
            ["", "/", "/webhooks/ongoing/", "/webhooks/ongoing", "/webhooks/other/acme", "/webhooks/ongoing/acme/"];
        let sly = [
            "/webhooks/ongoing/acme/webhooks/ongoing/beta",
            "/webhooks/ongoing/..%2facme",
            "/webhooks/ongoing/acme%00",
            "/webhooks/ongoing/%2561cme",
            "/webhooks/ongoing/%ff",
            "/webhooks/ongoing/%+1",
            "/webhooks/ongoing/%6",
            "/webhooks/ongoing/app",
        ];
        for path in odd.into_iter().chain(sly) {
            assert!(!crate::tenant::is_id(&tenant_of(path)), "{path}");
        }
        assert_eq!(tenant_of("/webhooks/ongoing/%ff%6"), "\u{fffd}%6");
    }

    #[test]
    fn a_body_is_read_as_it_came() {
        let mut event = event("/webhooks/ongoing/acme", json!({}), "{\"a\":\"å\"}");
        assert_eq!(call(&event).body, "{\"a\":\"å\"}".as_bytes());
        event["body"] = json!(BASE64_STANDARD.encode([0, 255, 7]));
        event["isBase64Encoded"] = json!(true);
        assert_eq!(call(&event).body, [0, 255, 7]);
        event["body"] = json!("not base64!");
        assert!(call(&event).body.is_empty());
        event["body"] = Value::Null;
        assert!(call(&event).body.is_empty());
    }

    #[test]
    fn a_body_is_too_large_before_it_is_decoded() {
        let with = |bytes: usize, encoded: bool| {
            let body = vec![b'x'; bytes];
            let text = if encoded { BASE64_STANDARD.encode(&body) } else { String::from_utf8(body).unwrap() };
            let mut event = event("/webhooks/ongoing/acme", json!({}), &text);
            event["isBase64Encoded"] = json!(encoded);
            Call::read(&event).unwrap().map(|call| call.body.len())
        };
        for encoded in [false, true] {
            assert_eq!(with(LARGEST, encoded), Ok(LARGEST));
            assert_eq!(with(LARGEST + 4, encoded), Err(Reply::TooLarge));
        }
    }

    #[test]
    fn another_event_is_no_call() {
        let call = event("/webhooks/ongoing/acme", json!({}), "");
        let mut old = call.clone();
        old["version"] = json!("1.0");
        let mut tick = call;
        tick["requestContext"] = Value::Null;
        for payload in [old, tick, json!({ "tenant_id": "acme" }), json!(null), json!([])] {
            let refused = Call::read(&payload).err().unwrap();
            assert!(refused.contains("no call of the HTTP API"), "{refused}");
        }
    }

    #[test]
    fn an_answer_is_not_kept_by_anybody() {
        let accepted = answer(Reply::Accepted);
        assert_eq!(accepted["statusCode"], 202);
        assert_eq!(accepted["body"], r#"{"message":"accepted"}"#);
        let headers = json!({ "content-type": "application/json", "cache-control": "no-store" });
        assert_eq!(accepted["headers"], headers);
        let statuses = [Reply::Unauthorized, Reply::NotAWebhook, Reply::TooLarge, Reply::Unavailable];
        assert_eq!(statuses.map(|reply| answer(reply)["statusCode"].as_u64()), [401, 400, 413, 503].map(Some));
        assert!(answer(Reply::Unauthorized)["headers"]["www-authenticate"].is_string());
    }
}
