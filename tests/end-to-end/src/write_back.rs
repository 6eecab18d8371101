//! Plays the write-back: the warehouse ships, Ongoing's webhooks tell of it, and the ERP is read before and after.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::scenario::{Scenario, Told};
use crate::stack::Stack;
use crate::vendor::Vendor;
use crate::warehouse::{decimal, list, text};
use crate::{Fault, Result};

/// What every article of the shipped orders is counted to before, so that there is something to ship.
const ON_SHELF: u32 = 80;

/// Members of a simulator's state that move with every call, also one that only reads.
const COUNTERS: [&str; 7] =
    ["calls", "logins", "throttled", "refreshes", "refreshes_refused", "live_refresh_token", "calls_refused"];

/// One order or article on its way back.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The order's or article's number.
    pub number: String,
    /// Whether it is an order.
    pub order: bool,
    /// What the warehouse says.
    pub in_ongoing: String,
    /// What the ERP says.
    pub in_erp: String,
}

/// What the warehouse does: counts its shelves, ships two orders, one of them partially, and finds another number of an
/// article than it had.
///
/// # Errors
/// When a simulator says no.
pub async fn work(ongoing: &Vendor, scenario: &Scenario) -> Result {
    let state = ongoing.act("state", &json!({ "goodsOwnerId": scenario.goods_owner })).await?;
    for number in articles(scenario, &state) {
        count(ongoing, scenario, &number, ON_SHELF).await?;
    }
    let [whole, partial] = scenario.ships;
    let ship = json!({ "goodsOwnerId": scenario.goods_owner, "orderNumber": whole, "waybill": "WB-1" });
    ongoing.act("ship", &ship).await?;
    let order = of(&state, "orders", "orderNumber", partial);
    let first = list(&order["rows"]).first().ok_or_else(|| format!("order {partial} has no rows"))?;
    let half = decimal(&first["ordered"]).unwrap_or_default() / Decimal::TWO;
    let rows = json!({ text(&first["rowNumber"]): half.normalize().to_string() });
    let ship = json!({ "goodsOwnerId": scenario.goods_owner, "orderNumber": partial, "rows": rows });
    ongoing.act("ship", &ship).await?;
    let (article, quantity) = scenario.counts;
    count(ongoing, scenario, article, quantity).await
}

/// A worker counts an article.
///
/// # Errors
/// When there is none of that number.
pub async fn count(ongoing: &Vendor, scenario: &Scenario, article: &str, quantity: u32) -> Result {
    let args = json!({ "goodsOwnerId": scenario.goods_owner, "articleNumber": article, "numberOfItems": quantity });
    ongoing.act("count", &args).await?;
    Ok(())
}

/// What Ongoing has to tell of a goods owner since an event, oldest first, and the last event's id.
///
/// # Errors
/// When its simulator says no.
pub async fn webhooks(ongoing: &Vendor, scenario: &Scenario, since: i64) -> Result<Vec<Value>> {
    let all = ongoing.act("webhooks", &json!({ "since_id": since })).await?;
    let of_owner = |payload: &&Value| payload["goodsOwnerId"] == scenario.goods_owner;
    Ok(list(&all["webhooks"]).iter().filter(of_owner).cloned().collect())
}

/// The id of the last event of any goods owner.
///
/// # Errors
/// When the simulator says no.
pub async fn last_event(ongoing: &Vendor) -> Result<i64> {
    let all = ongoing.act("webhooks", &json!({})).await?;
    Ok(list(&all["webhooks"]).iter().filter_map(|payload| payload["webhookEventId"].as_i64()).max().unwrap_or(0))
}

/// How far webhooks are, and what they lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Webhooks that were taken.
    Posted {
        /// The scenario's place in the list.
        scenario: usize,
        /// How many of its webhooks.
        count: usize,
        /// How many it has.
        of: usize,
    },
    /// All are taken; so many notices of all ERPs are still on the queue.
    Waiting(usize),
}

