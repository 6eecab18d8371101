//! Secret versions and their staging labels in Secrets Manager: [`bridge::doors::rotation::Versions`].

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_secretsmanager::Client;
use bridge::doors::rotation::{CURRENT, Described, PENDING, Version, Versions, Which};
use bridge::ports::Put;
use bridge::words::fault::Result;
use bridge::words::secret::Secret;

use crate::error_mapping::fault;

/// Secret versions in Secrets Manager.
pub struct SecretVersions {
    client: Client,
}

impl SecretVersions {
    /// All secrets that the client may see.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client }
    }
}

#[async_trait(?Send)]
impl Versions for SecretVersions {
    async fn describe(&self, secret: &str) -> Result<Option<Described>> {
        match self.client.describe_secret().secret_id(secret).send().await {
            Ok(answer) => Ok(Some(Described {
                name: answer.name.unwrap_or_default(),
                rotates: answer.rotation_enabled.unwrap_or_default(),
                versions: answer.version_ids_to_stages.map(BTreeMap::from_iter).unwrap_or_default(),
            })),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => Ok(None),
            Err(error) => Err(fault("DescribeSecret", &error)),
        }
    }

    async fn read(&self, secret: &str, which: Which<'_>) -> Result<Option<Version>> {
        let call = self.client.get_secret_value().secret_id(secret);
        let call = match which {
            Which::Current => call.version_stage(CURRENT),
            Which::Version(id) => call.version_id(id),
        };
        match call.send().await {
            Ok(answer) => {
                let value = answer.secret_string.map(Secret::new);
                Ok(answer.version_id.zip(value).map(|(id, value)| Version { id, value }))
            }
            // The same answer is given for a version without a value.
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => Ok(None),
            Err(error) => Err(fault("GetSecretValue", &error)),
        }
    }

    async fn put(&self, secret: &str, version: &str, value: &Secret, labels: &[&str]) -> Result<Put> {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        let call = self.client.put_secret_value().secret_id(secret).client_request_token(version);
        match call.secret_string(value.expose()).set_version_stages(Some(labels)).send().await {
            Ok(_) => Ok(Put::Done),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_exists_exception()) => {
                Ok(Put::Conflict)
            }
            Err(error) => Err(fault("PutSecretValue", &error)),
        }
    }

    async fn move_current(&self, secret: &str, from: &str, to: &str) -> Result<Put> {
        let call = self.client.update_secret_version_stage().secret_id(secret).version_stage(CURRENT);
        match call.remove_from_version_id(from).move_to_version_id(to).send().await {
            Ok(_) => Ok(Put::Done),
            // The label is on another version than was named.
            Err(error) if error.as_service_error().is_some_and(|e| e.is_invalid_parameter_exception()) => {
                Ok(Put::Conflict)
            }
            Err(error) => Err(fault("UpdateSecretVersionStage", &error)),
        }
    }

    async fn drop_pending(&self, secret: &str, version: &str) -> Result<()> {
        let call = self.client.update_secret_version_stage().secret_id(secret).version_stage(PENDING);
        match call.remove_from_version_id(version).send().await {
            Ok(_) => Ok(()),
            // It is not there any more.
            Err(error) if error.as_service_error().is_some_and(|e| e.is_invalid_parameter_exception()) => Ok(()),
            Err(error) => Err(fault("UpdateSecretVersionStage", &error)),
        }
    }
}
