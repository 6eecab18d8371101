//! A minimal browser for the consent pages: it keeps cookies, fills forms and checks the headers of every answer.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;
use bridge::doors::consent::{Deployment, ticket};
use bridge::doors::pages;
use bridge::doors::status_page::{self, link::Scope};
use bridge::ports::{Item, Ports, Put, Run, State};
use bridge::tenant::{Contact, Tenant};
use bridge::words::fault::Result;
use serde_json::{Value, json};
use simulators::{Answer, Request, Simulator, Troubled};
use url::Url;

use crate::world::World;

/// Where the deployment is; the vendors' simulators know its callback.
pub const API: &str = "https://bridge.example";

/// An answer of ours.
pub struct Page {
    /// Its status.
    pub status: u16,
    /// Its text; empty where it only leads on.
    pub html: String,
    /// Where it leads.
    pub location: Option<String>,
    /// Where its forms may lead, as its policy has it.
    pub forms: String,
    /// The picture that it may load, as its policy has it.
    pub picture: Option<String>,
}

impl Page {
    /// Whether the page says this, wherever its markup breaks the line.
    #[track_caller]
    pub fn says(&self, text: &str) {
        assert!(self.text().contains(text), "{text:?} is not in {}", self.text());
    }

    /// The page without its markup.
    pub fn text(&self) -> String {
        self.text_in(None)
    }

    /// What it says to somebody who chooses this language on a page that has every language in itself.
    pub fn text_in(&self, language: Option<&str>) -> String {
        let body = self.html.split_once("<body>").map_or("", |(_, body)| body);
        let (head, variants) = body.split_once("<div class=\"in-").unwrap_or((body, ""));
        let mut variants = variants.split("<div class=\"in-");
        // The reader's own stands first.
        let shown = match language {
            None => variants.next(),
            Some(code) => variants.find(|variant| variant.starts_with(code)),
        };
        let body = match shown.and_then(|shown| shown.split_once('>')) {
            Some((_, shown)) => format!("{head}{shown}"),
            None => head.to_owned(),
        };
        let mut text = String::new();
        for (index, part) in body.split('<').enumerate() {
            text.push_str(if index == 0 { part } else { part.split_once('>').map_or("", |(_, rest)| rest) });
        }
        unescaped(&text)
    }

    /// The start page's address behind "begin again".
    pub fn again(&self) -> Option<String> {
        let (_, rest) = self.html.split_once("class=\"button\" href=\"")?;
        Some(unescaped(rest.split('"').next()?))
    }

    /// Whether a form of this page may lead there, at once or by a redirect: browsers hold the whole chain to the policy.
    pub fn may_post_to(&self, address: &str) -> bool {
        let url = Url::parse(address).unwrap();
        let origin = url.origin().ascii_serialization();
        self.forms.split(' ').any(|source| match source {
            "'self'" => origin == API,
            source => source == origin || source == format!("{}:", url.scheme()),
        })
    }

    fn attribute(&self, before: &str) -> String {
        let (_, rest) = self.html.split_once(before).unwrap_or_else(|| panic!("no {before} in {}", self.html));
        unescaped(rest.split('"').next().unwrap())
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// A store whose reads take a moment, as a real one's do: two who read at once both see what was there before.
struct Slow(Rc<dyn State>);

#[async_trait(?Send)]
impl State for Slow {
    async fn get(&self, pk: &str, sk: &str) -> Result<Option<Item>> {
        let read = self.0.get(pk, sk).await;
        tokio::time::sleep(Duration::from_millis(5)).await;
        read
    }

    async fn get_many(&self, pk: &str, sks: &[String]) -> Result<Vec<Item>> {
        self.0.get_many(pk, sks).await
    }

    async fn list(&self, pk: &str, prefix: &str, limit: usize) -> Result<Vec<Item>> {
        self.0.list(pk, prefix, limit).await
    }

    async fn put(&self, item: Item) -> Result<Put> {
        self.0.put(item).await
    }

    async fn delete(&self, pk: &str, sk: &str, rev: u64) -> Result<Put> {
        self.0.delete(pk, sk, rev).await
    }
}

/// A browser.
pub struct Browser<'w> {
    world: &'w World,
    cookie: RefCell<Option<String>>,
    language: &'static str,
    contact: Contact,
    /// What must not be found anywhere afterwards.
    hidden: RefCell<Vec<String>>,
}

impl<'w> Browser<'w> {
    /// One that speaks English and was nowhere yet.
    #[must_use]
    pub fn new(world: &'w World) -> Self {
        Self {
            world,
            cookie: RefCell::default(),
            language: "en",
            contact: Contact::default(),
            hidden: RefCell::default(),
        }
    }

