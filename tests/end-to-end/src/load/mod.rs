//! Load on the deployed template: how soon each tenant's records are in the warehouse, and what the functions use.

mod estate;
mod processes;
pub mod times;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bridge::words::kind::Kind;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::Result;
use crate::stack::Stack;
use crate::vendor::Vendor;
use estate::{Estate, Size};
use processes::Processes;

/// How long the whole of a tick may take before something is wrong.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(1);

/// Sets the estate up, runs two ticks, prints what was seen.
///
/// # Errors
/// What is not as it has to be: a record that is not there, one that is there twice, a tenant that another one held up for
/// good.
pub async fn run() -> Result {
    let stack = Stack::find().await?;
    let estate = Estate::new();
    estate.set_up(&stack).await?;
    let ongoing = Vendor::named("ongoing")?;
    let mut processes = Processes::default();
    let first = tick(&stack, &ongoing, &estate, &mut processes, true).await?;
    say("first tick", &estate, &first, &processes);
    let before = totals(&ongoing).await?;
    let mut processes = Processes::default();
    let second = tick(&stack, &ongoing, &estate, &mut processes, false).await?;
    let after = totals(&ongoing).await?;
    println!(
        "figure: 11 | load, tick without a change: seconds until quiet; writes | now {}; {}",
        second.took.as_secs(),
        {
            let count = |totals: &Totals| totals.values().map(|of| of.writes).sum::<u64>();
            count(&after) - count(&before)
        }
    );
    if before != after {
        return Err("a tick without a change wrote to the warehouse".into());
    }
    Ok(())
}

/// What a goods owner has in the warehouse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Has {
    articles: u64,
    orders: u64,
    writes: u64,
}

type Totals = BTreeMap<i64, Has>;

async fn totals(ongoing: &Vendor) -> Result<Totals> {
    let said = ongoing.act("totals", &json!({})).await?;
    let members = said.as_object().ok_or("the totals are an object")?;
    let count = |of: &Value, name: &str| of[name].as_u64().unwrap_or_default();
    let has =
        |of: &Value| Has { articles: count(of, "articles"), orders: count(of, "orders"), writes: count(of, "writes") };
    members.iter().map(|(id, of)| Ok((id.parse()?, has(of)))).collect()
}

/// How a tick went.
struct Ran {
    took: Duration,
    /// When each goods owner had all that it was to have, since the tick began.
    complete: BTreeMap<i64, Duration>,
}

async fn tick(
    stack: &Stack,
    ongoing: &Vendor,
    estate: &Estate,
    processes: &mut Processes,
    brings: bool,
) -> Result<Ran> {
    let began = Instant::now();
    for kind in [Kind::Finago, Kind::PowerOffice, Kind::Visma] {
        stack.schedule(kind).await?;
    }
    let wanted: u64 = estate.tenants.iter().filter(|tenant| !tenant.hangs()).map(|tenant| tenant.size.records()).sum();
    let bar = bar(wanted);
    let mut complete = BTreeMap::new();
    loop {
        processes.look();
        let totals = totals(ongoing).await?;
        let mut there = 0;
        for tenant in estate.tenants.iter().filter(|tenant| !tenant.hangs()) {
            let has = totals.get(&tenant.goods_owner).copied().unwrap_or_default();
            there += has.articles + has.orders;
            if has.articles >= tenant.size.articles && has.orders >= tenant.size.orders {
                complete.entry(tenant.goods_owner).or_insert_with(|| began.elapsed());
            }
        }
        bar.set_position(there);
        let quiet = stack.is_quiet(&[Kind::PowerOffice, Kind::Visma]).await?;
        if quiet && (there >= wanted || !brings) {
            bar.finish_and_clear();
            return Ok(Ran { took: began.elapsed(), complete });
        }
        if began.elapsed() > PATIENCE {
            return Err(format!("after {} s there are {there} of {wanted} records", PATIENCE.as_secs()).into());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn bar(wanted: u64) -> ProgressBar {
    let bar = ProgressBar::new(wanted);
    if let Ok(style) = ProgressStyle::with_template("{elapsed} {wide_bar} {pos}/{len} records") {
        bar.set_style(style);
    }
    bar
}

fn say(what: &str, estate: &Estate, ran: &Ran, processes: &Processes) {
    let mut small: Vec<Duration> = Vec::new();
    let mut large = None;
    for tenant in estate.tenants.iter().filter(|tenant| !tenant.hangs()) {
        let Some(at) = ran.complete.get(&tenant.goods_owner) else { continue };
        match tenant.size {
            Size::LARGE => large = Some(*at),
            _ => small.push(*at),
        }
    }
    small.sort();
    let percentile = |percent: usize| small.get((small.len().max(1) - 1) * percent / 100).map_or(0, Duration::as_secs);
    println!(
        "figure: 11 | load, {what}, {} tenants: seconds until a small tenant is complete, median; 95 %; slowest; the large one | now {}; {}; {}; {}",
        estate.tenants.len(),
        percentile(50),
        percentile(95),
        percentile(100),
        large.map_or(0, |at| at.as_secs()),
    );
    println!("figure: 11 | load, {what}: seconds until quiet | now {}", ran.took.as_secs());
    for (function, used) in processes.used() {
        println!(
            "figure: 11 | load, {what}, {function}: processes; most MB of one; CPU seconds of all | now {}; {}; {:.1}",
            used.processes, used.most_megabytes, used.cpu_seconds
        );
    }
}
