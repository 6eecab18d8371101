//! The way of a consent, step by step: look, click, come back; or paste a key.

use std::time::Duration;

use url::Url;

use super::connecting::Connecting;
use super::oauth_state::{self, Pending, Taken};
use super::page::WayBack;
use super::request::{Cookie, Door, Step, Visit};
use super::response::{Reply, What};
use super::ticket::{self, Ticket};
use super::translations::Language;
use super::{Failed, Why, page, procountor, visma};
use crate::http::within;
use crate::ports::{Ports, Run};
use crate::roads::check::{self, Report};
use crate::tenant::Tenant;
use crate::words::fault::Fault;
use crate::words::kind::Kind;
use crate::words::secret::Secret;

/// What is kept of the invocation's time for the last page.
const LAST: Duration = Duration::from_secs(2);

/// What is kept of it for the look at the rights.
const CHECK: Duration = Duration::from_secs(8);

/// One call, and what it is answered with.
pub(super) struct Steps<'a> {
    pub ports: &'a Ports,
    pub run: &'a Run,
    pub api_url: &'a Url,
    pub visit: &'a Visit,
}

impl Steps<'_> {
    pub async fn answer(&self) -> Reply {
        let language = self.visit.language();
        match (&self.visit.step, self.visit.kind) {
            (Some(Step::Look { tenant_id }), Some(kind)) => {
                let looked = self.look(kind, tenant_id).await;
                self.told("look", Some(tenant_id), language, looked)
            }
            (Some(Step::Click { tenant_id }), Some(kind)) => {
                let clicked = self.click(kind, tenant_id).await;
                self.told("click", Some(tenant_id), language, clicked)
            }
            (Some(Step::Paste { tenant_id }), Some(kind)) => {
                let pasted = self.paste(kind, tenant_id).await;
                self.told("paste", Some(tenant_id), language, pasted)
            }
            (Some(Step::Back), Some(kind)) => self.back(kind).await,
            (None, _) | (_, None) => self.told("look", None, language, Err(Failed::new(Why::Link))),
        }
    }

    /// The start page. It spends nothing and keeps nothing; the browser gets its name here.
    async fn look(&self, kind: Kind, tenant_id: &str) -> Result<Reply, Failed> {
        let (tenant, _, door) = self.enter(kind, tenant_id).await?;
        let client = match kind {
            Kind::Procountor => Some(procountor::app(self.ports).await.map_err(Failed::setup)?.client_id),
            Kind::Visma | Kind::PowerOffice | Kind::Finago => None,
        };
        let language = self.visit.language();
        let html = page::start(language, &tenant, &door, client.as_deref());
        let what = What::Page { html, forms: Some(forms(&tenant)) };
        Ok(Reply { status: 200, language, cookie: Some(self.cookie(tenant_id, &door.ticket)), what })
    }

    /// The button: the ten minutes begin. Without the cookie of the start page it was not that page's button, or the browser
    /// will not be known again.
    async fn click(&self, kind: Kind, tenant_id: &str) -> Result<Reply, Failed> {
        let (tenant, ticket, door) = self.enter(kind, tenant_id).await?;
        self.known()?;
        let (ports, language) = (self.ports, self.visit.language());
        let cookie = self.cookie(tenant_id, &door.ticket);
        let redirect_uri = self.redirect_uri(kind).await?;
        let state = oauth_state::begin(ports, &tenant, &ticket, &cookie, language).await.map_err(Failed::ours)?;
        let url = match kind {
            Kind::Visma => visma::authorize(ports, &tenant, &redirect_uri, &state).await.map_err(Failed::setup)?,
            Kind::Procountor => {
                let app = procountor::app(ports).await.map_err(Failed::setup)?;
                procountor::key_login(&tenant, &app, &redirect_uri, &state)
            }
            Kind::PowerOffice | Kind::Finago => return Err(Failed::new(Why::Link)),
        };
        Ok(Reply { status: 303, language, cookie: Some(cookie), what: What::Elsewhere(url) })
    }

    /// A key that was made by hand.
    async fn paste(&self, kind: Kind, tenant_id: &str) -> Result<Reply, Failed> {
        let (tenant, ticket, _) = self.enter(kind, tenant_id).await?;
        self.known()?;
        if kind != Kind::Procountor {
            return Err(Failed::new(Why::Link));
        }
        let key = self.visit.secret("api_key").ok_or_else(|| Failed::new(Why::Key))?;
        let name = procountor::paste(&self.connecting(&tenant, &ticket), &key).await?;
        Ok(self.connected(&tenant, &ticket, name, self.visit.language()).await)
    }

    /// Back from the ERP.
    async fn back(&self, kind: Kind) -> Reply {
        let language = self.visit.language();
        let taken = match self.visit.secret("state") {
            Some(state) => oauth_state::take(self.ports, kind, self.visit.cookie.as_ref(), &state).await,
            None => Ok(Taken::Gone),
        };
        match taken {
            Ok(Taken::Good(pending)) => {
                let came_back = self.came_back(kind, &pending).await;
                self.told("back", Some(&pending.tenant_id), pending.language, came_back)
            }
            Ok(Taken::Late(pending)) => {
                self.told("back", Some(&pending.tenant_id), pending.language, Err(Failed::new(Why::State)))
            }
            Ok(Taken::Elsewhere(language)) => self.told("back", None, language, Err(Failed::new(Why::OtherBrowser))),
            Ok(Taken::Gone) => self.told("back", None, language, Err(Failed::new(Why::State))),
            Err(fault) => self.told("back", None, language, Err(Failed::ours(fault))),
        }
    }

    async fn came_back(&self, kind: Kind, pending: &Pending) -> Result<Reply, Failed> {
        let tenant = self.tenant(kind, &pending.tenant_id).await?;
        let ticket = ticket::known(self.ports, &tenant, &pending.ticket).await.map_err(Failed::ours)?;
        let ticket = ticket.ok_or_else(|| Failed::new(Why::Link))?;
        if let Some(error) = self.visit.field("error") {
            return Err(Failed::new(if error == "access_denied" { Why::Refused } else { Why::Vendor }));
        }
        let code = self.visit.secret("code").ok_or_else(|| Failed::new(Why::Vendor))?;
        let redirect_uri = self.redirect_uri(kind).await?;
        let connecting = self.connecting(&tenant, &ticket);
        let name = match kind {
            Kind::Visma => visma::connect(&connecting, &code, &redirect_uri).await?,
            Kind::Procountor => procountor::connect(&connecting, &code, &redirect_uri).await?,
            Kind::PowerOffice | Kind::Finago => return Err(Failed::new(Why::Link)),
        };
        Ok(self.connected(&tenant, &ticket, name, pending.language).await)
    }

    /// The company is connected, whatever comes now: the ticket is spent, and what the company still lacks is said.
    async fn connected(&self, tenant: &Tenant, ticket: &Ticket, name: Option<String>, language: Language) -> Reply {
        let ports = self.ports;
        let (tenant_id, erp, correlation_id) =
            (tenant.tenant_id.as_str(), tenant.erp.kind.word(), self.run.id.as_str());
        if let Err(fault) = ticket::spend(ports, tenant, ticket).await {
            tracing::warn!(target: "consent", tenant_id, erp, step = "spend", reason = %fault, "consent");
        }
        let deadline = self.run.deadline - LAST;
        let look = async { Ok(check::erp(ports, tenant, deadline).await) };
        let mut report = within(ports, deadline, look).await.unwrap_or_else(|_| Report::unknown(tenant.erp.kind));
        report.company = report.company.or(name);
        let missing: Vec<String> = report
            .findings
            .iter()
            .filter(|found| found.state == check::State::Missing)
            .map(|found| found.point.to_string())
            .collect();
        let missing = missing.join(", ");
        tracing::info!(target: "consent", tenant_id, erp, step = "connected", correlation_id, outcome = "connected", missing, "consent");
        let what = What::Page { html: page::done(language, tenant.erp.kind, &report), forms: None };
        Reply { status: 200, language, cookie: None, what }
    }

    /// The tenant whose ticket this is, and the door it opens.
    async fn enter(&self, kind: Kind, tenant_id: &str) -> Result<(Tenant, Ticket, Door), Failed> {
        let given = self.visit.secret("ticket").ok_or_else(|| Failed::new(Why::Link))?;
        let tenant = self.tenant(kind, tenant_id).await?;
        let ticket = ticket::check(self.ports, &tenant, &given).await.map_err(Failed::ours)?;
        let ticket = ticket.ok_or_else(|| Failed::new(Why::Link))?;
        let door = Door::of(self.api_url, kind, tenant_id, &given);
        Ok((tenant, ticket, door))
    }

    /// A valid tenant of this ERP.
    async fn tenant(&self, kind: Kind, tenant_id: &str) -> Result<Tenant, Failed> {
        if !crate::tenant::is_id(tenant_id) {
            return Err(Failed::new(Why::Link));
        }
        let item = self.ports.tenants.get(tenant_id).await.map_err(Failed::ours)?;
        let tenant = item.and_then(|item| Tenant::parse(&item, self.ports.allow_local).ok());
        tenant.filter(|tenant| tenant.erp.kind == kind).ok_or_else(|| Failed::new(Why::Link))
    }

    fn known(&self) -> Result<(), Failed> {
        self.visit.cookie.is_some().then_some(()).ok_or_else(|| Failed::new(Why::OtherBrowser))
    }

    /// The browser's cookie with the door it came by; a browser keeps the name it has.
    fn cookie(&self, tenant_id: &str, ticket: &Secret) -> Cookie {
        let known = self.visit.cookie.as_ref().map(|cookie| cookie.browser.clone());
        let browser = known.unwrap_or_else(|| ticket::unguessable(&*self.ports.random));
        Cookie { browser, came_by: Some((tenant_id.to_owned(), ticket.clone())) }
    }

    /// What browser and token call are both told. Procountor compares it with the one registered address, which its secret
    /// may name.
    async fn redirect_uri(&self, kind: Kind) -> Result<String, Failed> {
        let own = format!("{}/connect/{kind}/callback", self.api_url.as_str().trim_end_matches('/'));
        match kind {
            Kind::Procountor => {
                let app = procountor::app(self.ports).await.map_err(Failed::setup)?;
                Ok(app.redirect_uri.unwrap_or(own))
            }
            Kind::Visma | Kind::PowerOffice | Kind::Finago => Ok(own),
        }
    }

    /// Vendor and stores may take their time as long as the check behind them has its own.
    fn connecting<'b>(&'b self, tenant: &'b Tenant, ticket: &'b Ticket) -> Connecting<'b> {
        Connecting { ports: self.ports, tenant, ticket, deadline: self.run.deadline - LAST - CHECK }
    }

    /// The answer to a step, and its line in the log.
    fn told(&self, step: &str, tenant_id: Option<&str>, language: Language, answer: Result<Reply, Failed>) -> Reply {
        let erp = self.visit.kind.map(Kind::word);
        let tenant_id = tenant_id.filter(|id| crate::tenant::is_id(id));
        let correlation_id = self.run.id.as_str();
        let failed = match answer {
            Ok(reply) => {
                tracing::info!(target: "consent", tenant_id, erp, step, correlation_id, outcome = "good", "consent");
                return reply;
            }
            Err(failed) => failed,
        };
        let (outcome, fault) = (failed.why.word(), failed.fault.as_ref().map(Fault::name));
        let reason = failed.fault.as_ref().map(ToString::to_string);
        match failed.why {
            // Somebody here has to do something.
            Why::Ours | Why::Setup if !failed.fault.as_ref().is_some_and(Fault::passes_by_itself) => {
                tracing::error!(target: "consent", tenant_id, erp, step, correlation_id, outcome, fault, reason, "consent");
            }
            _ => {
                tracing::info!(target: "consent", tenant_id, erp, step, correlation_id, outcome, fault, reason, "consent")
            }
        }
        let way_back = self.way_back(&failed.why, tenant_id);
        let html = page::failed(language, self.visit.kind, &failed, &way_back);
        let what = What::Page { html, forms: None };
        Reply { status: failed.why.status(), language, cookie: None, what }
    }

    /// Back to the start page, where going there again can help. The door that this browser came by last may be another
    /// company's, from a link in another window: it is never offered for this one.
    fn way_back(&self, why: &Why, tenant_id: Option<&str>) -> WayBack {
        if matches!(why, Why::Link | Why::OtherBrowser | Why::Setup) {
            return WayBack::None;
        }
        let came_by = self.visit.cookie.as_ref().and_then(|cookie| cookie.came_by.as_ref());
        match (self.visit.kind, came_by) {
            (Some(kind), Some((id, ticket))) if tenant_id == Some(id) => {
                WayBack::Door(Door::of(self.api_url, kind, id, ticket))
            }
            _ => WayBack::Link,
        }
    }
}

