//! Finago login: a session cookie shared by all invocations (Finago sheet, section 1.3). Repeated logins are throttled,
//! so the session id is kept in the state table until a call is answered that the session is gone.

mod own;

pub(super) use own::{lives, open};

use http::HeaderMap;
use http::header::COOKIE;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

use super::{digest, read, schema};
use crate::http::Exchange;
use crate::http::classify::Service;
use crate::http::soap::{self, Node};
use crate::ports::{Item, Ports, Put};
use crate::words::fault::{Fault, Result};
use crate::words::secret::Secret;

/// How the cookie of a session begins.
pub(super) const COOKIE_NAME: &str = "ASP.NET_SessionId=";

/// The identity that the vendor calls the default one.
const DEFAULT_IDENTITY: &str = "00000000-0000-0000-0000-000000000000";

/// How long a session's id is worth trying; how long it lives is not documented.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// A session that is younger than this was not refused for its age.
const YOUNG: Duration = Duration::from_secs(60);

/// For how long nobody logs in where logins are throttled (Finago sheet, section 1.3). How many are let in, and whether those
/// that are refused count, is not known: so few that an hour of them is less than what a person does.
const THROTTLED: Duration = Duration::from_secs(20 * 60);

/// For how long after such a pause one may log in before another one tries.
const TURN: Duration = Duration::from_secs(60);

/// `finago/app`.
#[derive(Deserialize)]
pub(super) struct App {
    application_id: String,
}

/// `finago/<tenant_id>`.
#[derive(Deserialize)]
pub(super) struct User {
    username: String,
    password: Secret,
    /// Which of the companies that the user reaches.
    identity_id: Option<String>,
}

impl User {
    fn identity(&self) -> &str {
        self.identity_id.as_deref().map_or(DEFAULT_IDENTITY, str::trim)
    }

    /// Names whose session it is, so that another user or company never goes on with it, and neither does a password that
    /// was replaced. It lies in the state table: the application's id, which does not, keeps the password from being
    /// guessed from it.
    fn of(&self, app: &App) -> String {
        digest(&[&app.application_id, &self.username, self.identity(), self.password.expose()])
    }
}

/// The session in the state table.
struct Stored {
    rev: u64,
    session: Option<Secret>,
    /// When its login was answered.
    at: Option<Timestamp>,
    /// Nobody logs in before it.
    not_before: Option<Timestamp>,
}

/// The session's cookie; whether it replaces one that was refused and was opened by another process.
pub(super) async fn headers(
    exchange: &Exchange<'_>,
    tenant_id: &str,
    base_url: &Url,
    renew: bool,
    headers: &mut HeaderMap,
) -> Result<bool> {
    let ports = exchange.ports;
    let app: App = read(ports, "finago/app", renew).await?;
    let user: User = read(ports, &format!("finago/{tenant_id}"), renew).await?;
    let of = user.of(&app);
    let name = format!("finago/{tenant_id}");
    let used = ports.tokens.get(&name, &of, ports.clock.now());
    let mut untried = false;
    let session = match used.clone().filter(|_| !renew) {
        Some(session) => session,
        None => {
            let stored = stored(ports, tenant_id, &of).await?;
            // After a refusal the stored session is only worth trying if it is not the one that was refused.
            match stored.session.clone().filter(|session| !renew || used.is_some_and(|used| used != *session)) {
                Some(session) => {
                    // One that was opened just now is as good as another one would be.
                    untried = renew && stored.at.is_none_or(|at| at + YOUNG < ports.clock.now());
                    session
                }
                None => {
                    let now = ports.clock.now();
                    if let Some(until) = stored.not_before.filter(|until| *until > now) {
                        return Err(refused(Duration::try_from(until.duration_since(now)).unwrap_or_default()));
                    }
                    let (mut rev, paused) = (stored.rev, stored.not_before.is_some());
                    // Of all who waited one tries: together they are more than are let in within an hour, for ever.
                    if paused {
                        if nobody_before(ports, tenant_id, &of, rev, now + TURN).await? == Put::Conflict {
                            return Err(refused(TURN));
                        }
                        rev += 1;
                    }
                    let session = match login(exchange, base_url, &app, &user, paused).await {
                        Err(fault @ Fault::RateLimited { status: Some(_), .. }) => {
                            let until = ports.clock.now() + THROTTLED;
                            nobody_before(ports, tenant_id, &of, rev, until).await?;
                            return Err(fault);
                        }
                        session => session?,
                    };
                    keep(ports, tenant_id, &of, rev, session).await?
                }
            }
        }
    };
    headers.insert(COOKIE, session.header(COOKIE_NAME)?);
    ports.tokens.put(&name, of, session, ports.clock.now() + KEPT);
    Ok(untried)
}

