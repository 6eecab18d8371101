//! `tenant remove --purge`: forgets a tenant, reads everything again and names what is left.

use std::time::Duration;

use bridge::doors::consent::ticket;
use bridge::ports::{Put, Secrets as _};
use bridge::roads::repair::purge::{self, Left, Purged};
use bridge::words::kind::Kind;
use bridge_operator::queues::Queues;
use serde_json::{Value, json};

use super::remove::{Counts, Removed};
use crate::deployment::Deployment;
use crate::output::{Failure, Output};
use crate::prompt;

/// How often it is begun anew, since something was written or shown meanwhile.
const ROUNDS: usize = 5;

/// From one round to the next.
const PAUSE: Duration = Duration::from_secs(2);

pub async fn run(deployment: &Deployment, id: &str, yes: bool, force: bool) -> Result<Output, Failure> {
    if !bridge::tenant::is_id(id) {
        return Err(Failure::wrong(format!("{id} is no tenant id")));
    }
    // One whose item is gone may have left something: the command can be given again.
    let stored = deployment.tenants.stored(id).await?;
    let item = stored.as_ref().and_then(|stored| stored.item().ok());
    if stored.is_some() && item.as_ref().and_then(|item| item.get("enabled")) != Some(&Value::Bool(false)) && !force {
        return Err(Failure::wrong(format!("{id} is enabled: bridgectl tenant pause {id} first, or --force")));
    }
    let question = format!(
        "its ledger, parked records, dead letters and secrets are removed for ever; type the tenant's id to forget {id}:"
    );
    if !yes && !prompt::confirm(&question, &[id])? {
        return Ok(Output::of(
            false,
            json!(Removed { tenant_id: id, purged: Some(false), ..Removed::default() }),
            "nothing was removed",
        ));
    }
    if let Some(stored) = &stored
        && deployment.tenants.remove(stored).await? == Put::Conflict
    {
        return Err(Failure::changed(format!("somebody else changed {id} in between; nothing was removed")));
    }
    let queues = Queues::new(&deployment.aws, &deployment.stack);
    let partitions = [ticket::partition(id)];
    let rounds = rounds(deployment, &queues, id, &partitions);
    let (purged, left) = prompt::with_spinner("removing items and messages", rounds).await?;
    let prefix = deployment.stack.output("SecretPrefix")?;
    let names: Vec<String> = systems().map(|system| format!("{system}/{id}")).collect();
    let mut removed = 0;
    for name in &names {
        removed += usize::from(bridge_operator::secrets::remove(&deployment.aws, &format!("{prefix}/{name}")).await?);
    }
    let mut secrets = Vec::new();
    for name in names {
        if deployment.secrets.get(&name, true).await?.is_some() {
            secrets.push(format!("secret {prefix}/{name}"));
        }
    }
    let item_left = deployment.tenants.stored(id).await?.is_some();
    let lines = lines(&left, secrets, item_left);
    let gone = format!(
        "removed: {}{} of the state table, {}, {}",
        if stored.is_some() { "the tenant item, " } else { "" },
        counted(purged.items, "item"),
        counted(purged.messages, "message"),
        counted(removed, "secret")
    );
    let proof = if lines.is_empty() {
        "read again: nothing is left of it. The functions' logs name its records by number for 30 days".to_owned()
    } else {
        format!("read again, and left is:\n  {}\nthe same command again removes it", lines.join("\n  "))
    };
    let good = lines.is_empty();
    let said = Removed {
        tenant_id: id,
        removed: !item_left,
        purged: Some(good),
        left: lines,
        counts: Some(Counts { items: purged.items, messages: purged.messages, secrets: removed }),
        ..Removed::default()
    };
    Ok(Output::of(good, json!(said), format!("{gone}\n{proof}")))
}

/// Again until nothing is left: what an import has in its hands ends in the ledger.
async fn rounds(
    deployment: &Deployment,
    queues: &Queues<'_>,
    id: &str,
    partitions: &[String],
) -> Result<(Purged, Left), Failure> {
    let ports = &deployment.ports;
    let (mut all, mut left) = (Purged::default(), Left::default());
    for round in 0..ROUNDS {
        if round > 0 {
            ports.clock.sleep(PAUSE).await;
        }
        let (purged, seen) = purge::purge(ports, queues, id, partitions).await?;
        all = Purged { items: all.items + purged.items, messages: all.messages + purged.messages };
        left = seen;
        if left.is_nothing() {
            break;
        }
    }
    Ok((all, left))
}

/// Whose secrets a tenant may have: it may have been on another ERP before.
fn systems() -> impl Iterator<Item = &'static str> {
    ["ongoing"].into_iter().chain(Kind::ALL.map(Kind::word))
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn lines(left: &Left, secrets: Vec<String>, item: bool) -> Vec<String> {
    let mut lines: Vec<String> = left.items.iter().map(|item| format!("item {item}")).collect();
    lines.extend(left.messages.iter().map(|message| format!("message of {message}")));
    lines.extend(secrets);
    lines.extend(item.then(|| "the tenant item: somebody stored it again".to_owned()));
    if left.hidden > 0 {
        lines.push(format!(
            "perhaps some of {} that are being dealt with or put off at this moment, of whatever tenant",
            counted(left.hidden, "message")
        ));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_named_a_line_each() {
        let left = Left { items: vec!["tenant#a health".into()], messages: vec!["import m1".into()], hidden: 2 };
        let lines = lines(&left, vec!["secret s/ongoing/a".into()], false);
        assert_eq!(lines[..3], ["item tenant#a health", "message of import m1", "secret s/ongoing/a"]);
        assert!(lines[3].contains("2 messages"), "{lines:?}");
        assert!(super::lines(&Left::default(), Vec::new(), false).is_empty());
    }
}
