//! Visma login: OAuth with rotating refresh tokens (Visma sheet, section 1).
//!
//! A rotating refresh token works once: sent twice, the whole consent is lost. So only one invocation refreshes at a
//! time. It takes a lease by a conditional write that also records which token it is about to send ([`refresh_lease`]), stores
//! the new token in the secret store before anybody uses it, and only then gives the lease back. The others wait, and
//! read.
//!
//! If no answer came, the token may be used up. The lease then stays until no call can be in flight any more, and the
//! next attempt sends the same token again. If the vendor did not rotate it, or never got the call, that works;
//! otherwise its successor is known to nobody, so nothing is lost by asking. A grant that the vendor rejected is not
//! sent again until the secret holds another one.

pub(crate) mod consent_lease;
pub(super) mod refresh_lease;

use std::time::Duration;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

pub use self::refresh_lease::{refreshing, waiting_for_consent};

use self::refresh_lease::RefreshLease;
use super::{digest, read, read_now, schema, under};
use crate::http::classify::{Service, grant_is_dead, turned_away};
use crate::http::{Call, Exchange};
use crate::ports::token_cache::EARLY;
use crate::ports::{Ports, Put};
use crate::words::digest::sha256;
use crate::words::fault::{Fault, Result};
use crate::words::secret::Secret;

/// Refresh this long before an access token runs out (Visma sheet, section 1: 2 to 5 minutes).
const LEAD: Duration = Duration::from_secs(180);

/// How long a refresher may hold the lease: longer than any call can be under way.
const LEASE: Duration = Duration::from_secs(120);

/// No refresh begins when less than this is left: an invocation that ends in the middle may lose the consent.
const MAX_CALL: Duration = Duration::from_secs(35);

/// How long the others wait for the one that refreshes.
const MAX_WAIT: Duration = Duration::from_secs(20);

/// An access token that is younger than this was not refused for its age: it is not renewed again.
const YOUNG: Duration = Duration::from_secs(60);

/// Attempts to store a new token, which exists nowhere else.
const WRITE_ATTEMPTS: u32 = 5;

const APP: &str = "visma/app";

/// `visma/app`.
#[derive(Deserialize)]
pub(crate) struct App {
    pub client_id: String,
    pub client_secret: Secret,
}

impl App {
    fn of(&self) -> String {
        digest(&[&self.client_id, self.client_secret.expose()])
    }

    /// Names what an access token was made from.
    fn of_token(&self, refresh: &Secret) -> String {
        digest(&[&self.client_id, self.client_secret.expose(), refresh.expose()])
    }
}

/// `visma/<tenant_id>`.
#[derive(Deserialize)]
pub(super) struct Consent {
    refresh_token: Secret,
    #[serde(default)]
    access_token: Option<Secret>,
    #[serde(default)]
    expires_at: Option<Value>,
}

/// What the token endpoint answers.
#[derive(Deserialize)]
pub(crate) struct Granted {
    pub access_token: Secret,
    #[serde(default)]
    pub refresh_token: Option<Secret>,
    #[serde(default)]
    pub expires_in: u32,
}

pub(super) async fn headers(
    exchange: &Exchange<'_>,
    tenant_id: &str,
    auth_url: &Url,
    renew: bool,
    headers: &mut HeaderMap,
) -> Result<()> {
    let connection = Connection::new(exchange, tenant_id, auth_url);
    headers.insert(AUTHORIZATION, connection.token(renew).await?.header("Bearer ")?);
    Ok(())
}

pub(super) async fn rotate(
    exchange: Exchange<'_>,
    tenant_id: &str,
    auth_url: &Url,
    done: impl AsyncFn() -> Result<bool>,
) -> Result<()> {
    Connection::new(&exchange, tenant_id, auth_url).rotate(done).await
}

/// The right to send a refresh token, until the lease item is written again.
struct Lease {
    /// The lease item's revision with the lease on it.
    rev: u64,
    /// The lease item before.
    before: RefreshLease,
    /// The name of the token that is sent.
    sent: String,
}

