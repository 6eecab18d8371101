//! `tenant list`: one line per tenant.

use bridge::tenant::Tenant;
use bridge_aws::tenant_table::Stored;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};

use crate::deployment::Deployment;
use crate::output::{Failure, Output};
use crate::table::table;

/// Tenants that are asked about at the same time.
const AT_ONCE: usize = 8;

pub async fn run(deployment: &Deployment) -> Result<Output, Failure> {
    let all = deployment.tenants.all().await?;
    let rows: Vec<Value> =
        stream::iter(&all).map(|stored| row(deployment, stored)).buffered(AT_ONCE).try_collect().await?;
    if rows.is_empty() {
        return Ok(Output::good(json!([]), "there is no tenant yet: bridgectl tenant apply FILE"));
    }
    let header = ["tenant", "enabled", "ERP", "goods owner", "processes", "last moved", "parked", "left", "item"];
    let cells = rows.iter().map(|row| {
        let text = |name: &str| match &row[name] {
            Value::String(text) => text.clone(),
            Value::Null => "–".to_owned(),
            Value::Bool(truth) => if *truth { "yes" } else { "no" }.to_owned(),
            Value::Array(all) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
            other => other.to_string(),
        };
        let item = if row["valid"] == true { "valid".to_owned() } else { text("fault") };
        let names = ["tenant_id", "enabled", "erp", "goods_owner_id", "processes", "last_moved", "parked", "left"];
        names.into_iter().map(text).chain([item]).collect()
    });
    let text = table(&header, cells);
    Ok(Output::good(Value::Array(rows), text))
}

async fn row(deployment: &Deployment, stored: &Stored) -> Result<Value, Failure> {
    let id = stored.tenant_id();
    let cursors = deployment.index(id, "cursor#").await?.0;
    let moved = cursors.iter().filter_map(|item| item.body["moved_at"].as_str()).max();
    // A fraction of a second says nothing here.
    let moved = moved.map(|at| at.split_once('.').map_or_else(|| at.to_owned(), |(whole, _)| format!("{whole}Z")));
    let count = async |prefixes: &[&str]| -> Result<usize, Failure> {
        let mut count = 0;
        for prefix in prefixes {
            count += deployment.index(id, prefix).await?.0.len();
        }
        Ok(count)
    };
    let mut row = json!({
        "tenant_id": id, "valid": false, "last_moved": moved,
        "parked": count(&["due#", "parked#", "due-back#", "parked-back#"]).await?,
        "left": count(&["left#", "left-back#"]).await?,
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
    let feeds = tenant.feeds().into_iter().map(bridge::words::feed::Feed::word);
    let back = [
        ("shipments", tenant.sends_shipments()),
        ("stock", tenant.sends_stock()),
        ("import_status", tenant.sends_import_status()),
    ];
    feeds.chain(back.into_iter().filter(|(_, on)| *on).map(|(word, _)| word)).collect()
}
