//! `tenant list`: one line per tenant, the worst first.

use std::collections::HashMap;

use bridge::roads::status::lines::age;
use bridge::roads::status::{Level, TenantStatus};
use bridge::tenant::Tenant;
use bridge::words::feed::Feed;
use bridge_aws::tenant_table::Stored;
use bridge_operator::table::{self, Column};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::deployment::Deployment;
use crate::output::{Failure, Output};
use crate::status;

/// Tenants that are asked about at the same time.
const AT_ONCE: usize = 64;

/// A tenant in the list.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Row {
    #[serde(flatten)]
    status: TenantStatus,
    valid: bool,
    /// When a cursor of its moved last.
    last_moved: Option<Timestamp>,
    /// Why it is not valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    goods_owner_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    processes: Option<Vec<&'static str>>,
}

pub async fn run(deployment: &Deployment) -> Result<Output, Failure> {
    let all = deployment.tenants.all().await?;
    if all.is_empty() {
        return Ok(Output::good(json!([]), "there is no tenant yet: bridgectl tenant new"));
    }
    let by_id: HashMap<&str, &Stored> = all.iter().map(|stored| (stored.tenant_id(), stored)).collect();
    let estate = status::look(deployment, None).await?;
    let tenants = estate.tenants.iter().filter_map(|status| Some((status, *by_id.get(status.tenant_id.as_str())?)));
    let rows: Vec<Row> = stream::iter(tenants)
        .map(|(status, stored)| row(deployment, status, stored))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let text = table::table(columns(), rows.iter().map(|row| cells(row, estate.at)));
    Ok(Output::good(json!(rows), text + "\nwhat is the matter, and what to do: bridgectl status"))
}

fn columns() -> Vec<Column> {
    vec![
        Column::name("tenant"),
        Column::name("state"),
        Column::name("ERP").dropped(1),
        Column::number("goods owner").dropped(3),
        Column::name("last good pull"),
        Column::number("waiting").dropped(2),
        Column::number("parked").dropped(2),
        Column::number("left").dropped(2),
        Column::text("processes").dropped(4),
    ]
}

fn cells(row: &Row, now: Timestamp) -> Vec<String> {
    let none = || "–".to_owned();
    let status = &row.status;
    let age_of = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), |at| age(at, now));
    let ages: Vec<String> = status.good_at.iter().map(|(feed, at)| format!("{feed} {}", age_of(*at))).collect();
    vec![
        status.tenant_id.clone(),
        state(status),
        status.erp.map_or_else(none, |kind| kind.to_string()),
        row.goods_owner_id.map_or_else(none, |id| id.to_string()),
        ages.join("\n"),
        status.waiting.to_string(),
        status.parked.to_string(),
        status.left.to_string(),
        row.processes.as_ref().map_or_else(none, |all| all.join(" ")),
    ]
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

async fn row(deployment: &Deployment, status: &TenantStatus, stored: &Stored) -> Result<Row, Failure> {
    let id = stored.tenant_id();
    let cursors = deployment.index(id, "cursor#").await?.0;
    let moved = cursors.iter().filter_map(|item| item.body["moved_at"].as_str()).max();
    // A fraction of a second says nothing here.
    let moved = moved.and_then(|at| at.parse::<Timestamp>().ok());
    let last_moved = moved.and_then(|at| Timestamp::from_second(at.as_second()).ok());
    let mut row = Row {
        status: status.clone(),
        valid: false,
        last_moved,
        fault: None,
        enabled: None,
        goods_owner_id: None,
        processes: None,
    };
    match stored.item().map_err(|error| error.to_string()).and_then(|item| read(deployment, &item)) {
        Err(fault) => row.fault = Some(fault),
        Ok(tenant) => {
            row.valid = true;
            row.enabled = Some(tenant.enabled);
            row.goods_owner_id = Some(tenant.ongoing.goods_owner_id);
            row.processes = Some(processes(&tenant));
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

#[cfg(test)]
mod tests {
    use bridge::words::kind::Kind;

    use super::*;

    #[test]
    fn the_list_keeps_to_the_terminal_and_tells_names_and_ages_whole() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let row = |id: &str| Row {
            status: TenantStatus {
                tenant_id: id.into(),
                level: Level::Person,
                erp: Some(Kind::PowerOffice),
                good_at: [(Feed::Articles, None), (Feed::PurchaseOrders, Some(at("2026-03-01T00:00:00Z")))].into(),
                waiting: 12_345,
                oldest: None,
                parked: 17,
                left: 3,
                findings: Vec::new(),
            },
            valid: true,
            last_moved: None,
            fault: None,
            enabled: Some(true),
            goods_owner_id: Some(159),
            processes: Some(vec!["articles", "orders", "purchase_orders", "shipments", "stock", "import_status"]),
        };
        let rows = ["nordlys-sport-og-fritid-as", "acme"].map(row);
        for width in [80, 140] {
            let text = table::within(width, columns(), rows.iter().map(|row| cells(row, at("2026-03-01T03:00:00Z"))));
            assert!(text.lines().all(|line| line.chars().count() <= width), "{width}:\n{text}");
            for whole in ["nordlys-sport-og-fritid-as", "needs a person", "articles never", "purchase_orders 3 h"] {
                assert!(text.contains(whole), "{width}:\n{text}");
            }
            assert_eq!(text.contains("┆ goods owner ┆"), width == 140, "{text}");
        }
    }
}
