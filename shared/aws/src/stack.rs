//! A deployed stack, as the one who operates it sees it: what its outputs and parameters say.

use std::collections::BTreeMap;

use bridge::words::fault::{Fault, Result};
use quick_xml::events::Event;

use crate::cloud::Cloud;
use crate::dynamo::StateTable;
use crate::environment::{Addresses, Environment};
use crate::secrets::SecretStore;
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

/// Outputs by which a stack of ours is known.
const OURS: [&str; 4] = ["TenantTableName", "StateTableName", "WritebackDeadLetterQueueUrl", "SecretPrefix"];

/// Pages of stacks that are looked at: an account has at most 2000 stacks in a region.
const PAGES: usize = 100;

impl Stack {
    /// Asks CloudFormation.
    ///
    /// # Errors
    /// [`Fault::Unexpected`] when there is no such stack; else as AWS refused.
    pub async fn find(cloud: &Cloud, name: &str) -> Result<Self> {
        let xml = cloud.describe(Some(name), None).await.map_err(|fault| match fault {
            Fault::Unexpected(why) if why.contains("does not exist") => {
                let region = cloud.config().region().map_or("no region", AsRef::as_ref);
                Fault::Unexpected(format!("there is no stack {name} in {region}"))
            }
            other => other,
        })?;
        let odd = || Fault::Unexpected(format!("DescribeStacks: the answer is not about {name}"));
        let mut stack = read(&xml)?.0.into_iter().next().ok_or_else(odd)?;
        // A name may be given as an ARN; functions are named by the name.
        stack.outputs.retain(|_, value| !value.is_empty());
        Ok(stack)
    }

    /// Every stack of ours in this account and region: those that have our outputs.
    ///
    /// # Errors
    /// As AWS refused.
    pub async fn all(cloud: &Cloud) -> Result<Vec<Self>> {
        let (mut ours, mut next) = (Vec::new(), None);
        for _ in 0..PAGES {
            let (stacks, token) = read(&cloud.describe(None, next.as_deref()).await?)?;
            ours.extend(stacks.into_iter().filter(|stack| OURS.iter().all(|name| stack.outputs.contains_key(*name))));
            if token.is_none() {
                break;
            }
            next = token;
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

/// The stack's secrets, without a memory.
#[must_use]
pub fn secrets(cloud: &Cloud, environment: &Environment) -> SecretStore {
    SecretStore::new(aws_sdk_secretsmanager::Client::new(cloud.config()), &environment.secret_prefix)
}

/// The stacks of an answer to `DescribeStacks`, and where it goes on: `<OutputKey>` beside `<OutputValue>`, `<ParameterKey>`
/// beside `<ParameterValue>`, each pair in a `<member>` of its own, in the `<member>` of its stack.
fn read(xml: &str) -> Result<(Vec<Stack>, Option<String>)> {
    let odd = |why: String| Fault::Unexpected(format!("DescribeStacks: the answer cannot be read: {why}"));
    let mut reader = quick_xml::Reader::from_str(xml);
    let (mut stacks, mut stack, mut next) = (Vec::new(), Stack::default(), None);
    let (mut open, mut key, mut text) = (Vec::new(), String::new(), String::new());
    loop {
        match reader.read_event().map_err(|error| odd(error.to_string()))? {
            Event::Start(start) => {
                open.push(start.local_name().as_ref().to_owned());
                text.clear();
            }
            Event::Text(part) => text.push_str(&part),
            Event::GeneralRef(name) => {
                let own = name.resolve_char_ref().map_err(|error| odd(error.to_string()))?.map(String::from);
                let named = || quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned);
                text.push_str(&own.or_else(named).ok_or_else(|| odd(format!("&{};", &*name)))?);
            }
            Event::End(end) => {
                open.pop();
                match (end.local_name().as_ref(), open.last().map(String::as_str)) {
                    ("OutputKey" | "ParameterKey", _) => key = std::mem::take(&mut text),
                    ("OutputValue", _) => drop(stack.outputs.insert(key.clone(), std::mem::take(&mut text))),
                    ("ParameterValue", _) => drop(stack.parameters.insert(key.clone(), std::mem::take(&mut text))),
                    ("StackName", Some("member")) => stack.name = std::mem::take(&mut text),
                    ("member", Some("Stacks")) => stacks.push(std::mem::take(&mut stack)),
                    ("NextToken", _) => next = Some(std::mem::take(&mut text)).filter(|token| !token.is_empty()),
                    _ => {}
                }
            }
            Event::Eof => return Ok((stacks, next)),
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

    fn read_one(xml: &str) -> Result<Stack> {
        let (stacks, next) = read(xml)?;
        assert_eq!((stacks.len(), next), (1, None));
        Ok(stacks.into_iter().next().unwrap())
    }

    #[test]
    fn several_stacks_keep_their_own_and_a_long_list_goes_on() {
        let one = |name: &str| {
            format!(
                "<member><Outputs><member><OutputKey>K</OutputKey><OutputValue>{name}-v</OutputValue></member></Outputs>\
                 <StackName>{name}</StackName></member>"
            )
        };
        let xml = format!("<a><Stacks>{}{}</Stacks><NextToken>t&amp;1</NextToken></a>", one("a"), one("b"));
        let (stacks, next) = read(&xml).unwrap();
        let told: Vec<_> = stacks.iter().map(|stack| (stack.name.as_str(), stack.output("K").unwrap())).collect();
        assert_eq!((told, next.as_deref()), (vec![("a", "a-v"), ("b", "b-v")], Some("t&1")));
    }

    #[test]
    fn outputs_and_parameters_are_told_apart() {
        let stack = read_one(ANSWER).unwrap();
        assert_eq!(stack.name, "bridge");
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
