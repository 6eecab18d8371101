//! `tenant new`: asks for all that a tenant needs, tries each secret at once, writes a commented file, and ends in the check,
//! the plan and the link.

mod answers;
mod credentials;

use std::collections::BTreeMap;
use std::path::PathBuf;

use bridge::tenant::Tenant;
use bridge::words::kind::Kind;
use serde::Serialize;
use serde_json::{Value, json};

use self::credentials::Door;
use super::{apply, yaml};
use crate::args::{Apply, Cli, ConnectLink, Insist, New};
use crate::deployment::Deployment;
use crate::output::{Code, Failure, Output, note};
use crate::questions::Questions;
use crate::{check, connect_link, private_file};

/// What became of a new tenant.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Made {
    tenant_id: String,
    /// The file that was written.
    file: PathBuf,
    /// Whether the check was good.
    checked: bool,
    /// Whether the item is stored.
    stored: bool,
    /// Where the company consents by a link: that link, which is a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

pub async fn run(cli: &Cli, new: &New) -> Result<Output, Failure> {
    let deployment = Deployment::find(cli.stack.as_deref()).await?;
    let stored = deployment.tenants.all().await?;
    let items: Vec<Value> = stored.iter().filter_map(|stored| stored.item().ok()).collect();
    let mut ask = Questions::at_standard_input();
    let taken = |id: &str| stored.iter().any(|stored| stored.tenant_id() == id);
    let (mut item, kind) = answers::tenant(&mut ask, new.id.as_deref(), usual(&items).as_deref(), taken)?;
    for (name, url) in [("base_url", &new.erp_url), ("auth_url", &new.erp_auth_url)] {
        if let Some(url) = url {
            item["erp"][name] = json!(url);
        }
    }
    let tenant = Tenant::parse(&item, deployment.stack.allows_local()).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Failure::wrong(format!("nothing was written: {}", faults.join("; ")))
    })?;
    let id = tenant.tenant_id.as_str();
    let file = new.out.clone().unwrap_or_else(|| PathBuf::from(format!("{id}.yaml")));
    if file.exists() {
        return Err(Failure::wrong(format!("{} is there already; --out names another file", file.display())));
    }
    credentials::ask(&deployment, &mut ask, &tenant, Door::Ongoing, &[format!("ongoing/{id}")]).await?;
    if is_linked(kind) {
        application(&deployment, &mut ask, kind).await?;
    } else {
        let names = [format!("{kind}/app"), format!("{kind}/{id}")];
        credentials::ask(&deployment, &mut ask, &tenant, Door::Erp, &names).await?;
    }
    answers::settings(&mut ask, &mut item, kind)?;
    let written = private_file::write(&file, &yaml::commented(&item, kind));
    written.map_err(|error| Failure::wrong(format!("{}: {error}", file.display())))?;
    note(&format!("\n{} is written", file.display()));
    ends(cli, &deployment, &mut ask, id, kind, file.clone()).await
}

/// The check, the plan, and once somebody has said yes the item and the link.
async fn ends(
    cli: &Cli,
    deployment: &Deployment,
    ask: &mut Questions<'_>,
    id: &str,
    kind: Kind,
    file: PathBuf,
) -> Result<Output, Failure> {
    let name = file.display().to_string();
    let checked = told(check::run(deployment, &name, false).await);
    let mut made = Made { tenant_id: id.to_owned(), checked, stored: false, link: None, file };
    // A company that has not consented yet has no records to be planned.
    let (item_only, insist) = (is_linked(kind), Insist { shared: false });
    let wanted = Apply { file: name.clone(), yes: false, plan: None, item_only, no_wait: false, insist };
    let mut agreed = false;
    let applied = apply::run_asking(cli, &wanted, |question| {
        agreed = ask.yes(question, false)?;
        Ok(agreed)
    });
    let applied = applied.await?;
    if !agreed {
        let text = format!("nothing is stored: bridgectl tenant apply {name}, when it is time");
        return Ok(Output::of(false, json!(made), text));
    }
    made.stored = true;
    if !is_linked(kind) {
        let good = applied.code == Code::Good;
        return Ok(Output::of(good, json!(made), format!("{}\n{}", applied.text, webhook(deployment, id)?)));
    }
    let asked = ConnectLink { tenant: id.to_owned(), replace: false, mail: None, qr: false };
    let link = connect_link::run(deployment, &asked).await?;
    made.link = link.json["link"].as_str().map(str::to_owned);
    note(&webhook(deployment, id)?);
    Ok(Output::good(json!(made), link.text))
}

/// Shows a step's answer, and whether it is a good one. A bad one is to be put right in the file that is written.
fn told(step: Result<Output, Failure>) -> bool {
    match step {
        Ok(said) => {
            note(&said.text);
            said.code == Code::Good
        }
        Err(failure) => {
            note(&failure.text());
            false
        }
    }
}

/// Whether the company itself connects.
fn is_linked(kind: Kind) -> bool {
    matches!(kind, Kind::Visma | Kind::Procountor)
}

/// The application's own secret, which no call proves before a company has consented.
async fn application(deployment: &Deployment, ask: &mut Questions<'_>, kind: Kind) -> Result<(), Failure> {
    let name = format!("{kind}/app");
    if deployment.ports.secrets.get(&name, true).await?.is_some() {
        return Ok(());
    }
    ask.tell(&format!("{kind} knows this deployment as an application, which all companies consent to"));
    credentials::untried(deployment, ask, &name).await
}

fn webhook(deployment: &Deployment, id: &str) -> Result<String, Failure> {
    let url = deployment.stack.output("ApiUrl")?.trim_end_matches('/').to_owned();
    Ok(format!(
        "what is left is Ongoing's webhook (Administration, Webhooks): {url}/webhooks/ongoing/{id}, with the token of\n\
         bridgectl secret put ongoing/{id} --merge --show-webhook-token"
    ))
}

/// The address that most tenants have.
fn usual(items: &[Value]) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for url in items.iter().filter_map(|item| item["ongoing"]["base_url"].as_str()) {
        *counts.entry(url).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(url, _)| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_most_tenants_is_offered() {
        let item = |url: &str| json!({ "ongoing": { "base_url": url } });
        assert_eq!(usual(&[item("a"), item("b"), item("b"), json!({})]).as_deref(), Some("b"));
        assert_eq!(usual(&[]), None);
    }
}
