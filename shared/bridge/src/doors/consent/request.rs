//! A request to the consent pages, as API Gateway passes it (payload format 2.0).

use serde_json::Value;
use url::Url;
use url::form_urlencoded::parse;

use super::ticket;
use super::translations::Language;
use crate::doors::api_request;
use crate::words::kind::Kind;
use crate::words::secret::Secret;

/// Where the pages are; the ERP and the tenant's id, or [`CALLBACK`], follow.
const PAGES: &str = "/connect/";

/// Where ERPs send a person back to; no tenant has this id (contract, section 3).
const CALLBACK: &str = "callback";

/// Only a browser on the very host that set it sends this cookie, and never along with a form of another site.
const COOKIE: &str = "__Host-connect";

/// No form of ours is longer.
const MAX_FORM_BYTES: usize = 16 * 1024;

/// Longer than any code, state, ticket or key that is given out.
const MAX_VALUE_BYTES: usize = 8 * 1024;

/// The link of a ticket: the start page's address with the ticket.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct ConsentLink {
    /// `{ApiUrl}/connect/{erp}/{tenant_id}`.
    pub path: String,
    /// The ticket.
    pub ticket: Secret,
}

impl ConsentLink {
    /// The start page.
    pub fn of(api_url: &Url, kind: Kind, tenant_id: &str, ticket: &Secret) -> Self {
        Self { path: ticket::page(api_url, kind, tenant_id), ticket: ticket.clone() }
    }

    /// The whole link.
    pub fn url(&self) -> String {
        format!("{}?ticket={}", self.path, self.ticket.expose())
    }
}

/// The cookie: the browser's id, and the link it used last.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Cookie {
    /// Names the browser; bound into every state.
    pub browser: Secret,
    /// The last ticket it showed, and its tenant.
    pub link_used: Option<(String, Secret)>,
}

impl Cookie {
    /// `<browser>` or `<browser>.<tenant_id>.<ticket>`; anything else is nobody's.
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let browser = parts.next().filter(|browser| is_token(browser))?;
        let link_used = match (parts.next(), parts.next(), parts.next()) {
            (Some(id), Some(ticket), None) if crate::tenant::is_id(id) && is_token(ticket) => {
                Some((id.to_owned(), Secret::new(ticket.to_owned())))
            }
            _ => None,
        };
        Some(Self { browser: Secret::new(browser.to_owned()), link_used })
    }

    /// The header's value. It lives as long as a ticket.
    pub fn set(&self) -> String {
        let by = self.link_used.as_ref().map_or_else(String::new, |(id, ticket)| format!(".{id}.{}", ticket.expose()));
        let age = ticket::LIFETIME.as_secs();
        format!("{COOKIE}={}{by}; Path=/; Max-Age={age}; Secure; HttpOnly; SameSite=Lax", self.browser.expose())
    }
}

