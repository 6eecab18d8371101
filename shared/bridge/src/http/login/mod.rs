//! How each service is told who calls. A login gives headers; renewing means: look at the secrets anew, and get a new
//! token.

mod finago;
mod poweroffice;
pub(crate) mod procountor;
pub(crate) mod schema;
pub(crate) mod visma;

pub use self::visma::{refreshing, waiting_for_consent};

use std::time::Duration;

use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use url::Url;

use jiff::Timestamp;

use crate::http::classify::Service;
use crate::http::{Call, Exchange};
use crate::ports::Ports;
use crate::words::fault::{Fault, Result};
use crate::words::kind::Kind;
use crate::words::schema::Schema;
use crate::words::secret::Secret;

/// Partitions of the state table in which a tenant's logins are kept under its id: a session, the turn of its refreshes.
pub const PARTITIONS: [&str; 2] = [finago::PARTITION, visma::refresh_lease::PARTITION];

/// Tells credentials apart without keeping them.
fn digest(credentials: &[&str]) -> String {
    let mut digest = Sha256::new();
    for one in credentials {
        digest.update((one.len() as u64).to_be_bytes());
        digest.update(one);
    }
    hex::encode(digest.finalize())
}

/// Who calls.
pub enum Login {
    /// HTTP Basic with `ongoing/<tenant>` (Ongoing sheet, section 1.2).
    Ongoing {
        /// Whose secret.
        tenant_id: String,
    },
    /// OAuth client credentials with three keys (PowerOffice sheet, section 1).
    PowerOffice {
        /// Whose client key.
        tenant_id: String,
        /// The full token address.
        auth_url: Url,
    },
    /// A session cookie shared by all invocations (Finago sheet, section 1.3).
    Finago {
        /// Whose user.
        tenant_id: String,
        /// The host of the five services.
        base_url: Url,
    },
    /// Client credentials with the company's API key (Procountor sheet, section 1).
    Procountor {
        /// Whose key.
        tenant_id: String,
        /// The identity host.
        auth_url: Url,
    },
    /// OAuth with rotating refresh tokens (Visma sheet, section 1).
    Visma {
        /// Whose consent.
        tenant_id: String,
        /// The identity host.
        auth_url: Url,
    },
}

/// `ongoing/<tenant_id>`.
#[derive(Deserialize)]
struct OngoingSecret {
    username: String,
    password: Secret,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: Secret,
    #[serde(default)]
    expires_in: u32,
}

impl Login {
    /// The system's word: an ERP's, or `ongoing`.
    #[must_use]
    pub fn system(&self) -> &'static str {
        match self {
            Self::Ongoing { .. } => "ongoing",
            Self::PowerOffice { .. } => Kind::PowerOffice.word(),
            Self::Finago { .. } => Kind::Finago.word(),
            Self::Procountor { .. } => Kind::Procountor.word(),
            Self::Visma { .. } => Kind::Visma.word(),
        }
    }

    /// Whose secrets.
    #[must_use]
    pub fn tenant_id(&self) -> &str {
        let (Self::Ongoing { tenant_id }
        | Self::PowerOffice { tenant_id, .. }
        | Self::Finago { tenant_id, .. }
        | Self::Procountor { tenant_id, .. }
        | Self::Visma { tenant_id, .. }) = self;
        tenant_id
    }

    /// Whether a session that calls are made with is gone, by the service's own word; other logins have none.
    pub(super) async fn session_is_gone(&self, exchange: &Exchange<'_>) -> bool {
        match self {
            Self::Finago { tenant_id, base_url } => finago::session_is_gone(exchange, tenant_id, base_url).await,
            Self::Ongoing { .. } | Self::PowerOffice { .. } | Self::Procountor { .. } | Self::Visma { .. } => false,
        }
    }

    /// The headers that say who calls; `renew` after a 401.
    ///
    /// # Errors
    /// [`Fault::Unauthorized`] when a secret is missing or refused.
    pub async fn headers(&self, exchange: &Exchange<'_>, renew: bool) -> Result<HeaderMap> {
        self.told(exchange, renew).await.map(|(headers, _)| headers)
    }

    /// The same, and whether they were renewed by a login of another process, which may be over as well.
    pub(super) async fn told(&self, exchange: &Exchange<'_>, renew: bool) -> Result<(HeaderMap, bool)> {
        let ports = exchange.ports;
        let (mut headers, mut untried) = (HeaderMap::new(), false);
        match self {
            Self::Ongoing { tenant_id } => {
                let secret: OngoingSecret = read(ports, &format!("ongoing/{tenant_id}"), renew).await?;
                headers.insert(AUTHORIZATION, secret.password.basic(&secret.username)?);
            }
            Self::PowerOffice { tenant_id, auth_url } => {
                poweroffice::headers(exchange, tenant_id, auth_url, renew, &mut headers).await?;
            }
            Self::Finago { tenant_id, base_url } => {
                untried = finago::headers(exchange, tenant_id, base_url, renew, &mut headers).await?;
            }
            Self::Procountor { tenant_id, auth_url } => {
                procountor::headers(exchange, tenant_id, auth_url, renew, &mut headers).await?;
            }
            Self::Visma { tenant_id, auth_url } => {
                visma::headers(exchange, tenant_id, auth_url, renew, &mut headers).await?;
            }
        }
        Ok((headers, untried))
    }
}

