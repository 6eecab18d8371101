//! OAuth with rotating refresh tokens (Visma sheet, section 1).
//!
//! A rotating refresh token works once: sent twice, the whole consent is lost. So of all invocations one refreshes at a
//! time. It takes a lease by a conditional write that also notes which token it is about to send ([`slip`]); it keeps the
//! new token in the secret store before anybody uses it; only then does it give the lease back. The others wait, and read.
//!
//! An answer that never came may have burned the token that was sent. The lease then stays until no call can be under way
//! any more, and the next attempt sends the same token again: where the vendor did not rotate it, or never got the call,
//! all is well; where it did, the one that followed it is known to nobody, so nothing is lost by asking. A grant that the
//! vendor calls dead is not asked about again until the secret holds another one.

mod slip;

use std::time::Duration;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use self::slip::Slip;
use super::{EARLY, read};
use crate::envelope::hex;
use crate::fault::{Fault, Result};
use crate::http::classify::{Service, grant_is_dead};
use crate::http::{Call, Exchange};
use crate::ports::Put;
use crate::secret::Secret;

/// Refresh this long before an access token runs out (Visma sheet, section 1: 2 to 5 minutes).
const LEAD: Duration = Duration::from_secs(180);

/// How long a refresher may hold the lease: longer than any call can be under way.
const LEASE: Duration = Duration::from_secs(120);

/// No refresh begins when less than this is left: an invocation that ends in the middle may lose the consent.
const LONGEST_CALL: Duration = Duration::from_secs(35);

/// How long the others wait for the one that refreshes.
const PATIENCE: Duration = Duration::from_secs(20);

/// An access token that is younger than this was not refused for its age: it is not renewed again.
const YOUNG: Duration = Duration::from_secs(60);

/// Tries to keep a new token: it exists nowhere else.
const KEEPS: u32 = 5;

/// `visma/app`.
#[derive(Deserialize)]
struct App {
    client_id: String,
    client_secret: Secret,
}

/// `visma/<tenant_id>`.
#[derive(Deserialize)]
struct Consent {
    refresh_token: Secret,
    #[serde(default)]
    access_token: Option<Secret>,
    #[serde(default)]
    expires_at: Option<Value>,
}

/// What the token endpoint answers.
#[derive(Deserialize)]
struct Granted {
    access_token: Secret,
    #[serde(default)]
    refresh_token: Option<Secret>,
    #[serde(default)]
    expires_in: u32,
}

pub(super) async fn headers(
    exchange: &Exchange<'_>,
    tenant_id: &str,
    auth_url: &Url,
    renew: bool,
    headers: &mut HeaderMap,
) -> Result<()> {
    // Without the pace of the endpoint that asks: a turn waited for would be taken out of the lease.
    let exchange = Exchange { ports: exchange.ports, pace: None, deadline: exchange.deadline };
    let connection = Connection { exchange, tenant_id, auth_url, name: format!("visma/{tenant_id}") };
    headers.insert(AUTHORIZATION, connection.token(renew).await?.header("Bearer ")?);
    Ok(())
}

struct Connection<'a> {
    exchange: Exchange<'a>,
    tenant_id: &'a str,
    auth_url: &'a Url,
    name: String,
}