/// Whether the service says that the session which is used is none (Finago sheet, section 1.3).
pub(super) async fn session_is_gone(exchange: &Exchange<'_>, tenant_id: &str, base_url: &Url) -> bool {
    let asked = async {
        let mut used = HeaderMap::new();
        headers(exchange, tenant_id, base_url, false, &mut used).await?;
        let mut call = soap::call(base_url, soap::AUTHENTICATE, "HasSession", Vec::new(), true)?.once();
        call.headers.extend(used);
        exchange.send(Service::Finago, &call).await
    };
    asked.await.is_ok_and(|(_, has)| has.as_str().map(str::trim) == Some("false"))
}

async fn stored(ports: &Ports, tenant_id: &str, of: &str) -> Result<Stored> {
    let Some(item) = ports.state.get(PARTITION, tenant_id).await? else {
        return Ok(Stored { rev: 0, session: None, at: None, not_before: None });
    };
    let session = item.body["session"].as_str().filter(|_| item.body["of"] == of);
    let young = item.expires.is_none_or(|expires| expires > ports.clock.now());
    let session = session.filter(|_| young).map(|session| Secret::new(session.to_owned()));
    let moment = |name: &str| item.body[name].as_str().and_then(|at| at.parse().ok());
    // Other credentials are not refused with these.
    let not_before = moment("not_before").filter(|_| item.body["of"] == of);
    Ok(Stored { rev: item.rev, session, at: moment("at"), not_before })
}

/// What is said where nobody logs in for so long.
fn refused(after: Duration) -> Fault {
    let why = "Finago Office has refused further logins for a while".into();
    Fault::RateLimited { status: None, after, why }
}

/// Nobody logs in with these credentials before that moment, whichever function; a login that was stored meanwhile stays.
async fn nobody_before(ports: &Ports, tenant_id: &str, of: &str, rev: u64, until: Timestamp) -> Result<Put> {
    let body = json!({ "of": of, "not_before": until });
    let expires = Some(until + THROTTLED);
    let item = Item { pk: PARTITION.into(), sk: tenant_id.to_owned(), rev: rev + 1, body, expires };
    ports.state.put(item).await
}

pub(super) const PARTITION: &str = "session#finago";

/// Stores a new session. Where somebody else logged in meanwhile, the session of the later login is used by all: whether a
/// login ends the user's other sessions is not known (finago.sessions), and the later one lives either way.
async fn keep(ports: &Ports, tenant_id: &str, of: &str, mut rev: u64, session: Secret) -> Result<Secret> {
    let at = ports.clock.now();
    for _ in 0..MEETINGS {
        let item = Item {
            pk: PARTITION.into(),
            sk: tenant_id.to_owned(),
            rev: rev + 1,
            body: json!({ "session": session.expose(), "of": of, "at": at }),
            expires: Some(at + KEPT),
        };
        if ports.state.put(item).await? == Put::Done {
            break;
        }
        let there = stored(ports, tenant_id, of).await?;
        if let Some(theirs) = there.session.filter(|_| there.at.is_some_and(|theirs| theirs > at)) {
            return Ok(theirs);
        }
        rev = there.rev;
    }
    Ok(session)
}

/// Logins at the same time that a session is stored over.
const MEETINGS: usize = 4;

/// Logs in; `once`: what is refused is not tried again.
async fn login(exchange: &Exchange<'_>, base_url: &Url, app: &App, user: &User, once: bool) -> Result<Secret> {
    let text = |text: &str| Node::Text(text.to_owned());
    let credential = Node::Members(vec![
        ("ApplicationId", text(&app.application_id)),
        ("IdentityId", text(user.identity())),
        ("Password", text(user.password.expose())),
        ("Username", text(&user.username)),
    ]);
    let call = soap::call(base_url, soap::AUTHENTICATE, "Login", vec![("credential", credential)], true)?
        .secret(&user.password);
    let call = if once { call.once() } else { call };
    let answer = exchange.send(Service::Finago, &call).await?.1;
    schema::look(&schema::FINAGO, exchange.ports, &answer);
    match answer {
        Value::String(session) => Ok(Secret::new(session)),
        // An empty result is the vendor's word for wrong credentials.
        _ => Err(Fault::Unauthorized("the user name or the password is wrong".into())),
    }
}
