//! A request for the page, as API Gateway passes it (payload format 2.0).

use serde_json::Value;
use url::form_urlencoded::parse;

use super::link::{Link, Scope};
use super::translations::Language;
use crate::doors::api_request;
use crate::tenant::is_id;

/// Longer than any number that an ERP gives an order.
const LONGEST_NUMBER: usize = 100;

/// What is asked for.
pub(super) struct StatusRequest {
    /// The link that was followed; `None` where the address has none.
    pub link: Option<Link>,
    /// Of a link for all, the tenant to look at.
    pub tenant: Option<String>,
    /// The order number that is searched for.
    pub number: Option<String>,
    /// The page's language.
    pub language: Language,
}

impl StatusRequest {
    /// Reads an invocation's payload.
    ///
    /// # Errors
    /// A sentence, when the payload is no call of the HTTP API.
    pub fn read(payload: &Value) -> Result<Self, String> {
        api_request::is_call(payload)?;
        let query = payload["rawQueryString"].as_str().unwrap_or_default();
        let fields: Vec<(String, String)> = parse(query.as_bytes()).into_owned().take(20).collect();
        let field = |name: &str| {
            let value = &fields.iter().find(|(known, _)| known == name)?.1;
            Some(value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let scope = match field("tenant") {
            Some(id) => is_id(&id).then_some(Scope::Tenant(id)),
            None => Some(Scope::All),
        };
        let link = || {
            let until = field("until")?.parse().ok()?;
            Some(Link { scope: scope?, until, signature: field("signature")? })
        };
        let chosen = field("lang").and_then(|code| Language::of(&code));
        let accepted = || Language::accepted(api_request::header(payload, "accept-language").unwrap_or_default());
        Ok(Self {
            link: link(),
            tenant: field("view").filter(|id| is_id(id)),
            number: field("number").filter(|number| number.chars().count() <= LONGEST_NUMBER),
            language: chosen.unwrap_or_else(accepted),
        })
    }

    /// The address of the page with this link and these parameters more; relative, so that it leads nowhere else.
    pub fn address(&self, language: Language, more: &[(&str, &str)]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.link.iter().flat_map(Link::parameters));
        query.append_pair("lang", language.code());
        query.extend_pairs(more);
        format!("?{}", query.finish())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn get(query: &str) -> StatusRequest {
        let payload = json!({
            "version": "2.0", "rawPath": "/status", "rawQueryString": query, "headers": { "Accept-Language": "fi" },
            "requestContext": { "http": { "method": "GET", "path": "/status" } },
        });
        StatusRequest::read(&payload).unwrap()
    }

    #[test]
    fn a_link_is_read_with_what_it_asks_for() {
        let request = get("tenant=acme&until=1000&signature=abc&number=+10023+&lang=nb&view=other");
        let link = request.link.as_ref().unwrap();
        assert_eq!((&link.scope, link.until, link.signature.as_str()), (&Scope::Tenant("acme".into()), 1_000, "abc"));
        assert_eq!((request.number.as_deref(), request.language.code()), (Some("10023"), "nb"));
        let address = request.address(Language::Sv, &[("number", "A&B")]);
        assert_eq!(address, "?tenant=acme&until=1000&signature=abc&lang=sv&number=A%26B");
        let request = get("until=1000&signature=abc&view=acme");
        assert!(request.link.is_some_and(|link| link.scope == Scope::All));
        assert_eq!((request.tenant.as_deref(), request.language.code()), (Some("acme"), "fi"));
    }

    #[test]
    fn what_is_no_link_is_none() {
        for query in [
            "",
            "until=x&signature=a",
            "until=1",
            "signature=a",
            "tenant=A%20B&until=1&signature=a",
            "tenant=app&until=1&signature=a",
        ] {
            assert!(get(query).link.is_none(), "{query}");
        }
        assert_eq!(get(&format!("number={}", "9".repeat(101))).number, None);
        assert_eq!(get("view=..%2Fx").tenant, None);
    }
}
