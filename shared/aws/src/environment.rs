//! A function's environment variables. Read here and nowhere else.

use std::time::Duration;

use aws_sdk_dynamodb::config::{Credentials, Region};
use bridge::ports::PERSONAL_DATA;
use bridge::tenant::Contact;
use bridge::words::paces::Paces;
use url::Url;

/// Where mapped records go.
pub const IMPORT_QUEUE_URL: &str = "IMPORT_QUEUE_URL";

/// Where notices go.
pub const WRITEBACK_QUEUE_URL: &str = "WRITEBACK_QUEUE_URL";

/// A function's own job queue.
pub const JOB_QUEUE_URL: &str = "JOB_QUEUE_URL";

/// The deployment's own address, for functions that others are sent back to.
pub const API_URL: &str = "API_URL";

/// Seconds.
const DAY: u64 = 24 * 60 * 60;

/// Where the queues are. Where a function has none of a kind, its address is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// `IMPORT_QUEUE_URL`: mapped records on their way to Ongoing.
    pub import: Option<String>,
    /// `WRITEBACK_QUEUE_URL`: notices on their way to the write-back.
    pub write_back: Option<String>,
    /// `JOB_QUEUE_URL`: the function's own job queue.
    pub jobs: Option<String>,
}

/// A function's environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// `TENANT_TABLE`.
    pub tenant_table: String,
    /// `STATE_TABLE`.
    pub state_table: String,
    /// The queues that the function puts something on.
    pub queues: Addresses,
    /// `SECRET_PREFIX`.
    pub secret_prefix: String,
    /// `ALLOW_LOCAL_ENDPOINTS`: `true` or `false`; `false` when left out.
    pub allow_local: bool,
    /// `LOG_LEVEL`; `info` when left out.
    pub log_level: String,
    /// `CALLS_PER_MINUTE`; the vendors' limits when left out.
    pub paces: Paces,
    /// `PERSONAL_DATA_DAYS`; [`PERSONAL_DATA`] when left out.
    pub personal_data: Duration,
    /// `API_URL`.
    pub api_url: Option<Url>,
    /// `WAREHOUSE_NAME`, `WAREHOUSE_PHONE`, `WAREHOUSE_MAIL`, `WAREHOUSE_LOGO`: who runs the deployment.
    pub warehouse: Contact,
}

