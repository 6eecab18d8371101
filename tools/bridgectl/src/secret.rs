//! `secret put`: values from standard input or a prompt, checked for their format, never shown.

use std::io::Read as _;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bridge::ports::{Random, Secrets};
use bridge::words::kind::Kind;
use bridge::words::secret::Secret;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::args::SecretPut;
use crate::deployment::Deployment;
use crate::likeness::{alike, nearest};
use crate::output::{Failure, Output, note};
use crate::prompt;
use crate::questions::Questions;
use crate::secret_formats::{MemberKind, SecretFormat, TOKENS};

/// Tokens that are live at once: the current one, and the previous one while Ongoing is being changed.
const LIVE: usize = 2;

/// A secret that was written; never its values, but for a webhook token that was asked for.
#[derive(Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Written {
    name: String,
    written: bool,
    members: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_token: Option<String>,
    /// Why nobody uses it as things are.
    #[serde(skip_serializing_if = "Option::is_none")]
    unused: Option<String>,
}

pub async fn put(deployment: &Deployment, put: &SecretPut) -> Result<Output, Failure> {
    let prefix = deployment.stack.output("SecretPrefix")?;
    let format = SecretFormat::of(&put.name, prefix)?;
    if (put.new_webhook_token || put.show_webhook_token) && !format.has_tokens() {
        return Err(Failure::usage(format!("{} has no webhook tokens; ongoing/<tenant> has", format.name)));
    }
    if put.merge && format.is_renewed() {
        return Err(Failure::usage(format!(
            "{} is renewed by every refresh, so nothing is merged into it: give it whole, or bridgectl connect-link",
            format.name
        )));
    }
    let ports = &deployment.ports;
    let value = write(&*ports.secrets, &*ports.random, &format, put, || given(&format, put)).await?;
    let url = match (put.new_webhook_token || put.show_webhook_token, format.tenant_id()) {
        (true, Some(id)) => Some(webhook_url(deployment.stack.output("ApiUrl")?, id)),
        _ => None,
    };
    let (mut written, text, good) = told(put, &format, prefix, url, &value);
    if let Some(id) = format.tenant_id() {
        written.unused = follows(deployment, &format, id).await;
        written.unused.iter().for_each(|why| note(why));
    }
    Ok(Output::of(good, json!(written), text))
}

/// What follows where nobody uses the secret as things are. Secrets come before the tenant when a company is onboarded, so
/// that it is no fault; a name that is misspelled looks the same.
async fn follows(deployment: &Deployment, format: &SecretFormat, id: &str) -> Option<String> {
    let stored = match deployment.tenants.stored(id).await {
        Ok(stored) => stored.and_then(|stored| stored.item().ok()),
        // It is written; whose it is, is said where it can be.
        Err(_) => return None,
    };
    let ids = match &stored {
        Some(_) => Vec::new(),
        None => {
            deployment.tenants.all().await.unwrap_or_default().iter().map(|one| one.tenant_id().to_owned()).collect()
        }
    };
    unused(format, id, stored.as_ref(), &ids, &deployment.stack.name)
}

fn unused(format: &SecretFormat, id: &str, stored: Option<&Value>, ids: &[String], stack: &str) -> Option<String> {
    let Some(item) = stored else {
        let like = nearest(id, ids).filter(|like| alike(id, like));
        let like = like.map_or_else(String::new, |like| format!(" (did you mean {like}?)"));
        return Some(format!(
            "there is no tenant {id} in the stack {stack} yet{like}: the secret waits for bridgectl tenant apply"
        ));
    };
    let kind = item["erp"]["kind"].as_str().and_then(Kind::named)?;
    let system = format.system();
    (system != "ongoing" && system != kind.word())
        .then(|| format!("{id} is on {kind}, so nothing reads this secret: bridgectl secret put {kind}/{id}"))
}

