//! The steps of a consent: start page, authorization, callback; or a pasted API key.

use std::cell::RefCell;
use std::time::Duration;

use super::connection_attempt::ConnectionAttempt;
use super::oauth_state::{self, Pending, Taken};
use super::page::{Asking, Receipt, Restart};
use super::request::{ConsentLink, ConsentRequest, Cookie, Step};
use super::response::{Reply, What};
use super::ticket::{self, Ticket};
use super::translations::Language;
use super::{Deployment, Failed, Why, company, page, procountor, visma};
use crate::http::{RESERVE, within};
use crate::ports::{Ports, Run};
use crate::roads::check::{self, Report};
use crate::tenant::{Contact, Tenant};
use crate::words::fault::Fault;
use crate::words::kind::Kind;
use crate::words::secret::Secret;

/// Time reserved at the end of the invocation for the last page.
const LAST_PAGE_TIME: Duration = Duration::from_secs(2);

/// Time reserved for the check of rights.
const CHECK_TIME: Duration = Duration::from_secs(8);

/// Handles one request.
pub(super) struct Steps<'a> {
    ports: &'a Ports,
    run: &'a Run,
    deployment: &'a Deployment,
    request: &'a ConsentRequest,
    /// Whom the page names: the deployment's, and the tenant's where the link showed that it is meant.
    contact: RefCell<Contact>,
}

impl<'a> Steps<'a> {
    pub fn new(ports: &'a Ports, run: &'a Run, deployment: &'a Deployment, request: &'a ConsentRequest) -> Self {
        let contact = RefCell::new(deployment.contact.clone().checked());
        Self { ports, run, deployment, request, contact }
    }

    pub async fn answer(&self) -> Reply {
        let language = self.request.language();
        match (&self.request.step, self.request.kind) {
            (Some(Step::StartPage { tenant_id }), Some(kind)) => {
                let looked = self.start_page(kind, tenant_id).await;
                self.respond("look", Some(tenant_id), language, looked)
            }
            (Some(Step::Authorize { tenant_id }), Some(kind)) => {
                let clicked = self.authorize(kind, tenant_id).await;
                self.respond("click", Some(tenant_id), language, clicked)
            }
            (Some(Step::ApiKey { tenant_id }), Some(kind)) => {
                let pasted = self.api_key(kind, tenant_id).await;
                self.respond("paste", Some(tenant_id), language, pasted)
            }
            (Some(Step::Callback), Some(kind)) => self.callback(kind).await,
            (None, _) | (_, None) => self.respond("look", None, language, Err(Failed::new(Why::Link))),
        }
    }

    /// The start page. It uses up and stores nothing; it sets the browser's cookie.
    async fn start_page(&self, kind: Kind, tenant_id: &str) -> Result<Reply, Failed> {
        let (tenant, ticket, link) = self.open_link(kind, tenant_id).await?;
        let client = match kind {
            Kind::Procountor => Some(procountor::app(self.ports).await.map_err(Failed::setup)?.client_id),
            Kind::Visma | Kind::PowerOffice | Kind::Finago => None,
        };
        let language = self.request.language();
        let contact = self.contact.borrow().clone();
        // Whoever may connect another company is not told which one it was.
        let known = if ticket.replace { None } else { company::known(self.ports, &tenant).await? };
        let expected = contact.company.clone().or(known);
        let (expected, client) = (expected.as_deref(), client.as_deref());
        let html = page::start(language, &Asking { tenant: &tenant, contact: &contact, expected, link: &link, client });
        let what = What::Page { html, forms: Some(forms(&tenant)) };
        let cookie = Some(self.cookie(tenant_id, &link.ticket));
        Ok(Reply { status: 200, language, cookie, logo: contact.logo, what })
    }

    /// The button: makes a state, which lives ten minutes. Without the start page's cookie the request did not come from that
    /// page, or the browser would not be recognized at the callback.
    async fn authorize(&self, kind: Kind, tenant_id: &str) -> Result<Reply, Failed> {
        let (tenant, ticket, link) = self.open_link(kind, tenant_id).await?;
        self.require_cookie()?;
        let (ports, language) = (self.ports, self.request.language());
        let cookie = self.cookie(tenant_id, &link.ticket);
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
        Ok(Reply { status: 303, language, cookie: Some(cookie), logo: None, what: What::Elsewhere(url) })
    }

