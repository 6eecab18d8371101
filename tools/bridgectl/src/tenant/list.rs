//! `tenant list`: one line per tenant, the worst first.

use std::collections::HashMap;

use bridge::ports::{Item, State as _};
use bridge::roads::status::lines::age;
use bridge::roads::status::{Level, TenantStatus};
use bridge::tenant::Tenant;
use bridge::words::feed::Feed;
use bridge_aws::tenant_table::Stored;
use bridge_operator::table::{self, Column};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::args::{List, State};
use crate::deployment::Deployment;
use crate::output::{Failure, Output};
use crate::status;

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

pub async fn run(deployment: &Deployment, of: &List) -> Result<Output, Failure> {
    let all = deployment.tenants.all().await?;
    if all.is_empty() {
        return Ok(Output::good(json!([]), "there is no tenant yet: bridgectl tenant new"));
    }
    let by_id: HashMap<&str, &Stored> = all.iter().map(|stored| (stored.tenant_id(), stored)).collect();
    let estate = status::look(deployment, None).await?;
    let tenants = estate
        .tenants
        .iter()
        .filter(|status| is_wanted(of, status))
        .filter_map(|status| Some((status, *by_id.get(status.tenant_id.as_str())?)));
    let tenants: Vec<(&TenantStatus, &Stored)> = tenants.collect();
    let cursors = cursors(deployment, tenants.iter().map(|(status, _)| status.tenant_id.as_str())).await?;
    let none = Vec::new();
    let of = |status: &TenantStatus| cursors.get(&Tenant::partition(&status.tenant_id)).unwrap_or(&none);
    let rows: Vec<Row> =
        tenants.into_iter().map(|(status, stored)| row(deployment, status, stored, of(status))).collect();
    if rows.is_empty() {
        return Ok(Output::good(json!([]), "no tenant is like that; all of them: bridgectl tenant list"));
    }
    let text = table::table(columns(), rows.iter().map(|row| cells(row, estate.at)));
    Ok(Output::good(json!(rows), text + "\nwhat is the matter, and what to do: bridgectl status"))
}

/// The cursors of these tenants, by partition.
async fn cursors<'t>(
    deployment: &Deployment,
    ids: impl Iterator<Item = &'t str>,
) -> Result<HashMap<String, Vec<Item>>, Failure> {
    let places = |id: &str| Feed::ALL.map(|feed| (Tenant::partition(id), format!("cursor#{feed}")));
    let keys: Vec<(String, String)> = ids.flat_map(places).collect();
    let mut cursors: HashMap<String, Vec<Item>> = HashMap::new();
    for item in deployment.state.get_across(&keys).await? {
        cursors.entry(item.pk.clone()).or_default().push(item);
    }
    Ok(cursors)
}

fn is_wanted(of: &List, status: &TenantStatus) -> bool {
    let state = match status.level {
        Level::Person => State::Person,
        Level::Waits => State::Waits,
        Level::Good => State::Good,
        Level::Off => State::Paused,
    };
    of.state.is_none_or(|wanted| wanted == state) && (of.erp.is_none() || of.erp == status.erp)
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

fn row(deployment: &Deployment, status: &TenantStatus, stored: &Stored, cursors: &[Item]) -> Row {
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
    row
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
    use clap::Parser as _;

    use super::*;
    use crate::args::{Cli, Command, TenantCommand};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn status(id: &str) -> TenantStatus {
        TenantStatus {
            tenant_id: id.into(),
            level: Level::Person,
            erp: Some(Kind::PowerOffice),
            good_at: [(Feed::Articles, None), (Feed::PurchaseOrders, Some(at("2026-03-01T00:00:00Z")))].into(),
            waiting: 12_345,
            oldest: None,
            parked: 17,
            left: 3,
            findings: Vec::new(),
        }
    }

    #[test]
    fn those_of_a_state_and_of_an_erp_are_listed_alone() {
        let wanted = |words: &[&str], status: &TenantStatus| {
            let line = ["bridgectl", "tenant", "list"].iter().chain(words);
            let Command::Tenant(TenantCommand::List(of)) = Cli::try_parse_from(line).unwrap().command else { panic!() };
            is_wanted(&of, status)
        };
        let acme = status("acme");
        for words in
            [&[][..], &["--state", "person"], &["--erp", "poweroffice"], &["--state=person", "--erp=poweroffice"]]
        {
            assert!(wanted(words, &acme), "{words:?}");
        }
        for words in [&["--state", "good"][..], &["--erp", "24sevenoffice"], &["--state=person", "--erp=visma"]] {
            assert!(!wanted(words, &acme), "{words:?}");
        }
        assert!(wanted(&["--state", "paused"], &TenantStatus { level: Level::Off, ..acme }));
        assert!(Cli::try_parse_from(["bridgectl", "tenant", "list", "--erp", "sap"]).is_err());
    }

    #[test]
    fn the_list_keeps_to_the_terminal_and_tells_names_and_ages_whole() {
        let row = |id: &str| Row {
            status: status(id),
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