struct Connection<'a> {
    exchange: Exchange<'a>,
    tenant_id: &'a str,
    auth_url: &'a Url,
    name: String,
}

impl<'a> Connection<'a> {
    fn new(exchange: &Exchange<'a>, tenant_id: &'a str, auth_url: &'a Url) -> Self {
        // Without the endpoint's rate budget: waiting for a slot would use up the lease.
        let exchange = Exchange { ports: exchange.ports, budget: None, deadline: exchange.deadline };
        Self { exchange, tenant_id, auth_url, name: format!("visma/{tenant_id}") }
    }

    fn now(&self) -> Timestamp {
        self.exchange.ports.clock.now()
    }

    /// An access token; with `renew`, another one than this process had.
    async fn token(&self, renew: bool) -> Result<Secret> {
        let ports = self.exchange.ports;
        let mut app: App = read(ports, APP, renew).await?;
        if !renew {
            let consent: Consent = read(ports, &self.name, false).await?;
            let of = app.of_token(&consent.refresh_token);
            if let Some(token) = ports.tokens.get(&self.name, &of, self.now()) {
                return Ok(token);
            }
        }
        let refused = ports.tokens.last(&self.name).filter(|_| renew);
        let give_up = self.now() + MAX_WAIT;
        loop {
            // The lease item first: whoever refreshed before it was read has kept the token that is read next.
            let (rev, item) = refresh_lease::read(ports, self.tenant_id).await?;
            let of_another = |app: &App| item.app.as_ref().is_some_and(|of| *of != app.of());
            if of_another(&app) {
                // Either the application's secret was replaced, or this process has not seen yet that it was.
                app = read_now(ports, APP).await?;
            }
            let consent: Consent = read_now(ports, &self.name).await?;
            let now = self.now();
            let young = item.refreshed_at.is_some_and(|at| at + YOUNG > now);
            let other = refused.as_ref().is_some_and(|refused| consent.access_token.as_ref() != Some(refused));
            if !item.spent.contains(&token_digest(&consent.refresh_token))
                && !of_another(&app)
                && (!renew || young || other)
                && let Some(token) = self.valid_token(&app, &consent)
            {
                return Ok(token);
            }
            if let Some(lease) = self.lease(rev, &item, &consent, give_up).await? {
                return self.refresh(lease, &app, &consent).await;
            }
        }
    }

    /// Exchanges the refresh token, whatever the access token is good for, unless `done`.
    async fn rotate(&self, done: impl AsyncFn() -> Result<bool>) -> Result<()> {
        let ports = self.exchange.ports;
        let app: App = read_now(ports, APP).await?;
        let give_up = self.now() + MAX_WAIT;
        loop {
            // Whoever refreshes after the lease item was read keeps this one from taking the lease.
            let (rev, item) = refresh_lease::read(ports, self.tenant_id).await?;
            if done().await? {
                return Ok(());
            }
            let consent: Consent = read_now(ports, &self.name).await?;
            if let Some(lease) = self.lease(rev, &item, &consent, give_up).await? {
                return self.refresh(lease, &app, &consent).await.map(|_| ());
            }
        }
    }

    /// Takes the lease for sending the consent's refresh token; `None` where somebody else has it or the read of the consent
    /// is behind: then it is time to look again.
    async fn lease(
        &self,
        rev: u64,
        item: &RefreshLease,
        consent: &Consent,
        give_up: Timestamp,
    ) -> Result<Option<Lease>> {
        let ports = self.exchange.ports;
        let (now, sent) = (self.now(), token_digest(&consent.refresh_token));
        // A stale read shows a token that is used up.
        let behind = item.spent.contains(&sent);
        if item.needs_consent.as_ref() == Some(&sent) {
            return Err(consent_required(self.tenant_id));
        }
        if now > give_up {
            return Err(wait_timed_out(behind));
        }
        if behind || item.until.is_some_and(|until| until > now) {
            let pause = Duration::from_millis(200).mul_f64(1.0 + ports.clock.chance());
            ports.clock.sleep(pause).await;
            return Ok(None);
        }
        if now + MAX_CALL > self.exchange.deadline {
            return Err(Fault::unavailable("too little time is left to refresh the token"));
        }
        let taken = RefreshLease { until: Some(now + LEASE), intent: Some(sent.clone()), ..item.clone() };
        let put = refresh_lease::write(ports, self.tenant_id, rev + 1, &taken).await?;
        Ok((put == Put::Done).then(|| Lease { rev: rev + 1, before: item.clone(), sent }))
    }

