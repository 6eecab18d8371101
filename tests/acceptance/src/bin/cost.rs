//! What a deployment costs a month: 1, 40, 1,000 and 10,000 tenants, and what dominates. `cargo xtask cost` runs it.

use acceptance::cost::{ARTICLES, Fixed, ORDERS, Prices, Usage, bill, day, idle};
use acceptance::shops;

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
    let (mut days, mut idles) = (Vec::new(), Vec::new());
    for shop in shops::all() {
        eprintln!("{} …", shop.kind());
        days.push(day(shop.as_ref(), ORDERS, ARTICLES).await);
        row(shop.kind().word(), &days[days.len() - 1]);
        idles.push(idle(shop.as_ref()).await);
    }
    let (usage, quiet) = (Usage::mean(&days), Usage::mean(&idles));
    row("a tenant", &usage);
    row("an idle tick", &quiet);
    println!("\n{:>8} tenants  {:>10}  a tenant  what dominates, USD a month", "", "USD");
    for tenants in [1.0, 40.0, 1_000.0, 10_000.0] {
        let bill = bill(&prices, &usage, tenants, 2.0, &Fixed::default());
        let most: Vec<String> = bill.parts.iter().take(4).map(|(part, usd)| format!("{part} {usd:.2}")).collect();
        println!("{tenants:>8} tenants  {:>10.2}  {:>8.2}  {}", bill.total(), bill.total() / tenants, most.join(", "));
    }
}

fn row(name: &str, usage: &Usage) {
    println!(
        "{name:<14}{:>8.0}{:>9.0}{:>8.0}{:>9.0}{:>8.0}{:>9.0}{:>9.0}{:>9.0}",
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
