//! `tenant remove`: removes the item, and lists what stays.

use bridge::doors::consent::ticket;
use bridge::http::login::{PARTITIONS, refreshing};
use bridge::ports::{Put, State};
use bridge::roads::check::identity;
use bridge::tenant::Tenant;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::deployment::{Deployment, MAX_ITEMS};
use crate::output::{Failure, Output};
use crate::prompt;

/// What became of a tenant that is removed, or forgotten.
#[derive(Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Removed<'a> {
    pub tenant_id: &'a str,
    /// Whether its item is gone.
    pub removed: bool,
    /// Without `--purge`: what is still there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stays: Option<Stays>,
    /// With `--purge`: whether nothing is left of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purged: Option<bool>,
    /// What is left all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
    /// How much was purged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
}

/// What a removed tenant leaves.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Stays {
    secrets: Vec<String>,
    state: Partition,
    /// What could not be removed of its logins.
    logins: Vec<String>,
}

/// A partition of the state table.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Partition {
    table: String,
    pk: String,
}

/// What a purge removed.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Counts {
    pub items: usize,
    pub messages: usize,
    pub secrets: usize,
}

pub async fn run(deployment: &Deployment, id: &str, yes: bool, force: bool) -> Result<Output, Failure> {
    let (stored, item) = deployment.stored(id).await?;
    // Left out means enabled.
    if item.get("enabled") != Some(&Value::Bool(false)) && !force {
        return Err(Failure::wrong(format!("{id} is enabled: bridgectl tenant pause {id} first, or --force")));
    }
    if !yes && !prompt::confirm(&format!("type the tenant's id to remove {id}:"), &[id])? {
        return Ok(Output::of(false, json!(Removed { tenant_id: id, ..Removed::default() }), "nothing was removed"));
    }
    if deployment.tenants.remove(&stored).await? == Put::Conflict {
        return Err(Failure::changed(format!("somebody else changed {id} in between; nothing was removed")));
    }
    let left = forget(&deployment.state, id, deployment.ports.clock.now()).await;
    let prefix = deployment.stack.output("SecretPrefix")?;
    let erp = item["erp"]["kind"].as_str().and_then(bridge::words::kind::Kind::named);
    let systems = ["ongoing"].into_iter().chain(erp.map(bridge::words::kind::Kind::word));
    let secrets: Vec<String> = systems.map(|system| format!("{prefix}/{system}/{id}")).collect();
    let table = deployment.stack.output("StateTableName")?;
    let partition = Tenant::partition(id);
    let state = Partition { table: table.to_owned(), pk: partition.clone() };
    let stays = Some(Stays { secrets: secrets.clone(), state, logins: left.clone() });
    let said = Removed { tenant_id: id, removed: true, stays, ..Removed::default() };
    let text = format!(
        "the item of {id} is removed, and its session, its consent link\n\
         and which company and goods owner it was. What stays:\n\
         {}its secrets: {}\n\
         its ledger and cursors, in the partition {partition} of {table}:\n\
         a tenant of the same id that comes back goes on where this one stood.\n\
         To forget all of it: bridgectl tenant remove {id} --purge",
        left.iter().map(|left| format!("{left}\n")).collect::<String>(),
        secrets.join(", ")
    );
    Ok(Output::good(json!(said), text))
}