impl Connection<'_> {
    fn now(&self) -> Timestamp {
        self.exchange.ports.clock.now()
    }

    /// An access token; with `renew`, another one than this process had.
    async fn token(&self, renew: bool) -> Result<Secret> {
        let ports = self.exchange.ports;
        let held = ports.tokens.get(&self.name, self.now());
        if !renew {
            if let Some(token) = held {
                return Ok(token);
            }
            let consent: Consent = read(ports, &self.name, false).await?;
            if let Some(token) = self.live(&consent) {
                return Ok(token);
            }
        }
        let refused = held.filter(|_| renew);
        let give_up = self.now() + PATIENCE;
        loop {
            // The slip first: whoever refreshed before it was read has kept the token that is read next.
            let (rev, slip) = slip::read(ports, self.tenant_id).await?;
            let consent: Consent = read(ports, &self.name, true).await?;
            let (now, sent) = (self.now(), digest(&consent.refresh_token));
            // A read that is behind the last refresh shows a token that is used up.
            let behind = slip.spent.contains(&sent);
            let young = slip.refreshed_at.is_some_and(|at| at + YOUNG > now);
            let other = refused.as_ref().is_some_and(|refused| consent.access_token.as_ref() != Some(refused));
            if !behind
                && (!renew || young || other)
                && let Some(token) = self.live(&consent)
            {
                return Ok(token);
            }
            if slip.needs_consent.as_ref() == Some(&sent) {
                return Err(stopped());
            }
            if now > give_up {
                return Err(waited_in_vain(behind));
            }
            if behind || slip.until.is_some_and(|until| until > now) {
                let pause = Duration::from_millis(200).mul_f64(1.0 + ports.clock.chance());
                ports.clock.sleep(pause).await;
                continue;
            }
            if now + LONGEST_CALL > self.exchange.deadline {
                return Err(Fault::Unavailable("too little time is left to refresh the token".into()));
            }
            let taken = Slip { until: Some(now + LEASE), intent: Some(sent.clone()), ..slip.clone() };
            if slip::write(ports, self.tenant_id, rev + 1, &taken).await? == Put::Done {
                return self.refresh(rev + 1, &slip, &consent, sent).await;
            }
        }
    }

    /// The access token of a consent, if it is good for a while; kept in this process.
    fn live(&self, consent: &Consent) -> Option<Secret> {
        let until: Timestamp = consent.expires_at.as_ref()?.as_str()?.parse().ok()?;
        let token = consent.access_token.clone()?;
        (until > self.now() + LEAD).then(|| self.hold(token, until))
    }

    fn hold(&self, token: Secret, until: Timestamp) -> Secret {
        // The process's own cache lets go a little later than it should here.
        self.exchange.ports.tokens.put(&self.name, token.clone(), until - (LEAD - EARLY));
        token
    }

    /// Sends the refresh token that `sent` is the digest of; the lease of revision `rev` is held.
    async fn refresh(&self, rev: u64, before: &Slip, consent: &Consent, sent: String) -> Result<Secret> {
        let asked = self.now();
        let granted = match self.ask(consent).await {
            Ok(granted) => granted,
            Err(fault) => return Err(self.failed(rev, before, sent, fault).await),
        };
        let until = asked + Duration::from_secs(u64::from(granted.expires_in));
        let next = granted.refresh_token.as_ref().unwrap_or(&consent.refresh_token);
        let mut spent = before.spent.clone();
        if digest(next) != sent {
            slip::push(&mut spent, sent.clone());
        }
        if self.replaced(&sent).await {
            // Somebody consented anew in the meantime; that consent is the one to keep.
            let slip = Slip { spent, ..Slip::default() };
            self.give_back(rev, &slip).await;
            return Err(Fault::Unavailable("the consent was replaced while its token was refreshed".into()));
        }
        self.keep(next, &granted.access_token, until).await?;
        self.give_back(rev, &Slip { spent, refreshed_at: Some(self.now()), ..Slip::default() }).await;
        tracing::info!(target: "connection", tenant_id = self.tenant_id, erp = "visma", outcome = "refreshed", "connection");
        Ok(self.hold(granted.access_token, until))
    }

    async fn ask(&self, consent: &Consent) -> Result<Granted> {
        let app: App = read(self.exchange.ports, "visma/app", false).await?;
        let mut url = self.auth_url.clone();
        url.set_path(&format!("{}/connect/token", self.auth_url.path().trim_end_matches('/')));
        let fields = [("grant_type", "refresh_token"), ("refresh_token", consent.refresh_token.expose())];
        let mut call = Call::form(url, &fields).header(AUTHORIZATION, app.client_secret.basic(&app.client_id)?);
        call = call.secret(&consent.refresh_token);
        call.replayable = false;
        let (_, body) = self.exchange.send(Service::Token, &call).await?;
        serde_json::from_value(body).map_err(|_| Fault::Unexpected("the token answer has no access_token".into()))
    }

    /// What becomes of the lease after a refresh that gave no token.
    async fn failed(&self, rev: u64, before: &Slip, sent: String, fault: Fault) -> Fault {
        let lost_before = before.intent.as_ref() == Some(&sent);
        if grant_is_dead(&fault) {
            let slip = Slip { needs_consent: Some(sent), spent: before.spent.clone(), ..Slip::default() };
            self.give_back(rev, &slip).await;
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
                "connection"
            );
            return stopped();
        }
        match fault {
            // Refused before the token was looked at.
            Fault::Unauthorized(_) | Fault::RateLimited { .. } | Fault::Rejected { .. } => {
                self.give_back(rev, &Slip { until: None, ..before.clone() }).await;
                fault
            }
            // The call may still be under way: the lease runs out by itself, and the intent says what was sent.
            Fault::Unavailable(why) | Fault::Unexpected(why) => {
                let reason = format!("no answer to a refresh: {why}");
                tracing::warn!(target: "connection", tenant_id = self.tenant_id, erp = "visma", reason, "connection");
                Fault::Unavailable(reason)
            }
        }
    }

    /// Whether the stored refresh token is another one than was sent.
    async fn replaced(&self, sent: &str) -> bool {
        let stored = read::<Consent>(self.exchange.ports, &self.name, true).await;
        stored.is_ok_and(|stored| digest(&stored.refresh_token) != sent)
    }

    async fn keep(&self, refresh: &Secret, access: &Secret, until: Timestamp) -> Result<()> {
        let ports = self.exchange.ports;
        let text = json!({
            "refresh_token": refresh.expose(), "access_token": access.expose(), "expires_at": until.to_string(),
        });
        let value = Secret::new(text.to_string());
        let mut pause = Duration::from_millis(250);
        for _ in 1..KEEPS {
            match ports.secrets.put(&self.name, &value).await {
                Ok(()) => return Ok(()),
                Err(fault) => {
                    tracing::warn!(target: "connection", tenant_id = self.tenant_id, erp = "visma", reason = %fault, "connection");
                }
            }
            ports.clock.sleep(pause).await;
            pause *= 2;
        }
        ports.secrets.put(&self.name, &value).await
    }

    /// Writes the slip without a lease. Where it cannot be written the lease runs out by itself.
    async fn give_back(&self, rev: u64, slip: &Slip) {
        if let Err(fault) = slip::write(self.exchange.ports, self.tenant_id, rev + 1, slip).await {
            tracing::warn!(target: "connection", tenant_id = self.tenant_id, erp = "visma", reason = %fault, "connection");
        }
    }
}

/// Tells refresh tokens apart without keeping them.
fn digest(token: &Secret) -> String {
    hex(&Sha256::digest(token.expose()))
}

fn stopped() -> Fault {
    Fault::Unauthorized("the company must consent again: its refresh token is no longer accepted".into())
}

fn waited_in_vain(behind: bool) -> Fault {
    if behind {
        return Fault::Unauthorized("the secret holds a refresh token that has been used up".into());
    }
    Fault::Unavailable("another invocation has not finished refreshing the token".into())
}