/// A secret that is written whole; the webhooks of a new one get their token.
pub fn whole(format: &SecretFormat) -> SecretPut {
    SecretPut {
        name: format.name.clone(),
        merge: false,
        new_webhook_token: format.has_tokens(),
        show_webhook_token: false,
    }
}

/// Asks first: a person types for minutes, and what was read before that may be another value by then, a rotation's new
/// webhook token in it. What is kept of the stored value is read and written back to back.
pub async fn write(
    secrets: &dyn Secrets,
    random: &dyn Random,
    format: &SecretFormat,
    put: &SecretPut,
    given: impl FnOnce() -> Result<Map<String, Value>, Failure>,
) -> Result<Map<String, Value>, Failure> {
    let given = given()?;
    let faults = format.faults(&given, !put.merge);
    if !faults.is_empty() {
        return Err(Failure::wrong(format!("nothing was written: {}", faults.join("; "))));
    }
    let stored = secrets.get(&format.name, true).await?;
    let stored = stored.map(|secret| members(secret.expose(), "the stored secret")).transpose();
    // What is to be replaced as a whole may be anything.
    let stored = if put.merge { stored? } else { stored.unwrap_or_default() }.unwrap_or_default();
    let mut value = if put.merge { stored.clone() } else { Map::new() };
    value.extend(given);
    if format.has_tokens() && !value.contains_key(TOKENS) {
        // A tenant's tokens outlive a new password: losing them would shut its webhooks out.
        value.insert(TOKENS.into(), stored.get(TOKENS).cloned().unwrap_or_else(|| json!([])));
    }
    if put.new_webhook_token {
        let token = BASE64_URL_SAFE_NO_PAD.encode(random.bytes());
        value.insert(TOKENS.into(), renewed(&token, value.get(TOKENS)));
    }
    // Members that somebody else keeps there, and that were merged, are not ours to judge.
    let known = |name: &String| format.members.iter().any(|member| member.name == name);
    let ours: Map<String, Value> = value.clone().into_iter().filter(|(name, _)| known(name)).collect();
    let faults = format.faults(&ours, true);
    if !faults.is_empty() {
        return Err(Failure::wrong(format!("nothing was written: {}", faults.join("; "))));
    }
    secrets.set(&format.name, &Secret::new(Value::Object(value.clone()).to_string())).await?;
    Ok(value)
}

/// What the person gives: on standard input as JSON, or member by member at the prompt.
fn given(format: &SecretFormat, put: &SecretPut) -> Result<Map<String, Value>, Failure> {
    if prompt::is_interactive() {
        return asked(&mut Questions::at_standard_input(), format, put.merge);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| Failure::usage(error.to_string()))?;
    // Only a token may be made: nothing else has to be given then.
    if text.trim().is_empty() && put.merge && (put.new_webhook_token || put.show_webhook_token) {
        return Ok(Map::new());
    }
    members(&text, "standard input")
}

/// An object's members; an error says where, and quotes nothing.
fn members(text: &str, whose: &str) -> Result<Map<String, Value>, Failure> {
    serde_json::from_str(text).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Failure::wrong(format!("{whose} is no JSON object ({place}); nothing was written"))
    })
}

/// Member by member. User names and the like are seen while they are typed; what opens a door is not.
pub fn asked(ask: &mut Questions<'_>, format: &SecretFormat, merge: bool) -> Result<Map<String, Value>, Failure> {
    ask.tell(&format!("{}: an empty line leaves a member out", format.name));
    let mut given = Map::new();
    for member in format.members.iter().filter(|member| member.what == MemberKind::Text) {
        let why = if merge {
            " (empty: as it is)"
        } else if member.needed {
            ""
        } else {
            " (optional)"
        };
        let question = format!("{}{why}", member.name);
        let typed = if member.is_seen() { ask.text(&question, None)? } else { ask.hidden(&question)? };
        if !typed.is_empty() {
            given.insert(member.name.to_owned(), json!(typed));
        }
    }
    Ok(given)
}