    /// The access token of a consent, if it is good for a while; kept in this process.
    fn valid_token(&self, app: &App, consent: &Consent) -> Option<Secret> {
        let until: Timestamp = consent.expires_at.as_ref()?.as_str()?.parse().ok()?;
        let token = consent.access_token.clone()?;
        (until > self.now() + LEAD).then(|| self.cache(app.of_token(&consent.refresh_token), token, until))
    }

    fn cache(&self, of: String, token: Secret, until: Timestamp) -> Secret {
        // The process's cache expires tokens later than is wanted here.
        self.exchange.ports.tokens.put(&self.name, of, token.clone(), until - (LEAD - EARLY));
        token
    }

    /// Sends the refresh token that the lease was taken for.
    async fn refresh(&self, lease: Lease, app: &App, consent: &Consent) -> Result<Secret> {
        let asked = self.now();
        let granted = match self.request_token(app, consent).await {
            Ok(granted) => granted,
            Err(fault) => return Err(self.refresh_failed(lease, fault).await),
        };
        let Lease { rev, before, sent } = lease;
        let until = asked + Duration::from_secs(u64::from(granted.expires_in));
        let next = granted.refresh_token.as_ref().unwrap_or(&consent.refresh_token);
        let mut spent = before.spent;
        if token_digest(next) != sent {
            refresh_lease::push(&mut spent, sent.clone());
        }
        if self.replaced(&sent).await {
            // Somebody consented anew in the meantime; that consent is the one to keep.
            let item = RefreshLease { spent, ..RefreshLease::default() };
            self.give_back(rev, &item).await;
            return Err(Fault::unavailable("the consent was replaced while its token was refreshed"));
        }
        self.store(next, &granted.access_token, until).await?;
        let item =
            RefreshLease { spent, refreshed_at: Some(self.now()), app: Some(app.of()), ..RefreshLease::default() };
        self.give_back(rev, &item).await;
        tracing::info!(target: "connection", tenant_id = self.tenant_id, erp = "visma", outcome = "refreshed", "connection");
        Ok(self.cache(app.of_token(next), granted.access_token, until))
    }

    async fn request_token(&self, app: &App, consent: &Consent) -> Result<Granted> {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", consent.refresh_token.expose())];
        grant(&self.exchange, self.auth_url, app, &fields).await
    }

    /// What becomes of the lease after a refresh that gave no token.
    async fn refresh_failed(&self, lease: Lease, fault: Fault) -> Fault {
        let Lease { rev, before, sent } = lease;
        let lost_before = before.intent.as_ref() == Some(&sent);
        if grant_is_dead(&fault) {
            let item = RefreshLease { needs_consent: Some(sent), spent: before.spent, ..RefreshLease::default() };
            self.give_back(rev, &item).await;
            let reason = if lost_before {
                "the answer to an earlier refresh was lost, and its token with it"
            } else {
                "the refresh token is no longer accepted"
            };
            tracing::error!(
                target: "connection",
                tenant_id = self.tenant_id,
                erp = "visma",
                outcome = "needs_consent",
                reason,
                action = reconnect(self.tenant_id),
                "connection"
            );
            return consent_required(self.tenant_id);
        }
        if turned_away(&fault) {
            self.give_back(rev, &RefreshLease { until: None, ..before }).await;
            return fault;
        }
        // The call may have been taken, or still be under way: the lease runs out by itself, and the intent says what was sent.
        let reason = format!("no answer to a refresh: {fault}");
        tracing::warn!(target: "connection", tenant_id = self.tenant_id, erp = "visma", reason, "connection");
        let broken = matches!(fault, Fault::Unavailable { broken: true, .. });
        Fault::Unavailable { status: None, broken, why: reason }
    }

