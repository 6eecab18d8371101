//! `tenant show`: the item with its defaults, the position of its feeds, what is parked and why, how long records take and
//! what that costs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bridge::roads::cost;
use bridge::roads::freshness::{self, Freshness, OF_A_COMMAND, Took};
use bridge::roads::status::lines::{moment, paragraph, span};
use bridge::state::health::{self, Health};
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
        let month = Month::of(&freshness, &health::read(&deployment.ports, id).await?, tenant.enabled, now);
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
    let not_counted = freshness.to_warehouse.values().map(|took| took.not_counted).sum::<usize>();
    if not_counted > 0 {
        let s = if not_counted == 1 { " is" } else { "s are" };
        let _ = write!(text, "\n{not_counted} record{s} not counted, of the first run, a backfill or a replay");
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
    /// Whether there may be more a day: before a whole day was counted, each record's last change alone is known.
    at_least: bool,
    prices: String,
}

impl Month {
    fn of(freshness: &Freshness, health: &Health, enabled: bool, now: Timestamp) -> Self {
        let counted = |feed: &Feed| health.feeds.get(feed.word())?.handed_out.a_day(now);
        let of_the_ledger = |feed: &Feed| {
            let records = freshness.to_warehouse.get(feed).map_or(0, |took| took.records);
            records as f64 / f64::from(freshness.days)
        };
        // Of a feed that is off nothing is known, and nothing comes.
        let on = |feed: &&Feed| freshness.to_warehouse.contains_key(feed);
        let a_day =
            |feeds: &[Feed]| feeds.iter().filter(on).map(|f| counted(f).unwrap_or_else(|| of_the_ledger(f))).sum();
        let at_least = freshness.to_warehouse.keys().any(|feed| *feed != Feed::Suppliers && counted(feed).is_none());
        let (orders, articles) = (a_day(&[Feed::Orders, Feed::PurchaseOrders]), a_day(&[Feed::Articles]));
        let bill = if enabled { cost::of_tenant(orders, articles) } else { cost::of_paused() };
        Self {
            of_its_own: bill.total(),
            parts: bill.parts.into_iter().collect(),
            of_the_deployment: cost::of_deployment().total(),
            orders_a_day: orders,
            articles_a_day: articles,
            at_least,
            prices: cost::Prices::listed().source,
        }
    }

    fn text(&self) -> String {
        let mut parts: Vec<(&str, f64)> = self.parts.iter().map(|(part, usd)| (*part, *usd)).collect();
        parts.sort_by(|a, b| b.1.total_cmp(&a.1));
        let most: Vec<String> = parts.iter().take(3).map(|(part, usd)| format!("{part} {usd:.2}")).collect();
        let mut text = String::new();
        let least = if self.at_least { "least " } else { "" };
        let says = format!(
            "USD {:.2} a month for the tenant itself ({}), at {least}{:.1} orders and {:.1} changed articles a day; USD {:.2} for \
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
        let took = Took { records: 70, p50_seconds: Some(540), p95_seconds: Some(7_300), not_there: 2, not_counted: 0 };
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
        let of = |enabled| Month::of(&freshness, &Health::default(), enabled, Timestamp::UNIX_EPOCH);
        let (month, paused) = (of(true), of(false));
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
    fn what_the_ticks_handed_out_makes_the_cost_and_not_how_many_records_there_are() {
        let at = |day: i64| Timestamp::from_second(day * 24 * 60 * 60).unwrap();
        let feed = |records: usize| Took { records, ..Took::default() };
        // 5,000 articles that change every hour are 5,000 in the ledger and 120,000 changes a day.
        let to_warehouse = [(Feed::Articles, feed(5_000)), (Feed::Orders, feed(0))].into();
        let freshness = Freshness { days: 7, to_warehouse, to_erp: None, is_sample: true };
        let days = |counts: &[u64]| json!({ "handed_out": { "last": 20_003, "counts": counts } });
        let health =
            json!({ "feeds": { "articles": days(&[9, 120_000, 120_000, 5]), "orders": days(&[1, 30, 10, 0]) } });
        let health: Health = serde_json::from_value(health).unwrap();
        let month = Month::of(&freshness, &health, true, at(20_003));
        assert_eq!((month.articles_a_day, month.orders_a_day, month.at_least), (120_000.0, 20.0, false));
        let said = month.text();
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(" at 20.0 orders and 120000.0 changed articles a day"), "{said}");
        // Before a whole day was counted, the ledger says how many there are at least.
        let young = Month::of(&freshness, &Health::default(), true, at(20_003));
        assert!(young.at_least && (young.articles_a_day - 5_000.0 / 7.0).abs() < 1e-9);
        assert!(young.text().contains("at least 0.0"), "{}", young.text());
        assert!(young.of_its_own < month.of_its_own / 10.0);
    }

    #[test]
    fn what_says_nothing_of_freshness_is_told_beside_it() {
        let took = Took { not_counted: 1_203, ..Took::default() };
        let mut freshness = Freshness { days: 7, ..Freshness::default() };
        assert!(!freshness_table(&freshness).contains("not counted"));
        freshness.to_warehouse =
            [(Feed::Articles, took), (Feed::Orders, Took { not_counted: 1, ..Took::default() })].into();
        let text = freshness_table(&freshness);
        assert!(text.ends_with("\n1204 records are not counted, of the first run, a backfill or a replay"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
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