    /// One that speaks this language.
    #[must_use]
    pub fn speaking(world: &'w World, language: &'static str) -> Self {
        Self { language, ..Self::new(world) }
    }

    /// One on a deployment of this warehouse.
    #[must_use]
    pub fn at(world: &'w World, contact: Contact) -> Self {
        Self { contact, ..Self::new(world) }
    }

    /// An invocation of the function with this browser's cookies.
    async fn call(&self, method: &str, url: &str, body: Option<String>) -> Page {
        let url = Url::parse(url).unwrap();
        assert_eq!(url.origin().ascii_serialization(), API, "{url}");
        let cookies: Vec<String> = self.cookie.borrow().iter().cloned().collect();
        let payload = json!({
            "version": "2.0",
            "rawPath": url.path(),
            "rawQueryString": url.query().unwrap_or_default(),
            "cookies": cookies,
            "headers": { "accept-language": self.language, "content-type": "application/x-www-form-urlencoded" },
            "requestContext": { "http": { "method": method, "path": url.path() }, "stage": "$default" },
            "body": body,
            "isBase64Encoded": false,
        });
        self.world.memory.actions.by("connect");
        let ports = self.world.ports();
        let ports = Ports { state: Rc::new(Slow(Rc::clone(&ports.state))), ..ports };
        let run = Run { id: "page".into(), deadline: self.world.now() + Duration::from_secs(28) };
        let api_url = Url::parse(API).unwrap();
        let deployment = Deployment { api_url, contact: self.contact.clone() };
        let answer = pages::answer(&ports, &run, &deployment, &payload).await.unwrap();
        safe(&answer);
        for cookie in answer["cookies"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let pair = cookie.split(';').next().unwrap();
            self.hide(pair.split_once('=').unwrap().1);
            *self.cookie.borrow_mut() = Some(pair.to_owned());
        }
        let location = answer["headers"]["location"].as_str().map(str::to_owned);
        let policy = answer["headers"]["content-security-policy"].as_str().unwrap();
        let (_, forms) = policy.split_once("form-action ").unwrap();
        let picture = policy.split_once("img-src ").and_then(|(_, rest)| Some(rest.split_once(';')?.0.to_owned()));
        Page {
            forms: forms.split(';').next().unwrap().to_owned(),
            status: u16::try_from(answer["statusCode"].as_u64().unwrap()).unwrap(),
            html: answer["body"].as_str().unwrap_or_default().to_owned(),
            location,
            picture,
        }
    }

    /// Opens an address of ours.
    pub async fn get(&self, url: &str) -> Page {
        self.hide_query(url);
        self.call("GET", url, None).await
    }

    /// Sends the form with this button, and a field of the person's own.
    pub async fn press(&self, page: &Page, step: &str, own: &[(&str, &str)]) -> Page {
        let action = page.attribute("form method=\"post\" action=\"");
        let ticket = page.attribute("name=\"ticket\" value=\"");
        let language = page.attribute("name=\"lang\" value=\"");
        assert!(page.html.contains(&format!("name=\"step\" value=\"{step}\"")), "no button {step}");
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs([("ticket", ticket.as_str()), ("lang", &language), ("step", step)]).extend_pairs(own);
        let answer = self.call("POST", &action, Some(form.finish())).await;
        for address in [Some(&action), answer.location.as_ref()].into_iter().flatten() {
            assert!(page.may_post_to(address), "the form may not lead to {address}: {}", page.forms);
        }
        answer
    }

    /// The click, and where it leads.
    pub async fn click(&self, link: &str) -> String {
        let page = self.get(link).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let moved = self.press(&page, "consent", &[]).await;
        assert_eq!(moved.status, 303, "{}", moved.text());
        let location = moved.location.unwrap();
        self.hide_query(&location);
        location
    }

    /// A cookie of another browser's.
    pub fn take_cookie(&self, of: &Browser<'_>) {
        *self.cookie.borrow_mut() = of.cookie.borrow().clone();
    }

    /// Nothing that only the browser may know was logged or kept.
    #[track_caller]
    pub fn left_nothing(&self) {
        let (logs, kept) = (self.world.logs.text(), self.world.memory.dump());
        assert!(self.hidden.borrow().len() > 2, "there is nothing to look for");
        for hidden in self.hidden.borrow().iter() {
            assert!(!logs.contains(hidden), "logged: {hidden}");
            assert!(!kept.contains(hidden), "kept: {hidden}");
        }
    }

    /// Remembers a text that must not be found afterwards.
    pub fn hide(&self, text: &str) {
        let parts = text.split('.').filter(|part| part.len() > 8 && *part != "acme");
        self.hidden.borrow_mut().extend(parts.map(str::to_owned));
    }