    /// Whether the stored refresh token is another one than was sent.
    async fn replaced(&self, sent: &str) -> bool {
        let stored = read_now::<Consent>(self.exchange.ports, &self.name).await;
        stored.is_ok_and(|stored| token_digest(&stored.refresh_token) != sent)
    }

    async fn store(&self, refresh: &Secret, access: &Secret, until: Timestamp) -> Result<()> {
        let (ports, value) = (self.exchange.ports, secret(refresh, access, until));
        persist(ports, self.tenant_id, async || ports.secrets.put(&self.name, &value).await).await
    }

    /// Writes the lease item without a lease. Where it cannot be written the lease runs out by itself.
    async fn give_back(&self, rev: u64, item: &RefreshLease) {
        if let Err(fault) = refresh_lease::write(self.exchange.ports, self.tenant_id, rev + 1, item).await {
            tracing::warn!(target: "connection", tenant_id = self.tenant_id, erp = "visma", reason = %fault, "connection");
        }
    }
}

/// One call to the token endpoint. What is exchanged there may be used up by it, so it is never sent twice.
pub(crate) async fn grant(
    exchange: &Exchange<'_>,
    auth_url: &Url,
    app: &App,
    fields: &[(&str, &str)],
) -> Result<Granted> {
    let url = under(auth_url, "connect/token");
    let mut call = Call::form(url, fields).header(AUTHORIZATION, app.client_secret.client_basic(&app.client_id)?);
    for (_, value) in fields.iter().filter(|(name, _)| matches!(*name, "code" | "refresh_token")) {
        call = call.secret(&Secret::new((*value).to_owned()));
    }
    call.replayable = false;
    let (_, body) = exchange.send(Service::Token(schema::VISMA.system), &call).await?;
    schema::look(&schema::VISMA, exchange.ports, &body);
    serde_json::from_value(body).map_err(|_| Fault::Unexpected("the token answer has no access_token".into()))
}

/// `visma/<tenant_id>` as it is written.
fn secret(refresh: &Secret, access: &Secret, until: Timestamp) -> Secret {
    let text = json!({
        "refresh_token": refresh.expose(), "access_token": access.expose(), "expires_at": until.to_string(),
    });
    Secret::new(text.to_string())
}

/// Tries several times: a token that was just given out exists nowhere else.
async fn persist(ports: &Ports, tenant_id: &str, write: impl AsyncFn() -> Result<()>) -> Result<()> {
    let mut pause = Duration::from_millis(250);
    for _ in 1..WRITE_ATTEMPTS {
        match write().await {
            Ok(()) => return Ok(()),
            Err(fault) => {
                tracing::warn!(target: "connection", tenant_id, erp = "visma", reason = %fault, "connection");
            }
        }
        ports.clock.sleep(pause).await;
        pause *= 2;
    }
    write().await
}

/// Identifies a refresh token without storing it.
fn token_digest(token: &Secret) -> String {
    sha256(token.expose())
}

/// What a person does about a consent that is lost.
fn reconnect(tenant_id: &str) -> String {
    format!("bridgectl connect-link {tenant_id}")
}

fn consent_required(tenant_id: &str) -> Fault {
    let action = reconnect(tenant_id);
    Fault::Unauthorized(format!("the company must consent again ({action}): its refresh token is no longer accepted"))
}

fn wait_timed_out(behind: bool) -> Fault {
    if behind {
        return Fault::Unauthorized("the secret holds a refresh token that has been used up".into());
    }
    Fault::unavailable("another invocation has not finished refreshing the token")
}
