//! The way in: key login in the browser, API key, access token (section 1).

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Procountor, errors};
use crate::{Request, Response};

const TOKEN_SECONDS: i64 = 3600;
const CODE_SECONDS: i64 = 300;

/// The registration of the integration with the vendor.
#[derive(Clone, Debug)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// `client_secret`.
    pub secret: String,
    /// The one redirect URI, compared exactly.
    pub redirect_uri: String,
}

impl Default for Client {
    fn default() -> Self {
        Self {
            id: "bridgeClient".into(),
            secret: "s3cret-of-the-bridge".into(),
            redirect_uri: "https://bridge.example/connect/procountor/callback".into(),
        }
    }
}

/// A token or a code: whose it is and until when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grant {
    pub(super) company: i64,
    pub(super) until: Timestamp,
}

type Form = Vec<(String, String)>;

fn member<'a>(form: &'a Form, name: &str) -> Option<&'a str> {
    form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The shape of a JWT. Nobody here can check the signature, and the simulator compares whole tokens.
fn jwt(claims: &Value, serial: u64) -> String {
    let part = |text: String| BASE64_URL_SAFE_NO_PAD.encode(text);
    let head = json!({ "alg": "HS256", "typ": "JWT" });
    format!(
        "{}.{}.{}",
        part(head.to_string()),
        part(claims.to_string()),
        part(format!("simulated signature {serial:08}"))
    )
}

impl Procountor {
    fn grant(now: Timestamp, company: i64, seconds: i64) -> Grant {
        Grant { company, until: now + SignedDuration::from_secs(seconds) }
    }

    /// A new API key: a JWT that names user and company and never runs out.
    pub(super) fn new_api_key(&mut self, now: Timestamp, company: i64) -> String {
        self.serial += 1;
        let user = self.companies.get(&company).map_or(501, |company| company.user_id);
        let claims = json!({
            "iss": "https://api.procountor.com", "aud": self.client.id, "sub": user.to_string(), "cid": company,
            "iat": now.as_second(), "jti": format!("key-{}", self.serial),
        });
        jwt(&claims, self.serial)
    }

    /// Ends every access token that is out, though none has run out by its own word.
    pub fn expire_tokens(&mut self) {
        self.tokens.clear();
    }

    /// Whose token it is; 401 without a token, with an unknown one and with one that has run out.
    pub(super) fn authenticate(&self, now: Timestamp, request: &Request) -> Result<i64, Response> {
        let grant = request.bearer().and_then(|token| self.tokens.get(token)).ok_or_else(errors::unauthorized)?;
        if grant.until <= now || !self.companies.contains_key(&grant.company) {
            return Err(errors::unauthorized());
        }
        Ok(grant.company)
    }

    /// Client id and secret in the form body; what stands in the query counts for nothing.
    fn form(&self, request: &Request) -> Result<Form, Response> {
        let kind = request.header("content-type").unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(errors::oauth(400, "invalid_request", "The body must be form-encoded."));
        }
        let form: Form = url::form_urlencoded::parse(&request.body).into_owned().collect();
        let known = member(&form, "client_id") == Some(self.client.id.as_str())
            && member(&form, "client_secret") == Some(self.client.secret.as_str());
        if !known {
            return Err(errors::oauth(401, "invalid_client", "Client authentication failed."));
        }
        if member(&form, "redirect_uri").is_some_and(|uri| uri != self.client.redirect_uri) {
            return Err(errors::oauth(400, "invalid_grant", "The redirect URI is not the registered one."));
        }
        Ok(form)
    }

    /// `POST /api/oauth/token`.
    pub(super) fn access_token(&mut self, now: Timestamp, request: &Request) -> Response {
        match self.try_access_token(now, request) {
            Ok(response) => {
                self.logins += 1;
                response
            }
            Err(refusal) => {
                self.refused_logins += 1;
                refusal
            }
        }
    }

    fn try_access_token(&mut self, now: Timestamp, request: &Request) -> Result<Response, Response> {
        let form = self.form(request)?;
        if member(&form, "grant_type") != Some("client_credentials") {
            return Err(errors::oauth(400, "unsupported_grant_type", "Only client_credentials is served."));
        }
        let key = member(&form, "api_key").unwrap_or_default();
        let company = self.companies.values().find(|company| company.api_key.as_deref() == Some(key));
        let Some(company) = company else {
            return Err(errors::oauth(400, "invalid_grant", "The API key is not valid."));
        };
        let (company, user) = (company.id, company.user_id);
        self.serial += 1;
        let grant = Self::grant(now, company, TOKEN_SECONDS);
        let claims = json!({
            "iss": "https://api.procountor.com", "aud": self.client.id, "sub": user.to_string(), "cid": company,
            "iat": now.as_second(), "exp": grant.until.as_second(), "jti": format!("at-{}", self.serial), "scope": "m2m",
        });
        let token = jwt(&claims, self.serial);
        self.tokens.insert(token.clone(), grant);
        Ok(Response::json(200, &json!({ "access_token": token, "expires_in": TOKEN_SECONDS })))
    }

    /// `GET /keylogin`: the page where a person picks a company (a link for each), and from there back with a code.
    pub(super) fn key_login(&mut self, now: Timestamp, request: &Request) -> Response {
        let asked = |name: &str| request.param(name).unwrap_or_default();
        let right = asked("response_type") == "code"
            && asked("client_id") == self.client.id
            && asked("redirect_uri") == self.client.redirect_uri;
        if !right {
            return errors::gateway(400, "Invalid client or redirect URI");
        }
        let company = asked("company").parse().ok().filter(|id| self.companies.contains_key(id));
        let Some(company) = company else {
            let links = self.companies.values().map(|company| {
                format!(
                    "<li><a href=\"{}&amp;company={}\">{}</a></li>",
                    request.target.replace('&', "&amp;"),
                    company.id,
                    company.name
                )
            });
            let page = format!(
                "<html><head><title>Procountor</title></head><body><h1>Procountor</h1><ul>{}</ul></body></html>",
                links.collect::<String>()
            );
            return Response::text(200, "text/html; charset=utf-8", page);
        };
        self.serial += 1;
        let code = format!("code-{:08}", self.serial);
        self.codes.insert(code.clone(), Self::grant(now, company, CODE_SECONDS));
        let back = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &code)
            .append_pair("expires_in", &CODE_SECONDS.to_string())
            .append_pair("state", &asked("state"))
            .finish();
        Response::empty(302).with("Location", format!("{}?{back}", self.client.redirect_uri))
    }

    /// `POST /api/oauth/key`: a code, once and within its 300 seconds, for an API key, which replaces the company's former.
    pub(super) fn api_key_for_code(&mut self, now: Timestamp, request: &Request) -> Result<Response, Response> {
        let form = self.form(request)?;
        if member(&form, "grant_type") != Some("authorization_code") {
            return Err(errors::oauth(400, "unsupported_grant_type", "Only authorization_code is served."));
        }
        let grant = member(&form, "code").and_then(|code| self.codes.remove(code)).filter(|grant| grant.until > now);
        let Some(Grant { company, .. }) = grant else {
            return Err(errors::oauth(400, "invalid_grant", "The code is not valid."));
        };
        let key = self.new_api_key(now, company);
        if let Some(company) = self.companies.get_mut(&company) {
            company.api_key = Some(key.clone());
        }
        Ok(Response::json(200, &json!({ "api_key": key })))
    }

    /// `POST /logout`: ends the token it came with.
    pub(super) fn log_out(&mut self, request: &Request) -> Response {
        if let Some(token) = request.bearer() {
            self.tokens.remove(token);
        }
        Response::empty(204)
    }
}
