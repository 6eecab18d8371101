//! Users and their sessions: the cookie `ASP.NET_SessionId`, and the identity as state of the session (Finago sheet,
//! sections 1.3 and 1.4).

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Rules;
use crate::Request;

/// The session cookie.
pub const COOKIE: &str = "ASP.NET_SessionId";

/// A user of the installation.
#[derive(Clone, Debug)]
pub struct User {
    /// An e-mail address.
    pub username: String,
    /// Sent as it is.
    pub password: String,
    /// The identities the user reaches; the first is the default.
    pub identities: Vec<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) username: String,
    pub(super) identity: String,
    pub(super) used: Timestamp,
}

/// The sessions that live.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    live: BTreeMap<String, Session>,
    made: u64,
}

impl Sessions {
    pub(super) fn open(&mut self, now: Timestamp, username: &str, identity: &str, rules: &Rules) -> String {
        if rules.one_session_per_user {
            self.live.retain(|_, session| session.username != username);
        }
        self.made += 1;
        let id = format!("sim{:021}", self.made);
        let session = Session { username: username.into(), identity: identity.into(), used: now };
        self.live.insert(id.clone(), session);
        id
    }

    /// The session a request belongs to, its idle time begun anew.
    pub(super) fn of(&mut self, now: Timestamp, request: &Request, rules: &Rules) -> Option<&mut Session> {
        let id = cookie(request)?;
        let session = self.live.get_mut(&id).filter(|session| now.duration_since(session.used) < rules.session_idle)?;
        session.used = now;
        Some(session)
    }

    pub(super) fn expire(&mut self) -> usize {
        std::mem::take(&mut self.live).len()
    }
}

fn cookie(request: &Request) -> Option<String> {
    let cookies = request.header("cookie")?;
    let pair = cookies.split(';').filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == COOKIE)?;
    Some(pair.1.to_owned())
}
