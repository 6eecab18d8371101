//! Secrets are removed for ever: no function can.

use aws_sdk_secretsmanager::Client;
use bridge::words::fault::Result;

use crate::aws_client::AwsClient;
use crate::error_mapping::fault;

/// Removes the secret with this whole name at once, without the days in which it could be restored; whether there was one.
///
/// # Errors
/// As AWS refused.
pub async fn remove(aws: &AwsClient, name: &str) -> Result<bool> {
    let call = Client::new(aws.config()).delete_secret().secret_id(name).force_delete_without_recovery(true);
    match call.send().await {
        Ok(_) => Ok(true),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => {
            Ok(false)
        }
        Err(error) => Err(fault("secretsmanager", &error)),
    }
}
