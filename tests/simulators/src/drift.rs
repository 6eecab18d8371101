//! What a vendor changes without notice. A drift is laid on a simulator as a whole: from then on its good answers have
//! another shape, whatever is asked.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::{Request, Response};

/// A change that nobody announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drift {
    /// This member, wherever it stands, is a word or a number that no list has.
    Word(&'static str),
    /// This member is gone.
    Gone(&'static str),
    /// This member has members of its own, where it was a text or a number.
    Members(&'static str),
    /// Calls whose target has this part are answered with this status, which the vendor never used, and in its own words.
    Status(&'static str, u16),
    /// The same with a body that has none of the vendor's forms.
    ErrorBody(&'static str, u16),
    /// This parameter of a page's size is not kept to: all rows come.
    Size(&'static str),
    /// The same of these calls' answers alone.
    Of(Calls, Box<Drift>),
}

/// Calls that are none of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// For a token or a session.
    Logins,
    /// That write.
    Writes,
}

impl Calls {
    fn have(self, request: &Request) -> bool {
        let body = String::from_utf8_lossy(&request.body);
        let is_login = body.contains("grant_type=") || body.contains("<Login");
        let reads = request.method == "GET" || body.contains("<Get") || body.contains("<HasSession");
        match self {
            Self::Logins => is_login,
            Self::Writes => !is_login && !reads,
        }
    }
}

/// The word that no list has.
const NOVELTY: &str = "Novelty";

impl Drift {
    /// The call as the vendor takes it.
    pub(crate) fn asked(&self, request: &Request) -> Request {
        let mut request = request.clone();
        if let Self::Size(name) = self {
            request.target = without(&request.target, name);
        }
        request
    }

    /// The answer instead of the vendor's own.
    pub(crate) fn refused(&self, request: &Request) -> Option<Response> {
        match self {
            Self::Status(part, status) if request.target.contains(part) => {
                Some(Response::json(*status, &json!({ "message": "we do this now" })))
            }
            Self::ErrorBody(part, status) if request.target.contains(part) => {
                Some(Response::json(*status, &json!([{ "complaint": "we say it so now" }])))
            }
            Self::Of(calls, drift) if calls.have(request) => drift.refused(request),
            _ => None,
        }
    }

    /// The answer as it is now.
    pub(crate) fn answered(&self, request: &Request, mut response: Response) -> Response {
        if let Self::Of(calls, drift) = self {
            return if calls.have(request) { drift.answered(request, response) } else { response };
        }
        let (Self::Word(name) | Self::Gone(name) | Self::Members(name)) = self else { return response };
        if response.status >= 300 {
            return response;
        }
        let text = String::from_utf8_lossy(&response.body).into_owned();
        response.body = match serde_json::from_str::<Value>(&text) {
            Ok(mut tree) => {
                self.json(&mut tree, name);
                Bytes::from(tree.to_string())
            }
            Err(_) => Bytes::from(self.xml(&text, name)),
        };
        response
    }

    fn json(&self, tree: &mut Value, name: &str) {
        match tree {
            Value::Object(members) => {
                if let Some(member) = members.get_mut(name).filter(|member| !member.is_null()) {
                    match self {
                        Self::Word(_) if member.is_number() => *member = json!(97),
                        Self::Word(_) => *member = json!(NOVELTY),
                        Self::Members(_) => *member = json!({ "value": member.clone() }),
                        _ => {}
                    }
                }
                if matches!(self, Self::Gone(_)) {
                    members.remove(name);
                }
                members.values_mut().for_each(|member| self.json(member, name));
            }
            Value::Array(rows) => rows.iter_mut().for_each(|row| self.json(row, name)),
            _ => {}
        }
    }

    /// Elements of this name that hold text.
    fn xml(&self, text: &str, name: &str) -> String {
        let (start, end) = (format!("<{name}>"), format!("</{name}>"));
        let mut parts = text.split(start.as_str());
        let mut now = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (inner, rest) = part.split_once(end.as_str()).unwrap_or(("", part));
            now += &match self {
                Self::Word(_) => format!("{start}{NOVELTY}{end}"),
                Self::Members(_) => format!("{start}<value>{inner}</value>{end}"),
                _ => String::new(),
            };
            now += rest;
        }
        now
    }
}

/// A target without a parameter of its query.
fn without(target: &str, name: &str) -> String {
    let Some((path, query)) = target.split_once('?') else { return target.to_owned() };
    let names =
        |pair: &&str| pair.split('=').next().is_some_and(|known| known == name || known.replace("%24", "$") == name);
    let kept: Vec<&str> = query.split('&').filter(|pair| !names(pair)).collect();
    format!("{path}?{}", kept.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: &str, body: &str) -> Request {
        let body = Bytes::from(body.to_owned());
        Request { method: method.into(), target: "/a".into(), headers: Vec::new(), body }
    }

    fn answered(drift: &Drift, body: &str) -> String {
        let request = asked("GET", "");
        let response = drift.answered(&request, Response::text(200, "application/json", body));
        String::from_utf8(response.body.to_vec()).unwrap()
    }

    #[test]
    fn members_drift_wherever_they_stand_in_json_and_in_xml() {
        let body = r#"{"Data":[{"Id":7,"Type":"A","Rows":[{"Type":"B"}]}]}"#;
        assert_eq!(
            answered(&Drift::Word("Type"), body),
            r#"{"Data":[{"Id":7,"Rows":[{"Type":"Novelty"}],"Type":"Novelty"}]}"#
        );
        assert_eq!(answered(&Drift::Gone("Type"), body), r#"{"Data":[{"Id":7,"Rows":[{}]}]}"#);
        assert!(answered(&Drift::Members("Id"), body).contains(r#""Id":{"value":7}"#));
        let body = "<a><Id>1</Id><Type>A</Type></a>";
        assert_eq!(answered(&Drift::Gone("Id"), body), "<a><Type>A</Type></a>");
        assert_eq!(answered(&Drift::Word("Type"), body), "<a><Id>1</Id><Type>Novelty</Type></a>");
        assert_eq!(answered(&Drift::Members("Id"), body), "<a><Id><value>1</value></Id><Type>A</Type></a>");
    }

    #[test]
    fn a_size_is_not_asked_for() {
        assert_eq!(without("/a?PageNumber=1&PageSize=200&x=1", "PageSize"), "/a?PageNumber=1&x=1");
        assert_eq!(without("/a?%24pagesize=2", "$pagesize"), "/a?");
        assert_eq!(without("/a", "size"), "/a");
    }

    #[test]
    fn calls_are_told_apart_by_what_they_are_for() {
        for (method, body, of) in [
            ("GET", "", None),
            ("POST", "<GetProducts/>", None),
            ("POST", "<HasSession/>", None),
            ("POST", "grant_type=client_credentials", Some(Calls::Logins)),
            ("POST", "<Login/>", Some(Calls::Logins)),
            ("POST", "<SaveInvoices/>", Some(Calls::Writes)),
            ("PATCH", "[]", Some(Calls::Writes)),
            ("DELETE", "", Some(Calls::Writes)),
        ] {
            for calls in [Calls::Logins, Calls::Writes] {
                let drift = Drift::Of(calls, Box::new(Drift::Gone("Id")));
                let response = Response::text(200, "application/json", r#"{"Id":7}"#);
                let answer = drift.answered(&asked(method, body), response);
                assert_eq!(&answer.body[..] == b"{}", of == Some(calls), "{method} {body}");
            }
        }
    }
}
