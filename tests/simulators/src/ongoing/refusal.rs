//! The shapes in which Ongoing says no (Ongoing sheet, section 1.8).

use serde_json::{Map, Value, json};

use crate::Response;

/// An application error: `{"message": …}`.
pub(super) fn message(status: u16, text: &str) -> Response {
    Response::json(status, &json!({ "message": text }))
}

/// What the framework answers when something broke inside.
pub(super) fn broken(status: u16) -> Response {
    Response::json(status, &json!({ "Message": "An error has occurred." }))
}

/// A body or parameter that could not be bound to the model.
pub(super) fn model_state(faults: &[(String, String)]) -> Response {
    let mut state = Map::new();
    for (member, fault) in faults {
        state.insert(member.clone(), json!([fault]));
    }
    Response::json(400, &json!({ "Message": "The request is invalid.", "ModelState": Value::Object(state) }))
}

/// One member that could not be bound.
pub(super) fn unbound(member: &str, fault: &str) -> Response {
    model_state(&[(member.to_owned(), fault.to_owned())])
}

/// What the web server says before it asks anybody: its request filter found the query too long.
pub(super) fn long_query() -> Response {
    let page = "<html><head><title>404.15 - Not Found</title></head><body>The request filtering module is configured to deny \
        a request where the query string is too long.</body></html>";
    Response::text(404, "text/html", page)
}

/// Wrong or missing credentials.
pub(super) fn unauthorized() -> Response {
    Response::json(401, &json!({ "Message": "Authorization has been denied for this request." }))
        .with("WWW-Authenticate", "Basic realm=\"Ongoing\"")
}
