//! Attributes everything that crossed the ports to the tenant it belongs to.

use std::collections::{BTreeMap, BTreeSet};

use acceptance::world::{Exchanged, Site, World};
use serde_json::Value;

use crate::markers::{TenantNumber, found};
use crate::scenario::Responses;
use crate::tenants::{ALL, Known, id};

/// Secret texts: those that were set up, and those that vendors gave out.
#[derive(Default)]
pub(crate) struct Secrets {
    whole: BTreeMap<String, (Option<TenantNumber>, Site)>,
    begun: BTreeSet<String>,
}

/// A piece of a secret that is as bad as the whole: an error is cut off somewhere.
const PIECE: usize = 20;

/// What stands alone in a text, so that a secret can be looked up.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "+/.-_".contains(c)))
}

impl Secrets {
    fn add(&mut self, text: String, who: Option<TenantNumber>, site: Site) -> Option<(Option<TenantNumber>, Site)> {
        let text = text.trim_end_matches('=').to_owned();
        self.begun.extend(text.get(..PIECE).map(str::to_owned));
        self.whole.insert(text, (who, site))
    }

    fn in_text<'a>(&self, text: &'a str) -> Vec<&'a str> {
        words(text).filter(|word| self.whole.contains_key(*word)).collect()
    }

    /// As [`Secrets::in_text`], and the beginnings of some.
    fn pieces<'a>(&self, text: &'a str) -> Vec<&'a str> {
        let known = |word: &&str| {
            self.whole.contains_key(*word) || word.get(..PIECE).is_some_and(|piece| self.begun.contains(piece))
        };
        words(text).filter(known).collect()
    }
}

/// Every call is one tenant's, and every secret in it is that tenant's or all tenants', at its own site. The secrets that
/// were seen.
pub(crate) fn calls(world: &World, known: Vec<Known>) -> Secrets {
    let mut secrets = Secrets::default();
    for (text, who, site) in known {
        secrets.add(text, who, site);
    }
    let calls = world.watch.calls();
    let mut busy: BTreeMap<TenantNumber, usize> = BTreeMap::new();
    for call in &calls {
        let shown = format!("{:?} {}", call.site, call.url);
        let (head, body) = (headers(call), decoded(&call.body));
        let text = format!("{head}\n{}\n{body}", call.url);
        let mut owners = found(&text);
        assert_eq!(secrets.pieces(&call.url), [""; 0], "a secret in an address: {shown}");
        for secret in secrets.in_text(&text) {
            let (who, site) = secrets.whole[secret];
            assert_eq!(site, call.site, "a secret of {who:?} for {site:?} at {shown}");
            owners.extend(who);
        }
        assert_eq!(owners.len(), 1, "{owners:?} in one call: {shown}\n{text}");
        let who = owners.into_iter().next().unwrap();
        *busy.entry(who).or_default() += 1;
        for token in given_out(call) {
            let before = secrets.add(token, Some(who), call.site);
            assert!(before.is_none_or(|(before, _)| before == Some(who)), "one token for two: {shown}");
        }
        // As it stands in the header, too: Basic hides from a search for the password.
        let basic = call.headers.iter().filter_map(|(_, value)| value.strip_prefix("Basic "));
        for encoded in basic {
            let app = call.site == Site::Visma;
            secrets.add(encoded.to_owned(), (!app).then_some(who), call.site);
        }
    }
    assert!(ALL.into_iter().all(|who| busy.get(&who).is_some_and(|calls| *calls > 20)), "{busy:?}");
    secrets
}

