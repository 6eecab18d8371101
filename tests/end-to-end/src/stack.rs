//! The deployed stack: its outputs, and what an operator does with them.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::AttributeValue;
use bridge::ports::Ports;
use bridge::words::kind::Kind;
use bridge_aws::attributes::attribute;
use bridge_aws::environment::Environment;
use bridge_aws::tls;
use bridge_operator::aws_client::{AwsClient, loader};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Fault, Result, variable};

/// What the template says of itself.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Outputs {
    /// The tenant table.
    pub tenant_table_name: String,
    /// Cursors, leases and the ledger.
    pub state_table_name: String,
    /// Mapped records on their way to Ongoing.
    pub import_queue_url: String,
    /// Records given up after every retry.
    pub import_dead_letter_queue_url: String,
    /// Notices of what to look at in the warehouse.
    pub writeback_queue_url: String,
    /// Notices given up after every retry.
    pub writeback_dead_letter_queue_url: String,
    /// Where webhooks come in.
    pub api_url: String,
    /// Secrets are named `<prefix>/<system>/<tenant id or app>`.
    pub secret_prefix: String,
}

/// The stack that `STACK_NAME` names.
pub struct Stack {
    /// Its name, with which every function's name begins.
    pub name: String,
    /// Its outputs.
    pub outputs: Outputs,
    pub(crate) aws: AwsClient,
    pub(crate) dynamo: aws_sdk_dynamodb::Client,
    pub(crate) sqs: aws_sdk_sqs::Client,
    pub(crate) secrets: aws_sdk_secretsmanager::Client,
    api: reqwest::Client,
}

impl Stack {
    /// Reads the environment, and asks CloudFormation.
    ///
    /// # Errors
    /// The variable that is missing; when the stack is not there, or another's.
    pub async fn find() -> Result<Self> {
        let name = variable("STACK_NAME")?;
        let config = loader()?.load().await;
        let aws = AwsClient::new(config.clone());
        let stack = bridge_operator::stack::Stack::find(&aws, &name).await?;
        let outputs: Outputs =
            serde_json::from_value(json!(stack.outputs)).map_err(|error| format!("outputs of {name}: {error}"))?;
        let api = api(&outputs.api_url, config.endpoint_url())?;
        Ok(Self {
            api,
            name,
            outputs,
            dynamo: aws_sdk_dynamodb::Client::new(&config),
            sqs: aws_sdk_sqs::Client::new(&config),
            secrets: aws_sdk_secretsmanager::Client::new(&config),
            aws,
        })
    }