/// Posts webhooks as Ongoing does, those of different goods owners side by side, and waits until what they led to is done.
/// Returns how long that took.
///
/// # Errors
/// When one is not taken, or the queue never becomes quiet.
pub async fn deliver(
    stack: &Stack,
    told: &[(&Scenario, Vec<Value>)],
    mut watch: impl FnMut(Delivery),
) -> Result<Duration> {
    let began = Instant::now();
    let watched = RefCell::new(&mut watch);
    let all = told.iter().enumerate().map(async |(place, (scenario, payloads))| {
        for (count, payload) in (1..).zip(payloads) {
            let status = stack.webhook(&scenario.tenant_id, &scenario.webhook_token(), payload.to_string()).await?;
            if status != 202 {
                return Err(Fault::from(format!("{}: a webhook was answered {status}", scenario.label)));
            }
            (watched.borrow_mut())(Delivery::Posted { scenario: place, count, of: payloads.len() });
        }
        Ok(())
    });
    try_join_all(all).await?;
    stack.until_written_back(|notices| watch(Delivery::Waiting(notices))).await?;
    Ok(began.elapsed())
}

/// The shipped orders and the articles that moved, on both sides.
///
/// # Errors
/// When a simulator says no.
pub async fn rows(ongoing: &Vendor, scenario: &Scenario) -> Result<Vec<Row>> {
    let state = ongoing.act("state", &json!({ "goodsOwnerId": scenario.goods_owner })).await?;
    let erp = scenario.state().await?;
    let mut rows = Vec::new();
    if scenario.kind.takes_shipments() {
        for number in scenario.ships {
            let order = of(&state, "orders", "orderNumber", number);
            let status = if order["status"].as_i64() >= Some(450) { "sent" } else { "not sent" };
            let quantities: Vec<String> = list(&order["rows"])
                .iter()
                .map(|row| format!("{}/{}", exact(&row["picked"]), exact(&row["ordered"])))
                .collect();
            rows.push(Row {
                number: number.to_owned(),
                order: true,
                in_ongoing: format!("{status}, {}", quantities.join(" + ")),
                in_erp: (scenario.told)(&erp, Told::Order(number)),
            });
        }
    }
    if scenario.kind.takes_stock() {
        for number in articles(scenario, &state) {
            let article = of(&state, "articles", "articleNumber", &number);
            let in_erp = (scenario.told)(&erp, Told::Stock(&number));
            let in_erp = in_erp.parse::<Decimal>().map_or(in_erp, |stock| stock.normalize().to_string());
            let in_ongoing = exact(&article["inventoryInfo"]["numberOfItems"]).to_string();
            rows.push(Row { number, order: false, in_ongoing, in_erp });
        }
    }
    Ok(rows)
}

/// All there is in the ERP, without what moves when it is only read.
///
/// # Errors
/// When its simulator says no.
pub async fn records(scenario: &Scenario) -> Result<Value> {
    let mut state = scenario.state().await?;
    if let Some(members) = state.as_object_mut() {
        members.retain(|name, _| !COUNTERS.contains(&name.as_str()));
    }
    Ok(state)
}

/// The numbers of the articles on the shipped orders, and of the one that is counted.
fn articles(scenario: &Scenario, state: &Value) -> Vec<String> {
    let mut numbers = vec![scenario.counts.0.to_owned()];
    for order in scenario.ships {
        let order = of(state, "orders", "orderNumber", order);
        numbers.extend(list(&order["body"]["orderLines"]).iter().map(|line| text(&line["articleNumber"])));
    }
    numbers.sort();
    numbers.dedup();
    numbers
}

fn of(state: &Value, all: &str, member: &str, number: &str) -> Value {
    list(&state[all]).iter().find(|one| one[member] == number).cloned().unwrap_or_default()
}

fn exact(quantity: &Value) -> Decimal {
    decimal(quantity).unwrap_or_default().normalize()
}
