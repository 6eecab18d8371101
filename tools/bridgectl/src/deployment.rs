//! The deployed stack: its tables, secrets and functions, as its outputs name them.

use std::rc::Rc;

use bridge::ports::{Ports, State as _};
use bridge::tenant::Tenant;
use bridge::words::fault::Fault;
use bridge_aws::entry;
use bridge_aws::secret_store::SecretStore;
use bridge_aws::state_table::StateTable;
use bridge_aws::tenant_table::{Stored, TenantTable};
use bridge_operator::aws_client::AwsClient;
use bridge_operator::stack::{DEMO, Stack};
use serde_json::Value;

use crate::output::Failure;
use crate::token_refresh::TokenRefreshGuard;

/// More index items than anybody reads; what there is beyond is said.
pub const MAX_ITEMS: usize = 1000;

/// A deployed stack.
pub struct Deployment {
    pub aws: AwsClient,
    pub stack: Stack,
    pub tenants: TenantTable,
    pub state: StateTable,
    /// The secrets, without a memory.
    pub secrets: SecretStore,
    /// The edges that its functions have.
    pub ports: Rc<Ports>,
}

impl Deployment {
    /// The stack of this name, else the only one of ours that there is.
    pub async fn find(name: Option<&str>) -> Result<Self, Failure> {
        let aws = AwsClient::load().await.map_err(|fault| Failure::cloud(fault.to_string()))?;
        let endpoint = aws.config().endpoint_url();
        let stack = match name {
            Some(name) => Stack::find(&aws, name).await.map_err(|fault| unknown(name, endpoint, fault))?,
            None => only(Stack::all(&aws).await.map_err(|fault| unreached(None, endpoint, fault))?)?,
        };
        let environment = stack.environment()?;
        let mut ports =
            entry::ports_at(aws.config(), &environment).map_err(|error| Failure::cloud(error.to_string()))?;
        let secrets = bridge_operator::stack::secrets(&aws, &environment);
        ports.state =
            Rc::new(TokenRefreshGuard::new(ports.state, async move |name: &str| secrets.may_write(name).await));
        Ok(Self {
            tenants: bridge_operator::stack::tenants(&aws, &environment),
            state: bridge_operator::stack::state(&aws, &environment),
            secrets: bridge_operator::stack::secrets(&aws, &environment),
            ports: Rc::new(ports),
            aws,
            stack,
        })
    }

    /// A tenant's item as it is stored.
    pub async fn stored(&self, id: &str) -> Result<(Stored, Value), Failure> {
        let stored = self.tenants.stored(id).await?;
        let stored = stored.ok_or_else(|| Failure::wrong(self.no_tenant(id)))?;
        let item = stored.item().map_err(|error| Failure::wrong(format!("the item of {id} is no JSON: {error}")))?;
        Ok((stored, item))
    }

    /// A tenant, if its stored item is valid.
    pub async fn tenant(&self, id: &str) -> Result<Tenant, Failure> {
        let (_, item) = self.stored(id).await?;
        self.valid(id, &item)
    }

    /// A stored item as a tenant, or its faults.
    pub fn valid(&self, id: &str, item: &Value) -> Result<Tenant, Failure> {
        Tenant::parse(item, self.stack.allows_local()).map_err(|faults| {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            Failure::wrong(format!("the stored item of {id} is not valid: {}", faults.join("; ")))
        })
    }

    pub fn no_tenant(&self, id: &str) -> String {
        format!("there is no tenant {id} in the stack {}; `bridgectl tenant list` shows all", self.stack.name)
    }

    /// Index items of a tenant, at most [`MAX_ITEMS`].
    pub async fn index(&self, id: &str, prefix: &str) -> Result<Vec<bridge::ports::Item>, Failure> {
        Ok(self.state.list(&Tenant::partition(id), prefix, MAX_ITEMS).await?)
    }
}