/// Removes what means nothing without the tenant's item and would meet another tenant of the same id: its consent link and
/// company, its session, the turn of its refreshes, whose goods it had. What could not be removed is said, in a line each.
async fn forget(state: &dyn State, id: &str, now: Timestamp) -> Vec<String> {
    let (mut items, mut left) = (Vec::new(), Vec::new());
    let consent = ticket::partition(id);
    match state.list(&consent, "", MAX_ITEMS).await {
        Ok(found) => items.extend(found),
        Err(fault) => left.push(format!("perhaps the items of {consent}, which could not be read: {fault}")),
    }
    // Else a tenant with the same goods owner is said to share it with one that is gone.
    for partition in PARTITIONS.into_iter().chain([identity::PK]) {
        match state.get(partition, id).await {
            Ok(found) => items.extend(found),
            Err(fault) => left.push(format!("perhaps {id} of {partition}, which could not be read: {fault}")),
        }
    }
    for item in items {
        let name = format!("{} of {}", item.sk, item.pk);
        let until = item.body["until"].as_str().and_then(|until| until.parse::<Timestamp>().ok());
        if refreshing(&item).is_some() && until.is_some_and(|until| until > now) {
            left.push(format!("{name}: a refresh is under way, which needs it"));
            continue;
        }
        match state.delete(&item.pk, &item.sk, item.rev).await {
            Ok(Put::Done) => {}
            Ok(Put::Conflict) => left.push(format!("{name}: it was just written")),
            Err(fault) => left.push(format!("{name}, which could not be removed: {fault}")),
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use async_trait::async_trait;
    use bridge::ports::Item;
    use bridge::words::fault::Result;

    use super::*;

    struct Table(RefCell<Vec<Item>>);

    #[async_trait(?Send)]
    impl State for Table {
        async fn get(&self, pk: &str, sk: &str) -> Result<Option<Item>> {
            Ok(self.0.borrow().iter().find(|item| item.pk == pk && item.sk == sk).cloned())
        }

        async fn get_many(&self, _: &str, _: &[String]) -> Result<Vec<Item>> {
            Ok(Vec::new())
        }

        async fn list(&self, pk: &str, prefix: &str, _: usize) -> Result<Vec<Item>> {
            let all = self.0.borrow();
            Ok(all.iter().filter(|item| item.pk == pk && item.sk.starts_with(prefix)).cloned().collect())
        }

        async fn put(&self, _: Item) -> Result<Put> {
            Ok(Put::Conflict)
        }

        async fn delete(&self, pk: &str, sk: &str, rev: u64) -> Result<Put> {
            let before = self.0.borrow().len();
            self.0.borrow_mut().retain(|item| item.pk != pk || item.sk != sk || item.rev != rev);
            Ok(if self.0.borrow().len() < before { Put::Done } else { Put::Conflict })
        }
    }

    fn forgotten(slip: Value) -> (Vec<String>, Vec<String>) {
        let item = |pk: &str, sk: &str, body: &Value| Item {
            pk: pk.into(),
            sk: sk.into(),
            rev: 3,
            body: body.clone(),
            expires: None,
        };
        let table = Table(RefCell::new(vec![
            item("tenant#acme", "ledger#orders#1", &json!({})),
            item("consent#acme", "ticket", &json!({})),
            item("consent#acme", "company", &json!({})),
            item("consent#other", "company", &json!({})),
            item("session#finago", "acme", &json!({ "session": "s" })),
            item("session#finago", "other", &json!({ "session": "s" })),
            item("refresh#visma", "acme", &slip),
            item(identity::PK, "acme", &json!({ "goods_owner": { "id": 159 } })),
            item(identity::PK, "other", &json!({ "goods_owner": { "id": 159 } })),
        ]));
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let left = runtime.block_on(forget(&table, "acme", now));
        let stays = table.0.borrow().iter().map(|item| format!("{} {}", item.pk, item.sk)).collect();
        (left, stays)
    }

    #[test]
    fn what_means_nothing_without_the_tenant_goes_with_it() {
        let (left, stays) = forgotten(json!({ "spent": ["digest"], "until": "2025-12-31T23:59:00Z" }));
        assert!(left.is_empty(), "{left:?}");
        let theirs = ["consent#other company", "session#finago other", "identity other"];
        assert_eq!((stays[0].as_str(), &stays[1..]), ("tenant#acme ledger#orders#1", &theirs.map(str::to_owned)[..]));
    }

    #[test]
    fn the_turn_of_a_refresh_that_is_under_way_stays_and_is_named() {
        let (left, stays) = forgotten(json!({ "until": "2026-01-01T00:01:00Z" }));
        assert_eq!(left, ["acme of refresh#visma: a refresh is under way, which needs it"]);
        assert!(stays.contains(&"refresh#visma acme".to_owned()), "{stays:?}");
    }
}