/// Headers, Basic in plain words.
fn headers(call: &Exchanged) -> String {
    let line = |(name, value): &(String, String)| {
        let request = simulators::Request {
            method: String::new(),
            target: String::new(),
            headers: vec![(name.clone(), value.clone())],
            body: bytes::Bytes::new(),
        };
        let basic = request.basic().map(|(user, password)| format!("Basic {user}:{password}"));
        basic.unwrap_or_else(|| value.clone())
    };
    call.headers.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A body as the vendor reads it, form fields decoded.
fn decoded(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body).into_owned();
    if !text.starts_with("grant_type=") {
        return text;
    }
    let request = simulators::Request {
        method: String::new(),
        target: format!("/?{text}"),
        headers: Vec::new(),
        body: bytes::Bytes::new(),
    };
    request.query().into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Tokens and sessions in an answer.
fn given_out(call: &Exchanged) -> Vec<String> {
    if let Ok(Value::Object(members)) = serde_json::from_slice(&call.answer) {
        let tokens = ["access_token", "refresh_token"].into_iter().filter_map(|name| members.get(name)?.as_str());
        return tokens.map(str::to_owned).collect();
    }
    let text = String::from_utf8_lossy(&call.answer);
    let session = text.split_once("<LoginResult>").and_then(|(_, rest)| rest.split_once("</LoginResult>"));
    session.map(|(session, _)| session.to_owned()).filter(|session| !session.is_empty()).into_iter().collect()
}

/// Every message and every item is one tenant's: the one whose group or partition it is in. None holds a secret, but for
/// the session that all invocations of Finago Office share.
pub(crate) fn kept(world: &World, secrets: &Secrets) {
    let messages = world.watch.messages();
    assert!(messages.len() > 1000, "{}", messages.len());
    for message in &messages {
        let owners = found(&message.group);
        assert_eq!(owners.len(), 1, "{}", message.group);
        assert_eq!(found(&message.body), owners, "in group {}: {}", message.group, message.body);
        assert_eq!(secrets.pieces(&message.body), [""; 0], "{}", message.body);
    }
    for item in world.watch.items() {
        let (place, body) = (format!("{} {}", item.pk, item.sk), item.body.to_string());
        let owners: BTreeSet<TenantNumber> = found(&place).union(&found(&body)).copied().collect();
        // What is the same to all tenants; of what a vendor changed it says nothing but where.
        let is_of_all =
            item.pk.starts_with("budget#") || ["circuit#system", "schema-drift"].contains(&item.pk.as_str());
        if is_of_all {
            assert_eq!(owners, BTreeSet::new(), "{place}: {body}");
        } else {
            assert_eq!(owners.len(), 1, "{place}: {body}");
        }
        if let Some(tenant) = item.pk.strip_prefix("tenant#") {
            let who = *owners.first().unwrap();
            assert_eq!(tenant, id(who), "{place}: {body}");
        }
        let shared = item.pk == "session#finago";
        let whole = format!("{place} {body}");
        let held = secrets.pieces(&whole);
        let allowed = |secret: &&str| shared && body.contains(&format!("\"session\":\"{secret}\""));
        assert!(held.iter().all(allowed), "{place} holds a secret: {body}");
    }
}

/// Every line and every answer is one tenant's at most - the one that it names - and none says a secret.
pub(crate) fn said(world: &World, secrets: &Secrets, said: &Responses) {
    let text = world.logs.text();
    assert!(text.lines().count() > 1000, "{}", text.lines().count());
    for line in text.lines() {
        let owners = found(line);
        assert!(owners.len() <= 1, "{owners:?} in one line: {line}");
        let read: Value = serde_json::from_str(line).unwrap();
        if let Some(tenant) = read["tenant_id"].as_str() {
            assert_eq!(owners.iter().map(|who| id(*who)).collect::<Vec<_>>(), [tenant], "{line}");
        }
        // A line of a record that is nobody's could be anybody's; what a vendor changed is nobody's.
        let is_of_all = read["target"] == "schema_drift";
        assert!(!is_of_all || owners.is_empty(), "{line}");
        assert!(owners.len() == 1 || is_of_all || read["target"] == "tick", "{line}");
        assert_eq!(secrets.pieces(line), [""; 0], "{line}");
        assert!(!line.contains("@example.com"), "a person's address: {line}");
    }
    for (who, answer) in &said.answers {
        assert!(found(answer).is_subset(&BTreeSet::from([*who])), "{who}: {answer}");
        assert_eq!(secrets.pieces(answer), [""; 0], "{answer}");
    }
    // However it is spelt, and cut off.
    let all = said.answers.iter().map(|(_, answer)| answer.as_str()).chain(text.lines());
    for line in all {
        assert!(!ALL.into_iter().any(|who| line.contains(&format!("cn{who}nc"))), "the beginning of a secret: {line}");
    }
}
