//! The formats of all secrets: names and members (contract, section 3).

use bridge::tenant;
use bridge::words::kind::Kind;
use serde_json::{Map, Value};

use crate::output::Failure;

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberKind {
    Text,
    /// A list of texts, the one in force first.
    Texts,
}

/// A member of a secret.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub name: &'static str,
    pub needed: bool,
    pub what: MemberKind,
}

/// A secret's name, and what belongs in it.
#[derive(Clone, Debug)]
pub struct SecretFormat {
    /// Without the stack's prefix.
    pub name: String,
    pub members: &'static [Member],
}

const fn needed(name: &'static str) -> Member {
    Member { name, needed: true, what: MemberKind::Text }
}

const fn optional(name: &'static str) -> Member {
    Member { name, needed: false, what: MemberKind::Text }
}

/// The webhook tokens of a tenant.
pub const TOKENS: &str = "webhook_tokens";

const ONGOING: &[Member] =
    &[needed("username"), needed("password"), Member { name: TOKENS, needed: false, what: MemberKind::Texts }];

fn app(kind: Kind) -> &'static [Member] {
    match kind {
        Kind::PowerOffice => &[const { needed("application_key") }, const { needed("subscription_key") }],
        Kind::Finago => &[const { needed("application_id") }],
        Kind::Procountor => {
            &[const { needed("client_id") }, const { needed("client_secret") }, const { optional("redirect_uri") }]
        }
        Kind::Visma => &[const { needed("client_id") }, const { needed("client_secret") }],
    }
}

fn company(kind: Kind) -> &'static [Member] {
    match kind {
        Kind::PowerOffice => &[const { needed("client_key") }],
        Kind::Finago => {
            &[const { needed("username") }, const { needed("password") }, const { optional("identity_id") }]
        }
        Kind::Procountor => &[const { needed("api_key") }],
        Kind::Visma => {
            &[const { needed("refresh_token") }, const { optional("access_token") }, const { optional("expires_at") }]
        }
    }
}

impl SecretFormat {
    /// The format of this name, with or without the stack's prefix.
    pub fn of(name: &str, prefix: &str) -> Result<Self, Failure> {
        let own = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/')).unwrap_or(name);
        let wrong = |why: &str| {
            Failure::usage(format!(
                "{name}: {why}; ongoing/<tenant>, <erp>/app or <erp>/<tenant> is expected, with an ERP of {}",
                Kind::ALL.map(Kind::word).join(", ")
            ))
        };
        let (system, whose) = own.split_once('/').ok_or_else(|| wrong("this is no name of a secret"))?;
        let members = match (system, whose) {
            ("ongoing", "app") => return Err(wrong("Ongoing has no application of its own")),
            (_, whose) if whose != "app" && !tenant::is_id(whose) => return Err(wrong("this is no tenant id")),
            ("ongoing", _) => ONGOING,
            (system, whose) => {
                // Not by its other names: the functions look under this one.
                let kind = Kind::ALL.into_iter().find(|kind| kind.word() == system);
                let kind = kind.ok_or_else(|| wrong("this system is not known"))?;
                if whose == "app" { app(kind) } else { company(kind) }
            }
        };
        Ok(Self { name: own.to_owned(), members })
    }

    /// Whose system it opens: `ongoing`, or an ERP's word.
    pub fn system(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }

    /// The tenant that it is of; `None` of an application's.
    pub fn tenant_id(&self) -> Option<&str> {
        self.name.split('/').nth(1).filter(|whose| *whose != "app")
    }

    /// Whether a webhook token belongs in it.
    pub fn has_tokens(&self) -> bool {
        self.members.iter().any(|member| member.name == TOKENS)
    }

    /// Whether the functions write it anew as they work: a Visma consent.
    pub fn is_renewed(&self) -> bool {
        self.members.iter().any(|member| member.name == "refresh_token")
    }

