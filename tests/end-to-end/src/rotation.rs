//! Plays Secrets Manager's steps of a rotation: the emulator does not call the function by itself.

use serde_json::{Value, json};

use crate::Result;
use crate::stack::{Stack, said};

/// The steps of a rotation, in order.
pub const STEPS: [&str; 4] = ["createSecret", "setSecret", "testSecret", "finishSecret"];

impl Stack {
    /// The name of the rotation function.
    #[must_use]
    pub fn rotation_function(&self) -> String {
        format!("{}-rotate-credentials", self.name)
    }

    /// A secret as everybody reads it, named without the stack's prefix.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn secret_value(&self, name: &str) -> Result<Value> {
        let id = format!("{}/{name}", self.outputs.secret_prefix);
        let read = self.secrets.get_secret_value().secret_id(id).send().await.map_err(said)?;
        Ok(serde_json::from_str(read.secret_string().unwrap_or_default())?)
    }

    /// Switches rotation on for a secret, and makes the empty version that a rotation begins with.
    ///
    /// # Errors
    /// When either is refused.
    pub async fn begin_rotation(&self, name: &str, token: &str) -> Result {
        let id = format!("{}/{name}", self.outputs.secret_prefix);
        let function = format!("arn:aws:lambda:eu-north-1:000000000000:function:{}", self.rotation_function());
        self.secrets.rotate_secret().secret_id(&id).rotation_lambda_arn(function).send().await.map_err(said)?;
        let empty = self.secrets.put_secret_value().secret_id(&id).client_request_token(token);
        empty.version_stages("AWSPENDING").send().await.map_err(said)?;
        Ok(())
    }

    /// One step, with the secret named by its ARN as Secrets Manager names it.
    ///
    /// # Errors
    /// When the function refuses it.
    pub async fn rotate(&self, name: &str, token: &str, step: &str) -> Result {
        let id = format!("{}/{name}", self.outputs.secret_prefix);
        let described = self.secrets.describe_secret().secret_id(id).send().await.map_err(said)?;
        let event = json!({ "SecretId": described.arn(), "ClientRequestToken": token, "Step": step });
        self.aws.invoke(&self.rotation_function(), &event).await?;
        Ok(())
    }

    /// The labels of a secret's version.
    ///
    /// # Errors
    /// When the secret cannot be described.
    pub async fn labels(&self, name: &str, token: &str) -> Result<Vec<String>> {
        let id = format!("{}/{name}", self.outputs.secret_prefix);
        let described = self.secrets.describe_secret().secret_id(id).send().await.map_err(said)?;
        Ok(described.version_ids_to_stages().and_then(|versions| versions.get(token)).cloned().unwrap_or_default())
    }
}
