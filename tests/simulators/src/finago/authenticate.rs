//! `authenticate.asmx`: login, the session, and the choice of identity; and the one call of `ClientService.asmx`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::session::{COOKIE, User};
use super::soap::Fault;
use super::{Finago, codec};
use crate::{Request, Response};

const NO_GUID: &str = "00000000-0000-0000-0000-000000000000";

impl Finago {
    /// Answers an operation of the authentication service, `None` when it has no such operation.
    pub(super) fn authenticate(
        &mut self,
        now: Timestamp,
        request: &Request,
        operation: &str,
        args: &Value,
    ) -> Option<Result<Value, Fault>> {
        Some(match operation {
            "HasSession" => Ok(self.sessions.of(now, request, &self.rules).is_some().to_string().into()),
            "GetIdentitiesWithCredential" => {
                Ok(self.user_of(args.get("credential")).map_or(Value::Null, |user| self.identity_list(&user, None)))
            }
            "GetIdentities" | "GetIdentity" => self.identities_of_session(now, request, operation == "GetIdentity"),
            "SetIdentityById" => self.switch(now, request, codec::text(args, "identityId")),
            "SetIdentity" => {
                let id = args.get("identity").map(|identity| codec::text(identity, "Id").to_owned());
                self.switch(now, request, &id.unwrap_or_default())
            }
            _ => return None,
        })
    }

    /// Login apart, since its answer also sets the cookie and its throttle is not SOAP.
    pub(super) fn login(&mut self, now: Timestamp, args: &Value) -> Result<(Value, Option<String>), Response> {
        self.counts.logins += 1;
        let credential = args.get("credential");
        let username = credential.map(|credential| codec::text(credential, "Username").to_owned()).unwrap_or_default();
        if !self.limits.login(now, &username, &self.rules) {
            return Err(Response::text(429, "text/html; charset=utf-8", "Too many login attempts"));
        }
        let Some(user) = self.user_of(credential) else { return Ok((Value::String(String::new()), None)) };
        let wished = credential.map(|credential| codec::text(credential, "IdentityId").to_ascii_lowercase());
        let wished = wished.filter(|id| !id.is_empty() && id != NO_GUID);
        let Some(id) = wished.or_else(|| user.identities.first().cloned()) else {
            return Ok((Value::String(String::new()), None));
        };
        let open = user.identities.contains(&id) && self.identities.get(&id).is_some_and(|identity| !identity.blocked);
        if !open {
            let text =
                "The provided IdentityId is blocked. Call GetIdentitiesWithCredential to get a list of identities.";
            return Err(Fault::server(text).response());
        }
        let session = self.sessions.open(now, &user.username, &id, &self.rules);
        let cookie = format!("{COOKIE}={session}; path=/; HttpOnly; SameSite=Lax");
        Ok((Value::String(session), Some(cookie)))
    }

    fn user_of(&self, credential: Option<&Value>) -> Option<User> {
        let credential = credential?;
        if !codec::text(credential, "ApplicationId").eq_ignore_ascii_case(&self.application_id) {
            return None;
        }
        let matches = |user: &&User| {
            user.username == codec::text(credential, "Username") && user.password == codec::text(credential, "Password")
        };
        self.users.iter().find(matches).cloned()
    }

    fn identities_of_session(&mut self, now: Timestamp, request: &Request, only_current: bool) -> Result<Value, Fault> {
        let session = self.sessions.of(now, request, &self.rules).ok_or_else(Fault::session)?.clone();
        let user = self.users.iter().find(|user| user.username == session.username).ok_or_else(Fault::session)?;
        let mut list = self.identity_list(user, Some(&session.identity));
        if !only_current {
            return Ok(list);
        }
        let current =
            list["Identity"].as_array_mut().and_then(|list| list.iter_mut().find(|one| one["IsCurrent"] == "true"));
        Ok(current.map(Value::take).unwrap_or_default())
    }

    fn identity_list(&self, user: &User, current: Option<&str>) -> Value {
        let one = |(index, id): (usize, &String)| {
            let identity = self.identities.get(id)?;
            Some(json!({
                "Id": id,
                "User": { "Id": format!("00000000-0000-4000-8000-{:012}", index + 1), "Name": user.username },
                "Client": { "Id": identity.client_id.to_string(), "Name": identity.client_name },
                "IsCurrent": (current == Some(id)).to_string(),
                "IsDefault": (index == 0).to_string(),
                "IsProtected": "false",
                "Servers": { "Server": [{ "Id": "1", "Type": "1" }] },
                "IsDisabled": identity.blocked.to_string(),
            }))
        };
        json!({ "Identity": user.identities.iter().enumerate().filter_map(one).collect::<Vec<_>>() })
    }

    fn switch(&mut self, now: Timestamp, request: &Request, id: &str) -> Result<Value, Fault> {
        let id = id.to_ascii_lowercase();
        let session = self.sessions.of(now, request, &self.rules).ok_or_else(Fault::session)?;
        let user = self.users.iter().find(|user| user.username == session.username);
        let reached = user.is_some_and(|user| user.identities.contains(&id));
        let open = reached && self.identities.get(&id).is_some_and(|identity| !identity.blocked);
        if open {
            session.identity = id;
        }
        Ok(open.to_string().into())
    }

    /// `GetClientInformation`: the company behind the session.
    pub(super) fn client_information(&self, identity: &str) -> Result<Value, Fault> {
        let identity = self.identities.get(identity).ok_or_else(Fault::session)?;
        Ok(json!({
            "Country": "NO", "IsUsingFactoring": "false", "Name": identity.client_name,
            "ReminderDays": "14", "ReminderDays2": "14", "ReminderDays3": "14",
            "UserId": identity.client_id.to_string(), "DefaultCurrency": "NOK",
        }))
    }
}
