//! Rotation of the tokens that Ongoing's webhooks send, in `ongoing/<tenant_id>`.
//!
//! A person enters the token in Ongoing's administration (Ongoing sheet, section 4.1: there is no API). So the new
//! token is put before the current one, both are accepted until the next rotation, and by then the person has entered
//! the new one. There are never more than two.
//!
//! A version's value is made once. If somebody replaced the secret since, for example its password, the version is
//! stale: it is given up, never made current, and Secrets Manager starts another rotation.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Step, StepContext, refused};
use crate::ports::Put;
use crate::words::fault::{Fault, Result};
use crate::words::secret::Secret;

const TOKENS: &str = "webhook_tokens";

/// The relation of the pending version to the current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum VersionState {
    /// It is what is in use, with one token more in front.
    Next,
    /// Its token is in use: it was current, and somebody replaced the secret since.
    Passed,
    /// What it was made from is not in use any more.
    Stale,
}

pub(super) async fn step(context: &StepContext<'_>) -> Result<()> {
    let Some(value) = context.value().await? else {
        return if context.step() == Step::CreateSecret && context.pending {
            create(context).await
        } else {
            Err(context.without_a_value())
        };
    };
    let in_use = context.in_use().await?;
    match version_state(&parsed(&value)?, &parsed(&in_use.value)?) {
        VersionState::Passed => context.end_if_finished().await,
        VersionState::Next if !context.pending => Err(context.without_a_value()),
        VersionState::Next if context.step() == Step::FinishSecret => match context.make_current(&in_use.id).await? {
            Put::Done => context.end().await,
            Put::Conflict => Err(Fault::unavailable("the secret was replaced at this moment")),
        },
        VersionState::Next => Ok(()),
        VersionState::Stale => {
            context.end().await?;
            Err(refused("the secret was replaced since the rotation began: it is given up, and has to begin anew"))
        }
    }
}

async fn create(context: &StepContext<'_>) -> Result<()> {
    let in_use = parsed(&context.in_use().await?.value)?;
    if tokens(&in_use).is_empty() {
        return Err(refused(
            "the secret has no webhook token, and Ongoing has no API that changes a password: change it there, then put it \
             with `bridgectl secret put`",
        ));
    }
    let token = BASE64_URL_SAFE_NO_PAD.encode(context.ports.random.bytes());
    // If another invocation of this step was first, its token is used.
    context.put_pending(&Secret::new(next(&in_use, &token).to_string())).await.map(|_| ())
}

/// The current value with a new first token, and the former first token second.
fn next(in_use: &Value, token: &str) -> Value {
    let mut next = in_use.clone();
    next[TOKENS] = tokens(in_use).first().map_or_else(|| json!([token]), |former| json!([token, former]));
    next
}

fn version_state(made: &Value, in_use: &Value) -> VersionState {
    match tokens(made).first() {
        Some(token) if tokens(in_use).contains(token) => VersionState::Passed,
        Some(token) if *made == next(in_use, token) => VersionState::Next,
        _ => VersionState::Stale,
    }
}

/// The valid tokens; an empty one is never valid.
fn tokens(value: &Value) -> Vec<&str> {
    let all = value[TOKENS].as_array().into_iter().flatten();
    all.filter_map(Value::as_str).filter(|token| !token.is_empty()).collect()
}

fn parsed(value: &Secret) -> Result<Value> {
    let value: Option<Value> = serde_json::from_str(value.expose()).ok();
    value.filter(Value::is_object).ok_or_else(|| refused("the secret is not the JSON that is expected"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(password: &str, tokens: &[&str]) -> Value {
        json!({ "username": "u", "password": password, "webhook_tokens": tokens, "note": 1.50 })
    }

    #[test]
    fn the_new_token_stands_before_the_current_one_and_everything_else_stays() {
        assert_eq!(next(&secret("p", &["a"]), "n"), secret("p", &["n", "a"]));
        assert_eq!(next(&secret("p", &["a", "b"]), "n"), secret("p", &["n", "a"]));
        assert_eq!(next(&secret("p", &["", "a", "b", "c"]), "n"), secret("p", &["n", "a"]));
    }

    #[test]
    fn a_version_is_next_only_to_what_it_was_made_from() {
        let made = secret("p", &["n", "a"]);
        assert_eq!(version_state(&made, &secret("p", &["a", "b"])), VersionState::Next);
        assert_eq!(version_state(&made, &secret("new", &["a", "b"])), VersionState::Stale);
        assert_eq!(version_state(&made, &secret("p", &["b", "a"])), VersionState::Stale);
        assert_eq!(version_state(&made, &secret("p", &[])), VersionState::Stale);
        assert_eq!(version_state(&made, &secret("new", &["n", "a"])), VersionState::Passed);
        assert_eq!(version_state(&made, &secret("new", &["m", "n"])), VersionState::Passed);
        assert_eq!(version_state(&json!({}), &secret("p", &["a"])), VersionState::Stale);
    }
}
