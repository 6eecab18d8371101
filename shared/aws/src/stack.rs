//! A deployed stack, as the one who operates it sees it: what its outputs and parameters say.

use std::collections::BTreeMap;

use bridge::fault::{Fault, Result};
use quick_xml::events::Event;

use crate::cloud::Cloud;
use crate::dynamo::StateTable;
use crate::environment::Environment;
use crate::queue::Addresses;
use crate::tenants::TenantTable;

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

impl Stack {
    /// Asks CloudFormation.
    ///
    /// # Errors
    /// [`Fault::Unexpected`] when there is no such stack; else as AWS refused.
    pub async fn find(cloud: &Cloud, name: &str) -> Result<Self> {
        let xml = cloud.describe(name).await.map_err(|fault| match fault {
            Fault::Unexpected(why) if why.contains("does not exist") => {
                let region = cloud.config().region().map_or("no region", AsRef::as_ref);
                Fault::Unexpected(format!("there is no stack {name} in {region}"))
            }
            other => other,
        })?;
        let mut stack = Self { name: name.to_owned(), ..read(&xml)? };
        stack.outputs.retain(|_, value| !value.is_empty());
        Ok(stack)
    }

    /// One of the outputs.
    ///
    /// # Errors
    /// [`Fault::Unexpected`] when the stack has none of this name: it is another's, or its deployment is under way.
    pub fn output(&self, name: &str) -> Result<&str> {
        let output = self.outputs.get(name).map(String::as_str);
        output.ok_or_else(|| Fault::Unexpected(format!("the stack {} has no output {name}", self.name)))
    }

    /// What its functions are told, so that the ports of [`crate::entry::ports`] are theirs.
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
        })
    }

    /// Whether tenant items may name `http://` and loopback hosts.
    #[must_use]
    pub fn allows_local(&self) -> bool {
        self.parameters.get("AllowLocalEndpoints").is_some_and(|value| value == "true")
    }
}

/// The stack's tenant table.
#[must_use]
pub fn tenants(cloud: &Cloud, environment: &Environment) -> TenantTable {
    TenantTable::new(aws_sdk_dynamodb::Client::new(cloud.config()), &environment.tenant_table)
}

/// The stack's state table.
#[must_use]
pub fn state(cloud: &Cloud, environment: &Environment) -> StateTable {
    StateTable::new(aws_sdk_dynamodb::Client::new(cloud.config()), &environment.state_table)
}

/// Outputs and parameters of an answer to `DescribeStacks`: `<OutputKey>` beside `<OutputValue>`, `<ParameterKey>` beside
/// `<ParameterValue>`, each pair in a `<member>` of its own.
fn read(xml: &str) -> Result<Stack> {
    let odd = |why: String| Fault::Unexpected(format!("DescribeStacks: the answer cannot be read: {why}"));
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut stack = Stack::default();
    let (mut key, mut text) = (String::new(), String::new());
    loop {
        match reader.read_event().map_err(|error| odd(error.to_string()))? {
            Event::Start(_) => text.clear(),
            Event::Text(part) => text.push_str(&part),
            Event::GeneralRef(name) => {
                let own = name.resolve_char_ref().map_err(|error| odd(error.to_string()))?.map(String::from);
                let named = || quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned);
                text.push_str(&own.or_else(named).ok_or_else(|| odd(format!("&{};", &*name)))?);
            }
            Event::End(end) => match end.local_name().as_ref() {
                "OutputKey" | "ParameterKey" => key = std::mem::take(&mut text),
                "OutputValue" => drop(stack.outputs.insert(key.clone(), std::mem::take(&mut text))),
                "ParameterValue" => drop(stack.parameters.insert(key.clone(), std::mem::take(&mut text))),
                _ => {}
            },
            Event::Eof => return Ok(stack),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
      <DescribeStacksResult><Stacks><member>
        <StackName>bridge</StackName><StackStatus>UPDATE_COMPLETE</StackStatus>
        <Parameters>
          <member><ParameterKey>AllowLocalEndpoints</ParameterKey><ParameterValue>true</ParameterValue></member>
          <member><ParameterKey>AlarmEmail</ParameterKey><ParameterValue></ParameterValue></member>
        </Parameters>
        <Outputs>
          <member><Description>here &amp; there</Description><OutputKey>TenantTableName</OutputKey>
            <OutputValue>bridge-TenantTable-1</OutputValue></member>
          <member><OutputKey>ApiUrl</OutputKey><OutputValue>https://a.example/?a=1&amp;b=2</OutputValue></member>
        </Outputs>
      </member></Stacks></DescribeStacksResult></DescribeStacksResponse>"#;

    #[test]
    fn outputs_and_parameters_are_told_apart() {
        let stack = read(ANSWER).unwrap();
        assert_eq!(stack.output("TenantTableName").unwrap(), "bridge-TenantTable-1");
        assert_eq!(stack.output("ApiUrl").unwrap(), "https://a.example/?a=1&b=2");
        assert!(stack.allows_local());
        assert_eq!(stack.parameters.get("AlarmEmail").map(String::as_str), Some(""));
        assert_eq!(stack.outputs.len(), 2);
    }

    #[test]
    fn an_output_that_is_missing_is_named() {
        let stack = Stack { name: "other".into(), ..Stack::default() };
        assert!(!stack.allows_local());
        let fault = stack.environment().unwrap_err().to_string();
        assert_eq!(fault, "unexpected: the stack other has no output TenantTableName");
    }

    #[test]
    fn what_is_no_xml_is_no_stack() {
        assert!(read("<a>&nonsense;</a>").is_err());
        assert!(read("<a></b>").is_err());
    }
}
