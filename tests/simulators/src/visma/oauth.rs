//! The identity server: authorization code, and refresh tokens that rotate or do not (Visma sheet, section 1).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use url::form_urlencoded;

use crate::{Request, Response};

/// What the identity server can be told to do otherwise.
#[derive(Clone, Debug)]
pub struct OauthRules {
    /// Clients made before the vendor changed it get a new refresh token at every refresh; newer ones keep theirs.
    pub refresh_rotates: bool,
    /// How long an access token lives.
    pub access_lifetime: SignedDuration,
    /// How long a refresh token lives unused. The vendor's own texts contradict each other; two years is the middle one.
    pub refresh_lifetime: SignedDuration,
    /// How long an authorization code lives.
    pub code_lifetime: SignedDuration,
    /// Addresses the consent may go back to; none means any.
    pub redirect_uris: Vec<String>,
    /// The company that the person at the consent page chooses; `None` is a person who refuses.
    pub consenting: Option<String>,
    /// Shows the consent page and lets a person choose, instead of [`OauthRules::consenting`].
    pub shows_page: bool,
}

impl Default for OauthRules {
    fn default() -> Self {
        Self {
            refresh_rotates: true,
            access_lifetime: SignedDuration::from_hours(1),
            refresh_lifetime: SignedDuration::from_hours(24 * 730),
            code_lifetime: SignedDuration::from_mins(5),
            redirect_uris: Vec::new(),
            consenting: None,
            shows_page: false,
        }
    }
}

/// What was counted since the beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OauthCounts {
    /// Refreshes that gave a token.
    pub refreshes: u32,
    /// Refreshes that were refused.
    pub refused: u32,
    /// Families revoked because a refresh token was used a second time.
    pub families_revoked: u32,
}

/// What an access token opens.
#[derive(Clone, Debug)]
pub struct Access {
    /// The company it is bound to.
    pub company: String,
    /// The scopes granted.
    pub scopes: Vec<String>,
    until: Timestamp,
}

#[derive(Clone, Debug)]
struct Family {
    company: String,
    scopes: Vec<String>,
    /// Every refresh token ever given, the live one last.
    tokens: Vec<String>,
    until: Timestamp,
    revoked: bool,
}

#[derive(Clone, Debug)]
struct Code {
    company: String,
    scopes: Vec<String>,
    redirect_uri: String,
    until: Timestamp,
}

/// The identity server's state.
#[derive(Clone, Debug)]
pub struct Oauth {
    /// How it behaves.
    pub rules: OauthRules,
    /// What it counted.
    pub counts: OauthCounts,
    client_id: String,
    /// What it proves itself with.
    pub client_secret: String,
    families: Vec<Family>,
    codes: BTreeMap<String, Code>,
    access: BTreeMap<String, Access>,
    minted: u64,
}

impl Oauth {
    /// An identity server that knows one client.
    #[must_use]
    pub fn new(client_id: &str, client_secret: &str) -> Self {
        Self {
            rules: OauthRules::default(),
            counts: OauthCounts::default(),
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            families: Vec::new(),
            codes: BTreeMap::new(),
            access: BTreeMap::new(),
            minted: 0,
        }
    }

