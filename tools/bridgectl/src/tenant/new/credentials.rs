//! The secrets of a new tenant, each tried against the vendor before it is stored.

use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;
use bridge::ports::{Ports, Secrets};
use bridge::roads::check::{self, Point, Report, State};
use bridge::tenant::Tenant;
use bridge::words::fault::Result;
use bridge::words::secret::Secret;
use serde_json::{Map, Value};

use crate::deployment::Deployment;
use crate::output::Failure;
use crate::prompt;
use crate::questions::Questions;
use crate::secret;
use crate::secret_formats::SecretFormat;

/// A vendor has answered by then.
const TIMEOUT: Duration = Duration::from_secs(60);

/// What was typed, in front of what is stored.
struct Typed {
    stored: Rc<dyn Secrets>,
    typed: HashMap<String, String>,
}

#[async_trait(?Send)]
impl Secrets for Typed {
    async fn get(&self, name: &str, fresh: bool) -> Result<Option<Secret>> {
        match self.typed.get(name) {
            Some(text) => Ok(Some(Secret::new(text.clone()))),
            None => self.stored.get(name, fresh).await,
        }
    }

    async fn put(&self, name: &str, value: &Secret) -> Result<()> {
        self.stored.put(name, value).await
    }

    async fn set(&self, name: &str, value: &Secret) -> Result<()> {
        self.stored.set(name, value).await
    }
}

/// Which system the secrets open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Door {
    Ongoing,
    Erp,
}

/// Asks for the secrets of one system until the vendor takes them, and stores them. Those that are stored already are kept,
/// where the person wants that.
pub async fn ask(
    deployment: &Deployment,
    ask: &mut Questions<'_>,
    tenant: &Tenant,
    door: Door,
    names: &[String],
) -> std::result::Result<(), Failure> {
    let ports = &deployment.ports;
    let prefix = deployment.stack.output("SecretPrefix")?;
    loop {
        let mut typed: Vec<(SecretFormat, Map<String, Value>)> = Vec::new();
        for name in names {
            let format = SecretFormat::of(name, prefix)?;
            let stored = ports.secrets.get(name, true).await?.is_some();
            if stored && ask.yes(&format!("{name} is stored already; keep it?"), true)? {
                continue;
            }
            typed.push((format.clone(), whole(ask, &format)?));
        }
        let texts =
            typed.iter().map(|(format, members)| (format.name.clone(), Value::Object(members.clone()).to_string()));
        let secrets = Rc::new(Typed { stored: Rc::clone(&ports.secrets), typed: texts.collect() });
        let trial = Ports { secrets, ..Ports::clone(ports) };
        let deadline = ports.clock.now() + TIMEOUT;
        let report = prompt::with_spinner("trying them", async {
            match door {
                Door::Ongoing => check::ongoing(&trial, tenant, deadline).await,
                Door::Erp => check::erp(&trial, tenant, deadline).await,
            }
        })
        .await;
        tell(ask, &report);
        if !refused(&report) || ask.yes("store them all the same?", false)? {
            return store(deployment, typed).await;
        }
    }
}

/// As [`ask`], where no call can try it.
pub async fn untried(deployment: &Deployment, ask: &mut Questions<'_>, name: &str) -> std::result::Result<(), Failure> {
    let format = SecretFormat::of(name, deployment.stack.output("SecretPrefix")?)?;
    let given = whole(ask, &format)?;
    store(deployment, vec![(format, given)]).await
}

/// All members that are needed.
fn whole(ask: &mut Questions<'_>, format: &SecretFormat) -> std::result::Result<Map<String, Value>, Failure> {
    loop {
        let given = secret::asked(ask, format, false)?;
        let faults = format.faults(&given, true);
        if faults.is_empty() {
            return Ok(given);
        }
        faults.iter().for_each(|fault| ask.tell(&format!("  {fault}")));
    }
}

async fn store(
    deployment: &Deployment,
    typed: Vec<(SecretFormat, Map<String, Value>)>,
) -> std::result::Result<(), Failure> {
    let ports = &deployment.ports;
    for (format, members) in typed {
        let put = secret::whole(&format);
        secret::write(&*ports.secrets, &*ports.random, &format, &put, || Ok(members)).await?;
    }
    Ok(())
}

/// Whether the system did not let us in; what is missing behind the door is a matter of the check at the end.
fn refused(report: &Report) -> bool {
    report.findings.iter().any(|finding| {
        let door = matches!(finding.point, Point::Secret(_) | Point::Reach | Point::Login | Point::GoodsOwner(_));
        door && matches!(finding.state, State::Missing | State::Unknown)
    })
}

fn tell(ask: &mut Questions<'_>, report: &Report) {
    let company = report.company.as_deref().unwrap_or_default();
    for finding in &report.findings {
        let mark = match finding.state {
            State::Good => continue,
            State::Missing => "✗",
            State::Warning => "!",
            State::Unknown => "?",
        };
        ask.tell(&format!("  {mark} {}", finding.point));
        if !finding.advice.is_empty() {
            ask.explain(&format!("  {}", finding.advice));
        }
    }
    if !refused(report) {
        ask.tell(&format!(
            "  ✓ they are accepted{}",
            if company.is_empty() { String::new() } else { format!(" by {company}") }
        ));
    }
}

#[cfg(test)]
mod tests {
    use bridge::roads::check::{Finding, System};
    use serde_json::json;

    use super::*;

    #[test]
    fn user_names_and_passwords_are_asked_until_all_that_is_needed_is_there() {
        let format = SecretFormat::of("ongoing/acme", "stack").unwrap();
        let mut said = Vec::new();
        let mut ask = Questions::of(&b"WSI-acme\n\nWSI-acme\nhunter2\n"[..], &mut said);
        let given = whole(&mut ask, &format).unwrap();
        assert_eq!(Value::Object(given), json!({ "username": "WSI-acme", "password": "hunter2" }));
        drop(ask);
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains("/password: it is missing, and needed") && !said.contains("hunter2"), "{said}");
    }

    #[test]
    fn a_closed_door_is_told_from_a_right_that_is_missing_behind_it() {
        let report = |point: Point, state: State| Report {
            system: System::Ongoing,
            company: Some("Acme AS".into()),
            company_id: None,
            findings: vec![Finding { point, state, advice: "ask".into() }],
        };
        let closed = report(Point::Login, State::Missing);
        let open = report(Point::Right("Product".into()), State::Missing);
        assert!(refused(&closed) && refused(&report(Point::Reach, State::Unknown)) && !refused(&open));
        let mut said = Vec::new();
        let mut ask = Questions::of(&b""[..], &mut said);
        tell(&mut ask, &open);
        tell(&mut ask, &closed);
        drop(ask);
        let expected =
            "  ✗ right Product\n  ask\n  ✓ they are accepted by Acme AS\n  ✗ the credentials are accepted\n  ask\n";
        assert_eq!(String::from_utf8(said).unwrap(), expected);
    }
}
