//! Rotation by Secrets Manager: it makes an empty version of a secret with the label `AWSPENDING` and then calls four
//! steps. Each step may be repeated, also after a crash in its middle, so each first reads the current state.
//!
//! What an API can rotate is rotated: the tokens that we issue to Ongoing's webhooks (`webhook`), and Visma's refresh
//! tokens (`visma`). Everything else is rejected with instructions for a person (`target`).
//!
//! A finished rotation leaves `AWSPENDING` on no version. Left on the current version, it would stay there when the
//! next refresh or person makes another version current, and Secrets Manager would take the next rotation for a part of
//! this one.

mod target;
mod versions;
mod visma;
mod webhook;

use std::rc::Rc;

use serde::Deserialize;
use serde_json::Value;

use crate::ports::{Ports, Put, Run};
use crate::words::fault::{Fault, Result};
use crate::words::secret::Secret;

use target::Target;
pub use versions::{CURRENT, Described, PENDING, Version, Versions, Which};

/// A step of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// Makes the new value.
    CreateSecret,
    /// Tells the service where it is used.
    SetSecret,
    /// Tries it.
    TestSecret,
    /// Makes it current.
    FinishSecret,
}

/// What Secrets Manager asks of a rotation function.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    /// ARN or name of the secret.
    pub secret_id: String,
    /// Id of the version that is to become current.
    pub client_request_token: String,
    /// Which step.
    pub step: Step,
}

impl Request {
    /// Reads an invocation's payload.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn read(payload: &Value) -> Result<Self, String> {
        Self::deserialize(payload).map_err(|error| format!("no step of a rotation: {error}"))
    }
}

/// Does a step for a secret under `prefix`.
///
/// # Errors
/// [`Fault::Rejected`] where the rotation is refused; the same request stays refused. [`Fault::Unavailable`] where the same
/// request can go right later, [`Fault::Unauthorized`] where a person has to do something first.
pub async fn rotate(
    ports: &Ports,
    versions: &Rc<dyn Versions>,
    prefix: &str,
    run: &Run,
    request: &Request,
) -> Result<()> {
    target::possible(&request.secret_id, prefix)?;
    let described = versions.describe(&request.secret_id).await?;
    let described = described.ok_or_else(|| refused("the secret is not there"))?;
    let target = Target::of(&described.name, prefix)?;
    if !described.rotates {
        return Err(refused("rotation is not switched on for this secret"));
    }
    let has = |label| described.has(&request.client_request_token, label);
    let context = StepContext { ports, versions, run, request, current: has(CURRENT), pending: has(PENDING) };
    let done = match &target {
        // Already current: nothing is left to do, whatever the step.
        _ if context.current => context.end_if_finished().await,
        Target::Webhook => webhook::step(&context).await,
        Target::Visma(tenant_id) => visma::step(&context, tenant_id).await,
    };
    let (secret, step) = (&described.name, request.step);
    match &done {
        Ok(()) => tracing::info!(target: "rotation", correlation_id = run.id, secret, ?step, "done"),
        Err(fault) => {
            tracing::warn!(target: "rotation", correlation_id = run.id, secret, ?step, fault = fault.name(), reason = %fault, "not done");
        }
    }
    done
}

fn refused(why: impl Into<String>) -> Fault {
    Fault::Rejected { status: None, path: None, why: why.into() }
}

/// The context of one step: the request, and the labels that its version has.
struct StepContext<'a> {
    ports: &'a Ports,
    versions: &'a Rc<dyn Versions>,
    run: &'a Run,
    request: &'a Request,
    current: bool,
    pending: bool,
}

impl StepContext<'_> {
    fn step(&self) -> Step {
        self.request.step
    }

    /// The version's value, once there is one.
    async fn value(&self) -> Result<Option<Secret>> {
        let which = Which::Version(&self.request.client_request_token);
        Ok(self.versions.read(&self.request.secret_id, which).await?.map(|version| version.value))
    }

    /// The current version, which the functions use.
    async fn in_use(&self) -> Result<Version> {
        let current = self.versions.read(&self.request.secret_id, Which::Current).await?;
        current.ok_or_else(|| refused("the secret has no value yet"))
    }

    /// Stores the version's value; a conflict where the same step in another invocation stored one first.
    async fn put_pending(&self, value: &Secret) -> Result<Put> {
        self.versions.put(&self.request.secret_id, &self.request.client_request_token, value, &[PENDING]).await
    }

    /// Makes the version current in place of `from`.
    async fn make_current(&self, from: &str) -> Result<Put> {
        self.versions.move_current(&self.request.secret_id, from, &self.request.client_request_token).await
    }

    /// Takes `AWSPENDING` from the version if it has it.
    async fn end(&self) -> Result<()> {
        if !self.pending {
            return Ok(());
        }
        self.versions.drop_pending(&self.request.secret_id, &self.request.client_request_token).await
    }

    /// [`StepContext::end`] in the last step.
    async fn end_if_finished(&self) -> Result<()> {
        if self.step() == Step::FinishSecret { self.end().await } else { Ok(()) }
    }

    /// The fault for a version without a value.
    fn without_a_value(&self) -> Fault {
        if self.pending {
            refused("the version has no value: createSecret comes first")
        } else {
            refused("no rotation is under way for this version")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_is_what_secrets_manager_sends() {
        let arn = "arn:aws:secretsmanager:eu-north-1:000000000000:secret:stack/ongoing/acme-AbCdEf";
        let payload = json!({ "Step": "testSecret", "SecretId": arn, "ClientRequestToken": "t", "RotationToken": "r" });
        let request = Request::read(&payload).unwrap();
        assert_eq!(request.step, Step::TestSecret);
        assert_eq!((request.secret_id.as_str(), request.client_request_token.as_str()), (arn, "t"));
        for wrong in [
            json!({ "tenant_id": "acme" }),
            json!({ "Step": "test", "SecretId": arn, "ClientRequestToken": "t" }),
            json!(null),
        ] {
            let why = Request::read(&wrong).unwrap_err();
            assert!(why.starts_with("no step of a rotation"), "{why}");
        }
    }
}
