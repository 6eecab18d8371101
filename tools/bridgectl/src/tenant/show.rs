//! `tenant show`: the item with its defaults, the position of its feeds, what is parked and why, how long records take and
//! what that costs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bridge::roads::cost;
use bridge::roads::freshness::{self, Freshness, OF_A_COMMAND, Took};
use bridge::roads::status::lines::{moment, paragraph, span};
use bridge::tenant::Tenant;
use bridge::words::feed::Feed;
use bridge_operator::table::{Column, table};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Value, json};

use super::defaults;
use crate::deployment::Deployment;
use crate::output::{Failure, Output};
use crate::parked::{self, ParkedRecord};
use crate::status::zone;

/// A tenant as it is.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Shown {
    /// With its defaults, where it is valid.
    item: Value,
    valid: bool,
    faults: Vec<String>,
    /// By feed, in the words of the ERP's adapter.
    cursors: BTreeMap<String, Value>,
    parked: Vec<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    freshness: Option<Freshness>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usd_a_month: Option<Month>,
}

/// How many are parked with this reason.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Reason {
    feed: String,
    reason: String,
    count: usize,
}

pub async fn run(deployment: &Deployment, id: &str, utc: bool) -> Result<Output, Failure> {
    let (now, zone) = (deployment.ports.clock.now(), zone(utc));
    let (_, stored) = deployment.stored(id).await?;
    let read = Tenant::parse(&stored, deployment.stack.allows_local());
    let (item, faults) = match &read {
        Ok(tenant) => (defaults::filled(&stored, tenant.erp.kind), Vec::new()),
        Err(faults) => (stored, faults.iter().map(ToString::to_string).collect()),
    };
    let cursors: BTreeMap<String, Value> = deployment
        .index(id, "cursor#")
        .await?
        .0
        .into_iter()
        .map(|item| (item.sk.trim_start_matches("cursor#").to_owned(), item.body))
        .collect();
    let parked = parked::of(deployment, id).await?;
    let mut text = format!("{item:#}\n");
    for fault in &faults {
        let _ = write!(text, "\nnot valid: {fault}");
    }
    let rows: Vec<Vec<String>> = cursors
        .iter()
        .map(|(feed, body)| {
            vec![
                feed.clone(),
                local(body["moved_at"].as_str().unwrap_or_default(), now, &zone),
                local(&begins(&body["cursor"]), now, &zone),
            ]
        })
        .collect();
    let feeds = if rows.is_empty() {
        "no feed was pulled yet".to_owned()
    } else {
        table(vec![Column::name("feed"), Column::name("moved"), Column::text("the next pull begins at")], rows)
    };
    let _ = write!(text, "\n{feeds}\n\n{}", parked_table(&parked));
    let (mut how_long, mut costs) = (None, None);
    if let Ok(tenant) = &read {
        let freshness = freshness::read(&deployment.ports, tenant, OF_A_COMMAND).await?;
        let month = Month::of(&freshness, tenant.enabled);
        let _ = write!(text, "\n\n{}\n\n{}", freshness_table(&freshness), month.text());
        (how_long, costs) = (Some(freshness), Some(month));
    }
    let (valid, parked) = (faults.is_empty(), reasons(&parked));
    let said = Shown { item, valid, faults, cursors, parked, freshness: how_long, usd_a_month: costs };
    Ok(Output::of(valid, json!(said), text))
}

/// A moment by the clock of a zone; what is none stays as it is.
fn local(text: &str, now: Timestamp, zone: &TimeZone) -> String {
    text.parse().map_or_else(|_| text.to_owned(), |at| moment(at, now, zone))
}

/// Where the next pull begins: a moment where the cursor has one, else the words of the ERP's adapter.
fn begins(cursor: &Value) -> String {
    let at = cursor.as_object().and_then(|members| members.values().next()).unwrap_or(cursor);
    at["since"].as_str().or_else(|| at.as_str()).map_or_else(|| at.to_string(), str::to_owned)
}

/// How many wait, by feed and reason.
fn reasons(parked: &[ParkedRecord]) -> Vec<Reason> {
    counted(parked).into_iter().map(|((feed, reason), count)| Reason { feed, reason, count }).collect()
}

fn counted(parked: &[ParkedRecord]) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    for one in parked {
        *counts.entry((one.feed.clone(), one.reason.clone())).or_default() += 1;
    }
    counts
}

fn parked_table(parked: &[ParkedRecord]) -> String {
    if parked.is_empty() {
        return "nothing is parked".to_owned();
    }
    let rows = counted(parked).into_iter();
    table(
        vec![Column::name("feed"), Column::number("parked"), Column::text("reason")],
        rows.map(|((feed, reason), count)| vec![feed, count.to_string(), reason]),
    )
}