    /// A key that was made by hand.
    async fn api_key(&self, kind: Kind, tenant_id: &str) -> Result<Reply, Failed> {
        let (tenant, ticket, _) = self.open_link(kind, tenant_id).await?;
        self.require_cookie()?;
        if kind != Kind::Procountor {
            return Err(Failed::new(Why::Link));
        }
        let key = self.request.secret("api_key").ok_or_else(|| Failed::new(Why::Key))?;
        let name = procountor::paste(&self.attempt(&tenant, &ticket), &key).await?;
        Ok(self.connected(&tenant, &ticket, name, self.request.language()).await)
    }

    /// Back from the ERP.
    async fn callback(&self, kind: Kind) -> Reply {
        let language = self.request.language();
        let taken = match self.request.secret("state") {
            Some(state) => oauth_state::take(self.ports, kind, self.request.cookie.as_ref(), &state).await,
            None => Ok(Taken::Gone),
        };
        match taken {
            Ok(Taken::Good(pending)) => {
                let finished = self.finish(kind, &pending).await;
                self.respond("back", Some(&pending.tenant_id), pending.language, finished)
            }
            Ok(Taken::Late(pending)) => {
                self.respond("back", Some(&pending.tenant_id), pending.language, Err(Failed::new(Why::State)))
            }
            Ok(Taken::Elsewhere(language)) => self.respond("back", None, language, Err(Failed::new(Why::OtherBrowser))),
            Ok(Taken::Gone) => self.respond("back", None, language, Err(Failed::new(Why::State))),
            Err(fault) => self.respond("back", None, language, Err(Failed::ours(fault))),
        }
    }

    async fn finish(&self, kind: Kind, pending: &Pending) -> Result<Reply, Failed> {
        let tenant = self.tenant(kind, &pending.tenant_id).await?;
        let ticket = ticket::known(self.ports, &tenant, &pending.ticket).await.map_err(Failed::ours)?;
        let ticket = ticket.ok_or_else(|| Failed::new(Why::Link))?;
        self.meet(&tenant);
        if let Some(error) = self.request.field("error") {
            return Err(Failed::new(if error == "access_denied" { Why::Refused } else { Why::Vendor }));
        }
        let code = self.request.secret("code").ok_or_else(|| Failed::new(Why::Vendor))?;
        let redirect_uri = self.redirect_uri(kind).await?;
        let attempt = self.attempt(&tenant, &ticket);
        let name = match kind {
            Kind::Visma => visma::connect(&attempt, &code, &redirect_uri).await?,
            Kind::Procountor => procountor::connect(&attempt, &code, &redirect_uri).await?,
            Kind::PowerOffice | Kind::Finago => return Err(Failed::new(Why::Link)),
        };
        Ok(self.connected(&tenant, &ticket, name, pending.language).await)
    }

    /// The company is connected: uses up the ticket, and shows which rights and modules the company still lacks.
    async fn connected(&self, tenant: &Tenant, ticket: &Ticket, name: Option<String>, language: Language) -> Reply {
        let ports = self.ports;
        let (tenant_id, erp, correlation_id) =
            (tenant.tenant_id.as_str(), tenant.erp.kind.word(), self.run.id.as_str());
        if let Err(fault) = ticket::spend(ports, tenant, ticket).await {
            tracing::warn!(target: "consent", tenant_id, erp, step = "spend", reason = %fault, "consent");
        }
        let deadline = self.run.deadline - LAST_PAGE_TIME;
        // Nothing is written behind it: the client's own reserve is not needed.
        let look = async { Ok(check::erp(ports, tenant, deadline + RESERVE).await) };
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
        let contact = self.contact.borrow().clone();
        let receipt = Receipt {
            kind: tenant.erp.kind,
            contact: &contact,
            expected: contact.company.as_deref(),
            at: ports.clock.now(),
            number: correlation_id,
        };
        let what = What::Page { html: page::done(language, &receipt, &report), forms: None };
        Reply { status: 200, language, cookie: None, logo: contact.logo, what }
    }