impl Login {
    /// The secrets that this login is made of, read past every cache, each with what is wrong with it.
    pub async fn secrets(&self, ports: &Ports) -> Vec<(String, Result<()>)> {
        match self {
            Self::Ongoing { tenant_id } => {
                vec![validate::<OngoingSecret>(ports, format!("ongoing/{tenant_id}")).await]
            }
            Self::PowerOffice { tenant_id, .. } => {
                validate_both::<poweroffice::App, poweroffice::Client>(ports, Kind::PowerOffice, tenant_id).await
            }
            Self::Finago { tenant_id, .. } => {
                validate_both::<finago::App, finago::User>(ports, Kind::Finago, tenant_id).await
            }
            Self::Procountor { tenant_id, .. } => {
                validate_both::<procountor::App, procountor::Company>(ports, Kind::Procountor, tenant_id).await
            }
            Self::Visma { tenant_id, .. } => {
                validate_both::<visma::App, visma::Consent>(ports, Kind::Visma, tenant_id).await
            }
        }
    }
}

/// The id of a session that never was.
pub const NO_SESSION: &str = "bridge-probe";

/// A session that nobody else uses.
pub struct Session(Secret);

impl Session {
    /// One that never was.
    pub(super) fn none() -> Self {
        Self(Secret::new(NO_SESSION.to_owned()))
    }

    /// The cookie that it is.
    pub(super) fn headers(&self) -> Result<HeaderMap> {
        Ok(HeaderMap::from_iter([(COOKIE, self.0.header(finago::COOKIE_NAME)?)]))
    }
}

/// What is asked of a login for its own sake.
impl Login {
    pub(super) async fn token_lifetime(&self, exchange: &Exchange<'_>) -> Result<Duration> {
        match self {
            Self::PowerOffice { tenant_id, auth_url } => poweroffice::lifetime(exchange, tenant_id, auth_url).await,
            _ => Err(self.without("a token that says how long it lives")),
        }
    }

    pub(super) async fn own_session(&self, exchange: &Exchange<'_>) -> Result<Session> {
        match self {
            Self::Finago { tenant_id, base_url } => Ok(Session(finago::open(exchange, tenant_id, base_url).await?)),
            _ => Err(self.without("sessions")),
        }
    }

    pub(super) async fn lives(&self, exchange: &Exchange<'_>, session: &Session) -> Result<bool> {
        match self {
            Self::Finago { base_url, .. } => finago::lives(exchange, base_url, session.headers()?).await,
            _ => Err(self.without("sessions")),
        }
    }

    fn without(&self, what: &str) -> Fault {
        Fault::Unexpected(format!("{} has no {what}", self.system()))
    }
}

