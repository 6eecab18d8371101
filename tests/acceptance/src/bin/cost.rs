//! What a deployment costs a month: 1, 10, 40, 1,000 and 10,000 tenants, and what dominates. `cargo xtask cost` runs it.

use acceptance::cost::{ARTICLES, ORDERS, work};
use acceptance::shops;
use bridge::roads::cost::{Fixed, Prices, SECRETS, Usage, Work, bill};

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let Ok(runtime) = runtime else { return eprintln!("no runtime can be had") };
    runtime.block_on(print());
}

async fn print() {
    let prices = Prices::listed();
    println!(
        "{}\nA day of a tenant: {ORDERS} orders, {ARTICLES} changed articles, every order shipped.\n",
        prices.source
    );
    println!(
        "{:<14}{:>8}{:>9}{:>8}{:>9}{:>8}{:>9}{:>9}{:>9}",
        "", "invoked", "seconds", "reads", "writes", "secrets", "webhooks", "log KB", "arrived"
    );
    let mut parts: [Vec<Usage>; 3] = Default::default();
    for shop in shops::all() {
        eprintln!("{} …", shop.kind());
        let [tick, order, article] = work(shop.as_ref(), ORDERS, ARTICLES).await;
        let one = Work { source: String::new(), tick, order, article };
        row(shop.kind().word(), &one.day(ORDERS as f64, ARTICLES as f64));
        for (all, part) in parts.iter_mut().zip([one.tick, one.order, one.article]) {
            all.push(part);
        }
    }
    let [tick, order, article] = parts.map(|all| Usage::mean(&all));
    let source = format!("the mean of the ERPs at {ORDERS} orders and {ARTICLES} changed articles a day");
    let work = Work { source, tick, order, article };
    let usage = work.day(ORDERS as f64, ARTICLES as f64);
    for (name, part) in
        [("a tenant", &usage), ("an idle tick", &work.tick), ("an order", &work.order), ("an article", &work.article)]
    {
        row(name, part);
    }
    keep(&work);
    println!("\n{:>8} tenants  {:>10}  a tenant  what dominates, USD a month", "", "USD");
    for tenants in [1.0, 10.0, 40.0, 1_000.0, 10_000.0] {
        let bill = bill(&prices, &usage, tenants, SECRETS, &Fixed::default());
        let most: Vec<String> = bill.parts.iter().take(4).map(|(part, usd)| format!("{part} {usd:.2}")).collect();
        println!("{tenants:>8} tenants  {:>10.2}  {:>8.2}  {}", bill.total(), bill.total() / tenants, most.join(", "));
    }
}

/// Writes what was counted to where the product reads it, where that is asked for.
fn keep(work: &Work) {
    if std::env::var_os("UPDATE_COST").is_none() {
        return;
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/bridge/src/roads/cost/usage.json");
    let text = serde_json::to_string_pretty(work).unwrap_or_default();
    match std::fs::write(path, text + "\n") {
        Ok(()) => println!("\nwritten to {path}"),
        Err(error) => eprintln!("{path}: {error}"),
    }
}

fn row(name: &str, usage: &Usage) {
    println!(
        "{name:<14}{:>8.1}{:>9.1}{:>8.1}{:>9.1}{:>8.1}{:>9.1}{:>9.1}{:>9.1}",
        usage.invocations,
        usage.seconds,
        usage.reads,
        usage.writes,
        usage.secret_calls,
        usage.webhooks,
        usage.log_bytes / 1000.0,
        usage.arrived
    );
}