    fn hide_query(&self, url: &str) {
        for (name, value) in Url::parse(url).unwrap().query_pairs() {
            if ["ticket", "state", "code"].contains(&&*name) {
                self.hide(&value);
            }
        }
    }
}

/// What every answer must have.
#[track_caller]
fn safe(answer: &Value) {
    let headers = &answer["headers"];
    let policy = headers["content-security-policy"].as_str().unwrap();
    for part in
        ["default-src 'none'; ", "style-src 'sha256-", "form-action '", "frame-ancestors 'none'", "base-uri 'none'"]
    {
        assert!(policy.contains(part), "{part} is not in {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("strict-transport-security", "max-age=31536000"),
    ] {
        assert_eq!(headers[name], value);
    }
    assert!(headers["permissions-policy"].as_str().unwrap().contains("camera=()"));
    let html = answer["body"].as_str().unwrap();
    if !html.is_empty() {
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        let style = html.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
        assert!(policy.contains(&digest(style)), "the style is not the one that is allowed");
        let picture = policy.split_once("img-src ").and_then(|(_, rest)| Some(rest.split_once(';')?.0));
        let shown = picture.map(|picture| format!("<img src=\"{picture}\" alt=\"\" height=\"28\">"));
        assert_eq!(html.matches("src=").count(), usize::from(picture.is_some()), "{html}");
        assert!(shown.is_none_or(|shown| html.contains(&shown)), "{policy}: {html}");
        for word in ["<script", "javascript:", " on", "<link", "http-equiv", "style=", "@import", "url("] {
            let found = html.match_indices(word).any(|(at, _)| word != " on" || html[at..].starts_with(" onclick"));
            assert!(!found, "{word} in {html}");
        }
        let variants = html.matches("<div class=\"in-").count();
        assert_eq!(html.matches("<h1>").count(), variants.max(1));
        assert_eq!(html.matches("<main").count(), 1);
        assert!(html.contains("name=\"viewport\" content=\"width=device-width, initial-scale=1\""));
        assert!(html.contains("<html lang=\""));
    }
    for cookie in answer["cookies"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        assert!(cookie.ends_with("Secure; HttpOnly; SameSite=Lax") && cookie.contains("; Path=/; "), "{cookie}");
    }
}

fn digest(style: &str) -> String {
    use base64::Engine as _;
    use sha2::Digest as _;
    base64::prelude::BASE64_STANDARD.encode(sha2::Sha256::digest(style))
}

/// The operator's command: a link.
pub async fn link(world: &World, tenant_id: &str, replace: bool) -> String {
    world.memory.actions.by("bridgectl");
    let ports = world.ports();
    let item = ports.tenants.get(tenant_id).await.unwrap().unwrap();
    let tenant = Tenant::parse(&item, false).unwrap();
    let ticket = ticket::issue(&ports, &tenant, replace).await.unwrap();
    ticket::link(&Url::parse(API).unwrap(), &tenant, &ticket).expose().to_owned()
}

/// What a person sees at the vendor's, or where that leads.
pub fn at_vendor<S: Simulator>(
    world: &World,
    vendor: &RefCell<Troubled<S>>,
    url: &str,
) -> std::result::Result<String, String> {
    let url = Url::parse(url).unwrap();
    let target = &url[url::Position::BeforePath..];
    let request = Request { method: "GET".into(), target: target.into(), headers: vec![], body: bytes::Bytes::new() };
    let Answer::Response(answer) = vendor.borrow_mut().call(world.now(), &request) else { panic!("no answer") };
    match answer.headers.iter().find(|(name, _)| name == "Location") {
        Some((_, location)) if answer.status == 302 => Ok(location.clone()),
        _ => Err(String::from_utf8(answer.body.to_vec()).unwrap()),
    }
}

/// The operator's command: a link to the status page, good for a day.
pub async fn status_link(world: &World, tenant_id: Option<&str>) -> String {
    world.memory.actions.by("bridgectl");
    let scope = tenant_id.map_or(Scope::All, |id| Scope::Tenant(id.to_owned()));
    let (link, _) = status_page::link::make(&world.ports(), scope, jiff::SignedDuration::from_hours(24)).await.unwrap();
    link.url(&Url::parse(API).unwrap()).expose().to_owned()
}

/// This moment as an English page writes it.
#[must_use]
pub fn written(world: &World) -> String {
    let zone = jiff::tz::TimeZone::get("Europe/Stockholm").unwrap();
    world.now().to_zoned(zone).strftime("%-d %B %Y, %H:%M %Z").to_string()
}
