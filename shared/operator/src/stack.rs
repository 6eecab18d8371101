//! A CloudFormation stack's outputs and parameters.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::error::ProvideErrorMetadata as _;
use bridge::ports::PERSONAL_DATA;
use bridge::tenant::Contact;
use bridge::words::fault::{Fault, Result};
use bridge::words::paces::Paces;
use bridge_aws::environment::{Addresses, Environment};
use bridge_aws::secret_store::SecretStore;
use bridge_aws::state_table::StateTable;
use bridge_aws::tenant_table::TenantTable;

use crate::aws_client::AwsClient;
use crate::error_mapping::fault;

const SERVICE: &str = "cloudformation";

/// The stack that `cargo xtask demo` deploys on this machine.
pub const DEMO: &str = "ongoing-bridge-local";

/// What CloudFormation says of a stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stack {
    /// Its name, with which every function's name begins.
    pub name: String,
    /// Contract, section 1: `TenantTableName`, `ApiUrl` and so on.
    pub outputs: BTreeMap<String, String>,
    /// As it was deployed: `AllowLocalEndpoints` and so on.
    pub parameters: BTreeMap<String, String>,
}

/// Outputs by which a stack of ours is known.
const OURS: [&str; 4] = ["TenantTableName", "StateTableName", "WritebackDeadLetterQueueUrl", "SecretPrefix"];

impl Stack {
    /// Asks CloudFormation.
    ///
    /// # Errors
    /// [`Fault::Unexpected`] when there is no such stack; else as AWS refused.
    pub async fn find(aws: &AwsClient, name: &str) -> Result<Self> {
        let region = aws.region()?;
        let answer = aws.stacks().describe_stacks().stack_name(name).send().await.map_err(|error| {
            if error.message().is_some_and(|why| why.contains("does not exist")) {
                Fault::Unexpected(format!("there is no stack {name} in {region}"))
            } else {
                fault(SERVICE, &error)
            }
        })?;
        let stack = answer.stacks.unwrap_or_default().into_iter().next();
        stack.map(read).ok_or_else(|| Fault::Unexpected(format!("{SERVICE}: the answer is not about {name}")))
    }

    /// Every stack of ours in this account and region: those that have our outputs.
    ///
    /// # Errors
    /// As AWS refused.
    pub async fn all(aws: &AwsClient) -> Result<Vec<Self>> {
        aws.region()?;
        let mut ours = Vec::new();
        let mut stacks = aws.stacks().describe_stacks().into_paginator().items().send();
        while let Some(stack) = stacks.next().await {
            let stack = read(stack.map_err(|error| fault(SERVICE, &error))?);
            if OURS.iter().all(|name| stack.outputs.contains_key(*name)) {
                ours.push(stack);
            }
        }
        Ok(ours)
    }

    /// One of the outputs.
    ///
    /// # Errors
    /// [`Fault::Unexpected`] when the stack has none of this name: it is another's, or its deployment is under way.
    pub fn output(&self, name: &str) -> Result<&str> {
        let output = self.outputs.get(name).map(String::as_str);
        output.ok_or_else(|| Fault::Unexpected(format!("the stack {} has no output {name}", self.name)))
    }

    /// What its functions are told, so that the ports of [`bridge_aws::entry::ports`] are theirs.
    ///
    /// # Errors
    /// As [`Stack::output`].
    pub fn environment(&self) -> Result<Environment> {
        let url = |name: &str| self.output(name).map(|url| Some(url.to_owned()));
        Ok(Environment {
            tenant_table: self.output("TenantTableName")?.to_owned(),
            state_table: self.output("StateTableName")?.to_owned(),
            queues: Addresses { import: url("ImportQueueUrl")?, write_back: url("WritebackQueueUrl")?, jobs: None },
            secret_prefix: self.output("SecretPrefix")?.to_owned(),
            allow_local: self.allows_local(),
            api_url: None,
            log_level: "off".into(),
            paces: self.paces()?,
            personal_data: PERSONAL_DATA,
            warehouse: self.warehouse(),
        })
    }

    /// Who runs it, as far as its parameters say; a stack of an earlier release does not.
    #[must_use]
    pub fn warehouse(&self) -> Contact {
        let said = |name: &str| self.parameters.get(name).filter(|text| !text.is_empty()).cloned();
        let contact = Contact {
            company: None,
            warehouse: said("WarehouseName"),
            phone: said("WarehousePhone"),
            mail: said("WarehouseMail"),
            logo: said("WarehouseLogo"),
        };
        contact.checked()
    }

    /// How many calls a minute the vendors take of all tenants together; a stack of an earlier release does not say.
    fn paces(&self) -> Result<Paces> {
        let said = self.parameters.get("CallsPerMinute").map_or("", String::as_str);
        said.parse().map_err(|why| Fault::Unexpected(format!("CallsPerMinute of {}: {why}", self.name)))
    }

    /// Whether tenant items may name `http://` and loopback hosts.
    #[must_use]
    pub fn allows_local(&self) -> bool {
        self.parameters.get("AllowLocalEndpoints").is_some_and(|value| value == "true")
    }
}

/// The stack's tenant table.
#[must_use]
pub fn tenants(aws: &AwsClient, environment: &Environment) -> TenantTable {
    TenantTable::new(aws_sdk_dynamodb::Client::new(aws.config()), &environment.tenant_table)
}

/// The stack's state table.
#[must_use]
pub fn state(aws: &AwsClient, environment: &Environment) -> StateTable {
    StateTable::new(aws_sdk_dynamodb::Client::new(aws.config()), &environment.state_table)
}

/// The stack's secrets, without a memory.
#[must_use]
pub fn secrets(aws: &AwsClient, environment: &Environment) -> SecretStore {
    SecretStore::new(aws_sdk_secretsmanager::Client::new(aws.config()), &environment.secret_prefix)
}

/// What is used of a stack's description.
fn read(stack: aws_sdk_cloudformation::types::Stack) -> Stack {
    let outputs = stack.outputs.unwrap_or_default().into_iter();
    let outputs = outputs.filter_map(|output| output.output_key.zip(output.output_value));
    let parameters = stack.parameters.unwrap_or_default().into_iter();
    let parameters = parameters.filter_map(|parameter| parameter.parameter_key.zip(parameter.parameter_value));
    Stack {
        // A name may be given as an ARN; functions are named by the name.
        name: stack.stack_name.unwrap_or_default(),
        outputs: outputs.filter(|(_, value)| !value.is_empty()).collect(),
        parameters: parameters.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_that_is_missing_is_named() {
        let stack = Stack { name: "other".into(), ..Stack::default() };
        assert!(!stack.allows_local());
        let fault = stack.environment().unwrap_err().to_string();
        assert_eq!(fault, "unexpected: the stack other has no output TenantTableName");
    }
}
