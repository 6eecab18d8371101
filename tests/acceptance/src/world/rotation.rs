//! Rotation in the world: Secrets Manager's four steps, and the secrets' versions.

use std::rc::Rc;

use async_trait::async_trait;
use bridge::fault::{Fault, Result};
use bridge::ports::Put;
use bridge::rotation::{self, Described, Request, Step, Version, Versions, Which};
use bridge::secret::Secret;

use super::{Ended, Invocation, Memory, World, deployment};
use crate::vault::Vault;

/// What stands before every secret's name.
const PREFIX: &str = "stack/";

impl World {
    /// RotateSecret for a secret, named without the prefix: a version with this id, and nothing in it. Whether it was made.
    pub fn begin_rotation(&self, secret: &str, version: &str) -> bool {
        self.memory.secrets.borrow_mut().get_mut(secret).is_some_and(|vault| vault.begin(version))
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
    fn vault<T>(&self, asked: &'static str, secret: &str, effect: impl FnOnce(&mut Vault) -> T) -> Option<T> {
        let name = secret.strip_prefix(PREFIX).unwrap_or(secret);
        self.deeds.note(asked, name);
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
        Ok(self.vault("Versions::describe", secret, |vault| vault.described(secret.to_owned())))
    }

    async fn read(&self, secret: &str, which: Which<'_>) -> Result<Option<Version>> {
        Ok(self.vault("Versions::read", secret, |vault| vault.read(which)).flatten())
    }

    async fn put(&self, secret: &str, version: &str, value: &Secret, labels: &[&str]) -> Result<Put> {
        put(self.vault("Versions::put", secret, |vault| vault.put(version, value.expose(), labels)))
    }

    async fn move_current(&self, secret: &str, from: &str, to: &str) -> Result<Put> {
        put(self.vault("Versions::move_current", secret, |vault| vault.move_current(from, to)))
    }

    async fn drop_pending(&self, secret: &str, version: &str) -> Result<()> {
        self.vault("Versions::drop_pending", secret, |vault| vault.drop_pending(version));
        Ok(())
    }
}
