//! `tenant list`: one line per tenant, the worst first.

use std::collections::HashMap;

use bridge::roads::status::lines::age;
use bridge::roads::status::{Level, TenantStatus};
use bridge::tenant::Tenant;
use bridge::words::feed::Feed;
use bridge_aws::tenant_table::Stored;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};

use crate::deployment::Deployment;
use crate::output::{Failure, Output};
use crate::status;
use crate::table::table;

/// Tenants that are asked about at the same time.
const AT_ONCE: usize = 64;

pub async fn run(deployment: &Deployment) -> Result<Output, Failure> {
    let all = deployment.tenants.all().await?;
    if all.is_empty() {
        return Ok(Output::good(json!([]), "there is no tenant yet: bridgectl tenant apply FILE"));
    }
    let by_id: HashMap<&str, &Stored> = all.iter().map(|stored| (stored.tenant_id(), stored)).collect();
    let estate = status::look(deployment, None).await?;
    let tenants = estate.tenants.iter().filter_map(|status| Some((status, *by_id.get(status.tenant_id.as_str())?)));
    let rows: Vec<Value> = stream::iter(tenants)
        .map(|(status, stored)| row(deployment, status, stored))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let header = ["tenant", "state", "ERP", "goods owner", "last good pull", "waiting", "parked", "left", "processes"];
    let cells = rows.iter().zip(&estate.tenants).map(|(row, status)| {
        let text = |name: &str| match &row[name] {
            Value::String(text) => text.clone(),
            Value::Null => "–".to_owned(),
            Value::Array(all) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
            other => other.to_string(),
        };
        let ages = status.good_at.iter().map(|(feed, at)| {
            let age = at.map_or_else(|| "never".to_owned(), |at| age(at, estate.at));
            format!("{feed} {age}")
        });
        let ages = ages.collect::<Vec<_>>().join("\n");
        let [id, erp, owner, waiting, parked, left, processes] =
            ["tenant_id", "erp", "goods_owner_id", "waiting", "parked", "left", "processes"].map(text);
        vec![id, state(status), erp, owner, ages, waiting, parked, left, processes]
    });
    let text = table(&header, cells) + "\nwhat is the matter, and what to do: bridgectl status";
    Ok(Output::good(Value::Array(rows), text))
}

fn state(status: &TenantStatus) -> String {
    match status.level {
        Level::Person => "needs a person",
        Level::Waits => "waits",
        Level::Good => "good",
        Level::Off => "paused",
    }
    .to_owned()
}

async fn row(deployment: &Deployment, status: &TenantStatus, stored: &Stored) -> Result<Value, Failure> {
    let id = stored.tenant_id();
    let cursors = deployment.index(id, "cursor#").await?.0;
    let moved = cursors.iter().filter_map(|item| item.body["moved_at"].as_str()).max();
    // A fraction of a second says nothing here.
    let moved = moved.map(|at| at.split_once('.').map_or_else(|| at.to_owned(), |(whole, _)| format!("{whole}Z")));
    let mut row = json!({
        "tenant_id": id, "valid": false, "last_moved": moved, "level": status.level, "good_at": status.good_at,
        "waiting": status.waiting, "parked": status.parked, "left": status.left, "findings": status.findings,
    });
    match stored.item().map_err(|error| error.to_string()).and_then(|item| read(deployment, &item)) {
        Err(fault) => row["fault"] = json!(fault),
        Ok(tenant) => {
            row["valid"] = json!(true);
            row["enabled"] = json!(tenant.enabled);
            row["erp"] = json!(tenant.erp.kind);
            row["goods_owner_id"] = json!(tenant.ongoing.goods_owner_id);
            row["processes"] = json!(processes(&tenant));
        }
    }
    Ok(row)
}

fn read(deployment: &Deployment, item: &Value) -> Result<Tenant, String> {
    let first = |faults: Vec<bridge::tenant::Invalid>| {
        let more = faults.len() - 1;
        let first = faults.first().map(ToString::to_string).unwrap_or_default();
        if more == 0 { first } else { format!("{first} (and {more} more)") }
    };
    Tenant::parse(item, deployment.stack.allows_local()).map_err(first)
}

/// What is switched on, in the words of the item.
fn processes(tenant: &Tenant) -> Vec<&'static str> {
    let feeds = tenant.feeds().into_iter().map(Feed::word);
    let back = [
        ("shipments", tenant.sends_shipments()),
        ("stock", tenant.sends_stock()),
        ("import_status", tenant.sends_import_status()),
    ];
    feeds.chain(back.into_iter().filter(|(_, on)| *on).map(|(word, _)| word)).collect()
}
