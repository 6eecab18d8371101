//! Peers that hang, and records that always fail: every invocation ends by itself, the others are served, and what waits
//! comes again when its time has come and no later.

#![expect(clippy::unwrap_used, reason = "a test has no other way to fail")]

mod backfills;
mod hangs;
mod pauses;
mod pulls;
mod write_backs;

use std::time::Duration;

use bridge::words::envelope::Envelope;

use acceptance::world::{World, article_message};

const MINUTE: Duration = Duration::from_secs(60);

/// Puts articles of a tenant on the import queue, as its pull would.
async fn queue_articles(world: &World, tenant_id: &str, goods_owner: i64, numbers: &[String]) {
    let envelopes: Vec<Envelope> =
        numbers.iter().map(|number| article_message(world, tenant_id, goods_owner, number)).collect();
    world.ports().queue.import(&envelopes).await.unwrap();
}

/// `10001`, `10002` and so on.
fn numbers(count: usize) -> Vec<String> {
    (1..=count).map(|n| (10_000 + n).to_string()).collect()
}

/// Articles that a goods owner has.
fn arrived(world: &World, goods_owner: i64) -> usize {
    let state = world.vendors.ongoing.borrow().model.state(goods_owner).unwrap();
    state["articles"].as_array().map_or(0, Vec::len)
}