/// Where the form's way may lead: some browsers hold every redirect after a form to the same rule as the form. We alone
/// say where the first one leads, and vendors pass a login on among hosts that nobody lists; so it is every host, unless the
/// ERP stands in for one without TLS.
fn forms(tenant: &Tenant) -> String {
    match tenant.erp.auth_url.scheme() {
        "https" => "https:".to_owned(),
        _ => tenant.erp.auth_url.origin().ascii_serialization(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_form_leads_to_every_host_with_tls_and_without_it_to_the_one_stand_in() {
        let item = |auth_url: Option<&str>| {
            let mut item = json!({
                "tenant_id": "acme", "erp": { "kind": "visma" },
                "ongoing": { "base_url": "https://api.ongoingsystems.se/acme/api/v1", "goods_owner_id": 159 },
            });
            if let Some(auth_url) = auth_url {
                item["erp"]["auth_url"] = json!(auth_url);
            }
            Tenant::parse(&item, true).unwrap()
        };
        assert_eq!(forms(&item(None)), "https:");
        assert_eq!(forms(&item(Some("https://identity-sandbox.test.vismaonline.com"))), "https:");
        assert_eq!(forms(&item(Some("http://127.0.0.1:9105/visma"))), "http://127.0.0.1:9105");
    }
}