    /// A fresh refresh token for a company, as a consent would give it with these scopes.
    pub fn grant(&mut self, now: Timestamp, company: &str, scopes: &[&str]) -> String {
        let token = self.mint("refresh");
        self.families.push(Family {
            company: company.into(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            tokens: vec![token.clone()],
            until: now + self.rules.refresh_lifetime,
            revoked: false,
        });
        token
    }

    /// The consenting person changed the password: the company's refresh tokens are dead, without notice.
    pub fn change_password(&mut self, company: &str) {
        self.families.iter_mut().filter(|family| family.company == company).for_each(|family| family.revoked = true);
    }

    /// Makes every access token of a company worthless before its time.
    pub fn expire_access(&mut self, company: &str) {
        self.access.retain(|_, access| access.company != company);
    }

    /// The live refresh token of a company's newest consent.
    #[must_use]
    pub fn live_refresh_token(&self, company: &str) -> Option<&str> {
        let live = self.families.iter().rev().find(|family| family.company == company && !family.revoked)?;
        live.tokens.last().map(String::as_str)
    }

    /// The refresh tokens of every consent ever given, each consent's live one last, and whether it is revoked.
    pub fn consents(&self) -> impl Iterator<Item = (&[String], bool)> {
        self.families.iter().map(|family| (family.tokens.as_slice(), family.revoked))
    }

    /// What a bearer token opens now.
    #[must_use]
    pub fn access(&self, now: Timestamp, bearer: Option<&str>) -> Option<Access> {
        self.access.get(bearer?).filter(|access| now < access.until).cloned()
    }

    /// Answers a call under `/connect/`; the person at the consent page may choose among `companies`, by key and name.
    pub fn handle(&mut self, now: Timestamp, request: &Request, companies: &[(String, String)]) -> Response {
        match (request.method.as_str(), request.path().as_str()) {
            ("GET", "/connect/authorize") => self.authorize(now, request, companies),
            ("POST", "/connect/token") => self.token(now, request),
            ("POST", "/connect/revocation") => self.revoke(request),
            _ => Response::empty(404),
        }
    }

    fn authorize(&mut self, now: Timestamp, request: &Request, companies: &[(String, String)]) -> Response {
        let redirect_uri = request.param("redirect_uri").unwrap_or_default();
        let registered = self.rules.redirect_uris.is_empty() || self.rules.redirect_uris.contains(&redirect_uri);
        let Ok(mut target) = url::Url::parse(&redirect_uri) else {
            return Response::text(400, "text/html", "Invalid redirect_uri");
        };
        if request.param("client_id").as_deref() != Some(&self.client_id) || !registered {
            return Response::text(400, "text/html", "Sorry, there was an error: unauthorized_client");
        }
        let scope = request.param("scope").unwrap_or_default();
        let scopes: Vec<String> = scope.split_whitespace().map(str::to_owned).collect();
        let answered = request.param("company").is_some() || request.param("refuse").is_some();
        if self.rules.shows_page && !answered {
            return page(request, companies);
        }
        let known = |key: &String| companies.iter().any(|(company, _)| company == key);
        let company = match self.rules.shows_page {
            true => request.param("company").filter(known),
            false => self.rules.consenting.clone(),
        };
        let error = if request.param("response_type").as_deref() != Some("code") {
            Some("unsupported_response_type")
        } else if !scopes.iter().any(|scope| scope == "ea:api") {
            Some("invalid_scope")
        } else if company.is_none() {
            Some("access_denied")
        } else {
            None
        };
        if let Some(error) = error {
            target.query_pairs_mut().append_pair("error", error);
        } else {
            let code = self.mint("code");
            target.query_pairs_mut().append_pair("code", &code).append_pair("scope", &scope);
            let (company, until) = (company.unwrap_or_default(), now + self.rules.code_lifetime);
            self.codes.insert(code, Code { company, scopes, redirect_uri, until });
        }
        if let Some(state) = request.param("state") {
            target.query_pairs_mut().append_pair("state", &state);
        }
        Response::empty(302).with("Location", target.as_str())
    }

    fn token(&mut self, now: Timestamp, request: &Request) -> Response {
        if !self.knows_client(request) {
            return refusal("invalid_client");
        }
        if !request.header("content-type").unwrap_or_default().starts_with("application/x-www-form-urlencoded") {
            return refusal("invalid_request");
        }
        let form = |name: &str| form_value(request, name);
        match form("grant_type").as_str() {
            "authorization_code" => match self.codes.remove(&form("code")) {
                Some(code) if now < code.until && code.redirect_uri == form("redirect_uri") => {
                    let scopes: Vec<&str> = code.scopes.iter().map(String::as_str).collect();
                    let offline = scopes.contains(&"offline_access");
                    let refresh = offline.then(|| self.grant(now, &code.company, &scopes));
                    self.answer(now, &code.company, code.scopes.clone(), refresh)
                }
                _ => refusal("invalid_grant"),
            },
            "refresh_token" => self.refresh(now, &form("refresh_token")),
            _ => refusal("unsupported_grant_type"),
        }
    }

    fn refresh(&mut self, now: Timestamp, token: &str) -> Response {
        let next = self.mint("refresh");
        let family = self.families.iter_mut().find(|family| family.tokens.iter().any(|given| given == token));
        let Some(family) = family.filter(|family| !family.revoked && now < family.until) else {
            self.counts.refused += 1;
            return refusal("invalid_grant");
        };
        if family.tokens.last().map(String::as_str) != Some(token) {
            family.revoked = true;
            self.counts.families_revoked += 1;
            self.counts.refused += 1;
            return refusal("invalid_grant");
        }
        if self.rules.refresh_rotates {
            family.tokens.push(next);
        }
        family.until = now + self.rules.refresh_lifetime;
        let (company, scopes) = (family.company.clone(), family.scopes.clone());
        let live = family.tokens.last().cloned();
        self.counts.refreshes += 1;
        self.answer(now, &company, scopes, live)
    }

    fn answer(&mut self, now: Timestamp, company: &str, scopes: Vec<String>, refresh: Option<String>) -> Response {
        let token = self.mint("access");
        let until = now + self.rules.access_lifetime;
        self.access.insert(token.clone(), Access { company: company.into(), scopes, until });
        let mut body = json!({
            "access_token": token, "expires_in": self.rules.access_lifetime.as_secs(), "token_type": "Bearer",
        });
        if let Some(refresh) = refresh {
            body["refresh_token"] = json!(refresh);
        }
        Response::json(200, &body)
    }

    fn revoke(&mut self, request: &Request) -> Response {
        if !self.knows_client(request) {
            return refusal("invalid_client");
        }
        let token = form_value(request, "token");
        let family = self.families.iter_mut().find(|family| family.tokens.contains(&token));
        family.into_iter().for_each(|family| family.revoked = true);
        Response::empty(200)
    }

    fn knows_client(&self, request: &Request) -> bool {
        // Both are form-encoded before they are joined, and decoded here.
        let decoded = |text: &str| {
            url::form_urlencoded::parse(format!("v={text}").as_bytes()).next().map(|pair| pair.1.into_owned())
        };
        request.basic().is_some_and(|(id, secret)| {
            decoded(&id).as_deref() == Some(self.client_id.as_str())
                && decoded(&secret).as_deref() == Some(self.client_secret.as_str())
        })
    }

    fn mint(&mut self, what: &str) -> String {
        self.minted += 1;
        format!("{what}-{:08x}", self.minted)
    }
}

/// What a person sees: which client asks for what, a company to choose, and a way to say no.
fn page(request: &Request, companies: &[(String, String)]) -> Response {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let here = escape(&request.target);
    let choices = companies.iter().map(|(key, name)| {
        let key: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
        format!("<li><a href=\"{here}&amp;company={key}\">{}</a></li>", escape(name))
    });
    let scopes = escape(&request.param("scope").unwrap_or_default());
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><title>Visma</title><meta name=\"viewport\" \
         content=\"width=device-width\"></head><body><h1>Visma</h1><p>Ongoing Bridge asks for {scopes}.</p>\
         <p>Select a company:</p><ul>{}</ul><p><a href=\"{here}&amp;refuse=yes\">No, do not allow</a></p></body></html>",
        choices.collect::<String>()
    );
    Response::text(200, "text/html; charset=utf-8", page)
}

fn form_value(request: &Request, name: &str) -> String {
    let found = form_urlencoded::parse(&request.body).into_owned().find(|(key, _)| key == name);
    found.map(|(_, value)| value).unwrap_or_default()
}

/// The identity server's way to say no.
#[must_use]
pub fn refusal(error: &str) -> Response {
    Response::json(400, &json!({ "error": error }))
}