/// Reads a secret past every cache, and says what is wrong with it.
async fn validate<T: DeserializeOwned>(ports: &Ports, name: String) -> (String, Result<()>) {
    let read = read_now::<T>(ports, &name).await;
    (name, read.map(|_| ()))
}

/// The two secrets of an ERP: the integration's own and the company's, each with what is wrong with it.
async fn validate_both<App: DeserializeOwned, Company: DeserializeOwned>(
    ports: &Ports,
    erp: Kind,
    tenant_id: &str,
) -> Vec<(String, Result<()>)> {
    let app = validate::<App>(ports, format!("{erp}/app")).await;
    vec![app, validate::<Company>(ports, format!("{erp}/{tenant_id}")).await]
}

/// The token that this process keeps under `name`, if it was made `of` these credentials and works until `until`, else a
/// new one.
async fn cached_or_fetched(
    exchange: &Exchange<'_>,
    name: &str,
    of: String,
    until: Timestamp,
    renew: bool,
    schema: &Schema,
    call: impl FnOnce() -> Result<Call>,
) -> Result<Secret> {
    match exchange.ports.tokens.get(name, &of, until).filter(|_| !renew) {
        Some(token) => Ok(token),
        None => fetch(exchange, name, of, schema, &call()?).await,
    }
}

/// Exchanges a tenant's Visma refresh token now, and keeps what follows it in `ports.secrets`; not where `done` says that it
/// was done by another invocation meanwhile. Takes the same turns as every refresh, so that no token is sent twice.
///
/// # Errors
/// As every refresh: [`Fault::Unavailable`] where another holds the lease or the answer was lost, [`Fault::Unauthorized`]
/// where the company must consent again.
pub(crate) async fn rotate_visma(
    exchange: Exchange<'_>,
    tenant_id: &str,
    auth_url: &Url,
    done: impl AsyncFn() -> Result<bool>,
) -> Result<()> {
    visma::rotate(exchange, tenant_id, auth_url, done).await
}

/// Gets a token and keeps it under `name` while the process lives; `of` names what it was made from.
pub(crate) async fn fetch(
    exchange: &Exchange<'_>,
    name: &str,
    of: String,
    schema: &Schema,
    call: &Call,
) -> Result<Secret> {
    let asked = exchange.ports.clock.now();
    let (_, body) = exchange.send(Service::Token(schema.system), call).await?;
    schema::look(schema, exchange.ports, &body);
    let answer: TokenAnswer =
        serde_json::from_value(body).map_err(|_| Fault::Unexpected("the token answer has no access_token".into()))?;
    let until = asked + Duration::from_secs(u64::from(answer.expires_in));
    exchange.ports.tokens.put(name, of, answer.access_token.clone(), until);
    Ok(answer.access_token)
}

/// A secret as the type that reads it; `refused` after a 401 to what was read before.
pub(crate) async fn read<T: DeserializeOwned>(ports: &Ports, name: &str, refused: bool) -> Result<T> {
    let secrets = &ports.secrets;
    let secret = if refused { secrets.get_after_refusal(name).await } else { secrets.get(name, false).await };
    decoded(name, secret?)
}

/// As [`read`], past every cache: where it was replaced by another process the older value must not be used.
pub(crate) async fn read_now<T: DeserializeOwned>(ports: &Ports, name: &str) -> Result<T> {
    decoded(name, ports.secrets.get(name, true).await?)
}

fn decoded<T: DeserializeOwned>(name: &str, secret: Option<Secret>) -> Result<T> {
    let secret = secret.ok_or_else(|| Fault::Unauthorized(format!("the secret {name} does not exist")))?;
    // serde's own words could quote the secret, so only its position is passed on.
    serde_json::from_str(secret.expose()).map_err(|error| {
        Fault::Unauthorized(format!("the secret {name} is not the JSON that is expected (column {})", error.column()))
    })
}

/// A path of the identity host.
pub(crate) fn under(auth_url: &Url, path: &str) -> Url {
    let mut url = auth_url.clone();
    url.set_path(&format!("{}/{path}", auth_url.path().trim_end_matches('/')));
    url
}
