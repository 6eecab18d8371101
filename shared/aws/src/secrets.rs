//! The secret store. It remembers nothing: that is [`bridge::remembered`]'s part.

use async_trait::async_trait;
use aws_sdk_secretsmanager::Client;
use bridge::fault::{Fault, Result};
use bridge::ports::Secrets;
use bridge::secret::Secret;

use crate::refused::fault;

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
}

#[async_trait(?Send)]
impl Secrets for SecretStore {
    /// Always from Secrets Manager.
    async fn get(&self, name: &str, _fresh: bool) -> Result<Option<Secret>> {
        let id = format!("{}/{name}", self.prefix);
        let answer = self.client.get_secret_value().secret_id(&id).send().await;
        match answer {
            // A binary value is none of ours.
            Ok(answer) => match answer.secret_string {
                Some(text) => Ok(Some(Secret::new(text))),
                None => Err(Fault::Unauthorized(format!("the secret {id} is not text"))),
            },
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => Ok(None),
            Err(error) => Err(fault(&format!("the secret {id}"), &error)),
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
            Err(error) => Err(fault(&format!("the secret {id}"), &error)),
        }
    }

    async fn set(&self, name: &str, value: &Secret) -> Result<()> {
        let id = format!("{}/{name}", self.prefix);
        let call = self.client.put_secret_value().secret_id(&id).secret_string(value.expose());
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => {
                let call = self.client.create_secret().name(&id).secret_string(value.expose());
                call.send().await.map_err(|error| fault(&format!("the secret {id}"), &error))?;
                Ok(())
            }
            Err(error) => Err(fault(&format!("the secret {id}"), &error)),
        }
    }
}
