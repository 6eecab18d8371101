//! What waits goes when its time has come or its reason is gone: never crowded out, never later than it need be.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod due;
mod logins;
mod paused;
mod reasons;
mod released;
mod shipments;

use acceptance::world::{GOODS_OWNER, World, article_message, tenant};
use bridge::state::ledger::{Ledger, Parked, Stored};
use bridge::words::envelope::Envelope;
use bridge::words::feed::Feed;
use bridge::words::kind::Kind;
use bridge::words::outcome::Outcome;
use jiff::Timestamp;
use serde_json::json;

/// An article of tenant `acme` on its way to Ongoing.
fn article(world: &World, number: &str) -> Envelope {
    article_message(world, "acme", GOODS_OWNER, number)
}

/// `K-00001`, `K-00002` and so on: in the order of keys.
fn numbers(count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("K-{n:05}")).collect()
}

/// Parks an article that is tried again then.
async fn park(world: &World, number: &str, retry_at: Option<Timestamp>) {
    let (ports, envelope) = (world.ports(), article(world, number));
    let park = |entry: &mut bridge::state::ledger::Entry| {
        entry.number = Some(number.to_owned());
        entry.outcome = Some(Outcome::Parked);
        entry.parked = Some(Parked { envelope: Some(Box::new(envelope.clone())), retry_at, ..Parked::default() });
    };
    Ledger::new(&ports, "acme").update(Feed::Articles, number, Stored::default(), park).await.unwrap();
}

/// Of these articles, those that are in Ongoing.
fn arrived(world: &World, numbers: &[String]) -> usize {
    let ongoing = world.vendors.ongoing.borrow();
    numbers.iter().filter(|number| ongoing.model.article_body(GOODS_OWNER, number).is_some()).count()
}

/// Switches the tenant `acme` on or off.
fn enable(world: &World, kind: Kind, enabled: bool) {
    let mut item = tenant("acme", kind, json!({}));
    item["enabled"] = json!(enabled);
    world.onboard(item);
}