    /// What is wrong with what was given, never with its values; `whole`: every member that is needed has to be there.
    pub fn faults(&self, given: &Map<String, Value>, whole: bool) -> Vec<String> {
        let mut faults = Vec::new();
        for name in given.keys().filter(|name| !self.members.iter().any(|member| member.name == *name)) {
            let known: Vec<&str> = self.members.iter().map(|member| member.name).collect();
            faults.push(format!("/{name}: there is no such member; one of {} is expected", known.join(", ")));
        }
        for member in self.members {
            let problem = match given.get(member.name) {
                None if member.needed && whole => Some("it is missing, and needed"),
                None => None,
                Some(value) => member.problem(value),
            };
            faults.extend(problem.map(|problem| format!("/{}: {problem}", member.name)));
        }
        faults
    }
}

impl Member {
    /// Whether it may be seen while it is typed: it opens nothing by itself.
    pub fn is_seen(&self) -> bool {
        ["username", "client_id", "application_id", "identity_id", "redirect_uri", "expires_at"].contains(&self.name)
    }

    fn problem(&self, value: &Value) -> Option<&'static str> {
        let text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty() && text.trim() == text);
        match self.what {
            MemberKind::Text if text(value) => None,
            MemberKind::Text => Some("text is expected, not empty and without white space around it"),
            MemberKind::Texts if value.as_array().is_some_and(|all| all.iter().all(text)) => None,
            MemberKind::Texts => Some("a list of texts is expected, each without white space around it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn members(name: &str) -> Vec<&'static str> {
        SecretFormat::of(name, "stack").unwrap().members.iter().map(|member| member.name).collect()
    }

    #[test]
    fn every_secret_of_the_contract_has_its_shape() {
        assert_eq!(members("ongoing/acme"), ["username", "password", "webhook_tokens"]);
        assert_eq!(members("poweroffice/app"), ["application_key", "subscription_key"]);
        assert_eq!(members("stack/poweroffice/acme"), ["client_key"]);
        assert_eq!(members("finago/app"), ["application_id"]);
        assert_eq!(members("finago/acme"), ["username", "password", "identity_id"]);
        assert_eq!(members("procountor/app"), ["client_id", "client_secret", "redirect_uri"]);
        assert_eq!(members("procountor/acme"), ["api_key"]);
        assert_eq!(members("visma/app"), ["client_id", "client_secret"]);
        assert_eq!(members("visma/acme"), ["refresh_token", "access_token", "expires_at"]);
    }

    #[test]
    fn no_other_name_is_one() {
        for name in
            ["acme", "ongoing/app", "sap/acme", "24sevenoffice/acme", "visma/Acme", "visma/callback", "visma/", "a/b/c"]
        {
            assert!(SecretFormat::of(name, "stack").is_err(), "{name}");
        }
    }

    #[test]
    fn only_a_consent_of_visma_s_is_written_anew_by_the_functions() {
        let renewed = |name: &str| SecretFormat::of(name, "stack").unwrap().is_renewed();
        assert!(renewed("visma/acme"));
        for name in ["visma/app", "ongoing/acme", "procountor/acme"] {
            assert!(!renewed(name), "{name}");
        }
    }

    #[test]
    fn faults_name_members_and_never_values() {
        let format = SecretFormat::of("ongoing/acme", "stack").unwrap();
        let faults = |given: Value, whole| format.faults(given.as_object().unwrap(), whole).join("\n");
        assert_eq!(faults(json!({ "username": "u", "password": "p", "webhook_tokens": ["t"] }), true), "");
        assert_eq!(faults(json!({ "password": "p" }), false), "");
        let told = faults(json!({ "user": "hunter2", "password": 7, "webhook_tokens": ["hunter2", ""] }), true);
        assert!(!told.contains("hunter2"));
        for path in ["/user: ", "/username: it is missing", "/password: text", "/webhook_tokens: a list"] {
            assert!(told.contains(path), "{told}");
        }
        assert!(!faults(json!({ "username": "u ", "password": "p" }), true).is_empty());
    }
}