    /// Adds or replaces a tenant item, in plain attributes as an operator would.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub async fn tenant(&self, item: &Value) -> Result {
        let members = item.as_object().ok_or("a tenant item is an object")?;
        let members: HashMap<String, AttributeValue> =
            members.iter().map(|(name, value)| Ok((name.clone(), attribute(value)?))).collect::<Result<_>>()?;
        let put = self.dynamo.put_item().table_name(&self.outputs.tenant_table_name).set_item(Some(members));
        put.send().await.map_err(said)?;
        Ok(())
    }

    /// Takes a tenant's item away.
    ///
    /// # Errors
    /// When it cannot be deleted.
    pub async fn without_tenant(&self, tenant_id: &str) -> Result {
        let delete = self.dynamo.delete_item().table_name(&self.outputs.tenant_table_name);
        delete.key("tenant_id", AttributeValue::S(tenant_id.into())).send().await.map_err(said)?;
        Ok(())
    }

    /// Creates or replaces a secret, named without the stack's prefix.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub async fn secret(&self, name: &str, value: &Value) -> Result {
        let id = format!("{}/{name}", self.outputs.secret_prefix);
        let value = value.to_string();
        let created = self.secrets.create_secret().name(&id).secret_string(&value).send().await;
        match created {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_exists_exception()) => {
                self.secrets.put_secret_value().secret_id(&id).secret_string(&value).send().await.map_err(said)?;
                Ok(())
            }
            Err(error) => Err(said(error)),
        }
    }

    /// The edges as the operator's command has them.
    ///
    /// # Errors
    /// When there are no certificates to trust.
    pub async fn ports(&self) -> Result<Ports> {
        let environment = Environment::of(|name| match name {
            "TENANT_TABLE" => Some(self.outputs.tenant_table_name.clone()),
            "STATE_TABLE" => Some(self.outputs.state_table_name.clone()),
            "SECRET_PREFIX" => Some(self.outputs.secret_prefix.clone()),
            "ALLOW_LOCAL_ENDPOINTS" => Some("true".into()),
            _ => None,
        })?;
        bridge_aws::entry::ports(&environment).await.map_err(|error| error.to_string().into())
    }

    /// The name of an ERP's pull function.
    #[must_use]
    pub fn pull_function(&self, kind: Kind) -> String {
        format!("{}-pull-{kind}", self.name)
    }

    /// What the schedule does every 15 minutes. Returns how many jobs it made.
    ///
    /// # Errors
    /// When the function cannot be invoked, or failed.
    pub async fn schedule(&self, kind: Kind) -> Result<u64> {
        let event = json!({
            "version": "0", "id": "00000000-0000-4000-8000-000000000000", "detail-type": "Scheduled Event",
            "source": "aws.events", "account": "000000000000", "time": Timestamp::now().to_string(),
            "region": "eu-north-1", "resources": [], "detail": {},
        });
        let answer = self.aws.invoke(&self.pull_function(kind), &event).await?;
        answer["jobs"].as_u64().ok_or_else(|| format!("a tick answered {answer}").into())
    }

    /// A pull by hand: `{"tenant_id": …}`. Returns the function's summary.
    ///
    /// # Errors
    /// When the function cannot be invoked, or failed.
    pub async fn pull(&self, kind: Kind, job: &Value) -> Result<Value> {
        Ok(self.aws.invoke(&self.pull_function(kind), job).await?)
    }

    /// As [`Stack::webhook`], with a token that was just made: after a refusal a function looks at a secret once in ten
    /// seconds.
    ///
    /// # Errors
    /// When the API cannot be reached.
    pub async fn webhook_of_a_new_token(&self, tenant_id: &str, token: &str, body: &str) -> Result<u16> {
        for _ in 0..12 {
            let status = self.webhook(tenant_id, token, body.to_owned()).await?;
            if status != 401 {
                return Ok(status);
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        self.webhook(tenant_id, token, body.to_owned()).await
    }

    /// What Ongoing does when something happened there: a call to the deployed API. Returns the answer's status.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn webhook(&self, tenant_id: &str, token: &str, body: String) -> Result<u16> {
        let url = format!("{}/webhooks/ongoing/{tenant_id}", self.outputs.api_url.trim_end_matches('/'));
        let call = self.api.post(url).header("X-Auth-Token", token).header("Content-Type", "application/json");
        Ok(call.body(body).send().await?.status().as_u16())
    }

    /// A reconcile by hand. Returns how many notices it queued.
    ///
    /// # Errors
    /// When the function cannot be invoked, or failed.
    pub async fn reconcile(&self, tenant_id: &str) -> Result<Value> {
        let function = format!("{}-reconcile", self.name);
        Ok(self.aws.invoke(&function, &json!({ "tenant_id": tenant_id })).await?)
    }

    /// Everything that a function has logged so far.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn logs(&self, function: &str) -> Result<Vec<String>> {
        Ok(self.aws.log_lines(&format!("/aws/lambda/{function}")).await?)
    }
}

/// A client of the deployed API. An emulator names it by a host that only itself can find, at its own address.
fn api(url: &str, emulator: Option<&str>) -> Result<reqwest::Client> {
    let Some(emulator) = emulator else { return Ok(tls::client()?.build()?) };
    let (url, emulator) = (reqwest::Url::parse(url)?, reqwest::Url::parse(emulator)?);
    let host = url.host_str().ok_or("the API's address has no host")?;
    let address = emulator.socket_addrs(|| None)?.into_iter().next().ok_or("the emulator has no address")?;
    Ok(tls::client()?.no_proxy().resolve(host, address).build()?)
}

/// An SDK's error with its causes; its own text leaves them out.
pub(crate) fn said(error: impl std::error::Error) -> Fault {
    DisplayErrorContext(error).to_string().into()
}
