//! Rotation in the world: Secrets Manager's four steps, and the secrets' versions.

use std::rc::Rc;

use async_trait::async_trait;
use bridge::doors::rotation::{self, Described, Request, Step, Version, Versions, Which};
use bridge::ports::Put;
use bridge::words::fault::{Fault, Result};
use bridge::words::secret::Secret;

use super::{Ended, Invocation, Memory, World, deployment};
use crate::secret_versions::SecretVersions;

/// What stands before every secret's name.
const PREFIX: &str = "stack/";

impl World {
    /// RotateSecret for a secret, named without the prefix: a version with this id, and nothing in it. Whether it was made.
    pub fn begin_rotation(&self, secret: &str, version: &str) -> bool {
        self.memory.secrets.borrow_mut().get_mut(secret).is_some_and(|versions| versions.begin(version))
    }

    /// One call to the rotation function.
    pub async fn rotate(&self, secret: &str, version: &str, step: Step) -> Ended<Result<()>> {
        let versions: Rc<dyn Versions> = Rc::clone(&self.memory) as Rc<_>;
        let invocation = self.by_hand(deployment::function("rotate-credentials"));
        let secret_id = format!("{PREFIX}{secret}");
        let request = Request { secret_id, client_request_token: version.to_owned(), step };
        let Invocation { ports, run, .. } = &invocation;
        let prefix = PREFIX.trim_end_matches('/');
        self.lived(&invocation, rotation::rotate(ports, &versions, prefix, run, &request)).await
    }
}

impl Memory {
    fn versions<T>(
        &self,
        asked: &'static str,
        secret: &str,
        effect: impl FnOnce(&mut SecretVersions) -> T,
    ) -> Option<T> {
        let name = secret.strip_prefix(PREFIX).unwrap_or(secret);
        self.actions.note(asked, name);
        self.secrets.borrow_mut().get_mut(name).map(effect)
    }
}

fn put(done: Option<bool>) -> Result<Put> {
    let done = done.ok_or_else(|| Fault::Unauthorized("the secret is not there".into()))?;
    Ok(if done { Put::Done } else { Put::Conflict })
}

#[async_trait(?Send)]
impl Versions for Memory {
    async fn describe(&self, secret: &str) -> Result<Option<Described>> {
        Ok(self.versions("Versions::describe", secret, |versions| versions.described(secret.to_owned())))
    }

    async fn read(&self, secret: &str, which: Which<'_>) -> Result<Option<Version>> {
        Ok(self.versions("Versions::read", secret, |versions| versions.read(which)).flatten())
    }

    async fn put(&self, secret: &str, version: &str, value: &Secret, labels: &[&str]) -> Result<Put> {
        put(self.versions("Versions::put", secret, |versions| versions.put(version, value.expose(), labels)))
    }

    async fn move_current(&self, secret: &str, from: &str, to: &str) -> Result<Put> {
        put(self.versions("Versions::move_current", secret, |versions| versions.move_current(from, to)))
    }

    async fn drop_pending(&self, secret: &str, version: &str) -> Result<()> {
        self.versions("Versions::drop_pending", secret, |versions| versions.drop_pending(version));
        Ok(())
    }
}
