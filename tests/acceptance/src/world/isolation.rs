//! What of whom is where: a version is one tenant's, and is met in that tenant's calls, messages, items and log lines alone;
//! a secret is met in a header, or in the body of a login.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;

use bridge::ports::Item;
use serde_json::Value;
use simulators::{Answer, Request};

use super::Site;
use super::witness::VERSION;

/// A piece of a secret that is as bad as the whole: an error is cut off somewhere.
const PIECE: usize = 20;

/// Calls whose bodies carry secrets: logins.
const LOGINS: [&str; 4] = ["/connect/token", "/oauth/token", "authenticate", "/token"];

/// What is known of whom; looks at nothing before [`Isolation::begin`].
#[derive(Default)]
pub struct Isolation {
    on: Cell<bool>,
    versions: RefCell<BTreeMap<u64, Rc<str>>>,
    secrets: RefCell<HashSet<String>>,
    wrong: RefCell<Vec<(String, String)>>,
    looked: Cell<usize>,
}

impl Isolation {
    /// Looks from now on; these secrets are known.
    pub fn begin(&self, secrets: impl IntoIterator<Item = String>) {
        self.on.set(true);
        secrets.into_iter().for_each(|secret| self.secret(&secret));
    }

    /// A version that is this tenant's.
    pub fn version(&self, version: u64, tenant_id: &str) {
        self.versions.borrow_mut().insert(version, Rc::from(tenant_id));
    }

    /// A text that is a secret.
    pub fn secret(&self, text: &str) {
        let mut secrets = self.secrets.borrow_mut();
        secrets.extend(text.get(..PIECE).map(str::to_owned));
        secrets.insert(text.to_owned());
    }

    /// What was found where it should not be: whose, and what. At most a hundred.
    #[must_use]
    pub fn wrong(&self) -> Vec<(String, String)> {
        self.wrong.borrow().clone()
    }

    /// How often it was looked.
    #[must_use]
    pub fn looked(&self) -> usize {
        self.looked.get()
    }

    /// A call to a vendor and its answer.
    pub(super) fn call(&self, site: Site, request: &Request, answer: &Answer) {
        if !self.on.get() {
            return;
        }
        let body = String::from_utf8_lossy(&request.body);
        let place = || format!("{site:?}: {} {}", request.method, request.target.split('?').next().unwrap_or_default());
        let target = request.target.to_lowercase();
        let logs_in = LOGINS.iter().any(|login| target.contains(login) || says_login(request, &body));
        self.no_secret(&request.target, &place);
        if logs_in {
            self.given_out(answer);
        } else {
            self.no_secret(&body, &place);
        }
        let user = (site == Site::Ongoing).then(|| request.basic()).flatten();
        let tenant = user.as_ref().and_then(|(user, _)| user.strip_prefix("WSI-"));
        self.one_owner(tenant, &[&request.target, &body], &place);
    }

    /// A message that is put on a queue.
    pub(super) fn message(&self, queue: &str, body: &str) {
        if !self.on.get() {
            return;
        }
        let read: Value = serde_json::from_str(body).unwrap_or_default();
        let place = || format!("a message on {queue}");
        self.no_secret(body, &place);
        self.one_owner(read["tenant_id"].as_str(), &[body], &place);
    }

    /// An item that is written to the state table.
    pub(super) fn item(&self, item: &Item) {
        if !self.on.get() {
            return;
        }
        let body = item.body.to_string();
        let place = || format!("the item {} {}", item.pk, item.sk);
        // The session that all invocations of Finago Office share is kept there.
        if !item.pk.starts_with("session#") {
            self.no_secret(&body, &place);
        }
        self.one_owner(item.pk.strip_prefix("tenant#"), &[&item.sk, &body], &place);
    }

    /// Log lines.
    pub fn lines(&self, text: &str) {
        for line in text.lines().filter(|_| self.on.get()) {
            let read: Value = serde_json::from_str(line).unwrap_or_default();
            let place = || format!("the log line {line}");
            self.no_secret(line, &place);
            self.one_owner(read["tenant_id"].as_str(), &[line], &place);
            if line.contains("@example.com") {
                self.is_wrong("", format!("a person's address in {}", place()));
            }
        }
    }

    fn one_owner(&self, tenant: Option<&str>, texts: &[&str], place: &impl Fn() -> String) {
        self.looked.set(self.looked.get() + 1);
        let versions = self.versions.borrow();
        let of = |text: &&str| -> BTreeSet<Rc<str>> {
            let number = |rest: &str| rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok();
            let met = text.split(VERSION).skip(1).filter_map(|rest| versions.get(&number(rest)?));
            met.map(Rc::clone).collect()
        };
        let owners: BTreeSet<Rc<str>> = texts.iter().flat_map(of).collect();
        let alien = owners.iter().find(|owner| tenant.is_some_and(|tenant| owner.as_ref() != tenant));
        if alien.is_some() || owners.len() > 1 {
            self.is_wrong(tenant.unwrap_or_default(), format!("records of {owners:?} in {}", place()));
        }
    }

    fn no_secret(&self, text: &str, place: &impl Fn() -> String) {
        let secrets = self.secrets.borrow();
        let word = |c: char| !(c.is_ascii_alphanumeric() || "+/.-_".contains(c));
        let is_secret = |word: &&str| {
            word.len() > 8 && (secrets.contains(*word) || word.get(..PIECE).is_some_and(|word| secrets.contains(word)))
        };
        if let Some(found) = text.split(word).find(is_secret) {
            self.is_wrong("", format!("the secret {found} in {}", place()));
        }
    }

    /// Tokens and sessions in the answer of a login are secrets from then on.
    fn given_out(&self, answer: &Answer) {
        let Answer::Response(response) = answer else { return };
        if let Ok(Value::Object(members)) = serde_json::from_slice(&response.body) {
            let tokens = ["access_token", "refresh_token"].into_iter().filter_map(|name| members.get(name)?.as_str());
            return tokens.for_each(|token| self.secret(token));
        }
        let text = String::from_utf8_lossy(&response.body);
        let session = text.split_once("<LoginResult>").and_then(|(_, rest)| rest.split_once("</LoginResult>"));
        session.filter(|(session, _)| session.len() > 8).into_iter().for_each(|(session, _)| self.secret(session));
    }

    fn is_wrong(&self, tenant: &str, what: String) {
        let mut wrong = self.wrong.borrow_mut();
        if wrong.len() < 100 {
            wrong.push((tenant.to_owned(), what));
        }
    }
}

/// A SOAP login says so in its body alone.
fn says_login(request: &Request, body: &str) -> bool {
    request.method == "POST" && body.contains("<Password>")
}