/// Two are a question: nobody should onboard a company into the wrong one.
fn only(mut stacks: Vec<Stack>) -> Result<Stack, Failure> {
    match (stacks.pop(), stacks.is_empty()) {
        (Some(stack), true) => Ok(stack),
        (Some(stack), false) => {
            let names: Vec<&str> = stacks.iter().chain([&stack]).map(|stack| stack.name.as_str()).collect();
            Err(Failure::usage(format!(
                "there are several stacks, {}; --stack or BRIDGE_STACK names one",
                names.join(", ")
            )))
        }
        (None, _) => Err(Failure::cloud(
            "there is no stack of Ongoing Bridge in this account and region; AWS_REGION and AWS_PROFILE name others",
        )),
    }
}

fn unknown(name: &str, endpoint: Option<&str>, fault: Fault) -> Failure {
    match fault {
        Fault::Unexpected(why) if why.contains("there is no stack") => {
            Failure::cloud(format!("{why}; --stack or BRIDGE_STACK names another, AWS_REGION another region"))
        }
        other => unreached(Some(name), endpoint, other),
    }
}

/// An emulator on this machine that gives no answer is not running, which is no trouble of AWS's.
fn unreached(name: Option<&str>, endpoint: Option<&str>, fault: Fault) -> Failure {
    let here = endpoint.filter(|url| LOOPBACK.iter().any(|host| url.starts_with(&format!("http://{host}"))));
    match (fault, here, name) {
        (Fault::Unavailable { status: None, .. }, Some(url), Some(DEMO)) => Failure::cloud(format!(
            "the demo is not running: nobody answers at {url};\n\
             `cargo xtask demo --keep` starts it; then `. .local/env` in this shell"
        )),
        (Fault::Unavailable { status: None, .. }, Some(url), _) => Failure::cloud(format!(
            "nobody answers at {url}, where AWS_ENDPOINT_URL\n\
             says that an emulator of AWS is; without that variable AWS itself is asked"
        )),
        (other, _, Some(name)) => {
            Failure { error: format!("the stack {name} cannot be asked: {other}"), ..Failure::from(other) }
        }
        (other, _, None) => Failure::from(other),
    }
}

/// How the addresses of emulators on this machine begin.
const LOOPBACK: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Code;

    #[test]
    fn the_only_stack_needs_no_name_and_of_two_one_is_named() {
        let stack = |name: &str| Stack { name: name.into(), ..Stack::default() };
        assert_eq!(only(vec![stack("a")]).unwrap().name, "a");
        let two = only(vec![stack("a"), stack("b")]).unwrap_err();
        assert_eq!(two.code, Code::Usage);
        assert!(two.error.contains("a, b"), "{}", two.error);
        assert_eq!(only(vec![]).unwrap_err().code, Code::Cloud);
    }

    #[test]
    fn an_emulator_that_is_not_there_is_told_from_aws() {
        let said = |name: Option<&str>, endpoint: Option<&str>, fault: Fault| {
            let failure = unreached(name, endpoint, fault);
            assert_eq!(failure.code, Code::Cloud);
            failure.error
        };
        let here = Some("http://127.0.0.1:4600");
        let refused = || Fault::unavailable("cloudformation: Connection refused");
        let demo = said(Some(DEMO), here, refused());
        assert!(demo.starts_with("the demo is not running: nobody answers at http://127.0.0.1:4600;\n"), "{demo}");
        assert!(demo.lines().all(|line| "error: ".len() + line.len() <= 80), "{demo}");
        assert!(demo.contains("`cargo xtask demo --keep`") && demo.contains("`. .local/env`"), "{demo}");
        for (name, endpoint) in [(Some("bridge"), here), (None, here), (None, Some("http://localhost:4566"))] {
            let other = said(name, endpoint, refused());
            assert!(other.starts_with("nobody answers at http://") && other.contains("AWS_ENDPOINT_URL"), "{other}");
        }
        for endpoint in [None, Some("https://cloudformation.eu-north-1.amazonaws.com")] {
            let aws = said(Some(DEMO), endpoint, refused());
            assert!(aws.contains("cannot be asked") && aws.contains("Connection refused"), "{aws}");
        }
        let answered = said(Some(DEMO), here, Fault::Unauthorized("cloudformation: 403".into()));
        assert!(answered.contains("cannot be asked") && answered.contains("403"), "{answered}");
    }
}