/// Whether it has the form of what [`ticket::unguessable`] makes.
fn is_token(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// What is asked for.
pub(super) enum Step {
    /// The start page of a tenant.
    StartPage { tenant_id: String },
    /// The button on it.
    Authorize { tenant_id: String },
    /// A pasted key.
    ApiKey { tenant_id: String },
    /// Back from the ERP.
    Callback,
}

/// A call.
pub(super) struct ConsentRequest {
    /// The ERP in the path.
    pub kind: Option<Kind>,
    /// What is asked for; `None` where nothing is.
    pub step: Option<Step>,
    /// Who asks.
    pub cookie: Option<Cookie>,
    /// In which language; `None` where the browser has not said it by a click of its own.
    pub chosen: Option<Language>,
    /// The browser's language.
    pub accepted: Language,
    fields: Vec<(String, String)>,
}

impl ConsentRequest {
    /// Reads an invocation's payload.
    ///
    /// # Errors
    /// A sentence, when the payload is no call of the HTTP API.
    pub fn read(payload: &Value) -> Result<Self, String> {
        api_request::is_call(payload)?;
        let method = payload["requestContext"]["http"]["method"].as_str().unwrap_or_default();
        let path = payload["rawPath"].as_str().unwrap_or_default();
        // A stage that has a name stands before the route.
        let (erp, place) = path.split_once(PAGES).and_then(|(_, rest)| rest.split_once('/')).unwrap_or_default();
        let fields = match method {
            "GET" => parse(payload["rawQueryString"].as_str().unwrap_or_default().as_bytes()).into_owned().collect(),
            "POST" => parse(&api_request::body(payload, MAX_FORM_BYTES).unwrap_or_default()).into_owned().collect(),
            _ => Vec::new(),
        };
        let mut request = Self {
            kind: Kind::named(&api_request::decoded(erp)),
            step: None,
            cookie: cookie(payload),
            chosen: None,
            accepted: Language::accepted(api_request::header(payload, "accept-language").unwrap_or_default()),
            fields,
        };
        let tenant_id = api_request::decoded(place);
        request.chosen = request.field("lang").and_then(Language::of);
        request.step = match (method, tenant_id.as_str()) {
            ("GET", CALLBACK) => Some(Step::Callback),
            ("GET", _) => Some(Step::StartPage { tenant_id }),
            ("POST", _) if request.field("step") == Some("key") => Some(Step::ApiKey { tenant_id }),
            ("POST", _) => Some(Step::Authorize { tenant_id }),
            _ => None,
        };
        Ok(request)
    }

    /// A field of the query, or of the form, with something in it.
    pub fn field(&self, name: &str) -> Option<&str> {
        let value = &self.fields.iter().find(|(known, _)| known == name)?.1;
        Some(value.trim()).filter(|value| !value.is_empty() && value.len() <= MAX_VALUE_BYTES)
    }

    /// The same, as a secret.
    pub fn secret(&self, name: &str) -> Option<Secret> {
        self.field(name).map(|value| Secret::new(value.to_owned()))
    }

    /// The language of the answer.
    pub fn language(&self) -> Language {
        self.chosen.unwrap_or(self.accepted)
    }
}

/// API Gateway lists cookies separately; an emulator leaves them in their header.
fn cookie(payload: &Value) -> Option<Cookie> {
    let listed = payload["cookies"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let header = api_request::header(payload, "cookie").unwrap_or_default();
    let mut pairs = listed.chain(header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).and_then(|(_, value)| Cookie::read(value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn get(path: &str, query: &str, headers: Value) -> ConsentRequest {
        let payload = json!({
            "version": "2.0", "rawPath": path, "rawQueryString": query, "headers": headers,
            "requestContext": { "http": { "method": "GET", "path": path } },
        });
        ConsentRequest::read(&payload).unwrap()
    }

    fn tenant(request: &ConsentRequest) -> &str {
        match &request.step {
            Some(Step::StartPage { tenant_id } | Step::Authorize { tenant_id } | Step::ApiKey { tenant_id }) => {
                tenant_id
            }
            Some(Step::Callback) => "back",
            None => "none",
        }
    }

    #[test]
    fn the_path_says_which_erp_and_whose_page() {
        let request = get("/prod/connect/visma/%61cme", "ticket=t%2Bu&lang=sv", json!({ "Accept-Language": "fi" }));
        assert_eq!((request.kind, tenant(&request)), (Some(Kind::Visma), "acme"));
        assert_eq!(
            (request.field("ticket"), request.language(), request.accepted),
            (Some("t+u"), Language::Sv, Language::Fi)
        );
        assert_eq!(tenant(&get("/connect/procountor/callback", "code=c", json!({}))), "back");
        for path in ["", "/connect/", "/connect/visma", "/connect/visma/acme/more", "/connect//acme", "/webhooks/x"] {
            let request = get(path, "", json!({}));
            assert!(request.kind.is_none() || !crate::tenant::is_id(tenant(&request)), "{path}");
        }
        assert_eq!(get("/connect/sap/acme", "", json!({})).kind, None);
    }

    #[test]
    fn a_cookie_is_read_where_it_stands_and_only_as_it_was_made() {
        let (browser, ticket) = ("b".repeat(43), "t".repeat(43));
        let whole = format!("{browser}.acme.{ticket}");
        let cookie = Cookie::read(&whole).unwrap();
        assert!(cookie.set().starts_with(&format!("__Host-connect={whole}; Path=/; Max-Age=86400; Secure; HttpOnly;")));
        let header = json!({ "cookie": format!("a=b; __Host-connect={whole}; c=d") });
        assert!(get("/connect/visma/acme", "", header).cookie == Some(cookie.clone()));
        let mut payload = json!({
            "version": "2.0", "rawPath": "/connect/visma/acme", "requestContext": { "http": { "method": "GET" } },
        });
        payload["cookies"] = json!(["a=b", format!("__Host-connect={whole}")]);
        assert!(ConsentRequest::read(&payload).unwrap().cookie == Some(cookie));
        for odd in ["", ".", "short", &browser[1..], &format!("{browser}x"), &browser.replace('b', "é")] {
            assert!(Cookie::read(odd).is_none(), "{odd}");
        }
        for half in
            [browser.clone(), format!("{browser}.app.{ticket}"), format!("{browser}.acme.x"), format!("{whole}.x")]
        {
            assert!(Cookie::read(&half).unwrap().link_used.is_none(), "{half}");
        }
    }

    #[test]
    fn a_form_is_read_in_either_of_its_spellings_up_to_a_limit() {
        use base64::Engine as _;
        let post = |body: &str, encoded: bool| {
            let payload = json!({
                "version": "2.0", "rawPath": "/connect/visma/acme", "rawQueryString": "step=key", "isBase64Encoded": encoded,
                "requestContext": { "http": { "method": "POST" } }, "body": body,
            });
            ConsentRequest::read(&payload).unwrap()
        };
        let form = "step=key&api_key=+a%0A&ticket=";
        for request in [post(form, false), post(&base64::prelude::BASE64_STANDARD.encode(form), true)] {
            assert!(matches!(request.step, Some(Step::ApiKey { .. })));
            assert_eq!((request.field("api_key"), request.field("ticket")), (Some("a"), None));
        }
        assert!(matches!(post("", false).step, Some(Step::Authorize { .. })), "the query of a form counts for nothing");
        assert!(post(&format!("ticket=t&x={}", "x".repeat(MAX_FORM_BYTES)), false).field("ticket").is_none());
    }
}