/// How long records took, feed by feed.
fn freshness_table(freshness: &Freshness) -> String {
    let row = |what: String, took: &Took| {
        let shown = |seconds: Option<i64>| seconds.map_or_else(|| "–".to_owned(), span);
        vec![
            what,
            took.records.to_string(),
            shown(took.p50_seconds),
            shown(took.p95_seconds),
            took.not_there.to_string(),
        ]
    };
    let feeds = freshness.to_warehouse.iter().map(|(feed, took)| row(format!("{feed}: changed to warehouse"), took));
    let back = freshness.to_erp.iter().map(|took| row("orders: shipped to ERP".to_owned(), took));
    let within = format!("in the last {} days", freshness.days);
    let number = |head: &str| Column::number(head);
    let numbers = ["arrived", "p50", "p95", "not there yet"].map(number);
    let columns = [Column::text(within)].into_iter().chain(numbers).collect();
    let mut text = table(columns, feeds.chain(back));
    if freshness.is_sample {
        let _ = write!(text, "\nof the last {OF_A_COMMAND} by their keys; there may be more");
    }
    text
}

/// What a tenant costs a month by list prices, USD.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Month {
    of_its_own: f64,
    parts: BTreeMap<&'static str, f64>,
    of_the_deployment: f64,
    orders_a_day: f64,
    articles_a_day: f64,
    prices: String,
}

impl Month {
    fn of(freshness: &Freshness, enabled: bool) -> Self {
        let a_day = |feeds: &[Feed]| {
            let records = feeds.iter().filter_map(|feed| freshness.to_warehouse.get(feed)).map(|took| took.records);
            records.sum::<usize>() as f64 / f64::from(freshness.days)
        };
        let (orders, articles) = (a_day(&[Feed::Orders, Feed::PurchaseOrders]), a_day(&[Feed::Articles]));
        let bill = if enabled { cost::of_tenant(orders, articles) } else { cost::of_paused() };
        Self {
            of_its_own: bill.total(),
            parts: bill.parts.into_iter().collect(),
            of_the_deployment: cost::of_deployment().total(),
            orders_a_day: orders,
            articles_a_day: articles,
            prices: cost::Prices::listed().source,
        }
    }

    fn text(&self) -> String {
        let mut parts: Vec<(&str, f64)> = self.parts.iter().map(|(part, usd)| (*part, *usd)).collect();
        parts.sort_by(|a, b| b.1.total_cmp(&a.1));
        let most: Vec<String> = parts.iter().take(3).map(|(part, usd)| format!("{part} {usd:.2}")).collect();
        let mut text = String::new();
        let says = format!(
            "USD {:.2} a month for the tenant itself ({}), at {:.1} orders and {:.1} changed articles a day; USD {:.2} for \
             the deployment, however many tenants it has ({})",
            self.of_its_own,
            most.join(", "),
            self.orders_a_day,
            self.articles_a_day,
            self.of_the_deployment,
            self.prices
        );
        paragraph(&mut text, "costs about ", &says);
        text.trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_it_took_and_what_it_costs_are_told() {
        let took = Took { records: 70, p50_seconds: Some(540), p95_seconds: Some(7_300), not_there: 2 };
        let freshness = Freshness {
            days: 7,
            to_warehouse: [(Feed::Orders, took.clone()), (Feed::Articles, Took::default())].into(),
            to_erp: Some(took),
            is_sample: true,
        };
        let text = freshness_table(&freshness);
        let cells = |start: &str| {
            let line = text.lines().find(|line| line.contains(start)).unwrap();
            line.split(['│', '┆'])
                .map(|cell| cell.trim().to_owned())
                .filter(|cell| !cell.is_empty())
                .collect::<Vec<_>>()
        };
        assert_eq!(cells("orders: changed"), ["orders: changed to warehouse", "70", "9 min", "2 h", "2"], "{text}");
        assert_eq!(cells("orders: shipped"), ["orders: shipped to ERP", "70", "9 min", "2 h", "2"], "{text}");
        assert_eq!(cells("articles"), ["articles: changed to warehouse", "0", "–", "–", "0"], "{text}");
        assert!(text.ends_with("there may be more"), "{text}");
        let (month, paused) = (Month::of(&freshness, true), Month::of(&freshness, false));
        assert!((month.orders_a_day - 10.0).abs() < 1e-9 && month.of_its_own > paused.of_its_own);
        let told = month.text();
        assert!(
            told.starts_with(&format!("costs about USD {:.2} a month for the tenant itself (sec", month.of_its_own))
        );
        assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
        let json = json!(month);
        assert!(json["parts"]["secrets kept"].as_f64() > Some(0.7), "{json}");
    }

    #[test]
    fn a_cursor_is_told_by_its_moment_where_it_has_one() {
        let moment = "2026-01-01T00:00:00Z";
        assert_eq!(begins(&json!("beginning")), "beginning");
        assert_eq!(begins(&json!({ "since": moment })), moment);
        assert_eq!(begins(&json!({ "at": { "since": moment, "page": 2 } })), moment);
        assert_eq!(begins(&json!({ "at": { "page": 2 } })), r#"{"page":2}"#);
    }
}