/// A variable that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {name} {problem}")]
pub struct Wrong {
    /// Which.
    pub name: &'static str,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// The function that Lambda started this process for: its `Handler`. While a deployment puts this release in the place of one
/// whose functions had a program each, that may still be `bootstrap`: then it is what follows the stack's name in the
/// function's.
#[must_use]
pub fn handler() -> String {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    named(&variable("_HANDLER"), &variable("AWS_LAMBDA_FUNCTION_NAME"), &variable("SECRET_PREFIX"))
}

fn named(handler: &str, function: &str, stack: &str) -> String {
    let of_stack = function.strip_prefix(stack).and_then(|rest| rest.strip_prefix('-'));
    if handler == "bootstrap" { of_stack.unwrap_or_default().to_owned() } else { handler.to_owned() }
}

/// What Lambda tells a function of AWS.
pub(crate) struct Aws {
    /// `AWS_REGION`, or `AWS_DEFAULT_REGION`.
    pub region: Option<Region>,
    /// `AWS_ENDPOINT_URL`: in place of AWS's own addresses, where an emulator stands for it.
    pub endpoint: Option<String>,
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`: of the function's role. Lambda ends a process before
    /// they do.
    pub credentials: Option<Credentials>,
}

impl Aws {
    pub fn read() -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        let keys = variable("AWS_ACCESS_KEY_ID").zip(variable("AWS_SECRET_ACCESS_KEY"));
        let token = variable("AWS_SESSION_TOKEN");
        Self {
            region: variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION")).map(Region::new),
            endpoint: variable("AWS_ENDPOINT_URL"),
            credentials: keys.map(|(id, secret)| Credentials::new(id, secret, token, None, "environment")),
        }
    }
}

impl Environment {
    /// The process's own.
    ///
    /// # Errors
    /// The first variable that is missing or wrong.
    pub fn read() -> Result<Self, Wrong> {
        Self::of(|name| std::env::var(name).ok())
    }

    /// What `variable` knows. An empty variable counts as none: a template cannot leave one out.
    ///
    /// # Errors
    /// As [`Environment::read`].
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Wrong> {
        let variable = |name: &str| variable(name).filter(|text| !text.is_empty());
        let needed = |name: &'static str| variable(name).ok_or(Wrong { name, problem: "is not set" });
        let allow_local = match variable("ALLOW_LOCAL_ENDPOINTS").as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => return Err(Wrong { name: "ALLOW_LOCAL_ENDPOINTS", problem: "is neither true nor false" }),
        };
        let paces = variable("CALLS_PER_MINUTE").unwrap_or_default().parse();
        Ok(Self {
            tenant_table: needed("TENANT_TABLE")?,
            state_table: needed("STATE_TABLE")?,
            queues: Addresses {
                import: variable(IMPORT_QUEUE_URL),
                write_back: variable(WRITEBACK_QUEUE_URL),
                jobs: variable(JOB_QUEUE_URL),
            },
            secret_prefix: needed("SECRET_PREFIX")?,
            allow_local,
            log_level: variable("LOG_LEVEL").unwrap_or_else(|| "info".into()),
            paces: paces.map_err(|_| Wrong {
                name: "CALLS_PER_MINUTE",
                problem: "is not ERP=NUMBER,..., with an ERP's word and a number from 1 to 60000",
            })?,
            personal_data: match variable("PERSONAL_DATA_DAYS").map(|days| days.parse::<u32>()) {
                None => PERSONAL_DATA,
                Some(Ok(days @ 1..)) => Duration::from_secs(u64::from(days) * DAY),
                Some(_) => return Err(Wrong { name: "PERSONAL_DATA_DAYS", problem: "is no number of days" }),
            },
            api_url: match variable(API_URL).map(|text| text.parse()) {
                None => None,
                Some(Ok(url)) => Some(url),
                Some(Err(_)) => return Err(Wrong { name: API_URL, problem: "is no address" }),
            },
            warehouse: Contact {
                company: None,
                warehouse: variable("WAREHOUSE_NAME"),
                phone: variable("WAREHOUSE_PHONE"),
                mail: variable("WAREHOUSE_MAIL"),
                logo: variable("WAREHOUSE_LOGO"),
            }
            .checked(),
        })
    }

    /// The deployment's own address.
    ///
    /// # Errors
    /// When it is not set.
    pub fn needed_api_url(&self) -> Result<Url, Wrong> {
        self.api_url.clone().ok_or(Wrong { name: API_URL, problem: "is not set" })
    }

    /// This environment, if it names the queues that the function cannot do without.
    ///
    /// # Errors
    /// The first that is missing.
    pub fn with_queues(self, needed: &[&'static str]) -> Result<Self, Wrong> {
        let queues = &self.queues;
        let all = [
            (IMPORT_QUEUE_URL, &queues.import),
            (WRITEBACK_QUEUE_URL, &queues.write_back),
            (JOB_QUEUE_URL, &queues.jobs),
        ];
        match all.iter().find(|(name, address)| needed.contains(name) && address.is_none()) {
            Some((name, _)) => Err(Wrong { name, problem: "is not set" }),
            None => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use bridge::words::kind::Kind;

    use super::*;

    const NEEDED: [(&str, &str); 3] = [("TENANT_TABLE", "t"), ("STATE_TABLE", "s"), ("SECRET_PREFIX", "p")];

    fn of(further: &[(&str, &str)]) -> Result<Environment, Wrong> {
        let all: Vec<_> = further.iter().chain(&NEEDED).collect();
        Environment::of(|name| all.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned()))
    }

    #[test]
    fn a_process_is_the_function_of_its_handler_and_of_an_earlier_release_the_one_of_its_name() {
        assert_eq!(named("pull-visma", "bridge-pull-visma", "bridge"), "pull-visma");
        assert_eq!(named("bootstrap", "my-bridge-wms-import", "my-bridge"), "wms-import");
        assert_eq!(named("bootstrap", "other-wms-import", "my-bridge"), "");
        assert_eq!(named("", "", ""), "");
    }

    #[test]
    fn what_may_be_left_out_has_a_safe_default() {
        let environment = of(&[("JOB_QUEUE_URL", "")]).unwrap();
        assert_eq!((environment.allow_local, environment.log_level.as_str()), (false, "info"));
        assert_eq!(environment.queues, Addresses::default());
    }

    #[test]
    fn an_error_names_the_variable() {
        assert_eq!(of(&[("STATE_TABLE", "")]).unwrap_err().name, "STATE_TABLE");
        let local = of(&[("ALLOW_LOCAL_ENDPOINTS", "True")]).unwrap_err();
        assert_eq!(local.to_string(), "the environment variable ALLOW_LOCAL_ENDPOINTS is neither true nor false");
        assert!(of(&[("ALLOW_LOCAL_ENDPOINTS", "true")]).unwrap().allow_local);
    }

    #[test]
    fn a_pace_of_a_test_host_is_a_setting() {
        assert_eq!(of(&[("CALLS_PER_MINUTE", "procountor=80")]).unwrap().paces.of(Kind::Procountor), 80);
        assert_eq!(of(&[("CALLS_PER_MINUTE", "procountor=no")]).unwrap_err().name, "CALLS_PER_MINUTE");
        assert_eq!(of(&[]).unwrap().personal_data, PERSONAL_DATA);
        assert_eq!(of(&[("PERSONAL_DATA_DAYS", "90")]).unwrap().personal_data.as_secs(), 90 * DAY);
        assert_eq!(of(&[("PERSONAL_DATA_DAYS", "0")]).unwrap_err().name, "PERSONAL_DATA_DAYS");
    }

    #[test]
    fn who_runs_the_deployment_is_named_as_far_as_it_can_be_shown() {
        let set = [("WAREHOUSE_NAME", "Lager AB"), ("WAREHOUSE_PHONE", "call us"), ("WAREHOUSE_MAIL", "")];
        let warehouse = of(&set).unwrap().warehouse;
        assert_eq!(warehouse, Contact { warehouse: Some("Lager AB".into()), ..Contact::default() });
    }

    #[test]
    fn the_deployment_s_own_address_is_one() {
        assert_eq!(
            of(&[("API_URL", "api")]).unwrap_err().to_string(),
            "the environment variable API_URL is no address"
        );
        assert_eq!(of(&[("API_URL", "")]).unwrap().needed_api_url().unwrap_err().name, "API_URL");
        let url = of(&[("API_URL", "https://a.example")]).unwrap().needed_api_url().unwrap();
        assert_eq!(url.as_str(), "https://a.example/");
    }

    #[test]
    fn a_function_asks_for_the_queues_it_cannot_do_without() {
        let with = |set: &[(&str, &str)], needed: &[&'static str]| of(set).unwrap().with_queues(needed);
        let import = [("IMPORT_QUEUE_URL", "u")];
        assert_eq!(with(&import, &[IMPORT_QUEUE_URL, JOB_QUEUE_URL]).unwrap_err().name, "JOB_QUEUE_URL");
        assert_eq!(with(&import, &[WRITEBACK_QUEUE_URL]).unwrap_err().name, "WRITEBACK_QUEUE_URL");
        assert_eq!(with(&import, &[IMPORT_QUEUE_URL]).unwrap().queues.import.as_deref(), Some("u"));
        let all = [("IMPORT_QUEUE_URL", "i"), ("WRITEBACK_QUEUE_URL", "w"), ("JOB_QUEUE_URL", "j")];
        let some = |text: &str| Some(text.to_owned());
        let queues = with(&all, &[IMPORT_QUEUE_URL, WRITEBACK_QUEUE_URL, JOB_QUEUE_URL]).unwrap().queues;
        assert_eq!(queues, Addresses { import: some("i"), write_back: some("w"), jobs: some("j") });
    }
}