    /// The tenant, the ticket if it is valid, and the link.
    async fn open_link(&self, kind: Kind, tenant_id: &str) -> Result<(Tenant, Ticket, ConsentLink), Failed> {
        let given = self.request.secret("ticket").ok_or_else(|| Failed::new(Why::Link))?;
        let tenant = self.tenant(kind, tenant_id).await?;
        let ticket = ticket::check(self.ports, &tenant, &given).await.map_err(Failed::ours)?;
        let ticket = ticket.ok_or_else(|| Failed::new(Why::Link))?;
        let link = ConsentLink::of(&self.deployment.api_url, kind, tenant_id, &given);
        self.meet(&tenant);
        Ok((tenant, ticket, link))
    }

    /// From here on the pages name whom this tenant names.
    fn meet(&self, tenant: &Tenant) {
        self.contact.replace_with(|deployment| tenant.contact.or(deployment));
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

    fn require_cookie(&self) -> Result<(), Failed> {
        self.request.cookie.is_some().then_some(()).ok_or_else(|| Failed::new(Why::OtherBrowser))
    }

    /// The cookie with the link that was used; a browser keeps the id it has.
    fn cookie(&self, tenant_id: &str, ticket: &Secret) -> Cookie {
        let known = self.request.cookie.as_ref().map(|cookie| cookie.browser.clone());
        let browser = known.unwrap_or_else(|| ticket::unguessable(&*self.ports.random));
        Cookie { browser, link_used: Some((tenant_id.to_owned(), ticket.clone())) }
    }

    /// The redirect URI of both the authorization and the token request. Procountor compares it with the one registered
    /// address, which its secret may name.
    async fn redirect_uri(&self, kind: Kind) -> Result<String, Failed> {
        let own = format!("{}/connect/{kind}/callback", self.deployment.api_url.as_str().trim_end_matches('/'));
        match kind {
            Kind::Procountor => {
                let app = procountor::app(self.ports).await.map_err(Failed::setup)?;
                Ok(app.redirect_uri.unwrap_or(own))
            }
            Kind::Visma | Kind::PowerOffice | Kind::Finago => Ok(own),
        }
    }

    /// The deadline leaves time for the check that follows.
    fn attempt<'b>(&'b self, tenant: &'b Tenant, ticket: &'b Ticket) -> ConnectionAttempt<'b> {
        ConnectionAttempt {
            ports: self.ports,
            tenant,
            ticket,
            deadline: self.run.deadline - LAST_PAGE_TIME - CHECK_TIME,
        }
    }

    /// Makes a step's response, and writes its log line.
    fn respond(&self, step: &str, tenant_id: Option<&str>, language: Language, answer: Result<Reply, Failed>) -> Reply {
        let erp = self.request.kind.map(Kind::word);
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
            // Needs an operator.
            Why::Ours | Why::Setup if !failed.fault.as_ref().is_some_and(Fault::passes_by_itself) => {
                tracing::error!(target: "consent", tenant_id, erp, step, correlation_id, outcome, fault, reason, "consent");
            }
            _ => {
                tracing::info!(target: "consent", tenant_id, erp, step, correlation_id, outcome, fault, reason, "consent")
            }
        }
        let restart = self.restart(&failed.why, tenant_id);
        let contact = self.contact.borrow().clone();
        let html = page::failed(language, self.request.kind, &failed, &restart, &contact);
        let what = What::Page { html, forms: None };
        Reply { status: failed.why.status(), language, cookie: None, logo: contact.logo, what }
    }

    /// Back to the start page, where going there again can help. The link that this browser came by last may be another
    /// company's, from a link in another window: it is never offered for this one.
    fn restart(&self, why: &Why, tenant_id: Option<&str>) -> Restart {
        if matches!(why, Why::Link | Why::OtherBrowser | Why::Setup) {
            return Restart::None;
        }
        let link_used = self.request.cookie.as_ref().and_then(|cookie| cookie.link_used.as_ref());
        match (self.request.kind, link_used) {
            (Some(kind), Some((id, ticket))) if tenant_id == Some(id) => {
                Restart::ConsentLink(ConsentLink::of(&self.deployment.api_url, kind, id, ticket))
            }
            _ => Restart::Link,
        }
    }
}

/// The page's `form-action`: some browsers apply it to every redirect after the form too. We alone decide the first
/// redirect, and vendors redirect a login among hosts that are not documented; so every https host is allowed, unless the ERP
/// is a stand-in without TLS.
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
