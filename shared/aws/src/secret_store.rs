//! Secrets in Secrets Manager, without a cache: [`bridge::state::secret_cache`] is the cache.

use async_trait::async_trait;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use bridge::ports::Secrets;
use bridge::words::fault::{Fault, Result};
use bridge::words::secret::Secret;

use crate::error_mapping::fault;

/// Secrets under a prefix in Secrets Manager.
pub struct SecretStore {
    client: Client,
    prefix: String,
}

impl SecretStore {
    /// The secrets under `prefix`.
    #[must_use]
    pub fn new(client: Client, prefix: impl Into<String>) -> Self {
        Self { client, prefix: prefix.into() }
    }

    /// Proves that a secret may be written, and changes nothing: its present version is written as itself. Secrets Manager
    /// ignores a version that is there already with the same text (`PutSecretValue`, `ClientRequestToken`), also where it is
    /// not the current one any more.
    ///
    /// # Errors
    /// [`Fault::Unauthorized`] where it may not be written or is not there.
    pub async fn may_write(&self, name: &str) -> Result<()> {
        let id = format!("{}/{name}", self.prefix);
        let read = self.client.get_secret_value().secret_id(&id).send().await.map_err(|error| refused(&id, &error))?;
        let (version, text) = (read.version_id, read.secret_string);
        let call = self.client.put_secret_value().secret_id(&id);
        let call = call.set_client_request_token(version).set_secret_string(text);
        call.send().await.map(|_| ()).map_err(|error| refused(&id, &error))
    }
}

#[async_trait(?Send)]
impl Secrets for SecretStore {
    /// Always from Secrets Manager.
    async fn get(&self, name: &str, _fresh: bool) -> Result<Option<Secret>> {
        let id = format!("{}/{name}", self.prefix);
        let answer = self.client.get_secret_value().secret_id(&id).send().await;
        match answer {
            // None of our secrets is binary.
            Ok(answer) => match answer.secret_string {
                Some(text) => Ok(Some(Secret::new(text))),
                None => Err(Fault::Unauthorized(format!("the secret {id} is not text"))),
            },
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => Ok(None),
            Err(error) => Err(refused(&id, &error)),
        }
    }

    async fn put(&self, name: &str, value: &Secret) -> Result<()> {
        let id = format!("{}/{name}", self.prefix);
        let call = self.client.put_secret_value().secret_id(&id).secret_string(value.expose());
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => {
                Err(Fault::Unauthorized(format!("the secret {id} is not there")))
            }
            Err(error) => Err(refused(&id, &error)),
        }
    }

    async fn set(&self, name: &str, value: &Secret) -> Result<()> {
        let id = format!("{}/{name}", self.prefix);
        let call = self.client.put_secret_value().secret_id(&id).secret_string(value.expose());
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => {
                let call = self.client.create_secret().name(&id).secret_string(value.expose());
                call.send().await.map_err(|error| refused(&id, &error))?;
                Ok(())
            }
            Err(error) => Err(refused(&id, &error)),
        }
    }
}

/// As [`fault`]. A deleted secret is kept for a while and refuses every call until it is restored: the error then names
/// the whole command that restores it.
fn refused<E: ProvideErrorMetadata, R>(id: &str, error: &SdkError<E, R>) -> Fault {
    const RESTORE: &str = "aws secretsmanager restore-secret";
    match fault(&format!("the secret {id}"), error) {
        Fault::Unauthorized(why) => Fault::Unauthorized(why.replace(RESTORE, &format!("{RESTORE} --secret-id {id}"))),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_secretsmanager::error::ErrorMetadata;

    use super::*;

    #[test]
    fn of_a_secret_that_is_marked_for_deletion_it_is_said_how_it_comes_back() {
        let said = |code: &str, message: &str| {
            let error = ErrorMetadata::builder().code(code).message(message).build();
            refused("stack/ongoing/acme", &SdkError::service_error(error, ())).to_string()
        };
        let why = "You can't perform this operation on the secret because it was marked for deletion.";
        let marked = said("InvalidRequestException", why);
        assert!(marked.contains("restore-secret --secret-id stack/ongoing/acme"), "{marked}");
        assert!(!said("InternalServiceError", "try again").contains("restore-secret"));
    }
}