/// The new token in front; the one in force before stays behind it until Ongoing has the new one.
fn renewed(token: &str, before: Option<&Value>) -> Value {
    let before = before.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    json!([token].into_iter().chain(before).take(LIVE).collect::<Vec<_>>())
}

/// Where Ongoing sends a tenant's webhooks.
fn webhook_url(api: &str, tenant_id: &str) -> String {
    format!("{}/webhooks/ongoing/{tenant_id}", api.trim_end_matches('/'))
}

/// What was written, and whether it has what was asked for. `url`: where webhooks go, where their token was asked for.
fn told(
    put: &SecretPut,
    format: &SecretFormat,
    prefix: &str,
    url: Option<String>,
    value: &Map<String, Value>,
) -> (Written, String, bool) {
    let name = format!("{prefix}/{}", format.name);
    let names: Vec<String> = value.keys().cloned().collect();
    let mut written = Written { name: name.clone(), written: true, members: names, ..Written::default() };
    let text = format!("{name} is written;\nit is in force within five minutes, or at the next refusal");
    let Some(url) = url else { return (written, text, true) };
    let paste = format!("in Ongoing (Administration, Webhooks):\n{url}, with the header X-Auth-Token");
    written.webhook_url = Some(url);
    if !put.show_webhook_token {
        let show = format!("bridgectl secret put {} --merge --show-webhook-token", format.name);
        return (written, format!("{text}\n{paste};\nthe token to paste there: {show}"), true);
    }
    let Some(token) = value.get(TOKENS).and_then(|tokens| tokens[0].as_str()) else {
        let new =
            format!("bridgectl secret put {} \\\n  --merge --new-webhook-token --show-webhook-token", format.name);
        return (written, format!("{text}\nit has no webhook token to show; a new one:\n  {new}"), false);
    };
    written.webhook_token = Some(token.to_owned());
    // The token alone on standard output, so that it can be piped on.
    note(&format!("{text}\n{paste}:"));
    (written, token.to_owned(), true)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::HashMap;

    use async_trait::async_trait;

    use super::*;

    /// What is stored, by name.
    #[derive(Default)]
    struct Store(RefCell<HashMap<String, Value>>);

    #[async_trait(?Send)]
    impl Secrets for Store {
        async fn get(&self, name: &str, _: bool) -> bridge::words::fault::Result<Option<Secret>> {
            Ok(self.0.borrow().get(name).map(|value| Secret::new(value.to_string())))
        }

        async fn put(&self, name: &str, value: &Secret) -> bridge::words::fault::Result<()> {
            self.set(name, value).await
        }

        async fn set(&self, name: &str, value: &Secret) -> bridge::words::fault::Result<()> {
            self.0.borrow_mut().insert(name.into(), serde_json::from_str(value.expose()).unwrap());
            Ok(())
        }
    }

    struct Sevens;

    impl Random for Sevens {
        fn bytes(&self) -> [u8; 32] {
            [7; 32]
        }
    }

    const NAME: &str = "ongoing/acme";

    fn parsed(flags: &[&str]) -> SecretPut {
        use clap::Parser as _;
        let command = ["bridgectl", "secret", "put", NAME].into_iter().chain(flags.iter().copied());
        let crate::args::Command::Secret(crate::args::SecretCommand::Put(put)) =
            crate::args::Cli::parse_from(command).command
        else {
            panic!("another command");
        };
        put
    }

    /// What is stored after a command, and after what happened while the person was typing.
    fn after(store: &Store, flags: &[&str], typed: Value, meanwhile: impl FnOnce()) -> Value {
        let put = parsed(flags);
        let format = SecretFormat::of(NAME, "stack").unwrap();
        let given = || {
            meanwhile();
            Ok(typed.as_object().cloned().unwrap_or_default())
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(write(store, &Sevens, &format, &put, given)).unwrap();
        store.0.borrow()[NAME].clone()
    }

    #[test]
    fn what_changed_while_somebody_typed_is_kept() {
        for flags in [&["--merge"][..], &[]] {
            let store = Store::default();
            let with = |token: &str| json!({ "username": "u", "password": "old", "webhook_tokens": [token] });
            store.0.borrow_mut().insert(NAME.into(), with("before"));
            let typed = json!({ "username": "u", "password": "new" });
            let value = after(&store, flags, typed, || {
                store.0.borrow_mut().insert(NAME.into(), with("rotated"));
            });
            let expected = json!({ "username": "u", "password": "new", "webhook_tokens": ["rotated"] });
            assert_eq!(value, expected, "{flags:?}");
        }
    }

    #[test]
    fn a_new_secret_gets_its_first_webhook_token_at_once() {
        let typed = json!({ "username": "u", "password": "p" });
        let value = after(&Store::default(), &["--new-webhook-token", "--show-webhook-token"], typed, || ());
        assert_eq!(value["webhook_tokens"].as_array().map(Vec::len), Some(1), "{value}");
        assert_eq!(value["password"], "p");
    }

    #[test]
    fn a_token_that_is_not_there_is_not_shown_and_how_to_make_one_is_said() {
        let said = |flags: &[&str], tokens: Value| {
            let value = json!({ "username": "u", "password": "p", "webhook_tokens": tokens });
            let url = Some(webhook_url("https://api.example.com/", "acme"));
            let format = SecretFormat::of(NAME, "stack").unwrap();
            told(&parsed(flags), &format, "stack", url, value.as_object().unwrap())
        };
        let (written, text, good) = said(&["--merge", "--show-webhook-token"], json!([]));
        assert!(!good && written.written && written.webhook_token.is_none());
        assert!(text.contains("it has no webhook token to show") && text.contains("--new-webhook-token"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        let (written, text, good) = said(&["--merge", "--show-webhook-token"], json!(["t"]));
        assert_eq!((written.webhook_token.as_deref(), text.as_str(), good), (Some("t"), "t", true));
        let (written, text, good) = said(&["--merge", "--new-webhook-token"], json!(["t"]));
        assert!(good && written.webhook_token.is_none() && text.contains("--merge --show-webhook-token"), "{text}");
        assert_eq!(written.webhook_url.as_deref(), Some("https://api.example.com/webhooks/ongoing/acme"));
    }

    #[test]
    fn a_secret_that_nobody_uses_is_told() {
        let format = |name: &str| SecretFormat::of(name, "stack").unwrap();
        let ids = ["acme-ab".to_owned(), "other".to_owned()];
        let none = |ids: &[String]| unused(&format("ongoing/acme"), "acme", None, ids, "bridge").unwrap();
        assert_eq!(
            none(&[]),
            "there is no tenant acme in the stack bridge yet: the secret waits for bridgectl tenant apply"
        );
        assert!(none(&ids).contains("(did you mean acme-ab?)"));
        let item = json!({ "erp": { "kind": "24sevenoffice" } });
        let of = |name: &str| unused(&format(name), "acme", Some(&item), &ids, "bridge");
        assert_eq!((of("finago/acme"), of("ongoing/acme")), (None, None));
        let other = of("visma/acme").unwrap();
        assert_eq!(other, "acme is on finago, so nothing reads this secret: bridgectl secret put finago/acme");
    }

    #[test]
    fn a_new_token_stands_before_the_present_one_and_the_older_one_goes() {
        assert_eq!(renewed("new", None), json!(["new"]));
        assert_eq!(renewed("new", Some(&json!(["b", "a"]))), json!(["new", "b"]));
    }

    #[test]
    fn what_is_no_object_is_refused_without_being_quoted() {
        for text in ["", "hunter2", "[\"hunter2\"]", "{\"password\": hunter2}", "{\"password\": \"hunter2\""] {
            let failure = members(text, "standard input").unwrap_err();
            assert!(!failure.error.contains("hunter2") && failure.error.contains("line"), "{}", failure.error);
        }
    }
}
